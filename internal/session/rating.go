package session

import (
	"slices"
	"time"

	"holon/internal/instrument"
)

// State says what became of one item. Absent members have no form at all; none
// of these is a zero.
type State uint8

// The states. NotAnswered is the zero value: shown, and left blank.
const (
	NotAnswered State = iota
	Answered
	Declined
	CannotSay
	NotShown
	StateRedacted // there was an answer, or a reason for none, and it was taken out for good
)

// stateNames are the states' codes, in order.
//
//nolint:gochecknoglobals // a constant table; Go has no constant arrays
var stateNames = [...]string{"not_answered", "answered", "declined", "cannot_say", "not_shown", "redacted"}

// String gives the state's code.
func (s State) String() string {
	if int(s) < len(stateNames) {
		return stateNames[s]
	}
	return "unknown"
}

// ParseState returns the state of a code.
func ParseState(code string) (State, bool) {
	for i, n := range stateNames {
		if n == code {
			return State(i), true
		}
	}
	return NotAnswered, false
}

// Answer is what one item received. Value counts only in the state Answered.
type Answer struct {
	Item  int
	State State
	Value float64
}

// Rater is the person who answered.
type Rater struct {
	Kind instrument.RaterKind
	ID   string
}

// IsMember tells whether the rater is this member.
func (r Rater) IsMember(m MemberID) bool {
	return r.Kind == instrument.RaterMember && r.ID == string(m)
}

// Occasion says whether a form was answered before the meeting or after it.
type Occasion string

// The occasions.
const (
	Pre  Occasion = "pre"
	Post Occasion = "post"
)

// Mode says how answers came in.
type Mode string

// The modes of entry.
const (
	Device   Mode = "device" // the rater's own hands
	Paper    Mode = "paper"  // typed by staff from paper, however late
	Imported Mode = "import"
)

// Valid tells whether m is one of the modes.
func (m Mode) Valid() bool { return m == Device || m == Paper || m == Imported }

// Entry says who brought the answers in, when and how.
type Entry struct {
	By         string // the principal
	At         time.Time
	Mode       Mode
	AnsweredOn *Date // the day on the paper, when it is not the session's
}

// Rating is what the ratings of all levels have in common: the part of one
// form whose items are at one level.
type Rating struct {
	ID            RatingID
	FormID        FormID
	Version       int // 1, 2, …: raised by every correction, above those of the form's other ratings
	Instrument    instrument.Ref
	Rater         Rater
	Occasion      Occasion
	Answers       []Answer // the level's items in form order; empty when only a total was copied
	FormItems     int      // items of the whole form, as far as they are for this kind of rater
	FormMissing   int      // of these, how many have no value: missing rules are about forms
	ReportedTotal *float64 // copied from paper; never taken for a score
	Entered       Entry
	AfterSeeing   bool // a guess made after the member's answer was seen

	Void       *Void     // the form does not count; nil if it does
	MovedFrom  *Origin   // where the form was entered before it was moved here
	Unfinished bool      // the rater is still at it: no score, no analysis
	ByHand     []int     // of an imported rating: the items that a person corrected since, in order
	Redacted   *Redacted // a tombstone: the values were taken out; nil of every other
}

// Common returns the part that all levels share.
func (r *Rating) Common() *Rating { return r }

// Value returns the answer to an item, for scoring.
func (r *Rating) Value(item int) (float64, bool) {
	// Answers are in form order and mostly numbered 1, 2, …: look there first.
	if k := item - 1; k >= 0 && k < len(r.Answers) && r.Answers[k].Item == item {
		return r.Answers[k].Value, r.Answers[k].State == Answered
	}
	for i := range r.Answers {
		if r.Answers[i].Item == item {
			return r.Answers[i].Value, r.Answers[i].State == Answered
		}
	}
	return 0, false
}

// Past tells whether the answer to an item is past data: it was imported, and
// nobody corrected it since. What somebody says today of an imported form is as
// much a save as any other.
func (r *Rating) Past(item int) bool {
	return r.Entered.Mode == Imported && !slices.Contains(r.ByHand, item)
}

// withdrawn tells whether the rating was taken back: its form is void, or, as
// earlier versions wrote it, a correction says of all its items that they were
// not shown. No form comes in like that.
func (r *Rating) withdrawn() bool {
	return r.Void != nil || len(r.Answers) > 0 && !slices.ContainsFunc(r.Answers, func(a Answer) bool { return a.State != NotShown })
}

// AllianceRating is one rater's view of one therapist–member pair.
type AllianceRating struct {
	Rating

	TherapistID TherapistID
	MemberID    MemberID
}

// BondRating is one member's rating of another.
type BondRating struct {
	Rating

	From, To MemberID
}

// MemberGroupRating is about one member's own standing in the group.
type MemberGroupRating struct {
	Rating

	MemberID MemberID
}

// CohesionRating is one informant's report about the group.
type CohesionRating struct {
	Rating
}

// SystemRating is one informant's report about the family as a system.
type SystemRating struct {
	Rating
}

// EncounterRating is about presence in this meeting; TherapistID is empty when
// it is about nobody in particular.
type EncounterRating struct {
	Rating

	TherapistID TherapistID
}

// OutcomeRating is about one member's own symptoms or functioning, whoever
// answered.
type OutcomeRating struct {
	Rating

	MemberID MemberID
}

// Ratings holds a session's ratings, one list per level.
type Ratings struct {
	Alliances   []AllianceRating
	Bonds       []BondRating
	MemberGroup []MemberGroupRating
	Cohesion    []CohesionRating
	System      []SystemRating
	Encounter   []EncounterRating
	Outcomes    []OutcomeRating
}
