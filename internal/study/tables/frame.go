package tables

import (
	"cmp"
	"slices"

	"holon/internal/session"
	"holon/internal/study"
)

// groupsTable holds one row for each group.
func groupsTable() Table {
	return Table{
		Name: Groups, Title: "Groups, families and couples",
		About: "One row for each group of the selection. Families and couples are here only where the selection holds at least the threshold of them.",
		Key:   []string{"group"},
		Columns: append(required(theGroup(),
			Column{Name: "kind", Type: Text, About: "What sort of group it is.", Values: []string{"group", "family", "couple"}},
			Column{Name: "format", Type: Text, About: "Whether people may join after the start.", Values: []string{"open", "closed"}},
			Column{Name: "members", Type: Whole, About: "People with consent who were ever in the group: those of the table members.", Least: new(0)},
			Column{Name: "members_without_consent", Type: Whole, About: "People without consent who were ever in the group. Nothing else is said of them.", Least: new(0)},
			Column{Name: "sessions", Type: Whole, About: "Sessions of the selection: those of the table sessions.", Least: new(0)}),
			Column{Name: "therapy_model", Type: Text, About: "The therapy model that the study names for the group; null where it names none."}),
	}
}

// membersTable holds one row for each spell.
func membersTable() Table {
	return Table{
		Name: Members, Title: "Spells of members",
		About: "One row for each spell: a time during which a member with consent belonged to the group. A member who came back, or whose role changed, has several; one who is in several groups stands under each. Members without consent have no row.",
		Key:   []string{"group", "member", "spell"}, Refers: []Reference{toGroups()},
		Columns: append(required(theGroup(),
			Column{Name: "member", Type: Text, About: "The member's pseudonym: the same in every group and snapshot of the study, and in no other study."},
			Column{Name: "spell", Type: Whole, About: "Which of the member's spells in the group it is, counted from 1.", Least: new(1)},
			Column{Name: "role", Type: Text, About: "The member's place in the group or family.", Values: []string{"member", "caregiver", "partner", "adolescent", "child", "sibling", "grandparent", "other"}},
			Column{Name: "joined_week", Type: Whole, About: "Whole weeks from the group's first session in the snapshot to the first day of the spell; below 0 before it."}),
			Column{Name: "left_week", Type: Whole, About: "The same of the last day of the spell; null of one that had not ended when the snapshot was taken."},
			Column{Name: "left_why", Type: Text, About: "Why the spell ended; null of one that had not ended.", Values: []string{"completed", "dropped_out", "paused", "moved_to_other_group", "referred", "role_changed", "other"}}),
	}
}

// sessionsTable holds one row for each session.
func sessionsTable() Table {
	return Table{
		Name: Sessions, Title: "Sessions",
		About: "One row for each session of the selection, whether or not anything was rated in it.",
		Key:   []string{"group", "session"}, Refers: []Reference{toGroups()},
		Columns: append(append(theSession(), required(
			Column{Name: "kind", Type: Text, About: "What sort of group it is, as in the table groups.", Values: []string{"group", "family", "couple"}},
			Column{Name: "session_kind", Type: Text, About: "A meeting of all, of one member alone, of some of the family, or measures only.", Values: []string{"meeting", "individual", "subsystem", "assessment"}})...),
			Column{Name: "stage", Type: Text, About: "When in the treatment an assessment was made; null of any other session.", Values: []string{"intake", "interim", "end", "follow_up"}},
			Column{Name: "seats", Type: Whole, About: "Places on the roster, those of members without consent included.", Required: true, Least: new(0)},
			Column{Name: "seats_without_consent", Type: Whole, About: "Places of members without consent. They have no row in any table, so that the others must not be taken for all who were there.", Required: true, Least: new(0)},
			Column{Name: "ratings", Type: Whole, About: "Ratings of the session in the snapshot, those that are of no measure of the study included.", Required: true, Least: new(0)}),
	}
}

// attendanceTable holds one row for each seat.
func attendanceTable() Table {
	return Table{
		Name: Attendance, Title: "Attendance",
		About:  "One row for each place on a session's roster that belongs to a member with consent.",
		Key:    []string{"group", "session", "member"},
		Refers: []Reference{toSessions(), {Columns: []string{"group", "member", "spell"}, Table: Members, In: []string{"group", "member", "spell"}, checked: true}},
		Columns: append(append(theSession(), required(Column{Name: "member", Type: Text, About: "The member's pseudonym."})...),
			Column{Name: "spell", Type: Whole, About: "By which of the member's spells; null where the group has no such spell any more.", Least: new(1)},
			Column{Name: "attendance", Type: Text, About: "Whether the member came; null where nobody said so.", Values: []string{"present", "late", "left_early", "excused", "no_show"}},
			Column{Name: "modality", Type: Text, About: "How the member took part; null of those who did not come, or of whom it is not known.", Values: []string{"in_person", "video", "phone"}}),
	}
}

// therapistsTable holds one row for each therapist of a session.
func therapistsTable() Table {
	return Table{
		Name: Therapists, Title: "Therapists of sessions",
		About: "One row for each therapist on a session's list.",
		Key:   []string{"group", "session", "therapist"}, Refers: []Reference{toSessions()},
		Columns: append(theSession(), required(
			Column{Name: "therapist", Type: Text, About: "The therapist's pseudonym: the same in every group and snapshot of the study, and in no other study."},
			Column{Name: "role", Type: Text, About: "The therapist's part in leading the group.", Values: []string{"lead", "co", "substitute"}},
			Column{Name: "present", Type: Truth, About: "Whether the therapist was there."})...),
	}
}

// spells numbers the spells of each member with consent from 1: the number within
// the group would tell of places that somebody without consent had.
func (e *export) spells(g *session.Group) map[int]int {
	out, of := map[int]int{}, map[session.MemberID]int{}
	for _, sp := range g.Spells {
		if e.takesPart(sp.MemberID) && !sp.Redacted {
			of[sp.MemberID]++
			out[sp.Number] = of[sp.MemberID]
		}
	}
	return out
}

// model is the therapy model that the study names for a group.
func (e *export) model(id session.GroupID) cell {
	if g, _ := e.in.Snapshot.Group(id); g.Model != "" {
		return text(g.Model)
	}
	return null()
}

// frame writes what a group is and who was in it: by pseudonym, for the order in
// which people were entered is nobody's business.
func (e *export) frame(g *session.Group, sessions []*session.Session) error {
	e.spell = e.spells(g)
	with, without := map[session.MemberID]bool{}, map[session.MemberID]bool{}
	for _, sp := range g.Spells {
		if e.spell[sp.Number] > 0 {
			with[sp.MemberID] = true
		} else {
			without[sp.MemberID] = true
		}
	}
	if err := e.write(Groups, text(g.ID), text(g.Kind), text(g.Format), whole(len(with)), whole(len(without)), whole(len(sessions)), e.model(g.ID)); err != nil {
		return err
	}
	for _, sp := range slices.SortedFunc(slices.Values(g.Spells), func(a, b session.Spell) int {
		return cmp.Or(cmp.Compare(a.MemberID, b.MemberID), cmp.Compare(a.Number, b.Number))
	}) {
		if e.spell[sp.Number] == 0 {
			continue
		}
		left, why := null(), null()
		if sp.Left != nil {
			left = whole(study.Week(*sp.Left))
		}
		if sp.LeftWhy != nil {
			why = text(*sp.LeftWhy)
		}
		if err := e.write(Members, text(g.ID), text(sp.MemberID), whole(e.spell[sp.Number]), text(sp.Role), whole(study.Week(sp.Joined)), left, why); err != nil {
			return err
		}
	}
	return nil
}

// session writes a session, who had a place in it and who led it.
func (e *export) session(s *session.Session) error {
	at := []cell{text(s.GroupID), whole(s.Number), whole(study.Week(s.HeldOn))}
	without := 0
	for _, seat := range s.Roster {
		if seat.Redacted || !e.takesPart(seat.MemberID) {
			without++
		}
	}
	stage := null()
	if s.Stage != nil {
		stage = text(*s.Stage)
	}
	if err := e.write(Sessions, append(slices.Clip(at), text(s.GroupKind), text(s.Kind), stage, whole(len(s.Roster)), whole(without), whole(s.Count()))...); err != nil {
		return err
	}
	for _, seat := range slices.SortedFunc(slices.Values(s.Roster), func(a, b session.Seat) int { return cmp.Compare(a.MemberID, b.MemberID) }) {
		if seat.Redacted || !e.takesPart(seat.MemberID) {
			continue
		}
		spell := null()
		if n := e.spell[seat.Spell]; n > 0 {
			spell = whole(n)
		} else {
			e.broken[Attendance] = true
		}
		if err := e.write(Attendance, append(slices.Clip(at), text(seat.MemberID), spell, text(seat.Attendance), text(seat.Modality))...); err != nil {
			return err
		}
	}
	for _, t := range s.Therapists {
		if err := e.write(Therapists, append(slices.Clip(at), text(t.TherapistID), text(t.Role), truth(t.Present))...); err != nil {
			return err
		}
	}
	return nil
}
