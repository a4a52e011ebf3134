package system

import (
	"iter"

	"holon/internal/session"
)

// StandingSeries reads a measure of members' own standing in the family from one
// family's sessions: a series of every member, those of also too.
func StandingSeries(scorer session.Scorer, sessions []*session.Session, also []session.MemberID) []session.Series {
	return scorer.SeriesWith(sessions, func(s *session.Session) iter.Seq2[session.Unit, *session.Rating] {
		return func(yield func(session.Unit, *session.Rating) bool) {
			for i := range s.MemberGroup {
				x := &s.MemberGroup[i]
				if !yield(session.Unit{MemberID: x.MemberID}, &x.Rating) {
					return
				}
			}
		}
	}, alone(also))
}

// ReportSeries reads what the members themselves report about the family from its
// sessions: a series of every informant, those of also too.
func ReportSeries(scorer session.Scorer, sessions []*session.Session, also []session.MemberID) []session.Series {
	return scorer.SeriesWith(sessions, func(s *session.Session) iter.Seq2[session.Unit, *session.Rating] {
		return func(yield func(session.Unit, *session.Rating) bool) {
			for i := range s.System {
				x := &s.System[i]
				if !yield(session.Unit{MemberID: session.MemberID(x.Rater.ID)}, &x.Rating) {
					return
				}
			}
		}
	}, alone(also))
}

// alone are members as units of a measure that is about no therapist.
func alone(members []session.MemberID) []session.Unit {
	out := make([]session.Unit, len(members))
	for i, m := range members {
		out[i] = session.Unit{MemberID: m}
	}
	return out
}
