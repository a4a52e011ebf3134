package rupture_test

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"slices"
	"strings"
	"testing"

	"holon/internal/multilevel/rupture"
)

// TestChanceIsThatOfAnotherProgram holds what chance gives against testdata/chance.R,
// which was written anew in R and draws its own members.
func TestChanceIsThatOfAnotherProgram(t *testing.T) {
	t.Parallel()
	var cells []struct {
		Length   int     `json:"length"`
		Within   float64 `json:"within"`
		Between  float64 `json:"between"`
		Lines    int     `json:"lines"`
		Episodes float64 `json:"episodes"`
		Drop     float64 `json:"drop"`
		Chart    float64 `json:"chart"`
		Strict   float64 `json:"strict"`
		Returned float64 `json:"returned"`
		Soon     float64 `json:"soon"`
	}
	text, err := os.ReadFile("testdata/chance.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &cells); err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile("../../../docs/ruptures.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range cells {
		if row := fmt.Sprintf("| %d | %g | %g | %.2f | %.0f %% |", w.Length, w.Within, w.Between, w.Episodes, 100*w.Soon); !strings.Contains(string(page), row) {
			t.Errorf("docs/ruptures.md does not have the row %s", row)
		}
		const lines, draws = 100, 100
		got, err := rupture.ChanceOf(t.Context(), slices.Repeat([]int{w.Length}, lines), rupture.Scale{Within: w.Within, Between: w.Between}, draws, 3, nil)
		if err != nil {
			t.Fatal(err)
		}
		near := func(what string, got, want, of float64) {
			t.Helper()
			// Four standard errors of both counts, which are about Poisson's.
			if limit := 4 * math.Sqrt(want*(1/(of*lines*draws)+1/(of*float64(w.Lines)))); !(math.Abs(got-want) <= limit) {
				t.Errorf("%d values, %s: %.4f, in R %.4f (within %.4f)", w.Length, what, got, want, limit)
			}
		}
		near("falls", got.Episodes/lines, w.Episodes, 1)
		near("drops", got.ByRule[rupture.DropFromPrevious]/lines, w.Drop, 1)
		near("charts", got.ByRule[rupture.ControlChart]/lines, w.Chart, 1)
		near("stricter", got.ByRule[rupture.StricterSD]/lines, w.Strict, 1)
		near("returned", *got.Returned, w.Returned, w.Episodes)
		near("soon", *got.Soon, w.Soon, w.Episodes/2)
		sum := 0.0
		for _, shape := range rupture.Shapes() {
			sum += got.Shapes[shape]
		}
		if !(math.Abs(sum-1) < 1e-9) {
			t.Errorf("shares of shapes add up to %v", sum)
		}
	}
}

// TestShapesAreThoseOfAnotherProgram holds the shares of courses by chance, length by
// length, against testdata/shapes.json, from Rscript testdata/shapes.R.
func TestShapesAreThoseOfAnotherProgram(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("testdata/shapes.json")
	if err != nil {
		t.Fatal(err)
	}
	var cells []map[string]float64
	if err := json.Unmarshal(text, &cells); err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile("../../../docs/ruptures.md")
	if err != nil {
		t.Fatal(err)
	}
	const draws, each = 100, 60
	var lengths []int
	for _, w := range cells {
		lengths = append(lengths, slices.Repeat([]int{int(w["length"])}, each)...)
	}
	got, err := rupture.ChanceOf(t.Context(), lengths, rupture.Scale{Within: 1, Between: 1}, draws, 5, nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(cells) < 5 || len(got.ByLength) != len(cells) {
		t.Fatalf("%d lengths, in R %d", len(got.ByLength), len(cells))
	}
	for _, w := range cells {
		length, row := int(w["length"]), fmt.Sprintf("| %g |", w["length"])
		for _, shape := range rupture.Shapes() {
			p, want := got.ByLength[length][shape], w[string(shape)]
			// Four standard errors of both shares.
			if limit := 4 * math.Sqrt(max(want*(1-want), 1e-4)*(1/float64(draws*each)+1/w["lines"])); !(math.Abs(p-want) <= limit) {
				t.Errorf("%d values, %s: %.4f, in R %.4f (within %.4f)", length, shape, p, want, limit)
			}
			row += fmt.Sprintf(" %.1f %% |", 100*want)
		}
		if !strings.Contains(string(page), row) {
			t.Errorf("docs/ruptures.md does not have the row %s", row)
		}
	}
}

// TestChanceOfNothing is empty and no zero.
func TestChanceOfNothing(t *testing.T) {
	t.Parallel()
	for _, s := range []rupture.Scale{{}, {Within: math.NaN()}} {
		if got, err := rupture.ChanceOf(t.Context(), []int{8}, s, 10, 1, nil); err != nil || got.Draws != 0 || got.Returned != nil {
			t.Errorf("%+v, %v", got, err)
		}
	}
}
