package main

import (
	"os"
	"strings"
	"testing"

	"holon/internal/multilevel/vigilance"
)

// TestTheTableHasTheRowsOfThePage, in its order; how far their figures agree is held
// where they are counted.
func TestTheTableHasTheRowsOfThePage(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../../../../docs/alarms.md")
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	if err := write(&out, 1); err != nil {
		t.Fatal(err)
	}
	rest := string(page)
	lines := strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n")
	for i, line := range lines {
		begin := line
		if i > 1 { // members, sd and answers; what follows is counted
			begin = strings.Join(strings.SplitN(line, "|", 5)[:4], "|") + "|"
		}
		var ok bool
		if _, rest, ok = strings.Cut(rest, "\n"+begin); !ok {
			t.Fatalf("the page has no row %s here", begin)
		}
	}
	if want := len(vigilance.Worlds()) + 2; len(lines) != want {
		t.Errorf("%d lines, want %d", len(lines), want)
	}
}
