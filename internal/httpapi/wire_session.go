package httpapi

import (
	"slices"

	"holon/internal/instrument"
	"holon/internal/practice"
	"holon/internal/session"
)

// outlineWire writes a session without its ratings.
func outlineWire(x *session.Session) SessionOutline {
	return SessionOutline{
		ID: string(x.ID), GroupID: string(x.GroupID), GroupKind: GroupKind(x.GroupKind), Number: int64(x.Number),
		Kind: SessionKind(x.Kind), Stage: text[Stage](x.Stage), HeldOn: string(x.HeldOn),
		Planned: spanWire(x.Planned), Actual: spanWire(x.Actual), Status: SessionStatus(x.Status), CancelWhy: text[CancelReason](x.CancelWhy),
		Therapists: each(x.Therapists, presenceWire), Roster: each(x.Roster, seatWire),
		Rev: x.Rev, Change: changeWire(x.Change),
	}
}

// sessionWire writes a session with the ratings of the levels that were asked
// for, all when nil.
func (s *Server) sessionWire(x *session.Session, levels []instrument.Level) Session {
	o := outlineWire(x)
	if levels == nil {
		levels = instrument.Levels()
	}
	out := Session{
		ID: o.ID, GroupID: o.GroupID, GroupKind: o.GroupKind, Number: o.Number, Kind: o.Kind, Stage: o.Stage, HeldOn: o.HeldOn,
		Planned: o.Planned, Actual: o.Actual, Status: o.Status, CancelWhy: o.CancelWhy, Therapists: o.Therapists, Roster: o.Roster,
		Rev: o.Rev, Change: o.Change, Levels: []Level{}, Goals: unlessNone(x.Goals, goalRatingWire), Openings: unlessNone(x.Openings, openingWire),
		Ruptures: unlessNone(x.Ruptures, ruptureWire),
	}
	for _, l := range instrument.Levels() {
		if slices.Contains(levels, l) {
			out.Levels = append(out.Levels, Level(l))
			s.levelWire(&out, x, l)
		}
	}
	return out
}

// levelWire writes the ratings of one level into the session.
func (s *Server) levelWire(out *Session, x *session.Session, l instrument.Level) {
	switch l {
	case instrument.Alliance:
		out.Alliances = new(each(x.Alliances, s.allianceWire))
	case instrument.Bond:
		out.Bonds = new(each(x.Bonds, s.bondWire))
	case instrument.MemberGroup:
		out.MemberGroup = new(each(x.MemberGroup, s.memberGroupWire))
	case instrument.Cohesion:
		out.Cohesion = new(each(x.Cohesion, s.cohesionWire))
	case instrument.System:
		out.System = new(each(x.System, s.systemWire))
	case instrument.Encounter:
		out.Encounter = new(each(x.Encounter, s.encounterWire))
	case instrument.Outcome:
		out.Outcomes = new(each(x.Outcomes, s.outcomeWire))
	}
}

// seatWire writes one member's place.
func seatWire(x session.Seat) Seat {
	return Seat{
		MemberID: string(x.MemberID), Spell: int64(x.Spell),
		Attendance: unlessEmpty[Attendance](x.Attendance), Modality: unlessEmpty[Modality](x.Modality), Redacted: onlyIf(x.Redacted),
	}
}

// presenceWire writes one therapist's place.
func presenceWire(x session.Presence) Presence {
	return Presence{TherapistID: string(x.TherapistID), Role: TherapistRole(x.Role), Present: x.Present}
}

// unlessEmpty converts a text; nil when it is empty.
func unlessEmpty[T, S ~string](x S) *T {
	if x == "" {
		return nil
	}
	return new(T(x))
}

// spanWire writes a time with beginning and end.
func spanWire(x *session.Span) *Span {
	if x == nil {
		return nil
	}
	return &Span{Start: x.Start, End: x.End}
}

// spanDomain reads a time with beginning and end.
func spanDomain(x *Span) *session.Span {
	if x == nil {
		return nil
	}
	return &session.Span{Start: x.Start, End: x.End}
}

// memberIDs reads a list of members; nil when it is left out.
func memberIDs(x *[]string) []session.MemberID {
	if list(x) == nil {
		return nil
	}
	return each(*x, func(id string) session.MemberID { return session.MemberID(id) })
}

// markDomain reads whether a member came.
func markDomain(x AttendanceMark) session.Mark {
	return session.Mark{MemberID: session.MemberID(x.MemberID), Attendance: session.Attendance(x.Attendance), Modality: session.Modality(orZero(x.Modality))}
}

// therapistMarkDomain reads whether a therapist was there.
func therapistMarkDomain(x TherapistMark) session.TherapistMark {
	return session.TherapistMark{TherapistID: session.TherapistID(x.TherapistID), Present: orZero(x.Present), Role: session.TherapistRole(orZero(x.Role))}
}

// revisionWire writes one revision.
func revisionWire(x practice.Revision) Revision {
	return Revision{Rev: x.Rev, Change: changeWire(x.Change)}
}
