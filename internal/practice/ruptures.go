package practice

import (
	"context"

	"holon/internal/access"
	"holon/internal/fault"
	"holon/internal/session"
)

// EnterRupture says what a therapist says of a rupture with a member in a session,
// in place of what was said before. An account that is a therapist's own speaks for
// that therapist alone. To say the same again changes nothing.
func (p *Practice) EnterRupture(ctx context.Context, rq Request, id session.SessionID, ifRev int64, in session.RuptureInput) (*session.Session, error) {
	var same *session.Session
	s, _, err := revise(ctx, p, rq, p.sessionSubject(id, access.WriteSession), atRevision(ifRev), "rupture_entered", func(_ context.Context, s *session.Session) error {
		if own := rq.Principal.Therapist; own != "" && own != in.TherapistID {
			return fault.At("/therapist_id", "not_your_pair", "This account is another therapist's own. What happened between two people is entered by the therapist of the two.")
		}
		changed, err := s.EnterRupture(in, rq.Principal.ID, p.now())
		if err == nil && !changed {
			same, err = s, errUnchanged
		}
		return err
	})
	if same != nil {
		s, err = same, nil
	}
	return s, err
}
