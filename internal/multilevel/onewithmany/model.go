package onewithmany

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"slices"

	"holon/internal/multilevel/linear"
)

// layer is one part of the variance.
type layer int

// The layers; the last one is there with several sessions only.
const (
	therapist layer = iota
	relation
	lapse
)

// design is a model of one or both sides with two or three layers.
type design struct {
	sides    []Side
	layers   int
	measures [2]measure
	model    *linear.Model
}

// designOf returns the model of these sides.
func designOf(sides []Side, layers int, measures [2]measure) *design {
	d := &design{sides: sides, layers: layers, measures: measures, model: &linear.Model{}}
	for range sides {
		d.model.Columns = append(d.model.Columns, "mean")
	}
	for l := range layers {
		name := layerNames()[l]
		if len(sides) == 1 {
			d.model.Parameters = append(d.model.Parameters, name)
			d.model.Parts = append(d.model.Parts, linear.Variance(name, l))
			continue
		}
		at := 3 * l
		d.model.Parameters = append(d.model.Parameters, name+" by therapist", name+" by member", name+" together")
		d.model.Parts = append(d.model.Parts, linear.Matrix(name, at, at+1, at+2))
	}
	return d
}

// layerNames returns what a boundary is called by.
func layerNames() [3]string { return [3]string{"therapist", "relationship", "error"} }

// parameter returns the place of what two columns share of a layer.
func (d *design) parameter(l layer, a, b int) int {
	switch {
	case len(d.sides) == 1:
		return int(l)
	case a != b:
		return 3*int(l) + 2
	default:
		return 3*int(l) + a
	}
}

// line is one number of a block: the mean of the ratings of one side of a pair,
// times the root of their number, so that its error is that of one rating.
type line struct {
	column int // of the design's sides
	weight float64
	both   bool // the mean of sessions that both sides rated
	shape  int  // of the pair, within a therapist
	root   float64
}

// blocks reduces pairs to independent blocks. Within a pair the sessions that
// both rated, and those that one rated, have each their mean, and orthonormal
// contrasts in which nothing but error is left (Helmert). Among the pairs of one
// therapist that have the same numbers of sessions it goes on like that: their
// mean, and contrasts without the therapist's part. Together they hold all that
// the ratings say, with the same likelihood, and cost no more than their number.
func (d *design) blocks(pairs []pair) []linear.Block {
	r := &reduction{design: d, patterns: map[string]*linear.Pattern{}}
	for from := 0; from < len(pairs); {
		to := from + 1
		for to < len(pairs) && pairs[to].therapist == pairs[from].therapist {
			to++
		}
		r.therapist(pairs[from:to])
		from = to
	}
	return r.out
}

// reduction gathers blocks.
type reduction struct {
	*design

	patterns map[string]*linear.Pattern
	out      []linear.Block
}

// alike is pairs of one therapist with the same numbers of sessions.
type alike struct {
	lines []line
	y     [][]float64 // of every pair
}

// therapist adds the pairs of one therapist.
func (r *reduction) therapist(pairs []pair) {
	var shapes []*alike
	at := map[string]*alike{}
	for i := range pairs {
		lines, y := r.pair(&pairs[i])
		if len(lines) == 0 {
			continue
		}
		key := string(keyOf(lines))
		if at[key] == nil {
			at[key] = &alike{lines: lines}
			shapes = append(shapes, at[key])
		}
		at[key].y = append(at[key].y, y)
	}
	if len(shapes) == 0 {
		return
	}
	slices.SortFunc(shapes, func(a, b *alike) int { return bytes.Compare(keyOf(a.lines), keyOf(b.lines)) })
	var lines []line
	var y []float64
	for i, s := range shapes {
		k := float64(len(s.y))
		for l := range s.lines {
			x := s.lines[l]
			x.shape, x.root = i, math.Sqrt(k)
			column := make([]float64, len(s.y))
			for p := range s.y {
				column[p] = s.y[p][l]
			}
			lines, y = append(lines, x), append(y, sum(column)/x.root)
		}
		r.among(s)
	}
	r.out = append(r.out, linear.Block{Pattern: r.pattern(lines), Y: y})
}

// pair returns the lines of one pair, and adds the contrasts among its sessions.
func (r *reduction) pair(p *pair) (lines []line, y []float64) {
	for _, set := range r.sessions(p) {
		n := len(set.values[0])
		if n == 0 {
			continue
		}
		root := math.Sqrt(float64(n))
		for c, column := range set.columns {
			lines = append(lines, line{column: column, weight: root, both: len(set.columns) > 1})
			y = append(y, sum(set.values[c])/root)
		}
		r.contrasts(set)
	}
	return lines, y
}

// among adds the contrasts among pairs that are alike, as contrasts does among
// sessions.
func (r *reduction) among(s *alike) {
	sums := make([]float64, len(s.lines))
	for k := 1; k < len(s.y); k++ {
		b := linear.Block{Pattern: r.pattern(s.lines)}
		f := float64(k)
		for l := range s.lines {
			sums[l] += s.y[k-1][l]
			b.Y = append(b.Y, (sums[l]-f*s.y[k][l])/math.Sqrt(f*(f+1)))
		}
		r.out = append(r.out, b)
	}
}

// set is sessions of a pair in which the same sides rated.
type set struct {
	columns []int
	values  [][]float64 // of every column
}

// sessions sorts a pair's sessions by who rated, in the measures' units. Without
// a layer of errors there is one session.
func (r *reduction) sessions(p *pair) []set {
	if len(r.sides) == 1 {
		s := set{columns: []int{0}, values: make([][]float64, 1)}
		for _, v := range p.values(r.sides[0]) {
			s.values[0] = append(s.values[0], r.measures[r.sides[0]].unit(v))
		}
		return []set{s}
	}
	both := set{columns: []int{0, 1}, values: make([][]float64, 2)}
	alone := [2]set{{columns: []int{0}, values: make([][]float64, 1)}, {columns: []int{1}, values: make([][]float64, 1)}}
	for _, row := range p.rows {
		whole := row.Values[0] != nil && row.Values[1] != nil
		for s, v := range row.Values {
			switch {
			case v == nil:
			case whole:
				both.values[s] = append(both.values[s], r.measures[s].unit(*v))
			default:
				alone[s].values[0] = append(alone[s].values[0], r.measures[s].unit(*v))
			}
		}
	}
	return []set{both, alone[0], alone[1]}
}

// unit returns a rating in the measure's unit.
func (m *measure) unit(y float64) float64 { return (y - m.origin) / m.scale }

// sum adds numbers.
func sum(x []float64) float64 {
	var s float64
	for _, v := range x {
		s += v
	}
	return s
}

// contrasts adds what is left of a set's sessions beside its mean: with
// k = 1 ... n-1 the numbers (y_1 + ... + y_k - k y_k+1) / root(k (k+1)).
func (r *reduction) contrasts(s set) {
	n := len(s.values[0])
	sums := make([]float64, len(s.columns))
	for k := 1; k < n; k++ {
		b := linear.Block{Pattern: r.error(s.columns)}
		f := float64(k)
		for c := range s.columns {
			sums[c] += s.values[c][k-1]
			b.Y = append(b.Y, (sums[c]-f*s.values[c][k])/math.Sqrt(f*(f+1)))
		}
		r.out = append(r.out, b)
	}
}

// error returns the pattern of a contrast.
func (r *reduction) error(columns []int) *linear.Pattern {
	key := fmt.Sprint("error ", columns)
	p := r.patterns[key]
	if p == nil {
		p = linear.NewPattern(r.model, len(columns))
		for i, a := range columns {
			for j, b := range columns[:i+1] {
				p.Share(r.parameter(lapse, a, b), i, j, 1)
			}
		}
		r.patterns[key] = p
	}
	return p
}

// keyOf names lines that look alike.
func keyOf(lines []line) []byte {
	var key []byte
	for _, l := range lines {
		key = binary.AppendVarint(key, int64(l.shape))
		key = binary.AppendVarint(key, int64(l.column))
		key = binary.BigEndian.AppendUint64(key, math.Float64bits(l.weight))
		key = binary.BigEndian.AppendUint64(key, math.Float64bits(l.root))
		if l.both {
			key = append(key, 1)
		}
	}
	return key
}

// pattern returns what lines share; those that look alike share it. A root of
// zero stands for a contrast, from which the means and the therapist's part are
// gone.
func (r *reduction) pattern(lines []line) *linear.Pattern {
	key := string(keyOf(lines))
	if p := r.patterns[key]; p != nil {
		return p
	}
	p := linear.NewPattern(r.model, len(lines))
	for i, a := range lines {
		p.Mean(i, a.column, a.root*a.weight)
		for j, b := range lines[:i+1] {
			w := a.weight * b.weight
			p.Share(r.parameter(therapist, a.column, b.column), i, j, a.root*b.root*w)
			if a.shape != b.shape {
				continue
			}
			p.Share(r.parameter(relation, a.column, b.column), i, j, w)
			if r.layers == 3 && (i == j || (a.both && b.both)) {
				p.Share(r.parameter(lapse, a.column, b.column), i, j, 1)
			}
		}
	}
	r.patterns[key] = p
	return p
}
