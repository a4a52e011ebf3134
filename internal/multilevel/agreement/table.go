package agreement

import (
	"cmp"
	"math"
	"slices"

	"holon/internal/multilevel"
)

// Scale is the response scale that all items share: Low, Low+Step, …, High.
type Scale struct{ Low, High, Step float64 }

// mostOptions is the largest number of options; a 10 cm line read to the
// millimetre has 101.
const mostOptions = 1001

// tolerance is how far from a step, in steps, a rating may lie to count as that
// step: 0.1 has no exact double.
const tolerance = 1e-6

// Options returns A, the number of options, and whether there is such a scale.
func (s Scale) Options() (int, bool) {
	steps := s.High/s.Step - s.Low/s.Step
	whole := math.Round(steps)
	if !(s.Step > 0) || math.IsInf(s.Step, 0) || !(math.Abs(steps-whole) <= tolerance) || whole < 1 || whole >= mostOptions {
		return 0, false
	}
	// The step must be seen beside the ends, or options cannot be told apart.
	if s.Low+s.Step == s.Low || s.High-s.Step == s.High || s.Step < 0x1p-500 || s.Step > 0x1p500 {
		return 0, false
	}
	return int(whole) + 1, true
}

// category returns which option a rating is, from 0.
func (s Scale) category(y float64, options int) (int, bool) {
	steps := (y - s.Low) / s.Step
	c := math.Round(steps)
	if !(math.Abs(steps-c) <= tolerance) || c < 0 || c >= float64(options) {
		return 0, false
	}
	return int(c), true
}

// Row is one member's complete form: one rating of each item, keyed so that all
// items point the same way. An empty Member is a member of its own.
type Row struct {
	Group, Session, Member string
	Values                 []float64
}

// Table holds the forms of members in groups on one occasion of each group.
type Table struct {
	Scale    Scale
	Items    []string
	Rows     []Row
	Excluded multilevel.Exclusions
}

// Merge takes over the rows and exclusions of a table of the same items.
func (t *Table) Merge(other Table) {
	t.Rows = append(t.Rows, other.Rows...)
	t.Excluded.Merge(other.Excluded)
}

// block is one group's rows, from first up to but not including end.
type block struct {
	key        string
	first, end int
}

// size returns how many members the group has.
func (b block) size() int { return b.end - b.first }

// grid is a table in steps: whole numbers from 0 to options-1, on which sums of
// squares are exact. Items and rows stand in an order that depends on neither
// the order nor the names they came with (rows) or on the names only (items).
type grid struct {
	options int
	step    float64
	items   int
	place   []int   // place[k] is the place in the table of the grid's item k
	cells   []int64 // by row, then item
	squares []int64 // of each row: sum of its squared cells
	groups  []block
	sizes   []int // the different sizes of groups from 2 up, rising
}

// row returns one member's cells.
func (g *grid) row(i int) []int64 { return g.cells[i*g.items : (i+1)*g.items] }

// rows returns the number of members.
func (g *grid) rows() int { return len(g.squares) }

// fault returns what stands against a table as a whole.
func (t *Table) fault() multilevel.Reason {
	options, ok := t.Scale.Options()
	switch {
	case !ok:
		return BadScale
	case len(t.Items) == 0:
		return NoItems
	case len(t.Rows) == 0:
		return multilevel.NoData
	}
	// n^2 (A-1)^2 J bounds every sum of squares met.
	n, h := float64(len(t.Rows)), float64(options-1)
	if n*n*h*h*float64(len(t.Items)) > math.MaxInt64/4 {
		return TooLarge
	}
	session := map[string]string{}
	type person struct{ group, member string }
	seen := map[person]bool{}
	for _, row := range t.Rows {
		if len(row.Values) != len(t.Items) {
			return IncompleteRow
		}
		if was, ok := session[row.Group]; ok && was != row.Session {
			return SeveralSessions
		}
		session[row.Group] = row.Session
		if p := (person{row.Group, row.Member}); row.Member != "" {
			if seen[p] {
				return SeveralForms
			}
			seen[p] = true
		}
		for _, y := range row.Values {
			if math.IsNaN(y) || math.IsInf(y, 0) {
				return multilevel.NonFiniteRating
			}
			if _, ok := t.Scale.category(y, options); !ok {
				return RatingOffScale
			}
		}
	}
	return ""
}

// grid returns a table without fault in steps.
func (t *Table) grid() *grid {
	options, _ := t.Scale.Options()
	g := &grid{options: options, step: t.Scale.Step, items: len(t.Items)}
	for k := range t.Items {
		g.place = append(g.place, k)
	}
	slices.SortStableFunc(g.place, func(a, b int) int { return cmp.Compare(t.Items[a], t.Items[b]) })
	type line struct {
		group string
		cells []int64
	}
	lines := make([]line, len(t.Rows))
	for i, row := range t.Rows {
		cells := make([]int64, g.items)
		for k, at := range g.place {
			c, _ := t.Scale.category(row.Values[at], options)
			cells[k] = int64(c)
		}
		lines[i] = line{row.Group, cells}
	}
	slices.SortFunc(lines, func(a, b line) int {
		return cmp.Or(cmp.Compare(a.group, b.group), slices.Compare(a.cells, b.cells))
	})
	for i, l := range lines {
		if i == 0 || l.group != lines[i-1].group {
			g.groups = append(g.groups, block{key: l.group, first: i})
		}
		g.groups[len(g.groups)-1].end = i + 1
		square := int64(0)
		for _, c := range l.cells {
			square += c * c
		}
		g.cells, g.squares = append(g.cells, l.cells...), append(g.squares, square)
	}
	for _, b := range g.groups {
		if b.size() > 1 {
			g.sizes = append(g.sizes, b.size())
		}
	}
	slices.Sort(g.sizes)
	g.sizes = slices.Compact(g.sizes)
	return g
}

// variance returns the mean item variance of a sum of squares
// V = sum over items of n Σc² - (Σc)² among n members, in squared steps.
func (g *grid) variance(v int64, n int) float64 {
	return float64(v) / (float64(n) * float64(n-1) * float64(g.items))
}
