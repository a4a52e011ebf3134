package access

import (
	"holon/internal/fault"
	"holon/internal/session"
)

// MayTakeCharge is the policy about who says when a therapist has charge of a group,
// on a day: an account that is no therapist's own, a therapist of any other, and of
// themselves only who leads the group on that day. Charge opens what is the group's,
// such as goals' words, and nobody opens it to themselves.
func MayTakeCharge(p Principal, g *session.Group, t session.TherapistID, day session.Date) error {
	switch {
	case p.ID == "" || g == nil:
		return forbidden()
	case p.Therapist == "", p.Therapist != t, g.LedBy(t, day):
		return nil
	default:
		return fault.New(fault.Forbidden, "charge_of_own", "A therapist's own account does not give itself charge of a group that it does not lead today. Ask whoever runs this service, or a therapist of the group.")
	}
}
