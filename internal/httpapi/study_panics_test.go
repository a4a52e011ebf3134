package httpapi_test

import (
	"context"
	"iter"
	"net/http"
	"strings"
	"testing"

	"holon/internal/httpapi"
	"holon/internal/instrument"
	"holon/internal/practice"
	"holon/internal/session"
	"holon/internal/study"
)

// brokenFrozen is a store of frozen rows that cannot be read without a panic.
type brokenFrozen struct {
	practice.Frozen

	none []*session.Session
}

// Sessions panics as broken code does.
func (b brokenFrozen) Sessions(context.Context, study.SnapshotID, session.GroupID, int, []instrument.Level) iter.Seq2[*session.Session, error] {
	return func(yield func(*session.Session, error) bool) {
		yield(b.none[0], nil)
	}
}

// serving lets a service of the same practice, with other stores, answer from here on.
func (c *clinic) serving(t *testing.T, change func(*practice.Deps)) {
	t.Helper()
	change(&c.deps)
	c.cases = practice.New(c.deps)
	if err := c.cases.CheckInstruments(t.Context()); err != nil {
		t.Fatal(err)
	}
	var err error
	c.server, err = httpapi.New(httpapi.Config{
		Practice: c.cases, Reports: c.desk, Logger: c.log.logger(), Clock: c.deps.Clock, Version: "test", Ready: func(context.Context) error { return nil },
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestAPanicWhileFrozenRowsAreReadEndsOneRequestOnly reads them in goroutines of their
// own: of a package, and to count who stands behind a release and between two snapshots.
func TestAPanicWhileFrozenRowsAreReadEndsOneRequestOnly(t *testing.T) {
	t.Parallel()
	r := newResearch(t, "controlled")
	r.everybody(t)
	frozen := r.snapshot(t)
	r.serving(t, func(d *practice.Deps) { d.Frozen = brokenFrozen{Frozen: d.Frozen} })
	for what, x := range map[string]call{
		"a package":    {method: "GET", path: r.path("/snapshots/" + frozen + "/package")},
		"a release":    r.release(frozen, "everything", "aggregate", r.token),
		"a difference": {method: "GET", path: r.path("/snapshots/" + frozen + "/difference?against=" + frozen)},
	} {
		before := len(r.log.String())
		p := r.must(t, http.StatusInternalServerError, x).problem(t)
		logged := r.log.String()[before:]
		if p.Rule != "internal" || !strings.Contains(logged, "index out of range") || !strings.Contains(logged, "brokenFrozen.Sessions") {
			t.Errorf("%s: %+v, logged %s", what, p, logged)
		}
	}
	r.must(t, http.StatusOK, call{method: "GET", path: r.path("")})
}

// TestAPanicWhileNumbersAreComputedFailsTheirReleaseOnly breaks what they are computed
// from after who stands behind them was counted.
func TestAPanicWhileNumbersAreComputedFailsTheirReleaseOnly(t *testing.T) {
	t.Parallel()
	r := newResearch(t, "controlled")
	r.everybody(t)
	frozen := r.snapshot(t)
	r.serving(t, func(d *practice.Deps) { d.Frozen = brokenFrozen{Frozen: d.Frozen} })
	p := r.must(t, http.StatusInternalServerError, r.release(frozen, "everything", "controlled", r.token)).problem(t) // of which nobody is counted
	if logged := r.log.String(); p.Rule != "internal" || !strings.Contains(logged, "index out of range") || !strings.Contains(logged, "brokenFrozen.Sessions") {
		t.Errorf("answered %+v, logged %s", p, logged)
	}
	r.must(t, http.StatusOK, call{method: "GET", path: r.path("")})
}
