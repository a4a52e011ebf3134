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
	FallBy     = 1.5 // pooled standard deviations within members, first to last of the window
	LowerThird = 1.0 / 3
)

// Rule is a sign with what it means.
type Rule struct {
	ID       RuleID
	Meaning  string
	Source   string
	Verified bool // false: the parameter is this project's, or from a secondary source
	// TellsNothing: the sign says that answers carry no information, and not that
	// anything is good or bad.
	TellsNothing bool
}

// Rules lists the signs.
func Rules() []Rule {
	const own = "this project's; attendance and alliance as signs of dropping out, no published limit"
	return []Rule{
		{ID: NoShow, Meaning: "did not come and had not said so", Source: own},
		{ID: TwoOfThree, Meaning: "missed two of the last three sessions, excused or not", Source: own},
		{ID: RisingLateness, Meaning: "came late in two of the last three attended sessions, and in none of the three before", Source: own},
		{ID: FallingAlliance, Meaning: "three values of the alliance, each below the one before, 1.5 pooled standard deviations in all", Source: own},
		{ID: StableLow, Meaning: "three values of the alliance in the lowest third of the scale", Source: own},
		{ID: BlankForm, Meaning: "attended, and said nothing of the alliance: a blank form, or none where others handed one in", Source: own},
		{ID: TopOfScale, Meaning: "the highest possible score three times: such answers tell nothing, neither that the alliance is strong nor that it is not", Source: own, TellsNothing: true},
	}
}
