package analysis

import (
	"cmp"
	"slices"

	"holon/internal/dyad"
	"holon/internal/session"
)

// withoutValues lists what was entered of pairs that have no value, in order.
func (f *fallsWalk) withoutValues(group session.GroupID, entered map[session.Unit][]dyad.Entered) []UnscoredRupture {
	var out []UnscoredRupture
	for unit, list := range entered {
		if !f.ask.wantsMember(unit.MemberID) {
			continue
		}
		for i := range list {
			out = append(out, UnscoredRupture{enteredRupture(&list[i]), string(group), string(unit.TherapistID), string(unit.MemberID)})
		}
	}
	slices.SortFunc(out, func(a, b UnscoredRupture) int {
		return cmp.Or(cmp.Compare(a.Therapist, b.Therapist), cmp.Compare(a.Member, b.Member), cmp.Compare(a.Number, b.Number))
	})
	return out
}

// withoutFall returns what was entered where the scores show no fall.
func withoutFall(entered []dyad.Entered, falls []dyad.Fall) []EnteredRupture {
	var out []EnteredRupture
	for i := range entered {
		if !slices.ContainsFunc(falls, func(f dyad.Fall) bool { return entered[i].Number >= f.Since && entered[i].Number <= f.Until }) {
			out = append(out, enteredRupture(&entered[i]))
		}
	}
	return out
}

// enteredRupture describes what was entered.
func enteredRupture(e *dyad.Entered) EnteredRupture {
	out := EnteredRupture{Number: e.Number, HeldOn: string(e.HeldOn), Kind: e.Kind}
	for _, x := range e.Steps {
		out.Steps = append(out.Steps, EnteredStep{Kind: x.Kind, Number: x.Number})
	}
	return out
}
