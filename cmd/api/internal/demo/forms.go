package demo

import (
	"math"
	"slices"
	"strconv"
	"time"

	"holon/internal/instrument"
	"holon/internal/session"
)

// people finds the identifiers that codes were given.
type people struct {
	members    map[string]session.MemberID
	therapists map[string]session.TherapistID
}

// writer fills in the forms of a meeting.
type writer struct {
	meeting

	who         people
	traits      []trait
	definitions func(instrument.Ref) (*instrument.Definition, bool)
}

// stack is what is filled in at one meeting: at once, or typed from paper days
// later; one answer may be mistyped and corrected.
type stack struct {
	now, late []session.FormInput
	slip      *slip
}

// slip is a typing error in one of the forms handed in at once.
type slip struct {
	form  int
	item  int
	right float64
}

// forms returns everything that is filled in about the meeting.
func (w *writer) forms() stack {
	var out stack
	lateWriter := w.lateWriter()
	for _, s := range w.invited() {
		a, _ := w.came(s)
		out.now = append(out.now, w.outcomes(s, a.Absent())...)
		if w.n == intake || a.Absent() || (a == session.LeftEarly && w.chance(0.5, "went", s.member)) {
			continue
		}
		after := w.afterMeeting(s)
		if s.member == lateWriter {
			out.late = append(out.late, onPaper(after, w.day(w.n))...)
		} else {
			out.now = append(out.now, after...)
		}
	}
	if w.n != intake {
		out.now = append(out.now, w.leaders()...)
	}
	out.slip = w.mistype(out.now)
	return out
}

// lateWriter names the member, if any, whose forms come on paper days later.
func (w *writer) lateWriter() string {
	if there := w.attending(); len(there) > 0 && w.chance(0.2, "late") {
		return there[w.luck.draw("late writer", w.code, strconv.Itoa(w.n)).IntN(len(there))].member
	}
	return ""
}

// chance tells whether something happens at this meeting.
func (w *writer) chance(p float64, what ...string) bool {
	return w.luck.happens(p, append([]string{w.code, strconv.Itoa(w.n)}, what...)...)
}

// outcomes are a member's forms at intake and before the meetings with the long
// forms. Of those who do not come, some answer from home.
func (w *writer) outcomes(s stay, absent bool) []session.FormInput {
	if !battery(w.n) || (absent && !w.chance(0.3, "from home", s.member)) {
		return nil
	}
	var out []session.FormInput
	for _, ref := range []instrument.Ref{phq9, gad7, core10} {
		if f, ok := w.own(ref, s, ""); ok {
			f.Occasion = session.Pre
			out = append(out, f)
		}
	}
	return out
}

// afterMeeting are a member's forms after the meeting: every week one question
// for each level, every fourth week the long forms, and before those the bonds. The
// second therapist is rated two weeks after the long forms.
func (w *writer) afterMeeting(s stay) []session.FormInput {
	lead := w.led(w.n)
	var out []session.FormInput
	put := func(ref instrument.Ref, therapist string) {
		if f, ok := w.own(ref, s, therapist); ok {
			out = append(out, f)
		}
	}
	put(allianceOne, lead)
	put(presenceOne, lead)
	if w.kind == session.KindGroup {
		put(cohesionOne, "")
	} else if !w.individual() {
		put(purposeOne, "")
	}
	if w.co != "" && w.n%4 == 2 {
		put(allianceOne, w.co)
	}
	if w.kind == session.KindGroup && bondsDue(w.n) {
		out = append(out, w.bonds(s)...)
	}
	if !battery(w.n) {
		return out
	}
	put(waiSR, lead)
	put(standingOne, "")
	if w.kind == session.KindGroup {
		put(gcqS, "")
	}
	return out
}

// own is one of a member's own forms, about a therapist or nobody, made from
// the traits behind it; ok is false where the member did not fill it in.
func (w *writer) own(ref instrument.Ref, s stay, therapist string) (form session.FormInput, ok bool) {
	key := []string{ref.ID, s.member, therapist}
	def, known := w.definitions(ref)
	if !known || w.chance(0.03, append(key, "blank")...) {
		return session.FormInput{}, false
	}
	f := w.blank(ref, session.Rater{Kind: instrument.RaterMember, ID: string(w.who.members[s.member])},
		session.About{TherapistID: w.who.therapists[therapist]})
	apart := 0.0
	switch ref {
	case allianceOne:
		apart = w.planted(s, w.n)
	case purposeOne:
		apart = w.planted(s, w.n) / 2
	}
	answered := 0
	for _, item := range def.Items {
		if w.chance(0.004, append(key, "declines", strconv.Itoa(item.Number))...) {
			f.Answers = append(f.Answers, session.AnswerInput{Item: item.Number, State: session.Declined.String()})
			continue
		}
		t := w.traits[slices.IndexFunc(w.traits, func(t trait) bool { return t.moves(def, item.Number) })]
		keyed := t.level(w.luck, w.code, s.member, w.n, therapist) - apart
		keyed += math.Sqrt(t.item) * w.luck.normal("item", ref.ID, w.code, strconv.Itoa(w.n), s.member, strconv.Itoa(item.Number))
		f.Answers = append(f.Answers, session.AnswerInput{Item: item.Number, Value: new(answer(item, keyed))})
		answered++
	}
	return f, answered > 0
}

// bonds are a member's ratings of the others who came. Of somebody met for the
// first time nothing can be said yet.
func (w *writer) bonds(s stay) []session.FormInput {
	def, known := w.definitions(bondOne)
	if !known {
		return nil
	}
	week := strconv.Itoa(w.n)
	rater := session.Rater{Kind: instrument.RaterMember, ID: string(w.who.members[s.member])}
	var out []session.FormInput
	for _, o := range w.attending() {
		if o.member == s.member {
			continue
		}
		f := w.blank(bondOne, rater, session.About{MemberID: w.who.members[o.member]})
		if w.n-o.from < 1 {
			f.Answers = []session.AnswerInput{{Item: 1, State: session.CannotSay.String()}}
		} else {
			pair := []string{min(s.member, o.member), max(s.member, o.member)}
			keyed := 5.5 + 0.8*w.luck.normal("group", w.code) + 0.9*w.luck.normal("actor", s.member) + 0.7*w.luck.normal("partner", o.member) +
				0.9*w.luck.normal("pair", pair[0], pair[1]) + 1.0*w.luck.normal("bond", w.code, week, s.member, o.member)
			f.Answers = []session.AnswerInput{{Item: 1, Value: new(answer(def.Items[0], keyed))}}
		}
		out = append(out, f)
	}
	return out
}

// leaders are the therapists' forms: each one's guess of every member's
// answer, one now and then made after seeing it, and every fourth week their
// own rating of the whole.
func (w *writer) leaders() []session.FormInput {
	def, known := w.definitions(allianceOne)
	there := w.attending()
	if !known || len(there) == 0 {
		return nil
	}
	var out []session.FormInput
	t := w.traits[slices.IndexFunc(w.traits, func(t trait) bool { return t.ref == allianceOne })]
	for _, code := range w.leading() {
		rater := session.Rater{Kind: instrument.RaterTherapist, ID: string(w.who.therapists[code])}
		for _, s := range there {
			f := w.blank(allianceOne, rater, session.About{MemberID: w.who.members[s.member]})
			f.AfterSeeing = w.chance(0.03, "peeked", code, s.member)
			felt := t.level(w.luck, w.code, s.member, w.n, w.led(w.n)) - w.planted(s, w.n)
			guess := t.mean + 0.5*(felt-t.mean) + 1.1*w.luck.normal("guess", w.code, strconv.Itoa(w.n), code, s.member)
			f.Answers = []session.AnswerInput{{Item: 1, Value: new(answer(def.Items[0], guess))}}
			out = append(out, f)
		}
		if battery(w.n) {
			out = append(out, w.overall(rater)...)
		}
	}
	return out
}

// leading returns the therapists who lead the meeting.
func (w *writer) leading() []string {
	if w.co == "" {
		return []string{w.led(w.n)}
	}
	return []string{w.led(w.n), w.co}
}

// overall is a therapist's one rating of the group or family as a whole.
func (w *writer) overall(rater session.Rater) []session.FormInput {
	ref := cohesionOne
	if w.kind != session.KindGroup {
		ref = purposeOne
	}
	def, known := w.definitions(ref)
	if !known {
		return nil
	}
	t := w.traits[slices.IndexFunc(w.traits, func(t trait) bool { return t.ref == ref })]
	keyed := t.mean + t.effect(w.luck, t.group, "group", w.code) + 0.8*w.luck.normal("overall", w.code, strconv.Itoa(w.n), rater.ID)
	f := w.blank(ref, rater, session.About{})
	f.Answers = []session.AnswerInput{{Item: 1, Value: new(answer(def.Items[0], keyed))}}
	return []session.FormInput{f}
}

// blank is a form with nothing answered yet, filled in on the rater's own
// device after the meeting.
func (w *writer) blank(ref instrument.Ref, rater session.Rater, about session.About) session.FormInput {
	return session.FormInput{
		Instrument: ref, Rater: rater, About: about, Occasion: session.Post,
		Entered: session.Entry{Mode: session.Device},
	}
}

// onPaper says of forms that they were filled in on paper on the day.
func onPaper(forms []session.FormInput, day session.Date) []session.FormInput {
	for i := range forms {
		forms[i].Entered = session.Entry{Mode: session.Paper, AnsweredOn: new(day)}
	}
	return forms
}

// mistype puts a wrong answer into the first PHQ-9 of some meetings, and
// returns what it should have been.
func (w *writer) mistype(forms []session.FormInput) *slip {
	k := slices.IndexFunc(forms, func(f session.FormInput) bool { return f.Instrument == phq9 && f.Answers[0].Value != nil })
	if k < 0 || !w.chance(0.15, "mistyped") {
		return nil
	}
	right := *forms[k].Answers[0].Value
	wrong := right + 1
	if right > 0 {
		wrong = right - 1
	}
	forms[k].Answers[0].Value = &wrong
	return &slip{form: k, item: forms[k].Answers[0].Item, right: right}
}

// lateEntry is how long after the meeting paper forms are typed.
const lateEntry = 3 * 24 * time.Hour
