package dyad

import (
	"iter"

	"holon/internal/session"
)

// AllianceSeries reads a measure of the therapist–member alliance from one
// group's sessions: a series for every therapist with every member whose pair was
// rated by the measure's kind of rater.
func AllianceSeries(scorer session.Scorer, sessions []*session.Session) []session.Series {
	return scorer.SeriesOf(sessions, pairs)
}

// pairs yields the session's alliances, each with its therapist and member.
func pairs(s *session.Session) iter.Seq2[session.Unit, *session.Rating] {
	return func(yield func(session.Unit, *session.Rating) bool) {
		for i := range s.Alliances {
			x := &s.Alliances[i]
			if !yield(session.Unit{TherapistID: x.TherapistID, MemberID: x.MemberID}, &x.Rating) {
				return
			}
		}
	}
}
