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
	Remove        []Removal

	// How the form came in. Mode and day are of the whole form, so they change in
	// all its ratings. What is nil stays as it is.
	Mode        *Mode
	AnsweredOn  *string
	AfterSeeing *bool

	Why CorrectionReason
}

// Correct applies a correction. The rating's version rises above those of all
// ratings of its form; the superseded session stays in the history. A rating
// that was corrected since it was read gives Stale. What is void is not
// corrected.
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
		return formVoid()
	}
	def, ok := ref.Definition(old.Instrument)
	if !ok {
		return definitionMissing()
	}
	if n := len(old.Answers); n > 0 && n != len(def.ItemsAt(level)) {
		return definitionMismatch()
	}
	var faults fault.List
	if !c.Why.Valid() {
		faults.Add("/why", "unknown_reason", "Choose one of the listed reasons for the correction.")
	}
	next := *old
	next.Answers = correctedAnswers(&faults, def, level, old, c.Answers)
	next.ByHand = correctedByHand(old, next.Answers)
	if c.ReportedTotal != nil {
		checkTotal(&faults, def, *c.ReportedTotal)
		next.ReportedTotal = new(*c.ReportedTotal)
	}
	c.correctEntry(&faults, &next, level, def)
	switch {
	case faults.Len() > 0:
	case len(next.Answers) == 0 && next.ReportedTotal == nil || next.withdrawn():
		faults.Add("", "nothing_left", "Nothing of what this rating holds would be left. If the form was entered wrongly, void it, or move it to where it belongs.")
	case unchanged(old, &next):
		faults.Add("/items", "nothing_to_correct", "The correction changes nothing.")
	}
	if err := faults.Err(); err != nil {
		return err
	}
	s.Ratings = s.Ratings.clone()
	next.Version = s.FormVersion(old.FormID) + 1
	for _, r := range s.OfForm(old.FormID) {
		switch {
		case r.ID == next.ID:
			*r = next
		case r.Redacted == nil && !sameEntry(r.Entered, next.Entered): // how a form came in is the same of all its parts
			r.Entered, r.Version = next.Entered, next.Version
		}
	}
	s.recountForm(next.FormID, def)
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

// correctedByHand returns the items of an imported rating that a person
// corrected, those of a correction included.
func correctedByHand(old *Rating, answers []Answer) []int {
	items := slices.Clone(old.ByHand)
	for i, a := range answers {
		was := Answer{Item: a.Item} // of a total only, no item was answered
		if len(old.Answers) > 0 {
			was = old.Answers[i]
		}
		if a != was && old.Past(a.Item) {
			items = append(items, a.Item)
		}
	}
	slices.Sort(items)
	return items
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
