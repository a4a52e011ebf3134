package slipping

// RuleID names a sign.
type RuleID string

// The signs.
const (
	NoShow          RuleID = "no_show"
	TwoOfThree      RuleID = "two_of_three_missed"
	RisingLateness  RuleID = "rising_lateness"
	FallingAlliance RuleID = "falling_alliance"
	StableLow       RuleID = "stable_low_alliance"
	BlankForm       RuleID = "blank_or_no_form"
	TopOfScale      RuleID = "always_the_highest"
)

// The parameters of the signs, this project's.
const (
	Window     = 3   // values or sessions that a sign looks back on
	Often      = 2   // of them, missed or late
	FallBy     = 1.5 // pooled standard deviations within members, first to last of the window
	LowerThird = 1.0 / 3
)

// Rule is a sign with what it means.
type Rule struct {
	ID         RuleID
	Version    int // of the rule with its parameters
	Parameters []Parameter
	Meaning    string
	Source     string
	Verified   bool // false: the parameter is this project's, or from a secondary source
	// TellsNothing: the sign says that answers carry no information, and not that
	// anything is good or bad.
	TellsNothing bool
}

// Parameter is a number that a rule goes by.
type Parameter struct {
	Name  string
	Value float64
}

// Rules lists the signs.
func Rules() []Rule {
	const own = "this project's; attendance and alliance as signs of dropping out, no published limit"
	window := Parameter{"window", Window}
	return []Rule{
		{ID: NoShow, Version: 1, Meaning: "did not come and had not said so", Source: own},
		{ID: TwoOfThree, Version: 1, Parameters: []Parameter{window, {"missed", Often}}, Meaning: "missed two of the last three sessions, excused or not", Source: own},
		{ID: RisingLateness, Version: 1, Parameters: []Parameter{window, {"late", Often}, {"late_before", 0}}, Meaning: "came late in two of the last three attended sessions, and in none of the three before", Source: own},
		{ID: FallingAlliance, Version: 1, Parameters: []Parameter{window, {"standard_deviations_within", FallBy}}, Meaning: "three values of the alliance, each worse than the one before, 1.5 pooled standard deviations in all", Source: own},
		{ID: StableLow, Version: 1, Parameters: []Parameter{window, {"share_of_the_scale", LowerThird}}, Meaning: "three values of the alliance in the worst third of the scale", Source: own},
		{ID: BlankForm, Version: 1, Meaning: "came, and said nothing of the alliance: a blank form, or none where others handed one in", Source: own},
		{ID: TopOfScale, Version: 1, Parameters: []Parameter{window}, Meaning: "the best possible score three times: such answers tell nothing, neither that the alliance is strong nor that it is not", Source: own, TellsNothing: true},
	}
}
