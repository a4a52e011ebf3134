package session

import (
	"fmt"
	"slices"
	"strconv"

	"holon/internal/fault"
	"holon/internal/instrument"
)

// About says whom a form is about, as far as its items need it. A member who
// rates an alliance names the therapist, a therapist the member, an observer
// both; a bond names the other member; an outcome names the member unless it
// is the rater's own. What is about the group or family names nobody.
type About struct {
	TherapistID TherapistID
	MemberID    MemberID
}

// FormInput is one rater's answers to one instrument, as they came.
type FormInput struct {
	ID            FormID
	Instrument    instrument.Ref
	Rater         Rater
	About         About
	Occasion      Occasion
	Answers       []AnswerInput
	ReportedTotal *float64
	Entered       Entry
	AfterSeeing   bool
	Unfinished    bool // answers come item by item
}

// AnswerInput is one item's answer as it came: a value, or a state that says
// why there is none.
type AnswerInput struct {
	Item  int
	Value *float64
	State string // empty means answered with a value, not_answered without
}

// form is a checked form: every item of the instrument has its answer.
type form struct {
	FormInput

	def     *instrument.Definition
	answers []Answer // in form order; empty with a total only
}

// maxFormID bounds a form's identifier, so that those of its ratings, which
// add a level, are identifiers too.
const maxFormID = 50

// newForm checks a form by itself, apart from any session. With a fault it
// still returns what could be read, so that the form's place can be judged too.
func newForm(def *instrument.Definition, in FormInput) (form, error) {
	var faults fault.List
	f := form{FormInput: in, def: def}
	f.checkNames(&faults)
	checkUnfinished(&faults, in)
	f.answers = checkAnswers(&faults, def, in)
	f.Entered.At = Millis(in.Entered.At)
	return f, faults.Err()
}

// checkNames notes what is wrong with what a form says apart from its answers.
func (f *form) checkNames(faults *fault.List) {
	if !ValidID(string(f.ID)) || len(f.ID) > maxFormID {
		faults.Add("/form_id", "bad_id", "A form's identifier is 1 to 50 lower-case letters, digits, dots, underscores or hyphens.")
	}
	if f.Occasion != Pre && f.Occasion != Post {
		faults.Add("/occasion", "unknown_occasion", "An occasion is pre or post: before the meeting or after it.")
	}
	if !f.Rater.Kind.Valid() {
		faults.Add("/rater/kind", "unknown_rater", "A rater is a member, a therapist or an observer.")
	}
	if !ValidID(f.Rater.ID) {
		faults.Add("/rater/id", "bad_id", "Name the rater by the identifier the rater was given.")
	}
	if !f.Entered.Mode.Valid() {
		faults.Add("/mode", "unknown_mode", "A mode is device, paper or import.")
	}
}

// checkAnswers puts the answers into form order and notes every fault. Items
// that are not for this kind of rater were not shown, unless the form says
// otherwise.
func checkAnswers(faults *fault.List, def *instrument.Definition, in FormInput) []Answer {
	if in.ReportedTotal != nil {
		checkTotal(faults, def, *in.ReportedTotal)
	}
	if len(in.Answers) == 0 {
		if in.ReportedTotal == nil {
			faults.Add("/items", "empty_form", "The form has neither answers nor a total. Send what was answered, or send no form.")
		}
		return nil
	}
	answers := make([]Answer, len(def.Items))
	for i, item := range def.Items {
		answers[i].Item = item.Number
		if !slices.Contains(item.Raters, in.Rater.Kind) {
			answers[i].State = NotShown
		}
	}
	seen := make([]bool, len(def.Items))
	for i, a := range in.Answers {
		at := "/items/" + strconv.Itoa(i)
		k := slices.IndexFunc(def.Items, func(x instrument.Item) bool { return x.Number == a.Item })
		switch {
		case k < 0:
			faults.Add(at+"/item", "no_such_item", fmt.Sprintf("This version has items 1 to %d.", len(def.Items)))
		case seen[k]:
			faults.Add(at+"/item", "item_twice", "This item is answered twice in the same form.")
		default:
			seen[k] = true
			answers[k].State, answers[k].Value = checkAnswer(faults, at, def.Items[k], a)
		}
	}
	return answers
}

// itemsFor counts the items of the form that are for a kind of rater: a
// therapist's version may be shorter than the members'.
func itemsFor(def *instrument.Definition, kind instrument.RaterKind) int {
	n := 0
	for _, item := range def.Items {
		if slices.Contains(item.Raters, kind) {
			n++
		}
	}
	return n
}

// answered counts the answers with a value.
func answered(answers []Answer) int {
	n := 0
	for _, a := range answers {
		if a.State == Answered {
			n++
		}
	}
	return n
}

// checkAnswer returns the state and value of one answer and notes its faults.
func checkAnswer(faults *fault.List, at string, item instrument.Item, a AnswerInput) (State, float64) {
	state, known := Answered, true
	switch {
	case a.State != "":
		state, known = ParseState(a.State)
		known = known && state != StateRedacted // nobody answers that
	case a.Value == nil:
		state = NotAnswered
	}
	switch {
	case !known:
		faults.Add(at+"/state", "unknown_state", "A state is answered, declined, cannot_say, not_answered or not_shown.")
	case state == Answered && a.Value == nil:
		faults.Add(at+"/value", "answered_without_value", "An answered item has a value. Without one it is declined, cannot_say, not_answered or not_shown.")
	case state != Answered && a.Value != nil:
		faults.Add(at+"/value", "value_without_answer", "Only an answered item has a value; a missing answer is never a number, not even zero.")
	case state == Answered:
		if rule, detail, ok := item.Check(*a.Value); !ok {
			faults.Add(at+"/value", rule, detail)
			return NotAnswered, 0
		}
		return Answered, *a.Value
	}
	return state, 0
}

// checkTotal notes what is wrong with a total copied from paper.
func checkTotal(faults *fault.List, def *instrument.Definition, total float64) {
	if len(def.Levels()) > 1 {
		faults.Add("/reported_total", "total_of_mixed_levels", "This form has items of several levels, so one total belongs to none of them. Enter the items.")
		return
	}
	lo, hi := 0.0, 0.0
	for _, item := range def.Items {
		lo, hi = lo+min(item.Min, 0), hi+max(item.Max, 0)
	}
	if !(total >= lo && total <= hi) {
		faults.Add("/reported_total", "out_of_range", fmt.Sprintf("A total of this form lies between %g and %g.", lo, hi))
	}
}

// answersAt returns the answers of one level, in form order; nil when only a
// total was copied.
func (f *form) answersAt(level instrument.Level) []Answer {
	if len(f.answers) == 0 {
		return nil
	}
	var out []Answer
	for i, item := range f.def.Items {
		if item.Level == level {
			out = append(out, f.answers[i])
		}
	}
	return out
}
