package practice_test

import (
	"context"
	"testing"

	"holon/internal/instrument"
	"holon/internal/practice"
	"holon/internal/session"
	"holon/internal/store/enginetest"
	"holon/internal/store/sqlitestore"
)

// step is a use case that is made to fail at each of its writes and then
// repeated with the same key, as a client does. Done counts how often what it
// does is there.
type step struct {
	do   func(ctx context.Context, p *practice.Practice) error
	done func(t *testing.T) int
}

// repeatAfterEveryFailure checks that a request that failed at any write is
// done exactly once when it is repeated after a restart, and that one that was
// answered is there.
func repeatAfterEveryFailure(t *testing.T, prepare func(t *testing.T, c *clinic) step) {
	t.Helper()
	enginetest.EveryWrite(t, func(t *testing.T, mode enginetest.Mode, at int) *enginetest.Failing {
		t.Helper()
		below := open(t)
		c := newClinic(t, below, 2)
		s := prepare(t, c)
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		failing := enginetest.NewFailing(below, mode, at, cancel)
		p := practice.New(deps(t, failing))
		must(t, p.CheckInstruments(t.Context()))
		err := s.do(ctx, p)
		if err == nil && s.done(t) != 1 {
			t.Errorf("acknowledged, and done %d times", s.done(t))
		}
		if n := s.done(t); n > 1 {
			t.Errorf("done %d times", n)
		}
		restarted := practice.New(deps(t, below))
		must(t, restarted.CheckInstruments(t.Context()))
		for range 2 {
			must(t, s.do(t.Context(), restarted))
			if n := s.done(t); n != 1 {
				t.Errorf("after the repeated request it is done %d times", n)
			}
		}
		if _, err := restarted.History(t.Context(), request(), c.session); err != nil {
			t.Errorf("history: %v", err)
		}
		return failing
	})
}

func TestASubmitThatFailedAnywhereIsRepeatedWithoutADuplicate(t *testing.T) {
	t.Parallel()
	repeatAfterEveryFailure(t, func(_ *testing.T, c *clinic) step {
		return step{
			do: func(ctx context.Context, p *practice.Practice) error {
				_, err := p.Submit(ctx, keyed("k", "forms"), c.session, []session.FormInput{c.form(0), c.form(1)})
				return err
			},
			done: func(t *testing.T) int {
				t.Helper()
				s, err := c.Session(t.Context(), request(), c.session, nil)
				must(t, err)
				return s.Count() / 2
			},
		}
	})
}

func TestAJoinThatFailedAnywhereIsRepeatedWithoutADuplicate(t *testing.T) {
	t.Parallel()
	repeatAfterEveryFailure(t, func(t *testing.T, c *clinic) step {
		t.Helper()
		m, err := c.CreateMember(t.Context(), request(), "MZ", nil)
		must(t, err)
		return step{
			do: func(ctx context.Context, p *practice.Practice) error {
				_, n, err := p.Join(ctx, keyed("k", "join"), c.group, practice.SpellInput{MemberID: m.ID, Role: session.RoleMember, Joined: "2026-03-12"})
				if err == nil && n != 3 {
					t.Errorf("the spell has the number %d", n)
				}
				return err
			},
			done: func(t *testing.T) int {
				t.Helper()
				g, err := c.Group(t.Context(), request(), c.group)
				must(t, err)
				return len(g.Spells) - 2
			},
		}
	})
}

func TestAnOpenThatFailedAnywhereIsRepeatedWithoutADuplicate(t *testing.T) {
	t.Parallel()
	repeatAfterEveryFailure(t, func(_ *testing.T, c *clinic) step {
		return step{
			do: func(ctx context.Context, p *practice.Practice) error {
				_, err := p.OpenSession(ctx, keyed("k", "open"), c.group, practice.OpenInput{Kind: session.Meeting, HeldOn: "2026-03-12"})
				return err
			},
			done: func(t *testing.T) int {
				t.Helper()
				list, _, err := c.SessionsOf(t.Context(), request(), c.group, practice.Page{})
				must(t, err)
				return len(list) - 1
			},
		}
	})
}

func TestACorrectionThatFailedAnywhereIsRepeatedOnce(t *testing.T) {
	t.Parallel()
	repeatAfterEveryFailure(t, func(t *testing.T, c *clinic) step {
		t.Helper()
		r, err := c.Submit(t.Context(), request(), c.session, []session.FormInput{c.form(0)})
		must(t, err)
		return step{
			do: func(ctx context.Context, p *practice.Practice) error {
				_, err := p.Correct(ctx, keyed("k", "correct"), c.session, session.Correction{
					Rating: r.Forms[0].Ratings[0].ID, Version: 1, Why: session.CorrectTyping, Answers: []session.AnswerInput{{Item: 1, Value: new(2.0)}},
				})
				return err
			},
			done: func(t *testing.T) int {
				t.Helper()
				s, err := c.Session(t.Context(), request(), c.session, []instrument.Level{instrument.Alliance})
				must(t, err)
				return s.Alliances[0].Version - 1
			},
		}
	})
}

func TestWhatWasAcknowledgedIsThereAfterARestart(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	first, err := sqlitestore.Open(t.Context(), storeConfig(dir))
	must(t, err)
	c := newClinic(t, first, 1)
	_, err = c.Submit(t.Context(), keyed("k", "form"), c.session, []session.FormInput{c.form(0)})
	must(t, err)
	must(t, first.Close())
	p := practice.New(deps(t, openAt(t, dir)))
	must(t, p.CheckInstruments(t.Context()))
	r, err := p.Submit(t.Context(), keyed("k", "form"), c.session, []session.FormInput{c.form(0)})
	if err != nil || !r.Replayed || r.Session.Count() != 1 {
		t.Errorf("receipt %+v, %v", r, err)
	}
}
