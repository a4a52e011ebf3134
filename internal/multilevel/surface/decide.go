package surface

import (
	"math"

	"gonum.org/v1/gonum/stat/distuv"

	"holon/internal/multilevel"
)

const (
	alpha          = 0.05
	fewestClusters = 4    // from which a verdict may be given
	steadyClusters = 10   // from which nothing has to be said of their number
	leastDF        = 4    // of Satterthwaite's, below which CR2 is not to be believed (Tipton 2015, Psychological Methods 20, 375-393)
	rowsPerTerm    = 10   // fewer are few
	fewDiscrepant  = 0.10 // of rows, in one direction
)

// test returns the one of this name.
func (r *Result) test(name string) *Test {
	for i := range r.Tests {
		if r.Tests[i].Name == name {
			return &r.Tests[i]
		}
	}
	return nil
}

// beyond tells whether a coefficient is beyond chance; what is undefined is not.
func beyond(c *Coefficient) bool { return c.ClusterP != nil && *c.ClusterP <= alpha }

// decide answers by what a surface with its extreme at agreement must have (Humberg,
// Nestler & Back 2019): a bend along the line of disagreement (a4), a principal axis
// that is the line of agreement. An axis of slope 1 through the centre is a5 = 0 and
// a3 = 0, with b4 against the sign of a4: of these, unlike of slopes and intercepts,
// the errors are known. Without b4 a round hill, for which middle values of either
// rater are best, would pass.
func (r *Result) decide() {
	a3, a4, a5, b4 := &r.Lines[2], &r.Lines[3], &r.Lines[4], &r.Coefficients[4]
	place := r.test(TestPlace)
	r.Answer = multilevel.CannotTell
	sign := math.Copysign(1, *a4.Estimate)
	against := (r.Expected == Highest && sign > 0) || (r.Expected == Lowest && sign < 0)
	switch {
	case r.Clustered && r.Clusters < fewestClusters:
		r.Reason = FewCluster
	case !judged(a3) || !judged(a4) || !judged(a5) || !judged(b4) || place.P == nil:
		r.Reason = FewDegrees
	case *place.P <= alpha:
		r.Answer, r.Reason = multilevel.NotSupported, Elsewhere
	case beyond(a4) && against:
		r.Answer, r.Reason = multilevel.NotSupported, OtherWay
	case beyond(a4) && beyond(b4) && sign**b4.Estimate < 0 && !beyond(a3) && !beyond(a5):
		r.Answer, r.Reason = multilevel.Supported, HighestThere
		if sign > 0 {
			r.Reason = LowestThere
		}
	case r.inside():
		r.Answer, r.Reason = multilevel.NotSupported, WithinBound
	case !beyond(a4):
		r.Reason = NoCurve
	case !beyond(b4) || sign**b4.Estimate > 0:
		r.Reason = MiddleToo
	default:
		r.Reason = PlaceUnclear
	}
}

// judged tells whether the error of a coefficient can be believed.
func judged(c *Coefficient) bool { return c.ClusterDF != nil && *c.ClusterDF >= leastDF }

// inside tells whether the 90 % limits of what the usual disagreement goes with lie
// within the bound, those by the classical error too.
func (r *Result) inside() bool {
	if len(r.Typical) == 0 {
		return false
	}
	c := &r.Typical[1]
	if c.Estimate == nil || c.SE == nil || !(math.Abs(*c.Estimate)+distuv.UnitNormal.Quantile(0.95)**c.SE < r.Bound) {
		return false
	}
	for _, ci := range c.CI {
		if ci.Level == 0.90 && ci.Lower != nil && ci.Upper != nil {
			return *ci.Lower > -r.Bound && *ci.Upper < r.Bound
		}
	}
	return false
}
