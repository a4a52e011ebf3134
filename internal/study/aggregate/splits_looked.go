package aggregate

import (
	"iter"
	"slices"

	"holon/internal/analysis"
	"holon/internal/multilevel"
)

// Why nobody looked for a kind of split, beside what the analysis says of therapists' forms.
const (
	noPurposeReason   multilevel.Reason = "no_purpose" // nothing that members report about the family goes with the measure
	fewSessionsReason multilevel.Reason = "too_few_sessions"
	noReferenceReason multilevel.Reason = "no_reference"
	notBetterReason   multilevel.Reason = "not_higher_better"
	notAllRatedReason multilevel.Reason = "therapist_did_not_rate_everyone"
	notAnsweredReason multilevel.Reason = "not_everybody_answered"
	oneMemberReason   multilevel.Reason = "one_member"
)

// unlookedNew says why no family could have had a split that departed from what was there
// before; it is empty where one could, from another member or from the therapist.
func unlookedNew(x *analysis.SplitsResult) multilevel.Reason {
	for line := range linesOf(x) {
		if known, _ := told(line); known > x.Rule.Fewest {
			return ""
		}
	}
	return unlookedPairs(x)
}

// unlooked says why no family could have had a split of a kind: none was held against what
// it was before, and none was graded. It is empty where one was.
func unlooked(x *analysis.SplitsResult, kind analysis.SplitKind) multilevel.Reason {
	switch kind {
	case analysis.FamilyTherapist:
		return unlookedLines(x)
	case analysis.LowPurpose:
		return unlookedPurpose(x)
	default:
		return unlookedPairs(x)
	}
}

// unlookedPairs says it of two members, whose differences are held against earlier ones.
func unlookedPairs(x *analysis.SplitsResult) multilevel.Reason {
	reason := oneMemberReason
	for i := range x.Families {
		for k := range x.Families[i].Pairs {
			switch n := x.Families[i].Pairs[k].Answered; {
			case n > x.Rule.Fewest:
				return ""
			case n > 0:
				reason = fewSessionsReason
			case reason == oneMemberReason:
				reason = multilevel.NoData
			}
		}
	}
	return reason
}

// told counts the sessions of a line with a difference, and those that are graded.
func told(line *analysis.FamilyTherapistLine) (known, graded int) {
	for i := range line.Points {
		p := &line.Points[i]
		if p.Smallest == nil {
			continue
		}
		if known++; p.NoGrade == "" {
			graded++
		}
	}
	return known, graded
}

// linesOf yields the lines of all families.
func linesOf(x *analysis.SplitsResult) iter.Seq[*analysis.FamilyTherapistLine] {
	return func(yield func(*analysis.FamilyTherapistLine) bool) {
		for i := range x.Families {
			for k := range x.Families[i].Lines {
				if !yield(&x.Families[i].Lines[k]) {
					return
				}
			}
		}
	}
}

// unlookedLines says it of families and their therapists.
func unlookedLines(x *analysis.SplitsResult) multilevel.Reason {
	if x.NoTherapists != "" {
		return x.NoTherapists
	}
	some := false
	for line := range linesOf(x) {
		known, graded := told(line)
		if graded > 0 || known > x.Rule.Fewest {
			return ""
		}
		some = some || known > 0
	}
	if some {
		return noReferenceReason
	}
	return nearest(x, notAllRatedReason, notAnsweredReason, oneMemberReason)
}

// unlookedPurpose says it of good bonds and little shared purpose.
func unlookedPurpose(x *analysis.SplitsResult) multilevel.Reason {
	switch {
	case x.Purpose == nil:
		return noPurposeReason
	case x.NoTherapists == notBetterReason:
		return notBetterReason
	}
	some := false
	for line := range linesOf(x) {
		for i := range line.Points {
			p := &line.Points[i]
			if p.BelowMean != nil && p.GoodBonds != nil {
				return ""
			}
			some = some || (p.Purpose != nil && p.N == p.Of && p.N > 1)
		}
	}
	if some {
		return noReferenceReason
	}
	return notAnsweredReason
}

// nearest is the first of these reasons that stands in any session.
func nearest(x *analysis.SplitsResult, reasons ...multilevel.Reason) multilevel.Reason {
	for _, reason := range reasons {
		for line := range linesOf(x) {
			if slices.ContainsFunc(line.Points, func(p analysis.FamilyTherapistPoint) bool { return p.Reason == reason }) {
				return reason
			}
		}
	}
	return multilevel.NoData
}
