package analysis

// GroupLevelDocument is the result of the analysis group_level.
type GroupLevelDocument struct {
	Structure    *string               `json:"structure"`
	GroupSize    GroupSizeDocument     `json:"group_size"`
	Mean         MeanDocument          `json:"mean"`
	ANOVA        ANOVADocument         `json:"anova"`
	ICC1         ICCDocument           `json:"icc1"`
	ICCGroupMean GroupMeanDocument     `json:"icc_group_mean"`
	Strata       []StratumDocument     `json:"strata"`
	REML         FitDocument           `json:"reml"`
	ML           FitDocument           `json:"ml"`
	Correlation  CorrelationDocument   `json:"correlation"`
	Reliability  LevelsMeansDocument   `json:"reliability"`
	Tests        []TestDocument        `json:"tests"`
	GroupEffects []GroupEffectDocument `json:"group_effects"`
	Effects      EffectsDocument       `json:"effects"`
	Comparison   ComparisonDocument    `json:"comparison"`
	Weather      *WeatherDocument      `json:"weather"`
	Settle       SettleDocument        `json:"settle"`
	Around       *SurroundingsDocument `json:"around"`
}

// GroupSizeDocument describes the numbers of ratings per group; null where
// nothing was computed.
type GroupSizeDocument struct {
	Min        *int     `json:"min"`
	Max        *int     `json:"max"`
	Mean       *float64 `json:"mean"`
	Harmonic   *float64 `json:"harmonic"`
	N0         *float64 `json:"n0"`
	Singletons *int     `json:"singletons"`
}

// MeanDocument holds the mean of all ratings and the unweighted mean of group
// means.
type MeanDocument struct {
	Ratings *float64 `json:"ratings"`
	Groups  *float64 `json:"groups"`
}

// ANOVADocument is the one-way analysis of variance.
type ANOVADocument struct {
	SSBetween       *float64 `json:"ss_between"`
	SSWithin        *float64 `json:"ss_within"`
	SSTotal         *float64 `json:"ss_total"`
	MSBetween       *float64 `json:"ms_between"`
	MSWithin        *float64 `json:"ms_within"`
	DFBetween       *int     `json:"df_between"`
	DFWithin        *int     `json:"df_within"`
	F               *float64 `json:"f"`
	P               *float64 `json:"p"`
	PLower          *float64 `json:"p_lower"`
	VarianceBetween *float64 `json:"variance_between"`
}

// IntervalDocument is an interval; its limits may be negative.
type IntervalDocument struct {
	Level  float64  `json:"level"`
	Lower  *float64 `json:"lower"`
	Upper  *float64 `json:"upper"`
	Method string   `json:"method"`
}

// ICCDocument is the untruncated intraclass correlation.
type ICCDocument struct {
	Estimate *float64           `json:"estimate"`
	CI       []IntervalDocument `json:"ci"`
}

// GroupMeanDocument is the reliability of group means.
type GroupMeanDocument struct {
	Estimate *float64              `json:"estimate"`
	MeanREML *float64              `json:"mean_reml"`
	PerGroup []ReliabilityDocument `json:"per_group"`
}

// ReliabilityDocument is the reliability of one group's mean.
type ReliabilityDocument struct {
	Group       string   `json:"group"`
	Size        int      `json:"size"`
	Reliability *float64 `json:"reliability"`
}

// ComponentsDocument is one number per level, null where the model has no such
// level.
type ComponentsDocument struct {
	Therapist *float64 `json:"therapist"`
	Group     *float64 `json:"group"`
	Member    *float64 `json:"member"`
	Session   *float64 `json:"session"`
	Residual  *float64 `json:"residual"`
}

// ShareIntervalDocument holds the intervals of shares of variance.
type ShareIntervalDocument struct {
	Therapist []IntervalDocument `json:"therapist"`
	Group     []IntervalDocument `json:"group"`
	Member    []IntervalDocument `json:"member"`
	Session   []IntervalDocument `json:"session"`
}

// CoefficientDocument is the coefficient of one covariate.
type CoefficientDocument struct {
	Name     string   `json:"name"`
	Estimate *float64 `json:"estimate"`
	SE       *float64 `json:"se"`
}

// FitDocument is the variance components model fitted by REML or ML.
type FitDocument struct {
	Variance      ComponentsDocument    `json:"variance"`
	VarianceSE    ComponentsDocument    `json:"variance_se"`
	Share         ComponentsDocument    `json:"share"`
	ShareCI       ShareIntervalDocument `json:"share_ci"`
	Fixed         []CoefficientDocument `json:"fixed"`
	Mean          *float64              `json:"mean"`
	MeanSE        *float64              `json:"mean_se"`
	LogLikelihood *float64              `json:"log_likelihood"`
	Deviance      *float64              `json:"deviance"`
	DevianceNull  *float64              `json:"deviance_null"`
	Singular      *bool                 `json:"singular"`
	Unbounded     *bool                 `json:"unbounded"`
	LocalOptima   *int                  `json:"local_optima"`
}

// TestDocument is one test of one variance component.
type TestDocument struct {
	Component  string              `json:"component"`
	Method     string              `json:"method"`
	Statistic  *float64            `json:"statistic"`
	DF1        *float64            `json:"df1"`
	DF2        *float64            `json:"df2"`
	P          *float64            `json:"p"`
	Null       *string             `json:"null"`
	MonteCarlo *MonteCarloDocument `json:"monte_carlo"`
	NullAtZero *float64            `json:"null_at_zero"`
}

// MonteCarloDocument says how a number was drawn at random; null where it was
// computed.
type MonteCarloDocument struct {
	Draws  int     `json:"draws"`
	Seed   uint64  `json:"seed"`
	SE     float64 `json:"se"`
	Failed int     `json:"failed"`
}

// GroupEffectDocument is one group's mean and its prediction under REML.
type GroupEffectDocument struct {
	Group          string  `json:"group"`
	Size           int     `json:"size"`
	Mean           float64 `json:"mean"`
	BLUP           float64 `json:"blup"`
	CondSD         float64 `json:"cond_sd"`
	PredSE         float64 `json:"pred_se"`
	ShrunkenMean   float64 `json:"shrunken_mean"`
	ShrunkenMeanSE float64 `json:"shrunken_mean_se"`
	Reliability    float64 `json:"reliability"`
}

// EffectsDocument holds the predictions of the levels other than the group,
// under REML; empty where the model has no such level.
type EffectsDocument struct {
	Therapist []EffectDocument `json:"therapist"`
	Member    []EffectDocument `json:"member"`
	Session   []EffectDocument `json:"session"`
}

// EffectDocument is the predicted deviation of one member, session or
// therapist; the group of a therapist is null.
type EffectDocument struct {
	Group       *string  `json:"group"`
	Name        string   `json:"name"`
	Ratings     int      `json:"ratings"`
	BLUP        float64  `json:"blup"`
	CondSD      float64  `json:"cond_sd"`
	PredSE      float64  `json:"pred_se"`
	Reliability *float64 `json:"reliability"`
}

// StratumDocument is one line of the analysis of variance of complete tables of
// members by sessions.
type StratumDocument struct {
	Name string   `json:"name"`
	SS   float64  `json:"ss"`
	DF   int      `json:"df"`
	MS   *float64 `json:"ms"`
}

// CorrelationDocument holds the model's correlations between two ratings in one
// group.
type CorrelationDocument struct {
	SameMemberOtherSession *float64 `json:"same_member_other_session"`
	SameSessionOtherMember *float64 `json:"same_session_other_member"`
	OtherMemberAndSession  *float64 `json:"other_member_and_session"`
}

// LevelsMeansDocument says how well means tell groups, members and sessions
// apart, for tables of so many members and sessions.
type LevelsMeansDocument struct {
	GroupMean              *float64 `json:"group_mean"`
	MemberMeanWithinGroup  *float64 `json:"member_mean_within_group"`
	SessionMeanWithinGroup *float64 `json:"session_mean_within_group"`
	Members                *float64 `json:"members"`
	Sessions               *float64 `json:"sessions"`
}

// WeatherDocument says whether the members of a group move together from
// session to session; null where no session is shared.
type WeatherDocument struct {
	Share  *float64           `json:"share"`
	CI     []IntervalDocument `json:"ci"`
	F      *float64           `json:"f"`
	DF1    *float64           `json:"df1"`
	DF2    *float64           `json:"df2"`
	P      *float64           `json:"p"`
	Answer string             `json:"answer"`
	Reason string             `json:"reason"`
}

// SettleDocument says how many groups like these would settle the question.
type SettleDocument struct {
	ICC               float64  `json:"icc"`
	PowerNow          *float64 `json:"power_now"`
	ChanceNotPositive *float64 `json:"chance_not_positive"`
	GroupsToShow      *int     `json:"groups_to_show"`
	Bound             float64  `json:"bound"`
	GroupsToRuleOut   *int     `json:"groups_to_rule_out"`
}
