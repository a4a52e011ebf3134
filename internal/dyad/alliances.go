package dyad

import (
	"fmt"
	"iter"

	"holon/internal/instrument"
	"holon/internal/multilevel"
	"holon/internal/session"
)

// Alliances reads one measure of the therapist–member alliance: one row per
// member and session. A member who rated several therapists has the mean over
// them.
type Alliances struct{ scorer session.Scorer }

// NewAlliances returns the reader of a measure of the level alliance.
func NewAlliances(scorer session.Scorer) *Alliances { return &Alliances{scorer: scorer} }

// Composition says that members spoke each of their own pair.
func (a *Alliances) Composition() multilevel.Composition { return multilevel.Additive }

// RuleSet names the rules by which rows are made.
func (a *Alliances) RuleSet() string { return "alliance_member_mean_over_therapists_1" }

// Objection returns why the group level cannot be tested, nil if it can.
func (a *Alliances) Objection() *multilevel.Objection { return sharedRater(a.scorer.Rater) }

// sharedRater objects to ratings in which one person rates all members.
func sharedRater(rater instrument.RaterKind) *multilevel.Objection {
	if rater == instrument.RaterMember {
		return nil
	}
	return &multilevel.Objection{
		Answer: multilevel.Refused, Reason: "one_with_many",
		Detail: "One therapist or observer rated several members of one group or family, so what these ratings have in common may " +
			"be the rater's habit as well as the group: the two cannot be told apart by this test.",
		Instead: "Ask for the members' own ratings. Ratings of many by one are a matter for the one-with-many model.",
	}
}

// Read returns one session's rows.
func (a *Alliances) Read(s *session.Session) multilevel.Ratings {
	sitting := multilevel.NewSitting(string(s.GroupID), string(s.ID))
	a.scorer.Gather(a.rows(s), sitting)
	a.scorer.Silent(s, a.rows(s), sitting)
	return sitting.Ratings()
}

// Averaging says in a sentence that n rows are means over therapists.
func (a *Alliances) Averaging(n int) (code, detail string) { return overTherapists(n) }

// overTherapists is the reservation about rows that are means over therapists.
func overTherapists(n int) (code, detail string) {
	return "mean_over_therapists", fmt.Sprintf(
		"%d of the rows are the mean over the several therapists of one member; differences between these therapists are not seen here.", n)
}

// Forms yields the session's ratings, each with whose row of Read it goes into.
func (a *Alliances) Forms(s *session.Session) iter.Seq2[string, *session.Rating] { return a.rows(s) }

// rows yields the session's alliances, each with its member.
func (a *Alliances) rows(s *session.Session) iter.Seq2[string, *session.Rating] {
	return func(yield func(string, *session.Rating) bool) {
		for i := range s.Alliances {
			if !yield(string(s.Alliances[i].MemberID), &s.Alliances[i].Rating) {
				return
			}
		}
	}
}
