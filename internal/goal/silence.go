package goal

import (
	"slices"

	"holon/internal/instrument"
	"holon/internal/session"
)

// Silence says in a code why a rater said nothing of one of the two questions about
// a goal. They are different facts, and none of them is an answer.
type Silence string

// The silences. The empty one is none: there is an answer.
const (
	Excused     Silence = "excused"      // away, and had said so
	NoShow      Silence = "no_show"      // away without a word
	NotPresent  Silence = "not_present"  // a therapist who was not there
	NotInvited  Silence = "not_invited"  // in the group, and without a seat in this session
	NotAsked    Silence = "not_asked"    // nobody of the same kind answered this question
	NotSaid     Silence = "not_said"     // others did
	SessionOpen Silence = "session_open" // the word may still come
	TakenBack   Silence = "taken_back"
	NotTheirs   Silence = "not_theirs" // how near another member's own goal is: only its owner and therapists say
	Redacted    Silence = "redacted"
)

// evening is a session with what is looked up in it.
type evening struct {
	*session.Session

	group      *session.Group
	members    []session.MemberID // in the group on the day, with a seat, or heard, in the order in which they joined
	current    map[session.MemberID]bool
	therapists []session.TherapistID

	redacted, takenBack int // ratings that hold nothing
}

// eveningOf looks up who is who in a session.
func eveningOf(g *session.Group, s *session.Session) *evening {
	e := &evening{Session: s, group: g, current: map[session.MemberID]bool{}}
	for _, spell := range g.MembersOn(s.HeldOn) {
		e.current[spell.MemberID] = true
	}
	in := map[session.MemberID]bool{}
	for _, seat := range s.Roster {
		in[seat.MemberID] = true
	}
	heard := map[session.TherapistID]bool{}
	for i := range s.Goals {
		x := &s.Goals[i]
		switch x.Rater.Kind {
		case instrument.RaterMember:
			in[session.MemberID(x.Rater.ID)] = true
		case instrument.RaterTherapist:
			heard[session.TherapistID(x.Rater.ID)] = true
		default:
		}
		switch {
		case x.Value != nil || x.Endorsed != nil:
		case e.isRedacted(x):
			e.redacted++
		default:
			e.takenBack++
		}
	}
	for _, t := range s.Therapists {
		heard[t.TherapistID] = true
	}
	for _, spell := range g.Spells {
		if id := spell.MemberID; (e.current[id] || in[id]) && !slices.Contains(e.members, id) {
			e.members = append(e.members, id)
		}
	}
	for _, spell := range g.TherapistSpells {
		if id := spell.TherapistID; heard[id] && !slices.Contains(e.therapists, id) {
			e.therapists = append(e.therapists, id)
		}
	}
	return e
}

// isRedacted tells whether a rating that holds nothing was redacted: it is by a
// member whose values were taken out, or of such a member's own goal.
func (e *evening) isRedacted(x *session.GoalRating) bool {
	if x.Rater.Kind == instrument.RaterMember && e.goneMember(session.MemberID(x.Rater.ID)) {
		return true
	}
	k := slices.IndexFunc(e.group.Goals, func(g session.Goal) bool { return g.ID == x.GoalID })
	return k >= 0 && e.group.Goals[k].Owner != "" && e.goneMember(e.group.Goals[k].Owner)
}

// goneMember tells whether a member's values were taken out.
func (e *evening) goneMember(id session.MemberID) bool {
	seat, ok := e.SeatOf(id)
	return ok && seat.Redacted || redacted(e.group, id)
}

// awaited tells whether a member's word is waited for: who was in the group on the day.
// Of who was erased it is where the member had a seat: what was said there was taken
// out, and the others are not taken for all there were. Of evenings after it is not.
func (e *evening) awaited(id session.MemberID) bool {
	_, seated := e.SeatOf(id)
	return e.current[id] && (seated || !redacted(e.group, id))
}

// rating finds one rater's rating of a goal.
func (e *evening) rating(goal session.GoalID, by session.Rater) *session.GoalRating {
	for i := range e.Goals {
		if x := &e.Goals[i]; x.GoalID == goal && x.Rater == by {
			return x
		}
	}
	return nil
}

// spokenOf tells whether somebody said something of a goal that still stands.
func (e *evening) spokenOf(goal session.GoalID) bool {
	return slices.ContainsFunc(e.Goals, func(x session.GoalRating) bool {
		return x.GoalID == goal && (x.Value != nil || x.Endorsed != nil)
	})
}

// question is one of the two that are asked of a goal.
type question func(*session.GoalRating) bool

// near asks how near the goal is, stood whether the rater stands behind it; each
// tells whether a rating answers it.
func near(x *session.GoalRating) bool  { return x.Value != nil }
func stood(x *session.GoalRating) bool { return x.Endorsed != nil }

// said is what one rater said of a goal.
func (e *evening) said(x session.Goal, by session.Rater) Said {
	out := Said{Rater: by, Own: x.Owner != "" && by == session.Rater{Kind: instrument.RaterMember, ID: string(x.Owner)}}
	r := e.rating(x.ID, by)
	if r != nil {
		out.Version, out.Value, out.Endorsed = r.Version, r.Value, r.Endorsed
	}
	if out.Value == nil {
		out.NoValue = e.silence(x, by, r, near)
		if by.Kind == instrument.RaterMember && !x.Shared() && !out.Own {
			out.NoValue = NotTheirs
		}
	}
	if out.Endorsed == nil {
		out.NoEndorsement = e.silence(x, by, r, stood)
	}
	return out
}

// silence says why a rater did not answer a question.
func (e *evening) silence(x session.Goal, by session.Rater, r *session.GoalRating, q question) Silence {
	if gone := r != nil && e.isRedacted(r); gone || (by.Kind == instrument.RaterMember && e.goneMember(session.MemberID(by.ID))) {
		return Redacted
	}
	if r != nil && r.Value == nil && r.Endorsed == nil {
		return TakenBack
	}
	if r == nil {
		if why := e.away(by); why != "" {
			return why
		}
	}
	switch {
	case !e.asked(x, by.Kind, q):
		return NotAsked
	case e.Status == session.StatusOpen:
		return SessionOpen
	default:
		return NotSaid
	}
}

// away says why somebody could not be asked; empty for who was there.
func (e *evening) away(by session.Rater) Silence {
	if by.Kind == instrument.RaterTherapist {
		if !slices.ContainsFunc(e.Therapists, func(t session.Presence) bool { return string(t.TherapistID) == by.ID && t.Present }) {
			return NotPresent
		}
		return ""
	}
	seat, ok := e.SeatOf(session.MemberID(by.ID))
	switch {
	case !ok:
		return NotInvited
	case seat.Attendance == session.Excused:
		return Excused
	case seat.Attendance == session.NoShow:
		return NoShow
	default:
		return ""
	}
}

// asked tells whether a question was put to one kind of rater in the session, as far
// as answers show it: somebody of the kind answered it, of this goal where it is
// shared, of anybody's own goal where it is one.
func (e *evening) asked(x session.Goal, kind instrument.RaterKind, q question) bool {
	return slices.ContainsFunc(e.Goals, func(r session.GoalRating) bool {
		if r.Rater.Kind != kind || !q(&r) {
			return false
		}
		return r.GoalID == x.ID || (!x.Shared() && e.isOwn(r.GoalID))
	})
}

// isOwn tells whether a goal is some member's own.
func (e *evening) isOwn(id session.GoalID) bool {
	return slices.ContainsFunc(e.group.Goals, func(g session.Goal) bool { return g.ID == id && !g.Shared() })
}
