package practice_test

import (
	"slices"
	"strings"
	"sync"
	"testing"

	"holon/internal/access"
	"holon/internal/fault"
	"holon/internal/instrument"
	"holon/internal/practice"
	"holon/internal/session"
)

// lead asks through an account that is the clinic's therapist's own.
func (c *clinic) lead() practice.Request {
	return practice.Request{Principal: access.Principal{ID: "lead", Role: access.RoleOperator, Therapist: c.therapist}, ID: "req-lead"}
}

// guess is the therapist's form about the alliance with a member.
func (c *clinic) guess(member int, value float64) session.FormInput {
	f := c.form(member)
	f.Rater = session.Rater{Kind: instrument.RaterTherapist, ID: string(c.therapist)}
	f.About.MemberID = c.members[member]
	f.Answers = []session.AnswerInput{{Item: 1, Value: new(value)}}
	return f
}

// submit stores forms and returns the identifiers of their ratings.
func (c *clinic) submit(t *testing.T, rq practice.Request, forms ...session.FormInput) []session.RatingID {
	t.Helper()
	r, err := c.Submit(t.Context(), rq, c.session, forms)
	must(t, err)
	var out []session.RatingID
	for _, f := range r.Forms {
		for _, x := range f.Ratings {
			out = append(out, x.ID)
		}
	}
	return out
}

// seen lists whose alliance ratings a request reads in the session, as "rater of
// member", with a star where a guess is marked.
func (c *clinic) seen(t *testing.T, rq practice.Request) string {
	t.Helper()
	s, err := c.Session(t.Context(), rq, c.session, nil)
	must(t, err)
	return c.told(s)
}

// told writes what a session holds of alliances.
func (c *clinic) told(s *session.Session) string {
	var out []string
	for _, x := range s.Alliances {
		who := "T"
		if x.Rater.Kind == instrument.RaterMember {
			who = string(rune('A' + slices.Index(c.members, session.MemberID(x.Rater.ID))))
		}
		mark := ""
		if x.AfterSeeing {
			mark = "*"
		}
		out = append(out, who+mark+" of "+string(rune('A'+slices.Index(c.members, x.MemberID))))
	}
	return strings.Join(out, ", ")
}

func wantSeen(t *testing.T, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("read %q, want %q", got, want)
	}
}

func TestAnAnswerIsOpenToItsTherapistOnceTheGuessIsIn(t *testing.T) {
	t.Parallel()
	c := newClinic(t, open(t), 2)
	c.submit(t, request(), c.form(0), c.form(1))
	wantSeen(t, c.seen(t, c.lead()), "")
	wantSeen(t, c.seen(t, request()), "A of A, B of B")
	c.submit(t, c.lead(), c.guess(0, 6))
	wantSeen(t, c.seen(t, c.lead()), "A of A, T of A")
	s, err := c.Session(t.Context(), c.lead(), c.session, nil)
	must(t, err)
	if due := c.GuessesDue(c.lead(), s); !slices.Equal(due, c.members[1:]) {
		t.Errorf("guesses due of %v", due)
	}
	if due := c.GuessesDue(request(), s); due != nil {
		t.Errorf("an operator is to guess %v", due)
	}
}

func TestAGuessGivenUpIsMarkedWhateverWasSent(t *testing.T) {
	t.Parallel()
	c := newClinic(t, open(t), 2)
	c.submit(t, request(), c.form(0), c.form(1))
	for range 2 { // twice is once
		s, err := c.GiveUpGuess(t.Context(), c.lead(), c.session, c.members[:1])
		must(t, err)
		if len(s.Openings) != 1 || s.Openings[0].By != "lead" || s.Openings[0].Why != session.OpenedWithoutGuess {
			t.Errorf("openings %+v", s.Openings)
		}
		wantSeen(t, c.told(s), "A of A")
	}
	ids := c.submit(t, request(), c.guess(0, 7), c.guess(1, 7)) // by somebody else's hand, too
	wantSeen(t, c.seen(t, c.lead()), "A of A, B of B, T* of A, T of B")
	_, err := c.Correct(t.Context(), request(), c.session, session.Correction{Rating: ids[0], Version: 1, AfterSeeing: new(false), Why: session.CorrectOther})
	wantFields(t, err, "/after_seeing seen_before")
	list := entries(t, c.engine)
	if !slices.ContainsFunc(list, func(e access.Entry) bool {
		return e.Action == access.GiveUpGuess && e.Principal == "lead" && e.Object.ID == string(c.session)
	}) {
		t.Error("the audit does not say that a guess was given up")
	}
}

func TestAGuessChangedAfterSeeingIsMarked(t *testing.T) {
	t.Parallel()
	c := newClinic(t, open(t), 2)
	ids := c.submit(t, c.lead(), c.guess(0, 6), c.guess(1, 6))
	correct := func(rq practice.Request, id session.RatingID, version int, value float64) {
		t.Helper()
		_, err := c.Correct(t.Context(), rq, c.session, session.Correction{
			Rating: id, Version: version, Answers: []session.AnswerInput{{Item: 1, Value: new(value)}}, Why: session.CorrectTyping,
		})
		must(t, err)
	}
	correct(c.lead(), ids[0], 1, 5) // nobody has answered yet
	c.submit(t, request(), c.form(0), c.form(1))
	correct(request(), ids[1], 1, 4) // by somebody who enters forms
	wantSeen(t, c.seen(t, request()), "T of A, T of B, A of A, B of B")
	correct(c.lead(), ids[0], 2, 7)
	wantSeen(t, c.seen(t, request()), "T* of A, T of B, A of A, B of B")
}

func TestAGuessHandedInAgainAfterSeeingIsMarked(t *testing.T) {
	t.Parallel()
	c := newClinic(t, open(t), 1)
	r, err := c.Submit(t.Context(), c.lead(), c.session, []session.FormInput{c.guess(0, 2)})
	must(t, err)
	c.submit(t, request(), c.form(0))
	_, err = c.VoidForm(t.Context(), c.lead(), c.session, session.Voiding{Form: r.Forms[0].FormID, Version: 1, Why: session.VoidTrial})
	must(t, err)
	wantSeen(t, c.seen(t, c.lead()), "T of A") // the void one; the answer is hidden again
	c.submit(t, c.lead(), c.guess(0, 7))
	wantSeen(t, c.seen(t, c.lead()), "T of A, A of A, T* of A")
}

func TestABlankOrUnfinishedGuessOpensNothing(t *testing.T) {
	t.Parallel()
	c := newClinic(t, open(t), 2)
	c.submit(t, request(), c.form(0), c.form(1))
	blank, begun := c.guess(0, 0), c.guess(1, 3)
	blank.Answers = []session.AnswerInput{{Item: 1, State: "declined"}}
	begun.Unfinished = true
	c.submit(t, c.lead(), blank, begun)
	wantSeen(t, c.seen(t, c.lead()), "T of A, T of B")
}

func TestTypingTheAnswersInIsSeeingThem(t *testing.T) {
	t.Parallel()
	c := newClinic(t, open(t), 3)
	paper := func(member int) session.FormInput {
		f := c.form(member)
		f.Entered.Mode = session.Paper
		return f
	}
	c.submit(t, c.lead(), c.guess(0, 5))
	c.submit(t, c.lead(), paper(0), paper(1), c.form(2)) // the last by the member's own hand
	s, err := c.Session(t.Context(), c.lead(), c.session, nil)
	must(t, err)
	wantSeen(t, c.told(s), "T of A, A of A, B of B")
	if len(s.Openings) != 1 || s.Openings[0].MemberID != c.members[1] || s.Openings[0].Why != session.OpenedByTyping {
		t.Errorf("openings %+v", s.Openings)
	}
	c.submit(t, c.lead(), c.guess(1, 5), c.guess(2, 5))
	wantSeen(t, c.seen(t, c.lead()), "T of A, A of A, B of B, C of C, T* of B, T of C")
}

// TestCoTherapistsGuessEachForThemselves has two therapists and a member who
// rated both.
func TestCoTherapistsGuessEachForThemselves(t *testing.T) {
	t.Parallel()
	c := newClinic(t, open(t), 1)
	th, err := c.CreateTherapist(t.Context(), request(), "CO")
	must(t, err)
	co := c.lead()
	co.Principal.ID, co.Principal.Therapist = "co", th.ID
	c.submit(t, request(), c.form(0))
	wantSeen(t, c.seen(t, co), "A of A") // not of this session: nothing to guess
	s, err := c.Session(t.Context(), co, c.session, nil)
	must(t, err)
	_, err = c.Attend(t.Context(), co, c.session, s.Rev, nil, []session.TherapistMark{{TherapistID: th.ID, Present: true, Role: session.Co}})
	must(t, err)
	guess := c.guess(0, 4)
	guess.Rater.ID, guess.About.TherapistID = string(th.ID), th.ID
	c.submit(t, co, guess) // who could read it all and then came by their own hand
	wantSeen(t, c.seen(t, request()), "A of A, T* of A")

	c = newClinic(t, open(t), 1)
	th, err = c.CreateTherapist(t.Context(), request(), "CO")
	must(t, err)
	co.Principal.Therapist = th.ID
	s, err = c.Session(t.Context(), request(), c.session, nil)
	must(t, err)
	_, err = c.Attend(t.Context(), request(), c.session, s.Rev, nil, []session.TherapistMark{{TherapistID: th.ID, Present: true, Role: session.Co}})
	must(t, err)
	about := c.form(0)
	about.About.TherapistID = th.ID
	c.submit(t, request(), c.form(0), about)
	c.submit(t, c.lead(), c.guess(0, 6))
	wantSeen(t, c.seen(t, c.lead()), "A of A, A of A, T of A")
	wantSeen(t, c.seen(t, co), "") // neither what is said of the other, nor the other's guess
	guess.Rater.ID, guess.About.TherapistID, guess.About.MemberID = string(th.ID), th.ID, c.members[0]
	c.submit(t, co, guess)
	wantSeen(t, c.seen(t, co), "A of A, A of A, T of A, T of A")
}

func TestNoOtherWayLeadsToAHiddenAnswer(t *testing.T) {
	t.Parallel()
	c := newClinic(t, open(t), 2)
	r, err := c.Submit(t.Context(), request(), c.session, []session.FormInput{c.form(0)})
	must(t, err)
	form, rating := r.Forms[0].FormID, r.Forms[0].Ratings[0].ID
	lead, ctx := c.lead(), t.Context()

	list, _, err := c.SessionsOf(ctx, lead, c.group, practice.Page{}, instrument.Alliance)
	must(t, err)
	wantSeen(t, c.told(list[0]), "")
	past, err := c.SessionAt(ctx, lead, c.session, r.Session.Rev)
	must(t, err)
	wantSeen(t, c.told(past), "")
	_, err = c.RatingHistory(ctx, lead, c.session, rating)
	wantFault(t, err, fault.NotFound, "no_such_rating")
	for _, value := range []float64{7, 3} { // 7 is what was answered
		_, err = c.Correct(ctx, lead, c.session, session.Correction{Rating: rating, Version: 1, Answers: []session.AnswerInput{{Item: 1, Value: new(value)}}, Why: session.CorrectTyping})
		wantFault(t, err, fault.NotFound, "no_such_rating")
	}
	_, err = c.MoveForm(ctx, lead, c.session, session.Move{Form: form, Version: 1, Occasion: new(session.Pre), Why: session.MoveOccasion})
	wantFault(t, err, fault.NotFound, "no_such_form")
	other, err := c.OpenSession(ctx, request(), c.group, practice.OpenInput{Kind: session.Meeting, HeldOn: "2026-03-05"})
	must(t, err)
	_, err = c.MoveForm(ctx, lead, c.session, session.Move{Form: form, Version: 1, To: other.ID, Why: session.MoveSession})
	wantFault(t, err, fault.NotFound, "no_such_form")

	records, err := c.Records(ctx, lead, practice.Selection{})
	must(t, err)
	for _, s := range collect(t, records.Sessions(ctx, c.group)) {
		wantSeen(t, c.told(s), "")
	}
	if records.Hidden() != 1 {
		t.Errorf("%d sessions with something hidden", records.Hidden())
	}
	anybodys, err := c.Records(ctx, request(), practice.Selection{})
	must(t, err)
	for _, err := range anybodys.Findings(ctx, c.group) {
		wantFault(t, err, fault.Forbidden, "not_selected")
	}
	asked, err := c.Records(ctx, request(), practice.Selection{Findings: true})
	must(t, err)
	for _, err := range asked.Findings(ctx, c.group) {
		must(t, err)
	}
	if !slices.ContainsFunc(entries(t, c.engine), func(e access.Entry) bool { return e.Action == access.ReadFinding && e.Object.GroupID == c.group }) {
		t.Error("reading findings for a report left no trace")
	}
	withheld := func(r *practice.Records) (out [2]bool) {
		t.Helper()
		for _, s := range collect(t, r.Sessions(ctx, c.group)) {
			if s.ID == c.session {
				out = [2]bool{r.Withheld(s, c.members[0]), r.Withheld(s, c.members[1])}
			}
		}
		return out
	}
	if a, b := withheld(records), withheld(anybodys); a != [2]bool{true, true} || b != [2]bool{} {
		t.Errorf("before the guess withheld from the therapist %v, from others %v", a, b)
	}
	c.submit(t, lead, c.guess(0, 4))
	if a := withheld(records); a != [2]bool{false, true} {
		t.Errorf("after the guess of one withheld %v", a)
	}
	past, err = c.SessionAt(ctx, lead, c.session, r.Session.Rev)
	must(t, err)
	wantSeen(t, c.told(past), "A of A")
	_, err = c.RatingHistory(ctx, lead, c.session, rating)
	must(t, err)
}

// TestAGuessAndItsGivingUpAtOnceMarkWhatCameLater races a guess against its being
// given up: whichever of the two is stored first decides.
func TestAGuessAndItsGivingUpAtOnceMarkWhatCameLater(t *testing.T) {
	t.Parallel()
	c := newClinic(t, open(t), 1)
	c.submit(t, request(), c.form(0))
	var both sync.WaitGroup
	both.Go(func() { _, _ = c.Submit(t.Context(), c.lead(), c.session, []session.FormInput{c.guess(0, 6)}) })
	both.Go(func() { _, _ = c.GiveUpGuess(t.Context(), c.lead(), c.session, c.members) })
	both.Wait()
	revisions, err := c.History(t.Context(), request(), c.session)
	must(t, err)
	s, err := c.Session(t.Context(), request(), c.session, nil)
	must(t, err)
	if len(s.Alliances) != 2 || len(s.Openings) != 1 {
		t.Fatalf("%d ratings, %d openings", len(s.Alliances), len(s.Openings))
	}
	guessLast := revisions[0].Change.Why == "forms_submitted"
	if s.Alliances[1].AfterSeeing != guessLast {
		t.Errorf("the guess came last: %v; marked: %v", guessLast, s.Alliances[1].AfterSeeing)
	}
}

func TestOnlyATherapistOfTheSessionGivesAGuessUp(t *testing.T) {
	t.Parallel()
	c := newClinic(t, open(t), 1)
	_, err := c.GiveUpGuess(t.Context(), request(), c.session, c.members)
	wantFields(t, err, " no_therapists_account")
	rq := c.lead()
	rq.Principal.Therapist = "t-other"
	_, err = c.GiveUpGuess(t.Context(), rq, c.session, c.members)
	wantFields(t, err, " rater_not_in_session")
	_, err = c.GiveUpGuess(t.Context(), c.lead(), c.session, nil)
	wantFields(t, err, "/members nobody_named")
	_, err = c.GiveUpGuess(t.Context(), c.lead(), c.session, []session.MemberID{"m-other"})
	wantFields(t, err, "/members/0 not_on_roster")
}
