package study_test

import (
	"slices"
	"testing"

	"holon/internal/instrument"
	"holon/internal/session"
	"holon/internal/study"
)

// counted counts ten groups of eight at one session, of which change may alter what it
// likes before they are counted.
func counted(measures []session.Measure, change func(*session.Group, *session.Session)) *study.Contributions {
	c := study.NewCounting(measures, definition)
	for n := range 10 {
		g := &session.Group{ID: session.GroupID(id("g", n)), Kind: session.KindGroup, Format: session.Closed, StartsOn: "2000-01-03"}
		s := &session.Session{ID: session.SessionID(id("s", n)), GroupID: g.ID, GroupKind: g.Kind, Number: 1, Kind: session.Meeting, HeldOn: "2000-01-03", Therapists: []session.Presence{{TherapistID: "t", Role: session.Lead, Present: true}}}
		who := func(i int) session.MemberID { return session.MemberID(id("m", 10*n+i)) }
		for i := range 8 {
			g.Spells = append(g.Spells, session.Spell{Number: i + 1, MemberID: who(i), Role: session.RoleMember, Joined: "2000-01-03"})
			s.Roster = append(s.Roster, session.Seat{MemberID: who(i), Spell: i + 1, Attendance: session.Present})
			for _, m := range measures {
				r := session.Rating{Instrument: m.Instrument, Rater: session.Rater{Kind: m.Rater, ID: string(who(i))}, Occasion: session.Post}
				def, _ := definition(m.Instrument)
				for _, item := range def.Items {
					r.Answers = append(r.Answers, session.Answer{Item: item.Number, State: session.Answered, Value: item.Min + float64((i+item.Number)%3)*item.Step})
				}
				r.FormItems = len(r.Answers)
				switch def.Items[0].Level {
				case instrument.Bond:
					for k := range 8 {
						if k != i {
							s.Bonds = append(s.Bonds, session.BondRating{Rating: r, From: who(i), To: who(k)})
						}
					}
				case instrument.Outcome:
					s.Outcomes = append(s.Outcomes, session.OutcomeRating{Rating: r, MemberID: who(i)})
				default:
					s.Cohesion = append(s.Cohesion, session.CohesionRating{Rating: r})
				}
			}
		}
		if change != nil {
			change(g, s)
		}
		c.Group(g)
		c.Add(s)
	}
	return new(c.Contributions())
}

// TestWhatStandsAroundRowsIsComparedToo changes what no row says of one group or person:
// numbers hang on it.
func TestWhatStandsAroundRowsIsComparedToo(t *testing.T) {
	t.Parallel()
	measures := []session.Measure{{Instrument: instrument.Ref{ID: "phq-9", Version: "1"}, Score: "total", Rater: instrument.RaterMember}}
	ofFirst := func(change func(*session.Group, *session.Session)) func(*session.Group, *session.Session) {
		return func(g *session.Group, s *session.Session) {
			if string(g.ID) == id("g", 0) {
				change(g, s)
			}
		}
	}
	before := counted(measures, nil)
	if refusal(t, counted(measures, nil), before) {
		t.Error("the very same is refused")
	}
	for name, change := range map[string]func(*session.Group, *session.Session){
		"kind of session":   func(_ *session.Group, s *session.Session) { s.Kind = session.Individual },
		"stage":             func(_ *session.Group, s *session.Session) { s.Stage = new(session.FollowUp) },
		"day":               func(_ *session.Group, s *session.Session) { s.HeldOn = "2000-01-04" },
		"therapist there":   func(_ *session.Group, s *session.Session) { s.Therapists[0].Present = false },
		"why somebody left": func(g *session.Group, _ *session.Session) { g.Spells[0].LeftWhy = new(session.LeftDroppedOut) },
		"two items exchanged": func(_ *session.Group, s *session.Session) {
			a := s.Outcomes[0].Answers
			a[0].Value, a[1].Value = a[1].Value, a[0].Value
		},
		"after seeing": func(_ *session.Group, s *session.Session) { s.Outcomes[0].AfterSeeing = true },
		"rupture": func(_ *session.Group, s *session.Session) {
			s.Ruptures = []session.Rupture{{TherapistID: "t", MemberID: s.Roster[0].MemberID, Kind: session.RuptureWithdrawal}}
		},
	} {
		next := counted(measures, ofFirst(change))
		for _, d := range study.Differences(t.Context(), next, before) {
			if d.Measures == study.MeasureName(measures[0]) && d.People > 0 {
				t.Errorf("%s: the rows themselves differ", name)
			}
		}
		if !refusal(t, next, before) {
			t.Errorf("%s: not refused", name)
		}
	}
}

// TestAFewChangesHideBehindNoOthers shifts all days of three groups, and corrects one
// person's answer.
func TestAFewChangesHideBehindNoOthers(t *testing.T) {
	t.Parallel()
	measures := []session.Measure{own("holon-cohesion-1", instrument.RaterMember)}
	days := func(g *session.Group, s *session.Session) {
		if n := string(g.ID); n == id("g", 0) || n == id("g", 1) || n == id("g", 2) {
			s.HeldOn = "2000-01-04"
		}
	}
	before, shifted := counted(measures, nil), counted(measures, days)
	if refusal(t, shifted, before) {
		t.Error("days of many are refused")
	}
	one := counted(measures, func(g *session.Group, s *session.Session) {
		days(g, s)
		if string(g.ID) == id("g", 0) {
			s.Cohesion[0].Answers[0].Value++
		}
	})
	if !refusal(t, one, before) {
		t.Error("one person's answer hides behind days")
	}
}

// TestThreeRatersAreFewHoweverManyTheyRate changes what one member of each of three groups
// says of seven others, and what all of three groups say of one.
func TestThreeRatersAreFewHoweverManyTheyRate(t *testing.T) {
	t.Parallel()
	bond := []session.Measure{own("holon-bond-1", instrument.RaterMember)}
	before := counted(bond, nil)
	for name, changed := range map[string]func(*session.BondRating, *session.Session) bool{
		"given":    func(x *session.BondRating, s *session.Session) bool { return x.From == s.Roster[0].MemberID },
		"received": func(x *session.BondRating, s *session.Session) bool { return x.To == s.Roster[0].MemberID },
	} {
		next := counted(bond, func(g *session.Group, s *session.Session) {
			if n := string(g.ID); n != id("g", 0) && n != id("g", 1) && n != id("g", 2) {
				return
			}
			for i := range s.Bonds {
				if x := &s.Bonds[i]; changed(x, s) {
					a := x.Answers[0]
					a.Value++
					x.Answers = []session.Answer{a}
				}
			}
		})
		for _, d := range study.Differences(t.Context(), next, before) {
			if d.Measures == study.MeasureName(bond[0]) && d.People < study.DefaultThreshold {
				t.Errorf("%s: %d people are behind it: hardly tried", name, d.People)
			}
		}
		if !refusal(t, next, before) {
			t.Errorf("%s by three: not refused", name)
		}
	}
}

// TestAnotherOccasionIsNoOtherMeasure renames a measure by its occasion and corrects one
// answer.
func TestAnotherOccasionIsNoOtherMeasure(t *testing.T) {
	t.Parallel()
	all := own("holon-cohesion-1", instrument.RaterMember)
	post := all
	post.Occasion = session.Post
	before := counted([]session.Measure{all}, nil)
	if refusal(t, counted([]session.Measure{post}, nil), before) {
		t.Error("the very same rows are refused")
	}
	next := counted([]session.Measure{post}, func(g *session.Group, s *session.Session) {
		if string(g.ID) == id("g", 0) {
			s.Cohesion[0].Answers[0].Value++
		}
	})
	if !refusal(t, next, before) {
		t.Error("one person's answer is told under another name")
	}
	pre := all
	pre.Occasion = session.Pre
	for _, at := range []session.Occasion{session.Pre, session.Post} { // when everybody answered, and never at the other
		both := []session.Measure{pre, post}
		next := counted([]session.Measure{all}, func(g *session.Group, s *session.Session) {
			for i := range s.Cohesion {
				s.Cohesion[i].Occasion = at
			}
			if string(g.ID) == id("g", 0) {
				s.Cohesion[0].Answers[0].Value++
			}
		})
		earlier := counted(both, func(_ *session.Group, s *session.Session) {
			s.Cohesion = slices.CompactFunc(s.Cohesion, func(a, b session.CohesionRating) bool { return a.Rater == b.Rater }) // one for both
			for i := range s.Cohesion {
				s.Cohesion[i].Occasion = at
			}
		})
		if !refusal(t, next, earlier) {
			t.Errorf("beside %v, answered at %s, one person's answer is told", both, at)
		}
	}
}

// TestMissingFormsAreCountedByWhoIsBehindThem takes one person's forms of every group out,
// and all of one group's, and counts people, in meetings alone and by home.
func TestMissingFormsAreCountedByWhoIsBehindThem(t *testing.T) {
	t.Parallel()
	measure := own("holon-cohesion-1", instrument.RaterMember)
	c := study.NewCounting([]session.Measure{measure}, definition)
	add := func(kind session.GroupKind, what session.Kind, group, n int, silent ...int) {
		s := &session.Session{ID: session.SessionID(id("s", 100*group+n)), GroupID: session.GroupID(id("g", group)), GroupKind: kind, Number: n, Kind: what, HeldOn: "2000-01-03"}
		for i := range 6 {
			who := session.MemberID(id("m", 10*group+i))
			s.Roster = append(s.Roster, session.Seat{MemberID: who, Attendance: session.Present})
			if !slices.Contains(silent, i) {
				s.Cohesion = append(s.Cohesion, session.CohesionRating{Rating: session.Rating{
					Instrument: measure.Instrument, Rater: session.Rater{Kind: instrument.RaterMember, ID: string(who)}, Occasion: session.Post, FormItems: 1,
					Answers: []session.Answer{{Item: 1, State: session.Answered, Value: 3}},
				}})
			}
		}
		c.Add(s)
	}
	for n := range 5 {
		add(session.KindGroup, session.Meeting, 1, n+1, 0)
		add(session.KindGroup, session.Individual, 2, n+1, 0, 1, 2)
		add(session.KindFamily, session.Meeting, 3, n+1, 1, 2)
	}
	add(session.KindGroup, session.Meeting, 4, 1, 0, 1, 2, 3, 4, 5) // nobody was asked
	got, name := c.Missing(), study.MeasureName(measure)
	if n := got[name]["no_form"]; n != [2]study.Behind{{People: 1, Groups: 1}, {People: 2, Groups: 1}} {
		t.Errorf("no form of people of therapy groups and of families: %v", n)
	}
	for _, c := range []struct {
		n        study.Behind
		families bool
		want     bool
	}{
		{study.Behind{People: 11, Groups: 3}, false, true},
		{study.Behind{People: 10, Groups: 3}, false, false},
		{study.Behind{People: 20, Groups: 2}, false, false},
		{study.Behind{People: 20, Groups: 10}, true, false},
		{study.Behind{People: 20, Groups: 11}, true, true},
	} {
		var all [2]study.Behind
		if all[0] = c.n; c.families {
			all[0], all[1] = all[1], c.n
		}
		m := study.Missing{"x": {"absent": all}}
		if got := m.Enough(11, "x", "absent", c.families); got != c.want || m.Enough(11, "x", "absent", !c.families) || m.Enough(11, "x", "unheard_of", c.families) || m.Enough(11, "y", "absent", c.families) {
			t.Errorf("%v of families %t: %t", c.n, c.families, got)
		}
	}
}

// TestWhoDeclinesToRateManyIsOne has one member of every group decline all bonds.
func TestWhoDeclinesToRateManyIsOne(t *testing.T) {
	t.Parallel()
	bond := own("holon-bond-1", instrument.RaterMember)
	c := study.NewCounting([]session.Measure{bond}, definition)
	for group := range 4 {
		s := &session.Session{ID: session.SessionID(id("s", group)), GroupID: session.GroupID(id("g", group)), GroupKind: session.KindGroup, Number: 1, Kind: session.Meeting, HeldOn: "2000-01-03"}
		for to := range 11 {
			s.Bonds = append(s.Bonds, session.BondRating{
				From: session.MemberID(id("m", 100*group)), To: session.MemberID(id("m", 100*group+1+to)),
				Rating: session.Rating{
					Instrument: bond.Instrument, Rater: session.Rater{Kind: instrument.RaterMember, ID: id("m", 100*group)}, Occasion: session.Post, FormItems: 1, FormMissing: 1,
					Answers: []session.Answer{{Item: 1, State: session.Declined}},
				},
			})
		}
		c.Add(s)
	}
	for reason, n := range c.Missing()[study.MeasureName(bond)] {
		if n[0] != (study.Behind{People: 4, Groups: 4}) {
			t.Errorf("%s: %+v", reason, n[0])
		}
	}
	if len(c.Missing()) != 1 {
		t.Errorf("%v", c.Missing())
	}
}
