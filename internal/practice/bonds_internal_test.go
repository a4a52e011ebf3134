package practice

import (
	"testing"

	"holon/internal/access"
	"holon/internal/session"
)

// TestBondsAreTakenOutForWhoMayNotReadThem: no role but the operator's may, and
// whoever comes without one sees a session without bonds.
func TestBondsAreTakenOutForWhoMayNotReadThem(t *testing.T) {
	t.Parallel()
	for role, want := range map[access.Role]int{access.RoleOperator: 1, "member": 0, "guest": 0, "": 0} {
		s := &session.Session{GroupID: "g-1"}
		s.Bonds = []session.BondRating{{From: "m-1", To: "m-2"}}
		s.Cohesion = []session.CohesionRating{{}}
		withoutHiddenBonds(access.Principal{ID: "p-1", Role: role}, s)
		if len(s.Bonds) != want || len(s.Cohesion) != 1 {
			t.Errorf("%q sees %d bonds and %d reports of the group", role, len(s.Bonds), len(s.Cohesion))
		}
	}
}
