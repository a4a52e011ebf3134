package finding

import (
	"slices"
	"time"

	"holon/internal/instrument"
	"holon/internal/session"
)

// Save is who stored what raises or withdraws a finding, and when.
type Save struct {
	By string
	At time.Time
}

// NewFinding returns the finding that a ground in a session raises.
func NewFinding(s *session.Session, g Ground, save Save, to session.TherapistID) *Finding {
	return &Finding{
		ID: g.ID, Rule: g.Rule, RuleVersion: g.Rule.Version(), GroupID: s.GroupID, SessionID: s.ID,
		Members: g.Members, Risk: g.Risk, Course: g.Course,
		Events: []Event{{Kind: Raised, At: save.At, By: save.By, Rating: g.Rating, To: to}},
	}
}

// Raise notes that the ground was stored again, and tells whether that is new:
// the same version of the same rating raises a finding that stands only once,
// unless the save comes so late that the first may be taken for one that never
// came. Who had answered it must answer it anew.
func (f *Finding) Raise(g Ground, save Save, to session.TherapistID) bool {
	last := f.LastRaised()
	late := g.Rating != nil && save.At.Sub(last.At) >= InFlight/2
	if f.Stands() && sameVersion(last.Rating, g.Rating) && !late {
		return false
	}
	f.revive(g)
	f.add(Event{Kind: RaisedAgain, At: save.At, By: save.By, Rating: g.Rating, To: to})
	return true
}

// revive makes a tombstone a finding again. What was redacted is the answer of
// somebody else, which had been entered under this rater's name; this one is the
// rater's own.
func (f *Finding) revive(g Ground) {
	if f.Redacted != nil {
		f.Risk, f.Course, f.Redacted = g.Risk, g.Course, nil
	}
}

// sameVersion compares two ratings that raised a finding, if ratings did.
func sameVersion(a, b *RatingVersion) bool {
	return a == b || (a != nil && b != nil && *a == *b)
}

// InFlight is how long a save may take, and so how long a finding may stand
// before its answer does.
const InFlight = 5 * time.Minute

// Ungrounded says whether and why a finding rests on nothing any more, given its
// session as it is stored, nil when it is not, and the grounds in it. The
// session must have been read after the finding. An answer that is not stored
// may still be on its way; after InFlight it is not. What rests on a course is
// not looked at here; [Finding.Outlived] does.
func (f *Finding) Ungrounded(s *session.Session, grounds []Ground, now time.Time) (Cause, bool) {
	if f.Rule == Noted || f.Rule.OfCourse() || !f.Stands() || f.rests(s) || slices.ContainsFunc(grounds, func(g Ground) bool { return g.ID == f.ID }) {
		return "", false
	}
	last := f.LastRaised()
	waited := now.Sub(last.At) >= InFlight
	if last.Rating == nil {
		if s != nil && f.seatRedacted(s) {
			return AnswerRedacted, true
		}
		if s != nil && !s.Change.At.Before(last.At) {
			return AttendanceCorrected, true
		}
		return AnswerNotStored, waited // attendance is raised before it is stored, too
	}
	if s != nil {
		if r, _, there := s.Find(last.Rating.ID); there && r.Version >= last.Rating.Version {
			switch {
			case r.Redacted != nil:
				return AnswerRedacted, true
			case r.Live():
				return AnswerCorrected, true
			default:
				return FormWithdrawn, true
			}
		}
	}
	return AnswerNotStored, waited
}

// Outlived says whether and why an alarm or a sign rests on nothing any more, given its
// group's course and the places where something stands out in it.
func (f *Finding) Outlived(course []*session.Session, places []Ground) (Cause, bool) {
	if !f.Rule.OfCourse() || !f.Stands() {
		return "", false
	}
	at := slices.IndexFunc(course, func(s *session.Session) bool { return s.ID == f.SessionID })
	if at < 0 {
		return "", false // it cannot be read
	}
	if f.seatRedacted(course[at]) {
		return AnswerRedacted, true
	}
	own := f.Ground()
	return RuleNotMet, !slices.ContainsFunc(places, func(g Ground) bool { return own.SamePlace(&g) })
}

// seatRedacted tells whether the finding is about a member whose values were
// taken out of the session.
func (f *Finding) seatRedacted(s *session.Session) bool {
	return slices.ContainsFunc(f.Members, func(m session.MemberID) bool { seat, _ := s.SeatOf(m); return seat.Redacted })
}

// rests tells whether the session holds the answer that a risk item's finding is
// about at the trigger that raised it, whatever the trigger is today.
func (f *Finding) rests(s *session.Session) bool {
	if f.Risk == nil || s == nil {
		return false
	}
	x := f.Risk
	item := instrument.Item{Risk: &instrument.Risk{AtLeast: x.Trigger.AtLeast}}
	for r, about := range s.Concerning {
		if r.Instrument != x.Instrument || r.Rater != x.Rater || r.Occasion != x.Occasion || r.Past(x.Item) || !r.Live() {
			continue
		}
		if len(f.Members) > 0 && f.Members[0] != about {
			continue
		}
		if value, answered := r.Value(x.Item); answered && item.Alerts(value) {
			return true
		}
	}
	return false
}

// Withdraw notes that the facts were wrong. It is said, and nothing is removed.
func (f *Finding) Withdraw(cause Cause, save Save) {
	f.add(Event{Kind: Withdrawn, At: save.At, By: save.By, Cause: cause})
}

// Escalate names the next person of the chain when the time to acknowledge is
// over, and tells whether it did.
func (f *Finding) Escalate(chain []session.TherapistID, within time.Duration, now time.Time) bool {
	next, due := f.Next(chain, within, now)
	if due {
		f.add(Event{Kind: Escalated, At: now, By: Clock, To: next})
	}
	return due
}

// Next returns who is to be asked now that the time to acknowledge is over;
// false while it is not, and when everybody has been asked.
func (f *Finding) Next(chain []session.TherapistID, within time.Duration, now time.Time) (session.TherapistID, bool) {
	at, goes := f.DueAt(within)
	if !goes || now.Before(at) {
		return "", false
	}
	told := f.told()
	for _, t := range chain {
		if !slices.Contains(told, t) {
			return t, true
		}
	}
	return "", false
}

// add appends an event. The list is copied, so that a value that was read stays
// as it was.
func (f *Finding) add(e Event) { f.Events = append(slices.Clone(f.Events), e) }

// Addressee returns who is to answer what a session raised: the lead therapist
// who was there, else a co-therapist, else a substitute; if nobody is said to
// have been there, whoever is on the list in that order; empty with no list.
func Addressee(s *session.Session) session.TherapistID {
	for _, present := range []bool{true, false} {
		for _, role := range []session.TherapistRole{session.Lead, session.Co, session.Substitute} {
			for _, p := range s.Therapists {
				if p.Role == role && (p.Present || !present) {
					return p.TherapistID
				}
			}
		}
	}
	return ""
}

// Chain lists who is asked one after the other when nobody acknowledges: the
// session's substitutes, the group's on that day, those of the practice, then
// its supervisors. Session and group may be nil.
func Chain(s *session.Session, g *session.Group, today session.Date, settings *Settings) []session.TherapistID {
	var out []session.TherapistID
	add := func(id session.TherapistID) {
		if !slices.Contains(out, id) {
			out = append(out, id)
		}
	}
	if s != nil {
		for _, p := range s.Therapists {
			if p.Role == session.Substitute {
				add(p.TherapistID)
			}
		}
	}
	if g != nil {
		for _, sp := range g.TherapistsOn(today) {
			if sp.Role == session.Substitute {
				add(sp.TherapistID)
			}
		}
	}
	for _, id := range slices.Concat(settings.Substitutes, settings.Supervisors) {
		add(id)
	}
	return out
}
