package analysis

import (
	"maps"
	"math"
	"slices"
	"time"

	"holon/internal/multilevel/vigilance"
	"holon/internal/session"
)

// comparisons adds up how many comparisons a table has in each calendar week, named by
// the day on which it begins.
func (t *alarmTable) comparisons(into map[session.Date]float64) {
	for i, week := range t.weeks {
		n := 0
		for _, y := range week {
			if y != nil {
				n++
			}
		}
		if n > 0 {
			into[monday(t.meetings[i].HeldOn)] += float64(vigilance.Comparisons(n))
		}
	}
}

// monday is the day on which a date's week begins.
func monday(d session.Date) session.Date {
	at, err := time.Parse(time.DateOnly, string(d))
	if err != nil {
		return d // a restored document's date is one
	}
	return session.Date(at.AddDate(0, 0, -(int(at.Weekday())+6)%7).Format(time.DateOnly))
}

// average is the mean of weeks that have any; 0 of none.
func average(weeks map[session.Date]float64) float64 {
	all := 0.0
	for _, d := range slices.Sorted(maps.Keys(weeks)) {
		all += weeks[d]
	}
	return all / math.Max(1, float64(len(weeks)))
}

// weeksIn returns the weeks of one, empty at first.
func weeksIn[K comparable](of map[K]map[session.Date]float64, key K) map[session.Date]float64 {
	if of[key] == nil {
		of[key] = map[session.Date]float64{}
	}
	return of[key]
}

// averages returns the mean of everyone's weeks.
func averages[K comparable](of map[K]map[session.Date]float64) map[K]float64 {
	out := make(map[K]float64, len(of))
	for key, weeks := range of {
		out[key] = average(weeks)
	}
	return out
}

// caseloads is how many comparisons there are in an average week in which a group met:
// of every group, and of all groups of every therapist. Groups one after the other
// are not added up.
type caseloads struct {
	groups     map[session.GroupID]float64
	therapists map[session.TherapistID]float64
}

// caseloads adds up those of all tables.
func (w *alarmsWalk) caseloads() caseloads {
	groups, therapists := map[session.GroupID]map[session.Date]float64{}, map[session.TherapistID]map[session.Date]float64{}
	for i := range w.tables {
		t := &w.tables[i]
		t.comparisons(weeksIn(groups, t.group))
		for _, id := range w.therapists[t.group] {
			t.comparisons(weeksIn(therapists, id))
		}
	}
	return caseloads{groups: averages(groups), therapists: averages(therapists)}
}

// of is how many comparisons share the budget of a group: those of the largest
// caseload of its therapists, and its own at least: somebody bears them, whoever leads
// it.
func (l *caseloads) of(g session.GroupID, therapists []session.TherapistID) float64 {
	load := l.groups[g]
	for _, id := range therapists {
		load = max(load, l.therapists[id])
	}
	return load
}
