package aggregate_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"holon/internal/instrument"
	"holon/internal/session"
	"holon/internal/study/studytest"
)

// ofOneItem is a measure of one of the instruments that have one item, from 0 to 10.
func ofOneItem(id string, by instrument.RaterKind) session.Measure {
	return session.Measure{Instrument: instrument.Ref{ID: id, Version: "1"}, Score: "rating", Rater: by}
}

// answered is a form of one item.
func answered(of session.Measure, by, key string, value float64) session.Rating {
	return session.Rating{
		ID: session.RatingID("r-" + key), FormID: session.FormID("f-" + key), Version: 1, Instrument: of.Instrument, Rater: session.Rater{Kind: of.Rater, ID: by},
		Occasion: session.Post, FormItems: 1, Entered: session.Entry{By: "test", At: time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC), Mode: session.Paper},
		Answers: []session.Answer{{Item: 1, State: session.Answered, Value: value}},
	}
}

// keepFirst leaves the answers of a session's first members.
func keepFirst(s *session.Session, n int) {
	s.Cohesion, s.Alliances, s.Outcomes = s.Cohesion[:n], s.Alliances[:n], s.Outcomes[:n]
}

// among tells whether a drawn group is one of the first n.
func among(g *session.Group, n int) bool { return g.ID < session.GroupID(fmt.Sprintf("g-%04d", n)) }

// answeredAgain draws fourteen groups of four who answered once; one member of each of
// the first n groups went on answering.
func answeredAgain(t *testing.T, n, sessions int) *studytest.Drawn {
	t.Helper()
	d := studytest.Draw(t, studytest.Design{Groups: 14, Members: 4, Sessions: sessions, Member: .5, Residual: .5, Seed: 5})
	d.Alter(func(g *session.Group, s *session.Session) {
		switch {
		case s.Number > 1 && among(g, n):
			keepFirst(s, 1)
		case s.Number > 1:
			keepFirst(s, 0)
		}
	})
	return d
}

// twoAnswered draws fourteen groups of whom one member answered, and two in the first n.
func twoAnswered(t *testing.T, n int) *studytest.Drawn {
	t.Helper()
	d := studytest.Draw(t, studytest.Design{Groups: 14, Members: 4, Sessions: 1, Group: .3, Member: .5, Residual: .5, Seed: 5})
	d.Alter(func(g *session.Group, s *session.Session) {
		if among(g, n) {
			keepFirst(s, 2)
		} else {
			keepFirst(s, 1)
		}
	})
	return d
}

// familiesAgain draws fourteen families of whom two members answered once, and in the first
// n in every session.
func familiesAgain(t *testing.T, n int) *studytest.Drawn {
	t.Helper()
	d := studytest.Draw(t, studytest.Design{Families: 14, Sessions: 3, Member: .5, Residual: .5, Seed: 5})
	d.Alter(func(g *session.Group, s *session.Session) {
		if s.Number == 1 || among(g, n) {
			keepFirst(s, 2)
		} else {
			keepFirst(s, 0)
		}
	})
	return d
}

// familiesTogether draws fourteen families of whom one member answered in every session, and
// in the first n two did.
func familiesTogether(t *testing.T, n int) *studytest.Drawn {
	t.Helper()
	d := studytest.Draw(t, studytest.Design{Families: 14, Sessions: 5, Member: .5, Residual: .5, Seed: 5})
	d.Alter(func(g *session.Group, s *session.Session) {
		if among(g, n) {
			keepFirst(s, 2)
		} else {
			keepFirst(s, 1)
		}
	})
	return d
}

// rated draws fourteen groups of five in which members rate each other, as far as
// rates says of the places of two.
func rated(t *testing.T, rates func(g *session.Group, from, to int) bool) *studytest.Drawn {
	t.Helper()
	d := studytest.Draw(t, studytest.Design{Groups: 14, Members: 5, Sessions: 1, Residual: .5, Seed: 5})
	rng := rand.New(rand.NewPCG(1, 1))
	bond := ofOneItem("holon-bond-1", instrument.RaterMember)
	d.Alter(func(g *session.Group, s *session.Session) {
		for i, a := range g.Spells {
			for k, b := range g.Spells {
				value := float64(rng.IntN(11))
				if i != k && rates(g, i, k) {
					s.Bonds = append(s.Bonds, session.BondRating{Rating: answered(bond, string(a.MemberID), fmt.Sprint(s.ID, i, k), value), From: a.MemberID, To: b.MemberID})
				}
			}
		}
	})
	return d
}

// guessed draws twenty-four groups of four who rate their therapist; therapists rate the
// members of the first n groups.
func guessed(t *testing.T, n int) *studytest.Drawn {
	t.Helper()
	d := studytest.Draw(t, studytest.Design{Groups: 24, Members: 4, Sessions: 1, Residual: .5, Seed: 5})
	rng := rand.New(rand.NewPCG(1, 1))
	d.Alter(func(g *session.Group, s *session.Session) {
		with := s.Therapists[0].TherapistID
		s.Alliances = nil
		for i, x := range g.Spells {
			for _, by := range []instrument.RaterKind{instrument.RaterMember, instrument.RaterTherapist} {
				value, who := float64(rng.IntN(11)), string(x.MemberID)
				if by == instrument.RaterTherapist {
					if who = string(with); !among(g, n) {
						continue
					}
				}
				s.Alliances = append(s.Alliances, session.AllianceRating{
					Rating: answered(ofOneItem("holon-alliance-1", by), who, fmt.Sprint(s.ID, i, by), value), TherapistID: with, MemberID: x.MemberID,
				})
			}
		}
	})
	return d
}

// ledBy draws groups of which n therapists lead as many each, and what members say of
// their presence with them.
func ledBy(t *testing.T, n int) *studytest.Drawn {
	t.Helper()
	d := studytest.Draw(t, studytest.Design{Groups: 12, Members: 4, Sessions: 4, Group: .2, Member: .3, Residual: .4, Seed: 5})
	rng := rand.New(rand.NewPCG(1, 1))
	d.Alter(func(g *session.Group, s *session.Session) {
		with := session.TherapistID(fmt.Sprint("t-", int(g.ID[len(g.ID)-1]-'0')%n))
		g.TherapistSpells[0].TherapistID, s.Therapists[0].TherapistID = with, with
		for i := range s.Alliances {
			s.Alliances[i].TherapistID = with
		}
		for i, x := range g.Spells {
			s.Encounter = append(s.Encounter, session.EncounterRating{
				Rating: answered(ofOneItem("holon-presence-1", instrument.RaterMember), string(x.MemberID), fmt.Sprint(s.ID, i), float64(rng.IntN(11))), TherapistID: with,
			})
		}
	})
	return d
}

// inTwoGroups draws pairs of groups of three who are the same people; n pairs.
func inTwoGroups(t *testing.T, n int) *studytest.Drawn {
	t.Helper()
	d := studytest.Draw(t, studytest.Design{Groups: 2 * n, Members: 3, Sessions: 8, Member: .5, Residual: .5, Seed: 5})
	same := func(id string) string {
		if at := strings.Split(id, "-"); len(at) == 3 && at[0] == "m" {
			var group int
			_, _ = fmt.Sscanf(at[1], "%d", &group)
			return fmt.Sprintf("m-%04d-%s", group%n, at[2])
		}
		return id
	}
	d.Alter(func(g *session.Group, s *session.Session) {
		for i := range g.Spells {
			g.Spells[i].MemberID = session.MemberID(same(string(g.Spells[i].MemberID)))
		}
		for i := range s.Roster {
			s.Roster[i].MemberID = session.MemberID(same(string(s.Roster[i].MemberID)))
		}
		for _, r := range s.All {
			r.Rater.ID = same(r.Rater.ID)
		}
		for i := range s.Outcomes {
			s.Outcomes[i].MemberID = session.MemberID(same(string(s.Outcomes[i].MemberID)))
		}
		for i := range s.Alliances {
			s.Alliances[i].MemberID = session.MemberID(same(string(s.Alliances[i].MemberID)))
		}
	})
	return d
}

// longCourses draws fourteen groups of four over ten sessions; all but two members of each of
// the first n groups come to three.
func longCourses(t *testing.T, n int) *studytest.Drawn {
	t.Helper()
	d := studytest.Draw(t, studytest.Design{Groups: 14, Members: 4, Sessions: 10, Member: .5, Residual: .5, Seed: 5})
	d.Alter(func(g *session.Group, s *session.Session) {
		switch {
		case s.Number <= 3:
		case among(g, n):
			keepFirst(s, 2)
		default:
			keepFirst(s, 0)
		}
	})
	return d
}

// fallen draws fourteen groups of eight whose alliances fall in the last session but one, in
// the first n groups.
func fallen(t *testing.T, n int) *studytest.Drawn {
	t.Helper()
	d := studytest.Draw(t, studytest.Design{Groups: 14, Members: 8, Sessions: 8, Residual: .5, Seed: 5})
	d.Alter(func(g *session.Group, s *session.Session) {
		for i := range s.Alliances {
			for k := range s.Alliances[i].Answers {
				value := float64(4 + (s.Number+k)%2*(k%3)/2)
				if among(g, n) && s.Number >= 7 {
					value = 1
				}
				s.Alliances[i].Answers[k].Value = value
			}
		}
	})
	return d
}
