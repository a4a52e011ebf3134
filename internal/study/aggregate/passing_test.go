package aggregate_test

import (
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"testing"

	"holon/internal/analysis"
	"holon/internal/session"
	"holon/internal/study"
	"holon/internal/study/aggregate"
	"holon/internal/study/studytest"
)

// TestNumbersInPassingAreThoseOfAllRows compares the records of the group level that
// are made group by group with those of all rows at once: the same in every word, and
// in numbers to 1e-9.
func TestNumbersInPassingAreThoseOfAllRows(t *testing.T) {
	t.Parallel()
	intake := func(_ *session.Group, s *session.Session) {
		if s.Number == 1 {
			stage := session.Intake
			s.Kind, s.Stage, s.Roster = session.Assessment, &stage, nil
		}
	}
	rarely := func(g *session.Group, s *session.Session) { // two therapists, who also left one group to somebody else
		with := session.TherapistID(fmt.Sprint("t-", s.Number%2))
		if g.ID == "g-0003" {
			with = "t-2"
		}
		for i := range s.Alliances {
			s.Alliances[i].TherapistID = with
		}
		if n := len(s.Alliances); s.Number > 1 && g.ID > "g-0002" && n > 1 {
			s.Cohesion, s.Alliances = s.Cohesion[:1], s.Alliances[:1]
		}
	}
	some := func(_ *session.Group, s *session.Session) {
		if s.Number > 1 {
			s.Cohesion, s.Alliances = nil, nil
		}
	}
	for name, x := range map[string]struct {
		design studytest.Design
		alter  func(*session.Group, *session.Session)
		passes bool
	}{
		"complete":           {studytest.Design{Groups: 14, Members: 5, Sessions: 6, Group: .3, Member: .3, Evening: .1, Residual: .4, Seed: 1}, nil, true},
		"forms are missing":  {studytest.Design{Groups: 14, Members: 5, Sessions: 6, Group: .3, Member: .3, Evening: .1, Residual: .4, Missing: .15, Seed: 2}, nil, true},
		"families as well":   {studytest.Design{Groups: 12, Families: 12, Members: 5, Sessions: 4, Group: .3, Residual: .6, Seed: 3}, nil, true},
		"scores from before": {studytest.Design{Groups: 12, Members: 5, Sessions: 5, Group: .3, Residual: .6, Missing: .1, Seed: 4}, intake, true},
		"few answer":         {studytest.Design{Groups: 12, Members: 5, Sessions: 5, Group: .3, Residual: .6, Missing: .3, Seed: 8}, rarely, true},
		"one session":        {studytest.Design{Groups: 12, Members: 5, Sessions: 4, Group: .3, Residual: .6, Seed: 5}, some, false},
		"one group":          {studytest.Design{Groups: 1, Members: 15, Sessions: 5, Group: .3, Residual: .6, Seed: 6}, nil, false},
		"nothing at all":     {studytest.Design{Groups: 12, Members: 5, Sessions: 4, Missing: 1, Seed: 7}, nil, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := studytest.Draw(t, x.design)
			if x.alter != nil {
				d.Alter(x.alter)
			}
			f := d.Freeze(t, d.Study(t, studytest.Cohesion(), studytest.Alliance()), func(session.MemberID) bool { return true })
			ask := analysis.Ask{Measure: studytest.Cohesion(), Kinds: []session.GroupKind{session.KindGroup}, Alone: true}
			if found, err := analysis.GroupLevelsInPassing(t.Context(), f, []analysis.Ask{ask}); err != nil || found[0].Done != x.passes {
				t.Fatalf("in passing: %v", err)
			}
			rq := aggregate.Request{Analyses: []string{"group_level"}}
			passed, whole := figuresOf(t, aggregate.InMemory(f), f.Study, rq), figuresOf(t, aggregate.InMemory(f), f.Study, rq.Whole())
			got, want := aggregate.Disclose(passed, study.Controlled, 1), aggregate.Disclose(whole, study.Controlled, 1)
			if len(got) != len(want) || len(want) < 2 {
				t.Fatalf("%d records, not %d", len(got), len(want))
			}
			for i := range want {
				alike(t, &got[i], &want[i])
				if one, other := passed[i].Basis(), whole[i].Basis(); !reflect.DeepEqual(one, other) {
					t.Errorf("%s %s stands on %+v, not on %+v", want[i].Measure, want[i].Statistic, one, other)
				}
			}
		})
	}
}

// figuresOf returns the figures of a source.
func figuresOf(t *testing.T, src aggregate.Frozen, s *study.Study, rq aggregate.Request) []aggregate.Figure {
	t.Helper()
	figures, _, err := aggregate.Tabulate(t.Context(), src, s, rq)
	if err != nil {
		t.Fatal(err)
	}
	return figures
}

// alike compares two records: numbers to 1e-9, everything else as it is.
func alike(t *testing.T, got, want *aggregate.Record) {
	t.Helper()
	var a, b map[string]any
	for to, r := range map[*map[string]any]*aggregate.Record{&a: got, &b: want} {
		text, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(text, to); err != nil {
			t.Fatal(err)
		}
	}
	for key, w := range b {
		x, isNumber := w.(float64)
		y, both := a[key].(float64)
		if isNumber && both && math.Abs(x-y) <= 1e-9*max(1, math.Abs(x)) {
			continue
		}
		if fmt.Sprint(w) != fmt.Sprint(a[key]) {
			t.Errorf("%s %s %v: %s is %v, not %v", want.Measure, want.Statistic, want.Of, key, a[key], w)
		}
	}
}
