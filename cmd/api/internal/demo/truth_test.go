package demo

import (
	"math"
	"slices"
	"strconv"
	"testing"

	"holon/internal/instrument"
	"holon/internal/multilevel"
)

// A 90 % interval has to hold the printed truth in about 90 of 100 practices,
// after rounding and cutting to the scale too: over 25 scores in 40 practices
// the share of hits has a standard error near .02 (scores of one practice go
// together). A generator that printed another truth than it used would be far
// below; so would a test that was too sure.
func TestIntervalsHoldThePrintedTruthInNinetyOfAHundredPractices(t *testing.T) {
	t.Parallel()
	registry := load(t)
	hits, all := 0, 0
	for i := range 40 {
		l := luck(1000 + i)
		for _, part := range []struct {
			traits  []trait
			courses []*course
		}{{ofGroups(), therapyGroups(l)}, {ofFamilies(), families(l)}} {
			for _, tr := range part.traits {
				def, _ := registry.Lookup(tr.ref)
				for _, score := range def.Scores {
					if !tr.moves(def, score.Items[0]) {
						continue
					}
					truth, ok := trueShare(part.traits, def, score)
					if !ok {
						t.Fatalf("%s %s has no printed truth", def.Ref, score.ID)
					}
					ci := multilevel.TestGroupLevel(evening(l, tr, def, score, part.courses), multilevel.Options{}).ICC1.CI
					k := slices.IndexFunc(ci, func(x multilevel.Interval) bool { return x.Level == 0.90 })
					all++
					if *ci[k].Lower <= truth.Total() && truth.Total() <= *ci[k].Upper {
						hits++
					}
				}
			}
		}
	}
	if share := float64(hits) / float64(all); all < 900 || !(share > 0.84 && share < 0.95) {
		t.Errorf("%d of %d intervals hold the truth (%.3f)", hits, all, share)
	}
}

// evening makes a score of everybody who came to the eighth session.
func evening(l luck, tr trait, def *instrument.Definition, score instrument.Score, courses []*course) multilevel.OneWay {
	const n = 8
	var d multilevel.OneWay
	for _, c := range courses {
		for _, s := range (meeting{c, n}).attending() {
			sum := 0.0
			for _, number := range score.Items {
				item, _ := def.Item(number)
				keyed := tr.level(l, c.code, s.member, n, "") +
					math.Sqrt(tr.item)*l.normal("item", tr.ref.ID, c.code, s.member, strconv.Itoa(number))
				v := answer(item, keyed)
				if item.Reverse {
					v = item.Min + item.Max - v
				}
				sum += v
			}
			d.Group, d.Y = append(d.Group, c.code), append(d.Y, sum)
		}
	}
	return d
}
