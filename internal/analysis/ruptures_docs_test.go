package analysis_test

import (
	"strconv"
	"testing"
	"time"

	"holon/internal/analysis"
	"holon/internal/dyad"
	"holon/internal/session"
)

// TestTheFallsOnThePageAreThoseOfTheReport enters the page's table and asks.
func TestTheFallsOnThePageAreThoseOfTheReport(t *testing.T) {
	t.Parallel()
	r := newRecords(t)
	members := people("g", 3)
	g := r.group(t, "g", session.KindGroup, members...)
	about := session.About{TherapistID: "t1"}
	for _, cells := range pageRows(t, "ruptures.md", "| session | A | B | C |") {
		number, err := strconv.Atoi(cells[0])
		if err != nil {
			t.Fatal(err)
		}
		s := r.meeting(t, g, number)
		for i, cell := range cells[1:] {
			of := form{instrument: allianceItem, by: string(members[i]), about: about}
			switch v, err := strconv.ParseFloat(cell, 64); {
			case err == nil:
				of.answers = []float64{v}
			case cell == "b":
			default:
				continue
			}
			r.submit(t, s, of)
		}
		switch number {
		case 6:
			in := session.RuptureInput{TherapistID: "t1", MemberID: members[0], Kind: new(session.RuptureWithdrawal), Steps: []session.RepairInput{{Kind: session.RepairAcknowledged, Number: 6}}}
			if _, err := s.EnterRupture(in, "p", time.Unix(1, 0)); err != nil {
				t.Fatal(err)
			}
		case 8:
			r.submit(t, s, form{instrument: dyad.Understood, by: string(members[1]), about: about, answers: []float64{8}})
		}
	}
	if err := g.Leave(g.Spells[2].Number, "2026-02-27", session.LeftDroppedOut); err != nil {
		t.Fatal(err)
	}
	report, _ := ruptures(t, r, analysis.Ask{Reliability: 0.8, NormSD: 1.5})
	samePage(t, "ruptures.md", &report, 18)
}
