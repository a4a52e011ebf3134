package linear_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/mat"
	"pgregory.net/rapid"

	"holon/internal/multilevel/linear"
	"holon/internal/multilevel/montecarlo"
)

// dense is the restricted or full deviance of the reciprocal model from its
// definition, all pairs in one matrix: an oracle that shares no line with the
// package.
func dense(pairs [][][2]float64, theta []float64, reml bool) float64 {
	var y []float64
	var of []int
	for g, list := range pairs {
		for _, p := range list {
			y, of = append(y, p[0], p[1]), append(of, g)
		}
	}
	n := len(y)
	v, x := mat.NewSymDense(n, nil), mat.NewDense(n, 2, nil)
	for i := range n {
		x.Set(i, i%2, 1)
		for j := range i + 1 {
			var c float64
			k := 0
			switch {
			case i%2 != j%2:
				k = 2
			case i%2 == 1:
				k = 1
			}
			if of[i/2] == of[j/2] {
				c += theta[k]
			}
			if i/2 == j/2 {
				c += theta[3+k]
			}
			v.SetSym(i, j, c)
		}
	}
	var chol mat.Cholesky
	if !chol.Factorize(v) {
		return math.Inf(1)
	}
	var wx, information, beta mat.Dense
	if chol.SolveTo(&wx, x) != nil {
		return math.Inf(1)
	}
	information.Mul(x.T(), &wx)
	var right, wr mat.VecDense
	r := mat.NewVecDense(n, y)
	right.MulVec(wx.T(), r)
	if beta.Solve(&information, &right) != nil {
		return math.Inf(1)
	}
	var fitted mat.VecDense
	fitted.MulVec(x, beta.ColView(0))
	r.SubVec(r, &fitted)
	if chol.SolveVecTo(&wr, r) != nil {
		return math.Inf(1)
	}
	free, logs := float64(n), chol.LogDet()
	if reml {
		free -= 2
		logs += math.Log(mat.Det(&information))
	}
	return free*math.Log(2*math.Pi) + logs + mat.Dot(r, &wr)
}

// drawPairs draws ratings of a few therapists of different numbers of members.
func drawPairs(rt *rapid.T, between float64) [][][2]float64 {
	rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(rt, "seed"), 1))
	out := make([][][2]float64, rapid.IntRange(3, 8).Draw(rt, "therapists"))
	for g := range out {
		a, b := between*rng.NormFloat64(), between*rng.NormFloat64()
		for range rapid.IntRange(1, 5).Draw(rt, "members") + g%2 + 1 {
			e := rng.NormFloat64()
			out[g] = append(out[g], [2]float64{4 + a + e, 5 + b + .4*e + rng.NormFloat64()})
		}
	}
	return out
}

// TestNothingNearTheEstimateIsBetter compares the estimate, inside or on the
// boundary, with points around it that are allowed, by the oracle.
func TestNothingNearTheEstimateIsBetter(t *testing.T) {
	t.Parallel()
	m := reciprocal()
	edges := map[linear.EdgeKind]int{}
	rapid.Check(t, func(rt *rapid.T) {
		pairs := drawPairs(rt, rapid.SampledFrom([]float64{0, .3, 1}).Draw(rt, "between"))
		method := rapid.SampledFrom([]linear.Method{linear.REML, linear.ML}).Draw(rt, "method")
		f, err := linear.Estimate(t.Context(), m, reciprocalBlocks(m, pairs), method)
		if err != nil {
			rt.Fatal(err)
		}
		edges[""]++
		for _, e := range f.Boundary {
			edges[e.Kind]++
		}
		at := dense(pairs, f.Theta, method == linear.REML)
		if !(math.Abs(at-f.Deviance) < 1e-6) {
			rt.Fatalf("deviance %.10g, by the definition %.10g", f.Deviance, at)
		}
		a, b, c := f.Theta[0], f.Theta[1], f.Theta[2]
		if a < 0 || b < 0 || c*c > a*b*(1+1e-9)+1e-15 {
			rt.Fatalf("no covariance matrix: %v", f.Theta[:3])
		}
		rng := rand.New(rand.NewPCG(3, 4))
		for range 60 {
			size := math.Pow(10, -4*rng.Float64())
			near := append([]float64(nil), f.Theta...)
			// Adding a positive matrix, and mixing with one, stay inside.
			u, v := rng.NormFloat64(), rng.NormFloat64()
			keep := 1 - size*rng.Float64()
			for i, d := range []float64{u * u, v * v, u * v} {
				near[i] = keep*near[i] + size*d
				near[3+i] *= 1 + size*(rng.Float64()-.5)
			}
			if d := dense(pairs, near, method == linear.REML); d < at-1e-7 {
				rt.Fatalf("%v has %.10g, the estimate %v %.10g (%v)", near, d, f.Theta, at, f.Boundary)
			}
		}
	})
	if edges[linear.Zero]+edges[linear.PerfectLike]+edges[linear.PerfectUn] == 0 {
		t.Errorf("no boundary among %v", edges)
	}
}

// TestScaleAndShift multiplies and shifts the ratings.
func TestScaleAndShift(t *testing.T) {
	t.Parallel()
	m := reciprocal()
	rapid.Check(t, func(rt *rapid.T) {
		pairs := drawPairs(rt, .7)
		before, err := linear.Estimate(t.Context(), m, reciprocalBlocks(m, pairs), linear.REML)
		if err != nil {
			rt.Fatal(err)
		}
		const by, shift = 8, 1 << 20 // exact in binary
		for g := range pairs {
			for i := range pairs[g] {
				pairs[g][i] = [2]float64{by*pairs[g][i][0] + shift, by*pairs[g][i][1] + shift}
			}
		}
		after, err := linear.Estimate(t.Context(), m, reciprocalBlocks(m, pairs), linear.REML)
		if err != nil {
			rt.Fatal(err)
		}
		for k := range before.Theta {
			near(t, m.Parameters[k], after.Theta[k], by*by*before.Theta[k], 1e-5, 1e-6)
		}
		near(t, "mean", after.Beta[0], by*before.Beta[0]+shift, 1e-9, 0)
	})
}

// TestRefusals gives models that the ratings cannot bear.
func TestRefusals(t *testing.T) {
	t.Parallel()
	m := reciprocal()
	for name, c := range map[linear.Reason][][][2]float64{
		linear.NotIdentified: {{{1, 2}}, {{2, 5}}, {{4, 3}}, {{5, 5}}},
		linear.NoVariance:    {{{1, 2}, {1, 2}}, {{1, 2}, {1, 2}}},
		linear.NonFinite:     {{{math.NaN(), 2}, {1, 2}}, {{1, 2}, {1, 2}}},
		linear.NoData:        {{{1, 2}}},
	} {
		_, err := linear.Estimate(t.Context(), m, reciprocalBlocks(m, c), linear.REML)
		if r, ok := err.(*linear.Refusal); !ok || r.Reason != name { //nolint:errorlint // it is returned as it is
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestBootstrapIsSeeded repeats a bootstrap and compares with another seed; its
// median lies near the estimate.
func TestBootstrapIsSeeded(t *testing.T) {
	t.Parallel()
	m := reciprocal()
	var unused any
	f, err := linear.Estimate(t.Context(), m, reciprocalBlocks(m, pairsOf(t, reference(t, "one-with-many-reciprocal", &unused))), linear.REML)
	if err != nil {
		t.Fatal(err)
	}
	dyadic := func(theta []float64) (float64, bool) {
		d := theta[3] * theta[4]
		return theta[5] / math.Sqrt(d), d > 0
	}
	run := func(seed uint64) [2]float64 {
		r, err := f.Bootstrap(t.Context(), montecarlo.Plan{Draws: 199, Seed: seed}, []linear.Quantity{dyadic})
		if err != nil || r.Failed > 0 || r.Missing[0] > 0 {
			t.Fatal(err, r)
		}
		lower, upper, ok := r.Percentile(0, .95)
		if !ok || !(lower < .3167 && .3167 < upper) {
			t.Errorf("interval %g to %g", lower, upper)
		}
		near(t, "median", r.Values[0][99], .3167, 0, .05)
		return [2]float64{lower, upper}
	}
	if run(1) != run(1) || run(1) == run(2) {
		t.Error("the draws do not depend on the seed alone")
	}
}
