package agreement

import (
	"context"
	"slices"
)

// law is the distribution of V = sum over items of n Σc² - (Σc)² under a null:
// the values it takes, rising, and the probability of each or a smaller one.
type law struct {
	values []int64
	below  []float64
	mean   float64
}

// slack lets a probability of .05 be .05 after rounding.
const slack = 1e-12

// critical returns the largest value that is reached or passed from above with
// at most this probability; false where there is none.
func (l *law) critical(level float64) (v int64, attained float64, ok bool) {
	k, _ := slices.BinarySearchFunc(l.below, level*(1+slack), func(p, level float64) int {
		if p <= level {
			return -1
		}
		return 1
	})
	if k == 0 {
		return 0, 0, false
	}
	return l.values[k-1], l.below[k-1], true
}

// upTo returns P(V <= v).
func (l *law) upTo(v int64) float64 {
	k, found := slices.BinarySearch(l.values, v)
	if found {
		return min(1, l.below[k])
	}
	if k == 0 {
		return 0
	}
	return min(1, l.below[k-1])
}

// mostWork is how many multiplications an exact law may cost.
const mostWork = 2e8

// exactWork returns how many multiplications the exact laws of one item up to
// size n cost.
func exactWork(n, options int) float64 {
	h, a := float64(options/2), float64(options)
	work := 0.0
	for i := range n {
		work += (2*float64(i)*h + 1) * (float64(i)*h*h + 1) * a
	}
	return work
}

// exactLaws returns the laws of one item of groups of these rising sizes, each
// of the multinomial counts of n ratings: the joint distribution of sum and sum
// of squares is built up rating by rating, and both are whole numbers, so that
// equal variances are found equal. It stops when ctx ends.
func exactLaws(ctx context.Context, null Null, sizes []int) ([]law, error) {
	n := sizes[len(sizes)-1]
	options := len(null.Proportions)
	h := options / 2 // categories are counted from the middle one, -h to h
	sums, squares := 2*n*h+1, n*h*h+1
	now, next := make([]float64, sums*squares), make([]float64, sums*squares)
	now[n*h*squares] = 1
	var laws []law
	for i := 1; i <= n; i++ {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		clear(next)
		for s := -(i - 1) * h; s <= (i-1)*h; s++ {
			from := now[(s+n*h)*squares:][:(i-1)*h*h+1]
			for c, p := range null.Proportions {
				if p == 0 {
					continue
				}
				d := c - h
				to := next[(s+d+n*h)*squares+d*d:][:len(from)]
				for q, mass := range from {
					to[q] += float64(mass * p)
				}
			}
		}
		now, next = next, now
		if slices.Contains(sizes, i) {
			laws = append(laws, collect(now, i, n*h, squares, h))
		}
	}
	return laws, nil
}

// collect turns the joint distribution after i ratings into the law of
// V = i Σd² - (Σd)².
func collect(joint []float64, i, middle, squares, h int) law {
	mass := make([]float64, i*i*h*h+1)
	for s := -i * h; s <= i*h; s++ {
		for q, p := range joint[(s+middle)*squares:][:i*h*h+1] {
			if p > 0 {
				mass[i*q-s*s] += p
			}
		}
	}
	var l law
	sum := 0.0
	for v, p := range mass {
		if p > 0 {
			sum += p
			l.values, l.below = append(l.values, int64(v)), append(l.below, sum)
			l.mean += float64(v) * p
		}
	}
	return l
}

// drawnLaw is the law of draws, which it sorts.
func drawnLaw(draws []int64) law {
	slices.Sort(draws)
	var l law
	for i, v := range draws {
		l.mean += float64(v) / float64(len(draws))
		if i+1 < len(draws) && draws[i+1] == v {
			continue
		}
		l.values, l.below = append(l.values, v), append(l.below, float64(i+1)/float64(len(draws)))
	}
	return l
}
