package session

import (
	"slices"
	"strconv"

	"holon/internal/fault"
	"holon/internal/instrument"
)

// CorrectionReason says in a code why a stored answer was wrong.
type CorrectionReason string

// The reasons.
const (
	CorrectTyping     CorrectionReason = "typing_error"
	CorrectReading    CorrectionReason = "misread_paper"
	CorrectMissing    CorrectionReason = "answer_found_later"
	CorrectRater      CorrectionReason = "raters_own_request"
	CorrectAttendance CorrectionReason = "attendance_was_wrong"
	CorrectOther      CorrectionReason = "other"
)

// Valid tells whether r is one of the reasons.
func (r CorrectionReason) Valid() bool {
	switch r {
	case CorrectTyping, CorrectReading, CorrectMissing, CorrectRater, CorrectAttendance, CorrectOther:
		return true
	default:
		return false
	}
}

// Correction changes answers of one rating, named by the version it was read
// at.
type Correction struct {
	Rating        RatingID
	Version       int
	Answers       []AnswerInput // only those that change
	ReportedTotal *float64      // a new total; nil leaves it as it is
	Why           CorrectionReason
}

// Correct applies a correction. The rating's version rises by one; the
// superseded session stays in the history. A rating that was corrected since
// it was read gives Stale. One whose items are all corrected to not shown is
// withdrawn: it was entered for the wrong person or meeting. It stays in the
// session as if it had never been given, its place is free, and it is not
// corrected any more.
func (s *Session) Correct(c Correction, ref Reference) error {
	old, level, ok := s.Find(c.Rating)
	if !ok {
		return fault.New(fault.NotFound, "no_such_rating", "The session has no such rating.")
	}
	if old.Version != c.Version {
		return fault.New(fault.Stale, "rating_corrected_since", "This rating was corrected since you read it. Read it again, and correct what is there now.")
	}
	if old.Redacted != nil {
		return ratingRedacted()
	}
	if old.withdrawn() {
		return fault.New(fault.Conflict, "rating_withdrawn", "This rating was withdrawn. Send the form again instead.")
	}
	def, ok := ref.Definition(old.Instrument)
	if !ok {
		return fault.New(fault.Internal, "definition_missing", "The instrument's stored definition is missing.")
	}
	if n := len(old.Answers); n > 0 && n != len(def.ItemsAt(level)) {
		return fault.New(fault.Internal, "definition_mismatch", "The rating does not have the items of its instrument's stored definition.")
	}
	var faults fault.List
	if !c.Why.Valid() {
		faults.Add("/why", "unknown_reason", "Choose one of the listed reasons for the correction.")
	}
	answers := correctedAnswers(&faults, def, level, old, c.Answers)
	if c.ReportedTotal != nil {
		checkTotal(&faults, def, *c.ReportedTotal)
	}
	if faults.Len() == 0 && slices.Equal(answers, old.Answers) &&
		(c.ReportedTotal == nil || (old.ReportedTotal != nil && *c.ReportedTotal == *old.ReportedTotal)) {
		faults.Add("/items", "nothing_to_correct", "The correction changes nothing.")
	}
	if err := faults.Err(); err != nil {
		return err
	}
	s.Ratings = s.Ratings.clone()
	r, _, _ := s.Find(c.Rating)
	r.Version++
	r.Answers = answers
	if c.ReportedTotal != nil {
		total := *c.ReportedTotal
		r.ReportedTotal = &total
	}
	s.recountForm(r.FormID, def)
	return nil
}

// correctedAnswers returns the level's answers with the changes applied. A
// rating that held only a total gets its items.
func correctedAnswers(faults *fault.List, def *instrument.Definition, level instrument.Level, old *Rating, changes []AnswerInput) []Answer {
	if len(changes) == 0 {
		return old.Answers
	}
	items := def.ItemsAt(level)
	answers := slices.Clone(old.Answers)
	if len(answers) == 0 {
		for _, item := range items {
			answers = append(answers, Answer{Item: item.Number})
		}
	}
	seen := map[int]bool{}
	for i, a := range changes {
		at := "/items/" + strconv.Itoa(i)
		k := slices.IndexFunc(items, func(x instrument.Item) bool { return x.Number == a.Item })
		switch {
		case k < 0:
			faults.Add(at+"/item", "no_such_item", "The rating has no item of that number.")
		case seen[a.Item]:
			faults.Add(at+"/item", "item_twice", "This item is corrected twice.")
		default:
			seen[a.Item] = true
			answers[k].State, answers[k].Value = checkAnswer(faults, at, items[k], a)
		}
	}
	return answers
}

// recountForm brings the number of missing items of a form up to date in all
// the ratings it was split into. A level that was not put to the rater has no
// rating; its items count as missing. A part that is a tombstone keeps its own
// count, and counts as answered for the others: they are worth what they were.
func (s *Session) recountForm(id FormID, def *instrument.Definition) {
	ratings := s.OfForm(id)
	given := 0
	for _, r := range ratings {
		if r.Redacted != nil {
			given += r.askedOf(def)
		}
		given += answered(r.Answers)
	}
	for _, r := range ratings {
		if r.Redacted != nil {
			continue
		}
		r.FormItems = itemsFor(def, r.Rater.Kind)
		r.FormMissing = r.FormItems - given
	}
}
