package session_test

import (
	"slices"
	"testing"

	"holon/internal/fault"
	"holon/internal/session"
)

func TestASubstituteLeadsWhileTheCoTherapistIsOnLeave(t *testing.T) {
	t.Parallel()
	g := group(t, session.KindGroup)
	must(t, g.Release(2, "2026-03-01", session.ReleasedLeave))
	_, err := g.Assign(sue, session.Substitute, "2026-03-05")
	must(t, err)
	s, err := session.NewSession("s-1", g, session.Plan{Number: 5, Kind: session.Meeting, HeldOn: "2026-03-05"})
	must(t, err)
	must(t, s.Submit([]session.FormInput{
		form(t, "f-1", alliance, member(ann), session.About{TherapistID: sue}),
		form(t, "f-2", alliance, therapist(sue), session.About{MemberID: ann}),
	}, reference(t)))
	wantFault(t, s.Submit([]session.FormInput{form(t, "f-3", alliance, member(ann), session.About{TherapistID: carl})}, reference(t)),
		fault.Invalid, "/forms/0/about/therapist_id therapist_not_in_session")
	// One who stepped in without a spell is put on this session's list.
	must(t, s.Attend(nil, []session.TherapistMark{{TherapistID: "t-locum", Present: true, Role: session.Substitute}}))
	if !s.HasTherapist("t-locum") || s.HasTherapist(carl) {
		t.Errorf("therapists %+v", s.Therapists)
	}
	must(t, s.Submit([]session.FormInput{form(t, "f-4", alliance, member(ben), session.About{TherapistID: "t-locum"})}, reference(t)))
}

func TestADropOutLeavesNoLastFormAndStaysInTheRecord(t *testing.T) {
	t.Parallel()
	g := group(t, session.KindGroup)
	s := meeting(t, session.KindGroup)
	must(t, s.Attend([]session.Mark{{MemberID: ann, Attendance: session.Present}, {MemberID: ben, Attendance: session.NoShow}, {MemberID: cleo, Attendance: session.Present}}, nil))
	must(t, s.Close(nil))
	must(t, g.Leave(2, "2026-03-05", session.LeftDroppedOut))
	next, err := session.NewSession("s-2", g, session.Plan{Number: 6, Kind: session.Meeting, HeldOn: "2026-03-12"})
	must(t, err)
	if slices.Contains(seated(next), ben) {
		t.Error("who dropped out is expected")
	}
	if seat, ok := s.SeatOf(ben); !ok || seat.Attendance != session.NoShow || s.Count() != 0 {
		t.Errorf("the last session has lost the drop-out: %+v, %v", seat, ok)
	}
	if !g.HasMember(ben) || *g.Spells[1].LeftWhy != session.LeftDroppedOut {
		t.Errorf("spells %+v", g.Spells)
	}
}

func TestAMemberIsInTwoGroupsAtOnce(t *testing.T) {
	t.Parallel()
	for i, id := range []session.GroupID{"g-dynamic", "g-occupational"} {
		g, err := session.NewGroup(id, "G"+number(i), session.KindGroup, session.Open, "2026-02-05")
		must(t, err)
		_, err = g.Join(ann, session.RoleMember, "2026-02-05")
		must(t, err)
		_, err = g.Assign(lea, session.Lead, "2026-02-05")
		must(t, err)
		s, err := session.NewSession(session.SessionID("s-"+number(i)), g, session.Plan{Number: 1, Kind: session.Meeting, HeldOn: "2026-03-05"})
		must(t, err)
		must(t, s.Submit([]session.FormInput{form(t, "f-1", cohesion, member(ann), session.About{})}, reference(t)))
	}
}

func TestTwoGroupsMergeAndKeepTheirPast(t *testing.T) {
	t.Parallel()
	from, into := group(t, session.KindGroup), group(t, session.KindGroup)
	for n := 1; n <= 3; n++ {
		must(t, from.Leave(n, "2026-03-31", session.LeftMoved))
		must(t, into.Leave(n, "2026-03-30", session.LeftCompleted))
	}
	must(t, from.End("2026-03-31"))
	for _, m := range []session.MemberID{ann, ben, cleo} {
		_, err := into.Join(m, session.RoleMember, "2026-04-01")
		must(t, err)
	}
	if len(from.MembersOn("2026-03-05")) != 3 || len(from.MembersOn("2026-04-02")) != 0 || len(into.MembersOn("2026-04-02")) != 3 {
		t.Error("the past of the merged group is not what it was")
	}
}

func TestASessionWithoutTherapistsRatingsCloses(t *testing.T) {
	t.Parallel()
	s := meeting(t, session.KindGroup)
	var marks []session.Mark
	var forms []session.FormInput
	for i, m := range []session.MemberID{ann, ben, cleo} {
		marks = append(marks, session.Mark{MemberID: m, Attendance: session.Present})
		forms = append(forms, form(t, session.FormID("f-"+number(i)), alliance, member(m), session.About{TherapistID: lea}))
	}
	must(t, s.Attend(marks, []session.TherapistMark{{TherapistID: carl, Present: false}}))
	must(t, s.Submit(forms, reference(t)))
	must(t, s.Close(nil))
}

func TestOneCaregiverIsAbsentFromTheFamilysSession(t *testing.T) {
	t.Parallel()
	s := meeting(t, session.KindFamily)
	must(t, s.Attend([]session.Mark{
		{MemberID: ann, Attendance: session.Present}, {MemberID: ben, Attendance: session.Present, Modality: session.Video}, {MemberID: cleo, Attendance: session.Excused},
	}, nil))
	must(t, s.Submit([]session.FormInput{
		form(t, "f-1", purpose, member(ann), session.About{}), form(t, "f-2", purpose, member(ben), session.About{}), form(t, "f-3", phq9, member(cleo), session.About{}),
	}, reference(t)))
	wantFault(t, s.Submit([]session.FormInput{form(t, "f-4", purpose, member(cleo), session.About{})}, reference(t)), fault.Invalid, "/forms/0/rater/id rater_absent")
	if len(s.System) != 2 {
		t.Errorf("the family's purpose has %d reports, want 2 of 3", len(s.System))
	}
}

func TestAChangedFamilyRoleIsANewSpell(t *testing.T) {
	t.Parallel()
	g := group(t, session.KindFamily)
	must(t, g.Leave(3, "2026-03-31", session.LeftRoleChange))
	_, err := g.Join(cleo, session.RoleOther, "2026-04-01")
	must(t, err)
	if was, is := g.MembersOn("2026-03-05")[2], g.MembersOn("2026-04-09")[2]; was.Role != session.RoleCaregiver || is.Role != session.RoleOther {
		t.Errorf("the change of role rewrote the past: %+v, %+v", was, is)
	}
}

func TestAFormForTheWrongWeekMeetsTheOneThatIsThere(t *testing.T) {
	t.Parallel()
	s := meeting(t, session.KindGroup)
	must(t, s.Submit([]session.FormInput{form(t, "f-1", phq9, member(ann), session.About{})}, reference(t)))
	late := form(t, "f-2", phq9, member(ann), session.About{})
	late.Entered.Mode, late.Entered.AnsweredOn = session.Paper, new(session.Date("2026-02-26"))
	late.Answers[0].Value = new(3.0)
	wantFault(t, s.Submit([]session.FormInput{late}, reference(t)), fault.Conflict, "/forms/0 slot_taken")
	if s.Outcomes[0].Answers[0].Value != 0 {
		t.Error("the last writer won")
	}
}
