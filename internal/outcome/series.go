package outcome

import (
	"iter"

	"holon/internal/session"
)

// Series reads a measure of individual outcome from one group's sessions: a
// series for every member about whom the measure's kind of rater reported. What
// one member says of another, such as a parent of a child, is passed over.
func Series(scorer session.Scorer, sessions []*session.Session) []session.Series {
	return scorer.SeriesOf(sessions, members)
}

// members yields the session's outcomes, each with the member it is about.
func members(s *session.Session) iter.Seq2[session.Unit, *session.Rating] {
	return func(yield func(session.Unit, *session.Rating) bool) {
		for i := range s.Outcomes {
			x := &s.Outcomes[i]
			if !byOtherMember(x) && !yield(session.Unit{MemberID: x.MemberID}, &x.Rating) {
				return
			}
		}
	}
}
