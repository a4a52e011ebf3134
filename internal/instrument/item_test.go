package instrument_test

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"holon/internal/instrument"
)

func TestCheckAnswer(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		id, version string
		value       float64
		rule        string // "" is accepted
		detail      string
	}{
		"WAI-SR lowest":                         {"wai-sr", "1", 1, "", ""},
		"WAI-SR highest":                        {"wai-sr", "1", 5, "", ""},
		"WAI-SR 6, as the older form has it":    {"wai-sr", "1", 6, "out_of_range", "A whole number from 1 to 5."},
		"WAI-SR 7, as the older form has it":    {"wai-sr", "1", 7, "out_of_range", "A whole number from 1 to 5."},
		"WAI-SR 0 for nothing answered":         {"wai-sr", "1", 0, "out_of_range", "A whole number from 1 to 5."},
		"WAI-SR half a step":                    {"wai-sr", "1", 3.5, "off_step", "A whole number from 1 to 5."},
		"SRS one decimal":                       {"srs", "3.0", 7.3, "", ""},
		"SRS a decimal that no double is":       {"srs", "3.0", 0.1 + 0.2, "", ""},
		"SRS both ends":                         {"srs", "3.0", 10, "", ""},
		"SRS two decimals":                      {"srs", "3.0", 7.35, "off_step", "A number from 0 to 10 in steps of 0.1."},
		"SRS a total in a line":                 {"srs", "3.0", 36, "out_of_range", "A number from 0 to 10 in steps of 0.1."},
		"PHQ-9 beyond":                          {"phq-9", "1", 4, "out_of_range", "A whole number from 0 to 3."},
		"PHQ-9 below":                           {"phq-9", "1", -1, "out_of_range", "A whole number from 0 to 3."},
		"PHQ-9 not a number":                    {"phq-9", "1", math.NaN(), "not_finite", "A whole number from 0 to 3."},
		"PHQ-9 without end":                     {"phq-9", "1", math.Inf(1), "not_finite", "A whole number from 0 to 3."},
		"PHQ-9 without end below":               {"phq-9", "1", math.Inf(-1), "not_finite", "A whole number from 0 to 3."},
		"our own rating":                        {"holon-bond-1", "1", 10, "", ""},
		"our own rating with a decimal":         {"holon-bond-1", "1", 9.5, "off_step", "A whole number from 0 to 10."},
		"the least beyond the end":              {"gcq-s", "1", math.Nextafter(6, 7), "out_of_range", "A whole number from 0 to 6."},
		"less than the tolerance beside a step": {"gcq-s", "1", math.Nextafter(3, 7), "", ""},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			it, _ := lookup(t, tc.id, tc.version).Item(1)
			rule, detail, ok := it.Check(tc.value)
			if ok != (tc.rule == "") || rule != tc.rule || detail != tc.detail {
				t.Errorf("got %v %q %q, want %q %q", ok, rule, detail, tc.rule, tc.detail)
			}
		})
	}
}

func TestEveryStepIsAnAnswer(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		perUnit := rapid.IntRange(1, 1000).Draw(t, "steps in a unit")
		low := rapid.IntRange(-100, 100).Draw(t, "lowest")
		wide := rapid.IntRange(1, 100).Draw(t, "width")
		it := instrument.Item{Min: float64(low), Max: float64(low + wide), Step: 1 / float64(perUnit)}
		k := rapid.IntRange(0, wide*perUnit).Draw(t, "step")
		x := float64(low*perUnit+k) / float64(perUnit)
		if rule, _, ok := it.Check(x); !ok {
			t.Fatalf("%v of [%v, %v] by %v: %s", x, it.Min, it.Max, it.Step, rule)
		}
		if half := x + it.Step/2; half < it.Max {
			if _, _, ok := it.Check(half); ok {
				t.Fatalf("%v lies between two steps and was accepted", half)
			}
		}
	})
}

func TestItemByNumber(t *testing.T) {
	t.Parallel()
	d := lookup(t, "gcq-s", "1")
	for n, want := range map[int]bool{0: false, 1: true, 12: true, 13: false, -1: false} {
		if it, ok := d.Item(n); ok != want || (ok && it.Number != n) {
			t.Errorf("item %d: %v %v", n, it.Number, ok)
		}
	}
}
