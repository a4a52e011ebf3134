package multilevel

import (
	"context"
	"math"

	"holon/internal/multilevel/totals"
)

// TotalsOf returns the totals of a one-way table by group size; ok is false where
// there is no rating, one is not finite, or a total cannot be written in the unit
// of the ratings. It panics when Group and Y differ in length.
func TotalsOf(d OneWay) (out totals.Table, ok bool) {
	if len(d.Group) != len(d.Y) {
		panic("multilevel: groups and ratings differ in length")
	}
	lo, hi, finite := extent(d.Y)
	if !finite || len(d.Y) == 0 {
		return totals.Table{}, false
	}
	s := stratify(tabulate(d, lo, hi))
	out.Origin = s.scale.origin
	x := express{scale: &s.scale}
	for _, c := range s.classes {
		out.Shapes = append(out.Shapes, totals.Shape{
			Members: int(c.size), Sessions: 1, Groups: int(c.count),
			Mean: x.width(c.mean), Group: x.plain(s.scale.square(c.size * c.ss)), Residual: x.plain(s.scale.square(c.within)),
		})
	}
	return out, !x.failed
}

// TestTotals is TestGroupLevel for data of which only the totals by group size are
// known. What needs single groups, such as their predictions, is nil.
func TestTotals(t totals.Table, o Options) GroupLevel {
	r, _ := testTotals(t, o.withDefaults())
	return r
}

// TestTotalsInFull is TestTotals with the tests that are made by simulation, as
// TestGroupLevelInFull makes them; members whose ratings are not known cannot be
// dealt to groups at random, so there is no permutation test.
func TestTotalsInFull(ctx context.Context, t totals.Table, o Options) (GroupLevel, error) {
	o = o.withDefaults()
	r, more := testTotals(t, o)
	return inFull(ctx, r, more, o)
}

// testTotals tests totals, and returns what further tests start from.
func testTotals(t totals.Table, o Options) (GroupLevel, *tested) {
	if t.Ratings() == 0 {
		return undecided(o, Counts{}, Facts{Structure: NoData}), nil
	}
	s := strataOf(t)
	return s.test(o, s.between == 0 && s.within == 0, nil)
}

// strataOf returns the strata of totals, whose groups are known by their class
// only. They are in the unit that ratings so far apart would have.
func strataOf(t totals.Table) strata {
	mean, between, within := t.Moments()
	spread := math.Sqrt((between + within) / float64(t.Ratings()))
	s := strata{groups: t.Groups(), ratings: t.Ratings(), scale: newScale(0, spread)}
	s.scale.origin = t.Origin
	width := func(v float64) float64 { return math.Ldexp(v, -s.scale.exp) }
	square := func(v float64) float64 { return math.Ldexp(v, -2*s.scale.exp) }
	s.grand, s.between, s.within = width(mean), square(between), square(within)
	for _, shape := range t.Shapes {
		size := float64(shape.Members)
		s.classes = append(s.classes, class{
			size: size, count: float64(shape.Groups), mean: width(shape.Mean),
			ss: square(shape.Group) / size, within: square(shape.Residual),
		})
	}
	// No two ratings are further apart than this.
	s.dropDust(math.Sqrt(2 * (s.between + s.within)))
	if s.between == 0 {
		s.level()
	}
	return s
}
