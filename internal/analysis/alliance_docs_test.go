package analysis_test

import (
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"holon/internal/analysis"
	"holon/internal/instrument"
	"holon/internal/session"
)

// pageRows reads the rows of a page's table that begins with this header.
func pageRows(t *testing.T, header string) [][]string {
	t.Helper()
	page, err := os.ReadFile("../../docs/alliance.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, ok := strings.Cut(string(page), header+"\n")
	if !ok {
		t.Fatalf("no table %s", header)
	}
	var out [][]string
	for i, line := range strings.Split(rest, "\n") {
		if !strings.HasPrefix(line, "|") {
			break
		}
		if i == 0 {
			continue // the rule below the header
		}
		var cells []string
		for cell := range strings.SplitSeq(strings.Trim(line, "|"), "|") {
			cells = append(cells, strings.TrimSpace(cell))
		}
		out = append(out, cells)
	}
	return out
}

// step is one step of a path such as pairs[0].
var step = regexp.MustCompile(`[a-z_0-9]+|\[\d+\]`)

// found follows a path into a document.
func found(t *testing.T, doc any, path string) any {
	t.Helper()
	for _, s := range step.FindAllString(path, -1) {
		switch at := doc.(type) {
		case map[string]any:
			next, ok := at[s]
			if !ok {
				t.Fatalf("%s: there is no %s", path, s)
			}
			doc = next
		case []any:
			i, err := strconv.Atoi(strings.Trim(s, "[]"))
			if err != nil || i >= len(at) {
				t.Fatalf("%s: there is no place %s", path, s)
			}
			doc = at[i]
		default:
			t.Fatalf("%s leads nowhere", path)
		}
	}
	return doc
}

// TestTheWorkedExampleOfAnAllianceIsWhatHolonPrints builds the sessions of the
// page's table and compares every number of the page.
func TestTheWorkedExampleOfAnAllianceIsWhatHolonPrints(t *testing.T) {
	t.Parallel()
	r := newRecords(t)
	members := people("a", 3)
	g := r.group(t, "a", session.KindGroup, members...)
	for _, cells := range pageRows(t, "| session | A | B | C |") {
		number, err := strconv.Atoi(cells[0])
		if err != nil {
			t.Fatal(err)
		}
		s := r.meeting(t, g, number)
		for i, m := range members {
			answer, guess, _ := strings.Cut(cells[1+i], " / ")
			if v, err := strconv.ParseFloat(answer, 64); err == nil {
				r.submit(t, s, form{instrument: allianceItem, by: string(m), about: session.About{TherapistID: "t1"}, answers: []float64{v}})
			}
			if v, err := strconv.ParseFloat(guess, 64); err == nil {
				r.submit(t, s, form{instrument: allianceItem, rater: instrument.RaterTherapist, by: "t1", about: session.About{TherapistID: "t1", MemberID: m}, answers: []float64{v}})
			}
		}
	}
	report, err := analysis.Alliance(t.Context(), r, analysis.Ask{Measure: byMembers(allianceItem)})
	if err != nil {
		t.Fatal(err)
	}
	body, err := analysis.Encode(&report)
	if err != nil {
		t.Fatal(err)
	}
	var doc map[string]any
	if err := json.Unmarshal(body, &doc); err != nil {
		t.Fatal(err)
	}
	rows := pageRows(t, "| key | value |")
	if len(rows) < 15 {
		t.Fatalf("%d numbers", len(rows))
	}
	for _, cells := range rows {
		v := found(t, doc["result"], strings.Trim(cells[0], "`"))
		got := fmt.Sprint(v)
		if number, ok := v.(float64); ok {
			_, decimals, _ := strings.Cut(cells[1], ".")
			got = strconv.FormatFloat(number, 'f', len(decimals), 64)
		}
		if got != cells[1] {
			t.Errorf("| %s | %s |", cells[0], got)
		}
	}
}
