package multilevel

import (
	"cmp"
	"math"
	"slices"
)

// table holds the ratings group by group, groups in the order of their keys,
// as distances z from the smallest rating in the unit of scale.
type table struct {
	keys   []string
	starts []int // group i is z[starts[i]:starts[i+1]]
	z      []float64
	span   float64 // largest z
	scale  scale
}

// tabulate sorts finite ratings into their groups. The origin is the smallest
// rating, so an offset common to all is gone before anything is squared, and
// the order of the rows has no say in it.
func tabulate(d OneWay, lo, hi float64) table {
	keys, starts, place := arrange(d.Group)
	t := table{keys: keys, starts: starts, z: make([]float64, len(d.Y)), scale: newScale(lo, hi)}
	t.span = t.scale.distance(hi)
	switch {
	case t.scale.exp != 0:
		for i, y := range d.Y {
			t.z[placeOf(place, i)] = t.scale.distance(y)
		}
	case place == nil:
		for i, y := range d.Y {
			t.z[i] = y - lo
		}
	default:
		for i, y := range d.Y {
			t.z[place[i]] = y - lo
		}
	}
	return t
}

// placeOf returns where row i goes; a nil place leaves every row where it is.
func placeOf(place []int, i int) int {
	if place == nil {
		return i
	}
	return place[i]
}

// extent returns the smallest and the largest value, and whether all are finite.
func extent(y []float64) (lo, hi float64, finite bool) {
	lo, hi = math.Inf(1), math.Inf(-1)
	for _, v := range y {
		if v-v != 0 {
			return 0, 0, false
		}
		if v < lo {
			lo = v
		}
		if v > hi {
			hi = v
		}
	}
	return lo, hi, true
}

// arrange returns the keys in order, where each group starts (one more entry
// closes the last), and the place of every row; a nil place means that the
// rows stand in order already. Rows keep their order within a group.
func arrange(group []string) (keys []string, starts, place []int) {
	if keys, starts, ok := ascendingRuns(group); ok {
		return keys, starts, nil
	}
	index := make(map[string]int)
	ids := make([]int, len(group))
	keys = keys[:0]
	current := 0
	for i, g := range group {
		if i == 0 || g != group[i-1] {
			id, seen := index[g]
			if !seen {
				id = len(keys)
				index[g] = id
				keys = append(keys, g)
			}
			current = id
		}
		ids[i] = current
	}
	order := make([]int, len(keys))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(keys[a], keys[b]) })
	return countingSort(keys, ids, order)
}

// countingSort turns group numbers by first appearance into sorted keys, starts and
// the place of each row (a counting sort).
func countingSort(keys []string, ids, order []int) (sorted []string, starts, place []int) {
	sorted = make([]string, len(keys))
	rank := make([]int, len(keys))
	for r, id := range order {
		sorted[r] = keys[id]
		rank[id] = r
	}
	starts = make([]int, len(keys)+1)
	for i, id := range ids {
		ids[i] = rank[id]
		starts[ids[i]+1]++
	}
	for r := range len(keys) {
		starts[r+1] += starts[r]
	}
	next := slices.Clone(starts)
	place = ids
	for i, r := range ids {
		place[i] = next[r]
		next[r]++
	}
	return sorted, starts, place
}

// ascendingRuns reads rows that come group after group in ascending order of
// the keys, which needs no map; ok is false as soon as they do not.
func ascendingRuns(group []string) (keys []string, starts []int, ok bool) {
	for i, g := range group {
		if i > 0 && g == group[i-1] {
			continue
		}
		if i > 0 && g < group[i-1] {
			return keys, nil, false
		}
		keys = append(keys, g)
		starts = append(starts, i)
	}
	return keys, append(starts, len(group)), true
}
