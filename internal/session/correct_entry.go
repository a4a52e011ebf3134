package session

import (
	"slices"
	"strconv"

	"holon/internal/fault"
	"holon/internal/instrument"
)

// Removal names what a rating is to hold no more.
type Removal string

// What can be removed.
const (
	RemoveTotal      Removal = "reported_total"
	RemoveAnsweredOn Removal = "answered_on"
)

// correctEntry corrects in next how the form came in, and notes the faults.
func (c *Correction) correctEntry(faults *fault.List, next *Rating, level instrument.Level, def *instrument.Definition) {
	before := faults.Len()
	if c.Mode != nil {
		next.Entered.Mode = *c.Mode
		if !c.Mode.Valid() {
			faults.Add("/mode", "unknown_mode", "A mode is device, paper or import.")
		}
	}
	if c.AnsweredOn != nil {
		next.Entered.AnsweredOn = new(Date(*c.AnsweredOn))
	}
	if c.AfterSeeing != nil {
		next.AfterSeeing = *c.AfterSeeing
		if next.AfterSeeing && !mayBeAGuess(next.Rater.Kind, level) {
			faults.Add("/after_seeing", "only_a_guess", "Only a therapist's rating of an alliance can be a guess made after seeing the member's answer.")
		}
	}
	c.remove(faults, next)
	if faults.Len() == before && (c.Mode != nil || c.AnsweredOn != nil) {
		checkEntered(faults, def, next.Entered)
	}
}

// remove takes out of next what the rating is to hold no more.
func (c *Correction) remove(faults *fault.List, next *Rating) {
	for i, x := range c.Remove {
		given := false
		switch x {
		case RemoveTotal:
			next.ReportedTotal, given = nil, c.ReportedTotal != nil
		case RemoveAnsweredOn:
			next.Entered.AnsweredOn, given = nil, c.AnsweredOn != nil
		default:
			faults.Add("/remove/"+strconv.Itoa(i), "unknown_removal", "A correction can remove reported_total and answered_on.")
		}
		if given {
			faults.Add("/remove/"+strconv.Itoa(i), "given_and_removed", "A correction either gives this or removes it.")
		}
	}
}

// mayBeAGuess tells whether such a rating can have been made after seeing the
// member's answer.
func mayBeAGuess(rater instrument.RaterKind, level instrument.Level) bool {
	return rater == instrument.RaterTherapist && level == instrument.Alliance
}

// unchanged tells whether a correction left a rating as it was.
func unchanged(old, next *Rating) bool {
	return slices.Equal(old.Answers, next.Answers) && sameNumber(old.ReportedTotal, next.ReportedTotal) &&
		sameEntry(old.Entered, next.Entered) && old.AfterSeeing == next.AfterSeeing
}

// sameEntry compares how two ratings came in.
func sameEntry(a, b Entry) bool { return a.Mode == b.Mode && same(a.AnsweredOn, b.AnsweredOn) }

// sameNumber compares two optional numbers.
func sameNumber[N int | float64](a, b *N) bool { return a == b || (a != nil && b != nil && *a == *b) }
