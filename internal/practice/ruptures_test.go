package practice_test

import (
	"testing"

	"holon/internal/fault"
	"holon/internal/session"
)

// TestARuptureIsEnteredByTheTherapistOfTheTwo is written with a trace and its earlier
// revision, asks for the revision, and changes nothing when it is said twice.
func TestARuptureIsEnteredByTheTherapistOfTheTwo(t *testing.T) {
	t.Parallel()
	c := newClinic(t, open(t), 2)
	in := session.RuptureInput{TherapistID: c.therapist, MemberID: c.members[0], Kind: new(session.RuptureWithdrawal)}
	before, err := c.Session(t.Context(), c.lead(), c.session, nil)
	must(t, err)
	other := c.lead()
	other.Principal.Therapist = "t-another"
	_, err = c.EnterRupture(t.Context(), other, c.session, before.Rev, in)
	wantFault(t, err, fault.Invalid, "not_your_pair")
	_, err = c.EnterRupture(t.Context(), c.lead(), c.session, before.Rev+1, in)
	wantFault(t, err, fault.Stale, "written_since")
	got, err := c.EnterRupture(t.Context(), c.lead(), c.session, before.Rev, in)
	must(t, err)
	if len(got.Ruptures) != 1 || got.Ruptures[0].By != "lead" || got.Rev != before.Rev+1 {
		t.Errorf("%+v at revision %d", got.Ruptures, got.Rev)
	}
	again, err := c.EnterRupture(t.Context(), c.lead(), c.session, got.Rev, in)
	must(t, err)
	if again.Rev != got.Rev {
		t.Errorf("said twice it is revision %d", again.Rev)
	}
	in.Kind = nil
	taken, err := c.EnterRupture(t.Context(), c.lead(), c.session, got.Rev, in)
	must(t, err)
	stands, err := c.Session(t.Context(), c.lead(), c.session, nil)
	must(t, err)
	if len(taken.Ruptures) != 0 || len(stands.Ruptures) != 0 {
		t.Errorf("taken back: %+v", stands.Ruptures)
	}
}
