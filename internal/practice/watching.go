package practice

import (
	"context"
	"errors"
	"iter"
	"slices"
	"sync"
	"time"

	"holon/internal/finding"
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
}

// lookBack is for how long after a session an alarm or a sign in it is raised: later
// there is nothing to be done about that week any more, and the reports tell of it.
// calibrationLasts is for how long the rules measure by the same; then all groups are
// looked at again.
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
// last called, and of all groups the first time, once an hour and when the budget was
// set anew. It raises the alarms and signs in sessions of the last four weeks, and
// withdraws those that rest on nothing any more. It is to be called every minute, and
// returns how many findings changed. A group that cannot be looked at keeps no other
// from it, and is looked at again.
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

// calibrate returns the rules with what they measure by, read anew from all groups with
// every look at all.
func (p *Practice) calibrate(ctx context.Context, all bool) (finding.Calibrated, error) {
	w := &p.watching
	if w.calibrated != nil && !all {
		return w.calibrated, nil
	}
	next, err := p.deps.Watch.Calibrate(ctx, p.histories(ctx), p.settingsNow(ctx))
	if err != nil {
		p.watching.again()
		return nil, err
	}
	w.calibrated = next
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
