package main

import (
	"os"
	"strings"
	"testing"
)

// TestTheTableHasTheRowsOfThePage, in its order; what follows the number of rows is
// counted.
func TestTheTableHasTheRowsOfThePage(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../../../../docs/response-surface.md")
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
		if i > 1 {
			begin = strings.Join(strings.SplitN(line, "|", 4)[:3], "|") + "|"
		}
		var ok bool
		if _, rest, ok = strings.Cut(rest, "\n"+begin); !ok {
			t.Fatalf("the page has no row %s here", begin)
		}
	}
	if want := len(worlds()) + 2; len(lines) != want {
		t.Errorf("%d lines, want %d", len(lines), want)
	}
}
