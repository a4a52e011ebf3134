package main

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"
)

// TestPagesOfTwoMeasuresAndEmergence have a row for every scenario and are the
// same twice.
func TestPagesOfTwoMeasuresAndEmergence(t *testing.T) {
	t.Parallel()
	for section, scenarios := range map[string]int{"latent_coverage": len(pairs()), "beyond": len(beyonds()), "emergence": len(processes())} {
		args := []string{"-draws", "1", "-inner", "3", "-seed", "3", "-only", section}
		first := page(t, args...)
		if first != page(t, args...) {
			t.Errorf("%s: the same seed gives another page", section)
		}
		rows := 0
		for line := range strings.Lines(first) {
			if strings.HasPrefix(line, "|") {
				rows++
			}
		}
		if rows != scenarios+2 {
			t.Errorf("%s: %d lines of tables, want %d", section, rows, scenarios+2)
		}
	}
}

// TestPairsCorrelateAsTheySay compares products of drawn ratings of one member
// and of two members of a group with the scenario.
func TestPairsCorrelateAsTheySay(t *testing.T) {
	t.Parallel()
	l := latentPair{sizes: []int{2}, icc: [2]float64{0.2, 0.4}, between: 0.5, within: 0.3}
	rng := rand.New(rand.NewPCG(7, 8))
	const tables = 200_000
	var sameGroup, sameMember float64
	for range tables {
		d := l.draw(rng)
		x, y := d.Measures[0].Values, d.Measures[1].Values
		sameGroup += (x[0]*y[1] + x[1]*y[0]) / 2 / tables
		sameMember += (x[0]*y[0] + x[1]*y[1]) / 2 / tables
	}
	between := 0.5 * math.Sqrt(0.2*0.4)
	within := 0.3 * math.Sqrt(0.8*0.6)
	if !(math.Abs(sameGroup-between) <= 0.01) || !(math.Abs(sameMember-between-within) <= 0.01) {
		t.Errorf("between %v, want %v; of one member %v, want %v", sameGroup, between, sameMember, between+within)
	}
}

// TestProcessesAreWhatTheyAreCalled: nobody comes or goes unless it is said, and
// whoever leaves does not come back.
func TestProcessesAreWhatTheyAreCalled(t *testing.T) {
	t.Parallel()
	for _, p := range processes() {
		ratings := p.draw(rand.New(rand.NewPCG(1, 1)))
		sessions, size := map[string]int{}, map[string]int{}
		for _, r := range ratings {
			sessions[r.Group+r.Member]++
			if r.Session == 1 {
				size[r.Group]++
			}
			if p.steps && (r.Value != math.Round(r.Value) || r.Value < 1 || r.Value > 7) {
				t.Errorf("%s: a rating of %v", p.label, r.Value)
			}
		}
		seats, all := 0, true
		for _, n := range size {
			seats += n
		}
		for _, n := range sessions {
			all = all && n == p.sessions
		}
		if stays := p.turnover == 0 && !p.leavers; all != stays || (len(sessions) > seats) != (p.turnover > 0) {
			t.Errorf("%s: %d people in %d seats, all throughout: %t", p.label, len(sessions), seats, all)
		}
	}
}
