package analysis

import (
	"fmt"

	"holon/internal/caveat"
	"holon/internal/instrument"
	"holon/internal/multilevel"
	"holon/internal/multilevel/series"
	"holon/internal/outcome"
	"holon/internal/session"
)

// OutcomeChangeResult is who is better, worse or unchanged.
type OutcomeChangeResult struct {
	By           ReliableBy
	Direction    instrument.Direction
	Baseline     outcome.Start
	Cutoff       *instrument.Cutoff // nil: nobody is said to have recovered, or not
	CutoffReason multilevel.Reason
	Track        TrackRule
	All          ChangeCounts
	Groups       []GroupChange
	Members      []MemberChange
	Reason       multilevel.Reason
}

// ChangeCounts are numbers of members; nil where it cannot be told.
type ChangeCounts struct {
	Members      int // with and without a change
	Changes      int // with a change
	NoChange     int // without one: too few values
	Improved     *int
	Recovered    *int // of those improved
	Unchanged    *int
	Deteriorated *int
	OffTrack     *int // now
	EverOff      *int // now or before

	ChanceEach *float64 // how many error alone would call improved if all were stable, and as many deteriorated
	ChanceEver *float64 // how many the rule would flag now or before if all were stable
}

// GroupChange is one group's counts.
type GroupChange struct {
	Group  string
	Counts ChangeCounts
}

// MemberChange is one member of one group.
type MemberChange struct {
	Group       string
	Member      string
	Values      int          // all, before the baseline too
	Comparisons int          // values after the baseline
	From        *ChangeValue // the baseline
	To          *ChangeValue // the last value after it
	Change      *series.Change
	State       outcome.State // empty where it cannot be told
	Recovered   *bool
	OffTrack    *bool    // now
	FirstOff    *int     // number of the session in which the rule first fired
	StableEver  *float64 // share of stable members whom the rule flags at least once in as many comparisons
	Reason      multilevel.Reason
}

// ChangeValue is a value with its session.
type ChangeValue struct {
	Session string
	Number  int
	HeldOn  string
	Stage   session.Stage // of an assessment
	Value   float64
}

// Analysis returns OutcomeChangeName.
func (*OutcomeChangeResult) Analysis() Name { return OutcomeChangeName }

// Verdict describes: nothing is tested.
func (o *OutcomeChangeResult) Verdict() Verdict { return described(o.Reason) }

// count counts the members, in every group and in all.
func (o *OutcomeChangeResult) count() {
	o.All = o.counted(o.Members)
	for from := 0; from < len(o.Members); {
		to := from
		for to < len(o.Members) && o.Members[to].Group == o.Members[from].Group {
			to++
		}
		o.Groups = append(o.Groups, GroupChange{Group: o.Members[from].Group, Counts: o.counted(o.Members[from:to])})
		from = to
	}
}

// counted counts members.
func (o *OutcomeChangeResult) counted(members []MemberChange) ChangeCounts {
	c := ChangeCounts{Members: len(members)}
	var improved, recovered, unchanged, deteriorated, off, ever int
	var each, flagged float64
	for i := range members {
		m := &members[i]
		if m.Change == nil {
			c.NoChange++
			continue
		}
		c.Changes++
		switch m.State {
		case outcome.Improved:
			improved++
		case outcome.Unchanged:
			unchanged++
		case outcome.Deteriorated:
			deteriorated++
		}
		recovered += one(m.Recovered != nil && *m.Recovered)
		off += one(m.OffTrack != nil && *m.OffTrack)
		ever += one(m.FirstOff != nil)
		if m.StableEver != nil {
			each += *o.Track.StableOnce
			flagged += *m.StableEver
		}
	}
	if o.Track.Rule == "" {
		return c
	}
	c.Improved, c.Unchanged, c.Deteriorated, c.OffTrack, c.EverOff = &improved, &unchanged, &deteriorated, &off, &ever
	if o.Cutoff != nil {
		c.Recovered = &recovered
	}
	if o.Track.StableOnce != nil {
		c.ChanceEach, c.ChanceEver = &each, &flagged
	}
	return c
}

// one is 1 of what is so.
func one(is bool) int {
	if is {
		return 1
	}
	return 0
}

// remark adds what must be said with the counts.
func (o *OutcomeChangeResult) remark(out *caveat.Set, score *instrument.Score) {
	switch {
	case o.Direction == instrument.Neutral:
		out.Add(string(outcome.NoDirection), "The definition of the instrument calls no end of this scale the better one: nobody can be called better or worse.")
	case o.By.Threshold == nil:
		out.Add(string(series.NoReliability), "Nobody said how reliable the measure is, and its definition holds no reliable change: whether a change is more than error cannot be told. Give the reliability and the standard deviation that goes with it.")
	case o.By.From == AskedReliability:
		out.Add("reliability_within", "The reliability must be that from session to session within a person. One found between persons is often too high for this, and too many changes are then called reliable.")
	}
	if o.Track.Rule == "" {
		out.Add(string(NoRule), "There is no rule by which a member would be not on track.")
	} else {
		out.Add("no_expected_course", "Members are compared with their own beginning. An expected course of recovery, with which they could be compared instead, needs norms that are licensed, and none is here.")
		out.Add("begins_at_the_worst", "People often come when they feel worst, and would feel less bad some weeks later in any case: an improvement is no proof that the treatment helped.")
	}
	if v := o.By.Verified; v != nil && !*v {
		out.Add("reliable_change_unverified", "The reliable change was not checked against its publisher's text.")
	}
	if n := len(score.Changes); o.By.From == PublishedChange && n > 1 {
		out.Add("several_reliable_changes", fmt.Sprintf("The definition holds %d reliable changes, found in different people. The first is used: %g points (%s).", n, *o.By.Threshold, o.By.Population))
	}
	if s := cutoffSentence(o.CutoffReason); s != "" {
		out.Add(string(o.CutoffReason), s)
	}
	if c := o.Cutoff; c != nil && !c.Verified && !c.Site {
		out.Add("cutoff_unverified", "The cut-off was not checked against its publisher's text.")
	}
	o.remarkChance(out)
	if n := o.twice(); n > 0 {
		out.Add("members_in_several_groups", fmt.Sprintf("Of members in several groups there are %d; each is counted in every one of them.", n))
	}
}

// remarkChance adds what must be said of the share of stable members.
func (o *OutcomeChangeResult) remarkChance(out *caveat.Set) {
	if o.Track.StableOnce != nil {
		out.Add("stable_by_normal_errors", "The numbers by error alone take errors to be normal, as large in everybody and independent from session to session. They are too high for members near the end of a scale, and others where a bad week is a bad week for all.")
	}
	if o.Track.ErrorReason == NoScatter {
		out.Add(string(NoScatter), "Nobody's values differ from one session to the next, so how many stable members the rule flags cannot be told.")
	}
	if o.Track.ErrorFrom == ErrorSuccessive {
		out.Add("error_from_these_data", fmt.Sprintf("The error of one value comes from %d differences of neighbouring values in these data: what members really changed from one session to the next is counted as error.", *o.Track.ErrorDF))
	}
}

// cutoffSentence says why nobody is said to have recovered.
func cutoffSentence(why multilevel.Reason) string {
	switch why {
	case outcome.NoCutoff:
		return "The definition of the instrument holds no cut-off, so nobody can be called recovered. The practice may enter the one that its licence or its norms give."
	case outcome.SeveralCutoffs:
		return "The instrument has several cut-offs, and nothing says which of them parts the ill from the well, so nobody can be called recovered. The practice may enter its own."
	default:
		return ""
	}
}

// twice counts members of several groups.
func (o *OutcomeChangeResult) twice() int {
	groups := map[string]string{}
	several := map[string]bool{}
	for i := range o.Members {
		m := &o.Members[i]
		if g, ok := groups[m.Member]; ok && g != m.Group {
			several[m.Member] = true
		}
		groups[m.Member] = m.Group
	}
	return len(several)
}
