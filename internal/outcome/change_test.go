package outcome_test

import (
	"math"
	"slices"
	"testing"

	"holon/internal/instrument"
	"holon/internal/multilevel"
	"holon/internal/outcome"
	"holon/internal/session"
)

// TestBetterAndWorseAreTheInstrumentsOwn flips a scale on which high is good.
func TestBetterAndWorseAreTheInstrumentsOwn(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		direction instrument.Direction
		change    float64
		reliable  bool
		want      outcome.State
		ok        bool
	}{
		{instrument.HigherWorse, -6, true, outcome.Improved, true},
		{instrument.HigherBetter, -6, true, outcome.Deteriorated, true},
		{instrument.HigherWorse, 6, true, outcome.Deteriorated, true},
		{instrument.HigherBetter, 6, true, outcome.Improved, true},
		{instrument.HigherWorse, 6, false, outcome.Unchanged, true},
		{instrument.HigherBetter, 0, false, outcome.Unchanged, true},
		{instrument.Neutral, 6, true, "", false},
		{instrument.HigherWorse, math.NaN(), true, outcome.Unchanged, true},
	} {
		if got, ok := outcome.StateOf(c.direction, c.change, c.reliable); got != c.want || ok != c.ok {
			t.Errorf("%s %+g, reliable %v: %q", c.direction, c.change, c.reliable, got)
		}
	}
	if v, ok := outcome.Worsening(instrument.Neutral, 1); ok || !math.IsNaN(v) {
		t.Error("nothing is worse on a scale without a better end")
	}
}

// TestRecoveredNeedsImprovementAndCrossing in both directions; a value that is the
// cut-off lies above it.
func TestRecoveredNeedsImprovementAndCrossing(t *testing.T) {
	t.Parallel()
	ill := &instrument.Cutoff{Value: 11, AtOrAbove: true} // such as the CORE-10's
	low := &instrument.Cutoff{Value: 25}                  // such as a scale of wellbeing's: ill below
	for _, c := range []struct {
		state     outcome.State
		cutoff    *instrument.Cutoff
		direction instrument.Direction
		from, to  float64
		want      bool
	}{
		{outcome.Improved, ill, instrument.HigherWorse, 20, 10, true},
		{outcome.Improved, ill, instrument.HigherWorse, 20, 11, false},
		{outcome.Improved, ill, instrument.HigherWorse, 11, 5, true},
		{outcome.Improved, ill, instrument.HigherWorse, 10, 3, false}, // began well
		{outcome.Improved, ill, instrument.HigherWorse, 30, 20, false},
		{outcome.Unchanged, ill, instrument.HigherWorse, 12, 10, false},
		{outcome.Deteriorated, ill, instrument.HigherWorse, 10, 20, false},
		{outcome.Improved, low, instrument.HigherBetter, 18, 25, true},
		{outcome.Improved, low, instrument.HigherBetter, 18, 24.9, false},
		{outcome.Improved, low, instrument.HigherBetter, 25, 33, false},
		// The same limit, labelled from the other side.
		{outcome.Improved, &instrument.Cutoff{Value: 25, AtOrAbove: true}, instrument.HigherBetter, 18, 25, true},
		{outcome.Improved, &instrument.Cutoff{Value: 11}, instrument.HigherWorse, 11, 5, true},
	} {
		if got := outcome.Recovered(c.state, c.cutoff, c.direction, c.from, c.to); got != c.want {
			t.Errorf("%s from %g to %g, %+v: %v", c.state, c.from, c.to, c.cutoff, got)
		}
	}
}

func TestOneCutoffPartsIllFromWell(t *testing.T) {
	t.Parallel()
	one, two, own := instrument.Cutoff{Value: 5}, instrument.Cutoff{Value: 10}, instrument.Cutoff{Value: 12, Site: true}
	called := instrument.Cutoff{Value: 11, Label: "clinical cut-off"}
	for _, c := range []struct {
		cutoffs   []instrument.Cutoff
		direction instrument.Direction
		want      float64
		reason    multilevel.Reason
	}{
		{nil, instrument.HigherWorse, 0, outcome.NoCutoff},
		{[]instrument.Cutoff{one}, instrument.HigherWorse, 5, ""},
		{[]instrument.Cutoff{one, two}, instrument.HigherWorse, 0, outcome.SeveralCutoffs},
		{[]instrument.Cutoff{one, two, called}, instrument.HigherWorse, 11, ""},
		{[]instrument.Cutoff{called, two, own}, instrument.HigherWorse, 12, ""},
		{[]instrument.Cutoff{called, own, own}, instrument.HigherWorse, 0, outcome.SeveralCutoffs},
		{[]instrument.Cutoff{called, called}, instrument.HigherWorse, 0, outcome.SeveralCutoffs},
		{[]instrument.Cutoff{one, two, own}, instrument.HigherBetter, 12, ""},
		{[]instrument.Cutoff{own, own}, instrument.HigherBetter, 0, outcome.SeveralCutoffs},
		{[]instrument.Cutoff{one}, instrument.Neutral, 0, outcome.NoDirection},
	} {
		got, reason := outcome.CutoffOf(c.direction, c.cutoffs)
		if reason != c.reason || (got == nil) != (reason != "") || got != nil && got.Value != c.want {
			t.Errorf("%+v: %+v, %q", c.cutoffs, got, reason)
		}
	}
}

// TestScoresMoveInSteps of the instruments that come with Holon.
func TestScoresMoveInSteps(t *testing.T) {
	t.Parallel()
	registry, err := instrument.Load(nil)
	if err != nil {
		t.Fatal(err)
	}
	for id, want := range map[string]float64{"phq-9": 1, "gad-7": 1, "core-10": 1} {
		def, _ := registry.Lookup(instrument.Ref{ID: id, Version: "1"})
		score, _ := def.ScoreRule("total")
		if got := outcome.StepOf(def, &score); !(math.Abs(got-want) < 1e-12) {
			t.Errorf("%s moves by %g", id, got)
		}
	}
	def := &instrument.Definition{Items: []instrument.Item{{Number: 1, Step: 1}, {Number: 2, Step: 0.5}}}
	if got := outcome.StepOf(def, &instrument.Score{Items: []int{1, 2}, Method: instrument.Sum}); got != 0 {
		t.Errorf("unequal steps: %g", got)
	}
	if got := outcome.StepOf(def, &instrument.Score{Parts: []string{"a"}, Method: instrument.SumOfScores}); got != 0 {
		t.Errorf("a sum of scores: %g", got)
	}
}

// line is a series: gaps are where the value is below zero.
func line(values ...float64) *session.Series {
	s := &session.Series{Unit: session.Unit{MemberID: "m1"}}
	for i, v := range values {
		p := session.Point{Number: i + 1, Kind: session.Meeting, Attendance: session.Present, Value: v}
		if v < 0 {
			p.Gap = session.GapNoForm
		}
		s.Points = append(s.Points, p)
	}
	return s
}

// TestTheBaselineIsTheLastIntakeBeforeTheFirstMeeting or what was asked for.
func TestTheBaselineIsTheLastIntakeBeforeTheFirstMeeting(t *testing.T) {
	t.Parallel()
	intakes := func(s *session.Series, at ...int) *session.Series {
		for _, i := range at {
			s.Points[i].Kind, s.Points[i].Stage = session.Assessment, session.Intake
		}
		return s
	}
	missedFirst := intakes(line(9, -1, 7, 5), 0, 2)
	missedFirst.Points[1].Attendance = session.NoShow
	followed := line(9, 8, 2)
	followed.Points[2].Kind, followed.Points[2].Stage = session.Assessment, session.FollowUp
	enteredLate := intakes(line(9, 8, 7), 2)
	for i, day := range []session.Date{"2026-03-05", "2026-03-12", "2026-03-01"} {
		enteredLate.Points[i].HeldOn = day
	}
	for name, c := range map[string]struct {
		line     *session.Series
		from     outcome.Start
		baseline int // its number; 0 for none
		later    int
		reason   multilevel.Reason
	}{
		"two intakes":                          {intakes(line(9, 8, 7, 6), 0, 1), outcome.AtIntakeOrFirst, 2, 2, ""},
		"the first of all":                     {intakes(line(9, 8, 7, 6), 0, 1), outcome.AtFirst, 1, 3, ""},
		"the last intake is blank":             {intakes(line(9, -1, 7, 6), 0, 1), outcome.AtIntake, 1, 2, ""},
		"no intake":                            {line(-1, 8, 7), outcome.AtIntakeOrFirst, 2, 1, ""},
		"no intake, and one is wanted":         {line(9, 8, 7), outcome.AtIntake, 0, 0, outcome.NoIntake},
		"an intake after a meeting is none":    {intakes(line(9, 8, 7), 1), outcome.AtIntake, 0, 0, outcome.NoIntake},
		"a meeting that the member missed":     {missedFirst, outcome.AtIntake, 3, 1, ""},
		"a meeting without a form is a start":  {intakes(line(-1, 8, 7), 1), outcome.AtIntake, 0, 0, outcome.NoIntake},
		"nothing after the intake":             {intakes(line(9, -1, -1), 0), outcome.AtIntake, 1, 0, outcome.TooFewValues},
		"a follow-up is after the treatment":   {followed, outcome.AtFirst, 1, 1, ""},
		"an intake entered late":               {enteredLate, outcome.AtIntake, 3, 2, ""},
		"one value":                            {line(-1, 5, -1), outcome.AtFirst, 2, 0, outcome.TooFewValues},
		"none":                                 {line(-1, -1), outcome.AtFirst, 0, 0, outcome.NoValue},
		"no intake is wanted and none is said": {line(), outcome.AtIntake, 0, 0, outcome.NoValue},
	} {
		got := outcome.CourseOf(c.line, c.from)
		number := 0
		if got.Baseline != nil {
			number = got.Baseline.Number
		}
		if number != c.baseline || len(got.Later) != c.later || got.Intake != (c.baseline > 0 && c.from != outcome.AtFirst && c.line.Points[c.baseline-1].Stage == session.Intake) || got.Reason != c.reason || (got.Last() == nil) != (c.later == 0) {
			t.Errorf("%s: baseline %d, %d later, %q", name, number, len(got.Later), got.Reason)
		}
	}
}

// TestTheSilentAreNamed once, without those whose values were taken out.
func TestTheSilentAreNamed(t *testing.T) {
	t.Parallel()
	first, second, cancelled := meeting(), meeting(), meeting()
	second.Roster = append(second.Roster, session.Seat{MemberID: "m0"})
	second.Roster[2].Redacted = true
	cancelled.Status = session.StatusCancelled
	cancelled.Roster = append(cancelled.Roster, session.Seat{MemberID: "m9"})
	blank := line(-1)
	blank.Unit.MemberID = "m2"
	got := outcome.Silent([]*session.Session{first, second, cancelled}, []session.Series{*line(3), *blank})
	if want := []session.MemberID{"m0", "m2", "m4"}; !slices.Equal(got, want) {
		t.Errorf("%v", got)
	}
}
