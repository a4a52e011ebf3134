package multilevel

import (
	"math"

	"gonum.org/v1/gonum/mathext"

	"holon/internal/multilevel/fdist"
)

// tail is the probability beyond each limit of a compared interval.
const tail = (1 - comparedLevel) / 2

// intervals fills in the intervals of all methods.
func (c *Comparison) intervals(s *strata, a oneWay) {
	sc := &s.scale
	harmonic, balanced := s.harmonic(), len(s.classes) == 1
	dfB, dfW := s.freedoms()
	low, high := fdist.Quantile(tail, dfB, dfW), fdist.Quantile(1-tail, dfB, dfW)
	if lower, upper, ok := waldRatios(s, comparedLevel); ok {
		c.VarianceRatio = append(c.VarianceRatio, compared(IntervalWald, "Wald 1940", finite(lower.ratio), finite(upper.ratio)))
		c.GroupMean = append(c.GroupMean, compared(IntervalWald, "Wald 1940, at the size n0", lower.groupMean(s), upper.groupMean(s)))
	}
	if balanced {
		c.ICC1 = append(c.ICC1, ofF(IntervalF, "Searle 1971; R psych::ICC, ICC1", a.f, a.n0, low, high))
		c.GroupMean = append(c.GroupMean, compared(IntervalF, "R psych::ICC, ICC1k", finite(1-high/a.f), finite(1-low/a.f)))
		c.between(s, a)
	}
	c.ICC1 = append(c.ICC1,
		ofF(IntervalSearle, "R ICC::ICCest, CI.type THD", a.f, a.n0, low, high),
		ofF(IntervalThomasHultquist, "Thomas and Hultquist 1978", harmonic*s.varianceOfMeans()/a.msW, harmonic, low, high))
	r, se := a.icc1(), smithSE(s, a)
	step := float64(normalQuantile * se)
	c.ICC1 = append(c.ICC1, compared(IntervalSmith, "R ICC::ICCest, CI.type Smith", finite(r-step), finite(r+step)))
	chiLow, chiHigh := chiSquareQuantile(tail, dfW), chiSquareQuantile(1-tail, dfW)
	c.VarianceWithin = append(c.VarianceWithin, compared(IntervalChiSquare, "exact", onSquares(sc, s.within/chiHigh), onSquares(sc, s.within/chiLow)))
}

// normalQuantile is the .975 quantile of the normal distribution, and
// likelihoodCut its square, the .95 quantile of chi-square with one degree of
// freedom.
const (
	normalQuantile = 1.959963984540054
	likelihoodCut  = 3.841458820694124
)

// compared puts an interval together.
func compared(method, as string, lower, upper *float64) ComparedInterval {
	return ComparedInterval{Interval: Interval{Level: comparedLevel, Lower: lower, Upper: upper, Method: method}, As: as}
}

// ofF returns the interval of ICC(1) that comes of F over its quantiles:
// (Fx - 1)/(Fx + k - 1) with Fx = F/F(1-a/2) and F/F(a/2).
func ofF(method, as string, f, k, low, high float64) ComparedInterval {
	limit := func(fx float64) *float64 { return finite((fx - 1) / (fx + k - 1)) }
	return compared(method, as, limit(f/high), limit(f/low))
}

// groupMean returns the limit of the reliability of the mean of n0 ratings,
// kl/(1+kl); nil where the ratio has no limit of its own.
func (l ratioLimit) groupMean(s *strata) *float64 {
	if l.cut {
		return nil
	}
	kl := float64(s.n0() * l.ratio)
	return finite(kl / (1 + kl))
}

// smithSE returns Smith's (1956) standard error of ICC(1), as Donner (1979)
// gives it for unequal sizes, with r the ANOVA estimate, S2 = sum n^2 and S3 =
// sum n^3:
//
//	V = 2(1-r)^2/n0^2 {[1+r(n0-1)]^2/(N-J)
//	    + [(J-1)(1-r)(1+r(2n0-1)) + r^2 (S2 - 2 S3/N + S2^2/N^2)]/(J-1)^2}
func smithSE(s *strata, a oneWay) float64 {
	r, n := a.icc1(), float64(s.ratings)
	dfB, dfW := s.freedoms()
	s2, s3 := s.sumOfPowers(2), s.sumOfPowers(3)
	within := 1 + float64(r*(a.n0-1))
	spread := s2 - 2*s3/n + float64(s2/n)*(s2/n)
	between := float64(dfB*(1-r)*(1+float64(r*(2*a.n0-1)))) + float64(r*r*spread)
	v := 2 * (1 - r) * (1 - r) / (a.n0 * a.n0) * (float64(within*within)/dfW + between/(dfB*dfB))
	return math.Sqrt(v) // NaN where the formula leaves its range
}

// between adds the intervals of the variance between groups of one size.
func (c *Comparison) between(s *strata, a oneWay) {
	sc := &s.scale
	dfB, dfW := s.freedoms()
	estimate := (a.msB - a.msW) / a.n0
	gap := a.msB - a.msW
	df := gap * gap / (float64(a.msB*a.msB)/dfB + float64(a.msW*a.msW)/dfW)
	c.SatterthwaiteDF = finite(df)
	if gap > 0 {
		c.VarianceBetween = append(c.VarianceBetween, compared(IntervalSatterthwaite, "Satterthwaite 1946",
			onSquares(sc, df*estimate/chiSquareQuantile(1-tail, df)), onSquares(sc, df*estimate/chiSquareQuantile(tail, df))))
	}
	lower, upper := modifiedLargeSample(a.msB/a.n0, a.msW/a.n0, dfB, dfW)
	c.VarianceBetween = append(c.VarianceBetween, compared(IntervalMLS, "Ting et al. 1990", onSquares(sc, lower), onSquares(sc, upper)))
}

// modifiedLargeSample returns the limits of the difference of two expected mean
// squares of which b and w are the estimates on dfB and dfW degrees of freedom
// (Ting, Burdick, Graybill, Jeyaratnam and Lu 1990, equations 3 and 4). With F
// the quantile of F(dfB, dfW) above and F' the one below,
//
//	G1 = 1 - dfB/chi2(1-a), H1 = dfB/chi2(a) - 1, G2 and H2 alike with dfW,
//	G12 = [(F-1)^2 - G1^2 F^2 - H2^2]/F, H12 = [(1-F')^2 - H1^2 F'^2 - G2^2]/F',
//	lower = b - w - sqrt(G1^2 b^2 + H2^2 w^2 + G12 b w), upper = b - w + sqrt(H1^2 b^2 + G2^2 w^2 + H12 b w).
func modifiedLargeSample(b, w, dfB, dfW float64) (lower, upper float64) {
	g1, h1 := 1-dfB/chiSquareQuantile(1-tail, dfB), dfB/chiSquareQuantile(tail, dfB)-1
	g2, h2 := 1-dfW/chiSquareQuantile(1-tail, dfW), dfW/chiSquareQuantile(tail, dfW)-1
	mixed := func(f, first, second float64) float64 {
		return (float64((f-1)*(f-1)) - float64(first*first*f*f) - float64(second*second)) / f
	}
	g12 := mixed(fdist.Quantile(1-tail, dfB, dfW), g1, h2)
	h12 := mixed(fdist.Quantile(tail, dfB, dfW), h1, g2)
	below := float64(g1*g1*b*b) + float64(h2*h2*w*w) + float64(g12*b*w)
	above := float64(h1*h1*b*b) + float64(g2*g2*w*w) + float64(h12*b*w)
	return b - w - math.Sqrt(below), b - w + math.Sqrt(above)
}

// chiSquareQuantile returns x with P(chi-square(df) <= x) = p; NaN where it
// cannot be computed or is too small to be told from zero.
func chiSquareQuantile(p, df float64) float64 {
	if !(df > 0) {
		return math.NaN()
	}
	x := 2 * mathext.GammaIncRegInv(df/2, p)
	if !(x > 0) {
		return math.NaN()
	}
	return x
}

// onSquares returns a variance on the scale of the ratings, nil for none.
func onSquares(sc *scale, v float64) *float64 {
	if finite(v) == nil {
		return nil
	}
	return sc.square(v)
}
