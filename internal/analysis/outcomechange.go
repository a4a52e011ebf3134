package analysis

import (
	"cmp"
	"context"
	"slices"

	"holon/internal/fault"
	"holon/internal/instrument"
	"holon/internal/multilevel"
	"holon/internal/multilevel/series"
	"holon/internal/outcome"
	"holon/internal/session"
)

// OutcomeChange says of each member whether an outcome improved, stayed or
// deteriorated since the beginning, by reliable change; who recovered; and whether
// a rule finds the member not on track, with the share of stable members that the
// rule would find as well. Errors are those of GroupLevel.
func OutcomeChange(ctx context.Context, src Source, ask Ask) (Report, error) {
	l, err := askLines(src, &ask)
	if err != nil {
		return Report{}, err
	}
	if l.scorer.Level() != instrument.Outcome {
		return Report{}, fault.At("/measure", "not_an_outcome", "This analysis is of members' own symptoms or functioning. Name a score of an outcome.")
	}
	c := &changes{lines: l, rule: l.rule(), from: startOf(ask.Baseline)}
	if err := l.walk.each(ctx, levelsOf([]session.Scorer{l.scorer}), c.visit); err != nil {
		return Report{}, err
	}
	r, err := l.report()
	if err != nil {
		return Report{}, err
	}
	c.settle(src)
	result := c.result()
	r.Result = result
	switch o := foremost(mixedOf(l.kinds), c.objection()); {
	case o != nil:
		r.object(o)
		*result = OutcomeChangeResult{Better: c.rule.Direction, Reason: o.Reason}
		return r, nil
	case len(l.lines) == 0:
		result.Reason = multilevel.NoData
		r.Caveats.Add(string(multilevel.NoData), multilevel.NoData.Sentence())
		return r, nil
	}
	c.remarkInformants(&r.Caveats)
	result.remark(&r.Caveats, c.rule)
	return r, nil
}

// changes reads members' series and knows what makes a change of one score an
// improvement.
type changes struct {
	*lines

	silent []MemberChange // in the groups, without a value
	rule   *instrument.Score
	from   outcome.Start
	by     ReliableBy
	cutoff *instrument.Cutoff
	uncut  multilevel.Reason // why there is no cut-off
	error  ValueError
	shares map[int]*float64 // of stable members whom so many comparisons find
}

// startOf is the baseline of a question.
func startOf(b Baseline) outcome.Start {
	switch b {
	case FromIntake:
		return outcome.AtIntake
	case FromFirst:
		return outcome.AtFirst
	default:
		return outcome.AtIntakeOrFirst
	}
}

// visit takes one group, and names members of it who never gave a value.
func (c *changes) visit(g *session.Group, sessions []*session.Session) error {
	before := len(c.lines.lines)
	if err := c.lines.visit(g, sessions); err != nil {
		return err
	}
	if outcome.Reported(&c.scorer) {
		return nil // nobody says about whom there should be a report
	}
	for _, id := range outcome.Silent(sessions, c.lines.lines[before:]) {
		c.silent = append(c.silent, MemberChange{Group: string(g.ID), Member: string(id), Reason: outcome.NoValue})
	}
	return nil
}

// settle finds what makes a change reliable, who is ill, and how large the error
// of one value is.
func (c *changes) settle(src Source) {
	c.by = reliableBy(c.ask, c.rule)
	cutoffs, _ := src.Cutoffs(c.ask.Measure.Instrument, c.ask.Measure.Score)
	c.cutoff, c.uncut = outcome.CutoffOf(c.rule.Direction, cutoffs)
	c.error = errorOf(&c.by, series.SpreadOf(c.values()), outcome.StepOf(c.def, c.rule))
	c.shares = map[int]*float64{}
}

// result describes every member who is asked about, by group and identifier.
func (c *changes) result() *OutcomeChangeResult {
	out := &OutcomeChangeResult{By: c.by, Better: c.rule.Direction, Cutoff: c.cutoff, NoCutoff: c.uncut, Error: c.error}
	out.Rule, out.NoRule = c.track()
	for i := range c.lines.lines {
		if line := &c.lines.lines[i]; c.ask.wantsMember(line.Unit.MemberID) {
			m := c.of(line)
			m.Informant = c.informants[i]
			out.Members = append(out.Members, m)
		}
	}
	for _, m := range c.silent {
		if c.ask.wantsMember(session.MemberID(m.Member)) {
			out.Members = append(out.Members, m)
		}
	}
	slices.SortFunc(out.Members, func(a, b MemberChange) int {
		return cmp.Or(cmp.Compare(a.Group, b.Group), cmp.Compare(a.Member, b.Member), cmp.Compare(a.Informant.key(), b.Informant.key()))
	})
	out.count()
	return out
}

// objection returns why no change is better or worse.
func (c *changes) objection() *multilevel.Objection {
	if c.rule.Direction != instrument.Neutral {
		return nil
	}
	return &multilevel.Objection{
		Answer: multilevel.Refused, Reason: "no_direction",
		Detail:  "Neither end of this scale is the better one, so that no change is an improvement.",
		Instead: "Ask for the series of its members.",
	}
}

// ReliablyWorse is the rule by which somebody is not on track.
const ReliablyWorse = "reliably_worse_than_at_the_beginning"

// track returns the rule by which somebody is not on track, or why there is none.
func (c *changes) track() (rule string, why multilevel.Reason) {
	if c.by.From == NoReliableChange {
		return "", "no_rule"
	}
	return ReliablyWorse, ""
}

// of describes one member.
func (c *changes) of(line *session.Series) MemberChange {
	course := outcome.CourseOf(line, c.from)
	m := MemberChange{Group: string(line.GroupID), Member: string(line.Unit.MemberID), Comparisons: len(course.Later), Reason: course.Reason}
	if course.Baseline == nil {
		return m
	}
	m.From, m.Baseline = FromFirst, valueAt(course.Baseline)
	if course.Intake {
		m.From = FromIntake
	}
	last := course.Last()
	if last == nil {
		return m
	}
	from := course.Baseline.Value
	m.Last, m.Change = valueAt(last), new(c.by.between(from, last.Value))
	if m.Change.Reliable == nil {
		m.Reason = m.Change.Reason
		return m
	}
	for _, p := range course.Later {
		if c.class(from, p.Value) == outcome.Deteriorated {
			m.Worse = append(m.Worse, p.Number)
		}
	}
	m.Class = c.class(from, last.Value)
	m.OffTrack = new(m.Class == outcome.Deteriorated)
	m.StableEver, m.StableNow = c.stable(m.Comparisons), c.stable(1)
	if c.cutoff != nil {
		m.Recovered = new(outcome.Recovered(m.Class, c.cutoff, c.rule.Direction, from, last.Value))
	}
	return m
}

// class says what a change makes of a member; none on a scale without a better end.
func (c *changes) class(from, to float64) outcome.State {
	change := c.by.between(from, to)
	state, _ := outcome.StateOf(c.rule.Direction, change.Change, change.Reliable != nil && *change.Reliable)
	return state
}

// stable is the share of stable members whom the rule finds at least once in so
// many comparisons; nil where the error of a value is not known.
func (c *changes) stable(comparisons int) *float64 {
	if c.error.SD == nil || c.error.Limit == nil {
		return nil
	}
	share, ok := c.shares[comparisons]
	if !ok {
		share = series.FlaggedEver(*c.error.Limit, *c.error.SD, comparisons)
		c.shares[comparisons] = share
	}
	return share
}

// valueAt returns a value with its session.
func valueAt(p *session.Point) *ValueAt {
	return &ValueAt{Value: p.Value, Session: string(p.SessionID), Number: p.Number, HeldOn: string(p.HeldOn)}
}
