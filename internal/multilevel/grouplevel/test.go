package grouplevel

import (
	"context"
	"errors"
	"fmt"

	"holon/internal/caveat"
	"holon/internal/multilevel"
	"holon/internal/multilevel/crossed"
)

// Test tests the group level of a table of whatever structure, and says in the
// result's caveats which structure was chosen and why. Its only error is that of
// the context. It panics when a covariate has another length than the rows.
func Test(ctx context.Context, t Table, o Options) (multilevel.GroupLevel, error) {
	for _, c := range t.Covariates {
		if len(c.Values) != len(t.Rows) {
			panic("grouplevel: a covariate and the rows differ in length")
		}
	}
	asked := o.Options
	o = o.withDefaults()
	w := work{t: t, asked: asked, o: o, x: indexOf(t.Rows)}
	w.lie = w.x
	w.r.Settle = multilevel.Settle{ICC: o.PlanICC, Bound: o.Bound}
	if err := w.run(ctx); err != nil {
		return multilevel.GroupLevel{}, err
	}
	return w.r, ctx.Err()
}

// work is one test on its way.
type work struct {
	t     Table
	asked multilevel.Options // as given: the one-way test has defaults of its own
	o     Options
	x     *index // nil of totals
	lie   layout
	c     choice

	totalled engine // of totals
	r        multilevel.GroupLevel
}

// run finds the structure and answers.
func (w *work) run(ctx context.Context) error {
	switch {
	case w.x.ratings == 0:
		w.unanswered(multilevel.Facts{Structure: multilevel.NoData})
		return nil
	case !w.x.finite:
		w.unanswered(multilevel.Facts{Refused: multilevel.NonFiniteRating})
		return nil
	}
	w.c = choose(w.x, w.t, w.o)
	if w.c.oneWay && w.c.answer == "" && len(w.t.Covariates) == 0 {
		return w.oneWay(ctx)
	}
	w.describe()
	if w.c.answer == multilevel.Refused {
		w.unanswered(multilevel.Facts{Refused: w.c.because})
		return nil
	}
	return w.model(ctx)
}

// oneWay hands a table of one rating per member to the exact one-way test.
func (w *work) oneWay(ctx context.Context) (err error) {
	o := w.asked
	if o.Estimand == "" {
		o.Estimand = w.c.estimand
	}
	if d := multilevel.OneWayOf(Used(w.t.Rows)); w.o.Detail == Full {
		w.r, err = multilevel.TestGroupLevelInFull(ctx, d, o)
	} else {
		w.r = multilevel.TestGroupLevel(d, o)
	}
	w.explain(true)
	return err
}

// explain says why the structure was chosen, unless it was chosen otherwise
// since, and what else there is to say of the choice.
func (w *work) explain(chosen bool) {
	if chosen && w.c.why != "" {
		w.r.Caveats.Add("structure_chosen", w.c.why)
	}
	w.r.Caveats.Merge(w.c.notes)
}

// unanswered ends the test without numbers.
func (w *work) unanswered(f multilevel.Facts) {
	w.r.Structure = w.c.structure
	if w.r.Structure == "" {
		w.r.Structure = multilevel.MembersInGroups
	}
	ratings, groups := w.lie.extent()
	w.r.Counts.Ratings = ratings
	if groups == 0 {
		w.r.Counts.Groups = len(groupsOf(w.t.Rows))
	}
	if w.r.Estimand = w.c.estimand; w.r.Estimand == "" {
		w.r.Estimand = multilevel.Group
	}
	w.explain(w.c.answer != multilevel.Refused)
	w.decide(f)
}

// groupsOf returns the names of the groups.
func groupsOf(rows []multilevel.Row) map[string]bool {
	names := map[string]bool{}
	for _, row := range rows {
		names[row.Group] = true
	}
	return names
}

// decide takes the answer over, its caveats first.
func (w *work) decide(f multilevel.Facts) {
	d := multilevel.Decide(f)
	w.r.Answer, w.r.Reason = d.Answer, d.Reason
	var all caveat.Set
	all.Merge(d.Caveats)
	all.Merge(w.r.Caveats)
	w.r.Caveats = all
}

// model fits the structure and answers.
func (w *work) model(ctx context.Context) error {
	if w.lie.scale().constant {
		w.unanswered(multilevel.Facts{Structure: multilevel.NoVariation})
		return nil
	}
	ratings, groups := w.lie.extent()
	w.r.Structure, w.r.Estimand = w.c.structure, w.c.estimand
	if w.c.answer == "" && !w.c.levels[member] && !w.c.levels[session] {
		w.c.bare(ratings, groups)
	}
	if w.c.answer != "" && !w.c.levels[member] && !w.c.levels[session] {
		w.unanswered(multilevel.Facts{Structure: w.c.because})
		return nil
	}
	d := w.draws()
	main, shared, err := w.readings(ctx, d)
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case err != nil:
		w.unfitted(err)
		return nil
	}
	w.explain(main == shared)
	w.r.Caveats.Merge(main.notes)
	w.report(main)
	if w.o.Detail != AnswerOnly {
		w.predictions(main)
		w.r.Settle = settle(ctx, w.plan(main), groups, w.o, &w.r.Caveats)
	}
	w.decide(w.facts(main, shared))
	if shared.levels[session] {
		w.weather(shared)
	}
	w.caution(main)
	d.finish()
	return ctx.Err()
}

// draws opens the account of Monte Carlo draws.
func (w *work) draws() *draws {
	d := &draws{each: w.o.Draws, seed: w.o.Seed, tell: w.o.Progress, runs: 1}
	if w.c.either {
		d.runs++
	}
	work := 2e10 // operations of each test: tens of seconds of one core
	if w.o.Detail == Full {
		d.runs += 3
		work *= 10
	}
	if w.general(w.c.levels) && w.asked.Draws == 0 && d.within(work, workOfDraw(w.x, w.t)) {
		w.r.Caveats.Add("draws_bounded", fmt.Sprintf("Ratings of this many members and sessions whose therapists led several groups, or with covariates, take long to draw and fit: "+
			"at most %d draws are made in a test instead of %d. More draws make p more exact; ask for them by number.", d.each, w.o.Draws))
	}
	return d
}

// general tells whether a model needs the engine for any effects.
func (w *work) general(levels model) bool { return levels[therapist] || len(w.t.Covariates) > 0 }

// readings fits the structure. Members by sessions with empty cells and ratings
// that are each member's own lie in the same way, unless it is known that
// sessions were shared. Then both are fitted. The ratings are taken for the
// member's own where sessions have no variance at all, so that both models are
// one, or none beyond chance where they are numbered anew for every member. The
// answer has to hold under both, so that it is right whichever is true.
func (w *work) readings(ctx context.Context, d *draws) (main, shared *reading, err error) {
	if shared, err = w.read(ctx, w.c.levels, d); err != nil || !w.c.either {
		return shared, shared, err
	}
	p := shared.sessionP()
	absent := shared.reml.variance[session] == 0 && shared.ml.variance[session] == 0
	chance := w.c.anew && p != nil && *p > 0.05
	var why string
	switch {
	case w.c.own:
		why = "They were taken for the member's own, as was asked"
	case absent:
		why = "They were taken for the member's own, because sessions have no variance of their own: its estimate is zero"
	case chance:
		why = fmt.Sprintf("They were taken for the member's own, because they are numbered from 1 for every member and carry no variance beyond chance (p = %.3g)", *p)
	case w.c.anew:
		w.r.Caveats.Add("sessions_taken_as_shared", eitherWay+"They were taken as shared, because they carry variance beyond chance. "+
			"If they are not, ask with the structure sessions_in_members.")
		return shared, shared, nil
	default:
		return shared, shared, nil
	}
	if main, err = w.read(ctx, w.c.levels.without(session), d); err != nil {
		return nil, nil, err
	}
	if !w.c.levels[therapist] {
		w.r.Structure = multilevel.SessionsInMembers
	}
	w.r.Caveats.Add("sessions_taken_as_each_members_own", eitherWay+why+"; the answer stands only where it is the same when they are taken as shared. "+
		"If they are shared, ask with the structure members_by_sessions.")
	return main, shared, nil
}

// eitherWay says why it is not plain what sessions are.
const eitherWay = "Members have different numbers of ratings, so that sessions may be evenings that the group shared, or each member's own first, second and third rating. "

// read fits one structure by the engine that it needs.
func (w *work) read(ctx context.Context, levels model, d *draws) (*reading, error) {
	e := w.totalled
	var err error
	switch {
	case e != nil:
	case w.general(levels):
		e, err = newGeneral(w.x, w.t, levels)
	default:
		e, err = newWeekly(w.x, levels)
	}
	if err != nil {
		return nil, err
	}
	return w.reading(ctx, levels, e, d)
}

// sessionP returns the p of the likelihood-ratio test of sessions.
func (r *reading) sessionP() *float64 {
	for _, t := range r.tests {
		if t.Component == session.String() && t.Method == multilevel.MethodREML {
			return t.P
		}
	}
	return nil
}

// facts returns what the decision looks at: of two readings the weaker in
// every respect.
func (w *work) facts(main, shared *reading) multilevel.Facts {
	_, groups := w.lie.extent()
	f := multilevel.Facts{
		Structure: w.c.because, Groups: groups, Bound: w.o.Bound,
		P: main.p, Lower: main.lower, Upper: main.upper,
	}
	if shared != main {
		f.P = extreme(f.P, shared.p, func(a, b float64) float64 { return max(a, b) })
		f.Lower = extreme(f.Lower, shared.lower, func(a, b float64) float64 { return min(a, b) })
		f.Upper = extreme(f.Upper, shared.upper, func(a, b float64) float64 { return max(a, b) })
	}
	return f
}

// extreme returns the one of two numbers that is chosen, nil if either is.
func extreme(a, b *float64, choose func(a, b float64) float64) *float64 {
	if a == nil || b == nil {
		return nil
	}
	return new(choose(*a, *b))
}

// unfitted ends a test whose model could not be fitted.
func (w *work) unfitted(err error) {
	w.explain(true)
	if w.c.because != "" {
		w.decide(multilevel.Facts{Structure: w.c.because})
		return
	}
	_, groups := w.lie.extent()
	w.decide(multilevel.Facts{Groups: groups, Bound: w.o.Bound})
	w.r.Reason = ModelNotFitted
	switch {
	case errors.Is(err, crossed.NoResidual), unbounded(err):
		w.r.Reason = NoResidualVariation
		w.r.REML, w.r.ML = multilevel.Fit{Unbounded: new(true)}, multilevel.Fit{Unbounded: new(true)}
	case unusable(err):
		w.r.Answer, w.r.Reason = multilevel.Refused, UnusableCovariates
	case hidden(err):
		w.r.Answer, w.r.Reason = multilevel.NotIdentifiable, GroupNotSeparable
		switch {
		case len(w.t.Covariates) > 0:
			w.r.Reason = CovariateHidesGroups
		case w.c.levels[therapist]:
			w.r.Reason = TherapistsHideGroups
		}
	}
	w.r.Caveats.Add(string(w.r.Reason), Sentence(w.r.Reason))
}
