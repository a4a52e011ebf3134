package agreement

import (
	"fmt"
	"math"

	"holon/internal/caveat"
	"holon/internal/multilevel"
	"holon/internal/multilevel/fdist"
)

// The six forms of Shrout and Fleiss (1979): 1 raters are not the same for all
// targets, 2 raters are a sample and their own level counts as error, 3 these
// raters only and their own level does not count; 1 a single rating, k the mean
// of k.
const (
	ICC11 = "icc_1_1"
	ICC21 = "icc_2_1"
	ICC31 = "icc_3_1"
	ICC1K = "icc_1_k"
	ICC2K = "icc_2_k"
	ICC3K = "icc_3_k"
)

// ReliabilityOptions of RaterReliability. The zero value refuses targets with
// empty cells and gives 95 % intervals.
type ReliabilityOptions struct {
	Missing Missing
	Level   float64
}

// Reliability is how well raters tell targets apart. None of its forms is for
// members of groups: those are rated by different members, and ICC(1) and the
// reliability of group means of the group-level test are theirs.
type Reliability struct {
	Targets, Raters    int // n and k as used
	Dropped            int // targets with an empty cell, left out
	Excluded           []multilevel.Exclusion
	BMS, WMS, JMS, EMS *float64 // mean squares between and within targets, of raters, residual
	Forms              []Form   // in the order of the constants; empty where nothing was computed
	JudgesF            *float64 // JMS/EMS: do raters differ in level?
	JudgesP            *float64
	ICC2DF             *float64 // v, of the interval of icc_2_1
	Reason             multilevel.Reason
	Caveats            caveat.Set
}

// Form is one intraclass correlation.
type Form struct {
	Name     string
	Estimate *float64 // never cut at 0
	F        *float64 // BMS over the error of the model
	DF1, DF2 int
	P        *float64 // of no differences between targets
	CI       multilevel.Interval
}

// RaterReliability computes all six forms from a complete table of targets by
// raters (Shrout and Fleiss 1979, Psychological Bulletin 86, 420-428).
func RaterReliability(c *Cells, o ReliabilityOptions) Reliability {
	if o.Level == 0 {
		o.Level = 0.95
	}
	if !(o.Level > 0 && o.Level < 1) {
		panic("agreement: a level must lie between 0 and 1")
	}
	sq, dropped, clusters, reason := tabulate(c.List, o.Missing)
	r := Reliability{Targets: sq.targets, Raters: sq.raters, Dropped: dropped, Excluded: c.Excluded.List(), Reason: reason}
	if dropped > 0 && reason == "" {
		r.Caveats.Add("targets_dropped", fmt.Sprintf("%d targets were left out because not every rater rated them.", dropped))
	}
	if reason != "" {
		return r
	}
	ms := sq.meanSquares()
	r.write(&sq, ms)
	r.forms(ms, o.Level)
	if clusters < sq.targets {
		r.Caveats.Add("targets_not_independent", fmt.Sprintf(
			"The %d targets belong to %d clusters (sessions or members of one group), but the intervals and p values take them as independent: they are too narrow.",
			sq.targets, clusters))
	}
	return r
}

// meanSquares are those of the two-way table without replication, in its unit.
type meanSquares struct {
	n, k                          float64
	between, within, judge, error float64
}

// meanSquares computes the analysis of variance in two passes. What is no more
// than the rounding of the values that came in is zero.
func (sq *square) meanSquares() meanSquares {
	n, k := sq.targets, sq.raters
	rows, columns, grand := make([]float64, n), make([]float64, k), 0.0
	for i, y := range sq.cells {
		rows[i/k] += y / float64(k)
		columns[i%k] += y / float64(n)
	}
	for _, m := range rows {
		grand += m / float64(n)
	}
	var ssB, ssW, ssJ, ssE float64
	for i, y := range sq.cells {
		row, column := rows[i/k], columns[i%k]
		ssW += (y - row) * (y - row)
		ssE += (y - row - column + grand) * (y - row - column + grand)
	}
	for _, m := range rows {
		ssB += float64(k) * (m - grand) * (m - grand)
	}
	for _, m := range columns {
		ssJ += float64(n) * (m - grand) * (m - grand)
	}
	noise := float64(n*k) * max(sq.noise, 0x1p-50) * max(sq.noise, 0x1p-50)
	clean := func(ss float64) float64 {
		if ss <= noise {
			return 0
		}
		return ss
	}
	return meanSquares{
		n: float64(n), k: float64(k),
		between: clean(ssB) / float64(n-1), within: clean(ssW) / float64(n*(k-1)),
		judge: clean(ssJ) / float64(k-1), error: clean(ssE) / float64((n-1)*(k-1)),
	}
}

// write reports the mean squares in squared units of the ratings.
func (r *Reliability) write(sq *square, ms meanSquares) {
	for _, m := range []struct {
		to *(*float64)
		ms float64
	}{{&r.BMS, ms.between}, {&r.WMS, ms.within}, {&r.JMS, ms.judge}, {&r.EMS, ms.error}} {
		v := math.Ldexp(m.ms, 2*sq.exp)
		if math.IsInf(v, 0) || (v < 0x1p-1022 && m.ms > 0) {
			r.Caveats.Add("beyond_range", "Some mean squares are too large or too small to be written in the unit of the ratings.")
			continue
		}
		*m.to = &v
	}
}

// quotient returns a/b, nil where it is not a number.
func quotient(a, b float64) *float64 {
	q := a / b
	if b == 0 || math.IsNaN(q) || math.IsInf(q, 0) {
		return nil
	}
	return &q
}

// forms fills in the six forms and the raters' F.
func (r *Reliability) forms(ms meanSquares, level float64) {
	n, k, b, w, j, e := ms.n, ms.k, ms.between, ms.within, ms.judge, ms.error
	df1, dfW, dfE := n-1, n*(k-1), (n-1)*(k-1)
	one := testOf(b, w, df1, dfW)
	two := testOf(b, e, df1, dfE)
	low1, high1 := ms.limits(w, dfW, level)
	low3, high3 := ms.limits(e, dfE, level)
	icc2 := quotient(b-e, b+(k-1)*e+k*(j-e)/n)
	v, one2, mean2 := ms.limitsOfTwoWay(icc2, level)
	r.ICC2DF = v
	add := func(name string, estimate *float64, t Form, low, high *float64, method string) {
		t.Name, t.Estimate = name, estimate
		t.CI = multilevel.Interval{Level: level, Lower: low, Upper: high, Method: method}
		r.Forms = append(r.Forms, t)
	}
	const exact, satterthwaite = "f_exact", "satterthwaite"
	single := func(f *float64) *float64 { return single(f, k) }
	add(ICC11, quotient(b-w, b+(k-1)*w), one, single(low1), single(high1), exact)
	add(ICC21, icc2, two, one2.low, one2.high, satterthwaite)
	add(ICC31, quotient(b-e, b+(k-1)*e), two, single(low3), single(high3), exact)
	add(ICC1K, quotient(b-w, b), one, average(low1), average(high1), exact)
	add(ICC2K, meanOfTwoWay(b-e, b+(j-e)/n), two, mean2.low, mean2.high, satterthwaite)
	add(ICC3K, quotient(b-e, b), two, average(low3), average(high3), exact)
	r.JudgesF = quotient(j, e)
	if r.JudgesF != nil {
		r.JudgesP = new(fdist.Upper(*r.JudgesF, k-1, dfE))
	}
	r.reserve(ms)
}

// meanOfTwoWay returns ICC(2,k), which has no meaning where its denominator, an
// estimated variance of means, is not positive.
func meanOfTwoWay(a, b float64) *float64 {
	if b <= 0 {
		return nil
	}
	return quotient(a, b)
}

// testOf returns the F of targets against an error.
func testOf(between, within, df1, df2 float64) Form {
	f := Form{F: quotient(between, within), DF1: int(df1), DF2: int(df2)}
	if f.F != nil {
		f.P = new(fdist.Upper(*f.F, df1, df2))
	}
	return f
}

// reserve says what is odd about the table.
func (r *Reliability) reserve(ms meanSquares) {
	switch {
	case ms.within == 0:
		r.Caveats.Add("perfect_agreement", "All raters gave every target the same rating: F is infinite, and the correlations are 1 as a limit. Make sure that ratings were made independently.")
	case ms.error == 0:
		r.Caveats.Add("no_residual", "Raters differ by a constant only: F is infinite, and icc_3_1 and icc_3_k are 1 as a limit.")
	}
	if ms.between == 0 {
		r.Caveats.Add("targets_do_not_differ", "The targets' means are all equal, so the reliability of a mean is a division by zero.")
	}
	if ms.between > 0 && ms.between+(ms.judge-ms.error)/ms.n <= 0 {
		r.Caveats.Add("no_variance_of_means", "The variance of the targets' means is estimated below zero, so icc_2_k is not defined.")
	}
	for _, f := range r.Forms {
		if f.Estimate != nil && *f.Estimate < 0 {
			r.Caveats.Add("negative_icc", "Some correlations are negative: the targets' means differ less than chance would have them. They are reported as they are; as a share of variance they mean zero.")
			return
		}
	}
}
