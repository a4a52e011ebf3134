package practice_test

import (
	"sync"
	"testing"
	"time"

	"holon/internal/fault"
	"holon/internal/instrument"
	"holon/internal/practice"
	"holon/internal/session"
)

func TestSessionsOpenedAtOnceTakeTheNextNumbers(t *testing.T) {
	t.Parallel()
	c := newClinic(t, open(t), 1)
	var wg sync.WaitGroup
	numbers := make([]int, 6)
	errs := make([]error, 6)
	for i := range 6 {
		wg.Go(func() {
			s, err := c.OpenSession(t.Context(), request(), c.group, practice.OpenInput{Kind: session.Meeting, HeldOn: "2026-03-12"})
			if errs[i] = err; err == nil {
				numbers[i] = s.Number
			}
		})
	}
	wg.Wait()
	seen := map[int]bool{}
	for i, err := range errs {
		must(t, err)
		if numbers[i] < 2 || numbers[i] > 7 || seen[numbers[i]] {
			t.Errorf("numbers %v", numbers)
		}
		seen[numbers[i]] = true
	}
	_, err := c.OpenSession(t.Context(), request(), c.group, practice.OpenInput{Number: new(3), Kind: session.Meeting, HeldOn: "2026-03-12"})
	wantFault(t, err, fault.Conflict, "number_taken")
	list, next, err := c.SessionsOf(t.Context(), request(), c.group, practice.Page{Limit: 4})
	must(t, err)
	if len(list) != 4 || list[3].Number != 4 || next == "" {
		t.Errorf("%d sessions, next %q", len(list), next)
	}
	list, next, err = c.SessionsOf(t.Context(), request(), c.group, practice.Page{After: next})
	must(t, err)
	if len(list) != 3 || list[0].Number != 5 || next != "" {
		t.Errorf("%d sessions, next %q", len(list), next)
	}
	_, _, err = c.SessionsOf(t.Context(), request(), c.group, practice.Page{After: "x"})
	wantFault(t, err, fault.Invalid, "bad_cursor")
	_, _, err = c.SessionsOf(t.Context(), request(), "g-none", practice.Page{})
	wantFault(t, err, fault.NotFound, "not_found")
}

func TestARepeatedOpenGivesTheSameSession(t *testing.T) {
	t.Parallel()
	c := newClinic(t, open(t), 2)
	in := practice.OpenInput{Kind: session.Meeting, HeldOn: "2026-03-05"}
	s, err := c.OpenSession(t.Context(), keyed("k", "open"), c.group, in)
	must(t, err)
	_, err = c.Submit(t.Context(), request(), s.ID, []session.FormInput{c.form(0)})
	must(t, err)
	again, err := c.OpenSession(t.Context(), keyed("k", "open"), c.group, in)
	must(t, err)
	if again.ID != s.ID || again.Number != s.Number || again.Rev != 2 || again.Count() != 1 {
		t.Errorf("again %+v", again)
	}
	_, err = c.OpenSession(t.Context(), keyed("k", "another"), c.group, in)
	wantFault(t, err, fault.Invalid, "key_reused")
	_, err = c.OpenSession(t.Context(), request(), "g-none", in)
	wantFault(t, err, fault.NotFound, "not_found")
}

func TestASessionsOwnChangesNameItsRevision(t *testing.T) {
	t.Parallel()
	c := newClinic(t, open(t), 2)
	ctx := t.Context()
	sub, err := c.CreateTherapist(ctx, request(), "TS")
	must(t, err)
	everybody := []session.Mark{{MemberID: c.members[0], Attendance: session.Present}, {MemberID: c.members[1], Attendance: session.NoShow}}

	_, err = c.Attend(ctx, request(), c.session, 0, everybody, nil)
	wantFault(t, err, fault.PreconditionRequired, "if_match_missing")
	_, err = c.Attend(ctx, request(), c.session, 1, []session.Mark{{MemberID: "m-none", Attendance: session.Present}}, []session.TherapistMark{
		{TherapistID: c.therapist, Present: true}, {TherapistID: "t-none", Present: true, Role: session.Co},
	})
	wantFields(t, err, "/therapists/1/therapist_id unknown_therapist", "/members/0/member_id not_on_roster")
	s, err := c.Attend(ctx, keyed("k", "attend"), c.session, 1, everybody, []session.TherapistMark{{TherapistID: sub.ID, Present: true, Role: session.Substitute}})
	must(t, err)
	if s.Rev != 2 || len(s.Therapists) != 2 {
		t.Errorf("session %+v", s)
	}
	// A form came between; attendance read before it must be read again.
	_, err = c.Submit(ctx, request(), c.session, []session.FormInput{c.form(0)})
	must(t, err)
	_, err = c.Attend(ctx, request(), c.session, 2, everybody, nil)
	wantFault(t, err, fault.Stale, "written_since")
	if again, err := c.Attend(ctx, keyed("k", "attend"), c.session, 1, everybody, nil); err != nil || again.Rev != 3 {
		t.Errorf("the repeated request: revision %d, %v", again.Rev, err)
	}
	_, err = c.SetRoster(ctx, request(), c.session, 3, c.members[1:])
	wantFields(t, err, "/members has_ratings")
	s, err = c.SetRoster(ctx, request(), c.session, 3, c.members[:1])
	must(t, err)
	actual := &session.Span{Start: evening.Add(-2 * time.Hour), End: evening}
	s, err = c.CloseSession(ctx, request(), c.session, s.Rev, actual)
	must(t, err)
	if s.Status != session.StatusClosed || s.Rev != 5 || len(s.Roster) != 1 || !s.Actual.End.Equal(evening.Truncate(time.Millisecond)) {
		t.Errorf("session %+v", s)
	}
	_, err = c.CancelSession(ctx, request(), c.session, 5, session.CancelOther)
	wantFault(t, err, fault.Conflict, "session_not_open")

	next, err := c.OpenSession(ctx, request(), c.group, practice.OpenInput{Kind: session.Meeting, HeldOn: "2026-03-12"})
	must(t, err)
	next, err = c.CancelSession(ctx, request(), next.ID, next.Rev, session.CancelHoliday)
	must(t, err)
	if next.Change.Why != "cancelled:holiday" || next.Status != session.StatusCancelled {
		t.Errorf("session %+v", next)
	}
}

func TestASessionIsReadByLevel(t *testing.T) {
	t.Parallel()
	c := newClinic(t, open(t), 1)
	we := c.form(0)
	we.Instrument, we.About = cohesion, session.About{}
	_, err := c.Submit(t.Context(), request(), c.session, []session.FormInput{c.form(0), we})
	must(t, err)
	for _, x := range []struct {
		levels               []instrument.Level
		alliances, cohesions int
	}{
		{nil, 1, 1}, {[]instrument.Level{instrument.Cohesion}, 0, 1}, {[]instrument.Level{}, 0, 0},
	} {
		s, err := c.Session(t.Context(), request(), c.session, x.levels)
		must(t, err)
		if len(s.Alliances) != x.alliances || len(s.Cohesion) != x.cohesions {
			t.Errorf("levels %v: %d alliances, %d cohesions", x.levels, len(s.Alliances), len(s.Cohesion))
		}
	}
}
