package grouplevel

import (
	"math"

	"holon/internal/multilevel/totals"
)

// complete is the layout of complete tables of which only the totals are known.
type complete struct {
	totals.Table
	unit
}

// completeOf returns the layout, in a unit in which ratings spread over about one.
func completeOf(t totals.Table) *complete {
	_, between, within := t.Moments()
	c := &complete{Table: t, unit: unit{low: t.Origin, constant: between == 0 && within == 0}}
	if spread := math.Sqrt((between + within) / float64(t.Ratings())); spread > 0 {
		c.exp = math.Ilogb(spread)
	}
	return c
}

// squared returns a sum of squares in units of z.
func (c *complete) squared(ss float64) float64 { return math.Ldexp(ss, -2*c.exp) }

// extent counts the ratings and the groups.
func (c *complete) extent() (ratings, groups int) { return c.Ratings(), c.Groups() }

// scale returns the unit of z.
func (c *complete) scale() unit { return c.unit }

// sizes describes the groups.
func (c *complete) sizes() sizes {
	var s sizing
	for i := range c.Shapes {
		sh := &c.Shapes[i]
		s.add(float64(sh.Groups), sh.Members*sh.Sessions, math.Ldexp(sh.Mean, -c.exp))
	}
	return s.described()
}

// harmonic returns the harmonic means of members and sessions.
func (c *complete) harmonic(shared bool) (members, sessions float64) {
	var ofMembers, ofSessions mean
	for i := range c.Shapes {
		sh := &c.Shapes[i]
		ofSessions.add(sh.Groups*sh.Members, sh.Sessions)
		if shared {
			ofMembers.add(sh.Groups*sh.Sessions, sh.Members)
		} else {
			ofMembers.add(sh.Groups, sh.Members)
		}
	}
	return ofMembers.harmonic(), ofSessions.harmonic()
}

// sessionsOfSeveral counts the sessions of two ratings and more.
func (c *complete) sessionsOfSeveral() int {
	several := 0
	for i := range c.Shapes {
		if sh := &c.Shapes[i]; sh.Members > 1 {
			several += sh.Groups * sh.Sessions
		}
	}
	return several
}

// crossedLines returns the analysis of variance of tables of one shape.
func (c *complete) crossedLines() (lines [4]stratum, sh shape, ok bool) {
	if len(c.Shapes) != 1 {
		return lines, sh, false
	}
	of := &c.Shapes[0]
	sh = shape{groups: of.Groups, members: of.Members, sessions: of.Sessions}
	g, m, s, n := float64(of.Groups), float64(of.Members), float64(of.Sessions), of.Ratings()
	return [4]stratum{
		{group, clean(c.squared(of.Group), n), g - 1},
		{member, clean(c.squared(of.Member), n), g * (m - 1)},
		{session, clean(c.squared(of.Session), n), g * (s - 1)},
		{residual, clean(c.squared(of.Residual), n), g * (m - 1) * (s - 1)},
	}, sh, sh.members > 1 && sh.sessions > 1
}

// nestedLines returns the analysis of variance where sessions, or members, are
// units that nothing crosses; of members, what sessions share is in the residual.
func (c *complete) nestedLines(of level) (lines [3]stratum, sh shape, ok bool) {
	four, sh, ok := c.crossedLines()
	if !ok {
		return lines, sh, false
	}
	own, crossing := four[1], four[2]
	if of == session {
		own, crossing = crossing, own
		sh.members, sh.sessions = sh.sessions, sh.members
	}
	return [3]stratum{four[0], own, {residual, crossing.ss + four[3].ss, crossing.df + four[3].df}}, sh, true
}

// spectrum returns what the exact test of members or sessions needs, with the
// other or the group taken out. In complete tables every difference between units
// has the weight of one unit's ratings.
func (c *complete) spectrum(of, out level) (sp spectrum, ok bool) {
	for i := range c.Shapes {
		sh := &c.Shapes[i]
		g, m, s := float64(sh.Groups), float64(sh.Members), float64(sh.Sessions)
		own, other, weight, units, ratings := sh.Session, sh.Member, m, s, m
		if of == member {
			own, other, weight, units, ratings = sh.Member, sh.Session, s, m, s
		}
		rest, df := sh.Residual, (units-1)*(ratings-1)
		if out == group { // nothing crosses the units
			rest, df = rest+other, df+ratings-1
		}
		if units > 1 {
			sp.weight, sp.square = append(sp.weight, weight), append(sp.square, c.squared(own))
		}
		sp.ss += c.squared(own)
		sp.sse += c.squared(rest)
		sp.df += g * (units - 1)
		sp.dfe += g * df
	}
	sp.tidy(c.Ratings())
	return sp, true
}

// atEnds counts nothing: single ratings are not known.
func (c *complete) atEnds() (lowest, highest int, known bool) { return 0, 0, false }
