package grouplevel

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync/atomic"

	"holon/internal/caveat"
	"holon/internal/multilevel"
	"holon/internal/multilevel/montecarlo"
)

const (
	// planDraws is how many tables a chance is counted over; its standard error
	// is at most .016.
	planDraws = 1000
	// enough is the chance that a planned number of groups has to reach.
	enough = 0.80
	// fewestGroups is the number of groups from which a verdict may be given.
	fewestGroups = 4
	// mostGroups is where the search for a number of groups ends.
	mostGroups = 1_000_000
)

// planner counts chances by drawing the mean squares of complete tables. Every
// number of groups is drawn from the same standard normal numbers, so that more groups
// are never worse by chance alone.
type planner struct {
	plan balanced
	seed uint64
}

// chance returns how often hit is true of k groups with this group share.
func (p *planner) chance(ctx context.Context, k int, share float64, hit func(ms, df []float64) bool) float64 {
	df, expected := p.plan.freedom(k), p.plan.expected(share)
	var hits atomic.Int64
	err := montecarlo.Run(ctx, montecarlo.Plan{Draws: planDraws, Seed: p.seed}, func() func(int, *rand.Rand) {
		ms, normal := make([]float64, len(df)), make([]float64, len(df))
		return func(_ int, rng *rand.Rand) {
			for i := range normal {
				normal[i] = rng.NormFloat64()
			}
			draw(ms, expected, df, normal)
			if hit(ms, df) {
				hits.Add(1)
			}
		}
	})
	if err != nil {
		return 1 // ends every search; the caller looks at the context
	}
	return float64(hits.Load()) / planDraws
}

// settle plans with groups like those at hand, by the rule that the answer is
// made with.
func settle(ctx context.Context, plan balanced, now int, o Options, notes *caveat.Set) multilevel.Settle {
	out := multilevel.Settle{ICC: o.PlanICC, Bound: o.Bound}
	if !plan.possible() {
		return out
	}
	p := planner{plan: plan, seed: o.Seed}
	supported := func(k int) float64 { return p.chance(ctx, k, o.PlanICC, plan.supported) }
	if now >= 2 {
		out.PowerNow = new(0.0)
		if now >= fewestGroups {
			*out.PowerNow = supported(now)
		}
		out.ChanceNotPositive = new(p.chance(ctx, now, o.PlanICC, func(ms, _ []float64) bool { return plan.notPositive(ms) }))
	}
	out.GroupsToShow = fewest(now, func(k int) bool { return supported(k) >= enough })
	out.GroupsToRuleOut = fewest(now, func(k int) bool {
		return p.chance(ctx, k, 0, func(ms, df []float64) bool { return plan.ruledOut(ms, df, o.Bound) }) >= enough
	})
	noteFar(notes, out.GroupsToShow, "show a group share", o.PlanICC)
	noteFar(notes, out.GroupsToRuleOut, "rule out a group share", o.Bound)
	return out
}

// noteFar adds the caveat of a number of groups beyond the search.
func noteFar(notes *caveat.Set, k *int, purpose string, share float64) {
	if k == nil {
		notes.Add("groups_beyond_reach", fmt.Sprintf("More than %d groups like these would be needed to %s of %g.", mostGroups, purpose, share))
	}
}

// fewest returns the smallest number of groups from fewestGroups on that
// suffices, or nil beyond mostGroups, by doubling and halving from the number
// at hand.
func fewest(now int, suffices func(k int) bool) *int {
	no, yes := fewestGroups-1, min(max(now, fewestGroups), mostGroups)
	for !suffices(yes) {
		if yes >= mostGroups {
			return nil
		}
		no, yes = yes, min(2*yes, mostGroups)
	}
	for yes-no > 1 {
		if mid := no + (yes-no)/2; suffices(mid) {
			yes = mid
		} else {
			no = mid
		}
	}
	return &yes
}
