package finding_test

import (
	"testing"

	"holon/internal/finding"
	"holon/internal/instrument"
	"holon/internal/session"
)

// TestASplitIsAMatterOfItsOwn: neither an alarm of the group in the same session nor the
// family beside its therapist asks about it already.
func TestASplitIsAMatterOfItsOwn(t *testing.T) {
	t.Parallel()
	course := &finding.Course{Instrument: instrument.Ref{ID: "x", Version: "1"}, Score: "s", TherapistID: "t"}
	pair := []session.MemberID{"a", "b"}
	never := func(session.SessionID, session.SessionID) bool { return false }
	split := finding.NewGround(finding.NewSplit, "s1", pair, course)
	for _, x := range []struct {
		rule    finding.Rule
		members []session.MemberID
		asked   bool
	}{
		{finding.NewSplit, pair, true},
		{finding.NewSplit, []session.MemberID{"b", "c"}, true}, // the clearest pair changed
		{finding.NewSplit, []session.MemberID{"c", "d"}, false},
		{finding.BelowTherapist, pair, false},
		{finding.WholeGroup, nil, false},
		{finding.DropByOwnSpread, pair[:1], false},
	} {
		standing := finding.NewGround(x.rule, "s1", x.members, course)
		if got := split.AskedAlready(&standing, never); got != x.asked {
			t.Errorf("%s: %v", x.rule, got)
		}
		if got := standing.AskedAlready(&split, never); got != x.asked {
			t.Errorf("%s after a split: %v", x.rule, got)
		}
	}
}
