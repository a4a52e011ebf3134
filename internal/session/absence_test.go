package session_test

import (
	"testing"

	"holon/internal/fault"
	"holon/internal/instrument"
	"holon/internal/session"
)

func TestAbsenceRefusesRatingsOfTheMeetingNeverOutcomes(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		kind  session.GroupKind
		ref   instrument.Ref
		rater session.Rater
		about session.About
		want  string // after the meeting; before it, everything is taken
	}{
		"alliance by an absent member":          {session.KindGroup, alliance, member(ann), session.About{TherapistID: lea}, "/forms/0/rater/id rater_absent"},
		"alliance with an absent therapist":     {session.KindGroup, alliance, member(ben), session.About{TherapistID: carl}, "/forms/0/about/therapist_id target_absent"},
		"guess by an absent therapist":          {session.KindGroup, alliance, therapist(carl), session.About{MemberID: ben}, "/forms/0/rater/id rater_absent"},
		"guess about an absent member":          {session.KindGroup, alliance, therapist(lea), session.About{MemberID: ann}, "/forms/0/about/member_id target_absent"},
		"bond by an absent member":              {session.KindGroup, bond, member(ann), session.About{MemberID: ben}, "/forms/0/rater/id rater_absent"},
		"bond with an absent member":            {session.KindGroup, bond, member(ben), session.About{MemberID: ann}, "/forms/0/about/member_id target_absent"},
		"cohesion by an absent member":          {session.KindGroup, cohesion, member(ann), session.About{}, "/forms/0/rater/id rater_absent"},
		"cohesion by an absent therapist":       {session.KindGroup, cohesion, therapist(carl), session.About{}, "/forms/0/rater/id rater_absent"},
		"shared purpose by an absent caregiver": {session.KindFamily, purpose, member(ann), session.About{}, "/forms/0/rater/id rater_absent"},
		"standing of an absent member":          {session.KindGroup, standing, member(ann), session.About{}, "/forms/0/rater/id rater_absent"},
		"presence of an absent member":          {session.KindGroup, presence, member(ann), session.About{TherapistID: lea}, "/forms/0/rater/id rater_absent"},
		"symptoms of an absent member":          {session.KindGroup, phq9, member(ann), session.About{}, ""},
		"symptoms of one who came":              {session.KindGroup, phq9, member(ben), session.About{}, ""},
		"alliance by one who left early":        {session.KindGroup, alliance, member(ben), session.About{TherapistID: lea}, ""},
		"alliance by one not marked yet":        {session.KindGroup, alliance, member(cleo), session.About{TherapistID: lea}, ""},
	} {
		for _, absence := range []session.Attendance{session.Excused, session.NoShow} {
			for _, occasion := range []session.Occasion{session.Pre, session.Post} {
				t.Run(name+", "+string(absence)+", "+string(occasion), func(t *testing.T) {
					t.Parallel()
					s := meeting(t, c.kind)
					must(t, s.Attend(
						[]session.Mark{{MemberID: ann, Attendance: absence}, {MemberID: ben, Attendance: session.LeftEarly}},
						[]session.TherapistMark{{TherapistID: carl, Present: false}},
					))
					f := form(t, "f-1", c.ref, c.rater, c.about)
					f.Occasion = occasion
					err := s.Submit([]session.FormInput{f}, reference(t))
					if c.want == "" || occasion == session.Pre {
						must(t, err)
						return
					}
					wantFault(t, err, fault.Invalid, c.want)
				})
			}
		}
	}
}

func TestAnAbsentMemberWithRatingsIsFirstSortedOut(t *testing.T) {
	t.Parallel()
	for name, f := range map[string]session.FormInput{
		"rated the meeting":            form(t, "f-1", alliance, member(ann), session.About{TherapistID: lea}),
		"was rated by another":         form(t, "f-1", bond, member(ben), session.About{MemberID: ann}),
		"was guessed at by the leader": form(t, "f-1", alliance, therapist(lea), session.About{MemberID: ann}),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := meeting(t, session.KindGroup)
			must(t, s.Submit([]session.FormInput{f}, reference(t)))
			wantFault(t, s.Attend([]session.Mark{{MemberID: ann, Attendance: session.NoShow}}, nil), fault.Invalid, "/members/0/attendance absent_with_ratings")
		})
	}
	s := meeting(t, session.KindGroup)
	own := form(t, "f-1", phq9, member(ann), session.About{})
	pre := form(t, "f-2", alliance, member(ann), session.About{TherapistID: lea})
	pre.Occasion = session.Pre
	must(t, s.Submit([]session.FormInput{own, pre}, reference(t)))
	must(t, s.Attend([]session.Mark{{MemberID: ann, Attendance: session.NoShow}}, nil))
}

func TestPresentAndSilentIsNotAbsent(t *testing.T) {
	t.Parallel()
	s := meeting(t, session.KindGroup)
	must(t, s.Attend([]session.Mark{{MemberID: ann, Attendance: session.Present}, {MemberID: ben, Attendance: session.NoShow}, {MemberID: cleo, Attendance: session.Present}}, nil))
	blank := form(t, "f-1", cohesion, member(cleo), session.About{})
	blank.Answers = []session.AnswerInput{{Item: 1, State: "not_answered"}}
	must(t, s.Submit([]session.FormInput{blank}, reference(t)))
	must(t, s.Close(nil))
	if s.Count() != 1 || s.Cohesion[0].FormMissing != 1 {
		t.Errorf("ratings %+v", s.Ratings)
	}
	for id, want := range map[session.MemberID]bool{ann: false, ben: true, cleo: false} {
		if seat, _ := s.SeatOf(id); seat.Attendance.Absent() != want {
			t.Errorf("%s is absent: %v", id, !want)
		}
	}
}
