package main

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"holon/internal/multilevel"
)

// TestWeeklyPage has a row for every scenario and is the same twice.
func TestWeeklyPage(t *testing.T) {
	t.Parallel()
	args := []string{"-draws", "1", "-inner", "3", "-seed", "3", "-only", "weekly_errors,weekly_coverage"}
	first := page(t, args...)
	if first != page(t, args...) {
		t.Error("the same seed gives another page")
	}
	rows := 0
	for line := range strings.Lines(first) {
		if strings.HasPrefix(line, "|") {
			rows++
		}
	}
	if want := len(quiet()) + len(weeks()) + 4; rows != want {
		t.Errorf("%d lines of tables, want %d", rows, want)
	}
}

// TestWeeklyTruthIsTheVarianceDrawn compares the shares that are integrated with
// those of the covariances in a great many drawn answers.
func TestWeeklyTruthIsTheVarianceDrawn(t *testing.T) {
	t.Parallel()
	for _, kind := range []scale{normal(), skewed()} {
		w := weekly{groups: 1, seats: 2, sessions: 2, group: 0.2, scale: kind}
		rng := rand.New(rand.NewPCG(5, 6))
		const tables = 200_000
		var sum, squares, sameMember, sameSession, sameGroup float64
		for range tables {
			y := w.draw(rng) // session by session
			for _, r := range y {
				sum += r.Value / 4
				squares += r.Value * r.Value / 4
			}
			sameSession += (y[0].Value*y[1].Value + y[2].Value*y[3].Value) / 2
			sameMember += (y[0].Value*y[2].Value + y[1].Value*y[3].Value) / 2
			sameGroup += (y[0].Value*y[3].Value + y[1].Value*y[2].Value) / 2
		}
		mean := sum / tables
		of := func(products float64) float64 { return products/tables - mean*mean }
		share, weather := w.shares()
		if want := of(sameGroup) / of(squares); !(math.Abs(share-want) <= 0.005) {
			t.Errorf("%s: group share %v, drawn %v", kind.label, share, want)
		}
		if want := (of(sameSession) - of(sameGroup)) / (of(squares) - of(sameMember)); !(math.Abs(weather-want) <= 0.01) {
			t.Errorf("%s: weather %v, drawn %v", kind.label, weather, want)
		}
	}
}

// TestOpenGroupsLoseAndGainMembers so that no more than its seats are there at once.
func TestOpenGroupsLoseAndGainMembers(t *testing.T) {
	t.Parallel()
	w := weekly{groups: 1, seats: 8, sessions: 12, open: true, scale: normal()}
	members, present := map[string]bool{}, map[string]int{}
	rows := w.draw(rand.New(rand.NewPCG(1, 1)))
	for _, r := range rows {
		members[r.Member] = true
		present[r.Session]++
	}
	if len(members) <= 8 || len(rows) >= 96 {
		t.Errorf("%d members, %d ratings", len(members), len(rows))
	}
	for s, n := range present {
		if n > 8 {
			t.Errorf("%d ratings in session %s", n, s)
		}
	}
}

// TestNaiveTestsAreThoseThatAreRefused on a table small enough to do by hand:
// means 1, 3 | 5, 7 give F = 16/2, ratings 0 2 3 3 | 4 6 7 7 give F = 32/2.
func TestNaiveTestsAreThoseThatAreRefused(t *testing.T) {
	t.Parallel()
	var rows []multilevel.Row
	for i, y := range []float64{0, 2, 3, 3, 4, 6, 7, 7} {
		rows = append(rows, multilevel.Row{Group: string("ab"[i/4]), Member: string("wxyz"[i/2]), Session: string("12"[i%2]), Value: y})
	}
	ratings, means := naive(rows)
	// P(F(1,6) > 16) and P(F(1,2) > 8), from R's pf.
	if ratings == nil || means == nil || !(math.Abs(*ratings-0.007119) <= 1e-6) || !(math.Abs(*means-0.105573) <= 1e-6) {
		t.Errorf("p %v and %v", *ratings, *means)
	}
}
