package crossed

import (
	"math"

	"holon/internal/multilevel/totals"
)

// OfTotals returns the summary of groups of which only the totals by shape are
// known. Nothing can be predicted of single groups.
func OfTotals(t totals.Table) (*Summary, error) {
	if t.Ratings() == 0 {
		return nil, NoData
	}
	_, between, within := t.Moments()
	spread := math.Sqrt((between + within) / float64(t.Ratings()))
	sc, _ := scale{origin: t.Origin}.widened(0, spread, true)
	l := layout{shared: true, ratings: t.Ratings(), count: t.Groups(), tight: true}
	s := &Summary{layout: &l, scale: sc, pooled: true}
	square := func(v float64) float64 { return math.Ldexp(v, -2*sc.exp) }
	for i := range t.Shapes {
		of := &t.Shapes[i]
		l.members += of.Groups * of.Members
		l.sessions += of.Groups * of.Sessions
		l.tight = l.tight && min(of.Members, of.Sessions) == 1
		l.shapes = append(l.shapes, shape{members: of.Members, sessions: of.Sessions, pattern: -1, count: of.Groups})
		s.pools = append(s.pools, pool{
			mean:  math.Ldexp(of.Mean, -sc.exp),
			group: square(of.Group), member: square(of.Member), session: square(of.Session), residual: square(of.Residual),
		})
	}
	s.settle()
	return s, nil
}
