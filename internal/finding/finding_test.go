package finding_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"holon/internal/fault"
	"holon/internal/finding"
	"holon/internal/instrument"
	"holon/internal/session"
)

// evening is when the fixtures' answers were given.
var evening = time.Date(2026, 3, 5, 20, 0, 0, 0, time.UTC)

// save is a save so many minutes after the evening's beginning.
func save(minutes int) finding.Save {
	return finding.Save{By: "p", At: evening.Add(time.Duration(minutes) * time.Minute)}
}

// watched is an instrument with three items, of which two are watched: one from
// 2, the other from 0.5, which an answer of a slider may miss by its rounding.
func watched() *instrument.Definition {
	item := func(n int, atLeast float64) instrument.Item {
		x := instrument.Item{Number: n, Level: instrument.Outcome, Referent: instrument.ReferentI, Raters: []instrument.RaterKind{instrument.RaterMember}, Max: 3, Step: 0.5}
		if atLeast > 0 {
			x.Risk = &instrument.Risk{AtLeast: atLeast, Source: "s"}
		}
		return x
	}
	return &instrument.Definition{Ref: instrument.Ref{ID: "watched", Version: "1"}, Items: []instrument.Item{item(1, 2), item(2, 0), item(3, 0.5)}}
}

// reading knows one instrument.
func reading() finding.Reading {
	return finding.Reading{Definition: func(ref instrument.Ref) (*instrument.Definition, bool) { return watched(), ref == watched().Ref }}
}

// meeting is a session with one rating.
func meeting(change ...func(*session.Session, *session.OutcomeRating)) *session.Session {
	s := &session.Session{
		Head: session.Head{Rev: 1, Schema: 1, Change: session.Change{By: "p", At: evening}}, ID: "s-1", GroupID: "g-1", Status: session.StatusOpen,
		Roster: []session.Seat{{MemberID: "m-1", Attendance: session.Present}, {MemberID: "m-2", Attendance: session.NoShow}, {MemberID: "m-3", Attendance: session.Excused}},
	}
	r := session.OutcomeRating{MemberID: "m-1", Rating: session.Rating{
		ID: "f-1.outcome", FormID: "f-1", Version: 1, Instrument: watched().Ref, Rater: session.Rater{Kind: instrument.RaterMember, ID: "m-1"},
		Occasion: session.Pre, Entered: session.Entry{Mode: session.Device},
		Answers: []session.Answer{{Item: 1, State: session.Answered, Value: 2}, {Item: 2, State: session.Answered, Value: 3}, {Item: 3, State: session.Answered}},
	}}
	for _, f := range change {
		f(s, &r)
	}
	s.Outcomes = []session.OutcomeRating{r}
	return s
}

// found lists what grounds there are, by rule and item.
func found(grounds []finding.Ground) (out []string) {
	for _, g := range grounds {
		text := string(g.Rule)
		if g.Risk != nil {
			text += " " + string(rune('0'+g.Risk.Item))
		}
		for _, m := range g.Members {
			text += " " + string(m)
		}
		out = append(out, text)
	}
	return out
}

func TestGroundsAreAnswersAtTheirTriggerAndMissedSessions(t *testing.T) {
	t.Parallel()
	for name, x := range map[string]struct {
		change  func(*session.Session, *session.OutcomeRating)
		excused bool
		want    []string
	}{
		"at the trigger":         {func(*session.Session, *session.OutcomeRating) {}, false, []string{"risk_item 1 m-1"}},
		"at it but for rounding": {func(_ *session.Session, r *session.OutcomeRating) { r.Answers[0].Value = 2 - 1e-10 }, false, []string{"risk_item 1 m-1"}},
		"below":                  {func(_ *session.Session, r *session.OutcomeRating) { r.Answers[0].Value = 1.5 }, false, nil},
		"two items":              {func(_ *session.Session, r *session.OutcomeRating) { r.Answers[2].Value = 0.5 }, false, []string{"risk_item 1 m-1", "risk_item 3 m-1"}},
		"declined":               {func(_ *session.Session, r *session.OutcomeRating) { r.Answers[0].State = session.Declined }, false, nil},
		"imported":               {func(_ *session.Session, r *session.OutcomeRating) { r.Entered.Mode = session.Imported }, false, nil},
		"unfinished":             {func(_ *session.Session, r *session.OutcomeRating) { r.Unfinished = true }, false, []string{"risk_item 1 m-1"}},
		"a parent's report":      {func(_ *session.Session, r *session.OutcomeRating) { r.Rater.ID, r.MemberID = "m-2", "m-3" }, false, []string{"risk_item 1 m-3"}},
		"another instrument": {
			func(_ *session.Session, r *session.OutcomeRating) { r.Instrument.Version = "2" }, false, nil,
		},
		"only a total": {func(_ *session.Session, r *session.OutcomeRating) { r.Answers = nil }, false, nil},
		"closed":       {func(s *session.Session, _ *session.OutcomeRating) { s.Status = session.StatusClosed }, false, []string{"risk_item 1 m-1", "missed_session m-2"}},
		"closed, excused count": {
			func(s *session.Session, _ *session.OutcomeRating) { s.Status = session.StatusClosed }, true, []string{"risk_item 1 m-1", "missed_session m-2", "missed_session m-3"},
		},
		"cancelled": {func(s *session.Session, _ *session.OutcomeRating) { s.Status = session.StatusCancelled }, true, []string{"risk_item 1 m-1"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			by := reading()
			by.ExcusedIsMissed = x.excused
			if diff := cmp.Diff(x.want, found(finding.GroundsOf(meeting(x.change), by))); diff != "" {
				t.Errorf("grounds (-want +got):\n%s", diff)
			}
		})
	}
}

func TestEachPlaceHasOneFindingAndOthersHaveOthers(t *testing.T) {
	t.Parallel()
	one := func(change ...func(*session.Session, *session.OutcomeRating)) finding.ID {
		grounds := finding.GroundsOf(meeting(change...), reading())
		if len(grounds) != 1 {
			t.Fatalf("%d grounds", len(grounds))
		}
		return grounds[0].ID
	}
	id := one()
	if !session.ValidID(string(id)) || id != "fi-dkmjbbvbbkidp5ozjlxf" {
		t.Errorf("the identifier is %s: stored findings would not be found again", id)
	}
	if again := one(func(_ *session.Session, r *session.OutcomeRating) {
		r.ID, r.FormID, r.Version, r.Answers[0].Value = "f-2.outcome", "f-2", 4, 3
	}); again != id {
		t.Errorf("the place entered anew has %s", again)
	}
	seen := map[finding.ID]string{id: "the first"}
	for name, change := range map[string]func(*session.Session, *session.OutcomeRating){
		"another session":  func(s *session.Session, _ *session.OutcomeRating) { s.ID = "s-2" },
		"another member":   func(_ *session.Session, r *session.OutcomeRating) { r.MemberID = "m-2" },
		"another rater":    func(_ *session.Session, r *session.OutcomeRating) { r.Rater.ID = "m-9" },
		"another occasion": func(_ *session.Session, r *session.OutcomeRating) { r.Occasion = session.Post },
		"another item":     func(_ *session.Session, r *session.OutcomeRating) { r.Answers[0].Value, r.Answers[2].Value = 0, 1 },
	} {
		other := one(change)
		if who, taken := seen[other]; taken {
			t.Errorf("%s has the finding of %s", name, who)
		}
		seen[other] = name
	}
}

func TestWhoIsAsked(t *testing.T) {
	t.Parallel()
	place := func(id session.TherapistID, role session.TherapistRole, present bool) session.Presence {
		return session.Presence{TherapistID: id, Role: role, Present: present}
	}
	for name, x := range map[string]struct {
		list []session.Presence
		want session.TherapistID
	}{
		"the lead":                           {[]session.Presence{place("co", session.Co, true), place("lead", session.Lead, true)}, "lead"},
		"the co-therapist, without the lead": {[]session.Presence{place("lead", session.Lead, false), place("co", session.Co, true)}, "co"},
		"the substitute":                     {[]session.Presence{place("lead", session.Lead, false), place("sub", session.Substitute, true)}, "sub"},
		"the lead, with nobody there":        {[]session.Presence{place("co", session.Co, false), place("lead", session.Lead, false)}, "lead"},
		"nobody":                             {nil, ""},
	} {
		if got := finding.Addressee(&session.Session{Therapists: x.list}); got != x.want {
			t.Errorf("%s: %q", name, got)
		}
	}
	s := &session.Session{Therapists: []session.Presence{place("lead", session.Lead, true), place("sub", session.Substitute, false)}}
	g := &session.Group{TherapistSpells: []session.TherapistSpell{
		{Number: 1, TherapistID: "gone", Role: session.Substitute, From: "2026-01-01", To: new(session.Date("2026-02-01"))},
		{Number: 2, TherapistID: "group", Role: session.Substitute, From: "2026-01-01"},
		{Number: 3, TherapistID: "sub", Role: session.Substitute, From: "2026-01-01"},
	}}
	settings := &finding.Settings{Substitutes: []session.TherapistID{"stand-in"}, Supervisors: []session.TherapistID{"boss", "group"}}
	if diff := cmp.Diff([]session.TherapistID{"sub", "group", "stand-in", "boss"}, finding.Chain(s, g, "2026-03-05", settings)); diff != "" {
		t.Errorf("the chain (-want +got):\n%s", diff)
	}
	if got := finding.Chain(nil, nil, "2026-03-05", settings); len(got) != 3 {
		t.Errorf("without session and group: %v", got)
	}
}

func TestWhetherAFindingStillRestsOnSomething(t *testing.T) {
	t.Parallel()
	s := meeting()
	grounds := finding.GroundsOf(s, reading())
	f := finding.NewFinding(s, grounds[0], save(0), "t-1")
	later := evening.Add(time.Hour)
	for name, x := range map[string]struct {
		s     *session.Session
		now   time.Time
		cause finding.Cause
		gone  bool
	}{
		"it does":   {meeting(), later, "", false},
		"corrected": {meeting(func(_ *session.Session, r *session.OutcomeRating) { r.Version, r.Answers[0].Value = 2, 0 }), evening, finding.AnswerCorrected, true},
		"withdrawn": {meeting(func(_ *session.Session, r *session.OutcomeRating) {
			r.Version, r.Answers = 2, []session.Answer{{Item: 1, State: session.NotShown}}
		}), evening, finding.FormWithdrawn, true},
		"not stored yet":      {meeting(func(_ *session.Session, r *session.OutcomeRating) { r.ID = "f-0.outcome"; r.Answers[0].Value = 0 }), evening.Add(finding.InFlight - 1), finding.AnswerNotStored, false},
		"never stored":        {meeting(func(_ *session.Session, r *session.OutcomeRating) { r.ID = "f-0.outcome"; r.Answers[0].Value = 0 }), evening.Add(finding.InFlight), finding.AnswerNotStored, true},
		"without its session": {nil, later, finding.AnswerNotStored, true},
	} {
		var grounds []finding.Ground
		if x.s != nil {
			grounds = finding.GroundsOf(x.s, reading())
		}
		if cause, gone := f.Ungrounded(x.s, grounds, x.now); gone != x.gone || gone && cause != x.cause {
			t.Errorf("%s: %v because %s", name, gone, cause)
		}
	}
	// A later version of the answer is under way: what is stored is not it.
	f.Raise(finding.Ground{ID: f.ID, Rule: f.Rule, Rating: &finding.RatingVersion{ID: "f-1.outcome", Version: 3}}, save(1), "t-1")
	below := meeting(func(_ *session.Session, r *session.OutcomeRating) { r.Version, r.Answers[0].Value = 2, 0 })
	if cause, gone := f.Ungrounded(below, nil, save(2).At); gone {
		t.Errorf("withdrawn because %s while another answer is under way", cause)
	}
}

// TestAFindingIsNeverWithoutItsPast draws what people and time do in any order.
func TestAFindingIsNeverWithoutItsPast(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		s := meeting()
		g := finding.GroundsOf(s, reading())[0]
		f := finding.NewFinding(s, g, save(0), "t-1")
		f.Head = session.Head{Rev: 1, Schema: 1}
		settings := &finding.Settings{AcknowledgeWithin: 30, AlarmBudget: 0.5, Supervisors: []session.TherapistID{"t-2", "t-3"}}
		for minute := range rapid.IntRange(1, 30).Draw(rt, "steps") {
			before, state := slices.Clone(f.Events), f.State()
			at := save(20 * minute)
			switch rapid.IntRange(0, 6).Draw(rt, "what") {
			case 0:
				g.Rating = &finding.RatingVersion{ID: "f-1.outcome", Version: rapid.IntRange(1, 4).Draw(rt, "version")}
				if f.Raise(g, at, "t-1") && f.State() != finding.New {
					rt.Fatalf("raised again it is %s", f.State())
				}
			case 1:
				if f.See(at) != (state == finding.New) {
					rt.Fatalf("seen while %s", state)
				}
			case 2:
				err := f.Act(finding.ActionInput{Code: finding.SafetyProtocol}, at)
				if fault.Is(err, fault.Conflict) != (state == finding.Closed) {
					rt.Fatalf("acted while %s: %v", state, err)
				}
			case 3:
				done, err := f.Close(at)
				if done != (state == finding.Acted) || (err == nil) != (done || state == finding.Closed) {
					rt.Fatalf("closed while %s: %v, %v", state, done, err)
				}
			case 4:
				if f.Reopen(at) != (state == finding.Closed) {
					rt.Fatalf("reopened while %s", state)
				}
			case 5:
				f.Withdraw(rapid.SampledFrom([]finding.Cause{finding.AnswerCorrected, finding.AnswerNotStored}).Draw(rt, "cause"), at)
			case 6:
				if f.Escalate(finding.Chain(nil, nil, "2026-03-05", settings), settings.Within(), at.At) && state != finding.New {
					rt.Fatalf("escalated while %s", state)
				}
			}
			if diff := cmp.Diff(before, f.Events[:len(before)]); diff != "" || len(f.Events) > len(before)+1 {
				rt.Fatalf("the past changed, or more than one thing happened:\n%s", diff)
			}
			if err := finding.Restore(f); err != nil {
				rt.Fatalf("it cannot be restored: %v\n%+v", err, f)
			}
		}
	})
}

func TestOneFindingOfTwoRatingsIsFreshOnlyByWhatChanged(t *testing.T) {
	t.Parallel()
	ground := func(rating session.RatingID) finding.Ground {
		return finding.Ground{ID: "fi-1", Rule: finding.RiskItem, Rating: &finding.RatingVersion{ID: rating, Version: 1}}
	}
	before := []finding.Ground{ground("f-1.alliance"), ground("f-2.alliance")} // of two therapists
	if fresh := finding.Fresh(before, before); len(fresh) > 0 {
		t.Errorf("nothing changed, and %+v is fresh", fresh)
	}
	if fresh := finding.Fresh(before[:1], before); len(fresh) != 1 || fresh[0].Rating.ID != "f-2.alliance" {
		t.Errorf("another rating came, and fresh is %+v", fresh)
	}
}

// TestABudgetThatNobodyNamesStays as the practice had set it.
func TestABudgetThatNobodyNamesStays(t *testing.T) {
	t.Parallel()
	s := finding.DefaultSettings()
	none := func(string, int) (has, watched bool) { return false, false }
	for _, x := range []struct{ set, want float64 }{{0, finding.DefaultAlarmBudget}, {2, 2}, {0, 2}} {
		if err := s.Set(finding.Settings{AcknowledgeWithin: 60, AlarmBudget: x.set}, none); err != nil || s.AlarmBudget != x.want {
			t.Errorf("set %v: %v, %v", x.set, s.AlarmBudget, err)
		}
	}
}
