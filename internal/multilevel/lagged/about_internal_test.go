package lagged

import (
	"math"
	"slices"
	"testing"
)

// TestChainsAboutOneMemberAreNoOthersToEachOther: two informants of one child are not
// each other's surroundings; another member is that of both.
func TestChainsAboutOneMemberAreNoOthersToEachOther(t *testing.T) {
	t.Parallel()
	var table Table
	table.Grouped = true
	for order := 1; order <= 2; order++ {
		at := string(rune('0' + order))
		table.Occasions = append(table.Occasions,
			Occasion{Group: "f", Member: "child by mother", About: "child", Session: at, Order: order, X: 1, Y: 8},
			Occasion{Group: "f", Member: "child by father", About: "child", Session: at, Order: order, X: 2, Y: 4},
			Occasion{Group: "f", Member: "sister", Session: at, Order: order, X: 4, Y: 2})
	}
	want := map[string][2]float64{"child by mother": {1, .25}, "child by father": {1, .25}, "sister": {.375, .75}}
	l := lay(table)
	if len(l.pairs) != 3 {
		t.Fatalf("%d pairs", len(l.pairs))
	}
	for _, p := range l.pairs {
		for k, v := range want[p.before.Member] {
			if !(math.Abs(p.others[k]-v) < 1e-12) {
				t.Errorf("%s: others %v, want %v", p.before.Member, p.others, want[p.before.Member])
			}
		}
	}
	table.Occasions = slices.DeleteFunc(table.Occasions, func(o Occasion) bool { return o.About == "" })
	alone := lay(table).pairs
	if len(alone) != 2 {
		t.Fatalf("%d pairs", len(alone))
	}
	for _, p := range alone {
		if !math.IsNaN(p.others[0]) {
			t.Errorf("%s has others", p.before.Member)
		}
	}
}
