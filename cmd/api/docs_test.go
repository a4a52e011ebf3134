package main

import (
	"math"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"holon/internal/multilevel"
)

// The worked example of docs/group-level-test.md, three groups of 8, 5 and 3.
func workedExample() multilevel.GroupLevel {
	var d multilevel.OneWay
	for _, g := range []struct {
		name string
		y    []float64
	}{
		{"A", []float64{4.2, 4.0, 4.6, 3.8, 4.4, 4.1, 4.3, 3.9}},
		{"B", []float64{3.1, 3.6, 2.9, 3.3, 3.0}},
		{"C", []float64{4.8, 4.5, 4.9}},
	} {
		for _, y := range g.y {
			d.Group, d.Y = append(d.Group, g.name), append(d.Y, y)
		}
	}
	return multilevel.TestGroupLevel(d, multilevel.Options{})
}

func TestTheWorkedExampleOfTheDocsIsWhatTheCodeGives(t *testing.T) {
	t.Parallel()
	r := workedExample()
	if r.Answer != multilevel.CannotTell || r.Reason != multilevel.FewGroups {
		t.Errorf("the example's answer is %s (%s)", r.Answer, r.Reason)
	}
	want := map[string]float64{
		"`anova.ss_between`": *r.ANOVA.SSBetween, "`anova.ss_within`": *r.ANOVA.SSWithin,
		"`anova.ms_between`": *r.ANOVA.MSBetween, "`anova.ms_within`": *r.ANOVA.MSWithin,
		"`anova.f`": *r.ANOVA.F, "`anova.p`": *r.ANOVA.P,
		"`group_size.n0`": *r.GroupSize.N0, "`icc1.estimate`": *r.ICC1.Estimate,
		"`icc1.ci` 95 % lower": *r.ICC1.CI[0].Lower, "`icc1.ci` 95 % upper": *r.ICC1.CI[0].Upper,
		"`icc1.ci` 90 % lower": *r.ICC1.CI[1].Lower, "`icc1.ci` 90 % upper": *r.ICC1.CI[1].Upper,
		"`icc_group_mean.estimate`":   *r.ICCGroupMean.Estimate,
		"`icc_group_mean` of group A": *r.ICCGroupMean.PerGroup[0].Reliability,
		"`icc_group_mean` of group C": *r.ICCGroupMean.PerGroup[2].Reliability,
		"`reml.variance.group`":       *r.REML.Variance.Group,
		"`reml.variance.residual`":    *r.REML.Variance.Residual,
		"`reml.share.group`":          *r.REML.Share.Group,
	}
	rows := tableRows(t, "../../docs/group-level-test.md", "| quantity | value |")
	if len(rows) != len(want) {
		t.Errorf("the page has %d rows, the test knows %d", len(rows), len(want))
	}
	for _, row := range rows {
		got, ok := want[row[0]]
		if !ok {
			t.Errorf("the page names %s, which the test does not know", row[0])
			continue
		}
		if !printedAs(got, row[1]) {
			t.Errorf("%s: the page says %s, the code gives %.9g", row[0], row[1], got)
		}
	}
}

func TestTheTableOfChancesInTheDocsIsWhatTheCodeGives(t *testing.T) {
	t.Parallel()
	columns := []struct{ members, share float64 }{{8, .05}, {8, .10}, {8, .20}, {3, .10}, {3, .20}}
	rows := tableRows(t, "../../docs/group-level-test.md", "| groups | 8 members")
	if len(rows) != 5 {
		t.Fatalf("%d rows", len(rows))
	}
	for _, row := range rows {
		k, err := strconv.Atoi(row[0])
		if err != nil {
			t.Fatal(err)
		}
		for i, c := range columns {
			if got := multilevel.Balanced(k, c.members).Power(c.share); !printedAs(got, row[i+1]) {
				t.Errorf("%d groups of %g at %g: the page says %s, the code gives %.4f", k, c.members, c.share, row[i+1], got)
			}
		}
	}
}

// printedAs tells whether text is the value rounded to text's own decimals.
func printedAs(value float64, text string) bool {
	v, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return false
	}
	_, decimals, _ := strings.Cut(text, ".")
	half := 0.5 * math.Pow(10, -float64(len(decimals)))
	return math.Abs(value-v) <= half*(1+1e-9)
}

// tableRows returns the cells of the Markdown table whose header begins with a
// text.
func tableRows(t *testing.T, file, header string) [][]string {
	t.Helper()
	page, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	_, rest, found := strings.Cut(string(page), "\n"+header)
	if !found {
		t.Fatalf("%s has no table %q", file, header)
	}
	cell := regexp.MustCompile(`\s*\|\s*`)
	var rows [][]string
	for i, line := range strings.Split(rest, "\n") {
		if i < 2 {
			continue // the header's end and the rule below it
		}
		if !strings.HasPrefix(line, "|") {
			break
		}
		cells := cell.Split(strings.Trim(line, "| "), -1)
		rows = append(rows, cells)
	}
	return rows
}
