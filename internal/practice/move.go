package practice

import (
	"context"

	"holon/internal/access"
	"holon/internal/fault"
	"holon/internal/session"
)

// MoveReceipt says where a form is now, and what became of it where it was.
type MoveReceipt struct {
	From, To         *session.Session // the same where the form stayed in its session
	OldForm, NewForm session.FormID
}

// MoveForm brings a form to where it belongs. Within a session that is one
// write. Between two the form is put into the one first and then made void in
// the other, so that an interruption leaves it twice and never loses it; doctor
// reports that, and the same request again finishes it.
func (p *Practice) MoveForm(ctx context.Context, rq Request, id session.SessionID, m session.Move) (*MoveReceipt, error) {
	ctx, cancel := bounded(ctx)
	defer cancel()
	m.By, m.At = rq.Principal.ID, p.now()
	if m.To == "" {
		m.To = id
	}
	v := &move{practice: p, request: rq, from: p.sessionSubject(id, access.MoveForm), to: p.sessionSubject(m.To, access.MoveForm), asked: m}
	from, err := v.from.load(ctx)
	if refused := p.Authorize(ctx, rq, access.MoveForm, objectOf(id, from)); refused != nil {
		return nil, refused
	}
	if err != nil {
		return nil, err
	}
	if m.To == id {
		return v.within(ctx, from)
	}
	to, err := v.to.load(ctx)
	if refused := p.Authorize(ctx, rq, access.MoveForm, objectOf(m.To, to)); refused != nil {
		return nil, refused
	}
	if err != nil {
		return nil, unknown(err, "/to/session_id", "unknown_session", "There is no session of this identifier.")
	}
	return v.between(ctx, from, to)
}

// move is one form being moved.
type move struct {
	practice *Practice
	request  Request
	from, to subject[session.Session]
	asked    session.Move
}

// within moves a form inside its session.
func (v *move) within(ctx context.Context, s *session.Session) (*MoveReceipt, error) {
	var r *session.Relocation
	s, _, err := rewrite(ctx, v.practice, v.request, v.from, s, atAny(), v.why(), func(ctx context.Context, s *session.Session) error {
		if err := checkFormNotHidden(v.request, s, v.asked.Form); err != nil {
			return err
		}
		ref, err := v.reference(ctx, s)
		if err != nil {
			return err
		}
		if r, err = s.Relocate(v.asked, ref); err != nil {
			return err
		}
		return s.Move(r, ref)
	})
	if err = v.unlessDone(ctx, v.from, &s, err); err != nil {
		return nil, err
	}
	if r == nil { // an earlier request of the same key did it
		if r, err = v.relocate(ctx, s); err != nil {
			return nil, err
		}
	}
	return v.receipt(s, s, r), nil
}

// between moves a form from one session into another.
func (v *move) between(ctx context.Context, from, to *session.Session) (*MoveReceipt, error) {
	if _, _, err := usedKey(ctx, v.request, v.from.keyUse); err != nil {
		return nil, err
	}
	r, err := v.relocate(ctx, from)
	if err != nil {
		return nil, err
	}
	if r.Done {
		return v.receipt(from, to, r), nil
	}
	to, _, err = rewrite(ctx, v.practice, v.request, v.to, to, atAny(), v.why(), func(ctx context.Context, s *session.Session) error {
		ref, err := v.reference(ctx, from)
		if err != nil {
			return err
		}
		return s.Receive(r, ref)
	})
	if err = v.unlessDone(ctx, v.to, &to, err); err != nil {
		return nil, err
	}
	if err := to.HasReceived(r); err != nil {
		return nil, err
	}
	from, _, err = rewrite(ctx, v.practice, v.request, v.from, from, atAny(), v.why(), func(_ context.Context, s *session.Session) error {
		return s.Release(r)
	})
	if err = v.unlessDone(ctx, v.from, &from, err); err != nil {
		v.giveUp(ctx, to, r, err)
		return nil, err
	}
	return v.receipt(from, to, r), nil
}

// receipt says what was done.
func (v *move) receipt(from, to *session.Session, r *session.Relocation) *MoveReceipt {
	return &MoveReceipt{From: from, To: to, OldForm: v.asked.Form, NewForm: r.Form}
}

// giveUp takes the form out again where it was put, when it was changed
// meanwhile where it was. If this fails as well, it is what an interruption
// leaves.
func (v *move) giveUp(ctx context.Context, to *session.Session, r *session.Relocation, why error) {
	if !fault.Is(why, fault.Stale) && fault.RuleOf(why) != "form_void" {
		return
	}
	rq := unkeyed(v.request) // the key's request is the move
	_, _, _ = rewrite(ctx, v.practice, rq, v.to, to, atAny(), "move_given_up", func(_ context.Context, s *session.Session) error { return s.GiveUp(r) })
}

// relocate says where the form goes, as the session stands.
func (v *move) relocate(ctx context.Context, from *session.Session) (*session.Relocation, error) {
	if err := checkFormNotHidden(v.request, from, v.asked.Form); err != nil {
		return nil, err
	}
	ref, err := v.reference(ctx, from)
	if err != nil {
		return nil, err
	}
	return from.Relocate(v.asked, ref)
}

// reference looks up what the rules ask about whom the form is to be by and
// about.
func (v *move) reference(ctx context.Context, from *session.Session) (session.Reference, error) {
	return v.practice.storedReference(ctx, from, v.asked)
}

// unlessDone answers the refusal of a step that was done before with the
// session as it is now.
func (v *move) unlessDone(ctx context.Context, of subject[session.Session], s **session.Session, err error) error {
	if fault.RuleOf(err) == "moved_already" {
		*s, err = of.load(ctx)
	}
	return err
}

// why is the coded reason in the change of both sessions.
func (v *move) why() string { return "form_moved:" + string(v.asked.Why) }
