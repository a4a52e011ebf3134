package multilevel_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"holon/internal/multilevel"
)

// manyGroups returns 1,000 groups with the sizes that size gives.
func manyGroups(size func(g int) int) multilevel.OneWay {
	r := rand.New(rand.NewPCG(1, 8))
	var d multilevel.OneWay
	for g := range 1000 {
		shared := r.NormFloat64() / 3
		for range size(g) {
			d.Group = append(d.Group, fmt.Sprintf("g%04d", g))
			d.Y = append(d.Y, 5+shared+r.NormFloat64())
		}
	}
	return d
}

// shuffled returns the rows in another order.
func shuffled(d multilevel.OneWay) multilevel.OneWay {
	r := rand.New(rand.NewPCG(2, 8))
	out := multilevel.OneWay{Group: make([]string, len(d.Y)), Y: make([]float64, len(d.Y))}
	for i, j := range r.Perm(len(d.Y)) {
		out.Group[i], out.Y[i] = d.Group[j], d.Y[j]
	}
	return out
}

// BenchmarkThousandGroups reports the time of the whole test as a multiple of a
// plain sum over the same ratings, measured in turns in the same run.
func BenchmarkThousandGroups(b *testing.B) {
	eights := manyGroups(func(int) int { return 8 })
	mixed := manyGroups(func(g int) int { return 4 + g%9 })
	for name, d := range map[string]multilevel.OneWay{
		"of_8": eights, "of_8_rows_shuffled": shuffled(eights), "of_4_to_12": mixed, "of_4_to_12_rows_shuffled": shuffled(mixed),
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			var test, sum time.Duration
			var total float64
			for b.Loop() {
				start := b.Elapsed()
				r := multilevel.TestGroupLevel(d, multilevel.Options{})
				middle := b.Elapsed()
				for _, y := range d.Y {
					total += y
				}
				sum += b.Elapsed() - middle
				test += middle - start
				if r.Answer != multilevel.Supported {
					b.Fatal(r.Answer)
				}
			}
			if total == 0 {
				b.Fatal("nothing was summed")
			}
			b.ReportMetric(float64(test)/float64(sum), "x_sum")
		})
	}
}

// BenchmarkInFull has the time of all the tests by simulation with their default
// draws: a study of 14 groups, and 1,000 groups of nine sizes.
func BenchmarkInFull(b *testing.B) {
	some := manyGroups(func(g int) int { return 3 + g%9 })
	few := multilevel.OneWay{Group: some.Group[:98], Y: some.Y[:98]}
	for name, d := range map[string]multilevel.OneWay{"98_ratings": few, "1000_groups": manyGroups(func(g int) int { return 4 + g%9 })} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				r, err := multilevel.TestGroupLevelInFull(b.Context(), d, multilevel.Options{})
				if err != nil || len(r.Tests) != 6 {
					b.Fatal(err, len(r.Tests))
				}
			}
		})
	}
}
