package grouplevel

import "holon/internal/multilevel"

// The reasons that this package adds to those of package multilevel.
const (
	DuplicateRatings     multilevel.Reason = "several_ratings_of_a_member_in_a_session"
	MembersNotNamed      multilevel.Reason = "members_not_named"
	StructureDoesNotFit  multilevel.Reason = "structure_does_not_fit"
	OneMemberPerGroup    multilevel.Reason = "one_member_per_group"
	GroupNotSeparable    multilevel.Reason = "group_not_separable"
	FewSessions          multilevel.Reason = "fewer_than_four_sessions"
	NoResidualVariation  multilevel.Reason = "no_residual_variation"
	ModelNotFitted       multilevel.Reason = "model_not_fitted"
	UnusableCovariates   multilevel.Reason = "unusable_covariates"
	CovariateHidesGroups multilevel.Reason = "covariates_hide_groups"
	TherapistsHideGroups multilevel.Reason = "therapists_hide_groups"
)

// Sentence says a reason in words, those of package multilevel included.
func Sentence(r multilevel.Reason) string {
	switch r {
	case DuplicateRatings:
		return "A member has several ratings in one session. Say which one counts, or take their mean, before the test."
	case MembersNotNamed:
		return "Groups or members have ratings of several times, and of some ratings nobody said whose they are: the same people may have given several of them."
	case StructureDoesNotFit:
		return "The ratings do not lie as the structure that was asked for needs them to."
	case OneMemberPerGroup:
		return "No group has two members; differences between groups cannot be told from differences between members."
	case GroupNotSeparable:
		return "No two ratings share a group but neither member nor session, so what groups have in common cannot be told from members and sessions."
	case FewSessions:
		return "The limits speak, but fewer than four sessions cannot carry a verdict."
	case NoResidualVariation:
		return "The model reproduces every rating exactly; its likelihood has no maximum. Make sure that values were not copied."
	case ModelNotFitted:
		return "The model could not be fitted to these ratings."
	case UnusableCovariates:
		return "A covariate has a value that is no finite number, or is determined by the others."
	case CovariateHidesGroups:
		return "The covariates leave no differences between groups to be tested."
	case TherapistsHideGroups:
		return "These groups are too few, or their therapists lie over them so, that what a group has in common cannot be told from its therapists' share."
	default:
		return r.Sentence()
	}
}
