package main

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"holon/internal/multilevel"
)

// page runs the program.
func page(t *testing.T, args ...string) string {
	t.Helper()
	var out strings.Builder
	if err := run(t.Context(), args, &out); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// TestPageIsTheSameTwice and has a row for every scenario, with as many cells
// as its header.
func TestPageIsTheSameTwice(t *testing.T) {
	t.Parallel()
	small := []string{"-draws", "20", "-inner", "19", "-seed", "3", "-only", "errors,coverage"}
	first := page(t, small...)
	if first != page(t, small...) {
		t.Error("the same seed gives another page")
	}
	if page(t, "-draws", "20", "-inner", "19", "-only", "errors")+page(t, "-draws", "20", "-inner", "19", "-only", "coverage") !=
		page(t, "-draws", "20", "-inner", "19", "-only", "errors,coverage") {
		t.Error("the sections alone are not those of the page")
	}
	rows, cells := 0, 0
	for line := range strings.Lines(first) {
		if !strings.HasPrefix(line, "|") {
			cells = 0
			continue
		}
		if n := strings.Count(line, "|"); cells == 0 {
			cells = n
		} else if n != cells {
			t.Errorf("%d cells under a header of %d: %s", n, cells, line)
		}
		rows++
	}
	if want := len(nothing()) + len(somethings()) + 4; rows != want {
		t.Errorf("%d lines of tables, want %d", rows, want)
	}
}

// TestWrongArgumentsAreRefused instead of dividing by zero.
func TestWrongArgumentsAreRefused(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{{"-draws", "0"}, {"-inner", "0"}, {"-unknown"}} {
		var out strings.Builder
		if err := run(t.Context(), args, &out); err == nil {
			t.Errorf("%v is accepted", args)
		}
	}
}

// TestTruthIsTheVarianceDrawn compares the variances that are integrated with
// those of a great many drawn answers: between groups half the mean squared
// difference of strangers less that of two members of a group.
func TestTruthIsTheVarianceDrawn(t *testing.T) {
	t.Parallel()
	for _, s := range []scenario{
		{sizes: []int{2}, latent: 0.3, scale: normal()},
		{sizes: []int{2}, latent: 0.3, scale: skewed()},
		{sizes: []int{2}, latent: 0, scale: skewed()},
	} {
		rng := rand.New(rand.NewPCG(1, 2))
		const pairs = 400_000
		var sum, squares, within float64
		for range pairs {
			y := s.draw(rng).Y
			sum += y[0] + y[1]
			squares += y[0]*y[0] + y[1]*y[1]
			within += (y[0] - y[1]) * (y[0] - y[1]) / 2
		}
		mean := sum / (2 * pairs)
		total := squares/(2*pairs) - mean*mean
		got := s.truth()
		if want := within / pairs; !(math.Abs(got.within-want) <= 0.005) {
			t.Errorf("%s: within %v, drawn %v", s.scale.label, got.within, want)
		}
		if want := total - within/pairs; !(math.Abs(got.between-want) <= 0.005) {
			t.Errorf("%s: between %v, drawn %v", s.scale.label, got.between, want)
		}
	}
}

// TestCountsOfRates has the share, its error and the brackets of what was
// undefined.
func TestCountsOfRates(t *testing.T) {
	t.Parallel()
	var r rate
	if r.String() != "–" {
		t.Errorf("nothing is %s", r.String())
	}
	for i := range 100 {
		r.add(i < 5)
	}
	if r.String() != ".050 ± .022" {
		t.Errorf("five of a hundred are %s", r.String())
	}
	if yes, defined := (target{interval: multilevel.Interval{Lower: new(0.0)}, truth: 0}).held(); yes || defined {
		t.Error("an interval with one limit")
	}
	if yes, defined := (target{interval: multilevel.Interval{Lower: new(0.0), Upper: new(1.0)}, truth: 1.1}).held(); yes || !defined {
		t.Error("a truth outside")
	}
}
