package aggregate_test

import (
	"testing"

	"holon/internal/fault"
	"holon/internal/session"
	"holon/internal/study"
	"holon/internal/study/aggregate"
	"holon/internal/study/studytest"
)

// TestTurnoverIsOfMeetings lets all members of a group join after its assessment, and
// one of five leave: an assessment that nobody belonged on is no turnover.
func TestTurnoverIsOfMeetings(t *testing.T) {
	t.Parallel()
	d := studytest.Draw(t, studytest.Design{Groups: 4, Members: 5, Sessions: 4, Group: .3, Residual: .6, Seed: 8})
	left := session.Date("2024-01-12") // after the first of three meetings
	d.Alter(func(g *session.Group, s *session.Session) {
		if s.Number != 1 {
			return
		}
		stage := session.Intake
		s.Kind, s.Stage, s.Roster = session.Assessment, &stage, nil
		for i := range g.Spells {
			g.Spells[i].Joined = "2024-01-11"
		}
		g.Spells[4].Left = &left
	})
	f := d.Freeze(t, d.Study(t, studytest.Cohesion()), func(session.MemberID) bool { return true })
	everything := study.Everything()
	c, err := aggregate.Count(t.Context(), f, f.Study, f.Snapshot, &everything)
	if err != nil {
		t.Fatal(err)
	}
	if c.Turnover == nil || *c.Turnover < .2-1e-9 || *c.Turnover > .2+1e-9 {
		t.Errorf("the turnover is %v, not one of five", c.Turnover)
	}
}

// TestAPlannedQuestionIsOneThatAReleaseAnswers knows the comparison of therapy models,
// which no analysis is named after.
func TestAPlannedQuestionIsOneThatAReleaseAnswers(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"group_level", "levels", aggregate.TherapyModels} {
		if err := aggregate.CheckPlanned("/planned/0/analysis", name); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := aggregate.CheckPlanned("/planned/0/analysis", "therapy_model"); fault.RuleOf(err) != "unknown_analysis" {
		t.Errorf("another name: %v", err)
	}
	if err := aggregate.CheckAnalyses("/analyses/0", aggregate.TherapyModels); fault.RuleOf(err) != "unknown_analysis" {
		t.Errorf("as an analysis to compute: %v", err)
	}
}

// TestWhatNoReleaseAsksCannotBePlanned plans questions, and the same the other way round.
func TestWhatNoReleaseAsksCannotBePlanned(t *testing.T) {
	t.Parallel()
	d := studytest.Draw(t, usual())
	s := d.Study(t, studytest.Cohesion(), studytest.Alliance(), studytest.Outcome())
	cohesion, alliance, outcome := studytest.Cohesion(), studytest.Alliance(), studytest.Outcome()
	for _, c := range []struct {
		of    study.Question
		asked bool
	}{
		{study.Question{Analysis: "group_level", Measure: outcome}, true},
		{study.Question{Analysis: "agreement", Measure: cohesion}, true},
		{study.Question{Analysis: "agreement", Measure: outcome}, false},
		{study.Question{Analysis: "lagged", Measure: cohesion, Against: &outcome}, true},
		{study.Question{Analysis: "lagged", Measure: outcome, Against: &cohesion}, false},
		{study.Question{Analysis: "levels", Measure: alliance, Against: &cohesion}, true},
		{study.Question{Analysis: "levels", Measure: cohesion, Against: &alliance}, false},
		{study.Question{Analysis: "round_robin", Measure: alliance}, false},
		{study.Question{Analysis: aggregate.TherapyModels, Measure: alliance}, true},
		{study.Question{Analysis: aggregate.TherapyModels, Measure: alliance, Against: &outcome}, true},
		{study.Question{Analysis: aggregate.TherapyModels, Measure: outcome, Against: &alliance}, false},
	} {
		err := aggregate.CheckPlan(s, []study.Question{c.of}, d.Definition)
		if (err == nil) != c.asked || (err != nil && fault.RuleOf(err) != "never_asked") {
			t.Errorf("%s of %s: %v", c.of.Analysis, study.MeasureName(c.of.Measure), err)
		}
	}
}
