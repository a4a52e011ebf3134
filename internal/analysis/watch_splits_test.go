package analysis_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"holon/internal/analysis"
	"holon/internal/finding"
	"holon/internal/session"
)

// TestNewSplitsAreRaisedOnceEach where the report says that they were seen: whoever moves
// away from two others is asked about once, and a description raises nothing.
func TestNewSplitsAreRaisedOnceEach(t *testing.T) {
	t.Parallel()
	r := allClosed(t, splitPractice(t))
	_, result := splitsIn(t, r, analysis.Ask{Measure: byMembers(allianceItem)})
	seen, listed := map[string]bool{}, 0
	for _, f := range result.Families {
		for _, x := range f.Splits {
			if x.Rule == "" {
				continue
			}
			listed++
			rule := finding.NewSplit
			if x.Kind == analysis.FamilyTherapist {
				rule = finding.BelowTherapist
			}
			members := slices.Sorted(slices.Values(x.Members))
			seen[fmt.Sprintf("%s %s-s%d %s %s rating t1", rule, f.Group, x.Seen, members, byMembers(allianceItem).Instrument)] = true
		}
	}
	raised := map[string]int{}
	for _, g := range grounded(t, r, .25) {
		if !strings.HasPrefix(g, string(finding.NewSplit)) && !strings.HasPrefix(g, string(finding.BelowTherapist)) {
			continue
		}
		if !seen[g] {
			t.Errorf("raised and not listed: %s", g)
		}
		raised[strings.Fields(g)[0]+" "+strings.Fields(g)[1][:3]]++
	}
	if raised["new_split f01"] != 1 || raised["family_below_therapist f03"] != 1 || raised["new_split f02"] != 0 || len(raised) >= listed {
		t.Errorf("raised %v of %d listed", raised, listed)
	}
	for _, s := range r.sessions["f01"] {
		s.Status = session.StatusOpen
	}
	for _, g := range grounded(t, r, .25) {
		if strings.Contains(g, "f01-") {
			t.Errorf("raised in an open session: %s", g)
		}
	}
}

// TestASplitStandsWhereThePairStillHasADifference, with enough before it.
func TestASplitStandsWhereThePairStillHasADifference(t *testing.T) {
	t.Parallel()
	r := allClosed(t, splitPractice(t))
	look, err := analysis.Watch{}.Calibrate(t.Context(), histories(r), &finding.Settings{AlarmBudget: .25})
	if err != nil {
		t.Fatal(err)
	}
	history := &finding.History{Group: r.groups[0], Sessions: r.sessions["f01"], Definition: r.Definition}
	begun, places := look.Look(history)
	at := slices.IndexFunc(begun, func(g finding.Ground) bool { return g.Rule == finding.NewSplit })
	stands := func(places []finding.Ground) bool {
		return slices.ContainsFunc(places, func(g finding.Ground) bool { return g.SamePlace(&begun[at]) })
	}
	if at < 0 || begun[at].Course.MovedMost != "f01-m3" || !stands(places) {
		t.Fatalf("%+v", begun)
	}
	for _, s := range r.sessions["f01"] {
		if s.ID != begun[at].Session {
			continue
		}
		for i := range s.Alliances {
			x := &s.Alliances[i].Rating
			if x.Rater.IsMember("f01-m3") {
				x.Void = &session.Void{}
			}
		}
	}
	if _, places := look.Look(history); stands(places) {
		t.Error("it stands though the answer was taken back")
	}
}
