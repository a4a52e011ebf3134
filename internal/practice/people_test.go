package practice_test

import (
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"holon/internal/fault"
	"holon/internal/practice"
	"holon/internal/session"
	"holon/internal/store"
)

func TestARepeatedCreateGivesWhatWasStored(t *testing.T) {
	t.Parallel()
	p := newClinic(t, open(t), 0)
	ctx := t.Context()
	m, err := p.CreateMember(ctx, keyed("k", "M7"), "M7", new(1990))
	must(t, err)
	again, err := p.CreateMember(ctx, keyed("k", "M7"), "M7", new(1990))
	must(t, err)
	if again.ID != m.ID || *again.BirthYear != 1990 || again.Rev != 1 || !strings.HasPrefix(string(m.ID), "m-") || len(m.ID) != 22 {
		t.Errorf("first %+v, again %+v", m, again)
	}
	_, err = p.CreateMember(ctx, keyed("k", "M8"), "M8", nil)
	wantFault(t, err, fault.Invalid, "key_reused")
	_, err = p.CreateMember(ctx, keyed("k2", "M7"), "M7", nil)
	wantFault(t, err, fault.Conflict, "code_taken")
	_, err = p.CreateMember(ctx, request(), "M7", nil)
	wantFault(t, err, fault.Conflict, "code_taken")
	other := keyed("k", "M7")
	other.Principal.ID = "another"
	m9, err := p.CreateMember(ctx, other, "M9", nil)
	must(t, err)
	if m9.ID == m.ID {
		t.Error("another's key gives the same member")
	}
	th, err := p.CreateTherapist(ctx, keyed("k", "T7"), "T7")
	must(t, err)
	if twice, err := p.CreateTherapist(ctx, keyed("k", "T7"), "T7"); err != nil || twice.ID != th.ID {
		t.Errorf("therapist %+v, %v", twice, err)
	}
	_, err = p.CreateTherapist(ctx, request(), "T 7")
	wantFields(t, err, "/code bad_code")

	in := practice.GroupInput{Code: "G7", Kind: session.KindFamily, Format: session.Open, StartsOn: "2026-02-05"}
	g, err := p.CreateGroup(ctx, keyed("k", "G7"), in)
	must(t, err)
	_, _, err = p.Join(ctx, keyed("k3", "join"), g.ID, practice.SpellInput{MemberID: m.ID, Role: session.RoleCaregiver, Joined: "2026-02-05"})
	must(t, err)
	// The group has changed since; the repeated create still finds it.
	if twice, err := p.CreateGroup(ctx, keyed("k", "G7"), in); err != nil || twice.ID != g.ID || len(twice.Spells) != 1 {
		t.Errorf("group %+v, %v", twice, err)
	}
	in.Code = "G8"
	_, err = p.CreateGroup(ctx, keyed("k", "G8"), in)
	wantFault(t, err, fault.Invalid, "key_reused")
}

func TestPeopleAndGroupsAreListedByCodeInPages(t *testing.T) {
	t.Parallel()
	c := newClinic(t, open(t), 5)
	ctx := t.Context()
	var codes []string
	after, pages := "", 0
	for {
		list, next, err := c.Members(ctx, request(), practice.Page{After: after, Limit: 2})
		must(t, err)
		for _, m := range list {
			codes = append(codes, string(m.Code))
		}
		pages++
		if next == "" {
			break
		}
		after = next
	}
	if got := strings.Join(codes, " "); got != "MA MB MC MD ME" || pages != 3 {
		t.Errorf("%s in %d pages", got, pages)
	}
	for _, code := range []string{"FAM-2", "FAM-1"} {
		_, err := c.CreateGroup(ctx, request(), practice.GroupInput{Code: code, Kind: session.KindFamily, Format: session.Open, StartsOn: "2026-02-05"})
		must(t, err)
	}
	families, next, err := c.Groups(ctx, request(), practice.GroupFilter{Kind: new(session.KindFamily)}, practice.Page{Limit: 1})
	must(t, err)
	if len(families) != 1 || families[0].Code != "FAM-1" || next == "" {
		t.Errorf("families %+v, next %q", families, next)
	}
	families, next, err = c.Groups(ctx, request(), practice.GroupFilter{Kind: new(session.KindFamily)}, practice.Page{Limit: 1, After: next})
	must(t, err)
	if len(families) != 1 || families[0].Code != "FAM-2" || next != "" {
		t.Errorf("families %+v, next %q", families, next)
	}
	if list, next, err := c.Therapists(ctx, request(), practice.Page{}); err != nil || len(list) != 1 || next != "" {
		t.Errorf("therapists %+v, %q, %v", list, next, err)
	}
	if m, err := c.Member(ctx, request(), c.members[2]); err != nil || m.Code != "MC" {
		t.Errorf("member %+v, %v", m, err)
	}
	if th, err := c.Therapist(ctx, request(), c.therapist); err != nil || th.Code != "TL" {
		t.Errorf("therapist %+v, %v", th, err)
	}
	_, err = c.Member(ctx, request(), "m-none")
	wantFault(t, err, fault.NotFound, "not_found")
}

func TestSpellsNameRevisionsAndKnownPeople(t *testing.T) {
	t.Parallel()
	c := newClinic(t, open(t), 2)
	ctx := t.Context()
	_, _, err := c.Join(ctx, request(), c.group, practice.SpellInput{MemberID: "m-none", Role: session.RoleMember, Joined: "2026-02-05"})
	wantFields(t, err, "/member_id unknown_member")
	_, _, err = c.Assign(ctx, request(), c.group, practice.TherapistSpellInput{TherapistID: "t-none", Role: session.Co, From: "2026-02-05"})
	wantFields(t, err, "/therapist_id unknown_therapist")

	g, err := c.Group(ctx, request(), c.group)
	must(t, err)
	_, err = c.EndSpell(ctx, request(), c.group, 1, 0, "2026-03-05", session.LeftPaused)
	wantFault(t, err, fault.PreconditionRequired, "if_match_missing")
	_, err = c.EndSpell(ctx, request(), c.group, 1, g.Rev-1, "2026-03-05", session.LeftPaused)
	wantFault(t, err, fault.Stale, "written_since")
	left, err := c.EndSpell(ctx, keyed("k1", "leave"), c.group, 1, g.Rev, "2026-03-05", session.LeftPaused)
	must(t, err)
	if left.Rev != g.Rev+1 || left.Change.Why != "left" {
		t.Errorf("group at revision %d, why %s", left.Rev, left.Change.Why)
	}
	if again, err := c.EndSpell(ctx, keyed("k1", "leave"), c.group, 1, g.Rev, "2026-03-05", session.LeftPaused); err != nil || again.Rev != left.Rev {
		t.Errorf("the repeated request, with the revision it named then: %v", err)
	}
	join := practice.SpellInput{MemberID: c.members[0], Role: session.RoleMember, Joined: "2026-04-09"}
	_, n, err := c.Join(ctx, keyed("k2", "rejoin"), c.group, join)
	if err != nil || n != 3 {
		t.Fatalf("spell %d, %v", n, err)
	}
	m, err := c.CreateMember(ctx, request(), "MZ", nil)
	must(t, err)
	_, _, err = c.Join(ctx, request(), c.group, practice.SpellInput{MemberID: m.ID, Role: session.RoleMember, Joined: "2026-04-09"})
	must(t, err)
	if g, n, err := c.Join(ctx, keyed("k2", "rejoin"), c.group, join); err != nil || n != 3 || len(g.Spells) != 4 {
		t.Errorf("the repeated request names spell %d of %d, %v", n, len(g.Spells), err)
	}

	g, err = c.EndTherapistSpell(ctx, request(), c.group, 1, left.Rev+2, "2026-03-12", session.ReleasedLeave)
	must(t, err)
	_, n, err = c.Assign(ctx, keyed("k3", "back"), c.group, practice.TherapistSpellInput{TherapistID: c.therapist, Role: session.Lead, From: "2026-04-09"})
	if err != nil || n != 2 {
		t.Fatalf("spell %d, %v", n, err)
	}
	if _, n, err = c.Assign(ctx, keyed("k3", "back"), c.group, practice.TherapistSpellInput{TherapistID: c.therapist, Role: session.Lead, From: "2026-04-09"}); err != nil || n != 2 {
		t.Errorf("the repeated request names spell %d, %v", n, err)
	}
	_, err = c.EndGroup(ctx, request(), c.group, g.Rev+1, "2026-06-25")
	wantFault(t, err, fault.Invalid, "spell_still_running")
}

func TestOneCreateSentTwelveTimesAtOnceMakesOneMember(t *testing.T) {
	t.Parallel()
	e := open(t)
	d := deps(t, e)
	var ticks atomic.Int64 // no two requests write the same bytes
	d.Clock = func() time.Time { return evening.Add(time.Duration(ticks.Add(1)) * time.Millisecond) }
	p := practice.New(d)
	var wg sync.WaitGroup
	ids := make([]session.MemberID, 12)
	errs := make([]error, 12)
	for i := range 12 {
		wg.Go(func() {
			m, err := p.CreateMember(t.Context(), keyed("k", "M1"), "M1", nil)
			if errs[i] = err; err == nil {
				ids[i] = m.ID
			}
		})
	}
	wg.Wait()
	for i, err := range errs {
		must(t, err)
		if ids[i] != ids[0] {
			t.Errorf("members %v", ids)
		}
	}
}

func TestAMembersCodeAndYearAreCorrectedAndTheOldOnesKept(t *testing.T) {
	t.Parallel()
	e := open(t)
	c := newClinic(t, e, 2)
	id := c.members[0]
	correct := func(rev int64, x session.MemberCorrection) (*session.Member, error) {
		if x.Why == "" {
			x.Why = session.AmendTyping
		}
		return c.CorrectMember(t.Context(), request(), id, rev, x)
	}
	m, err := correct(1, session.MemberCorrection{Code: new("M-1"), BirthYear: new(1987)})
	must(t, err)
	if m.Rev != 2 || m.Code != "M-1" || *m.BirthYear != 1987 || m.Change.Why != "corrected:typing_error" {
		t.Errorf("%+v", m)
	}
	_, err = correct(1, session.MemberCorrection{Code: new("M-2")})
	wantFault(t, err, fault.Stale, "written_since")
	_, err = correct(2, session.MemberCorrection{Code: new("MB")})
	wantFault(t, err, fault.Conflict, "code_taken")
	_, err = correct(2, session.MemberCorrection{Code: new("M-1"), BirthYear: new(1987)})
	wantFault(t, err, fault.Invalid, "nothing_to_correct")
	_, err = correct(2, session.MemberCorrection{Code: new("Mrs X"), BirthYear: new(87), NoBirthYear: true, Why: "whim"})
	wantFields(t, err, "/code bad_code", "/birth_year out_of_range", "/birth_year given_and_removed", "/why unknown_reason")
	m, err = correct(2, session.MemberCorrection{NoBirthYear: true})
	must(t, err)
	if m.Rev != 3 || m.BirthYear != nil {
		t.Errorf("%+v", m)
	}
	was, err := store.NewMembers(e).At(t.Context(), id, 2)
	must(t, err)
	if was.Code != "M-1" || *was.BirthYear != 1987 {
		t.Errorf("revision 2 is %+v", was)
	}
	problems := 0
	_, err = store.Inspect(t.Context(), e, func(store.Problem) { problems++ })
	must(t, err)
	if problems > 0 {
		t.Errorf("the inspection found %d problems", problems)
	}
}
