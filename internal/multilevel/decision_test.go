package multilevel_test

import (
	"testing"

	"holon/internal/multilevel"
)

// TestDecide goes through the decision table row by row, with the values on
// the edges of each row.
func TestDecide(t *testing.T) {
	t.Parallel()
	const inflated, strangers = "estimate_inflated_by_selection", "members_differ_more_than_strangers"
	facts := func(groups int, p, lower, upper float64) multilevel.Facts {
		return multilevel.Facts{Groups: groups, P: &p, Lower: &lower, Upper: &upper, Bound: 0.05}
	}
	with := func(f multilevel.Facts, change func(*multilevel.Facts)) multilevel.Facts {
		change(&f)
		return f
	}
	tests := []struct {
		name   string
		facts  multilevel.Facts
		answer multilevel.Answer
		reason multilevel.Reason
		caveat string
	}{
		{
			"a misleading question comes before everything",
			with(facts(30, 0.001, 0.1, 0.3), func(f *multilevel.Facts) { f.Refused, f.Structure = "weekly_rows", multilevel.OneGroup }),
			multilevel.Refused, "weekly_rows", "",
		},
		{
			"structure comes before the numbers",
			with(facts(30, 0.001, 0.1, 0.3), func(f *multilevel.Facts) { f.Structure = multilevel.OneGroup }),
			multilevel.NotIdentifiable, multilevel.OneGroup, "",
		},
		{"twenty groups, significant", facts(20, 0.001, 0.1, 0.3), multilevel.Supported, multilevel.BeyondChance, ""},
		{"nineteen groups, significant", facts(19, 0.001, 0.1, 0.3), multilevel.Supported, multilevel.BeyondChance, inflated},
		{"four groups are enough", facts(4, 0.001, 0.1, 0.9), multilevel.Supported, multilevel.BeyondChance, inflated},
		{"three groups are not", facts(3, 0.001, 0.1, 0.9), multilevel.CannotTell, multilevel.FewGroups, ""},
		{"p exactly .05", facts(20, 0.05, 1e-9, 0.3), multilevel.Supported, multilevel.BeyondChance, ""},
		{"p just above .05", facts(20, 0.0500001, 1e-9, 0.3), multilevel.CannotTell, multilevel.LimitsDisagree, ""},
		{"lower limit exactly zero", facts(20, 0.05, 0, 0.3), multilevel.CannotTell, multilevel.LimitsDisagree, ""},
		{"p and the lower limit just on the other side", facts(20, 0.0500001, 0, 0.3), multilevel.CannotTell, multilevel.LimitsIncludeBoth, ""},
		{"significant and yet below the bound", facts(500, 0.001, 0.01, 0.04), multilevel.Supported, multilevel.BeyondChance, ""},
		{"upper limit below the bound", facts(200, 0.4, -0.01, 0.0499), multilevel.NotSupported, multilevel.UpperLimitBelow, ""},
		{"upper limit exactly the bound", facts(200, 0.4, -0.01, 0.05), multilevel.CannotTell, multilevel.LimitsIncludeBoth, ""},
		{"upper limit zero", facts(200, 0.95, -0.02, 0), multilevel.NotSupported, multilevel.UpperLimitBelow, ""},
		{"upper limit below zero", facts(8, 0.99, -0.12, -0.001), multilevel.NotSupported, multilevel.UpperLimitBelow, strangers},
		{"three groups below the bound are not enough either", facts(3, 0.9, -0.2, 0.04), multilevel.CannotTell, multilevel.FewGroups, ""},
		{"four groups below the bound are", facts(4, 0.9, -0.2, 0.04), multilevel.NotSupported, multilevel.UpperLimitBelow, ""},
		{"neither", facts(6, 0.2, -0.1, 0.4), multilevel.CannotTell, multilevel.LimitsIncludeBoth, ""},
		{
			"p undefined", with(facts(30, 0, 0.1, 0.3), func(f *multilevel.Facts) { f.P = nil }),
			multilevel.CannotTell, multilevel.LimitsUndefined, "",
		},
		{
			"limits undefined", with(facts(30, 0.001, 0, 0), func(f *multilevel.Facts) { f.Lower, f.Upper = nil, nil }),
			multilevel.CannotTell, multilevel.LimitsUndefined, "",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			d := multilevel.Decide(tt.facts)
			if d.Answer != tt.answer || d.Reason != tt.reason {
				t.Errorf("%s because %s, want %s because %s", d.Answer, d.Reason, tt.answer, tt.reason)
			}
			for _, code := range []string{inflated, strangers} {
				if d.Caveats.Has(code) != (code == tt.caveat) {
					t.Errorf("caveat %s: %v", code, d.Caveats.Has(code))
				}
			}
		})
	}
}

// TestCoverageIsSaid of limits whose measured coverage is outside .93 to .97,
// where they were looked at.
func TestCoverageIsSaid(t *testing.T) {
	t.Parallel()
	for coverage, want := range map[float64]bool{0.88: true, 0.9299: true, 0.93: false, 0.95: false, 0.97: false, 0.9701: true} {
		f := multilevel.Facts{Groups: 30, P: new(0.2), Lower: new(-0.1), Upper: new(0.4), Bound: 0.05, Coverage: &coverage}
		if d := multilevel.Decide(f); d.Caveats.Has("interval_coverage") != want || d.Answer != multilevel.CannotTell {
			t.Errorf("coverage %v: %s with %v", coverage, d.Answer, d.Caveats.List())
		}
		f.Structure = multilevel.OneGroup
		if d := multilevel.Decide(f); d.Caveats.Has("interval_coverage") {
			t.Errorf("coverage %v is said of limits that there are none of", coverage)
		}
	}
}
