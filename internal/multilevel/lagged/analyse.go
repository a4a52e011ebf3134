package lagged

import (
	"context"
	"slices"

	"holon/internal/multilevel"
	"holon/internal/multilevel/clustered"
)

// Options are the options of Analyse.
type Options struct {
	Bound    float64 // 0 means DefaultBound
	Draws    int     // of the difference's interval; 0 means DefaultDraws, less than 0 none
	Seed     uint64  // 0 means multilevel.DefaultSeed
	Progress func(done, total int)
}

// DefaultDraws is how many draws are made unless a number is given.
const DefaultDraws = 1999

// filled returns the options with the defaults in their places.
func (o Options) filled() Options {
	if o.Bound == 0 {
		o.Bound = DefaultBound
	}
	if o.Draws == 0 {
		o.Draws = DefaultDraws
	}
	if o.Seed == 0 {
		o.Seed = multilevel.DefaultSeed
	}
	return o
}

// Analyse asks whether X goes before Y, and Y before X, within members. The
// regression of an arrow, of pairs of sessions that follow each other, is
//
//	y_s = m_i + a y_(s-1) + b x_(s-1)                                 Raw
//	y_s = m_i + d_i t_s + a y_(s-1) + b x_(s-1)                       Detrended
//	y_s = m_i + d_i t_s + a y_(s-1) + b x_(s-1) + c X + e Y + f g     Adjusted
//
// with m_i and d_i of each member, X and Y the means of the others who were in
// session s-1 where there are groups, and g the time between the two where it
// differs. Adjusted, with the bias of short courses taken out, answers. Values must
// be finite. The only error is that of
// the context.
func Analyse(ctx context.Context, t Table, o Options) (Result, error) {
	o = o.filled()
	l := lay(t)
	r := Result{Members: l.members, Occasions: len(l.occasions), Pairs: len(l.pairs), Bound: o.Bound, Alpha: Alpha, ClusteredOn: "member"}
	if t.Grouped {
		r.ClusteredOn = "group"
	}
	structure := l.structure()
	if structure != "" {
		r.decide(structure)
		r.remark(t.Grouped)
		return r, nil
	}
	r.Together, r.Gap = l.together(), l.gaps()
	deciding := kind{trend: true, others: t.Grouped, gap: r.Gap.Covariate}
	if deciding.gap {
		try := columnsOf(l.pairs, 0, deciding)
		if m := try.fit(0, deciding, l.scale); m.Reason == clustered.Collinear || m.Reason == clustered.NoVariation {
			deciding.gap, r.Gap.Covariate = false, false
		}
	}
	var adjusted [2]columns
	for from, a := range []*Arrow{&r.Forward, &r.Backward} {
		fit := func(k kind) (Model, columns) {
			c := columnsOf(l.pairs, from, k)
			return c.fit(from, k, l.scale), c
		}
		a.Raw, _ = fit(kind{})
		a.Detrended, _ = fit(kind{trend: true})
		a.Adjusted, adjusted[from] = fit(deciding)
		a.Nickell = nickellOf(l.pairs, a.Raw.Own.Estimate)
	}
	if r.Forward.Adjusted.Reason == "" && r.Backward.Adjusted.Reason == "" {
		r.straightened(&adjusted[0], &adjusted[1], l.scale, deciding.trend)
	}
	r.decide("")
	r.remark(t.Grouped)
	if r.Answer == multilevel.NotIdentifiable {
		return r, nil
	}
	var err error
	r.Difference, err = compare(ctx, momentsOf(&adjusted[0], &adjusted[1], deciding.trend), o)
	return r, err
}

// structure says why the data can never show it; empty if they can.
func (l *laid) structure() multilevel.Reason {
	switch {
	case len(l.occasions) == 0:
		return multilevel.NoData
	case l.longest < 3:
		return FewSessions
	case len(l.pairs) == 0:
		return NoPairs
	default:
		return ""
	}
}

// gaps says how far the sessions of pairs lie apart.
func (l *laid) gaps() Gap {
	all := make([]float64, 0, len(l.pairs))
	for i := range l.pairs {
		all = append(all, l.pairs[i].after.Time-l.pairs[i].before.Time)
	}
	slices.Sort(all)
	least, most := all[0], all[len(all)-1]
	return Gap{Least: finite(least), Median: finite(clustered.Percentile(all, 0.5)), Most: finite(most), Covariate: most > least}
}

// Refused returns the result of a question that would mislead, without a number.
func Refused(why multilevel.Reason, grouped bool) Result {
	o := Options{}.filled()
	r := Result{Bound: o.Bound, Alpha: Alpha, ClusteredOn: "member", Answer: multilevel.Refused, Reason: why}
	if grouped {
		r.ClusteredOn = "group"
	}
	return r
}
