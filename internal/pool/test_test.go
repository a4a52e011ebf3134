package pool_test

import (
	"math"
	"slices"
	"testing"

	"holon/internal/analysis"
	"holon/internal/fault"
	"holon/internal/multilevel"
	"holon/internal/multilevel/grouplevel"
	"holon/internal/pool"
)

// pooled tests files together.
func pooled(t *testing.T, files ...*pool.File) analysis.Report {
	t.Helper()
	named := make([]pool.Named, len(files))
	for i, f := range files {
		named[i] = pool.Named{Name: string(rune('a'+i)) + ".json", File: f}
	}
	r, err := pool.Test(t.Context(), named, pool.Question{Detail: analysis.Quick})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestSixGroupsHereAndThirtyElsewhereGiveTheAnswerThatNeitherHas is what this is
// for.
func TestSixGroupsHereAndThirtyElsewhereGiveTheAnswerThatNeitherHas(t *testing.T) {
	t.Parallel()
	w := newWorld(207)
	w.between, w.step = 0.4, 1
	w.within = 1.3
	here, elsewhere := w.groups(6, 7), append(w.groups(16, 7), w.groups(14, 6)...)
	a, b := exchanged(t, &write(t, here, options(1)).File), exchanged(t, &write(t, elsewhere, options(2)).File)
	for name, f := range map[string]*pool.File{"here": a, "elsewhere": b} {
		if r := pooled(t, f); r.Result.Verdict().Answer != multilevel.CannotTell {
			t.Errorf("%s alone: %s", name, r.Result.Verdict().Answer)
		}
	}
	r := pooled(t, a, b)
	if v := r.Result.Verdict(); v.Answer != multilevel.Supported {
		t.Errorf("together: %s, %s", v.Answer, v.Reason)
	}
	if r.Counts.Groups != 36 || r.Counts.Ratings != len(here)+len(elsewhere) || r.Counts.Members != r.Counts.Ratings || !r.Caveats.Has("pooled_from_totals") || !r.Caveats.Has("groups_left_out") {
		t.Errorf("counts %+v, caveats %+v", r.Counts, r.Caveats)
	}
	if r.GroupLevel().BLUP != nil {
		t.Error("predictions of groups that nobody knows")
	}
}

// TestFilesGiveTheTestOfAllTheRowsTheyStandFor deals random groups to practices,
// exchanges files, and compares with the test of the rows of what was not
// withheld.
func TestFilesGiveTheTestOfAllTheRowsTheyStandFor(t *testing.T) {
	t.Parallel()
	for seed := range uint64(15) {
		w := newWorld(seed)
		sessions := []int{0, 0, 4}[seed%3]
		var files []*pool.File
		var used []multilevel.Row
		for p := range 3 {
			var rows []multilevel.Row
			for size := 2; size < 6; size++ {
				n := w.rng.IntN(9)
				batch := w.weeks(n, size, sessions)
				for i := range batch {
					batch[i].Value += 1e8 // as an offset that costs digits
					batch[i].Value = math.Round(64*batch[i].Value) / 64
				}
				rows = append(rows, batch...)
				if n >= pool.LeastGroups && n*size >= pool.LeastPeople {
					used = append(used, batch...)
				}
			}
			made, err := pool.Write(gathered(rows), options(byte(p)))
			if fault.RuleOf(err) == "nothing_to_pool" || fault.RuleOf(err) == "no_data" {
				continue
			}
			if err != nil {
				t.Fatal(err)
			}
			files = append(files, exchanged(t, &made.File))
		}
		if len(files) == 0 {
			continue
		}
		want, err := grouplevel.Test(t.Context(), grouplevel.Table{Rows: used}, grouplevel.Options{})
		if err != nil {
			t.Fatal(err)
		}
		slices.Reverse(files) // the order in which they are named is nobody's business
		r := pooled(t, files...)
		got := r.GroupLevel()
		if got.Counts != want.Counts || got.Answer != want.Answer || got.Reason != want.Reason || got.Structure != want.Structure {
			t.Errorf("seed %d: %+v %s %s, want %+v %s %s", seed, got.Counts, got.Answer, got.Structure, want.Counts, want.Answer, want.Structure)
		}
		near := func(name string, a, b *float64) {
			t.Helper()
			if a == nil || b == nil || math.Abs(*a-*b) > 1e-9*max(math.Abs(*a), math.Abs(*b), 1e-3) {
				t.Errorf("seed %d: %s %v, want %v", seed, name, value(a), value(b))
			}
		}
		near("group variance", got.REML.Variance.Group, want.REML.Variance.Group)
		near("residual variance", got.REML.Variance.Residual, want.REML.Variance.Residual)
		near("ML deviance", got.ML.Deviance, want.ML.Deviance)
		near("p", got.Tests[0].P, want.Tests[0].P)
		near("upper limit", got.REML.ShareCI.Group[0].Upper, want.REML.ShareCI.Group[0].Upper)
		near("grand mean", got.GrandMean, want.GrandMean)
		if sessions == 0 {
			near("icc1", got.ICC1.Estimate, want.ICC1.Estimate)
			near("lower limit", got.ICC1.CI[0].Lower, want.ICC1.CI[0].Lower)
		}
	}
}

// value returns a number as it is shown.
func value(v *float64) any {
	if v == nil {
		return nil
	}
	return *v
}

// TestWhatIsNotOfOneQuestionIsRefused mixes a file with others that differ in one
// thing, and names the rule.
func TestWhatIsNotOfOneQuestionIsRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(5)
	rows := w.groups(8, 5)
	first := write(t, rows, options(1))
	other := func(change func(*analysis.Gathered, *pool.Options), rows []multilevel.Row) *pool.File {
		g, o := gathered(rows), options(2)
		change(g, &o)
		made, err := pool.Write(g, o)
		if err != nil {
			t.Fatal(err)
		}
		return &made.File
	}
	for rule, f := range map[string]*pool.File{
		"other_measure":   other(func(g *analysis.Gathered, _ *pool.Options) { g.Outcome = "x" }, w.groups(8, 5)),
		"other_kinds":     other(func(_ *analysis.Gathered, o *pool.Options) { o.Kind = "family" }, w.groups(8, 5)),
		"other_structure": other(func(*analysis.Gathered, *pool.Options) {}, w.weeks(8, 5, 3)),
		"other_sessions":  other(func(_ *analysis.Gathered, o *pool.Options) { o.OneSession = analysis.Last }, w.weeks(8, 5, 3)),
		"other_estimand":  other(func(*analysis.Gathered, *pool.Options) {}, w.weeks(8, 5, 1)),
		"same_file_twice": &first.File,
		"same_contents":   &write(t, rows, options(3)).File,
	} {
		_, err := pool.Test(t.Context(), []pool.Named{{Name: "a.json", File: &first.File}, {Name: "b.json", File: exchanged(t, f)}}, pool.Question{})
		if !broke(err, rule) {
			t.Errorf("%s: %v", rule, err)
		}
	}
	if _, err := pool.Test(t.Context(), nil, pool.Question{}); fault.RuleOf(err) != "no_files" {
		t.Errorf("no files: %v", err)
	}
}
