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

// TestAWeakLegByHand: in four sessions the second of three legs lies .3, .2, .3
// and .2 below the mean of the other two, .25 on average, s/√n = .0289, t = −8.66;
// the limit is the .05/3 quantile of t with 3 df, −3.740 in R.
func TestAWeakLegByHand(t *testing.T) {
	t.Parallel()
	weak := [][]float64{{.8, .5, .8}, {.7, .5, .7}, {.9, .5, .7}, {.6, .5, .8}}
	got := guess.LegsOf(weak)
	near(t, "second leg", got.Against[1], -.25)
	if got.Weak != 1 || got.Sessions != 4 {
		t.Errorf("%+v", got)
	}
	for name, values := range map[string][][]float64{
		"no session": nil, "three sessions": weak[:3],
		"below the margin":  {{.59, .5, .59}, {.58, .5, .58}, {.59, .5, .59}, {.58, .5, .58}},
		"now so, now so":    {{.9, .5, .9}, {.9, .9, .5}, {.8, .2, .8}, {.7, .9, .5}},
		"one leg only":      {{.1}, {.1}, {.1}, {.1}},
		"all the same":      {{.5, .5, .5}, {.5, .5, .5}, {.5, .5, .5}, {.5, .5, .5}},
		"all fall together": {{.9, .9, .9}, {.6, .6, .6}, {.3, .3, .3}, {.1, .1, .1}},
	} {
		if got := guess.LegsOf(values); got.Weak != -1 {
			t.Errorf("%s: %+v", name, got)
		}
	}
	moved := [][]float64{{.9, .6, .9}, {.5, .3, .5}, {1, .6, .8}, {.3, .2, .5}} // a good and a bad evening
	if got := guess.LegsOf(moved); got.Weak != 1 || !(math.Abs(*got.Against[1]+.25) < 1e-12) {
		t.Errorf("the evening takes part: %+v", got)
	}
	constant := [][]float64{{.8, .5, .8}, {.8, .5, .8}, {.8, .5, .8}, {.8, .5, .8}}
	if guess.LegsOf(constant).Weak != 1 {
		t.Error("a leg that is always lower is not weak")
	}
}

// TestTheSpreadOfLegs is that of the legs alone, whatever the evening adds.
func TestTheSpreadOfLegs(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	var pairs [][][]float64
	for range 200 {
		var values [][]float64
		for range 8 {
			evening := random.NormFloat64()
			values = append(values, []float64{.2 + evening + .1*random.NormFloat64(), .5 + evening + .1*random.NormFloat64(), evening + .1*random.NormFloat64()})
		}
		pairs = append(pairs, values)
	}
	if sd := guess.LegSpread(pairs); sd == nil || !(math.Abs(*sd-.1) < .004) {
		t.Errorf("%v", sd)
	}
	if guess.LegSpread([][][]float64{{{.5, .6}}}) != nil {
		t.Error("a spread of one session")
	}
}

// stable simulates pairs whose legs are the same but for noise, or of which one is
// lower, and returns the percentage of them in which the rule names a leg.
func stable(sessions int, sd, like float64, grid bool, level, lower float64) string {
	const draws = 2000
	random := rand.New(rand.NewPCG(20260305, uint64(sessions)))
	named := 0
	for range draws {
		values := make([][]float64, sessions)
		before := make([]float64, 3)
		for t := range values {
			values[t] = make([]float64, 3)
			for j := range before {
				e := random.NormFloat64()
				if t == 0 {
					before[j] = e
				} else {
					before[j] = like*before[j] + math.Sqrt(1-like*like)*e
				}
				v := level + sd*before[j]
				if j == 1 {
					v -= lower
				}
				if grid { // four items from 1 to 5
					v = math.Round(16*min(1, max(0, v))) / 16
				}
				values[t][j] = v
			}
		}
		if guess.LegsOf(values).Weak >= 0 {
			named++
		}
	}
	return fmt.Sprintf("%.1f", 100*float64(named)/draws)
}

// TestTheTableOfStablePairsInTheDocsIsWhatTheRuleGives computes the table anew.
func TestTheTableOfStablePairsInTheDocsIsWhatTheRuleGives(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../../../docs/alliance.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range []struct {
		name     string
		sd, like float64
		grid     bool
		level    float64
		lower    float64
	}{
		{"spread .05 of the range", .05, 0, false, .5, 0},
		{"spread .10", .10, 0, false, .5, 0},
		{"spread .20", .20, 0, false, .5, 0},
		{"spread .10, four items of 1 to 5", .10, 0, true, .5, 0},
		{"spread .10, four items, at the top", .10, 0, true, .95, 0},
		{"spread .10, neighbours alike (.3)", .10, .3, false, .5, 0},
		{"spread .20, neighbours alike (.3)", .20, .3, false, .5, 0},
		{"one leg lower by .20, spread .10", .10, 0, false, .5, .20},
		{"one leg lower by .20, spread .20", .20, 0, false, .5, .20},
	} {
		line := "| " + row.name
		for _, n := range []int{4, 8, 12, 20} {
			line += " | " + stable(n, row.sd, row.like, row.grid, row.level, row.lower)
		}
		if line += " |"; !strings.Contains(string(page), line+"\n") {
			t.Errorf("the page lacks\n%s", line)
		}
	}
	for _, n := range []int{4, 8} {
		// What a report computes for itself is the first kind of row.
		if got, want := guess.LegChance(n, 3, .20, 4000, 1), stable(n, .20, 0, false, 0, 0); !(math.Abs(100*got-number(t, want)) < 1.5) {
			t.Errorf("%d sessions: %.4f beside %s", n, got, want)
		}
	}
}

// number reads a number of the table.
func number(t *testing.T, text string) (v float64) {
	t.Helper()
	if _, err := fmt.Sscan(text, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

// TestTheIntervalOfABiasHoldsWhatThePageSays counts how often it holds a bias of 0
// where differences of neighbouring weeks correlate as named.
func TestTheIntervalOfABiasHoldsWhatThePageSays(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../../../docs/alliance.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, alike := range []float64{0, .3, .5} {
		for _, kind := range []struct {
			name string
			of   func([]float64) guess.Difference
		}{{"as it is given", guess.OverWeeks}, {"of a plain t", guess.DifferenceOf}} {
			line := fmt.Sprintf("| %s, neighbours correlate %g", kind.name, alike)
			for _, weeks := range []int{6, 12, 24} {
				line += fmt.Sprintf(" | %.1f", coverage(kind.of, weeks, alike))
			}
			if !strings.Contains(string(page), line+" |\n") {
				t.Errorf("the page lacks\n%s |", line)
			}
		}
	}
}

// coverage is the percentage of simulated lists whose .95 interval holds 0.
func coverage(of func([]float64) guess.Difference, weeks int, alike float64) float64 {
	random := rand.New(rand.NewPCG(7, uint64(weeks)))
	held := 0
	const draws = 2000
	for range draws {
		d := make([]float64, weeks)
		for t := range d {
			d[t] = random.NormFloat64()
			if t > 0 {
				d[t] = alike*d[t-1] + math.Sqrt(1-alike*alike)*d[t]
			}
		}
		if ci := of(d).CI[0]; *ci.Lower <= 0 && 0 <= *ci.Upper {
			held++
		}
	}
	return 100 * float64(held) / draws
}
