package crossed_test

import (
	"math"

	"gonum.org/v1/gonum/mat"

	"holon/internal/multilevel/crossed"
)

// dense is the likelihood written out: V = sum theta_k Z_k Z_k' as one N by N
// matrix, inverted whole. It shares no formula with the package.
type dense struct {
	deviance float64
	gradient [4]float64
	fisher   [4][4]float64 // 1/2 tr(P V_i P V_j)
	mean, se float64
	effect   [3]map[[2]int32][4]float64 // by group and unit: BLUP, conditional SD, prediction SE, ratings
}

// together says whether two rows share a unit of the component.
func together(t crossed.Table, c crossed.Component, i, j int) bool {
	switch c {
	case crossed.Group:
		return t.Group[i] == t.Group[j]
	case crossed.Member:
		return t.Group[i] == t.Group[j] && t.Member[i] == t.Member[j]
	case crossed.Session:
		return t.Session != nil && t.Group[i] == t.Group[j] && t.Session[i] == t.Session[j]
	default:
		return i == j
	}
}

// bruteForce computes everything at given variances.
func bruteForce(t crossed.Table, method crossed.Method, v crossed.Variances) dense {
	n := len(t.Y)
	var parts [4]*mat.Dense
	total := mat.NewSymDense(n, nil)
	for c := range parts {
		parts[c] = mat.NewDense(n, n, nil)
		for i := range n {
			for j := range n {
				if together(t, crossed.Component(c), i, j) {
					parts[c].Set(i, j, 1)
					if j >= i {
						total.SetSym(i, j, total.At(i, j)+v[c])
					}
				}
			}
		}
	}
	var chol mat.Cholesky
	if !chol.Factorize(total) {
		panic("not positive definite")
	}
	var inverse mat.SymDense
	if err := chol.InverseTo(&inverse); err != nil {
		panic(err)
	}
	one, y := mat.NewVecDense(n, nil), mat.NewVecDense(n, nil)
	for i := range n {
		one.SetVec(i, 1)
		y.SetVec(i, t.Y[i]-t.Y[0])
	}
	var v1, vy mat.VecDense
	v1.MulVec(&inverse, one)
	vy.MulVec(&inverse, y)
	xx, xy := mat.Dot(one, &v1), mat.Dot(one, &vy)
	mu := xy / xx
	var residual, pr mat.VecDense
	residual.AddScaledVec(y, -mu, one)
	pr.MulVec(&inverse, &residual)
	p := mat.NewDense(n, n, nil)
	p.Copy(&inverse)
	nu := float64(n)
	out := dense{mean: t.Y[0] + mu, se: math.Sqrt(1 / xx)}
	if method == crossed.REML {
		var outer mat.Dense
		outer.Outer(1/xx, &v1, &v1)
		p.Sub(p, &outer)
		nu--
		out.deviance = math.Log(xx)
	}
	out.deviance += nu*math.Log(2*math.Pi) + chol.LogDet() + mat.Dot(&residual, &pr)
	var pv [4]mat.Dense
	for c := range parts {
		pv[c].Mul(p, parts[c])
		var q mat.VecDense
		q.MulVec(parts[c], &pr)
		out.gradient[c] = mat.Trace(&pv[c]) - mat.Dot(&pr, &q)
	}
	for i := range parts {
		for j := range parts {
			var both mat.Dense
			both.Mul(&pv[i], &pv[j])
			out.fisher[i][j] = mat.Trace(&both) / 2
		}
	}
	for c := range out.effect {
		out.effect[c] = predictions(t, crossed.Component(c), v[c], &inverse, &pr, &v1, xx)
	}
	return out
}

// predictions are theta z'V^-1(y - mu) and its errors for every unit.
func predictions(t crossed.Table, c crossed.Component, theta float64, inverse *mat.SymDense, pr, v1 *mat.VecDense, xx float64) map[[2]int32][4]float64 {
	out := make(map[[2]int32][4]float64)
	n := len(t.Y)
	for i := range n {
		key := [2]int32{t.Group[i], t.Group[i]}
		switch c {
		case crossed.Member:
			key[1] = t.Member[i]
		case crossed.Session:
			if t.Session == nil {
				continue
			}
			key[1] = t.Session[i]
		default:
		}
		z := mat.NewVecDense(n, nil)
		count := 0.0
		for j := range n {
			if together(t, c, i, j) {
				z.SetVec(j, 1)
				count++
			}
		}
		var vz mat.VecDense
		vz.MulVec(inverse, z)
		conditional := theta - theta*theta*mat.Dot(z, &vz)
		w := theta * mat.Dot(z, v1)
		out[key] = [4]float64{theta * mat.Dot(z, pr), math.Sqrt(max(0, conditional)), math.Sqrt(max(0, conditional+w*w/xx)), count}
	}
	return out
}
