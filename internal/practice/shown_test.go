package practice_test

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"regexp"
	"testing"

	"holon/internal/access"
	"holon/internal/analysis"
	"holon/internal/instrument"
	"holon/internal/practice"
	"holon/internal/redaction"
	"holon/internal/session"
	"holon/internal/store"
)

var purpose = instrument.Ref{ID: "holon-purpose-1", Version: "1"}

// hiddenAnswer is what may be behind one answer that the viewer may not see.
type hiddenAnswer struct {
	name string
	form bool // there is one
	item session.AnswerInput
	then func(*testing.T, *household) // happens afterwards
}

// hiddenAnswers are every value of the scale, and every other thing that can be there.
func hiddenAnswers() []hiddenAnswer {
	out := []hiddenAnswer{{name: "no form"}, {name: "declined", form: true, item: session.AnswerInput{Item: 1, State: "declined"}}}
	for v := range 11 {
		value := float64(v)
		out = append(out, hiddenAnswer{name: fmt.Sprintf("%d", v), form: true, item: session.AnswerInput{Item: 1, Value: &value}})
	}
	four := 4.0
	return append(out, hiddenAnswer{
		name: "taken back", form: true, item: session.AnswerInput{Item: 1, Value: &four},
		then: func(t *testing.T, h *household) {
			t.Helper()
			s, err := h.Session(t.Context(), request(), h.sessions[3], nil)
			must(t, err)
			for i := range s.Alliances {
				if x := &s.Alliances[i]; x.Rater.IsMember(h.members[2]) {
					_, err := h.VoidForm(t.Context(), request(), s.ID, session.Voiding{Form: x.FormID, Version: x.Version, Why: session.VoidTwice})
					must(t, err)
				}
			}
		},
	})
}

// household is a practice with one family of two caregivers and an adolescent.
type household struct {
	*practice.Practice

	engine   store.Engine
	group    session.GroupID
	lead     session.TherapistID
	members  []session.MemberID
	sessions []session.SessionID
}

// newHousehold has the family answer over five sessions, the adolescent's answer about the
// therapist in the fourth being the one that is hidden. Identifiers are the same each time.
func newHousehold(t *testing.T, x hiddenAnswer) *household {
	t.Helper()
	ctx := t.Context()
	e := open(t)
	d := deps(t, e)
	d.Random = rand.NewChaCha8([32]byte{7})
	h := &household{Practice: practice.New(d), engine: e}
	must(t, h.CheckInstruments(ctx))
	g, err := h.CreateGroup(ctx, request(), practice.GroupInput{Code: "FAM", Kind: session.KindFamily, Format: session.Open, StartsOn: "2026-01-01"})
	must(t, err)
	h.group = g.ID
	th, err := h.CreateTherapist(ctx, request(), "TL")
	must(t, err)
	_, _, err = h.Assign(ctx, request(), g.ID, practice.TherapistSpellInput{TherapistID: th.ID, Role: session.Lead, From: "2026-01-01"})
	must(t, err)
	h.lead = th.ID
	for i, role := range []session.MemberRole{session.RoleCaregiver, session.RoleCaregiver, session.RoleAdolescent} {
		m, err := h.CreateMember(ctx, request(), fmt.Sprintf("M%d", i), nil)
		must(t, err)
		_, _, err = h.Join(ctx, request(), g.ID, practice.SpellInput{MemberID: m.ID, Role: role, Joined: "2026-01-01"})
		must(t, err)
		h.members = append(h.members, m.ID)
	}
	for n := range 5 {
		s, err := h.OpenSession(ctx, request(), g.ID, practice.OpenInput{Kind: session.Meeting, HeldOn: fmt.Sprintf("2026-02-%02d", 1+7*n%28)})
		must(t, err)
		h.sessions = append(h.sessions, s.ID)
	}
	random := rand.New(rand.NewPCG(9, 9))
	for n, id := range h.sessions {
		var forms []session.FormInput
		for i, m := range h.members {
			a, p := float64(random.IntN(11)), float64(random.IntN(11))
			own, we := session.AnswerInput{Item: 1, Value: &a}, session.AnswerInput{Item: 1, Value: &p}
			rater := session.Rater{Kind: instrument.RaterMember, ID: string(m)}
			asked := session.FormInput{Instrument: alliance, Rater: rater, About: session.About{TherapistID: th.ID}, Occasion: session.Post, Answers: []session.AnswerInput{own}, Entered: session.Entry{Mode: session.Device}}
			if n == 3 && i == 2 {
				asked.Answers = []session.AnswerInput{x.item}
			}
			if n != 3 || i != 2 || x.form {
				forms = append(forms, asked)
			}
			asked.Instrument, asked.About, asked.Answers = purpose, session.About{}, []session.AnswerInput{we}
			forms = append(forms, asked)
		}
		_, err := h.Submit(ctx, request(), id, forms)
		must(t, err)
	}
	if x.then != nil {
		x.then(t, h)
	}
	return h
}

// views are all reports of a family, as one member may see it, with the identifiers of
// ratings taken out: they are drawn at random.
func (h *household) views(t *testing.T, viewer session.MemberID) string {
	t.Helper()
	return h.viewsBy(t, request(), viewer)
}

// viewsBy are views that somebody asks for.
func (h *household) viewsBy(t *testing.T, rq practice.Request, viewer session.MemberID) string {
	t.Helper()
	records, err := h.Records(t.Context(), rq, practice.Selection{ShownTo: viewer})
	must(t, err)
	measure := analysis.Measure{Instrument: alliance, Score: "rating", Rater: instrument.RaterMember}
	asks := []analysis.Ask{
		{Measure: measure, Purpose: analysis.Measure{Instrument: purpose, Score: "rating", Rater: instrument.RaterMember}},
		{Measure: measure, NormSD: 2, Reliability: .8, Absolute: analysis.Absolute{AtLeast: 1, Sessions: 1}},
		{Measure: analysis.Measure{Instrument: purpose, Score: "rating", Rater: instrument.RaterMember}},
	}
	out := ""
	put := func(r analysis.Report, err error) {
		must(t, err)
		body, err := analysis.Encode(&r)
		must(t, err)
		out += string(body) + "\n"
		for _, sentence := range analysis.Sentences(&r) {
			out += sentence + "\n"
		}
	}
	put(analysis.Families(t.Context(), records, analysis.Ask{}))
	for _, ask := range asks {
		put(analysis.Splits(t.Context(), records, ask))
	}
	return regexp.MustCompile(`"f-[a-z0-9]+\.`).ReplaceAllString(out, `"f-.`)
}

// TestWhatIsHiddenLeavesNoTrace holds all that a caregiver may ever be shown of the family,
// over all weeks, against each other whatever the adolescent answered once, or whether at
// all: were one byte to differ, some of the scale would be told. So the whole scale stays
// feasible. Somebody to whom everything is shown does see it.
func TestWhatIsHiddenLeavesNoTrace(t *testing.T) {
	t.Parallel()
	var shown, own, all string
	differ := 0
	for i, x := range hiddenAnswers() {
		h := newHousehold(t, x)
		caregiver, adolescent, everything := h.views(t, h.members[0]), h.views(t, h.members[2]), h.views(t, "")
		if i == 0 {
			shown, own, all = caregiver, adolescent, everything
			continue
		}
		if caregiver != shown {
			t.Errorf("%s: another view of the caregiver's:\n%s\nand without a form\n%s", x.name, caregiver, shown)
		}
		if everything == all || (adolescent == own && x.name != "taken back") {
			t.Errorf("%s: whoever may see it sees no difference", x.name)
			continue
		}
		differ++
	}
	if differ < 12 {
		t.Errorf("only %d answers were told apart by those who may", differ)
	}
}

// event is something that happens to the adolescent in the family, and to nobody else.
type event struct {
	name string
	then func(*testing.T, *household)
}

// ofAdolescent finds the adolescent's rating of a level in the fourth session.
func (h *household) ofAdolescent(t *testing.T, level instrument.Level) (session.SessionID, *session.Rating) {
	t.Helper()
	s, err := h.Session(t.Context(), request(), h.sessions[3], nil)
	must(t, err)
	for at, r := range s.All {
		if at == level && r.Rater.IsMember(h.members[2]) {
			return s.ID, r
		}
	}
	t.Fatal("no such rating")
	return "", nil
}

// enter has a form of the adolescent's taken into a session.
func (h *household) enter(t *testing.T, id session.SessionID, f session.FormInput) {
	t.Helper()
	f.Rater = session.Rater{Kind: instrument.RaterMember, ID: string(h.members[2])}
	f.Occasion, f.Entered = cmp.Or(f.Occasion, session.Post), session.Entry{Mode: session.Device}
	_, err := h.Submit(t.Context(), request(), id, []session.FormInput{f})
	must(t, err)
}

// alone opens a session of the father and the adolescent.
func (h *household) alone(t *testing.T) session.SessionID {
	t.Helper()
	s, err := h.OpenSession(t.Context(), request(), h.group, practice.OpenInput{Kind: session.Subsystem, HeldOn: "2026-03-04", Members: h.members[1:]})
	must(t, err)
	return s.ID
}

// events are of every kind that reaches a family's reports.
func events() []event {
	two := 2.0
	item := []session.AnswerInput{{Item: 1, Value: &two}}
	return []event{
		{"another purpose", func(t *testing.T, h *household) {
			t.Helper()
			s, r := h.ofAdolescent(t, instrument.System)
			_, err := h.Correct(t.Context(), request(), s, session.Correction{Rating: r.ID, Version: r.Version, Why: session.CorrectTyping, Answers: item})
			must(t, err)
		}},
		{"a standing", func(t *testing.T, h *household) {
			t.Helper()
			h.enter(t, h.sessions[2], session.FormInput{Instrument: instrument.Ref{ID: "holon-standing-1", Version: "1"}, Answers: item})
		}},
		{"an unfinished form", func(t *testing.T, h *household) {
			t.Helper()
			h.enter(t, h.sessions[2], session.FormInput{Instrument: alliance, About: session.About{TherapistID: h.lead}, Occasion: session.Pre, Answers: item, Unfinished: true})
		}},
		{"a session of the others", func(t *testing.T, h *household) {
			t.Helper()
			h.enter(t, h.alone(t), session.FormInput{Instrument: alliance, About: session.About{TherapistID: h.lead}, Answers: item})
		}},
		{"a damaged session of the others", func(t *testing.T, h *household) {
			t.Helper()
			damage(t, h.engine, "sessions", string(h.alone(t)), "roster")
		}},
		{"redaction", func(t *testing.T, h *household) {
			t.Helper()
			d, err := h.RequestRedaction(t.Context(), request(), h.members[2], redaction.Request{By: redaction.ByMember, On: "2026-03-04", Reference: "DSR-7"})
			must(t, err)
			_, err = h.DecideRedaction(t.Context(), request(), d.ID, d.Rev, redaction.Redact, "")
			must(t, err)
		}},
	}
}

// TestNothingThatHappensToAnotherLeavesATrace in what a caregiver may be shown, whoever asks
// for it: the operator, and the family's therapist, who is to guess before an answer opens.
func TestNothingThatHappensToAnotherLeavesATrace(t *testing.T) {
	t.Parallel()
	therapist := request()
	plain := newHousehold(t, hiddenAnswers()[2])
	therapist.Principal.Therapist = plain.lead
	shown, byTherapist, all := plain.views(t, plain.members[0]), plain.viewsBy(t, therapist, plain.members[0]), plain.views(t, "")
	for _, x := range append(events(), event{"no form", nil}) {
		answer := hiddenAnswers()[2]
		if x.then == nil {
			answer = hiddenAnswers()[0]
		}
		answer.then = x.then
		h := newHousehold(t, answer)
		if got := h.views(t, h.members[0]); got != shown {
			t.Errorf("%s: another view of the caregiver's:\n%s\nand without it\n%s", x.name, got, shown)
		}
		if got := h.viewsBy(t, therapist, h.members[0]); got != byTherapist {
			t.Errorf("%s: another view that the therapist asks for:\n%s\nand without it\n%s", x.name, got, byTherapist)
		}
		if h.views(t, "") == all {
			t.Errorf("%s: whoever may see it sees no difference", x.name)
		}
	}
}

// TestAbsenceOfBothIsNotToldOfOne: whoever was not there is not told who else was.
func TestAbsenceOfBothIsNotToldOfOne(t *testing.T) {
	t.Parallel()
	view := func(other session.Attendance) (caregiver, all string) {
		h := newHousehold(t, hiddenAnswers()[2])
		last, err := h.OpenSession(t.Context(), request(), h.group, practice.OpenInput{Kind: session.Meeting, HeldOn: "2026-03-11"})
		must(t, err)
		_, err = h.Attend(t.Context(), request(), last.ID, last.Rev, []session.Mark{{MemberID: h.members[0], Attendance: session.Excused}, {MemberID: h.members[2], Attendance: other}}, nil)
		must(t, err)
		return h.views(t, h.members[0]), h.views(t, "")
	}
	came, allCame := view(session.Present)
	missed, allMissed := view(session.NoShow)
	if came != missed || allCame == allMissed {
		t.Errorf("who was there:\n%s\nand\n%s", came, missed)
	}
}

// TestARecordsViewIsOfTheMembersOwnFamilies and of sessions with a seat, and an account
// that may not read the family is refused whoever it is to be shown to.
func TestARecordsViewIsOfTheMembersOwnFamilies(t *testing.T) {
	t.Parallel()
	h := newHousehold(t, hiddenAnswers()[2])
	ctx := t.Context()
	_, err := h.CreateGroup(ctx, request(), practice.GroupInput{Code: "OTHER", Kind: session.KindFamily, Format: session.Open, StartsOn: "2026-01-01"})
	must(t, err)
	_, err = h.OpenSession(ctx, request(), h.group, practice.OpenInput{Kind: session.Individual, HeldOn: "2026-03-04", Members: []session.MemberID{h.members[2]}})
	must(t, err)
	records, err := h.Records(ctx, request(), practice.Selection{ShownTo: h.members[0]})
	must(t, err)
	if got := records.Groups(); len(got) != 1 || got[0].ID != h.group {
		t.Errorf("groups %+v", got)
	}
	list := collect(t, records.Sessions(ctx, h.group))
	if len(list) != 5 {
		t.Errorf("%d sessions of the caregiver, want 5", len(list))
	}
	for _, s := range list {
		for _, r := range s.All {
			if !r.Rater.IsMember(h.members[0]) {
				t.Errorf("a rating by %+v", r.Rater)
			}
		}
	}
	nobody := request()
	nobody.Principal = access.Principal{ID: "x"}
	_, err = h.Records(ctx, nobody, practice.Selection{ShownTo: h.members[0]})
	if err == nil {
		t.Error("an account without a role may read")
	}
}
