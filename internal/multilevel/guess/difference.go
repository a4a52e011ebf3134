package guess

import (
	"math"

	"gonum.org/v1/gonum/stat/distuv"

	"holon/internal/multilevel"
	"holon/internal/multilevel/series"
)

// The methods of the intervals of a mean of differences.
const (
	MethodT    = "paired_t"
	MethodLag1 = "paired_t_lag_1" // widened for neighbours that are alike
)

// Difference is a mean of differences, with Student's interval: mean ± t(df)·SE.
type Difference struct {
	N      int
	Mean   *float64 // nil without a difference
	SD     *float64 // nil with fewer than two
	SE     *float64
	DF     float64
	Alike  *float64              // of OverWeeks: the correlation of neighbours that the interval was widened for
	CI     []multilevel.Interval // .95 before .90; none where the spread is zero or unknown
	Reason multilevel.Reason     // why there is no interval
}

// DifferenceOf returns the mean of independent differences, all of which must be
// finite, with SE = s/√n and n−1 degrees of freedom. Its numbers are those of
// t.test in R.
func DifferenceOf(d []float64) Difference {
	out := Difference{N: len(d), DF: float64(max(0, len(d)-1))}
	if len(d) == 0 {
		out.Reason = NoPairs
		return out
	}
	mean, squares := series.Moments(d)
	out.Mean = &mean
	if len(d) == 1 {
		out.Reason = OneValue
		return out
	}
	sd := math.Sqrt(squares / out.DF)
	se := sd / math.Sqrt(float64(len(d)))
	out.SD, out.SE = &sd, &se
	if !(sd > 0) || math.IsInf(sd, 0) {
		out.Reason = NoVariation
		return out
	}
	out.interval(MethodT)
	return out
}

// interval puts the interval around the mean.
func (d *Difference) interval(method string) {
	t := distuv.StudentsT{Sigma: 1, Nu: d.DF}
	d.CI = nil
	for _, level := range levels() {
		half := t.Quantile((1+level)/2) * *d.SE
		d.CI = append(d.CI, multilevel.Interval{Level: level, Lower: new(*d.Mean - half), Upper: new(*d.Mean + half), Method: method})
	}
}

// The limits of the correction of OverWeeks.
const (
	mostAlike = .8
	leastDF   = 2
)

// OverWeeks is DifferenceOf of differences in the order of their sessions, with the
// interval widened as far as neighbours are alike. With r1 = Σ e_t e_t+1/Σ e_t²
// around the mean, r = r1 + (1 + 4·r1)/n takes out most of what short lists hide
// of it (Kendall 1954, Biometrika 41, 403-404) and is kept between 0 and .8;
// f = (1+r)/(1−r), SE = s/√n·√f, df = n/f − 1, at least 2 (effective numbers:
// Bayley and Hammersley 1946, JRSS Supplement 8, 184-197). A gap in between is
// passed over as if it were none.
func OverWeeks(d []float64) Difference {
	out := DifferenceOf(d)
	if out.CI == nil {
		return out
	}
	n, sum, whole := float64(len(d)), 0.0, 0.0
	for t := range d {
		e := d[t] - *out.Mean
		whole += e * e
		if t > 0 {
			sum += e * (d[t-1] - *out.Mean)
		}
	}
	r1 := sum / whole
	r := min(mostAlike, max(0, r1+(1+4*r1)/n))
	out.Alike = &r
	if !(r > 0) {
		return out
	}
	f := (1 + r) / (1 - r)
	*out.SE *= math.Sqrt(f)
	out.DF = min(out.DF, max(leastDF, n/f-1))
	out.interval(MethodLag1)
	return out
}

// levels are the levels of intervals.
func levels() []float64 { return []float64{.95, .90} }
