package practice_test

import (
	"fmt"
	"slices"
	"testing"
	"testing/fstest"

	"holon/internal/fault"
	"holon/internal/instrument"
	"holon/internal/practice"
	"holon/internal/session"
)

// own is an instrument of the practice's own, of a file that may change.
var own = instrument.Ref{ID: "our-mood", Version: "1"}

// site is a directory with our own instrument, whose highest answer is given.
func site(highest int) fstest.MapFS {
	return fstest.MapFS{"our-mood.json": {Data: fmt.Appendf(nil, `{
  "schema": 1, "id": "our-mood", "version": "1", "title": "Mood", "construct": "Made for tests.", "language": "und",
  "licence": {"status": "own", "holder": "tests", "wording_included": false},
  "facts": [{"about": "all", "source": "made for tests", "verified": true}],
  "items": [{"number": 1, "level": "outcome", "referent": "I", "raters": ["member"], "min": 0, "max": %[1]d, "step": 1}],
  "scores": [{"id": "total", "title": "Total", "level": "outcome", "items": [1], "method": "sum", "max_missing": 0, "direction": "higher_better", "min": 0, "max": %[1]d}]
}`, highest)}}
}

func TestAnInstrumentOnceUsedNeverChanges(t *testing.T) {
	t.Parallel()
	e := open(t)
	c := newClinic(t, e, 2)
	ctx := t.Context()
	with := func(files fstest.MapFS) *practice.Practice {
		t.Helper()
		d := deps(t, e)
		var err error
		d.Registry, err = instrument.Load(files)
		must(t, err)
		return practice.New(d)
	}
	form := func(member int) session.FormInput {
		f := c.form(member)
		f.Instrument, f.About = own, session.About{}
		return f
	}

	used := with(site(10))
	must(t, used.CheckInstruments(ctx))
	r, err := used.Submit(ctx, request(), c.session, []session.FormInput{form(0)})
	must(t, err)

	changed := with(site(20))
	wantFault(t, changed.CheckInstruments(ctx), fault.Invalid, "instrument_changed")

	gone := with(fstest.MapFS{})
	must(t, gone.CheckInstruments(ctx))
	list, err := gone.Instruments(ctx, request())
	must(t, err)
	if slices.ContainsFunc(list, func(d *instrument.Definition) bool { return d.Ref == own }) {
		t.Error("a version without a file is offered for new forms")
	}
	if d, err := gone.Instrument(ctx, request(), own); err != nil || d.Items[0].Max != 10 {
		t.Errorf("the stored copy is not served: %+v, %v", d, err)
	}
	if d, ok := gone.Definition(own); !ok || d.Ref != own {
		t.Error("old ratings cannot be scored")
	}
	_, err = gone.Submit(ctx, request(), c.session, []session.FormInput{form(1)})
	wantFields(t, err, "/forms/0/instrument unknown_instrument_version")
	_, err = gone.Correct(ctx, request(), c.session, session.Correction{
		Rating: r.Forms[0].Ratings[0].ID, Version: 1, Why: session.CorrectReading, Answers: []session.AnswerInput{{Item: 1, Value: new(9.0)}},
	})
	must(t, err)
	_, err = gone.Instrument(ctx, request(), instrument.Ref{ID: "none", Version: "1"})
	wantFault(t, err, fault.NotFound, "unknown_instrument_version")
}

func TestAnInstrumentCopiedByAnotherServerWithOtherContentIsRefused(t *testing.T) {
	t.Parallel()
	e := open(t)
	c := newClinic(t, e, 2)
	start := func(highest int) *practice.Practice {
		t.Helper()
		d := deps(t, e)
		var err error
		d.Registry, err = instrument.Load(site(highest))
		must(t, err)
		p := practice.New(d)
		must(t, p.CheckInstruments(t.Context())) // both start before either has used it
		return p
	}
	one, other := start(10), start(20)
	f := c.form(0)
	f.Instrument, f.About = own, session.About{}
	_, err := one.Submit(t.Context(), request(), c.session, []session.FormInput{f})
	must(t, err)
	f.Rater.ID = string(c.members[1])
	_, err = other.Submit(t.Context(), request(), c.session, []session.FormInput{f})
	wantFault(t, err, fault.Conflict, "instrument_changed")
	s, err := c.Session(t.Context(), request(), c.session, nil)
	must(t, err)
	if s.Count() != 1 {
		t.Errorf("%d ratings", s.Count())
	}
}
