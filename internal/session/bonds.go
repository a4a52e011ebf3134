package session

import (
	"slices"

	"holon/internal/fault"
	"holon/internal/instrument"
)

// BondSetting says whether the members of a group are asked about each other. It
// is off until somebody switches it on: what members say of each other is about
// two people, and is worth asking only where somebody looks at it.
type BondSetting struct {
	On    bool
	Every int   // asked at sessions whose number it divides
	Since *Date // the first day whose sessions take bonds; nil while off
}

// DefaultBondsEvery is how often members are asked unless somebody says
// otherwise: about once a month in a weekly group.
const DefaultBondsEvery = 4

// mostBondsEvery bounds how rarely members are asked.
const mostBondsEvery = 52

// SwitchBonds switches the bonds of a group on or off. Since is for on only: from
// that day's sessions on bonds are taken, such as from a day in the past whose
// paper forms are still to be entered. What is stored already stays either way.
func (g *Group) SwitchBonds(on bool, every int, since *string) error {
	var faults fault.List
	next := BondSetting{On: on, Every: every}
	if every == 0 {
		next.Every = DefaultBondsEvery
	} else if every < 1 || every > mostBondsEvery {
		faults.Add("/every", "out_of_range", "Members are asked at every session, or up to every 52nd: give a number from 1 to 52.")
	}
	switch {
	case on && since == nil:
		faults.Add("/since", "required", "Say from which day on bonds are taken.")
	case !on && since != nil:
		faults.Add("/since", "bonds_off_have_no_day", "Bonds that are switched off are taken from no day. Leave since out, or switch them on.")
	case on:
		next.Since = new(checkDate(&faults, "/since", *since))
	}
	if err := faults.Err(); err != nil {
		return err
	}
	g.Bonds = &next
	return nil
}

// TakesBonds tells whether forms about other members may come in for a day's
// session.
func (g *Group) TakesBonds(day Date) bool {
	return g.Bonds != nil && g.Bonds.On && g.Bonds.Since != nil && day >= *g.Bonds.Since
}

// BondsDue tells whether members are to be asked about each other in a session:
// in the meetings whose number the group's interval divides.
func (g *Group) BondsDue(s *Session) bool {
	return g.TakesBonds(s.HeldOn) && s.Kind == Meeting && s.Status != StatusCancelled && s.Number%g.Bonds.Every == 0
}

// restoreBonds checks the structure of a stored setting.
func (g *Group) restoreBonds(faults *fault.List) {
	if b := g.Bonds; b != nil && (b.Every < 1 || b.On != (b.Since != nil)) {
		faults.Add("/bonds", "bad_bonds", "The setting of bonds has no interval, or its day does not fit to whether it is on.")
	}
}

// checkBonds notes a form about another member that the group does not take.
func (s *Session) checkBonds(faults *fault.List, parts []part, ref Reference) {
	if !slices.ContainsFunc(parts, func(p part) bool { return p.level == instrument.Bond }) {
		return
	}
	if ref.Bonds == nil || !ref.Bonds(s.GroupID, s.HeldOn) {
		faults.Add("/instrument", "bonds_switched_off", "This group does not ask its members about each other on this session's day. "+
			"Switch bonds on for the group, from this day or an earlier one, or leave the form out.")
	}
}
