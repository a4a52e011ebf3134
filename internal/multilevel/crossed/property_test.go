package crossed_test

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"

	"holon/internal/multilevel/crossed"
)

// layouts draws small tables: groups of unequal size, cells missing, members with
// or without shared sessions, and codes without order.
func layouts(sessions, complete bool) *rapid.Generator[crossed.Table] {
	return rapid.Custom(func(t *rapid.T) crossed.Table {
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
		sd := rapid.SliceOfN(rapid.Float64Range(0, 2), 3, 3).Draw(t, "sd")
		var table crossed.Table
		groups := rapid.IntRange(2, 5).Draw(t, "groups")
		members, times := rapid.IntRange(2, 4).Draw(t, "members"), rapid.IntRange(2, 6).Draw(t, "sessions")
		if !sessions {
			times = min(times, 4)
		}
		for g := range groups {
			m, r := members, times
			if !complete {
				m, r = rapid.IntRange(1, members).Draw(t, "m"), rapid.IntRange(1, times).Draw(t, "r")
			}
			group := sd[0] * rng.NormFloat64()
			shared := make([]float64, r)
			for j := range shared {
				shared[j] = sd[2] * rng.NormFloat64()
			}
			for i := range m {
				own := sd[1] * rng.NormFloat64()
				for j := range r {
					if !complete && (i != 0 || j != 0) && rng.Float64() < 0.25 {
						continue
					}
					y := 4 + group + own + rng.NormFloat64()
					table.Group = append(table.Group, int32(7*g-3))
					table.Member = append(table.Member, int32(1000*g-i*i))
					table.Y = append(table.Y, math.Round((y+shared[j])*256)/256)
					if sessions {
						table.Session = append(table.Session, int32(100-13*j))
					}
				}
			}
		}
		return table
	})
}

// tables draws either kind.
func tables() *rapid.Generator[crossed.Table] {
	return rapid.OneOf(layouts(true, false), layouts(true, true), layouts(false, false), layouts(false, true))
}

// variances draws a point, zeros included.
func variances(t *rapid.T, table crossed.Table) crossed.Variances {
	v := crossed.Variances{crossed.Residual: math.Exp(rapid.Float64Range(-4, 2).Draw(t, "log residual"))}
	for _, c := range []crossed.Component{crossed.Group, crossed.Member, crossed.Session} {
		if (c != crossed.Session || table.Session != nil) && rapid.IntRange(0, 3).Draw(t, "zero") > 0 {
			v[c] = math.Exp(rapid.Float64Range(-6, 3).Draw(t, "log "+c.String()))
		}
	}
	return v
}

// near fails unless the numbers agree.
func near(t *rapid.T, name string, got, want, rel, abs float64) {
	if !(math.Abs(got-want) <= abs+rel*math.Abs(want)) {
		t.Fatalf("%s = %.15g, want %.15g", name, got, want)
	}
}

// TestAgainstDenseLikelihood compares deviance, gradient, information, mean and
// predictions with the likelihood written out.
func TestAgainstDenseLikelihood(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		table := tables().Draw(t, "table")
		if len(table.Y) < 2 {
			t.Skip("one rating")
		}
		method := rapid.SampledFrom([]crossed.Method{crossed.REML, crossed.ML}).Draw(t, "method")
		v := variances(t, table)
		s, err := crossed.Summarise(table)
		if err != nil {
			t.Fatal(err)
		}
		want := bruteForce(table, method, v)
		deviance, err := s.Deviance(method, v)
		if err != nil {
			t.Fatal(err)
		}
		gradient, _ := s.Gradient(method, v)
		fisher, _ := s.Information(method, v)
		near(t, "deviance", deviance, want.deviance, 1e-9, 1e-8)
		scale := want.fisher[crossed.Residual][crossed.Residual]
		for i := range gradient {
			near(t, fmt.Sprint("gradient ", i), gradient[i], want.gradient[i], 1e-6, 1e-8*math.Sqrt(scale)*float64(len(table.Y)))
			for j := range gradient {
				near(t, fmt.Sprint("information ", i, j), fisher[i][j], want.fisher[i][j], 1e-6, 1e-8*scale)
			}
		}
		fit := crossed.Fit{Model: crossed.Model{Group: true, Member: true, Session: table.Session != nil}, Method: method, Variance: v}
		effects, err := s.Predict(fit)
		if err != nil {
			t.Fatal(err)
		}
		for c, list := range [][]crossed.Effect{effects.Group, effects.Member, effects.Session} {
			if len(list) != len(want.effect[c]) {
				t.Fatalf("%d predictions of %v, want %d", len(list), crossed.Component(c), len(want.effect[c]))
			}
			for _, e := range list {
				w := want.effect[c][[2]int32{e.Group, e.Unit}]
				sd := math.Sqrt(v[c])
				near(t, "blup", e.BLUP, w[0], 1e-7, 1e-7*sd)
				near(t, "cond_sd", e.CondSD*e.CondSD, w[1]*w[1], 1e-7, 1e-9*v[c])
				near(t, "pred_se", e.PredSE*e.PredSE, w[2]*w[2], 1e-7, 1e-9*v[c])
				near(t, "ratings", float64(e.Ratings), w[3], 0, 0)
			}
		}
	})
}

// TestGradientAgainstFiniteDifferences differentiates the deviance numerically.
func TestGradientAgainstFiniteDifferences(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		table := tables().Draw(t, "table")
		if len(table.Y) < 2 {
			t.Skip("one rating")
		}
		s, err := crossed.Summarise(table)
		if err != nil {
			t.Fatal(err)
		}
		method := rapid.SampledFrom([]crossed.Method{crossed.REML, crossed.ML}).Draw(t, "method")
		v := crossed.Variances{0.3, 0.7, 0.4, 0.5}
		if table.Session == nil {
			v[crossed.Session] = 0
		}
		gradient, err := s.Gradient(method, v)
		if err != nil {
			t.Fatal(err)
		}
		for c := range v {
			if v[c] == 0 {
				continue
			}
			const h = 1e-4
			at := func(by float64) float64 {
				moved := v
				moved[c] += by
				d, err := s.Deviance(method, moved)
				if err != nil {
					t.Fatal(err)
				}
				return d
			}
			numeric := (8*(at(h)-at(-h)) - (at(2*h) - at(-2*h))) / (12 * h)
			near(t, fmt.Sprint("derivative ", crossed.Component(c)), gradient[c], numeric, 1e-6, 1e-6)
		}
	})
}

// model is the largest model for a table.
func model(table crossed.Table) crossed.Model {
	return crossed.Model{Group: true, Member: true, Session: table.Session != nil}
}

// fits draws a table that can be fitted, and its fit.
func fits(t *rapid.T, table crossed.Table, method crossed.Method) (*crossed.Summary, crossed.Fit) {
	s, err := crossed.Summarise(table)
	if err != nil {
		t.Fatal(err)
	}
	fit, err := s.Fit(model(table), method)
	if err != nil {
		reason, ok := errors.AsType[crossed.Reason](err)
		if !ok || reason == crossed.NotConverged {
			t.Fatalf("%v", err)
		}
		t.Skip("not to be fitted: " + reason)
	}
	return s, fit
}

// alike compares two fits but for shift and scale.
func alike(t *rapid.T, got, want crossed.Fit, shift, scale float64) {
	for c := range want.Variance {
		near(t, "variance of "+crossed.Component(c).String(), got.Variance[c]/(scale*scale), want.Variance[c], 1e-6, 1e-8*want.Variance.Total())
	}
	near(t, "mean", got.Mean, shift+scale*want.Mean, 1e-9, 1e-8*scale)
	near(t, "mean se", got.MeanSE/scale, want.MeanSE, 1e-6, 0)
	// How many other optima a search comes by may turn on rounding; which one is
	// taken may not.
	if len(got.Singular) != len(want.Singular) {
		t.Fatalf("singular %v, want %v", got.Singular, want.Singular)
	}
}

// TestInvariances: shift and scale, order of rows, names of groups and units.
func TestInvariances(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		table := tables().Draw(t, "table")
		method := rapid.SampledFrom([]crossed.Method{crossed.REML, crossed.ML}).Draw(t, "method")
		_, fit := fits(t, table, method)
		shift, scale := rapid.SampledFrom([]float64{0, -3, 1 << 20}).Draw(t, "shift"), rapid.SampledFrom([]float64{1, 0.5, 3, 0x1p-200, 0x1p+200}).Draw(t, "scale")
		if shift != 0 && scale != 1 {
			scale = 0.5
		}
		other := crossed.Table{}
		n := len(table.Y)
		for _, i := range rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "order"), 2)).Perm(n) {
			// Another name, and another order, for everything.
			other.Group = append(other.Group, 50-3*table.Group[i])
			other.Member = append(other.Member, -table.Member[i]*100_000)
			if table.Session != nil {
				other.Session = append(other.Session, 5*table.Session[i]-table.Group[i]*77)
			}
			other.Y = append(other.Y, shift+scale*table.Y[i])
		}
		_, again := fits(t, other, method)
		alike(t, again, fit, shift, scale)
		freedom := n
		if method == crossed.REML {
			freedom--
		}
		near(t, "deviance", again.Deviance, fit.Deviance+2*float64(freedom)*math.Log(scale), 1e-9, 1e-7)
	})
}

// TestDoubledGroups: the same groups twice double the likelihood of given
// variances by ML.
func TestDoubledGroups(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		table := tables().Draw(t, "table")
		if len(table.Y) < 2 {
			t.Skip("one rating")
		}
		v := variances(t, table)
		twice := crossed.Table{
			Group: append([]int32(nil), table.Group...), Member: append(append([]int32(nil), table.Member...), table.Member...),
			Y: append(append([]float64(nil), table.Y...), table.Y...),
		}
		for _, g := range table.Group {
			twice.Group = append(twice.Group, g+1_000_000)
		}
		if table.Session != nil {
			twice.Session = append(append([]int32(nil), table.Session...), table.Session...)
		}
		one, err := crossed.Summarise(table)
		if err != nil {
			t.Fatal(err)
		}
		two, err := crossed.Summarise(twice)
		if err != nil {
			t.Fatal(err)
		}
		a, err := one.Deviance(crossed.ML, v)
		if err != nil {
			t.Fatal(err)
		}
		b, err := two.Deviance(crossed.ML, v)
		if err != nil {
			t.Fatal(err)
		}
		near(t, "deviance", b, 2*a, 1e-11, 1e-9)
	})
}

// TestCompleteTablesAreTheAnalysisOfVariance: where the estimators of the analysis
// of variance are positive they are the restricted maximum.
func TestCompleteTablesAreTheAnalysisOfVariance(t *testing.T) {
	t.Parallel()
	interior := 0
	rapid.Check(t, func(t *rapid.T) {
		table := rapid.OneOf(layouts(true, true), layouts(false, true)).Draw(t, "table")
		s, fit := fits(t, table, crossed.REML)
		strata, ok := s.Strata()
		if !ok {
			t.Fatal("complete tables without strata")
		}
		ms := make(map[crossed.Component]crossed.Stratum)
		for _, st := range strata {
			ms[st.Component] = st
		}
		e := *ms[crossed.Residual].MS
		want := crossed.Variances{crossed.Residual: e}
		want[crossed.Member] = (*ms[crossed.Member].MS - e) / ms[crossed.Member].Coefficient[crossed.Member]
		rest := *ms[crossed.Group].MS - *ms[crossed.Member].MS
		if table.Session != nil {
			want[crossed.Session] = (*ms[crossed.Session].MS - e) / ms[crossed.Session].Coefficient[crossed.Session]
			rest += e - *ms[crossed.Session].MS
		}
		want[crossed.Group] = rest / ms[crossed.Group].Coefficient[crossed.Group]
		for _, c := range []crossed.Component{crossed.Group, crossed.Member, crossed.Session} {
			if fit.Model.Has(c) && want[c] <= 0 {
				if fit.ClosedForm {
					t.Fatalf("closed form with a negative estimator of %v", c)
				}
				return
			}
		}
		interior++
		if !fit.ClosedForm || fit.LocalOptima != 1 {
			t.Fatalf("an interior solution was searched for: %+v", fit)
		}
		for c := range want {
			near(t, "variance of "+crossed.Component(c).String(), fit.Variance[c], want[c], 1e-9, 1e-10*want.Total())
		}
	})
	if interior == 0 {
		t.Error("no table had an interior solution")
	}
}

// TestCompleteEqualsIncomplete: a complete table beside a second group gives the
// same likelihood in closed form as when eliminated cell by cell. Taking away the
// only rating of a unit of its own from an incomplete table must leave the closed form.
func TestCompleteEqualsIncomplete(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		table := layouts(true, true).Draw(t, "table")
		v := variances(t, table)
		method := rapid.SampledFrom([]crossed.Method{crossed.REML, crossed.ML}).Draw(t, "method")
		s, err := crossed.Summarise(table)
		if err != nil {
			t.Fatal(err)
		}
		closed, err := s.Deviance(method, v)
		if err != nil {
			t.Fatal(err)
		}
		slow, err := s.Eliminated().Deviance(method, v)
		if err != nil {
			t.Fatal(err)
		}
		near(t, "deviance", slow, closed, 1e-11, 1e-9)
		a, errA := s.Fit(model(table), method)
		b, errB := s.Eliminated().Fit(model(table), method)
		if (errA == nil) != (errB == nil) {
			t.Fatalf("closed form: %v; eliminated: %v", errA, errB)
		}
		if errA == nil {
			b.LocalOptima = a.LocalOptima
			alike(t, b, a, 0, 1)
		}
	})
}
