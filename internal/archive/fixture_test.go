package archive_test

import (
	"context"
	"fmt"
	"io"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"holon/internal/access"
	"holon/internal/archive"
	"holon/internal/fault"
	"holon/internal/instrument"
	"holon/internal/session"
	"holon/internal/store"
	"holon/internal/store/sqlitestore"
)

// now is the time of everything in the fixtures.
var now = time.Date(2026, 3, 5, 20, 0, 0, 0, time.UTC)

// cohesion is the instrument that is answered.
var cohesion = instrument.Ref{ID: "holon-cohesion-1", Version: "1"}

// must stops the test at an error.
func must(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}

// wantRule checks the rule of a fault.
func wantRule(tb testing.TB, what string, err error, rule string) {
	tb.Helper()
	if fault.RuleOf(err) != rule {
		tb.Errorf("%s: got %v, want %s", what, err, rule)
	}
}

// openDir opens the embedded store of a directory, closed when the test ends.
func openDir(tb testing.TB, dir string) *sqlitestore.Store {
	tb.Helper()
	e, err := sqlitestore.Open(tb.Context(), sqlitestore.Config{Dir: dir, Collections: store.Collections()})
	must(tb, err)
	tb.Cleanup(func() { must(tb, e.Close()) })
	return e
}

// change is who wrote the fixtures.
func change(key string) session.Change {
	return session.Change{By: "p-operator", At: now, Why: "test", Key: key, RequestSHA: "sha-" + key}
}

// fill stores a small practice: a group of n members and its therapist, some
// evenings with an answer of every member each, and the audit of that.
func fill(tb testing.TB, e store.Engine, n, evenings int) {
	tb.Helper()
	ctx := tb.Context()
	registry, err := instrument.Load(nil)
	must(tb, err)
	d, known := registry.Lookup(cohesion)
	if !known {
		tb.Fatalf("%s does not come with Holon", cohesion)
	}
	must(tb, store.NewInstruments(e).Copy(ctx, d))
	g, err := session.NewGroup("g-1", "Thursday", session.KindGroup, session.Open, "2026-01-08")
	must(tb, err)
	for i := range n {
		m, err := session.NewMember(member(i), fmt.Sprintf("M-%02d", i), nil)
		must(tb, err)
		m.Change = change("m")
		must(tb, store.NewMembers(e).Insert(ctx, m))
		_, err = g.Join(m.ID, session.RoleMember, "2026-01-08")
		must(tb, err)
	}
	x, err := session.NewTherapist("t-1", "T-1")
	must(tb, err)
	x.Change = change("t")
	must(tb, store.NewTherapists(e).Insert(ctx, x))
	_, err = g.Assign(x.ID, session.Lead, "2026-01-08")
	must(tb, err)
	g.Change = change("g")
	must(tb, store.NewGroups(e).Insert(ctx, g))
	for number := 1; number <= evenings; number++ {
		must(tb, store.NewSessions(e).Insert(ctx, evening(tb, g, number)))
		for i := range n {
			must(tb, answer(ctx, e, session.Reference{Definition: registry.Lookup}, sessionID(number), member(i)))
		}
	}
}

// member is the identifier of the i-th member.
func member(i int) session.MemberID { return session.MemberID(fmt.Sprintf("m-%02d", i)) }

// sessionID is the identifier of an evening.
func sessionID(number int) session.SessionID { return session.SessionID(fmt.Sprintf("s-%03d", number)) }

// evening makes the group's session of this number, everybody present.
func evening(tb testing.TB, g *session.Group, number int) *session.Session {
	tb.Helper()
	day := time.Date(2026, 1, 8, 0, 0, 0, 0, time.UTC).AddDate(0, 0, number-1).Format(time.DateOnly)
	s, err := session.NewSession(sessionID(number), g, session.Plan{Number: number, Kind: session.Meeting, HeldOn: day})
	must(tb, err)
	s.Change = change(fmt.Sprintf("s-%d", number))
	var marks []session.Mark
	for _, seat := range s.Roster {
		marks = append(marks, session.Mark{MemberID: seat.MemberID, Attendance: session.Present})
	}
	must(tb, s.Attend(marks, nil))
	return s
}

// answer stores one member's answer about the group, and an audit entry.
func answer(ctx context.Context, e store.Engine, ref session.Reference, id session.SessionID, m session.MemberID) error {
	sessions := store.NewSessions(e)
	value := 5.0
	form := session.FormInput{
		ID: session.FormID("f-" + string(id) + string(m)), Instrument: cohesion,
		Rater: session.Rater{Kind: instrument.RaterMember, ID: string(m)}, Occasion: session.Post,
		Answers: []session.AnswerInput{{Item: 1, Value: &value}}, Entered: session.Entry{By: "p-operator", At: now, Mode: session.Device},
	}
	for {
		s, err := sessions.Get(ctx, id, nil)
		if err != nil {
			return err
		}
		rev := s.Rev
		if err := s.Submit([]session.FormInput{form}, ref); err != nil {
			return err
		}
		s.Change = change(string(m))
		if err := sessions.Replace(ctx, s, rev); fault.Is(err, fault.Stale) {
			continue
		} else if err != nil {
			return err
		}
		return store.NewAudit(e).Append(ctx, access.Entry{
			ID: "e-" + string(form.ID), At: now, Principal: "p-operator", Action: access.SubmitForms,
			Object: access.Object{Kind: access.KindSession, ID: string(id)}, Outcome: access.Allowed,
		})
	}
}

// source is a backup's source for tests.
func source(e store.Engine) archive.Source {
	return archive.Source{Engine: e, Name: "sqlite", Holon: "test", MadeAt: now}
}

// create makes a backup of an engine in a directory of the test's.
func create(tb testing.TB, e store.Engine, seal archive.Seal) *archive.Made {
	tb.Helper()
	made, err := archive.Create(tb.Context(), filepath.Join(tb.TempDir(), "backup.zip"), seal, source(e), nil)
	must(tb, err)
	return made
}

// restore opens a backup and puts it into an engine.
func restore(tb testing.TB, path string, keys archive.Keys, into store.Engine) error {
	tb.Helper()
	a, err := archive.Open(path, keys)
	if err != nil {
		return err
	}
	defer func() { must(tb, a.Close()) }()
	return archive.Restore(tb.Context(), a, archive.Restoring{Engine: into, At: now, Verify: true})
}

// digest reads all that an engine holds.
func digest(tb testing.TB, e store.Engine) store.Digest {
	tb.Helper()
	d, err := store.DigestOf(tb.Context(), e, nil)
	must(tb, err)
	return d
}

// wantSame checks that an engine holds this, nothing is wrong with it, and it
// may be used.
func wantSame(tb testing.TB, want store.Digest, e store.Engine) {
	tb.Helper()
	if diff := cmp.Diff(want, digest(tb, e)); diff != "" {
		tb.Errorf("what is stored (-want +got):\n%s", diff)
	}
	wantSound(tb, e)
	must(tb, store.CheckFinished(tb.Context(), e))
}

// wantSound checks that an inspection finds nothing.
func wantSound(tb testing.TB, e store.Engine) {
	tb.Helper()
	_, err := store.Inspect(tb.Context(), e, func(p store.Problem) { tb.Errorf("the inspection found %+v", p) })
	must(tb, err)
}

// nowhere is a writer that keeps nothing.
var nowhere = io.Discard
