package tables_test

import (
	"fmt"
	"testing"

	"holon/internal/instrument"
	"holon/internal/session"
	"holon/internal/study/studytest"
)

// of is a measure by members of an instrument that has one score.
func of(id string) session.Measure {
	return session.Measure{Instrument: instrument.Ref{ID: id, Version: "1"}, Score: "rating", Rater: instrument.RaterMember}
}

// full is a frozen study with rows in every table: four groups and twelve families, a
// member of every group without consent, one who came back, forms without a score,
// goals and ruptures.
func full(tb testing.TB) *studytest.Frozen {
	tb.Helper()
	drawn := studytest.Draw(tb, studytest.Design{Groups: 4, Members: 4, Sessions: 3, Families: 12, Group: .3, Member: .3, Residual: .4, Missing: .1, Seed: 8})
	drawn.Alter(addOthers)
	s := drawn.Study(tb, studytest.Cohesion(), studytest.Alliance(), studytest.Outcome(),
		of("holon-bond-1"), of("holon-presence-1"), of("holon-standing-1"), of("holon-purpose-1"))
	return drawn.Freeze(tb, s, consented)
}

// consented leaves the last member of every group out.
func consented(m session.MemberID) bool { return m[len(m)-1] != '2' }

// addOthers gives a drawn session what drawing does not: every level, goals,
// ruptures, a member who came back, and forms that have no score.
func addOthers(g *session.Group, s *session.Session) {
	if s.Number == 1 {
		left, why := session.Date("2024-01-10"), session.LeftPaused
		g.Spells[0].Left, g.Spells[0].LeftWhy = &left, &why
		g.Spells = append(g.Spells, session.Spell{Number: len(g.Spells) + 1, MemberID: g.Spells[0].MemberID, Role: g.Spells[0].Role, Joined: "2024-01-11"})
		g.Goals = []session.Goal{
			{ID: session.GoalID("own-" + g.ID), Code: "to-see-anna", Owner: g.Spells[0].MemberID, From: "2024-01-01"},
			{ID: session.GoalID("secret-" + g.ID), Code: "to-see-bert", Owner: g.Spells[2].MemberID, From: "2024-01-01"},
			{ID: session.GoalID("shared-" + g.ID), Code: "shared", From: "2024-01-01", Contains: []session.GoalID{session.GoalID("own-" + g.ID)}},
		}
	} else {
		s.Roster[0].Spell = g.Spells[len(g.Spells)-1].Number
	}
	s.Roster[1].Attendance, s.Roster[1].Modality = session.Excused, ""
	one := func(id string, by session.MemberID, to int) session.Rating {
		return session.Rating{
			ID: session.RatingID(fmt.Sprintf("x-%s-%s-%d-%d", id, by, s.Number, to)), FormID: session.FormID(fmt.Sprintf("y-%s-%s-%d-%d", id, by, s.Number, to)), Version: 1,
			Instrument: instrument.Ref{ID: id, Version: "1"}, Rater: session.Rater{Kind: instrument.RaterMember, ID: string(by)}, Occasion: session.Post, FormItems: 1,
			Answers: []session.Answer{{Item: 1, State: session.Answered, Value: float64(to % 10)}}, Entered: session.Entry{By: "test", Mode: session.Device},
		}
	}
	for i, a := range s.Roster {
		for k, b := range s.Roster {
			if i != k && g.Kind == session.KindGroup {
				s.Bonds = append(s.Bonds, session.BondRating{Rating: one("holon-bond-1", a.MemberID, k), From: a.MemberID, To: b.MemberID})
			}
		}
		s.MemberGroup = append(s.MemberGroup, session.MemberGroupRating{Rating: one("holon-standing-1", a.MemberID, i), MemberID: a.MemberID})
		s.System = append(s.System, session.SystemRating{Rating: one("holon-purpose-1", a.MemberID, i)})
		s.Encounter = append(s.Encounter, session.EncounterRating{Rating: one("holon-presence-1", a.MemberID, i), TherapistID: s.Therapists[0].TherapistID})
	}
	if len(s.Encounter) > 0 {
		x := &s.Encounter[0]
		x.TherapistID, x.Answers[0].State, x.FormMissing = "", session.Declined, 1
	}
	s.Goals = []session.GoalRating{
		{Rater: session.Rater{Kind: instrument.RaterMember, ID: string(g.Spells[0].MemberID)}, GoalID: g.Goals[0].ID, Version: 1, Value: new(4.5), Endorsed: new(true), Entered: session.Entry{By: "test", Mode: session.Paper}},
		{Rater: session.Rater{Kind: instrument.RaterMember, ID: string(g.Spells[0].MemberID)}, GoalID: g.Goals[2].ID, Version: 1, Endorsed: new(false), Entered: session.Entry{By: "test", Mode: session.Paper}},
		{Rater: session.Rater{Kind: instrument.RaterMember, ID: string(g.Spells[2].MemberID)}, GoalID: g.Goals[1].ID, Version: 1, Value: new(1.0), Entered: session.Entry{By: "test", Mode: session.Paper}},
	}
	s.Ruptures = []session.Rupture{
		{TherapistID: s.Therapists[0].TherapistID, MemberID: g.Spells[0].MemberID, Kind: session.RuptureWithdrawal, By: "test"},
		{TherapistID: s.Therapists[0].TherapistID, MemberID: g.Spells[1].MemberID, Kind: session.RuptureConfrontation, By: "test", Steps: []session.RepairStep{
			{Kind: session.RepairInvited, Number: s.Number, By: "test"}, {Kind: session.RepairValidated, Number: s.Number + 1, By: "test"},
		}},
		{TherapistID: s.Therapists[0].TherapistID, MemberID: g.Spells[2].MemberID, Kind: session.RuptureWithdrawal, By: "test"},
	}
}
