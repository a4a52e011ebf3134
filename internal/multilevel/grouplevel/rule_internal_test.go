package grouplevel

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"holon/internal/multilevel"
)

// TestPlanFollowsTheRuleOfTheAnswer: given the mean squares of a table, the plan
// says "supported" or "ruled out" exactly where the test of that table does.
func TestPlanFollowsTheRuleOfTheAnswer(t *testing.T) {
	t.Parallel()
	answers := map[multilevel.Answer]int{}
	rng := rand.New(rand.NewPCG(31, 7))
	for i := range 150 {
		groups, groupVar := []int{8, 40}[i%2], []float64{0, 0, 0.15}[i%3]
		nested := i%5 == 0
		var rows []multilevel.Row
		for g := range groups {
			ofGroup := math.Sqrt(groupVar) * rng.NormFloat64()
			week := [4]float64{}
			for s := range week {
				week[s] = 0.3 * rng.NormFloat64()
			}
			for m := range 5 {
				ofMember := 0.5 * rng.NormFloat64()
				for s := range week {
					row := multilevel.Row{Group: fmt.Sprint(g), Member: fmt.Sprint(m), Value: ofGroup + ofMember + 0.6*rng.NormFloat64()}
					if !nested {
						row.Session, row.Value = fmt.Sprint(s), row.Value+week[s]
					}
					rows = append(rows, row)
				}
			}
		}
		o := Options{Detail: AnswerOnly, Options: multilevel.Options{Bound: 0.15}}
		r, err := Test(t.Context(), Table{Rows: rows}, o)
		if err != nil {
			t.Fatal(err)
		}
		x := indexOf(rows)
		plan := crossedPlan(5, 4, 1, 1, 1, 0)
		var lines []stratum
		if nested {
			sh, _ := x.nestedShape(member)
			three := x.nestedStrata(member, sh)
			plan, lines = nestedPlan(5, 4, 1, 1, 0), three[:]
		} else {
			sh, _ := x.crossedShape()
			four := crossedStrata(x.grids(), sh)
			lines = four[:]
		}
		df, ms := plan.freedom(groups), make([]float64, len(lines))
		for k, line := range lines {
			ms[k] = line.ms()
			if df[k] != line.df {
				t.Fatalf("df of %s %v, want %v", line.level, df[k], line.df)
			}
		}
		answers[r.Answer]++
		if got := plan.supported(ms, df); got != (r.Answer == multilevel.Supported) {
			t.Errorf("plan: supported %v, answer %s", got, r.Answer)
		}
		if got := plan.ruledOut(ms, df, 0.15); got != (r.Answer == multilevel.NotSupported) {
			t.Errorf("plan: ruled out %v, answer %s", got, r.Answer)
		}
	}
	if len(answers) < 3 {
		t.Errorf("only %v came up", answers)
	}
}
