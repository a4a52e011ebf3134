package practice_test

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"holon/internal/access"
	"holon/internal/fault"
	"holon/internal/finding"
	"holon/internal/practice"
	"holon/internal/session"
	"holon/internal/store"
)

// staffed is a clinic whose session has a substitute, and whose practice has a
// substitute and a supervisor; a finding in it is new.
func staffed(t *testing.T) (c *clinic, substitute, standIn, supervisor session.TherapistID) {
	t.Helper()
	c = newClinic(t, open(t), 1)
	var named []session.TherapistID
	for _, code := range []string{"SUB", "STA", "SUP"} {
		th, err := c.CreateTherapist(t.Context(), request(), code)
		must(t, err)
		named = append(named, th.ID)
	}
	_, err := c.Attend(t.Context(), request(), c.session, 1, nil, []session.TherapistMark{{TherapistID: named[0], Present: true, Role: session.Substitute}})
	must(t, err)
	_, err = c.Set(t.Context(), request(), 1, finding.Settings{
		AcknowledgeWithin: 60, AlarmBudget: 0.5, Substitutes: []session.TherapistID{named[1]}, Supervisors: []session.TherapistID{named[2], named[0]},
	})
	must(t, err)
	c.submitted(t, c.symptoms(0, 1))
	return c, named[0], named[1], named[2]
}

// look lets the clock look for what is due at a time.
func (c *clinic) look(t *testing.T, at time.Duration) int {
	t.Helper()
	n, err := c.at(t, evening.Add(at)).Escalate(t.Context())
	must(t, err)
	return n
}

// named lists who was asked to answer, and after how many minutes.
func named(f *finding.Finding) map[session.TherapistID]int {
	out := map[session.TherapistID]int{}
	for _, e := range f.Events {
		if e.To != "" {
			out[e.To] = int(e.At.Sub(session.Millis(evening)).Minutes())
		}
	}
	return out
}

func TestWhatNobodyAcknowledgesGoesToTheNextPerson(t *testing.T) {
	t.Parallel()
	c, substitute, standIn, supervisor := staffed(t)
	if n := c.look(t, time.Hour-time.Millisecond); n != 0 {
		t.Errorf("%d changed before the time was over", n)
	}
	// The service was away from the first hour to the third: who is named then
	// has an hour as well.
	for _, minutes := range []int{60, 61, 119, 180, 239, 240, 300, 1000} {
		c.look(t, time.Duration(minutes)*time.Minute)
	}
	f := c.only(t)
	if diff := cmp.Diff(map[session.TherapistID]int{c.therapist: 0, substitute: 60, standIn: 180, supervisor: 240}, named(f)); diff != "" {
		t.Errorf("asked (-want +got):\n%s", diff)
	}
	if f.AddressedTo() != supervisor || f.State() != finding.New {
		t.Errorf("addressed to %s, %s", f.AddressedTo(), f.State())
	}
	for _, e := range entries(t, c.engine) {
		if e.RequestID == "clock" && (e.Principal != finding.Clock || e.Action != access.WriteFinding || e.Object.ID != string(f.ID)) {
			t.Errorf("entry %+v", e)
		}
	}
}

func TestWhatIsAcknowledgedStaysWhereItIs(t *testing.T) {
	t.Parallel()
	c, substitute, _, _ := staffed(t)
	c.look(t, time.Hour)
	f, err := c.SeeFinding(t.Context(), request(), c.only(t).ID)
	must(t, err)
	if n := c.look(t, 10*time.Hour); n != 0 || f.AddressedTo() != substitute {
		t.Errorf("%d changed, addressed to %s", n, f.AddressedTo())
	}
	again, err := c.SeeFinding(t.Context(), request(), f.ID)
	if err != nil || again.Rev != f.Rev {
		t.Errorf("seen twice: revision %d after %d, %v", again.Rev, f.Rev, err)
	}
}

func TestWithNobodyToAskNothingIsWritten(t *testing.T) {
	t.Parallel()
	c := newClinic(t, open(t), 1)
	c.submitted(t, c.symptoms(0, 1))
	before := len(entries(t, c.engine))
	if n := c.look(t, 5*time.Hour); n != 0 || len(entries(t, c.engine)) != before {
		t.Errorf("%d changed, %d entries", n, len(entries(t, c.engine))-before)
	}
}

func TestAMissedSessionIsNoMatterOfMinutes(t *testing.T) {
	t.Parallel()
	c, _, _, _ := staffed(t)
	_, err := c.Attend(t.Context(), request(), c.session, 3, []session.Mark{{MemberID: c.members[0], Attendance: session.NoShow}}, nil)
	must(t, err)
	_, err = c.CloseSession(t.Context(), request(), c.session, 4, nil)
	must(t, err)
	c.look(t, 5*time.Hour)
	wantKinds(t, c.found(t, finding.Filter{Rule: finding.MissedSession})[0], finding.Raised)
}

func TestTwoServicesTakeEachStepOnce(t *testing.T) {
	t.Parallel()
	c, substitute, _, _ := staffed(t)
	var work sync.WaitGroup
	for range 4 {
		p := c.at(t, evening.Add(time.Hour))
		work.Go(func() {
			if _, err := p.Escalate(context.WithoutCancel(t.Context())); err != nil {
				t.Error(err)
			}
		})
	}
	work.Wait()
	f := c.only(t)
	wantKinds(t, f, finding.Raised, finding.Escalated)
	if f.AddressedTo() != substitute {
		t.Errorf("addressed to %s", f.AddressedTo())
	}
}

func TestADamagedFindingKeepsNoOtherFromTheNextPerson(t *testing.T) {
	t.Parallel()
	c, substitute, _, _ := staffed(t)
	other, err := c.Note(t.Context(), request(), c.group, finding.Note{Topic: finding.TopicOther})
	must(t, err)
	damage(t, c.engine, "findings", string(other.ID), "rule")
	c.look(t, time.Hour)
	list, _, err := c.Findings(t.Context(), request(), finding.Filter{}, practice.Page{})
	if len(list) != 1 || list[0].AddressedTo() != substitute || fault.RuleOf(err) != "document_damaged" {
		t.Errorf("%d findings, %v", len(list), err)
	}
}

func TestWhatWasDoneInASessionWasDoneOnItsDay(t *testing.T) {
	t.Parallel()
	c := newClinic(t, open(t), 1)
	c.submitted(t, c.symptoms(0, 1))
	before, err := c.OpenSession(t.Context(), request(), c.group, practice.OpenInput{Kind: session.Meeting, HeldOn: "2026-02-26"})
	must(t, err)
	for said, want := range map[string]session.Date{"": "2026-02-26", "2026-03-01": "2026-03-01"} {
		f, err := c.ActOnFinding(t.Context(), request(), c.only(t).ID, finding.ActionInput{Code: finding.Adapted, Session: &before.ID, On: said})
		must(t, err)
		if got := f.Events[len(f.Events)-1].Action.On; got != want {
			t.Errorf("noted with the day %q it was done on %s, want %s", said, got, want)
		}
	}
}

func TestAFindingIsAnsweredStepByStep(t *testing.T) {
	t.Parallel()
	c := newClinic(t, open(t), 1)
	c.submitted(t, c.symptoms(0, 1))
	id := c.only(t).ID
	_, err := c.CloseFinding(t.Context(), request(), id)
	wantFault(t, err, fault.Conflict, "nothing_noted")
	_, err = c.ActOnFinding(t.Context(), request(), id, finding.ActionInput{
		Code: "prayed", Contact: finding.ContactReached, Reason: finding.ReasonOther, On: "2026-03-07", Session: new(session.SessionID("s-none")),
	})
	wantFields(t, err, "/session_id session_of_another_group")
	_, err = c.ActOnFinding(t.Context(), request(), id, finding.ActionInput{Code: "prayed", Contact: finding.ContactReached, Reason: finding.ReasonOther, On: "2026-03-07"})
	wantFields(t, err, "/code unknown_action", "/contact contact_of_contacted", "/reason reason_of_nothing", "/on in_the_future")
	act := finding.ActionInput{Code: finding.Contacted, Contact: finding.ContactNotReached, Session: &c.session}
	for range 2 { // the second is the first, repeated
		f, err := c.ActOnFinding(t.Context(), keyed("k", "act"), id, act)
		must(t, err)
		wantKinds(t, f, finding.Raised, finding.WasActed)
	}
	_, err = c.ActOnFinding(t.Context(), keyed("k", "another"), id, act)
	wantFault(t, err, fault.Invalid, "key_reused")
	f, err := c.CloseFinding(t.Context(), keyed("k", "act"), id) // a key is no matter here
	must(t, err)
	if f.State() != finding.Closed {
		t.Errorf("closed it is %s", f.State())
	}
	_, err = c.ActOnFinding(t.Context(), request(), id, act)
	wantFault(t, err, fault.Conflict, "finding_closed")
	f, err = c.ReopenFinding(t.Context(), request(), id)
	must(t, err)
	wantKinds(t, f, finding.Raised, finding.WasActed, finding.WasClosed, finding.Reopened)
	if f.State() != finding.Seen {
		t.Errorf("reopened it is %s", f.State())
	}
}

func TestATherapistOpensAFindingByHand(t *testing.T) {
	t.Parallel()
	c := newClinic(t, open(t), 2)
	about := finding.Note{SessionID: c.session, Members: []session.MemberID{c.members[1], c.members[0]}, Topic: finding.TopicAdaptation}
	f, err := c.Note(t.Context(), keyed("k", "note"), c.group, about)
	must(t, err)
	again, err := c.Note(t.Context(), keyed("k", "note"), c.group, about)
	must(t, err)
	if diff := cmp.Diff(f, again); diff != "" {
		t.Errorf("the request repeated:\n%s", diff)
	}
	if !slices.IsSorted(f.Members) || len(f.Members) != 2 || f.Rule != finding.Noted || f.AddressedTo() != c.therapist {
		t.Errorf("noted %+v", f)
	}
	of, err := c.Note(t.Context(), request(), c.group, finding.Note{Topic: finding.TopicClimate})
	must(t, err)
	if of.SessionID != "" || len(of.Members) > 0 || of.AddressedTo() != c.therapist {
		t.Errorf("of the group: %+v", of)
	}
	_, err = c.Note(t.Context(), request(), c.group, finding.Note{Topic: "mood", Members: []session.MemberID{"m-none", c.members[0], c.members[0]}})
	wantFields(t, err, "/topic unknown_topic", "/members/0 not_in_group", "/members/2 named_twice")
	_, err = c.Note(t.Context(), request(), c.group, finding.Note{Topic: finding.TopicOther, SessionID: "s-none"})
	wantFields(t, err, "/session_id unknown_session")
	_, err = c.Note(t.Context(), request(), "g-none", finding.Note{Topic: finding.TopicOther})
	wantFields(t, err, "/group_id unknown_group")
	done, err := c.at(t, evening.Add(time.Hour)).RecomputeFindings(t.Context(), request())
	if err != nil || done.Withdrawn > 0 || len(c.found(t, finding.Filter{Rule: finding.Noted})) != 2 {
		t.Errorf("recomputed %+v, %v", done, err)
	}
}

func TestThePracticesOwnTextComesWithTheSave(t *testing.T) {
	t.Parallel()
	c := newClinic(t, open(t), 3)
	texts := []finding.RiskText{
		{Language: "en", Text: "general"},
		{Language: "en", InstrumentID: "phq-9", Text: "of the instrument"},
		{Language: "en", InstrumentID: "phq-9", Item: 9, Text: "of the item"},
		{Language: "de", Text: "allgemein"},
		{Language: "de", InstrumentID: "core-10", Text: "eines anderen"},
	}
	_, err := c.Set(t.Context(), request(), 1, finding.Settings{AcknowledgeWithin: 60, AlarmBudget: 0.5, RiskTexts: texts})
	must(t, err)
	read := func(r *practice.Receipt, form int) (out []string) {
		for _, x := range r.Forms[form].Texts {
			out = append(out, x.Language+": "+x.Text)
		}
		return out
	}
	paper := c.symptoms(1, 1)
	paper.Entered.Mode = session.Paper
	forms := []session.FormInput{c.symptoms(0, 0), paper}
	for range 2 { // a repeated request has the same receipt
		r, err := c.Submit(t.Context(), keyed("k", "forms"), c.session, forms)
		must(t, err)
		if diff := cmp.Diff([][]string{nil, {"de: allgemein", "en: of the item"}}, [][]string{read(r, 0), read(r, 1)}); diff != "" {
			t.Errorf("texts (-want +got):\n%s", diff)
		}
	}
	past := c.symptoms(2, 3)
	past.Entered.Mode = session.Imported
	if got := read(c.submitted(t, past), 0); got != nil {
		t.Errorf("an import returned %v", got)
	}
}

func TestSettingsNeedTheRevisionThatWasRead(t *testing.T) {
	t.Parallel()
	c := newClinic(t, open(t), 1)
	s, err := c.Settings(t.Context(), request())
	must(t, err)
	if s.Rev != 1 || s.AcknowledgeWithin != finding.DefaultAcknowledge {
		t.Errorf("the default: %+v", s)
	}
	_, err = c.Set(t.Context(), request(), 0, *s)
	wantFault(t, err, fault.PreconditionRequired, "if_match_missing")
	for range 2 { // the second is the first, repeated
		s, err = c.Set(t.Context(), keyed("k", "set"), 1, finding.Settings{AcknowledgeWithin: 30, AlarmBudget: 0.5})
		if err != nil || s.Rev != 2 || s.AcknowledgeWithin != 30 {
			t.Fatalf("set: %+v, %v", s, err)
		}
	}
	_, err = c.Set(t.Context(), request(), 1, finding.Settings{AcknowledgeWithin: 90, AlarmBudget: 0.5})
	wantFault(t, err, fault.Stale, "written_since")
	_, err = c.Set(t.Context(), request(), 2, finding.Settings{
		AcknowledgeWithin: 4, AlarmBudget: 0.5, Substitutes: []session.TherapistID{"t-none", c.therapist, c.therapist}, Supervisors: []session.TherapistID{"No One"},
		RiskTexts: []finding.RiskText{
			{InstrumentID: "none", Language: "English", Text: ""},
			{InstrumentID: "phq-9", Item: 10, Language: "en", Text: "x"},
			{Item: 1, Language: "en", Text: "x"},
			{InstrumentID: "phq-9", Item: 3, Language: "en", Text: "x"},
			{InstrumentID: "gad-7", Language: "en", Text: "x"},
		},
	})
	wantFields(t, err,
		"/acknowledge_within_minutes out_of_range", "/substitutes/2 named_twice", "/supervisors/0 bad_id",
		"/risk_texts/0/instrument_id unknown_instrument", "/risk_texts/0/language bad_language", "/risk_texts/0/text bad_length",
		"/risk_texts/1/item no_such_item", "/risk_texts/2/instrument_id instrument_missing",
		"/risk_texts/3/item not_watched", "/risk_texts/4/instrument_id not_watched", "/substitutes/0 unknown_therapist")
}

func TestSettingsThatCannotBeReadDelayNoFinding(t *testing.T) {
	t.Parallel()
	c := newClinic(t, open(t), 1)
	_, err := c.Set(t.Context(), request(), 1, finding.Settings{AcknowledgeWithin: 30, AlarmBudget: 0.5})
	must(t, err)
	damage(t, c.engine, "settings", finding.SettingsID, "acknowledge_within_minutes")
	c.submitted(t, c.symptoms(0, 1))
	wantKinds(t, c.only(t), finding.Raised)
}

func TestSettingsThatFailedAnywhereAreSetOnce(t *testing.T) {
	t.Parallel()
	repeatAfterEveryFailure(t, func(t *testing.T, c *clinic) step {
		t.Helper()
		return step{
			do: func(ctx context.Context, p *practice.Practice) error {
				_, err := p.Set(ctx, keyed("k", "set"), 1, finding.Settings{AcknowledgeWithin: 30, AlarmBudget: 0.5})
				return err
			},
			done: func(t *testing.T) int {
				t.Helper()
				s, err := store.NewSettings(c.engine).Get(t.Context())
				if fault.Is(err, fault.NotFound) {
					return 0
				}
				must(t, err)
				return int(s.Rev) - 1
			},
		}
	})
}

func TestAnActionThatFailedAnywhereIsNotedOnce(t *testing.T) {
	t.Parallel()
	repeatAfterEveryFailure(t, func(t *testing.T, c *clinic) step {
		t.Helper()
		c.submitted(t, c.symptoms(0, 1))
		id := c.only(t).ID
		return step{
			do: func(ctx context.Context, p *practice.Practice) error {
				_, err := p.ActOnFinding(ctx, keyed("k", "act"), id, finding.ActionInput{Code: finding.SafetyProtocol})
				return err
			},
			done: func(t *testing.T) int {
				t.Helper()
				return len(c.only(t).Events) - 1
			},
		}
	})
}

func TestADamagedSessionKeepsNobodyFromBeingAsked(t *testing.T) {
	t.Parallel()
	c, _, standIn, _ := staffed(t)
	damage(t, c.engine, "sessions", string(c.session), "group_kind")
	c.look(t, time.Hour)
	if f := c.only(t); f.AddressedTo() != standIn {
		t.Errorf("addressed to %s", f.AddressedTo())
	}
}
