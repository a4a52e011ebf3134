package analysis

import (
	"context"

	"holon/internal/caveat"
	"holon/internal/multilevel"
	"holon/internal/multilevel/grouplevel"
	"holon/internal/multilevel/totals"
)

// Totalled is a data set of which only totals are known, with what a report says
// of it.
type Totalled struct {
	Input    Input
	Outcome  string
	Subject  *Subject
	Counts   Counts
	Table    totals.Table
	Estimand multilevel.Estimand
	Remarks  caveat.Set // what must be said of how the totals came about

	Bound    float64 // as of a Plan
	PlanICC  float64
	Detail   Detail
	Draws    int
	Seed     uint64
	Progress Progress
}

// GroupLevelOfTotals tests the group level of totals, by the same method as the
// ratings themselves.
func GroupLevelOfTotals(ctx context.Context, t *Totalled) (Report, error) {
	o := multilevel.Options{Bound: t.Bound, PlanICC: t.PlanICC, Estimand: t.Estimand, Draws: t.Draws, Seed: t.Seed}
	if t.Progress != nil {
		o.Progress = func(done, total int) { t.Progress.Tell("simulating", done, total) }
	}
	found, err := t.test(ctx, o)
	if err != nil {
		return Report{}, ended(ctx, err)
	}
	g := &GroupLevelResult{GroupLevel: found}
	r := Report{Input: t.Input, Outcome: t.Outcome, Subject: t.Subject, Counts: t.Counts, Result: g}
	r.remark(g)
	r.Caveats.Merge(t.Remarks)
	r.scarce(g)
	return r, nil
}

// test makes the tests that go with the detail.
func (t *Totalled) test(ctx context.Context, o multilevel.Options) (multilevel.GroupLevel, error) {
	if !t.Table.Crossed && t.Detail != Quick {
		o.Draws = t.Detail.drawn(o.Draws)
		return multilevel.TestTotalsInFull(ctx, t.Table, o)
	}
	detail := grouplevel.Quick
	if t.Detail == Full {
		detail = grouplevel.Full
	}
	return grouplevel.TestTotals(ctx, t.Table, t.Estimand, grouplevel.Options{Options: o, Detail: detail})
}
