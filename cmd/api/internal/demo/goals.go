package demo

import (
	"context"
	"math"
	"slices"
	"strconv"
	"time"

	"holon/internal/instrument"
	"holon/internal/practice"
	"holon/internal/session"
)

// sharedGoal is the code of a family's superordinate goal.
const sharedGoal = "G-0"

// wished are what members of a role want, in words that nobody ever said.
func wished(role session.MemberRole, place int) []string {
	switch {
	case role == session.RoleAdolescent:
		return []string{"to decide for myself when I come home", "that nobody goes through my things"}
	case role == session.RoleSibling:
		return []string{"that somebody asks me, too", "evenings without slammed doors"}
	case role == session.RoleGrandparent:
		return []string{"to see the children without a quarrel", "to be of use and not in the way"}
	case place == 0:
		return []string{"that everybody gets home safe", "that nobody is afraid at our table"}
	default:
		return []string{"better grades, and a place in the last year", "homework without a fight"}
	}
}

// setGoals sets the goals of the family members who begin with this session, each in
// the member's own words, and the shared one that contains them all.
func (s *scribe) setGoals(ctx context.Context, m meeting) error {
	from := max(m.n, 1)
	if m.kind != session.KindFamily || m.n == 1 {
		return nil
	}
	grown := false
	for place, st := range m.stays {
		if st.from != from {
			continue
		}
		grown = true
		code := "G-" + strconv.Itoa(place+1)
		if err := s.setGoal(ctx, m, code, s.who.members[st.member], nil); err != nil {
			return err
		}
		words := wished(st.role, place)
		text := words[m.luck.draw("words", st.member).IntN(len(words))]
		if err := s.say(ctx, m, code, session.GoalTextInput{Text: text}); err != nil {
			return err
		}
	}
	switch {
	case !grown:
		return nil
	case m.n == intake:
		if err := s.setGoal(ctx, m, sharedGoal, "", s.owned(m)); err != nil {
			return err
		}
		by := session.Rater{Kind: instrument.RaterTherapist, ID: string(s.who.therapists[m.lead])}
		now := s.clock.Now()
		defer func() { s.clock.set(now) }()
		s.clock.set(m.begins(1)) // from then on the therapist has charge
		return s.say(ctx, m, sharedGoal, session.GoalTextInput{Text: "that we can talk with each other at home", Author: &by, VisibleTo: session.WholeGroup})
	default:
		contains, g := s.owned(m), s.groups[m.code]
		rq := s.request(contains, "-contains-", m.code, "-", m.n)
		g, err := s.ContainGoals(ctx, rq, g.ID, s.goals[m.code][sharedGoal], g.Rev, contains)
		if err == nil {
			s.groups[m.code] = g
		}
		return err
	}
}

// setGoal sets one goal.
func (s *scribe) setGoal(ctx context.Context, m meeting, code string, owner session.MemberID, contains []session.GoalID) error {
	in := practice.GoalInput{Code: code, Owner: owner, From: string(m.day(m.n)), Contains: contains}
	g, id, err := s.SetGoal(ctx, s.request(in, "-goal-", m.code, "-", code), s.groups[m.code].ID, in)
	if err != nil {
		return err
	}
	s.groups[m.code] = g
	if s.goals[m.code] == nil {
		s.goals[m.code] = map[string]session.GoalID{}
	}
	s.goals[m.code][code] = id
	return nil
}

// say gives a goal its words.
func (s *scribe) say(ctx context.Context, m meeting, code string, in session.GoalTextInput) error {
	_, err := s.SetGoalText(ctx, s.request(in, "-words-", m.code, "-", code), s.groups[m.code].ID, s.goals[m.code][code], in, 0)
	return err
}

// owned returns the members' own goals that are set, in order.
func (s *scribe) owned(m meeting) []session.GoalID {
	var out []session.GoalID
	for place := range m.stays {
		if id, set := s.goals[m.code]["G-"+strconv.Itoa(place+1)]; set {
			out = append(out, id)
		}
	}
	return out
}

// rateGoals enters what those who came said of goals, after the meeting: everybody
// of their own and, from the second session on, of the shared one; every fourth week
// the therapist, too. At intake only own goals are rated.
func (s *scribe) rateGoals(ctx context.Context, m meeting, id session.SessionID) error {
	if m.kind != session.KindFamily {
		return nil
	}
	var said []session.GoalRatingInput
	put := func(by session.Rater, code string, value float64, endorsed *bool) {
		said = append(said, session.GoalRatingInput{
			Rater: by, GoalID: s.goals[m.code][code], Value: &value, Endorsed: endorsed, Entered: session.Entry{Mode: session.Device},
		})
	}
	for place, st := range m.stays {
		if !slices.ContainsFunc(m.attending(), func(x stay) bool { return x.member == st.member }) {
			continue
		}
		by := session.Rater{Kind: instrument.RaterMember, ID: string(s.who.members[st.member])}
		code := "G-" + strconv.Itoa(place+1)
		if !m.mute(st, code) {
			put(by, code, m.near(st, code), nil)
		}
		if m.n > 1 && !m.individual() && !m.mute(st, sharedGoal) {
			put(by, sharedGoal, m.near(st, sharedGoal), new(m.stands(st)))
		}
	}
	if battery(m.n) && m.n != intake {
		put(session.Rater{Kind: instrument.RaterTherapist, ID: string(s.who.therapists[m.led(m.n)])}, sharedGoal, m.near(stay{member: m.lead}, sharedGoal), new(true))
	}
	if len(said) == 0 {
		return nil
	}
	s.clock.set(m.begins(m.n).Add(m.length + 35*time.Minute))
	_, err := s.RateGoals(ctx, s.request(said, "-goals-", m.code, "-", m.n), id, said)
	return err
}

// mute tells whether somebody who came says nothing of a goal.
func (m meeting) mute(st stay, code string) bool {
	return m.luck.happens(0.04, "goal", m.code, strconv.Itoa(m.n), st.member, code, "mute")
}

// near is how near somebody says that a goal is. Everybody begins low and moves on at
// a pace of their own; an adolescent who stands apart sees the shared goal far away.
func (m meeting) near(st stay, code string) float64 {
	key := []string{"goal", m.code, st.member, code}
	start := 2.5 + m.luck.normal(append(key, "start")...)
	pace := 0.30 + 0.15*m.luck.normal(append(key, "pace")...)
	at := start + pace*float64(m.n) + 0.8*m.luck.normal(append(key, strconv.Itoa(m.n))...)
	if code == sharedGoal && st.role == session.RoleAdolescent && m.split(m.n) {
		at -= splitDepth
	}
	return min(10, max(0, math.Round(at)))
}

// stands tells whether somebody stands behind the shared goal.
func (m meeting) stands(st stay) bool {
	if st.role == session.RoleAdolescent && m.split(m.n) {
		return m.luck.happens(0.1, "goal", m.code, strconv.Itoa(m.n), st.member, "stands apart")
	}
	return m.luck.happens(0.93, "goal", m.code, strconv.Itoa(m.n), st.member, "stands")
}
