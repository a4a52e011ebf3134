package practice

import (
	"context"
	"errors"
	"iter"
	"slices"
	"sync"
	"time"

	"holon/internal/fault"
	"holon/internal/finding"
	"holon/internal/instrument"
	"holon/internal/session"
)

// watching remembers which groups' courses are to be looked at, and what the rules
// about courses measure by.
type watching struct {
	marks sync.Mutex
	begun time.Time                // when every group was marked last; zero: never
	due   map[session.GroupID]bool // changed since they were looked at

	looking    sync.Mutex // one look at a time
	calibrated finding.Calibrated
	by         float64   // the budget that it was calibrated by
	at         time.Time // when
}

// lookBack is for how long after a session an alarm or a sign in it is raised: later
// there is nothing to be done about that week any more, and the reports tell of it.
// calibrationLasts is for how long the rules measure by the same, and after which all
// groups are looked at again.
const (
	lookBack         = 28 * 24 * time.Hour
	calibrationLasts = time.Hour
)

// changed marks a group to be looked at.
func (w *watching) changed(g session.GroupID) {
	w.marks.Lock()
	defer w.marks.Unlock()
	if w.due == nil {
		w.due = map[session.GroupID]bool{}
	}
	w.due[g] = true
}

// again marks every group.
func (w *watching) again() {
	w.marks.Lock()
	defer w.marks.Unlock()
	w.begun = time.Time{}
}

// take returns the groups that are marked, in order, and unmarks them; all is true
// the first time, and once an hour: another process may have changed some and ended.
func (w *watching) take(now time.Time) (marked []session.GroupID, all bool) {
	w.marks.Lock()
	defer w.marks.Unlock()
	for g := range w.due {
		marked = append(marked, g)
	}
	all = w.begun.IsZero() || now.Sub(w.begun) >= calibrationLasts
	if all {
		w.begun = now
	}
	w.due = nil
	slices.Sort(marked)
	return marked, all
}

// WatchCourses looks at the courses of the groups whose sessions changed since it was
// last called, of all groups the first time and once an hour, raises the alarms and signs in sessions
// of the last four weeks, and withdraws those that rest on nothing any more. It is to
// be called every minute, and returns how many findings changed. A group that cannot
// be looked at keeps no other from it, and is looked at again.
func (p *Practice) WatchCourses(ctx context.Context) (int, error) {
	if p.deps.Watch == nil {
		return 0, nil
	}
	p.watching.looking.Lock()
	defer p.watching.looking.Unlock()
	groups, all, err := p.groupsDue(ctx)
	if err != nil || len(groups) == 0 {
		return 0, err
	}
	look, err := p.calibrate(ctx, all)
	if err != nil {
		for _, g := range groups {
			p.watching.changed(g)
		}
		return 0, err
	}
	changed := 0
	var failed error
	for _, g := range groups {
		n, err := p.watchGroup(ctx, look, g)
		changed += n
		if err != nil {
			p.watching.changed(g)
			failed = errors.Join(failed, err)
		}
	}
	return changed, failed
}

// groupsDue returns the groups to look at, and whether these are all.
func (p *Practice) groupsDue(ctx context.Context) (marked []session.GroupID, all bool, err error) {
	marked, all = p.watching.take(p.now())
	if !all {
		return marked, false, nil
	}
	for g, err := range p.deps.Groups.List(ctx, nil, "", 0) {
		switch {
		case isDamaged(err):
			continue // doctor names it
		case err != nil:
			p.watching.again()
			return nil, true, err
		case !slices.Contains(marked, g.ID):
			marked = append(marked, g.ID)
		}
	}
	return marked, true, nil
}

// calibrate returns the rules with what they measure by, read anew from all groups
// once an hour, with every look at all, and when the budget was set anew.
func (p *Practice) calibrate(ctx context.Context, all bool) (finding.Calibrated, error) {
	w, settings, now := &p.watching, p.settingsNow(ctx), p.now()
	if !all && w.calibrated != nil && w.by == settings.AlarmBudget && now.Sub(w.at) < calibrationLasts {
		return w.calibrated, nil
	}
	next, err := p.deps.Watch.Calibrate(ctx, p.histories(ctx), settings)
	if err != nil {
		return nil, err
	}
	w.calibrated, w.by, w.at = next, settings.AlarmBudget, now
	return next, nil
}

// histories yields every group's history; what cannot be read is passed over.
func (p *Practice) histories(ctx context.Context) iter.Seq2[*finding.History, error] {
	return func(yield func(*finding.History, error) bool) {
		for g, err := range p.deps.Groups.List(ctx, nil, "", 0) {
			if isDamaged(err) {
				continue
			}
			var h *finding.History
			if err == nil {
				h, _, err = p.history(ctx, g)
			}
			if !yield(h, err) || err != nil {
				return
			}
		}
	}
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
	c.grounds, c.places = look.Grounds(c.history), look.Places(c.history)
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
	grounds  []finding.Ground
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
	for _, g := range c.grounds {
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
		if err := p.raiseAt(ctx, clockRequest(), s, g, c.at); err != nil {
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
