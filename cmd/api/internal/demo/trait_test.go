package demo

import (
	"fmt"
	"math"
	"testing"

	"holon/internal/instrument"
	"holon/internal/multilevel"
)

func TestSharesOfEveryTraitAddUpToOne(t *testing.T) {
	t.Parallel()
	for _, tr := range append(ofGroups(), ofFamilies()...) {
		if sum := tr.group + tr.session + tr.member + tr.residual; math.Abs(sum-1) > 1e-12 || math.IsNaN(sum) {
			t.Errorf("%s %s: shares add up to %v", tr.ref, tr.score, sum)
		}
	}
}

func TestEveryItemOfEveryMeasureHasOneTrait(t *testing.T) {
	t.Parallel()
	registry := load(t)
	for _, traits := range [][]trait{ofGroups(), ofFamilies()} {
		for _, tr := range traits {
			def, ok := registry.Lookup(tr.ref)
			if !ok {
				t.Fatalf("%s is not registered", tr.ref)
			}
			for _, item := range def.Items {
				n := 0
				for _, other := range traits {
					if other.moves(def, item.Number) {
						n++
					}
				}
				if n != 1 {
					t.Errorf("%s item %d has %d traits behind it", tr.ref, item.Number, n)
				}
			}
		}
	}
}

// The promise of the demonstration is that its true shares are those printed.
// 1,500 groups of 8 put the standard error of an ICC near .011; the values here
// are before rounding, as the truth is.
func TestGeneratedValuesHaveTheSharesThatArePrinted(t *testing.T) {
	t.Parallel()
	for _, tr := range ofGroups() {
		t.Run(tr.ref.ID+tr.score, func(t *testing.T) {
			t.Parallel()
			var d multilevel.OneWay
			for g := range 1500 {
				group := fmt.Sprintf("X%04d", g)
				for m := range 8 {
					d.Group = append(d.Group, group)
					d.Y = append(d.Y, tr.level(theLuck, group, fmt.Sprintf("%s-%d", group, m), 4, ""))
				}
			}
			r := multilevel.TestGroupLevel(d, multilevel.Options{})
			want := tr.group + tr.session
			if got := *r.ICC1.Estimate; !(math.Abs(got-want) < 0.035) {
				t.Errorf("ICC(1) of generated values is %.3f, the printed share %.3f", got, want)
			}
			total := *r.ANOVA.VarianceBetween + *r.ANOVA.MSWithin
			if !(math.Abs(total/(tr.sd*tr.sd)-1) < 0.08) {
				t.Errorf("variance of generated values is %.3f, stated %.3f", total, tr.sd*tr.sd)
			}
		})
	}
}

func TestTruthCountsTheItemsOfAScoreAndTheGainFromWeekToWeek(t *testing.T) {
	t.Parallel()
	def, _ := load(t).Lookup(waiSR)
	bond, _ := def.ScoreRule("bond")
	total, _ := def.ScoreRule("total")
	wai, ok := behind(ofGroups(), def, bond)
	whole, ok2 := behind(ofGroups(), def, total)
	if !ok || !ok2 || wai != whole {
		t.Fatal("the WAI-SR has no trait")
	}
	// .7² times .06 over .7² + .3/4, worked by hand: .0294/.565.
	four, twelve := wai.evening(len(bond.Items)), wai.evening(len(total.Items))
	if !(math.Abs(four.lasting-0.0520354) < 1e-6) || !(twelve.lasting > four.lasting) {
		t.Errorf("bond %.6f, total %.6f", four.lasting, twelve.lasting)
	}
	// Sessions 4, 8, 12, 16 and 20 have the variance 40: a gain of .015 adds .009 to
	// .02 times .49. The residual is .3 times .49 and .3/4.
	long := wai.overWeeks(len(bond.Items), wai.asked(20))
	if want := 0.0188 / (0.0188 + 0.147 + 0.075); !(math.Abs(long.weather-want) < 1e-12) {
		t.Errorf("weather %.6f, by hand %.6f", long.weather, want)
	}
	if want := 0.0294 / (0.565 + 0.009); !(math.Abs(long.lasting-want) < 1e-12) {
		t.Errorf("lasting %.6f, by hand %.6f", long.lasting, want)
	}
	bonds, _ := load(t).Lookup(bondOne)
	if _, ok := behind(ofGroups(), bonds, bonds.Scores[0]); ok {
		t.Error("bonds have no trait, so no share can be printed for them")
	}
}

// load reads the instruments that come with Holon.
func load(t *testing.T) *instrument.Registry {
	t.Helper()
	r, err := instrument.Load(nil)
	if err != nil {
		t.Fatal(err)
	}
	return r
}
