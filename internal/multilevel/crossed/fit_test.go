package crossed_test

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"holon/internal/multilevel/crossed"
)

// TestSeveralOptima: two-level data whose restricted likelihood has an optimum at
// zero and another inside; the better one is taken, the other told of.
func TestSeveralOptima(t *testing.T) {
	t.Parallel()
	for _, id := range []string{"reml-bimodal-zero-wins", "reml-bimodal-interior-wins"} {
		t.Run(id, func(t *testing.T) {
			t.Parallel()
			c, r := readCase(t, id)
			s := summarise(t, r.table)
			for method, want := range map[crossed.Method]map[string]any{crossed.REML: c.Expected.TwoLevel.REML, crossed.ML: c.Expected.TwoLevel.ML} {
				number := func(key string) float64 {
					v, ok := want[key].(float64)
					if !ok {
						t.Fatalf("the case has no %s", key)
					}
					return v
				}
				fit := fitted(t, s, crossed.Model{Group: true}, method)
				same(t, "var_group", fit.Variance[crossed.Group], number("var_group"), 1e-6, 0)
				same(t, "var_residual", fit.Variance[crossed.Residual], number("var_residual"), 1e-6, 0)
				same(t, "deviance", fit.Deviance, number("deviance"), 0, 2e-6)
				same(t, "intercept", fit.Mean, number("intercept"), 1e-6, 0)
				same(t, "local optima", float64(fit.LocalOptima), number("n_local_optima"), 0, 0)
				if (fit.LocalOptima > 1) != (fit.Margin != nil) {
					t.Errorf("%d optima with margin %v", fit.LocalOptima, fit.Margin)
				}
				null := fitted(t, s, crossed.Model{}, method)
				same(t, "deviance_null", null.Deviance, number("deviance_null"), 0, 2e-6)
				if fit.Margin != nil && fit.Variance[crossed.Group] > 0 {
					same(t, "margin", *fit.Margin, null.Deviance-fit.Deviance, 0, 1e-9)
				}
			}
		})
	}
}

// grid is a complete table of groups by members by sessions with given ratings.
func grid(groups, members, sessions int, y func(g, m, s int) float64) crossed.Table {
	var t crossed.Table
	for g := range groups {
		for m := range members {
			for s := range sessions {
				t.Group = append(t.Group, int32(g))
				t.Member = append(t.Member, int32(m))
				t.Session = append(t.Session, int32(s))
				t.Y = append(t.Y, y(g, m, s))
			}
		}
	}
	return t
}

// TestRefusals: what has no answer says why.
func TestRefusals(t *testing.T) {
	t.Parallel()
	all := crossed.Model{Group: true, Member: true, Session: true}
	rng := rand.New(rand.NewPCG(3, 4))
	noise := func(_, _, _ int) float64 { return rng.NormFloat64() }
	own := func(t crossed.Table) crossed.Table {
		t.Session = nil
		return t
	}
	withoutFirst := func(t crossed.Table) crossed.Table {
		return crossed.Table{Group: t.Group[1:], Member: t.Member[1:], Session: t.Session[1:], Y: t.Y[1:]}
	}
	additive := func(g, m, s int) float64 { return float64(g*g) + float64(3*m*m)/4 + float64(s*s*s)/8 }
	for name, c := range map[string]struct {
		table crossed.Table
		model crossed.Model
		want  crossed.Reason
	}{
		"no data":                           {crossed.Table{}, all, crossed.NoData},
		"columns of different length":       {crossed.Table{Group: []int32{1}, Member: []int32{1}, Y: []float64{1, 2}}, all, crossed.UnequalColumns},
		"a rating that is not a number":     {crossed.Table{Group: []int32{1}, Member: []int32{1}, Y: []float64{math.NaN()}}, all, crossed.NonFiniteRating},
		"an infinite rating":                {crossed.Table{Group: []int32{1}, Member: []int32{1}, Y: []float64{math.Inf(-1)}}, all, crossed.NonFiniteRating},
		"a cell twice":                      {crossed.Table{Group: []int32{1, 1}, Member: []int32{1, 1}, Session: []int32{2, 2}, Y: []float64{1, 2}}, all, crossed.DuplicateCell},
		"one rating":                        {grid(1, 1, 1, noise), crossed.Model{}, crossed.TooFewRatings},
		"constant ratings":                  {grid(3, 3, 3, func(_, _, _ int) float64 { return 0.1 }), all, crossed.NoVariation},
		"one group":                         {grid(1, 4, 5, noise), all, crossed.Confounded},
		"one session of each group":         {grid(5, 4, 1, noise), all, crossed.Confounded},
		"one member of each group":          {grid(5, 1, 4, noise), all, crossed.Confounded},
		"one rating of each member":         {own(grid(5, 4, 1, noise)), crossed.Model{Group: true, Member: true}, crossed.Confounded},
		"sessions that are not shared":      {own(grid(5, 4, 3, noise)), all, crossed.Confounded},
		"members and sessions say it all":   {grid(4, 3, 5, additive), all, crossed.NoResidual},
		"the same with a cell missing":      {withoutFirst(grid(4, 3, 5, additive)), all, crossed.NoResidual},
		"the same with members more":        {withoutFirst(grid(4, 6, 5, additive)), all, crossed.NoResidual},
		"members always rate the same":      {own(grid(4, 3, 5, func(g, m, _ int) float64 { return float64(g*g + m) })), crossed.Model{Group: true, Member: true}, crossed.NoResidual},
		"the same without sessions":         {withoutFirst(grid(4, 3, 5, func(g, m, _ int) float64 { return float64(g*g + m) })), crossed.Model{Group: true, Member: true}, crossed.NoResidual},
		"perfect agreement in each session": {withoutFirst(grid(4, 3, 5, func(g, _, s int) float64 { return float64(g*g + s*s) })), crossed.Model{Session: true}, crossed.NoResidual},
		"perfect agreement in each group":   {withoutFirst(grid(4, 3, 5, func(g, _, _ int) float64 { return float64(g * g) })), crossed.Model{Group: true}, crossed.NoResidual},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, err := crossed.Summarise(c.table)
			for _, method := range []crossed.Method{crossed.REML, crossed.ML} {
				failed := err
				if failed == nil {
					_, failed = s.Fit(c.model, method)
				}
				if !errors.Is(failed, c.want) {
					t.Errorf("%v: refused with %v, want %v", method, failed, c.want)
				}
			}
		})
	}
}

// TestWideRange: what is far from zero, or spread over most of the range of
// float64, is fitted as the same ratings near 1 are.
func TestWideRange(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(5, 6))
	z := make([]float64, 0, 200)
	table := grid(5, 4, 10, func(g, m, s int) float64 {
		z = append(z, math.Round(16*(float64(g%3)+float64(m%2)+float64(s%3)/2+rng.NormFloat64())))
		return z[len(z)-1]
	})
	m := crossed.Model{Group: true, Member: true, Session: true}
	want := fitted(t, summarise(t, table), m, crossed.REML)
	for _, c := range []struct{ offset, unit float64 }{{1e10, 1}, {-4e12, 1}, {0, 0x1p-400}, {0, 0x1p400}} {
		other := table
		other.Y = nil
		for _, v := range z {
			other.Y = append(other.Y, c.offset+v*c.unit)
		}
		got := fitted(t, summarise(t, other), m, crossed.REML)
		for i := range want.Variance {
			same(t, "variance", got.Variance[i]/c.unit/c.unit, want.Variance[i], 1e-9, 0)
		}
		same(t, "mean", (got.Mean-c.offset)/c.unit, want.Mean, 1e-3, 0)
	}
	for _, unit := range []float64{0x1p-1060, 0x1p1000} {
		other := table
		other.Y = nil
		for _, v := range z {
			other.Y = append(other.Y, v*unit)
		}
		if _, err := summarise(t, other).Fit(m, crossed.REML); !errors.Is(err, crossed.BeyondRange) {
			t.Errorf("a variance of %g squared: %v", unit, err)
		}
	}
}

// TestBuilder: groups one after the other, in another order and of widening
// spread, give what a table gives.
func TestBuilder(t *testing.T) {
	t.Parallel()
	for _, sessions := range []bool{true, false} {
		for _, grow := range []float64{1, 0x1p60} {
			table := drawTable(9, 5, 6, 0.2)
			if !sessions {
				table.Session = nil
			}
			for i := range table.Y {
				if table.Group[i] == 4 {
					table.Y[i] *= grow
				}
			}
			b := crossed.NewBuilder(sessions)
			for _, g := range []int32{3, 0, 7, 4, 8, 1, 2, 6, 5} {
				var part crossed.Table
				for i, code := range table.Group {
					if code == g {
						part.Member, part.Y = append(part.Member, table.Member[i]), append(part.Y, table.Y[i])
						if sessions {
							part.Session = append(part.Session, table.Session[i])
						}
					}
				}
				if err := b.Add(g, part.Member, part.Session, part.Y); err != nil {
					t.Fatal(err)
				}
				bad := slices.Clone(part.Y)
				bad[0] = math.Inf(1)
				if err := b.Add(g, part.Member, part.Session, bad); !errors.Is(err, crossed.NonFiniteRating) {
					t.Fatal(err)
				}
			}
			built, err := b.Finish()
			if err != nil {
				t.Fatal(err)
			}
			read := summarise(t, table)
			if diff := cmp.Diff(read.Counts(), built.Counts()); diff != "" {
				t.Error(diff)
			}
			m := crossed.Model{Group: true, Member: true, Session: sessions}
			a, b2 := fitted(t, read, m, crossed.REML), fitted(t, built, m, crossed.REML)
			for c := range a.Variance {
				same(t, "variance", b2.Variance[c], a.Variance[c], 1e-7, 1e-9*a.Variance.Total())
			}
			same(t, "deviance", b2.Deviance, a.Deviance, 1e-9, 0)
			x, errX := read.Predict(a)
			y, errY := built.Predict(a)
			if errX != nil || errY != nil || len(x.Member) != len(y.Member) {
				t.Fatal(errX, errY)
			}
			for i := range x.Member {
				if x.Member[i].Group != y.Member[i].Group || x.Member[i].Unit != y.Member[i].Unit {
					t.Fatalf("member %d is %v, want %v", i, y.Member[i], x.Member[i])
				}
				same(t, "blup", y.Member[i].BLUP, x.Member[i].BLUP, 1e-7, 1e-7*x.Member[i].CondSD)
			}
		}
	}
	b := crossed.NewBuilder(false)
	for range 2 {
		if err := b.Add(1, []int32{1}, nil, []float64{2}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := b.Finish(); !errors.Is(err, crossed.DuplicateGroup) {
		t.Errorf("one group twice: %v", err)
	}
}

// TestTotallerKeepsWhatFitsNeed: complete tables of two shapes and incomplete ones, in any
// order and of widening spread, are fitted as the table is, and nothing is predicted.
func TestTotallerKeepsWhatFitsNeed(t *testing.T) {
	t.Parallel()
	for _, missing := range []float64{0, 0.2} {
		for _, grow := range []float64{1, 0x1p60} {
			table := joinedTables(drawTable(30, 5, 6, 0), drawTable(20, 4, 7, 0), drawTable(12, 5, 6, missing))
			for i := range table.Y {
				if table.Group[i] == 4 {
					table.Y[i] *= grow
				}
			}
			rows := map[int32]*crossed.Table{}
			for i, g := range table.Group {
				if rows[g] == nil {
					rows[g] = &crossed.Table{}
				}
				part := rows[g]
				part.Member, part.Session, part.Y = append(part.Member, table.Member[i]), append(part.Session, table.Session[i]), append(part.Y, table.Y[i])
			}
			b := crossed.NewTotaller()
			for g, part := range rows { // in whatever order
				if err := b.Add(g, part.Member, part.Session, part.Y); err != nil {
					t.Fatal(err)
				}
			}
			totals, err := b.Finish()
			if err != nil {
				t.Fatal(err)
			}
			read := summarise(t, table)
			if diff := cmp.Diff(read.Counts(), totals.Counts()); diff != "" {
				t.Error(diff)
			}
			m := crossed.Model{Group: true, Member: true, Session: true}
			want, got := fitted(t, read, m, crossed.REML), fitted(t, totals, m, crossed.REML)
			for c := range want.Variance {
				same(t, "variance", got.Variance[c], want.Variance[c], 1e-7, 1e-9*want.Variance.Total())
			}
			same(t, "deviance", got.Deviance, want.Deviance, 1e-9, 0)
			same(t, "mean", got.Mean, want.Mean, 1e-9, 1e-9*math.Sqrt(want.Variance.Total()))
			if _, err := totals.Predict(got); !errors.Is(err, crossed.NoRatings) {
				t.Errorf("predicted: %v", err)
			}
		}
	}
}

// joinedTables puts tables one under the other, their groups numbered on.
func joinedTables(tables ...crossed.Table) crossed.Table {
	var out crossed.Table
	next := int32(0)
	for _, x := range tables {
		for _, g := range x.Group {
			out.Group = append(out.Group, next+g)
		}
		out.Member, out.Session, out.Y = append(out.Member, x.Member...), append(out.Session, x.Session...), append(out.Y, x.Y...)
		next += slices.Max(x.Group) + 1
	}
	return out
}

// TestSameBytesTwice: the same input gives the same bytes, with both cores at work.
func TestSameBytesTwice(t *testing.T) {
	t.Parallel()
	table := drawTable(400, 7, 12, 0.2)
	m := crossed.Model{Group: true, Member: true, Session: true}
	first := fitted(t, summarise(t, table), m, crossed.REML)
	for range 3 {
		if diff := cmp.Diff(first, fitted(t, summarise(t, table), m, crossed.REML)); diff != "" {
			t.Fatal(diff)
		}
	}
}

// TestSimulate: over many draws the mean squares come out at their expectation,
// and estimates at what was drawn from, complete or not.
func TestSimulate(t *testing.T) {
	t.Parallel()
	const draws = 2000
	truth := crossed.Variances{0.4, 0.6, 0.3, 0.5}
	for name, c := range map[string]struct {
		table crossed.Table
		v     crossed.Variances
	}{
		"complete":                {drawTable(9, 4, 6, 0), truth},
		"cells missing":           {drawTable(9, 4, 6, 0.25), truth},
		"more members":            {drawTable(9, 7, 4, 0.25), truth},
		"no shared sessions":      {func() crossed.Table { x := drawTable(9, 4, 6, 0); x.Session = nil; return x }(), crossed.Variances{0.4, 0.6, 0, 0.5}},
		"unequal without sharing": {func() crossed.Table { x := drawTable(9, 4, 6, 0.3); x.Session = nil; return x }(), crossed.Variances{0.4, 0.6, 0, 0.5}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := summarise(t, c.table)
			rng := rand.New(rand.NewPCG(7, 8))
			var score, square [4]float64
			var mean, meanSquare float64
			var drawn *crossed.Summary
			for range draws {
				var err error
				if drawn, err = s.Simulate(rng, c.v, 3, drawn); err != nil {
					t.Fatal(err)
				}
				g, err := drawn.Gradient(crossed.REML, c.v)
				if err != nil {
					t.Fatal(err)
				}
				for i := range g {
					score[i] += g[i]
					square[i] += g[i] * g[i]
				}
				null := fitted(t, drawn, crossed.Model{}, crossed.REML)
				mean += null.Mean
				meanSquare += (null.Mean - 3) * (null.Mean - 3)
			}
			// The score of the true variances has mean zero and, over draws, four times
			// the information as its variance.
			information, err := s.Information(crossed.REML, c.v)
			if err != nil {
				t.Fatal(err)
			}
			for i := range score {
				if c.v[i] == 0 {
					continue
				}
				sd := math.Sqrt(4 * information[i][i])
				same(t, "mean score / sd", score[i]/draws/sd, 0, 0, 4/math.Sqrt(draws))
				same(t, "sd of score", math.Sqrt(square[i]/draws)/sd, 1, 0.15, 0)
			}
			se := math.Sqrt(meanSquare/draws) / math.Sqrt(draws)
			same(t, "mean", mean/draws, 3, 0, 4*se)
			if _, err := drawn.Predict(crossed.Fit{Variance: c.v}); !errors.Is(err, crossed.NoRatings) {
				t.Errorf("predictions of a drawn summary: %v", err)
			}
		})
	}
}

// TestIntervalEndsWithItsContext with the context's error.
func TestIntervalEndsWithItsContext(t *testing.T) {
	t.Parallel()
	s := summarise(t, drawTable(15, 6, 8, 0.2))
	fit := fitted(t, s, crossed.Model{Group: true, Member: true, Session: true}, crossed.REML)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := s.ShareInterval(ctx, fit, crossed.OfTotal(crossed.Group), 3.84); !errors.Is(err, context.Canceled) {
		t.Errorf("err = %v", err)
	}
}

// TestProfile: the share held is the share returned, the deviance is smallest at
// the estimate, and asking for a share that is none is refused.
func TestProfile(t *testing.T) {
	t.Parallel()
	s := summarise(t, drawTable(15, 6, 8, 0.2))
	fit := fitted(t, s, crossed.Model{Group: true, Member: true, Session: true}, crossed.REML)
	weather := crossed.Share{Part: crossed.Session, Of: [4]bool{crossed.Session: true, crossed.Residual: true}}
	for _, share := range []crossed.Share{crossed.OfTotal(crossed.Group), crossed.OfTotal(crossed.Member), crossed.OfTotal(crossed.Residual), weather} {
		estimate := share.Value(fit.Variance)
		at, err := s.Profile(fit, share, estimate)
		if err != nil {
			t.Fatal(err)
		}
		same(t, "deviance at the estimate", at.Deviance, fit.Deviance, 0, 1e-8)
		lower, upper, err := s.ShareInterval(t.Context(), fit, share, 3.841458820694124)
		if err != nil || !(lower < estimate && estimate < upper) {
			t.Fatalf("interval %v to %v around %v: %v", lower, upper, estimate, err)
		}
		for _, limit := range []float64{lower, upper} {
			at, err := s.Profile(fit, share, limit)
			if err != nil {
				t.Fatal(err)
			}
			same(t, "share held", share.Value(at.Variance), limit, 1e-9, 1e-12)
			if limit > 0 {
				same(t, "fall at the limit", at.Deviance-fit.Deviance, 3.841458820694124, 0, 1e-6)
			}
		}
	}
	for _, rho := range []float64{-0.1, 1, math.NaN()} {
		if _, err := s.Profile(fit, weather, rho); !errors.Is(err, crossed.BadShare) {
			t.Errorf("share %v: %v", rho, err)
		}
	}
	if _, err := s.Profile(fit, crossed.Share{Part: crossed.Group}, 0.1); !errors.Is(err, crossed.BadShare) {
		t.Errorf("a share of nothing: %v", err)
	}
}

// TestFlatLikelihood: small tables on which scoring by the expected curvature
// crawls or steps over the optimum for ever.
func TestFlatLikelihood(t *testing.T) {
	t.Parallel()
	table := crossed.Table{
		Group: []int32{0, 0, 1, 2, 2, 2, 2}, Member: []int32{1, 0, 0, 1, 1, 0, 0}, Session: []int32{1, 1, 1, 1, 0, 1, 0},
		Y: []float64{3.6484375, 4.23828125, 6.23828125, 5.93359375, 4.9765625, 2.48046875, 0.3671875},
	}
	s := summarise(t, table)
	m := crossed.Model{Group: true, Member: true, Session: true}
	fit := fitted(t, s, m, crossed.ML)
	if fit.Iterations > 100 {
		t.Errorf("%d iterations", fit.Iterations)
	}
	gradient, err := s.Gradient(crossed.ML, fit.Variance)
	if err != nil {
		t.Fatal(err)
	}
	for c, slope := range gradient {
		if fit.Variance[c] == 0 {
			if slope < 0 {
				t.Errorf("%v is held at zero against a slope of %g", crossed.Component(c), slope)
			}
			continue
		}
		same(t, "slope", slope*fit.Variance.Total(), 0, 0, 1e-7)
	}
}
