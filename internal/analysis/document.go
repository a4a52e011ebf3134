package analysis

// ReportDocument is a report as it is written: by the API, into the record of
// a kept report, and by the command line. Every key is always there; null
// stands for what is undefined, and a caveat says why.
type ReportDocument struct {
	Analysis      string           `json:"analysis"`
	MethodVersion string           `json:"method_version"`
	Input         InputDocument    `json:"input"`
	Outcome       string           `json:"outcome"`
	Subject       *SubjectDocument `json:"subject"`
	Counts        CountsDocument   `json:"counts"`
	Estimand      string           `json:"estimand"`
	Answer        string           `json:"answer"`
	Reason        string           `json:"reason"`
	Caveats       []CaveatDocument `json:"caveats"`
	Result        GroupLevelResult `json:"result"`
}

// ReportsDocument is several reports, such as one for each measure.
type ReportsDocument struct {
	Reports []ReportDocument `json:"reports"`
}

// InputDocument identifies the rows that were analysed.
type InputDocument struct {
	SHA256 string `json:"sha256"`
	Rows   int    `json:"rows"`
}

// SubjectDocument says what the ratings are; null where the data are a table
// of which only the columns are known.
type SubjectDocument struct {
	Measure     MeasureDocument `json:"measure"`
	Title       string          `json:"title"`
	Level       string          `json:"level"`
	Referent    string          `json:"referent"`
	Composition string          `json:"composition"`
	RuleSet     string          `json:"rule_set"`
	GroupKinds  []string        `json:"group_kinds"`
}

// MeasureDocument names a score of one version of an instrument by one kind of
// rater; the occasion is null where the question left it open.
type MeasureDocument struct {
	Instrument InstrumentDocument `json:"instrument"`
	Score      string             `json:"score"`
	Rater      string             `json:"rater"`
	Occasion   *string            `json:"occasion"`
}

// InstrumentDocument names a version of an instrument.
type InstrumentDocument struct {
	ID      string `json:"id"`
	Version string `json:"version"`
}

// CountsDocument says how much went in and what was left out. Members are
// people: who is in two groups counts once. Sessions is null where ratings are
// not tied to sessions.
type CountsDocument struct {
	Groups   int                 `json:"groups"`
	Members  int                 `json:"members"`
	Sessions *int                `json:"sessions"`
	Ratings  int                 `json:"ratings"`
	Excluded []ExclusionDocument `json:"excluded"`
}

// ExclusionDocument says how many rows were left out for one reason, or how
// many documents or groups where there is no telling how many rows they hold.
type ExclusionDocument struct {
	Reason string `json:"reason"`
	Rows   int    `json:"rows"`
}

// CaveatDocument is one reservation.
type CaveatDocument struct {
	Code   string `json:"code"`
	Detail string `json:"detail"`
}

// GroupLevelResult is the result of the analysis group_level.
type GroupLevelResult struct {
	GroupSize    GroupSizeDocument     `json:"group_size"`
	Mean         MeanDocument          `json:"mean"`
	ANOVA        ANOVADocument         `json:"anova"`
	ICC1         ICCDocument           `json:"icc1"`
	ICCGroupMean GroupMeanDocument     `json:"icc_group_mean"`
	REML         FitDocument           `json:"reml"`
	ML           FitDocument           `json:"ml"`
	Tests        []TestDocument        `json:"tests"`
	GroupEffects []GroupEffectDocument `json:"group_effects"`
	Settle       SettleDocument        `json:"settle"`
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
	Group    *float64 `json:"group"`
	Member   *float64 `json:"member"`
	Session  *float64 `json:"session"`
	Residual *float64 `json:"residual"`
}

// ShareIntervalDocument holds the intervals of shares of variance.
type ShareIntervalDocument struct {
	Group []IntervalDocument `json:"group"`
}

// FitDocument is the variance components model fitted by REML or ML.
type FitDocument struct {
	Variance      ComponentsDocument    `json:"variance"`
	Share         ComponentsDocument    `json:"share"`
	ShareCI       ShareIntervalDocument `json:"share_ci"`
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
	Component string   `json:"component"`
	Method    string   `json:"method"`
	Statistic *float64 `json:"statistic"`
	P         *float64 `json:"p"`
	Null      *string  `json:"null"`
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

// SettleDocument says how many groups like these would settle the question.
type SettleDocument struct {
	ICC               float64  `json:"icc"`
	PowerNow          *float64 `json:"power_now"`
	ChanceNotPositive *float64 `json:"chance_not_positive"`
	GroupsToShow      *int     `json:"groups_to_show"`
	Bound             float64  `json:"bound"`
	GroupsToRuleOut   *int     `json:"groups_to_rule_out"`
}
