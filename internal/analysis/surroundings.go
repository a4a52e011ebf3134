package analysis

import (
	"fmt"

	"holon/internal/caveat"
	"holon/internal/multilevel"
	"holon/internal/multilevel/course"
	"holon/internal/multilevel/grouplevel"
)

// Surroundings is what stands beside a group-level result of recorded sessions, for
// the result alone would be misread: whether groups differed before they met,
// what their therapists have to do with it, who came and went, and how many
// questions were asked.
type Surroundings struct {
	Control      Control
	Therapists   TherapistShare
	Course       *Course // nil where no group has ratings in two sessions
	Multiplicity Multiplicity
	Agreement    *AgreementResult // nil unless the group's value was asked for as a direct consensus
}

// Control is the negative control: the same test on scores from before the
// members had met, where a group can have done nothing yet. Where it finds
// groups that differ, a difference later may be one of who was put together.
type Control struct {
	Groups, Members int
	ICC1            *float64
	Lower, Upper    *float64 // 90 % limits of ICC1
	F, P            *float64
	Answer          multilevel.Answer // empty where there is nothing to test
	Reason          multilevel.Reason
}

// TherapistShare is the therapists' part of the variance, where groups of one
// therapist can be compared with those of another. P is of the likelihood-ratio
// test against half a chi-square.
type TherapistShare struct {
	Therapists int
	Share      *float64
	Group      *float64 // the group's share with the therapists' taken out
	P          *float64
	Reason     multilevel.Reason // why there is none; empty if there is
}

// Course is what ratings over several sessions tell of the people behind them.
type Course struct {
	Turnover     []course.Turnover
	Lines        []course.Line
	Newcomers    course.Newcomers
	Survivorship course.Survivorship
	Emergence    course.Emergence
	Influence    []course.Influence // of single members on the group's share: the largest, at most ten
}

// Multiplicity says among how many tests this one was made.
type Multiplicity struct {
	Tests   int      // of the same request that have a p
	PHolm   *float64 // adjusted by Holm (1979); nil where there is no p
	Planned bool     // said to have been planned before the data were seen
}

// say adds what stands beside a result to what must be said with it, in the
// words of families where it is about these.
func (s *Surroundings) say(out *caveat.Set, home household) {
	switch {
	case s.Control.Reason == noIntake:
		out.Add("negative_control_missing", "There are no scores from before the members met, so nobody knows whether these groups differed from the start.")
	case s.Control.Answer == multilevel.Supported && bool(home):
		out.Add("groups_differed_before_they_met", fmt.Sprintf(
			"In scores from before the first meeting the families differ already (%d members of %d families): a difference now is, at least in part, one that they came with.",
			s.Control.Members, s.Control.Groups))
	case s.Control.Answer == multilevel.Supported:
		out.Add("groups_differed_before_they_met", fmt.Sprintf(
			"In scores from before the first meeting the groups differ already (%d members of %d groups): a difference now may be one of who was put together.",
			s.Control.Members, s.Control.Groups))
	}
	switch s.Therapists.Reason {
	case "":
	case notAsked, multilevel.OneGroup, multilevel.NoData, multilevel.NoVariation: // said already, or nobody asked
	case grouplevel.TherapistsUnknown:
		out.Add("therapists_unknown", "Nobody is recorded as leading these groups on the days of these sessions, so the therapists' part in what groups have in common cannot be told.")
	case grouplevel.OneGroupPerTherapist:
		out.Add("therapist_share_inside_group", "No therapist leads two of these groups, so what is the therapist's counts as the group's.")
	case grouplevel.SameTherapists:
		out.Add("same_therapists_everywhere", "The same therapists lead all these groups: what is theirs is in the mean of all ratings, and nothing is learned of other therapists' groups.")
	default:
		out.Add("therapist_share_missing", "The therapists' part in what groups have in common could not be estimated.")
	}
}
