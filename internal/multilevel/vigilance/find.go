package vigilance

import (
	"math"
)

// Week is what the members of a group said in one week; nil where a member said
// nothing. Members keep their places.
type Week []*float64

// Alarm is a rule that was met in a week. Member is -1 of the whole group.
type Alarm struct {
	Week, Member int
	Rule         RuleID
	Value        float64 // of the group: the mean shift
	Expected     float64 // by what went before, and what the others did; of the group zero
	Z            float64 // in standard errors
}

// Watch is one look through a group's weeks.
type Watch struct {
	Alarms  []Alarm
	Members []int // comparisons made of each member, by all rules over all weeks
	Group   int   // of the whole group
}

// Comparisons is how many were made in all.
func (w *Watch) Comparisons() int {
	all := w.Group
	for _, n := range w.Members {
		all += n
	}
	return all
}

// member is what is known of a member before a week.
type member struct {
	n       int
	mean    float64
	squares float64
	low     bool // already alarmed as low, in an unbroken run
}

// add takes a value (Welford 1962).
func (m *member) add(y float64) {
	m.n++
	d := y - m.mean
	m.mean += d / float64(m.n)
	m.squares += d * (y - m.mean)
}

// Find looks through a group's weeks, each with what went before it alone:
//
//	e = y − ȳ_own − mean over others (y_j − ȳ_j),   z = e / (s √(1 + 1/n + Σ(1 + 1/n_j)/m²))
//
// with what is expected, y − e, no farther than the ends of the scale.
// Drop is met if z with s = Within lies below the normal limit, OwnDrop, from four
// earlier values on, if z with the member's own standard deviation lies below that
// of Student's t, both only where y lies below ȳ_own as well: that others rose is nobody's
// fall; LowLevel if y lies below the normal limit of all values of all
// members, for the first time in a row; Together if the mean shift of at least two
// members lies below its limit, with the lowest of them and without, and then no
// member has an alarm in that week. A
// member without others who said something is compared with its own mean alone.
// Where a spread is zero or unknown its rule finds nothing. With P = 0 nothing is
// found.
func Find(weeks []Week, s Scale, l Limits) Watch { return find(weeks, s, l, false) }

// FindAll is Find with the members' alarms beside the group's, and a low level in every
// week that it lasts: all that stands out by these limits.
func FindAll(weeks []Week, s Scale, l Limits) Watch { return find(weeks, s, l, true) }

// find is Find, or FindAll.
func find(weeks []Week, s Scale, l Limits, all bool) Watch {
	var out Watch
	if !(l.P > 0) {
		return out
	}
	places := width(weeks)
	out.Members = make([]int, places)
	known, at := make([]member, places), quantiles{limits: l, z: l.z()}
	for t, week := range weeks {
		w := look{all: all, week: week, known: known, scale: s, limits: &at, at: t, watch: &out}
		alarms := w.members()
		group, together := w.together()
		if together {
			out.Alarms = append(out.Alarms, group)
		}
		if !together || all {
			out.Alarms = append(out.Alarms, alarms...)
		}
		for i, y := range week {
			if y != nil {
				known[i].add(*y)
			}
		}
	}
	return out
}

// quantiles are the limits' own, each computed once.
type quantiles struct {
	limits Limits
	z      float64
	byDF   []float64 // of Student's t; zero where it was not asked for yet
}

// t is the limit of Student's t.
func (q *quantiles) t(df int) float64 {
	for len(q.byDF) <= df {
		q.byDF = append(q.byDF, 0)
	}
	if q.byDF[df] == 0 {
		q.byDF[df] = q.limits.t(df)
	}
	return q.byDF[df]
}

// look is one week.
type look struct {
	all    bool
	week   Week
	known  []member
	scale  Scale
	limits *quantiles
	at     int
	watch  *Watch // counts comparisons
}

// shifts adds up how far everybody but one member lies from their own means, and the
// variance of that mean in units of Within squared.
func (w *look) shifts(but int) (mean, variance float64, others int) {
	for j, y := range w.week {
		if j == but || y == nil || w.known[j].n == 0 {
			continue
		}
		mean += *y - w.known[j].mean
		variance += 1 + 1/float64(w.known[j].n)
		others++
	}
	if others > 0 {
		mean /= float64(others)
		variance /= float64(others * others)
	}
	return mean, variance, others
}

// members returns the alarms of single members.
func (w *look) members() []Alarm {
	var out []Alarm
	for i, y := range w.week {
		if y == nil {
			continue
		}
		m := &w.known[i]
		if m.n > 0 {
			shift, variance, _ := w.shifts(i)
			expected := w.scale.within(m.mean + shift)
			unit := math.Sqrt(1 + 1/float64(m.n) + variance)
			out = w.dropped(out, i, *y, expected, unit)
		}
		out = w.lowered(out, i, *y)
	}
	return out
}

// dropped adds the alarms of the two rules about drops.
func (w *look) dropped(out []Alarm, i int, y, expected, unit float64) []Alarm {
	m := &w.known[i]
	if w.scale.Within > 0 {
		w.watch.Members[i]++
		if z := (y - expected) / (w.scale.Within * unit); z <= w.limits.z && y < m.mean {
			return append(out, Alarm{Week: w.at, Member: i, Rule: Drop, Value: y, Expected: expected, Z: z})
		}
	}
	if own := math.Sqrt(m.squares / float64(max(1, m.n-1))); m.n >= FewestOwn && own > 0 {
		w.watch.Members[i]++
		if z := (y - expected) / (own * unit); z <= w.limits.t(m.n-1) && y < m.mean {
			return append(out, Alarm{Week: w.at, Member: i, Rule: OwnDrop, Value: y, Expected: expected, Z: z})
		}
	}
	return out
}

// lowered adds the alarm of a low level, once in a row.
func (w *look) lowered(out []Alarm, i int, y float64) []Alarm {
	spread := math.Sqrt(w.scale.Between*w.scale.Between + w.scale.Within*w.scale.Within + w.scale.Weather*w.scale.Weather)
	if !(spread > 0) {
		return out
	}
	m := &w.known[i]
	w.watch.Members[i]++
	z := (y - w.scale.Mean) / spread
	low := z <= w.limits.z
	if low && (!m.low || w.all) {
		out = append(out, Alarm{Week: w.at, Member: i, Rule: LowLevel, Value: y, Expected: w.scale.Mean, Z: z})
	}
	m.low = low
	return out
}

// together returns the alarm of the whole group, if there is one.
func (w *look) together() (Alarm, bool) {
	mean, variance, members := w.shifts(-1)
	se := math.Sqrt(variance*w.scale.Within*w.scale.Within + w.scale.Weather*w.scale.Weather)
	if members < 2 || !(se > 0) {
		return Alarm{}, false
	}
	w.watch.Group++
	z := mean / se
	return Alarm{Week: w.at, Member: -1, Rule: Together, Value: mean, Z: z}, z <= w.limits.z && w.fellWithout(w.lowest())
}

// lowest returns the member who lies farthest below the own mean.
func (w *look) lowest() int {
	at, least := -1, math.Inf(1)
	for i, y := range w.week {
		if y != nil && w.known[i].n > 0 && *y-w.known[i].mean < least {
			at, least = i, *y-w.known[i].mean
		}
	}
	return at
}

// fellWithout tells whether the rest fell together, too, so that one member's fall is
// not taken for the group's.
func (w *look) fellWithout(member int) bool {
	mean, variance, others := w.shifts(member)
	se := math.Sqrt(variance*w.scale.Within*w.scale.Within + w.scale.Weather*w.scale.Weather)
	return others > 0 && mean/se <= w.limits.z
}

// FindAnyDrop finds every value that lies a point or more below the member's one
// before, for comparison with what the rules find.
func FindAnyDrop(weeks []Week) []Alarm {
	var out []Alarm
	last := map[int]float64{}
	for t, week := range weeks {
		for i, y := range week {
			if y == nil {
				continue
			}
			if before, ok := last[i]; ok && before-*y >= 1 {
				out = append(out, Alarm{Week: t, Member: i, Rule: AnyDrop, Value: *y, Expected: before})
			}
			last[i] = *y
		}
	}
	return out
}
