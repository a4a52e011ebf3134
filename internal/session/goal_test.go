package session_test

import (
	"testing"
	"time"

	"holon/internal/fault"
	"holon/internal/instrument"
	"holon/internal/session"
)

// goalEvening is a group with three goals and an open session of two members.
func goalEvening(t *testing.T) (*session.Group, *session.Session) {
	t.Helper()
	g, err := session.NewGroup("g-1", "FAM", session.KindFamily, session.Open, "2026-01-01")
	must(t, err)
	_, err = g.Assign("t-1", session.Lead, "2026-01-01")
	must(t, err)
	for id, role := range map[session.MemberID]session.MemberRole{"m-1": session.RoleCaregiver, "m-2": session.RoleAdolescent} {
		_, err = g.Join(id, role, "2026-01-01")
		must(t, err)
	}
	must(t, g.SetGoal(session.GoalInput{ID: "a-1", Code: "together", From: "2026-01-01"}))
	must(t, g.SetGoal(session.GoalInput{ID: "a-2", Code: "safety", Owner: "m-1", From: "2026-01-01"}))
	must(t, g.SetGoal(session.GoalInput{ID: "a-3", Code: "autonomy", Owner: "m-2", From: "2026-02-01", Until: new("2026-02-20")}))
	s, err := session.NewSession("s-1", g, session.Plan{Number: 1, Kind: session.Meeting, HeldOn: "2026-03-05"})
	must(t, err)
	return g, s
}

// said is a rating of a goal.
func said(kind instrument.RaterKind, id string, goal session.GoalID, value *float64, endorsed *bool) session.GoalRatingInput {
	return session.GoalRatingInput{
		Rater: session.Rater{Kind: kind, ID: id}, GoalID: goal, Value: value, Endorsed: endorsed,
		Entered: session.Entry{By: "p", At: time.Date(2026, 3, 5, 20, 0, 0, 0, time.UTC), Mode: session.Device},
	}
}

func TestGoalsOfAGroupAreCodesWithAnOwnerAndATime(t *testing.T) {
	t.Parallel()
	g, _ := goalEvening(t)
	wantFault(t, g.SetGoal(session.GoalInput{ID: "a-9", Code: "I want to sleep", Owner: "m-9", From: "soon"}), fault.Invalid,
		"/code bad_code", "/from bad_date", "/owner owner_not_in_group")
	wantFault(t, g.SetGoal(session.GoalInput{ID: "a-9", Code: "safety", From: "2026-03-01", Until: new("2026-02-01")}), fault.Invalid,
		"/code goal_code_taken", "/until ends_before_start")
	wantFault(t, g.EndGoal("a-9", "2026-03-01"), fault.NotFound, "no_such_goal")
	wantFault(t, g.EndGoal("a-1", "2025-12-01"), fault.Invalid, "/until ends_before_start")
	must(t, g.EndGoal("a-1", "2026-03-01"))
	if g.Goals[0].Runs("2026-03-02") || !g.Goals[0].Runs("2026-03-01") {
		t.Error("a goal does not end with its last day")
	}
}

func TestEveryFaultOfABatchOfGoalRatingsIsNamed(t *testing.T) {
	t.Parallel()
	g, s := goalEvening(t)
	asMember, asTherapist := instrument.RaterMember, instrument.RaterTherapist
	wrong := said(asMember, "m-1", "a-1", new(5.0), nil)
	wrong.Entered.Mode, wrong.Corrects = "telepathy", &session.GoalCorrection{Version: 1, Why: "because"}
	wantFault(t, s.RateGoals(g, []session.GoalRatingInput{
		said(asMember, "m-9", "a-1", new(11.0), nil),
		said(asTherapist, "t-9", "a-9", nil, new(true)),
		said(instrument.RaterObserver, "o-1", "a-1", nil, new(true)),
		said(asMember, "m-2", "a-2", new(3.0), new(true)),
		said(asMember, "m-2", "a-3", new(3.0), nil),
		said(asMember, "m-2", "a-1", nil, nil),
		wrong,
		said(asMember, "m-1", "a-1", nil, new(true)),
	}), fault.Invalid,
		"/ratings/0/rater/id rater_not_on_roster", "/ratings/0/value out_of_range",
		"/ratings/1/rater/id rater_not_in_session", "/ratings/1/goal_id no_such_goal",
		"/ratings/2/rater/kind rater_kind_not_allowed",
		"/ratings/3/value value_of_anothers_goal",
		"/ratings/4/goal_id goal_not_running",
		"/ratings/5 empty_goal_rating",
		"/ratings/6/corrects/why unknown_reason", "/ratings/6/mode unknown_mode",
		"/ratings/7 goal_rated_twice",
	)
	if len(s.Goals) != 0 {
		t.Errorf("a refused batch left %+v", s.Goals)
	}
	wantFault(t, s.RateGoals(g, nil), fault.Invalid, "empty_batch")
	early := said(asMember, "m-1", "a-1", new(5.0), nil)
	early.Entered.At = time.Date(2026, 3, 3, 20, 0, 0, 0, time.UTC)
	wantFault(t, s.RateGoals(g, []session.GoalRatingInput{early}), fault.Invalid, "/ratings/0 not_held_yet")
}

func TestAGoalRatingIsCorrectedByItsVersion(t *testing.T) {
	t.Parallel()
	g, s := goalEvening(t)
	rate := func(in session.GoalRatingInput, corrects int) error {
		if corrects > 0 {
			in.Corrects = &session.GoalCorrection{Version: corrects, Why: session.CorrectTyping}
		}
		return s.RateGoals(g, []session.GoalRatingInput{in})
	}
	first := said(instrument.RaterMember, "m-1", "a-2", new(4.0), new(true))
	wantFault(t, rate(first, 1), fault.Invalid, "/ratings/0/corrects nothing_to_correct")
	must(t, rate(first, 0))
	wantFault(t, rate(first, 0), fault.Conflict, "/ratings/0 goal_rated_already")
	wantFault(t, rate(first, 1), fault.Invalid, "/ratings/0 nothing_to_correct")
	stored := s.Goals
	must(t, rate(said(instrument.RaterMember, "m-1", "a-2", new(6.0), new(true)), 1))
	wantFault(t, rate(first, 1), fault.Stale, "goal_rating_corrected_since")
	if *stored[0].Value != 4 || *s.Goals[0].Value != 6 || s.Goals[0].Version != 2 {
		t.Errorf("before %+v, now %+v", stored[0], s.Goals[0])
	}
	wantFault(t, s.SetRoster(g, []session.MemberID{"m-2"}), fault.Invalid, "/members has_ratings")
	must(t, rate(said(instrument.RaterMember, "m-1", "a-2", nil, nil), 2)) // taken back
	must(t, s.SetRoster(g, []session.MemberID{"m-2"}))
	must(t, session.RestoreSession(restorable(s)))
}

// restorable is the session as a store gives it back.
func restorable(s *session.Session) *session.Session {
	x := *s
	x.Rev, x.Schema = 1, 1
	return &x
}
