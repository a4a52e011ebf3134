package practice_test

import (
	"context"
	"iter"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"holon/internal/access"
	"holon/internal/fault"
	"holon/internal/finding"
	"holon/internal/instrument"
	"holon/internal/objective"
	"holon/internal/practice"
	"holon/internal/session"
)

// The rules of the tests.
const (
	oneGoal  = `{"code":"one-goal","for":"each_member","over":{"sessions":"attended","first":1},"conditions":[{"goals_endorsed":{"by":"both"},"needed":{"at_least":1}}]}`
	contacts = `{"code":"called","for":"each_member","over":{"sessions":"scheduled","first":1},"conditions":[{"miss_contacted":{"after":["no_show"],"within_days":7},"needed":{"every":true}}]}`
)

// answers gives each member's answer and its reason.
func answers(x *practice.ObjectiveResults) map[session.MemberID]string {
	out := map[session.MemberID]string{}
	for _, r := range x.Results {
		out[r.Member] = string(r.Answer) + " " + string(r.Reason)
	}
	return out
}

func TestAnObjectiveIsAnsweredFromWhatIsStored(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	c := newClinic(t, open(t), 2)
	o, err := c.CreateObjective(ctx, request(), []byte(oneGoal))
	must(t, err)
	_, shared, err := c.SetGoal(ctx, request(), c.group, practice.GoalInput{Code: "together", From: "2026-02-05"})
	must(t, err)
	ask := func(day string) *practice.ObjectiveResults {
		t.Helper()
		x, err := c.ObjectiveResults(ctx, request(), o.ID, c.group, &day)
		must(t, err)
		return x
	}
	a, b := c.members[0], c.members[1]
	before := ask("2026-03-05")
	if diff := cmp.Diff(map[session.MemberID]string{a: "open still_possible", b: "open still_possible"}, answers(before)); diff != "" {
		t.Error(diff)
	}
	_, err = c.Attend(ctx, request(), c.session, 1, []session.Mark{{MemberID: a, Attendance: session.Present}, {MemberID: b, Attendance: session.Late}}, nil)
	must(t, err)
	rating := func(kind instrument.RaterKind, id string) session.GoalRatingInput {
		return session.GoalRatingInput{Rater: session.Rater{Kind: kind, ID: id}, GoalID: shared, Endorsed: new(true), Entered: session.Entry{Mode: session.Device}}
	}
	_, err = c.RateGoals(ctx, request(), c.session, []session.GoalRatingInput{rating(instrument.RaterMember, string(a)), rating(instrument.RaterTherapist, string(c.therapist))})
	must(t, err)
	after := ask("2026-03-06")
	if diff := cmp.Diff(map[session.MemberID]string{a: "met reached", b: "cannot_be_judged endorsement_not_rated"}, answers(after)); diff != "" {
		t.Error(diff)
	}
	if again := ask("2026-03-06"); again.DataVersion != after.DataVersion || before.DataVersion == after.DataVersion {
		t.Errorf("data %s, then %s, then %s", before.DataVersion, after.DataVersion, again.DataVersion)
	}
	audited := map[access.Action]int{}
	for _, e := range entries(t, c.engine) {
		if e.Object.GroupID == c.group && (e.Action == access.ReadObjective || e.Action == access.ReadSession) {
			audited[e.Action]++
		}
	}
	if audited[access.ReadObjective] != 3 || audited[access.ReadSession] != 3 {
		t.Errorf("three questions left these entries: %v", audited)
	}
}

func TestASessionThatCannotBeReadLeavesNothingJudged(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	c := newClinic(t, open(t), 1)
	o, err := c.CreateObjective(ctx, request(), []byte(oneGoal))
	must(t, err)
	damage(t, c.engine, "sessions", string(c.session), "roster")
	x, err := c.ObjectiveResults(ctx, request(), o.ID, c.group, nil)
	must(t, err)
	if diff := cmp.Diff([]string{string(c.session)}, x.LeftOut); diff != "" || answers(x)[c.members[0]] != "cannot_be_judged record_damaged" {
		t.Errorf("%v, %s", answers(x), diff)
	}
}

// noted is what was done, in a test.
type noted []objective.Deed

// Deeds yields all of it.
func (n noted) Deeds(context.Context, session.GroupID) iter.Seq2[objective.Deed, error] {
	return func(yield func(objective.Deed, error) bool) {
		for _, d := range n {
			if !yield(d, nil) {
				return
			}
		}
	}
}

func TestWhatNobodyKeepsIsNotTakenForUndone(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	c := newClinic(t, open(t), 2)
	a, b := c.members[0], c.members[1]
	_, err := c.Attend(ctx, request(), c.session, 1, []session.Mark{{MemberID: a, Attendance: session.NoShow}, {MemberID: b, Attendance: session.NoShow}}, nil)
	must(t, err)
	o, err := c.CreateObjective(ctx, request(), []byte(contacts))
	must(t, err)
	later := deps(t, c.engine)
	later.Clock = func() time.Time { return evening.AddDate(0, 1, 0) }
	for name, x := range map[string]struct {
		deeds practice.Deeds
		want  map[session.MemberID]string
	}{
		"nobody keeps it": {nil, map[session.MemberID]string{a: "cannot_be_judged actions_not_known", b: "cannot_be_judged actions_not_known"}},
		"nothing was":     {noted{}, map[session.MemberID]string{a: "not_met out_of_reach", b: "not_met out_of_reach"}},
		"one was called": {
			noted{{Code: finding.Contacted, Contact: finding.ContactReached, Members: []session.MemberID{a}, On: "2026-03-07"}},
			map[session.MemberID]string{a: "met reached", b: "not_met out_of_reach"},
		},
	} {
		later.Deeds = x.deeds
		p := practice.New(later)
		got, err := p.ObjectiveResults(ctx, request(), o.ID, c.group, nil)
		must(t, err)
		if diff := cmp.Diff(x.want, answers(got)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestVersionsOfAnObjectiveCountUpHoweverManyComeAtOnce(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	c := newClinic(t, open(t), 0)
	const writers = 6
	var wg sync.WaitGroup
	for range writers {
		wg.Go(func() {
			if _, err := c.CreateObjective(ctx, request(), []byte(oneGoal)); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	list, next, err := c.Objectives(ctx, request(), practice.Page{Limit: 4})
	must(t, err)
	rest, _, err := c.Objectives(ctx, request(), practice.Page{After: next, Limit: 4})
	must(t, err)
	for i, o := range append(list, rest...) {
		if o.Version != i+1 {
			t.Errorf("place %d holds version %d", i, o.Version)
		}
	}
	if len(list)+len(rest) != writers {
		t.Errorf("%d and %d versions", len(list), len(rest))
	}
	once, err := c.CreateObjective(ctx, keyed("k", oneGoal), []byte(oneGoal))
	must(t, err)
	twice, err := c.CreateObjective(ctx, keyed("k", oneGoal), []byte(oneGoal))
	must(t, err)
	if once.ID != twice.ID || twice.Version != writers+1 {
		t.Errorf("a repeated request made %s and %s", once.ID, twice.ID)
	}
	_, err = c.RetireObjective(ctx, request(), once.ID, 1)
	must(t, err)
	_, err = c.RetireObjective(ctx, request(), once.ID, 2)
	wantFault(t, err, fault.Conflict, "retired_already")
	_, err = c.ObjectiveResults(ctx, request(), once.ID, c.group, new("2026-03-09"))
	wantFields(t, err, "/as_of as_of_the_future")
	_, err = c.ObjectiveResults(ctx, request(), once.ID, "g-none", nil)
	wantFault(t, err, fault.NotFound, "not_found")
}
