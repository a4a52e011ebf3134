package practice_test

import (
	"testing"

	"holon/internal/fault"
	"holon/internal/finding"
	"holon/internal/practice"
	"holon/internal/session"
	"holon/internal/store"
)

// TestAFindingThatTellsOfAnAllianceWaitsForTheGuess stores findings of a rule that
// is not known to tell nothing of alliances, about one member and about the whole
// group, and one that says only who did not come.
func TestAFindingThatTellsOfAnAllianceWaitsForTheGuess(t *testing.T) {
	t.Parallel()
	c := newClinic(t, open(t), 2)
	ctx, lead := t.Context(), c.lead()
	insert := func(id finding.ID, rule finding.Rule, members ...session.MemberID) {
		t.Helper()
		must(t, store.NewFindings(c.engine).Insert(ctx, &finding.Finding{
			Head: session.Head{Change: session.Change{By: "holon", At: evening, Why: "raised"}}, ID: id, Rule: rule, RuleVersion: 1,
			GroupID: c.group, SessionID: c.session, Members: members, Events: []finding.Event{{Kind: finding.Raised, At: evening, By: "holon"}},
		}))
	}
	insert("fi-one", "drop_of_later", c.members[0])
	insert("fi-all", "drop_of_later")
	insert("fi-away", finding.MissedSession, c.members[1])
	count := func(rq practice.Request) int {
		t.Helper()
		var all []*finding.Finding
		after := ""
		for {
			list, next, err := c.Findings(ctx, rq, finding.Filter{}, practice.Page{Limit: 1, After: after})
			must(t, err)
			all = append(all, list...)
			if after = next; next == "" {
				return len(all)
			}
		}
	}
	if n, of := count(lead), count(request()); n != 1 || of != 3 {
		t.Errorf("the therapist finds %d, the operator %d", n, of)
	}
	_, err := c.Finding(ctx, lead, "fi-one")
	wantFault(t, err, fault.NotFound, "not_found")
	_, err = c.SeeFinding(ctx, lead, "fi-one")
	wantFault(t, err, fault.NotFound, "not_found")
	_, err = c.CloseFinding(ctx, lead, "fi-all")
	wantFault(t, err, fault.NotFound, "not_found")
	_, err = c.Finding(ctx, lead, "fi-away")
	must(t, err)
	c.submit(t, lead, c.guess(0, 5))
	if n := count(lead); n != 2 {
		t.Errorf("with one guess the therapist finds %d", n)
	}
	_, err = c.SeeFinding(ctx, lead, "fi-one")
	must(t, err)
	_, err = c.GiveUpGuess(ctx, lead, c.session, c.members[1:])
	must(t, err)
	if n := count(lead); n != 3 {
		t.Errorf("with every guess in or given up the therapist finds %d", n)
	}
}

// TestAnObjectiveThatRestsOnAHiddenAnswerWaits for the guess, and one about goals
// does not.
func TestAnObjectiveThatRestsOnAHiddenAnswerWaits(t *testing.T) {
	t.Parallel()
	c := newClinic(t, open(t), 1)
	ctx := t.Context()
	rests, err := c.CreateObjective(ctx, request(), []byte(`{"code":"warm","for":"each_member","over":{"sessions":"attended","first":1},"conditions":[{"score":{"instrument":{"id":"holon-alliance-1","version":"1"},"score":"rating","rater":"member","scale":"score","at_least":5,"out_of":10},"needed":{"every":true}}]}`))
	must(t, err)
	goals, err := c.CreateObjective(ctx, request(), []byte(oneGoal))
	must(t, err)
	c.submit(t, request(), c.form(0))
	_, err = c.ObjectiveResults(ctx, c.lead(), rests.ID, c.group, nil)
	wantFault(t, err, fault.Conflict, "guesses_due")
	for _, ask := range []func() error{
		func() error { _, err := c.ObjectiveResults(ctx, request(), rests.ID, c.group, nil); return err },
		func() error { _, err := c.ObjectiveResults(ctx, c.lead(), goals.ID, c.group, nil); return err },
		func() error { _, err := c.GiveUpGuess(ctx, c.lead(), c.session, c.members); return err },
		func() error { _, err := c.ObjectiveResults(ctx, c.lead(), rests.ID, c.group, nil); return err },
	} {
		must(t, ask())
	}
}
