package session_test

import (
	"math"
	"testing"

	"holon/internal/fault"
	"holon/internal/session"
)

func TestWhatWasAcknowledgedIsRestoredWhateverTodaysRulesSay(t *testing.T) {
	t.Parallel()
	s := meeting(t, session.KindGroup)
	must(t, s.Submit([]session.FormInput{
		form(t, "f-1", alliance, member(ann), session.About{TherapistID: lea}),
		form(t, "f-2", bond, member(ann), session.About{MemberID: ben}),
		form(t, "f-3", cohesion, therapist(lea), session.About{}),
	}, reference(t)))
	// None of this could be entered today.
	s.Number, s.HeldOn = 12345, "1899-12-31"
	s.Roster[0].Attendance = session.NoShow
	s.Roster = s.Roster[:1]
	s.Therapists = nil
	s.Alliances[0].Answers[0].Value = 99
	s.Alliances[0].Instrument = standing
	s.Bonds[0].To = ann
	s.Cohesion[0].Rater.Kind = "observer"
	s.GroupKind = session.KindFamily
	s.Status = session.StatusCancelled
	must(t, session.RestoreSession(s))

	g := group(t, session.KindGroup)
	g.Kind = session.KindCouple
	g.Head = session.Head{Rev: 3, Schema: 1}
	must(t, session.RestoreGroup(g)) // a couple of three members
}

func TestADamagedSessionIsNotRestored(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		damage func(s *session.Session)
		want   []string
	}{
		"no identifier":        {func(s *session.Session) { s.ID = "" }, []string{"/_id bad_id"}},
		"no group":             {func(s *session.Session) { s.GroupID = "" }, []string{"/group_id bad_group"}},
		"no kind of group":     {func(s *session.Session) { s.GroupKind = "" }, []string{"/group_id bad_group"}},
		"no number":            {func(s *session.Session) { s.Number = 0 }, []string{"/number bad_session"}},
		"no day":               {func(s *session.Session) { s.HeldOn = "" }, []string{"/number bad_session"}},
		"no status":            {func(s *session.Session) { s.Status = "" }, []string{"/status bad_status"}},
		"no revision":          {func(s *session.Session) { s.Rev = 0 }, []string{"/rev bad_revision"}},
		"no schema":            {func(s *session.Session) { s.Schema = 0 }, []string{"/schema bad_schema"}},
		"a seat for nobody":    {func(s *session.Session) { s.Roster[1].MemberID = "" }, []string{"/roster/1 bad_seat"}},
		"a rating twice":       {func(s *session.Session) { s.Outcomes[1].ID = s.Outcomes[0].ID }, []string{"/outcome/f-2.outcome rating_twice"}},
		"a rating of no form":  {func(s *session.Session) { s.Outcomes[0].FormID = "" }, []string{"/outcome/f-2.outcome bad_rating"}},
		"a rating unnamed":     {func(s *session.Session) { s.Outcomes[0].ID = "" }, []string{"/outcome/ bad_rating"}},
		"a rating by nobody":   {func(s *session.Session) { s.Outcomes[0].Rater.ID = "" }, []string{"/outcome/f-2.outcome bad_rater"}},
		"a rating of nothing":  {func(s *session.Session) { s.Outcomes[0].Answers = nil }, []string{"/outcome/f-2.outcome empty_rating"}},
		"an impossible answer": {func(s *session.Session) { s.Outcomes[0].Answers[3].Value = math.NaN() }, []string{"/outcome/f-2.outcome bad_answer"}},
		"an impossible state":  {func(s *session.Session) { s.Outcomes[0].Answers[3].State = 9 }, []string{"/outcome/f-2.outcome bad_answer"}},
		"an item without one":  {func(s *session.Session) { s.Outcomes[0].Answers[3].Item = 0 }, []string{"/outcome/f-2.outcome bad_answer"}},
		"an alliance with nobody": {
			func(s *session.Session) { s.Alliances[0].TherapistID = "" }, []string{"/alliance/f-1.alliance bad_target"},
		},
		"a bond with nobody":     {func(s *session.Session) { s.Bonds[0].To = "" }, []string{"/bond/f-3.bond bad_target"}},
		"an outcome of nobody":   {func(s *session.Session) { s.Outcomes[0].MemberID = "" }, []string{"/outcome/f-2.outcome bad_target"}},
		"a standing of nobody":   {func(s *session.Session) { s.MemberGroup[0].MemberID = "" }, []string{"/member_group/f-5.member_group bad_target"}},
		"nothing that is damage": {func(*session.Session) {}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := meeting(t, session.KindGroup)
			must(t, s.Submit([]session.FormInput{
				form(t, "f-1", alliance, member(ann), session.About{TherapistID: lea}),
				form(t, "f-2", phq9, member(ann), session.About{}),
				form(t, "f-3", bond, member(ann), session.About{MemberID: ben}),
				form(t, "f-4", phq9, member(ben), session.About{}),
				form(t, "f-5", standing, member(ben), session.About{}),
			}, reference(t)))
			c.damage(s)
			err := session.RestoreSession(s)
			if c.want == nil {
				must(t, err)
				return
			}
			wantFault(t, err, fault.Invalid, c.want...)
		})
	}
}

func TestADamagedGroupIsNotRestored(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		damage func(g *session.Group)
		want   string
	}{
		"no identifier":           {func(g *session.Group) { g.ID = "" }, "/_id bad_id"},
		"no kind":                 {func(g *session.Group) { g.Kind = "" }, "/kind unknown_kind"},
		"no revision":             {func(g *session.Group) { g.Rev = 0 }, "/rev bad_revision"},
		"spells out of order":     {func(g *session.Group) { g.Spells[1].Number = 7 }, "/spells/1 bad_spell"},
		"a spell of nobody":       {func(g *session.Group) { g.Spells[0].MemberID = "" }, "/spells/0 bad_spell"},
		"a spell without start":   {func(g *session.Group) { g.Spells[2].Joined = "" }, "/spells/2 bad_spell"},
		"a therapist's of no-one": {func(g *session.Group) { g.TherapistSpells[1].TherapistID = "" }, "/therapist_spells/1 bad_spell"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := group(t, session.KindGroup)
			g.Head = session.Head{Rev: 1, Schema: 1}
			must(t, session.RestoreGroup(g))
			c.damage(g)
			wantFault(t, session.RestoreGroup(g), fault.Invalid, c.want)
		})
	}
}
