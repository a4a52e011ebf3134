package decomposition

import "math"

// chart names a part of the parameter space in coordinates without a corner at
// the edge of the positive semidefinite matrices. Its last three coordinates
// are Sigma_W; the others make Sigma_B.
type chart struct {
	kind  kind
	fixed float64
}

// kind is the kind of a chart.
type kind int

const (
	// whole: Sigma_B = l l' + R e e', e for the second measure, R at least 0.
	// R is what the first measure does not explain of the second; R = 0 makes a
	// correlation of 1 or -1.
	whole kind = iota
	// share: the same with R = fixed (Sigma_B22 + Sigma_W22), which solves to
	// R = fixed/(1-fixed) (l2^2 + Sigma_W22). At 0 there is no residual.
	share
	// correlation: Sigma_B = [s1^2, fixed s1 s2; s2^2], s1 and s2 at least 0.
	correlation
)

// widest is the number of coordinates of the largest chart.
const widest = 6

// coordinates is a point of a chart: as many as its width, Sigma_W last.
type coordinates [widest]float64

// width returns how many coordinates the chart has.
func (c chart) width() int {
	if c.kind == whole {
		return 6
	}
	return 5
}

// bounded tells whether coordinate i may not be negative.
func (c chart) bounded(i int) bool {
	return (c.kind == whole && i == 2) || (c.kind == correlation && i < 2)
}

// theta returns the matrices at a point.
func (c chart) theta(q coordinates) theta {
	n := c.width()
	t := theta{within: sym{q[n-3], q[n-2], q[n-1]}}
	t.between = outer([2]float64{q[0], q[1]})
	switch c.kind {
	case whole:
		t.between.yy += q[2]
	case share:
		t.between.yy += c.fixed / (1 - c.fixed) * (q[1]*q[1] + t.within.yy)
	case correlation:
		t.between.xy *= c.fixed
	}
	return t
}

// jacobian returns the derivatives of the six entries of theta by the
// coordinates.
func (c chart) jacobian(q coordinates) (j [6][widest]float64) {
	n := c.width()
	for i := range 3 {
		j[3+i][n-3+i] = 1
	}
	j[0][0], j[1][0], j[1][1], j[2][1] = 2*q[0], q[1], q[0], 2*q[1]
	switch c.kind {
	case whole:
		j[2][2] = 1
	case share:
		odds := c.fixed / (1 - c.fixed)
		j[2][1] += odds * 2 * q[1]
		j[2][n-1] += odds
	case correlation:
		j[1][0], j[1][1] = c.fixed*q[1], c.fixed*q[0]
	}
	return j
}

// start returns the point of the chart near a theta.
func (c chart) start(t theta) coordinates {
	var q coordinates
	n := c.width()
	q[n-3], q[n-2], q[n-1] = t.within.xx, t.within.xy, t.within.yy
	b := t.between
	if c.kind == correlation {
		q[0], q[1] = math.Sqrt(max(0, b.xx)), math.Sqrt(max(0, b.yy))
		return q
	}
	if b.xx > 0 {
		q[0] = math.Sqrt(b.xx)
		q[1] = b.xy / q[0]
	} else {
		q[1] = math.Sqrt(max(0, b.yy))
	}
	if c.kind == whole {
		q[2] = max(0, b.yy-q[1]*q[1])
	}
	return q
}
