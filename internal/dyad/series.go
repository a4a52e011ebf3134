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

// AllianceSeriesOfAll is AllianceSeries with a series of every one of these members with
// every therapist whom somebody rated. Where nobody rated a therapist in a session, that
// pair was not asked about.
func AllianceSeriesOfAll(scorer session.Scorer, sessions []*session.Session, members []session.MemberID) []session.Series {
	rated := map[session.TherapistID]map[session.SessionID]bool{}
	for _, s := range sessions {
		for u, r := range pairs(s) {
			if !r.Live() || scorer.Fit(r) != session.Fits {
				continue
			}
			if rated[u.TherapistID] == nil {
				rated[u.TherapistID] = map[session.SessionID]bool{}
			}
			rated[u.TherapistID][s.ID] = true
		}
	}
	var also []session.Unit
	for t := range rated {
		for _, m := range members {
			also = append(also, session.Unit{TherapistID: t, MemberID: m})
		}
	}
	out := scorer.SeriesWith(sessions, pairs, also)
	for i := range out {
		for k := range out[i].Points {
			if p := &out[i].Points[k]; p.Gap == session.GapNoForm && !rated[out[i].Unit.TherapistID][p.SessionID] {
				p.Gap = session.GapNotAsked
			}
		}
	}
	return out
}
