package lagged

import (
	"math"
	"testing"
)

// inARow is a member with so many pairs of sessions that follow each other.
func inARow(n int) []pair {
	occasions := make([]Occasion, n+1)
	for i := range occasions {
		occasions[i].Order, occasions[i].Time = i, float64(i)
	}
	out := make([]pair, n)
	for i := range out {
		out[i].before, out[i].after = &occasions[i], &occasions[i+1]
	}
	return out
}

// TestBiasOfTwoMeasuresHoldsNickells: of two measures that have nothing to do
// with each other, each has the bias of Nickell's formula and the arrows none.
func TestBiasOfTwoMeasuresHoldsNickells(t *testing.T) {
	t.Parallel()
	for _, n := range []int{2, 3, 6, 8, 12, 20} {
		for _, r := range []float64{-0.3, 0, 0.4, 0.8} {
			got, ok := apartOf(inARow(n), false).bias(square{{r, 0}, {0, 0.1}}, square{{2, 0}, {0, 0.5}})
			if want := Bias(r, n); !ok || !(math.Abs(got[0][0]-want) <= 1e-10) || got[0][1] != 0 || got[1][0] != 0 {
				t.Errorf("%d pairs, %v: %v, want %v", n, r, got, want)
			}
		}
	}
}

// TestCorrectionUndoesBias finds the transition again from what it gives, with
// members' lines taken out and sessions missing.
func TestCorrectionUndoesBias(t *testing.T) {
	t.Parallel()
	pairs := inARow(9)
	pairs = append(pairs[:3:3], pairs[5:]...)
	w := square{{1, 0.4}, {0.4, 2}}
	for _, a := range []square{{{0.4, 0}, {0.3, 0.2}}, {{0, 0}, {0, 0}}, {{0.5, -0.2}, {-0.1, 0.6}}} {
		c := apartOf(pairs, true)
		b, ok := c.bias(a, w)
		if !ok {
			t.Fatal("no bias")
		}
		got, ok := c.correct(a.plus(1, b), w)
		if !ok {
			t.Fatalf("%v is not found again", a)
		}
		for i := range 2 {
			for j := range 2 {
				if !(math.Abs(got[i][j]-a[i][j]) <= 1e-8) {
					t.Errorf("%v is found as %v", a, got)
				}
			}
		}
	}
	if _, ok := apartOf(pairs, true).bias(square{{1, 0}, {0, 0.2}}, w); ok {
		t.Error("a course that never settles has a bias")
	}
}
