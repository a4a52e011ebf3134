package vigilance_test

import (
	"encoding/json"
	"math"
	"os"
	"slices"
	"testing"

	"holon/internal/multilevel/vigilance"
)

// TestTheRulesFindWhatAnotherProgramFinds, written anew from the page: testdata/rules.json
// from Rscript rules.R, three groups with gaps, a week without anybody, falls of one
// and of all, and a member who is steady.
func TestTheRulesFindWhatAnotherProgramFinds(t *testing.T) {
	t.Parallel()
	var want struct {
		P       float64 `json:"p"`
		Lowest  float64 `json:"lowest"`
		Highest float64 `json:"highest"`
		Scale   struct {
			Within  float64 `json:"within"`
			Weather float64 `json:"weather"`
			Between float64 `json:"between"`
			Mean    float64 `json:"mean"`
		} `json:"scale"`
		Groups []struct {
			Values   []vigilance.Week `json:"values"`
			Compared []int            `json:"compared"`
			OfGroup  int              `json:"of_group"`
			Found    []struct {
				Week   int              `json:"week"`
				Member int              `json:"member"`
				Rule   vigilance.RuleID `json:"rule"`
				Z      float64          `json:"z"`
			} `json:"found"`
		} `json:"groups"`
	}
	file, err := os.ReadFile("testdata/rules.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(file, &want); err != nil {
		t.Fatal(err)
	}
	var groups [][]vigilance.Week
	for _, g := range want.Groups {
		groups = append(groups, g.Values)
	}
	s := vigilance.ScaleOf(groups)
	near := func(a, b float64) bool { return math.Abs(a-b) <= 1e-9*math.Max(1, math.Abs(b)) }
	if w := want.Scale; !near(s.Within, w.Within) || !near(s.Weather, w.Weather) || !near(s.Between, w.Between) || !near(s.Mean, w.Mean) {
		t.Errorf("%+v, want %+v", s, w)
	}
	s.Lowest, s.Highest = want.Lowest, want.Highest
	rules := map[vigilance.RuleID]bool{}
	for k, g := range want.Groups {
		got := vigilance.Find(g.Values, s, vigilance.Limits{P: want.P})
		if !slices.Equal(got.Members, g.Compared) || got.Group != g.OfGroup {
			t.Errorf("group %d: %v and %d comparisons, want %v and %d", k, got.Members, got.Group, g.Compared, g.OfGroup)
		}
		if len(got.Alarms) != len(g.Found) {
			t.Errorf("group %d: %s, want %v", k, told(got.Alarms), g.Found)
			continue
		}
		for i, a := range got.Alarms {
			f := g.Found[i]
			rules[a.Rule] = true
			if a.Week != f.Week || a.Member != f.Member || a.Rule != f.Rule || !near(a.Z, f.Z) {
				t.Errorf("group %d: %+v, want %+v", k, a, f)
			}
		}
	}
	if len(rules) != 4 {
		t.Errorf("only %v were met", rules)
	}
}
