package analysis_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"holon/internal/analysis"
)

// TestFullMakesMoreDraws counts the draws of a scale's intervals at every
// detail, and lets a number that was asked for stand.
func TestFullMakesMoreDraws(t *testing.T) {
	t.Parallel()
	var table strings.Builder
	table.WriteString("g,a,b\n")
	for i := range 24 {
		fmt.Fprintf(&table, "g%d,%d,%d\n", i%6, (i*7)%5+i%6, (i*11)%4+i%6)
	}
	dir := fstest.MapFS{"x.csv": {Data: []byte(table.String())}}
	for options, want := range map[string]int{
		`{"detail": "quick"}`:              0,
		`{}`:                               999,
		`{"detail": "full"}`:               9999,
		`{"detail": "full", "draws": 50}`:  50,
		`{"detail": "quick", "draws": 50}`: 0,
	} {
		plan, err := analysis.ParsePlan([]byte(`{"analysis": "level_reliability", "data": "x.csv", "roles": {"group": "g", "items": ["a", "b"]}, "options": ` + options + `}`))
		if err != nil {
			t.Fatal(err)
		}
		reports, err := analysis.RunPlan(t.Context(), dir, plan)
		if err != nil {
			t.Fatal(err)
		}
		result, ok := reports[0].Result.(*analysis.LevelReliabilityResult)
		if !ok {
			t.Fatalf("%T", reports[0].Result)
		}
		draws := result.Alpha.Draws
		if draws != want {
			t.Errorf("%s: %d draws, want %d", options, draws, want)
		}
	}
}
