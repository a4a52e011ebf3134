package analysis_test

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"strconv"
	"strings"
	"testing"

	"holon/internal/analysis"
	"holon/internal/session"
)

// changeTable reads the cells of the page's table that begins with this header.
func changeTable(t *testing.T, header string) [][]string {
	t.Helper()
	page, err := os.ReadFile("../../docs/outcome-change.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, ok := strings.Cut(string(page), header+"\n")
	if !ok {
		t.Fatalf("no table %s", header)
	}
	var out [][]string
	for _, line := range strings.Split(rest, "\n")[1:] { // without the rule below the header
		if !strings.HasPrefix(line, "|") {
			break
		}
		var cells []string
		for cell := range strings.SplitSeq(strings.TrimSuffix(strings.TrimPrefix(line, "|"), "|"), "|") {
			cells = append(cells, strings.Trim(cell, " `"))
		}
		out = append(out, cells)
	}
	return out
}

// asPrinted tells whether a value is the one that a page prints, numbers to the
// digits that it has.
func asPrinted(v any, printed string) bool {
	x, ok := v.(float64)
	if !ok {
		return fmt.Sprint(v) == printed
	}
	want, err := strconv.ParseFloat(printed, 64)
	_, decimals, _ := strings.Cut(printed, ".")
	return err == nil && math.Abs(x-want) <= 0.5000001*math.Pow(10, -float64(len(decimals)))
}

// TestTheChangesOnThePageAreThoseOfTheReport enters the page's table and asks.
func TestTheChangesOnThePageAreThoseOfTheReport(t *testing.T) {
	t.Parallel()
	r := practiceCutoff(t, newRecords(t))
	rows := changeTable(t, "| member | intake | 2 | 3 | 4 |")
	var members []session.MemberID
	for _, row := range rows {
		members = append(members, session.MemberID(row[0]))
	}
	g := r.group(t, "g", session.KindGroup, members...)
	for number := 1; number < len(rows[0]); number++ {
		plan := session.Plan{Number: number, Kind: session.Meeting, HeldOn: fmt.Sprintf("2026-01-%02d", 7*number)}
		if number == 1 {
			plan.Kind, plan.Stage, plan.Members = session.Assessment, new(session.Intake), members
		}
		s := r.open(t, g, plan)
		for i, row := range rows {
			if row[number] == "" {
				continue
			}
			left, err := strconv.Atoi(row[number])
			if err != nil {
				t.Fatal(err)
			}
			answers := make([]float64, 7)
			for k := range answers {
				answers[k] = float64(min(3, left))
				left -= min(3, left)
			}
			r.submit(t, s, form{instrument: "gad-7", by: string(members[i]), answers: answers})
		}
	}
	report, _ := changed(t, r, analysis.Ask{Measure: total("gad-7")})
	body, err := analysis.Encode(&report)
	if err != nil {
		t.Fatal(err)
	}
	var doc map[string]any
	if err := json.Unmarshal(body, &doc); err != nil {
		t.Fatal(err)
	}
	shown := changeTable(t, "| place in the result | value |")
	if len(shown) < 20 {
		t.Fatalf("%d values", len(shown))
	}
	for _, row := range shown {
		if v, ok := find(doc["result"], row[0]); !ok || !asPrinted(v, row[1]) {
			t.Errorf("%s: the page says %s, the report %v", row[0], row[1], v)
		}
	}
}
