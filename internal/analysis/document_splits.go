package analysis

// SplitsDocument is the result of the analysis splits.
type SplitsDocument struct {
	ShownTo      *string                `json:"shown_to"`          // as this member may see it; null: everything
	Therapists   *SubjectDocument       `json:"therapists"`        // the therapists' own measure; null where there is none
	NoTherapists *string                `json:"therapists_reason"` // why families are not held against their therapists; null: they are
	Purpose      *SubjectDocument       `json:"purpose"`           // what members report about the family; null where it is not known
	Reference    SplitReferenceDocument `json:"reference"`
	Error        ReliableByDocument     `json:"error_from"` // what the standard error of a difference is computed from: a reliable change is 1.96 of it
	Rule         SplitRuleDocument      `json:"rule"`
	Alerts       int                    `json:"alerts"`   // departures that alert
	Absolute     int                    `json:"absolute"` // runs by the practice's own rule
	Families     []SplitFamilyDocument  `json:"families"`
}

// SplitReferenceDocument is what members' answers are like.
type SplitReferenceDocument struct {
	From        *string              `json:"from"` // asked: a published sample that the asker names; practice: this practice's members in each role; null: nothing is graded
	SD          *float64             `json:"sd"`
	Fewest      int                  `json:"fewest_raters"` // of each role outside of the family, for a grade
	Roles       []RoleSpreadDocument `json:"roles"`
	Families    int                  `json:"families"`
	Correlation *float64             `json:"correlation"` // of two members of a family in one session
	Stability   *float64             `json:"stability"`   // of one member over two sessions
}

// RoleSpreadDocument is what members in one role answer.
type RoleSpreadDocument struct {
	Role   string   `json:"role"`
	Raters int      `json:"raters"`
	Mean   *float64 `json:"mean"`
	SD     *float64 `json:"sd"`
	Enough bool     `json:"enough"` // enough raters for a grade
}

// SplitRuleDocument is the rule of a new split.
type SplitRuleDocument struct {
	FalseAlerts float64           `json:"false_alerts"` // share of stable families with an alert within the horizon, at most
	Horizon     int               `json:"horizon"`
	Fewest      int               `json:"fewest_earlier"`
	Settles     int               `json:"settles"` // sessions after which a split is the standing difference
	Pairs       int               `json:"pairs"`   // whose differences tell how far pairs move
	Spread      *float64          `json:"spread"`  // of a pair's difference about its own mean; null where too few pairs tell
	DF          *float64          `json:"df"`      // how many of a pair's own sessions that counts for; null where all pairs move alike or too few tell
	Absolute    *AbsoluteDocument `json:"absolute"`
}

// AbsoluteDocument is the practice's own rule.
type AbsoluteDocument struct {
	AtLeast  float64 `json:"at_least"`
	Sessions int     `json:"sessions"`
}

// SplitFamilyDocument is one family or couple.
type SplitFamilyDocument struct {
	Group    string                    `json:"group"`
	Kind     string                    `json:"kind"`
	Members  int                       `json:"members"`
	Sessions int                       `json:"sessions"`
	Splits   []SplitDocument           `json:"splits"`
	Pairs    []SplitPairDocument       `json:"pairs"`
	Lines    []FamilyTherapistDocument `json:"lines"`
	Chance   SplitChanceDocument       `json:"by_chance"`
}

// SplitDocument is one split.
type SplitDocument struct {
	Kind         string   `json:"kind"`    // member_member, family_therapist or low_purpose
	Members      []string `json:"members"` // of a pair the one who says more first
	Therapist    *string  `json:"therapist"`
	Status       string   `json:"status"` // new and over alert; standing, closer and described describe
	Rule         *string  `json:"rule"`   // by which it alerts: departure or absolute; null: it does not
	From         int      `json:"from"`
	Seen         int      `json:"seen"` // the session in which it was seen
	To           int      `json:"to"`
	Sessions     int      `json:"sessions"`
	Weeks        int      `json:"weeks"`      // from the first to the last of these sessions, both counted
	Difference   *float64 `json:"difference"` // mean over its sessions
	SE           *float64 `json:"se"`
	SEReason     *string  `json:"se_reason"`     // why there is none
	Before       *float64 `json:"before"`        // the pair's own difference before
	BeforeReason *string  `json:"before_reason"` // why there is none
	Earlier      int      `json:"earlier"`       // sessions that is the mean of
	P            *float64 `json:"p"`
	Apart        *float64 `json:"apart"` // in standard deviations of the reference
	Grade        *string  `json:"grade"`
	Moved        *string  `json:"moved_most"` // of an alert of a pair the member whose own value moved at least twice as far as the other's; null where neither did
	Ratings      []string `json:"ratings"`
}

// SplitPairDocument is two members over the sessions.
type SplitPairDocument struct {
	First      string               `json:"first"`
	Second     string               `json:"second"`
	FirstRole  *string              `json:"first_role"`
	SecondRole *string              `json:"second_role"`
	Therapist  *string              `json:"therapist"`
	Answered   int                  `json:"answered"`
	Mean       *float64             `json:"mean"` // before the pair first departed from it
	MeanSE     *float64             `json:"mean_se"`
	SD         *float64             `json:"sd"`
	MeanOf     int                  `json:"mean_of"` // sessions that mean and sd are of
	Points     []SplitPointDocument `json:"points"`
}

// SplitPointDocument is one session of a pair.
type SplitPointDocument struct {
	Number     int      `json:"number"`
	HeldOn     string   `json:"held_on"`
	Difference *float64 `json:"difference"`
	SE         *float64 `json:"se"`
	Apart      *float64 `json:"apart"` // in standard deviations of the reference
	Grade      *string  `json:"grade"`
	Row        int      `json:"in_a_row"` // answered sessions in a row up to this one that are graded, with the same one above
	Ratings    []string `json:"ratings"`
}

// FamilyTherapistDocument is all members beside one therapist.
type FamilyTherapistDocument struct {
	Therapist string                         `json:"therapist"`
	Points    []FamilyTherapistPointDocument `json:"points"`
}

// FamilyTherapistPointDocument is one session of them.
type FamilyTherapistPointDocument struct {
	Number      int      `json:"number"`
	N           int      `json:"n"`
	Of          int      `json:"of"`
	Smallest    *float64 `json:"smallest"` // of the differences therapist less member; null unless everybody answered and the therapist rated everybody
	Reason      *string  `json:"reason"`   // why it is null
	Apart       *float64 `json:"apart"`    // in standard deviations of the reference
	AllLow      *bool    `json:"all_low"`  // every member lies below the mean of the role; null where that is not known
	Grade       *string  `json:"grade"`
	NoGrade     *string  `json:"grade_reason"` // why it cannot be graded; null: it can, be it as less than mild
	Purpose     *float64 `json:"purpose"`
	BelowMean   *float64 `json:"purpose_below_mean"` // how far the family's line lies below the mean of families, in standard deviations
	GoodBonds   *bool    `json:"good_bonds"`         // every member lies at or above the mean of the role
	LowPurpose  *string  `json:"low_purpose"`
	Ratings     []string `json:"ratings"`
	PurposeFrom []string `json:"purpose_ratings"`
}

// SplitChanceDocument is what chance gives.
type SplitChanceDocument struct {
	Members     int                 `json:"members"`
	Sessions    int                 `json:"sessions"`
	Correlation *float64            `json:"correlation"`
	Stability   *float64            `json:"stability"`
	Run         int                 `json:"run"` // sessions in a row that in_a_row is about
	Rates       []SplitRateDocument `json:"rates"`
}

// SplitRateDocument is how often for one distance.
type SplitRateDocument struct {
	AtLeast float64 `json:"at_least"`
	Once    float64 `json:"once"`     // share of sessions
	Ever    float64 `json:"ever"`     // share of families with at least one such session
	Row     float64 `json:"in_a_row"` // share of families in which the same two lie so far apart in so many sessions in a row
}

// document writes the result.
func (s *SplitsResult) document() any {
	return SplitsDocument{
		ShownTo: orNull(string(s.ShownTo)), Therapists: s.Therapists.document(), NoTherapists: orNull(string(s.NoTherapists)), Purpose: s.Purpose.document(),
		Reference: s.Reference.document(), Error: s.Error.document(), Rule: s.Rule.document(), Alerts: s.Alerts, Absolute: s.Absolute,
		Families: each(s.Families, SplitFamily.document),
	}
}

// document writes the reference.
func (r SplitReference) document() SplitReferenceDocument {
	return SplitReferenceDocument{
		From: orNull(string(r.From)), SD: r.SD, Fewest: r.Fewest, Families: r.Families, Correlation: r.Correlation, Stability: r.Stability,
		Roles: each(r.Roles, func(x RoleSpread) RoleSpreadDocument { return RoleSpreadDocument(x) }),
	}
}

// document writes the rule.
func (r SplitRule) document() SplitRuleDocument {
	d := SplitRuleDocument{
		FalseAlerts: r.FalseAlerts, Horizon: r.Horizon, Fewest: r.Fewest, Settles: r.Settles, Pairs: r.Pairs, Spread: r.Spread, DF: r.DF,
	}
	if r.Absolute != nil {
		d.Absolute = new(AbsoluteDocument(*r.Absolute))
	}
	return d
}

// document writes a family.
func (f SplitFamily) document() SplitFamilyDocument {
	return SplitFamilyDocument{
		Group: f.Group, Kind: string(f.Kind), Members: f.Members, Sessions: f.Sessions,
		Splits: each(f.Splits, func(x Split) SplitDocument { return x.document() }), Pairs: each(f.Pairs, func(x SplitPair) SplitPairDocument { return x.document() }),
		Lines: each(f.Lines, func(l FamilyTherapistLine) FamilyTherapistDocument {
			return FamilyTherapistDocument{l.Therapist, each(l.Points, FamilyTherapistPoint.document)}
		}),
		Chance: f.Chance.document(),
	}
}

// document writes a split.
func (s *Split) document() SplitDocument {
	return SplitDocument{
		Kind: string(s.Kind), Members: s.Members, Therapist: orNull(s.Therapist), Status: string(s.Status), Rule: orNull(s.Rule),
		From: s.From, Seen: s.Seen, To: s.To, Sessions: s.Sessions, Weeks: s.Weeks, Difference: s.Difference, SE: s.SE, SEReason: orNull(string(s.SEReason)),
		Before: s.Before, BeforeReason: orNull(string(s.BeforeReason)), Moved: orNull(s.Moved), Earlier: s.Earlier, P: s.P, Apart: s.Apart, Grade: orNull(string(s.Grade)), Ratings: list(s.Ratings),
	}
}

// list is a list that is an array on the wire, be it empty.
func list(s []string) []string { return each(s, func(x string) string { return x }) }

// document writes a pair.
func (p *SplitPair) document() SplitPairDocument {
	return SplitPairDocument{
		First: p.First, Second: p.Second, FirstRole: orNull(p.FirstRole), SecondRole: orNull(p.SecondRole), Therapist: orNull(p.Therapist),
		Answered: p.Answered, Mean: p.Mean, MeanSE: p.MeanSE, SD: p.SD, MeanOf: p.MeanOf,
		Points: each(p.Points, func(x SplitPoint) SplitPointDocument {
			return SplitPointDocument{x.Number, string(x.HeldOn), x.Difference, x.SE, x.Apart, orNull(string(x.Grade)), x.Row, list(x.Ratings)}
		}),
	}
}

// document writes a session of a line.
func (x FamilyTherapistPoint) document() FamilyTherapistPointDocument {
	return FamilyTherapistPointDocument{
		Number: x.Number, N: x.N, Of: x.Of, Smallest: x.Smallest, Reason: orNull(string(x.Reason)), NoGrade: orNull(string(x.NoGrade)), Apart: x.Apart, AllLow: x.AllLow, Grade: orNull(string(x.Grade)),
		Purpose: x.Purpose, BelowMean: x.BelowMean, GoodBonds: x.GoodBonds, LowPurpose: orNull(string(x.LowPurpose)),
		Ratings: list(x.Ratings), PurposeFrom: list(x.PurposeFrom),
	}
}

// document writes what chance gives.
func (c *SplitChance) document() SplitChanceDocument {
	return SplitChanceDocument{
		c.Members, c.Sessions, c.Correlation, c.Stability, c.Run,
		each(c.Rates, func(r SplitRate) SplitRateDocument { return SplitRateDocument{r.AtLeast, r.Once, r.Ever, r.Row} }),
	}
}
