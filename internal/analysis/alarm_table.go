package analysis

import (
	"slices"

	"holon/internal/instrument"
	"holon/internal/multilevel/vigilance"
	"holon/internal/session"
)

// alarmTable is one measure of one group's members, about one therapist or none.
type alarmTable struct {
	group     session.GroupID
	therapist session.TherapistID
	measure   Measure
	members   []session.MemberID
	meetings  []*session.Session
	weeks     []vigilance.Week
}

// take makes the tables of one measure, one for each therapist. On a scale where
// more is worse values are turned, so that a fall is always for the worse.
func (w *alarmsWalk) take(g *session.Group, m Measure, meetings []*session.Session, lines []session.Series, worse bool) {
	at := map[session.SessionID]int{}
	for i, s := range meetings {
		at[s.ID] = i
	}
	first := len(w.tables)
	for _, line := range lines {
		k := slices.IndexFunc(w.tables[first:], func(t alarmTable) bool { return t.therapist == line.Unit.TherapistID })
		if k += first; k < first {
			k = len(w.tables)
			w.tables = append(w.tables, alarmTable{group: g.ID, therapist: line.Unit.TherapistID, measure: m, meetings: meetings, weeks: make([]vigilance.Week, len(meetings))})
		}
		t := &w.tables[k]
		t.members = append(t.members, line.Unit.MemberID)
		for i := range t.weeks {
			t.weeks[i] = append(t.weeks[i], nil)
		}
		for i := range line.Points {
			p := &line.Points[i]
			if n, ok := at[p.SessionID]; ok && p.Gap == session.GapNone {
				v := p.Value
				if worse {
					v = -v
				}
				t.weeks[n][len(t.members)-1] = &v
			}
		}
	}
}

// scales is what each measure is measured by, pooled over groups.
func (w *alarmsWalk) scales() map[Measure]vigilance.Scale {
	byMeasure := map[Measure][][]vigilance.Week{}
	for i := range w.tables {
		byMeasure[w.tables[i].measure] = append(byMeasure[w.tables[i].measure], w.tables[i].weeks)
	}
	out := map[Measure]vigilance.Scale{}
	for m, tables := range byMeasure {
		scale, rule := vigilance.ScaleOf(tables), w.watched.scorers[m].Rule()
		scale.Lowest, scale.Highest = rule.Min, rule.Max
		if rule.Direction == instrument.HigherWorse {
			scale.Lowest, scale.Highest = -rule.Max, -rule.Min
		}
		out[m] = scale
	}
	return out
}
