package roundrobin_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"holon/internal/multilevel/roundrobin"
)

// grid makes a group from a matrix; a value below zero is no rating.
func grid(rows ...[]float64) roundrobin.Group {
	g := roundrobin.Group{Name: "g"}
	for i, row := range rows {
		g.Members = append(g.Members, string(rune('a'+i)))
		for j, v := range row {
			if i != j && v >= 0 {
				g.Cells = append(g.Cells, roundrobin.Cell{Actor: i, Partner: j, Value: v})
			}
		}
	}
	return g
}

// TestTiesOfASmallGroup counts by hand: a and b mutually, a also to c, d to all,
// nobody to d.
func TestTiesOfASmallGroup(t *testing.T) {
	t.Parallel()
	g := grid([]float64{0, 9, 8, 2}, []float64{9, 0, 1, 1}, []float64{3, 2, 0, 2}, []float64{8, 8, 8, 0})
	got := roundrobin.TiesOf(&g, 8)
	if got.Count != 6 || got.Rated != 12 || *got.Density != 0.5 || got.Both != 6 || got.Mutual != 1 || got.OneSided != 4 {
		t.Errorf("%+v", got)
	}
	// Ties given: a 2 of 3, b 1 of 3, c none, d 3 of 3. Expected mutual pairs:
	// ab 2/9, ad 2/3, bd 1/3, the others none; of 6 ties twice that.
	same(t, "mutual by chance", got.MutualByChance, 2.0/9+2.0/3+1.0/3)
	same(t, "reciprocity", got.Reciprocity, 1.0/3)
	same(t, "reciprocity by chance", got.ReciprocityByChance, 2*(2.0/9+2.0/3+1.0/3)/6)
	d := got.Incoming[3]
	if !d.Few || d.Ties != 0 || d.Raters != 3 || d.Given != 3 || got.Few != 1 {
		t.Errorf("%+v", d)
	}
	same(t, "none by chance", d.ByChance, (1-2.0/3)*(1-1.0/3)*1)
	// d gives to all, so only d itself can have none of three: to a, b and c always
	// comes one tie at least.
	same(t, "few by chance", got.FewByChance, 2.0/9)
}

// TestChanceIsWhatLayingAtRandomGives lays every rater's ties at random and
// counts.
func TestChanceIsWhatLayingAtRandomGives(t *testing.T) {
	t.Parallel()
	g := grid(
		[]float64{0, 9, 9, 9, 1}, []float64{9, 0, 1, 1, 1}, []float64{9, 9, 0, 1, 1},
		[]float64{1, 1, 1, 0, 9}, []float64{9, 1, 1, 9, 0})
	want := roundrobin.TiesOf(&g, 5)
	random := rand.New(rand.NewPCG(3, 8))
	const draws = 20000
	var mutual, few float64
	for range draws {
		laid := roundrobin.Group{Name: g.Name, Members: g.Members, Cells: slices.Clone(g.Cells)}
		for rater := range g.Members {
			var at []int
			for i, c := range laid.Cells {
				if c.Actor == rater {
					at = append(at, i)
				}
			}
			random.Shuffle(len(at), func(i, j int) {
				laid.Cells[at[i]].Value, laid.Cells[at[j]].Value = laid.Cells[at[j]].Value, laid.Cells[at[i]].Value
			})
		}
		got := roundrobin.TiesOf(&laid, 5)
		few += float64(got.Few) / draws
		mutual += float64(got.Mutual) / draws
	}
	if !(math.Abs(few-*want.FewByChance) < 0.03) {
		t.Errorf("few: %g drawn, %g computed", few, *want.FewByChance)
	}
	if !(math.Abs(mutual-*want.MutualByChance) < 0.03) {
		t.Errorf("mutual: %g drawn, %g computed", mutual, *want.MutualByChance)
	}
}

// TestGenerousRatersMakeNoTies shows what centring is for.
func TestGenerousRatersMakeNoTies(t *testing.T) {
	t.Parallel()
	g := grid([]float64{0, 10, 10, 10}, []float64{2, 0, 6, 4}, []float64{4, 2, 0, 6}, []float64{6, 4, 2, 0})
	if got := roundrobin.TiesOf(&g, 7.5); got.Count != 3 || got.Incoming[0].Given != 3 {
		t.Errorf("plain: %+v", got)
	}
	centred := g.Centred()
	got := roundrobin.TiesOf(&centred, 7.5)
	if got.Incoming[0].Given != 0 || got.Count != 3 || !(math.Abs(*got.Mean-5.5) < 1e-12) {
		t.Errorf("centred: %+v", got)
	}
}

// TestStepsFromSessionToSession follows ties by name.
func TestStepsFromSessionToSession(t *testing.T) {
	t.Parallel()
	before := grid([]float64{0, 9, 9}, []float64{9, 0, 1}, []float64{1, 1, 0})
	after := grid([]float64{0, 9, 1}, []float64{-1, 0, 1}, []float64{9, 1, 0})
	got := roundrobin.StepBetween(&before, &after, 8)
	if got.Compared != 5 || got.Kept != 1 || got.Lost != 1 || got.New != 1 || !(math.Abs(*got.Stability-1.0/3) < 1e-15) {
		t.Errorf("%+v", got)
	}
	if got := roundrobin.StepBetween(&before, &before, 20); got.Stability != nil || got.Compared != 6 {
		t.Errorf("without ties: %+v", got)
	}
}

// two makes a group of two parts of four who feel close within only.
func two(across float64) roundrobin.Group {
	rows := make([][]float64, 8)
	for i := range rows {
		rows[i] = make([]float64, 8)
		for j := range rows[i] {
			rows[i][j] = across
			if i/4 == j/4 {
				rows[i][j] = 9
			}
		}
	}
	return grid(rows...)
}

// TestSubgroupsNeedSessionsAndMembers shows the rule and what it finds.
func TestSubgroupsNeedSessionsAndMembers(t *testing.T) {
	t.Parallel()
	split, whole := two(1), two(9)
	if got := roundrobin.PartsOf([]roundrobin.Group{split, split}, 8); got.Reason != roundrobin.FewSessions {
		t.Errorf("two sessions: %+v", got)
	}
	small := grid([]float64{0, 9, 9}, []float64{9, 0, 1}, []float64{1, 1, 0})
	if got := roundrobin.PartsOf([]roundrobin.Group{small, small, small}, 8); got.Reason != roundrobin.FewSteadyMembers || got.Members != 3 {
		t.Errorf("three members: %+v", got)
	}
	got := roundrobin.PartsOf([]roundrobin.Group{split, split, whole}, 8)
	if got.Reason != "" || len(got.Groups) != 2 || !slices.Equal(got.Groups[0], []string{"a", "b", "c", "d"}) || len(got.Apart) != 0 {
		t.Errorf("two of three split: %+v", got)
	}
	if got = roundrobin.PartsOf([]roundrobin.Group{whole, split, whole}, 8); len(got.Groups) != 1 || len(got.Groups[0]) != 8 {
		t.Errorf("one of three split: %+v", got)
	}
}
