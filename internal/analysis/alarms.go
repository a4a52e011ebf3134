package analysis

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"

	"holon/internal/dyad"
	"holon/internal/fault"
	"holon/internal/finding"
	"holon/internal/instrument"
	"holon/internal/multilevel"
	"holon/internal/multilevel/vigilance"
	"holon/internal/outcome"
	"holon/internal/session"
)

// budgeting is a source that knows what the practice has set.
type budgeting interface {
	// AlarmBudget is how many false alarms one therapist bears in a week.
	AlarmBudget() float64
}

// budgetOf is the budget that is asked for, or else the practice's, or else the
// default.
func budgetOf(src Source, ask *Ask) float64 {
	set := 0.0
	if from, ok := src.(budgeting); ok {
		set = from.AlarmBudget()
	}
	return cmp.Or(ask.Budget, set, vigilance.Default)
}

// Alarms lists who stood out in a week, in what members say of the alliance and of
// themselves, with limits that a budget of false alarms gives; beside it, how many
// alarms chance gives and what is missed. Errors are those of GroupLevel.
func Alarms(ctx context.Context, src Source, ask Ask) (Report, error) {
	var faults fault.List
	ask.check(&faults, src)
	w := &alarmsWalk{answered: answeredOf(src, finding.Alarms()), walk: newWalk(src, &ask), ask: &ask, src: src, watched: watched{src: src, scorers: map[Measure]*session.Scorer{}}}
	w.watched.only = ask.Measures
	for i, m := range ask.Measures {
		if !w.watched.fits(m) {
			faults.Add(fmt.Sprintf("/measures/%d", i), "no_series_of_members", "Alarms are about an alliance or an outcome, answered by members. Name scores of these.")
		}
	}
	if err := faults.Err(); err != nil {
		return Report{}, err
	}
	visit := func(g *session.Group, sessions []*session.Session) error {
		if err := w.visit(g, sessions); err != nil {
			return err
		}
		return w.answered.read(ctx, src, g, held(sessions))
	}
	if err := w.walk.each(ctx, []instrument.Level{instrument.Alliance, instrument.Outcome}, visit); err != nil {
		return Report{}, err
	}
	w.walk.damaged = append(w.walk.damaged, w.answered.left()...)
	slices.Sort(w.walk.damaged)
	r := Report{Outcome: "alliance, outcomes", Data: w.walk.data, Caveats: w.walk.remarks()}
	result := w.result()
	r.Result = result
	var err error
	if r.Counts, r.Input, err = w.counts(); err != nil {
		return Report{}, err
	}
	if len(w.tables) == 0 {
		result.Reason = multilevel.NoData
		r.Caveats.Add(string(multilevel.NoData), multilevel.NoData.Sentence())
		return r, nil
	}
	r.Caveats.Add("alarms_by_chance", result.price())
	r.Caveats.Add("alarms_are_questions", "An alarm says that a value is unlike what went before and what the others did. It says neither why nor that something is wrong.")
	r.Caveats.Add("skewed_scales", "Near the end of a scale, and where neighbouring weeks are alike, there are more false alarms than the budget allows: up to about two and a half times as many.")
	return r, nil
}

// alarmsWalk gathers tables.
type alarmsWalk struct {
	walk *walk
	ask  *Ask
	src  Source

	watched    watched
	tables     []alarmTable
	therapists map[session.GroupID][]session.TherapistID
	answered   *answered // nil where the source knows no findings
}

// visit takes one group.
func (w *alarmsWalk) visit(g *session.Group, sessions []*session.Session) error {
	all := held(sessions)
	meetings := make([]*session.Session, len(all))
	for i, s := range all {
		meetings[i] = headed(s)
	}
	for _, m := range w.watched.in(all, instrument.Alliance, instrument.Outcome) {
		scorer := w.watched.scorers[m]
		read := dyad.AllianceSeries
		if scorer.Level() == instrument.Outcome {
			read = outcome.Series
		}
		w.take(g, m, meetings, read(*scorer, all), scorer.Rule().Direction == instrument.HigherWorse)
	}
	if w.therapists == nil {
		w.therapists = map[session.GroupID][]session.TherapistID{}
	}
	for _, s := range g.TherapistSpells {
		if s.Role != session.Substitute && !slices.Contains(w.therapists[g.ID], s.TherapistID) {
			w.therapists[g.ID] = append(w.therapists[g.ID], s.TherapistID)
		}
	}
	return nil
}

// headed is a session without its ratings.
func headed(s *session.Session) *session.Session {
	out := *s
	out.Ratings = session.Ratings{}
	return &out
}

// result finds the alarms.
func (w *alarmsWalk) result() *AlarmsResult {
	r := &AlarmsResult{Budget: budgetOf(w.src, w.ask), Answering: w.answered.of(0)}
	loads, scales := w.caseloads(), w.scales()
	least, pooled := math.Inf(1), false
	for i := range w.tables {
		t := &w.tables[i]
		if !slices.ContainsFunc(t.members, w.ask.wantsMember) {
			continue
		}
		limits := vigilance.LimitsOf(r.Budget, loads.of(t.group, w.therapists[t.group]))
		found := vigilance.Find(t.weeks, scales[t.measure], limits)
		comparisons := w.compared(t, &found)
		r.Comparisons += comparisons
		r.ByChance += float64(comparisons) * limits.P
		least = min(least, limits.P)
		pooled = pooled || scales[t.measure].Within > 0
		for _, a := range found.Alarms {
			if a.Member < 0 || w.ask.wantsMember(t.members[a.Member]) {
				r.All = append(r.All, w.alarm(t, &a))
			}
		}
	}
	slices.SortFunc(r.All, func(a, b Alarm) int {
		return cmp.Or(cmp.Compare(a.Group, b.Group), cmp.Compare(a.Number, b.Number), cmp.Compare(a.Member, b.Member), cmp.Compare(a.Instrument, b.Instrument),
			cmp.Compare(a.Score, b.Score), cmp.Compare(a.Therapist, b.Therapist), cmp.Compare(a.Rule, b.Rule))
	})
	if !math.IsInf(least, 1) && least > 0 {
		r.P = &least
		r.see(least, pooled)
	}
	return r
}

// see says how many falls are seen; where there is no spread within members, the rule
// that would see them has nothing to measure by.
func (a *AlarmsResult) see(p float64, pooled bool) {
	for k := range 3 {
		seen := DropSeen{SDs: k + 1}
		if pooled {
			seen.Share = vigilance.Limits{P: p}.Seen(float64(k+1), seenAfter, seenBeside)
		}
		a.Seen = append(a.Seen, seen)
	}
}

// compared is how many comparisons were made of the members who are asked about, and
// of their group, so that what chance gives goes with what is listed.
func (w *alarmsWalk) compared(t *alarmTable, found *vigilance.Watch) int {
	n := found.Group
	for i, of := range found.Members {
		if w.ask.wantsMember(t.members[i]) {
			n += of
		}
	}
	return n
}

// seenAfter and seenBeside are the earlier values and the others of the member for
// whom it is said how often a fall is seen.
const (
	seenAfter  = 8
	seenBeside = 7
)

// alarm describes one alarm in the scale's own direction.
func (w *alarmsWalk) alarm(t *alarmTable, a *vigilance.Alarm) Alarm {
	rule := w.watched.scorers[t.measure].Rule()
	s := t.meetings[a.Week]
	out := Alarm{
		Group: string(t.group), Therapist: string(t.therapist), Session: string(s.ID), Number: s.Number, HeldOn: string(s.HeldOn),
		Instrument: t.measure.Instrument.String(), Score: t.measure.Score, Title: rule.Title, Rule: a.Rule, Value: a.Value, Expected: a.Expected, Z: a.Z,
	}
	if a.Member >= 0 {
		out.Member = string(t.members[a.Member])
	}
	if rule.Direction == instrument.HigherWorse {
		out.Value, out.Expected, out.Z = -a.Value, 0-a.Expected, -a.Z
	}
	out.Done = w.answered.about(t.group, session.MemberID(out.Member), s.HeldOn, func(f *finding.Finding) bool {
		return f.SessionID == s.ID && slices.Contains(finding.Alarms(), f.Rule) && f.Course != nil &&
			f.Course.Instrument == t.measure.Instrument && f.Course.Score == t.measure.Score && f.Course.TherapistID == t.therapist
	})
	return out
}

// counts counts what went in.
func (w *alarmsWalk) counts() (Counts, Input, error) {
	groups, members, sessions := map[session.GroupID]bool{}, map[session.MemberID]bool{}, map[session.SessionID]bool{}
	var c Counts
	var hashed canonical
	for i := range w.tables {
		t := &w.tables[i]
		groups[t.group] = true
		for n, week := range t.weeks {
			for k, y := range week {
				if y == nil {
					continue
				}
				c.Ratings++
				members[t.members[k]], sessions[t.meetings[n].ID] = true, true
				hashed.add(string(t.group), string(t.therapist), t.measure.Instrument.String(), t.measure.Score, string(t.members[k]), string(t.meetings[n].ID), *y)
			}
		}
	}
	var excluded multilevel.Exclusions
	excluded.Add(ruleDamaged, len(w.walk.damaged))
	c.Groups, c.Members, c.Sessions, c.Excluded = len(groups), len(members), new(len(sessions)), excluded.List()
	in, err := hashed.input()
	return c, in, err
}
