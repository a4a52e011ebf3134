package main

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"holon/internal/multilevel"
)

// weekly is a kind of data of members over sessions within groups whose truth
// is known: latent ratings of variance one, of which parts belong to groups and,
// in the proportions 5 : 1 : 4, to members, sessions and the residual, answered
// on a scale.
type weekly struct {
	groups, seats, sessions int
	open                    bool    // seats change hands, and people miss sessions
	group                   float64 // latent part of the groups
	scale                   scale
}

// leaving and absent are what an open group is like: the chance that a seat
// changes hands between two sessions, and that its holder misses one.
const (
	leaving = 0.15
	absent  = 0.15
)

// label names the kind of groups.
func (w *weekly) label() string {
	if w.open {
		return "open"
	}
	return "closed"
}

// parts returns the latent variances of member, session and residual.
func (w *weekly) parts() (member, session, residual float64) {
	rest := 1 - w.group
	return 0.5 * rest, 0.1 * rest, 0.4 * rest
}

// answered returns the covariance of two answers whose latent ratings correlate
// by r, and the variance of one.
func (w *weekly) answered(r float64) (covariance, variance float64) {
	s := scenario{latent: r, scale: w.scale}
	t := s.truth()
	return t.between, t.between + t.within
}

// shares returns the truth about the answers: the group's share of the variance,
// and the part S/(S+e) of week-to-week movement that members share. The variances
// of levels are what the covariances of answers that share them exceed each other by.
func (w *weekly) shares() (group, weather float64) {
	member, session, _ := w.parts()
	g, total := w.answered(w.group)
	withMember, _ := w.answered(w.group + member)
	withSession, _ := w.answered(w.group + session)
	s := withSession - g
	return g / total, s / (total - withMember)
}

// draw returns one data set.
func (w *weekly) draw(rng *rand.Rand) []multilevel.Row {
	member, session, residual := w.parts()
	thresholds := w.scale.thresholds()
	var out []multilevel.Row
	for g := range w.groups {
		ofGroup := math.Sqrt(w.group) * rng.NormFloat64()
		holders, came := make([]float64, w.seats), 0
		names := make([]string, w.seats)
		seat := func(i int) {
			came++
			holders[i], names[i] = math.Sqrt(member)*rng.NormFloat64(), fmt.Sprintf("m%03d", came)
		}
		for i := range holders {
			seat(i)
		}
		for s := range w.sessions {
			week := ofGroup + math.Sqrt(session)*rng.NormFloat64()
			for i := range holders {
				if w.open && s > 0 && rng.Float64() < leaving {
					seat(i)
				}
				y := week + holders[i] + math.Sqrt(residual)*rng.NormFloat64()
				if w.open && rng.Float64() < absent {
					continue
				}
				if thresholds != nil {
					k, _ := slices.BinarySearch(thresholds, y)
					y = float64(k + 1)
				}
				out = append(out, multilevel.Row{Group: fmt.Sprintf("g%03d", g), Member: names[i], Session: fmt.Sprint(s + 1), Value: y})
			}
		}
	}
	return out
}

// naive returns the p values of the two tests that Holon refuses: the one-way F
// of all ratings and that of the members' means.
func naive(rows []multilevel.Row) (ratings, means *float64) {
	type person struct{ group, member string }
	sum, count := map[person]float64{}, map[person]float64{}
	var order []person
	for _, r := range rows {
		p := person{r.Group, r.Member}
		if count[p] == 0 {
			order = append(order, p)
		}
		sum[p] += r.Value
		count[p]++
	}
	var d multilevel.OneWay
	for _, p := range order {
		d.Group, d.Y = append(d.Group, p.group), append(d.Y, sum[p]/count[p])
	}
	return multilevel.TestGroupLevel(multilevel.OneWayOf(rows), multilevel.Options{}).ANOVA.P, multilevel.TestGroupLevel(d, multilevel.Options{}).ANOVA.P
}
