package multilevel

// Design is a plan of groups rated once by each member.
type Design struct {
	Groups        int
	MeanSize      float64 // members per group: degrees of freedom within are Groups (MeanSize-1)
	EffectiveSize float64 // n0: the size that a true group variance is multiplied by
}

// Balanced is the design of groups of one size.
func Balanced(groups int, size float64) Design {
	return Design{Groups: groups, MeanSize: size, EffectiveSize: size}
}

// alpha is the level of the one-sided test of group variance; the 90 % limits
// are its duals.
const alpha = 0.05

// freedoms returns the degrees of freedom; ok is false for a design without
// either.
func (d Design) freedoms() (dfB, dfW float64, ok bool) {
	dfB = float64(d.Groups - 1)
	dfW = float64(float64(d.Groups) * (d.MeanSize - 1))
	return dfB, dfW, dfB > 0 && dfW > 0
}

// inflation returns 1 + n0 l, by which a true ICC multiplies the mean square
// between groups.
func (d Design) inflation(icc float64) float64 {
	return 1 + float64(d.EffectiveSize*icc)/(1-icc)
}

// Power returns P(F(dfB, dfW) > F_crit/(1+n0 l)), l = icc/(1-icc): the chance
// that the one-way F test at .05 finds a true ICC in [0, 1). It is exact for
// equal sizes (Searle, Casella and McCulloch 1992, section 3.6) and an
// approximation with n0 for others. It is 0 for a design that has no test.
func (d Design) Power(icc float64) float64 {
	dfB, dfW, ok := d.freedoms()
	if !ok {
		return 0
	}
	return upperF(quantileF(1-alpha, dfB, dfW)/d.inflation(icc), dfB, dfW)
}

// ChanceNotPositive returns P(F < 1/(1+n0 l)), the chance that the estimate of
// a true ICC is zero or negative. It is 1 for a design that has no estimate.
func (d Design) ChanceNotPositive(icc float64) float64 {
	dfB, dfW, ok := d.freedoms()
	if !ok {
		return 1
	}
	return lowerF(1/d.inflation(icc), dfB, dfW)
}

// ChanceRuledOut returns the chance that, with no group variance at all, the
// upper 90 % limit falls below bound and the test finds nothing. The limit is
// below bound exactly when F < F(.05) (1+n0 l_bound).
func (d Design) ChanceRuledOut(bound float64) float64 {
	dfB, dfW, ok := d.freedoms()
	if !ok {
		return 0
	}
	line := float64(quantileF(alpha, dfB, dfW) * d.inflation(bound))
	return min(lowerF(line, dfB, dfW), 1-alpha)
}
