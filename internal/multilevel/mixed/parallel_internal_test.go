package mixed

import (
	"strings"
	"testing"

	"holon/internal/parallel"
)

// TestAPanicOnAnotherCoreComesUpWithWhoAsked of few calls in the same goroutine, of many
// in others.
func TestAPanicOnAnotherCoreComesUpWithWhoAsked(t *testing.T) {
	t.Parallel()
	for _, n := range []int{4, 400} {
		func() {
			defer func() {
				if what, _ := parallel.Recovered(recover()); !strings.Contains(what, "index out of range") {
					t.Errorf("of %d calls came up: %q", n, what)
				}
			}()
			good := onAllCores(n, func(i int) bool { return make([]int, 3)[i] == 0 })
			t.Errorf("of %d calls nothing came up, but %t", n, good)
		}()
	}
}
