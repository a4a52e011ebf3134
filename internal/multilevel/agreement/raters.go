package agreement

import (
	"maps"
	"math"
	"slices"

	"holon/internal/multilevel"
)

// Cell is one rater's rating of one target. Cluster names what several targets
// have in common, such as the family of its members; it may be empty.
type Cell struct {
	Target, Cluster, Rater string
	Value                  float64
}

// Cells holds ratings of targets by raters and says what was left out.
type Cells struct {
	List     []Cell
	Excluded multilevel.Exclusions
}

// Merge takes over the cells and exclusions of others.
func (c *Cells) Merge(other Cells) {
	c.List = append(c.List, other.List...)
	c.Excluded.Merge(other.Excluded)
}

// Missing says what becomes of targets that not every rater rated.
type Missing string

// The policies. The empty one is RefuseMissing.
const (
	RefuseMissing Missing = "refuse"
	DropTargets   Missing = "drop_targets"
)

// square is a complete table of targets by raters, in units that no square
// overflows in: value = origin + cell 2^exp.
type square struct {
	targets, raters int // n and k
	cells           []float64
	exp             int
	noise           float64 // a cell may be off by this much through rounding before it came here
}

// tabulate makes the table, by target and rater name, of the targets that every
// rater rated; clusters counts the clusters they are in.
func tabulate(cells []Cell, policy Missing) (sq square, dropped, clusters int, reason multilevel.Reason) {
	raters := map[string]int{}
	type row struct {
		cluster string
		values  map[string]float64
	}
	rows := map[string]*row{}
	for _, c := range cells {
		if math.IsNaN(c.Value) || math.IsInf(c.Value, 0) {
			return sq, 0, 0, multilevel.NonFiniteRating
		}
		if rows[c.Target] == nil {
			rows[c.Target] = &row{c.Cluster, map[string]float64{}}
		}
		if _, twice := rows[c.Target].values[c.Rater]; twice {
			return sq, 0, 0, RepeatedCell
		}
		rows[c.Target].values[c.Rater] = c.Value
		raters[c.Rater]++
	}
	names := slices.Sorted(maps.Keys(raters))
	var values []float64
	among := map[string]bool{}
	for _, t := range slices.Sorted(maps.Keys(rows)) {
		if len(rows[t].values) < len(names) {
			dropped++
			continue
		}
		sq.targets++
		cluster := rows[t].cluster
		if cluster == "" {
			cluster = "\x00" + t
		}
		among[cluster] = true
		for _, r := range names {
			values = append(values, rows[t].values[r])
		}
	}
	sq.raters = len(names)
	sq.shift(values)
	switch {
	case len(cells) == 0:
		reason = multilevel.NoData
	case dropped > 0 && (policy != DropTargets || sq.targets == 0):
		reason = IncompleteTargets
	case sq.raters == 1:
		reason = OneRater
	case sq.targets == 1:
		reason = OneTarget
	case slices.Max(values) == slices.Min(values):
		reason = multilevel.NoVariation
	}
	return sq, dropped, len(among), reason
}

// shift sets the cells in their unit, from the lowest value.
func (sq *square) shift(values []float64) {
	if len(values) == 0 {
		return
	}
	lo, hi := slices.Min(values), slices.Max(values)
	half := 0
	if math.IsInf(hi-lo, 0) {
		half = 1 // the spread itself overflows: distances are taken between halves
	}
	if spread := math.Ldexp(hi, -half) - math.Ldexp(lo, -half); spread > 0 {
		sq.exp = math.Ilogb(spread) + half
	}
	for _, y := range values {
		sq.cells = append(sq.cells, math.Ldexp(math.Ldexp(y, -half)-math.Ldexp(lo, -half), half-sq.exp))
	}
	const epsilon = 0x1p-50 // a few units in the last place
	sq.noise = math.Ldexp(max(math.Abs(lo), math.Abs(hi))*epsilon, -sq.exp)
}
