package aggregate_test

import (
	"strings"
	"testing"

	"holon/internal/session"
	"holon/internal/study"
	"holon/internal/study/aggregate"
	"holon/internal/study/studytest"
)

// ofModels returns the records of comparisons between therapy models.
func ofModels(t *testing.T, d *studytest.Drawn, modelOf func(session.GroupID) session.Code, level study.Level) map[string]aggregate.Record {
	t.Helper()
	figures, _, err := aggregate.Tabulate(t.Context(), aggregate.InMemory(d), d.Study(t, studytest.Cohesion(), studytest.Alliance(), studytest.Outcome()), aggregate.Request{
		Analyses: []string{"group_level", "lagged"}, ModelOf: modelOf,
	})
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]aggregate.Record{}
	for _, r := range aggregate.Disclose(figures, level, study.DefaultThreshold) {
		if strings.HasPrefix(r.Statistic, "heterogeneity_") {
			against := ""
			if r.Against != nil {
				against = " against " + *r.Against
			}
			out[r.Analysis+" "+r.Measure+against+" "+r.Statistic+" "+*r.Of] = r
		}
	}
	return out
}

// byThird names a group's model by the last digit of its number: a third of them each.
func byThird(id session.GroupID) session.Code {
	return []session.Code{"cbt", "ipt", "mbt"}[int(id[len(id)-1]-'0')%3]
}

// TestTherapyModelsAreCompared draws a study in which the groups of one model rate
// cohesion higher by one step and no other measure differs.
func TestTherapyModelsAreCompared(t *testing.T) {
	t.Parallel()
	design := studytest.Design{Groups: 30, Members: 6, Sessions: 5, Group: .05, Member: .1, Residual: .3, Seed: 21}
	d := studytest.Draw(t, design)
	d.Alter(func(g *session.Group, s *session.Session) {
		if byThird(g.ID) != "mbt" {
			return
		}
		for i := range s.Cohesion {
			for k := range s.Cohesion[i].Answers {
				s.Cohesion[i].Answers[k].Value = min(6, s.Cohesion[i].Answers[k].Value+1)
			}
		}
	})
	got := ofModels(t, d, byThird, study.Controlled)
	const cohesion, alliance = "group_level gcq-s@1/engaged/member ", "group_level wai-sr@1/total/member "
	q := got[cohesion+"heterogeneity_q mean_reml"]
	if q.Estimate == nil || *q.Estimate < 20 || q.P == nil || *q.P > .001 || q.Members != nil {
		t.Errorf("the means differ by a step: %+v", q)
	}
	if df := got[cohesion+"heterogeneity_df mean_reml"]; df.Estimate == nil || *df.Estimate != 2 {
		t.Errorf("of three models: %+v", df)
	}
	if i2 := got[cohesion+"heterogeneity_i2 mean_reml"]; i2.Estimate == nil || *i2.Estimate < .8 || *i2.Estimate > 1 {
		t.Errorf("%+v", i2)
	}
	if q := got[alliance+"heterogeneity_q mean_reml"]; q.P == nil || *q.P < .001 {
		t.Errorf("a measure that does not differ: %+v", q)
	}
	if q := got["lagged gcq-s@1/engaged/member against phq-9@1/total/member heterogeneity_q slope forward"]; q.Estimate == nil || q.P == nil || *q.P < .001 {
		t.Errorf("what goes before what: %+v", q)
	}
}

// TestModelsOfFewAreNotCompared keeps out those of few groups or few people, says
// nothing where no group has a model, and hides no number by another.
func TestModelsOfFewAreNotCompared(t *testing.T) {
	t.Parallel()
	d := studytest.Draw(t, studytest.Design{Groups: 12, Members: 6, Sessions: 4, Group: .2, Residual: .5, Seed: 22})
	one := func(id session.GroupID) session.Code {
		if id < "g-0004" {
			return "ipt" // of four groups
		}
		return "cbt"
	}
	for key, r := range ofModels(t, d, one, study.Aggregate) {
		if r.Estimate != nil || r.Reason == nil || *r.Reason != "too_few_models" {
			t.Errorf("%s: %+v", key, r)
		}
	}
	if got := ofModels(t, d, one, study.Aggregate); len(got) == 0 {
		t.Error("it is not said that there are too few")
	}
	if got := ofModels(t, d, nil, study.Aggregate); len(got) != 0 {
		t.Errorf("no group has a model: %v", got)
	}
	small := studytest.Draw(t, studytest.Design{Groups: 12, Members: 2, Sessions: 4, Group: .2, Residual: .5, Seed: 23})
	for key, r := range ofModels(t, small, func(id session.GroupID) session.Code {
		if id < "g-0005" {
			return "ipt" // of five groups with ten people
		}
		return "cbt"
	}, study.Aggregate) {
		if r.Estimate != nil {
			t.Errorf("%s: %+v", key, r)
		}
	}
}
