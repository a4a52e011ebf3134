package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"holon/internal/multilevel"
)

// nothing lists the scenarios without group variance.
func nothing() []scenario {
	var out []scenario
	for _, groups := range []int{5, 20, 50} {
		for _, kind := range []scale{normal(), skewed()} {
			out = append(out,
				scenario{label: fmt.Sprintf("%d of 8", groups), sizes: ofEight(groups), scale: kind},
				scenario{label: fmt.Sprintf("%d of 2, 4, 6, 8, 15 in turn", groups), sizes: mixed(groups, 2, 4, 6, 8, 15), scale: kind})
		}
	}
	return out
}

// methods are the tests of a one-way table in the order of the columns.
func methods() []string {
	return []string{
		multilevel.MethodF, multilevel.MethodREML, multilevel.MethodML, multilevel.MethodExactREML, multilevel.MethodBootstrap, multilevel.MethodPermutation,
	}
}

// printErrors prints how often each test is significant at .05 without any
// group variance.
func printErrors(ctx context.Context, out *strings.Builder, o settings) error {
	fmt.Fprintf(out, "## Members in groups: errors of the tests\n\n"+
		"No group variance at all; %d data sets in each row, %d draws in every simulation on a data set. How often p is at most .05:\n\n", o.tables, o.inner)
	header(out, append(append([]string{"groups", "ratings"}, methods()...), "answer `supported`")...)
	for number, s := range nothing() {
		verdicts, err := each(ctx, s.draw, uint64(number), o, func(ctx context.Context, d multilevel.OneWay, seed uint64) ([]bool, error) {
			r, err := multilevel.TestGroupLevelInFull(ctx, d, multilevel.Options{Draws: o.inner, Seed: seed})
			if err != nil {
				return nil, err
			}
			return verdictOf(&r), nil
		})
		if err != nil {
			return err
		}
		cells := []string{s.label, s.scale.label}
		for i := range len(methods()) + 1 {
			var r rate
			for _, v := range verdicts {
				r.add(v[i])
			}
			cells = append(cells, r.String())
		}
		row(out, cells...)
	}
	out.WriteString("\n")
	return nil
}

// verdictOf tells for each method whether it is significant, and last whether
// the answer is that groups differ. A test without a p finds nothing.
func verdictOf(r *multilevel.GroupLevel) []bool {
	var found []bool
	for _, method := range methods() {
		found = append(found, slices.ContainsFunc(r.Tests, func(t multilevel.ComponentTest) bool {
			return t.Method == method && t.P != nil && *t.P <= 0.05
		}))
	}
	return append(found, r.Answer == multilevel.Supported)
}
