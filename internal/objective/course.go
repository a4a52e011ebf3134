package objective

import (
	"cmp"
	"slices"

	"holon/internal/finding"
	"holon/internal/instrument"
	"holon/internal/session"
)

// Deed is one thing that somebody did about a finding.
type Deed struct {
	Code    finding.ActionCode
	Contact finding.Contact    // of finding.Contacted only
	Members []session.MemberID // whom the finding is about; none: the group
	Session *session.SessionID // in which it was done, if in one
	On      session.Date       // the day it was done
}

// Course is what was recorded of one group, up to a day.
type Course struct {
	Group        *session.Group
	Sessions     []*session.Session
	Damaged      []string // sessions that cannot be read: what they held is not known
	Deeds        []Deed
	DeedsMissing bool // there may be deeds that are not among these
	Today        session.Date
	Lookup       Lookup
}

// course is a Course as one subject of one rule lived it.
type course struct {
	*Course

	rule   *Rule
	member session.MemberID // empty: the group
	from   session.Date
	last   session.Date // of the time that the rule speaks of; "" if it has no end
	over   session.Date // the last day with the group; "" while there may be more
	ended  bool         // over is the group's last day, and not the member's
}

// newCourse looks at a course for a member, or for the group.
func newCourse(in *Course, rule *Rule, member session.MemberID) *course {
	c := &course{Course: in, rule: rule, member: member, from: rule.Over.From}
	if in.Group.EndedOn != nil {
		c.over, c.ended = *in.Group.EndedOn, true
	}
	first := in.Group.StartsOn
	if member != "" {
		first = c.readSpells()
	}
	if c.from == "" {
		c.from = first
	}
	c.last = rule.Over.lastDay(c.from)
	return c
}

// readSpells returns when the member first joined, and notes when the member
// left for good. Whoever pauses may come back.
func (c *course) readSpells() session.Date {
	var first, left session.Date
	running := false
	var latest session.Spell
	for _, s := range c.Group.Spells {
		if s.MemberID != c.member {
			continue
		}
		if first == "" || s.Joined < first {
			first = s.Joined
		}
		if s.Joined >= latest.Joined {
			latest = s
		}
		if s.Left == nil {
			running = true
		} else {
			left = max(left, *s.Left)
		}
	}
	paused := latest.LeftWhy != nil && *latest.LeftWhy == session.LeftPaused
	if !running && !paused && (c.over == "" || left < c.over) {
		c.over, c.ended = left, false
	}
	return first
}

// ending returns the last day on which an occasion could be, "" if there is
// none, and why nothing comes after it.
func (c *course) ending() (day session.Date, why Reason) {
	switch {
	case c.over != "" && (c.last == "" || c.over < c.last):
		if c.ended {
			return c.over, GroupEnded
		}
		return c.over, MemberLeft
	case c.last != "":
		return c.last, DeadlinePassed
	default:
		return "", ""
	}
}

// toCome returns how many more occasions there may be.
func (c *course) toCome() int {
	if day, _ := c.ending(); day != "" && c.Today > day {
		return 0
	}
	if c.rule.Over.Until == nil {
		return everMore
	}
	highest := 0
	for _, s := range c.Sessions {
		if !c.notYet(s) && s.Number <= *c.rule.Over.Until {
			highest = max(highest, s.Number)
		}
	}
	for _, s := range c.Sessions {
		if !c.notYet(s) && s.Number > *c.rule.Over.Until {
			return 0
		}
	}
	return *c.rule.Over.Until - highest
}

// notYet tells whether a session is still to come: its day, or the evening of
// today of which nobody has said anything.
func (c *course) notYet(s *session.Session) bool {
	if s.HeldOn != c.Today || s.Status != session.StatusOpen {
		return s.HeldOn > c.Today
	}
	return !slices.ContainsFunc(s.Roster, func(x session.Seat) bool { return x.Attendance != "" })
}

// way is one way in which a session may have been for the subject.
type way struct {
	counts bool
	seat   session.Attendance // of the member; of the group Present where it was held
}

// candidate is a session that the rule may speak of.
type candidate struct {
	in   *session.Session
	ways []way
}

// surely tells whether the session counts, however it was.
func (x *candidate) surely() bool {
	return !slices.ContainsFunc(x.ways, func(w way) bool { return !w.counts })
}

// candidates returns the sessions that count or may count, by day, and those
// left out with the reason. Sessions of another kind or time are neither.
func (c *course) candidates() (in []candidate, out []LeftOut) {
	sorted := slices.SortedFunc(slices.Values(c.Sessions), func(a, b *session.Session) int {
		return cmp.Or(cmp.Compare(a.HeldOn, b.HeldOn), cmp.Compare(a.Number, b.Number))
	})
	for _, s := range sorted {
		if !c.speaksOf(s) {
			continue
		}
		ways, why := c.waysOf(s)
		if len(ways) == 0 {
			out = append(out, LeftOut{Session: placeOf(s), Reason: why})
			continue
		}
		in = append(in, candidate{in: s, ways: ways})
	}
	return in, out
}

// speaksOf tells whether a session is of the kinds and the time of the rule.
func (c *course) speaksOf(s *session.Session) bool {
	o := &c.rule.Over
	kinds := o.Kinds
	if len(kinds) == 0 {
		kinds = []session.Kind{session.Meeting}
	}
	return slices.Contains(kinds, s.Kind) && s.HeldOn >= c.from && (c.last == "" || s.HeldOn <= c.last) && (o.Until == nil || s.Number <= *o.Until)
}

// waysOf returns in which ways a session may have been, none with the reason if
// it surely does not count.
func (c *course) waysOf(s *session.Session) ([]way, Reason) {
	switch {
	case s.Status == session.StatusCancelled:
		return nil, Cancelled
	case c.notYet(s):
		return nil, NotHeldYet
	case c.member == "":
		return c.waysOfGroup(s)
	}
	seat, on := s.SeatOf(c.member)
	if !on {
		return nil, NotOnRoster
	}
	if seat.Attendance != "" {
		return c.known(seat.Attendance)
	}
	if s.HeldOn == c.Today {
		return nil, NotHeldYet
	}
	var ways []way
	for _, a := range []session.Attendance{session.Present, session.NoShow, session.Excused} {
		w, _ := c.known(a)
		ways = append(ways, way{counts: len(w) > 0, seat: a})
	}
	return ways, ""
}

// known is waysOf where the member's attendance is known.
func (c *course) known(a session.Attendance) ([]way, Reason) {
	reason := Reason(a)
	switch {
	case a.Absent() && c.rule.Over.Sessions == Attended,
		a == session.Excused && c.rule.Over.Excused == ExcusedLeftOut:
		return nil, reason
	default:
		return []way{{counts: true, seat: a}}, ""
	}
}

// waysOfGroup is waysOf for the group: it met if anybody came.
func (c *course) waysOfGroup(s *session.Session) ([]way, Reason) {
	unknown := s.Status == session.StatusOpen
	for _, x := range s.Roster {
		if x.Attendance != "" && !x.Attendance.Absent() {
			return []way{{counts: true, seat: session.Present}}, ""
		}
		unknown = unknown || x.Attendance == ""
	}
	if !unknown {
		return nil, NobodyCame
	}
	return []way{{counts: true, seat: session.Present}, {}}, ""
}

// concerns tells whether a deed is about the subject.
func (c *course) concerns(d *Deed) bool {
	return d.On <= c.Today && (c.member == "" || slices.Contains(d.Members, c.member))
}

// done tells whether one of these was done in a session.
func (c *course) done(s *session.Session, codes []finding.ActionCode) bool {
	return slices.ContainsFunc(c.Deeds, func(d Deed) bool {
		return c.concerns(&d) && slices.Contains(codes, d.Code) && d.Session != nil && *d.Session == s.ID
	})
}

// doneBetween tells whether one of these was done between two days, both
// included.
func (c *course) doneBetween(from, to session.Date, codes []finding.ActionCode) bool {
	return slices.ContainsFunc(c.Deeds, func(d Deed) bool {
		return c.concerns(&d) && slices.Contains(codes, d.Code) && d.On >= from && d.On <= to
	})
}

// line is one rating with what makes it the same as one of another session:
// who rated whom, and before the meeting or after it.
type line struct {
	key    string
	rating *session.Rating
}

// lines returns the ratings of a level that are by or about the subject: an outcome is
// its member's, whoever reports it, and of what a member says otherwise it is who says it.
func (c *course) lines(s *session.Session, level instrument.Level, by instrument.RaterKind) []line {
	var out []line
	add := func(r *session.Rating, about session.MemberID, other string) {
		mine := about == c.member
		if by == instrument.RaterMember && level != instrument.Outcome {
			mine = r.Rater.Kind == instrument.RaterMember && r.Rater.ID == string(c.member)
		}
		if r.Live() && (c.member == "" || mine) {
			key := string(r.Rater.Kind) + "/" + r.Rater.ID + "/" + string(about) + "/" + other + "/" + string(r.Occasion)
			out = append(out, line{key, r})
		}
	}
	switch level {
	case instrument.Alliance:
		for i := range s.Alliances {
			x := &s.Alliances[i]
			add(&x.Rating, x.MemberID, string(x.TherapistID))
		}
	case instrument.Bond:
		for i := range s.Bonds {
			x := &s.Bonds[i]
			add(&x.Rating, x.To, "")
		}
	case instrument.MemberGroup:
		for i := range s.MemberGroup {
			x := &s.MemberGroup[i]
			add(&x.Rating, x.MemberID, "")
		}
	case instrument.Outcome:
		for i := range s.Outcomes {
			x := &s.Outcomes[i]
			add(&x.Rating, x.MemberID, "")
		}
	case instrument.Cohesion:
		for i := range s.Cohesion {
			add(&s.Cohesion[i].Rating, "", "")
		}
	case instrument.System:
		for i := range s.System {
			add(&s.System[i].Rating, "", "")
		}
	case instrument.Encounter:
		for i := range s.Encounter {
			x := &s.Encounter[i]
			add(&x.Rating, "", string(x.TherapistID))
		}
	}
	return out
}
