package series

import (
	"math"
)

// Spread is how far values lie around the means of those they come from, pooled
// over all lines of a table.
type Spread struct {
	Lines  int // with at least two values
	Values int // in those lines

	// Within is the pooled within-line standard deviation
	//
	//	√( Σ_i Σ_t (y_it − ȳ_i)² / Σ_i (n_i − 1) )
	//
	// in points of the scale; nil without a line of two values. DF is the
	// denominator. A trend or a slow drift counts as spread.
	Within *float64
	DF     int

	// Successive is the same from differences of neighbours, which a slow drift
	// leaves alone:
	//
	//	√( Σ_i Σ_t (y_i,t+1 − y_it)² / (2 Σ_i (n_i − 1)) )
	//
	// (von Neumann, Kent, Bellinson & Hart 1941). Below Within where neighbours
	// are alike.
	Successive *float64

	// Between is the standard deviation of the lines' means with the part that
	// Within puts into them taken out,
	//
	//	√( max(0, Var(ȳ_i) − Within²·mean(1/n_i)) )
	//
	// over all lines with a value; nil with fewer than two of them.
	Between *float64
	Means   int // lines with a value

	Mean *float64 // of the lines' means; nil without a value
}

// SpreadOf pools the spread of lines, each the values of one person or pair in
// order. Lines may be empty. All values must be finite.
func SpreadOf(lines [][]float64) Spread {
	var out Spread
	var within, successive, inverse float64
	var means []float64
	for _, line := range lines {
		if len(line) == 0 {
			continue
		}
		mean, squares := Moments(line)
		means = append(means, mean)
		inverse += 1 / float64(len(line))
		if len(line) < 2 {
			continue
		}
		out.Lines++
		out.Values += len(line)
		out.DF += len(line) - 1
		within += squares
		for t := 1; t < len(line); t++ {
			d := line[t] - line[t-1]
			successive += d * d
		}
	}
	out.Means = len(means)
	if out.DF > 0 {
		out.Within = new(math.Sqrt(within / float64(out.DF)))
		out.Successive = new(math.Sqrt(successive / (2 * float64(out.DF))))
	}
	if len(means) == 0 {
		return out
	}
	mean, squares := Moments(means)
	out.Mean = &mean
	if len(means) > 1 && out.Within != nil {
		k := float64(len(means))
		out.Between = new(math.Sqrt(max(0, squares/(k-1)-*out.Within**out.Within*inverse/k)))
	}
	return out
}

// Moments returns the mean of at least one value and the sum of squares around
// it, by two passes over values shifted by the first.
func Moments(values []float64) (mean, squares float64) {
	shift := values[0]
	for _, v := range values {
		mean += (v - shift) / float64(len(values))
	}
	for _, v := range values {
		d := v - shift - mean
		squares += d * d
	}
	return shift + mean, squares
}
