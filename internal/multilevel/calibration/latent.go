package main

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"

	"holon/internal/multilevel"
	"holon/internal/multilevel/decomposition"
)

// latentPair is a kind of data of two measures whose truth is known: members'
// ratings of variance one, of each of which part icc belongs to groups, with
// these correlations between and within groups.
type latentPair struct {
	sizes           []int
	icc             [2]float64
	between, within float64
}

// pairs lists the scenarios of the latent correlation. Within groups the two
// measures correlate by .4, as ratings of one respondent do.
func pairs() []latentPair {
	var out []latentPair
	for _, icc := range []float64{0.1, 0.2, 0.4} {
		for _, groups := range []int{15, 30, 60} {
			for _, r := range []float64{0, 0.5, 0.9} {
				out = append(out, latentPair{sizes: mixed(groups, 5, 6, 7, 8, 9), icc: [2]float64{icc, icc}, between: r, within: 0.4})
			}
		}
	}
	return out
}

// firstPair is the number of the first scenario of the latent correlation.
const firstPair = 4000

// draw returns one data set.
func (l *latentPair) draw(rng *rand.Rand) decomposition.Table {
	t := decomposition.Table{Measures: []decomposition.Measure{{Name: "x"}, {Name: "y"}}}
	two := func(r float64) [2]float64 {
		u, v := rng.NormFloat64(), rng.NormFloat64()
		return [2]float64{u, r*u + math.Sqrt(1-r*r)*v}
	}
	for g, size := range l.sizes {
		shared := two(l.between)
		for range size {
			own := two(l.within)
			t.Group = append(t.Group, fmt.Sprintf("%03d", g))
			for m := range t.Measures {
				v := math.Sqrt(l.icc[m])*shared[m] + math.Sqrt(1-l.icc[m])*own[m]
				t.Measures[m].Values = append(t.Measures[m].Values, v)
			}
		}
	}
	return t
}

// latentMethods are the intervals of the latent correlation, in the order of the
// columns.
func latentMethods() []string {
	return []string{decomposition.MethodProfile, decomposition.MethodBootstrap, decomposition.MethodDeltaZ, decomposition.MethodJackknifeZ}
}

// printLatentCoverage prints how often each interval of the latent correlation
// holds the truth.
func printLatentCoverage(ctx context.Context, out *strings.Builder, o settings) error {
	fmt.Fprintf(out, "## Two measures: coverage of the intervals of the latent correlation\n\n"+
		"Groups of 5, 6, 7, 8, 9 in turn; normal ratings that correlate .4 within groups; both measures have the same ICC; %d data sets in each row, %d draws in every bootstrap. "+
		"How often a 95 %% interval holds the true correlation between groups; where fewer than all data sets have the interval, their share is in brackets.\n\n", o.tables, o.inner)
	names := latentMethods()
	head := []string{"groups", "ICC", "correlation"}
	for _, n := range names {
		head = append(head, "`"+n+"`")
	}
	header(out, head...)
	for number, l := range pairs() {
		kept, err := each(ctx, l.draw, firstPair+uint64(number), o, func(ctx context.Context, t decomposition.Table, seed uint64) ([]target, error) {
			r, err := decomposition.Relate(ctx, t, decomposition.Options{Draws: o.inner, Seed: seed})
			if err != nil {
				return nil, err
			}
			var out []target
			for _, name := range names {
				q := &r.REML.RBetween
				if name == decomposition.MethodJackknifeZ {
					q = &r.Moments.RBetween
				}
				var iv multilevel.Interval
				iv.Lower, iv.Upper = q.Limits(name, 0.95)
				out = append(out, target{iv, l.between})
			}
			return out, nil
		})
		if err != nil {
			return err
		}
		cells := []string{fmt.Sprint(len(l.sizes)), short(l.icc[0]), short(l.between)}
		for i := range names {
			var r rate
			for _, list := range kept {
				if yes, defined := list[i].held(); defined {
					r.add(yes)
				}
			}
			cell := r.String()
			if r.of > 0 && r.of < o.tables {
				cell += fmt.Sprintf(" (%s)", short(float64(r.of)/float64(o.tables)))
			}
			cells = append(cells, cell)
		}
		row(out, cells...)
	}
	out.WriteString("\n")
	return nil
}
