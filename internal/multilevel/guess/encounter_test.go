package guess_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"holon/internal/multilevel/guess"
)

// TestApartByHand: eight sessions, the encounter high in five, a leg low in four, both
// in three. phyper(2, 5, 3, 4, lower.tail=FALSE) of R is 1/2.
func TestApartByHand(t *testing.T) {
	t.Parallel()
	meetings := []guess.Meeting{
		{Encounter: .9, Legs: []float64{.4, .8}},
		{Encounter: .75, Legs: []float64{.8, .5}},
		{Encounter: 1, Legs: []float64{math.NaN(), .2}},
		{Encounter: .8, Legs: []float64{.7, .8}},
		{Encounter: .9, Legs: []float64{.6, .9}},
		{Encounter: .6, Legs: []float64{.3, .9}},
		{Encounter: .5, Legs: []float64{.8, .9}},
		{Encounter: .74, Legs: []float64{.9, .51}},
	}
	got := guess.ApartOf(meetings, guess.Spreads{})
	if got.Sessions != 8 || got.High != 5 || got.Low != 4 || got.Together != 3 || !got.Flagged || got.ByChance != nil {
		t.Errorf("%+v", got)
	}
	near(t, "paired at random", got.Paired, .5)
	// (.5+.25+.8+.1+.3+.3−.3+.23)/8
	near(t, "gap", got.Gap, 2.18/8)
	if got := guess.ApartOf(meetings[1:], guess.Spreads{}); got.Together != 2 || got.Flagged {
		t.Errorf("two of seven sessions are not a third: %+v", got)
	}
	if got := guess.ApartOf(nil, guess.Spreads{}); got != (guess.Apart{}) {
		t.Errorf("%+v", got)
	}
	one := guess.ApartOf(meetings[:1], guess.Spreads{})
	if one.Flagged || one.Paired != nil || one.Together != 1 {
		t.Errorf("one session: %+v", one)
	}
	always := guess.ApartOf([]guess.Meeting{{1, []float64{.1}}, {1, []float64{.1}}, {1, []float64{.1}}}, guess.Spreads{Encounter: new(0.0), Legs: new(0.0)})
	if !always.Flagged || !(math.Abs(*always.Paired-1) < 1e-12) || !(*always.ByChance < 1e-12) {
		t.Errorf("levels apart: %+v", always)
	}
	tenth := guess.ApartOf([]guess.Meeting{{(.1 + .2 + .45), []float64{.1 + .4}}, {.75, []float64{.5000000000001}}}, guess.Spreads{})
	if tenth.Together != 2 {
		t.Errorf("rounding decides: %+v", tenth)
	}
}

// TestChanceOfAPairThatIsAlike compares with
// pbinom(k−1, n, (1−pnorm((.75−m)/se))·(1−(1−pnorm((.5−m)/sl))^J), lower.tail=FALSE) of
// R, k = max(2, ⌈n/3⌉), and with simulated pairs on the scales that are used: a whole
// number from 0 to 10, and means of four items from 1 to 5.
func TestChanceOfAPairThatIsAlike(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		n, legs       int
		level, se, sl float64
		want          float64
	}{{8, 2, .6, .1, .1, 0.000386785580769}, {4, 1, .65, .2, .15, 0.0134561104452}, {20, 2, .6, .2, .2, 0.00617322814002}, {12, 2, .7, .1, .1, 1.67993127131e-05}} {
		if got := guess.ChanceAlike(c.n, c.legs, c.level, guess.Spreads{Encounter: &c.se, Legs: &c.sl}); !(math.Abs(got-c.want) < 1e-11) {
			t.Errorf("%+v: %.12g", c, got)
		}
	}
	for _, c := range []struct {
		level, sd, want float64
		n               int
	}{{.8, 0, 0, 8}, {.4, 0, 0, 8}, {.8, .2, 0, 1}} {
		if got := guess.ChanceAlike(c.n, 2, c.level, guess.Spreads{Encounter: &c.sd, Legs: &c.sd}); got != c.want {
			t.Errorf("%+v: %g", c, got)
		}
	}
	random := rand.New(rand.NewPCG(3, 26))
	for _, level := range []float64{.5, .6, .7, .8} {
		const draws = 4000
		flagged := 0
		for range draws {
			flagged += one(guess.ApartOf(onScales(random, 8, level, level, .2), guess.Spreads{}).Flagged)
		}
		formula, seen := guess.ChanceAlike(8, 2, level, guess.Spreads{Encounter: new(.2), Legs: new(.2), EncounterStep: .1, LegsStep: 1.0 / 16}), float64(flagged)/draws
		if !(math.Abs(formula-seen) < .015) {
			t.Errorf("level %g: %.3f by the formula, %.3f on the scales", level, formula, seen)
		}
	}
}

// TestTheTableOfApartIsWhatTheRuleDoes holds the page to the rule: 4,000 simulated pairs
// a cell on the scales that are used.
func TestTheTableOfApartIsWhatTheRuleDoes(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../../../docs/alliance.md")
	if err != nil {
		t.Fatal(err)
	}
	random := rand.New(rand.NewPCG(4, 26))
	for _, x := range []struct {
		name                    string
		encounter, legs, spread float64
	}{
		{"both around .5, spread .10", .5, .5, .1},
		{"both around .6, spread .10", .6, .6, .1},
		{"both around .8, spread .10", .8, .8, .1},
		{"both around .5, spread .20", .5, .5, .2},
		{"both around .6, spread .20", .6, .6, .2},
		{"both around .8, spread .20", .8, .8, .2},
		{"encounter .85, goals .40, spread .10", .85, .4, .1},
		{"encounter .85, goals .40, spread .20", .85, .4, .2},
	} {
		row := "| " + x.name + " |"
		for _, n := range []int{4, 8, 12, 20} {
			const draws = 4000
			flagged := 0
			for range draws {
				flagged += one(guess.ApartOf(onScales(random, n, x.encounter, x.legs, x.spread), guess.Spreads{}).Flagged)
			}
			row += fmt.Sprintf(" %.1f |", 100*float64(flagged)/draws)
		}
		if !strings.Contains(string(page), row) {
			t.Errorf("the page does not have: %s", row)
		}
	}
}

// onScales simulates a pair of n sessions: the encounter a whole number from 0 to 10;
// the task leg like the encounter, the goal leg around its own level, each the mean of
// four items from 1 to 5.
func onScales(random *rand.Rand, n int, encounter, goals, sd float64) []guess.Meeting {
	step := func(v, steps float64) float64 { return min(1, max(0, math.Round(v*steps)/steps)) }
	var out []guess.Meeting
	for range n {
		out = append(out, guess.Meeting{
			Encounter: step(encounter+sd*random.NormFloat64(), 10),
			Legs:      []float64{step(encounter+sd*random.NormFloat64(), 16), step(goals+sd*random.NormFloat64(), 16)},
		})
	}
	return out
}

// one is 1 of what is so.
func one(is bool) int {
	if is {
		return 1
	}
	return 0
}

// TestSpreadsArePooledWithinPairs: levels of pairs take no part.
func TestSpreadsArePooledWithinPairs(t *testing.T) {
	t.Parallel()
	got := guess.SpreadsOf([][]guess.Meeting{
		{{.1, []float64{.1, .2}}, {.3, []float64{.1, math.NaN()}}}, // e: 2 · .01; legs: 0
		{{.9, []float64{.5, .9}}, {.9, []float64{.9, .9}}},         // e: 0; first leg: 2 · .04
		{{.5, []float64{.5, .5}}},
	})
	near(t, "encounters", got.Encounter, math.Sqrt(.02/2))
	near(t, "legs", got.Legs, math.Sqrt(.08/3))
	if none := guess.SpreadsOf([][]guess.Meeting{{{.5, []float64{.5}}}}); none.Encounter != nil || none.Legs != nil {
		t.Errorf("%+v", none)
	}
}
