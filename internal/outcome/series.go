package outcome

import (
	"iter"

	"holon/internal/instrument"
	"holon/internal/session"
)

// Series reads a measure of individual outcome from one group's sessions: a
// series for every member about whom the measure's kind of rater reported. Where it
// is not the member who reports, every informant has a series of their own: two
// caregivers of one child are two, and neither is the child.
func Series(scorer session.Scorer, sessions []*session.Session) []session.Series {
	return scorer.SeriesOf(sessions, units(&scorer))
}

// units yields a session's outcomes, each with the member it is about and who
// reported.
func units(scorer *session.Scorer) func(*session.Session) iter.Seq2[session.Unit, *session.Rating] {
	reported := Reported(scorer)
	return func(s *session.Session) iter.Seq2[session.Unit, *session.Rating] {
		return func(yield func(session.Unit, *session.Rating) bool) {
			for i := range s.Outcomes {
				x := &s.Outcomes[i]
				u := session.Unit{MemberID: x.MemberID}
				switch {
				case reported:
					u.Informant = x.Rater
				case !bySelf(x):
					continue // another rater's, or entered about somebody else by an earlier version
				}
				if !yield(u, &x.Rating) {
					return
				}
			}
		}
	}
}

// Reported tells whether a measure is what others report about a member, such as a
// caregiver about a child or a clinician about either, and not the member's own word.
func Reported(scorer *session.Scorer) bool {
	return scorer.Rater != instrument.RaterMember || scorer.Rule().Referent != instrument.ReferentI
}
