package practice

import (
	"context"
	"iter"
	"slices"
	"strconv"

	"holon/internal/access"
	"holon/internal/fault"
	"holon/internal/session"
	"holon/internal/study"
)

// EnterConsents keeps what members said about taking part in a study: all of it,
// or none and every fault. It may be sent again: what was entered before is not entered
// twice. What was said before what stands is refused: what was said last stands.
func (p *Practice) EnterConsents(ctx context.Context, rq Request, id study.ID, in []study.ConsentInput) (entered int, err error) {
	if err := p.Authorize(ctx, rq, access.WriteConsent, studyObject(id)); err != nil {
		return 0, err
	}
	s, err := p.deps.Studies.Get(ctx, id)
	if err != nil {
		return 0, err
	}
	members, err := p.membersOf(ctx, s)
	if err != nil {
		return 0, err
	}
	checked, err := s.CheckConsents(in, p.today(), func(m session.MemberID) study.Membership { return members[m] })
	if err != nil {
		return 0, err
	}
	var faults fault.List
	for i, c := range checked {
		_, err := p.fresh(ctx, &c, "/consents/"+strconv.Itoa(i)+"/on")
		if err := faults.Under("", err); err != nil {
			return 0, err
		}
	}
	if err := faults.Err(); err != nil {
		return 0, err
	}
	for _, c := range checked {
		fresh, err := p.enterConsent(ctx, rq, c)
		if err != nil {
			return entered, err
		}
		if fresh {
			entered++
		}
	}
	return entered, nil
}

// enterConsent keeps what one member said, as the next number, unless it stands.
func (p *Practice) enterConsent(ctx context.Context, rq Request, c study.Consent) (fresh bool, err error) {
	ctx, cancel := bounded(ctx)
	defer cancel()
	for attempt := 0; ; attempt++ {
		fresh, err := p.fresh(ctx, &c, "/consents")
		if err != nil || !fresh {
			return false, err
		}
		c.By, c.At = rq.Principal.ID, p.now()
		err = p.deps.Consents.Append(ctx, c)
		if err == nil || !fault.Is(err, fault.Stale) {
			return err == nil, err
		}
		if err := pause(ctx, attempt); err != nil {
			return false, err
		}
	}
}

// fresh tells whether what a member said is not entered yet, and gives it the next
// number. at points to its day.
func (p *Practice) fresh(ctx context.Context, c *study.Consent, at string) (bool, error) {
	said, err := p.deps.Consents.Said(ctx, c.Study, c.Member)
	if err != nil {
		return false, err
	}
	if c.Number = 1; len(said) == 0 {
		return true, nil
	}
	last := said[len(said)-1]
	c.Number = last.Number + 1
	if last.Redacted != nil {
		return false, fault.New(fault.Conflict, "member_redacted", "A member of these was redacted, and can take part in nothing any more. Leave the member out.")
	}
	same := func(x study.Consent) bool { return x.Given == c.Given && x.On == c.On && x.Form == c.Form }
	switch {
	case same(last):
		return false, nil
	case c.On > last.On:
		return true, nil
	case slices.ContainsFunc(said, same): // an earlier list comes again
		return false, nil
	case c.On == last.On:
		return true, nil
	default:
		return false, fault.At(at, "said_before_what_stands", "This member said something else on a later day, and what was said last stands. Leave the line out, or correct its day.")
	}
}

// membersOf names those who were ever in one of a study's groups, also those who were
// redacted since.
func (p *Practice) membersOf(ctx context.Context, s *study.Study) (map[session.MemberID]study.Membership, error) {
	out := map[session.MemberID]study.Membership{}
	for _, id := range s.Groups {
		g, err := p.deps.Groups.Get(ctx, id)
		if isDamaged(err) || fault.Is(err, fault.NotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		for _, sp := range g.Spells {
			is := study.WasIn
			if sp.Redacted {
				is = study.Erased
			}
			out[sp.MemberID] = max(out[sp.MemberID], is)
		}
	}
	return out, nil
}

// Consents lists what members of a study said last, by member.
func (p *Practice) Consents(ctx context.Context, rq Request, id study.ID, pg Page) (list []*study.Consent, next string, err error) {
	if err := p.Authorize(ctx, rq, access.WriteConsent, studyObject(id)); err != nil {
		return nil, "", err
	}
	if _, err := p.deps.Studies.Get(ctx, id); err != nil {
		return nil, "", err
	}
	stream := func(limit int) iter.Seq2[*study.Consent, error] {
		return p.consentsAfter(ctx, id, session.MemberID(pg.After), limit)
	}
	return page(pg.limit(), stream, func(c *study.Consent) string { return string(c.Member) })
}

// consentsAfter streams what members said last: those after one, at most limit of
// them (0: all), without those of whom a redaction left nothing.
func (p *Practice) consentsAfter(ctx context.Context, id study.ID, after session.MemberID, limit int) iter.Seq2[*study.Consent, error] {
	return func(yield func(*study.Consent, error) bool) {
		n := 0
		for c, err := range p.deps.Consents.Last(ctx, id) {
			if err == nil && (c.Member <= after || c.Redacted != nil) {
				continue
			}
			if n++; !yield(&c, err) || n == limit {
				return
			}
		}
	}
}
