package access_test

import (
	"testing"

	"holon/internal/access"
	"holon/internal/fault"
	"holon/internal/session"
)

// TestNobodyGivesThemselvesChargeOfAGroup goes through who asks, of themselves and of
// another therapist.
func TestNobodyGivesThemselvesChargeOfAGroup(t *testing.T) {
	t.Parallel()
	left := session.Date("2026-02-01")
	g := &session.Group{ID: "g-1", TherapistSpells: []session.TherapistSpell{
		{Number: 1, TherapistID: "t-was", From: "2026-01-01", To: &left}, {Number: 2, TherapistID: "t-is", From: "2026-02-02"}, {Number: 3, TherapistID: "t-will", From: "2026-03-02"},
	}}
	for name, c := range map[string]struct {
		who  access.Principal
		of   session.TherapistID
		want string
	}{
		"nobody":                   {access.Principal{}, "t-9", "not_allowed"},
		"who runs the service":     {access.Principal{ID: "x", Role: access.RoleOperator}, "t-9", ""},
		"who leads, of another":    {therapistAccount("t-is"), "t-9", ""},
		"who leads, of themselves": {therapistAccount("t-is"), "t-is", ""},
		"a stranger":               {therapistAccount("t-9"), "t-9", "charge_of_own"},
		"who led":                  {therapistAccount("t-was"), "t-was", "charge_of_own"},
		"who is to lead tomorrow":  {therapistAccount("t-will"), "t-will", "charge_of_own"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := access.MayTakeCharge(c.who, g, c.of, "2026-03-01")
			if (err == nil) != (c.want == "") || err != nil && (!fault.Is(err, fault.Forbidden) || fault.RuleOf(err) != c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
			if access.MayTakeCharge(c.who, nil, c.of, "2026-03-01") == nil {
				t.Error("may take charge of no group")
			}
		})
	}
}
