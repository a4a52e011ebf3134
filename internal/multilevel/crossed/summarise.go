package crossed

import (
	"math"
	"runtime"
	"slices"
	"sync/atomic"

	"holon/internal/parallel"
)

// Table holds ratings in long form, in any order of rows. Codes of members and
// sessions may be local to their group or global: a code means its unit within
// the group only. Session is nil where a member's ratings share no occasion with
// another member's; a member may then have several ratings.
type Table struct {
	Group, Member, Session []int32
	Y                      []float64
}

// Summarise reads a table once and keeps what every fit needs, which is less than
// one kilobyte for a group of 8 members by 20 sessions. Rows that stand together
// by group are read in place; others are sorted by number first.
func Summarise(t Table) (*Summary, error) {
	n := len(t.Y)
	switch {
	case n == 0:
		return nil, NoData
	case n > math.MaxInt32:
		return nil, TooManyRatings
	case len(t.Group) != n, len(t.Member) != n, t.Session != nil && len(t.Session) != n:
		return nil, UnequalColumns
	}
	lo, hi, ok := rangeOf(t.Y)
	if !ok {
		return nil, NonFiniteRating
	}
	sc, _ := scale{origin: t.Y[0]}.widened(lo, hi, true)
	runs := runsOf(t.Group)
	if !together(t.Group, runs) {
		t = sortRows(t)
		runs = runsOf(t.Group)
	}
	batches := chunks(runs, n)
	failed := make([]error, len(batches))
	out := make([]batch, len(batches))
	var next atomic.Int64
	work := func() {
		var y tally
		for {
			i := int(next.Add(1)) - 1
			if i >= len(batches) {
				return
			}
			out[i], failed[i] = y.read(t, runs[batches[i][0]:batches[i][1]+1], sc)
		}
	}
	inParallel(min(len(batches), runtime.GOMAXPROCS(0)), work)
	g := newGatherer(t.Session != nil)
	g.reserve(len(runs) - 1)
	units := 0
	for i := range out {
		if failed[i] != nil {
			return nil, failed[i]
		}
		units += len(out[i].units)
	}
	out[0].units = slices.Grow(out[0].units, units-len(out[0].units))
	out[0].sums = slices.Grow(out[0].sums, units-len(out[0].sums))
	for i := range out {
		g.take(&out[i])
	}
	return g.finish(sc)
}

// inParallel runs work in so many goroutines, in this one if there is but one.
func inParallel(workers int, work func()) {
	if workers <= 1 {
		work()
		return
	}
	var group parallel.Group
	for range workers {
		group.Go(work)
	}
	group.Wait()
}

// rangeOf returns the smallest and the largest rating, and whether all are finite.
func rangeOf(y []float64) (lo, hi float64, ok bool) {
	lo, hi = y[0], y[0]
	for _, v := range y {
		if !(v-v == 0) {
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

// runsOf returns where each run of one group code starts, and the number of rows.
func runsOf(group []int32) []int32 {
	count := 1
	for i := 1; i < len(group); i++ {
		if group[i] != group[i-1] {
			count++
		}
	}
	runs := make([]int32, 1, count+1)
	for i := 1; i < len(group); i++ {
		if group[i] != group[i-1] {
			runs = append(runs, int32(i))
		}
	}
	return append(runs, int32(len(group))) //nolint:gosec // likewise
}

// together says whether every group is one run.
func together(group, runs []int32) bool {
	codes := make([]int32, len(runs)-1)
	for i := range codes {
		codes[i] = group[runs[i]]
	}
	if !slices.IsSorted(codes) {
		slices.Sort(codes)
	}
	return len(slices.Compact(codes)) == len(runs)-1
}

// sortRows returns the table with the rows of a group together, in the order in
// which they stood.
func sortRows(t Table) Table {
	codes := slices.Clone(t.Group)
	slices.Sort(codes)
	codes = slices.Compact(codes)
	number := make(map[int32]int32, len(codes))
	for i, c := range codes {
		number[c] = int32(i)
	}
	start := make([]int32, len(codes)+1)
	for _, c := range t.Group {
		start[number[c]+1]++
	}
	for i := 1; i < len(start); i++ {
		start[i] += start[i-1]
	}
	n := len(t.Y)
	out := Table{Group: make([]int32, n), Member: make([]int32, n), Y: make([]float64, n)}
	if t.Session != nil {
		out.Session = make([]int32, n)
	}
	for i, c := range t.Group {
		k := number[c]
		to := start[k]
		start[k]++
		out.Group[to], out.Member[to], out.Y[to] = c, t.Member[i], t.Y[i]
		if t.Session != nil {
			out.Session[to] = t.Session[i]
		}
	}
	return out
}

// chunks cuts the runs into pieces of about as many rows each; where they are cut
// depends on the table only.
func chunks(runs []int32, rows int) [][2]int {
	const least = 1 << 13
	var out [][2]int
	from := 0
	for i := 1; i < len(runs); i++ {
		if runs[i]-runs[from] >= least || int(runs[i]) == rows {
			out = append(out, [2]int{from, i})
			from = i
		}
	}
	return out
}

// read counts the groups between the given starts.
func (t *tally) read(from Table, runs []int32, sc scale) (batch, error) {
	rows := int(runs[len(runs)-1] - runs[0])
	t.shared, t.scale, t.batch = from.Session != nil, sc, batch{}
	t.groups = make([]counted, 0, len(runs)-1)
	units := rows / 4
	if !t.shared {
		units = rows
	}
	t.units, t.sums, t.words = make([]int32, 0, units), make([]float64, 0, units), make([]uint64, 0, units)
	var session []int32
	for i := range runs[:len(runs)-1] {
		lo, hi := runs[i], runs[i+1]
		if t.shared {
			session = from.Session[lo:hi]
		}
		if err := t.add(from.Group[lo], from.Member[lo:hi], session, from.Y[lo:hi]); err != nil {
			return batch{}, err
		}
	}
	return t.batch, nil
}

// Builder makes a Summary from groups that arrive one after the other, so that
// the ratings of one group at a time are in memory. The same groups in another
// order give the same summary but for rounding.
type Builder struct {
	gatherer *gatherer
	tally    tally
	scale    scale
	lo, hi   float64
	rows     int
}

// NewBuilder returns a builder of groups whose members share sessions, or of
// groups whose members have ratings of their own.
func NewBuilder(sessions bool) *Builder {
	return &Builder{gatherer: newGatherer(sessions), tally: tally{shared: sessions}}
}

// NewTotaller returns a builder of groups whose members share sessions that keeps of
// complete tables the sums of squares of their shape alone, and of others no code:
// nothing of the summary can be predicted. Two groups of one code are not found out.
func NewTotaller() *Builder {
	b := NewBuilder(true)
	b.gatherer.pooling = &pooling{}
	return b
}

// Add takes all ratings of one group; session is nil for a builder without
// sessions. Nothing of the arguments is kept. A group that is refused leaves the
// builder as it was.
func (b *Builder) Add(group int32, member, session []int32, y []float64) error {
	n := len(y)
	switch {
	case n == 0:
		return NoData
	case n > math.MaxInt32-b.rows:
		return TooManyRatings
	case len(member) != n, b.tally.shared && len(session) != n, !b.tally.shared && session != nil:
		return UnequalColumns
	}
	lo, hi, ok := rangeOf(y)
	if !ok {
		return NonFiniteRating
	}
	before := *b
	if b.rows == 0 {
		b.scale.origin, b.lo, b.hi = y[0], lo, hi
	}
	settled := b.hi > b.lo && b.rows > 0
	b.lo, b.hi = min(b.lo, lo), max(b.hi, hi)
	next, changed := b.scale.widened(b.lo, b.hi, !settled)
	b.tally.scale = next
	kept := b.tally.batch
	b.tally.batch = batch{groups: kept.groups[:0], units: kept.units[:0], sums: kept.sums[:0], words: kept.words[:0]}
	if err := b.tally.add(group, member, session, y); err != nil {
		b.scale, b.lo, b.hi = before.scale, before.lo, before.hi
		return err
	}
	if changed {
		b.gatherer.rescale(b.scale.exp - next.exp)
	}
	b.scale = next
	if !b.gatherer.pooled(&b.tally.batch) {
		b.gatherer.take(&b.tally.batch)
	}
	if b.rows == 0 && b.gatherer.pooling == nil {
		b.tally.batch = batch{} // the gatherer keeps the memory of the first
	}
	b.rows += n
	return nil
}

// rescale multiplies what was gathered by 2^exp.
func (g *gatherer) rescale(exp int) {
	for i := range g.data.mean {
		g.data.mean[i] = math.Ldexp(g.data.mean[i], exp)
		g.data.ss[i] = math.Ldexp(g.data.ss[i], 2*exp)
	}
	for i := range g.data.sums {
		g.data.sums[i] = math.Ldexp(g.data.sums[i], exp)
	}
	if g.pooling != nil {
		g.pooling.rescale(exp)
	}
}

// Finish returns the summary; the builder must not be used afterwards.
func (b *Builder) Finish() (*Summary, error) { return b.gatherer.finish(b.scale) }
