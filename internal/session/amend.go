package session

import (
	"slices"

	"holon/internal/fault"
)

// AmendReason says in a code why a spell's record was wrong.
type AmendReason string

// The reasons.
const (
	AmendTyping  AmendReason = "typing_error"
	AmendLearned AmendReason = "learned_later"
	AmendOther   AmendReason = "other"
)

// Valid tells whether r is one of the reasons.
func (r AmendReason) Valid() bool { return r == AmendTyping || r == AmendLearned || r == AmendOther }

// SpellAmendment says what was recorded wrongly of a member's spell. It mends
// the record; who takes another role, or comes back, begins another spell. What
// is nil stays as it is.
type SpellAmendment struct {
	Joined  *string
	Role    *MemberRole
	Left    *string
	LeftWhy *LeaveReason
	Running bool // the spell has not ended: takes back an end
	Why     AmendReason
}

// TherapistSpellAmendment says what was recorded wrongly of a therapist's
// spell. What is nil stays as it is.
type TherapistSpellAmendment struct {
	From    *string
	Role    *TherapistRole
	To      *string
	ToWhy   *ReleaseReason
	Running bool // the spell has not ended: takes back an end
	Why     AmendReason
}

// AmendSpell mends the record of a spell under the rules that hold for new ones.
// Sessions that were opened before keep their seats.
func (g *Group) AmendSpell(number int, a SpellAmendment) error {
	if number < 1 || number > len(g.Spells) {
		return fault.New(fault.NotFound, "no_such_spell", "The group has no spell of that number.")
	}
	if g.Spells[number-1].Redacted {
		return fault.New(fault.Conflict, "spell_redacted", "This member's values were redacted. The spell can be ended, and is not corrected any more.")
	}
	var faults fault.List
	old := g.Spells[number-1]
	next := old
	if a.Joined != nil {
		next.Joined = checkDate(&faults, "/joined", *a.Joined)
	}
	if a.Role != nil {
		next.Role = *a.Role
		checkRole(&faults, next.Role, g.Kind)
	}
	next.Left, next.LeftWhy = amendEnd(&faults, end[LeaveReason]{old.Left, old.LeftWhy}, amendedEnd[LeaveReason]{a.Left, a.LeftWhy, a.Running}, "/left", "/left_why")
	checkAmendment(&faults, a.Why, next.Joined == old.Joined && next.Role == old.Role && same(next.Left, old.Left) && same(next.LeftWhy, old.LeftWhy))
	if faults.Len() == 0 {
		g.checkSpell(&faults, next, "/joined")
	}
	if err := faults.Err(); err != nil {
		return err
	}
	g.Spells = slices.Clone(g.Spells)
	g.Spells[number-1] = next
	return nil
}

// AmendTherapistSpell mends the record of a therapist's spell under the rules
// that hold for new ones. Sessions that were opened before keep their list.
func (g *Group) AmendTherapistSpell(number int, a TherapistSpellAmendment) error {
	if number < 1 || number > len(g.TherapistSpells) {
		return fault.New(fault.NotFound, "no_such_spell", "The group has no therapist's spell of that number.")
	}
	var faults fault.List
	old := g.TherapistSpells[number-1]
	next := old
	if a.From != nil {
		next.From = checkDate(&faults, "/from", *a.From)
	}
	if a.Role != nil {
		next.Role = *a.Role
		checkTherapistRole(&faults, next.Role)
	}
	next.To, next.Why = amendEnd(&faults, end[ReleaseReason]{old.To, old.Why}, amendedEnd[ReleaseReason]{a.To, a.ToWhy, a.Running}, "/to", "/to_why")
	checkAmendment(&faults, a.Why, next.From == old.From && next.Role == old.Role && same(next.To, old.To) && same(next.Why, old.Why))
	if faults.Len() == 0 {
		g.checkLeading(&faults, next)
	}
	if err := faults.Err(); err != nil {
		return err
	}
	g.TherapistSpells = slices.Clone(g.TherapistSpells)
	g.TherapistSpells[number-1] = next
	return nil
}

// reason is a code that says why a spell ended.
type reason interface {
	~string
	Valid() bool
}

// end is how a spell ended; both are nil while it runs.
type end[R reason] struct {
	on  *Date
	why *R
}

// amendedEnd is what an amendment says of a spell's end.
type amendedEnd[R reason] struct {
	on      *string
	why     *R
	running bool
}

// amendEnd returns a spell's end with what was wrong mended.
func amendEnd[R reason](faults *fault.List, old end[R], a amendedEnd[R], on, why string) (*Date, *R) {
	if a.running {
		if a.on != nil || a.why != nil {
			faults.Add(on, "ended_and_running", "A spell has either ended or is running.")
		}
		return nil, nil
	}
	next := old
	if a.on != nil {
		next.on = new(checkDate(faults, on, *a.on))
	}
	if a.why != nil {
		next.why = new(*a.why)
	}
	switch {
	case next.on == nil && next.why != nil:
		faults.Add(on, "end_missing", "Say on which day the spell ended.")
	case next.on != nil && (next.why == nil || !(*next.why).Valid()):
		faults.Add(why, "unknown_reason", "Choose one of the listed reasons.")
	}
	return next.on, next.why
}

// checkAmendment notes when an amendment gives no reason, or changes nothing.
func checkAmendment(faults *fault.List, why AmendReason, unchanged bool) {
	if !why.Valid() {
		faults.Add("/why", "unknown_reason", "Choose one of the listed reasons for the correction.")
	}
	if faults.Len() == 0 && unchanged {
		faults.Add("", "nothing_to_correct", "The correction changes nothing.")
	}
}

// same compares two optional texts.
func same[S ~string](a, b *S) bool {
	return a == b || (a != nil && b != nil && *a == *b)
}
