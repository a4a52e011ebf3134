package surface_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"

	"holon/internal/multilevel"
	"holon/internal/multilevel/surface"
)

// drawn draws rows whose outcome is that of some surface.
func drawn(rng *rand.Rand, rows, clusters int, outcome func(x, y float64) float64) surface.Table {
	var t surface.Table
	for i := range rows {
		both := rng.NormFloat64()
		x, y := 4+0.6*both+0.8*rng.NormFloat64(), 4+0.6*both+0.8*rng.NormFloat64()
		t.X, t.Y, t.Z = append(t.X, x), append(t.Y, y), append(t.Z, outcome(x-4, y-4)+rng.NormFloat64())
		if clusters > 0 {
			t.Cluster = append(t.Cluster, string(rune('a'+i%clusters)))
		}
	}
	return t
}

// anyTable draws a table of any surface, in clusters or not.
func anyTable(t *rapid.T) surface.Table {
	rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
	var b [5]float64
	for j := range b {
		b[j] = rng.NormFloat64()
	}
	clusters := []int{0, 12}[rapid.IntRange(0, 1).Draw(t, "clusters")]
	return drawn(rng, rapid.IntRange(30, 45).Draw(t, "rows"), clusters, func(x, y float64) float64 {
		return b[0]*x + b[1]*y + b[2]*x*x + b[3]*x*y + b[4]*y*y
	})
}

// same compares two results number by number: of some the sign turns, and all are by
// a factor larger.
func same(t *rapid.T, what string, got, want []surface.Coefficient, factor func(name string) float64) {
	if len(got) != len(want) || len(got) == 0 {
		t.Fatalf("%s: %d numbers, want %d", what, len(got), len(want))
	}
	for i := range got {
		by := factor(want[i].Name)
		sameAs(t, what+" "+want[i].Name, *got[i].Estimate, by**want[i].Estimate, math.Abs(by)**want[i].ClusterSE)
		sameAs(t, what+" error of "+want[i].Name, *got[i].ClusterSE, math.Abs(by)**want[i].ClusterSE, math.Abs(by)**want[i].ClusterSE)
		sameAs(t, what+" degrees of "+want[i].Name, *got[i].ClusterDF, *want[i].ClusterDF, *want[i].ClusterDF)
	}
}

// sameAs compares two numbers on the scale of an error.
func sameAs(t *rapid.T, what string, got, want, scale float64) {
	if !(math.Abs(got-want) <= 1e-6*scale) {
		t.Errorf("%s: %v, want %v", what, got, want)
	}
}

// one is a factor for every number.
func one(string) float64 { return 1 }

// TestWhereZeroIsDoesNotMatter: ratings and centre moved together change nothing, nor
// does a centre that follows by itself.
func TestWhereZeroIsDoesNotMatter(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		table := anyTable(t)
		want := surface.Analyse(&table, surface.Options{})
		by := rapid.Float64Range(-50, 50).Draw(t, "by")
		moved := table
		moved.X, moved.Y = make([]float64, len(table.X)), make([]float64, len(table.X))
		for i := range table.X {
			moved.X[i], moved.Y[i] = table.X[i]+by, table.Y[i]+by
		}
		centre := *want.Centre + by
		for _, o := range []surface.Options{{}, {Centre: &centre}} {
			got := surface.Analyse(&moved, o)
			same(t, "coefficients", got.Coefficients, want.Coefficients, one)
			same(t, "lines", got.Lines, want.Lines, one)
			if got.Answer != want.Answer || got.Reason != want.Reason {
				t.Errorf("%s, %s; want %s, %s", got.Answer, got.Reason, want.Answer, want.Reason)
			}
		}
	})
}

// TestRatersInTheOtherOrderAreMirrored: a1, a2 and a4 stay, a3, a5 and the shift turn,
// and the axes are mirrored at the line of agreement.
func TestRatersInTheOtherOrderAreMirrored(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		table := anyTable(t)
		want := surface.Analyse(&table, surface.Options{})
		swapped := table
		swapped.X, swapped.Y = table.Y, table.X
		got := surface.Analyse(&swapped, surface.Options{})
		same(t, "lines", got.Lines, want.Lines, func(name string) float64 {
			if name == "a3" || name == "a5" {
				return -1
			}
			return 1
		})
		same(t, "typical", got.Typical, want.Typical, one)
		if got.Answer != want.Answer || got.Reason != want.Reason || got.Raters.FirstHigher.Rows != want.Raters.SecondHigher.Rows {
			t.Errorf("%s, %s; want %s, %s", got.Answer, got.Reason, want.Answer, want.Reason)
		}
		sameAs(t, "shift", *got.Shift.Estimate, -*want.Shift.Estimate, math.Abs(*want.Shift.Estimate))
		sameAs(t, "slope", *got.Axes[0].Slope, 1 / *want.Axes[0].Slope, math.Abs(1 / *want.Axes[0].Slope))
		for i := range got.Tests { // few clusters may leave a test of many without
			if (got.Tests[i].P == nil) != (want.Tests[i].P == nil) {
				t.Errorf("%s: there, and not there", got.Tests[i].Name)
			} else if got.Tests[i].P != nil {
				sameAs(t, got.Tests[i].Name, *got.Tests[i].P, *want.Tests[i].P, 1)
			}
		}
	})
}

// TestUnitsOfTheOutcomeGoThrough: with the outcome in other units every coefficient is
// in those, and what is told stays; with its sign turned the answer is about the other
// end.
func TestUnitsOfTheOutcomeGoThrough(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		table := anyTable(t)
		want := surface.Analyse(&table, surface.Options{Expected: surface.Highest})
		by := rapid.SampledFrom([]float64{-1, 0.01, -20, 1000}).Draw(t, "by")
		scaled := table
		scaled.Z = make([]float64, len(table.Z))
		for i, z := range table.Z {
			scaled.Z[i] = by*z + 7
		}
		o := surface.Options{Expected: surface.Highest}
		if by < 0 {
			o.Expected = surface.Lowest
		}
		got := surface.Analyse(&scaled, o)
		same(t, "coefficients", got.Coefficients[1:], want.Coefficients[1:], func(string) float64 { return by })
		same(t, "lines", got.Lines, want.Lines, func(string) float64 { return by })
		same(t, "standardised", got.Typical[1:], want.Typical[1:], func(string) float64 { return math.Copysign(1, by) })
		sameAs(t, "explained", *got.Explained.Surface, *want.Explained.Surface, 1)
		if got.Answer != want.Answer {
			t.Errorf("%s, %s; want %s, %s", got.Answer, got.Reason, want.Answer, want.Reason)
		}
	})
}

// TestAxesAreThoseOfTheSurface: they cross at the stationary point at right angles, and
// by the formulas of Edwards and Parry.
func TestAxesAreThoseOfTheSurface(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		table := anyTable(t)
		r := surface.Analyse(&table, surface.Options{})
		b := make([]float64, 6)
		for j := range b {
			b[j] = *r.Coefficients[j].Estimate
		}
		root := math.Hypot(b[3]-b[5], b[4])
		sameAs(t, "p11", *r.Axes[0].Slope, (b[5]-b[3]+root)/b[4], 1+math.Abs(*r.Axes[0].Slope))
		sameAs(t, "p21", *r.Axes[1].Slope, (b[5]-b[3]-root)/b[4], 1+math.Abs(*r.Axes[1].Slope))
		x, y := *r.Stationary.X, *r.Stationary.Y
		sameAs(t, "slope in x", b[1]+2*b[3]*x+b[4]*y, 0, 1+math.Abs(x)+math.Abs(y))
		sameAs(t, "slope in y", b[2]+b[4]*x+2*b[5]*y, 0, 1+math.Abs(x)+math.Abs(y))
		for _, a := range r.Axes {
			sameAs(t, "axis through it", y, *a.Intercept+*a.Slope*x, 1+math.Abs(x)+math.Abs(y))
		}
		// What is told of the slope and of a5 is the same, where degrees of freedom are.
		for _, ci := range r.Axes[0].AngleCI {
			if !(*ci.Lower <= *r.Axes[0].Angle && *r.Axes[0].Angle <= *ci.Upper) {
				t.Errorf("an angle of %v outside of %v to %v", *r.Axes[0].Angle, *ci.Lower, *ci.Upper)
			}
		}
	})
}

// answerOf answers for many rows of a surface, so that chance has little part.
func answerOf(outcome func(x, y float64) float64, expected surface.Expected) surface.Result {
	t := drawn(rand.New(rand.NewPCG(3, 8)), 600, 0, outcome)
	return surface.Analyse(&t, surface.Options{Expected: expected})
}

// TestAnswers goes through surfaces that are plain.
func TestAnswers(t *testing.T) {
	t.Parallel()
	apart := func(x, y float64) float64 { return (x - y) * (x - y) }
	for name, c := range map[string]struct {
		outcome  func(x, y float64) float64
		expected surface.Expected
		answer   multilevel.Answer
		reason   multilevel.Reason
	}{
		"best where they agree":          {func(x, y float64) float64 { return -apart(x, y) }, surface.Highest, multilevel.Supported, surface.HighestThere},
		"either":                         {func(x, y float64) float64 { return -apart(x, y) }, "", multilevel.Supported, surface.HighestThere},
		"and the more the better":        {func(x, y float64) float64 { return x + y - apart(x, y) }, surface.Highest, multilevel.Supported, surface.HighestThere},
		"worst where they agree":         {apart, "", multilevel.Supported, surface.LowestThere},
		"distress lowest there":          {apart, surface.Lowest, multilevel.Supported, surface.LowestThere},
		"other than expected":            {apart, surface.Highest, multilevel.NotSupported, surface.OtherWay},
		"other than expected of lowest":  {func(x, y float64) float64 { return -apart(x, y) }, surface.Lowest, multilevel.NotSupported, surface.OtherWay},
		"best where the first is higher": {func(x, y float64) float64 { return -apart(x, y+1) }, surface.Highest, multilevel.NotSupported, surface.Elsewhere},
		"one rater counts":               {func(x, _ float64) float64 { return x }, surface.Highest, multilevel.NotSupported, surface.Elsewhere},
		"one rater, bent":                {func(x, _ float64) float64 { return -x * x }, surface.Highest, multilevel.NotSupported, surface.Elsewhere},
		"middle values of both":          {func(x, y float64) float64 { return -x*x - y*y }, surface.Highest, multilevel.CannotTell, surface.MiddleToo},
		"ratings that disagree, less":    {func(x, y float64) float64 { return -x*x - y*y - 0.3*x*y }, surface.Highest, multilevel.CannotTell, surface.MiddleToo},
		"both count, a plane":            {func(x, y float64) float64 { return x + y }, surface.Highest, multilevel.NotSupported, surface.WithinBound},
	} {
		if r := answerOf(c.outcome, c.expected); r.Answer != c.answer || r.Reason != c.reason {
			t.Errorf("%s: %s, %s; want %s, %s", name, r.Answer, r.Reason, c.answer, c.reason)
		}
	}
}

// TestFewRowsCannotTell, and say so.
func TestFewRowsCannotTell(t *testing.T) {
	t.Parallel()
	nothing := func(float64, float64) float64 { return 0 }
	small := drawn(rand.New(rand.NewPCG(4, 4)), 40, 0, nothing)
	r := surface.Analyse(&small, surface.Options{})
	if r.Answer != multilevel.CannotTell || r.Reason != surface.NoCurve || !r.Caveats.Has("few_rows") {
		t.Errorf("%s, %s", r.Answer, r.Reason)
	}
	clusters := drawn(rand.New(rand.NewPCG(4, 4)), 80, 3, nothing)
	r = surface.Analyse(&clusters, surface.Options{})
	if r.Answer != multilevel.CannotTell || r.Reason != surface.FewCluster || !r.Caveats.Has("few_clusters") {
		t.Errorf("%s, %s", r.Answer, r.Reason)
	}
	for i := range r.Tests { // three clusters cannot test three things together
		if x := &r.Tests[i]; (x.P == nil) != (x.Reason != "") || x.DF1 >= 3 && x.P != nil {
			t.Errorf("%s: %v, %q", x.Name, x.P, x.Reason)
		}
	}
}

// TestWhatCannotBeAsked says why.
func TestWhatCannotBeAsked(t *testing.T) {
	t.Parallel()
	low, high := 1.0, 7.0
	base := func() surface.Table {
		return drawn(rand.New(rand.NewPCG(5, 5)), 50, 0, func(x, y float64) float64 { return x * y })
	}
	change := func(f func(t *surface.Table, i int)) surface.Table {
		out := base()
		for i := range out.X {
			f(&out, i)
		}
		return out
	}
	for name, c := range map[string]struct {
		table  surface.Table
		answer multilevel.Answer
		reason multilevel.Reason
	}{
		"no row":           {surface.Table{}, multilevel.NotIdentifiable, multilevel.NoData},
		"a constant":       {change(func(t *surface.Table, i int) { t.X[i] = 3 }), multilevel.NotIdentifiable, surface.Constant},
		"a noisy constant": {change(func(t *surface.Table, i int) { t.X[i] = 0.3 + float64(i%2)*4e-17 + float64(i%2)*0x1p-54 }), multilevel.NotIdentifiable, surface.Constant},
		"noise about nil":  {change(func(t *surface.Table, i int) { t.Y[i] = float64(i%3) * 1e-170 }), multilevel.NotIdentifiable, surface.Constant},
		"nothing happens":  {change(func(t *surface.Table, i int) { t.Z[i] = 3 }), multilevel.NotIdentifiable, surface.Constant},
		"a copy":           {change(func(t *surface.Table, i int) { t.Y[i] = t.X[i] }), multilevel.Refused, surface.OneRater},
		"a copy turned":    {change(func(t *surface.Table, i int) { t.Y[i] = 8 - t.X[i] }), multilevel.Refused, surface.OneRater},
		"a percentage":     {change(func(t *surface.Table, i int) { t.Y[i] = 50 + 5*t.Y[i] }), multilevel.Refused, surface.TwoScales},
		"beyond the scale": {change(func(t *surface.Table, i int) { t.Y[i] = 4 * t.Y[i] }), multilevel.Refused, surface.OffScale},
		"two values": {change(func(t *surface.Table, i int) {
			t.X[i] = float64(1 + i%2)
			t.Y[i] = float64(1 + i/2%3)
		}), multilevel.NotIdentifiable, "collinear"},
		"reproduced": {change(func(t *surface.Table, i int) { t.Z[i] = t.X[i] * t.Y[i] }), multilevel.NotIdentifiable, "reproduced"},
		"as many rows as terms": {func() surface.Table {
			b := base()
			return surface.Table{X: b.X[:6], Y: b.Y[:6], Z: b.Z[:6]}
		}(), multilevel.NotIdentifiable, "too_few_rows"},
	} {
		var o surface.Options
		if name == "beyond the scale" {
			o = surface.Options{Low: &low, High: &high}
		}
		r := surface.Analyse(&c.table, o)
		if r.Answer != c.answer || r.Reason != c.reason || !r.Caveats.Has(string(c.reason)) || surface.Sentence(c.reason) == "" {
			t.Errorf("%s: %s, %s; want %s, %s", name, r.Answer, r.Reason, c.answer, c.reason)
		}
		if len(r.Lines) > 0 {
			t.Errorf("%s: numbers all the same", name)
		}
	}
}

// TestAbsentDirectionsAreNull: of a round hill there are no axes to speak of, and the
// limits of a shift are undefined where nothing bends.
func TestAbsentDirectionsAreNull(t *testing.T) {
	t.Parallel()
	r := answerOf(func(x, y float64) float64 { return -2*x*x - 2*y*y }, "")
	if len(r.Axes) != 2 || r.Axes[0].Reason != surface.Unknown || len(r.Axes[0].AngleCI) > 0 || r.Stationary.Form != "maximum" || r.Stationary.Reason != "" {
		t.Errorf("%+v, %+v", r.Axes, r.Stationary)
	}
	r = answerOf(func(x, y float64) float64 { return x + y }, "")
	if r.Shift.Reason != surface.NoCurve || len(r.Shift.CI) > 0 || r.Stationary.Form != "" || r.Stationary.Reason != surface.Unknown || !r.Caveats.Has("stationary_not_determined") {
		t.Errorf("%+v, %+v", r.Shift, r.Stationary)
	}
}

// TestWhatLiesBeyondTheRowsIsTold: nobody's ratings differ by as much as would be best.
func TestWhatLiesBeyondTheRowsIsTold(t *testing.T) {
	t.Parallel()
	r := answerOf(func(x, y float64) float64 { return -(x - y - 9) * (x - y - 9) }, "")
	if r.Shift.InData == nil || *r.Shift.InData || !r.Caveats.Has("extreme_beyond_rows") || !(math.Abs(*r.Shift.Estimate-9) < 1) {
		t.Errorf("%+v", r.Shift)
	}
	r = answerOf(func(x, y float64) float64 { return -(x-1)*(x-1) - 2*(y+0.5)*(y+0.5) }, "")
	if s := &r.Stationary; s.InData == nil || !*s.InData || s.Form != "maximum" || r.Caveats.Has("stationary_beyond_rows") || r.Caveats.Has("centre_beyond_rows") {
		t.Errorf("%+v", s)
	}
	far := 20.0
	table := drawn(rand.New(rand.NewPCG(3, 8)), 100, 0, func(x, y float64) float64 { return x * y })
	if r = surface.Analyse(&table, surface.Options{Centre: &far}); !r.Caveats.Has("centre_beyond_rows") {
		t.Errorf("%v", r.Caveats.List())
	}
}

// TestNothingIsSeldomTakenForAgreement: with no relation at all the answer is "supported"
// at most once in twenty. The program in simulate counts it over more.
func TestNothingIsSeldomTakenForAgreement(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(9, 9))
	found := 0
	for range 150 {
		table := drawn(rng, 60, 0, func(float64, float64) float64 { return 0 })
		if r := surface.Analyse(&table, surface.Options{}); r.Answer == multilevel.Supported {
			found++
		}
	}
	if found > 9 {
		t.Errorf("%d of 150", found)
	}
}
