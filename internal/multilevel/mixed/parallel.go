package mixed

import (
	"runtime"
	"sync/atomic"

	"holon/internal/parallel"
)

// onAllCores calls f for 0 to n-1 on all cores and tells whether all succeeded.
// Every call writes to places of its own, so that the result does not depend on
// the number of cores.
func onAllCores(n int, f func(i int) bool) bool {
	const few = 8
	if n < few {
		for i := range n {
			if !f(i) {
				return false
			}
		}
		return true
	}
	var next atomic.Int64
	var failed atomic.Bool
	var work parallel.Group
	for range min(runtime.GOMAXPROCS(0), n) {
		work.Go(func() {
			for {
				i := int(next.Add(1)) - 1
				if i >= n || failed.Load() || work.Panicked() {
					return
				}
				if !f(i) {
					failed.Store(true)
				}
			}
		})
	}
	work.Wait()
	return !failed.Load()
}
