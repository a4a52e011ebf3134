package agreement

import (
	"context"
	"math"
	"slices"

	"holon/internal/multilevel"
	"holon/internal/multilevel/montecarlo"
)

// Analyse computes the agreement of every group, its cut-offs under stated nulls
// and under the null of strangers, the averages over groups, and ICC(1) of the
// members' means. A table that it cannot use gives a Result with a Reason. The
// error is that of the context, or ErrProportions for a null of another scale.
func Analyse(ctx context.Context, t *Table, o Options) (Result, error) {
	o = o.withDefaults()
	r := Result{Scale: t.Scale, Items: slices.Clone(t.Items), Members: len(t.Rows), Excluded: t.Excluded.List()}
	if r.Reason = t.fault(); r.Reason != "" {
		return r, nil
	}
	g := t.grid()
	r.Options = g.options
	nulls := o.nulls(g.options)
	for _, null := range nulls {
		if len(null.Proportions) != g.options || !(null.Variance() > 0) {
			return Result{}, ErrProportions
		}
		r.Nulls = append(r.Nulls, NullVariance{null, null.Variance() * g.step * g.step})
	}
	r.MaxDissensus = new(MaxDissensus(g.options).Variance() * g.step * g.step)
	r.ADCut = new(float64(g.options) / 6 * g.step)
	r.Ends = g.ends(0, g.rows())
	for _, b := range g.groups {
		r.Groups = append(r.Groups, g.describe(t, b, nulls))
	}
	if err := r.resample(ctx, g, nulls, o); err != nil {
		return Result{}, err
	}
	r.summarise(t, g, nulls)
	r.reserve()
	return r, nil
}

// describe returns a group's indices, without anything drawn.
func (g *grid) describe(t *Table, b block, nulls []Null) Group {
	out := Group{Key: b.key, N: b.size(), Ends: g.ends(b.first, b.end)}
	if b.size() < 2 {
		out.Reason = OneMember
		return out
	}
	m := g.momentsOf(b)
	n, square := float64(m.n), g.step*g.step
	mean := g.variance(m.v, m.n)
	out.Items = make([]Item, g.items)
	for k, at := range g.place {
		s2 := float64(m.variances[k]) / (n * (n - 1))
		item := Item{
			Name: t.Items[at], Variance: new(s2 * square),
			Mean: new(t.Scale.Low + float64(m.sum[k])/n*g.step),
		}
		if a, ok := awg(m.variances[k], m.sum[k], m.n, g.options); ok {
			item.AWG = &a
		}
		for _, null := range nulls {
			e := null.Variance()
			value, raw := rwg(s2, e)
			item.RWG = append(item.RWG, ItemNull{RWG: &value, Raw: &raw, Truncated: s2 > e})
		}
		out.Items[at] = item
	}
	out.MeanVariance = new(mean * square)
	for _, null := range nulls {
		e := null.Variance()
		out.ByNull = append(out.ByNull, ByNull{
			Null: null.Name, RWGJ: new(rwgJ(mean, e, g.items)), Truncated: mean > e, RStar: new(1 - mean/e),
		})
	}
	out.RStarMaxDis = new(1 - mean/MaxDissensus(g.options).Variance())
	if a, defined := g.meanAWG(m.variances, m.sum, m.n); defined > 0 {
		out.AWG, out.AWGItems = &a, defined
	}
	h := float64(g.options - 1)
	out.AWGFrom, out.AWGTo = new(t.Scale.Low+h/n*g.step), new(t.Scale.Low+h*(n-1)/n*g.step)
	answers := n * float64(g.items)
	out.ADMean = new(float64(m.adM) / n / answers * g.step)
	out.ADMedian = new(float64(m.adMd) / answers * g.step)
	return out
}

// ends counts the ratings at the ends of the scale among rows.
func (g *grid) ends(first, end int) Ends {
	e := Ends{Ratings: (end - first) * g.items}
	top, low := 0, 0
	for _, c := range g.cells[first*g.items : end*g.items] {
		switch c {
		case 0:
			low++
		case int64(g.options - 1):
			top++
		}
	}
	e.Top, e.Bottom = float64(top)/float64(e.Ratings), float64(low)/float64(e.Ratings)
	share := max(e.Top, e.Bottom)
	e.Compressed = share >= 1.0/3 && share > 2/float64(g.options)
	return e
}

// resample fills in everything that rests on a null distribution.
func (r *Result) resample(ctx context.Context, g *grid, nulls []Null, o Options) error {
	if len(g.sizes) == 0 {
		return nil
	}
	stages, done := 0, 0
	if len(g.groups) > 1 {
		stages++ // strangers
	}
	if g.items > 1 {
		stages++ // the stated nulls
	}
	plan := func(stream uint64) montecarlo.Plan {
		before := done
		p := montecarlo.Plan{Draws: o.Draws, Seed: o.Seed ^ stream<<32}
		if o.Progress != nil {
			p.Progress = func(n, _ int) { o.Progress(before+n, stages*o.Draws) }
		}
		return p
	}
	if len(g.groups) > 1 {
		if err := r.resampleStrangers(ctx, g, nulls, plan(0)); err != nil {
			return err
		}
		done += o.Draws
	}
	items, drawn, err := itemLaws(ctx, o, nulls, g.sizes)
	if err != nil {
		return err
	}
	r.ItemCutoffs = cutoffs(items, nulls, g.sizes, g.step, 1, drawn, o)
	r.itemChances(g, items)
	if g.items == 1 {
		r.chances(g, items, drawn, o)
		return nil
	}
	c := g.correlations()
	whole, err := drawnLaws(ctx, plan(1), c, nulls, g.sizes)
	if err != nil {
		return err
	}
	if c.constant > 0 {
		r.noteConstant(c.constant)
	}
	every := slices.Repeat([]bool{true}, len(nulls))
	r.Cutoffs = cutoffs(whole, nulls, g.sizes, g.step, g.items, every, o)
	r.chances(g, whole, every, o)
	return nil
}

// itemChances fills in the p of every item of every group.
func (r *Result) itemChances(g *grid, laws [][]law) {
	for i := range r.Groups {
		gr := &r.Groups[i]
		if gr.Reason != "" {
			continue
		}
		s, _ := slices.BinarySearch(g.sizes, gr.N)
		m := g.momentsOf(g.groups[i])
		for k, at := range g.place {
			for null := range laws {
				gr.Items[at].RWG[null].P = new(laws[null][s].upTo(m.variances[k]))
			}
		}
	}
}

// chances fills in the p of every group's mean variance.
func (r *Result) chances(g *grid, laws [][]law, drawn []bool, o Options) {
	for i := range r.Groups {
		gr := &r.Groups[i]
		if gr.Reason != "" {
			continue
		}
		s, _ := slices.BinarySearch(g.sizes, gr.N)
		v := g.momentsOf(g.groups[i]).v
		for null := range laws {
			l := &laws[null][s]
			if !drawn[null] {
				gr.ByNull[null].P = new(l.upTo(v))
				continue
			}
			reach := int(math.Round(l.upTo(v) * float64(o.Draws)))
			p, se := montecarlo.PValue(reach, o.Draws)
			gr.ByNull[null].P = &p
			gr.ByNull[null].MonteCarlo = &multilevel.MonteCarlo{Draws: o.Draws, Seed: o.Seed, SE: se}
		}
	}
}

// resampleStrangers sets every group beside strangers.
func (r *Result) resampleStrangers(ctx context.Context, g *grid, nulls []Null, plan montecarlo.Plan) error {
	st, err := g.meet(ctx, plan, nulls[0].Variance())
	if err != nil {
		return err
	}
	for i := range r.Groups {
		if gr := &r.Groups[i]; gr.Reason == "" {
			m := g.momentsOf(g.groups[i])
			gr.Strangers = st.against(&m, gr.AWG)
		}
	}
	for s, n := range st.sizes {
		r.Strangers = append(r.Strangers, st.limits(g, s, n, nulls))
	}
	sum, reach, observed := 0.0, 0, r.meanRWGJ(0)
	for _, x := range st.mean {
		sum += x
		if x >= *observed-slack {
			reach++
		}
	}
	r.Summary.StrangersMean = new(sum / float64(len(st.mean)))
	r.Summary.MeanChance = st.chance(reach)
	return nil
}

// limits returns the limits of one size.
func (st *strangers) limits(g *grid, s, n int, nulls []Null) Stranger {
	out := Stranger{N: n, AWGUndefined: st.undefined(s), Draws: st.plan.Draws, Seed: st.plan.Seed}
	variance := func(i int) float64 { return g.variance(st.v[s][i], n) }
	out.Variance = st.limit(func(i int) float64 { return variance(i) * g.step * g.step })
	for _, null := range nulls {
		e := null.Variance()
		out.RWGJ = append(out.RWGJ, st.limit(func(i int) float64 { return rwgJ(variance(i), e, g.items) }))
	}
	answers := float64(n) * float64(n) * float64(g.items)
	out.ADMean = st.limit(func(i int) float64 { return float64(st.adM[s][i]) / answers * g.step })
	defined := st.plan.Draws - out.AWGUndefined
	out.AWG = st.limit(func(i int) float64 {
		if i >= defined {
			return math.Inf(-1)
		}
		return st.awg[s][defined-1-i]
	})
	return out
}
