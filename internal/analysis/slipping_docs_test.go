package analysis_test

import (
	"strconv"
	"testing"

	"holon/internal/analysis"
	"holon/internal/session"
)

// TestTheSignsOnThePageAreThoseOfTheReport enters the page's table and asks.
func TestTheSignsOnThePageAreThoseOfTheReport(t *testing.T) {
	t.Parallel()
	r := newRecords(t)
	members := people("g", 4)
	g := r.group(t, "g", session.KindGroup, members...)
	for _, cells := range pageRows(t, "slipping.md", "| session | A | B | C | D |") {
		number, err := strconv.Atoi(cells[0])
		if err != nil {
			t.Fatal(err)
		}
		s := r.meeting(t, g, number)
		for i, cell := range cells[1:] {
			at := map[string]session.Attendance{"-": session.Excused, "n": session.NoShow}[cell]
			if at != "" {
				if err := s.Attend([]session.Mark{{MemberID: members[i], Attendance: at}}, nil); err != nil {
					t.Fatal(err)
				}
			}
			if v, err := strconv.ParseFloat(cell, 64); err == nil {
				r.submit(t, s, form{instrument: allianceItem, by: string(members[i]), about: session.About{TherapistID: "t1"}, answers: []float64{v}})
			}
		}
	}
	if err := g.Leave(g.Spells[3].Number, "2026-02-15", session.LeftDroppedOut); err != nil {
		t.Fatal(err)
	}
	report, _ := signs(t, allClosed(t, r), analysis.Ask{})
	samePage(t, "slipping.md", &report, 20)
}
