package course

import (
	"cmp"
	"context"
	"math"
	"slices"
)

// Influence says what becomes of a number when one member, or one group, is left
// out.
type Influence struct {
	Group  string
	Member string   // empty where a whole group is left out
	Value  *float64 // of what is left; nil where it is undefined then
	Change *float64 // Value minus the number of all
}

// Estimate computes a number from ratings, nil where it is undefined.
type Estimate func(ratings []Rating) *float64

// LeaveOneOut computes the number without each member in turn, or without each
// group, and returns the largest changes first; those that make it undefined come
// before all others. Progress, which may be nil, hears of every one. Who is left
// out is a member in one group: what the same name does in another stays.
func LeaveOneOut(ctx context.Context, ratings []Rating, byGroup bool, all *float64, estimate Estimate, progress func(done, total int)) ([]Influence, error) {
	type unit struct{ group, member string }
	unitOf := func(r Rating) unit {
		if byGroup {
			return unit{group: r.Group}
		}
		return unit{group: r.Group, member: r.Member}
	}
	units := make([]unit, 0, len(ratings))
	for _, r := range ratings {
		units = append(units, unitOf(r))
	}
	slices.SortFunc(units, func(a, b unit) int { return cmp.Or(cmp.Compare(a.group, b.group), cmp.Compare(a.member, b.member)) })
	units = slices.Compact(units)
	out := make([]Influence, 0, len(units))
	rest := make([]Rating, 0, len(ratings))
	for i, u := range units {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		rest = rest[:0]
		for _, r := range ratings {
			if unitOf(r) != u {
				rest = append(rest, r)
			}
		}
		x := Influence{Group: u.group, Member: u.member, Value: estimate(rest)}
		if x.Value != nil && all != nil {
			x.Change = finite(*x.Value - *all)
		}
		out = append(out, x)
		if progress != nil {
			progress(i+1, len(units))
		}
	}
	size := func(x Influence) float64 {
		if x.Change == nil {
			return math.Inf(1)
		}
		return math.Abs(*x.Change)
	}
	slices.SortStableFunc(out, func(a, b Influence) int { return cmp.Compare(size(b), size(a)) })
	return out, nil
}
