package analysis_test

import (
	"strconv"
	"testing"

	"holon/internal/analysis"
	"holon/internal/session"
)

// TestTheAlarmsOnThePageAreThoseOfTheReport enters the page's table and asks.
func TestTheAlarmsOnThePageAreThoseOfTheReport(t *testing.T) {
	t.Parallel()
	r := newRecords(t)
	members := people("g", 4)
	g := r.group(t, "g", session.KindGroup, members...)
	for _, cells := range pageRows(t, "alarms.md", "| week | A | B | C | D |") {
		number, err := strconv.Atoi(cells[0])
		if err != nil {
			t.Fatal(err)
		}
		values := make([]float64, len(members))
		for i, cell := range cells[1:] {
			if values[i], err = strconv.ParseFloat(cell, 64); err != nil {
				t.Fatal(err)
			}
		}
		r.rate(t, r.meeting(t, g, number), allianceItem, session.About{TherapistID: "t1"}, values...)
	}
	report, _ := alarms(t, allClosed(t, r), analysis.Ask{})
	samePage(t, "alarms.md", &report, 15)
}
