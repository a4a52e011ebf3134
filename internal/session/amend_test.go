package session_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"holon/internal/fault"
	"holon/internal/session"
)

func TestAWrongSpellIsMendedAndOpenedSessionsKeepTheirSeats(t *testing.T) {
	t.Parallel()
	g := group(t, session.KindFamily)
	s, err := session.NewSession("s-1", g, session.Plan{Number: 1, Kind: session.Meeting, HeldOn: "2026-02-12"})
	must(t, err)
	before := g.Spells[1]
	must(t, g.AmendSpell(2, session.SpellAmendment{Joined: new("2026-02-19"), Role: new(session.RoleChild), Why: session.AmendTyping}))
	want := session.Spell{Number: 2, MemberID: ben, Role: session.RoleChild, Joined: "2026-02-19"}
	if diff := cmp.Diff(want, g.Spells[1]); diff != "" {
		t.Errorf("spell (-want +got):\n%s", diff)
	}
	if before.Joined != "2026-02-05" || before.Role != session.RoleAdolescent {
		t.Errorf("what was read before has changed: %+v", before)
	}
	if seat, ok := s.SeatOf(ben); !ok || seat.Spell != 2 {
		t.Errorf("the seat is %+v, %v", seat, ok)
	}
	// An end that was noted for the wrong person is taken back, or given another day and reason.
	must(t, g.Leave(2, "2026-03-05", session.LeftDroppedOut))
	must(t, g.AmendSpell(2, session.SpellAmendment{Left: new("2026-03-12"), LeftWhy: new(session.LeftCompleted), Why: session.AmendLearned}))
	if sp := g.Spells[1]; *sp.Left != "2026-03-12" || *sp.LeftWhy != session.LeftCompleted {
		t.Errorf("the end is %s, %s", *sp.Left, *sp.LeftWhy)
	}
	must(t, g.AmendSpell(2, session.SpellAmendment{Running: true, Why: session.AmendOther}))
	if sp := g.Spells[1]; sp.Left != nil || sp.LeftWhy != nil {
		t.Errorf("the end was not taken back: %+v", sp)
	}
}

func TestAnAmendmentNamesEveryFaultAndChangesNothing(t *testing.T) {
	t.Parallel()
	bad, typing := session.LeaveReason("bored"), session.AmendTyping
	for name, c := range map[string]struct {
		amend session.SpellAmendment
		want  []string
	}{
		"nothing right":           {session.SpellAmendment{Joined: new("soon"), Role: new(session.RolePartner), Left: new("later"), LeftWhy: &bad}, []string{"/joined bad_date", "/role role_does_not_fit", "/left bad_date", "/left_why unknown_reason", "/why unknown_reason"}},
		"nothing said":            {session.SpellAmendment{Why: typing}, []string{" nothing_to_correct"}},
		"nothing new":             {session.SpellAmendment{Joined: new("2026-02-05"), Role: new(session.RoleMember), Running: true, Why: typing}, []string{" nothing_to_correct"}},
		"no reason":               {session.SpellAmendment{Joined: new("2026-02-06")}, []string{"/why unknown_reason"}},
		"ended and running":       {session.SpellAmendment{Left: new("2026-03-05"), Running: true, Why: typing}, []string{"/left ended_and_running"}},
		"a reason without a day":  {session.SpellAmendment{LeftWhy: new(session.LeftOther), Why: typing}, []string{"/left end_missing"}},
		"a day without a reason":  {session.SpellAmendment{Left: new("2026-03-05"), Why: typing}, []string{"/left_why unknown_reason"}},
		"an end before its start": {session.SpellAmendment{Left: new("2026-02-04"), LeftWhy: new(session.LeftOther), Why: typing}, []string{"/left left_before_joined"}},
		"into the second spell":   {session.SpellAmendment{Left: new("2026-04-09"), LeftWhy: new(session.LeftOther), Why: typing}, []string{"/joined spells_overlap"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := group(t, session.KindGroup)
			if name == "into the second spell" {
				must(t, g.Leave(1, "2026-03-05", session.LeftPaused))
				_, err := g.Join(ann, session.RoleMember, "2026-04-09")
				must(t, err)
			}
			before := g.Spells[0]
			wantFault(t, g.AmendSpell(1, c.amend), fault.Invalid, c.want...)
			if diff := cmp.Diff(before, g.Spells[0]); diff != "" {
				t.Errorf("a refused amendment changed the spell:\n%s", diff)
			}
		})
	}
	g := group(t, session.KindGroup)
	wantFault(t, g.AmendSpell(0, session.SpellAmendment{Why: typing}), fault.NotFound, "no_such_spell")
	wantFault(t, g.AmendSpell(4, session.SpellAmendment{Why: typing}), fault.NotFound, "no_such_spell")
}

func TestAPastSpellIsEnteredBeforeALaterOne(t *testing.T) {
	t.Parallel()
	g := group(t, session.KindGroup)
	_, err := g.Join(dora, session.RoleMember, "2026-04-09")
	must(t, err)
	_, err = g.Join(dora, session.RoleMember, "2026-02-12") // without an end it would run into the later one
	wantFault(t, err, fault.Invalid, "/joined spells_overlap")
	_, err = g.EnterSpell(dora, session.RoleMember, "2026-02-12", "2026-04-09", session.LeftPaused)
	wantFault(t, err, fault.Invalid, "/joined spells_overlap")
	_, err = g.EnterSpell(dora, session.RoleMember, "2026-02-12", "2026-02-11", session.LeftPaused)
	wantFault(t, err, fault.Invalid, "/left left_before_joined")
	_, err = g.EnterSpell("Dora", session.RoleChild, "x", "y", "z")
	wantFault(t, err, fault.Invalid, "/joined bad_date", "/left bad_date", "/left_why unknown_reason", "/member_id bad_id", "/role role_does_not_fit")
	n, err := g.EnterSpell(dora, session.RoleMember, "2026-02-12", "2026-03-05", session.LeftPaused)
	if err != nil || n != 5 {
		t.Fatalf("spell %d, %v", n, err)
	}
	s, err := session.NewSession("s-1", g, session.Plan{Number: 1, Kind: session.Meeting, HeldOn: "2026-03-05"})
	must(t, err)
	if seat, ok := s.SeatOf(dora); !ok || seat.Spell != 5 {
		t.Errorf("the seat is %+v, %v", seat, ok)
	}
}

func TestAmendmentsKeepAGroupClosedFullAndEnded(t *testing.T) {
	t.Parallel()
	closed, err := session.NewGroup("g-1", "G", session.KindGroup, session.Closed, "2026-02-05")
	must(t, err)
	_, err = closed.Join(ann, session.RoleMember, "2026-02-05")
	must(t, err)
	late := session.SpellAmendment{Joined: new("2026-02-12"), Why: session.AmendTyping}
	wantFault(t, closed.AmendSpell(1, late), fault.Invalid, "/joined group_is_closed")
	_, err = closed.EnterSpell(ben, session.RoleMember, "2026-02-12", "2026-03-05", session.LeftOther)
	wantFault(t, err, fault.Invalid, "/joined group_is_closed")
	must(t, closed.Leave(1, "2026-03-05", session.LeftPaused))
	_, err = closed.Join(ann, session.RoleMember, "2026-04-09")
	must(t, err)
	must(t, closed.AmendSpell(2, session.SpellAmendment{Joined: new("2026-04-16"), Why: session.AmendTyping}))

	couple, err := session.NewGroup("g-2", "C", session.KindCouple, session.Open, "2026-02-05")
	must(t, err)
	for _, m := range []session.MemberID{ann, ben} {
		_, err = couple.Join(m, session.RolePartner, "2026-02-05")
		must(t, err)
	}
	must(t, couple.AmendSpell(1, session.SpellAmendment{Joined: new("2026-02-12"), Why: session.AmendTyping})) // a full group's own
	must(t, couple.Leave(2, "2026-04-30", session.LeftOther))
	_, err = couple.Join(cleo, session.RolePartner, "2026-05-01")
	must(t, err)
	wantFault(t, couple.AmendSpell(3, session.SpellAmendment{Joined: new("2026-04-30"), Why: session.AmendTyping}), fault.Invalid, "/joined group_is_full")
	wantFault(t, couple.AmendSpell(2, session.SpellAmendment{Running: true, Why: session.AmendTyping}), fault.Invalid, "/joined group_is_full")
	_, err = couple.EnterSpell(dora, session.RolePartner, "2026-04-30", "2026-04-30", session.LeftOther)
	wantFault(t, err, fault.Invalid, "/member_id group_is_full")

	ended := group(t, session.KindGroup)
	for n := 1; n <= 3; n++ {
		must(t, ended.Leave(n, "2026-06-25", session.LeftCompleted))
	}
	must(t, ended.End("2026-06-25"))
	_, err = ended.Join(dora, session.RoleMember, "2026-03-05") // it would run for ever in a group that has ended
	wantFault(t, err, fault.Invalid, "/left group_has_ended")
	_, err = ended.Assign(sue, session.Co, "2026-03-05")
	wantFault(t, err, fault.Invalid, "/to group_has_ended")
	wantFault(t, ended.AmendSpell(1, session.SpellAmendment{Left: new("2026-06-26"), Why: session.AmendTyping}), fault.Invalid, "/left group_has_ended")
	wantFault(t, ended.AmendSpell(1, session.SpellAmendment{Running: true, Why: session.AmendTyping}), fault.Invalid, "/left group_has_ended")
	wantFault(t, ended.AmendTherapistSpell(1, session.TherapistSpellAmendment{Running: true, Why: session.AmendTyping}), fault.Invalid, "/to group_has_ended")
	wantFault(t, ended.AmendTherapistSpell(1, session.TherapistSpellAmendment{To: new("2026-06-26"), Why: session.AmendTyping}), fault.Invalid, "/to group_has_ended")
	_, err = ended.EnterSpell(dora, session.RoleMember, "2026-02-12", "2026-03-05", session.LeftDroppedOut) // a paper found later
	must(t, err)
	_, err = ended.EnterTherapistSpell(sue, session.Substitute, "2026-03-05", "2026-03-05", session.ReleasedReturned)
	must(t, err)
}

func TestATherapistsWrongSpellIsMended(t *testing.T) {
	t.Parallel()
	g := group(t, session.KindGroup)
	must(t, g.AmendTherapistSpell(2, session.TherapistSpellAmendment{From: new("2026-02-19"), Role: new(session.Substitute), Why: session.AmendTyping}))
	want := session.TherapistSpell{Number: 2, TherapistID: carl, Role: session.Substitute, From: "2026-02-19"}
	if diff := cmp.Diff(want, g.TherapistSpells[1]); diff != "" {
		t.Errorf("spell (-want +got):\n%s", diff)
	}
	n, err := g.EnterTherapistSpell(carl, session.Co, "2026-02-05", "2026-02-12", session.ReleasedOther)
	if err != nil || n != 3 {
		t.Fatalf("spell %d, %v", n, err)
	}
	amend := func(number int, a session.TherapistSpellAmendment) error {
		a.Why = session.AmendTyping
		return g.AmendTherapistSpell(number, a)
	}
	wantFault(t, amend(2, session.TherapistSpellAmendment{Role: new(session.Lead)}), fault.Invalid, "/role two_leads")
	wantFault(t, amend(3, session.TherapistSpellAmendment{To: new("2026-02-19")}), fault.Invalid, "/from spells_overlap")
	wantFault(t, amend(3, session.TherapistSpellAmendment{To: new("2026-02-04")}), fault.Invalid, "/to left_before_joined")
	wantFault(t, amend(3, session.TherapistSpellAmendment{From: new("2026-02-05")}), fault.Invalid, " nothing_to_correct")
	wantFault(t, amend(1, session.TherapistSpellAmendment{To: new("2026-03-05")}), fault.Invalid, "/to_why unknown_reason")
	wantFault(t, g.AmendTherapistSpell(1, session.TherapistSpellAmendment{From: new("x"), Role: new(session.TherapistRole("boss"))}), fault.Invalid,
		"/from bad_date", "/role unknown_role", "/why unknown_reason")
	wantFault(t, amend(9, session.TherapistSpellAmendment{}), fault.NotFound, "no_such_spell")
	_, err = g.EnterTherapistSpell("Dr L", "boss", "a", "b", "c")
	wantFault(t, err, fault.Invalid, "/from bad_date", "/to bad_date", "/to_why unknown_reason", "/therapist_id bad_id", "/role unknown_role")
	must(t, amend(3, session.TherapistSpellAmendment{To: new("2026-02-11"), ToWhy: new(session.ReleasedLeave)}))
	must(t, amend(2, session.TherapistSpellAmendment{From: new("2026-02-12")}))
	if got := therapistsOn(g, "2026-02-12"); len(got) != 2 {
		t.Errorf("therapists on 12 February: %v", got)
	}
}

func TestAGroupsEndIsNotedAgainWithItsTherapists(t *testing.T) {
	t.Parallel()
	g := group(t, session.KindGroup)
	for n := 1; n <= 3; n++ {
		must(t, g.Leave(n, "2026-06-18", session.LeftCompleted))
	}
	must(t, g.Release(2, "2026-06-25", session.ReleasedHandover))
	must(t, g.End("2026-07-02"))
	must(t, g.End("2026-06-25"))
	for i, s := range g.TherapistSpells {
		if *s.To != "2026-06-25" {
			t.Errorf("therapist's spell %d ends on %s", i+1, *s.To)
		}
	}
	if why := *g.TherapistSpells[1].Why; why != session.ReleasedHandover {
		t.Errorf("a spell that had ended before has now the reason %s", why)
	}
	wantFault(t, g.End("2026-06-24"), fault.Invalid, "/ended_on spell_still_running")
}
