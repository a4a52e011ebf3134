package agreement_test

import (
	"math"
	"strconv"
	"testing"

	"gonum.org/v1/gonum/floats/scalar"

	"holon/internal/multilevel"
	"holon/internal/multilevel/agreement"
)

// cellsOf makes cells of a table of targets by raters.
func cellsOf(rows ...[]float64) *agreement.Cells {
	c := &agreement.Cells{}
	for i, row := range rows {
		for j, y := range row {
			c.List = append(c.List, agreement.Cell{Target: "t" + strconv.Itoa(i), Rater: "r" + strconv.Itoa(j), Value: y})
		}
	}
	return c
}

// expectedForm is one row of psych::ICC.
type expectedForm struct {
	icc, f, df1, df2, p, lower, upper float64
}

// TestFormsAsByPsych compares with psych 2.2.9, ICC(x, lmer = FALSE), in R 4.2.2.
func TestFormsAsByPsych(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		rows [][]float64
		want map[string]expectedForm
		ems  float64
	}{
		"three observers of five": {
			rows: [][]float64{{4, 5, 3}, {7, 8, 6}, {2, 2, 3}, {9, 9, 7}, {5, 6, 4}},
			want: map[string]expectedForm{
				"icc_1_1": {0.851590106007067, 18.2142857142857, 4, 10, 0.000138186805179079, 0.506278217970926, 0.981604681839623},
				"icc_2_1": {0.854545454545454, 30.9090909090909, 4, 8, 6.48904846407744e-05, 0.447160479081729, 0.982287329736083},
				"icc_3_1": {0.908839779005525, 30.9090909090909, 4, 8, 6.48904846407744e-05, 0.630424603165797, 0.989268492798851},
				"icc_1_k": {0.945098039215686, 18.2142857142857, 4, 10, 0.000138186805179079, 0.754679285901357, 0.993792096371639},
				"icc_2_k": {0.946308724832215, 30.9090909090909, 4, 8, 6.48904846407744e-05, 0.708159528861335, 0.994025223750961},
				"icc_3_k": {0.967647058823529, 30.9090909090909, 4, 8, 6.48904846407744e-05, 0.836532487085298, 0.996397054240710},
			},
			ems: 0.55,
		},
		"two observers on a scale from -3 to 3": {
			rows: [][]float64{{-2.5, -2}, {0, 1}, {1, 1}, {2, 3}, {-1, 0}, {3, 2.5}, {0, -1}, {1.5, 2}},
			want: map[string]expectedForm{
				"icc_1_1": {0.902349486049927, 19.4812030075188, 7, 8, 0.000197541490214565, 0.622773307597894, 0.979262802966766},
				"icc_2_1": {0.902564102564102, 20.4015748031496, 7, 7, 0.000374472088316842, 0.624092722435715, 0.979298036845056},
				"icc_3_1": {0.906548933038999, 20.4015748031496, 7, 7, 0.000374472088316842, 0.606645611676444, 0.980564412203736},
				"icc_1_k": {0.948668467773061, 19.4812030075188, 7, 8, 0.000197541490214565, 0.767541966190894, 0.989522767263574},
				"icc_2_k": {0.948787061994609, 20.4015748031496, 7, 7, 0.000374472088316842, 0.768543216547069, 0.989540754969907},
				"icc_3_k": {0.950984175993825, 20.4015748031496, 7, 7, 0.000374472088316842, 0.755170408791574, 0.990186843873137},
			},
			ems: 0.28348214285714285,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := agreement.RaterReliability(cellsOf(c.rows...), agreement.ReliabilityOptions{})
			same(t, "EMS", got.EMS, c.ems)
			if len(got.Forms) != len(c.want) {
				t.Fatalf("%d forms", len(got.Forms))
			}
			for _, f := range got.Forms {
				w := c.want[f.Name]
				same(t, f.Name, f.Estimate, w.icc)
				same(t, f.Name+" F", f.F, w.f)
				same(t, f.Name+" p", f.P, w.p)
				same(t, f.Name+" lower", f.CI.Lower, w.lower)
				same(t, f.Name+" upper", f.CI.Upper, w.upper)
				if float64(f.DF1) != w.df1 || float64(f.DF2) != w.df2 {
					t.Errorf("%s: degrees of freedom %d, %d", f.Name, f.DF1, f.DF2)
				}
			}
		})
	}
}

// form returns the form of a name.
func form(t *testing.T, r agreement.Reliability, name string) agreement.Form {
	t.Helper()
	for _, f := range r.Forms {
		if f.Name == name {
			return f
		}
	}
	t.Fatalf("no form %s", name)
	return agreement.Form{}
}

// TestTablesWithoutForms name why nothing was computed.
func TestTablesWithoutForms(t *testing.T) {
	t.Parallel()
	hole := cellsOf([]float64{1, 2}, []float64{3, 4}, []float64{5, 7})
	hole.List = hole.List[:5]
	twice := cellsOf([]float64{1, 2}, []float64{3, 4})
	twice.List = append(twice.List, twice.List[0])
	for name, c := range map[string]struct {
		cells  *agreement.Cells
		policy agreement.Missing
		reason multilevel.Reason
	}{
		"nothing":            {&agreement.Cells{}, "", multilevel.NoData},
		"one rater":          {cellsOf([]float64{1}, []float64{2}), "", agreement.OneRater},
		"one target":         {cellsOf([]float64{1, 2}), "", agreement.OneTarget},
		"no variation":       {cellsOf([]float64{.1, .1}, []float64{.1, .1}, []float64{.1, .1}), "", multilevel.NoVariation},
		"an empty cell":      {hole, "", agreement.IncompleteTargets},
		"a rating twice":     {twice, agreement.DropTargets, agreement.RepeatedCell},
		"a rating of NaN":    {cellsOf([]float64{1, math.NaN()}, []float64{2, 3}), "", multilevel.NonFiniteRating},
		"one target is left": {&agreement.Cells{List: hole.List[2:]}, agreement.DropTargets, agreement.OneTarget},
	} {
		got := agreement.RaterReliability(c.cells, agreement.ReliabilityOptions{Missing: c.policy})
		if got.Reason != c.reason || got.Forms != nil || got.BMS != nil || agreement.Sentence(got.Reason) == "" {
			t.Errorf("%s: reason %q, want %q", name, got.Reason, c.reason)
		}
	}
	got := agreement.RaterReliability(hole, agreement.ReliabilityOptions{Missing: agreement.DropTargets})
	if got.Reason != "" || got.Targets != 2 || got.Raters != 2 || got.Dropped != 1 || !got.Caveats.Has("targets_dropped") {
		t.Errorf("dropped %d of %d: %s", got.Dropped, got.Targets, got.Reason)
	}
}

// TestDegenerateTables has limits, nil and named caveats where a mean square is
// zero. The values are by the formulas with the zero put in.
func TestDegenerateTables(t *testing.T) {
	t.Parallel()
	t.Run("perfect agreement", func(t *testing.T) {
		t.Parallel()
		r := agreement.RaterReliability(cellsOf([]float64{.1, .1}, []float64{.3, .3}, []float64{.7, .7}), agreement.ReliabilityOptions{})
		for _, f := range r.Forms {
			same(t, f.Name, f.Estimate, 1.0)
			same(t, f.Name+" F", f.F, nil)
			same(t, f.Name+" p", f.P, nil)
		}
		same(t, "EMS", r.EMS, 0.0)
		if !r.Caveats.Has("perfect_agreement") {
			t.Error("not said")
		}
	})
	t.Run("raters differ by a constant of no exact double", func(t *testing.T) {
		t.Parallel()
		r := agreement.RaterReliability(cellsOf([]float64{.1, .4}, []float64{.3, .6}, []float64{.7, 1}), agreement.ReliabilityOptions{})
		same(t, "EMS", r.EMS, 0.0)
		same(t, "icc_3_1", form(t, r, "icc_3_1").Estimate, 1.0)
		same(t, "F", form(t, r, "icc_3_1").F, nil)
		// BMS = 14/75, JMS = .135: BMS/(BMS + 2 JMS/3), and limits with v = k-1 = 1.
		same(t, "icc_2_1", form(t, r, "icc_2_1").Estimate, (14.0/75)/(14.0/75+.09))
		same(t, "v", r.ICC2DF, 1.0)
		if f := form(t, r, "icc_2_1").CI; f.Lower == nil || f.Upper == nil || *f.Lower >= *f.Upper {
			t.Errorf("interval %+v", f)
		}
		if !r.Caveats.Has("no_residual") || r.Caveats.Has("perfect_agreement") {
			t.Errorf("caveats %v", r.Caveats.List())
		}
	})
	t.Run("targets have equal means", func(t *testing.T) {
		t.Parallel()
		r := agreement.RaterReliability(cellsOf([]float64{1, 5}, []float64{4, 2}, []float64{2, 4}, []float64{5, 1}), agreement.ReliabilityOptions{})
		for name, want := range map[string]any{"icc_1_1": -1.0, "icc_3_1": -1.0, "icc_2_1": -2.0, "icc_1_k": nil, "icc_2_k": nil, "icc_3_k": nil} {
			same(t, name, form(t, r, name).Estimate, want)
		}
		same(t, "p", form(t, r, "icc_1_1").P, 1.0)
		if !r.Caveats.Has("targets_do_not_differ") || !r.Caveats.Has("negative_icc") {
			t.Errorf("caveats %v", r.Caveats.List())
		}
	})
}

// TestTargetsOfOneClusterAreNotIndependent says so.
func TestTargetsOfOneClusterAreNotIndependent(t *testing.T) {
	t.Parallel()
	cells := cellsOf([]float64{1, 2}, []float64{3, 4}, []float64{5, 7})
	if r := agreement.RaterReliability(cells, agreement.ReliabilityOptions{}); r.Caveats.Has("targets_not_independent") {
		t.Error("said of independent targets")
	}
	for i := range cells.List {
		cells.List[i].Cluster = "family"
	}
	if r := agreement.RaterReliability(cells, agreement.ReliabilityOptions{}); !r.Caveats.Has("targets_not_independent") {
		t.Error("not said")
	}
}

// TestSpearmanBrown undoes itself and has no value below its range.
func TestSpearmanBrown(t *testing.T) {
	t.Parallel()
	up := agreement.SpearmanBrown(.3, 4)
	if down := agreement.SpearmanBrown(*up, .25); !scalar.EqualWithinAbs(*down, .3, 1e-15) || !scalar.EqualWithinAbs(*up, 1.2/1.9, 1e-15) {
		t.Errorf("%v and back %v", *up, *down)
	}
	if agreement.SpearmanBrown(-.5, 3) != nil || agreement.SpearmanBrown(math.NaN(), 3) != nil {
		t.Error("a value where there is none")
	}
}
