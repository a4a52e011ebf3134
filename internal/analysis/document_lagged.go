package analysis

import (
	"holon/internal/multilevel/clustered"
	"holon/internal/multilevel/lagged"
)

// LaggedDocument is the result of the analysis lagged. Forward is from the first
// measure to the second.
type LaggedDocument struct {
	First       string                   `json:"first"`
	Second      string                   `json:"second"`
	Unit        string                   `json:"time_unit"`
	Occasions   int                      `json:"occasions"`
	Pairs       int                      `json:"pairs"`
	Gap         GapDocument              `json:"gap"`
	Together    TogetherDocument         `json:"same_session"`
	Forward     ArrowDocument            `json:"forward"`
	Backward    ArrowDocument            `json:"backward"`
	Difference  ArrowsDifferenceDocument `json:"difference"`
	ClusteredOn string                   `json:"clustered_on"`
	Alpha       float64                  `json:"alpha"`
	Bound       float64                  `json:"bound"`
	ToShow      *int                     `json:"clusters_to_show"`
	ToRuleOut   *int                     `json:"clusters_to_rule_out"`
	Against     *SubjectDocument         `json:"against"`
}

// GapDocument is the time between two sessions of a pair.
type GapDocument struct {
	Least     *float64 `json:"least"`
	Median    *float64 `json:"median"`
	Most      *float64 `json:"most"`
	Covariate bool     `json:"covariate"`
}

// TogetherDocument is how both measures go together in the same session.
type TogetherDocument struct {
	SlopeWithin     *float64 `json:"slope_within"`
	SEWithin        *float64 `json:"se_within"`
	RWithin         *float64 `json:"r_within"`
	RDetrended      *float64 `json:"r_within_detrended"`
	SlopeBetween    *float64 `json:"slope_between_means"`
	RBetween        *float64 `json:"r_between_means"`
	MembersRepeated int      `json:"members_with_two_sessions"`
}

// ArrowDocument is one direction.
type ArrowDocument struct {
	Raw       LaggedModelDocument    `json:"raw"`
	Detrended LaggedModelDocument    `json:"detrended"`
	Adjusted  LaggedModelDocument    `json:"adjusted"`
	Bias      *float64               `json:"bias"`
	Corrected RobustSlopeDocument    `json:"corrected"`
	PHolm     *float64               `json:"p_holm"`
	Shown     bool                   `json:"beyond_chance"`
	Nickell   AutoregressionDocument `json:"own_past"`
}

// AutoregressionDocument is the bias of a measure's slope on its own past.
type AutoregressionDocument struct {
	PairsPerMember *float64 `json:"pairs_per_member"`
	Bias           *float64 `json:"bias"`
	Corrected      *float64 `json:"corrected"`
}

// LaggedModelDocument is one regression.
type LaggedModelDocument struct {
	Pairs        int                 `json:"pairs"`
	Members      int                 `json:"members"`
	Clusters     int                 `json:"clusters"`
	DF           int                 `json:"df"`
	Before       RobustSlopeDocument `json:"slope"`
	Own          RobustSlopeDocument `json:"slope_own_past"`
	OthersBefore RobustSlopeDocument `json:"slope_others_before"`
	OthersNext   RobustSlopeDocument `json:"slope_others_own_past"`
	Gap          RobustSlopeDocument `json:"slope_gap"`
	Standard     RobustSlopeDocument `json:"standardised"`
	SDBefore     *float64            `json:"sd_before"`
	SDNext       *float64            `json:"sd_next"`
	Reason       *string             `json:"reason"`
}

// RobustSlopeDocument is one slope with its classical and its clustered error.
type RobustSlopeDocument struct {
	Estimate  *float64           `json:"estimate"`
	SE        *float64           `json:"se"`
	P         *float64           `json:"p"`
	ClusterSE *float64           `json:"clustered_se"`
	ClusterDF *float64           `json:"clustered_df"`
	ClusterP  *float64           `json:"clustered_p"`
	CI        []IntervalDocument `json:"ci"`
}

// ArrowsDifferenceDocument is the forward arrow less the backward one.
type ArrowsDifferenceDocument struct {
	Estimate *float64           `json:"estimate"`
	CI       []IntervalDocument `json:"ci"`
	Draws    int                `json:"draws"`
	Seed     uint64             `json:"seed"`
	Failed   int                `json:"failed"`
}

// document returns the result as it is written.
func (l *LaggedResult) document() any {
	return LaggedDocument{
		First: l.Before, Second: l.Next, Unit: l.Unit, Occasions: l.Occasions, Pairs: l.Pairs, Gap: GapDocument(l.Gap), Together: TogetherDocument(l.Together),
		Forward: arrowDocument(&l.Forward), Backward: arrowDocument(&l.Backward),
		Difference: ArrowsDifferenceDocument{
			Estimate: l.Difference.Estimate, CI: each(l.Difference.CI, intervalDocument), Draws: l.Difference.Draws, Seed: l.Difference.Seed, Failed: l.Difference.Failed,
		},
		ClusteredOn: l.ClusteredOn, Alpha: l.Alpha, Bound: l.Bound, ToShow: l.Settle.ToShow, ToRuleOut: l.Settle.ToRuleOut, Against: l.Against.document(),
	}
}

// arrowDocument returns one direction as it is written.
func arrowDocument(a *lagged.Arrow) ArrowDocument {
	return ArrowDocument{
		Raw: laggedModelDocument(&a.Raw), Detrended: laggedModelDocument(&a.Detrended), Adjusted: laggedModelDocument(&a.Adjusted),
		Bias: a.Bias, Corrected: slopeDocument(&a.Corrected), PHolm: a.PHolm, Shown: a.Shown, Nickell: AutoregressionDocument(a.Nickell),
	}
}

// laggedModelDocument returns one regression as it is written.
func laggedModelDocument(m *lagged.Model) LaggedModelDocument {
	return LaggedModelDocument{
		Pairs: m.Pairs, Members: m.Members, Clusters: m.Cluster, DF: m.DF, Before: slopeDocument(&m.Before), Own: slopeDocument(&m.Own),
		OthersBefore: slopeDocument(&m.OthersBefore), OthersNext: slopeDocument(&m.OthersNext), Gap: slopeDocument(&m.Gap),
		Standard: slopeDocument(&m.Standard), SDBefore: m.SDBefore, SDNext: m.SDNext, Reason: orNull(string(m.Reason)),
	}
}

// slopeDocument returns one slope as it is written.
func slopeDocument(c *clustered.Coefficient) RobustSlopeDocument {
	return RobustSlopeDocument{
		Estimate: c.Estimate, SE: c.SE, P: c.P, ClusterSE: c.ClusterSE, ClusterDF: c.ClusterDF, ClusterP: c.ClusterP, CI: each(c.CI, intervalDocument),
	}
}
