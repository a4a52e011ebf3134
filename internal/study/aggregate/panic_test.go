package aggregate_test

import (
	"context"
	"iter"
	"strings"
	"testing"

	"holon/internal/instrument"
	"holon/internal/parallel"
	"holon/internal/session"
	"holon/internal/study/aggregate"
	"holon/internal/study/studytest"
)

// brokenSessions are groups whose sessions cannot be read without a panic.
type brokenSessions struct {
	*studytest.Drawn

	none []*session.Session
}

// Sessions panics as broken code does.
func (b brokenSessions) Sessions(context.Context, session.GroupID, ...instrument.Level) iter.Seq2[*session.Session, error] {
	return func(yield func(*session.Session, error) bool) {
		yield(b.none[0], nil)
	}
}

// TestAPanicWhileGroupsAreReadAheadComesUpWithWhoAsked reads them in a goroutine of its
// own, in which nobody could recover.
func TestAPanicWhileGroupsAreReadAheadComesUpWithWhoAsked(t *testing.T) {
	t.Parallel()
	d := studytest.Draw(t, studytest.Design{Groups: 4, Members: 4, Sessions: 2, Residual: 1})
	defer func() {
		if what, stack := parallel.Recovered(recover()); !strings.Contains(what, "index out of range") || !strings.Contains(stack, "brokenSessions.Sessions") {
			t.Errorf("came up: %s\n%s", what, stack)
		}
	}()
	_, _, err := aggregate.Tabulate(t.Context(), aggregate.InMemory(brokenSessions{Drawn: d}), d.Study(t, studytest.Cohesion()), aggregate.Request{Analyses: []string{"group_level"}})
	t.Errorf("no panic came up, but %v", err)
}
