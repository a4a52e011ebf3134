package crossed

import (
	"strings"
	"testing"

	"holon/internal/parallel"
)

// TestAPanicOnAnotherCoreComesUpWithWhoAsked of one worker in the same goroutine, of
// several in others.
func TestAPanicOnAnotherCoreComesUpWithWhoAsked(t *testing.T) {
	t.Parallel()
	for _, workers := range []int{1, 3} {
		func() {
			defer func() {
				if what, _ := parallel.Recovered(recover()); !strings.Contains(what, "index out of range") {
					t.Errorf("of %d workers came up: %q", workers, what)
				}
			}()
			inParallel(workers, func() { _ = make([]int, 1)[workers] })
			t.Errorf("of %d workers nothing came up", workers)
		}()
	}
}
