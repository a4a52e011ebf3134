package analysis

import "holon/internal/multilevel/rupture"

// RupturesDocument is the result of the analysis ruptures.
type RupturesDocument struct {
	WithinSD  *float64                  `json:"within_sd"`        // of neighbouring values
	BetweenSD *float64                  `json:"between_sd"`       // of members' means
	NoSpread  *string                   `json:"no_spread_reason"` // why one of the two is null, or what chance gives is
	By        ReliableByDocument        `json:"reliable_change"`
	Reference *string                   `json:"reference"`
	Low       *float64                  `json:"low_below"`
	High      *float64                  `json:"high_above"`
	Rules     []FallRuleDocument        `json:"rules"`
	Counts    []FallsByRuleDocument     `json:"found_by_rule"`
	Found     int                       `json:"found"`
	ByChance  *float64                  `json:"by_chance"`           // falls that the rules find in as many members whose level never moves
	Returned  *float64                  `json:"returned_by_chance"`  // share of those that come back
	Soon      *float64                  `json:"back_soon_by_chance"` // share of those with three values after them that come back within three
	Shapes    []ShapeCountDocument      `json:"shapes"`
	Pairs     []PairCourseDocument      `json:"pairs"`
	Unscored  []UnscoredRuptureDocument `json:"entered_without_values"` // by the therapist, of pairs that have no value
	Draws     int                       `json:"draws"`
	Seed      uint64                    `json:"seed"`
}

// FallRuleDocument is a rule by which a fall is found.
type FallRuleDocument struct {
	ID        string  `json:"id"`
	Parameter float64 `json:"parameter"`
	Unit      string  `json:"unit"`
	Least     int     `json:"values_before"` // earlier values from which the rule applies
	Source    string  `json:"source"`
	Verified  bool    `json:"verified"`
}

// FallsByRuleDocument is how many falls a rule had a part in.
type FallsByRuleDocument struct {
	ID       string   `json:"id"`
	Found    int      `json:"found"`
	ByChance *float64 `json:"by_chance"`
}

// ShapeCountDocument is how many pairs have a course of a shape.
type ShapeCountDocument struct {
	Shape    string   `json:"shape"`
	Pairs    int      `json:"pairs"`
	ByChance *float64 `json:"by_chance"` // share of members whose level never moves
}

// PairCourseDocument is one therapist with one member.
type PairCourseDocument struct {
	Group     string                   `json:"group"`
	Therapist string                   `json:"therapist"`
	Member    string                   `json:"member"`
	Values    int                      `json:"values"`
	Mean      float64                  `json:"mean"`
	Level     *string                  `json:"level"` // low, middle or high beside the reference; null where nobody can say
	Shape     string                   `json:"shape"`
	ByChance  *float64                 `json:"shape_by_chance"` // share of members with as many values whose level never moves
	Left      bool                     `json:"dropped_out"`
	Falls     []FallDocument           `json:"falls"`
	Entered   []EnteredRuptureDocument `json:"entered_without_fall"` // by the therapist, where the scores show no fall
}

// EnteredRuptureDocument is what a therapist entered of a rupture.
type EnteredRuptureDocument struct {
	Number int                   `json:"number"` // of the session
	HeldOn string                `json:"held_on"`
	Kind   string                `json:"kind"`
	Steps  []EnteredStepDocument `json:"steps"`
}

// UnscoredRuptureDocument is what a therapist entered of a pair that has no value.
type UnscoredRuptureDocument struct {
	Group     string                 `json:"group"`
	Therapist string                 `json:"therapist"`
	Member    string                 `json:"member"`
	Entered   EnteredRuptureDocument `json:"entered"`
}

// EnteredStepDocument is one thing done to repair a rupture.
type EnteredStepDocument struct {
	Kind   string `json:"kind"`
	Number int    `json:"number"` // of the session
}

// FallDocument is one fall of the alliance.
type FallDocument struct {
	Onset           ValueAtDocument         `json:"onset"`
	Low             ValueAtDocument         `json:"lowest"`
	Fired           []string                `json:"rules"`
	Before          float64                 `json:"level_before"` // mean of the last three values before
	Depth           float64                 `json:"depth"`
	OwnSDs          *float64                `json:"depth_own_sd"`
	NoOwn           *string                 `json:"depth_own_sd_reason"`           // why it is null
	ReliableChanges *float64                `json:"depth_reliable_changes"`        // depth over the least change that is reliable
	NoReliable      *string                 `json:"depth_reliable_changes_reason"` // why it is null
	State           string                  `json:"state"`
	Back            *ValueAtDocument        `json:"back"`         // the first value that is back
	Sessions        *int                    `json:"values_to_it"` // values from the onset to it
	After           *float64                `json:"level_after"`  // mean of the value that is back and the two next
	Gained          *float64                `json:"after_less_before"`
	Later           int                     `json:"values_after_onset"`
	Missed          int                     `json:"missed"`     // sessions missed in the fall, which may be a sign of withdrawal
	Blank           int                     `json:"blank"`      // blank forms in the fall
	NoForm          int                     `json:"no_form"`    // sessions without a form in the fall, where others handed one in
	Understood      *ValueAtDocument        `json:"understood"` // the member's own last word, whatever it is
	Entered         *EnteredRuptureDocument `json:"entered"`
}

// document returns the result as it is written.
func (r *RupturesResult) document() any {
	return RupturesDocument{
		WithinSD: r.Within, BetweenSD: r.Between, NoSpread: orNull(string(r.NoSpread)), By: r.By.document(), Reference: orNull(string(r.Reference)), Low: r.Low, High: r.High,
		Rules: each(r.Rules, func(x rupture.Rule) FallRuleDocument {
			return FallRuleDocument{ID: string(x.ID), Parameter: x.Parameter, Unit: x.Unit, Least: x.Least, Source: x.Source, Verified: x.Verified}
		}),
		Counts: each(r.Counts, func(n RuleCount) FallsByRuleDocument {
			return FallsByRuleDocument{ID: string(n.ID), Found: n.Found, ByChance: n.ByChance}
		}),
		Found: r.Found, ByChance: r.ByChance, Returned: r.ReturnedByChance, Soon: r.SoonByChance,
		Shapes: each(r.Shapes, func(n ShapeCount) ShapeCountDocument {
			return ShapeCountDocument{Shape: string(n.Shape), Pairs: n.Pairs, ByChance: n.ByChance}
		}),
		Pairs: each(r.Pairs, pairCourseDocument),
		Unscored: each(r.Unscored, func(u UnscoredRupture) UnscoredRuptureDocument {
			return UnscoredRuptureDocument{Group: u.Group, Therapist: u.Therapist, Member: u.Member, Entered: enteredRuptureDocument(u.EnteredRupture)}
		}),
		Draws: r.Draws, Seed: r.Seed,
	}
}

// pairCourseDocument returns one pair as it is written.
func pairCourseDocument(p RupturePair) PairCourseDocument {
	return PairCourseDocument{
		Group: p.Group, Therapist: p.Therapist, Member: p.Member, Values: p.Values, Mean: p.Mean, Level: orNull(p.Level), Shape: string(p.Shape), ByChance: p.ShapeByChance, Left: p.Left,
		Falls: each(p.Falls, fallDocument), Entered: each(p.Entered, enteredRuptureDocument),
	}
}

// enteredRuptureDocument returns what was entered as it is written.
func enteredRuptureDocument(e EnteredRupture) EnteredRuptureDocument {
	return EnteredRuptureDocument{
		Number: e.Number, HeldOn: e.HeldOn, Kind: string(e.Kind),
		Steps: each(e.Steps, func(x EnteredStep) EnteredStepDocument {
			return EnteredStepDocument{Kind: string(x.Kind), Number: x.Number}
		}),
	}
}

// fallDocument returns one fall as it is written.
func fallDocument(f RuptureFall) FallDocument {
	out := FallDocument{
		Onset: *f.Onset.document(), Low: *f.Low.document(), Fired: each(f.Fired, func(id rupture.RuleID) string { return string(id) }),
		Before: f.Before, Depth: f.Depth, OwnSDs: f.OwnSDs, NoOwn: orNull(string(f.NoOwn)), ReliableChanges: f.ReliableChanges, NoReliable: orNull(string(f.NoReliable)), State: string(f.State),
		Back: f.Back.document(), Sessions: f.Sessions, After: f.After, Gained: f.Gained, Later: f.Later,
		Missed: f.Missed, Blank: f.Blank, NoForm: f.NoForm, Understood: f.Understood.document(),
	}
	if f.Entered != nil {
		out.Entered = new(enteredRuptureDocument(*f.Entered))
	}
	return out
}
