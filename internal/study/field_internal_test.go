package study

import (
	"math/big"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func TestTheFieldIsOne(t *testing.T) {
	t.Parallel()
	p := new(big.Int).SetUint64(fieldSize)
	rapid.Check(t, func(rt *rapid.T) {
		number := rapid.OneOf(rapid.Uint64Range(0, fieldSize-1), rapid.SampledFrom([]uint64{0, 1, 2, fieldSize - 1, fieldSize - 2, 1 << 60}))
		a, b := number.Draw(rt, "a"), number.Draw(rt, "b")
		x, y := new(big.Int).SetUint64(a), new(big.Int).SetUint64(b)
		is := func(name string, got uint64, want *big.Int) {
			if w := want.Mod(want, p).Uint64(); got != w {
				rt.Fatalf("%d %s %d is %d, not %d", a, name, b, got, w)
			}
		}
		is("+", sumOf(a, b), new(big.Int).Add(x, y))
		is("-", minus(a, b), new(big.Int).Sub(x, y))
		is("*", product(a, b), new(big.Int).Mul(x, y))
		if a != 0 && product(a, inverse(a)) != 1 {
			rt.Fatalf("1/%d is %d", a, inverse(a))
		}
	})
}

// TestFewAreFoundWhateverHidesThem compares the search with all factors of a small
// field's worth: people are of shapes that cancel under small factors.
func TestFewAreFoundWhateverHidesThem(t *testing.T) {
	t.Parallel()
	found, none := 0, 0
	for range 10 { // of a hundred
		rapid.Check(t, func(rt *rapid.T) {
			const releases, least = 4, 3
			var vectors [][]uint64
			shapes := rapid.IntRange(1, 6).Draw(rt, "shapes")
			counts := make([]int, shapes)
			sets := make([][]uint64, shapes)
			for i := range shapes {
				sets[i] = make([]uint64, releases)
				for k := range sets[i] {
					sets[i][k] = uint64(rapid.IntRange(0, 1).Draw(rt, "in"))
				}
				counts[i] = rapid.SampledFrom([]int{1, 1, 2, 2, 5}).Draw(rt, "people")
				for range counts[i] {
					digest := rapid.Uint64Range(1, fieldSize-1).Draw(rt, "digest")
					v := make([]uint64, releases)
					for k := range v {
						v[k] = product(digest, sets[i][k])
					}
					vectors = append(vectors, v)
				}
			}
			want := false
			for code := range 7 * 7 * 7 * 7 { // factors from -3 to 3
				n, rest := 0, code
				c := make([]int, releases)
				for k := range c {
					c[k], rest = rest%7-3, rest/7
				}
				for i := range sets {
					sum := 0
					for k := range c {
						sum += c[k] * int(sets[i][k])
					}
					if sum != 0 {
						n += counts[i]
					}
				}
				want = want || (n > 0 && n < least)
			}
			failed := reads(t.Context())
			if got := failed.leavesFew(slices.Values(vectors), least); got != want {
				rt.Fatalf("shapes %v of %v people: found %v", sets, counts, got)
			}
			if want {
				found++
			} else {
				none++
			}
		})
	}
	if found < 10 || none < 10 {
		t.Errorf("%d found and %d not: hardly tried", found, none)
	}
}

func TestWhatTakesTooLongCountsAsFound(t *testing.T) {
	t.Parallel()
	budget := 3
	failed := reads(t.Context())
	if !failed.few([][]uint64{{1, 0}, {0, 1}, {1, 1}, {1, 2}}, 2, &budget) {
		t.Error("nothing found, and not all was looked at")
	}
}
