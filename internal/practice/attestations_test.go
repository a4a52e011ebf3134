package practice_test

import (
	"context"
	"slices"
	"sync"
	"testing"
	"testing/fstest"

	"holon/internal/access"
	"holon/internal/fault"
	"holon/internal/instrument"
	"holon/internal/practice"
	"holon/internal/session"
	"holon/internal/store"
	"holon/internal/store/mongostore/mongotest"
)

// halves is a form of two items, each of which is a score whose key is from
// memory.
var halves = instrument.Ref{ID: "halves", Version: "1"}

// halvesFile is its file.
func halvesFile() fstest.MapFS {
	return fstest.MapFS{"halves.json": {Data: []byte(`{
  "schema": 1, "id": "halves", "version": "1", "title": "Halves", "construct": "Made for tests.", "language": "und",
  "licence": {"status": "own", "holder": "tests", "wording_included": false},
  "facts": [{"about": "all", "source": "made for tests", "verified": true}],
  "items": [{"number": 1, "level": "outcome", "referent": "I", "raters": ["member"], "min": 0, "max": 3, "step": 1},
            {"number": 2, "level": "outcome", "referent": "I", "raters": ["member"], "min": 0, "max": 3, "step": 1}],
  "scores": [
    {"id": "first", "title": "First", "level": "outcome", "items": [1], "method": "sum", "max_missing": 0, "direction": "higher_better", "min": 0, "max": 3, "key": {"status": "unattested", "about": "its item", "source": "from memory"}},
    {"id": "second", "title": "Second", "level": "outcome", "items": [2], "method": "sum", "max_missing": 0, "direction": "higher_better", "min": 0, "max": 3, "key": {"status": "unattested", "about": "its item", "source": "from memory"}}]}`)}}
}

// withFiles is a practice over an engine with these files.
func withFiles(t *testing.T, e store.Engine, files fstest.MapFS) *practice.Practice {
	t.Helper()
	d := deps(t, e)
	var err error
	d.Registry, err = instrument.Load(files)
	must(t, err)
	p := practice.New(d)
	must(t, p.CheckInstruments(t.Context()))
	return p
}

// statusOf says what holds of a score's key.
func statusOf(t *testing.T, p *practice.Practice, ref instrument.Ref, score string) instrument.KeyStatus {
	t.Helper()
	d, ok := p.Definition(ref)
	if !ok {
		t.Fatalf("%s is not known", ref)
	}
	return d.KeyOf(score).Status
}

// compared attests these scores.
func compared(scores ...string) practice.AttestationInput {
	return practice.AttestationInput{Scores: scores, Statement: instrument.StatementCompared}
}

func TestAttestationsAreKeptAndHoldAfterARestart(t *testing.T) {
	t.Parallel()
	for name, open := range map[string]func(*testing.T) store.Engine{
		"sqlite":  func(t *testing.T) store.Engine { t.Helper(); return open(t) },
		"mongodb": func(t *testing.T) store.Engine { t.Helper(); return mongotest.Open(t, store.Collections()) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := open(t)
			p, other := withFiles(t, e, halvesFile()), withFiles(t, e, halvesFile())
			a, err := p.Attest(t.Context(), keyed("k1", "first"), halves, compared("first"))
			must(t, err)
			if a.Number != 1 || a.By != operator.ID || !a.At.Equal(session.Millis(evening)) {
				t.Errorf("got %+v", a)
			}
			again, err := p.Attest(t.Context(), keyed("k1", "first"), halves, compared("first"))
			must(t, err)
			if again.Number != 1 {
				t.Errorf("the same request attested twice: %+v", again)
			}
			_, err = p.Attest(t.Context(), keyed("k1", "second"), halves, compared("second"))
			wantFault(t, err, fault.Invalid, "key_reused")
			if got := statusOf(t, other, halves, "first"); got != instrument.KeyUnattested {
				t.Errorf("a second process has not looked yet, and says %s", got)
			}
			must(t, other.CheckInstruments(t.Context()))
			restarted := withFiles(t, e, halvesFile())
			for what, p := range map[string]*practice.Practice{"at once": p, "a second process": other, "after a restart": restarted} {
				if statusOf(t, p, halves, "first") != instrument.KeyAttested || statusOf(t, p, halves, "second") != instrument.KeyUnattested {
					t.Errorf("%s: the attestation does not hold", what)
				}
			}
			_, err = restarted.Attest(t.Context(), request(), halves, practice.AttestationInput{Scores: []string{"first"}, Statement: instrument.StatementWithdrawn})
			must(t, err)
			if got := statusOf(t, restarted, halves, "first"); got != instrument.KeyUnattested {
				t.Errorf("withdrawn, and %s", got)
			}
			list, d, err := restarted.Attestations(t.Context(), request(), halves)
			must(t, err)
			if len(list) != 2 || list[1].Statement != instrument.StatementWithdrawn || list[0].SHA256 != d.SHA256 {
				t.Errorf("nothing said is ever taken away: %+v", list)
			}
			if problems := inspect(t, e); len(problems) > 0 {
				t.Errorf("doctor: %v", problems)
			}
		})
	}
}

// inspect returns what an inspection finds.
func inspect(t *testing.T, e store.Engine) (found []string) {
	t.Helper()
	census, err := store.Inspect(t.Context(), e, func(p store.Problem) { found = append(found, p.Rule+" "+p.ID) })
	must(t, err)
	if census["attestations"] != 2 {
		t.Errorf("%d attestations inspected", census["attestations"])
	}
	return found
}

func TestTwoWhoAttestAtOnceAreBothHeard(t *testing.T) {
	t.Parallel()
	p := withFiles(t, open(t), halvesFile())
	var both sync.WaitGroup
	failed := make([]error, 2)
	for i, score := range []string{"first", "second"} {
		both.Go(func() {
			_, failed[i] = p.Attest(context.WithoutCancel(t.Context()), request(), halves, compared(score))
		})
	}
	both.Wait()
	must(t, failed[0])
	must(t, failed[1])
	if statusOf(t, p, halves, "first") != instrument.KeyAttested || statusOf(t, p, halves, "second") != instrument.KeyAttested {
		t.Error("one of two attestations is lost")
	}
}

func TestAttestingIsAskedAndWrittenDown(t *testing.T) {
	t.Parallel()
	e := open(t)
	p := withFiles(t, e, halvesFile())
	_, err := p.Attest(t.Context(), practice.Request{}, halves, compared("first"))
	wantFault(t, err, fault.Forbidden, "not_allowed")
	_, err = p.Attest(t.Context(), request(), halves, compared("third"))
	wantFields(t, err, "/scores/0 no_such_score")
	_, err = p.Attest(t.Context(), request(), own, compared("first"))
	wantFault(t, err, fault.NotFound, "unknown_instrument_version")
	got := entries(t, e)
	if len(got) != 3 || !slices.ContainsFunc(got, func(x access.Entry) bool {
		return x.Action == access.AttestInstrument && x.Outcome == access.Denied && x.Object.ID == "halves@1"
	}) {
		t.Errorf("audit: %+v", got)
	}
	d := deps(t, e)
	d.Audit = brokenAudit{}
	_, err = practice.New(d).Attest(t.Context(), request(), halves, compared("first"))
	wantFault(t, err, fault.Unavailable, "audit_unavailable")
}
