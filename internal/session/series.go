package session

import (
	"cmp"
	"iter"
	"slices"

	"holon/internal/instrument"
)

// Unit is what one series is about: a member, or a therapist and a member as a
// pair. TherapistID is empty of a measure that is about no therapist.
type Unit struct {
	TherapistID TherapistID
	MemberID    MemberID
	// Informant is who reported about the member, where that is not the member:
	// reports of two people about one are two series, and never one. The zero value
	// where the member, or one of the pair, speaks.
	Informant Rater
}

// Reported tells whether somebody else reports about the member.
func (u Unit) Reported() bool { return u.Informant != Rater{} }

// Gap says in a code why a session holds no value of a series. They are
// different facts, and none of them is a value.
type Gap string

// The gaps. The empty one is none: there is a value.
const (
	GapNone            Gap = ""
	GapExcused         Gap = "excused"
	GapNoShow          Gap = "no_show"
	GapTherapistAbsent Gap = "therapist_absent" // the pair did not meet
	GapNotAsked        Gap = "not_asked"        // nobody in the session handed in a form of the measure
	GapNoForm          Gap = "no_form"          // the others handed one in
	GapBlank           Gap = "blank"            // a form with no answer to any item of the measure
	GapNoScore         Gap = "no_score"         // some answers, too few for the score or without its key
	GapUnfinished      Gap = "unfinished"       // the rater is still at it
	GapRedacted        Gap = "redacted"
	GapWithheld        Gap = "withheld" // the reader is to guess first; see package access
)

// Point is what one session holds of a series.
type Point struct {
	SessionID  SessionID
	Number     int
	HeldOn     Date
	Kind       Kind
	Stage      Stage      // of an assessment; empty otherwise
	Attendance Attendance // of the unit's member; empty while nobody said
	Value      float64    // counts only where Gap is GapNone
	Gap        Gap
	Rating     RatingID // of the form behind the point; empty without one
	Version    int
	Mode       Mode // how that form came in; empty without one
}

// Attended tells whether the member is not known to have been absent.
func (p *Point) Attended() bool { return !p.Attendance.Absent() }

// Series is one measure of one unit over a group's sessions by number, with what
// is missing kept: a point for every session that was not cancelled and in which
// the member had a seat, and the informant a place where there is one. A member who left and came back has one series; sessions
// in between are no points of it.
type Series struct {
	GroupID GroupID
	Unit    Unit
	Points  []Point
}

// Values returns the values in order, without the gaps.
func (s *Series) Values() []float64 {
	var out []float64
	for i := range s.Points {
		if s.Points[i].Gap == GapNone {
			out = append(out, s.Points[i].Value)
		}
	}
	return out
}

// SeriesOf reads a measure's series from a group's sessions, in any order. The
// level says which ratings a session has and which unit each belongs to; ratings
// that are of another measure, and forms that were withdrawn, are passed over.
// Where a unit has several forms of one measure in one session, as before and
// after it, the later occasion stands: ask for one occasion to choose. Series
// come by therapist, member and informant; a unit without any form of the measure has none.
func (s *Scorer) SeriesOf(sessions []*Session, ratings func(*Session) iter.Seq2[Unit, *Rating]) []Series {
	return s.SeriesWith(sessions, ratings, nil)
}

// SeriesWith is SeriesOf of these units as well, whether or not they have a form. One that
// had no seat in any of the sessions has no series.
func (s *Scorer) SeriesWith(sessions []*Session, ratings func(*Session) iter.Seq2[Unit, *Rating], also []Unit) []Series {
	ordered := slices.DeleteFunc(slices.Clone(sessions), func(x *Session) bool { return x.Status == StatusCancelled })
	slices.SortStableFunc(ordered, func(a, b *Session) int { return cmp.Compare(a.Number, b.Number) })
	forms := make([]map[Unit]*Rating, len(ordered))
	units := slices.Clone(also)
	for i, in := range ordered {
		forms[i] = s.formsOf(ratings(in))
		for u := range forms[i] {
			units = append(units, u)
		}
	}
	slices.SortFunc(units, func(a, b Unit) int {
		return cmp.Or(
			cmp.Compare(a.TherapistID, b.TherapistID), cmp.Compare(a.MemberID, b.MemberID),
			cmp.Compare(a.Informant.Kind, b.Informant.Kind), cmp.Compare(a.Informant.ID, b.Informant.ID))
	})
	units = slices.Compact(units)
	out := make([]Series, 0, len(units))
	for _, u := range units {
		line := Series{Unit: u}
		for i, in := range ordered {
			seat, seated := in.SeatOf(u.MemberID)
			if forms[i][u] == nil && (!seated || !in.Expects(u.Informant)) {
				continue
			}
			line.GroupID = in.GroupID
			line.Points = append(line.Points, s.point(in, u, seat, forms[i]))
		}
		if len(line.Points) > 0 {
			out = append(out, line)
		}
	}
	return out
}

// formsOf returns one session's live ratings of the measure by their unit.
func (s *Scorer) formsOf(ratings iter.Seq2[Unit, *Rating]) map[Unit]*Rating {
	out := map[Unit]*Rating{}
	for u, r := range ratings {
		if r.withdrawn() || s.Fit(r) != Fits {
			continue
		}
		if first := out[u]; first == nil || (first.Occasion == Pre && r.Occasion == Post) {
			out[u] = r
		}
	}
	return out
}

// point returns what a session holds of a unit.
func (s *Scorer) point(in *Session, u Unit, seat Seat, forms map[Unit]*Rating) Point {
	p := Point{SessionID: in.ID, Number: in.Number, HeldOn: in.HeldOn, Kind: in.Kind, Attendance: seat.Attendance}
	if in.Stage != nil {
		p.Stage = *in.Stage
	}
	r := forms[u]
	if r == nil {
		p.Gap = silence(in, u, seat, len(forms) > 0)
		return p
	}
	p.Rating, p.Version, p.Mode = r.ID, r.Version, r.Entered.Mode
	switch v, why := s.Value(r); {
	case r.Redacted != nil:
		p.Gap = GapRedacted
	case r.Unfinished:
		p.Gap = GapUnfinished
	case v != nil:
		p.Value = *v
	case why == instrument.ReasonNoneAnswered:
		p.Gap = GapBlank
	default:
		p.Gap = GapNoScore
	}
	return p
}

// silence says why there is no form of a unit.
func silence(in *Session, u Unit, seat Seat, asked bool) Gap {
	therapist := u.TherapistID
	switch {
	case seat.Redacted:
		return GapRedacted
	case u.Informant.Kind == instrument.RaterMember: // who is asked is the one to be there
		seat, _ = in.SeatOf(MemberID(u.Informant.ID))
	case u.Informant.Kind == instrument.RaterTherapist:
		therapist, seat = TherapistID(u.Informant.ID), Seat{}
	default:
	}
	away := therapist != "" && !slices.ContainsFunc(in.Therapists, func(t Presence) bool { return t.TherapistID == therapist && t.Present })
	switch {
	case seat.Redacted:
		return GapRedacted
	case seat.Attendance == Excused:
		return GapExcused
	case seat.Attendance == NoShow:
		return GapNoShow
	case away:
		return GapTherapistAbsent
	case !asked:
		return GapNotAsked
	default:
		return GapNoForm
	}
}

// Expects tells whether a report of an informant may be asked for: a member with a
// seat, a therapist on the list. Nobody is waited for who was not to come.
func (s *Session) Expects(informant Rater) bool {
	switch informant.Kind {
	case instrument.RaterMember:
		return s.seat(MemberID(informant.ID)) >= 0
	case instrument.RaterTherapist:
		return s.HasTherapist(TherapistID(informant.ID))
	default:
		return true
	}
}
