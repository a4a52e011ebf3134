package outcome_test

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"holon/internal/instrument"
	"holon/internal/outcome"
	"holon/internal/session"
)

// TestAScaleTurnedRoundSaysTheSame of states and recoveries: what is worse at the
// one end is worse at the other end of the turned scale.
func TestAScaleTurnedRoundSaysTheSame(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		from, to := rapid.IntRange(0, 40).Draw(t, "from"), rapid.IntRange(0, 40).Draw(t, "to")
		limit := float64(rapid.IntRange(0, 40).Draw(t, "limit")) + 0.5 // no score is the cut-off
		reliable := rapid.Bool().Draw(t, "reliable")
		a, b := float64(from), float64(to)
		worse, ok := outcome.StateOf(instrument.HigherWorse, b-a, reliable)
		better, ok2 := outcome.StateOf(instrument.HigherBetter, (40-b)-(40-a), reliable)
		if worse != better || !ok || !ok2 {
			t.Fatalf("%s, turned %s", worse, better)
		}
		back, _ := outcome.StateOf(instrument.HigherWorse, a-b, reliable)
		if (worse == outcome.Improved) != (back == outcome.Deteriorated) {
			t.Fatalf("there %s, back %s", worse, back)
		}
		cutoff, turned := &instrument.Cutoff{Value: limit, AtOrAbove: true}, &instrument.Cutoff{Value: 40 - limit}
		got := outcome.Recovered(worse, cutoff, instrument.HigherWorse, a, b)
		if got != outcome.Recovered(better, turned, instrument.HigherBetter, 40-a, 40-b) {
			t.Fatalf("recovered %v, and not so on the turned scale", got)
		}
		if got && worse != outcome.Improved {
			t.Fatal("recovered without being improved")
		}
	})
}

// TestACourseIsThatOfItsDays in whichever order the points come, and gaps are
// nothing.
func TestACourseIsThatOfItsDays(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var s session.Series
		n := rapid.IntRange(0, 8).Draw(t, "points")
		for i := range n {
			p := session.Point{Number: i + 1, HeldOn: session.Date(fmt.Sprintf("2026-01-%02d", i+1)), Kind: session.Meeting, Value: float64(rapid.IntRange(0, 21).Draw(t, "value"))}
			if rapid.Bool().Draw(t, "intake") {
				p.Kind, p.Stage = session.Assessment, session.Intake
			}
			if rapid.IntRange(0, 3).Draw(t, "gap") == 0 {
				p.Gap = session.GapNoForm
			}
			s.Points = append(s.Points, p)
		}
		from := rapid.SampledFrom([]outcome.Start{outcome.AtIntake, outcome.AtFirst, outcome.AtIntakeOrFirst}).Draw(t, "from")
		want := outcome.CourseOf(&s, from)
		shuffled := session.Series{Points: rapid.Permutation(s.Points).Draw(t, "order")}
		got := outcome.CourseOf(&shuffled, from)
		if numbers(&got) != numbers(&want) {
			t.Fatalf("%s, and in another order %s", numbers(&want), numbers(&got))
		}
		if (want.Reason == "") != (want.Last() != nil) || want.Reason != "" && len(want.Later) > 0 {
			t.Fatalf("%s", numbers(&want))
		}
		if want.Reason == "" && (want.Baseline.Gap != session.GapNone || want.Last().HeldOn <= want.Baseline.HeldOn) {
			t.Fatalf("%s", numbers(&want))
		}
	})
}

// numbers writes a course for comparison.
func numbers(c *outcome.Course) string {
	out := string(c.Reason)
	if c.Baseline != nil {
		out += fmt.Sprint(" from ", c.Baseline.Number)
	}
	for _, p := range c.Later {
		out += fmt.Sprint(" ", p.Number)
	}
	return out
}
