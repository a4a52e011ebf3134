package session_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"holon/internal/fault"
	"holon/internal/session"
)

func TestAttendanceSaysWhoCameAndHow(t *testing.T) {
	t.Parallel()
	s := meeting(t, session.KindGroup)
	must(t, s.Attend([]session.Mark{
		{MemberID: ann, Attendance: session.Present},
		{MemberID: ben, Attendance: session.LeftEarly, Modality: session.Video},
	}, []session.TherapistMark{{TherapistID: carl, Present: false}, {TherapistID: sue, Present: true, Role: session.Substitute}}))
	want := []session.Seat{
		{MemberID: ann, Spell: 1, Attendance: session.Present, Modality: session.InPerson},
		{MemberID: ben, Spell: 2, Attendance: session.LeftEarly, Modality: session.Video},
		{MemberID: cleo, Spell: 3},
	}
	if diff := cmp.Diff(want, s.Roster); diff != "" {
		t.Errorf("roster (-want +got):\n%s", diff)
	}
	led := []session.Presence{
		{TherapistID: lea, Role: session.Lead, Present: true},
		{TherapistID: carl, Role: session.Co, Present: false},
		{TherapistID: sue, Role: session.Substitute, Present: true},
	}
	if diff := cmp.Diff(led, s.Therapists); diff != "" {
		t.Errorf("therapists (-want +got):\n%s", diff)
	}
	// Those not named stay as they are; an absent member took part in no way.
	must(t, s.Attend([]session.Mark{{MemberID: ben, Attendance: session.Excused}}, nil))
	want[1] = session.Seat{MemberID: ben, Spell: 2, Attendance: session.Excused}
	if diff := cmp.Diff(want, s.Roster); diff != "" {
		t.Errorf("roster (-want +got):\n%s", diff)
	}
}

func TestAttendanceNamesEveryFaultAndChangesNothing(t *testing.T) {
	t.Parallel()
	s := meeting(t, session.KindGroup)
	must(t, s.Submit([]session.FormInput{form(t, "f-1", alliance, member(ann), session.About{TherapistID: lea})}, reference(t)))
	before := snapshot(t, s)
	wantFault(t, s.Attend([]session.Mark{
		{MemberID: ann, Attendance: session.NoShow},
		{MemberID: dora, Attendance: session.Present},
		{MemberID: ben, Attendance: "asleep"},
		{MemberID: cleo, Attendance: session.NoShow, Modality: session.Phone},
		{MemberID: cleo, Attendance: session.Present, Modality: "letter"},
	}, []session.TherapistMark{
		{TherapistID: lea, Present: false},
		{TherapistID: carl, Present: true, Role: "boss"},
		{TherapistID: carl, Present: true},
		{TherapistID: "Dr S", Present: true, Role: session.Co},
		{TherapistID: sue, Present: true},
	}), fault.Invalid,
		"/members/0/attendance absent_with_ratings",
		"/members/1/member_id not_on_roster",
		"/members/2/attendance unknown_attendance",
		"/members/3/modality absent_has_no_modality",
		"/members/4/member_id named_twice",
		"/members/4/modality unknown_modality",
		"/therapists/0/present absent_with_ratings",
		"/therapists/1/role unknown_role",
		"/therapists/2/therapist_id named_twice",
		"/therapists/3/therapist_id bad_id",
		"/therapists/4/role unknown_role",
	)
	wantFault(t, s.Attend(nil, nil), fault.Invalid, " nobody_marked")
	if after := snapshot(t, s); after != before {
		t.Errorf("refused marks changed the session:\n%s", cmp.Diff(before, after))
	}
}

func TestASessionHasSoManyTherapists(t *testing.T) {
	t.Parallel()
	s := meeting(t, session.KindGroup)
	var marks []session.TherapistMark
	for i := range session.MaxTherapists - 1 {
		marks = append(marks, session.TherapistMark{TherapistID: session.TherapistID("t-" + number(i)), Present: true, Role: session.Substitute})
	}
	wantFault(t, s.Attend(nil, marks), fault.Invalid, "/therapists too_many_therapists")
	must(t, s.Attend(nil, marks[1:]))
}

func TestTheRosterOfAnOpenSessionCanChange(t *testing.T) {
	t.Parallel()
	g := group(t, session.KindGroup)
	s := meeting(t, session.KindGroup)
	must(t, s.Attend([]session.Mark{{MemberID: cleo, Attendance: session.Late}}, nil))
	must(t, s.Submit([]session.FormInput{form(t, "f-1", bond, member(ann), session.About{MemberID: cleo})}, reference(t)))
	_, err := g.Join(dora, session.RoleMember, "2026-03-05")
	must(t, err)

	wantFault(t, s.SetRoster(g, []session.MemberID{"m-nobody", dora, dora}), fault.Invalid,
		"/members/0 not_in_group", "/members/2 named_twice", "/members has_ratings")
	wantFault(t, s.SetRoster(g, []session.MemberID{ann, ben}), fault.Invalid, "/members has_ratings") // Cleo was rated
	wantFault(t, s.SetRoster(g, []session.MemberID{cleo, ben}), fault.Invalid, "/members has_ratings")
	must(t, g.Leave(3, "2026-02-26", session.LeftOther)) // noted later: Cleo sits there already
	must(t, s.SetRoster(g, []session.MemberID{dora, cleo, ann}))
	want := []session.Seat{
		{MemberID: dora, Spell: 4},
		{MemberID: cleo, Spell: 3, Attendance: session.Late, Modality: session.InPerson},
		{MemberID: ann, Spell: 1},
	}
	if diff := cmp.Diff(want, s.Roster); diff != "" {
		t.Errorf("roster (-want +got):\n%s", diff)
	}

	alone, err := session.NewSession("s-2", g, session.Plan{Number: 6, Kind: session.Individual, HeldOn: "2026-03-06", Members: []session.MemberID{ann}})
	must(t, err)
	wantFault(t, alone.SetRoster(g, nil), fault.Invalid, "/members who_was_seen")
	wantFault(t, alone.SetRoster(g, []session.MemberID{ann, ben}), fault.Invalid, "/members one_member")
	must(t, alone.SetRoster(g, []session.MemberID{ben}))
}
