package instrument_test

import (
	"errors"
	"io/fs"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"holon/internal/fault"
	"holon/internal/instrument"
)

// load returns the registry of what comes with Holon.
func load(t *testing.T) *instrument.Registry {
	t.Helper()
	r, err := instrument.Load(nil)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// lookup returns one definition that comes with Holon.
func lookup(t *testing.T, id, version string) *instrument.Definition {
	t.Helper()
	d, ok := load(t).Lookup(instrument.Ref{ID: id, Version: version})
	if !ok {
		t.Fatalf("%s@%s does not come with Holon", id, version)
	}
	return d
}

// read returns the bytes of a file.
func read(t *testing.T, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// places returns "pointer rule" of each field fault.
func places(t *testing.T, err error) []string {
	t.Helper()
	e, ok := errors.AsType[*fault.Error](err)
	if !ok {
		t.Fatalf("got %v, want a fault", err)
	}
	var out []string
	for _, f := range e.Fields() {
		if f.Detail == "" {
			t.Errorf("%s says nothing", f.Pointer)
		}
		out = append(out, f.Pointer+" "+f.Rule)
	}
	return out
}

func TestWhatComesWithHolon(t *testing.T) {
	t.Parallel()
	want := map[string][]instrument.Level{
		"calpas-g@1":               {instrument.MemberGroup},
		"calpas-p@1":               {instrument.Alliance},
		"core-10@1":                {instrument.Outcome},
		"core-10@1.printed":        {instrument.Outcome},
		"cors@1":                   {instrument.Outcome},
		"cors-carer@1":             {instrument.Outcome},
		"csrs@1":                   {instrument.Alliance},
		"ctas-r@1":                 {instrument.MemberGroup},
		"fad-gf@camide":            {instrument.System},
		"fad-gf@standalone":        {instrument.System},
		"ftas-r@1":                 {instrument.MemberGroup},
		"gad-7@1":                  {instrument.Outcome},
		"gcq-s@1":                  {instrument.Cohesion},
		"gcs@1":                    {instrument.Cohesion},
		"gq-30@1":                  {instrument.MemberGroup},
		"gsrs@1":                   {instrument.MemberGroup},
		"haq-ii@1":                 {instrument.Alliance},
		"haq-ii-t@1":               {instrument.Alliance},
		"holon-adherence-1@1":      {instrument.Outcome},
		"holon-adherence-seen-1@1": {instrument.Outcome},
		"holon-alliance-1@1":       {instrument.Alliance},
		"holon-bond-1@1":           {instrument.Bond},
		"holon-cohesion-1@1":       {instrument.Cohesion},
		"holon-empathy-1@1":        {instrument.Encounter},
		"holon-presence-1@1":       {instrument.Encounter},
		"holon-purpose-1@1":        {instrument.System},
		"holon-rapport-1@1":        {instrument.Encounter},
		"holon-standing-1@1":       {instrument.MemberGroup},
		"holon-understood-1@1":     {instrument.Alliance},
		"oq-45@2":                  {instrument.Outcome},
		"oq-45@2.printed":          {instrument.Outcome},
		"ors@1":                    {instrument.Outcome},
		"ors-collateral@1":         {instrument.Outcome},
		"phq-9@1":                  {instrument.Outcome},
		"rupture-resolution-3rs@1": {instrument.Alliance},
		"score-15@1":               {instrument.System},
		"softa-o-family@1":         {instrument.System},
		"softa-o-member@1":         {instrument.Alliance, instrument.MemberGroup},
		"softa-s-client@1":         {instrument.Alliance, instrument.MemberGroup, instrument.System},
		"softa-s-therapist@1":      {instrument.Alliance, instrument.MemberGroup, instrument.System},
		"srs@3.0":                  {instrument.Alliance},
		"tfi-19@1":                 {instrument.MemberGroup},
		"tfi-8@1":                  {instrument.MemberGroup},
		"tfi-s@1":                  {instrument.MemberGroup},
		"vtas-r@1":                 {instrument.Alliance},
		"wai-36-c@1":               {instrument.Alliance},
		"wai-36-o@1":               {instrument.Alliance},
		"wai-36-t@1":               {instrument.Alliance},
		"wai-s@1":                  {instrument.Alliance},
		"wai-s-t@1":                {instrument.Alliance},
		"wai-sr@1":                 {instrument.Alliance},
		"wai-srt@10":               {instrument.Alliance},
		"wai-srt@12":               {instrument.Alliance},
	}
	got := map[string][]instrument.Level{}
	var order [][]string
	for _, d := range load(t).List() {
		got[d.Ref.String()] = d.Levels()
		order = append(order, []string{d.Ref.ID, d.Ref.Version})
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if !slices.IsSortedFunc(order, slices.Compare) {
		t.Errorf("not sorted: %v", order)
	}
}

func TestEveryLevelHasAnInstrumentOfOurOwn(t *testing.T) {
	t.Parallel()
	have := map[instrument.Level]bool{instrument.Outcome: true} // PHQ-9, GAD-7 and CORE-10 are free
	for _, d := range load(t).List() {
		if d.Licence.Status == instrument.LicenceOwn {
			have[d.Levels()[0]] = true
		}
	}
	for _, l := range instrument.Levels() {
		if !have[l] {
			t.Errorf("no instrument of our own for %s", l)
		}
	}
}

func TestWordingOnlyWhereItIsOurs(t *testing.T) {
	t.Parallel()
	for _, d := range load(t).List() {
		for _, it := range d.Items {
			if own := d.Licence.Status == instrument.LicenceOwn; own != (len(it.Wording) > 0) || own != d.Licence.WordingIncluded {
				t.Errorf("%s item %d: own %v, wordings %d", d.Ref, it.Number, own, len(it.Wording))
			}
		}
	}
}

// TestKeysArePartitions: where an instrument has subscales, every item is in
// exactly one of them.
func TestKeysArePartitions(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		id, version string
		subscales   []string
		items       int
	}{
		"WAI-SR":  {"wai-sr", "1", []string{"task", "goal", "bond"}, 12},
		"GCQ-S":   {"gcq-s", "1", []string{"engaged", "avoiding", "conflict"}, 12},
		"SRS":     {"srs", "3.0", []string{"total"}, 4},
		"PHQ-9":   {"phq-9", "1", []string{"total"}, 9},
		"GAD-7":   {"gad-7", "1", []string{"total"}, 7},
		"CORE-10": {"core-10", "1", []string{"total"}, 10},
		"CORE-1p": {"core-10", "1.printed", []string{"total"}, 10},
		"WAI-36":  {"wai-36-c", "1", []string{"task", "goal", "bond"}, 36},
		"WAI-36T": {"wai-36-t", "1", []string{"task", "goal", "bond"}, 36},
		"WAI-36O": {"wai-36-o", "1", []string{"task", "goal", "bond"}, 36},
		"WAI-S":   {"wai-s", "1", []string{"task", "goal", "bond"}, 12},
		"WAI-ST":  {"wai-s-t", "1", []string{"task", "goal", "bond"}, 12},
		"WAI-SRT": {"wai-srt", "12", []string{"task", "goal", "bond"}, 12},
		"SOFTA-s": {"softa-s-client", "1", []string{"engagement", "connection", "safety", "purpose"}, 16},
		"SOFTA-t": {"softa-s-therapist", "1", []string{"engagement", "connection", "safety", "purpose"}, 16},
		"SOFTA-o": {"softa-o-member", "1", []string{"engagement", "connection", "safety"}, 3},
		"SCORE":   {"score-15", "1", []string{"strengths_total", "difficulties_total", "communication_total"}, 15},
		"OQ-45.2": {"oq-45", "2", []string{"total"}, 45},
		"OQ-45.p": {"oq-45", "2.printed", []string{"total"}, 45},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := lookup(t, tc.id, tc.version)
			in := make([]int, len(d.Items)+1)
			for _, id := range tc.subscales {
				s, ok := d.ScoreRule(id)
				if !ok {
					t.Fatalf("no score %s", id)
				}
				for _, n := range s.Items {
					in[n]++
				}
			}
			if len(d.Items) != tc.items {
				t.Errorf("%d items, want %d", len(d.Items), tc.items)
			}
			for n, times := range in[1:] {
				if times != 1 {
					t.Errorf("item %d is in %d subscales", n+1, times)
				}
			}
		})
	}
}

// TestDirections pins every score's better end: a national pipeline had the
// SRS reversed.
func TestDirections(t *testing.T) {
	t.Parallel()
	want := map[instrument.Direction][]string{
		instrument.HigherBetter: {
			"cors@1 total", "cors-carer@1 total", "csrs@1 total",
			"gcq-s@1 engaged", "gsrs@1 total", "haq-ii@1 total",
			"haq-ii-t@1 total", "holon-adherence-1@1 rating", "holon-adherence-seen-1@1 rating", "holon-alliance-1@1 rating", "holon-bond-1@1 rating",
			"holon-cohesion-1@1 rating", "holon-empathy-1@1 rating", "holon-presence-1@1 rating", "holon-purpose-1@1 rating", "holon-rapport-1@1 rating",
			"holon-standing-1@1 rating", "holon-understood-1@1 rating", "ors@1 total", "ors-collateral@1 total",
			"softa-o-family@1 purpose", "softa-o-member@1 engagement connection safety", "softa-s-client@1 engagement connection safety purpose",
			"softa-s-therapist@1 engagement connection safety purpose", "srs@3.0 total", "wai-36-c@1 task goal bond total",
			"wai-36-o@1 task goal bond total", "wai-36-t@1 task goal bond total", "wai-s@1 task goal bond total",
			"wai-s-t@1 task goal bond total", "wai-sr@1 task goal bond total", "wai-srt@12 task goal bond total",
		},
		instrument.HigherWorse: {
			"core-10@1 total", "core-10@1.printed total", "fad-gf@camide mean", "fad-gf@standalone mean",
			"gad-7@1 total", "gcq-s@1 avoiding conflict", "oq-45@2 total",
			"oq-45@2.printed total",
			"phq-9@1 total", "score-15@1 total average strengths_total strengths_average difficulties_total difficulties_average communication_total communication_average",
		},
	}
	got := map[instrument.Direction][]string{}
	for _, d := range load(t).List() {
		of := map[instrument.Direction]string{}
		for _, s := range d.Scores {
			of[s.Direction] += " " + s.ID
		}
		for direction, scores := range of {
			got[direction] = append(got[direction], d.Ref.String()+scores)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestNoScoreMixesBetterAndWorse: GCQ-S has no number over all three scales,
// so that conflict can never be averaged into cohesion.
func TestNoScoreMixesBetterAndWorse(t *testing.T) {
	t.Parallel()
	for _, d := range load(t).List() {
		direction := map[int]instrument.Direction{}
		for _, s := range d.Scores {
			for _, n := range s.Items {
				if known, ok := direction[n]; ok && known != s.Direction {
					t.Errorf("%s item %d counts both ways", d.Ref, n)
				}
				direction[n] = s.Direction
			}
		}
	}
	if d := lookup(t, "gcq-s", "1"); len(d.Scores) != 3 {
		t.Errorf("GCQ-S has %d scores, want its three scales and no total", len(d.Scores))
	}
}

func TestRiskItems(t *testing.T) {
	t.Parallel()
	got := map[string][]int{}
	for _, d := range load(t).List() {
		for _, it := range d.Items {
			if it.Risk == nil {
				continue
			}
			got[d.Ref.String()] = append(got[d.Ref.String()], it.Number)
			if it.Alerts(0) || !it.Alerts(1) || !it.Alerts(it.Max) || it.Risk.Source == "" {
				t.Errorf("%s item %d: every answer above 0 must alert, with a source", d.Ref, it.Number)
			}
		}
	}
	if diff := cmp.Diff(map[string][]int{"phq-9@1": {9}, "core-10@1": {6}, "core-10@1.printed": {6}, "oq-45@2": {8, 11, 26, 32, 44}, "oq-45@2.printed": {8, 11, 26, 32, 44}}, got); diff != "" {
		t.Error(diff)
	}
}

// TestPublishedVersionsNeverChange pins the canonical bytes: whoever needs to
// change this table changes the meaning of answers already given, and every
// practice's start stops. Make a new version instead.
func TestPublishedVersionsNeverChange(t *testing.T) {
	t.Parallel()
	want := map[string]string{}
	for line := range strings.Lines(string(read(t, "testdata/sha256.txt"))) {
		if hash, ref, ok := strings.Cut(strings.TrimSpace(line), "  "); ok {
			want[ref] = hash
		}
	}
	got := map[string]string{}
	for _, d := range load(t).List() {
		got[d.Ref.String()] = d.SHA256
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestOperatorsDirectory(t *testing.T) {
	t.Parallel()
	root, err := os.OpenRoot("testdata/site-good")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = root.Close() }()
	r, err := instrument.Load(root.FS())
	if err != nil {
		t.Fatal(err)
	}
	d, ok := r.Lookup(instrument.Ref{ID: "several-levels", Version: "2.1"})
	if !ok {
		t.Fatal("the operator's instrument is missing")
	}
	want := []instrument.Level{instrument.Alliance, instrument.MemberGroup, instrument.Cohesion, instrument.System}
	if diff := cmp.Diff(want, d.Levels()); diff != "" {
		t.Error(diff)
	}
	if _, ok := r.Lookup(instrument.Ref{ID: "several-levels", Version: "2"}); ok {
		t.Error("a version was guessed")
	}
	cutoffs, reason := r.Cutoffs(instrument.Ref{ID: "srs", Version: "3.0"}, "total")
	if len(cutoffs) != 1 || reason != "" || !cutoffs[0].Site {
		t.Fatalf("got %v %q", cutoffs, reason)
	}
	srs, _ := r.Lookup(instrument.Ref{ID: "srs", Version: "3.0"})
	if srs.SHA256 != lookup(t, "srs", "3.0").SHA256 {
		t.Error("a site's cut-off changed the instrument")
	}
}

func TestOperatorsDirectoryWithFaultsNamesThemAll(t *testing.T) {
	t.Parallel()
	_, err := instrument.Load(os.DirFS("testdata/site-bad"))
	want := []string{
		"/broken.json unfinished_json",
		"/mixed.json/items/0/step step_not_decimal",
		"/mixed.json/items/2/step step_not_decimal",
		"/mixed.json/items/5/step step_not_decimal",
		"/mixed.json/items/6/step step_not_decimal",
		"/mixed.json/scores/0/items/0 not_whole",
		"/mixed.json/scores/0/items/2 not_whole",
		"/mixed.json/scores/6/items/0 mixed_level",
		"/mixed.json/scores/6/items/1 mixed_level",
		"/wai-sr-changed.json instrument_redefined",
		"/worded.json/text unknown_key",
		"/worded.json/id duplicate_key",
		"/cutoffs~1beyond.json/value out_of_range",
		"/cutoffs~1nowhere.json/applies not_one_of",
	}
	if diff := cmp.Diff(want, places(t, err)); diff != "" {
		t.Error(diff)
	}
}

func TestOperatorsDirectoryEdges(t *testing.T) {
	t.Parallel()
	same := read(t, "data/wai-sr.json")
	if _, err := instrument.Load(fstest.MapFS{"copy.json": {Data: same}, "sub/ignored.json": {Data: []byte("{")}}); err != nil {
		t.Errorf("the same content again is no conflict: %v", err)
	}
	if _, err := instrument.Load(fstest.MapFS{"big.JSON": {Data: make([]byte, 1<<20+1)}}); !slices.Equal(places(t, err), []string{"/big.JSON too_large"}) {
		t.Errorf("got %v", err)
	}
	if _, err := instrument.Load(fstest.MapFS{"cutoffs/big.json": {Data: make([]byte, 1<<20+1)}}); !slices.Equal(places(t, err), []string{"/cutoffs~1big.json too_large"}) {
		t.Errorf("got %v", err)
	}
	if _, err := instrument.Load(fstest.MapFS{"pipe.json": {Mode: fs.ModeNamedPipe}}); !slices.Equal(places(t, err), []string{"/pipe.json not_a_file"}) {
		t.Errorf("got %v", err)
	}
	if _, err := instrument.Load(os.DirFS("testdata/nowhere")); !fault.Is(err, fault.Unavailable) {
		t.Errorf("a directory that is not there: %v", err)
	}
	_, err := instrument.Load(fstest.MapFS{
		"a.json": {Data: read(t, "testdata/several-levels.json")},
		"b.json": {Data: []byte(strings.Replace(string(read(t, "testdata/several-levels.json")), "made up", "invented", 1))},
	})
	if !slices.Equal(places(t, err), []string{"/b.json instrument_redefined"}) || !strings.Contains(detail(err), "several-levels@2.1 is defined in another way by a.json") {
		t.Errorf("got %v: %s", err, detail(err))
	}
}

// detail returns the sentence of the first field fault.
func detail(err error) string {
	if e, ok := errors.AsType[*fault.Error](err); ok && len(e.Fields()) > 0 {
		return e.Fields()[0].Detail
	}
	return ""
}

func TestCutoffsSayWhyThereAreNone(t *testing.T) {
	t.Parallel()
	r := load(t)
	for ref, want := range map[instrument.Ref]string{
		{ID: "srs", Version: "3.0"}:  "comes with the practice's licence",
		{ID: "wai-sr", Version: "1"}: "none is known here",
		{ID: "srs", Version: "4"}:    "version is not known",
	} {
		got, reason := r.Cutoffs(ref, "total")
		if len(got) != 0 || !strings.Contains(reason, want) {
			t.Errorf("%s: %v %q", ref, got, reason)
		}
	}
	if _, reason := r.Cutoffs(instrument.Ref{ID: "srs", Version: "3.0"}, "sum"); !strings.Contains(reason, "no such score") {
		t.Errorf("got %q", reason)
	}
}

func TestStoredCopies(t *testing.T) {
	t.Parallel()
	r := load(t)
	wai := lookup(t, "wai-sr", "1")
	kept, err := instrument.Restore(wai.Canonical())
	if err != nil {
		t.Fatal(err)
	}
	tampered, err := instrument.Restore([]byte(strings.Replace(string(wai.Canonical()), `"max":5`, `"max":7`, 1)))
	if err != nil {
		t.Fatal(err)
	}
	gone, err := instrument.Parse(read(t, "testdata/several-levels.json"))
	if err != nil {
		t.Fatal(err)
	}
	with, err := r.WithStored(kept, gone)
	if err != nil {
		t.Fatal(err)
	}
	if d, ok := with.Lookup(gone.Ref); !ok || !d.Equal(gone) || !with.Retired(gone.Ref) || with.Retired(wai.Ref) {
		t.Error("a version whose file is gone must stay readable, retired")
	}
	if len(with.List()) != len(r.List()) || r.Retired(gone.Ref) {
		t.Error("a retired version is not for new forms, and the first registry stays as it was")
	}
	_, err = r.WithStored(tampered)
	if fault.RuleOf(err) != "instrument_changed" {
		t.Fatalf("got %v", err)
	}
	for _, want := range []string{"wai-sr@1", wai.SHA256, tampered.SHA256} {
		if !strings.Contains(detail(err), want) {
			t.Errorf("%q does not name %s", detail(err), want)
		}
	}
}
