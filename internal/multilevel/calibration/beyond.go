package main

import (
	"context"
	"fmt"
	"strings"

	"holon/internal/multilevel"
	"holon/internal/multilevel/decomposition"
)

// beyonds lists the scenarios of the question whether the second measure goes
// beyond the first: nowhere does it in those whose correlation between groups
// is 1.
func beyonds() []latentPair {
	var out []latentPair
	for _, groups := range []int{15, 30, 60} {
		sizes := mixed(groups, 5, 6, 7, 8, 9)
		out = append(out,
			latentPair{sizes: sizes, icc: [2]float64{0.2, 0.05}, between: 1, within: 0.459}, // slopes .5 between and within
			latentPair{sizes: sizes, icc: [2]float64{0.2, 0.2}, between: 1, within: 0.4},    // 1 and .4
			latentPair{sizes: sizes, icc: [2]float64{0.4, 0.4}, between: 1, within: 0.4},
			latentPair{sizes: sizes, icc: [2]float64{0.05, 0.2}, between: 1, within: 0.4}, // 2 and .37
			latentPair{sizes: sizes, icc: [2]float64{0.2, 0.4}, between: 0.5, within: 0.4})
	}
	return out
}

// firstBeyond is the number of the first of these scenarios.
const firstBeyond = 6000

// printBeyond prints how often something beyond is found.
func printBeyond(ctx context.Context, out *strings.Builder, o settings) error {
	fmt.Fprintf(out, "## Two measures: is the second more than the first?\n\n"+
		"Groups of 5, 6, 7, 8, 9 in turn; normal ratings; %d data sets in each row, %d draws in every simulation on one. Where the correlation between groups is 1 the second measure "+
		"holds nothing beyond the first. How often the latent tests, and that of the regression on group means, are significant at .05, and the answer is `supported`.\n\n", o.tables, o.inner)
	header(out, "groups", "ICC", "correlation between, within", "latent, bootstrap", "latent, even mixture", "group means", "`supported`")
	for number, l := range beyonds() {
		found, err := each(ctx, l.draw, firstBeyond+uint64(number), o, func(ctx context.Context, t decomposition.Table, seed uint64) ([4]bool, error) {
			b, err := decomposition.IsBeyond(ctx, t, decomposition.Options{Draws: o.inner, Seed: seed})
			if err != nil {
				return [4]bool{}, err
			}
			return [4]bool{
				significant(b.Tests, multilevel.MethodBootstrap), significant(b.Tests, multilevel.MethodREML),
				significant(b.Manifest.Tests, multilevel.MethodREML), b.Answer == multilevel.Supported,
			}, nil
		})
		if err != nil {
			return err
		}
		cells := []string{fmt.Sprint(len(l.sizes)), short(l.icc[0]) + ", " + short(l.icc[1]), fmt.Sprintf("%g, %g", l.between, l.within)}
		for i := range 4 {
			var r rate
			for _, f := range found {
				r.add(f[i])
			}
			cells = append(cells, r.String())
		}
		row(out, cells...)
	}
	out.WriteString("\n")
	return nil
}

// significant tells whether the test of a method has p of at most .05.
func significant(tests []multilevel.ComponentTest, method string) bool {
	for _, t := range tests {
		if t.Method == method {
			return t.P != nil && *t.P <= 0.05
		}
	}
	return false
}
