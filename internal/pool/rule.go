package pool

import (
	"holon/internal/fault"
	"holon/internal/multilevel/totals"
)

const (
	// LeastPeople is how many people the groups of a shape must have together
	// before their totals are written: counts below eleven are not published by
	// the rule that Medicare and Medicaid have for their data (CMS cell size
	// suppression policy).
	LeastPeople = 11
	// LeastGroups is how many groups a shape must have. The totals of one group
	// are the group's own; of two, the sum of squares gives how far apart they
	// are, and so both means.
	LeastGroups = 3
)

// Rule is the cell rule of a file: which shapes may be written. Both numbers can
// be raised and never lowered.
type Rule struct {
	People int `json:"least_people"`
	Groups int `json:"least_groups"`
}

// check notes a rule that is weaker than the one that holds for everybody.
func (r Rule) check(faults *fault.List, people, groups string) {
	const most = 1_000_000
	if r.People < LeastPeople || r.People > most {
		faults.Add(people, "out_of_range", "The least number of people is 11 or more: it can be raised and not lowered.")
	}
	if r.Groups < LeastGroups || r.Groups > most {
		faults.Add(groups, "out_of_range", "The least number of groups is 3 or more: it can be raised and not lowered.")
	}
}

// Cause is why a shape is withheld.
type Cause string

// The causes.
const (
	FewGroups  Cause = "few_groups"
	FewPeople  Cause = "few_people"
	NoSpread   Cause = "no_spread"           // a sum of squares of zero says that all are alike, and the mean then what each is
	NearBefore Cause = "near_an_earlier_one" // the difference from an earlier file would be totals of too few

	OtherChoice Cause = "chosen_otherwise_before" // an earlier file has other sessions or occasions of such groups
)

// Words says the cause in words.
func (c Cause) Words() string {
	switch c {
	case FewGroups:
		return "too few groups of this shape"
	case FewPeople:
		return "too few people in groups of this shape"
	case NoSpread:
		return "groups or members that are all alike, so that the mean would tell what each one said"
	case OtherChoice:
		return "an earlier file has groups of as many members with another choice of sessions or occasions, and totals do not tell in how many groups the two choices differ; where they differ in one, the two files would give it away. Choose what the earlier file chose, or groups that are in none"
	default:
		return "the same shape in an earlier file, from which it differs by too few"
	}
}

// withholds returns why the totals of a shape with so many different people may
// not be written; empty if they may.
func (r Rule) withholds(s *totals.Shape, crossed bool, people int) Cause {
	switch {
	case s.Groups < r.Groups:
		return FewGroups
	case people < r.People:
		return FewPeople
	case alike(s, crossed):
		return NoSpread
	}
	return ""
}

// alike tells whether groups, or members or sessions of a group, do not differ at
// all.
func alike(s *totals.Shape, crossed bool) bool {
	ss := s.Squares()
	for i, df := range s.Freedom(crossed) {
		if df > 0 && ss[i] == 0 {
			return true
		}
	}
	return false
}
