package decomposition

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"holon/internal/multilevel"
)

// TestTheRegressionsResidualShareHasItsInterval holds the .90 limit of the
// profile to the boundary test that it is the dual of.
func TestTheRegressionsResidualShareHasItsInterval(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(11, 12))
	found, missed := 0, 0
	for range 30 {
		r, err := IsBeyond(t.Context(), balanced(rng, 15, 6, sym{0.25, 0.15, 0.3}, sym{1, 0.3, 1}), Options{Draws: -1})
		if err != nil {
			t.Fatal(err)
		}
		m := &r.Manifest
		lower, upper := m.ResidualShare.Limits(MethodProfile, 0.90)
		wide, most := m.ResidualShare.Limits(MethodProfile, 0.95)
		if lower == nil || upper == nil || wide == nil || most == nil {
			t.Fatalf("no interval: %+v", m.ResidualShare)
		}
		at := *m.ResidualShare.Estimate
		if !(*wide <= *lower && *lower <= at && at < *upper && *upper < *most && *most < 1) {
			t.Errorf("share %v in %v to %v and %v to %v", at, *lower, *upper, *wide, *most)
		}
		if significant := *m.Tests[0].P < 0.05; significant != (*lower > 0) {
			t.Errorf("p %v beside a lower limit of %v", *m.Tests[0].P, *lower)
		} else if significant {
			found++
		} else {
			missed++
		}
	}
	if found == 0 || missed == 0 {
		t.Errorf("%d found, %d not: only one of both was looked at", found, missed)
	}
}

// TestManifestFindsWhatIsNotThere simulates groups whose cohesion is their
// alliance on another scale (latent correlation 1, slope 2 between and .3 within
// groups). The latent test keeps its level; the regression on group means finds
// a residual in almost every table, which is why it does not answer.
func TestManifestFindsWhatIsNotThere(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(61, 62))
	const tables, often, seldom = 60, 54, 9
	latent, manifest := 0, 0
	for range tables {
		r, err := IsBeyond(t.Context(), balanced(rng, 20, 7, sym{0.25, 0.5, 1}, sym{1, 0.3, 0.6}), Options{Draws: -1})
		if err != nil {
			t.Fatal(err)
		}
		if *r.Tests[0].P <= 0.05 {
			latent++
		}
		if *r.Manifest.Tests[0].P <= 0.05 {
			manifest++
		}
	}
	if latent > seldom {
		t.Errorf("the latent test is significant in %d of %d", latent, tables)
	}
	if manifest < often {
		t.Errorf("the regression is significant in only %d of %d: the comment that it misleads is wrong", manifest, tables)
	}
}

// TestAnswers looks at tables whose answer is known.
func TestAnswers(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(71, 72))
	for _, c := range []struct {
		name            string
		between, within sym
		answer          multilevel.Answer
	}{
		{"cohesion of its own", sym{0.4, 0.1, 0.5}, sym{0.8, 0.3, 0.6}, multilevel.Supported},
		{"cohesion is alliance", sym{0.6, 0.6, 0.6}, sym{0.5, 0.1, 0.5}, multilevel.NotSupported},
		{"no group variance", sym{}, sym{0.5, 0.1, 0.5}, multilevel.NotSupported},
	} {
		r, err := IsBeyond(t.Context(), balanced(rng, 150, 8, c.between, c.within), Options{Draws: 199})
		if err != nil {
			t.Fatal(err)
		}
		if r.Answer != c.answer {
			t.Errorf("%s: %s (%s), share %v", c.name, r.Answer, r.Reason, *r.Share.Estimate)
		}
	}
}

// TestDegenerateTables: each has a name.
func TestDegenerateTables(t *testing.T) {
	t.Parallel()
	groups := []string{"a", "a", "a", "b", "b", "b", "c", "c", "c"}
	x := []float64{1, 2, 4, 2, 5, 3, 7, 6, 5}
	y := []float64{3, 1, 2, 5, 4, 4, 6, 9, 7}
	apart := []string{"a", "b", "c", "d", "e", "f", "g", "h", "i"}
	agree := []float64{1, 1, 1, 2, 2, 2, 5, 5, 5}
	for _, c := range []struct {
		name   string
		groups []string
		x, y   []float64
		answer multilevel.Answer
		reason multilevel.Reason
	}{
		{"empty", nil, nil, nil, multilevel.NotIdentifiable, multilevel.NoData},
		{"one group", slices.Repeat([]string{"a"}, 9), x, y, multilevel.NotIdentifiable, multilevel.OneGroup},
		{"one member per group", apart, x, y, multilevel.NotIdentifiable, multilevel.OneRatingPerGroup},
		{"constant", groups, x, slices.Repeat([]float64{0.1}, 9), multilevel.NotIdentifiable, multilevel.NoVariation},
		{"perfect agreement", groups, x, agree, multilevel.NotIdentifiable, NoWithinVariance},
		{"a copy", groups, x, scaled(x, 3), multilevel.NotIdentifiable, WithinSingular},
		{"infinite", groups, x, scaled(x, math.Inf(1)), multilevel.Refused, multilevel.NonFiniteRating},
		{"three groups", groups, x, y, multilevel.CannotTell, multilevel.LimitsIncludeBoth},
	} {
		r, err := IsBeyond(t.Context(), Table{Group: c.groups, Measures: []Measure{{"x", c.x}, {"y", c.y}}}, Options{Draws: 19})
		if err != nil {
			t.Fatal(err)
		}
		if r.Answer != c.answer || r.Reason != c.reason {
			t.Errorf("%s: %s, %s", c.name, r.Answer, r.Reason)
		}
	}
}

// scaled returns values times a factor.
func scaled(values []float64, by float64) []float64 {
	out := slices.Clone(values)
	for i := range out {
		out[i] *= by
	}
	return out
}

// TestAlphaIntervals: the intervals hold their estimates.
func TestAlphaIntervals(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(81, 82))
	table := randomTable(rng, 10, 3, 6, sym{0.5, 0.2, 0.5}, sym{1, 0.4, 1})
	a, err := Alpha(t.Context(), table, Options{})
	if err != nil {
		t.Fatal(err)
	}
	lower, upper := a.Within.Limits(MethodFeldt, 0.95)
	if lower == nil || upper == nil || !(*lower < *a.Within.Estimate && *a.Within.Estimate < *upper) {
		t.Errorf("within %v in %v", *a.Within.Estimate, a.Within.CI)
	}
	lower, upper = a.SingleLevel.Limits(MethodGroupsResamp, 0.95)
	if lower == nil || upper == nil || !(*lower < *a.SingleLevel.Estimate && *a.SingleLevel.Estimate < *upper) {
		t.Errorf("single level %v in %v", *a.SingleLevel.Estimate, a.SingleLevel.CI)
	}
}

// TestCancelled: the error of the context comes back.
func TestCancelled(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	table := randomTable(rand.New(rand.NewPCG(1, 1)), 9, 3, 6, sym{0.5, 0.2, 0.5}, sym{1, 0.4, 1})
	if _, err := IsBeyond(ctx, table, Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("beyond: %v", err)
	}
	if _, err := Alpha(ctx, table, Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("alpha: %v", err)
	}
}

// BenchmarkBeyond is the whole question with 999 draws, 20 groups.
func BenchmarkBeyond(b *testing.B) {
	table := randomTable(rand.New(rand.NewPCG(1, 1)), 20, 4, 9, sym{0.5, 0.2, 0.5}, sym{1, 0.4, 1})
	for b.Loop() {
		if _, err := IsBeyond(b.Context(), table, Options{}); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkRestrictedFit is one REML fit from sufficient statistics.
func BenchmarkRestrictedFit(b *testing.B) {
	t, _ := arrange(randomTable(rand.New(rand.NewPCG(1, 1)), 500, 4, 9, sym{0.5, 0.2, 0.5}, sym{1, 0.4, 1}))
	s := sampleOf(reduce(t))
	b.ReportAllocs()
	for b.Loop() {
		s.fit(restricted, settled, true)
	}
}
