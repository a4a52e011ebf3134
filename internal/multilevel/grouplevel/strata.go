package grouplevel

import "math"

// shape is the form that all groups of a balanced table share.
type shape struct {
	groups   int
	members  int // of a group; of nested units, how many a group has
	sessions int // of a group; of nested units, how many ratings each has
}

// stratum is one line of an analysis of variance, in units of z squared.
type stratum struct {
	level level
	ss    float64
	df    float64
}

// ms returns the mean square, 0 without degrees of freedom.
func (s stratum) ms() float64 {
	if s.df <= 0 {
		return 0
	}
	return s.ss / s.df
}

// dust is the sum of squares that rounding alone can leave in n ratings that
// spread over about one.
func dust(n int) float64 { return float64(n) * 0x1p-100 }

// clean sets to zero what rounding alone can have left.
func clean(ss float64, n int) float64 {
	if ss <= dust(n) {
		return 0
	}
	return ss
}

// crossedShape tells whether every group is a complete table of the same
// numbers of members and sessions.
func (x *index) crossedShape() (shape, bool) {
	first := &x.blocks[0]
	sh := shape{groups: len(x.blocks), members: len(first.members), sessions: len(first.sessions)}
	for i := range x.blocks {
		b := &x.blocks[i]
		if len(b.members) != sh.members || len(b.sessions) != sh.sessions || len(b.cells) != sh.members*sh.sessions {
			return shape{}, false
		}
	}
	return sh, sh.members > 1 && sh.sessions > 1
}

// nestedShape tells whether every group has the same number of units, members
// or sessions, with the same number of ratings each.
func (x *index) nestedShape(unit level) (shape, bool) {
	sh := shape{groups: len(x.blocks)}
	for i := range x.blocks {
		sizes := x.blocks[i].perUnit(unit)
		if i == 0 {
			sh.members, sh.sessions = len(sizes), sizes[0]
		}
		if len(sizes) != sh.members {
			return shape{}, false
		}
		for _, n := range sizes {
			if n != sh.sessions {
				return shape{}, false
			}
		}
	}
	return sh, sh.members > 1 && sh.sessions > 1
}

// perUnit counts the ratings of each member or session, or of the group.
func (b *block) perUnit(unit level) []int {
	switch unit {
	case session:
		return b.perSession()
	case member:
		return b.perMember()
	default:
		return []int{len(b.cells)}
	}
}

// grid returns the ratings of a complete group, member by member.
func (b *block) grid() []float64 {
	z := make([]float64, len(b.cells))
	for _, c := range b.cells {
		z[c.member*len(b.sessions)+c.session] = c.z
	}
	return z
}

// crossedStrata returns the lines group, member, session and residual of
// complete tables, in whose order the expected mean squares are e + sM + mS +
// msG, e + sM, e + mS and e, s and m being how many sessions and members there are.
func crossedStrata(grids [][]float64, sh shape) [4]stratum {
	m, s, g := sh.members, sh.sessions, len(grids)
	n := g * m * s
	means := make([]float64, g)
	var ssM, ssS, ssE float64
	rows, cols := make([]float64, m), make([]float64, s)
	for k, z := range grids {
		means[k] = marginals(z, rows, cols)
		for i, r := range rows {
			ssM += float64(s) * sq(r-means[k])
			for j, c := range cols {
				ssE += sq(z[i*s+j] - r - c + means[k])
			}
		}
		for _, c := range cols {
			ssS += float64(m) * sq(c-means[k])
		}
	}
	ssG := float64(m*s) * squares(means)
	return [4]stratum{
		{group, clean(ssG, n), float64(g - 1)},
		{member, clean(ssM, n), float64(g * (m - 1))},
		{session, clean(ssS, n), float64(g * (s - 1))},
		{residual, clean(ssE, n), float64(g * (m - 1) * (s - 1))},
	}
}

// marginals fills in the means of rows and columns of a complete table and
// returns the mean of all.
func marginals(z, rows, cols []float64) (mean float64) {
	s := len(cols)
	clear(cols)
	for i := range rows {
		var sum float64
		for j, v := range z[i*s : (i+1)*s] {
			sum += v
			cols[j] += v
		}
		rows[i] = sum / float64(s)
		mean += sum
	}
	for j := range cols {
		cols[j] /= float64(len(rows))
	}
	return mean / float64(len(z))
}

// nestedStrata returns the lines group, unit and residual of equal units in
// equal groups, with expected mean squares e + nU + unG, e + nU and e for u
// units of n ratings.
func (x *index) nestedStrata(unit level, sh shape) [3]stratum {
	var ssU, ssE float64
	groups := make([]float64, len(x.blocks))
	for k := range x.blocks {
		b := &x.blocks[k]
		sums := make([]float64, len(b.perUnit(unit)))
		for _, c := range b.cells {
			sums[c.unit(unit)] += c.z
		}
		for i := range sums {
			sums[i] /= float64(sh.sessions)
			groups[k] += sums[i] / float64(sh.members)
		}
		for _, c := range b.cells {
			ssE += sq(c.z - sums[c.unit(unit)])
		}
		ssU += float64(sh.sessions) * squares(sums)
	}
	n, g := x.ratings, len(x.blocks)
	return [3]stratum{
		{group, clean(float64(sh.members*sh.sessions)*squares(groups), n), float64(g - 1)},
		{unit, clean(ssU, n), float64(g * (sh.members - 1))},
		{residual, clean(ssE, n), float64(n - g*sh.members)},
	}
}

// unit returns the number of the member or session of a cell in its group, or
// of the group itself.
func (c cell) unit(l level) int {
	switch l {
	case session:
		return c.session
	case member:
		return c.member
	default:
		return 0
	}
}

// squares returns the sum of squares about the mean.
func squares(v []float64) float64 {
	var mean, ss float64
	for _, x := range v {
		mean += x
	}
	mean /= float64(len(v))
	for _, x := range v {
		ss += sq(x - mean)
	}
	return ss
}

// sq returns the square.
func sq(v float64) float64 { return float64(v * v) }

// quasiF is an F-like ratio of sums of mean squares, with Satterthwaite's
// degrees of freedom.
type quasiF struct {
	f, df1, df2 float64
	ok          bool
}

// sumForm returns (MSg + MSe)/(MSm + MSs), whose two parts have the same
// expectation without group variance and can neither be negative.
func sumForm(a [4]stratum) quasiF {
	g, m, s, e := a[0].ms(), a[1].ms(), a[2].ms(), a[3].ms()
	return quasiF{
		f:   (g + e) / (m + s),
		df1: satterthwaite(a[0], a[3]),
		df2: satterthwaite(a[1], a[2]),
		ok:  m+s > 0 && g+e > 0,
	}
}

// differenceForm returns MSg/(MSm + MSs - MSe); not ok where the denominator is
// not positive.
func differenceForm(a [4]stratum) quasiF {
	down := a[1].ms() + a[2].ms() - a[3].ms()
	return quasiF{
		f:   a[0].ms() / down,
		df1: a[0].df,
		df2: sq(down) / (share(a[1]) + share(a[2]) + share(a[3])),
		ok:  down > 0,
	}
}

// satterthwaite returns the degrees of freedom of a sum of mean squares,
// (sum MS)^2/sum(MS^2/df).
func satterthwaite(a, b stratum) float64 { return sq(a.ms()+b.ms()) / (share(a) + share(b)) }

// share returns MS^2/df, 0 without degrees of freedom.
func share(s stratum) float64 {
	if s.df <= 0 {
		return 0
	}
	return sq(s.ms()) / s.df
}

// finite tells whether a number is one.
func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }
