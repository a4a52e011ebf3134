package grouplevel_test

import (
	"context"
	"errors"
	"testing"

	"gonum.org/v1/gonum/floats/scalar"

	"holon/internal/multilevel"
	"holon/internal/multilevel/grouplevel"
)

// TestShares compares the shares of a fit without tests with the reference cases.
func TestShares(t *testing.T) {
	t.Parallel()
	for id, want := range map[string]struct {
		group, member, session, therapist *float64
		therapists                        int
		reason                            multilevel.Reason
	}{
		"crossed-in-group-missing":         {group: new(0.11141376508223), member: new(0.400023928942124), session: new(0.0796328593919275), reason: grouplevel.TherapistsUnknown},
		"nested-pastes":                    {group: new(0.153897), member: new(0.783145), reason: grouplevel.TherapistsUnknown},
		"therapist-above-groups":           {group: new(0.134106), therapist: new(0.280761), therapists: 8},
		"cotherapists-multiple-membership": {group: new(0.0484669), therapist: new(0.365649), therapists: 7},
		"single-group-weekly":              {member: new(0.42788), session: new(0.0581564), reason: multilevel.OneGroup},
	} {
		_, table := readCase(t, id)
		got, err := grouplevel.Shares(t.Context(), table, grouplevel.Options{})
		if err != nil {
			t.Fatal(err)
		}
		for name, pair := range map[string][2]*float64{
			"group": {got.Share.Group, want.group}, "member": {got.Share.Member, want.member},
			"session": {got.Share.Session, want.session}, "therapist": {got.Share.Therapist, want.therapist},
		} {
			switch {
			case (pair[0] == nil) != (pair[1] == nil):
				t.Errorf("%s: %s is there: %v, wanted: %v", id, name, pair[0] != nil, pair[1] != nil)
			case pair[0] != nil && !scalar.EqualWithinAbsOrRel(*pair[0], *pair[1], 0, 1e-5):
				t.Errorf("%s: %s %v, want %v", id, name, *pair[0], *pair[1])
			}
		}
		if got.Therapists != want.therapists || got.Reason != want.reason {
			t.Errorf("%s: %d therapists, reason %q", id, got.Therapists, got.Reason)
		}
		if (got.Therapist.P != nil) != (want.therapist != nil) {
			t.Errorf("%s: a test of therapists: %+v", id, got.Therapist)
		}
	}
}

// TestSharesOfOneGroupPerTherapist cannot tell the two apart.
func TestSharesOfOneGroupPerTherapist(t *testing.T) {
	t.Parallel()
	_, table := readCase(t, "therapist-above-groups")
	for g := range table.Therapists {
		table.Therapists[g] = []string{"therapist of " + g}
	}
	got, err := grouplevel.Shares(t.Context(), table, grouplevel.Options{})
	if err != nil || got.Reason != grouplevel.OneGroupPerTherapist || got.Share.Therapist != nil || got.Share.Group == nil || got.Therapists != 24 {
		t.Errorf("%+v, %v", got, err)
	}
	for g := range table.Therapists {
		table.Therapists[g] = []string{"one", "two"}
	}
	if got, err = grouplevel.Shares(t.Context(), table, grouplevel.Options{}); err != nil || got.Reason != grouplevel.SameTherapists || got.Share.Therapist != nil {
		t.Errorf("%+v, %v", got, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := grouplevel.Shares(ctx, table, grouplevel.Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}
