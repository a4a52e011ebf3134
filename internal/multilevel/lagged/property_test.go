package lagged_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"

	"holon/internal/multilevel/lagged"
)

// drawn is a small table of random shape.
func drawn(t *rapid.T) lagged.Table {
	rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
	w := world{
		groups: rapid.IntRange(4, 7).Draw(t, "groups"), members: rapid.IntRange(2, 4).Draw(t, "members"), sessions: rapid.IntRange(6, 9).Draw(t, "sessions"),
		driftX: 0.1, shared: 0.3, arrow: 0.2,
	}
	table := w.draw(rng)
	kept := table.Occasions[:0]
	for _, o := range table.Occasions {
		if rng.Float64() > 0.05 {
			kept = append(kept, o)
		}
	}
	table.Occasions = kept
	return table
}

// same compares all numbers that decide, the second in other units.
func same(t *rapid.T, a, b *lagged.Result, units float64) {
	for what, pair := range map[string][3]any{
		"forward":      {a.Forward.Adjusted.Before.Estimate, b.Forward.Adjusted.Before.Estimate, units},
		"raw":          {a.Forward.Raw.Before.ClusterSE, b.Forward.Raw.Before.ClusterSE, units},
		"corrected":    {a.Forward.Corrected.Estimate, b.Forward.Corrected.Estimate, 1.0},
		"backward":     {a.Backward.Adjusted.Before.Estimate, b.Backward.Adjusted.Before.Estimate, 1 / units},
		"standardised": {a.Forward.Adjusted.Standard.Estimate, b.Forward.Adjusted.Standard.Estimate, 1.0},
		"p":            {a.Forward.PHolm, b.Forward.PHolm, 1.0},
		"difference":   {a.Difference.Estimate, b.Difference.Estimate, 1.0},
		"r":            {a.Together.RWithin, b.Together.RWithin, 1.0},
	} {
		x, _ := pair[0].(*float64)
		y, _ := pair[1].(*float64)
		u, _ := pair[2].(float64)
		if (x == nil) != (y == nil) || (x != nil && !(math.Abs(*x*u-*y) <= 1e-6*max(1, math.Abs(*y)))) {
			t.Fatalf("%s: %v and %v", what, x, y)
		}
	}
	if a.Answer != b.Answer || a.Pairs != b.Pairs {
		t.Fatalf("%s of %d pairs, %s of %d", a.Answer, a.Pairs, b.Answer, b.Pairs)
	}
}

// run analyses with draws.
func run(t *rapid.T, table lagged.Table) *lagged.Result {
	r, err := lagged.Analyse(t.Context(), table, lagged.Options{Draws: -1})
	if err != nil {
		t.Fatal(err)
	}
	return &r
}

// TestNamesAndOrderMeanNothing renames members, groups and sessions and shuffles
// the rows.
func TestNamesAndOrderMeanNothing(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		table := drawn(t)
		other := lagged.Table{Grouped: true}
		for _, o := range table.Occasions {
			o.Group, o.Member, o.Session = "z"+o.Group, fmt.Sprintf("q%x", o.Member), "s"+o.Session
			other.Occasions = append(other.Occasions, o)
		}
		rand.New(rand.NewPCG(2, 2)).Shuffle(len(other.Occasions), func(i, j int) {
			other.Occasions[i], other.Occasions[j] = other.Occasions[j], other.Occasions[i]
		})
		same(t, run(t, table), run(t, other), 1)
	})
}

// TestMembersOwnMeansAndLinesChangeNothing adds to each measure of each member a
// line of its own: the detrended model does not see it. The others' means do, so
// there are no groups here.
func TestMembersOwnMeansAndLinesChangeNothing(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		table := drawn(t)
		table.Grouped = false
		level, slope := rapid.Float64Range(-5, 5).Draw(t, "level"), rapid.Float64Range(-1, 1).Draw(t, "slope")
		moved, bent := lagged.Table{}, lagged.Table{}
		for _, o := range table.Occasions {
			own := float64(len(o.Member)) + float64(o.Member[len(o.Member)-1]%5)
			o.X += level * own
			o.Y -= level * own
			moved.Occasions = append(moved.Occasions, o)
			o.X += slope * own * o.Time
			o.Y += slope * own * o.Time
			bent.Occasions = append(bent.Occasions, o)
		}
		a := run(t, table)
		same(t, a, run(t, moved), 1)
		b := run(t, bent)
		x, y := a.Forward.Detrended.Before.Estimate, b.Forward.Detrended.Before.Estimate
		if x == nil || y == nil || !(math.Abs(*x-*y) <= 1e-6) {
			t.Fatalf("detrended %v and %v", x, y)
		}
	})
}

// TestUnitsMeanNothing measures Y in other units.
func TestUnitsMeanNothing(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		table := drawn(t)
		units := rapid.Float64Range(0.01, 100).Draw(t, "units")
		other := lagged.Table{Grouped: true}
		for _, o := range table.Occasions {
			o.Y *= units
			other.Occasions = append(other.Occasions, o)
		}
		same(t, run(t, table), run(t, other), units)
	})
}

// TestTheOtherWayRoundIsTheOtherArrow exchanges the measures.
func TestTheOtherWayRoundIsTheOtherArrow(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		table := drawn(t)
		other := lagged.Table{Grouped: true}
		for _, o := range table.Occasions {
			o.X, o.Y = o.Y, o.X
			other.Occasions = append(other.Occasions, o)
		}
		a, b := run(t, table), run(t, other)
		b.Forward, b.Backward = b.Backward, b.Forward
		if x, y := a.Difference.Estimate, b.Difference.Estimate; (x == nil) != (y == nil) || (x != nil && !(math.Abs(*x+*y) <= 1e-8)) {
			t.Fatalf("differences %v and %v", a.Difference.Estimate, b.Difference.Estimate)
		}
		b.Difference.Estimate, b.Together = a.Difference.Estimate, a.Together
		same(t, a, b, 1)
	})
}
