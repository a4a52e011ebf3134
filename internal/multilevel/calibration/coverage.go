package main

import (
	"context"
	"fmt"
	"strings"

	"holon/internal/multilevel"
)

// somethings lists the scenarios of the intervals.
func somethings() []scenario {
	var out []scenario
	designs := []scenario{
		{label: "5 of 8", sizes: ofEight(5)},
		{label: "20 of 8", sizes: ofEight(20)},
		{label: "50 of 8", sizes: ofEight(50)},
		{label: "2, 2, 3, 4, 5, 6, 8, 15", sizes: []int{2, 2, 3, 4, 5, 6, 8, 15}},
		{label: "1, 1, 2, 2, 3, 30", sizes: []int{1, 1, 2, 2, 3, 30}},
		{label: "50 of 2, 4, 6, 8, 15 in turn", sizes: mixed(50, 2, 4, 6, 8, 15)},
	}
	for _, kind := range []scale{normal(), skewed()} {
		for _, d := range designs {
			for _, latent := range []float64{0, 0.05, 0.2, 0.6} {
				out = append(out, scenario{label: d.label, sizes: d.sizes, latent: latent, scale: kind})
			}
		}
	}
	return out
}

// firstCovered is the number of the first scenario of the intervals; those of
// the tests are below it.
const firstCovered = 1000

// target is an interval and the truth it should hold.
type target struct {
	interval multilevel.Interval
	truth    float64
}

// held tells whether the interval holds the truth, and whether there is one.
func (t target) held() (yes, defined bool) {
	iv := t.interval
	if iv.Lower == nil || iv.Upper == nil {
		return false, false
	}
	// A limit of the parameter's range may be met but for rounding.
	const rounding = 1e-12
	return *iv.Lower <= t.truth+rounding && t.truth-rounding <= *iv.Upper, true
}

// printCoverage prints how often each interval holds the truth.
func printCoverage(ctx context.Context, out *strings.Builder, o settings) error {
	fmt.Fprintf(out, "## Members in groups: coverage of the intervals\n\n"+
		"%d data sets in each row. How often a 95 %% interval (for `wald_exact` also the 90 %% one that answers) holds the truth. ICC is that of the answers as they are given; "+
		"an interval that is not defined for a data set is left out of its count, and where fewer than all are, their share is in brackets.\n\n", o.tables)
	names := targetNames()
	header(out, append([]string{"groups", "ratings", "ICC"}, names...)...)
	for number, s := range somethings() {
		t := s.truth()
		kept, err := each(ctx, s.draw, firstCovered+uint64(number), o, func(_ context.Context, d multilevel.OneWay, _ uint64) ([]target, error) {
			r := multilevel.TestGroupLevel(d, multilevel.Options{})
			return targets(&r, t), nil
		})
		if err != nil {
			return err
		}
		cells := []string{s.label, s.scale.label, short(t.icc())}
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

// targetNames are the columns.
func targetNames() []string {
	return []string{
		"`wald_exact` .95", "`wald_exact` .90", "`searle_n0`", "`thomas_hultquist`", "`smith`", "`profile_likelihood` REML", "`profile_likelihood` ML",
		"`chi_square` within", "`satterthwaite` between", "`mls` between",
	}
}

// targets returns the intervals of a result in the order of the columns.
func targets(r *multilevel.GroupLevel, t truth) []target {
	c := &r.Comparison
	icc := t.icc()
	out := []target{{r.ICC1.CI[0], icc}, {r.ICC1.CI[1], icc}}
	for _, method := range []string{multilevel.IntervalSearle, multilevel.IntervalThomasHultquist, multilevel.IntervalSmith} {
		out = append(out, target{among(c.ICC1, method), icc})
	}
	for _, f := range []*multilevel.Fit{&r.REML, &r.ML} {
		var iv multilevel.Interval
		if len(f.ShareCI.Group) > 0 {
			iv = f.ShareCI.Group[0]
		}
		out = append(out, target{iv, icc})
	}
	return append(out,
		target{among(c.VarianceWithin, multilevel.IntervalChiSquare), t.within},
		target{among(c.VarianceBetween, multilevel.IntervalSatterthwaite), t.between},
		target{among(c.VarianceBetween, multilevel.IntervalMLS), t.between})
}

// among returns the interval of a method, an undefined one if there is none.
func among(list []multilevel.ComparedInterval, method string) multilevel.Interval {
	for _, iv := range list {
		if iv.Method == method {
			return iv.Interval
		}
	}
	return multilevel.Interval{}
}
