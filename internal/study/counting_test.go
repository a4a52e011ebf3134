package study_test

import (
	"slices"
	"strings"
	"testing"

	"holon/internal/instrument"
	"holon/internal/session"
	"holon/internal/study"
)

// TestAnotherModelOfOneGroupIsADifferenceByFew: the rows are the same, and a comparison
// of models would tell what one group's going from one to another changes.
func TestAnotherModelOfOneGroupIsADifferenceByFew(t *testing.T) {
	t.Parallel()
	none := func(instrument.Ref) (*instrument.Definition, bool) { return nil, false }
	behind := func(models func(session.GroupID) session.Code) *study.Contributions {
		c := study.NewCounting(nil, none)
		c.Within(models)
		for g := range 12 {
			s := &session.Session{ID: session.SessionID(id("s", g)), GroupID: session.GroupID(id("g", g)), GroupKind: session.KindGroup, Number: 1, HeldOn: "2000-01-03"}
			for m := range 5 {
				s.Roster = append(s.Roster, session.Seat{MemberID: session.MemberID(id("m", 10*g+m)), Attendance: session.Present})
			}
			c.Add(s)
		}
		return new(c.Contributions())
	}
	odd := func(g session.GroupID) session.Code {
		if strings.ContainsAny(string(g[len(g)-1:]), "13579") {
			return "cbt"
		}
		return "ipt"
	}
	moved := func(from ...session.GroupID) func(session.GroupID) session.Code {
		return func(g session.GroupID) session.Code {
			if slices.Contains(from, g) {
				return "mbt"
			}
			return odd(g)
		}
	}
	before := behind(odd)
	one, three := session.GroupID(id("g", 1)), []session.GroupID{session.GroupID(id("g", 1)), session.GroupID(id("g", 2)), session.GroupID(id("g", 4))}
	for name, x := range map[string]struct {
		next          *study.Contributions
		says, refused bool
	}{
		"the same":        {behind(odd), true, false},
		"of one group":    {behind(moved(one)), false, true},
		"of three groups": {behind(moved(three...)), false, false},
		"none any more":   {behind(nil), false, false},
	} {
		if got := refusal(t, x.next, before); got != x.refused {
			t.Errorf("%s: refused: %t", name, got)
		}
		left := without(t, x.next, before)
		if left.SaysModels() != x.says || refused(t, left, before.Standing()) {
			t.Errorf("%s: models are compared: %t", name, left.SaysModels())
		}
	}
	// Three groups leave, one of them of a model that is compared in both.
	fewer := behind(func(g session.GroupID) session.Code {
		if slices.Contains(three, g) {
			return ""
		}
		return odd(g)
	})
	if left := without(t, fewer, before); left.SaysModels() {
		t.Error("models are compared in other rows")
	}
}

// TestModelsAreNotComparedInOtherRatingsOfWholeGroups changes what observers said of
// eleven groups of forty: no person's rows differ.
func TestModelsAreNotComparedInOtherRatingsOfWholeGroups(t *testing.T) {
	t.Parallel()
	measure := own("holon-cohesion-1", instrument.RaterObserver)
	behind := func(changed int) *study.Contributions {
		c := study.NewCounting([]session.Measure{measure}, definition)
		c.Within(func(g session.GroupID) session.Code { return session.Code("m" + string(g[len(g)-1:])) })
		for g := range 40 {
			s := &session.Session{ID: session.SessionID(id("s", g)), GroupID: session.GroupID(id("g", g)), GroupKind: session.KindGroup, Number: 1, HeldOn: "2000-01-03"}
			s.Roster = append(s.Roster, session.Seat{MemberID: session.MemberID(id("m", g)), Attendance: session.Present})
			value := 3.0
			if g < changed {
				value = 4
			}
			s.Cohesion = append(s.Cohesion, session.CohesionRating{Rating: session.Rating{
				Instrument: measure.Instrument, Rater: session.Rater{Kind: instrument.RaterObserver, ID: "o"}, Occasion: session.Post, FormItems: 1,
				Answers: []session.Answer{{Item: 1, State: session.Answered, Value: value}},
			}})
			c.Add(s)
		}
		return new(c.Contributions())
	}
	before := behind(0)
	if left := without(t, behind(11), before); left.SaysModels() {
		t.Error("models are compared in other ratings")
	}
	if left := without(t, behind(0), before); !left.SaysModels() {
		t.Error("models are not compared in the very same")
	}
}
