package analysis

import (
	"context"

	"holon/internal/multilevel"
	"holon/internal/multilevel/grouplevel"
)

// testTable lets the rows choose their structure and tests it. A one-way table
// gets the tests by simulation beside the others, unless it is to be quick.
func testTable(ctx context.Context, table *grouplevel.Table, o grouplevel.Options, detail Detail) (multilevel.GroupLevel, error) {
	o.Detail = grouplevel.Quick
	if detail == Full {
		o.Detail = grouplevel.Full
	}
	g, err := grouplevel.Test(ctx, *table, o)
	if err != nil || detail == Quick || g.Structure != multilevel.MembersInGroups || undecidable(g.Answer) || len(table.Covariates) > 0 {
		return g, err
	}
	o.Estimand, o.Draws = g.Estimand, detail.drawn(o.Draws)
	whole, err := multilevel.TestGroupLevelInFull(ctx, multilevel.OneWayOf(grouplevel.Used(table.Rows)), o.Options)
	if err != nil {
		return g, err
	}
	g.Tests = append(g.Tests, whole.Tests[min(len(g.Tests), len(whole.Tests)):]...)
	return g, nil
}
