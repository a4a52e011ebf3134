package session

import (
	"slices"
	"strconv"

	"holon/internal/fault"
	"holon/internal/instrument"
)

// unfinishedForm is why a rating is left out whose rater is still at it.
const unfinishedForm = "unfinished_form"

// FormAnswers are further answers to an unfinished form.
type FormAnswers struct {
	Form     FormID
	Answers  []AnswerInput
	Finished bool // the rater has handed the form in
}

// checkUnfinished notes what cannot be true of a form that is not finished.
func checkUnfinished(faults *fault.List, in FormInput) {
	if !in.Unfinished {
		return
	}
	if in.ReportedTotal != nil {
		faults.Add("/reported_total", "total_of_unfinished", "A form that is not finished has no total yet.")
	}
	if in.Entered.Mode == Imported {
		faults.Add("/unfinished", "unfinished_import", "What is imported was answered before: it is finished.")
	}
}

// AnswerForm takes further answers to an unfinished form, or the word that it is
// finished, or returns every fault. Its place is kept, and the version of each
// of its ratings rises by one. An answer that is there already may change: the
// rater has not handed the form in. What is not answered when the form is
// finished is left blank.
func (s *Session) AnswerForm(a FormAnswers, ref Reference) error {
	parts := s.OfForm(a.Form)
	switch {
	case len(parts) == 0:
		return fault.New(fault.NotFound, "no_such_form", "The session has no such form.")
	case s.formRedacted(a.Form):
		return ratingRedacted()
	case !slices.ContainsFunc(parts, (*Rating).Live):
		return fault.New(fault.Conflict, "form_withdrawn", "This form was withdrawn. Send it again instead.")
	case !slices.ContainsFunc(parts, func(r *Rating) bool { return r.Unfinished }):
		return fault.New(fault.Conflict, "form_finished", "This form is finished. To change an answer, correct it.")
	}
	def, ok := ref.Definition(parts[0].Instrument)
	if !ok {
		return definitionMissing()
	}
	next := *s
	next.Ratings = s.Ratings.clone()
	var faults fault.List
	if len(a.Answers) == 0 && !a.Finished {
		faults.Add("/items", "nothing_to_add", "Send at least one answer, or say that the form is finished.")
	}
	next.putAnswers(&faults, def, a)
	for _, r := range next.OfForm(a.Form) {
		if faults.Len() == 0 && r.withdrawn() {
			faults.Add("/items", "nothing_left", "Of a part of the form nothing would be left. What the rater was shown and left blank is not_answered. If the form was entered wrongly, void it.")
		}
	}
	if err := faults.Err(); err != nil {
		return err
	}
	for _, r := range next.OfForm(a.Form) {
		r.Version++
		r.Unfinished = !a.Finished
	}
	next.recountForm(a.Form, def)
	*s = next
	return nil
}

// putAnswers puts answers into a form's ratings and notes their faults. The
// lists of answers are copied first: those of the session stay as they are.
func (s *Session) putAnswers(faults *fault.List, def *instrument.Definition, a FormAnswers) {
	parts := s.OfForm(a.Form)
	for _, r := range parts {
		r.Answers = slices.Clone(r.Answers)
	}
	seen := map[int]bool{}
	for i, in := range a.Answers {
		at := "/items/" + strconv.Itoa(i)
		item, known := def.Item(in.Item)
		place := placeIn(parts, in.Item)
		switch {
		case !known:
			faults.Add(at+"/item", "no_such_item", "This version has items 1 to "+strconv.Itoa(len(def.Items))+".")
		case place == nil:
			faults.Add(at+"/item", "item_not_of_rater", "This item is not put to raters of this kind.")
		case seen[in.Item]:
			faults.Add(at+"/item", "item_twice", "This item is answered twice.")
		default:
			seen[in.Item] = true
			place.State, place.Value = checkAnswer(faults, at, item, in)
		}
	}
}

// placeIn returns where the answer to an item stands in a form's ratings, nil
// if nowhere.
func placeIn(parts []*Rating, item int) *Answer {
	for _, r := range parts {
		for k := range r.Answers {
			if r.Answers[k].Item == item {
				return &r.Answers[k]
			}
		}
	}
	return nil
}
