package practice

import (
	"context"
	"slices"
	"time"

	"holon/internal/fault"
	"holon/internal/finding"
	"holon/internal/instrument"
	"holon/internal/session"
)

// watchGroup sees to the alarms and signs of one group, and returns how many findings
// changed. Of a history that is not whole nothing is withdrawn.
func (p *Practice) watchGroup(ctx context.Context, look finding.Calibrated, id session.GroupID) (int, error) {
	g, err := p.deps.Groups.Get(ctx, id)
	if isDamaged(err) || fault.Is(err, fault.NotFound) {
		return 0, nil // doctor names it
	}
	if err != nil {
		return 0, err
	}
	c := courseLook{practice: p, at: p.now(), standing: map[finding.ID]*finding.Finding{}}
	h, whole, err := p.history(ctx, g)
	if err != nil {
		return 0, err
	}
	c.history = h
	c.begun, c.places = look.Look(h)
	if err := c.readStanding(ctx); err != nil {
		return 0, err
	}
	raised, err := c.raise(ctx)
	if err != nil || !whole {
		return raised, err
	}
	withdrawn, err := c.withdraw(ctx)
	return raised + withdrawn, err
}

// courseLook is one look at a group's course.
type courseLook struct {
	practice *Practice
	at       time.Time // before the history was read
	history  *finding.History
	begun    []finding.Ground
	places   []finding.Ground
	standing map[finding.ID]*finding.Finding // of courses, that stand
}

// readStanding reads the group's findings of courses that stand.
func (c *courseLook) readStanding(ctx context.Context) error {
	for f, err := range c.practice.deps.Findings.List(ctx, finding.Filter{GroupID: c.history.Group.ID}, nil, 0) {
		switch {
		case isDamaged(err):
		case err != nil:
			return err
		case f.Rule.OfCourse() && f.Stands():
			c.standing[f.ID] = f
		}
	}
	return nil
}

// raise raises what stands in no finding yet, in sessions of the last weeks that were
// not imported.
func (c *courseLook) raise(ctx context.Context) (int, error) {
	p, raised := c.practice, 0
	since := session.Date(c.at.Add(-lookBack).Format(time.DateOnly))
	for _, g := range c.begun {
		s := c.history.Sessions[slices.IndexFunc(c.history.Sessions, func(s *session.Session) bool { return s.ID == g.Session })]
		if s.HeldOn < since || c.asked(&g) {
			continue
		}
		imported, err := p.madeClosed(ctx, s)
		if err != nil {
			return raised, err
		}
		if imported {
			continue
		}
		if err := p.raise(ctx, clockRequest(), s, g, c.at); err != nil {
			if isDamaged(err) {
				continue
			}
			return raised, err
		}
		if err := p.lookAgain(ctx, clockRequest(), g); err != nil {
			return raised, err
		}
		c.standing[g.ID] = finding.NewFinding(s, g, finding.Save{By: finding.Clock, At: c.at}, "")
		raised++
	}
	return raised, nil
}

// asked tells whether a finding that stands is of the same place or matter.
func (c *courseLook) asked(g *finding.Ground) bool {
	number := func(id session.SessionID) int {
		at := slices.IndexFunc(c.history.Sessions, func(s *session.Session) bool { return s.ID == id })
		if at < 0 {
			return 0
		}
		return c.history.Sessions[at].Number
	}
	for _, f := range c.standing {
		standing := f.Ground()
		if g.AskedAlready(&standing, func(a, b session.SessionID) bool { return number(a) > number(b) }) {
			return true
		}
	}
	return false
}

// withdraw withdraws what rests on nothing any more.
func (c *courseLook) withdraw(ctx context.Context) (int, error) {
	p, withdrawn := c.practice, 0
	for _, f := range c.standing {
		if _, over := f.Outlived(c.history.Sessions, c.places); !over {
			continue
		}
		_, changed, err := p.answer(ctx, clockRequest(), f.ID, string(finding.Withdrawn), func(_ context.Context, f *finding.Finding) (bool, error) {
			cause, over := f.Outlived(c.history.Sessions, c.places)
			if over {
				f.Withdraw(cause, finding.Save{By: finding.Clock, At: p.now()})
			}
			return over, nil
		})
		if err != nil && !isDamaged(err) {
			return withdrawn, err
		}
		if changed {
			withdrawn++
		}
	}
	return withdrawn, nil
}

// history reads a group's sessions; whole is false where one cannot be read.
func (p *Practice) history(ctx context.Context, g *session.Group) (h *finding.History, whole bool, err error) {
	h, whole = &finding.History{Group: g, Definition: p.Definition}, true
	for s, err := range p.deps.Sessions.OfGroup(ctx, g.ID, 0, 0, []instrument.Level{instrument.Alliance, instrument.Outcome}) {
		switch {
		case isDamaged(err):
			whole = false
		case err != nil:
			return nil, false, err
		default:
			h.Sessions = append(h.Sessions, s)
		}
	}
	return h, whole, nil
}
