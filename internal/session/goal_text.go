package session

import (
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"holon/internal/fault"
	"holon/internal/instrument"
)

// MaxGoalText is the largest number of characters of a goal's words.
const MaxGoalText = 500

// TextVisibility says who may read a goal's words.
type TextVisibility string

// The visibilities.
const (
	AuthorAndTherapists TextVisibility = "author_and_therapists"
	WholeGroup          TextVisibility = "group" // the author wants all of the group to read it
)

// TextReason says in a code why a goal's words were given.
type TextReason string

// The reasons.
const (
	TextFirst      TextReason = "first"
	TextReworded   TextReason = "reworded"
	TextTyping     TextReason = "typing_error"
	TextVisibleTo  TextReason = "visibility" // somebody else is to read it from now on
	TextNextAuthor TextReason = "author"     // it is in somebody else's words from now on
)

// Valid tells whether r is a reason of a change.
func (r TextReason) Valid() bool {
	return r == TextReworded || r == TextTyping || r == TextVisibleTo || r == TextNextAuthor
}

// GoalText is what a goal says, in its author's own words. A change is another one,
// and the last stands. It is kept apart from the group, whose goals are codes.
type GoalText struct {
	GroupID   GroupID
	GoalID    GoalID
	Number    int   // 1, 2, …
	Author    Rater // a member, or of a shared goal also a therapist
	VisibleTo TextVisibility
	Text      string // empty once it was redacted
	Why       TextReason
	By        string // who entered it
	At        time.Time
	Key       string // of the request under an Idempotency-Key
	// RequestSHA is the hash of that request; it goes with a redaction.
	RequestSHA string
	Redacted   *Redacted
}

// GoalTextInput is a goal's words as they came.
type GoalTextInput struct {
	Text      string
	Author    *Rater         // nil: the owner
	VisibleTo TextVisibility // empty: the author and therapists
	Why       TextReason     // empty: they are the first
	On        Date           // the day on which they come
}

// NewGoalText returns the words of a goal that come after others (nil: the first),
// or every fault. Who entered them, and when, is for the caller.
func (g *Group) NewGoalText(id GoalID, in GoalTextInput, last *GoalText) (*GoalText, error) {
	goal, known := g.goal(id)
	if !known {
		return nil, noSuchGoal()
	}
	var faults fault.List
	next := &GoalText{GroupID: g.ID, GoalID: id, Number: 1, VisibleTo: in.VisibleTo, Text: strings.TrimSpace(in.Text), Why: TextFirst}
	if next.VisibleTo == "" {
		next.VisibleTo = AuthorAndTherapists
	}
	checkWords(&faults, in.Text)
	next.Author = g.checkAuthor(&faults, goal, in)
	if next.VisibleTo != AuthorAndTherapists && next.VisibleTo != WholeGroup {
		faults.Add("/visible_to", "unknown_visibility", "A goal's words are for author_and_therapists, or for the group.")
	}
	switch {
	case last == nil && in.Why != "":
		faults.Add("/why", "nothing_to_correct", "The goal has no words yet, so there is nothing to say about a change.")
	case last != nil && !in.Why.Valid():
		faults.Add("/why", "unknown_reason", "Say why the words change: reworded, typing_error, visibility or author.")
	case last != nil && last.Redacted == nil && last.Text == next.Text && last.Author == next.Author && last.VisibleTo == next.VisibleTo:
		faults.Add("", "nothing_to_correct", "The change changes nothing.")
	}
	if err := faults.Err(); err != nil {
		return nil, err
	}
	if last != nil {
		next.Number, next.Why = last.Standing()+1, in.Why
	}
	return next, nil
}

// Standing is the number that a change of the words must name: theirs, and a higher
// one once they were redacted, which no later words get. So whoever read them before
// cannot put what was erased back in somebody else's name without looking.
func (x *GoalText) Standing() int {
	if x.Redacted != nil {
		return x.Number + 1
	}
	return x.Number
}

// checkWords notes what words of a goal may not be.
func checkWords(faults *fault.List, text string) {
	switch trimmed := strings.TrimSpace(text); {
	case !utf8.ValidString(text):
		faults.Add("/text", "invalid_utf8", "The words are not UTF-8 text.")
	case trimmed == "":
		faults.Add("/text", "required", "Say what the goal is, in its author's words.")
	case utf8.RuneCountInString(trimmed) > MaxGoalText:
		faults.Add("/text", "too_long", "A goal's words have at most 500 characters.")
	case strings.ContainsFunc(trimmed, steers):
		faults.Add("/text", "control_character", "A goal's words stand in one line, without tabs, other control characters, and marks that turn the direction of writing.")
	}
}

// steers tells whether a character shows nothing and moves what is shown: controls,
// the separators of lines and paragraphs, and what turns the direction of writing,
// by which words can be shown in another order than they are kept in.
func steers(r rune) bool {
	return unicode.IsControl(r) || r == '\u2028' || r == '\u2029' || unicode.Is(unicode.Bidi_Control, r)
}

// checkAuthor returns whose words they are: of a member's own goal always the
// owner's.
func (g *Group) checkAuthor(faults *fault.List, goal Goal, in GoalTextInput) Rater {
	given := in.Author
	owner := Rater{Kind: instrument.RaterMember, ID: string(goal.Owner)}
	switch {
	case !goal.Shared() && given != nil && *given != owner:
		faults.Add("/author", "author_is_owner", "What somebody wants is said in their own words: the author of a member's own goal is its owner. Leave the author out.")
	case !goal.Shared():
		if g.hasRedacted(goal.Owner) {
			faults.Add("", "member_redacted", "The values of the member whose goal this is were redacted. No words of it are taken any more.")
		}
	case given == nil:
		faults.Add("/author", "required", "Say in whose words the shared goal is: a member's or a therapist's.")
	case given.Kind == instrument.RaterMember && !g.HasMember(MemberID(given.ID)), given.Kind == instrument.RaterTherapist && !g.HasTherapist(TherapistID(given.ID), in.On):
		faults.Add("/author/id", "author_not_in_group", "The author is somebody who is or was in the group, or a therapist who has or had charge of it.")
	case given.Kind == instrument.RaterMember && g.hasRedacted(MemberID(given.ID)):
		faults.Add("/author/id", "member_redacted", "This member's answers were redacted. No words are taken any more.")
	case given.Kind != instrument.RaterMember && given.Kind != instrument.RaterTherapist:
		faults.Add("/author/kind", "unknown_rater", "A goal is in a member's or a therapist's words.")
	default:
		return *given
	}
	return owner
}

// HasTherapist tells whether the therapist has charge of the group on a day or had it
// before. One who is to have it later is not one of the group's yet.
func (g *Group) HasTherapist(id TherapistID, day Date) bool {
	return slices.ContainsFunc(g.TherapistSpells, func(s TherapistSpell) bool { return s.TherapistID == id && s.From <= day })
}

// LedBy tells whether the therapist has charge of the group on a day.
func (g *Group) LedBy(id TherapistID, day Date) bool {
	return slices.ContainsFunc(g.TherapistSpells, func(s TherapistSpell) bool { return s.TherapistID == id && s.holds(day) })
}

// Goal finds a goal of the group, NotFound if there is none.
func (g *Group) Goal(id GoalID) (Goal, error) {
	if x, ok := g.goal(id); ok {
		return x, nil
	}
	return Goal{}, noSuchGoal()
}

// noSuchGoal answers for a goal that the group does not have.
func noSuchGoal() error {
	return fault.New(fault.NotFound, "no_such_goal", "The group has no goal of this identifier.")
}

// ByMember tells whether they are a member's own words.
func (x *GoalText) ByMember(id MemberID) bool {
	return x.Author == Rater{Kind: instrument.RaterMember, ID: string(id)}
}

// Redact takes the words out of a version that is in the member's own, and what the
// request that brought it could be recognised by. It tells whether anything changed.
func (x *GoalText) Redact(r Redaction) (changed bool) {
	if x.Redacted != nil || !x.ByMember(r.Member) {
		return false
	}
	x.Text, x.RequestSHA, x.Redacted = "", "", r.mark()
	return true
}

// RestoreGoalText checks the structure of stored words.
func RestoreGoalText(x *GoalText) error {
	var faults fault.List
	whole := x.GroupID != "" && x.GoalID != "" && x.Number > 0 && x.Author.ID != "" && x.Author.Kind.Valid() && x.VisibleTo != "" && x.Why != "" && x.By != "" && !x.At.IsZero()
	if !whole || (x.Text == "") != (x.Redacted != nil) {
		faults.Add("", "bad_goal_text", "A field of the goal's words is missing, or there is no text and no mark of a redaction, or both.")
	}
	return faults.Err()
}
