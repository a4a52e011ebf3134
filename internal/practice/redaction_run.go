package practice

import (
	"context"
	"errors"
	"slices"
	"time"

	"holon/internal/access"
	"holon/internal/fault"
	"holon/internal/redaction"
	"holon/internal/session"
)

// mostPasses bounds how often everything is gone through. The second pass finds
// what was written beside the first; after that nothing of the member is taken.
const mostPasses = 8

// resumeAfter is when a redaction is tried again that could not go on.
const resumeAfter = time.Minute

// carryOut carries a decision out, from wherever an earlier attempt ended:
//
//  1. the decision is in the journal, so that it outlives a restore;
//  2. the member, the groups and the sessions get a revision without the values,
//     in this order, which closes them to new ones; then their past is rewritten;
//  3. reports that the values may be in lose their content;
//  4. everything is looked at once more, until nothing is left;
//  5. the engine's files are cleared of traces;
//  6. the decision says what was done.
func (p *Practice) carryOut(ctx context.Context, rq Request, d *redaction.Decision) (*redaction.Decision, error) {
	if err := p.enterIntoJournal(ctx, d); err != nil {
		return nil, err
	}
	change := session.Change{By: rq.Principal.ID, At: p.now(), Why: "redacted:" + string(d.ID)}
	for range mostPasses {
		if err := p.deps.Redactor.Rewrite(ctx, d.Redaction(), change); err != nil {
			return nil, err
		}
		at := p.now()
		found, _, _, err := p.look(ctx, d, at)
		if err != nil {
			return nil, err
		}
		reports, damaged, err := p.deps.Redactor.Withdraw(ctx, found.Extent.Groups, d.Redaction(), at)
		if err != nil {
			return nil, err
		}
		for _, g := range found.Extent.Groups {
			p.watching.changed(g)
		}
		stuck := slices.Concat(found.Blocked, damaged)
		if len(found.Left) > 0 {
			continue
		}
		if err := p.deps.Redactor.Scrub(ctx); err != nil {
			return nil, err
		}
		return p.conclude(ctx, rq, d.ID, func(d *redaction.Decision) bool {
			switch {
			case d.State != redaction.Started:
				return false
			case len(stuck) > 0:
				return d.Block(stuck)
			default:
				d.Finish(found.Extent, reports, p.now())
				return true
			}
		})
	}
	return nil, fault.New(fault.Unavailable, "redaction_unsettled", "Others wrote the same documents over and over, so the redaction is not at its end. It goes on; look again.")
}

// enterIntoJournal adds a decision to the journal, unless it is there.
func (p *Practice) enterIntoJournal(ctx context.Context, d *redaction.Decision) error {
	entry, ok := redaction.EntryOf(d)
	if !ok || p.deps.Journal == nil {
		return nil
	}
	return p.deps.Journal.Append(ctx, entry)
}

// look looks what a decision takes, or took, values out of, in what is stored
// and in reports asked for by a time.
func (p *Practice) look(ctx context.Context, d *redaction.Decision, until time.Time) (redaction.Sweep, redaction.Reports, []string, error) {
	found, err := p.deps.Redactor.Sweep(ctx, d.Redaction())
	if err != nil {
		return found, redaction.Reports{}, nil, err
	}
	reports, damaged, err := p.deps.Redactor.Dependents(ctx, found.Extent.Groups, d.Redaction(), until)
	return found, reports, slices.Concat(found.Blocked, damaged), err
}

// conclude changes a decision that is under way, if change wants to.
func (p *Practice) conclude(ctx context.Context, rq Request, id redaction.ID, change func(*redaction.Decision) bool) (*redaction.Decision, error) {
	for attempt := 0; ; attempt++ {
		d, err := p.deps.Redactions.Get(ctx, id)
		if err != nil || !change(d) {
			return d, err
		}
		rev := d.Rev
		d.Change = session.Change{By: rq.Principal.ID, At: p.now(), Why: "carried_out"}
		err = p.deps.Redactions.Replace(ctx, d, rev)
		if !fault.Is(err, fault.Stale) {
			return d, err
		}
		if err := pause(ctx, attempt); err != nil {
			return nil, err
		}
	}
}

// byItself is who carries on with what was decided, when nobody asks.
func byItself() Request {
	return Request{Principal: access.Principal{ID: "redaction", Role: access.RoleOperator}, ID: "redaction"}
}

// ResumeRedactions carries every redaction to its end that was decided and is
// not, and withdraws reports that were made of what was read before one was. The
// journal gets those that are done, too: data that were restored or moved here
// know decisions that the journal beside them does not.
func (p *Practice) ResumeRedactions(ctx context.Context) error {
	var errs []error
	rq := byItself()
	err := p.decisionsIn(ctx, redaction.Started, func(d *redaction.Decision) {
		errs = append(errs, p.resume(ctx, rq, d))
	})
	if err != nil {
		return errors.Join(append(errs, err)...)
	}
	var done []*redaction.Decision
	if err := p.decisionsIn(ctx, redaction.Done, func(d *redaction.Decision) { done = append(done, d) }); err != nil {
		return errors.Join(append(errs, err)...)
	}
	late, err := p.deps.Redactor.Late(ctx, done)
	if err != nil {
		return errors.Join(append(errs, err)...)
	}
	for i, d := range done {
		errs = append(errs, p.enterIntoJournal(ctx, d))
		if len(late[i].Withdrawn) != len(d.Reports.Withdrawn) {
			errs = append(errs, p.withdrawLate(ctx, rq, d))
		}
	}
	return errors.Join(errs...)
}

// decisionsIn calls each with the decisions of a state; doctor names those that
// cannot be read.
func (p *Practice) decisionsIn(ctx context.Context, state redaction.State, each func(*redaction.Decision)) error {
	for d, err := range p.deps.Redactions.In(ctx, state) {
		switch {
		case isDamaged(err):
		case err != nil:
			return err
		default:
			each(d)
		}
	}
	return nil
}

// resume goes on with one decision.
func (p *Practice) resume(ctx context.Context, rq Request, d *redaction.Decision) error {
	if err := p.Authorize(ctx, rq, access.RedactMember, access.Object{Kind: access.KindMember, ID: string(d.MemberID)}); err != nil {
		return err
	}
	_, err := p.carryOut(ctx, rq, d)
	return err
}

// withdrawLate withdraws the reports of a decision that is done which came to
// their end after it.
func (p *Practice) withdrawLate(ctx context.Context, rq Request, d *redaction.Decision) error {
	if err := p.Authorize(ctx, rq, access.RedactMember, access.Object{Kind: access.KindMember, ID: string(d.MemberID)}); err != nil {
		return err
	}
	late, _, err := p.deps.Redactor.Withdraw(ctx, d.Extent.Groups, d.Redaction(), *d.DoneAt)
	if err != nil {
		return err
	}
	_, err = p.conclude(ctx, rq, d.ID, func(d *redaction.Decision) bool { d.Reports = late; return true })
	return err
}

// Replayed says what carrying a journal over came to.
type Replayed struct {
	Redacted   int // were carried out now
	Done       int // had been done in these data, and nothing was left
	Unknown    int // are about members whom these data do not know
	Unfinished int // are not at their end, because documents cannot be read
}

// ReplayRedactions carries the decisions of a journal out in data that are
// older than they, such as a backup that was restored. What these data know
// themselves to have decided is carried to its end as well. It may be done
// again: what is done is found done.
func (p *Practice) ReplayRedactions(ctx context.Context, rq Request, journal []redaction.Entry) (Replayed, error) {
	var out Replayed
	for _, e := range journal {
		if err := p.Authorize(ctx, rq, access.RedactMember, access.Object{Kind: access.KindMember, ID: string(e.Member)}); err != nil {
			return out, err
		}
	}
	settled, err := p.settled(ctx, journal)
	if err != nil {
		return out, err
	}
	for _, e := range journal {
		if settled[e.Decision] {
			out.Done++
			continue
		}
		if err := p.replay(ctx, rq, e, &out); err != nil {
			return out, err
		}
	}
	return out, p.ResumeRedactions(ctx)
}

// settled finds the decisions of a journal that were carried out in these data
// and left nothing. Everything is gone through once for all of them.
func (p *Practice) settled(ctx context.Context, journal []redaction.Entry) (map[redaction.ID]bool, error) {
	var done []*redaction.Decision
	var all []session.Redaction
	for _, e := range journal {
		d, err := p.deps.Redactions.Get(ctx, e.Decision)
		if err != nil && !fault.Is(err, fault.NotFound) && !isDamaged(err) { // replay answers for what cannot be read
			return nil, err
		}
		if err == nil && d.State == redaction.Done {
			done, all = append(done, d), append(all, d.Redaction())
		}
	}
	out := map[redaction.ID]bool{}
	if len(done) == 0 {
		return out, nil
	}
	found, err := p.deps.Redactor.Look(ctx, all...)
	if err != nil {
		return nil, err
	}
	late, err := p.deps.Redactor.Late(ctx, done)
	if err != nil {
		return nil, err
	}
	for i, d := range done {
		out[d.ID] = len(found[i].Left) == 0 && len(late[i].Withdrawn) == len(d.Reports.Withdrawn)
	}
	return out, nil
}

// replay carries one decision of a journal out that is not settled.
func (p *Practice) replay(ctx context.Context, rq Request, e redaction.Entry, out *Replayed) error {
	d, err := p.deps.Redactions.Get(ctx, e.Decision)
	switch {
	case fault.Is(err, fault.NotFound):
		d = e.Again(p.now())
		d.Change = session.Change{By: rq.Principal.ID, At: p.now(), Why: "replayed"}
		if err := p.deps.Redactions.Insert(ctx, d); err != nil && fault.RuleOf(err) != "id_taken" {
			return err
		}
	case err != nil:
		return err
	case d.State != redaction.Started:
		d, err = p.reopen(ctx, rq, e)
		if err != nil {
			return err
		}
	}
	_, missing := p.deps.Members.Get(ctx, e.Member)
	d, err = p.carryOut(ctx, rq, d)
	switch {
	case err != nil:
		return err
	case d.State != redaction.Done:
		out.Unfinished++
	case fault.Is(missing, fault.NotFound):
		out.Unknown++ // there may still have been ratings, if the data are damaged
	default:
		out.Redacted++
	}
	return nil
}

// reopen takes a decision up that these data hold in another state than the
// journal: as a request that was not decided yet, or as done although values
// are left.
func (p *Practice) reopen(ctx context.Context, rq Request, e redaction.Entry) (*redaction.Decision, error) {
	return p.conclude(ctx, rq, e.Decision, func(d *redaction.Decision) bool {
		again := e.Again(p.now())
		again.Head = d.Head
		*d = *again
		return true
	})
}

// redactionDue wakes WorkRedactions.
func (p *Practice) redactionDue() {
	select {
	case p.redactions <- struct{}{}:
	default: // it is awake, or will be
	}
}

// WorkRedactions carries redactions to their end that no request has the time
// for: those that an earlier process left, and then whichever come. It ends
// with ctx; failed is told what went wrong, such as a disk that is full, and it
// is tried again after a while.
func (p *Practice) WorkRedactions(ctx context.Context, failed func(error)) {
	for {
		var again <-chan time.Time // nil: never
		if err := p.ResumeRedactions(ctx); err != nil && ctx.Err() == nil {
			failed(err)
			again = time.After(resumeAfter)
		}
		select {
		case <-ctx.Done():
			return
		case <-p.redactions:
		case <-again:
		}
	}
}
