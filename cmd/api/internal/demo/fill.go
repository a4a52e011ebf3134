package demo

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"

	"holon/internal/access"
	"holon/internal/instrument"
	"holon/internal/practice"
	"holon/internal/session"
)

// Principal is who writes and reads the demonstration.
func Principal() access.Principal {
	return access.Principal{ID: "demonstration", Role: access.RoleOperator}
}

// scribe writes the practice through the use cases, one step after the other
// in the order of time. Every request has a key, so that a fill that was cut
// off can be run again and ends with the same documents.
type scribe struct {
	*practice.Practice

	clock       *Clock
	definitions func(instrument.Ref) (*instrument.Definition, bool)
	who         people
	groups      map[string]*session.Group
	spells      map[string][]string                  // members' codes, by group, in the order of their spells
	leaders     map[string][]string                  // therapists' codes, likewise
	goals       map[string]map[string]session.GoalID // by group and code
}

// began is when the practice is set up, before its first assessment.
func began() time.Time { return time.Date(2024, time.December, 27, 9, 0, 0, 0, time.UTC) }

// Fill writes the whole practice; progress is told now and then how many of
// all sessions are written. What is there already stays as it is.
func Fill(ctx context.Context, p *practice.Practice, clock *Clock, registry *instrument.Registry, progress func(done, all int)) error {
	s := &scribe{
		Practice: p, clock: clock, definitions: registry.Lookup,
		who:    people{members: map[string]session.MemberID{}, therapists: map[string]session.TherapistID{}},
		groups: map[string]*session.Group{}, goals: map[string]map[string]session.GoalID{}, spells: map[string][]string{}, leaders: map[string][]string{},
	}
	courses := append(therapyGroups(theLuck), families(theLuck)...)
	if err := s.register(ctx, courses); err != nil {
		return err
	}
	meetings := calendar(courses)
	for i, m := range meetings {
		if err := s.hold(ctx, m); err != nil {
			return fmt.Errorf("demo: %s session %d: %w", m.code, m.n, err)
		}
		if (i+1)%100 == 0 || i+1 == len(meetings) {
			progress(i+1, len(meetings))
		}
	}
	_, err := s.WatchCourses(ctx)
	return err
}

// request makes the request of one step: the key names it, the hash is of
// what it asks for.
func (s *scribe) request(body any, step ...any) practice.Request {
	text, err := json.Marshal(body)
	if err != nil {
		panic("demo: a request that is not JSON: " + err.Error())
	}
	sum := sha256.Sum256(text)
	key := fmt.Sprint(append([]any{"demo-2"}, step...)...)
	return practice.Request{Principal: Principal(), ID: "demo", Key: key, SHA: hex.EncodeToString(sum[:])}
}

// register creates the people and groups.
func (s *scribe) register(ctx context.Context, courses []*course) error {
	s.clock.set(began())
	for _, code := range therapists(courses) {
		t, err := s.CreateTherapist(ctx, s.request(code, "-therapist-", code), code)
		if err != nil {
			return err
		}
		s.who.therapists[code] = t.ID
	}
	for _, m := range everybody(courses) {
		born := bornIn(theLuck, m)
		created, err := s.CreateMember(ctx, s.request([]any{m.member, born}, "-member-", m.member), m.member, &born)
		if err != nil {
			return err
		}
		s.who.members[m.member] = created.ID
	}
	for _, c := range courses {
		in := practice.GroupInput{Code: c.code, Kind: c.kind, Format: c.format, StartsOn: string(c.day(1))}
		g, err := s.CreateGroup(ctx, s.request(in, "-group-", c.code), in)
		if err != nil {
			return err
		}
		if c.kind == session.KindGroup {
			on := practice.BondsInput{On: true, Every: bondsEvery, Since: new(string(c.day(1)))}
			if g, err = s.SwitchBonds(ctx, s.request(on, "-bonds-", c.code), g.ID, g.Rev, on); err != nil {
				return err
			}
		}
		s.groups[c.code] = g
	}
	return nil
}

// hold writes one session from the changes before it to those after it.
func (s *scribe) hold(ctx context.Context, m meeting) error {
	s.clock.set(m.begins(m.n).Add(-2 * time.Hour))
	if err := s.before(ctx, m); err != nil {
		return err
	}
	if err := s.setGoals(ctx, m); err != nil {
		return err
	}
	open := s.opening(m)
	held, err := s.OpenSession(ctx, s.request(open, "-open-", m.code, "-", m.n), s.groups[m.code].ID, open)
	if err != nil {
		return err
	}
	switch m.n {
	case intake:
		return s.record(ctx, m, held)
	case m.cancelled:
		_, err := s.CancelSession(ctx, s.request("cancel", "-cancel-", m.code, "-", m.n), held.ID, held.Rev, session.CancelHoliday)
		return err
	}
	if err := s.record(ctx, m, held); err != nil {
		return err
	}
	return s.after(ctx, m)
}

// opening says what a session is. Its number is one more than in the course:
// intake is the first.
func (s *scribe) opening(m meeting) practice.OpenInput {
	open := practice.OpenInput{
		Number: new(m.n + 1), Kind: session.Meeting, HeldOn: string(m.day(m.n)),
		Planned: &session.Span{Start: m.begins(m.n), End: m.begins(m.n).Add(m.length)},
	}
	switch {
	case m.n == intake:
		open.Kind, open.Stage = session.Assessment, new(session.Intake)
	case m.individual():
		open.Kind = session.Individual
	default:
		return open
	}
	for _, st := range m.invited() {
		open.Members = append(open.Members, s.who.members[st.member])
	}
	return open
}

// record writes who came, what they filled in, and what came later.
func (s *scribe) record(ctx context.Context, m meeting, held *session.Session) error {
	ends := m.begins(m.n).Add(m.length)
	s.clock.set(ends.Add(5 * time.Minute))
	marks := m.marks(s.who)
	held, err := s.Attend(ctx, s.request(marks, "-attend-", m.code, "-", m.n), held.ID, held.Rev, marks, nil)
	if err != nil {
		return err
	}
	w := &writer{meeting: m, who: s.who, traits: ofGroups(), definitions: s.definitions}
	if m.kind == session.KindFamily {
		w.traits = ofFamilies()
	}
	forms := w.forms()
	var receipt *practice.Receipt
	if len(forms.now) > 0 {
		s.clock.set(ends.Add(20 * time.Minute))
		if receipt, err = s.Submit(ctx, s.request(forms.now, "-forms-", m.code, "-", m.n), held.ID, forms.now); err != nil {
			return err
		}
		held = receipt.Session
	}
	s.clock.set(ends.Add(30 * time.Minute))
	actual := &session.Span{Start: m.begins(m.n), End: ends}
	if _, err := s.CloseSession(ctx, s.request(actual, "-close-", m.code, "-", m.n), held.ID, held.Rev, actual); err != nil {
		return err
	}
	if err := s.rateGoals(ctx, m, held.ID); err != nil {
		return err
	}
	return s.later(ctx, m, held.ID, forms, receipt)
}

// later types the paper forms and corrects a typing error, days after the
// session.
func (s *scribe) later(ctx context.Context, m meeting, id session.SessionID, forms stack, receipt *practice.Receipt) error {
	s.clock.set(m.begins(m.n).Add(lateEntry))
	if len(forms.late) > 0 {
		if _, err := s.Submit(ctx, s.request(forms.late, "-late-", m.code, "-", m.n), id, forms.late); err != nil {
			return err
		}
	}
	if forms.slip == nil {
		return nil
	}
	c := session.Correction{
		Rating: receipt.Forms[forms.slip.form].Ratings[0].ID, Version: 1, Why: session.CorrectTyping,
		Answers: []session.AnswerInput{{Item: forms.slip.item, Value: &forms.slip.right}},
	}
	_, err := s.Correct(ctx, s.request(c, "-correct-", m.code, "-", m.n), id, c)
	return err
}
