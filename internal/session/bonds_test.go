package session_test

import (
	"testing"

	"holon/internal/fault"
	"holon/internal/session"
)

func TestBondsAreSwitchedPerGroup(t *testing.T) {
	t.Parallel()
	g := group(t, session.KindGroup)
	if g.Bonds != nil || g.TakesBonds("2026-03-05") {
		t.Error("a new group takes bonds")
	}
	must(t, g.SwitchBonds(true, 0, new("2026-03-05")))
	if g.Bonds.Every != session.DefaultBondsEvery || !g.TakesBonds("2026-03-05") || g.TakesBonds("2026-03-04") {
		t.Errorf("%+v", g.Bonds)
	}
	wantFault(t, g.SwitchBonds(true, 4, nil), fault.Invalid, "/since required")
	wantFault(t, g.SwitchBonds(true, 53, new("2026-03-05")), fault.Invalid, "/every out_of_range")
	wantFault(t, g.SwitchBonds(false, 4, new("2026-03-05")), fault.Invalid, "/since bonds_off_have_no_day")
	if !g.Bonds.On {
		t.Error("a refused change left something behind")
	}
	must(t, g.SwitchBonds(false, 8, nil))
	if g.TakesBonds("2026-03-05") || g.Bonds.Every != 8 {
		t.Errorf("%+v", g.Bonds)
	}
}

func TestBondsAreDueInMeetingsWhoseNumberTheIntervalDivides(t *testing.T) {
	t.Parallel()
	g := group(t, session.KindGroup)
	must(t, g.SwitchBonds(true, 3, new("2026-03-05")))
	for name, c := range map[string]struct {
		s   session.Session
		due bool
	}{
		"the sixth":             {session.Session{Number: 6, Kind: session.Meeting, HeldOn: "2026-03-12"}, true},
		"the fifth":             {session.Session{Number: 5, Kind: session.Meeting, HeldOn: "2026-03-12"}, false},
		"before it was on":      {session.Session{Number: 3, Kind: session.Meeting, HeldOn: "2026-03-04"}, false},
		"an individual session": {session.Session{Number: 6, Kind: session.Individual, HeldOn: "2026-03-12"}, false},
		"one that was not held": {session.Session{Number: 6, Kind: session.Meeting, HeldOn: "2026-03-12", Status: session.StatusCancelled}, false},
	} {
		if got := g.BondsDue(&c.s); got != c.due {
			t.Errorf("%s: due %v", name, got)
		}
	}
}

// TestAFormWithBondsNeedsThemSwitchedOn: the rest of a batch is not stored either.
func TestAFormWithBondsNeedsThemSwitchedOn(t *testing.T) {
	t.Parallel()
	g := group(t, session.KindGroup)
	s, err := session.NewSession("s-1", g, session.Plan{Number: 1, Kind: session.Meeting, HeldOn: "2026-03-05"})
	must(t, err)
	forms := []session.FormInput{
		form(t, "f-1", cohesion, member(ann), session.About{}), form(t, "f-2", bond, member(ann), session.About{MemberID: ben}),
	}
	ref := reference(t)
	for name, off := range map[string]func(session.GroupID, session.Date) bool{
		"nobody says so": nil, "switched off": func(session.GroupID, session.Date) bool { return false },
	} {
		ref.Bonds = off
		wantFault(t, s.Submit(forms, ref), fault.Invalid, "/forms/1/instrument bonds_switched_off")
		if s.Count() != 0 {
			t.Errorf("%s: %d ratings were stored", name, s.Count())
		}
	}
	ref.Bonds = func(of session.GroupID, day session.Date) bool { return of == "g-1" && day == "2026-03-05" }
	must(t, s.Submit(forms, ref))
}

func TestAStoredSettingOfBondsIsChecked(t *testing.T) {
	t.Parallel()
	for _, b := range []session.BondSetting{{On: true, Every: 4}, {Every: 0}, {Every: 4, Since: new(session.Date("2026-03-05"))}} {
		g := group(t, session.KindGroup)
		g.Rev, g.Schema, g.Bonds = 1, 1, &b
		wantFault(t, session.RestoreGroup(g), fault.Invalid, "/bonds bad_bonds")
	}
}
