package lagged

import (
	"math"

	"holon/internal/multilevel/rootfind"
)

// Bias returns by how much the own slope of a first-order autoregression r is
// missed with members' means taken out, in the limit of many members with n
// pairs each (Nickell 1981, Econometrica 49, 1417-1426, equation 18):
//
//	A = 1 - (1 - rⁿ)/(n(1 - r))
//	bias = -(1 + r)/(n - 1) · A / (1 - 2r/((1 - r)(n - 1)) · A)
//
// r lies between -1 and 1, both excluded, and n is 2 at least; NaN otherwise.
// With two pairs it is -(1 + r)/2.
func Bias(r float64, n int) float64 {
	if !(r > -1 && r < 1) || n < 2 {
		return math.NaN()
	}
	t := float64(n)
	a := 1 - (1-math.Pow(r, t))/(t*(1-r))
	return -(1 + r) / (t - 1) * a / (1 - 2*r/((1-r)*(t-1))*a)
}

// mostRegression is how near to one an autoregression is looked for.
const mostRegression = 0.999

// nickellOf returns the bias of a model's own slope: that of the autoregression
// which would give, on average, the slope that was found.
func nickellOf(pairs []pair, found *float64) Nickell {
	members, repeated := map[int]int{}, 0
	for i := range pairs {
		members[pairs[i].member]++
	}
	total := 0
	for _, n := range members {
		if n > 1 {
			repeated++
			total += n
		}
	}
	if repeated == 0 || found == nil {
		return Nickell{}
	}
	mean := float64(total) / float64(repeated)
	n := int(math.Round(mean))
	out := Nickell{PairsPerMember: &mean}
	miss := func(r float64) float64 { return r + Bias(r, n) - *found }
	low, high := miss(-mostRegression), miss(mostRegression)
	if !(low <= 0) || !(high >= 0) {
		return out
	}
	r := rootfind.Brent(miss, -mostRegression, low, mostRegression, high)
	out.Corrected, out.Bias = &r, new(Bias(r, n))
	return out
}
