package agreement_test

import (
	"testing"

	"holon/internal/multilevel/agreement"
)

// BenchmarkAnalyse is the whole of it, both resampled nulls included: 49 groups
// of 40 members, 11 items, 1000 draws; and hundreds of therapy groups.
func BenchmarkAnalyse(b *testing.B) {
	for name, table := range map[string]*agreement.Table{
		"49x40x11": noise(49, 40, 11, 3, 1, 1), "49x40x1": noise(49, 40, 1, 3, 1, 1), "500x8x7": noise(500, 8, 7, 3, 1, 1),
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				analyse(b, table, agreement.Options{Draws: 1000})
			}
		})
	}
}

// BenchmarkItemCutoffs counts exactly, for every size up to 40.
func BenchmarkItemCutoffs(b *testing.B) {
	var sizes []int
	for n := 2; n <= 40; n++ {
		sizes = append(sizes, n)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := agreement.ItemCutoffs(b.Context(), agreement.Uniform(7), sizes, agreement.Options{}); err != nil {
			b.Fatal(err)
		}
	}
}
