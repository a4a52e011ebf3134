package split_test

import (
	"testing"

	"holon/internal/multilevel/split"
)

// BenchmarkByChance of a large household and a long course.
func BenchmarkByChance(b *testing.B) {
	for b.Loop() {
		if _, err := split.ByChance(b.Context(), split.Course{Members: 30, Sessions: 40, Correlation: .3, Stability: .5}, []float64{1, 2, 3}, 7); err != nil {
			b.Fatal(err)
		}
	}
}
