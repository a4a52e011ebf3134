// Package session holds what a practice records: groups, families and couples
// with dated spells, their sessions with roster and attendance, the forms
// people fill in, and the ratings, one type per level, that forms are split
// into. Constructors and changes apply today's rules to new data and return
// every fault; Restore functions check structure only, so that nothing once
// acknowledged becomes unreadable.
package session

import (
	"regexp"
	"time"

	"holon/internal/fault"
)

// Identifiers of different things are different types, so that a member is
// never passed for a therapist.
type (
	// GroupID identifies a group, family or couple.
	GroupID string
	// MemberID identifies a member, above all groups the member is in.
	MemberID string
	// TherapistID identifies a therapist.
	TherapistID string
	// SessionID identifies one session.
	SessionID string
	// FormID identifies one rater's answers to one instrument.
	FormID string
	// RatingID identifies the part of a form at one level.
	RatingID string
)

var (
	idPattern   = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{0,63}$`)
	codePattern = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,31}$`)
)

// ValidID tells whether s has the form of an identifier: 1 to 64 lower-case
// letters, digits, dots, underscores or hyphens.
func ValidID(s string) bool { return idPattern.MatchString(s) }

// Code is the practice's own short label of a group or person. Names are kept
// elsewhere; a code has no spaces.
type Code string

// ParseCode returns the code, or an Invalid fault.
func ParseCode(s string) (Code, error) {
	if !codePattern.MatchString(s) {
		return "", fault.New(fault.Invalid, "bad_code", "A code is 1 to 32 letters, digits, dots, underscores or hyphens, without spaces. Use a code, never a name.")
	}
	return Code(s), nil
}

// Date is a calendar day, as year-month-day, so that days compare as text.
type Date string

// ParseDate returns the day, or an Invalid fault.
func ParseDate(s string) (Date, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil || t.Year() < 1900 || t.Year() > 2199 {
		return "", fault.New(fault.Invalid, "bad_date", "A date is a calendar day like 2026-03-05.")
	}
	return Date(s), nil
}

// Year returns the day's year, 0 when d is no date.
func (d Date) Year() int {
	if t := d.start(); !t.IsZero() {
		return t.Year()
	}
	return 0
}

// start returns the day's midnight in UTC, the zero time when d is no date.
func (d Date) start() time.Time {
	t, err := time.Parse(time.DateOnly, string(d))
	if err != nil {
		return time.Time{}
	}
	return t
}

// Change says who made a revision, when and why, and which request it was, so
// that a repeated request is recognised.
type Change struct {
	By         string // the principal
	At         time.Time
	Why        string // a coded reason
	Key        string // of principal and Idempotency-Key; "" when none was sent
	RequestSHA string
}

// Head is what every stored document carries about itself.
type Head struct {
	Rev    int64 // 1, 2, …
	Schema int
	Change Change
}

// Millis cuts a time to what is stored: UTC, whole milliseconds.
func Millis(t time.Time) time.Time { return t.UTC().Truncate(time.Millisecond) }
