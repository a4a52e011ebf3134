package analysis

// AgreementDocument is the result of the analysis agreement. Agreement never
// stands without what strangers would have agreed and the group-level test.
type AgreementDocument struct {
	Scale        *ScaleDocument           `json:"scale"`
	Items        []string                 `json:"items"`
	Nulls        []NullDocument           `json:"nulls"`
	MaxDissensus *float64                 `json:"max_dissensus_variance"`
	ADCutoff     *float64                 `json:"ad_cutoff"`
	Groups       []AgreeingGroupDocument  `json:"groups"`
	ItemCutoffs  []CutoffDocument         `json:"item_cutoffs"`
	Cutoffs      []CutoffDocument         `json:"cutoffs"`
	Strangers    []StrangersDocument      `json:"strangers"`
	Ends         EndsDocument             `json:"ends"`
	Summary      AgreementSummaryDocument `json:"summary"`
	GroupLevel   *BesideDocument          `json:"group_level"`
	Line         *AgreementLineDocument   `json:"line"`
}

// AgreementLineDocument is the agreement of one group in one meeting after the
// other; null of several groups and of a table. The trend is that of ad_mean,
// per session, with .90 limits.
type AgreementLineDocument struct {
	Points []AgreementPointDocument `json:"points"`
	Trend  TrendDocument            `json:"trend"`
}

// AgreementPointDocument is the agreement in one meeting.
type AgreementPointDocument struct {
	Session      int              `json:"session"`
	Members      int              `json:"members"`
	Mean         *float64         `json:"mean"`
	MeanVariance *float64         `json:"mean_variance"`
	ByNull       []ByNullDocument `json:"by_null"`
	AWG          *float64         `json:"a_wg"`
	ADMean       *float64         `json:"ad_mean"`
	Reason       *string          `json:"reason"`
}

// BesideDocument is the group-level test that stands beside another result: of
// the members' means over items.
type BesideDocument struct {
	Groups   int                `json:"groups"`
	Ratings  int                `json:"ratings"`
	Estimand string             `json:"estimand"`
	Answer   string             `json:"answer"`
	Reason   string             `json:"reason"`
	Result   GroupLevelDocument `json:"result"`
}

// ScaleDocument is the response scale that all items share; null where they
// share none.
type ScaleDocument struct {
	Low     float64 `json:"low"`
	High    float64 `json:"high"`
	Step    float64 `json:"step"`
	Options int     `json:"options"`
}

// NullDocument is what ratings without agreement would look like.
type NullDocument struct {
	Name        string    `json:"name"`
	Variance    float64   `json:"variance"`
	Proportions []float64 `json:"proportions"`
}

// AgreeingGroupDocument is the agreement of one group.
type AgreeingGroupDocument struct {
	Group        string                  `json:"group"`
	Members      int                     `json:"members"`
	Reason       *string                 `json:"reason"`
	MeanVariance *float64                `json:"mean_variance"`
	ByNull       []ByNullDocument        `json:"by_null"`
	RStarMaxDis  *float64                `json:"r_star_max_dissensus"`
	AWG          *float64                `json:"a_wg"`
	AWGItems     int                     `json:"a_wg_items"`
	AWGFrom      *float64                `json:"a_wg_from"`
	AWGTo        *float64                `json:"a_wg_to"`
	ADMean       *float64                `json:"ad_mean"`
	ADMedian     *float64                `json:"ad_median"`
	Items        []AgreeingItemDocument  `json:"items"`
	Strangers    AgainstStrangerDocument `json:"against_strangers"`
	Ends         EndsDocument            `json:"ends"`
}

// ByNullDocument holds the indices that depend on a null.
type ByNullDocument struct {
	Null       string              `json:"null"`
	RWGJ       *float64            `json:"r_wg_j"`
	Truncated  bool                `json:"truncated"`
	RStar      *float64            `json:"r_star"`
	P          *float64            `json:"p"`
	MonteCarlo *MonteCarloDocument `json:"monte_carlo"`
}

// AgreeingItemDocument is one item of one group.
type AgreeingItemDocument struct {
	Name     string               `json:"name"`
	Mean     *float64             `json:"mean"`
	Variance *float64             `json:"variance"`
	AWG      *float64             `json:"a_wg"`
	ByNull   []ItemByNullDocument `json:"by_null"`
}

// ItemByNullDocument is r_wg of one item against one null, in the order of the
// nulls.
type ItemByNullDocument struct {
	RWG       *float64 `json:"r_wg"`
	Raw       *float64 `json:"raw"`
	Truncated bool     `json:"truncated"`
	P         *float64 `json:"p"`
}

// AgainstStrangerDocument sets a group beside groups of strangers of its size.
type AgainstStrangerDocument struct {
	Variance ChanceDocument `json:"variance"`
	ADMean   ChanceDocument `json:"ad_mean"`
	AWG      ChanceDocument `json:"a_wg"`
}

// ChanceDocument is how often chance alone did as well.
type ChanceDocument struct {
	P          *float64            `json:"p"`
	MonteCarlo *MonteCarloDocument `json:"monte_carlo"`
}

// CutoffDocument is the limit of agreement beyond chance for groups of one size.
type CutoffDocument struct {
	Null       string              `json:"null"`
	Members    int                 `json:"members"`
	Level      float64             `json:"level"`
	Variance   *float64            `json:"critical_variance"`
	RWG        *float64            `json:"critical_r_wg"`
	Attained   *float64            `json:"attained_level"`
	Perfect    *float64            `json:"chance_of_perfect_agreement"`
	MeanVar    *float64            `json:"mean_variance"`
	Exact      bool                `json:"exact"`
	MonteCarlo *MonteCarloDocument `json:"monte_carlo"`
}

// StrangersDocument is the limit for groups of members drawn at random from all
// groups.
type StrangersDocument struct {
	Members      int             `json:"members"`
	Variance     LimitDocument   `json:"variance"`
	RWGJ         []LimitDocument `json:"r_wg_j"`
	ADMean       LimitDocument   `json:"ad_mean"`
	AWG          LimitDocument   `json:"a_wg"`
	AWGUndefined int             `json:"a_wg_undefined"`
	Draws        int             `json:"draws"`
	Seed         uint64          `json:"seed"`
}

// LimitDocument is a quantile of draws and its standard error.
type LimitDocument struct {
	Value *float64 `json:"value"`
	SE    *float64 `json:"se"`
}

// EndsDocument says how many ratings stand at the ends of the scale; the shares
// are null where there is no rating.
type EndsDocument struct {
	Ratings    int      `json:"ratings"`
	Top        *float64 `json:"top_share"`
	Bottom     *float64 `json:"bottom_share"`
	Compressed bool     `json:"compressed"`
}

// AgreementSummaryDocument describes the groups of two members and more.
type AgreementSummaryDocument struct {
	Groups        int               `json:"groups"`
	Alone         int               `json:"groups_of_one"`
	ByNull        []AverageDocument `json:"by_null"`
	Above         *int              `json:"groups_beyond_strangers"`
	AboveByChance *float64          `json:"groups_beyond_strangers_by_chance"`
	StrangersMean *float64          `json:"strangers_mean_r_wg_j"`
	MeanChance    ChanceDocument    `json:"mean_r_wg_j"`
}

// AverageDocument is the mean and median over groups of r_wg(J).
type AverageDocument struct {
	Null   string   `json:"null"`
	Mean   *float64 `json:"mean"`
	Median *float64 `json:"median"`
}

// NullCutoffsDocument is the result of the analysis agreement_null.
type NullCutoffsDocument struct {
	Rows []NullCutoffDocument `json:"rows"`
}

// NullCutoffDocument is the limit for one size of group and number of options;
// variances are in squared steps of the scale.
type NullCutoffDocument struct {
	GroupSize int            `json:"group_size"`
	Options   int            `json:"response_options"`
	Cutoff    CutoffDocument `json:"cutoff"`
}

// RaterReliabilityDocument is the result of the analysis rater_reliability.
type RaterReliabilityDocument struct {
	Targets int            `json:"targets"`
	Raters  int            `json:"raters"`
	Dropped int            `json:"dropped"`
	BMS     *float64       `json:"ms_between_targets"`
	WMS     *float64       `json:"ms_within_targets"`
	JMS     *float64       `json:"ms_raters"`
	EMS     *float64       `json:"ms_residual"`
	Forms   []FormDocument `json:"forms"`
	RatersF *float64       `json:"raters_f"`
	RatersP *float64       `json:"raters_p"`
	ICC2DF  *float64       `json:"icc_2_1_df"`
}

// FormDocument is one of the six forms, icc_1_1 to icc_3_k.
type FormDocument struct {
	Name     string           `json:"name"`
	Estimate *float64         `json:"estimate"`
	F        *float64         `json:"f"`
	DF1      int              `json:"df1"`
	DF2      int              `json:"df2"`
	P        *float64         `json:"p"`
	CI       IntervalDocument `json:"ci"`
}

// DesignDocument is the result of the analysis design.
type DesignDocument struct {
	Rows []ProspectDocument `json:"designs"`
}

// ProspectDocument says what one design can do at one true share.
type ProspectDocument struct {
	ICC          float64          `json:"icc"`
	Groups       int              `json:"groups"`
	Members      float64          `json:"members"`
	FCritical    *float64         `json:"f_critical"`
	Power        *float64         `json:"power"`
	NotPositive  *float64         `json:"chance_not_positive"`
	ICCGroupMean *float64         `json:"icc_group_mean"`
	DesignEffect *float64         `json:"design_effect"`
	Typical      IntervalDocument `json:"typical_ci"`
	Wanted       float64          `json:"wanted_power"`
	GroupsNeeded *int             `json:"groups_needed"`
}
