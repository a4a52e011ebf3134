package store_test

import (
	"fmt"
	"testing"

	"holon/internal/fault"
	"holon/internal/instrument"
	"holon/internal/session"
	"holon/internal/store"
)

// words are a goal's, of a group that marked stores, every field filled; there or
// redacted.
func words(number int, there bool) *session.GoalText {
	x := &session.GoalText{
		GroupID: "g-thursday", GoalID: "a-1", Number: number, Author: session.Rater{Kind: instrument.RaterMember, ID: "m-1"}, VisibleTo: session.WholeGroup,
		Why: session.TextReworded, By: "p-1", At: at(number), Key: "k",
	}
	if there {
		x.Text, x.RequestSHA = fmt.Sprintf("Ich möchte <schlafen> %d", number), "sha-words"
	} else {
		x.Redacted = &session.Redacted{Decision: "rd-1", At: at(number)}
	}
	return x
}

func TestTheLastWordsOfAGoalStand(t *testing.T) {
	t.Parallel()
	onEveryEngine(t, func(t *testing.T, e store.Engine) {
		t.Helper()
		texts := store.NewGoalTexts(e)
		must(t, store.NewMembers(e).Insert(t.Context(), store.FullMember()))
		g := store.FullGroup()
		g.Rev, g.TherapistSpells = 1, nil
		must(t, store.NewGroups(e).Insert(t.Context(), g))
		none, err := texts.Of(t.Context(), "g-thursday", "a-1")
		must(t, err)
		if len(none) != 0 {
			t.Errorf("there are words already: %v", none)
		}
		var want []*session.GoalText
		for n := 1; n <= 10; n++ {
			want = append(want, words(n, n > 1))
			must(t, texts.Append(t.Context(), want[n-1]))
		}
		other := words(1, true)
		other.GoalID = "a-2"
		must(t, texts.Append(t.Context(), other))
		got, err := texts.Of(t.Context(), "g-thursday", "a-1")
		must(t, err)
		wantSame(t, "all words", want, got)
		again := words(10, true)
		must(t, texts.Append(t.Context(), again)) // the very same: an earlier attempt
		again.Text = "another"
		wantFault(t, "a number twice", texts.Append(t.Context(), again), fault.Stale, fault.RuleOf(store.WrittenSince()))
		wantSound(t, e)
	})
}

// TestARedactionTakesAMembersWordsAndNobodyElses out of every version.
func TestARedactionTakesAMembersWordsAndNobodyElses(t *testing.T) {
	t.Parallel()
	onEveryEngine(t, func(t *testing.T, e store.Engine) {
		t.Helper()
		ctx, r := t.Context(), store.NewRedactor(e)
		marked(t, e)
		g, err := store.NewGroups(e).Get(ctx, "g-thursday")
		must(t, err)
		for _, in := range []session.GoalInput{{ID: "a-1", Code: "own", Owner: "m-01", From: "2026-01-08"}, {ID: "a-2", Code: "shared", From: "2026-01-08"}} {
			must(t, g.SetGoal(in))
		}
		g.Change = change("goals")
		must(t, store.NewGroups(e).Replace(ctx, g, g.Rev))
		by := func(goal session.GoalID, number int, kind instrument.RaterKind, id, text string) {
			x := words(number, true)
			x.GoalID, x.Author, x.Text, x.RequestSHA = goal, session.Rater{Kind: kind, ID: id}, text, "sha-"+text
			must(t, store.NewGoalTexts(e).Append(ctx, x))
		}
		by("a-1", 1, instrument.RaterMember, "m-01", "FIRST-WORDS")
		by("a-1", 2, instrument.RaterMember, "m-01", "LATER-WORDS")
		by("a-2", 1, instrument.RaterTherapist, "t-1", "THERAPISTS-WORDS")
		by("a-2", 2, instrument.RaterMember, "m-01", "SHARED-WORDS")
		by("a-2", 3, instrument.RaterMember, "m-02", "ANOTHERS-WORDS")
		all := []string{"ANOTHERS-WORDS", "FIRST-WORDS", "LATER-WORDS", "SHARED-WORDS", "THERAPISTS-WORDS"}
		wantSame(t, "before", all, textsIn(t, e, all...))
		must(t, r.Rewrite(ctx, taken(false), change("")))
		must(t, r.Rewrite(ctx, taken(false), change(""))) // again: nothing to do
		wantSame(t, "after", []string{"ANOTHERS-WORDS", "THERAPISTS-WORDS"}, textsIn(t, e, all...))
		seen, err := r.Sweep(ctx, taken(false))
		must(t, err)
		if len(seen.Left) != 0 {
			t.Errorf("left: %+v", seen)
		}
		left, err := store.NewGoalTexts(e).Of(ctx, "g-thursday", "a-2")
		must(t, err)
		if len(left) != 3 || left[1].Redacted == nil || left[1].Redacted.Decision != "rd-1" || left[1].Text != "" || left[2].Text != "ANOTHERS-WORDS" {
			t.Errorf("left of the shared goal's: %+v", left)
		}
	})
}

func TestWordsOfAGoalThatIsNotThereAreFound(t *testing.T) {
	t.Parallel()
	onEveryEngine(t, func(t *testing.T, e store.Engine) {
		t.Helper()
		marked(t, e)
		must(t, store.NewGoalTexts(e).Append(t.Context(), words(1, true)))
		nowhere := words(1, true)
		nowhere.GroupID = "g-none"
		must(t, store.NewGoalTexts(e).Append(t.Context(), nowhere))
		wantSame(t, "found", []string{"group_missing goal_texts/g-none@a-1@000001", "goal_missing goal_texts/g-thursday@a-1@000001"}, inspected(t, e))
	})
}
