package analysis

import (
	"fmt"
	"math"

	"holon/internal/caveat"
	"holon/internal/instrument"
	"holon/internal/multilevel/series"
	"holon/internal/outcome"
)

// errorOf returns the error of one value: by the reliability that the asker gave,
// or else by the differences of neighbouring values. On a scale that moves in steps
// the limit lies midway between changes that count and those that do not.
func errorOf(by *ReliableBy, spread series.Spread, step float64) ValueError {
	var e ValueError
	if by.Threshold == nil {
		return e
	}
	e.Limit = new(series.Midway(*by.Threshold, step, by.From == PublishedChange))
	switch {
	case by.From == AskedReliability:
		e.SD, e.From = new(*by.SD*math.Sqrt(1-*by.Reliability)), ErrorAsked
	case spread.Successive != nil && *spread.Successive > 0:
		e.SD, e.Pairs, e.From = spread.Successive, &spread.DF, ErrorSuccessive
	}
	return e
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
	case outcome.Improved:
		n.Improved++
	case outcome.Deteriorated:
		n.Deteriorated++
	case outcome.Unchanged:
		n.Unchanged++
	default:
		n.Unknown++
	}
	if m.Recovered != nil {
		n.Recovered = new(orZero(n.Recovered) + one(*m.Recovered))
	}
	if m.StableNow != nil {
		n.StableNow = new(orZero(n.StableNow) + *m.StableNow)
		n.StableEver = new(orZero(n.StableEver) + *m.StableEver)
	}
	if len(m.Worse) > 0 {
		n.EverWorse++
	}
}

// counted names what is counted: members, or where others report about them, reports.
func (o *OutcomeChangeResult) counted(n int) string {
	if len(o.Members) > 0 && o.Members[0].Informant != nil {
		return plural(n, "report")
	}
	return plural(n, "member")
}

// one is 1 of what is so.
func one(is bool) int {
	if is {
		return 1
	}
	return 0
}

// orZero is a number, zero where there is none yet.
func orZero[N int | float64](v *N) N {
	if v == nil {
		return 0
	}
	return *v
}

// remark adds what must be said with the numbers.
func (o *OutcomeChangeResult) remark(out *caveat.Set, rule *instrument.Score) {
	switch v := o.By.Verified; {
	case o.By.From == NoReliableChange:
		out.Add(string(series.NoReliability), "Nobody said how reliable the measure is from session to session: who is better or worse cannot be told, and no rule is available for who is not on track. Give the reliability and the standard deviation that goes with it.")
		return
	case v != nil && !*v:
		out.Add("reliable_change_unverified", "The reliable change was not checked against its publisher's text.")
	}
	out.Add("rule_is_this_project_s", "No published curve of expected recovery is free to use, so the rule for who is not on track is plain: reliably worse than at the beginning. Members who get better more slowly than others are not found.")
	if t := &o.Total; t.StableNow != nil {
		out.Add("expected_if_stable", fmt.Sprintf("If the level of none of the %d %s who can be classed had moved, the rule would find about %.1f of them now, and %.1f at least once so far.", t.Members-t.Unknown, o.counted(t.Members-t.Unknown), *t.StableNow, *t.StableEver))
	}
	if n := len(rule.Changes); o.By.From == PublishedChange && n > 1 {
		out.Add("several_reliable_changes", fmt.Sprintf("The definition holds %d reliable changes, found in different people. The first is used: %g points (%s).", n, *o.By.Threshold, o.By.Population))
	}
	if n := o.several(); n > 0 {
		out.Add("members_in_several_groups", fmt.Sprintf("Of members of several groups there are %d; each is counted in every one of them.", n))
	}
	o.remarkError(out)
	out.Add("begins_at_the_worst", "People often come when they feel worst, and would feel less bad some weeks later in any case: an improvement is no proof that the treatment helped.")
	switch o.NoCutoff {
	case outcome.SeveralCutoffs:
		out.Add(string(o.NoCutoff), "There are several cut-offs and none that is known to part those who are ill from those who are not, so nobody is called recovered. The practice may enter its own.")
	case outcome.NoCutoff:
		out.Add(string(o.NoCutoff), "There is no cut-off, so nobody is called recovered. The practice may enter the one that its licence or its norms give.")
	default:
		if !o.Cutoff.Verified && !o.Cutoff.Site {
			out.Add("cutoff_unverified", "The cut-off was not checked against its publisher's text.")
		}
	}
}

// several counts members of more than one group.
func (o *OutcomeChangeResult) several() int {
	groups := map[string]string{}
	several := map[string]bool{}
	for i := range o.Members {
		m := &o.Members[i]
		if g, met := groups[m.Member]; met && g != m.Group {
			several[m.Member] = true
		}
		groups[m.Member] = m.Group
	}
	return len(several)
}

// remarkError adds what must be said of the error of one value.
func (o *OutcomeChangeResult) remarkError(out *caveat.Set) {
	switch e := &o.Error; {
	case e.SD == nil:
		out.Add("no_scatter", "Nobody's values differ from one session to the next, so how many stable members the rule finds cannot be told.")
		return
	case e.From == ErrorSuccessive:
		out.Add("error_from_these_data", fmt.Sprintf("The error of one value comes from %d differences of neighbouring values in these data: what members really changed from one session to the next is counted as error.", *e.Pairs))
	default:
		out.Add("reliability_within", "The reliability must be that from session to session within a person. One found between persons is often too high for this, and too many changes are then called reliable.")
	}
	out.Add("stable_by_normal_errors", "What is said of stable members takes errors to be normal, as large in everybody and independent from session to session: too many for members near the end of a scale, and not so where a bad week is a bad week for all.")
}
