package store_test

import (
	"context"
	"fmt"
	"iter"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"holon/internal/fault"
	"holon/internal/instrument"
	"holon/internal/session"
	"holon/internal/store"
	"holon/internal/store/mongostore/mongotest"
	"holon/internal/store/sqlitestore"
)

// onEveryEngine runs a test on an empty store of each engine.
func onEveryEngine(t *testing.T, run func(t *testing.T, e store.Engine)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		run(t, openSQLite(t))
	})
	t.Run("mongodb", func(t *testing.T) {
		t.Parallel()
		run(t, mongotest.Open(t, store.Collections()))
	})
}

// openSQLite opens an empty embedded store, closed when the test ends.
func openSQLite(tb testing.TB) *sqlitestore.Store {
	tb.Helper()
	e, err := sqlitestore.Open(tb.Context(), sqlitestore.Config{Dir: tb.TempDir(), Collections: store.Collections()})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := e.Close(); err != nil {
			tb.Error(err)
		}
	})
	return e
}

// must stops the test at an error.
func must(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}

// wantFault checks an error's kind and rule.
func wantFault(tb testing.TB, what string, err error, kind fault.Kind, rule string) {
	tb.Helper()
	if !fault.Is(err, kind) || fault.RuleOf(err) != rule {
		tb.Errorf("%s: got %v, want %s %s", what, err, kind, rule)
	}
}

// collect reads a stream, values and errors apart.
func collect[T any](stream iter.Seq2[T, error]) (values []T, errs []error) {
	for v, err := range stream {
		if err != nil {
			errs = append(errs, err)
			continue
		}
		values = append(values, v)
	}
	return values, errs
}

// inspected returns what an inspection finds, as rule and document.
func inspected(tb testing.TB, e store.Engine) []string {
	tb.Helper()
	var found []string
	if _, err := store.Inspect(tb.Context(), e, func(p store.Problem) {
		found = append(found, p.Rule+" "+p.Collection+"/"+p.ID)
	}); err != nil {
		tb.Fatal(err)
	}
	return found
}

// wantSound checks that an inspection finds nothing wrong.
func wantSound(tb testing.TB, e store.Engine) {
	tb.Helper()
	if found := inspected(tb, e); len(found) > 0 {
		tb.Errorf("the inspection found %v", found)
	}
}

// copyInstruments keeps a copy of every instrument that comes with Holon.
func copyInstruments(tb testing.TB, e store.Engine) *instrument.Registry {
	tb.Helper()
	registry, err := instrument.Load(nil)
	must(tb, err)
	for _, d := range registry.List() {
		must(tb, store.NewInstruments(e).Copy(tb.Context(), d))
	}
	return registry
}

// at is the time of the fixtures' changes.
func at(seconds int) time.Time {
	return time.Date(2026, 3, 5, 20, 0, seconds, 0, time.UTC)
}

// change is a change with this key.
func change(key string) session.Change {
	return session.Change{By: "p-operator", At: at(0), Why: "test", Key: key, RequestSHA: "sha-" + key}
}

// thursday stores a therapy group of n members and one of its sessions, on
// whose roster they all are.
func thursday(tb testing.TB, e store.Engine, n int) (*session.Group, *session.Session) {
	tb.Helper()
	g, err := session.NewGroup("g-thursday", "Thursday", session.KindGroup, session.Open, "2026-01-08")
	must(tb, err)
	g.Change = change("g")
	for i := range n {
		_, err := g.Join(session.MemberID(fmt.Sprintf("m-%02d", i+1)), session.RoleMember, "2026-01-08")
		must(tb, err)
	}
	_, err = g.Assign("t-1", session.Lead, "2026-01-08")
	must(tb, err)
	people(tb, e, n)
	must(tb, store.NewGroups(e).Insert(tb.Context(), g))
	s := evening(tb, g, 1)
	must(tb, store.NewSessions(e).Insert(tb.Context(), s))
	return g, s
}

// people stores the n members of the group, and its therapist.
func people(tb testing.TB, e store.Engine, n int) {
	tb.Helper()
	for i := range n {
		m, err := session.NewMember(session.MemberID(fmt.Sprintf("m-%02d", i+1)), fmt.Sprintf("M-%02d", i+1), nil)
		must(tb, err)
		m.Change = change("m")
		must(tb, store.NewMembers(e).Insert(tb.Context(), m))
	}
	x, err := session.NewTherapist("t-1", "T-1")
	must(tb, err)
	x.Change = change("t")
	must(tb, store.NewTherapists(e).Insert(tb.Context(), x))
}

// evening makes the group's session of this number, everybody present.
func evening(tb testing.TB, g *session.Group, number int) *session.Session {
	tb.Helper()
	day := time.Date(2026, 1, 8, 0, 0, 0, 0, time.UTC).AddDate(0, 0, 7*(number-1)).Format(time.DateOnly)
	s, err := session.NewSession(session.SessionID(fmt.Sprintf("s-%02d", number)), g, session.Plan{Number: number, Kind: session.Meeting, HeldOn: day})
	must(tb, err)
	s.Change = change(fmt.Sprintf("s-%d", number))
	var marks []session.Mark
	for _, seat := range s.Roster {
		marks = append(marks, session.Mark{MemberID: seat.MemberID, Attendance: session.Present})
	}
	must(tb, s.Attend(marks, nil))
	return s
}

// cohesionForm is one member's answer about the group.
func cohesionForm(member session.MemberID, value float64) session.FormInput {
	return session.FormInput{
		ID: session.FormID("f-" + string(member)), Instrument: instrument.Ref{ID: "holon-cohesion-1", Version: "1"},
		Rater: session.Rater{Kind: instrument.RaterMember, ID: string(member)}, Occasion: session.Post,
		Answers: []session.AnswerInput{{Item: 1, Value: &value}}, Entered: session.Entry{By: "p-operator", At: at(1), Mode: session.Device},
	}
}

// submit stores a form the way the practice does: look for the key, apply,
// write, and begin again when somebody else was faster.
func submit(ctx context.Context, e store.Engine, ref session.Reference, id session.SessionID, key string, form session.FormInput) error {
	sessions := store.NewSessions(e)
	for {
		s, err := sessions.Get(ctx, id, nil)
		if err != nil {
			return err
		}
		if _, used, err := sessions.KeyUse(ctx, id, key); err != nil || used {
			return err
		}
		rev := s.Rev
		if err := s.Submit([]session.FormInput{form}, ref); err != nil {
			return err
		}
		s.Change = change(key)
		if err := sessions.Replace(ctx, s, rev); !fault.Is(err, fault.Stale) {
			return err
		}
	}
}

// wantSame compares what is stored with what was written.
func wantSame[T any](tb testing.TB, what string, want, got T) {
	tb.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		tb.Errorf("%s (-want +got):\n%s", what, diff)
	}
}
