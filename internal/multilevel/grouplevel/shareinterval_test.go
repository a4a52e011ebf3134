package grouplevel_test

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"holon/internal/multilevel"
	"holon/internal/multilevel/grouplevel"
)

// TestIntervalsOfSharesAgreeWithR compares the intervals of the share of every level
// with profiles of lme4's deviance (testdata/share-intervals.R).
func TestIntervalsOfSharesAgreeWithR(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile(filepath.Join("testdata", "share-intervals.json"))
	if err != nil {
		t.Fatal(err)
	}
	var want map[string]map[string]map[string][2]float64
	if err := json.Unmarshal(raw, &want); err != nil {
		t.Fatal(err)
	}
	compared := 0
	for id, levels := range want {
		_, table := readCase(t, id)
		r := result(t, table, grouplevel.Options{Detail: grouplevel.AnswerOnly, Intervals: true})
		got := byLevel(r.REML.ShareCI)
		for level, of := range levels {
			for _, i := range got[level] {
				limits, there := of[fmt.Sprintf("%.2f", i.Level)]
				if !there {
					t.Errorf("%s, %s: no limits at %v", id, level, i.Level)
					continue
				}
				compared++
				equal(t, id+", "+level+", lower", i.Lower, limits[0], 1e-5, 1e-6)
				equal(t, id+", "+level+", upper", i.Upper, limits[1], 1e-5, 1e-6)
			}
		}
	}
	if compared != 20 {
		t.Errorf("%d intervals were compared, want 20", compared)
	}
}

// byLevel names the intervals of a fit by their level.
func byLevel(ci multilevel.ComponentIntervals) map[string][]multilevel.Interval {
	return map[string][]multilevel.Interval{"group": ci.Group, "member": ci.Member, "session": ci.Session}
}

// TestIntervalsOfSharesHoldTheTruth counts how often the intervals at .95 hold what was
// drawn, with whole-number items as studies have them: 200 studies of forty groups of
// eight members over twenty weeks. Between 180 and 198 of 200 is what an interval that
// holds in 95 of a hundred keeps to in 998 of a thousand such counts.
func TestIntervalsOfSharesHoldTheTruth(t *testing.T) {
	t.Parallel()
	const studies, groups = 200, 40
	drawn := map[string]float64{"group": .15, "member": .2, "session": .05}
	const residual, items = .3, 5
	total := residual + 1./6/items // an item stands on the step below or above, by chance
	for _, v := range drawn {
		total += v
	}
	held := map[string]int{}
	for i := range uint64(studies) {
		rng := rand.New(rand.NewPCG(i, 1117))
		r := result(t, grouplevel.Table{Rows: steps(rng, groups, items, drawn, residual)}, grouplevel.Options{Detail: grouplevel.AnswerOnly, Intervals: true})
		for level, ci := range byLevel(r.REML.ShareCI) {
			if truth := drawn[level] / total; *ci[0].Lower <= truth && truth <= *ci[0].Upper {
				held[level]++
			}
		}
	}
	for level := range drawn {
		if n := held[level]; n < 180 || n > 198 {
			t.Errorf("%d of %d intervals of the share of the level %s hold the truth", n, studies, level)
		}
	}
	t.Logf("of %d intervals each, so many hold the truth: %v", studies, held)
}

// steps draws groups of eight over twenty weeks, whose ratings are means of items on
// the steps of a scale from 0 to 6.
func steps(rng *rand.Rand, groups, items int, drawn map[string]float64, residual float64) []multilevel.Row {
	var rows []multilevel.Row
	draw := func(variance float64) float64 { return math.Sqrt(variance) * rng.NormFloat64() }
	for g := range groups {
		whole := draw(drawn["group"])
		var own [8]float64
		for m := range own {
			own[m] = draw(drawn["member"])
		}
		for s := range 20 {
			evening := draw(drawn["session"])
			for m := range own {
				y, mean := 3+whole+own[m]+evening+draw(residual), 0.
				for range items {
					mean += min(max(math.Floor(y+rng.Float64()), 0), 6) / float64(items)
				}
				rows = append(rows, multilevel.Row{Group: fmt.Sprint(g), Member: fmt.Sprint(g, "-", m), Session: fmt.Sprint(g, "-", s), Value: mean})
			}
		}
	}
	return rows
}
