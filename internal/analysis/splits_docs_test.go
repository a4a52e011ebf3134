package analysis_test

import (
	"strconv"
	"strings"
	"testing"

	"holon/internal/analysis"
	"holon/internal/instrument"
	"holon/internal/session"
)

// enterFamily enters a page's table of a family: members' answers about the therapist, and
// what the therapist says of each.
func enterFamily(t *testing.T, rows [][]string, roles ...session.MemberRole) *records {
	t.Helper()
	r := newRecords(t)
	g, err := session.NewGroup("g", "g", session.KindFamily, session.Open, "2026-01-01")
	if err != nil {
		t.Fatal(err)
	}
	for i, role := range roles {
		if _, err := g.Join(session.MemberID(rows[i][0]), role, "2026-01-01"); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := g.Assign("t1", session.Lead, "2026-01-01"); err != nil {
		t.Fatal(err)
	}
	r.groups = append(r.groups, g)
	for number := 1; number < len(rows[0]); number++ {
		var absent []session.MemberID
		for _, row := range rows {
			if row[number] == "missed" {
				absent = append(absent, session.MemberID(row[0]))
			}
		}
		s := r.meeting(t, g, number, absent...)
		for _, row := range rows {
			v, err := strconv.ParseFloat(row[number], 64)
			if err != nil {
				continue // missed
			}
			f := form{instrument: allianceItem, by: row[0], about: session.About{TherapistID: "t1"}, answers: []float64{v}}
			if of, is := strings.CutPrefix(row[0], "therapist of "); is {
				f.rater, f.by, f.about.MemberID = instrument.RaterTherapist, "t1", session.MemberID(of)
			}
			r.submit(t, s, f)
		}
	}
	return r
}

// TestTheWorkedExampleOfSplitsIsWhatHolonPrints enters the page's table, asks, and compares
// every value of the page.
func TestTheWorkedExampleOfSplitsIsWhatHolonPrints(t *testing.T) {
	t.Parallel()
	r := enterFamily(t, pageRows(t, "splits.md", "| member | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 |"), session.RoleCaregiver, session.RoleCaregiver, session.RoleAdolescent)
	report, _ := splitsIn(t, r, analysis.Ask{Measure: byMembers(allianceItem), Reliability: .9, NormSD: 2})
	samePage(t, "splits.md", &report, 16)
}

// TestTheWorkedExampleOfAFamilyIsWhatHolonPrints does so with the page about the alliance of
// each.
func TestTheWorkedExampleOfAFamilyIsWhatHolonPrints(t *testing.T) {
	t.Parallel()
	rows := pageRows(t, "family-alliance.md", "| member | 1 | 2 | 3 |")
	alliances := make([][]string, len(rows))
	for i, row := range rows {
		for _, cell := range row {
			own, _, _ := strings.Cut(cell, " / ")
			alliances[i] = append(alliances[i], own)
		}
	}
	r := enterFamily(t, alliances, session.RoleCaregiver, session.RoleCaregiver, session.RoleAdolescent)
	for _, s := range r.sessions["g"] {
		for _, row := range rows {
			if _, purpose, ok := strings.Cut(row[s.Number], " / "); ok {
				v, err := strconv.ParseFloat(purpose, 64)
				if err != nil {
					t.Fatal(err)
				}
				r.submit(t, s, form{instrument: purposeItem, by: row[0], answers: []float64{v}})
			}
		}
	}
	report, _ := familiesOf(t, r, analysis.Ask{})
	samePage(t, "family-alliance.md", &report, 12)
}
