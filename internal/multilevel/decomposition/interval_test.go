package decomposition

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"gonum.org/v1/gonum/floats/scalar"
	"gonum.org/v1/gonum/mat"
)

// TestPercentilesWithGaps: what is missing lies beyond both ends.
func TestPercentilesWithGaps(t *testing.T) {
	t.Parallel()
	values := make([]float64, 99)
	for i := range values {
		values[i] = float64(i + 1)
	}
	for _, c := range []struct {
		name         string
		values       []float64
		missing      int
		lower, upper float64
	}{
		{"none missing", values, 0, 5, 95},
		{"three missing", values[:96], 3, 2, 95},
		{"six missing", values[:93], 6, math.Inf(-1), math.Inf(1)},
		{"all missing", nil, 99, math.Inf(-1), math.Inf(1)},
	} {
		lower, upper := percentiles(c.values, c.missing, 0.9)
		if lower != c.lower || upper != c.upper {
			t.Errorf("%s: %v to %v", c.name, lower, upper)
		}
	}
}

// TestProfileIsTheDualOfTheTest: the lower 90 % limit of the residual share is
// above zero exactly where the boundary test is significant, and at every limit
// inside the range the deviance has risen by the quantile.
func TestProfileIsTheDualOfTheTest(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(91, 92))
	significant := 0
	for range 40 {
		r, err := IsBeyond(t.Context(), randomTable(rng, 15, 3, 8, sym{0.4, 0.3, 0.5}, sym{1, 0.3, 0.6}), Options{Draws: -1})
		if err != nil {
			t.Fatal(err)
		}
		lower, upper := r.Share.Limits(MethodProfile, 0.90)
		p := *r.Tests[0].P
		if lower == nil || upper == nil || (*lower > 0) != (p < 0.05) {
			t.Errorf("p %v, limits %v and %v", p, lower, upper)
		}
		if p < 0.05 {
			significant++
		}
	}
	if significant < 5 || significant > 35 {
		t.Errorf("%d of 40 are significant: the tables show one side only", significant)
	}
	b, _ := arrange(randomTable(rng, 60, 3, 8, sym{0.4, 0.2, 0.5}, sym{1, 0.3, 0.6}))
	s := sampleOf(reduce(b))
	best, _ := s.fit(restricted, settled, false)
	var f Fit
	p := pairing{moments: reduce(b), x: 0, y: 1, sample: s}
	for of := range functions {
		v, _, _ := best.theta.value(of)
		f.quantity(of).Estimate = &v
	}
	p.profileIntervals(&f, &best.optimum)
	for of, kind := range map[function]kind{rBetween: correlation, residualShare: share} {
		lower, upper := f.quantity(of).Limits(MethodProfile, 0.95)
		for _, limit := range []*float64{lower, upper} {
			at, ok := s.constrained(chart{kind, *limit}, settled, false)
			if rise := at.place.deviance - best.place.deviance; !ok || !scalar.EqualWithinAbs(rise, 3.841458820694124, 1e-6) {
				t.Errorf("the deviance rises by %v at %v", rise, *limit)
			}
		}
	}
}

// TestDesignEigenvalues compares with Z'(I-H)Z written out.
func TestDesignEigenvalues(t *testing.T) {
	t.Parallel()
	b, _ := arrange(randomTable(rand.New(rand.NewPCG(5, 5)), 6, 2, 6, sym{0.4, 0.3, 0.5}, sym{1, 0.3, 0.6}))
	p := pairing{moments: reduce(b), x: 0, y: 1}
	d := p.regressionData()
	n := len(d.Y)
	x, z := mat.NewDense(n, 3, nil), mat.NewDense(n, len(b.keys), nil)
	for i := range n {
		for c := range 3 {
			x.Set(i, c, d.X[c].Values[i])
		}
		g := slices.IndexFunc(b.starts, func(s int) bool { return s > i }) - 1
		z.Set(i, g, 1)
	}
	var xx, hat, zz, left mat.Dense
	xx.Mul(x.T(), x)
	if err := xx.Inverse(&xx); err != nil {
		t.Fatal(err)
	}
	hat.Product(x, &xx, x.T())
	zz.Mul(z.T(), z)
	left.Product(z.T(), &hat, z)
	zz.Sub(&zz, &left)
	var eigen mat.Eigen
	eigen.Factorize(&zz, mat.EigenNone)
	var want []float64
	for _, v := range eigen.Values(nil) {
		want = append(want, real(v))
	}
	slices.Sort(want)
	for i, v := range p.designEigenvalues() {
		if !scalar.EqualWithinAbsOrRel(v, want[i+2], 1e-9, 1e-9) {
			t.Errorf("eigenvalue %d: %v, want %v", i, v, want[i+2])
		}
	}
}

// TestJackknifeLeavesGroupsOut compares with tables that miss one group.
func TestJackknifeLeavesGroupsOut(t *testing.T) {
	t.Parallel()
	table := randomTable(rand.New(rand.NewPCG(6, 6)), 25, 3, 8, sym{0.9, 0.3, 0.8}, sym{1, 0.3, 0.6})
	var slopes, z []float64
	keys := slices.Compact(slices.Sorted(slices.Values(table.Group)))
	for _, left := range keys {
		part := Table{Measures: []Measure{{Name: "x"}, {Name: "y"}}}
		for i, g := range table.Group {
			if g == left {
				continue
			}
			part.Group = append(part.Group, g)
			for m := range 2 {
				part.Measures[m].Values = append(part.Measures[m].Values, table.Measures[m].Values[i])
			}
		}
		r := relate(t, part).Moments
		slopes = append(slopes, *r.SlopeBetween.Estimate)
		z = append(z, math.Atanh(*r.RBetween.Estimate))
	}
	whole := relate(t, table).Moments
	same := func(v float64) float64 { return v }
	want, _ := jackknifeSE(slopes, same)
	if !closeTo(whole.SlopeBetween.SE, &want, 1e-9) {
		t.Errorf("standard error of the slope %v, want %v", *whole.SlopeBetween.SE, want)
	}
	want, _ = jackknifeSE(z, same)
	lower, upper := whole.RBetween.Limits(MethodJackknifeZ, 0.95)
	got := (math.Atanh(*upper) - math.Atanh(*lower)) / 2 / tQuantile(0.95, float64(len(keys)-1))
	if !closeTo(&got, &want, 1e-9) {
		t.Errorf("standard error of z %v, want %v", got, want)
	}
}
