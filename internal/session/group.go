package session

import (
	"slices"
	"strconv"

	"holon/internal/fault"
)

// GroupKind says what sort of group it is.
type GroupKind string

// The kinds of group.
const (
	KindGroup  GroupKind = "group"
	KindFamily GroupKind = "family"
	KindCouple GroupKind = "couple"
)

// Valid tells whether k is one of the kinds.
func (k GroupKind) Valid() bool { return k == KindGroup || k == KindFamily || k == KindCouple }

// Format says whether people may join after the start.
type Format string

// The formats. Families and couples are open: households change.
const (
	Open   Format = "open"
	Closed Format = "closed"
)

// MaxRoster is the largest number of people who may be members of one group at
// the same time.
const MaxRoster = 30

// Group is a therapy group, a family or a couple, with the dated spells of its
// members and therapists. It holds codes only.
type Group struct {
	Head

	ID              GroupID
	Code            Code
	Kind            GroupKind
	Format          Format
	StartsOn        Date
	EndedOn         *Date
	Spells          []Spell
	TherapistSpells []TherapistSpell
	Goals           []Goal
	Bonds           *BondSetting // nil while nobody ever switched them: off
}

// NewGroup returns a valid group without spells, or every fault.
func NewGroup(id GroupID, code string, kind GroupKind, format Format, startsOn string) (*Group, error) {
	var faults fault.List
	g := &Group{ID: id, Kind: kind, Format: format}
	g.Code = checkCode(&faults, code)
	if !kind.Valid() {
		faults.Add("/kind", "unknown_kind", "A group's kind is group, family or couple.")
	}
	switch {
	case format != Open && format != Closed:
		faults.Add("/format", "unknown_format", "A group is open or closed.")
	case format == Closed && (kind == KindFamily || kind == KindCouple):
		faults.Add("/format", "family_is_open", "Families and couples are open: households change. Only a therapy group can be closed.")
	}
	g.StartsOn = checkDate(&faults, "/starts_on", startsOn)
	if err := faults.Err(); err != nil {
		return nil, err
	}
	return g, nil
}

// End closes the group on a day. Every member's spell must have been ended by
// then, with its reason; therapists' spells that still run end with the group.
// An end noted before can be noted again with another day.
func (g *Group) End(on string) error {
	var faults fault.List
	day := checkDate(&faults, "/ended_on", on)
	if faults.Len() == 0 {
		if day < g.StartsOn {
			faults.Add("/ended_on", "ends_before_start", "A group cannot end before it starts.")
		}
		for _, s := range g.Spells {
			if s.Left == nil || *s.Left > day {
				faults.Add("/ended_on", "spell_still_running", "Members are still in the group after that day. End their spells first.")
				break
			}
		}
		for _, s := range g.TherapistSpells {
			if s.From > day || (!g.endedWith(s) && *s.To > day) {
				faults.Add("/ended_on", "spell_still_running", "A therapist leads the group after that day. Correct that spell first.")
				break
			}
		}
	}
	if err := faults.Err(); err != nil {
		return err
	}
	ends := make([]bool, len(g.TherapistSpells))
	for i, s := range g.TherapistSpells {
		ends[i] = g.endedWith(s)
	}
	g.EndedOn = &day
	g.TherapistSpells = slices.Clone(g.TherapistSpells)
	for i := range g.TherapistSpells {
		if s := &g.TherapistSpells[i]; ends[i] {
			s.To, s.Why = new(day), new(ReleasedEnded)
		}
	}
	return nil
}

// endedWith tells whether a therapist's spell runs as long as the group.
func (g *Group) endedWith(s TherapistSpell) bool {
	return s.To == nil || (g.EndedOn != nil && *s.To == *g.EndedOn && s.Why != nil && *s.Why == ReleasedEnded)
}

// hasEnded tells whether the group had ended before a day.
func (g *Group) hasEnded(day Date) bool { return g.EndedOn != nil && day > *g.EndedOn }

// MembersOn returns the spells that hold on a day, in the order they were
// entered.
func (g *Group) MembersOn(day Date) []Spell {
	var out []Spell
	for _, s := range g.Spells {
		if s.holds(day) {
			out = append(out, s)
		}
	}
	return out
}

// SpellIn returns the spell by which a member sits in a session: that of the seat,
// or the one that holds on the session's day where the seat's does not hold any
// more, as after a change of role that came between opening and holding it.
func (g *Group) SpellIn(s *Session, id MemberID) (Spell, bool) {
	seat, ok := s.SeatOf(id)
	at := slices.IndexFunc(g.Spells, func(x Spell) bool { return x.Number == seat.Spell })
	if !ok || at < 0 {
		return Spell{}, false
	}
	if !g.Spells[at].holds(s.HeldOn) {
		if k := slices.IndexFunc(g.Spells, func(x Spell) bool { return x.MemberID == id && x.holds(s.HeldOn) }); k >= 0 {
			at = k
		}
	}
	return g.Spells[at], true
}

// TherapistsOn returns the therapists' spells that hold on a day.
func (g *Group) TherapistsOn(day Date) []TherapistSpell {
	var out []TherapistSpell
	for _, s := range g.TherapistSpells {
		if s.holds(day) {
			out = append(out, s)
		}
	}
	return out
}

// HasMember tells whether the member was ever in the group.
func (g *Group) HasMember(id MemberID) bool {
	return slices.ContainsFunc(g.Spells, func(s Spell) bool { return s.MemberID == id })
}

// RestoreGroup checks the structure of a stored group.
func RestoreGroup(g *Group) error {
	var faults fault.List
	if !ValidID(string(g.ID)) {
		faults.Add("/_id", "bad_id", "The identifier is missing or malformed.")
	}
	if !g.Kind.Valid() {
		faults.Add("/kind", "unknown_kind", "The kind is not one of group, family, couple.")
	}
	restoreHead(&faults, g.Head)
	for i, s := range g.Spells {
		if s.Number != i+1 || s.MemberID == "" || s.Joined == "" {
			faults.Add("/spells/"+strconv.Itoa(i), "bad_spell", "The spell has no member, no beginning or a number out of order.")
		}
	}
	for i, s := range g.TherapistSpells {
		if s.Number != i+1 || s.TherapistID == "" || s.From == "" {
			faults.Add("/therapist_spells/"+strconv.Itoa(i), "bad_spell", "The spell has no therapist, no beginning or a number out of order.")
		}
	}
	g.restoreGoals(&faults)
	g.restoreBonds(&faults)
	return faults.Err()
}

// restoreHead checks what every stored document carries.
func restoreHead(faults *fault.List, h Head) {
	if h.Rev < 1 {
		faults.Add("/rev", "bad_revision", "Revisions count from 1.")
	}
	if h.Schema < 1 {
		faults.Add("/schema", "bad_schema", "The schema version is missing.")
	}
}

// checkDate parses a day and notes its fault at pointer.
func checkDate(faults *fault.List, pointer, s string) Date {
	d, err := ParseDate(s)
	if err != nil {
		faults.Add(pointer, "bad_date", "A date is a calendar day like 2026-03-05.")
	}
	return d
}
