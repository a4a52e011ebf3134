package aggregate

import (
	"testing"

	"holon/internal/analysis"
	"holon/internal/multilevel"
)

// inOneFamily is a result of one family.
func inOneFamily(change func(*analysis.SplitsResult, *analysis.SplitFamily)) *analysis.SplitsResult {
	x := &analysis.SplitsResult{Purpose: &analysis.Subject{}, Rule: analysis.SplitRule{Fewest: 3}, Families: make([]analysis.SplitFamily, 1)}
	change(x, &x.Families[0])
	return x
}

// TestWhatNobodyLookedAtIsNotNone says of results of one family why nobody could have found
// a split in it.
func TestWhatNobodyLookedAtIsNotNone(t *testing.T) {
	t.Parallel()
	pairs := func(answered ...int) func(*analysis.SplitsResult, *analysis.SplitFamily) {
		return func(_ *analysis.SplitsResult, f *analysis.SplitFamily) {
			for _, n := range answered {
				f.Pairs = append(f.Pairs, analysis.SplitPair{Answered: n})
			}
		}
	}
	line := func(points ...analysis.FamilyTherapistPoint) func(*analysis.SplitsResult, *analysis.SplitFamily) {
		return func(_ *analysis.SplitsResult, f *analysis.SplitFamily) {
			f.Lines = []analysis.FamilyTherapistLine{{Points: points}}
		}
	}
	known := analysis.FamilyTherapistPoint{N: 2, Of: 2, Smallest: new(1.), NoGrade: "no_reference", Purpose: new(1.)}
	graded := analysis.FamilyTherapistPoint{N: 2, Of: 2, Smallest: new(1.), Purpose: new(1.), BelowMean: new(1.), GoodBonds: new(false)}
	silent := analysis.FamilyTherapistPoint{N: 1, Of: 2, Reason: "not_everybody_answered"}
	unrated := analysis.FamilyTherapistPoint{N: 2, Of: 2, Reason: "therapist_did_not_rate_everyone"}
	without := func(reason multilevel.Reason) func(*analysis.SplitsResult, *analysis.SplitFamily) {
		return func(x *analysis.SplitsResult, f *analysis.SplitFamily) {
			x.NoTherapists, x.Purpose = reason, nil
			pairs(4)(x, f)
		}
	}
	for name, c := range map[string]struct {
		of                                 func(*analysis.SplitsResult, *analysis.SplitFamily)
		fresh, members, therapist, purpose multilevel.Reason
	}{
		"nobody beside another":      {pairs(), "one_member", "one_member", "no_data", "not_everybody_answered"},
		"never both":                 {pairs(0, 0), "no_data", "no_data", "no_data", "not_everybody_answered"},
		"three differences":          {pairs(0, 3), "too_few_sessions", "too_few_sessions", "no_data", "not_everybody_answered"},
		"four differences":           {pairs(3, 4), "", "", "no_data", "not_everybody_answered"},
		"no form of therapists":      {without("no_therapist_form"), "", "", "no_therapist_form", "no_purpose"},
		"less is better":             {without("not_higher_better"), "", "", "not_higher_better", "no_purpose"},
		"somebody did not answer":    {line(silent), "one_member", "one_member", "not_everybody_answered", "not_everybody_answered"},
		"the therapist did not rate": {line(silent, unrated), "one_member", "one_member", "therapist_did_not_rate_everyone", "not_everybody_answered"},
		"three, and nobody to grade": {line(known, known, known), "one_member", "one_member", "no_reference", "no_reference"},
		"four, and nobody to grade":  {line(known, known, known, known), "", "one_member", "", "no_reference"},
		"one that is graded":         {line(graded), "one_member", "one_member", "", ""},
	} {
		x := inOneFamily(c.of)
		for what, got := range map[string][2]multilevel.Reason{
			"a new one": {unlookedNew(x), c.fresh}, "of two members": {unlooked(x, analysis.MemberMember), c.members},
			"of the therapist": {unlooked(x, analysis.FamilyTherapist), c.therapist}, "of purpose": {unlooked(x, analysis.LowPurpose), c.purpose},
		} {
			if got[0] != got[1] {
				t.Errorf("%s, %s: %q, not %q", name, what, got[0], got[1])
			}
		}
	}
}
