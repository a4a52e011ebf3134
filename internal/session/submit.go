package session

import (
	"slices"
	"strconv"
	"time"

	"holon/internal/fault"
	"holon/internal/instrument"
)

// MaxForms is the largest number of forms one batch may hold: thirty members
// who rate each other and fill in a few forms besides do not reach it.
const MaxForms = 1000

// Reference is what the rules about forms need to look up.
type Reference struct {
	// Definition returns the version of an instrument.
	Definition func(instrument.Ref) (*instrument.Definition, bool)
	// BirthYear returns a member's year of birth, where it is known. nil means
	// that none is.
	BirthYear func(MemberID) (int, bool)
	// Redacted tells whether a member's values were taken out. nil means that
	// nobody's were, as far as the session itself does not say so.
	Redacted func(MemberID) bool
	// Bonds tells whether a group takes bonds for a day's session. nil means that
	// none does.
	Bonds func(GroupID, Date) bool
}

// CheckBatch refuses a batch of more forms than one may hold, whatever is in
// them.
func CheckBatch(forms int) error {
	if forms > MaxForms {
		return fault.New(fault.TooLarge, "batch_too_large", "A batch holds at most 1000 forms. Send several batches.")
	}
	return nil
}

// Submit takes a batch of forms into the session, split by level into ratings:
// all of them, or none and every fault, with pointers below "/forms". A form
// whose place is taken already gives a Conflict unless other rules are broken
// too.
func (s *Session) Submit(inputs []FormInput, ref Reference) error {
	if len(inputs) == 0 {
		return fault.New(fault.Invalid, "empty_batch", "The batch holds no form.")
	}
	if err := CheckBatch(len(inputs)); err != nil {
		return err
	}
	next := *s
	next.Ratings = s.Ratings.clone()
	var rules, taken fault.List
	for i, in := range inputs {
		at := "/forms/" + strconv.Itoa(i)
		def, ok := ref.Definition(in.Instrument)
		if !ok {
			rules.Add(at+"/instrument", "unknown_instrument_version", "No such version of an instrument is registered. The list of instruments names them all.")
			continue
		}
		f, broken := newForm(def, in)
		if err := rules.Under(at, broken); err != nil {
			return err
		}
		var own fault.List
		parts := next.place(&own, &f, ref)
		next.checkBonds(&own, parts, ref)
		rules.Merge(at, &own)
		if broken != nil || own.Len() > 0 {
			continue
		}
		if next.hasForm(f.ID) {
			taken.Add(at, "form_stored_already", "A form of this identifier is in the session already.")
			continue
		}
		if next.slotTaken(parts) {
			taken.Add(at, "slot_taken", "This rater's form of this instrument, about the same person and occasion, is in the session already. To change it, correct it.")
			continue
		}
		next.add(parts)
	}
	if rules.Len() > 0 {
		rules.Merge("", &taken)
		return rules.Err()
	}
	if taken.Len() > 0 {
		return taken.ErrAs(fault.Conflict)
	}
	*s = next
	return nil
}

// part is a form's rating at one level, with whom it is about.
type part struct {
	level  instrument.Level
	rating Rating
	target target
}

// place checks a form against the session and splits it by level.
func (s *Session) place(faults *fault.List, f *form, ref Reference) []part {
	s.checkRater(faults, f)
	s.checkAge(faults, f, ref)
	s.checkEntry(faults, f)
	s.checkRedacted(faults, f, ref)
	var parts []part
	usedTherapist, usedMember := false, false
	for _, level := range f.def.Levels() {
		answers := f.answersAt(level)
		if len(answers) > 0 && !slices.ContainsFunc(answers, func(a Answer) bool { return a.State != NotShown }) {
			continue // this part was not put to the rater
		}
		t, therapist, member := s.resolveTarget(faults, level, f)
		usedTherapist, usedMember = usedTherapist || therapist, usedMember || member
		s.checkPresence(faults, level, f, t)
		parts = append(parts, part{level: level, target: t, rating: f.rating(level, answers)})
	}
	if len(parts) == 0 {
		faults.Add("/items", "empty_form", "Nothing of this form was put to the rater. Send what was answered, or send no form.")
		return nil
	}
	if f.About.TherapistID != "" && !usedTherapist {
		faults.Add("/about/therapist_id", "wrong_target", "This form is not about a therapist. Leave the therapist out.")
	}
	if f.About.MemberID != "" && !usedMember {
		faults.Add("/about/member_id", "wrong_target", "This form speaks of the group or family, not of one member. Leave the member out.")
	}
	if f.AfterSeeing && !slices.ContainsFunc(parts, func(p part) bool { return mayBeAGuess(f.Rater.Kind, p.level) }) {
		faults.Add("/after_seeing", "only_a_guess", "Only a therapist's rating of an alliance can be a guess made after seeing the member's answer.")
	}
	return parts
}

// checkAge notes when the rater is certainly outside the instrument's ages.
func (s *Session) checkAge(faults *fault.List, f *form, ref Reference) {
	if ref.BirthYear == nil || f.Rater.Kind != instrument.RaterMember {
		return
	}
	born, known := ref.BirthYear(MemberID(f.Rater.ID))
	if !known {
		return
	}
	oldest := s.HeldOn.Year() - born // before the birthday one less
	if a := f.def.Ages; (a.From != nil && oldest < *a.From) || (a.To != nil && oldest-1 > *a.To) {
		faults.Add("/rater/id", "outside_age_range", "The instrument is not meant for the age of this member.")
	}
}

// checkEntry notes what cannot be true of how a form came in, such as an answer
// from before its day.
func (s *Session) checkEntry(faults *fault.List, f *form) {
	if f.Occasion == Post && string(s.HeldOn) > dayAfter(f.Entered.At) {
		faults.Add("/occasion", "not_held_yet", "The session's day has not come yet, so nothing can be answered after it. Check the session's date.")
	}
	checkEntered(faults, f.def, f.Entered)
}

// checkEntered notes what cannot be true of how answers came in, whatever the
// session: on a device where the licence allows paper only, or answered later
// than they were entered.
func checkEntered(faults *fault.List, def *instrument.Definition, e Entry) {
	if def.Licence.Status == instrument.LicencePaperOnly && e.Mode == Device {
		faults.Add("/mode", "licence_paper_only", "The licence of this instrument allows paper only. Enter what was written on paper, with the mode paper, or import it from a licensed vendor.")
	}
	on := e.AnsweredOn
	if on == nil {
		return
	}
	if _, err := ParseDate(string(*on)); err != nil {
		faults.Add("/answered_on", "bad_date", "A date is a calendar day like 2026-03-05.")
		return
	}
	if string(*on) > dayAfter(e.At) {
		faults.Add("/answered_on", "answered_in_the_future", "The form cannot have been answered after it is entered.")
	}
}

// dayAfter returns the day after a time. It is the last that can be today
// anywhere: the practice's calendar may be ahead of UTC.
func dayAfter(t time.Time) string { return t.AddDate(0, 0, 1).Format(time.DateOnly) }

// rating makes the form's rating at one level.
func (f *form) rating(level instrument.Level, answers []Answer) Rating {
	items := itemsFor(f.def, f.Rater.Kind)
	r := Rating{
		ID: RatingID(string(f.ID) + "." + string(level)), FormID: f.ID, Version: 1,
		Instrument: f.def.Ref, Rater: f.Rater, Occasion: f.Occasion,
		Answers: answers, FormItems: items, FormMissing: items - answered(f.answers),
		ReportedTotal: f.ReportedTotal, Entered: f.Entered, Unfinished: f.Unfinished,
	}
	if level == instrument.Alliance {
		r.AfterSeeing = f.AfterSeeing
	}
	return r
}

// slotTaken tells whether any of the parts' places is occupied.
func (s *Session) slotTaken(parts []part) bool {
	for _, p := range parts {
		for level, x := range s.allWithTarget {
			r := x.rating
			if level == p.level && r.Instrument.ID == p.rating.Instrument.ID && r.Rater == p.rating.Rater &&
				r.Occasion == p.rating.Occasion && x.target == p.target && !r.withdrawn() {
				return true
			}
		}
	}
	return false
}

// add appends the parts to their levels.
func (s *Session) add(parts []part) {
	for _, p := range parts {
		r, t := p.rating, p.target
		switch p.level {
		case instrument.Alliance:
			s.Alliances = append(s.Alliances, AllianceRating{Rating: r, TherapistID: t.therapist, MemberID: t.member})
		case instrument.Bond:
			s.Bonds = append(s.Bonds, BondRating{Rating: r, From: MemberID(r.Rater.ID), To: t.member})
		case instrument.MemberGroup:
			s.MemberGroup = append(s.MemberGroup, MemberGroupRating{Rating: r, MemberID: t.member})
		case instrument.Cohesion:
			s.Cohesion = append(s.Cohesion, CohesionRating{Rating: r})
		case instrument.System:
			s.System = append(s.System, SystemRating{Rating: r})
		case instrument.Encounter:
			s.Encounter = append(s.Encounter, EncounterRating{Rating: r, TherapistID: t.therapist})
		case instrument.Outcome:
			s.Outcomes = append(s.Outcomes, OutcomeRating{Rating: r, MemberID: t.member})
		}
	}
}
