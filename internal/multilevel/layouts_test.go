package multilevel_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"holon/internal/multilevel"
)

// TestLayoutsOfGroupsAreThatOfAllRows, people in several groups and ratings of nobody
// included.
func TestLayoutsOfGroupsAreThatOfAllRows(t *testing.T) {
	t.Parallel()
	for seed := range uint64(50) {
		rng := rand.New(rand.NewPCG(3, seed))
		var all []multilevel.Row
		var found multilevel.Layouts
		for g := range rng.IntN(6) {
			var rows []multilevel.Row
			for range rng.IntN(12) {
				member := fmt.Sprint("m", rng.IntN(9))
				if rng.IntN(8) == 0 {
					member = ""
				}
				session := fmt.Sprint(rng.IntN(4))
				if rng.IntN(10) == 0 {
					session = ""
				}
				rows = append(rows, multilevel.Row{Group: fmt.Sprint("g", g), Member: member, Session: session})
			}
			found.Add(rows)
			all = append(all, rows...)
		}
		if got, want := found.Layout(), multilevel.LayoutOf(all, multilevel.OfPerson); got != want {
			t.Fatalf("seed %d: %+v, not %+v", seed, got, want)
		}
	}
}
