package practice

import (
	"context"

	"holon/internal/access"
	"holon/internal/fault"
	"holon/internal/instrument"
	"holon/internal/session"
)

// Revision is one state a document had: who made it, when and why.
type Revision struct {
	Rev    int64
	Change session.Change
}

// History lists a session's revisions, newest first, with a [LeftOutError] beside
// them if some cannot be read.
func (p *Practice) History(ctx context.Context, rq Request, id session.SessionID) ([]Revision, error) {
	if err := p.allowHistory(ctx, rq, id); err != nil {
		return nil, err
	}
	var (
		list []Revision
		out  LeftOutError
	)
	for h, err := range p.deps.Sessions.Revisions(ctx, id) {
		if isDamaged(err) {
			out.note(err)
			continue
		}
		if err != nil {
			return nil, err
		}
		list = append(list, Revision{Rev: h.Rev, Change: h.Change})
	}
	return list, out.orNil()
}

// SessionAt reads a session as it was at a revision.
func (p *Practice) SessionAt(ctx context.Context, rq Request, id session.SessionID, rev int64) (*session.Session, error) {
	if err := p.allowHistory(ctx, rq, id); err != nil {
		return nil, err
	}
	s, err := p.deps.Sessions.At(ctx, id, rev)
	if err == nil {
		err = p.withoutHiddenPast(ctx, rq.Principal, s)
	}
	if err != nil {
		return nil, err
	}
	return s, nil
}

// allowHistory asks the policy about a session's past. It reads the session
// without ratings, to learn whose it is; one that is damaged has a history that
// can be read all the same.
func (p *Practice) allowHistory(ctx context.Context, rq Request, id session.SessionID) error {
	s, err := p.deps.Sessions.Get(ctx, id, []instrument.Level{})
	if refused := p.Authorize(ctx, rq, access.ReadHistory, objectOf(id, s)); refused != nil {
		return refused
	}
	if fault.RuleOf(err) == ruleDamaged {
		return nil
	}
	return err
}
