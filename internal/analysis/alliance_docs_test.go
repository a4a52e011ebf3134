package analysis_test

import (
	"strconv"
	"strings"
	"testing"

	"holon/internal/analysis"
	"holon/internal/instrument"
	"holon/internal/session"
)

// TestTheWorkedExampleOfAnAllianceIsWhatHolonPrints builds the sessions of the
// page's table and compares every number of the page.
func TestTheWorkedExampleOfAnAllianceIsWhatHolonPrints(t *testing.T) {
	t.Parallel()
	r := newRecords(t)
	members := people("a", 3)
	g := r.group(t, "a", session.KindGroup, members...)
	for _, cells := range pageRows(t, "alliance.md", "| session | A | B | C |") {
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
	samePage(t, "alliance.md", &report, 15)
}
