package analysis

import (
	"context"
	"iter"
	"slices"

	"holon/internal/finding"
	"holon/internal/instrument"
	"holon/internal/multilevel/vigilance"
	"holon/internal/session"
	"holon/internal/slipping"
)

// Watch looks for the alarms of [Alarms], for the new splits of [Splits] in what members
// of families say of the alliance, and of the signs of [Slipping] for those
// that are facts about who came and who handed in a form. The signs in what members
// say are left to the report: each is met by chance more often than a budget of
// false alarms bears. Rules have the same names in findings as in reports, and a sign
// that lasts is raised where it begins.
type Watch struct{}

// calibrated is what the rules measure by.
type calibrated struct {
	budget float64
	scales map[Measure]vigilance.Scale
	loads  caseloads
	splits *splitRules
}

// ofHistory are an instrument's definitions as a history knows them.
type ofHistory struct{ *finding.History }

// Definition returns the version of an instrument.
func (h ofHistory) Definition(ref instrument.Ref) (*instrument.Definition, bool) {
	return h.History.Definition(ref)
}

// alarmsOf begins to gather tables of histories.
func alarmsOf() *alarmsWalk {
	return &alarmsWalk{watched: watched{scorers: map[Measure]*session.Scorer{}}}
}

// Calibrate implements [finding.Watch]. Errors are those of the histories.
func (Watch) Calibrate(ctx context.Context, histories iter.Seq2[*finding.History, error], settings *finding.Settings) (finding.Calibrated, error) {
	w, splits := alarmsOf(), newSplitRules()
	for h, err := range histories {
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return nil, err
		}
		w.watched.src = ofHistory{h}
		if err := w.visit(h.Group, h.Sessions); err != nil {
			return nil, err
		}
		splits.add(h)
	}
	return &calibrated{splits: splits, budget: settings.AlarmBudget, scales: w.scales(), loads: w.caseloads()}, nil
}

// Look implements [finding.Calibrated].
func (c *calibrated) Look(h *finding.History) (begun, places []finding.Ground) {
	closed, w := closedIn(h), alarmsIn(h)
	limits := c.limits(w, h.Group.ID)
	for i := range w.tables {
		t := &w.tables[i]
		begun = append(begun, t.begun(c.scales[t.measure], limits, closed)...)
		places = append(places, t.places(c.scales[t.measure], closed)...)
	}
	splits, where := c.splits.look(h, closed)
	signs, all := signsOf(h, closed)
	return slices.Concat(begun, splits, signs), slices.Concat(places, where, all)
}

// limits are those of a group. One that is new since the calibration bears at least its
// own comparisons.
func (c *calibrated) limits(w *alarmsWalk, g session.GroupID) vigilance.Limits {
	own := w.caseloads()
	return vigilance.LimitsOf(c.budget, max(own.groups[g], c.loads.of(g, w.therapists[g])))
}

// closedIn tells which sessions are closed: of the others more may come.
func closedIn(h *finding.History) map[session.SessionID]bool {
	out := map[session.SessionID]bool{}
	for _, s := range h.Sessions {
		out[s.ID] = s.Status == session.StatusClosed
	}
	return out
}

// alarmsIn gathers the tables of one history.
func alarmsIn(h *finding.History) *alarmsWalk {
	w := alarmsOf()
	w.watched.src = ofHistory{h}
	if err := w.visit(h.Group, h.Sessions); err != nil {
		return alarmsOf()
	}
	return w
}

// ground is what an alarm rests on.
func (t *alarmTable) ground(a *vigilance.Alarm) finding.Ground {
	var about []session.MemberID
	if a.Member >= 0 {
		about = []session.MemberID{t.members[a.Member]}
	}
	of := &finding.Course{Instrument: t.measure.Instrument, Score: t.measure.Score, TherapistID: t.therapist}
	return finding.NewGround(finding.Rule(a.Rule), t.meetings[a.Week].ID, about, of)
}

// begun returns the grounds of a table's alarms, each where it begins among the closed
// sessions.
func (t *alarmTable) begun(scale vigilance.Scale, limits vigilance.Limits, closed map[session.SessionID]bool) []finding.Ground {
	var out []finding.Ground
	falls := map[int]vigilance.Alarm{} // that have not come back, by member
	for _, a := range vigilance.Find(t.weeks, scale, limits).Alarms {
		if !closed[t.meetings[a.Week].ID] {
			continue
		}
		if fall, was := falls[a.Member]; was && !t.backBetween(&fall, a.Week, scale.Within) {
			continue // who fell, to a low level or for several weeks, is asked about once
		}
		falls[a.Member] = a
		out = append(out, t.ground(&a))
	}
	return out
}

// backBetween tells whether a fall came back before a later alarm: a value of the
// member's within half a standard deviation of what was expected at its onset; of the
// whole group, a week without an alarm.
func (t *alarmTable) backBetween(fall *vigilance.Alarm, later int, within float64) bool {
	for _, week := range t.weeks[min(fall.Week+1, later):later] {
		if fall.Member < 0 {
			return true
		}
		if y := week[fall.Member]; y != nil && *y >= fall.Expected-within/2 {
			return true
		}
	}
	return false
}

// places returns all that stands out in a table's closed sessions by the widest limits.
func (t *alarmTable) places(scale vigilance.Scale, closed map[session.SessionID]bool) []finding.Ground {
	var out []finding.Ground
	for _, a := range vigilance.FindAll(t.weeks, scale, vigilance.Widest()).Alarms {
		if closed[t.meetings[a.Week].ID] {
			out = append(out, t.ground(&a))
		}
	}
	return out
}

// signsOf returns the grounds of signs in closed sessions, each where it begins, and all
// of them.
func signsOf(h *finding.History, closed map[session.SessionID]bool) (begun, all []finding.Ground) {
	w := &signsWalk{lines: map[Measure][][]float64{}, watched: watched{src: ofHistory{h}, scorers: map[Measure]*session.Scorer{}}}
	w.take(h.Group, held(h.Sessions))
	for i := range w.members {
		course := &w.members[i].course
		before := map[slipping.RuleID]bool{}
		for _, x := range course.Looks() {
			seat, rule := &course.Seats[x.Seat], finding.Rule(x.Rule)
			if !closed[seat.SessionID] || !slices.Contains(finding.Signs(), rule) {
				continue
			}
			lasts := before[x.Rule]
			before[x.Rule] = x.Met
			if !x.Met {
				continue
			}
			sign := finding.NewGround(rule, seat.SessionID, []session.MemberID{course.Member}, nil)
			all = append(all, sign)
			if !lasts {
				begun = append(begun, sign)
			}
		}
	}
	return begun, all
}
