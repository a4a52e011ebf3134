package analysis

import "holon/internal/instrument"

// OutcomeChangeDocument is the result of the analysis outcome_change.
type OutcomeChangeDocument struct {
	Direction    *string                 `json:"direction"`
	Baseline     *string                 `json:"baseline"`
	By           ReliableByDocument      `json:"reliable_change"`
	Cutoff       *ClinicalCutoffDocument `json:"cutoff"`
	CutoffReason *string                 `json:"cutoff_reason"`
	Track        TrackRuleDocument       `json:"not_on_track"`
	All          ChangeCountsDocument    `json:"counts"`
	Groups       []GroupChangeDocument   `json:"groups"`
	Members      []MemberChangeDocument  `json:"members"`
}

// ClinicalCutoffDocument is the cut-off that parts the ill from the well.
type ClinicalCutoffDocument struct {
	Population string  `json:"population"`
	Label      string  `json:"label"`
	Value      float64 `json:"value"`
	Applies    string  `json:"applies"`
	Source     string  `json:"source"`
	Verified   bool    `json:"verified"`
	Site       bool    `json:"site"`
}

// TrackRuleDocument is the rule by which members are not on track, and what it
// does to stable ones.
type TrackRuleDocument struct {
	Rule        *string  `json:"rule"`
	Source      *string  `json:"source"`
	Reason      *string  `json:"reason"`
	ErrorSD     *float64 `json:"error_sd"`
	ErrorDF     *int     `json:"error_pairs"`
	ErrorFrom   *string  `json:"error_from"`
	Step        *float64 `json:"step"`
	Limit       *float64 `json:"limit"`
	StableOnce  *float64 `json:"stable_flagged_once"`
	ErrorReason *string  `json:"stable_reason"`
}

// ChangeCountsDocument are numbers of members.
type ChangeCountsDocument struct {
	Members      int      `json:"members"`
	Changes      int      `json:"with_change"`
	NoChange     int      `json:"without_change"`
	Improved     *int     `json:"improved"`
	Recovered    *int     `json:"recovered"`
	Unchanged    *int     `json:"unchanged"`
	Deteriorated *int     `json:"deteriorated"`
	OffTrack     *int     `json:"not_on_track"`
	EverOff      *int     `json:"ever_not_on_track"`
	ChanceEach   *float64 `json:"improved_by_error"`
	ChanceWorse  *float64 `json:"deteriorated_by_error"`
	ChanceEver   *float64 `json:"ever_not_on_track_by_error"`
}

// GroupChangeDocument is one group's counts.
type GroupChangeDocument struct {
	Group  string               `json:"group"`
	Counts ChangeCountsDocument `json:"counts"`
}

// MemberChangeDocument is one member of one group.
type MemberChangeDocument struct {
	Group       string               `json:"group"`
	Member      string               `json:"member"`
	Values      int                  `json:"values"`
	Comparisons int                  `json:"comparisons"`
	From        *ChangeValueDocument `json:"from"`
	To          *ChangeValueDocument `json:"to"`
	Change      *ReliableDocument    `json:"change"`
	State       *string              `json:"state"`
	Recovered   *bool                `json:"recovered"`
	OffTrack    *bool                `json:"not_on_track"`
	FirstOff    *int                 `json:"first_not_on_track"`
	StableEver  *float64             `json:"stable_flagged"`
	Reason      *string              `json:"reason"`
}

// ChangeValueDocument is a value with its session.
type ChangeValueDocument struct {
	Session string  `json:"session"`
	Number  int     `json:"number"`
	HeldOn  string  `json:"held_on"`
	Stage   *string `json:"stage"`
	Value   float64 `json:"value"`
}

// document returns the result as it is written.
func (o *OutcomeChangeResult) document() any {
	return OutcomeChangeDocument{
		Direction: orNull(string(o.Direction)), Baseline: orNull(string(o.Baseline)), By: o.By.document(),
		Cutoff: clinicalCutoffDocument(o.Cutoff), CutoffReason: orNull(string(o.CutoffReason)), Track: o.Track.document(),
		All: o.All.document(), Groups: each(o.Groups, func(g GroupChange) GroupChangeDocument {
			return GroupChangeDocument{Group: g.Group, Counts: g.Counts.document()}
		}),
		Members: each(o.Members, memberChangeDocument),
	}
}

// clinicalCutoffDocument returns a cut-off as it is written.
func clinicalCutoffDocument(c *instrument.Cutoff) *ClinicalCutoffDocument {
	if c == nil {
		return nil
	}
	applies := "below"
	if c.AtOrAbove {
		applies = "at_or_above"
	}
	return &ClinicalCutoffDocument{Population: c.Population, Label: c.Label, Value: c.Value, Applies: applies, Source: c.Source, Verified: c.Verified, Site: c.Site}
}

// document returns the rule as it is written.
func (t *TrackRule) document() TrackRuleDocument {
	return TrackRuleDocument{
		Rule: orNull(t.Rule), Source: orNull(t.Source), Reason: orNull(string(t.Reason)), ErrorSD: t.ErrorSD, ErrorDF: t.ErrorDF, ErrorFrom: orNull(string(t.ErrorFrom)),
		Step: t.Step, Limit: t.Limit, StableOnce: t.StableOnce, ErrorReason: orNull(string(t.ErrorReason)),
	}
}

// document returns the counts as they are written.
func (c *ChangeCounts) document() ChangeCountsDocument {
	return ChangeCountsDocument{
		Members: c.Members, Changes: c.Changes, NoChange: c.NoChange, Improved: c.Improved, Recovered: c.Recovered, Unchanged: c.Unchanged,
		Deteriorated: c.Deteriorated, OffTrack: c.OffTrack, EverOff: c.EverOff, ChanceEach: c.ChanceEach, ChanceWorse: c.ChanceEach, ChanceEver: c.ChanceEver,
	}
}

// memberChangeDocument returns a member as it is written.
func memberChangeDocument(m MemberChange) MemberChangeDocument {
	d := MemberChangeDocument{
		Group: m.Group, Member: m.Member, Values: m.Values, Comparisons: m.Comparisons, From: changeValueDocument(m.From), To: changeValueDocument(m.To),
		State: orNull(string(m.State)), Recovered: m.Recovered, OffTrack: m.OffTrack, FirstOff: m.FirstOff, StableEver: m.StableEver, Reason: orNull(string(m.Reason)),
	}
	if m.Change != nil {
		d.Change = new(reliableDocument(m.Change))
	}
	return d
}

// changeValueDocument returns a value with its session as it is written.
func changeValueDocument(v *ChangeValue) *ChangeValueDocument {
	if v == nil {
		return nil
	}
	return &ChangeValueDocument{Session: v.Session, Number: v.Number, HeldOn: v.HeldOn, Stage: orNull(string(v.Stage)), Value: v.Value}
}
