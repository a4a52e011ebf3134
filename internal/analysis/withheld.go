package analysis

import "holon/internal/session"

// withholding is a source that leaves out what its reader may not see yet: what was
// said of the alliance with a member whom a therapist has not guessed.
type withholding interface {
	// Withheld tells whether anything said of the alliance with a member in this
	// session would be left out, whether or not somebody said something.
	Withheld(s *session.Session, m session.MemberID) bool
}

// withhold marks points without a form as withheld where the source would have left
// one out, so that nobody is taken to have handed in nothing.
func withhold(src definitions, sessions []*session.Session, lines []session.Series) {
	mark := withheldBy(src, sessions)
	for i := range lines {
		for k := range lines[i].Points {
			mark(lines[i].Unit, &lines[i].Points[k])
		}
	}
}

// withheldBy returns what marks one point.
func withheldBy(src definitions, sessions []*session.Session) func(session.Unit, *session.Point) {
	from, ok := src.(withholding)
	if member := shownTo(src); member != "" {
		return func(u session.Unit, p *session.Point) {
			if u.MemberID != member {
				p.Gap, p.Value, p.Rating, p.Version, p.Mode = session.GapWithheld, 0, "", 0, ""
			}
		}
	}
	if !ok {
		return func(session.Unit, *session.Point) {}
	}
	at := make(map[session.SessionID]*session.Session, len(sessions))
	for _, s := range sessions {
		at[s.ID] = s
	}
	return func(u session.Unit, p *session.Point) {
		silent := p.Gap == session.GapNoForm || p.Gap == session.GapNotAsked
		if s := at[p.SessionID]; silent && s != nil && u.TherapistID != "" && from.Withheld(s, u.MemberID) {
			p.Gap = session.GapWithheld
		}
	}
}
