package cohesion

import (
	"iter"

	"holon/internal/instrument"
	"holon/internal/multilevel"
	"holon/internal/session"
)

// Standing reads each member's own standing in the group: one row per member and
// session. It is a level of its own: a mean of standings is described and
// tested as such, and answers no question about the group as a whole.
type Standing struct{ scorer session.Scorer }

// NewStanding returns the reader of a measure of the level member_group.
func NewStanding(scorer session.Scorer) *Standing { return &Standing{scorer: scorer} }

// Composition says that members spoke of themselves.
func (st *Standing) Composition() multilevel.Composition { return multilevel.Additive }

// RuleSet names the rules by which rows are made.
func (st *Standing) RuleSet() string { return "standing_self_report_1" }

// Objection returns why the group level cannot be tested, nil if it can.
func (st *Standing) Objection() *multilevel.Objection {
	if st.scorer.Rater == instrument.RaterMember {
		return nil
	}
	return &multilevel.Objection{
		Answer: multilevel.Refused, Reason: "one_with_many",
		Detail: "One therapist or observer judged all members of the group, so what they have in common may be the rater's " +
			"habit as well as the group: the two cannot be told apart by this test.",
		Instead: "Ask for the members' own answers. Ratings of many by one are a matter for the one-with-many model.",
	}
}

// Read returns one session's rows.
func (st *Standing) Read(s *session.Session) multilevel.Ratings {
	sitting := multilevel.NewSitting(string(s.GroupID), string(s.ID))
	st.scorer.Gather(st.rows(s), sitting)
	st.scorer.Silent(s, st.rows(s), sitting)
	return sitting.Ratings()
}

// Forms yields the session's ratings, each with whose row of Read it goes into.
func (st *Standing) Forms(s *session.Session) iter.Seq2[string, *session.Rating] { return st.rows(s) }

// rows yields the session's ratings of standing, each with its member.
func (st *Standing) rows(s *session.Session) iter.Seq2[string, *session.Rating] {
	return func(yield func(string, *session.Rating) bool) {
		for i := range s.MemberGroup {
			if !yield(string(s.MemberGroup[i].MemberID), &s.MemberGroup[i].Rating) {
				return
			}
		}
	}
}
