package analysis_test

import (
	"fmt"
	"strconv"
	"testing"

	"holon/internal/analysis"
	"holon/internal/session"
)

// TestTheChangesOnThePageAreThoseOfTheReport enters the page's table and asks.
func TestTheChangesOnThePageAreThoseOfTheReport(t *testing.T) {
	t.Parallel()
	r := practiceCutoff(t, newRecords(t))
	rows := pageRows(t, "outcome-change.md", "| member | intake | 2 | 3 | 4 |")
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
	samePage(t, "outcome-change.md", &report, 20)
}
