package session_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"holon/internal/fault"
	"holon/internal/session"
)

func TestEveryRoleBelongsToKindsOfGroup(t *testing.T) {
	t.Parallel()
	fits := map[session.GroupKind][]session.MemberRole{
		session.KindGroup:  {session.RoleMember},
		session.KindCouple: {session.RolePartner},
		session.KindFamily: {
			session.RoleCaregiver, session.RolePartner, session.RoleAdolescent, session.RoleChild,
			session.RoleSibling, session.RoleGrandparent, session.RoleOther,
		},
	}
	all := append([]session.MemberRole{session.RoleMember, "", "boss"}, fits[session.KindFamily]...)
	for kind, allowed := range fits {
		for _, role := range all {
			g, err := session.NewGroup("g-1", "G", kind, session.Open, "2026-02-05")
			must(t, err)
			_, err = g.Join(ann, role, "2026-02-05")
			if slices.Contains(allowed, role) {
				must(t, err)
				continue
			}
			wantFault(t, err, fault.Invalid, "/role role_does_not_fit")
		}
	}
}

func TestJoiningNamesEveryFault(t *testing.T) {
	t.Parallel()
	g := group(t, session.KindGroup)
	_, err := g.Join("Ann Smith", session.RolePartner, "tomorrow")
	wantFault(t, err, fault.Invalid, "/joined bad_date", "/member_id bad_id", "/role role_does_not_fit")
	_, err = g.Join(ann, session.RoleMember, "2026-04-02")
	wantFault(t, err, fault.Invalid, "/joined spells_overlap")
	if len(g.Spells) != 3 {
		t.Errorf("a refused spell was stored: %+v", g.Spells)
	}
}

func TestAMemberRejoinsAfterFiveWeeks(t *testing.T) {
	t.Parallel()
	g := group(t, session.KindGroup)
	must(t, g.Leave(1, "2026-03-05", session.LeftPaused))
	_, err := g.Join(ann, session.RoleMember, "2026-03-05") // the last day is still a day in the group
	wantFault(t, err, fault.Invalid, "/joined spells_overlap")
	n, err := g.Join(ann, session.RoleMember, "2026-04-09")
	if err != nil || n != 4 {
		t.Fatalf("spell %d, %v", n, err)
	}
	for day, want := range map[session.Date][]int{
		"2026-02-04": nil, "2026-03-05": {1, 2, 3}, "2026-03-06": {2, 3}, "2026-04-08": {2, 3}, "2026-04-09": {2, 3, 4},
	} {
		var got []int
		for _, s := range g.MembersOn(day) {
			got = append(got, s.Number)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("spells on %s (-want +got):\n%s", day, diff)
		}
	}
	// The first end was typed wrongly: it can be noted again, but not into the second spell.
	must(t, g.Leave(1, "2026-03-12", session.LeftPaused))
	wantFault(t, g.Leave(1, "2026-04-09", session.LeftPaused), fault.Invalid, "/left spells_overlap")
	if got := *g.Spells[0].Left; got != "2026-03-12" {
		t.Errorf("a refused end was stored: %s", got)
	}
}

func TestTwoMembersSwapGroups(t *testing.T) {
	t.Parallel()
	thursday, friday := group(t, session.KindGroup), group(t, session.KindGroup)
	must(t, friday.Leave(1, "2026-03-05", session.LeftMoved)) // there it is another Ann: the groups know nothing of each other
	_, err := friday.Join(dora, session.RoleMember, "2026-02-05")
	must(t, err)
	must(t, thursday.Leave(2, "2026-03-05", session.LeftMoved))
	must(t, friday.Leave(4, "2026-03-05", session.LeftMoved))
	_, err = thursday.Join(dora, session.RoleMember, "2026-03-12")
	must(t, err)
	_, err = friday.Join(ben, session.RoleMember, "2026-03-12")
	wantFault(t, err, fault.Invalid, "/joined spells_overlap") // Ben of the fixture is in both: a member may be in two groups at once
	if !thursday.HasMember(ben) || !thursday.HasMember(dora) || thursday.HasMember("m-nobody") {
		t.Error("who was ever in the group is forgotten")
	}
	if *thursday.Spells[1].LeftWhy != session.LeftMoved {
		t.Errorf("the reason is %s", *thursday.Spells[1].LeftWhy)
	}
}

func TestLeavingNamesEveryFault(t *testing.T) {
	t.Parallel()
	g := group(t, session.KindGroup)
	wantFault(t, g.Leave(0, "2026-03-05", session.LeftOther), fault.NotFound, "no_such_spell")
	wantFault(t, g.Leave(4, "2026-03-05", session.LeftOther), fault.NotFound, "no_such_spell")
	wantFault(t, g.Leave(1, "2026-02-04", "bored"), fault.Invalid, "/left left_before_joined", "/why unknown_reason")
	wantFault(t, g.Leave(1, "2026-02-31", "bored"), fault.Invalid, "/left bad_date", "/why unknown_reason")
	must(t, g.Leave(1, "2026-02-05", session.LeftDroppedOut)) // came once
}

func TestAClosedGroupTakesBackButTakesNobodyNew(t *testing.T) {
	t.Parallel()
	g, err := session.NewGroup("g-1", "G", session.KindGroup, session.Closed, "2026-02-05")
	must(t, err)
	_, err = g.Join(ann, session.RoleMember, "2026-02-05")
	must(t, err)
	must(t, g.Leave(1, "2026-03-05", session.LeftPaused))
	_, err = g.Join(ben, session.RoleMember, "2026-02-06")
	wantFault(t, err, fault.Invalid, "/joined group_is_closed")
	_, err = g.Join(ann, session.RoleMember, "2026-04-09")
	must(t, err)
}

func TestAGroupHoldsSoManyAtTheSameTime(t *testing.T) {
	t.Parallel()
	g, err := session.NewGroup("g-1", "C", session.KindCouple, session.Open, "2026-02-05")
	must(t, err)
	for _, m := range []session.MemberID{ann, ben} {
		_, err = g.Join(m, session.RolePartner, "2026-02-05")
		must(t, err)
	}
	_, err = g.Join(cleo, session.RolePartner, "2026-03-01")
	wantFault(t, err, fault.Invalid, "/member_id group_is_full")
	must(t, g.Leave(2, "2026-04-30", session.LeftOther))
	_, err = g.Join(cleo, session.RolePartner, "2026-04-30")
	wantFault(t, err, fault.Invalid, "/member_id group_is_full")
	_, err = g.Join(cleo, session.RolePartner, "2026-05-01")
	must(t, err)
	wantFault(t, g.Leave(2, "2026-05-01", session.LeftOther), fault.Invalid, "/left group_is_full")

	// A family's people come one after another: thirty at a time, more over the years.
	f, err := session.NewGroup("g-2", "F", session.KindFamily, session.Open, "2020-01-01")
	must(t, err)
	for i := range 40 {
		_, err := f.Join(session.MemberID("m-"+number(i)), session.RoleOther, "2020-01-01")
		if i >= session.MaxRoster {
			wantFault(t, err, fault.Invalid, "/member_id group_is_full")
			break
		}
		must(t, err)
		must(t, f.Leave(i+1, "2020-12-31", session.LeftOther))
	}
	_, err = f.Join("m-late", session.RoleOther, "2021-01-01")
	must(t, err)
}

func TestATherapistGoesOnLeaveAndASubstituteComes(t *testing.T) {
	t.Parallel()
	g := group(t, session.KindGroup)
	must(t, g.Release(2, "2026-02-26", session.ReleasedLeave))
	n, err := g.Assign(sue, session.Substitute, "2026-03-05")
	if err != nil || n != 3 {
		t.Fatalf("spell %d, %v", n, err)
	}
	if got := therapistsOn(g, "2026-03-05"); !slices.Equal(got, []session.TherapistID{lea, sue}) {
		t.Errorf("therapists on 5 March: %v", got)
	}
	must(t, g.Release(3, "2026-03-19", session.ReleasedReturned))
	_, err = g.Assign(carl, session.Co, "2026-03-26")
	must(t, err)
	if got := therapistsOn(g, "2026-03-26"); !slices.Equal(got, []session.TherapistID{lea, carl}) {
		t.Errorf("therapists on 26 March: %v", got)
	}
	// Carl's leave began later than was noted, but not after his return.
	must(t, g.Release(2, "2026-03-04", session.ReleasedLeave))
	wantFault(t, g.Release(2, "2026-03-26", session.ReleasedLeave), fault.Invalid, "/to spells_overlap")
	if got := *g.TherapistSpells[1].To; got != "2026-03-04" {
		t.Errorf("a refused end was stored: %s", got)
	}
}

func TestAGroupHasOneLeadAtATime(t *testing.T) {
	t.Parallel()
	g := group(t, session.KindGroup)
	_, err := g.Assign(sue, session.Lead, "2026-03-05")
	wantFault(t, err, fault.Invalid, "/role two_leads")
	_, err = g.Assign(lea, session.Co, "2026-03-05")
	wantFault(t, err, fault.Invalid, "/from spells_overlap")
	_, err = g.Assign("Dr L", "boss", "never")
	wantFault(t, err, fault.Invalid, "/from bad_date", "/therapist_id bad_id", "/role unknown_role")
	must(t, g.Release(1, "2026-03-05", session.ReleasedHandover))
	_, err = g.Assign(sue, session.Lead, "2026-03-06")
	must(t, err)
	wantFault(t, g.Release(1, "2026-03-06", session.ReleasedHandover), fault.Invalid, "/to two_leads")
	wantFault(t, g.Release(9, "2026-03-06", session.ReleasedHandover), fault.NotFound, "no_such_spell")
	wantFault(t, g.Release(1, "2026-01-06", "tired"), fault.Invalid, "/to left_before_joined", "/why unknown_reason")
}

// therapistsOn lists who leads the group on a day.
func therapistsOn(g *session.Group, day session.Date) []session.TherapistID {
	var out []session.TherapistID
	for _, s := range g.TherapistsOn(day) {
		out = append(out, s.TherapistID)
	}
	return out
}

// TestARoleChangesTheDayAfter: the last day in one role is a day in it, the next role
// begins the day after, and what was before stays as it was.
func TestARoleChangesTheDayAfter(t *testing.T) {
	t.Parallel()
	g, err := session.NewGroup("g-1", "G", session.KindFamily, session.Open, "2026-02-05")
	must(t, err)
	_, err = g.Join(ann, session.RoleAdolescent, "2026-02-05")
	must(t, err)
	before, err := session.NewSession("s-1", g, session.Plan{Number: 1, Kind: session.Meeting, HeldOn: "2026-03-05"})
	must(t, err)
	// Opened before the change, for a day after it.
	ahead, err := session.NewSession("s-2", g, session.Plan{Number: 2, Kind: session.Meeting, HeldOn: "2026-03-12"})
	must(t, err)
	must(t, g.Leave(1, "2026-03-10", session.LeftRoleChange))
	_, err = g.Join(ann, session.RoleOther, "2026-03-10")
	wantFault(t, err, fault.Invalid, "/joined spells_overlap")
	if e, ok := errors.AsType[*fault.Error](err); !ok || !strings.Contains(e.Fields()[0].Detail, "the day after") {
		t.Errorf("nothing says when the next role may begin: %v", err)
	}
	_, err = g.Join(ann, session.RoleOther, "2026-03-11")
	must(t, err)
	for s, want := range map[*session.Session]session.MemberRole{before: session.RoleAdolescent, ahead: session.RoleOther} {
		if spell, ok := g.SpellIn(s, ann); !ok || spell.Role != want {
			t.Errorf("in session %d %q, want %q", s.Number, spell.Role, want)
		}
	}
	if _, ok := g.SpellIn(before, ben); ok {
		t.Error("somebody without a seat has a spell in the session")
	}
}
