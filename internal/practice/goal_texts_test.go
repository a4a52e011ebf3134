package practice_test

import (
	"context"
	"slices"
	"sync"
	"testing"

	"holon/internal/access"
	"holon/internal/fault"
	"holon/internal/instrument"
	"holon/internal/practice"
	"holon/internal/session"
	"holon/internal/store"
)

// wished is a clinic whose first member has a goal of their own.
func wished(t *testing.T) (*clinic, session.GoalID) {
	t.Helper()
	c := newClinic(t, open(t), 2)
	_, goal, err := c.SetGoal(t.Context(), request(), c.group, practice.GoalInput{Code: "G-1", Owner: c.members[0], From: "2026-02-05"})
	must(t, err)
	return c, goal
}

// say is words of a goal.
func say(text string, why session.TextReason) session.GoalTextInput {
	return session.GoalTextInput{Text: text, Why: why}
}

func TestAGoalsWordsAreKeptByNumberAndReadByWhoMay(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	c, goal := wished(t)
	_, err := c.GoalText(ctx, request(), c.group, goal)
	wantFault(t, err, fault.NotFound, "no_goal_text")
	first, err := c.SetGoalText(ctx, keyed("one", "a"), c.group, goal, say("to sleep", ""), 0)
	must(t, err)
	again, err := c.SetGoalText(ctx, keyed("one", "a"), c.group, goal, say("to sleep", ""), 0)
	must(t, err)
	if first.Number != 1 || again.Number != 1 || again.Text != "to sleep" {
		t.Errorf("first %+v, again %+v", first, again)
	}
	_, err = c.SetGoalText(ctx, keyed("one", "b"), c.group, goal, say("to wake", ""), 1)
	wantFault(t, err, fault.Invalid, "key_reused")
	_, err = c.SetGoalText(ctx, request(), c.group, goal, say("to wake", session.TextReworded), 0)
	wantFault(t, err, fault.PreconditionRequired, "if_match_missing")
	_, err = c.SetGoalText(ctx, request(), c.group, goal, say("to wake", session.TextReworded), 2)
	wantFault(t, err, fault.Stale, "written_since")
	_, err = c.SetGoalText(ctx, request(), c.group, "goal-none", say("to wake", ""), 0)
	wantFault(t, err, fault.NotFound, "no_such_goal")
	_, err = c.SetGoalText(ctx, request(), c.group, goal, say("to wake", session.TextReworded), 1)
	must(t, err)
	if later, err := c.SetGoalText(ctx, keyed("one", "a"), c.group, goal, say("to sleep", ""), 0); err != nil || later.Number != 1 {
		t.Errorf("the first request once more, later: %+v, %v", later, err)
	}
	read, err := c.GoalText(ctx, c.lead(), c.group, goal)
	must(t, err)
	if read.Number != 2 || read.Text != "to wake" || read.By != operator.ID || read.Why != session.TextReworded {
		t.Errorf("read %+v", read)
	}
	_, err = c.GoalText(ctx, request(), c.group, "goal-none")
	wantFault(t, err, fault.NotFound, "no_such_goal")
	_, err = c.GoalText(ctx, request(), "g-none", goal)
	wantFault(t, err, fault.NotFound, "not_found")
}

// TestATherapistOfAnotherGroupNeitherReadsNorGivesWords, and both attempts are in the
// audit, in which there are no words.
func TestATherapistOfAnotherGroupNeitherReadsNorGivesWords(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	c, goal := wished(t)
	_, err := c.SetGoalText(ctx, c.lead(), c.group, goal, say("to sleep", ""), 0)
	must(t, err)
	other, err := c.CreateTherapist(ctx, request(), "TX")
	must(t, err)
	stranger := practice.Request{Principal: access.Principal{ID: "stranger", Role: access.RoleOperator, Therapist: other.ID}, ID: "req-stranger"}
	_, err = c.GoalText(ctx, stranger, c.group, goal)
	wantFault(t, err, fault.Forbidden, "not_allowed")
	_, err = c.SetGoalText(ctx, stranger, c.group, goal, say("to wake", session.TextReworded), 1)
	wantFault(t, err, fault.Forbidden, "not_allowed")
	_, err = c.GoalText(ctx, stranger, c.group, "goal-none")
	wantFault(t, err, fault.Forbidden, "not_allowed")
	for _, want := range []access.Entry{
		{Principal: "stranger", Action: access.ReadGoalText, Outcome: access.Denied},
		{Principal: "stranger", Action: access.WriteGoalText, Outcome: access.Denied},
		{Principal: "lead", Action: access.WriteGoalText, Outcome: access.Allowed},
	} {
		if !slices.ContainsFunc(entries(t, c.engine), func(x access.Entry) bool {
			return x.Principal == want.Principal && x.Action == want.Action && x.Outcome == want.Outcome && x.Object.GroupID == c.group && x.Object.Kind == access.KindGroup
		}) {
			t.Errorf("no entry %+v", want)
		}
	}
}

// TestOneOfManyWhoRewordAtOnceWins: the others read again.
func TestOneOfManyWhoRewordAtOnceWins(t *testing.T) {
	t.Parallel()
	c, goal := wished(t)
	var all sync.WaitGroup
	failed := make([]error, 8)
	for i := range failed {
		all.Go(func() {
			_, failed[i] = c.SetGoalText(t.Context(), request(), c.group, goal, say(string(rune('a'+i)), ""), 0)
		})
	}
	all.Wait()
	won := 0
	for _, err := range failed {
		switch {
		case err == nil:
			won++
		case !fault.Is(err, fault.Stale) && fault.RuleOf(err) != "if_match_missing":
			t.Errorf("%v", err)
		}
	}
	if won != 1 {
		t.Errorf("%d won", won)
	}
}

// TestOneRequestSentOftenAtOnceIsDoneOnce: whoever comes second gets what the first did.
func TestOneRequestSentOftenAtOnceIsDoneOnce(t *testing.T) {
	t.Parallel()
	c, goal := wished(t)
	rq := request()
	rq.Key, rq.SHA = "words", "abc"
	var all sync.WaitGroup
	var failed [8]error
	var done [8]*session.GoalText
	for i := range failed {
		all.Go(func() { done[i], failed[i] = c.SetGoalText(t.Context(), rq, c.group, goal, say("to sleep", ""), 0) })
	}
	all.Wait()
	for i, err := range failed {
		if err != nil || done[i].Number != 1 {
			t.Errorf("%v, number %v", err, done[i])
		}
	}
}

// between is an engine that does something just before a goal's words are stored.
type between struct {
	store.Engine

	once sync.Once
	what func()
}

// Insert does it.
func (b *between) Insert(ctx context.Context, c store.Collection, d store.Document) error {
	if c.Name == "goal_texts" {
		b.once.Do(b.what)
	}
	return b.Engine.Insert(ctx, c, d)
}

// markFirst marks the first member as a redaction does before it comes to the group.
func (c *clinic) markFirst(t *testing.T) {
	t.Helper()
	members := store.NewMembers(c.engine)
	m, err := members.Get(t.Context(), c.members[0])
	must(t, err)
	m.Redact(session.Redaction{Member: m.ID, Decision: "rd-1", At: evening})
	must(t, members.Replace(t.Context(), m, m.Rev))
}

// TestWordsThatComeWhileTheirAuthorIsErasedAreErasedToo: the member is marked first,
// and the group is not yet.
func TestWordsThatComeWhileTheirAuthorIsErasedAreErasedToo(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	c, goal := wished(t)
	_, err := c.SetGoalText(ctx, keyed("one", "a"), c.group, goal, say("FIRST", ""), 0)
	must(t, err)
	late := c.at(t, evening, func(d *practice.Deps) {
		d.GoalTexts = store.NewGoalTexts(&between{Engine: c.engine, what: func() { c.markFirst(t) }})
	})
	_, err = late.SetGoalText(ctx, request(), c.group, goal, say("LATE", session.TextReworded), 1)
	wantFault(t, err, fault.Conflict, "redacted_since")
	all, err := store.NewGoalTexts(c.engine).Of(ctx, c.group, goal)
	must(t, err)
	for _, x := range all {
		if x.Text != "" || x.Redacted == nil || x.Redacted.Decision != "rd-1" {
			t.Errorf("left: %+v", x)
		}
	}
	if len(all) != 2 {
		t.Errorf("%d versions", len(all))
	}
	read, err := c.GoalText(ctx, request(), c.group, goal)
	must(t, err)
	if read.Redacted == nil {
		t.Errorf("read %+v", read)
	}
	_, err = c.SetGoalText(ctx, keyed("one", "a"), c.group, goal, say("FIRST", ""), 0)
	wantFault(t, err, fault.Conflict, "redacted_since")
	_, err = c.SetGoalText(ctx, request(), c.group, goal, say("FIRST", session.TextReworded), 3)
	wantFields(t, err, "/author/id member_redacted")
	if all, err := store.NewGoalTexts(c.engine).Of(ctx, c.group, goal); err != nil || len(all) != 2 {
		t.Errorf("%d versions of one who was erased, %v", len(all), err)
	}
}

// TestErasedWordsAreNotPutBackUnderTheNumberFromBefore, in somebody else's name.
func TestErasedWordsAreNotPutBackUnderTheNumberFromBefore(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	c, _ := wished(t)
	_, shared, err := c.SetGoal(ctx, request(), c.group, practice.GoalInput{Code: "G-2", From: "2026-02-05"})
	must(t, err)
	by := func(member int, text string, why session.TextReason) session.GoalTextInput {
		return session.GoalTextInput{Text: text, Why: why, Author: &session.Rater{Kind: instrument.RaterMember, ID: string(c.members[member])}}
	}
	_, err = c.SetGoalText(ctx, request(), c.group, shared, by(0, "ERASED", ""), 0)
	must(t, err)
	texts := store.NewGoalTexts(c.engine)
	must(t, texts.Redact(ctx, c.group, shared, session.Redaction{Member: c.members[0], Decision: "rd-1", At: evening}))
	_, err = c.SetGoalText(ctx, request(), c.group, shared, by(1, "ERASED", session.TextNextAuthor), 1)
	wantFault(t, err, fault.Stale, "written_since")
	read, err := c.GoalText(ctx, request(), c.group, shared)
	must(t, err)
	if read.Number != 1 || read.Standing() != 2 {
		t.Errorf("number %d, to be named %d", read.Number, read.Standing())
	}
	next, err := c.SetGoalText(ctx, request(), c.group, shared, by(1, "another", session.TextNextAuthor), 2)
	must(t, err)
	if next.Number != 3 || next.Standing() != 3 {
		t.Errorf("the next is number %d", next.Number)
	}
	_, err = c.SetGoalText(ctx, request(), c.group, shared, by(1, "once more", session.TextReworded), 2)
	wantFault(t, err, fault.Stale, "written_since")
}
