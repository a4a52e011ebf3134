package practice_test

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"holon/internal/fault"
	"holon/internal/instrument"
	"holon/internal/session"
)

func TestAnInstrumentOfThePracticesOwnIsUsedAtOnceAndAfterARestart(t *testing.T) {
	t.Parallel()
	e := open(t)
	c := newClinic(t, e, 1)
	ctx := t.Context()
	file := site(10)["our-mood.json"].Data
	d, err := c.AddInstrument(ctx, request(), file)
	must(t, err)
	if d.Ref != own || !d.Own {
		t.Errorf("got %+v", d.Ref)
	}
	_, err = c.AddInstrument(ctx, request(), file)
	must(t, err)
	form := c.form(0)
	form.Instrument, form.About = own, session.About{}
	_, err = c.Submit(ctx, request(), c.session, []session.FormInput{form})
	must(t, err)
	restarted := withFiles(t, e, fstest.MapFS{})
	list, err := restarted.Instruments(ctx, request())
	must(t, err)
	if !slices.ContainsFunc(list, func(d *instrument.Definition) bool { return d.Ref == own }) {
		t.Error("it is not offered after a restart")
	}
	_, err = restarted.AddInstrument(ctx, request(), site(20)["our-mood.json"].Data)
	wantFault(t, err, fault.Conflict, "instrument_redefined")
}

func TestACopyWhoseFileIsGoneCanBeTakenUpAgain(t *testing.T) {
	t.Parallel()
	e := open(t)
	c := newClinic(t, e, 1)
	used := withFiles(t, e, site(10))
	form := c.form(0)
	form.Instrument, form.About = own, session.About{}
	_, err := used.Submit(t.Context(), request(), c.session, []session.FormInput{form})
	must(t, err)
	gone := withFiles(t, e, fstest.MapFS{})
	if list, err := gone.Instruments(t.Context(), request()); err != nil || slices.ContainsFunc(list, func(d *instrument.Definition) bool { return d.Ref == own }) {
		t.Fatalf("a version whose file is gone is offered: %v", err)
	}
	_, err = gone.AddInstrument(t.Context(), request(), site(10)["our-mood.json"].Data)
	must(t, err)
	if list, err := gone.Instruments(t.Context(), request()); err != nil || !slices.ContainsFunc(list, func(d *instrument.Definition) bool { return d.Ref == own }) {
		t.Errorf("it is not offered: %v", err)
	}
}

func TestWhatCannotBeAnInstrument(t *testing.T) {
	t.Parallel()
	c := newClinic(t, open(t), 1)
	_, err := c.AddInstrument(t.Context(), request(), []byte(`{"schema":1}`))
	if e := fault.KindOf(err); e != fault.Invalid {
		t.Errorf("got %v", err)
	}
	shipped, _ := c.Definition(phq9)
	changed := append([]byte(nil), shipped.Canonical()...)
	changed = []byte(replaceOnce(string(changed), `"max":27`, `"max":27.0`)) // the same content
	_, err = c.AddInstrument(t.Context(), request(), changed)
	must(t, err)
	_, err = c.AddInstrument(t.Context(), request(), []byte(replaceOnce(string(shipped.Canonical()), `"title":"`, `"title":"Our `)))
	wantFault(t, err, fault.Conflict, "instrument_redefined")
	ours, _ := c.Definition(alliance)
	_, err = c.AddInstrument(t.Context(), request(), []byte(replaceOnce(string(ours.Canonical()), `"version":"1"`, `"version":"2"`)))
	wantFields(t, err, "/id id_reserved")
}

// replaceOnce replaces what must be there.
func replaceOnce(s, old, with string) string {
	if !strings.Contains(s, old) {
		panic(old + " is not there")
	}
	return strings.Replace(s, old, with, 1)
}
