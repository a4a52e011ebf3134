package session_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"holon/internal/fault"
	"holon/internal/session"
)

// entry is what is sent of a rupture of t-1 with m-1.
func entry(kind session.RuptureKind, steps ...session.RepairInput) session.RuptureInput {
	return session.RuptureInput{TherapistID: "t-1", MemberID: "m-1", Kind: &kind, Steps: steps}
}

// TestARuptureIsEnteredChangedAndTakenBack keeps who entered each step, and when.
func TestARuptureIsEnteredChangedAndTakenBack(t *testing.T) {
	t.Parallel()
	_, s := goalEvening(t)
	first, second := time.Date(2026, 3, 5, 20, 0, 0, 0, time.UTC), time.Date(2026, 3, 12, 20, 0, 0, 0, time.UTC)
	invited, changed := session.RepairInput{Kind: session.RepairInvited, Number: 1}, session.RepairInput{Kind: session.RepairChanged, Number: 2}
	enter := func(in session.RuptureInput, by string, at time.Time, want bool) {
		t.Helper()
		if got, err := s.EnterRupture(in, by, at); err != nil || got != want {
			t.Fatalf("changed %v, %v", got, err)
		}
	}
	enter(entry(session.RuptureWithdrawal, invited), "p-1", first, true)
	before := s.Ruptures
	enter(entry(session.RuptureWithdrawal, invited), "p-2", second, false)
	enter(entry(session.RuptureWithdrawal, changed, invited), "p-2", second, true)
	want := []session.Rupture{{
		TherapistID: "t-1", MemberID: "m-1", Kind: session.RuptureWithdrawal, By: "p-1", At: first,
		Steps: []session.RepairStep{{Kind: session.RepairChanged, Number: 2, By: "p-2", At: second}, {Kind: session.RepairInvited, Number: 1, By: "p-1", At: first}},
	}}
	if diff := cmp.Diff(want, s.Ruptures); diff != "" {
		t.Error(diff)
	}
	if len(before[0].Steps) != 1 {
		t.Error("the earlier revision changed with the later one")
	}
	enter(entry(session.RuptureConfrontation), "p-2", second, true)
	if r := s.Ruptures[0]; r.Kind != session.RuptureConfrontation || r.By != "p-2" || r.Steps != nil {
		t.Errorf("%+v", r)
	}
	must(t, session.RestoreSession(restorable(s)))
	none := session.RuptureInput{TherapistID: "t-1", MemberID: "m-1"}
	enter(none, "p-2", second, true)
	enter(none, "p-2", second, false)
	if len(s.Ruptures) != 0 {
		t.Errorf("%+v", s.Ruptures)
	}
}

// TestEveryFaultOfARuptureIsNamed at its place.
func TestEveryFaultOfARuptureIsNamed(t *testing.T) {
	t.Parallel()
	g, s := goalEvening(t)
	at := time.Date(2026, 3, 5, 20, 0, 0, 0, time.UTC)
	step := session.RepairInput{Kind: session.RepairInvited, Number: 2}
	bad := session.RuptureInput{TherapistID: "t-9", MemberID: "m-9", Kind: new(session.RuptureKind("anger")), Steps: []session.RepairInput{
		{Kind: "talked", Number: 0}, step, step, {Kind: session.RepairInvited, Number: 10_000},
	}}
	_, err := s.EnterRupture(bad, "p", at)
	wantFault(t, err, fault.Invalid, "/therapist_id not_in_session", "/member_id not_on_roster", "/kind unknown_kind", "/steps/0/kind unknown_kind",
		"/steps/0/session out_of_range", "/steps/2 repeated", "/steps/3/session out_of_range")
	_, err = s.EnterRupture(session.RuptureInput{TherapistID: "t-1", MemberID: "m-1", Steps: []session.RepairInput{step}}, "p", at)
	wantFault(t, err, fault.Invalid, "/steps steps_without_rupture")
	_, err = s.EnterRupture(entry(session.RuptureWithdrawal), "p", at)
	must(t, err)
	wantFault(t, s.SetRoster(g, []session.MemberID{"m-2"}), fault.Invalid, "/members has_rupture")
	must(t, s.Cancel(session.CancelHoliday))
	_, err = s.EnterRupture(entry(session.RuptureWithdrawal), "p", at)
	wantFault(t, err, fault.Conflict, "session_cancelled")
}

// TestARedactionTakesWhatWasEnteredOfARupture where it takes what others said of the
// member, of that member alone, and nothing comes after it.
func TestARedactionTakesWhatWasEnteredOfARupture(t *testing.T) {
	t.Parallel()
	_, s := goalEvening(t)
	at := time.Date(2026, 3, 5, 20, 0, 0, 0, time.UTC)
	for _, m := range []session.MemberID{"m-1", "m-2"} {
		in := entry(session.RuptureWithdrawal, session.RepairInput{Kind: session.RepairInvited, Number: 1})
		in.MemberID = m
		_, err := s.EnterRupture(in, "p", at)
		must(t, err)
	}
	own := *s
	if _, brought := own.Redact(session.Redaction{Member: "m-1", Decision: "x", At: at}); brought || own.Ruptures[0].Redacted != nil {
		t.Error("what the therapist said went with the member's own answers alone")
	}
	if changed, brought := s.Redact(session.Redaction{Member: "m-1", Decision: "x", At: at, About: true}); !changed || !brought {
		t.Error("nothing went")
	}
	gone, kept := s.Ruptures[0], s.Ruptures[1]
	if gone.Kind != "" || gone.Steps != nil || gone.Redacted == nil || gone.MemberID != "m-1" || kept.Kind == "" || len(kept.Steps) != 1 {
		t.Errorf("%+v, %+v", gone, kept)
	}
	must(t, session.RestoreSession(restorable(s)))
	if changed, _ := s.Redact(session.Redaction{Member: "m-1", Decision: "x", At: at, About: true}); changed {
		t.Error("the second time changed something")
	}
	_, err := s.EnterRupture(entry(session.RuptureConfrontation), "p", at)
	wantFault(t, err, fault.Invalid, "/member_id redacted")
}
