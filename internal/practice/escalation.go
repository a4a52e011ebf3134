package practice

import (
	"context"
	"errors"
	"time"

	"holon/internal/access"
	"holon/internal/fault"
	"holon/internal/finding"
	"holon/internal/instrument"
	"holon/internal/session"
)

// clockRequest is of what time does, and nobody.
func clockRequest() Request {
	return Request{Principal: access.Principal{ID: finding.Clock, Role: access.RoleOperator}, ID: "clock"}
}

// Escalate names the next person for every urgent finding that nobody
// acknowledged in time, and closes those whose answer was never stored. It is
// to be called every minute; time that passed while nobody called counts.
// Several processes may call it at once: each step is taken once. It returns
// how many findings changed; one that cannot be read keeps no other from it.
func (p *Practice) Escalate(ctx context.Context) (int, error) {
	l := &lookout{practice: p, settings: p.settingsNow(ctx), groups: map[session.GroupID]*session.Group{}}
	changed := 0
	var failed error
	for _, rule := range finding.Rules() {
		if rule.OfCourse() {
			continue // WatchCourses looks at these
		}
		n, err := l.look(ctx, rule)
		changed += n
		failed = errors.Join(failed, err)
	}
	return changed, failed
}

// lookout is one look for what is due.
type lookout struct {
	practice *Practice
	settings *finding.Settings
	groups   map[session.GroupID]*session.Group // that were read; nil could not be
}

// look goes through the findings of a rule that nobody acknowledged, those
// raised last first. Those that are not urgent pile up where nobody answers
// them, and are not read back to the first.
func (l *lookout) look(ctx context.Context, rule finding.Rule) (changed int, failed error) {
	p := l.practice
	for f, err := range p.deps.Findings.List(ctx, finding.Filter{Rule: rule, States: []finding.State{finding.New}}, nil, 0) {
		if isDamaged(err) {
			continue // doctor names it
		}
		if err != nil {
			return changed, errors.Join(failed, err)
		}
		if !rule.Urgent() && l.age(f) >= finding.InFlight+lateLook {
			break
		}
		if !l.due(f) {
			continue
		}
		done, err := l.escalate(ctx, f)
		if done {
			changed++
		}
		failed = errors.Join(failed, err)
	}
	return changed, failed
}

// age is how long ago a finding was raised last.
func (l *lookout) age(f *finding.Finding) time.Duration {
	return l.practice.now().Sub(f.LastRaised().At)
}

// due tells whether a finding is to be looked at: an urgent one when its time is
// over, any other once its save cannot be under way any more.
func (l *lookout) due(f *finding.Finding) bool {
	now := l.practice.now()
	if !f.Rule.Urgent() {
		return f.SessionID != "" && l.age(f) >= finding.InFlight
	}
	at, goes := f.DueAt(l.settings.Within())
	return goes && !now.Before(at)
}

// lateLook is how long after its time a finding that nobody is left to be asked
// about is still looked at.
const lateLook = time.Hour

// escalate takes one step with a finding that is due, if there is one.
func (l *lookout) escalate(ctx context.Context, f *finding.Finding) (bool, error) {
	p, within := l.practice, l.settings.Within()
	chain := l.chain(ctx, f)
	if _, due := f.Next(chain, within, p.now()); !due && p.now().Sub(f.LastRaised().At) > within+lateLook {
		return false, nil
	}
	withdrawn, err := p.withdraw(ctx, clockRequest(), f.ID)
	if err == nil && withdrawn {
		f, err = p.deps.Findings.Get(ctx, f.ID)
	}
	if err != nil && !isDamaged(err) {
		return withdrawn, err // of a damaged session nobody knows; somebody is asked all the same
	}
	if _, due := f.Next(chain, within, p.now()); !due {
		return withdrawn, nil
	}
	_, changed, err := p.answer(ctx, clockRequest(), f.ID, string(finding.Escalated), func(_ context.Context, f *finding.Finding) (bool, error) {
		return f.Escalate(chain, within, p.now()), nil
	})
	return withdrawn || changed, err
}

// chain lists who is asked one after the other. What cannot be read is passed
// over: whoever can be asked is.
func (l *lookout) chain(ctx context.Context, f *finding.Finding) []session.TherapistID {
	p := l.practice
	var s *session.Session
	if f.SessionID != "" {
		var err error
		if s, err = p.deps.Sessions.Get(ctx, f.SessionID, []instrument.Level{}); err != nil {
			s = nil
		}
	}
	g, read := l.groups[f.GroupID]
	if !read {
		var err error
		if g, err = p.deps.Groups.Get(ctx, f.GroupID); err != nil {
			g = nil
		}
		l.groups[f.GroupID] = g
	}
	return finding.Chain(s, g, session.Date(p.now().Format(time.DateOnly)), l.settings)
}

// Recomputed says what RecomputeFindings did.
type Recomputed struct {
	Sessions  int // that were looked through
	Raised    int
	Withdrawn int
	LeftOut   []string // documents that cannot be restored
}

// RecomputeFindings goes through all sessions, raises what was not raised, and
// withdraws what rests on nothing. No event and no action is ever removed, and
// what was imported raises nothing.
func (p *Practice) RecomputeFindings(ctx context.Context, rq Request) (Recomputed, error) {
	var done Recomputed
	if err := p.Authorize(ctx, rq, access.WriteFinding, findingObject("", "")); err != nil {
		return done, err
	}
	for g, err := range p.deps.Groups.List(ctx, nil, "", 0) {
		id, unreadable := damagedID(err)
		switch {
		case unreadable:
			done.LeftOut = append(done.LeftOut, "groups/"+id) // its sessions can be read all the same
		case err != nil:
			return done, err
		default:
			id = string(g.ID)
		}
		if err := p.recomputeGroup(ctx, rq, session.GroupID(id), &done); err != nil {
			return done, err
		}
	}
	return done, p.withdrawAll(ctx, rq, &done)
}

// recomputeGroup raises what a group's sessions hold grounds for.
func (p *Practice) recomputeGroup(ctx context.Context, rq Request, group session.GroupID, done *Recomputed) error {
	for s, err := range p.deps.Sessions.OfGroup(ctx, group, 0, 0, nil) {
		if id, unreadable := damagedID(err); unreadable {
			done.LeftOut = append(done.LeftOut, "sessions/"+id)
			continue
		}
		if err != nil {
			return err
		}
		done.Sessions++
		for _, g := range finding.GroundsOf(s, p.reading(p.settingsNow(ctx).ExcusedIsMissed)) {
			f, err := p.deps.Findings.Get(ctx, g.ID)
			if isDamaged(err) {
				done.LeftOut = append(done.LeftOut, "findings/"+string(g.ID))
				continue
			}
			if err != nil && !fault.Is(err, fault.NotFound) {
				return err
			}
			if err == nil && f.Stands() {
				continue
			}
			past, err := p.closedWhenMade(ctx, s, g)
			if err != nil {
				return err
			}
			if past {
				continue
			}
			if err := p.raise(ctx, rq, s, g, p.now()); err != nil {
				return err
			}
			done.Raised++
		}
	}
	return nil
}

// closedWhenMade tells whether a missed session is one of a session that was
// closed when it was made. Only an import makes such: it is past data.
func (p *Practice) closedWhenMade(ctx context.Context, s *session.Session, g finding.Ground) (bool, error) {
	if g.Rule != finding.MissedSession {
		return false, nil
	}
	return p.madeClosed(ctx, s)
}

// madeClosed tells whether a session was closed when it was made: only an import
// makes such.
func (p *Practice) madeClosed(ctx context.Context, s *session.Session) (bool, error) {
	first, err := p.deps.Sessions.At(ctx, s.ID, 1)
	if isDamaged(err) {
		return false, nil // nobody knows; a finding too many is answered, one too few is not
	}
	if err != nil {
		return false, err
	}
	return first.Status == session.StatusClosed, nil
}

// withdrawAll withdraws what rests on nothing.
func (p *Practice) withdrawAll(ctx context.Context, rq Request, done *Recomputed) error {
	for f, err := range p.deps.Findings.List(ctx, finding.Filter{}, nil, 0) {
		if isDamaged(err) {
			continue // named where its ground is
		}
		if err != nil {
			return err
		}
		if !f.Stands() {
			continue
		}
		withdrawn, err := p.withdraw(ctx, rq, f.ID)
		if isDamaged(err) {
			continue // its session is left out by name
		}
		if err != nil {
			return err
		}
		if withdrawn {
			done.Withdrawn++
		}
	}
	return nil
}
