package decomposition

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"

	"holon/internal/caveat"
	"holon/internal/multilevel"
	"holon/internal/multilevel/fdist"
	"holon/internal/multilevel/montecarlo"
)

// Reliability is Cronbach's alpha of a scale of k items at each level, by
// moments: k/(k-1) (1 - tr S/1'S1) with S the covariance matrix of the level
// (Geldhof, Preacher and Zyphur 2014).
type Reliability struct {
	Counts      Counts
	Items       int
	N0          *float64
	Within      Quantity // of Sigma_W: does the scale tell members of one group apart?
	Between     Quantity // of the latent Sigma_B: does it tell groups apart, were they known without error?
	SingleLevel Quantity // of all rows, groups ignored: neither of both
	GroupMeans  Quantity // of the covariance of unweighted group means, which mixes in what is within
	GroupScore  GroupScore
	Seed        uint64            // of the intervals of MethodGroupsResamp
	Draws       int               // likewise
	Undefined   int               // draws of groups without an alpha between; they count as reaching both ends
	Reason      multilevel.Reason // why nothing could be computed; empty otherwise
	Caveats     caveat.Set
}

// GroupScore is the reliability of the mean over items and members as a measure
// of its group, for groups of the harmonic mean size n, from the variances that
// the two matrices hold per item (means of covariances and of variances):
//
//	G/(G + GI/k + M/n + e/(n k)).
type GroupScore struct {
	Members       *float64 // n
	Group         *float64 // G, mean covariance of two items in Sigma_B
	GroupByItem   *float64 // GI, mean variance in Sigma_B less G
	Member        *float64 // M, mean covariance in Sigma_W
	Residual      *float64 // e, mean variance in Sigma_W less M
	Generalizable *float64 // for other items of the same kind: as above
	TheseItems    *float64 // for these items: (G + GI/k)/(G + GI/k + M/n + e/(n k))
}

// summary is all of a covariance matrix that alpha looks at.
type summary struct{ trace, total float64 }

// plus returns s + f t.
func (s summary) plus(f float64, t summary) summary {
	return summary{s.trace + f*t.trace, s.total + f*t.total}
}

// alpha returns k/(k-1)(1 - trace/total); ok is false where the sum of the items
// has no variance.
func (s summary) alpha(k float64) (v float64, ok bool) {
	if !(s.total > 0) || !(s.trace > 0) {
		return 0, false
	}
	v = k / (k - 1) * (1 - s.trace/s.total)
	return v, finite(v)
}

// scaleItems holds the items of a scale in one common unit.
type scaleItems struct {
	*moments
	factor []float64 // from z of an item to the common unit
	common int       // its binary exponent
	inside []summary // within each group
	means  []float64 // group by group
}

// Alpha computes the reliability of a scale whose items are the measures of the
// table, scored in one direction. It returns the error of the context when that
// ends first.
func Alpha(ctx context.Context, t Table, o Options) (Reliability, error) {
	o = o.withDefaults()
	b, why := arrange(t)
	out := Reliability{Counts: Counts{Rows: len(t.Group), Groups: len(b.keys)}, Items: len(t.Measures), Reason: why}
	if why == "" && b.k < 2 {
		out.Reason = FewItems
	}
	if out.Reason != "" {
		return out, nil
	}
	m := reduce(b)
	if out.Reason = m.structure(); out.Reason != "" {
		return out, nil
	}
	if !slices.ContainsFunc(b.units, func(u unit) bool { return !u.flat }) {
		out.Reason = multilevel.NoVariation
		return out, nil
	}
	s := commonUnit(m)
	out.N0 = new(m.n0())
	out.estimate(s)
	if o.Draws == 0 {
		return out, nil
	}
	return out, out.resample(ctx, s, montecarlo.Plan{Draws: o.Draws, Seed: o.Seed, Progress: o.Progress})
}

// commonUnit brings the items to the largest of their units.
func commonUnit(m *moments) *scaleItems {
	s := &scaleItems{moments: m, factor: make([]float64, m.k), common: math.MinInt, means: slices.Clone(m.means)}
	for _, u := range m.units {
		if !u.flat {
			s.common = max(s.common, u.exp)
		}
	}
	for i, u := range m.units {
		if !u.flat {
			s.factor[i] = math.Ldexp(1, u.exp-s.common)
		}
	}
	for i := range s.means {
		s.means[i] *= s.factor[i%m.k]
	}
	for g := range m.keys {
		s.inside = append(s.inside, s.summarise(m.insideOf(g)))
	}
	return s
}

// insideOf returns the SSCP within group g.
func (m *moments) insideOf(g int) []float64 { return m.inside[g*m.k*m.k : (g+1)*m.k*m.k] }

// summarise reduces a matrix of sums of squares and products.
func (s *scaleItems) summarise(ss []float64) summary {
	var out summary
	for a := range s.k {
		out.trace += s.factor[a] * s.factor[a] * ss[a*s.k+a]
		for c := range s.k {
			out.total += s.factor[a] * s.factor[c] * ss[a*s.k+c]
		}
	}
	return out
}

// estimate fills in the four alphas and the reliability of the group score.
func (r *Reliability) estimate(s *scaleItems) {
	k := float64(s.k)
	w, b := s.summarise(s.within), s.summarise(s.between)
	msw, msb := w.times(1/s.dfW()), b.times(1/(s.groups()-1))
	latent := msb.plus(-1, msw).times(1 / s.n0())
	set := func(q *Quantity, of summary, level string) {
		v, ok := of.alpha(k)
		if !ok {
			r.Caveats.Add("alpha_undefined", "The sum of the items has no positive variance "+level+", so it has no alpha there.")
			return
		}
		q.Estimate = &v
	}
	set(&r.Within, msw, "within groups")
	set(&r.SingleLevel, w.plus(1, b), "over all rows")
	set(&r.GroupMeans, s.meansSummary(), "of group means")
	if r.usableBetween(s) {
		set(&r.Between, latent, "between groups")
	}
	if r.Between.Estimate != nil && *r.Between.Estimate > 1 {
		r.Caveats.Add("alpha_beyond_one", fmt.Sprintf("Alpha between groups is %.3g, beyond its range: the moment estimate of the covariance between groups "+
			"is not positive semidefinite. It is shown as it is.", *r.Between.Estimate))
	}
	r.feldt(s)
	r.GroupScore = s.groupScore(latent, msw)
}

// times returns f s.
func (s summary) times(f float64) summary { return summary{f * s.trace, f * s.total} }

// usableBetween tells whether every item has a positive variance between groups,
// without which alpha of the latent matrix is meaningless.
func (r *Reliability) usableBetween(s *scaleItems) bool {
	var flat, low []string
	for i, name := range s.names {
		switch {
		case s.units[i].flat:
			flat = append(flat, name)
		case s.latent(i, i) <= 0:
			low = append(low, name)
		}
	}
	if len(flat) > 0 {
		r.Caveats.Add("item_without_variation", "All values are equal of: item "+strings.Join(flat, ", item ")+".")
	}
	if len(low) > 0 {
		r.Caveats.Add("latent_variance_not_positive", "Alpha between groups is undefined, because the estimated variance between groups is zero or less of: item "+
			strings.Join(low, ", item ")+".")
	}
	return len(flat)+len(low) == 0
}

// meansSummary reduces the sums of squares and products of unweighted group
// means.
func (s *scaleItems) meansSummary() summary {
	mean, ss := make([]float64, s.k), make([]float64, s.k*s.k)
	squares(mean, ss, s.moments.means, ones(len(s.keys)))
	return s.summarise(ss)
}

// feldt adds the interval of alpha within groups that is exact for parallel
// items: (1-alpha^)/(1-alpha) has the F distribution with (N-J)(k-1) and N-J
// degrees of freedom (Feldt 1965, with the degrees of freedom within groups).
func (r *Reliability) feldt(s *scaleItems) {
	if r.Within.Estimate == nil {
		return
	}
	d2 := s.dfW()
	d1 := d2 * float64(s.k-1)
	rest := 1 - *r.Within.Estimate
	for _, level := range confidences() {
		low, high := fdist.Quantile((1-level)/2, d1, d2), fdist.Quantile((1+level)/2, d1, d2)
		r.Within.interval(MethodFeldt, level, 1-rest/low, 1-rest/high)
	}
}

// groupScore takes the two matrices apart into the variances of the design
// groups x items with members in groups.
func (s *scaleItems) groupScore(b, w summary) GroupScore {
	k, n := float64(s.k), s.harmonic()
	g, m := (b.total-b.trace)/(k*(k-1)), (w.total-w.trace)/(k*(k-1))
	gi, e := b.trace/k-g, w.trace/k-m
	out := GroupScore{Members: &n}
	wr := writer{units: s.units}
	out.Group, out.GroupByItem = wr.power(g, 2*s.common), wr.power(gi, 2*s.common)
	out.Member, out.Residual = wr.power(m, 2*s.common), wr.power(e, 2*s.common)
	score := b.total / (k * k)
	if whole := score + w.total/(k*k*n); whole > 0 && score > 0 {
		out.TheseItems = new(score / whole)
		if g >= 0 {
			out.Generalizable = new(g / whole)
		}
	}
	return out
}

// resample adds percentile intervals over groups drawn with replacement.
func (r *Reliability) resample(ctx context.Context, s *scaleItems, plan montecarlo.Plan) error {
	kinds := []*Quantity{&r.Within, &r.Between, &r.SingleLevel, &r.GroupMeans}
	draws := make([][4]float64, plan.Draws)
	err := montecarlo.Run(ctx, plan, func() func(int, *rand.Rand) {
		picked, grand := make([]int, len(s.keys)), make([]float64, 2*s.k)
		return func(i int, rng *rand.Rand) {
			for g := range picked {
				picked[g] = rng.IntN(len(picked))
			}
			draws[i] = s.resampled(picked, grand)
		}
	})
	if err != nil {
		return err
	}
	r.Draws, r.Seed = plan.Draws, plan.Seed
	for c, q := range kinds {
		values := make([]float64, 0, len(draws))
		for i := range draws {
			if v := draws[i][c]; !math.IsNaN(v) {
				values = append(values, v)
			}
		}
		slices.Sort(values)
		missing := len(draws) - len(values)
		if q == &r.Between {
			r.Undefined = missing
		}
		if q.Estimate == nil {
			continue
		}
		for _, level := range confidences() {
			lower, upper := percentiles(values, missing, level)
			q.interval(MethodGroupsResamp, level, lower, min(1, upper))
		}
	}
	if r.Undefined > 0 {
		r.Caveats.Add("bootstrap_gaps", fmt.Sprintf("In %d of %d draws of groups alpha between groups was undefined; these count as reaching both ends of its interval.",
			r.Undefined, plan.Draws))
	}
	return nil
}

// resampled returns the four alphas of a draw of groups, NaN where undefined.
func (s *scaleItems) resampled(picked []int, grand []float64) [4]float64 {
	clear(grand)
	weighted, plain := grand[:s.k], grand[s.k:]
	var rows, square float64
	var w summary
	for _, g := range picked {
		n := s.sizes[g]
		rows += n
		square += n * n
		w = w.plus(1, s.inside[g])
		for c := range s.k {
			v := s.means[g*s.k+c]
			weighted[c] += n * v
			plain[c] += v
		}
	}
	j, k := float64(len(picked)), float64(s.k)
	var b, u summary
	for _, g := range picked {
		var sum, sumPlain float64
		for c := range s.k {
			v := s.means[g*s.k+c]
			d, e := v-weighted[c]/rows, v-plain[c]/j
			sum += d
			sumPlain += e
			b.trace += s.sizes[g] * d * d
			u.trace += e * e
		}
		b.total += s.sizes[g] * sum * sum
		u.total += sumPlain * sumPlain
	}
	n0 := (rows - square/rows) / (j - 1)
	msw := w.times(1 / (rows - j))
	latent := b.times(1/(j-1)).plus(-1, msw).times(1 / n0)
	var out [4]float64
	for i, v := range []summary{msw, latent, w.plus(1, b), u} {
		a, ok := v.alpha(k)
		if !ok {
			a = math.NaN()
		}
		out[i] = a
	}
	return out
}
