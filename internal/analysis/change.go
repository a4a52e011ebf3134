package analysis

import (
	"cmp"
	"context"
	"slices"

	"holon/internal/instrument"
	"holon/internal/multilevel"
	"holon/internal/multilevel/series"
	"holon/internal/outcome"
	"holon/internal/session"
)

// OutcomeChange says of every member whether the last value of an outcome is
// reliably better or worse than the baseline, who has recovered, and who is not on
// track by a named rule, beside what the rule does to members without any change.
// Variances are pooled over all of the groups asked about, whoever of them is
// shown. Errors are those of GroupLevel.
func OutcomeChange(ctx context.Context, src Source, ask Ask) (Report, error) {
	l, err := askLines(src, &ask)
	if err != nil {
		return Report{}, err
	}
	if l.scorer.Level() != instrument.Outcome {
		l.read = func(session.Scorer, []*session.Session) []session.Series { return nil }
		l.objection = notOutcome()
	}
	c := &changes{lines: l}
	if err := l.walk.each(ctx, levelsOf([]session.Scorer{l.scorer}), c.visit); err != nil {
		return Report{}, err
	}
	r, err := l.report()
	if err != nil {
		return Report{}, err
	}
	result := c.result()
	r.Result = result
	switch o := foremost(mixedOf(l.kinds), l.objection); {
	case o != nil:
		r.object(o)
		*result = OutcomeChangeResult{Reason: o.Reason}
		return r, nil
	case len(l.lines) == 0:
		result.Reason = multilevel.NoData
		r.Caveats.Add(string(multilevel.NoData), multilevel.NoData.Sentence())
		return r, nil
	}
	result.remark(&r.Caveats, l.rule())
	return r, nil
}

// notOutcome is the objection to a measure of another level.
func notOutcome() *multilevel.Objection {
	return &multilevel.Objection{
		Answer: multilevel.Refused, Reason: "not_outcome",
		Detail:  "Better and worse are said of members' own symptoms or functioning. This measure is of something else.",
		Instead: "Name a score of the level outcome. How an alliance goes over the sessions is a matter for the series of single members.",
	}
}

// changes reads members' series, and who has none.
type changes struct {
	*lines

	silent []MemberChange // in the groups, without a value
}

// visit takes one group.
func (c *changes) visit(g *session.Group, sessions []*session.Session) error {
	before := len(c.lines.lines)
	if err := c.lines.visit(g, sessions); err != nil || c.objection != nil {
		return err
	}
	for _, id := range outcome.Silent(sessions, c.lines.lines[before:]) {
		c.silent = append(c.silent, MemberChange{Group: string(g.ID), Member: string(id), Reason: outcome.NoValue})
	}
	return nil
}

// result says what became of every member.
func (c *changes) result() *OutcomeChangeResult {
	rule := c.rule()
	out := &OutcomeChangeResult{By: reliableBy(c.ask, rule), Direction: rule.Direction, Baseline: startOf(c.ask.Baseline)}
	cutoffs, _ := c.walk.src.Cutoffs(c.ask.Measure.Instrument, c.ask.Measure.Score)
	out.Cutoff, out.CutoffReason = outcome.CutoffOf(rule.Direction, cutoffs)
	out.Track = trackBy(&out.By, rule.Direction, series.SpreadOf(c.values()), outcome.StepOf(c.def, rule))
	follows := &follower{rule: &out.Track, by: &out.By, direction: out.Direction, shares: map[int]float64{}}
	for i := range c.lines.lines {
		line := &c.lines.lines[i]
		if c.ask.wantsMember(line.Unit.MemberID) {
			out.Members = append(out.Members, out.member(line, follows))
		}
	}
	for _, m := range c.silent {
		if c.ask.wantsMember(session.MemberID(m.Member)) {
			out.Members = append(out.Members, m)
		}
	}
	slices.SortFunc(out.Members, func(a, b MemberChange) int {
		return cmp.Or(cmp.Compare(a.Group, b.Group), cmp.Compare(a.Member, b.Member))
	})
	out.count()
	return out
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

// member says what became of one member.
func (o *OutcomeChangeResult) member(line *session.Series, follows *follower) MemberChange {
	course := outcome.CourseOf(line, o.Baseline)
	m := MemberChange{Group: string(line.GroupID), Member: string(line.Unit.MemberID), Values: len(line.Values()), Comparisons: len(course.Later), Reason: course.Reason}
	if course.Baseline != nil {
		m.From = valueAt(course.Baseline)
	}
	last := course.Last()
	if last == nil {
		return m
	}
	from := course.Baseline.Value
	m.To = valueAt(last)
	m.Change = new(o.By.between(from, last.Value))
	if m.Change.Reliable == nil {
		return m
	}
	state, ok := outcome.StateOf(o.Direction, m.Change.Change, *m.Change.Reliable)
	if !ok {
		return m
	}
	m.State = state
	if o.Cutoff != nil {
		m.Recovered = new(outcome.Recovered(state, o.Cutoff, o.Direction, from, last.Value))
	}
	follows.follow(&m, from, course.Later)
	return m
}

// valueAt is a value with its session.
func valueAt(p *session.Point) *ChangeValue {
	return &ChangeValue{Session: string(p.SessionID), Number: p.Number, HeldOn: string(p.HeldOn), Stage: p.Stage, Value: p.Value}
}
