package multilevel

import "holon/internal/multilevel/fdist"

// Design is a number of groups whose sizes are mixed in given shares, every
// member rated once. The number may be another than that of the groups the
// shares were counted from: so many groups like these.
type Design struct {
	groups int
	mix    []sizeShare
}

// sizeShare says what share of the groups has a size.
type sizeShare struct{ size, share float64 }

// Balanced is the design of groups of one size.
func Balanced(groups int, size float64) Design {
	return Design{groups: groups, mix: []sizeShare{{size: size, share: 1}}}
}

// design is the design of the groups at hand.
func (s *strata) design() Design {
	d := Design{groups: s.groups}
	for _, c := range s.classes {
		d.mix = append(d.mix, sizeShare{size: c.size, share: c.count / float64(s.groups)})
	}
	return d
}

// with is the design of another number of groups like these.
func (d Design) with(groups int) Design { return Design{groups: groups, mix: d.mix} }

// meanSize returns the members per group.
func (d Design) meanSize() float64 {
	var sum float64
	for _, m := range d.mix {
		sum += float64(m.share * m.size)
	}
	return sum
}

// alpha is the level of the one-sided test of group variance; the 90 % limits
// are its duals.
const alpha = 0.05

// freedoms returns the degrees of freedom; ok is false for a design without
// either.
func (d Design) freedoms() (dfB, dfW float64, ok bool) {
	dfB = float64(d.groups - 1)
	dfW = float64(float64(d.groups) * (d.meanSize() - 1))
	return dfB, dfW, dfB > 0 && dfW > 0
}

// between returns the expected value of H(tested) dfB in units of the residual
// variance when the ratio of variances is truth, and the degrees of freedom of
// the chi-square with its first two moments (Satterthwaite). With w = n/(1 + n
// tested) and v = 1/n + truth, the form sum w (ybar-mu)^2 has the mean
// sum wv - sum w^2 v/sum w and half the variance
// sum w^2 v^2 - 2 sum w^3 v^2/sum w + (sum w^2 v/sum w)^2. For equal sizes the
// degrees of freedom are dfB and everything made of this is exact. ok is false
// where so few groups cannot have these shares of sizes, as four cannot when
// one in a hundred is huge: then no sum of squares has such moments.
func (d Design) between(tested, truth float64) (mean, freedom float64, ok bool) {
	var w1, wv, wwv, wwvv, wwwvv float64
	for _, m := range d.mix {
		w := m.size / (1 + float64(m.size*tested))
		v := 1/m.size + truth
		x := float64(w * v)
		w1 += float64(m.share * w)
		wv += float64(m.share * x)
		wwv += float64(m.share * float64(w*x))
		wwvv += float64(m.share * float64(x*x))
		wwwvv += float64(m.share * float64(w*float64(x*x)))
	}
	k, ratio := float64(d.groups), wwv/w1
	mean = float64(k*wv) - ratio
	half := float64(k*wwvv) - 2*wwwvv/w1 + float64(ratio*ratio)
	return mean, mean * mean / half, mean > 0 && half > 0
}

// ratioOf returns the ratio of variances icc/(1-icc).
func ratioOf(icc float64) float64 { return icc / (1 - icc) }

// Power returns the chance that the one-way F test at .05 finds a true ICC in
// [0, 1). For n members in each group it is P(F(dfB, dfW) > F_crit/(1+n l)), l =
// icc/(1-icc), exactly; for unequal sizes n0 stands for n and dfB is replaced
// by Satterthwaite's (see between). It is 0 for a design that has no test or
// cannot be made of so few groups.
func (d Design) Power(icc float64) float64 {
	dfB, dfW, ok := d.freedoms()
	if !ok {
		return 0
	}
	mean, freedom, ok := d.between(0, ratioOf(icc))
	if !ok {
		return 0
	}
	return fdist.Upper(fdist.Quantile(1-alpha, dfB, dfW)*dfB/mean, freedom, dfW)
}

// ChanceNotPositive returns the chance that the estimate of a true ICC is zero
// or negative, P(F < 1/(1+n l)) for equal sizes. It is 1 for a design that has
// no estimate.
func (d Design) ChanceNotPositive(icc float64) float64 {
	dfB, dfW, ok := d.freedoms()
	if !ok {
		return 1
	}
	mean, freedom, ok := d.between(0, ratioOf(icc))
	if !ok {
		return 1
	}
	return fdist.Lower(dfB/mean, freedom, dfW)
}

// ChanceRuledOut returns the chance that, with no group variance at all, the
// upper 90 % limit falls below bound and the test finds nothing. The limit is
// below bound exactly when H(l_bound) < F(.05); for equal sizes that is F <
// F(.05) (1+n l_bound).
func (d Design) ChanceRuledOut(bound float64) float64 {
	dfB, dfW, ok := d.freedoms()
	if !ok {
		return 0
	}
	mean, freedom, ok := d.between(ratioOf(bound), 0)
	if !ok {
		return 0
	}
	return min(fdist.Lower(fdist.Quantile(alpha, dfB, dfW)*dfB/mean, freedom, dfW), 1-alpha)
}
