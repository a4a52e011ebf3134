package session_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"holon/internal/fault"
	"holon/internal/session"
)

func TestANewSessionIsValidOrNamesEveryFault(t *testing.T) {
	t.Parallel()
	evening := time.Date(2026, 3, 5, 18, 0, 0, 0, time.UTC)
	span := func(d time.Duration) *session.Span { return &session.Span{Start: evening, End: evening.Add(d)} }
	for name, c := range map[string]struct {
		plan session.Plan
		want []string
		seen []session.MemberID
	}{
		"a meeting takes everybody": {
			plan: session.Plan{Number: 1, Kind: session.Meeting, HeldOn: "2026-03-05", Planned: span(90 * time.Minute)}, seen: []session.MemberID{ann, ben, cleo},
		},
		"times of another day": {
			plan: session.Plan{Number: 1, Kind: session.Meeting, HeldOn: "2026-03-07", Planned: span(90 * time.Minute)}, want: []string{"/planned span_of_another_day"},
		},
		"times of a day before it": {
			plan: session.Plan{Number: 1, Kind: session.Meeting, HeldOn: "2026-03-03", Planned: span(90 * time.Minute)}, want: []string{"/planned span_of_another_day"},
		},
		"times in a calendar ahead of UTC's": {
			plan: session.Plan{Number: 1, Kind: session.Meeting, HeldOn: "2026-03-06", Planned: span(90 * time.Minute)}, seen: []session.MemberID{ann, ben, cleo},
		},
		"times in a calendar behind UTC's": {
			plan: session.Plan{Number: 1, Kind: session.Meeting, HeldOn: "2026-03-04", Planned: span(90 * time.Minute)}, seen: []session.MemberID{ann, ben, cleo},
		},
		"times of no day at all": {
			plan: session.Plan{Number: 1, Kind: session.Meeting, HeldOn: "soon", Planned: span(90 * time.Minute)}, want: []string{"/held_on bad_date"},
		},
		"a meeting of some": {
			plan: session.Plan{Number: 1, Kind: session.Meeting, HeldOn: "2026-03-05", Members: []session.MemberID{cleo, ann}}, seen: []session.MemberID{cleo, ann},
		},
		"an individual session": {
			plan: session.Plan{Number: 1, Kind: session.Individual, HeldOn: "2026-03-05", Members: []session.MemberID{ben}}, seen: []session.MemberID{ben},
		},
		"a subsystem": {
			plan: session.Plan{Number: 1, Kind: session.Subsystem, HeldOn: "2026-03-05", Members: []session.MemberID{ann, ben}}, seen: []session.MemberID{ann, ben},
		},
		"an intake of somebody not in the group yet": {
			plan: session.Plan{Number: 1, Kind: session.Assessment, Stage: new(session.Intake), HeldOn: "2026-01-15", Members: []session.MemberID{ann}}, seen: []session.MemberID{ann},
		},
		"an individual session for nobody": {
			plan: session.Plan{Number: 1, Kind: session.Individual, HeldOn: "2026-03-05"}, want: []string{"/members who_was_seen"},
		},
		"an individual session for two": {
			plan: session.Plan{Number: 1, Kind: session.Individual, HeldOn: "2026-03-05", Members: []session.MemberID{ann, ben}}, want: []string{"/members one_member"},
		},
		"a subsystem of nobody": {
			plan: session.Plan{Number: 1, Kind: session.Subsystem, HeldOn: "2026-03-05", Members: []session.MemberID{}}, want: []string{"/members who_was_seen"},
		},
		"somebody not in the group, and somebody twice": {
			plan: session.Plan{Number: 1, Kind: session.Meeting, HeldOn: "2026-03-05", Members: []session.MemberID{dora, ann, ann}},
			want: []string{"/members/0 not_in_group", "/members/2 named_twice"},
		},
		"more members than a roster holds": {
			plan: session.Plan{Number: 1, Kind: session.Assessment, Stage: new(session.FollowUp), HeldOn: "2026-03-05", Members: make([]session.MemberID, 31)},
			want: []string{"/members roster_too_large"},
		},
		"a meeting before the group began": {
			plan: session.Plan{Number: 1, Kind: session.Meeting, HeldOn: "2025-03-05"}, want: []string{"/held_on before_group_start"},
		},
		"a stage of no assessment": {
			plan: session.Plan{Number: 1, Kind: session.Meeting, Stage: new(session.Intake), HeldOn: "2026-03-05"}, want: []string{"/stage stage_of_assessment"},
		},
		"an assessment without its stage": {
			plan: session.Plan{Number: 1, Kind: session.Assessment, HeldOn: "2026-03-05"}, want: []string{"/stage stage_of_assessment"},
		},
		"an assessment of an unknown stage": {
			plan: session.Plan{Number: 1, Kind: session.Assessment, Stage: new(session.Stage("later")), HeldOn: "2026-03-05"}, want: []string{"/stage unknown_stage"},
		},
		"an end before the start": {
			plan: session.Plan{Number: 1, Kind: session.Meeting, HeldOn: "2026-03-05", Planned: span(-time.Minute)}, want: []string{"/planned bad_span"},
		},
		"a session of more than a day": {
			plan: session.Plan{Number: 1, Kind: session.Meeting, HeldOn: "2026-03-05", Planned: span(25 * time.Hour)}, want: []string{"/planned bad_span"},
		},
		"everything wrong": {
			plan: session.Plan{Number: 10000, Kind: "party", Stage: new(session.Intake), HeldOn: "5.3.", Planned: span(0)},
			want: []string{"/number out_of_range", "/kind unknown_kind", "/stage stage_of_assessment", "/held_on bad_date", "/planned bad_span"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, err := session.NewSession("s-1", group(t, session.KindGroup), c.plan)
			if c.want != nil {
				wantFault(t, err, fault.Invalid, c.want...)
				return
			}
			must(t, err)
			if diff := cmp.Diff(c.seen, seated(s)); diff != "" {
				t.Errorf("roster (-want +got):\n%s", diff)
			}
			if s.Status != session.StatusOpen || s.GroupID != "g-1" || s.GroupKind != session.KindGroup || string(s.HeldOn) != c.plan.HeldOn {
				t.Errorf("session %+v", s)
			}
			for _, seat := range s.Roster {
				if seat.Attendance != "" || seat.Modality != "" || seat.Spell == 0 {
					t.Errorf("attendance was made up, or the spell forgotten: %+v", seat)
				}
			}
		})
	}
}

func TestASessionKeepsTheSpellThatHeldOnItsDay(t *testing.T) {
	t.Parallel()
	g := group(t, session.KindGroup)
	must(t, g.Leave(1, "2026-03-05", session.LeftPaused))
	_, err := g.Join(ann, session.RoleMember, "2026-04-09")
	must(t, err)
	open := func(kind session.Kind, stage *session.Stage, day string, members ...session.MemberID) *session.Session {
		t.Helper()
		s, err := session.NewSession("s-1", g, session.Plan{Number: 1, Kind: kind, Stage: stage, HeldOn: day, Members: members})
		must(t, err)
		return s
	}
	for _, c := range []struct {
		held *session.Session
		want int
	}{
		{open(session.Meeting, nil, "2026-03-05"), 1},
		{open(session.Meeting, nil, "2026-04-09"), 4},
		{open(session.Assessment, new(session.Interim), "2026-03-20", ann), 1}, // between the spells: the last that had begun
		{open(session.Assessment, new(session.Intake), "2026-01-02", ann), 1},
	} {
		if seat, ok := c.held.SeatOf(ann); !ok || seat.Spell != c.want {
			t.Errorf("on %s Ann has the seat %+v, want spell %d", c.held.HeldOn, seat, c.want)
		}
	}
	_, err = session.NewSession("s-1", g, session.Plan{Number: 1, Kind: session.Meeting, HeldOn: "2026-03-20", Members: []session.MemberID{ben, ann}})
	wantFault(t, err, fault.Invalid, "/members/1 not_in_group")
	if held := open(session.Meeting, nil, "2026-03-12"); len(held.Roster) != 2 {
		t.Errorf("a member who is away is on the roster: %v", seated(held))
	}
}

func TestAFollowUpIsHeldAfterTheGroupHasEnded(t *testing.T) {
	t.Parallel()
	g := group(t, session.KindGroup)
	for n := 1; n <= 3; n++ {
		must(t, g.Leave(n, "2026-06-25", session.LeftCompleted))
	}
	must(t, g.End("2026-06-25"))
	_, err := session.NewSession("s-1", g, session.Plan{Number: 30, Kind: session.Meeting, HeldOn: "2026-07-02"})
	wantFault(t, err, fault.Invalid, "/held_on group_has_ended")
	s, err := session.NewSession("s-1", g, session.Plan{Number: 30, Kind: session.Assessment, Stage: new(session.FollowUp), HeldOn: "2026-12-10", Members: []session.MemberID{ann, cleo}})
	must(t, err)
	f := form(t, "f-1", phq9, member(cleo), session.About{})
	f.Entered.At = time.Date(2026, 12, 11, 9, 0, 0, 0, time.UTC)
	must(t, s.Submit([]session.FormInput{f}, reference(t)))
}

func TestADoubleSessionOfOneDayIsTwoSessions(t *testing.T) {
	t.Parallel()
	g := group(t, session.KindGroup)
	for n := 5; n <= 6; n++ {
		s, err := session.NewSession(session.SessionID("s-"+number(n)), g, session.Plan{Number: n, Kind: session.Meeting, HeldOn: "2026-03-05"})
		must(t, err)
		must(t, s.Submit([]session.FormInput{form(t, "f-1", alliance, member(ann), session.About{TherapistID: lea})}, reference(t)))
	}
}

func TestClosingNeedsEverybodysAttendance(t *testing.T) {
	t.Parallel()
	s := meeting(t, session.KindGroup)
	must(t, s.Attend([]session.Mark{{MemberID: ben, Attendance: session.Present}}, nil))
	start := time.Date(2026, 3, 5, 18, 2, 0, 999999, time.FixedZone("CET", 3600))
	wantFault(t, s.Close(&session.Span{Start: start, End: start}), fault.Invalid,
		"/actual bad_span", " attendance_missing")
	if s.Status != session.StatusOpen || s.Actual != nil {
		t.Error("a refused close changed the session")
	}
	wantFault(t, s.Close(&session.Span{Start: start, End: start.Add(time.Hour)}), fault.Invalid,
		" attendance_missing")
	if s.Actual != nil {
		t.Error("a refused close noted its times")
	}
	other := start.AddDate(0, 1, 0)
	wantFault(t, s.Close(&session.Span{Start: other, End: other.Add(time.Hour)}), fault.Invalid,
		"/actual span_of_another_day", " attendance_missing")
	must(t, s.Attend([]session.Mark{{MemberID: ann, Attendance: session.NoShow}, {MemberID: cleo, Attendance: session.Late}}, nil))
	must(t, s.Close(&session.Span{Start: start, End: start.Add(95 * time.Minute)}))
	if got := s.Actual.Start; !got.Equal(time.Date(2026, 3, 5, 17, 2, 0, 0, time.UTC)) || got.Location() != time.UTC {
		t.Errorf("the start is kept as %v", got)
	}
	wantFault(t, s.Close(nil), fault.Conflict, "session_not_open")
	wantFault(t, s.Cancel(session.CancelOther), fault.Conflict, "session_not_open")
	wantFault(t, s.SetRoster(group(t, session.KindGroup), nil), fault.Conflict, "session_not_open")
	// What comes late is still taken.
	must(t, s.Submit([]session.FormInput{form(t, "f-1", alliance, member(ben), session.About{TherapistID: lea})}, reference(t)))
	must(t, s.Attend([]session.Mark{{MemberID: ann, Attendance: session.Excused}}, nil))
}

func TestACancelledSessionWasAttendedByNobody(t *testing.T) {
	t.Parallel()
	s := meeting(t, session.KindGroup)
	must(t, s.Attend([]session.Mark{{MemberID: ann, Attendance: session.Present}}, nil))
	wantFault(t, s.Cancel("rain"), fault.Invalid, "/why unknown_reason")
	must(t, s.Submit([]session.FormInput{form(t, "f-1", phq9, member(ann), session.About{})}, reference(t)))
	must(t, s.Cancel(session.CancelHoliday))
	for _, seat := range s.Roster {
		if seat.Attendance != "" || seat.Modality != "" {
			t.Errorf("somebody attended a cancelled session: %+v", seat)
		}
	}
	for _, th := range s.Therapists {
		if th.Present {
			t.Errorf("a therapist attended a cancelled session: %+v", th)
		}
	}
	wantFault(t, s.Attend([]session.Mark{{MemberID: ann, Attendance: session.Present}}, nil), fault.Conflict, "session_cancelled")
	rating := form(t, "f-2", alliance, member(ben), session.About{TherapistID: lea})
	wantFault(t, s.Submit([]session.FormInput{rating}, reference(t)), fault.Invalid, "/forms/0 session_cancelled")
	must(t, s.Submit([]session.FormInput{form(t, "f-3", phq9, member(ben), session.About{})}, reference(t)))

	held := meeting(t, session.KindGroup)
	must(t, held.Submit([]session.FormInput{form(t, "f-1", alliance, member(ann), session.About{TherapistID: lea})}, reference(t)))
	wantFault(t, held.Cancel(session.CancelHoliday), fault.Invalid, " rated_as_held")
	if held.Status != session.StatusOpen {
		t.Error("a refused cancellation changed the session")
	}
}

// seated lists who is on the roster.
func seated(s *session.Session) []session.MemberID {
	var out []session.MemberID
	for _, seat := range s.Roster {
		out = append(out, seat.MemberID)
	}
	return out
}
