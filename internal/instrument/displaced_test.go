package instrument_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"holon/internal/fault"
	"holon/internal/instrument"
)

// TestAPracticesVersionStandsWhereHolonLaterHasAnother: no file of the
// practice's could put that right, and its answers were given to its own.
func TestAPracticesVersionStandsWhereHolonLaterHasAnother(t *testing.T) {
	t.Parallel()
	srs := lookup(t, "srs", "3.0")
	own, err := instrument.Parse([]byte(strings.Replace(string(srs.Canonical()), `"title":"`, `"title":"Our `, 1)))
	if err != nil {
		t.Fatal(err)
	}
	cutoff := fstest.MapFS{"cutoffs/srs.json": {Data: []byte(`{"schema":1,"instrument":"srs","version":"3.0","score":"total","population":"p","label":"l","value":36,"applies":"below","source":"s"}`)}}
	r, err := instrument.Load(cutoff)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.WithStored(own); fault.RuleOf(err) != "instrument_changed" {
		t.Errorf("a copy taken at first use: %v", err)
	}
	own.Own = true
	with, err := r.WithStored(own)
	if err != nil {
		t.Fatal(err)
	}
	if d, _ := with.Lookup(srs.Ref); d.SHA256 != own.SHA256 || with.Retired(srs.Ref) {
		t.Error("the practice's own version does not stand")
	}
	if cutoffs, _ := with.Cutoffs(srs.Ref, "total"); len(cutoffs) != 0 {
		t.Error("a cut-off of another content is used")
	}
	if cutoffs, _ := r.Cutoffs(srs.Ref, "total"); len(cutoffs) != 1 {
		t.Error("the registry before it was changed")
	}
	file, err := instrument.Load(fstest.MapFS{"own.json": {Data: keysFile("", "")}})
	if err != nil {
		t.Fatal(err)
	}
	other, err := instrument.Parse(keysFile("unattested", ""))
	if err != nil {
		t.Fatal(err)
	}
	other.Own = true
	if _, err := file.WithStored(other); fault.RuleOf(err) != "instrument_changed" {
		t.Errorf("a file against what was added through the service: %v", err)
	}
}
