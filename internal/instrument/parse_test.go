package instrument_test

import (
	"bytes"
	"encoding/json"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"holon/internal/fault"
	"holon/internal/instrument"
)

// edited returns the synthetic form of several levels with one edit, as a
// person would make it: path is the keys and indexes down to what is set; nil
// removes.
func edited(t *testing.T, set any, path ...any) []byte {
	t.Helper()
	var whole any
	if err := json.Unmarshal(read(t, "testdata/several-levels.json"), &whole); err != nil {
		t.Fatal(err)
	}
	object, list := map[string]any{}, []any{}
	enter := func(at any) {
		object, _ = at.(map[string]any)
		list, _ = at.([]any)
	}
	enter(whole)
	for _, step := range path[:len(path)-1] {
		switch step := step.(type) {
		case string:
			enter(object[step])
		case int:
			enter(list[step])
		}
	}
	switch last := path[len(path)-1].(type) {
	case string:
		object[last] = set
		if set == nil {
			delete(object, last)
		}
	case int:
		list[last] = set
	}
	out, err := json.Marshal(whole)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	type path = []any
	tests := map[string]struct {
		set  any
		path path
		want []string
	}{
		"an id with a capital":             {"SRS", path{"id"}, []string{"/id bad_id"}},
		"an id with the sign of a version": {"srs@3", path{"id"}, []string{"/id bad_id"}},
		"no version":                       {nil, path{"version"}, []string{"/version required"}},
		"a schema of the future":           {2, path{"schema"}, []string{"/schema unknown_schema"}},
		"no items":                         {[]any{}, path{"items"}, []string{"/items too_short"}},
		"a wording key":                    {"How was it?", path{"items", 0, "wording_text"}, []string{"/items/0/wording_text unknown_key"}},
		"wording without a licence":        {[]any{map[string]any{"rater": "member", "text": "a", "low": "b", "high": "c"}}, path{"items", 1, "wording"}, []string{"/items/1/wording wording_not_licensed"}},
		"a licence that asks permission, with wording": {true, path{"licence", "wording_included"}, []string{
			"/licence/wording_included wording_not_licensed", "/language language_without_wording",
			"/items/0/wording wording_by_rater", "/items/1/wording wording_by_rater", "/items/2/wording wording_by_rater", "/items/3/wording wording_by_rater",
			"/items/4/wording wording_by_rater", "/items/5/wording wording_by_rater", "/items/6/wording wording_by_rater", "/items/7/wording wording_by_rater",
		}},
		"a language without wording":           {"en", path{"language"}, []string{"/language language_without_wording"}},
		"no language tag":                      {"english!", path{"language"}, []string{"/language bad_language"}},
		"a licence unheard of":                 {"stolen", path{"licence", "status"}, []string{"/licence/status not_one_of"}},
		"a fact without a flag":                {nil, path{"facts", 0, "verified"}, []string{"/facts/0/verified required"}},
		"ages the wrong way round":             {120, path{"ages", "from"}, []string{"/ages ages_reversed"}},
		"a form that may miss all":             {8, path{"max_missing"}, []string{"/max_missing out_of_range"}},
		"a gap in the numbers":                 {4, path{"items", 2, "number"}, []string{"/items/2/number item_order"}},
		"a level unheard of":                   {"climate", path{"items", 0, "level"}, []string{"/items/0/level not_one_of"}},
		"an alliance item about the group":     {"we", path{"items", 0, "referent"}, []string{"/items/0/referent level_referent", "/scores/0/items/1 mixed_referent", "/scores/0/items/2 mixed_referent", "/scores/2/items/1 mixed_referent", "/scores/2/items/2 mixed_referent", "/scores/2/items/3 mixed_referent", "/scores/3/items/1 mixed_referent", "/scores/3/items/2 mixed_referent", "/scores/3/items/3 mixed_referent"}},
		"a system item about oneself":          {"I", path{"items", 2, "referent"}, []string{"/items/2/referent level_referent"}},
		"an own standing said by a therapist":  {[]any{"therapist"}, path{"items", 1, "raters"}, []string{"/items/1/raters level_rater"}},
		"raters that differ within a level":    {[]any{"member"}, path{"items", 4, "raters"}, []string{"/items/4/raters raters_differ"}},
		"a rater twice":                        {[]any{"member", "member"}, path{"items", 1, "raters"}, []string{"/items/1/raters repeated"}},
		"a range of nothing":                   {1, path{"items", 2, "max"}, []string{"/items/2/max range_reversed", "/scores/5/min range_not_possible"}},
		"a step that is no decimal":            {0.3, path{"items", 2, "step"}, []string{"/items/2/step step_not_decimal"}},
		"a step that misses the end":           {3, path{"items", 2, "step"}, []string{"/items/2/step step_misses_range"}},
		"a beginning off the step":             {0.25, path{"items", 3, "min"}, []string{"/items/3/step step_misses_range", "/scores/6/items/1 mixed_range", "/scores/6/min range_not_possible"}},
		"steps without number":                 {-10000, path{"items", 2, "min"}, []string{"/items/2/step too_many_steps", "/scores/5/min range_not_possible"}},
		"a risk that no answer has":            {map[string]any{"at_least": 6, "source": "s", "verified": true}, path{"items", 2, "risk"}, []string{"/items/2/risk/at_least out_of_range"}},
		"a score's id twice":                   {"engagement", path{"scores", 1, "id"}, []string{"/scores/1/id repeated", "/scores/2/parts/1 no_such_score"}},
		"a score of an item not there":         {[]any{9}, path{"scores", 4, "items"}, []string{"/scores/4/items/0 no_such_item"}},
		"a score over two levels":              {[]any{3, 4}, path{"scores", 6, "items"}, []string{"/scores/6/items/0 mixed_level", "/scores/6/items/1 mixed_range"}},
		"a cohesion score of alliance items":   {[]any{1, 5}, path{"scores", 6, "items"}, []string{"/scores/6/items/0 mixed_level", "/scores/6/items/1 mixed_level"}},
		"a score of no direction":              {nil, path{"scores", 0, "direction"}, []string{"/scores/0/direction required"}},
		"a range the items cannot give":        {20, path{"scores", 0, "max"}, []string{"/scores/0/min range_not_possible", "/scores/2/min range_not_possible"}},
		"a sum with missing items":             {1, path{"scores", 4, "max_missing"}, []string{"/scores/4/max_missing out_of_range", "/scores/4/max_missing method_needs_all"}},
		"a mean of nothing":                    {2, path{"scores", 6, "max_missing"}, []string{"/scores/6/max_missing out_of_range"}},
		"parts that are not the items":         {[]any{"engagement"}, path{"scores", 2, "parts"}, []string{"/scores/2/parts parts_not_items", "/scores/2/min range_not_possible"}},
		"parts of a plain sum":                 {[]any{"engagement"}, path{"scores", 4, "parts"}, []string{"/scores/4/parts parts_not_summed"}},
		"whole numbers of halves":              {"sum_mean_rounded", path{"scores", 6, "method"}, []string{"/scores/6/items/0 not_whole", "/scores/6/items/1 not_whole", "/scores/6/min range_not_possible"}},
		"a cut-off beyond the score":           {[]any{map[string]any{"population": "p", "label": "l", "value": 16, "applies": "below", "source": "s", "verified": true}}, path{"scores", 0, "cutoffs"}, []string{"/scores/0/cutoffs/0/value out_of_range"}},
		"no score and no reason":               {[]any{}, path{"scores"}, []string{"/scores scores_missing"}},
		"keys missing of no scores named":      {map[string]any{"reason": "r"}, path{"without_keys"}, []string{"/without_keys/scores required"}},
		"keys missing without a reason":        {map[string]any{"scores": []any{"a"}}, path{"without_keys"}, []string{"/without_keys/reason required"}},
		"levels not known of several levels":   {"r", path{"undivided"}, []string{"/undivided undivided_levels", "/undivided undivided_scores"}},
		"mixed items taken for alliance":       {"r", path{"mixed"}, []string{"/items/0/level mixed_item", "/items/2/level mixed_item", "/items/3/level mixed_item", "/items/4/level mixed_item", "/items/5/level mixed_item", "/items/6/level mixed_item", "/items/7/level mixed_item"}},
		"a key that nobody heard of":           {map[string]any{"status": "attested", "about": "a", "source": "s"}, path{"scores", 0, "key"}, []string{"/scores/0/key/status not_one_of"}},
		"a key from memory that says not what": {map[string]any{"status": "unattested"}, path{"scores", 0, "key"}, []string{"/scores/0/key/about required", "/scores/0/key/source required"}},
		"a code of an average at a sum":        {[]any{map[string]any{"system": "http://snomed.info/sct", "code": "1", "display": "d", "of": "average", "source": "s", "verified": true}}, path{"scores", 0, "codes"}, []string{"/scores/0/codes/0/of code_of_another"}},
		"a code of no system":                  {[]any{map[string]any{"system": "snomed", "code": "1", "display": "d", "of": "total", "source": "s", "verified": true}}, path{"scores", 0, "codes"}, []string{"/scores/0/codes/0/system wrong_shape"}},
		"a change wider than the score":        {[]any{map[string]any{"population": "p", "value": 13, "source": "s", "verified": true}}, path{"scores", 0, "changes"}, []string{"/scores/0/changes/0/value out_of_range"}},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d, err := instrument.Parse(edited(t, tc.set, tc.path...))
			if err == nil {
				t.Fatalf("%s was accepted", d.Ref)
			}
			if !fault.Is(err, fault.Invalid) {
				t.Errorf("kind %v", fault.KindOf(err))
			}
			if diff := cmp.Diff(tc.want, places(t, err)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestLevelsReferentsAndRaters writes the whole table out: 7 levels by 4
// referents.
func TestLevelsReferentsAndRaters(t *testing.T) {
	t.Parallel()
	want := map[string]string{
		"alliance I": "member therapist", "alliance pair": "member therapist observer", "alliance observer": "observer",
		"encounter I": "member therapist", "encounter pair": "member therapist observer", "encounter observer": "observer",
		"bond I": "member", "bond pair": "member",
		"cohesion we": "member therapist observer", "cohesion observer": "therapist observer",
		"system we": "member therapist observer", "system observer": "therapist observer",
		"member_group I": "member", "member_group observer": "therapist observer",
		"outcome I": "member", "outcome observer": "member therapist observer",
	}
	got := map[string]string{}
	for _, l := range instrument.Levels() {
		for _, r := range []instrument.Referent{instrument.ReferentI, instrument.ReferentWe, instrument.ReferentPair, instrument.ReferentObserver} {
			var raters []string
			for _, k := range instrument.RatersOf(l, r) {
				raters = append(raters, string(k))
			}
			if raters != nil {
				got[string(l)+" "+string(r)] = strings.Join(raters, " ")
			}
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if instrument.RatersOf("nothing", instrument.ReferentI) != nil {
		t.Error("an unknown level has raters")
	}
}

func TestCanonicalFormKnowsContentOnly(t *testing.T) {
	t.Parallel()
	first, err := instrument.Parse(read(t, "testdata/several-levels.json"))
	if err != nil {
		t.Fatal(err)
	}
	shuffled := edited(t, []any{"member", "therapist"}, "items", 0, "raters") // keys sorted, spacing gone, raters in another order
	second, err := instrument.Parse(shuffled)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(first.Canonical(), second.Canonical()) || first.SHA256 != second.SHA256 || !first.Equal(second) {
		t.Error("spacing or order changed the canonical form")
	}
	for name, data := range map[string][]byte{
		"a key":       edited(t, []any{5, 1, 6, 7}, "scores", 3, "items"),
		"a reversal":  edited(t, true, "items", 5, "reverse"),
		"a direction": edited(t, "higher_worse", "scores", 5, "direction"),
		"a limit":     edited(t, 2, "max_missing"),
		"a source":    edited(t, "another", "facts", 0, "source"),
		"an age":      edited(t, 13, "ages", "from"),
	} {
		d, err := instrument.Parse(data)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if d.SHA256 == first.SHA256 || d.Equal(first) {
			t.Errorf("%s changed and the hash did not", name)
		}
	}
	kept := first.Canonical()
	kept[0] = 'x'
	if bytes.Equal(kept, first.Canonical()) {
		t.Error("the canonical form can be changed from outside")
	}
}

// TestEveryFieldSurvivesTheStore: the file of a fully populated definition,
// parsed, stored and restored, is the same value, and every key of the file
// shape is in it, so that none can be forgotten by a conversion.
func TestEveryFieldSurvivesTheStore(t *testing.T) {
	t.Parallel()
	keys := map[string]bool{}
	for _, name := range []string{"testdata/every-key.json", "testdata/unscored.json"} {
		survives(t, name, keys)
	}
	want := "about ages applies at_least changes code codes construct cutoffs direction display facts factor from high holder id items key label language " +
		"level licence low max max_missing method min mixed note number of parts population raters rater reason referent reverse risk schema " +
		"scores source status step system text title to undivided value verified version without_keys wording wording_included"
	if diff := cmp.Diff(slices.Sorted(slices.Values(strings.Fields(want))), slices.Sorted(maps.Keys(keys))); diff != "" {
		t.Errorf("the two files are to hold every key of the file shape:\n%s", diff)
	}
}

// survives parses a file, stores and restores it, compares, and gathers its
// keys.
func survives(t *testing.T, name string, keys map[string]bool) {
	t.Helper()
	full, err := instrument.Parse(read(t, name))
	if err != nil {
		t.Fatal(err)
	}
	restored, err := instrument.Restore(full.Canonical())
	if err != nil {
		t.Fatal(err)
	}
	ignore := cmp.FilterPath(func(p cmp.Path) bool { return p.String() == "canonical" }, cmp.Ignore())
	type plain instrument.Definition // without Equal, so that fields are compared
	if diff := cmp.Diff((*plain)(full), (*plain)(restored), cmp.AllowUnexported(plain{}), ignore); diff != "" {
		t.Errorf("%s:\n%s", name, diff)
	}
	var canonical, onDisk any
	if err := json.Unmarshal(full.Canonical(), &canonical); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(read(t, name), &onDisk); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(onDisk, canonical); diff != "" {
		t.Errorf("%s: the canonical form is not what was written:\n%s", name, diff)
	}
	collect(canonical, keys)
}

// collect gathers the keys of all objects in v.
func collect(v any, keys map[string]bool) {
	switch v := v.(type) {
	case map[string]any:
		for k, x := range v {
			keys[k] = true
			collect(x, keys)
		}
	case []any:
		for _, x := range v {
			collect(x, keys)
		}
	}
}

func TestRestore(t *testing.T) {
	t.Parallel()
	canonical := string(lookup(t, "gcq-s", "1").Canonical())
	lenient := map[string]string{
		"a key of a later version":   strings.Replace(canonical, `{"schema":1`, `{"colour":"red","schema":9`, 1),
		"a rule grown stricter":      strings.Replace(canonical, `"referent":"we"`, `"referent":"I"`, 1),
		"a range no longer possible": strings.Replace(canonical, `"max":6,"step":1`, `"max":5,"step":1`, 1),
	}
	for name, data := range lenient {
		d, err := instrument.Restore([]byte(data))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if string(d.Canonical()) != data {
			t.Errorf("%s: the stored bytes were changed", name)
		}
	}
	for name, data := range map[string]string{
		"nothing":                    "",
		"no object":                  "[]",
		"null":                       "null",
		"no items":                   `{"id":"a","version":"1"}`,
		"an item out of order":       strings.Replace(canonical, `"number":3`, `"number":4`, 1),
		"an item without a range":    strings.Replace(canonical, `"max":6,"step"`, `"max":0,"step"`, 1),
		"a level unheard of":         strings.Replace(canonical, `"cohesion"`, `"climate"`, 1),
		"a score of an item too far": strings.Replace(canonical, `[3,5,9]`, `[3,5,13]`, 1),
		"a score of no items":        strings.Replace(canonical, `[3,5,9]`, `[]`, 1),
		"a method unheard of":        strings.Replace(canonical, `"mean"`, `"median"`, 1),
		"a factor of nought":         strings.Replace(canonical, `"method":"mean"`, `"factor":0,"method":"mean"`, 1),
	} {
		if data == canonical {
			t.Errorf("%s: nothing was changed", name)
		}
		if d, err := instrument.Restore([]byte(data)); fault.RuleOf(err) != "instrument_unreadable" {
			t.Errorf("%s: got %v, %v", name, d, err)
		}
	}
}

// FuzzParse: whatever is accepted restores to the same bytes, scores without a
// panic and is refused by nothing later; whatever is refused is a fault.
func FuzzParse(f *testing.F) {
	for _, name := range []string{"data/gcq-s.json", "data/core-10.json", "data/holon-alliance-1.json", "testdata/several-levels.json", "testdata/every-key.json", "testdata/unscored.json"} {
		f.Add(mustRead(f, name))
	}
	f.Add([]byte(`{"schema":1,"items":[null],"scores":[{"items":[0]}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		d, err := instrument.Parse(data)
		if err != nil {
			if k := fault.KindOf(err); k == fault.Internal {
				t.Fatalf("refused with %v", err)
			}
			return
		}
		again, err := instrument.Restore(d.Canonical())
		if err != nil || again.SHA256 != d.SHA256 {
			t.Fatalf("restored %v: %v", again, err)
		}
		twice, err := instrument.Parse(d.Canonical())
		if err != nil || !bytes.Equal(twice.Canonical(), d.Canonical()) {
			t.Fatalf("parsed again: %v", err)
		}
		for _, s := range d.Score(instrument.Answers{Value: func(n int) (float64, bool) { return d.Items[n-1].Min, true }}) {
			if s.Value == nil && d.KeyOf(s.ScoreID).Status != instrument.KeyUnattested {
				t.Errorf("a full form has no %s: %s", s.ScoreID, s.Reason)
			}
		}
	})
}

// mustRead is read for a fuzz target's seeds.
func mustRead(f *testing.F, name string) []byte {
	f.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		f.Fatal(err)
	}
	return b
}
