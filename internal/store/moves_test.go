package store_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"slices"
	"testing"
	"time"

	"holon/internal/access"
	"holon/internal/fault"
	"holon/internal/instrument"
	"holon/internal/practice"
	"holon/internal/session"
	"holon/internal/store"
	"holon/internal/store/enginetest"
	"holon/internal/store/mongostore/mongotest"
)

// practiceOver is a practice whose repositories are over this engine.
func practiceOver(tb testing.TB, e store.Engine) *practice.Practice {
	tb.Helper()
	registry, err := instrument.Load(nil)
	must(tb, err)
	return practice.New(practice.Deps{
		Groups: store.NewGroups(e), Members: store.NewMembers(e), Therapists: store.NewTherapists(e), Sessions: store.NewSessions(e),
		Instruments: store.NewInstruments(e), Audit: store.NewAudit(e), Accounts: store.NewAccounts(e),
		Studies: store.NewStudies(e), StudyKeys: store.NewStudyKeys(e), Consents: store.NewConsents(e),
		Snapshots: store.NewSnapshots(e), Frozen: store.NewFrozen(e), Releases: store.NewReleases(e), Contributions: store.NewContributions(e),
		Findings: store.NewFindings(e), Settings: store.NewSettings(e),
		Registry: registry, Clock: func() time.Time { return at(30) }, Random: rand.Reader,
	})
}

// twoEvenings stores two sessions, with one form in the first.
func twoEvenings(t *testing.T, e store.Engine) session.FormID {
	t.Helper()
	must(t, store.NewInstruments(e).Copy(t.Context(), cohesionDefinition()))
	g, s := thursday(t, e, 2)
	must(t, store.NewSessions(e).Insert(t.Context(), evening(t, g, 2)))
	f := cohesionForm("m-01", 5)
	ref := session.Reference{Definition: func(instrument.Ref) (*instrument.Definition, bool) { return cohesionDefinition(), true }}
	must(t, submit(t.Context(), e, ref, s.ID, "k", f))
	return f.ID
}

// move moves the form of the first evening to the second.
func move(ctx context.Context, p *practice.Practice, key string, form session.FormID) (*practice.MoveReceipt, error) {
	rq := practice.Request{Principal: access.Principal{ID: "operator", Role: access.RoleOperator}, ID: "req", Key: key, SHA: "sha-of-the-move"}
	return p.MoveForm(ctx, rq, "s-01", session.Move{Form: form, Version: 1, To: "s-02", Why: session.MoveSession})
}

// counting returns the forms that count, with their sessions.
func counting(t *testing.T, e store.Engine) []string {
	t.Helper()
	var out []string
	for _, id := range []session.SessionID{"s-01", "s-02"} {
		s, err := store.NewSessions(e).Get(t.Context(), id, nil)
		must(t, err)
		for _, r := range s.All {
			if r.Live() {
				out = append(out, fmt.Sprintf("%s %g", id, r.Answers[0].Value))
			}
		}
	}
	return out
}

// afterAFailure checks what an interrupted move left: the form where it was, or
// in both sessions, which an inspection says, or where it belongs; and that the
// same request again ends it.
func afterAFailure(t *testing.T, e store.Engine, key string, form session.FormID, answer error) {
	t.Helper()
	there := counting(t, e)
	moved := slices.Equal(there, []string{"s-02 5"})
	switch {
	case answer == nil && !moved:
		t.Errorf("acknowledged, and there is %v", there)
	case moved, slices.Equal(there, []string{"s-01 5"}):
		wantSound(t, e)
	case slices.Equal(there, []string{"s-01 5", "s-02 5"}):
		wantSame(t, "found", []string{"move_unfinished sessions/s-02"}, inspected(t, e))
	default:
		t.Errorf("there is %v", there)
	}
	for range 2 {
		r, err := move(t.Context(), practiceOver(t, e), key, form)
		must(t, err)
		if r.From.ID != "s-01" || r.To.ID != "s-02" || r.To.FormVersion(r.NewForm) != 1 || r.From.FormVersion(r.OldForm) != 2 {
			t.Errorf("receipt %+v", r)
		}
		wantSame(t, "what counts", []string{"s-02 5"}, counting(t, e))
		wantSound(t, e)
	}
}

func TestAMoveBetweenSessionsThatFailedAnywhereIsFinishedByTheSameRequest(t *testing.T) {
	t.Parallel()
	for engine, open := range map[string]func(t *testing.T) store.Engine{
		"sqlite":  func(t *testing.T) store.Engine { t.Helper(); return openSQLite(t) },
		"mongodb": func(t *testing.T) store.Engine { t.Helper(); return mongotest.Open(t, store.Collections()) },
	} {
		for name, key := range map[string]string{"with a key": "move-1", "without a key": ""} {
			t.Run(engine+" "+name, func(t *testing.T) {
				t.Parallel()
				enginetest.EveryWrite(t, func(t *testing.T, mode enginetest.Mode, n int) *enginetest.Failing {
					t.Helper()
					ctx, cancel := context.WithCancel(t.Context())
					defer cancel()
					below := open(t)
					form := twoEvenings(t, below)
					e := enginetest.NewFailing(below, mode, n, cancel)
					_, err := move(ctx, practiceOver(t, e), key, form)
					afterAFailure(t, below, key, form, err)
					return e
				})
			})
		}
	}
}

func TestAMoveBetweenSessionsThatFailedAtAnyReadIsFinishedByTheSameRequest(t *testing.T) {
	t.Parallel()
	for _, mode := range []readMode{crashBefore, crashAfter, cancelBefore, cancelAfter} {
		t.Run(string(mode), func(t *testing.T) {
			t.Parallel()
			for n, fired := 1, true; fired; n++ {
				ctx, cancel := context.WithCancel(t.Context())
				below := openSQLite(t)
				form := twoEvenings(t, below)
				e := &failingRead{Engine: below, mode: mode, at: n, cancel: cancel}
				_, err := move(ctx, practiceOver(t, e), "move-1", form)
				afterAFailure(t, below, "move-1", form, err)
				fired = e.reads >= n
				cancel()
			}
		})
	}
}

// behind is an engine in which somebody else writes when a session is about to
// be replaced.
type behind struct {
	store.Engine

	session string
	first   func()
}

func (b *behind) Replace(ctx context.Context, c store.Collection, d store.Document, rev int64) error {
	if do := b.first; do != nil && d.ID == b.session {
		b.first = nil
		do()
	}
	return b.Engine.Replace(ctx, c, d, rev)
}

func TestAFormThatIsChangedWhileItMovesStaysAndCountsOnce(t *testing.T) {
	t.Parallel()
	onEveryEngine(t, func(t *testing.T, e store.Engine) {
		t.Helper()
		form := twoEvenings(t, e)
		rq := practice.Request{Principal: access.Principal{ID: "operator", Role: access.RoleOperator}, ID: "other"}
		other := practiceOver(t, e)
		between := &behind{Engine: e, session: "s-01", first: func() {
			_, err := other.Correct(t.Context(), rq, "s-01", session.Correction{
				Rating: session.RatingID(form) + ".cohesion", Version: 1, Why: session.CorrectTyping, Answers: []session.AnswerInput{{Item: 1, Value: new(7.0)}},
			})
			must(t, err)
		}}
		_, err := move(t.Context(), practiceOver(t, between), "", form)
		wantFault(t, "a move of what was corrected meanwhile", err, fault.Stale, "form_changed_since")
		wantSame(t, "what counts", []string{"s-01 7"}, counting(t, e))
		wantSound(t, e)

		moved, err := other.MoveForm(t.Context(), rq, "s-01", session.Move{Form: form, Version: 2, To: "s-02", Why: session.MoveSession})
		must(t, err)
		wantSame(t, "what counts", []string{"s-02 7"}, counting(t, e))
		_, err = other.VoidForm(t.Context(), rq, "s-02", session.Voiding{Form: moved.NewForm, Version: 1, Why: session.VoidTrial})
		must(t, err)
		wantSame(t, "what counts", nil, counting(t, e))
		wantSound(t, e)
	})
}

func TestAnInspectionFindsFormsThatCountTwice(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		source *session.Void // of the form where it was
		from   session.SessionID
		want   []string
	}{
		"it counts there still":       {nil, "s-01", []string{"move_unfinished sessions/s-02"}},
		"it went elsewhere":           {&session.Void{By: "p", At: at(9), Why: session.VoidMoved, MovedTo: &session.FormPlace{Session: "s-03", Form: "f-x"}}, "s-01", []string{"move_unfinished sessions/s-02"}},
		"it was voided there":         {&session.Void{By: "p", At: at(9), Why: session.VoidTwice}, "s-01", nil},
		"that session is not stored":  {nil, "s-99", []string{"move_source_missing sessions/s-02"}},
		"it came from the same place": {nil, "s-02", nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := openSQLite(t)
			twoEvenings(t, e)
			sessions := store.NewSessions(e)
			first, err := sessions.Get(t.Context(), "s-01", nil)
			must(t, err)
			second, err := sessions.Get(t.Context(), "s-02", nil)
			must(t, err)
			second.Cohesion = slices.Clone(first.Cohesion)
			x := &second.Cohesion[0].Rating
			x.ID, x.FormID = "f-y.cohesion", "f-y"
			x.MovedFrom = &session.Origin{FormPlace: session.FormPlace{Session: c.from, Form: first.Cohesion[0].FormID}, Version: 1, By: "p", At: at(9), Why: session.MoveSession}
			must(t, sessions.Replace(t.Context(), second, second.Rev))
			first.Cohesion[0].Void = c.source
			must(t, sessions.Replace(t.Context(), first, first.Rev))
			wantSame(t, "found", c.want, inspected(t, e))
		})
	}
}
