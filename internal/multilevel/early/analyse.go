package early

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"gonum.org/v1/gonum/stat/distuv"

	"holon/internal/multilevel"
	"holon/internal/multilevel/clustered"
	"holon/internal/multilevel/montecarlo"
)

// Options are the options of Analyse.
type Options struct {
	Draws    int    // of every interval by resampling; 0 means DefaultDraws, less than 0 none
	Seed     uint64 // 0 means multilevel.DefaultSeed
	Progress func(done, total int)
}

// The numbers of the rule and of what is computed beside.
const (
	DefaultDraws  = 1999
	Alpha         = 0.05
	Bound         = 0.10 // standard deviations for each standard deviation
	PlannedR      = 0.12 // of alliance and outcome, in groups
	fewestGroups  = 4    // from which a verdict may be given
	betweenGroups = 10   // from which lines between groups are drawn
	steadyGroups  = 10   // from which few groups need not be mentioned
	leastDF       = 4    // of Satterthwaite's, below which CR2 is not to be believed (Tipton 2015)
	wantedPower   = 0.80
)

// Analyse fits, for each predictor A by itself,
//
//	final = m_g + b1 baseline + b2 change + b3 A
//
// with m_g of each group (Within), with one mean (Whole), and of groups' means
// (Between), and the parts of the alliance at once within groups. Standardised
// slopes are b3 SD(A)/SD(final), with the standard deviations that the model
// sees. Increments are differences of R². Values must be finite or NaN as Member
// says. The only error is that of the context.
func Analyse(ctx context.Context, t Table, o Options) (Result, error) {
	if o.Draws == 0 {
		o.Draws = DefaultDraws
	}
	if o.Seed == 0 {
		o.Seed = multilevel.DefaultSeed
	}
	r := Unanswered()
	r.Draws, r.Seed = max(0, o.Draws), o.Seed
	a := &analyser{ctx: ctx, table: &t, options: o}
	for i, p := range t.Predictors {
		r.Measures = append(r.Measures, a.measure(i, p))
	}
	for _, rater := range []string{"member", "therapist"} {
		if parts := a.parts(rater); len(parts) > 1 {
			r.SideBySide = append(r.SideBySide, a.together(rater, parts))
		}
	}
	for i, p := range t.Predictors {
		other := slices.IndexFunc(t.Predictors, func(q Predictor) bool { return q.Score == p.Score && q.Rater == "therapist" })
		if p.Rater == "member" && other >= 0 {
			r.Raters = append(r.Raters, a.raters(i, other))
		}
	}
	if a.err != nil {
		return Result{}, a.err
	}
	r.decide()
	r.remark()
	return r, nil
}

// Unanswered returns a result without a number, for questions that would mislead.
func Unanswered() Result {
	z := distuv.UnitNormal.Quantile(1-Alpha/2) + distuv.UnitNormal.Quantile(wantedPower)
	return Result{Alpha: Alpha, Bound: Bound, PlannedR: PlannedR, Needed: int(math.Ceil(z*z*(1-PlannedR*PlannedR)/(PlannedR*PlannedR))) + 4}
}

// analyser goes through the predictors; it keeps the first error.
type analyser struct {
	ctx     context.Context //nolint:containedctx // lives as long as one call
	table   *Table
	options Options
	err     error
}

// measure looks at one predictor by itself.
func (a *analyser) measure(i int, p Predictor) Measure {
	m := Measure{Predictor: p}
	m.Early, m.Dropped = a.early(i)
	s := a.table.sampleOf(i)
	if len(s.group) == 0 {
		m.Whole.Reason, m.Within.Reason, m.Between.Reason = multilevel.NoData, multilevel.NoData, multilevel.NoData
		return m
	}
	whole := s.centred(false)
	m.Whole, _ = whole.fit(false)
	within := s.centred(true)
	m.Within, _ = within.fit(true)
	if m.Within.Reason == "" {
		found := a.resample(&within, func(t clustered.Total) []float64 {
			_, increment := standing(t, 2, 3)
			return []float64{increment}
		})
		m.Within.Increment = found[0]
	}
	means := s.means()
	centred := means.centred(false)
	m.Between = Model{Members: len(s.group), Groups: s.groups, Reason: TooFewGroups}
	if s.groups >= betweenGroups {
		m.Between, _ = centred.fit(false)
		m.Between.Members = len(s.group)
	}
	return m
}

// early describes the early alliance, and those who have no final outcome.
func (a *analyser) early(i int) (Early, Dropped) {
	var all, gone, group []float64
	var cluster []int
	names := map[string]int{}
	var d Dropped
	var sums [2]float64
	for _, m := range a.table.ordered() {
		v := m.Alliance[i]
		if math.IsNaN(v) {
			continue
		}
		if _, ok := names[m.Group]; !ok {
			names[m.Group] = len(names)
		}
		dropped := 0.0
		if math.IsNaN(m.Final) {
			dropped = 1
			d.Members++
			sums[1] += v
		} else {
			d.Stayed++
			sums[0] += v
		}
		all, gone, group, cluster = append(all, v), append(gone, dropped), append(group, 1), append(cluster, names[m.Group])
	}
	e := Early{Members: len(all)}
	if len(all) > 0 {
		rest := slices.Clone(all)
		mean, _ := clustered.Centre(rest)
		e.Mean = &mean
		if len(all) > 1 {
			var ss float64
			for _, x := range rest {
				ss += x * x
			}
			e.SD = new(math.Sqrt(ss / float64(len(all)-1)))
		}
	}
	if d.Members > 0 {
		d.Mean = new(sums[1] / float64(d.Members))
	}
	if d.Stayed > 0 {
		d.MeanStayed = new(sums[0] / float64(d.Stayed))
	}
	if d.Members > 1 && d.Stayed > 1 {
		if f, why := clustered.Of(clustered.Design{Y: all, X: [][]float64{group, gone}, Cluster: cluster}); why == "" {
			d.Difference = f.Coefficients[1]
		}
	}
	return e, d
}

// parts returns the predictors of one rater that are parts of the alliance.
func (a *analyser) parts(rater string) []int {
	var out []int
	for i, p := range a.table.Predictors {
		if p.Rater == rater && slices.Contains(a.table.Parts, p.Score) {
			out = append(out, i)
		}
	}
	return out
}

// together puts the parts of the alliance into one model.
func (a *analyser) together(rater string, parts []int) Together {
	out := Together{Rater: rater}
	for _, i := range parts {
		out.Scores = append(out.Scores, a.table.Predictors[i].Score)
	}
	s := a.table.sampleOf(parts...)
	out.Members, out.Groups = len(s.group), s.groups
	if len(s.group) == 0 {
		out.Reason = multilevel.NoData
		return out
	}
	within := s.centred(true)
	m, slopes := within.fit(true)
	out.Reason, out.Slopes = m.Reason, slopes
	if m.Reason != "" {
		return out
	}
	y := len(within.columns) - 1
	all := make([]int, y)
	for j := range all {
		all[j] = j
	}
	out.Increment = a.resample(&within, func(t clustered.Total) []float64 {
		_, with, ok := t.Regress(y, all...)
		_, without, also := t.Regress(y, 0, 1)
		if !ok || !also || !(t.At(y, y) > 0) {
			return []float64{math.NaN()}
		}
		return []float64{(without - with) / t.At(y, y)}
	})[0]
	return out
}

// raters compares two raters of one score.
func (a *analyser) raters(client, therapist int) Raters {
	out := Raters{Score: a.table.Predictors[client].Score}
	s := a.table.sampleOf(client, therapist)
	out.Members, out.Groups = len(s.group), s.groups
	if len(s.group) <= s.groups+4 {
		out.Reason = TooFewMembers
		return out
	}
	within := s.centred(true)
	found := a.resample(&within, func(t clustered.Total) []float64 {
		c, ci := standing(t, 2, 4)
		h, hi := standing(t, 3, 4)
		return []float64{c - h, ci - hi, c, h}
	})
	if found[0].Estimate == nil {
		out.Reason = clustered.NoVariation
		return out
	}
	out.Difference, out.Increments, out.Client, out.Therapist = found[0], found[1], found[2].Estimate, found[3].Estimate
	return out
}

// resample computes numbers of the sample, and their percentiles over groups
// drawn with replacement.
func (a *analyser) resample(s *sample, numbers func(clustered.Total) []float64) []Resampled {
	sums := clustered.SumsOf(s.columns, s.group)
	size := sums.Clusters()
	once := make([]int, size)
	for k := range once {
		once[k] = 1
	}
	found := numbers(sums.Times(once))
	out := make([]Resampled, len(found))
	for j, v := range found {
		if !math.IsNaN(v) && !math.IsInf(v, 0) {
			out[j].Estimate = &v
		}
	}
	if size < fewestGroups || a.options.Draws < 1 || a.err != nil {
		return out
	}
	drawn := make([][]float64, a.options.Draws)
	a.err = montecarlo.Run(a.ctx, montecarlo.Plan{Draws: a.options.Draws, Seed: a.options.Seed, Progress: a.options.Progress}, func() func(int, *rand.Rand) {
		times := make([]int, size)
		return func(draw int, rng *rand.Rand) {
			clear(times)
			for range times {
				times[rng.IntN(size)]++
			}
			drawn[draw] = numbers(sums.Times(times))
		}
	})
	if a.err != nil {
		return out
	}
	for j := range out {
		ci, failed := clustered.Limits(each(drawn, j))
		out[j].Failed = failed
		if out[j].Estimate != nil {
			out[j].CI = ci
		}
	}
	return out
}

// each returns the j-th number of every draw.
func each(drawn [][]float64, j int) []float64 {
	out := make([]float64, len(drawn))
	for i, d := range drawn {
		out[i] = d[j]
	}
	return out
}

// decide answers from the line within groups of the measure asked about: an
// undefined number satisfies no row. The larger of the clustered and the
// classical p counts, for with few groups a clustered error is small by chance
// now and then.
func (r *Result) decide() {
	if len(r.Measures) == 0 {
		r.Answer, r.Reason = multilevel.NotIdentifiable, multilevel.NoData
		return
	}
	m := &r.Measures[0].Within
	if m.Reason != "" {
		r.Answer, r.Reason = multilevel.NotIdentifiable, m.Reason
		return
	}
	r.Answer = multilevel.CannotTell
	b := &m.Standard
	switch {
	case m.Groups < fewestGroups:
		r.Reason = TooFewGroups
	case b.ClusterP == nil || b.P == nil || !(*b.ClusterDF >= leastDF):
		r.Reason = FewDegrees
	case max(*b.ClusterP, *b.P) <= Alpha:
		r.Answer, r.Reason = multilevel.Supported, Beyond
	case inside(b):
		r.Answer, r.Reason = multilevel.NotSupported, WithinBound
	default:
		r.Reason = LimitsWide
	}
}

// inside tells whether the 90 % limits lie within the bound, those by the
// classical error (normal) too.
func inside(c *clustered.Coefficient) bool {
	if !(math.Abs(*c.Estimate)+distuv.UnitNormal.Quantile(0.95)**c.SE < Bound) {
		return false
	}
	for _, ci := range c.CI {
		if ci.Level == 0.90 && ci.Lower != nil && ci.Upper != nil {
			return *ci.Lower > -Bound && *ci.Upper < Bound
		}
	}
	return false
}

// remark adds what must be said with the numbers.
func (r *Result) remark() {
	c := &r.Caveats
	if r.Answer == multilevel.NotIdentifiable {
		c.Add(string(r.Reason), Sentence(r.Reason))
	} else {
		c.Add("order_in_time_only", "What goes before is not thereby what brings it about: who was getting better already, and who finds it easy to trust, may differ in both.")
		c.Add("increment_never_below_nothing", "What the alliance adds to the explained variance cannot be less than nothing, so that its limits never include zero, even where nothing is there: whether there is anything is told by the limits of the slope.")
		if n := r.Measures[0].Within.Groups; n < steadyGroups {
			c.Add("few_groups", fmt.Sprintf("With %d groups the limits by resampling are too narrow; those of the slopes allow for few groups.", n))
		}
	}
	if len(r.Measures) > 0 {
		if d := &r.Measures[0].Dropped; d.Members > 0 {
			c.Add("drop_outs_not_in_it", fmt.Sprintf("%d of %d members with an early alliance have no final outcome and are not in the lines: what is found holds for those who stayed.", d.Members, d.Members+d.Stayed))
		}
	}
	if len(r.Measures) > 1 {
		c.Add("several_scores", fmt.Sprintf("%d scores and raters stand side by side; only the one asked about is tested.", len(r.Measures)))
	}
}
