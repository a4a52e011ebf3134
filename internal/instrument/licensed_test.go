package instrument_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"holon/internal/instrument"
)

// halvesWording is wording for the four items of halves.
const halvesWording = `{"schema":1,"instrument":"halves","version":"1","language":"de","use":"screen",
	"licence":{"holder":"tests","reference":"letter 1","valid_until":"2027-12-31"},"items":[
	{"number":1,"wording":[{"rater":"member","text":"eins","low":"l","high":"h"}]},{"number":2,"wording":[{"rater":"member","text":"zwei","low":"l","high":"h"}]},
	{"number":3,"wording":[{"rater":"member","text":"drei","low":"l","high":"h"}]},{"number":4,"wording":[{"rater":"member","text":"vier","low":"l","high":"h"}]}]}`

// withWording is a directory with halves and a wording of it.
func withWording(wording string) fstest.MapFS {
	return fstest.MapFS{"halves.json": {Data: keysFile("", "")}, "wordings/de.json": {Data: []byte(wording)}}
}

func TestLicensedWordingOfAFile(t *testing.T) {
	t.Parallel()
	r, err := instrument.Load(withWording(halvesWording))
	if err != nil {
		t.Fatal(err)
	}
	ref := instrument.Ref{ID: "halves", Version: "1"}
	w, ok := r.Wording(ref, "DE")
	if !ok || w.Items[2].Wording[0].Text != "drei" || w.Number != 0 {
		t.Fatalf("got %+v", w)
	}
	if _, ok := r.Wording(ref, "en"); ok {
		t.Error("wording of a language that no file has")
	}
	plain, _ := halves(t, "", "")
	with, _ := r.Lookup(ref)
	without, _ := plain.Lookup(ref)
	if with.SHA256 != without.SHA256 || bytes.Contains(with.Canonical(), []byte("drei")) {
		t.Error("wording is in the definition")
	}
	for day, lapsed := range map[string]bool{"2027-12-31": false, "2028-01-01": true} {
		now, err := time.Parse(time.DateOnly, day)
		if err != nil || w.Lapsed(now) != lapsed {
			t.Errorf("on %s lapsed is %v", day, w.Lapsed(now))
		}
	}
}

func TestLicensedWordingIsChecked(t *testing.T) {
	t.Parallel()
	in := func(rules ...string) []string {
		for i := range rules {
			rules[i] = "/wordings~1de.json" + rules[i]
		}
		return rules
	}
	for name, tc := range map[string]struct {
		old, with string
		want      []string
	}{
		"an item left out":          {`,{"number":2,"wording":[{"rater":"member","text":"zwei","low":"l","high":"h"}]}`, ``, in("/items item_without_wording")},
		"an item twice":             {`"number":2`, `"number":1`, in("/items/1/number repeated", "/items item_without_wording")},
		"an item that is not there": {`"number":4`, `"number":5`, in("/items/3/number no_such_item", "/items item_without_wording")},
		"another rater":             {`"rater":"member","text":"eins"`, `"rater":"therapist","text":"eins"`, in("/items/0/wording/0/rater wording_by_rater", "/items/0/wording wording_by_rater")},
		"no language":               {`"language":"de"`, `"language":"und"`, in("/language bad_language")},
		"no day":                    {`2027-12-31`, `2027-02-30`, in("/licence/valid_until bad_date")},
		"no licence":                {`"holder":"tests","reference":"letter 1",`, ``, in("/licence/holder required", "/licence/reference required")},
		"another instrument":        {`"instrument":"halves"`, `"instrument":"thirds"`, in("/instrument no_such_instrument")},
		"a use unheard of":          {`"use":"screen"`, `"use":"broadcast"`, in("/use not_one_of")},
	} {
		if !strings.Contains(halvesWording, tc.old) {
			t.Fatalf("%s: nothing to change", name)
		}
		_, err := instrument.Load(withWording(strings.Replace(halvesWording, tc.old, tc.with, 1)))
		if got := places(t, err); !slices.Equal(got, tc.want) {
			t.Errorf("%s: got %v, want %v", name, got, tc.want)
		}
	}
	twice := withWording(halvesWording)
	twice["wordings/again.json"] = twice["wordings/de.json"]
	if _, err := instrument.Load(twice); !slices.Equal(places(t, err), in("/language repeated")) {
		t.Errorf("a language twice: %v", err)
	}
}

// FuzzRestoreWording: what is read is kept the same, and checked without a
// panic.
func FuzzRestoreWording(f *testing.F) {
	f.Add([]byte(halvesWording))
	f.Add([]byte(`{"instrument":"a","version":"1","language":"x","items":[{}]}`))
	d, err := instrument.Parse(keysFile("", ""))
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		w, err := instrument.RestoreWording(data)
		if err != nil {
			return
		}
		_ = d.CheckWording(w)
		kept, err := w.Encode()
		if err != nil {
			t.Fatal(err)
		}
		again, err := instrument.RestoreWording(kept)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(w, again); diff != "" {
			t.Fatal(diff)
		}
	})
}
