package analysis

import (
	"holon/internal/multilevel"
	"holon/internal/multilevel/agreement"
	"holon/internal/multilevel/course"
)

// AgreementResult is how much the members of each group say the same, with
// ICC(1) and what strangers would have agreed beside it.
type AgreementResult struct {
	agreement.Result

	Line *AgreementLine // of one group over its meetings; nil of several groups, of one chosen session and of a table
}

// AgreementLine is the agreement of one group's members in one meeting after
// the other. One group has no strangers and no ICC(1) to stand beside it.
type AgreementLine struct {
	Points []AgreementPoint // by number of session
	Trend  course.Trend     // of the mean deviation from item means, per session: below zero where members come nearer to each other
}

// AgreementPoint is the agreement in one meeting.
type AgreementPoint struct {
	Session, Members int
	Mean             *float64 // over members and items
	MeanVariance     *float64 // of items
	ByNull           []agreement.ByNull
	AWG, ADMean      *float64
	Reason           multilevel.Reason // why the indices are undefined
}

// Analysis returns AgreementName.
func (*AgreementResult) Analysis() Name { return AgreementName }

// Verdict describes: agreement within groups tests no group level.
func (a *AgreementResult) Verdict() Verdict { return described(a.Reason) }

// described is the verdict of an analysis that tests nothing and could not
// describe for this reason, or could where there is none.
func described(why multilevel.Reason) Verdict {
	switch why {
	case "":
		return Verdict{Reason: Descriptive}
	case multilevel.NoData, globalRating, multilevel.OneGroup, multilevel.OneRatingPerGroup, multilevel.NoVariation, agreement.OneRater, agreement.OneTarget, agreement.OneMember:
		return Verdict{Answer: multilevel.NotIdentifiable, Reason: why}
	default:
		return Verdict{Answer: multilevel.Refused, Reason: why}
	}
}

// globalRating is the reason of the levels for one report about a whole from
// outside, which has no parts that could agree or differ.
const globalRating multilevel.Reason = "global_rating"

// NullCutoffsResult says from where on agreement within groups of some sizes is
// more than chance, for one item on scales of some numbers of options.
type NullCutoffsResult struct {
	Rows []NullCutoff
}

// NullCutoff is the limit for one size and one number of options.
type NullCutoff struct {
	GroupSize, Options int
	agreement.Cutoff
}

// Analysis returns AgreementNullName.
func (*NullCutoffsResult) Analysis() Name { return AgreementNullName }

// Verdict describes: there are no ratings to test.
func (n *NullCutoffsResult) Verdict() Verdict { return emptyOr(len(n.Rows)) }

// emptyOr is the verdict of an analysis of n rows that tests nothing.
func emptyOr(n int) Verdict {
	if n == 0 {
		return described(multilevel.NoData)
	}
	return described("")
}

// RaterReliabilityResult is how well observers tell targets apart.
type RaterReliabilityResult struct {
	agreement.Reliability
}

// Analysis returns RaterReliabilityName.
func (*RaterReliabilityResult) Analysis() Name { return RaterReliabilityName }

// Verdict describes: which of the six correlations answers depends on the use.
func (r *RaterReliabilityResult) Verdict() Verdict { return described(r.Reason) }

// DesignResult says what numbers of groups and members can show.
type DesignResult struct {
	Rows []multilevel.Prospect
}

// Analysis returns DesignName.
func (*DesignResult) Analysis() Name { return DesignName }

// Verdict describes: there are no ratings to test.
func (d *DesignResult) Verdict() Verdict { return emptyOr(len(d.Rows)) }
