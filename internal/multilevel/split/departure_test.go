package split_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"holon/internal/multilevel/split"
)

// known is a practice whose pairs all move by 1 about their mean.
func known() split.Prior {
	return split.Prior{Pairs: 50, Variance: 1, DF: math.Inf(1), Total: 500}
}

// TestADeparture is seen, lasts while it is more than half of what it was, is over when
// the pair is back, and is standing after six sessions.
func TestADeparture(t *testing.T) {
	t.Parallel()
	limit := split.Limit(3)
	for _, x := range []struct {
		name        string
		differences []float64
		want        []split.Departure
	}{
		{"back after two", []float64{0, 1, -1, 0, 5, 4, 0, 1}, []split.Departure{{From: 4, Seen: 4, To: 5, Over: true, Before: 0, Earlier: 4}}},
		{"lasts", []float64{0, 1, -1, 0, 5, 4, 5}, []split.Departure{{From: 4, Seen: 4, To: 6, Before: 0, Earlier: 4}}},
		{"smaller, twice", []float64{0, 1, -1, 0, 3, 3, 0}, []split.Departure{{From: 4, Seen: 5, To: 5, Over: true, Before: 0, Earlier: 4}}},
		{"smaller, once", []float64{0, 1, -1, 0, 3, 0, 0}, nil},
		{"too early to say", []float64{0, 0, 9}, nil},
		{"large but standing", []float64{5, 6, 4, 5, 5, 6, 4}, nil},
		{"standing after six", []float64{0, 1, -1, 0, 5, 5, 5, 5, 5, 5, 5, 4, 6, 0}, []split.Departure{
			{From: 4, Seen: 4, To: 9, Settled: true, Before: 0, Earlier: 4}, {From: 13, Seen: 13, To: 13, Before: 5, Earlier: 9},
		}},
		{"the other way round", []float64{5, 6, 4, 5, 0}, []split.Departure{{From: 4, Seen: 4, To: 4, Before: 5, Earlier: 4}}},
	} {
		got := split.Find(x.differences, known(), limit)
		if len(got) != len(x.want) {
			t.Errorf("%s: %+v, want %+v", x.name, got, x.want)
			continue
		}
		for k, d := range got {
			if !(d.P <= limit) || !near(d.Spread, 1) || d.DF != 500 {
				t.Errorf("%s: %+v", x.name, d)
			}
			d.P, d.Spread, d.DF = 0, 0, 0
			if d != x.want[k] {
				t.Errorf("%s: %+v, want %+v", x.name, d, x.want[k])
			}
		}
	}
}

// TestUnitsAndSidesHaveNoSay finds the same where differences are moved, turned round
// or put in other units, and looks back only.
func TestUnitsAndSidesHaveNoSay(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(5, 6))
	found := 0
	for range 300 {
		d := make([]float64, 4+rng.IntN(12))
		for i := range d {
			if d[i] = rng.NormFloat64(); i > 6 {
				d[i] += 4
			}
		}
		moved, prior := make([]float64, len(d)), known()
		for i := range d {
			moved[i] = 3 - 2*d[i]
		}
		wide := prior
		wide.Variance *= 4
		a, b := split.Find(d, prior, .01), split.Find(moved, wide, .01)
		if len(a) != len(b) {
			t.Fatalf("%v: %+v and %+v", d, a, b)
		}
		for k := range a {
			found++
			if a[k].From != b[k].From || a[k].Seen != b[k].Seen || a[k].To != b[k].To || a[k].Over != b[k].Over || !near(a[k].P, b[k].P) {
				t.Fatalf("%v: %+v and %+v", d, a[k], b[k])
			}
		}
		for n := range d {
			for k, x := range split.Find(d[:n], prior, .01) {
				if x.From != a[k].From || x.Seen != a[k].Seen || x.P != a[k].P {
					t.Fatalf("%v: after %d sessions %+v, in the end %+v", d, n, x, a[k])
				}
			}
		}
	}
	if found < 100 {
		t.Errorf("%d departures only", found)
	}
}

// TestStableFamiliesRarelyAlert holds the rule to one alert in ten stable families over
// twelve sessions, and to seeing real splits, in the worlds of docs/splits.md.
func TestStableFamiliesRarelyAlert(t *testing.T) {
	t.Parallel()
	for _, w := range split.Worlds() {
		if w.Members == 2 || w.Stability != .5 {
			continue // the whole table is made by package simulate
		}
		got := w.Try(8, split.Seed)
		rate := float64(got.Alerted) / float64(got.Families)
		if bound := split.FalseAlerts + 2*math.Sqrt(split.FalseAlerts*.9/float64(got.Families)); !(rate <= bound) {
			t.Errorf("%s: %.3f of %d stable families", w.Name, rate, got.Families)
		}
		w.Fall = 2
		got = w.Try(8, split.Seed)
		seen := 0
		for _, n := range got.Seen {
			seen += n
		}
		if share := float64(seen) / float64(got.Fell); !(share >= .15) {
			t.Errorf("%s: %.2f of %d real splits were seen", w.Name, share, got.Fell)
		}
	}
}
