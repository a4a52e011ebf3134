package agreement

import "slices"

// moments are one group's sums, exact in whole steps.
type moments struct {
	n         int
	sum       []int64 // of each item
	variances []int64 // of each item: n Σc² - (Σc)²
	v         int64   // sum of these
	adM       int64   // sum over items of Σ|n c - Σc|
	adMd      int64   // sum over items of Σ|c - median|
	top, low  int64   // ratings at the highest and the lowest option
}

// momentsOf counts a group of two members or more.
func (g *grid) momentsOf(b block) moments {
	n := int64(b.size())
	m := moments{n: b.size(), sum: make([]int64, g.items), variances: make([]int64, g.items)}
	column := make([]int64, n)
	for k := range g.items {
		square := int64(0)
		for i := range column {
			c := g.row(b.first + i)[k]
			column[i] = c
			m.sum[k] += c
			square += c * c
			switch c {
			case 0:
				m.low++
			case int64(g.options - 1):
				m.top++
			}
		}
		m.variances[k] = n*square - m.sum[k]*m.sum[k]
		m.v += m.variances[k]
		slices.Sort(column)
		median := column[(n-1)/2] // any point between the middle two gives the same sum
		for _, c := range column {
			m.adM += distance(n*c, m.sum[k])
			m.adMd += distance(c, median)
		}
	}
	return m
}

// distance returns |a-b|.
func distance(a, b int64) int64 { return max(a-b, b-a) }

// rwg returns 1 - min(s²,E)/E (James, Demaree and Wolf 1984), and 1 - s²/E.
// Where the second is negative the first is 0.
func rwg(s2, e float64) (truncated, raw float64) {
	return 1 - min(s2, e)/e, 1 - s2/e
}

// rwgJ returns r_wg(J) = J(1-q)/(J(1-q)+q) with q the mean item variance over E,
// at most 1 (James, Demaree and Wolf 1984).
func rwgJ(meanVariance, e float64, items int) float64 {
	q := min(meanVariance, e) / e
	consensus := float64(items) * (1 - q)
	return consensus / (consensus + q)
}

// awg returns a_wg = 1 - 2 s²/{[(H+L)M - M² - HL] n/(n-1)} of one item (Brown and
// Hauenstein 2005), which with L = 0 and sums in place of means is
// 1 - 2V/(S(Hn - S)). It is 1 where all are at one end, and undefined unless
// H <= S <= H(n-1): nearer to an end the largest possible variance cannot be
// reached by any ratings.
func awg(v, sum int64, n, options int) (float64, bool) {
	h := int64(options - 1)
	most := h * int64(n)
	if sum == 0 || sum == most {
		return 1, true
	}
	if sum < h || sum > most-h {
		return 0, false
	}
	return 1 - 2*float64(v)/(float64(sum)*float64(most-sum)), true
}

// meanAWG returns the mean of a_wg over the items where it is defined, and how
// many these are.
func (g *grid) meanAWG(variances, sums []int64, n int) (mean float64, defined int) {
	for k := range sums {
		if a, ok := awg(variances[k], sums[k], n, g.options); ok {
			mean += a
			defined++
		}
	}
	if defined > 0 {
		mean /= float64(defined)
	}
	return mean, defined
}
