package pool_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"holon/internal/fault"
	"holon/internal/instrument"
	"holon/internal/multilevel"
	"holon/internal/pool"
	"holon/internal/session"
)

// sample is a file with everything in it.
func sample(tb testing.TB) *pool.File {
	tb.Helper()
	w := newWorld(8)
	rows := append(w.weeks(7, 4, 3), w.weeks(5, 6, 2)...)
	made, err := pool.Write(gathered(rows), options(7))
	if err != nil {
		tb.Fatal(err)
	}
	f := &made.File
	occasion := session.Post
	f.Measure = &pool.Measure{
		Instrument: pool.Instrument{ID: "gcq-s", Version: "1"}, Score: "engaged", Title: "Engaged", Rater: instrument.RaterMember, Occasion: &occasion,
		Level: instrument.Cohesion, Referent: instrument.ReferentWe, Composition: multilevel.ReferentShift, RuleSet: "cohesion_members_we_items_1",
	}
	f.LeftOut.Incomplete = pool.Count{Groups: new(12)}
	return sealed(tb, f)
}

// sealed gives a file the hash that it needs, as a forger can.
func sealed(tb testing.TB, f *pool.File) *pool.File {
	tb.Helper()
	f.SHA256 = ""
	text, err := f.Encode()
	if err != nil {
		tb.Fatal(err)
	}
	var compact bytes.Buffer
	if err := json.Compact(&compact, text); err != nil {
		tb.Fatal(err)
	}
	sum := sha256.Sum256(compact.Bytes())
	f.SHA256 = hex.EncodeToString(sum[:])
	return f
}

// TestAFileComesBackAsItWasWritten goes round.
func TestAFileComesBackAsItWasWritten(t *testing.T) {
	t.Parallel()
	f := sample(t)
	back := exchanged(t, f)
	if !reflect.DeepEqual(f, back) {
		t.Errorf("%+v\n%+v", f, back)
	}
	text, _ := f.Encode()
	var compact bytes.Buffer
	if err := json.Compact(&compact, text); err != nil {
		t.Fatal(err)
	}
	if again, err := pool.Parse(compact.Bytes()); err != nil || !reflect.DeepEqual(f, again) {
		t.Errorf("without line breaks: %v", err)
	}
}

// TestAChangedOrCutFileIsRefused changes one digit after the other, and cuts the
// file everywhere.
func TestAChangedOrCutFileIsRefused(t *testing.T) {
	t.Parallel()
	text, err := sample(t).Encode()
	if err != nil {
		t.Fatal(err)
	}
	changed := 0
	for i, c := range text {
		if c < '0' || c > '9' {
			continue
		}
		other := bytes.Clone(text)
		other[i] = '0' + (c-'0'+1)%10
		back, err := pool.Parse(other)
		if err == nil && !reflect.DeepEqual(back, mustParse(t, text)) {
			t.Fatalf("a digit at %d was changed and nobody saw it", i)
		}
		if broke(err, "changed_or_cut") {
			changed++
		}
	}
	if changed < 200 {
		t.Errorf("only %d changes were seen by the hash", changed)
	}
	for i := range len(text) - 2 {
		if _, err := pool.Parse(text[:i]); err == nil {
			t.Fatalf("cut at %d", i)
		}
	}
}

// mustParse parses what has to be sound.
func mustParse(t *testing.T, text []byte) *pool.File {
	t.Helper()
	f, err := pool.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// TestHostileFilesAreRefusedByTheirPlace seals files that nobody's ratings give,
// and files that should not have been written.
func TestHostileFilesAreRefusedByTheirPlace(t *testing.T) {
	t.Parallel()
	for name, x := range map[string]struct {
		change func(f *pool.File)
		at     string
	}{
		"another version":          {func(f *pool.File) { f.Version = 2 }, "/totals_version unknown_totals_version"},
		"another method":           {func(f *pool.File) { f.MethodVersion = "1" }, "/method_version other_method_version"},
		"a name for an identifier": {func(f *pool.File) { f.ID = "practice of Dr B" }, "/id bad_identifier"},
		"no outcome":               {func(f *pool.File) { f.Outcome = "" }, "/outcome bad_name"},
		"a long outcome":           {func(f *pool.File) { f.Outcome = strings.Repeat("x", 301) }, "/outcome bad_name"},
		"no kinds":                 {func(f *pool.File) { f.Kinds = nil }, "/group_kinds not_in_order"},
		"mixed kinds":              {func(f *pool.File) { f.Kinds = []session.GroupKind{"family", "group"} }, "/group_kinds mixed_group_kinds"},
		"unknown kind":             {func(f *pool.File) { f.Kinds = []session.GroupKind{"club"} }, "/group_kinds/0 unknown_kind"},
		"unknown sessions":         {func(f *pool.File) { f.Sessions = "number:007" }, "/sessions unknown_selection"},
		"unknown structure":        {func(f *pool.File) { f.Structure = "sessions_in_members" }, "/structure not_one_of"},
		"unknown estimand":         {func(f *pool.File) { f.Estimand = "group_plus_session" }, "/estimand not_one_of"},
		"a weak rule":              {func(f *pool.File) { f.Rule.People = 5 }, "/cell_rule/least_people out_of_range"},
		"a rule for two groups":    {func(f *pool.File) { f.Rule.Groups = 2 }, "/cell_rule/least_groups out_of_range"},
		"a small count":            {func(f *pool.File) { f.LeftOut.CellRule = pool.Count{Groups: new(2)} }, "/left_out/cell_rule/groups out_of_range"},
		"no count and no reason":   {func(f *pool.File) { f.LeftOut.CellRule = pool.Count{} }, "/left_out/cell_rule/reason no_reason"},
		"unknown rater":            {func(f *pool.File) { f.Measure.Rater = "cat" }, "/measure/rater unknown_rater"},
		"unknown level":            {func(f *pool.File) { f.Measure.Level = "x" }, "/measure/level unknown_level"},
		"unknown referent":         {func(f *pool.File) { f.Measure.Referent = "x" }, "/measure/referent unknown_referent"},
		"unknown composition":      {func(f *pool.File) { f.Measure.Composition = "x" }, "/measure/composition unknown_composition"},
		"unknown occasion":         {func(f *pool.File) { f.Measure.Occasion = new(session.Occasion("noon")) }, "/measure/occasion unknown_occasion"},
		"no instrument":            {func(f *pool.File) { f.Measure.Instrument.ID = "" }, "/measure/instrument/id bad_name"},
		"no shapes":                {func(f *pool.File) { f.Shapes = nil }, "/shapes out_of_range"},
		"a far origin":             {func(f *pool.File) { f.Origin = 1e200 }, "/origin out_of_range"},
		"a far mean":               {func(f *pool.File) { f.Shapes[0].Mean = -1e300 }, "/shapes/0/mean out_of_range"},
		"no members":               {func(f *pool.File) { f.Shapes[0].Members = 0 }, "/shapes/0/members out_of_range"},
		"half a session":           {func(f *pool.File) { f.Shapes[0].Sessions = -1 }, "/shapes/0/sessions out_of_range"},
		"very many groups":         {func(f *pool.File) { f.Shapes[0].Groups = 1 << 60 }, "/shapes/0/groups out_of_range"},
		"one group":                {func(f *pool.File) { f.Shapes[0].Groups, f.Groups = 1, f.Groups-6 }, "/shapes/0/groups below_cell_rule"},
		"two groups":               {func(f *pool.File) { f.Shapes[1].Groups = 2 }, "/shapes/1/groups below_cell_rule"},
		"fewer people than told":   {func(f *pool.File) { f.Rule.People = 29 }, "/shapes/0/groups below_cell_rule"},
		"a sum of squares below 0": {func(f *pool.File) { *f.Shapes[0].Member = -1 }, "/shapes/0/ss_member out_of_range"},
		"no sum of squares":        {func(f *pool.File) { f.Shapes[0].Group = 0 }, "/shapes/0/ss_group out_of_range"},
		"an enormous one":          {func(f *pool.File) { f.Shapes[1].Residual = 1e300 }, "/shapes/1/ss_residual out_of_range"},
		"a null":                   {func(f *pool.File) { f.Shapes[0].Session = nil }, "/shapes/0/ss_session not_of_this_structure"},
		"sessions of one rating":   {func(f *pool.File) { f.Structure = "members_in_groups" }, "/shapes/0/sessions out_of_range"},
		"shapes in disorder":       {func(f *pool.File) { f.Shapes[0], f.Shapes[1] = f.Shapes[1], f.Shapes[0] }, "/shapes/1 not_in_order"},
		"a shape twice":            {func(f *pool.File) { f.Shapes[1] = f.Shapes[0] }, "/shapes/1 not_in_order"},
		"wrong sum of groups":      {func(f *pool.File) { f.Groups++ }, "/groups sum_differs"},
		"wrong sum of ratings":     {func(f *pool.File) { f.Ratings-- }, "/ratings sum_differs"},
	} {
		f := sample(t)
		x.change(f)
		text, err := sealed(t, f).Encode()
		if err != nil {
			t.Fatal(err)
		}
		_, err = pool.Parse(text)
		if got := places(err); !strings.Contains(got, x.at) {
			t.Errorf("%s: %s, want %s", name, got, x.at)
		}
	}
	for text, rule := range map[string]string{
		`{"analysis": "group_level"}`:                     "no_totals",
		`{"totals_version": 3, "sums": []}`:               "unknown_totals_version",
		`{"totals_version": 1, "id": "x", "patients": 1}`: "unknown_key",
		`[]`: "wrong_type", ``: "empty", `{"totals_version": 1} {}`: "", "\xff": "",
	} {
		if _, err := pool.Parse([]byte(text)); err == nil || rule != "" && rule != "empty" && !broke(err, rule) {
			t.Errorf("%s: %v", text, err)
		}
	}
}

// places writes the places and rules of a fault.
func places(err error) string {
	f, ok := errors.AsType[*fault.Error](err)
	if !ok {
		return ""
	}
	var out []string
	for _, x := range f.Fields() {
		out = append(out, x.Pointer+" "+x.Rule)
	}
	return strings.Join(out, "; ")
}

// FuzzParse reads anything: what is taken can be written, read again and tested,
// and what is refused is refused by a fault.
func FuzzParse(f *testing.F) {
	text, err := sample(f).Encode()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text)
	f.Add([]byte(`{"totals_version": 1}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		file, err := pool.Parse(text)
		if err != nil {
			if k := fault.KindOf(err); k != fault.Invalid && k != fault.Malformed {
				t.Errorf("%v", err)
			}
			return
		}
		exchanged(t, file)
		if _, err := pool.Test(t.Context(), []pool.Named{{Name: "x", File: file}}, pool.Question{Detail: "quick"}); err != nil {
			t.Error(err)
		}
	})
}

// FuzzShapes seals files with whatever numbers: what the checks let pass can be
// tested without a panic.
func FuzzShapes(f *testing.F) {
	f.Add(7, 4, 3, 0.1, 2.0, 3.0, 4.0, 5.0, 1e8)
	f.Add(3, 4, 1, 1e139, 1e-280, 1e279, 0.0, 0.0, -1e140)
	f.Add(11, 1, 9, 0.0, 1e-200, 0.0, 1e200, 0.0, 0.0)
	f.Fuzz(func(t *testing.T, groups, members, sessions int, mean, g, m, s, e, origin float64) {
		if groups > 2000 || members > 200 || sessions > 200 {
			return
		}
		file := sample(t)
		file.Origin = origin
		file.Shapes[1] = pool.Shape{Groups: groups, Members: members, Sessions: sessions, Mean: mean, Group: g, Member: &m, Session: &s, Residual: e}
		file.Groups, file.Ratings = 7+groups, 84+groups*members*sessions
		if mean != mean || g != g || m != m || s != s || e != e || origin != origin {
			return // there is no such number in JSON
		}
		text, err := func() ([]byte, error) {
			file.SHA256 = ""
			return file.Encode()
		}()
		if err != nil {
			return // nor an infinite one
		}
		_ = text
		text, _ = sealed(t, file).Encode()
		back, err := pool.Parse(text)
		if err != nil {
			return
		}
		if _, err := pool.Test(t.Context(), []pool.Named{{Name: "x", File: back}}, pool.Question{Detail: "quick", Draws: 19}); err != nil {
			t.Error(err)
		}
	})
}

// TestWholeNumbersOfFewGroupsCanBeGuessed says in numbers what the page says in
// words: of whole-number ratings the list of group means, without names, can often
// be found by trying where there are few groups, and seldom where there are many.
func TestWholeNumbersOfFewGroupsCanBeGuessed(t *testing.T) {
	t.Parallel()
	for _, x := range []struct {
		groups       int
		least, most  float64 // how often there is one list only
		membersOfOne int
	}{{3, 0.5, 1, 6}, {6, 0, 0.2, 6}, {8, 0, 0.02, 6}} {
		const trials = 60
		rng := rand.New(rand.NewPCG(4, uint64(x.groups)))
		alone := 0
		for range trials {
			sum, squares := 0, 0
			for range x.groups {
				total := 0
				for range x.membersOfOne {
					total += 1 + rng.IntN(5)
				}
				sum, squares = sum+total, squares+total*total
			}
			if lists(x.groups, x.membersOfOne, 5*x.membersOfOne, sum, squares) == 1 {
				alone++
			}
		}
		if share := float64(alone) / trials; share < x.least || share > x.most {
			t.Errorf("of %d groups %.2f have one list only", x.groups, share)
		}
	}
}

// lists counts the unordered lists of totals between two ends with this sum and
// sum of squares, and stops at two.
func lists(n, low, high, sum, squares int) int {
	if n == 0 {
		if sum == 0 && squares == 0 {
			return 1
		}
		return 0
	}
	if sum < n*low || sum > n*high || squares*n < sum*sum {
		return 0
	}
	found := 0
	for v := low; v <= high && found < 2; v++ {
		found += lists(n-1, v, high, sum-v, squares-v*v)
	}
	return found
}
