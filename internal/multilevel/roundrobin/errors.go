package roundrobin

import "math"

// sampling returns the squared standard errors of one group's components, with
// the estimates put in the place of the true values. With
//
//	w  = (n²−3n+6)(n²−3n+4),  K = w (n+1) n² (n−2)²
//	p1 = n⁶−7n⁵+28n⁴−66n³+102n²−84n+32,  p2 = (n³−n²−2n+16)(n²−2n+2),  p3 = n⁵−5n⁴+20n³−42n²+60n−32
//
// they are
//
//	v_a: 2v_a²/(n+1) + 2p1 v_g²/K + 2p2 c_g²/K + 4v_a((n−1)v_g+c_g)/((n+1)n(n−2)) + 4p3 v_g c_g/K,   v_b alike
//	v_g and c_g: [2(n²−3n+5)(v_g²+c_g²) + 4v_g c_g]/w
//	c_ab: (n−3)c_ab²/((n+1)(n−2)) + q1 v_g²/K + q2 c_g²/K + (n−1)v_a v_b/((n+1)(n−2))
//	      + (n−1)(v_a+v_b)((n−1)v_g+c_g)/((n+1)n(n−2)²) + 2(n−3)c_ab(v_g+(n−1)c_g)/((n+1)n(n−2)²) + 4p3 v_g c_g/K
//	q1 = n⁶−5n⁵+19n⁴−45n³+90n²−96n+64,  q2 = n⁶−7n⁵+31n⁴−83n³+150n²−144n+64
//
// (Bond & Lashley 1996; Lashley & Bond 1997). One that comes out below zero, as
// plugged-in estimates can make it, is no squared error: it is NaN here and
// undefined in the result.
func (c *components) sampling(groupSize int) components {
	n := float64(groupSize)
	w := (n*n - 3*n + 6) * (n*n - 3*n + 4)
	k := w * (n + 1) * n * n * (n - 2) * (n - 2)
	p1 := polynomial(n, 1, -7, 28, -66, 102, -84, 32)
	p2 := (n*n*n - n*n - 2*n + 16) * (n*n - 2*n + 2)
	p3 := polynomial(n, 1, -5, 20, -42, 60, -32)
	q1 := polynomial(n, 1, -5, 19, -45, 90, -96, 64)
	q2 := polynomial(n, 1, -7, 31, -83, 150, -144, 64)
	va, vb, vg, cab, cg := c[actor], c[partner], c[relationship], c[actorPartner], c[dyadic]
	cross := 4 * p3 * vg * cg / k
	variance := func(v float64) float64 {
		return 2*v*v/(n+1) + 2*p1*vg*vg/k + 2*p2*cg*cg/k + 4*v*((n-1)*vg+cg)/((n+1)*n*(n-2)) + cross
	}
	var out components
	out[actor], out[partner] = variance(va), variance(vb)
	out[relationship] = (2*(n*n-3*n+5)*(vg*vg+cg*cg) + 4*vg*cg) / w
	out[dyadic] = out[relationship]
	out[actorPartner] = (n-3)*cab*cab/((n+1)*(n-2)) + q1*vg*vg/k + q2*cg*cg/k + (n-1)*va*vb/((n+1)*(n-2)) +
		(n-1)*(va+vb)*((n-1)*vg+cg)/((n+1)*n*(n-2)*(n-2)) +
		2*(n-3)*cab*(vg+(n-1)*cg)/((n+1)*n*(n-2)*(n-2)) + cross
	for i, v := range out {
		if !(v >= 0) {
			out[i] = math.NaN()
		}
	}
	return out
}

// polynomial evaluates one whose coefficients come highest power first.
func polynomial(x float64, coefficients ...float64) float64 {
	var out float64
	for _, c := range coefficients {
		out = out*x + c
	}
	return out
}
