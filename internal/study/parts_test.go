package study_test

import (
	"testing"

	"holon/internal/instrument"
	"holon/internal/session"
	"holon/internal/study"
)

// rated counts ten groups of eight over five sessions, of which change may alter what it
// likes: g, n and i number groups, sessions and members from 0.
func rated(measures []session.Measure, change func(s *session.Session, g int), value func(g, n, i int) float64) *study.Contributions {
	c := study.NewCounting(measures, definition)
	for g := range 10 {
		group := &session.Group{ID: session.GroupID(id("g", g)), Kind: session.KindGroup, Format: session.Closed, StartsOn: "2000-01-03"}
		c.Group(group)
		for n := range 5 {
			s := &session.Session{ID: session.SessionID(id("s", 10*g+n)), GroupID: group.ID, GroupKind: group.Kind, Number: n + 1, Kind: session.Meeting, HeldOn: "2000-01-03"}
			for i := range 8 {
				who := session.MemberID(id("m", 10*g+i))
				s.Roster = append(s.Roster, session.Seat{MemberID: who, Spell: i + 1, Attendance: session.Present})
				for _, m := range measures {
					r := session.Rating{
						Instrument: m.Instrument, Rater: session.Rater{Kind: m.Rater, ID: string(who)}, Occasion: session.Post, FormItems: 1,
						Answers: []session.Answer{{Item: 1, State: session.Answered, Value: value(g, n, i)}},
					}
					switch m.Instrument.ID {
					case "holon-alliance-1":
						s.Alliances = append(s.Alliances, session.AllianceRating{Rating: r, TherapistID: "t", MemberID: who})
					case "phq-9":
						for item := 2; item <= 9; item++ {
							r.Answers = append(r.Answers, session.Answer{Item: item, State: session.Answered, Value: 1})
						}
						r.FormItems = 9
						s.Outcomes = append(s.Outcomes, session.OutcomeRating{Rating: r, MemberID: who})
					default:
						s.Cohesion = append(s.Cohesion, session.CohesionRating{Rating: r})
					}
				}
			}
			if change != nil {
				change(s, g)
			}
			c.Add(s)
		}
	}
	return new(c.Contributions())
}

// TestAFewHideBehindNoManyThatAnalysesLeaveAside changes answers of sixteen people where
// an analysis does not look, and of one where it does.
func TestAFewHideBehindNoManyThatAnalysesLeaveAside(t *testing.T) {
	t.Parallel()
	cohesion, outcome := own("holon-cohesion-1", instrument.RaterMember), session.Measure{Instrument: instrument.Ref{ID: "phq-9", Version: "1"}, Score: "total", Rater: instrument.RaterMember}
	kind := func(n int, k session.Kind) func(*session.Session, int) {
		return func(s *session.Session, _ int) {
			if s.Number == n+1 {
				s.Kind = k
			}
		}
	}
	for name, x := range map[string]struct {
		measure   session.Measure
		frame     func(*session.Session, int)
		many, one int // sessions in which sixteen people, and one, answer otherwise
		refused   bool
	}{
		"an assessment beside meetings":            {cohesion, kind(0, session.Assessment), 0, 2, true},
		"sessions with one person beside meetings": {cohesion, kind(1, session.Individual), 1, 2, true},
		"the last session beside others":           {cohesion, nil, 1, 4, true},
		"the last meeting before an assessment":    {cohesion, kind(4, session.Assessment), 4, 3, true},
		"a last outcome beside those between":      {outcome, nil, 2, 4, true},
		"a first outcome beside those between":     {outcome, nil, 2, 0, true},
		"one meeting between beside another":       {cohesion, nil, 1, 2, false},
	} {
		value := func(many, one bool) func(g, n, i int) float64 {
			return func(g, n, i int) float64 {
				if (many && g < 3 && i < 6 && n == x.many) || (one && g == 3 && i == 2 && n == x.one) {
					return 2
				}
				return float64((g + n + i) % 2)
			}
		}
		measures := []session.Measure{x.measure}
		before, after, alone := rated(measures, x.frame, value(false, false)), rated(measures, x.frame, value(true, true)), rated(measures, x.frame, value(false, true))
		if !refusal(t, alone, before) {
			t.Errorf("%s: one person alone is not refused", name)
		}
		if refusal(t, rated(measures, x.frame, value(true, false)), before) {
			t.Errorf("%s: eighteen people alone are refused", name)
		}
		if got := refusal(t, after, before); got != x.refused {
			t.Errorf("%s: together they are refused: %t", name, got)
		}
	}
}

// TestWhatTherapistsAnsweredIsComparedToo although the study names members' answers only:
// analyses hold the one against the other.
func TestWhatTherapistsAnsweredIsComparedToo(t *testing.T) {
	t.Parallel()
	alliance := own("holon-alliance-1", instrument.RaterMember)
	guesses := func(corrected int) *study.Contributions {
		n := 0
		return rated([]session.Measure{alliance}, func(s *session.Session, _ int) {
			for _, seat := range s.Roster {
				guess := session.Rating{
					Instrument: alliance.Instrument, Rater: session.Rater{Kind: instrument.RaterTherapist, ID: "t"}, Occasion: session.Post, FormItems: 1,
					Answers: []session.Answer{{Item: 1, State: session.Answered, Value: 5}},
				}
				if s.Number == 1 && n < corrected {
					guess.Answers[0].Value, n = 10, n+1
				}
				s.Alliances = append(s.Alliances, session.AllianceRating{Rating: guess, TherapistID: "t", MemberID: seat.MemberID})
			}
		}, func(g, n, i int) float64 { return float64(g + n + i) })
	}
	before := guesses(0)
	for corrected, want := range map[int]bool{0: false, 1: true, 30: false} {
		if got := refusal(t, guesses(corrected), before); got != want {
			t.Errorf("%d guesses are corrected: refused %t", corrected, got)
		}
	}
}
