package multilevel

import (
	"fmt"

	"holon/internal/caveat"
)

// Settle says what this design can do and how many groups like these would
// settle the question, by the very rule the answer is made with.
type Settle struct {
	ICC               float64  // the true ICC that the plan assumes
	PowerNow          *float64 // chance that these groups would be answered "supported" at that ICC; 0 below four groups
	ChanceNotPositive *float64 // chance that their estimate would be zero or negative at that ICC
	GroupsToShow      *int     // groups for 80 % chance of "supported" at that ICC
	Bound             float64  // the group share that would matter
	GroupsToRuleOut   *int     // groups for 80 % chance of "not supported" when there is no group variance
}

const (
	// enough is the chance a planned number of groups has to reach.
	enough = 0.80
	// mostGroups is where the search for a number of groups ends.
	mostGroups = 1_000_000
)

// settle plans with groups like those at hand.
func settle(now Design, o Options, notes *caveat.Set) Settle {
	out := Settle{ICC: o.PlanICC, Bound: o.Bound}
	if now.meanSize() <= 1 {
		return out
	}
	if now.groups >= 2 {
		out.PowerNow, out.ChanceNotPositive = new(0.0), new(now.ChanceNotPositive(o.PlanICC))
		if now.groups >= fewestGroups {
			*out.PowerNow = now.Power(o.PlanICC)
		}
	}
	out.GroupsToShow = now.GroupsFor(o.PlanICC, enough)
	out.GroupsToRuleOut = fewest(now.groups, func(k int) bool { return now.with(k).ChanceRuledOut(o.Bound) >= enough })
	noteFar(notes, out.GroupsToShow, "show an ICC", o.PlanICC)
	noteFar(notes, out.GroupsToRuleOut, "rule out an ICC", o.Bound)
	return out
}

// noteFar adds the caveat of a number of groups beyond the search.
func noteFar(notes *caveat.Set, k *int, purpose string, icc float64) {
	if k == nil {
		notes.Add("groups_beyond_reach", fmt.Sprintf("More than %d groups of this size would be needed to %s of %g.", mostGroups, purpose, icc))
	}
}

// fewest returns the smallest number of groups from fewestGroups on that
// suffices, or nil beyond mostGroups. It looks below the number at hand if that
// suffices, else above it, by doubling and halving (more groups are never
// worse), so that it cannot contradict what the groups at hand can do.
func fewest(now int, suffices func(k int) bool) *int {
	no, yes := fewestGroups-1, max(now, fewestGroups)
	for !suffices(yes) {
		if yes >= mostGroups {
			return nil
		}
		no, yes = yes, min(2*yes, mostGroups)
	}
	for yes-no > 1 {
		if mid := no + (yes-no)/2; suffices(mid) {
			yes = mid
		} else {
			no = mid
		}
	}
	return &yes
}
