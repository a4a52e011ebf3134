package lagged

import (
	"math"
	"slices"

	"holon/internal/multilevel/clustered"
)

// kind says what a model takes out.
type kind struct {
	trend  bool // members' own lines, not their means alone
	others bool // what the others had in the earlier session
	gap    bool // the time between the sessions
}

// columns are the numbers of one model's pairs, effects of members taken out:
// the measure before, its own past, covariates, and last what follows.
type columns struct {
	pairs    []pair
	x        [][]float64
	y        []float64
	absorbed int
	cluster  []int

	residuals []float64         // once fitted
	influence []map[int]float64 // of each cluster on each slope
}

// value returns a measure: 0 for X, 1 for Y.
func (o *Occasion) value(of int) float64 {
	if of == 0 {
		return o.X
	}
	return o.Y
}

// columnsOf gathers the columns of a model from the measure from to the other.
func columnsOf(pairs []pair, from int, k kind) columns {
	var c columns
	for i := range pairs {
		if !k.others || !math.IsNaN(pairs[i].others[0]) {
			c.pairs = append(c.pairs, pairs[i])
		}
	}
	width := 2
	if k.others {
		width += 2
	}
	if k.gap {
		width++
	}
	c.x = make([][]float64, width)
	var member []int
	var time []float64
	for i := range c.pairs {
		p := &c.pairs[i]
		row := []float64{p.before.value(from), p.before.value(1 - from)}
		if k.others {
			row = append(row, p.others[from], p.others[1-from])
		}
		if k.gap {
			row = append(row, p.after.Time-p.before.Time)
		}
		for j, v := range row {
			c.x[j] = append(c.x[j], v)
		}
		c.y = append(c.y, p.after.value(1-from))
		c.cluster = append(c.cluster, p.cluster)
		member, time = append(member, p.member), append(time, p.after.Time)
	}
	c.absorbed = absorb(member, time, k.trend, append(slices.Clip(c.x), c.y)...)
	return c
}

// fit fits a model. units are those of the two measures.
func (c *columns) fit(from int, k kind, units [2]float64) Model {
	m := Model{Pairs: len(c.pairs)}
	for i := range c.pairs {
		if i == 0 || c.pairs[i].member != c.pairs[i-1].member {
			m.Members++
		}
	}
	f, why := clustered.Of(clustered.Design{Y: c.y, X: c.x, Cluster: c.cluster, Absorbed: c.absorbed})
	m.DF, m.Cluster, m.Reason = max(0, f.DF), f.Clusters, why
	c.residuals, c.influence = f.Residuals, f.Influence
	if why != "" {
		if why == clustered.FewRows {
			m.Reason = ShortCourses
		}
		return m
	}
	cross := units[1-from] / units[from]
	m.Before, m.Own = f.Coefficients[0].Times(cross), f.Coefficients[1]
	if k.others {
		m.OthersBefore, m.OthersNext = f.Coefficients[2].Times(cross), f.Coefficients[3]
	}
	if k.gap {
		m.Gap = f.Coefficients[len(f.Coefficients)-1].Times(units[1-from])
	}
	before := math.Sqrt(squares(c.x[0]))
	m.Standard = f.Coefficients[0].Times(before / math.Sqrt(f.TSS))
	free := math.Sqrt(float64(len(c.pairs) - c.absorbed))
	m.SDBefore, m.SDNext = finite(before/free*units[from]), finite(math.Sqrt(f.TSS)/free*units[1-from])
	return m
}

// squares returns the sum of squares.
func squares(v []float64) float64 {
	var sum float64
	for _, x := range v {
		sum += x * x
	}
	return sum
}

// finite returns a number that is one.
func finite(v float64) *float64 {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return nil
	}
	return &v
}
