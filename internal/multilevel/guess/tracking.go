package guess

import (
	"math"

	"gonum.org/v1/gonum/stat/distuv"

	"holon/internal/multilevel"
	"holon/internal/multilevel/series"
)

// FewestWeeks is how many sessions with both values a correlation over weeks needs
// here. With fewer, r = .8 and r = 0 have intervals that overlap almost whole.
// Below ManyWeeks a caution belongs to it.
const (
	FewestWeeks = 6
	ManyWeeks   = 12
)

// The methods of the intervals of correlations.
const (
	MethodFisher = "fisher_z"
	MethodMeanZ  = "mean_fisher_z_t" // over members
)

// Correlation is Pearson's r with Fisher's interval tanh(atanh r ± q/√(n−3−k)), k
// lines over time having been taken out (Fisher 1924). It takes sessions as
// independent.
type Correlation struct {
	R      *float64
	CI     []multilevel.Interval // .95 before .90
	Reason multilevel.Reason
}

// Tracking says whether guesses move with answers from one session to the next.
// Raw is their correlation; Detrended is that of what is left once each has lost
// its least-squares line over the numbers of the sessions (a partial correlation):
// two lines that rise for reasons of their own correlate without any tracking.
type Tracking struct {
	N         int
	Raw       Correlation
	Detrended Correlation
}

// TrackingOf compares guesses with answers in the sessions of these numbers. All
// values must be finite and the lists of one length.
func TrackingOf(numbers, guesses, answers []float64) Tracking {
	if len(numbers) != len(guesses) || len(numbers) != len(answers) {
		panic("guess: numbers, guesses and answers differ in length")
	}
	out := Tracking{N: len(numbers)}
	if out.N < FewestWeeks {
		out.Raw.Reason, out.Detrended.Reason = FewWeeks, FewWeeks
		return out
	}
	g, a := centred(guesses), centred(answers)
	out.Raw = correlation(g, a, squares(g), squares(a), 0)
	line := centred(numbers)
	out.Detrended = correlation(without(g, line), without(a, line), squares(g), squares(a), 1)
	return out
}

// correlation returns r of centred values out of which so many lines were taken;
// wholeX and wholeY are the sums of squares before that.
func correlation(x, y []float64, wholeX, wholeY float64, lines int) Correlation {
	const least = 1e-20 // of a sum of squares: what rounding leaves of a line
	xx, yy := squares(x), squares(y)
	if !(xx > least*wholeX) || !(yy > least*wholeY) || math.IsInf(xx, 0) || math.IsInf(yy, 0) {
		return Correlation{Reason: NoVariation}
	}
	r := max(-1, min(1, dot(x, y)/math.Sqrt(xx)/math.Sqrt(yy)))
	out := Correlation{R: &r}
	df := float64(len(x) - 3 - lines)
	if df < 1 || math.Abs(r) == 1 {
		return out
	}
	for _, level := range levels() {
		half := distuv.UnitNormal.Quantile((1+level)/2) / math.Sqrt(df)
		out.CI = append(out.CI, multilevel.Interval{Level: level, Lower: new(math.Tanh(math.Atanh(r) - half)), Upper: new(math.Tanh(math.Atanh(r) + half)), Method: MethodFisher})
	}
	return out
}

// FewestPairs is how many members a mean over members needs for its interval.
const FewestPairs = 3

// MeanOf is the mean of members' correlations on Fisher's scale, with an interval
// by t over members, which asks nothing of the sessions of one member. A
// correlation of exactly ±1 has no place on that scale and is left out.
func MeanOf(r []float64) (mean Correlation, members int) {
	var z []float64
	for _, v := range r {
		if math.Abs(v) < 1 {
			z = append(z, math.Atanh(v))
		}
	}
	if len(z) < FewestPairs {
		return Correlation{Reason: FewPairs}, len(z)
	}
	d := DifferenceOf(z)
	mean = Correlation{R: new(math.Tanh(*d.Mean)), Reason: d.Reason}
	for _, ci := range d.CI {
		mean.CI = append(mean.CI, multilevel.Interval{Level: ci.Level, Lower: new(math.Tanh(*ci.Lower)), Upper: new(math.Tanh(*ci.Upper)), Method: MethodMeanZ})
	}
	return mean, len(z)
}

// centred returns values less their mean.
func centred(values []float64) []float64 {
	mean, _ := series.Moments(values)
	out := make([]float64, len(values))
	for i, v := range values {
		out[i] = v - mean
	}
	return out
}

// without returns what is left of centred values when a centred line is taken out.
func without(x, line []float64) []float64 {
	slope := 0.0
	if ll := squares(line); ll > 0 {
		slope = dot(x, line) / ll
	}
	out := make([]float64, len(x))
	for i := range x {
		out[i] = x[i] - slope*line[i]
	}
	return out
}

// squares is the sum of squares.
func squares(x []float64) float64 { return dot(x, x) }

// dot is the sum of products.
func dot(x, y []float64) (sum float64) {
	for i := range x {
		sum += x[i] * y[i]
	}
	return sum
}
