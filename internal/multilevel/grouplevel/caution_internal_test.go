package grouplevel

import (
	"math"
	"os"
	"strconv"
	"strings"
	"testing"

	"gonum.org/v1/gonum/floats/scalar"
)

// TestMeasuredCoverageIsThatOfThePage compares what caveats say of intervals
// with the least and the greatest share in docs/calibration.md, and the rate of
// false answers there with its level.
func TestMeasuredCoverageIsThatOfThePage(t *testing.T) {
	t.Parallel()
	const intervals, errors = "## Members over sessions: coverage of the intervals", "## Members over sessions: false answers"
	for _, c := range []struct {
		ratings, column string
		least, most     float64
	}{
		{"normal", "group .95", leastProfile, mostProfile},
		{"5 points, skewed", "group .95", leastSkewed, mostSkewed},
		{"5 points, skewed", "weather .95", leastSkewedWeather, mostSkewedWeather},
	} {
		if least, most := rangeOf(t, intervals, c.ratings, c.column); !scalar.EqualWithinAbs(c.least, least, 1e-9) || !scalar.EqualWithinAbs(c.most, most, 1e-9) {
			t.Errorf("%s of %s: %v to %v, on the page %v to %v", c.column, c.ratings, c.least, c.most, least, most)
		}
	}
	if least, most := rangeOf(t, intervals, "normal", "weather .95"); least < 0.93 || most > 0.97 {
		t.Errorf("the interval of shared weather holds the truth in %v to %v, and nothing says so", least, most)
	}
	// Of 48 rows the largest may lie two standard errors (.011) above .05.
	if _, most := rangeOf(t, errors, "", "`supported`: group"); most > 0.05+2*0.013 {
		t.Errorf("a lasting group is falsely supported in %v", most)
	}
}

// rangeOf returns the least and the greatest number in a column of a table of
// the page, over the rows of one kind of ratings or all.
func rangeOf(t *testing.T, heading, ratings, column string) (least, most float64) {
	t.Helper()
	page, err := os.ReadFile("../../../docs/calibration.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, found := strings.Cut(string(page), heading)
	if !found {
		t.Fatalf("the page has no %s", heading)
	}
	least, most = math.Inf(1), math.Inf(-1)
	at, kind, rows := -1, -1, 0
	for line := range strings.Lines(rest) {
		if strings.HasPrefix(line, "## ") {
			break
		}
		cells := strings.Split(strings.Trim(line, "| \n"), " | ")
		switch {
		case !strings.HasPrefix(line, "|") || strings.HasPrefix(line, "| ---"):
		case at < 0:
			for i, cell := range cells {
				if cell == column {
					at = i
				}
				if cell == "ratings" {
					kind = i
				}
			}
			if at < 0 || kind < 0 {
				t.Fatalf("the table has no column %s", column)
			}
		case ratings == "" || cells[kind] == ratings:
			text, _, _ := strings.Cut(cells[at], " ")
			v, err := strconv.ParseFloat(text, 64)
			if err != nil {
				t.Fatal(err)
			}
			least, most = min(least, v), max(most, v)
			rows++
		}
	}
	if rows < 10 {
		t.Fatalf("only %d rows", rows)
	}
	return least, most
}
