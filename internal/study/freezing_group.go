package study

import (
	"slices"
	"strconv"
	"time"

	"holon/internal/instrument"
	"holon/internal/session"
)

// FreezingGroup makes the frozen copy of one group's sessions.
type FreezingGroup struct {
	freezer *Freezer
	id      session.GroupID
	source  *session.Group
	shift   int // days that every day is moved by
	days    map[session.Date]session.Date
	met     map[session.TherapistID]bool // pseudonyms

	sessions, ratings int
	content           groupContent
}

// ID is the group's pseudonym.
func (f *FreezingGroup) ID() session.GroupID { return f.id }

// Session returns the frozen copy of a session that [Freezer.Takes] takes. What is
// by or about somebody without consent is not in it; that somebody has a seat
// without anything, so that nobody takes the others for all there are.
func (f *FreezingGroup) Session(s *session.Session) *session.Session {
	out := &session.Session{
		Head: f.head(), ID: session.SessionID(string(f.id) + "." + strconv.Itoa(s.Number)), GroupID: f.id, GroupKind: s.GroupKind,
		Number: s.Number, Kind: s.Kind, Stage: s.Stage, HeldOn: f.day(s.HeldOn), Status: session.StatusClosed,
	}
	for _, t := range s.Therapists {
		name := f.therapist(t.TherapistID)
		out.Therapists = append(out.Therapists, session.Presence{TherapistID: name, Role: t.Role, Present: t.Present})
	}
	for _, seat := range s.Roster {
		out.Roster = append(out.Roster, f.seat(seat))
	}
	f.ratingsOf(s, out)
	f.goalsOf(s, out)
	f.rupturesOf(s, out)
	f.sessions++
	f.ratings += out.Count()
	f.content.add(out)
	return out
}

// End returns the frozen group.
func (f *FreezingGroup) End() *session.Group {
	g := f.source
	out := &session.Group{Head: f.head(), ID: f.id, Code: "frozen", Kind: g.Kind, Format: g.Format, StartsOn: f.day(g.StartsOn), EndedOn: f.dayIfAny(g.EndedOn)}
	kept := FrozenGroup{ID: f.id, Kind: g.Kind, Format: g.Format, Model: f.freezer.study.ModelOf(g.ID), Therapists: len(f.met), Sessions: f.sessions, Ratings: f.ratings}
	consented, withheld := map[session.MemberID]bool{}, map[session.MemberID]bool{}
	for _, sp := range g.Spells {
		next := session.Spell{Number: sp.Number, Role: sp.Role, Joined: f.day(sp.Joined), Left: f.dayIfAny(sp.Left)}
		if f.takesPart(sp.MemberID) && !sp.Redacted {
			next.MemberID, next.LeftWhy = f.freezer.names.Member(sp.MemberID), sp.LeftWhy
			consented[next.MemberID] = true
			f.freezer.members[next.MemberID] = true
		} else {
			next.MemberID, next.Redacted = f.freezer.names.withheld(sp.MemberID), true
			withheld[next.MemberID] = true
			f.freezer.withheld[next.MemberID] = true
		}
		out.Spells = append(out.Spells, next)
	}
	for _, t := range g.TherapistSpells {
		out.TherapistSpells = append(out.TherapistSpells, session.TherapistSpell{
			Number: t.Number, TherapistID: f.freezer.names.Therapist(t.TherapistID), Role: t.Role, From: f.day(t.From), To: f.dayIfAny(t.To), Why: t.Why,
		})
	}
	f.goalsOfGroup(g, out)
	kept.Members, kept.Withheld = len(consented), len(withheld)
	f.freezer.groups = append(f.freezer.groups, kept)
	f.freezer.content.add(f.id, f.content.sum(out), kept.Model)
	return out
}

// head is that of every frozen document: it tells of nobody and of no moment but
// the snapshot's.
func (f *FreezingGroup) head() session.Head {
	return session.Head{Rev: 1, Change: session.Change{By: "snapshot", At: f.freezer.taken, Why: "frozen"}}
}

// takesPart tells whether a member consented and was not redacted.
func (f *FreezingGroup) takesPart(m session.MemberID) bool {
	return f.freezer.consents(m) && !slices.ContainsFunc(f.source.Spells, func(x session.Spell) bool { return x.MemberID == m && x.Redacted })
}

// therapist is a therapist's pseudonym, noted as one who was met.
func (f *FreezingGroup) therapist(id session.TherapistID) session.TherapistID {
	name := f.freezer.names.Therapist(id)
	f.met[name], f.freezer.therapists[name] = true, true
	return name
}

// day moves a day so that the group's first session is on the epoch.
func (f *FreezingGroup) day(on session.Date) session.Date {
	if moved, known := f.days[on]; known {
		return moved
	}
	t, err := time.Parse(time.DateOnly, string(on))
	if err != nil {
		return epoch
	}
	moved := session.Date(t.AddDate(0, 0, f.shift).Format(time.DateOnly))
	if f.days == nil {
		f.days = map[session.Date]session.Date{}
	}
	f.days[on] = moved
	return moved
}

// dayIfAny is day of one that may not be there.
func (f *FreezingGroup) dayIfAny(on *session.Date) *session.Date {
	if on == nil {
		return nil
	}
	return new(f.day(*on))
}

// seat is a seat's copy: of who did not consent only that there is one.
func (f *FreezingGroup) seat(x session.Seat) session.Seat {
	if !f.takesPart(x.MemberID) || x.Redacted {
		return session.Seat{MemberID: f.freezer.names.withheld(x.MemberID), Spell: x.Spell, Redacted: true}
	}
	return session.Seat{MemberID: f.freezer.names.Member(x.MemberID), Spell: x.Spell, Attendance: x.Attendance, Modality: x.Modality}
}

// ratingsOf copies a session's ratings.
func (f *FreezingGroup) ratingsOf(s, out *session.Session) {
	names := f.freezer.names
	forms := map[session.FormID]session.FormID{}
	n := 0
	take := func(x *session.Rating, about ...session.MemberID) (session.Rating, bool) {
		if !f.takesRating(x, about) {
			return session.Rating{}, false
		}
		n++
		return f.rating(x, n, forms), true
	}
	for i := range s.Alliances {
		x := &s.Alliances[i]
		if r, ok := take(&x.Rating, x.MemberID); ok {
			out.Alliances = append(out.Alliances, session.AllianceRating{Rating: r, TherapistID: f.therapist(x.TherapistID), MemberID: names.Member(x.MemberID)})
		}
	}
	for i := range s.Bonds {
		x := &s.Bonds[i]
		if r, ok := take(&x.Rating, x.From, x.To); ok {
			out.Bonds = append(out.Bonds, session.BondRating{Rating: r, From: names.Member(x.From), To: names.Member(x.To)})
		}
	}
	for i := range s.MemberGroup {
		x := &s.MemberGroup[i]
		if r, ok := take(&x.Rating, x.MemberID); ok {
			out.MemberGroup = append(out.MemberGroup, session.MemberGroupRating{Rating: r, MemberID: names.Member(x.MemberID)})
		}
	}
	for i := range s.Cohesion {
		if r, ok := take(&s.Cohesion[i].Rating); ok {
			out.Cohesion = append(out.Cohesion, session.CohesionRating{Rating: r})
		}
	}
	for i := range s.System {
		if r, ok := take(&s.System[i].Rating); ok {
			out.System = append(out.System, session.SystemRating{Rating: r})
		}
	}
	for i := range s.Encounter {
		x := &s.Encounter[i]
		if r, ok := take(&x.Rating); ok {
			next := session.EncounterRating{Rating: r}
			if x.TherapistID != "" {
				next.TherapistID = f.therapist(x.TherapistID)
			}
			out.Encounter = append(out.Encounter, next)
		}
	}
	for i := range s.Outcomes {
		x := &s.Outcomes[i]
		if r, ok := take(&x.Rating, x.MemberID); ok {
			out.Outcomes = append(out.Outcomes, session.OutcomeRating{Rating: r, MemberID: names.Member(x.MemberID)})
		}
	}
}

// takesRating tells whether a rating is taken, and counts one that is not.
func (f *FreezingGroup) takesRating(x *session.Rating, about []session.MemberID) bool {
	var reason string
	switch {
	case x.Void != nil:
		reason = Void
	case x.Redacted != nil:
		reason = Redacted
	case x.Unfinished:
		reason = Unfinished
	case !f.freezer.study.Reads(x.Instrument):
		reason = OtherInstrument
	case x.Rater.Kind == instrument.RaterMember && !f.takesPart(session.MemberID(x.Rater.ID)), slices.ContainsFunc(about, func(m session.MemberID) bool { return !f.takesPart(m) }):
		reason = NoConsent
	default:
		return true
	}
	f.freezer.LeaveOut("ratings", reason, 1)
	return false
}

// rating is the copy of what all levels share: the answers, and nothing of who
// entered them when.
func (f *FreezingGroup) rating(x *session.Rating, n int, forms map[session.FormID]session.FormID) session.Rating {
	form, known := forms[x.FormID]
	if !known {
		form = session.FormID("f" + strconv.Itoa(len(forms)+1))
		forms[x.FormID] = form
	}
	return session.Rating{
		ID: session.RatingID("r" + strconv.Itoa(n)), FormID: form, Version: 1, Instrument: x.Instrument, Rater: f.rater(x.Rater), Occasion: x.Occasion,
		Answers: slices.Clone(x.Answers), FormItems: x.FormItems, FormMissing: x.FormMissing, ReportedTotal: x.ReportedTotal,
		Entered: session.Entry{By: "snapshot", At: f.freezer.taken, Mode: x.Entered.Mode}, AfterSeeing: x.AfterSeeing,
	}
}

// rater is a rater's pseudonym.
func (f *FreezingGroup) rater(r session.Rater) session.Rater {
	switch r.Kind {
	case instrument.RaterMember:
		r.ID = string(f.freezer.names.Member(session.MemberID(r.ID)))
	case instrument.RaterTherapist:
		r.ID = string(f.therapist(session.TherapistID(r.ID)))
	default:
		r.ID = f.freezer.names.observer(r.ID)
	}
	return r
}
