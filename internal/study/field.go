package study

import "math/bits"

// fieldSize is a prime, 2^61 − 1: numbers below it can be added, multiplied and
// divided without rounding.
const fieldSize = 1<<61 - 1

// sumOf adds two numbers of the field.
func sumOf(a, b uint64) uint64 {
	if s := a + b; s < fieldSize {
		return s
	}
	return a + b - fieldSize
}

// minus subtracts in the field.
func minus(a, b uint64) uint64 { return sumOf(a, fieldSize-b%fieldSize) }

// product multiplies in the field.
func product(a, b uint64) uint64 {
	high, low := bits.Mul64(a, b)
	return sumOf(low&fieldSize, (high<<3|low>>61)%fieldSize)
}

// inverse is 1/a, by Fermat's little theorem.
func inverse(a uint64) uint64 {
	out := uint64(1)
	for e := uint64(fieldSize - 2); e > 0; e >>= 1 {
		if e&1 == 1 {
			out = product(out, a)
		}
		a = product(a, a)
	}
	return out
}

// basis is a set of independent vectors in reduced echelon form.
type basis struct {
	vectors [][]uint64
	pivots  []int
}

// rest is what is left of a vector when the basis' directions are taken out: zero
// of one that is a combination of them.
func (b *basis) rest(v []uint64) []uint64 {
	out := append([]uint64(nil), v...)
	for i, w := range b.vectors {
		if f := out[b.pivots[i]]; f != 0 {
			for k := range out {
				out[k] = minus(out[k], product(f, w[k]))
			}
		}
	}
	return out
}

// add takes the rest of a vector that is no combination of the others.
func (b *basis) add(rest []uint64) {
	p := pivotOf(rest)
	f := inverse(rest[p])
	for k := range rest {
		rest[k] = product(rest[k], f)
	}
	for _, w := range b.vectors {
		if f := w[p]; f != 0 {
			for k := range w {
				w[k] = minus(w[k], product(f, rest[k]))
			}
		}
	}
	b.vectors, b.pivots = append(b.vectors, rest), append(b.pivots, p)
}

// pivotOf is the place of the first number that is not zero, -1 of a zero vector.
func pivotOf(v []uint64) int {
	for k, x := range v {
		if x != 0 {
			return k
		}
	}
	return -1
}
