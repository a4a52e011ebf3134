package practice_test

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"holon/internal/access"
	"holon/internal/fault"
	"holon/internal/finding"
	"holon/internal/instrument"
	"holon/internal/practice"
	"holon/internal/session"
	"holon/internal/store"
	"holon/internal/study"
)

// useCases is every use case that asks the policy, with a request and the
// clinic's things.
func useCases(c *clinic, p *practice.Practice) map[string]func(ctx context.Context, rq practice.Request) error {
	return map[string]func(ctx context.Context, rq practice.Request) error{
		"create member": func(ctx context.Context, rq practice.Request) error {
			_, err := p.CreateMember(ctx, rq, "X", nil)
			return err
		},
		"member": func(ctx context.Context, rq practice.Request) error {
			_, err := p.Member(ctx, rq, c.members[0])
			return err
		},
		"correct member": func(ctx context.Context, rq practice.Request) error {
			_, err := p.CorrectMember(ctx, rq, c.members[0], 1, session.MemberCorrection{BirthYear: new(1980), Why: session.AmendTyping})
			return err
		},
		"members": func(ctx context.Context, rq practice.Request) error {
			_, _, err := p.Members(ctx, rq, practice.Page{})
			return err
		},
		"create therapist": func(ctx context.Context, rq practice.Request) error {
			_, err := p.CreateTherapist(ctx, rq, "X")
			return err
		},
		"therapist": func(ctx context.Context, rq practice.Request) error {
			_, err := p.Therapist(ctx, rq, c.therapist)
			return err
		},
		"therapists": func(ctx context.Context, rq practice.Request) error {
			_, _, err := p.Therapists(ctx, rq, practice.Page{})
			return err
		},
		"create group": func(ctx context.Context, rq practice.Request) error {
			_, err := p.CreateGroup(ctx, rq, practice.GroupInput{Code: "X", Kind: session.KindFamily, Format: session.Open, StartsOn: "2026-01-01"})
			return err
		},
		"group": func(ctx context.Context, rq practice.Request) error { _, err := p.Group(ctx, rq, c.group); return err },
		"groups": func(ctx context.Context, rq practice.Request) error {
			_, _, err := p.Groups(ctx, rq, practice.GroupFilter{}, practice.Page{})
			return err
		},
		"join": func(ctx context.Context, rq practice.Request) error {
			_, _, err := p.Join(ctx, rq, c.group, practice.SpellInput{MemberID: c.members[0], Role: session.RoleMember, Joined: "2027-01-01"})
			return err
		},
		"assign": func(ctx context.Context, rq practice.Request) error {
			_, _, err := p.Assign(ctx, rq, c.group, practice.TherapistSpellInput{TherapistID: c.therapist, Role: session.Co, From: "2027-01-01"})
			return err
		},
		"end spell": func(ctx context.Context, rq practice.Request) error {
			_, err := p.EndSpell(ctx, rq, c.group, 1, 3, "2026-06-25", session.LeftOther)
			return err
		},
		"end therapist's spell": func(ctx context.Context, rq practice.Request) error {
			_, err := p.EndTherapistSpell(ctx, rq, c.group, 1, 3, "2026-06-25", session.ReleasedOther)
			return err
		},
		"amend spell": func(ctx context.Context, rq practice.Request) error {
			_, err := p.AmendSpell(ctx, rq, c.group, 1, 3, session.SpellAmendment{Joined: new("2026-02-12"), Why: session.AmendTyping})
			return err
		},
		"amend therapist's spell": func(ctx context.Context, rq practice.Request) error {
			_, err := p.AmendTherapistSpell(ctx, rq, c.group, 1, 3, session.TherapistSpellAmendment{From: new("2026-02-12"), Why: session.AmendTyping})
			return err
		},
		"end group": func(ctx context.Context, rq practice.Request) error {
			_, err := p.EndGroup(ctx, rq, c.group, 3, "2026-06-25")
			return err
		},
		"open session": func(ctx context.Context, rq practice.Request) error {
			_, err := p.OpenSession(ctx, rq, c.group, practice.OpenInput{Kind: session.Meeting, HeldOn: "2026-03-12"})
			return err
		},
		"session": func(ctx context.Context, rq practice.Request) error {
			_, err := p.Session(ctx, rq, c.session, nil)
			return err
		},
		"sessions of": func(ctx context.Context, rq practice.Request) error {
			_, _, err := p.SessionsOf(ctx, rq, c.group, practice.Page{})
			return err
		},
		"set roster": func(ctx context.Context, rq practice.Request) error {
			_, err := p.SetRoster(ctx, rq, c.session, 1, c.members)
			return err
		},
		"attend": func(ctx context.Context, rq practice.Request) error {
			_, err := p.Attend(ctx, rq, c.session, 1, []session.Mark{{MemberID: c.members[0], Attendance: session.Present}}, nil)
			return err
		},
		"close": func(ctx context.Context, rq practice.Request) error {
			_, err := p.CloseSession(ctx, rq, c.session, 1, nil)
			return err
		},
		"cancel": func(ctx context.Context, rq practice.Request) error {
			_, err := p.CancelSession(ctx, rq, c.session, 1, session.CancelOther)
			return err
		},
		"submit": func(ctx context.Context, rq practice.Request) error {
			_, err := p.Submit(ctx, rq, c.session, []session.FormInput{c.form(0)})
			return err
		},
		"correct": func(ctx context.Context, rq practice.Request) error {
			_, err := p.Correct(ctx, rq, c.session, session.Correction{})
			return err
		},
		"void": func(ctx context.Context, rq practice.Request) error {
			_, err := p.VoidForm(ctx, rq, c.session, session.Voiding{})
			return err
		},
		"restore": func(ctx context.Context, rq practice.Request) error {
			_, err := p.RestoreForm(ctx, rq, c.session, session.Restoring{})
			return err
		},
		"move": func(ctx context.Context, rq practice.Request) error {
			_, err := p.MoveForm(ctx, rq, c.session, session.Move{})
			return err
		},
		"move elsewhere": func(ctx context.Context, rq practice.Request) error {
			_, err := p.MoveForm(ctx, rq, c.session, session.Move{To: "s-none"})
			return err
		},
		"rating's history": func(ctx context.Context, rq practice.Request) error {
			_, err := p.RatingHistory(ctx, rq, c.session, "f-none.alliance")
			return err
		},
		"history": func(ctx context.Context, rq practice.Request) error {
			_, err := p.History(ctx, rq, c.session)
			return err
		},
		"session at": func(ctx context.Context, rq practice.Request) error {
			_, err := p.SessionAt(ctx, rq, c.session, 1)
			return err
		},
		"records": func(ctx context.Context, rq practice.Request) error {
			_, err := p.Records(ctx, rq, practice.Selection{})
			return err
		},
		"records of a group that is not": func(ctx context.Context, rq practice.Request) error {
			_, err := p.Records(ctx, rq, practice.Selection{Groups: []session.GroupID{"g-none"}})
			return err
		},
		"records of no group": func(ctx context.Context, rq practice.Request) error {
			_, err := p.Records(ctx, rq, practice.Selection{Groups: []session.GroupID{}})
			return err
		},
		"records of a damaged group": func(ctx context.Context, rq practice.Request) error {
			_, err := p.Records(ctx, rq, practice.Selection{Groups: []session.GroupID{c.damagedGroup}})
			return err
		},
		"answer form": func(ctx context.Context, rq practice.Request) error {
			_, err := p.AnswerForm(ctx, rq, c.session, session.FormAnswers{})
			return err
		},
		"findings": func(ctx context.Context, rq practice.Request) error {
			_, _, err := p.Findings(ctx, rq, finding.Filter{}, practice.Page{})
			return err
		},
		"finding": func(ctx context.Context, rq practice.Request) error {
			_, err := p.Finding(ctx, rq, "fi-none")
			return err
		},
		"note": func(ctx context.Context, rq practice.Request) error {
			_, err := p.Note(ctx, rq, c.group, finding.Note{Topic: finding.TopicOther})
			return err
		},
		"see finding": func(ctx context.Context, rq practice.Request) error {
			_, err := p.SeeFinding(ctx, rq, "fi-none")
			return err
		},
		"act on finding": func(ctx context.Context, rq practice.Request) error {
			_, err := p.ActOnFinding(ctx, rq, "fi-none", finding.ActionInput{Code: finding.SafetyProtocol})
			return err
		},
		"close finding": func(ctx context.Context, rq practice.Request) error {
			_, err := p.CloseFinding(ctx, rq, "fi-none")
			return err
		},
		"reopen finding": func(ctx context.Context, rq practice.Request) error {
			_, err := p.ReopenFinding(ctx, rq, "fi-none")
			return err
		},
		"recompute findings": func(ctx context.Context, rq practice.Request) error {
			_, err := p.RecomputeFindings(ctx, rq)
			return err
		},
		"settings": func(ctx context.Context, rq practice.Request) error { _, err := p.Settings(ctx, rq); return err },
		"set": func(ctx context.Context, rq practice.Request) error {
			_, err := p.Set(ctx, rq, 1, finding.Settings{AcknowledgeWithin: 30, AlarmBudget: 0.5})
			return err
		},
		"authorize": func(ctx context.Context, rq practice.Request) error {
			return p.Authorize(ctx, rq, access.RunReport, access.Object{Kind: access.KindReport})
		},
	}
}

func TestWhoeverMayNotIsRefusedAndRecorded(t *testing.T) {
	t.Parallel()
	e := open(t)
	c := newClinic(t, e, 1)
	c.damageAGroup(t)
	cases := useCases(c, c.Practice)
	cases["instruments"] = func(ctx context.Context, rq practice.Request) error { _, err := c.Instruments(ctx, rq); return err }
	cases["instrument"] = func(ctx context.Context, rq practice.Request) error {
		_, err := c.Instrument(ctx, rq, phq9)
		return err
	}
	before, _, err := c.SessionsOf(t.Context(), request(), c.group, practice.Page{})
	must(t, err)
	for name, use := range cases {
		for _, who := range []access.Principal{{}, {ID: "stranger"}, {ID: "stranger", Role: "guest"}, {Role: access.RoleOperator}} {
			rq := practice.Request{Principal: who, ID: "try " + name + " as " + string(who.Role) + who.ID}
			if err := use(t.Context(), rq); !fault.Is(err, fault.Forbidden) {
				t.Errorf("%s as %+v: %v, want forbidden", name, who, err)
			}
			k := slices.IndexFunc(entries(t, e), func(x access.Entry) bool { return x.RequestID == rq.ID })
			if k < 0 {
				t.Errorf("%s as %+v left no entry", name, who)
				continue
			}
			if x := entries(t, e)[k]; x.Outcome != access.Denied || x.Principal != who.ID || !x.Action.Valid() || x.Object.Kind == "" {
				t.Errorf("%s as %+v: entry %+v", name, who, x)
			}
		}
	}
	after, _, err := c.SessionsOf(t.Context(), request(), c.group, practice.Page{})
	must(t, err)
	if len(after) != len(before) || after[0].Rev != before[0].Rev {
		t.Error("a refused use case wrote")
	}
}

func TestWhatCannotBeRecordedIsNotDone(t *testing.T) {
	t.Parallel()
	e := open(t)
	c := newClinic(t, e, 1)
	c.damageAGroup(t)
	d := deps(t, e)
	d.Audit = brokenAudit{}
	p := practice.New(d)
	must(t, p.CheckInstruments(t.Context()))
	for name, use := range useCases(c, p) {
		err := use(t.Context(), request())
		if !fault.Is(err, fault.Unavailable) || fault.RuleOf(err) != "audit_unavailable" {
			t.Errorf("%s without an audit: %v", name, err)
		}
	}
	s, err := c.Session(t.Context(), request(), c.session, nil)
	must(t, err)
	g, err := c.Group(t.Context(), request(), c.group)
	must(t, err)
	if s.Rev != 1 || g.Rev != 3 {
		t.Errorf("written without a record: session at %d, group at %d", s.Rev, g.Rev)
	}
	if token, created, err := practice.New(noAccounts(t, d)).EnsureOperator(t.Context()); fault.RuleOf(err) != "audit_unavailable" || created || token != "" {
		t.Errorf("the first start without an audit: %q, %v, %v", token, created, err)
	}
	if list, err := p.Instruments(t.Context(), request()); err != nil || len(list) == 0 {
		t.Errorf("instruments are nobody's data, but: %v", err)
	}
}

func TestReadsAndWritesLeaveEntriesWithIdentifiersOnly(t *testing.T) {
	t.Parallel()
	e := open(t)
	c := newClinic(t, e, 1)
	rq := request()
	rq.ID = "req-read"
	_, err := c.Session(t.Context(), rq, c.session, []instrument.Level{instrument.Alliance})
	must(t, err)
	rq.ID = "req-submit"
	_, err = c.Submit(t.Context(), rq, c.session, []session.FormInput{c.form(0)})
	must(t, err)
	for id, action := range map[string]access.Action{"req-read": access.ReadSession, "req-submit": access.SubmitForms} {
		var found []access.Entry
		for _, x := range entries(t, e) {
			if x.RequestID == id {
				found = append(found, x)
			}
		}
		want := access.Entry{
			At: session.Millis(evening), Principal: "operator", Action: action, Outcome: access.Allowed, RequestID: id,
			Object: access.Object{Kind: access.KindSession, ID: string(c.session), GroupID: c.group},
		}
		if len(found) != 1 {
			t.Fatalf("%s left %d entries", id, len(found))
		}
		if want.ID = found[0].ID; found[0] != want {
			t.Errorf("entry %+v, want %+v", found[0], want)
		}
	}
}

func TestTwoFirstStartsAtOnceMakeOneOperator(t *testing.T) {
	t.Parallel()
	e := open(t)
	var wg sync.WaitGroup
	tokens := make([]string, 4)
	errs := make([]error, 4)
	for i := range tokens {
		p := practice.New(deps(t, e))
		wg.Go(func() { tokens[i], _, errs[i] = p.EnsureOperator(t.Context()) })
	}
	wg.Wait()
	made := 0
	for i, token := range tokens {
		must(t, errs[i])
		if token == "" {
			continue
		}
		made++
		if _, err := practice.New(deps(t, e)).Authenticate(t.Context(), token); err != nil {
			t.Errorf("a token that was shown is not known: %v", err)
		}
	}
	if made != 1 {
		t.Errorf("%d tokens were shown", made)
	}
}

func TestTheFirstStartMakesOneOperator(t *testing.T) {
	t.Parallel()
	e := open(t)
	p := practice.New(deps(t, e))
	token, created, err := p.EnsureOperator(t.Context())
	must(t, err)
	if !created || !access.LooksLikeToken(token) {
		t.Fatalf("token %q, created %v", token, created)
	}
	want := access.Entry{
		At: session.Millis(evening), Action: access.CreateAccount, Outcome: access.Allowed, RequestID: "first-start",
		Object: access.Object{Kind: access.KindAccount, ID: "operator"},
	}
	if all := entries(t, e); len(all) != 1 {
		t.Errorf("the first start left %d entries", len(all))
	} else if want.ID = all[0].ID; all[0] != want {
		t.Errorf("entry %+v, want %+v", all[0], want)
	}
	who, err := p.Authenticate(t.Context(), token)
	if err != nil || who != operator {
		t.Errorf("principal %+v, %v", who, err)
	}
	if token, created, err := practice.New(deps(t, e)).EnsureOperator(t.Context()); err != nil || created || token != "" {
		t.Errorf("second start: %q, %v, %v", token, created, err)
	}
	other, _, err := access.NewToken(chance())
	must(t, err)
	for name, wrong := range map[string]string{"empty": "", "another": other, "cut": token[:len(token)-1], "a hash": access.HashToken(token)} {
		if _, err := p.Authenticate(t.Context(), wrong); !fault.Is(err, fault.Unauthenticated) {
			t.Errorf("%s token: %v", name, err)
		}
	}
}

// noAccounts works with an empty store and the same audit.
func noAccounts(t *testing.T, d practice.Deps) practice.Deps {
	t.Helper()
	d.Accounts = store.NewAccounts(open(t))
	return d
}

func TestATokenThatEndedIsRefused(t *testing.T) {
	t.Parallel()
	e := open(t)
	p := practice.New(deps(t, e))
	must(t, store.NewStudies(e).Insert(t.Context(), &study.Study{
		Head: session.Head{Rev: 1, Change: session.Change{By: "operator", At: evening, Why: "created"}}, ID: "st-1", Code: "S1", Groups: []session.GroupID{"g-1"},
		Measures: []session.Measure{{Instrument: instrument.Ref{ID: "phq-9", Version: "1"}, Score: "total", Rater: instrument.RaterMember}}, Threshold: study.DefaultThreshold, Release: study.Aggregate,
	}))
	for name, c := range map[string]struct {
		of   string
		ends time.Duration
		rule string
	}{
		"still good": {"st-1", time.Minute, ""}, "just now": {"st-1", 0, "token_expired"}, "long ago": {"st-1", -time.Hour, "token_expired"},
		"of no study": {"st-2", time.Minute, "token_unknown"},
	} {
		token, hash, err := access.NewToken(chance())
		must(t, err)
		must(t, store.NewAccounts(e).Insert(t.Context(), access.Account{
			ID: "a" + hash[:8], Role: access.RoleResearcher, TokenHash: hash, CreatedAt: evening.Add(-2 * time.Hour), Study: c.of, ExpiresAt: new(evening.Add(c.ends)),
		}))
		who, err := p.Authenticate(t.Context(), token)
		if fault.RuleOf(err) != c.rule || (err == nil && who.Study != "st-1") || (err != nil && !fault.Is(err, fault.Unauthenticated)) {
			t.Errorf("%s: %+v, %v", name, who, err)
		}
	}
}
