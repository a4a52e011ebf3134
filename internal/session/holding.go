package session

import (
	"slices"

	"holon/internal/instrument"
)

// Holding says how a form stands to what a session holds already.
type Holding string

// The ways in which a session holds a form.
const (
	NotHeld Holding = "not_held" // its place is free
	Held    Holding = "held"     // with the same answers, or taken in before under the same identifier
	Differs Holding = "differs"  // another form has the place, or a part of it
)

// Holds judges one form against the session, as Submit would, and says whether
// the session has it already. One that has the form's identifier is the same
// form, whatever corrections made of it since. The error holds every fault of
// the form, with pointers into it.
func (s *Session) Holds(in FormInput, ref Reference) (Holding, error) {
	if s.hasForm(in.ID) {
		return Held, nil
	}
	one := &Session{
		ID: s.ID, GroupID: s.GroupID, GroupKind: s.GroupKind, Kind: s.Kind, HeldOn: s.HeldOn, Status: s.Status,
		Therapists: s.Therapists, Roster: s.Roster,
	}
	if err := one.Submit([]FormInput{in}, ref); err != nil {
		return NotHeld, err
	}
	met, same, parts := 0, 0, 0
	var of FormID
	for level, mine := range one.allWithTarget {
		for other, x := range s.allWithTarget {
			if other == level && x.rating.hasPlaceOf(mine.rating) && x.target == mine.target && !x.rating.withdrawn() {
				met++
				of = x.rating.FormID
				if x.rating.says(mine.rating) {
					same++
				}
			}
		}
	}
	for _, r := range s.OfForm(of) {
		if !r.withdrawn() {
			parts++
		}
	}
	switch {
	case met == 0:
		return NotHeld, nil
	case met == same && same == one.Count() && parts == same:
		return Held, nil
	default:
		return Differs, nil
	}
}

// hasPlaceOf tells whether two ratings of one level have the same place, as far
// as they say it themselves.
func (r *Rating) hasPlaceOf(other *Rating) bool {
	return r.Instrument.ID == other.Instrument.ID && r.Rater == other.Rater && r.Occasion == other.Occasion
}

// says tells whether two ratings say the same: version, answers and total.
func (r *Rating) says(other *Rating) bool {
	return r.Instrument == other.Instrument && slices.Equal(r.Answers, other.Answers) &&
		(r.ReportedTotal == nil) == (other.ReportedTotal == nil) &&
		(r.ReportedTotal == nil || *r.ReportedTotal == *other.ReportedTotal)
}

// StandIn returns a session that stands for one which cannot be opened as it
// was described: everybody who was ever in the group has a place, so that the
// forms of such a session are judged all the same. It is never stored.
func StandIn(g *Group, heldOn Date) *Session {
	s := &Session{ID: "s-stand-in", GroupID: g.ID, GroupKind: g.Kind, Kind: Meeting, HeldOn: heldOn, Status: StatusOpen}
	for _, x := range g.Spells {
		if s.seat(x.MemberID) < 0 {
			s.Roster = append(s.Roster, Seat{MemberID: x.MemberID, Spell: x.Number})
		}
	}
	for _, x := range g.TherapistSpells {
		if s.therapist(x.TherapistID) < 0 {
			s.Therapists = append(s.Therapists, Presence{TherapistID: x.TherapistID, Role: x.Role, Present: true})
		}
	}
	return s
}

// Complete tells whether everybody on the roster is known to have come or not.
func (s *Session) Complete() bool {
	return len(s.Roster) > 0 && !slices.ContainsFunc(s.Roster, func(x Seat) bool { return x.Attendance == "" })
}

// ItemsFor counts the items of an instrument that are for a kind of rater.
func ItemsFor(def *instrument.Definition, kind instrument.RaterKind) int { return itemsFor(def, kind) }
