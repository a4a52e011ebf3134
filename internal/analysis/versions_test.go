package analysis_test

import (
	"os"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"holon/internal/analysis"
	"holon/internal/instrument"
	"holon/internal/session"
)

// TestRatingsOfAnotherVersionAreLeftOutAndCounted also where a session has none
// of the version that was asked for.
func TestRatingsOfAnotherVersionAreLeftOutAndCounted(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../instrument/data/holon-cohesion-1.json")
	if err != nil {
		t.Fatal(err)
	}
	second := strings.Replace(string(text), `"version": "1"`, `"version": "2"`, 1)
	registry, err := instrument.Load(fstest.MapFS{"second.json": {Data: []byte(second)}})
	if err != nil {
		t.Fatal(err)
	}
	r := threeGroups(t)
	r.registry = registry
	g := r.group(t, "d", session.KindGroup, people("d", 3)...)
	for _, version := range []string{"1", "2"} {
		s := r.meeting(t, g, map[string]int{"1": 5, "2": 6}[version])
		r.submit(t, s, form{instrument: cohesionItem, version: version, by: "d-m1", answers: []float64{5}},
			form{instrument: cohesionItem, version: version, by: "d-m2", answers: []float64{6}},
			form{instrument: cohesionItem, version: version, by: "t1", rater: instrument.RaterTherapist, answers: []float64{6}},
			form{instrument: cohesionItem, version: version, by: "d-m3", answers: []float64{4}})
		void := session.Voiding{Form: s.Cohesion[3].FormID, Version: 1, Why: session.VoidTwice, By: "p", At: time.Date(2026, 3, 5, 21, 0, 0, 0, time.UTC)}
		if err := s.VoidForm(void); err != nil {
			t.Fatal(err)
		}
	}
	for number, want := range map[int]string{5: "", 6: "2 ratings answer another version"} {
		report := ask(t, r, analysis.Ask{Measure: byMembers(cohesionItem), Session: &analysis.Selection{Number: number}})
		told := ""
		for _, c := range report.Caveats.List() {
			if c.Code == "other_versions_left_out" {
				told = c.Detail
			}
		}
		if (want == "") != (told == "") || !strings.HasPrefix(told, want) {
			t.Errorf("session %d: %q", number, told)
		}
	}
}
