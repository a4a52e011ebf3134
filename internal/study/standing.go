package study

import (
	"context"
	"slices"
)

// Standing says what stands behind the numbers of one release, as [Contributions] do, in
// lists of which a part at a time is in memory: for each measure and each release they
// are as long as the study has people.
type Standing struct {
	Measures []MeasureStanding // in the order of their names
}

// MeasureStanding is what stands behind the numbers of one measure, or behind what is
// missing of it, or behind attendance.
type MeasureStanding struct {
	Measure        string // see [MeasureName] and [Attendance]
	People, Groups Homes
}

// Homes are what is of therapy groups, and what is of families and couples.
type Homes struct{ Therapy, Families List }

// List lists contributions in the order of whose they are.
type List struct {
	Len    int
	SHA256 string // of what is in it, by who keeps it; empty where it is not known

	// Part reads its i-th part, none after the last; nil of an empty list.
	Part func(ctx context.Context, i int) ([]Contribution, error)
}

// Listed is a list in memory.
func Listed(all []Contribution) List {
	if len(all) == 0 {
		return List{}
	}
	return List{Len: len(all), Part: func(_ context.Context, i int) ([]Contribution, error) {
		if i > 0 {
			return nil, nil
		}
		return all, nil
	}}
}

// Standing returns contributions as lists to compare.
func (c *Contributions) Standing() *Standing {
	out := &Standing{}
	for _, m := range c.Measures {
		out.Measures = append(out.Measures, MeasureStanding{Measure: m.Measure, People: homes(m.People), Groups: homes(m.Groups)})
	}
	return out
}

// homes are lists of what is in memory.
func homes(list []Contribution) Homes {
	therapy, families := ByHome(list)
	return Homes{Therapy: Listed(therapy), Families: Listed(families)}
}

// SaysModels tells whether comparisons of therapy models are among the release's numbers.
func (s *Standing) SaysModels() bool { return s.measure(Models) != nil }

// SaysMissing tells whether numbers of what is missing of a measure are among the
// release's.
func (s *Standing) SaysMissing(measure string) bool { return s.exactly(missing(measure)) != nil }

// Equal tells whether the same rows stand behind both. It fails where a list cannot be read.
func (s *Standing) Equal(ctx context.Context, o *Standing) (bool, error) {
	failed := reads(ctx)
	same := slices.EqualFunc(s.Measures, o.Measures, func(x, y MeasureStanding) bool { return x.Measure == y.Measure && failed.sameRows(&x, &y) })
	return same, failed.err
}

// measure returns what a release has of a measure, or of the same of another occasion:
// the rows may be the same.
func (s *Standing) measure(name string) *MeasureStanding {
	if m := s.exactly(name); m != nil {
		return m
	}
	for i := range s.Measures {
		if m := &s.Measures[i]; withoutOccasion(m.Measure) == withoutOccasion(name) {
			return m
		}
	}
	return nil
}

// exactly returns what a release has of a measure.
func (s *Standing) exactly(name string) *MeasureStanding {
	for i := range s.Measures {
		if s.Measures[i].Measure == name {
			return &s.Measures[i]
		}
	}
	return nil
}

// beside lists a release and the earlier ones that it is compared with. One that has a
// measure at several occasions, of which the new one names another or none, stands there
// once with each of them.
func (s *Standing) beside(earlier []*Standing) []*Standing {
	out := []*Standing{s}
	for _, e := range earlier {
		alike := map[string]int{} // of measures without their occasion, that have no exact match
		for i := range e.Measures {
			if s.exactly(e.Measures[i].Measure) == nil {
				alike[withoutOccasion(e.Measures[i].Measure)]++
			}
		}
		times := 1
		for _, n := range alike {
			times = max(times, n)
		}
		for k := range times {
			one, seen := &Standing{}, map[string]int{}
			for i := range e.Measures {
				name := withoutOccasion(e.Measures[i].Measure)
				if s.exactly(e.Measures[i].Measure) == nil {
					seen[name]++
					if seen[name]-1 != k%alike[name] {
						continue
					}
				}
				one.Measures = append(one.Measures, e.Measures[i])
			}
			out = append(out, one)
		}
	}
	return out
}
