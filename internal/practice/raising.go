package practice

import (
	"context"
	"slices"
	"time"

	"holon/internal/access"
	"holon/internal/fault"
	"holon/internal/finding"
	"holon/internal/instrument"
	"holon/internal/redaction"
	"holon/internal/session"
)

// raising sees to the findings of a session that is changed, whatever changes
// it. What the next revision holds grounds for is raised before that is stored:
// so no answer that must be seen at once was ever acknowledged without its
// finding. If the revision is then not stored, the finding rests on nothing,
// which Escalate and RecomputeFindings notice. What the revision holds no
// grounds for any more is withdrawn after it is stored: earlier, and a crash
// would leave an answer that nobody sees.
type raising struct {
	practice *Practice
	before   []finding.Ground
}

// loaded remembers what the stored revision holds grounds for. Whether excused
// members count is asked again when it is known who they are.
func (r *raising) loaded(s *session.Session) {
	r.before = finding.GroundsOf(s, r.practice.reading(true))
}

// storing raises what the next revision holds new grounds for.
func (r *raising) storing(ctx context.Context, rq Request, next *session.Session) error {
	now := finding.GroundsOf(next, r.practice.reading(true))
	fresh := finding.Fresh(r.before, now)
	if len(fresh) == 0 {
		return nil
	}
	settings := r.practice.settingsNow(ctx)
	for _, g := range fresh {
		if g.Rule == finding.MissedSession && !settings.ExcusedIsMissed && excused(next, g) {
			continue
		}
		if err := r.practice.raise(ctx, rq, next, g, r.practice.now()); err != nil {
			return err
		}
		if err := r.practice.lookAgain(ctx, rq, g); err != nil {
			return err
		}
	}
	return nil
}

// stored withdraws what the session holds no grounds for any more. That fails
// no request, since the session is stored: what is left is noticed later.
func (r *raising) stored(ctx context.Context, rq Request, s *session.Session) {
	r.practice.watching.changed(s.GroupID)
	if len(r.before) == 0 {
		return
	}
	now := finding.GroundsOf(s, r.practice.reading(r.practice.settingsNow(ctx).ExcusedIsMissed))
	for _, id := range finding.Gone(r.before, now) {
		_, _ = r.practice.withdraw(ctx, rq, id) // see above
	}
}

// excused tells whether a missed session is one of somebody excused.
func excused(s *session.Session, g finding.Ground) bool {
	seat, _ := s.SeatOf(g.Members[0])
	return seat.Attendance == session.Excused
}

// reading is what grounds are found by.
func (p *Practice) reading(excusedIsMissed bool) finding.Reading {
	return finding.Reading{Definition: p.Definition, ExcusedIsMissed: excusedIsMissed}
}

// raise stores the finding of a ground in facts that were read at a time, or raises it
// again. The entry in the audit names who stored what raised it.
func (p *Practice) raise(ctx context.Context, rq Request, s *session.Session, g finding.Ground, at time.Time) error {
	if err := p.record(ctx, rq, access.WriteFinding, findingObject(g.ID, s.GroupID), access.Allowed); err != nil {
		return err
	}
	save := finding.Save{By: rq.Principal.ID, At: at}
	to := finding.Addressee(s)
	for attempt := 0; ; attempt++ {
		f, err := p.deps.Findings.Get(ctx, g.ID)
		switch {
		case fault.Is(err, fault.NotFound):
			f = finding.NewFinding(s, g, save, to)
			f.Change = session.Change{By: save.By, At: save.At, Why: string(finding.Raised)}
			err = p.deps.Findings.Insert(ctx, f)
			if fault.RuleOf(err) != "id_taken" {
				return err
			}
		case err != nil:
			return err
		default:
			if !f.Raise(g, save, to) {
				return nil
			}
			f.Change = session.Change{By: save.By, At: save.At, Why: string(finding.RaisedAgain)}
			if err = p.deps.Findings.Replace(ctx, f, f.Rev); !fault.Is(err, fault.Stale) {
				return err
			}
		}
		if err := pause(ctx, attempt); err != nil {
			return err
		}
	}
}

// lookAgain takes a redaction up again that was done between the reading of a
// session and the raising of a finding: the session's write is refused then, and
// the finding says what was to be taken out. Redactions come to the member first
// and to findings last. So either the member is found redacted here, or the
// redaction finds the finding.
func (p *Practice) lookAgain(ctx context.Context, rq Request, g finding.Ground) error {
	about := slices.Clone(g.Members)
	switch {
	case g.Risk == nil && g.Course == nil:
		return nil
	case g.Risk != nil && g.Risk.Rater.Kind == instrument.RaterMember && !slices.Contains(about, session.MemberID(g.Risk.Rater.ID)):
		about = append(about, session.MemberID(g.Risk.Rater.ID))
	}
	for _, id := range about {
		m, err := p.deps.Members.Get(ctx, id)
		if fault.Is(err, fault.NotFound) || isDamaged(err) {
			continue // doctor names it
		}
		if err != nil {
			return err
		}
		if m.Redacted == nil {
			continue
		}
		_, err = p.conclude(ctx, rq, redaction.ID(m.Redacted.Decision), func(d *redaction.Decision) bool { return d.Resume() })
		if err != nil {
			return err
		}
		p.redactionDue()
	}
	return nil
}

// withdraw notes that a finding rests on nothing any more, if that is so, and
// tells whether it was. The session is read after the finding, and whoever
// stores grounds raises first: so either the grounds are seen here, or the
// finding is another by the time it is to be replaced.
func (p *Practice) withdraw(ctx context.Context, rq Request, id finding.ID) (bool, error) {
	f, err := p.deps.Findings.Get(ctx, id)
	if err != nil {
		return false, err
	}
	if _, gone, err := p.ungrounded(ctx, f); err != nil || !gone {
		return false, err
	}
	_, changed, err := p.answer(ctx, unkeyed(rq), id, string(finding.Withdrawn), func(ctx context.Context, f *finding.Finding) (bool, error) {
		cause, gone, err := p.ungrounded(ctx, f)
		if gone {
			f.Withdraw(cause, finding.Save{By: rq.Principal.ID, At: p.now()})
		}
		return gone, err
	})
	return changed, err
}

// ungrounded says whether and why a finding rests on nothing any more, by its
// session as it is stored now.
func (p *Practice) ungrounded(ctx context.Context, f *finding.Finding) (finding.Cause, bool, error) {
	if f.SessionID == "" || !f.Stands() {
		return "", false, nil
	}
	s, err := p.deps.Sessions.Get(ctx, f.SessionID, nil)
	if fault.Is(err, fault.NotFound) {
		s, err = nil, nil
	}
	if err != nil {
		return "", false, err
	}
	var grounds []finding.Ground
	if s != nil {
		grounds = finding.GroundsOf(s, p.reading(p.settingsNow(ctx).ExcusedIsMissed))
	}
	cause, gone := f.Ungrounded(s, grounds, p.now())
	return cause, gone, nil
}

// RiskTexts returns what the person is to read who gave the answers of a form,
// if one of them must be seen at once and came by the person's own hand: the
// practice's own words, in every language that there are some in.
func (p *Practice) RiskTexts(ctx context.Context, s *session.Session, form session.FormID) []finding.RiskText {
	var own []finding.Ground
	for _, g := range finding.GroundsOf(s, p.reading(false)) {
		if g.Form == form && g.Rule == finding.RiskItem && g.Risk.Rater.Kind == instrument.RaterMember {
			own = append(own, g)
		}
	}
	if len(own) == 0 {
		return nil
	}
	return p.settingsNow(ctx).TextsFor(own)
}
