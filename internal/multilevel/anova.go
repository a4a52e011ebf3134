package multilevel

import (
	"math"

	"holon/internal/multilevel/fdist"
)

// ANOVA is the one-way analysis of variance of any group sizes. Mean squares
// without degrees of freedom, and what is made of them, are nil; the degrees
// of freedom themselves are nil where nothing was analysed.
type ANOVA struct {
	SSBetween, SSWithin *float64
	SSTotal             *float64
	MSBetween, MSWithin *float64
	DFBetween, DFWithin *int
	F                   *float64 // MSB/MSW
	P                   *float64 // P(F > f) without group variance, exact under normality
	PLower              *float64 // P(F <= f): small when members differ more than strangers
	VarianceBetween     *float64 // (MSB-MSW)/n0, untruncated
}

// oneWay is the analysis of variance in units of z.
type oneWay struct {
	msB, msW, n0 float64
	f            float64 // NaN unless both mean squares are there and MSW is positive
}

// analyse returns the mean squares; NaN stands for what has no degrees of
// freedom, and stays inside the package.
func (s *strata) analyse() oneWay {
	a := oneWay{msB: math.NaN(), msW: math.NaN(), n0: math.NaN(), f: math.NaN()}
	dfB, dfW := s.freedoms()
	if dfB > 0 {
		a.msB, a.n0 = s.between/dfB, s.n0()
	}
	if dfW > 0 {
		a.msW = s.within / dfW
	}
	if a.msW > 0 {
		a.f = a.msB / a.msW
	}
	return a
}

// icc1 returns (MSB-MSW)/(MSB+(n0-1)MSW), untruncated; 1 as a limit when MSW is
// zero and NaN when both are.
func (a oneWay) icc1() float64 {
	return (a.msB - a.msW) / (a.msB + float64((a.n0-1)*a.msW))
}

// groupMean returns 1 - MSW/MSB, the reliability of the mean of a group of
// typical size; NaN when the group means do not differ at all.
func (a oneWay) groupMean() float64 {
	if a.msB == 0 {
		return math.NaN()
	}
	return 1 - a.msW/a.msB
}

// report returns the analysis on the scale of the ratings.
func (a oneWay) report(s *strata) ANOVA {
	dfB, dfW := s.freedoms()
	sc := &s.scale
	out := ANOVA{
		SSBetween: sc.square(s.between), SSWithin: sc.square(s.within),
		SSTotal:   sc.square(s.between + s.within),
		MSBetween: defined(a.msB, sc.square), MSWithin: defined(a.msW, sc.square),
		DFBetween: new(int(dfB)), DFWithin: new(int(dfW)),
		VarianceBetween: defined((a.msB-a.msW)/a.n0, sc.square),
	}
	if !math.IsNaN(a.f) {
		out.F = sc.kept(a.f)
		out.P = sc.kept(fdist.Upper(a.f, dfB, dfW))
		out.PLower = sc.kept(fdist.Lower(a.f, dfB, dfW))
	}
	return out
}

// defined applies the change of scale to a number, and returns nil for none.
func defined(v float64, change func(float64) *float64) *float64 {
	if math.IsNaN(v) {
		return nil
	}
	return change(v)
}
