package practice

import (
	"context"

	"holon/internal/access"
	"holon/internal/fault"
)

// Authorize asks the policy and leaves an audit entry, for what other rooms
// keep themselves, such as reports. A nil error means that the entry is stored
// and the principal may.
func (p *Practice) Authorize(ctx context.Context, rq Request, action access.Action, object access.Object) error {
	denied := access.Decide(rq.Principal, action, object)
	outcome := access.Allowed
	if denied != nil {
		outcome = access.Denied
	}
	if err := p.record(ctx, rq, action, object, outcome); err != nil {
		return err
	}
	return denied
}

// record appends the audit entry. Nothing is done that leaves no trace: if the
// entry cannot be written, the use case is refused.
func (p *Practice) record(ctx context.Context, rq Request, action access.Action, object access.Object, outcome access.Outcome) error {
	id, err := p.randomID(entryPrefix)
	if err != nil {
		return err
	}
	err = p.deps.Audit.Append(ctx, access.Entry{
		ID: id, At: p.now(), Principal: rq.Principal.ID, Action: action, Object: object, Outcome: outcome, RequestID: rq.ID,
	})
	switch {
	case err == nil:
		return nil
	case fault.RuleOf(err) == "disk_full":
		return fault.Wrap(fault.Unavailable, "audit_unavailable", "The disk that holds the data is full, so this cannot be recorded in the audit and was not done. It can be done again once there is room.", err)
	default:
		return fault.Wrap(fault.Unavailable, "audit_unavailable", "This cannot be recorded in the audit now, so it was not done. Try again.", err)
	}
}

// allowPublic asks the policy about what is nobody's personal data: allowed
// use leaves no entry, a denied attempt does.
func (p *Practice) allowPublic(ctx context.Context, rq Request, action access.Action, object access.Object) error {
	denied := access.Decide(rq.Principal, action, object)
	if denied == nil {
		return nil
	}
	if err := p.record(ctx, rq, action, object, access.Denied); err != nil {
		return err
	}
	return denied
}
