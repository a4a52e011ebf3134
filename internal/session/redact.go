package session

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"time"

	"holon/internal/fault"
	"holon/internal/instrument"
)

// Redaction says of which member the values are taken out of what is stored,
// and by which decision. It holds identifiers only.
type Redaction struct {
	Member   MemberID
	Decision string
	At       time.Time
	// About takes out what others answered about the member too. What the member
	// answered, and the member's own document, always go.
	About bool
	// Goals are the member's own in the member's groups, and Forms are taken
	// whoever's name they bear: they hold what was moved to the member, see Trail.
	// The store finds both.
	Goals []GoalID
	Forms map[FormID]bool
}

// Redacted is the mark that a redaction leaves where values were.
type Redacted struct {
	Decision string
	At       time.Time
}

// mark returns the mark that the redaction leaves.
func (x Redaction) mark() *Redacted { return &Redacted{Decision: x.Decision, At: Millis(x.At)} }

// tombstoneCode is the code that stands for a redacted member: it names nobody,
// and is the same however often it is made. The code that was there is free.
func tombstoneCode(id MemberID) Code { return tombstoneOf("member", string(id)) }

// tombstoneOf is the tombstone's code of something that has an identifier.
func tombstoneOf(what, id string) Code {
	sum := sha256.Sum256([]byte("redacted " + what + " " + id))
	return Code("redacted-" + hex.EncodeToString(sum[:])[:20])
}

// Redact takes the code and the year of birth out of the member, and tells
// whether there was anything to take out.
func (m *Member) Redact(x Redaction) (changed bool) {
	if m.ID != x.Member || m.Redacted != nil {
		return false
	}
	m.Code, m.BirthYear, m.Redacted = tombstoneCode(m.ID), nil, x.mark()
	return true
}

// Redact takes the reasons why the member left out of the group, and the codes of
// the member's own goals. The spells and goals stay, with their days: they are the
// group's course, too.
func (g *Group) Redact(x Redaction) (changed bool) {
	g.Goals = slices.Clone(g.Goals)
	for i := range g.Goals {
		if goal := &g.Goals[i]; goal.Owner == x.Member && goal.Code != tombstoneOf("goal", string(goal.ID)) {
			goal.Code, changed = tombstoneOf("goal", string(goal.ID)), true
		}
	}
	if !slices.ContainsFunc(g.Spells, func(s Spell) bool { return s.MemberID == x.Member && !s.Redacted }) {
		return changed
	}
	g.Spells = slices.Clone(g.Spells)
	for i := range g.Spells {
		if s := &g.Spells[i]; s.MemberID == x.Member {
			s.LeftWhy, s.Redacted = nil, true
		}
	}
	return true
}

// Redact takes the member's values out of the session. The ratings stay as
// tombstones, so that counts of forms are true and their places are taken; the
// seat stays with the attendance. It tells whether anything changed, and
// whether something went that a request had brought.
func (s *Session) Redact(x Redaction) (changed, brought bool) {
	s.Ratings, s.Roster = s.Ratings.clone(), slices.Clone(s.Roster)
	if k := s.seat(x.Member); k >= 0 && !s.Roster[k].Redacted {
		changed, brought = true, s.Roster[k].Modality != ""
		s.Roster[k].Modality, s.Roster[k].Redacted = "", true
	}
	for _, r := range s.allWithTarget {
		if r.rating.Redacted == nil && x.takes(r) {
			r.rating.redact(x.mark())
			changed, brought = true, true
		}
	}
	for i := range s.Goals {
		if x.takesGoal(&s.Goals[i]) {
			s.Goals = slices.Clone(s.Goals)
			s.Goals[i].Value, s.Goals[i].Endorsed, s.Goals[i].Entered.AnsweredOn = nil, nil, nil
			changed, brought = true, true
		}
	}
	if s.redactRuptures(x) {
		changed, brought = true, true
	}
	return changed, brought
}

// takesGoal tells whether a goal's rating has something to take out: by the
// member, or of the member's own goal.
func (x Redaction) takesGoal(r *GoalRating) bool {
	given := r.Value != nil || r.Endorsed != nil || r.Entered.AnsweredOn != nil
	own := r.Rater == Rater{Kind: instrument.RaterMember, ID: string(x.Member)}
	return given && (own || (x.About && slices.Contains(x.Goals, r.GoalID)))
}

// takes tells whether a rating's values go: the member's own, those of others
// about the member, and what they were before they were moved to the member.
func (x Redaction) takes(r aimed) bool { return x.names(r) || x.Forms[r.rating.FormID] }

// names tells whether a rating is the member's own, or another's about the
// member.
func (x Redaction) names(r aimed) bool {
	own := r.rating.by(instrument.RaterMember, string(x.Member))
	return own || (x.About && r.target.member == x.Member)
}

// redact makes the rating a tombstone. It is put together from what stays, so
// that whatever else a rating has goes. Items of a rating that was withdrawn
// stay not shown: it was none before, either.
func (r *Rating) redact(mark *Redacted) {
	state := StateRedacted
	if r.Void == nil && r.withdrawn() {
		state = NotShown
	}
	answers := make([]Answer, len(r.Answers))
	for i, a := range r.Answers {
		answers[i] = Answer{Item: a.Item, State: state}
	}
	*r = Rating{
		ID: r.ID, FormID: r.FormID, Version: r.Version, Instrument: r.Instrument, Rater: r.Rater, Occasion: r.Occasion,
		Answers: answers, FormItems: r.FormItems, FormMissing: r.FormItems,
		Entered: Entry{By: r.Entered.By, At: r.Entered.At, Mode: r.Entered.Mode}, Redacted: mark,
		Void: r.Void, MovedFrom: r.MovedFrom,
	}
}

// RedactedBy counts the ratings that a decision made tombstones of, and the
// forms they are of.
func (r *Ratings) RedactedBy(decision string) (ratings, forms int) {
	seen := map[FormID]bool{}
	for _, x := range r.All {
		if x.Redacted != nil && x.Redacted.Decision == decision {
			ratings++
			seen[x.FormID] = true
		}
	}
	return ratings, len(seen)
}

// checkRedacted notes when a form is by or about a member whose values were
// taken out.
func (s *Session) checkRedacted(faults *fault.List, f *form, ref Reference) {
	const detail = "This member's answers were redacted. No form by or about this member is taken any more."
	gone := func(id MemberID) bool {
		k := s.seat(id)
		return (k >= 0 && s.Roster[k].Redacted) || (ref.Redacted != nil && ref.Redacted(id))
	}
	if f.Rater.Kind == instrument.RaterMember && gone(MemberID(f.Rater.ID)) {
		faults.Add("/rater/id", "member_redacted", detail)
	}
	if f.About.MemberID != "" && string(f.About.MemberID) != f.Rater.ID && gone(f.About.MemberID) {
		faults.Add("/about/member_id", "member_redacted", detail)
	}
}

// ratingRedacted refuses to change a tombstone.
func ratingRedacted() error {
	return fault.New(fault.Conflict, "rating_redacted", "The answers of this rating were redacted. There is nothing left to correct.")
}

// redacted tells whether the spell of this number is a tombstone.
func (g *Group) redacted(number int) bool {
	return number >= 1 && number <= len(g.Spells) && g.Spells[number-1].Redacted
}

// askedOf counts the items of a rating that are for its kind of rater.
func (r *Rating) askedOf(def *instrument.Definition) int {
	n := 0
	for _, a := range r.Answers {
		if item, ok := def.Item(a.Item); ok && slices.Contains(item.Raters, r.Rater.Kind) {
			n++
		}
	}
	return n
}

// isTombstone tells whether the rating's values were taken out.
func (r *Rating) isTombstone() bool { return r.Redacted != nil }

// formRedacted tells whether values of any rating of the form were taken out.
func (s *Session) formRedacted(id FormID) bool {
	return slices.ContainsFunc(s.OfForm(id), (*Rating).isTombstone)
}

// GoalsOf returns the goals that are a member's own.
func (g *Group) GoalsOf(id MemberID) []GoalID {
	var out []GoalID
	for _, goal := range g.Goals {
		if goal.Owner == id {
			out = append(out, goal.ID)
		}
	}
	return out
}

// hasRedacted tells whether the group knows that a member was redacted.
func (g *Group) hasRedacted(id MemberID) bool {
	return slices.ContainsFunc(g.Spells, func(s Spell) bool { return s.MemberID == id && s.Redacted })
}
