package main

import (
	"os"
	"strings"
	"testing"

	"holon/internal/multilevel/split"
)

// TestTheTableHasTheRowsOfThePage, in its order; how far their figures agree is held
// where they are counted.
func TestTheTableHasTheRowsOfThePage(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../../../../docs/splits.md")
	if err != nil {
		t.Fatal(err)
	}
	rest := string(page)
	if !strings.Contains(rest, split.Header()) {
		t.Error("the page has no table of this head")
	}
	for _, w := range split.Worlds() {
		begin := strings.Join(strings.SplitN(w.Row(1, split.Seed), "|", 6)[:5], "|") + "|" // what follows is counted
		var ok bool
		if _, rest, ok = strings.Cut(rest, "\n"+begin); !ok {
			t.Fatalf("the page has no row %s here", begin)
		}
	}
}
