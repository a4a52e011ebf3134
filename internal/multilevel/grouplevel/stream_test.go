package grouplevel_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"holon/internal/multilevel"
	"holon/internal/multilevel/grouplevel"
)

// streamed gives the rows to a stream group by group.
func streamed(rows []multilevel.Row, low, high float64) *grouplevel.Stream {
	s := grouplevel.NewStream(low, high)
	byGroup := map[string][]multilevel.Row{}
	var names []string
	for _, r := range rows {
		if byGroup[r.Group] == nil {
			names = append(names, r.Group)
		}
		byGroup[r.Group] = append(byGroup[r.Group], r)
	}
	slices.Sort(names)
	for _, name := range names {
		s.Add(byGroup[name])
	}
	return s
}

// TestAStreamGivesTheTestOfItsRows, caveats included, whether cells are empty or not,
// whatever the tables' shapes and wherever the scale begins.
func TestAStreamGivesTheTestOfItsRows(t *testing.T) {
	t.Parallel()
	tested := 0
	for seed := range uint64(24) {
		rng := rand.New(rand.NewPCG(12, seed))
		shapes := [][2]int{{5, 8}, {6, 4}, {2, 3}, {3, 1}, {1, 4}}[:1+seed%5]
		offset := []float64{0, 1e6, -3.3}[seed%3]
		rows, _ := weeks(rng, 5+rng.IntN(12), shapes, offset)
		if seed%2 == 1 {
			rows = slices.DeleteFunc(rows, func(multilevel.Row) bool { return rng.Float64() < .1 })
		}
		if seed%8 == 0 { // on five steps, crowded at one end
			for i := range rows {
				rows[i].Value = min(max(float64(int(rows[i].Value-offset)), -1), 1)
			}
		}
		o := grouplevel.Options{Options: multilevel.Options{Draws: 49}}
		want, err := grouplevel.Test(t.Context(), grouplevel.Table{Rows: rows, Shared: true}, o)
		if err != nil {
			t.Fatal(err)
		}
		got, ok, err := streamed(rows, offset-20, offset+20).Test(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		if one := want.Structure == multilevel.MembersBySessions && want.Reason != multilevel.NoVariation; ok != one {
			t.Fatalf("seed %d: streamed %t, %s %s", seed, ok, want.Structure, want.Reason)
		}
		if !ok {
			continue
		}
		tested++
		var a, b []string
		for _, c := range got.Caveats.List() {
			a = append(a, c.Code)
		}
		for _, c := range want.Caveats.List() {
			b = append(b, c.Code)
		}
		if !slices.Equal(a, b) {
			t.Errorf("seed %d: caveats %v, not %v", seed, a, b)
		}
		sameNumbers(t, fmt.Sprint("seed ", seed), got, want)
	}
	if tested < 20 {
		t.Errorf("only %d tables were streamed", tested)
	}
}

// TestWhatAStreamLeavesToTest is every table that is not one of members over the sessions
// of their groups, or of which a rating has to be left out.
func TestWhatAStreamLeavesToTest(t *testing.T) {
	t.Parallel()
	weekly := func(change func([]multilevel.Row) []multilevel.Row) []multilevel.Row {
		rows, _ := weeks(rand.New(rand.NewPCG(1, 1)), 6, [][2]int{{3, 4}}, 0)
		return change(rows)
	}
	all := func(set func(*multilevel.Row)) func([]multilevel.Row) []multilevel.Row {
		return func(rows []multilevel.Row) []multilevel.Row {
			for i := range rows {
				set(&rows[i])
			}
			return rows
		}
	}
	for name, rows := range map[string][]multilevel.Row{
		"none":      nil,
		"one group": weekly(func(rows []multilevel.Row) []multilevel.Row { return rows[:12] }),
		"one session": weekly(func(rows []multilevel.Row) []multilevel.Row {
			return slices.DeleteFunc(rows, func(r multilevel.Row) bool { return r.Session != "1" })
		}),
		"sessions of each own": weekly(all(func(r *multilevel.Row) { r.Session += r.Member })),
		"no sessions":          weekly(all(func(r *multilevel.Row) { r.Session = "" })),
		"nobody":               weekly(all(func(r *multilevel.Row) { r.Member = "" })),
		"one without session":  weekly(func(rows []multilevel.Row) []multilevel.Row { rows[3].Session = ""; return rows }),
		"twice":                weekly(func(rows []multilevel.Row) []multilevel.Row { return append(rows, rows[0]) }),
		"all the same":         weekly(all(func(r *multilevel.Row) { r.Value = 3 })),
	} {
		if _, ok, err := streamed(rows, 0, 6).Test(t.Context(), grouplevel.Options{}); ok || err != nil {
			t.Errorf("%s: %t %v", name, ok, err)
		}
	}
	rows := weekly(func(rows []multilevel.Row) []multilevel.Row { return rows })
	if _, ok, _ := streamed(rows, 0, 0).Test(t.Context(), grouplevel.Options{}); ok {
		t.Error("a scale without extent")
	}
	if _, ok, _ := streamed(rows, -9, 9).Test(t.Context(), grouplevel.Options{Detail: grouplevel.Full}); ok {
		t.Error("in full")
	}
	if _, ok, _ := streamed(rows, -9, 9).Test(t.Context(), grouplevel.Options{}); !ok {
		t.Error("what it is made for")
	}
}
