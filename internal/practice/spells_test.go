package practice_test

import (
	"testing"

	"holon/internal/access"
	"holon/internal/fault"
	"holon/internal/practice"
	"holon/internal/session"
	"holon/internal/store"
)

func TestAWrongSpellIsMendedAndHistoryKeepsWhatItWas(t *testing.T) {
	t.Parallel()
	e := open(t)
	c := newClinic(t, e, 2)
	ctx := t.Context()
	g, err := c.Group(ctx, request(), c.group)
	must(t, err)
	late := session.SpellAmendment{Joined: new("2026-03-12"), Why: session.AmendTyping}
	_, err = c.AmendSpell(ctx, request(), c.group, 2, 0, late)
	wantFault(t, err, fault.PreconditionRequired, "if_match_missing")
	_, err = c.AmendSpell(ctx, request(), c.group, 2, g.Rev-1, late)
	wantFault(t, err, fault.Stale, "written_since")
	_, err = c.AmendSpell(ctx, request(), c.group, 2, g.Rev, session.SpellAmendment{Joined: new("2026-03-12"), Why: "whim"})
	wantFields(t, err, "/why unknown_reason")
	mended, err := c.AmendSpell(ctx, keyed("k1", "amend"), c.group, 2, g.Rev, late)
	must(t, err)
	if mended.Rev != g.Rev+1 || mended.Change.Why != "spell_amended:typing_error" || mended.Spells[1].Joined != "2026-03-12" {
		t.Errorf("group %+v", mended)
	}
	if again, err := c.AmendSpell(ctx, keyed("k1", "amend"), c.group, 2, g.Rev, late); err != nil || again.Rev != mended.Rev {
		t.Errorf("the repeated request: %v", err)
	}
	was, err := store.NewGroups(e).At(ctx, c.group, g.Rev)
	must(t, err)
	if was.Spells[1].Joined != "2026-02-05" {
		t.Errorf("history has %+v", was.Spells[1])
	}
	// Ben sits in the session that was opened before, and in none opened now for that day.
	s, err := c.Session(ctx, request(), c.session, nil)
	must(t, err)
	if _, ok := s.SeatOf(c.members[1]); !ok {
		t.Error("an opened session lost a seat")
	}
	s, err = c.OpenSession(ctx, request(), c.group, practice.OpenInput{Kind: session.Meeting, HeldOn: "2026-03-05"})
	must(t, err)
	if _, ok := s.SeatOf(c.members[1]); ok {
		t.Error("a session has a seat for somebody who came later")
	}

	mended, err = c.AmendTherapistSpell(ctx, request(), c.group, 1, mended.Rev, session.TherapistSpellAmendment{Role: new(session.Co), Why: session.AmendOther})
	must(t, err)
	if mended.TherapistSpells[0].Role != session.Co || mended.Change.Why != "therapist_spell_amended:other" {
		t.Errorf("group %+v", mended)
	}
	_, err = c.AmendTherapistSpell(ctx, request(), c.group, 1, 1, session.TherapistSpellAmendment{Role: new(session.Lead), Why: session.AmendOther})
	wantFault(t, err, fault.Stale, "written_since")
}

func TestAPastSpellIsEnteredWithItsEnd(t *testing.T) {
	t.Parallel()
	c := newClinic(t, open(t), 1)
	ctx := t.Context()
	past := practice.SpellInput{MemberID: c.members[0], Role: session.RoleMember, Joined: "2026-01-08", Left: new("2026-01-29"), LeftWhy: session.LeftPaused}
	g, n, err := c.Join(ctx, keyed("k", "past"), c.group, past)
	if err != nil || n != 2 || *g.Spells[1].Left != "2026-01-29" {
		t.Fatalf("spell %d of %+v, %v", n, g, err)
	}
	if _, n, err := c.Join(ctx, keyed("k", "past"), c.group, past); err != nil || n != 2 {
		t.Errorf("the repeated request names spell %d, %v", n, err)
	}
	_, n, err = c.Assign(ctx, request(), c.group, practice.TherapistSpellInput{
		TherapistID: c.therapist, Role: session.Lead, From: "2026-01-08", To: new("2026-01-29"), ToWhy: session.ReleasedLeave,
	})
	if err != nil || n != 2 {
		t.Errorf("therapist's spell %d, %v", n, err)
	}
	_, _, err = c.Join(ctx, request(), c.group, practice.SpellInput{MemberID: "m-none", Role: session.RolePartner, Joined: "then", Left: new("now"), LeftWhy: "bored"})
	wantFields(t, err, "/member_id unknown_member", "/joined bad_date", "/left bad_date", "/left_why unknown_reason", "/role role_does_not_fit")
	_, _, err = c.Assign(ctx, request(), c.group, practice.TherapistSpellInput{TherapistID: "t-none", Role: "boss", From: "then"})
	wantFields(t, err, "/therapist_id unknown_therapist", "/from bad_date", "/role unknown_role")
}

// TestATherapistsAccountDoesNotGiveItselfChargeOfAGroup, neither by a spell nor by
// mending one that is over, and the attempts are in the audit.
func TestATherapistsAccountDoesNotGiveItselfChargeOfAGroup(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	c, goal := wished(t)
	other, err := c.CreateTherapist(ctx, request(), "TX")
	must(t, err)
	stranger := practice.Request{Principal: access.Principal{ID: "stranger", Role: access.RoleOperator, Therapist: other.ID}, ID: "req-stranger"}
	as := practice.TherapistSpellInput{TherapistID: other.ID, Role: session.Co, From: "2026-03-05"}
	_, _, err = c.Assign(ctx, stranger, c.group, as)
	wantFault(t, err, fault.Forbidden, "charge_of_own")
	past := as
	past.From, past.To, past.ToWhy = "2026-02-05", new("2026-02-12"), session.ReleasedOther
	_, _, err = c.Assign(ctx, stranger, c.group, past)
	wantFault(t, err, fault.Forbidden, "charge_of_own")
	g, number, err := c.Assign(ctx, request(), c.group, past)
	must(t, err)
	_, err = c.AmendTherapistSpell(ctx, stranger, c.group, number, g.Rev, session.TherapistSpellAmendment{Running: true, Why: session.AmendTyping})
	wantFault(t, err, fault.Forbidden, "charge_of_own")
	denied := 0
	for _, x := range entries(t, c.engine) {
		if x.Principal == "stranger" && x.Action == access.WriteGroup && x.Outcome == access.Denied && x.Object.GroupID == c.group {
			denied++
		}
	}
	if denied != 3 {
		t.Errorf("%d denials in the audit", denied)
	}
	_, err = c.SetGoalText(ctx, stranger, c.group, goal, say("to sleep", ""), 0)
	wantFault(t, err, fault.Forbidden, "not_allowed") // had charge, and has not today
	_, _, err = c.Assign(ctx, c.lead(), c.group, as)
	must(t, err)
	_, err = c.SetGoalText(ctx, stranger, c.group, goal, say("to sleep", ""), 0)
	must(t, err)
}
