package linear

// entry is one number of a symmetric matrix, above or below the diagonal alike.
type entry struct {
	row, col int
	value    float64
}

// Pattern is what blocks that look alike share: how many ratings they have, the
// columns of their means and the matrices of the parameters. Blocks that point
// to the same pattern share the work.
type Pattern struct {
	rows int
	x    [][]float64 // of every column, one number per rating
	v    [][]entry   // of every parameter
}

// NewPattern returns the pattern of blocks of so many ratings in a model; its
// means and covariances are zero until they are set.
func NewPattern(m *Model, rows int) *Pattern {
	p := &Pattern{rows: rows, x: make([][]float64, len(m.Columns)), v: make([][]entry, len(m.Parameters))}
	for c := range p.x {
		p.x[c] = make([]float64, rows)
	}
	return p
}

// Mean sets what a rating has of a column.
func (p *Pattern) Mean(row, column int, value float64) { p.x[column][row] = value }

// Share adds to what two ratings, or a rating with itself, share of a
// parameter; the order of the two does not matter.
func (p *Pattern) Share(parameter, row, col int, value float64) {
	if value == 0 {
		return
	}
	p.v[parameter] = append(p.v[parameter], entry{row, col, value})
	if row != col {
		p.v[parameter] = append(p.v[parameter], entry{col, row, value})
	}
}

// Block is the ratings of one therapist or group, in the order of its pattern.
type Block struct {
	Pattern *Pattern
	Y       []float64
}

// times returns V z for the matrix of one parameter and a table z of rows by
// width.
func times(v []entry, z []float64, rows, width int) []float64 {
	out := make([]float64, rows*width)
	for _, e := range v {
		to, from := out[e.row*width:(e.row+1)*width], z[e.col*width:(e.col+1)*width]
		for i, f := range from {
			to[i] += e.value * f
		}
	}
	return out
}

// covariance returns V at theta.
func (p *Pattern) covariance(theta []float64) []float64 {
	out := make([]float64, p.rows*p.rows)
	for k, list := range p.v {
		if theta[k] == 0 {
			continue
		}
		for _, e := range list {
			out[e.row*p.rows+e.col] += theta[k] * e.value
		}
	}
	return out
}
