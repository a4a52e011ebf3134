package instrument_test

import (
	"slices"
	"strconv"
	"testing"
	"testing/fstest"

	"holon/internal/instrument"
)

// riskFile is a file of the practice's own about one item of the PHQ-9.
func riskFile(item, atLeast string) *fstest.MapFile {
	return &fstest.MapFile{Data: []byte(`{"schema":1,"instrument":"phq-9","version":"1","item":` + item + `,"at_least":` + atLeast + `,"source":"our own rule"}`)}
}

func TestPracticesOwnRisks(t *testing.T) {
	t.Parallel()
	r, err := instrument.Load(fstest.MapFS{"risks/a.json": riskFile("2", "3"), "risks/b.json": riskFile("9", "0")})
	if err != nil {
		t.Fatal(err)
	}
	ref := instrument.Ref{ID: "phq-9", Version: "1"}
	d, _ := r.Lookup(ref)
	if it, _ := d.Item(2); it.Alerts(2) || !it.Alerts(3) || !it.Risk.Site || it.Risk.Source != "our own rule" {
		t.Errorf("got %+v", it.Risk)
	}
	if it, _ := d.Item(9); !it.Alerts(0) {
		t.Error("a practice may make an item alert from a lower answer")
	}
	plain := lookup(t, "phq-9", "1")
	if it, _ := plain.Item(2); it.Risk != nil {
		t.Error("one practice's risk is in another's registry")
	}
	if d.SHA256 != plain.SHA256 || string(d.Canonical()) != string(plain.Canonical()) {
		t.Error("a risk of the practice's own changed the definition's content")
	}
}

// TestTriggersFromMemoryMayBeRaised: what is marked as not verified is the
// practice's to decide, in a file that says why. What is verified is not, and
// the highest answer alerts always.
func TestTriggersFromMemoryMayBeRaised(t *testing.T) {
	t.Parallel()
	file := func(item, atLeast string) fstest.MapFS {
		return fstest.MapFS{"risks/oq.json": {Data: []byte(`{"schema":1,"instrument":"oq-45","version":"2","item":` + item + `,"at_least":` + atLeast + `,"source":"decided by our team on 3 March 2026: our manual, page 9"}`)}}
	}
	for _, item := range []string{"11", "26", "32", "44"} {
		r, err := instrument.Load(file(item, "4"))
		if err != nil {
			t.Fatal(err)
		}
		d, _ := r.Lookup(instrument.Ref{ID: "oq-45", Version: "2"})
		n, _ := strconv.Atoi(item)
		if it, _ := d.Item(n); it.Alerts(3) || !it.Alerts(4) || !it.Risk.Site || it.Risk.Verified || it.Risk.Source == "" {
			t.Errorf("item %s: got %+v", item, it.Risk)
		}
		if d.SHA256 != lookup(t, "oq-45", "2").SHA256 {
			t.Errorf("item %s: the definition's content changed", item)
		}
	}
	_, err := instrument.Load(file("8", "2"))
	if got := places(t, err); !slices.Equal(got, []string{"/risks~1oq.json/at_least risk_not_lower"}) {
		t.Errorf("a verified trigger: got %v", got)
	}
}

func TestPracticesOwnRisksAreChecked(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		files fstest.MapFS
		want  []string
	}{
		"an item not there":       {fstest.MapFS{"risks/a.json": riskFile("10", "1")}, []string{"/risks~1a.json/item no_such_item"}},
		"an answer not there":     {fstest.MapFS{"risks/a.json": riskFile("1", "4")}, []string{"/risks~1a.json/at_least out_of_range"}},
		"a higher answer":         {fstest.MapFS{"risks/a.json": riskFile("9", "2")}, []string{"/risks~1a.json/at_least risk_not_lower"}},
		"the same answer":         {fstest.MapFS{"risks/a.json": riskFile("9", "1")}, []string{"/risks~1a.json/at_least risk_not_lower"}},
		"an item twice":           {fstest.MapFS{"risks/a.json": riskFile("1", "2"), "risks/b.json": riskFile("1", "1")}, []string{"/risks~1b.json/item repeated"}},
		"nothing needed is there": {fstest.MapFS{"risks/a.json": {Data: []byte(`{"schema":1,"instrument":"phq-9","version":"1"}`)}}, []string{"/risks~1a.json/item required", "/risks~1a.json/at_least required", "/risks~1a.json/source required"}},
		"an instrument not there": {fstest.MapFS{"risks/a.json": {Data: []byte(`{"schema":1,"instrument":"phq-99","version":"1","item":1,"at_least":1,"source":"s"}`)}}, []string{"/risks~1a.json/instrument no_such_instrument"}},
		"a key too many":          {fstest.MapFS{"risks/a.json": {Data: []byte(`{"schema":1,"at_most":1}`)}}, []string{"/risks~1a.json/at_most unknown_key"}},
	} {
		_, err := instrument.Load(tc.files)
		if got := places(t, err); !slices.Equal(got, tc.want) {
			t.Errorf("%s: got %v, want %v", name, got, tc.want)
		}
	}
}

// TestCodesBesideDefinitions: codes of versions that were published without
// them are known, and their hashes are what they were.
func TestCodesBesideDefinitions(t *testing.T) {
	t.Parallel()
	for id, want := range map[string]string{"phq-9": "720433000", "core-10": "718583008"} {
		s, _ := lookup(t, id, "1").ScoreRule("total")
		if len(s.Codes) != 1 || s.Codes[0].Code != want || s.Codes[0].System != "http://snomed.info/sct" || s.Codes[0].Of != instrument.CodeOfTotal {
			t.Errorf("%s: got %+v", id, s.Codes)
		}
	}
}
