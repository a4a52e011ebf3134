package analysis_test

import (
	"os"
	"strconv"
	"strings"
	"testing"

	"holon/internal/analysis"
	"holon/internal/dyad"
	"holon/internal/session"
)

// TestTheWorkedExampleOfRupturesIsWhatHolonPrints enters the page's table, asks, and
// compares every value and every sentence of the page.
func TestTheWorkedExampleOfRupturesIsWhatHolonPrints(t *testing.T) {
	t.Parallel()
	r := newRecords(t)
	rows := pageRows(t, "ruptures.md", "| member | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 |")
	var members []session.MemberID
	for _, row := range rows {
		members = append(members, session.MemberID(row[0]))
	}
	g := r.group(t, "g", session.KindGroup, members...)
	for number := 1; number < len(rows[0]); number++ {
		var absent []session.MemberID
		for _, row := range rows {
			if row[number] == "missed" {
				absent = append(absent, session.MemberID(row[0]))
			}
		}
		s := r.meeting(t, g, number, absent...)
		for _, row := range rows {
			if row[number] == "missed" {
				continue
			}
			v, err := strconv.ParseFloat(row[number], 64)
			if err != nil {
				t.Fatal(err)
			}
			r.submit(t, s, form{instrument: allianceItem, by: row[0], about: session.About{TherapistID: "t1"}, answers: []float64{v}})
		}
		if number == 7 {
			r.submit(t, s, form{instrument: dyad.Understood, by: "ann", about: session.About{TherapistID: "t1"}, answers: []float64{8}})
		}
	}
	report, err := analysis.Ruptures(t.Context(), r, analysis.Ask{Measure: byMembers(allianceItem)})
	if err != nil {
		t.Fatal(err)
	}
	samePage(t, "ruptures.md", &report, 15)
	page, err := os.ReadFile("../../docs/ruptures.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, sentence := range noCause(t, &report)[1:] {
		if !strings.Contains(string(page), "> "+sentence+"\n") {
			t.Errorf("the page does not say %s", sentence)
		}
	}
}
