package analysis

// OutcomeChangeDocument is the result of the analysis outcome_change.
type OutcomeChangeDocument struct {
	By      ReliableByDocument     `json:"reliable_change"`
	Better  string                 `json:"direction"`
	Cutoff  *CutoffUsedDocument    `json:"cutoff"`
	NoCut   *string                `json:"no_cutoff_reason"`
	Rule    *string                `json:"not_on_track_rule"`
	NoRule  *string                `json:"no_rule_reason"`
	Error   ValueErrorDocument     `json:"error"`
	Total   ChangeCountsDocument   `json:"total"`
	Groups  []ChangeCountsDocument `json:"groups"`
	Members []MemberChangeDocument `json:"members"`
}

// CutoffUsedDocument is the cut-off between those who are ill and those who are not.
type CutoffUsedDocument struct {
	Value      float64 `json:"value"`
	AtOrAbove  bool    `json:"at_or_above"` // the label holds from the value on; else below it
	Label      string  `json:"label"`
	Population string  `json:"population"`
	Source     string  `json:"source"`
	Verified   bool    `json:"verified"`
	Site       bool    `json:"site"` // entered by the practice
}

// ValueErrorDocument is the error of one value.
type ValueErrorDocument struct {
	SD    *float64 `json:"sd"`
	From  *string  `json:"from"`
	Pairs *int     `json:"pairs"`
	Limit *float64 `json:"limit"`
}

// ChangeCountsDocument counts members by what became of them.
type ChangeCountsDocument struct {
	Group        *string  `json:"group"` // null of all together
	Members      int      `json:"members"`
	Improved     int      `json:"improved"`
	Unchanged    int      `json:"unchanged"`
	Deteriorated int      `json:"deteriorated"`
	Unknown      int      `json:"cannot_tell"`
	Recovered    *int     `json:"recovered"`   // of those improved
	EverWorse    int      `json:"ever_worse"`  // reliably worse than at the beginning at least once
	StableNow    *float64 `json:"stable_now"`  // how many would be found not on track now if all were stable
	StableEver   *float64 `json:"stable_ever"` // how many would have been found at least once if all were stable
}

// ValueAtDocument is a value with its session.
type ValueAtDocument struct {
	Value   float64 `json:"value"`
	Session string  `json:"session"`
	Number  int     `json:"number"`
	HeldOn  string  `json:"held_on"`
}

// MemberChangeDocument is what became of one member.
type MemberChangeDocument struct {
	Group       string             `json:"group"`
	Member      string             `json:"member"`
	Informant   *InformantDocument `json:"informant"` // who reported about the member; null where the member did
	From        *string            `json:"baseline_from"`
	Baseline    *ValueAtDocument   `json:"baseline"`
	Last        *ValueAtDocument   `json:"last"`
	Comparisons int                `json:"comparisons"` // values after the baseline
	Change      *ReliableDocument  `json:"change"`
	Class       *string            `json:"class"` // improved, unchanged or deteriorated; null where it cannot be told
	Recovered   *bool              `json:"recovered"`
	OffTrack    *bool              `json:"not_on_track"`
	Worse       []int              `json:"worse_in_sessions"` // numbers of sessions
	StableNow   *float64           `json:"stable_now"`        // share of stable members whom the rule finds now
	StableEver  *float64           `json:"stable_ever"`       // share of stable members whom the rule finds at least once in as many comparisons
	Reason      *string            `json:"reason"`
}

// document returns the result as it is written.
func (o *OutcomeChangeResult) document() any {
	d := OutcomeChangeDocument{
		By: o.By.document(), Better: string(o.Better), NoCut: orNull(string(o.NoCutoff)), Rule: orNull(o.Rule), NoRule: orNull(string(o.NoRule)),
		Error: ValueErrorDocument{SD: o.Error.SD, From: orNull(string(o.Error.From)), Pairs: o.Error.Pairs, Limit: o.Error.Limit},
		Total: o.Total.document(), Members: each(o.Members, memberChangeDocument),
		Groups: each(o.Groups, func(n ChangeCounts) ChangeCountsDocument { return n.document() }),
	}
	if c := o.Cutoff; c != nil {
		d.Cutoff = &CutoffUsedDocument{Value: c.Value, AtOrAbove: c.AtOrAbove, Label: c.Label, Population: c.Population, Source: c.Source, Verified: c.Verified, Site: c.Site}
	}
	return d
}

// document returns counts as they are written.
func (n *ChangeCounts) document() ChangeCountsDocument {
	return ChangeCountsDocument{
		Group: orNull(n.Group), Members: n.Members, Improved: n.Improved, Unchanged: n.Unchanged, Deteriorated: n.Deteriorated, Unknown: n.Unknown,
		Recovered: n.Recovered, EverWorse: n.EverWorse, StableNow: n.StableNow, StableEver: n.StableEver,
	}
}

// document returns a value as it is written, nil for none.
func (v *ValueAt) document() *ValueAtDocument {
	if v == nil {
		return nil
	}
	return &ValueAtDocument{Value: v.Value, Session: v.Session, Number: v.Number, HeldOn: v.HeldOn}
}

// memberChangeDocument returns one member as it is written.
func memberChangeDocument(m MemberChange) MemberChangeDocument {
	d := MemberChangeDocument{
		Group: m.Group, Member: m.Member, Informant: m.Informant.document(), From: orNull(string(m.From)), Baseline: m.Baseline.document(), Last: m.Last.document(), Comparisons: m.Comparisons,
		Class: orNull(string(m.Class)), Recovered: m.Recovered, OffTrack: m.OffTrack, Worse: each(m.Worse, func(n int) int { return n }),
		StableNow: m.StableNow, StableEver: m.StableEver, Reason: orNull(string(m.Reason)),
	}
	if m.Change != nil {
		d.Change = new(reliableDocument(m.Change))
	}
	return d
}
