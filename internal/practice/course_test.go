package practice_test

import (
	"context"
	"math/rand/v2"
	"strconv"
	"testing"
	"testing/fstest"
	"time"

	"pgregory.net/rapid"

	"holon/internal/finding"
	"holon/internal/instrument"
	"holon/internal/practice"
	"holon/internal/redaction"
	"holon/internal/session"
	"holon/internal/store"
	"holon/internal/store/enginetest"
)

// grave is an instrument of three levels, two of which hold an item that must be
// seen at once.
var grave = instrument.Ref{ID: "grave", Version: "1"}

// graveTrigger is the answer from which the items of grave count.
const graveTrigger = 2

// graveInstrument is the directory that defines it.
func graveInstrument() fstest.MapFS {
	risk := `"risk": {"at_least": ` + strconv.Itoa(graveTrigger) + `, "source": "made for tests", "verified": true}`
	return fstest.MapFS{"grave.json": &fstest.MapFile{Data: []byte(`{
  "schema": 1, "id": "grave", "version": "1", "title": "Grave", "construct": "Made for tests.", "language": "und",
  "licence": {"status": "own", "holder": "tests", "wording_included": false},
  "facts": [{"about": "all", "source": "made for tests", "verified": true}],
  "items": [
    {"number": 1, "level": "outcome", "referent": "I", "raters": ["member"], "min": 0, "max": 3, "step": 1, ` + risk + `},
    {"number": 2, "level": "alliance", "referent": "pair", "raters": ["member"], "min": 0, "max": 3, "step": 1, ` + risk + `},
    {"number": 3, "level": "cohesion", "referent": "we", "raters": ["member"], "min": 0, "max": 3, "step": 1}
  ],
  "scores": [{"id": "total", "title": "Total", "level": "outcome", "items": [1], "method": "sum", "max_missing": 0, "direction": "higher_worse", "min": 0, "max": 3}]
}`)}}
}

// course is a group with two sessions in which anything may happen, beside a
// model of what must hold.
type course struct {
	*clinic

	t          *testing.T
	below      store.Engine
	now        time.Time
	sessions   []session.SessionID
	therapists []session.TherapistID
	requests   int
	starts     byte // of the practice; each draws other identifiers
	tally      map[string]int
	unfinished []func(context.Context, *practice.Practice) error // moves that were given up after a failure
	registry   *instrument.Registry
	model      model
}

// newCourse opens a practice with a group of three members and two therapists.
func newCourse(t *testing.T, tally map[string]int) *course {
	t.Helper()
	ctx := t.Context()
	k := &course{t: t, below: open(t), now: evening, tally: tally, model: newModel()}
	k.clinic = newClinic(t, k.below, 3)
	var err error
	k.registry, err = instrument.Load(graveInstrument())
	must(t, err)
	k.Practice = k.practiceOver(k.below)
	co, err := k.CreateTherapist(ctx, request(), "CO")
	must(t, err)
	k.therapists = []session.TherapistID{k.therapist, co.ID}
	_, _, err = k.Assign(ctx, request(), k.group, practice.TherapistSpellInput{TherapistID: co.ID, Role: session.Co, From: "2026-02-05"})
	must(t, err)
	for _, day := range []string{"2026-02-19", "2026-02-26"} {
		s, err := k.OpenSession(ctx, request(), k.group, practice.OpenInput{Kind: session.Meeting, HeldOn: day})
		must(t, err)
		k.sessions = append(k.sessions, s.ID)
	}
	return k
}

// practiceOver is the practice over an engine, as after a start.
func (k *course) practiceOver(e store.Engine) *practice.Practice {
	k.t.Helper()
	d := deps(k.t, e)
	d.Registry = k.registry
	d.Imports = store.NewImports(e)
	d.Clock = func() time.Time { return k.now }
	k.starts++
	d.Random = rand.NewChaCha8([32]byte{k.starts})
	p := practice.New(d)
	must(k.t, p.CheckInstruments(k.t.Context()))
	return p
}

// key is the next request's.
func (k *course) key() practice.Request {
	k.requests++
	n := strconv.Itoa(k.requests)
	return keyed("course-"+n, n)
}

// run does something once, as a client does it: nearly always straight away;
// sometimes it fails at one of its writes, and then it is repeated under its key
// or given up. It tells whether it was acknowledged, and whether it may have been
// done without that.
func (k *course) run(rt *rapid.T, what string, do func(context.Context, *practice.Practice) error) (done, perhaps bool) {
	again := rapid.SampledFrom([]string{"", "", "", "", "", "again", "repeated", "given up"}).Draw(rt, "run")
	ctx := k.t.Context()
	if again == "repeated" || again == "given up" {
		mode := rapid.SampledFrom([]enginetest.Mode{enginetest.BeforeWrite, enginetest.AfterWrite}).Draw(rt, "mode")
		broken := k.practiceOver(enginetest.NewFailing(k.below, mode, rapid.IntRange(1, 7).Draw(rt, "write"), func() {}))
		if err := do(ctx, broken); err == nil {
			k.tally[what]++
			return true, false
		}
		k.tally["failed"]++
		if again == "given up" {
			return false, true
		}
	}
	if do(ctx, k.Practice) != nil {
		return false, again == "repeated"
	}
	if again == "again" {
		if err := do(ctx, k.Practice); err != nil {
			rt.Fatalf("%s, repeated under its key: %v", what, err)
		}
	}
	k.tally[what]++
	return true, false
}

// member draws a member.
func (k *course) member(rt *rapid.T, label string) session.MemberID {
	return rapid.SampledFrom(k.members).Draw(rt, label)
}

// place draws a session.
func (k *course) place(rt *rapid.T, label string) *session.Session {
	return k.read(rt, rapid.SampledFrom(k.sessions).Draw(rt, label))
}

// read reads a session.
func (k *course) read(rt *rapid.T, id session.SessionID) *session.Session {
	s, err := store.NewSessions(k.below).Get(k.t.Context(), id, nil)
	if err != nil {
		rt.Fatalf("a session: %v", err)
	}
	return s
}

// form draws a form of a session, nearly always one that a use case is for, "" if
// it has none.
func (k *course) form(rt *rapid.T, s *session.Session, wanted func(*session.Rating) bool) session.FormID {
	if rapid.IntRange(0, 9).Draw(rt, "any form") == 0 {
		wanted = func(*session.Rating) bool { return true }
	}
	var forms []session.FormID
	seen := map[session.FormID]bool{}
	for _, r := range s.All {
		if !seen[r.FormID] && wanted(r) {
			seen[r.FormID] = true
			forms = append(forms, r.FormID)
		}
	}
	if len(forms) == 0 {
		return ""
	}
	return rapid.SampledFrom(forms).Draw(rt, "form")
}

// someAnswers draws answers to some items of an instrument.
func someAnswers(rt *rapid.T, ref instrument.Ref) []session.AnswerInput {
	items := 9
	if ref == grave {
		items = 3
	}
	var out []session.AnswerInput
	for item := 1; item <= items; item++ {
		if ref == phq9 && item > 1 && item < 9 {
			continue
		}
		switch rapid.IntRange(0, 8).Draw(rt, "answer") {
		case 0:
		case 1:
			out = append(out, session.AnswerInput{Item: item, State: rapid.SampledFrom([]string{"declined", "not_shown"}).Draw(rt, "state")})
		default:
			out = append(out, session.AnswerInput{Item: item, Value: new(float64(rapid.IntRange(0, 3).Draw(rt, "value")))})
		}
	}
	return out
}

// input draws a form of a member.
func (k *course) input(rt *rapid.T) session.FormInput {
	f := session.FormInput{
		Instrument: rapid.SampledFrom([]instrument.Ref{phq9, grave}).Draw(rt, "instrument"),
		Rater:      session.Rater{Kind: instrument.RaterMember, ID: string(k.member(rt, "rater"))},
		Occasion:   rapid.SampledFrom([]session.Occasion{session.Pre, session.Post}).Draw(rt, "occasion"),
		Entered:    session.Entry{Mode: rapid.SampledFrom([]session.Mode{session.Device, session.Paper, session.Paper, session.Imported}).Draw(rt, "mode")},
	}
	f.Answers = someAnswers(rt, f.Instrument)
	if f.Instrument == grave {
		f.About.TherapistID = rapid.SampledFrom(k.therapists).Draw(rt, "therapist")
	}
	f.Unfinished = f.Entered.Mode == session.Device && rapid.IntRange(0, 2).Draw(rt, "unfinished") > 0
	return f
}

// submit enters a form.
func (k *course) submit(rt *rapid.T) {
	s, f, rq := k.place(rt, "session"), k.input(rt), k.key()
	var r *practice.Receipt
	done, perhaps := k.run(rt, "submit", func(ctx context.Context, p *practice.Practice) (err error) {
		r, err = p.Submit(ctx, rq, s.ID, []session.FormInput{f})
		return err
	})
	k.model.stray = k.model.stray || perhaps
	if done {
		k.model.enter(r.Forms[0].FormID, f.Answers)
	}
}

// deliver takes a form in from a file.
func (k *course) deliver(rt *rapid.T) {
	s, f, rq := k.place(rt, "session"), k.input(rt), k.key()
	f.Entered.Mode, f.Unfinished = session.Imported, false
	ctx := k.t.Context()
	in, err := k.Intake(ctx, practice.Request{Principal: operator, ID: "import"})
	if err != nil {
		rt.Fatal(err)
	}
	if _, err := in.For(ctx, "im-"+rq.Key); err != nil {
		rt.Fatal(err)
	}
	if err := in.Begin(ctx, session.ImportRecord{Kind: "long", FileSHA: rq.SHA, Rows: 1}); err != nil {
		rt.Fatal(err)
	}
	f.ID = in.FormID(s.ID, 1)
	stored, err := in.Deliver(ctx, practice.Delivery{Session: s.ID, Group: k.group, Forms: []session.FormInput{f}}, "1")
	if err == nil && stored {
		k.model.enter(f.ID, f.Answers)
		k.tally["deliver"]++
	}
	if err := in.Finish(ctx, 1, 1); err != nil {
		rt.Fatal(err)
	}
}

// answer goes on with an unfinished form.
func (k *course) answer(rt *rapid.T) {
	s := k.place(rt, "session")
	id := k.form(rt, s, func(r *session.Rating) bool { return r.Unfinished && r.Live() })
	if id == "" {
		return
	}
	a := session.FormAnswers{Form: id, Answers: someAnswers(rt, s.OfForm(id)[0].Instrument), Finished: rapid.Bool().Draw(rt, "finished")}
	rq := k.key()
	done, perhaps := k.run(rt, "answer", func(ctx context.Context, p *practice.Practice) error {
		_, err := p.AnswerForm(ctx, rq, s.ID, a)
		return err
	})
	k.model.change(done, perhaps, id, a.Answers)
}

// correct corrects an answer, or how the form came in.
func (k *course) correct(rt *rapid.T) {
	s := k.place(rt, "session")
	id := k.form(rt, s, (*session.Rating).Live)
	if id == "" {
		return
	}
	r := rapid.SampledFrom(s.OfForm(id)).Draw(rt, "rating")
	c := session.Correction{Rating: r.ID, Version: r.Version, Why: session.CorrectTyping}
	for _, a := range someAnswers(rt, r.Instrument) {
		for _, there := range r.Answers {
			if there.Item == a.Item {
				c.Answers = append(c.Answers, a)
			}
		}
	}
	if rapid.IntRange(0, 4).Draw(rt, "entry") == 0 {
		c.Mode = new(rapid.SampledFrom([]session.Mode{session.Paper, session.Imported}).Draw(rt, "mode"))
	}
	rq := k.key()
	done, perhaps := k.run(rt, "correct", func(ctx context.Context, p *practice.Practice) error {
		_, err := p.Correct(ctx, rq, s.ID, c)
		return err
	})
	if done && r.Entered.Mode == session.Imported {
		k.model.byHand(id, r, c.Answers)
	}
	if perhaps {
		k.model.unsure[id] = true
	}
	k.model.change(done, perhaps, id, c.Answers)
}

// void voids a form, or takes that back.
func (k *course) void(rt *rapid.T) {
	s, back := k.place(rt, "session"), rapid.Bool().Draw(rt, "back")
	id := k.form(rt, s, func(r *session.Rating) bool {
		return !back && r.Void == nil || back && r.Void != nil && r.Void.Why == session.VoidOther && r.Redacted == nil
	})
	if id == "" {
		return
	}
	version, rq := s.FormVersion(id), k.key()
	if s.OfForm(id)[0].Void == nil {
		k.run(rt, "void", func(ctx context.Context, p *practice.Practice) error {
			_, err := p.VoidForm(ctx, rq, s.ID, session.Voiding{Form: id, Version: version, Why: session.VoidOther})
			return err
		})
		return
	}
	k.run(rt, "restore", func(ctx context.Context, p *practice.Practice) error {
		_, err := p.RestoreForm(ctx, rq, s.ID, session.Restoring{Form: id, Version: version, Why: session.RestoreMistaken})
		return err
	})
}

// move moves a form.
func (k *course) move(rt *rapid.T) {
	from, to := k.place(rt, "from"), rapid.SampledFrom(k.sessions).Draw(rt, "to")
	id := k.form(rt, from, (*session.Rating).Live)
	if id == "" {
		return
	}
	m := session.Move{Form: id, Version: from.FormVersion(id), To: to, Why: session.MoveOther}
	if rapid.Bool().Draw(rt, "another rater") {
		m.Rater = &session.Rater{Kind: instrument.RaterMember, ID: string(k.member(rt, "rater"))}
	}
	if rapid.Bool().Draw(rt, "another occasion") {
		m.Occasion = new(rapid.SampledFrom([]session.Occasion{session.Pre, session.Post}).Draw(rt, "occasion"))
	}
	what := "move within"
	if to != from.ID {
		what = "move between"
	}
	rq := k.key()
	do := func(ctx context.Context, p *practice.Practice) error {
		_, err := p.MoveForm(ctx, rq, from.ID, m)
		return err
	}
	if _, perhaps := k.run(rt, what, do); perhaps {
		k.unfinished = append(k.unfinished, do)
	}
}

// attend marks a member, or closes or cancels the session, or sets its roster.
func (k *course) attend(rt *rapid.T) {
	s, rq := k.place(rt, "session"), k.key()
	switch rapid.IntRange(0, 5).Draw(rt, "attendance") {
	case 0:
		marks := make([]session.Mark, 0, len(s.Roster))
		for _, seat := range s.Roster {
			if seat.Attendance == "" {
				marks = append(marks, session.Mark{MemberID: seat.MemberID, Attendance: session.Present})
			}
		}
		k.run(rt, "close", func(ctx context.Context, p *practice.Practice) error {
			if len(marks) > 0 {
				marked, err := p.Attend(ctx, request(), s.ID, s.Rev, marks, nil)
				if err != nil {
					return err
				}
				s.Rev, marks = marked.Rev, nil
			}
			_, err := p.CloseSession(ctx, rq, s.ID, s.Rev, nil)
			return err
		})
	case 1:
		if s.ID == k.sessions[1] && rapid.IntRange(0, 5).Draw(rt, "cancel") == 0 {
			k.run(rt, "cancel", func(ctx context.Context, p *practice.Practice) error {
				_, err := p.CancelSession(ctx, rq, s.ID, s.Rev, session.CancelHoliday)
				return err
			})
		}
	case 2:
		members := []session.MemberID{k.members[0], k.members[1]}
		if rapid.Bool().Draw(rt, "all") {
			members = append(members, k.members[2])
		}
		k.run(rt, "roster", func(ctx context.Context, p *practice.Practice) error {
			_, err := p.SetRoster(ctx, rq, s.ID, s.Rev, members)
			return err
		})
	default:
		mark := session.Mark{MemberID: k.member(rt, "member"), Attendance: rapid.SampledFrom([]session.Attendance{session.Present, session.NoShow, session.NoShow, session.Excused}).Draw(rt, "came")}
		k.run(rt, "attend", func(ctx context.Context, p *practice.Practice) error {
			_, err := p.Attend(ctx, rq, s.ID, s.Rev, []session.Mark{mark}, nil)
			return err
		})
	}
}

// respond answers one of the findings.
func (k *course) respond(rt *rapid.T) {
	list := k.found(k.t, finding.Filter{})
	if len(list) == 0 {
		return
	}
	f, rq := rapid.SampledFrom(list).Draw(rt, "finding"), k.key()
	k.run(rt, "respond", func(ctx context.Context, p *practice.Practice) error {
		if _, err := p.ActOnFinding(ctx, rq, f.ID, finding.ActionInput{Code: finding.TalkedIndividually}); err != nil {
			return err
		}
		_, err := p.CloseFinding(ctx, request(), f.ID)
		return err
	})
}

// redact takes a member's values out.
func (k *course) redact(rt *rapid.T) {
	member := k.member(rt, "member")
	verdict, basis := redaction.Redact, redaction.Basis("")
	if rapid.IntRange(0, 2).Draw(rt, "partly") == 0 {
		verdict, basis = redaction.RedactPartly, redaction.LegalRetention
	}
	ctx := k.t.Context()
	d, err := k.RequestRedaction(ctx, k.key(), member, redaction.Request{By: redaction.ByMember, On: "2026-03-04", Reference: "DSR-7"})
	if err != nil {
		rt.Fatal(err)
	}
	rq := k.key()
	k.run(rt, "redact", func(ctx context.Context, p *practice.Practice) error {
		_, err := p.DecideRedaction(ctx, rq, d.ID, d.Rev, verdict, basis)
		return err
	})
	if err := k.ResumeRedactions(ctx); err != nil {
		rt.Fatal(err)
	}
	if d, err = store.NewRedactions(k.below).Get(ctx, d.ID); err != nil {
		rt.Fatal(err)
	}
	if d.State == redaction.Done {
		k.model.redacted[member] = true
	} else if d.State != redaction.Requested {
		rt.Fatalf("the decision is %s", d.State)
	}
}

// pass lets time pass, and the clock and the operator look.
func (k *course) pass(rt *rapid.T) {
	k.now = k.now.Add(time.Duration(rapid.IntRange(0, 90).Draw(rt, "minutes")) * time.Minute)
	if _, err := k.Escalate(k.t.Context()); err != nil {
		rt.Fatal(err)
	}
	if rapid.IntRange(0, 3).Draw(rt, "recompute") == 0 {
		if _, err := k.RecomputeFindings(k.t.Context(), request()); err != nil {
			rt.Fatal(err)
		}
	}
	k.tally["pass"]++
}

// end finishes what was left: moves that were given up are repeated, or their
// copies voided, as doctor advises; and findings are computed anew.
func (k *course) end(rt *rapid.T) {
	ctx := k.t.Context()
	for _, do := range k.unfinished {
		_ = do(ctx, k.Practice) // refused where the form was changed since
	}
	for _, id := range k.sessions {
		for form := range k.model.twice(k.read(rt, id), func(id session.SessionID) *session.Session { return k.read(rt, id) }) {
			s := k.read(rt, id)
			if _, err := k.VoidForm(ctx, request(), id, session.Voiding{Form: form, Version: s.FormVersion(form), Why: session.VoidTwice}); err != nil {
				rt.Fatalf("a form that counts twice cannot be voided: %v", err)
			}
			k.tally["twice"]++
		}
	}
	k.again(rt)
	k.now = k.now.Add(finding.InFlight)
	if _, err := k.RecomputeFindings(ctx, request()); err != nil {
		rt.Fatal(err)
	}
}

// again carries redactions out again, as doctor advises where the copy of a
// tombstone was voided since.
func (k *course) again(rt *rapid.T) {
	var journal []redaction.Entry
	for d, err := range store.NewRedactions(k.below).In(k.t.Context(), redaction.Done) {
		if err != nil {
			rt.Fatal(err)
		}
		e, _ := redaction.EntryOf(d)
		journal = append(journal, e)
	}
	if _, err := k.ReplayRedactions(k.t.Context(), request(), journal); err != nil {
		rt.Fatal(err)
	}
}

// courses is how many courses are lived through: each is long.
const courses = 10

func TestWhateverHappensNoAnswerIsLostOrCountsTwiceOrGoesUnseen(t *testing.T) {
	t.Parallel()
	tally := map[string]int{}
	lived, broken := 0, false
	rapid.Check(t, func(rt *rapid.T) {
		if lived++; lived > courses && !broken {
			return
		}
		whole := false
		defer func() { broken = broken || !whole }()
		k := newCourse(t, tally)
		for range 45 {
			switch rapid.IntRange(0, 19).Draw(rt, "what") {
			case 0, 1, 2, 3, 4:
				k.submit(rt)
			case 5:
				k.deliver(rt)
			case 6, 7:
				k.answer(rt)
			case 8, 9, 10:
				k.correct(rt)
			case 11, 12:
				k.void(rt)
			case 13, 14, 15:
				k.move(rt)
			case 16:
				k.attend(rt)
			case 17:
				k.respond(rt)
			case 18:
				k.pass(rt)
			default:
				if rapid.IntRange(0, 2).Draw(rt, "redact") == 0 {
					k.redact(rt)
				}
			}
			k.check(rt, false)
		}
		k.end(rt)
		k.check(rt, true)
		if _, err := store.Inspect(t.Context(), k.below, func(p store.Problem) { rt.Errorf("doctor finds %+v", p) }); err != nil {
			rt.Fatal(err)
		}
		whole = !rt.Failed()
	})
	if mended := tally["correct"] + tally["void"] + tally["restore"] + tally["move within"] + tally["move between"]; !broken && (mended < 15 || tally["failed"] < 15) {
		t.Errorf("the property was hardly tried: %v", tally)
	}
}
