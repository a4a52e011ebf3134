package aggregate

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"holon/internal/analysis"
	"holon/internal/outcome"
	"holon/internal/study"
)

// parts are the shares of a whole of n people.
func parts(cases ...int) []Figure {
	n := 0
	for _, c := range cases {
		n += c
	}
	f := &figures{base: Record{Kind: TherapyGroups, Measure: "phq-9@1/total/member", Analysis: "outcome_change", Caveats: []string{}}, basis: basis{members: n, groups: 10}}
	f.base.Members, f.base.Groups = new(n), new(10)
	for i, c := range cases {
		f.share("members", string(rune('a'+i)), c, n, nil)
	}
	return f.list
}

// TestHiddenPartsOfAWholeAreManyTogether draws how people fall into parts: what is left of
// the whole when the shown parts are taken off is nobody, or enough people.
func TestHiddenPartsOfAWholeAreManyTogether(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		cases := rapid.SliceOfN(rapid.OneOf(rapid.IntRange(0, 12), rapid.IntRange(0, 80)), 2, 6).Draw(t, "cases")
		figures := parts(cases...)
		hidden, shown := 0, 0
		for i, r := range Disclose(figures, study.Aggregate, study.DefaultThreshold) {
			if r.Suppressed {
				hidden += cases[i]
			} else if cases[i] > 0 {
				shown++
			}
		}
		if hidden > 0 && hidden < study.DefaultThreshold && shown > 0 {
			t.Errorf("of %v the parts that are hidden are %d people", cases, hidden)
		}
	})
}

// TestNoMoreIsHiddenThanMustBe shows parts that are many each.
func TestNoMoreIsHiddenThanMustBe(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		cases  []int
		hidden []int // those of these
	}{
		{[]int{30, 20, 15}, nil},
		{[]int{30, 20, 0, 15}, nil},
		{[]int{22, 20, 3, 1}, []int{20, 3, 1}}, // 3 and 1 alone would be told
		{[]int{30, 20, 8, 7}, []int{8, 7}},
		{[]int{40, 12, 5}, []int{12, 5}},
	} {
		var hidden []int
		for i, r := range Disclose(parts(c.cases...), study.Aggregate, study.DefaultThreshold) {
			if r.Suppressed {
				hidden = append(hidden, c.cases[i])
			}
		}
		if !slices.Equal(hidden, c.hidden) {
			t.Errorf("of %v %v are hidden, not %v", c.cases, hidden, c.hidden)
		}
	}
}

// TestFewFamiliesAreHiddenAtEveryLevel: their rows are not to be had.
func TestFewFamiliesAreHiddenAtEveryLevel(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		kind     Home
		groups   int
		level    study.Level
		suppress bool
	}{
		{Families, 1, study.Controlled, true},
		{Families, 10, study.Controlled, true},
		{Families, 11, study.Controlled, false},
		{TherapyGroups, 1, study.Controlled, false},
		{Families, 10, study.Aggregate, true},
		{Families, 11, study.Aggregate, false},
	} {
		f := &figures{base: Record{Kind: c.kind, Caveats: []string{}}, basis: basis{members: 40, groups: c.groups}}
		f.add("mean", "", number{estimate: new(8.5)})
		if got := Disclose(f.list, c.level, study.DefaultThreshold)[0]; got.Suppressed != c.suppress {
			t.Errorf("a mean of %d %s at %s: suppressed %t", c.groups, c.kind, c.level, got.Suppressed)
		}
	}
}

// TestWhoIsInTwoGroupsIsOnePersonWhoImproved counts places in groups as shares, and people
// against the threshold.
func TestWhoIsInTwoGroupsIsOnePersonWhoImproved(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		people     int
		suppressed bool
	}{{6, true}, {11, false}} {
		x := &analysis.OutcomeChangeResult{}
		for _, group := range []string{"a", "b"} {
			for i := range c.people {
				x.Members = append(x.Members, analysis.MemberChange{Group: group, Member: string(rune('a' + i)), Class: outcome.Improved})
			}
		}
		x.Total = analysis.ChangeCounts{Members: len(x.Members), Improved: len(x.Members)}
		f := &figures{base: Record{Kind: TherapyGroups, Caveats: []string{}}, basis: basis{members: c.people, groups: 4}}
		outcomeChange(f, &analysis.Report{Result: x})
		if got := Disclose(f.list, study.Aggregate, study.DefaultThreshold)[0]; got.Suppressed != c.suppressed {
			t.Errorf("%d people in two groups each: suppressed %t", c.people, got.Suppressed)
		}
	}
}

// TestFormsOfFewFamiliesAreHiddenToo: of two families nobody answered, so that no number
// stands on any.
func TestFormsOfFewFamiliesAreHiddenToo(t *testing.T) {
	t.Parallel()
	for _, level := range []study.Level{study.Aggregate, study.Controlled} {
		f := &figures{base: Record{Kind: Families, Caveats: []string{}}}
		f.add("excluded_rows", "declined", number{estimate: new(24.)})
		f.list[0].basis.cases, f.list[0].block, f.list[0].there = new(24), "excluded", 2
		if got := Disclose(f.list, level, study.DefaultThreshold)[0]; !got.Suppressed {
			t.Errorf("forms of two families are told at %s", level)
		}
	}
}

// TestRoundedNumbersAreWrittenShort rounds to three digits, whatever the size.
func TestRoundedNumbersAreWrittenShort(t *testing.T) {
	t.Parallel()
	for x, want := range map[float64]float64{4.9912e-153: 4.99e-153, 0.0012349: 0.00123, -12.351: -12.4, 98765: 98800, 0: 0, math.Inf(1): math.Inf(1)} {
		if got := significant(x); got != want {
			t.Errorf("%v is %v", x, got)
		}
	}
}
