package vigilance

import (
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// RuleID names a rule.
type RuleID string

// The rules.
const (
	Drop     RuleID = "drop_beside_the_others" // below the member's own mean, by the pooled spread, less what the others did
	OwnDrop  RuleID = "drop_by_own_spread"     // the same by the member's own spread
	LowLevel RuleID = "low_level"              // below what members have at first, by the spread between and within them
	Together RuleID = "the_whole_group"        // everybody together, in place of the members' alarms
	AnyDrop  RuleID = "any_drop_of_one_point"  // for comparison alone
)

// FewestOwn is the number of earlier values from which a member's own spread is
// used.
const FewestOwn = 4

// Scale is what the rules measure by, pooled over groups. A number that is not above
// zero is unknown, and no rule that needs it finds anything.
type Scale struct {
	Mean    float64 // of members' means
	Between float64 // standard deviation between members' means; NaN of fewer than two members
	Within  float64 // standard deviation within members, of neighbouring values, the group's weeks taken out
	Weather float64 // standard deviation of what a group does together in a week

	Lowest, Highest float64 // the ends of the scale, beyond which nothing is expected; the same where it has none
}

// within takes a number that is expected to the nearer end of the scale.
func (s *Scale) within(expected float64) float64 {
	if !(s.Lowest < s.Highest) {
		return expected
	}
	return math.Max(s.Lowest, math.Min(s.Highest, expected))
}

// Limits are the chance that each rule has of a false alarm in one comparison.
type Limits struct {
	P float64 // of each rule, each member, each measure, and of the group
}

// Default is the budget where nobody set one: false alarms in a week for a stable
// group of DefaultMembers. One in four weeks.
const (
	Default        = 0.25
	DefaultMembers = 8
)

// rules is how many rules look at a member in a week, and groupRules at a group.
const (
	rules      = 3
	groupRules = 1
)

// LimitsOf shares a budget of false alarms in a week evenly among all comparisons of
// one caseload in a week, over all members, groups and measures together. P is at most .05.
func LimitsOf(budget, comparisons float64) Limits {
	if !(budget > 0) || !(comparisons > 0) {
		return Limits{}
	}
	return Limits{P: math.Min(mostP, budget/comparisons)}
}

// mostP is the largest chance of a false alarm that a comparison is given.
const mostP = 0.05

// Widest is the widest limits that a budget gives.
func Widest() Limits { return Limits{P: mostP} }

// Comparisons is how many comparisons a week of so many members of one group has, of
// one measure, at the most: three for each member, and one of the group.
func Comparisons(members int) int { return rules*members + groupRules }

// z is the limit below which a standard normal number lies with the chance P.
func (l Limits) z() float64 { return distuv.UnitNormal.Quantile(l.P) }

// t is the same of Student's t.
func (l Limits) t(df int) float64 {
	return distuv.StudentsT{Mu: 0, Sigma: 1, Nu: float64(df)}.Quantile(l.P)
}

// Seen is the chance that a real drop of so many standard deviations within members
// is found in the same week by the rule Drop, in a member with n earlier values
// beside m others with as many.
func (l Limits) Seen(drop float64, n, m int) *float64 {
	if !(l.P > 0) || n < 1 || m < 1 {
		return nil
	}
	sd := math.Sqrt(1 + 1/float64(n) + (1+1/float64(n))/float64(m))
	return new(distuv.UnitNormal.CDF(l.z() + drop/sd))
}
