package instrument_test

import (
	"testing"
	"testing/fstest"

	"holon/internal/instrument"
)

// TestRegistriesAreApart checks that what a practice adds to one registry is in
// no other, although all share what comes with Holon.
func TestRegistriesAreApart(t *testing.T) {
	t.Parallel()
	ref := instrument.Ref{ID: "phq-9", Version: "1"}
	before := risksOf(t, ref, nil)
	with := risksOf(t, ref, fstest.MapFS{"risks/a.json": riskFile("2", "3")})
	after := risksOf(t, ref, nil)
	if with != before+1 {
		t.Errorf("the practice's file made %d items alert, without it %d do", with, before)
	}
	if after != before {
		t.Errorf("another practice's registry has %d items that alert, not %d", after, before)
	}
}

// risksOf counts the items of a version that alert.
func risksOf(t *testing.T, ref instrument.Ref, site fstest.MapFS) int {
	t.Helper()
	var r *instrument.Registry
	var err error
	if site == nil {
		r, err = instrument.Load(nil)
	} else {
		r, err = instrument.Load(site)
	}
	if err != nil {
		t.Fatal(err)
	}
	d, ok := r.Lookup(ref)
	if !ok {
		t.Fatalf("no %s", ref)
	}
	n := 0
	for i := range d.Items {
		if d.Items[i].Risk != nil {
			n++
		}
	}
	return n
}
