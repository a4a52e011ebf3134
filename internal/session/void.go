package session

import (
	"time"

	"holon/internal/fault"
	"holon/internal/instrument"
)

// VoidReason says in a code why a form was taken back as a whole.
type VoidReason string

// The reasons that people give.
const (
	VoidTwice       VoidReason = "entered_twice"
	VoidWrongPerson VoidReason = "wrong_person"
	VoidWrongTime   VoidReason = "wrong_session"
	VoidRater       VoidReason = "raters_own_request"
	VoidAttendance  VoidReason = "attendance_was_wrong"
	VoidTrial       VoidReason = "trial_entry"
	VoidOther       VoidReason = "other"
)

// The reasons that moves give.
const (
	VoidMoved     VoidReason = "moved"         // the form stands where MovedTo says
	VoidMoveEnded VoidReason = "move_given_up" // a move put it here and was not finished
)

// Valid tells whether r is one of the reasons that people give.
func (r VoidReason) Valid() bool {
	switch r {
	case VoidTwice, VoidWrongPerson, VoidWrongTime, VoidRater, VoidAttendance, VoidTrial, VoidOther:
		return true
	default:
		return false
	}
}

// Void says that a form does not count, since when, by whom and why. Its
// answers stay readable; no score, analysis or rule sees them, and its place is
// free.
type Void struct {
	By      string // the principal
	At      time.Time
	Why     VoidReason
	MovedTo *FormPlace // where the form is now, if it was moved
}

// FormPlace names a form in its session.
type FormPlace struct {
	Session SessionID
	Form    FormID
}

// whole tells whether the place names both.
func (p FormPlace) whole() bool { return p.Session != "" && p.Form != "" }

// RestoreReason says in a code why a void was taken back.
type RestoreReason string

// The reasons.
const (
	RestoreMistaken RestoreReason = "voided_by_mistake"
	RestoreOther    RestoreReason = "other"
)

// Valid tells whether r is one of the reasons.
func (r RestoreReason) Valid() bool { return r == RestoreMistaken || r == RestoreOther }

// Voiding takes a form back as a whole, named by the version it was read at.
type Voiding struct {
	Form    FormID
	Version int
	Why     VoidReason
	By      string
	At      time.Time
}

// Restoring takes a void back.
type Restoring struct {
	Form    FormID
	Version int
	Why     RestoreReason
}

// Live tells whether the rating counts: its form is not void, and no correction
// of earlier versions took the rating back.
func (r *Rating) Live() bool { return !r.withdrawn() }

// FormVersion returns the version of a form: the highest of its ratings at all
// levels, 0 if there is none. Every change of any of them raises it.
func (s *Session) FormVersion(id FormID) int {
	version := 0
	for _, r := range s.OfForm(id) {
		version = max(version, r.Version)
	}
	return version
}

// formLives tells whether any rating of the form counts.
func (s *Session) formLives(id FormID) bool {
	for _, r := range s.OfForm(id) {
		if r.Live() {
			return true
		}
	}
	return false
}

// VoidForm takes back a form that was entered wrongly: all its ratings at once.
func (s *Session) VoidForm(v Voiding) error {
	if err := s.checkForm(v.Form, v.Version); err != nil {
		return err
	}
	if !s.formLives(v.Form) {
		return formVoid()
	}
	if !v.Why.Valid() {
		return badReason("Choose one of the listed reasons for voiding the form.")
	}
	s.void(v.Form, Void{By: v.By, At: v.At, Why: v.Why})
	return nil
}

// RestoreForm takes a void back. What holds for new forms holds for this one:
// its place must still be free, and nobody it speaks of absent.
func (s *Session) RestoreForm(x Restoring, ref Reference) error {
	if err := s.checkForm(x.Form, x.Version); err != nil {
		return err
	}
	for _, r := range s.OfForm(x.Form) {
		switch {
		case r.Void == nil:
			return fault.New(fault.Conflict, "form_not_void", "This form is not void, so there is nothing to restore.")
		case r.Void.MovedTo != nil:
			return fault.New(fault.Conflict, "form_moved", "This form was moved and counts at its new place. Move it from there.")
		case r.Void.Why == VoidMoveEnded:
			return fault.New(fault.Conflict, "move_given_up", "A move put this form here and was given up, so it counts where it was. Move it from there.")
		}
	}
	f, err := s.formOf(x.Form, ref)
	if err != nil {
		return err
	}
	if !x.Why.Valid() {
		return badReason("Choose one of the listed reasons for restoring the form.")
	}
	var faults fault.List
	parts := s.place(&faults, &f, ref)
	if err := faultsAt(&faults, ""); err != nil {
		return err
	}
	if s.slotTaken(parts) {
		return fault.New(fault.Conflict, "slot_taken", "Another form of this rater, about the same person and occasion, took the place meanwhile. Void that one first, or leave this one void.")
	}
	s.Ratings = s.Ratings.clone()
	version := s.FormVersion(x.Form) + 1
	for _, r := range s.OfForm(x.Form) {
		r.Version, r.Void = version, nil
	}
	return nil
}

// void marks all ratings of a form.
func (s *Session) void(id FormID, v Void) {
	s.Ratings = s.Ratings.clone()
	version := s.FormVersion(id) + 1
	v.At = Millis(v.At)
	for _, r := range s.OfForm(id) {
		r.Version, r.Void = version, new(v)
	}
}

// checkForm refuses a form that is not there, or was changed since it was read.
func (s *Session) checkForm(id FormID, version int) error {
	if s.formRedacted(id) {
		return ratingRedacted()
	}
	switch s.FormVersion(id) {
	case 0:
		return fault.New(fault.NotFound, "no_such_form", "The session has no such form.")
	case version:
		return nil
	default:
		return fault.New(fault.Stale, "form_changed_since", "This form was changed since you read it. Read it again, and name the highest version among its ratings.")
	}
}

// formOf puts a form together again from the ratings it was split into. Parts
// that were not put to the rater have no rating.
func (s *Session) formOf(id FormID, ref Reference) (form, error) {
	var f form
	found := map[instrument.Level]aimed{}
	for level, x := range s.allWithTarget {
		if x.rating.FormID == id {
			found[level] = x
			f.FormInput = formInputOf(x.rating)
		}
	}
	if s.formRedacted(id) {
		return f, ratingRedacted()
	}
	def, ok := ref.Definition(f.Instrument)
	if !ok {
		return f, definitionMissing()
	}
	f.def = def
	for _, level := range def.Levels() {
		x, ok := found[level]
		if !ok {
			continue
		}
		if n := len(x.rating.Answers); n > 0 && n != len(def.ItemsAt(level)) {
			return f, definitionMismatch()
		}
		f.AfterSeeing = f.AfterSeeing || x.rating.AfterSeeing
		f.aboutFrom(level, x)
	}
	f.answers = answersOf(def, found)
	return f, nil
}

// formInputOf returns what every rating of a form says of it.
func formInputOf(r *Rating) FormInput {
	return FormInput{
		ID: r.FormID, Instrument: r.Instrument, Rater: r.Rater, Occasion: r.Occasion, ReportedTotal: r.ReportedTotal, Entered: r.Entered,
		Unfinished: r.Unfinished,
	}
}

// answersOf returns the answers of a whole form, in form order; none when only
// a total was copied.
func answersOf(def *instrument.Definition, found map[instrument.Level]aimed) []Answer {
	given := map[int]Answer{}
	for _, x := range found {
		for _, a := range x.rating.Answers {
			given[a.Item] = a
		}
	}
	if len(given) == 0 {
		return nil
	}
	answers := make([]Answer, len(def.Items))
	for i, item := range def.Items {
		a, ok := given[item.Number]
		if !ok {
			a = Answer{Item: item.Number, State: NotShown}
		}
		answers[i] = a
	}
	return answers
}

// aboutFrom adds whom the part at this level is about, as far as the form had
// to name it: the rater's own side of a pair goes without saying.
func (f *form) aboutFrom(level instrument.Level, x aimed) {
	switch level {
	case instrument.Alliance:
		if f.Rater.Kind != instrument.RaterTherapist {
			f.About.TherapistID = x.target.therapist
		}
		if f.Rater.Kind != instrument.RaterMember {
			f.About.MemberID = x.target.member
		}
	case instrument.Encounter:
		if x.target.therapist != "" {
			f.About.TherapistID = x.target.therapist
		}
	case instrument.Bond:
		f.About.MemberID = x.target.member
	case instrument.MemberGroup, instrument.Outcome:
		if f.Rater.Kind != instrument.RaterMember || !f.saysI(level) {
			f.About.MemberID = x.target.member
		}
	case instrument.Cohesion, instrument.System:
	}
}

// formVoid refuses a change of a form that does not count any more.
func formVoid() error {
	return fault.New(fault.Conflict, "form_void", "This form is void. Restore it first, or send it again; if it was moved, change it where moved_to says it is.")
}

// badReason refuses a change that gives no reason of the list.
func badReason(detail string) error {
	return fault.At("/why", "unknown_reason", detail)
}

// definitionMissing is the fault of a store that lacks the copy of a definition.
func definitionMissing() error {
	return fault.New(fault.Internal, "definition_missing", "The instrument's stored definition is missing.")
}

// definitionMismatch is the fault of a rating that its definition does not fit.
func definitionMismatch() error {
	return fault.New(fault.Internal, "definition_mismatch", "The rating does not have the items of its instrument's stored definition.")
}
