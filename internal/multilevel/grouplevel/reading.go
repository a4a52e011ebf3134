package grouplevel

import (
	"context"
	"fmt"

	"holon/internal/caveat"
	"holon/internal/multilevel"
	"holon/internal/multilevel/fdist"
	"holon/internal/multilevel/montecarlo"
)

const (
	cut95 = 3.841458820694124 // the .95 quantile of chi-square with one degree of freedom

	boundaryNull = "0.5*chisq(0)+0.5*chisq(1)"
)

// reading is what the ratings say under one structure.
type reading struct {
	lie    layout
	x      *index // nil of totals
	levels model
	engine engine
	reml   fitted
	ml     fitted
	less   [depth]*fitted // REML without one level
	lessML *fitted        // ML without the group

	ci           [depth][]multilevel.Interval
	ciML         []multilevel.Interval
	tests        []multilevel.ComponentTest
	p            *float64 // of the primary test
	lower, upper *float64 // 90 % limits of the group share
	notes        caveat.Set
}

// reading fits the model, its sub-models and, of a model with groups, their tests.
func (w *work) reading(ctx context.Context, levels model, e engine, draws *draws) (*reading, error) {
	r, o := &reading{lie: w.lie, x: w.x, levels: levels, engine: e}, w.o
	if err := r.fit(ctx); err != nil {
		return nil, err
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	r.intervals(ctx, o)
	if err := r.test(ctx, o, draws); err != nil {
		return nil, err
	}
	return r, nil
}

// fit fits the model and what is left without each level.
func (r *reading) fit(ctx context.Context) (err error) {
	if r.reml, err = r.engine.fit(ctx, r.levels, false); err != nil {
		return err
	}
	if r.ml, err = r.engine.fit(ctx, r.levels, true); err != nil {
		return err
	}
	r.noteOptima("REML", r.reml)
	r.noteOptima("ML", r.ml)
	for l := range residual {
		if !r.levels[l] {
			continue
		}
		f, err := r.engine.fit(ctx, r.levels.without(l), false)
		if err != nil {
			return err
		}
		r.less[l] = &f
	}
	if r.levels[group] {
		f, err := r.engine.fit(ctx, r.levels.without(group), true)
		if err != nil {
			return err
		}
		r.lessML = &f
		if r.reml.variance[group] == 0 {
			r.notes.Add("group_variance_zero", "REML estimates the variance between groups at exactly zero; "+
				"that is an estimate, not a proof that groups do not differ.")
		}
	}
	return nil
}

// noteOptima adds the caveat of a likelihood with several optima.
func (r *reading) noteOptima(name string, f fitted) {
	if f.optima < 2 || f.margin == nil {
		return
	}
	r.notes.Add("several_optima", fmt.Sprintf("The %s likelihood has %d local optima; the best was taken, the next is worse by %.3g in deviance. "+
		"Such data say little about the variances.", name, f.optima, *f.margin))
}

// intervals computes the profile-likelihood intervals of shares: of the group
// always, and by ML as well unless only the answer is wanted; of the other
// levels in full, or where they are asked for.
func (r *reading) intervals(ctx context.Context, o Options) {
	for l := range residual {
		if r.levels[l] && (l == group || o.Detail == Full || o.Intervals) {
			r.ci[l] = r.profile(ctx, r.reml, l, multilevel.IntervalProfile)
		}
	}
	if r.levels[group] {
		if o.Detail != AnswerOnly {
			r.ciML = r.profile(ctx, r.ml, group, multilevel.IntervalProfile)
		}
		last := r.ci[group][1]
		r.lower, r.upper = last.Lower, last.Upper
	}
}

// profile returns the intervals at .95 and .90.
func (r *reading) profile(ctx context.Context, f fitted, l level, method string) []multilevel.Interval {
	out := []multilevel.Interval{{Level: 0.95, Method: method}, {Level: 0.90, Method: method}}
	for i, cut := range []float64{cut95, cut90} {
		lower, upper, err := r.engine.interval(ctx, f, l, cut)
		if err != nil || !finite(lower) || !finite(upper) {
			r.notes.Add("interval_undefined", fmt.Sprintf("An interval of the share of the %s level could not be computed.", l))
			continue
		}
		out[i].Lower, out[i].Upper = &lower, &upper
	}
	return out
}

// test makes all tests; the group's primary one comes first.
func (r *reading) test(ctx context.Context, o Options, draws *draws) error {
	if r.levels[group] {
		exact := r.exact()
		if exact != nil {
			r.tests = append(r.tests, exact...)
		}
		if exact == nil || o.Detail == Full {
			if err := r.resample(ctx, group, draws); err != nil {
				return err
			}
		}
		r.p = r.tests[0].P
		r.boundary(group, multilevel.MethodREML, r.less[group], r.reml)
		r.boundary(group, multilevel.MethodML, r.lessML, r.ml)
		if o.Detail == Full {
			if err := r.permute(ctx, draws); err != nil {
				return err
			}
		}
	}
	for _, l := range []level{therapist, member, session} {
		if !r.levels[l] {
			continue
		}
		r.crossedF(l)
		r.boundary(l, multilevel.MethodREML, r.less[l], r.reml)
		if l == therapist || o.Detail == Full {
			if err := r.resample(ctx, l, draws); err != nil {
				return err
			}
		}
	}
	return nil
}

// exact returns the closed-form tests of the group level: the quasi-F of equal
// complete tables and its other form, or the exact F of balanced nested ones;
// nil where there is none.
func (r *reading) exact() []multilevel.ComponentTest {
	if _, closed := r.engine.(weekly); !closed {
		return nil
	}
	name := group.String()
	if r.levels[member] && r.levels[session] {
		a, sh, ok := r.lie.crossedLines()
		if !ok {
			return nil
		}
		first := sumForm(a)
		if !first.ok {
			return nil
		}
		if narrow := min(sh.members, sh.sessions) == 2; narrow && sh.groups < 12 {
			r.notes.Add("quasi_f_approximate", "The degrees of freedom of the quasi-F are approximations. With 4 to 6 groups of two members or two sessions "+
				"p was at most .05 in up to 7.5 of a hundred tables without group variance that were drawn to measure it, and the answer \"supported\" in up to 6.")
		}
		return []multilevel.ComponentTest{
			fTest(name, multilevel.MethodQuasiF, first), fTest(name, multilevel.MethodQuasiFDifference, differenceForm(a)),
		}
	}
	unit := member
	if r.levels[session] {
		unit = session
	}
	a, _, ok := r.lie.nestedLines(unit)
	if !ok || a[1].ss == 0 {
		return nil
	}
	return []multilevel.ComponentTest{fTest(name, multilevel.MethodF, quasiF{f: a[0].ms() / a[1].ms(), df1: a[0].df, df2: a[1].df, ok: true})}
}

// fTest writes down an F statistic; its numbers stay undefined where it is none.
func fTest(component, method string, q quasiF) multilevel.ComponentTest {
	out := multilevel.ComponentTest{Component: component, Method: method}
	if !q.ok || !finite(q.f) || !finite(q.df1) || !finite(q.df2) {
		return out
	}
	p := fdist.Upper(q.f, q.df1, q.df2)
	out.Statistic, out.DF1, out.DF2, out.P = &q.f, &q.df1, &q.df2, &p
	out.Null = new(fmt.Sprintf("f(%.6g,%.6g)", q.df1, q.df2))
	return out
}

// boundary adds the likelihood-ratio test of one level.
func (r *reading) boundary(l level, method string, null *fitted, f fitted) {
	drop := f.drop(l, null)
	p := fdist.Boundary(drop)
	r.tests = append(r.tests, multilevel.ComponentTest{Component: l.String(), Method: method, Statistic: &drop, P: &p, Null: new(boundaryNull)})
}

// resample adds the bootstrap test of one level.
func (r *reading) resample(ctx context.Context, l level, draws *draws) error {
	test, err := bootstrap(ctx, r.engine, *r.less[l], r.reml, l, draws.next())
	if err != nil {
		return err
	}
	r.tests = append(r.tests, test)
	return nil
}

// crossedF adds the F test of members or sessions with the other, or the group,
// taken out, which is exact whatever cells are empty.
func (r *reading) crossedF(l level) {
	if _, closed := r.engine.(weekly); !closed || l == therapist {
		return
	}
	if sp, ok := r.lie.spectrum(l, r.other(l)); ok {
		f, _, ok := sp.f()
		r.tests = append(r.tests, fTest(l.String(), multilevel.MethodF, quasiF{f: f, df1: sp.df, df2: sp.dfe, ok: ok}))
	}
}

// other returns the level to be taken out of differences between units of a
// level: what they are crossed with, or else the group.
func (r *reading) other(l level) level {
	switch {
	case l == member && r.levels[session]:
		return session
	case l == session && r.levels[member]:
		return member
	default:
		return group
	}
}

// permute adds the permutation test where series of members can be exchanged,
// and otherwise says why there is none.
func (r *reading) permute(ctx context.Context, draws *draws) error {
	plan := draws.next()
	crossedTable := r.levels[member] && r.levels[session]
	refuse := func(why string) {
		r.notes.Add("permutation_not_valid", "There is no permutation test: "+why)
	}
	if r.x == nil {
		refuse("only totals are known, and members whose ratings are not known cannot be dealt to groups.")
		return nil
	}
	sh, ok := r.x.crossedShape()
	if !crossedTable {
		sh, ok = r.x.nestedShape(member)
	}
	_, closed := r.engine.(weekly)
	switch {
	case !closed || !r.levels[member]:
		refuse("under this structure members with their ratings cannot be exchanged between groups.")
		return nil
	case !ok:
		refuse("members have different numbers of ratings or groups different numbers of members, so series cannot be exchanged whole.")
		return nil
	case crossedTable && r.sessionsMatter():
		refuse("sessions carry variance of their own, so members of one group are no more exchangeable with those of another.")
		return nil
	}
	test, err := permuteSeries(ctx, r.x, crossedTable, sh, plan)
	if err != nil {
		return err
	}
	if crossedTable && test.P != nil {
		r.notes.Add("permutation_of_series", "The permutation test deals members with their whole series to groups. It is valid only where sessions are exchangeable across groups, "+
			"which no significant session variance speaks against here; it does not decide the answer.")
	}
	r.tests = append(r.tests, test)
	return nil
}

// sessionsMatter tells whether the exact F of sessions is significant at .05.
func (r *reading) sessionsMatter() bool {
	sp, ok := r.lie.spectrum(session, member)
	if !ok {
		return true
	}
	_, p, ok := sp.f()
	return !ok || p <= 0.05
}

// grids returns the complete tables of all groups.
func (x *index) grids() [][]float64 {
	out := make([][]float64, len(x.blocks))
	for i := range x.blocks {
		out[i] = x.blocks[i].grid()
	}
	return out
}

// draws gives each Monte Carlo test its part of one account of progress.
type draws struct {
	each, runs, done int
	seed             uint64 // of the next test
	tell             func(done, total int)
}

// within leaves as many draws as an amount of work allows, a hundred less one at
// least: one less than a multiple of a hundred, so that the levels of tests are
// met exactly. It tells whether that are fewer than before.
func (d *draws) within(work, perDraw float64) bool {
	const fewest = 99
	most := max(fewest, 100*int(min(work/perDraw/100, 1e6))-1)
	if most >= d.each {
		return false
	}
	d.each = most
	return true
}

// next returns the plan of the next test.
func (d *draws) next() montecarlo.Plan {
	before := d.done * d.each
	d.done++
	plan := montecarlo.Plan{Draws: d.each, Seed: d.seed}
	d.seed++
	if d.tell != nil {
		plan.Progress = func(done, _ int) { d.tell(before+done, max(d.runs, d.done)*d.each) }
	}
	return plan
}

// finish tells that everything is done, tests that were not needed included.
func (d *draws) finish() {
	if d.tell != nil {
		total := max(d.runs, d.done) * d.each
		d.tell(total, total)
	}
}
