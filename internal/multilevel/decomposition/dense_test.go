package decomposition

import (
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/floats/scalar"
	"gonum.org/v1/gonum/mat"
)

// denseDeviance is the deviance of the bivariate model by the whole covariance
// matrix of all ratings, with all constants.
func denseDeviance(b *tab, t theta, m method) float64 {
	n := len(b.z)
	group := make([]int, n/2)
	for g := range b.keys {
		for i := b.starts[g]; i < b.starts[g+1]; i++ {
			group[i] = g
		}
	}
	v := mat.NewSymDense(n, nil)
	x := mat.NewDense(n, 2, nil)
	entry := func(s sym, i, j int) float64 { return [2][2]float64{{s.xx, s.xy}, {s.xy, s.yy}}[i%2][j%2] }
	for i := range n {
		x.Set(i, i%2, 1)
		for j := i; j < n; j++ {
			var c float64
			if group[i/2] == group[j/2] {
				c += entry(t.between, i, j)
			}
			if i/2 == j/2 {
				c += entry(t.within, i, j)
			}
			v.SetSym(i, j, c)
		}
	}
	var chol mat.Cholesky
	if !chol.Factorize(v) {
		return math.NaN()
	}
	y := mat.NewVecDense(n, b.z)
	var vx, info mat.Dense
	var vy, xy, beta, fitted, rest, vr mat.VecDense
	_ = chol.SolveTo(&vx, x)
	_ = chol.SolveVecTo(&vy, y)
	info.Mul(x.T(), &vx)
	xy.MulVec(x.T(), &vy)
	_ = beta.SolveVec(&info, &xy)
	fitted.MulVec(x, &beta)
	rest.SubVec(y, &fitted)
	_ = chol.SolveVecTo(&vr, &rest)
	dev := chol.LogDet() + mat.Dot(&rest, &vr) + float64(n)*math.Log(2*math.Pi)
	if m == restricted {
		dev += math.Log(mat.Det(&info)) - 2*math.Log(2*math.Pi)
	}
	return dev
}

// randomTable draws groups of unequal sizes with two correlated measures.
func randomTable(rng *rand.Rand, groups, least, most int, between, within sym) Table {
	t := Table{Measures: []Measure{{Name: "x"}, {Name: "y"}}}
	draw := func(s sym) [2]float64 {
		a := math.Sqrt(s.xx)
		u, v := rng.NormFloat64(), rng.NormFloat64()
		if a == 0 {
			return [2]float64{0, math.Sqrt(s.yy) * v}
		}
		return [2]float64{a * u, s.xy/a*u + math.Sqrt(max(0, s.yy-s.xy*s.xy/s.xx))*v}
	}
	for g := range groups {
		b := draw(between)
		for range least + rng.IntN(most-least+1) {
			w := draw(within)
			t.Group = append(t.Group, string(rune('a'+g%26))+string(rune('a'+g/26)))
			for i := range 2 {
				t.Measures[i].Values = append(t.Measures[i].Values, 4+b[i]+w[i])
			}
		}
	}
	return t
}

// TestDevianceAgreesWithDense compares the sufficient statistics with the whole
// matrix, and the gradient with differences.
func TestDevianceAgreesWithDense(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(1, 2))
	for range 20 {
		b, why := arrange(randomTable(rng, 6, 1, 5, sym{0.4, 0.1, 0.6}, sym{1, -0.3, 0.7}))
		if why != "" {
			t.Fatal(why)
		}
		s := sampleOf(reduce(b))
		at := theta{sym{0.2 * rng.Float64(), 0.02, 0.1 + rng.Float64()}, sym{0.5 + rng.Float64(), 0.2, 0.5 + rng.Float64()}}
		for _, m := range []method{restricted, full} {
			p, ok := s.at(at, m)
			if !ok {
				t.Fatal("no likelihood")
			}
			if want := denseDeviance(&b, at, m); !scalar.EqualWithinAbsOrRel(p.deviance, want, 1e-9, 1e-11) {
				t.Errorf("deviance %v, dense %v", p.deviance, want)
			}
			g := p.gradient()
			for i := range 6 {
				const h = 1e-5
				up, _ := s.at(nudge(at, i, h), m)
				down, _ := s.at(nudge(at, i, -h), m)
				if diff := (up.deviance - down.deviance) / (2 * h); !scalar.EqualWithinAbsOrRel(g[i], diff, 1e-5, 1e-6) {
					t.Errorf("method %d, derivative %d: %v, by differences %v", m, i, g[i], diff)
				}
			}
		}
	}
}

// nudge moves one entry of theta.
func nudge(t theta, i int, h float64) theta {
	d := basis()[i%3]
	if i < 3 {
		t.between = t.between.plus(h, d)
	} else {
		t.within = t.within.plus(h, d)
	}
	return t
}

// TestHessianByDense compares the expected Hessian with tr(P V_i P V_j) of whole
// matrices.
func TestHessianByDense(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(3, 4))
	b, _ := arrange(randomTable(rng, 5, 1, 4, sym{0.4, 0.1, 0.6}, sym{1, -0.3, 0.7}))
	s := sampleOf(reduce(b))
	at := theta{sym{0.3, 0.1, 0.2}, sym{0.8, 0.3, 0.9}}
	n := len(b.z)
	v, x, parts := densePieces(&b, at)
	var inverse mat.Dense
	_ = inverse.Inverse(v)
	var vx, info, infoInv, hat, proj mat.Dense
	vx.Mul(&inverse, x)
	info.Mul(x.T(), &vx)
	_ = infoInv.Inverse(&info)
	hat.Product(&vx, &infoInv, vx.T())
	proj.Sub(&inverse, &hat)
	for m, p := range map[method]*mat.Dense{full: &inverse, restricted: &proj} {
		at0, _ := s.at(at, m)
		h := s.hessian(at, &at0, m)
		for i := range 6 {
			for j := range 6 {
				var left, right, both mat.Dense
				left.Mul(p, parts[i])
				right.Mul(p, parts[j])
				both.Mul(&left, &right)
				if want := mat.Trace(&both); !scalar.EqualWithinAbsOrRel(h[i][j], want, 1e-9, 1e-9) {
					t.Errorf("method %d, %d rows, element %d,%d: %v, dense %v", m, n/2, i, j, h[i][j], want)
				}
			}
		}
	}
}

// densePieces returns the whole covariance matrix, the design of the means and
// the derivative matrices of the six parameters.
func densePieces(b *tab, at theta) (v, x *mat.Dense, parts [6]*mat.Dense) {
	n := len(b.z)
	v, x = mat.NewDense(n, n, nil), mat.NewDense(n, 2, nil)
	group := make([]int, n/2)
	for g := range b.keys {
		for i := b.starts[g]; i < b.starts[g+1]; i++ {
			group[i] = g
		}
	}
	values := [6]float64{at.between.xx, at.between.xy, at.between.yy, at.within.xx, at.within.xy, at.within.yy}
	for k := range parts {
		parts[k] = mat.NewDense(n, n, nil)
		d := basis()[k%3]
		for i := range n {
			x.Set(i, i%2, 1)
			for j := range n {
				same := group[i/2] == group[j/2]
				if k >= 3 {
					same = i/2 == j/2
				}
				if same {
					parts[k].Set(i, j, [2][2]float64{{d.xx, d.xy}, {d.xy, d.yy}}[i%2][j%2])
				}
			}
		}
		var part mat.Dense
		part.Scale(values[k], parts[k])
		v.Add(v, &part)
	}
	return v, x, parts
}
