package analysis

import (
	"context"
	"fmt"
	"slices"

	"holon/internal/caveat"
	"holon/internal/fault"
	"holon/internal/instrument"
	"holon/internal/multilevel"
	"holon/internal/multilevel/series"
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
	if err := l.walk.each(ctx, levelsOf([]session.Scorer{l.scorer}), l.visit); err != nil {
		return Report{}, err
	}
	r, err := l.report()
	if err != nil {
		return Report{}, err
	}
	rule := l.rule()
	c := &changes{rule: rule, by: reliableBy(&ask, rule), from: ask.Baseline, spread: series.SpreadOf(l.values())}
	result := &OutcomeChangeResult{By: c.by, Better: rule.Direction}
	if c.cutoff, result.NoCutoff = clinicalCutoff(rule); c.cutoff != nil {
		result.Cutoff = &ClinicalCutoff{
			Value: c.cutoff.Value, AtOrAbove: c.cutoff.AtOrAbove, Label: c.cutoff.Label, Population: c.cutoff.Population, Source: c.cutoff.Source, Verified: c.cutoff.Verified,
		}
	}
	result.Rule, result.NoRule = c.track()
	r.Result = result
	for i := range l.lines {
		if line := &l.lines[i]; ask.wantsMember(line.Unit.MemberID) {
			result.Members = append(result.Members, c.of(line))
		}
	}
	switch o := foremost(mixedOf(l.kinds), c.objection()); {
	case o != nil:
		r.object(o)
		*result = OutcomeChangeResult{Better: rule.Direction, Reason: o.Reason}
		return r, nil
	case len(result.Members) == 0:
		result.Reason = multilevel.NoData
		r.Caveats.Add(string(multilevel.NoData), multilevel.NoData.Sentence())
		return r, nil
	}
	result.count()
	result.remark(&r.Caveats)
	return r, nil
}

// changes knows what makes a change of one score an improvement.
type changes struct {
	rule   *instrument.Score
	by     ReliableBy
	from   Baseline
	spread series.Spread
	cutoff *instrument.Cutoff
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

// The reasons why nobody is called recovered.
const (
	noCutoff       multilevel.Reason = "no_cutoff"
	severalCutoffs multilevel.Reason = "several_cutoffs"
)

// clinicalCutoff returns the cut-off between those who are ill and those who are
// not: the one that is called clinical, or the only one. Of several that divide
// degrees of severity none is that.
func clinicalCutoff(rule *instrument.Score) (*instrument.Cutoff, multilevel.Reason) {
	is := slices.IndexFunc(rule.Cutoffs, func(c instrument.Cutoff) bool { return c.Label == "clinical cut-off" })
	switch {
	case len(rule.Cutoffs) == 0:
		return nil, noCutoff
	case is < 0 && len(rule.Cutoffs) > 1:
		return nil, severalCutoffs
	case is < 0:
		is = 0
	}
	return &rule.Cutoffs[is], ""
}

// ill tells whether a score lies on the worse side of the cut-off.
func (c *changes) ill(score float64) bool {
	worse := c.cutoff.Applies(score)
	if c.cutoff.AtOrAbove == (c.rule.Direction == instrument.HigherWorse) {
		return worse // the label holds on the worse side
	}
	return !worse
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
	m := MemberChange{Group: string(line.GroupID), Member: string(line.Unit.MemberID)}
	base, from := c.baseline(line)
	if base < 0 {
		m.Reason = "no_value_before_a_follow_up"
		return m
	}
	first := &line.Points[base]
	m.From, m.Baseline = from, valueAt(first)
	for i := base + 1; i < len(line.Points); i++ {
		p := &line.Points[i]
		if p.Gap != session.GapNone || p.Stage == session.FollowUp {
			continue
		}
		m.Comparisons++
		m.Last = valueAt(p)
		if worse := c.worse(c.by.between(first.Value, p.Value)); worse {
			m.Worse = append(m.Worse, p.Number)
		}
	}
	if m.Last == nil {
		m.Reason = series.TooFewValues
		return m
	}
	change := c.by.between(first.Value, m.Last.Value)
	m.Change = &change
	if change.Reliable == nil {
		m.Reason = change.Reason
		return m
	}
	m.settle(c)
	return m
}

// settle classes a member whose change can be judged.
func (m *MemberChange) settle(c *changes) {
	switch {
	case !*m.Change.Reliable:
		m.Class = Unchanged
	case c.worse(*m.Change):
		m.Class = Deteriorated
	default:
		m.Class = Improved
	}
	m.OffTrack = new(m.Class == Deteriorated)
	m.StableEver, m.StableNow = c.stable(m.Comparisons), c.stable(1)
	if c.cutoff != nil {
		m.Recovered = new(m.Class == Improved && c.ill(m.Baseline.Value) && !c.ill(m.Last.Value))
	}
}

// worse tells whether a change is reliable and for the worse.
func (c *changes) worse(x series.Change) bool {
	if x.Reliable == nil || !*x.Reliable {
		return false
	}
	return (x.Change > 0) == (c.rule.Direction == instrument.HigherWorse)
}

// stable is the share of stable members whom the rule finds at least once in so
// many comparisons: by the error that the asker's reliability says, or else by how
// much neighbouring values of these members differ.
func (c *changes) stable(comparisons int) *float64 {
	sd := c.spread.Successive
	if c.by.From == AskedReliability {
		sd = series.ReliableChange(0, 0, *c.by.SD, *c.by.Reliability).SEM
	}
	if sd == nil || c.by.Threshold == nil {
		return nil
	}
	return series.FlaggedEver(*c.by.Threshold, *sd, comparisons)
}

// baseline returns the place of the value from which a change is counted, -1 where
// there is none: the last intake before the member's first meeting with a value,
// or else the first value.
func (c *changes) baseline(line *session.Series) (at int, from Baseline) {
	at = -1
	for i := range line.Points {
		p := &line.Points[i]
		if p.Gap != session.GapNone || p.Stage == session.FollowUp {
			continue
		}
		switch {
		case at < 0 && p.Stage == session.Intake && c.from != FromFirst:
			at, from = i, FromIntake
		case at < 0:
			return i, FromFirst
		case p.Stage == session.Intake:
			at = i
		default:
			return at, from
		}
	}
	return at, from
}

// valueAt returns a value with its session.
func valueAt(p *session.Point) *ValueAt {
	return &ValueAt{Value: p.Value, Session: string(p.SessionID), Number: p.Number, HeldOn: string(p.HeldOn)}
}

// count adds up.
func (o *OutcomeChangeResult) count() {
	groups := map[string]int{}
	for i := range o.Members {
		m := &o.Members[i]
		k, ok := groups[m.Group]
		if !ok {
			k = len(o.Groups)
			groups[m.Group] = k
			o.Groups = append(o.Groups, ChangeCounts{Group: m.Group})
		}
		o.Total.add(m)
		o.Groups[k].add(m)
	}
}

// add counts one member.
func (n *ChangeCounts) add(m *MemberChange) {
	n.Members++
	switch m.Class {
	case Improved:
		n.Improved++
	case Deteriorated:
		n.Deteriorated++
	case Unchanged:
		n.Unchanged++
	default:
		n.Unknown++
	}
	if m.Recovered != nil && *m.Recovered {
		n.Recovered++
	}
	if m.StableNow != nil {
		n.StableNow = new(orZero(n.StableNow) + *m.StableNow)
		n.StableEver = new(orZero(n.StableEver) + *m.StableEver)
	}
	if len(m.Worse) > 0 {
		n.EverWorse++
	}
}

// orZero is a number, zero where there is none yet.
func orZero(v *float64) float64 {
	if v == nil {
		return 0
	}
	return *v
}

// remark adds what must be said with the numbers.
func (o *OutcomeChangeResult) remark(out *caveat.Set) {
	switch v := o.By.Verified; {
	case o.By.From == NoReliableChange:
		out.Add(string(series.NoReliability), "Nobody said how reliable the measure is from session to session: who is better or worse cannot be told, and no rule is available for who is not on track. Give the reliability and the standard deviation that goes with it.")
		return
	case v != nil && !*v:
		out.Add("reliable_change_unverified", "The reliable change was not checked against its publisher's text.")
	}
	out.Add("rule_is_this_project_s", "No published curve of expected recovery is free to use, so the rule for who is not on track is plain: reliably worse than at the beginning. Members who get better more slowly than others are not found.")
	if t := &o.Total; t.StableNow != nil {
		out.Add("expected_if_stable", fmt.Sprintf("If all %d members were stable, the rule would find about %.2g of them now, and %.2g at least once so far.", t.Members-t.Unknown, *t.StableNow, *t.StableEver))
	}
	switch o.NoCutoff {
	case severalCutoffs:
		out.Add(string(severalCutoffs), "The definition has several cut-offs for degrees of severity and none between those who are ill and those who are not, so nobody is called recovered.")
	case noCutoff:
		out.Add(string(noCutoff), "The definition has no cut-off, so nobody is called recovered.")
	default:
		if !o.Cutoff.Verified {
			out.Add("cutoff_unverified", "The cut-off was not checked against its publisher's text.")
		}
	}
}
