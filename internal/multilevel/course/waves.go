package course

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/stat/distuv"

	"holon/internal/multilevel/rootfind"
)

// cell is one group in one session.
type cell struct {
	n    float64
	mean float64
	ss   float64 // sum of squares within
}

// waves holds the cells of all groups, by number of session.
type waves struct {
	numbers []int
	groups  [][]cell // by group, then place in numbers; n = 0 where there is none
}

// everyGroup lists the groups by number.
func everyGroup(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i
	}
	return out
}

// wavesOf lays sessions with at least two ratings side by side.
func wavesOf(groups []group) waves {
	var w waves
	used := map[int]bool{}
	for _, g := range groups {
		for _, s := range g.sessions {
			if len(s.value) > 1 && !used[s.number] {
				used[s.number] = true
				w.numbers = append(w.numbers, s.number)
			}
		}
	}
	slices.Sort(w.numbers)
	for _, g := range groups {
		cells := make([]cell, len(w.numbers))
		rated := false
		for _, s := range g.sessions {
			if len(s.value) < 2 {
				continue
			}
			rated = true
			k, _ := slices.BinarySearch(w.numbers, s.number)
			cells[k] = cellOf(s.value)
		}
		if rated {
			w.groups = append(w.groups, cells)
		}
	}
	return w
}

// still tells whether members of a group never differed in a session.
func (w *waves) still() bool {
	for _, cells := range w.groups {
		for _, c := range cells {
			if c.ss > 0 {
				return false
			}
		}
	}
	return true
}

// cellOf sums up the ratings of one group in one session.
func cellOf(values []float64) cell {
	c := cell{n: float64(len(values)), mean: mean(values)}
	for _, v := range values {
		c.ss += (v - c.mean) * (v - c.mean)
	}
	return c
}

// wave analyses one session's variance over the chosen groups.
func (w *waves) wave(k, number int, groups []int) Wave {
	out := Wave{Session: number}
	var n, squares, within, sum, means float64
	for _, g := range groups {
		c := w.groups[g][k]
		if c.n == 0 {
			continue
		}
		out.Groups++
		out.Ratings += int(c.n)
		n += c.n
		squares += c.n * c.n
		within += c.ss
		sum += c.n * c.mean
		means += c.mean
	}
	if out.Groups == 0 {
		return out
	}
	groupCount := float64(out.Groups)
	out.Mean = finite(means / groupCount)
	msw := within / (n - groupCount)
	out.Within = finite(msw)
	if out.Groups < 2 {
		return out
	}
	var between float64
	for _, g := range groups {
		if c := w.groups[g][k]; c.n > 0 {
			between += c.n * (c.mean - sum/n) * (c.mean - sum/n)
		}
	}
	msb := between / (groupCount - 1)
	n0 := (n - squares/n) / (groupCount - 1)
	if msb+msw > 0 {
		out.ICC = finite((msb - msw) / (msb + (n0-1)*msw))
	}
	return out
}

// jackknife estimates a slope and its uncertainty by leaving out one group after
// the other.
func (w *waves) jackknife(slope func(groups []int) *float64) Trend {
	all := everyGroup(len(w.groups))
	whole := slope(all)
	if whole == nil {
		return Trend{}
	}
	k := float64(len(all))
	t := Trend{Estimate: finite(*whole)}
	if len(all) < 2 {
		return t
	}
	var pseudo []float64
	for g := range all {
		part := slope(slices.Delete(slices.Clone(all), g, g+1))
		if part == nil {
			return t
		}
		pseudo = append(pseudo, k**whole-(k-1)**part)
	}
	m := mean(pseudo)
	var squares float64
	for _, p := range pseudo {
		squares += (p - m) * (p - m)
	}
	se := math.Sqrt(squares / (k - 1) / k)
	half := se * distuv.StudentsT{Mu: 0, Sigma: 1, Nu: k - 1}.Quantile(0.95)
	t.SE, t.Lower, t.Upper = finite(se), finite(*whole-half), finite(*whole+half)
	return t
}

// withinSlope solves the score equation of b with the intercepts profiled out,
//
//	sum_g [ (sum nu t s² e^(-bt))/(sum nu s² e^(-bt)) sum nu - sum nu t ] = 0,
//
// which falls in b. Groups without any variance, or with one session, say
// nothing of it. Nil where no b solves it.
func (w *waves) withinSlope(groups []int) *float64 {
	center := float64(w.numbers[0]+w.numbers[len(w.numbers)-1]) / 2
	score := func(b float64) float64 {
		var total float64
		for _, g := range groups {
			total += w.scoreOf(g, b, center)
		}
		return total
	}
	const steepest = 50.0 // e-folds from one session to the next
	low, high := -1.0, 1.0
	for score(low) <= 0 {
		if low *= 2; low < -steepest {
			return nil
		}
	}
	for score(high) >= 0 {
		if high *= 2; high > steepest {
			return nil
		}
	}
	return finite(rootfind.Brent(score, low, score(low), high, score(high)))
}

// scoreOf returns one group's part of the score equation.
func (w *waves) scoreOf(g int, b, center float64) float64 {
	// The largest exponent is taken out, so that nothing overflows.
	most := math.Inf(-1)
	for k, c := range w.groups[g] {
		if c.n > 0 && c.ss > 0 {
			most = max(most, math.Log(c.ss)-b*(float64(w.numbers[k])-center))
		}
	}
	if math.IsInf(most, -1) {
		return 0
	}
	var weight, moment, freedom, times float64
	for k, c := range w.groups[g] {
		if c.n == 0 {
			continue
		}
		t := float64(w.numbers[k]) - center
		freedom += c.n - 1
		times += (c.n - 1) * t
		if c.ss > 0 {
			x := math.Exp(math.Log(c.ss) - b*t - most)
			weight += x
			moment += x * t
		}
	}
	return moment/weight*freedom - times
}

// shareSlope is the slope of the sessions' ICCs, weighted by groups-1.
func (w *waves) shareSlope(groups []int) *float64 {
	return w.slope(groups, func(x Wave) (*float64, float64) { return x.ICC, float64(x.Groups - 1) })
}

// meanSlope is the slope of the sessions' means within groups: every group's own
// slope about its own mean, weighted by its spread of sessions.
func (w *waves) meanSlope(groups []int) *float64 {
	var xy, xx float64
	for _, g := range groups {
		var n, times, sum float64
		for k, c := range w.groups[g] {
			if c.n > 0 {
				n++
				times += float64(w.numbers[k])
				sum += c.mean
			}
		}
		for k, c := range w.groups[g] {
			if c.n > 0 {
				t := float64(w.numbers[k]) - times/n
				xx += t * t
				xy += t * (c.mean - sum/n)
			}
		}
	}
	if xx == 0 {
		return nil
	}
	return finite(xy / xx)
}

// slope is the weighted least-squares slope of a number over sessions; nil with
// fewer than two sessions that have it.
func (w *waves) slope(groups []int, value func(Wave) (*float64, float64)) *float64 {
	var n, times, sum float64
	var t, y, weight []float64
	for k, number := range w.numbers {
		v, wt := value(w.wave(k, number, groups))
		if v == nil || wt <= 0 {
			continue
		}
		t, y, weight = append(t, float64(number)), append(y, *v), append(weight, wt)
		n += wt
		times += wt * float64(number)
		sum += wt * *v
	}
	var xx, xy float64
	for i := range t {
		d := t[i] - times/n
		xx += weight[i] * d * d
		xy += weight[i] * d * (y[i] - sum/n)
	}
	if len(t) < 2 || xx == 0 {
		return nil
	}
	return finite(xy / xx)
}
