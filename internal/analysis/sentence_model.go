package analysis

import (
	"fmt"
	"math"
)

// sentences says where the differences between ratings lie.
func (c *CrossedResult) sentences(r *Report) []string {
	out := []string{fmt.Sprintf("%s: %d %s.", r.Outcome, r.Counts.Ratings, plural(r.Counts.Ratings, "rating"))}
	if c.Reason != "" {
		return append(out, r.nothing())
	}
	var parts []string
	for _, t := range c.REML.Terms {
		if t.Share != nil {
			parts = append(parts, fmt.Sprintf("%s between the %d different values of %s", share(*t.Share), t.Units, t.Name))
		}
	}
	if c.REML.ResidualShare != nil {
		parts = append(parts, share(*c.REML.ResidualShare)+" in single ratings")
	}
	if len(parts) == 0 {
		return append(out, "Where the differences between ratings lie cannot be told.")
	}
	return append(out, divided(parts))
}

// sentences says how members change and how they differ in it.
func (g *GrowthResult) sentences(r *Report) []string {
	n := r.Counts.Members
	out := []string{fmt.Sprintf("%s: %d %s of %d %s over time.", r.Outcome, r.Counts.Ratings, plural(r.Counts.Ratings, "rating"), n, plural(n, "member"))}
	if g.Reason != "" {
		return append(out, r.nothing())
	}
	if len(g.REML.Fixed) > 1 && g.REML.Fixed[1].Estimate != nil && g.REML.Fixed[1].SE != nil {
		slope, se := *g.REML.Fixed[1].Estimate, *g.REML.Fixed[1].SE
		out = append(out, fmt.Sprintf("On average it changes by %.3g for each unit of %s (give or take %.2g).", slope, g.REML.Fixed[1].Name, 2*se))
	}
	for _, t := range g.REML.Terms {
		if t.Slope == nil || t.Slope.Variance == nil {
			continue
		}
		out = append(out, fmt.Sprintf("Members differ in how they change: for two of three the line rises by no more than %.2g more or less than the average, beginning from places that differ by about %.2g.",
			math.Sqrt(*t.Slope.Variance), math.Sqrt(*t.Variance)))
		if p := g.slopeP(); p != nil && *p > 0.05 {
			out[len(out)-1] = "Whether members differ in how they change cannot be told from these ratings: one common slope fits them as well."
		}
	}
	return append(out, "A line is a summary: look at each member's own course before drawing conclusions about one person.")
}

// slopeP returns the p of the test that all members change alike.
func (g *GrowthResult) slopeP() *float64 {
	if len(g.Tests) == 0 {
		return nil
	}
	return g.Tests[0].P
}
