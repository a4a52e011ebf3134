package session

import (
	"slices"
	"strconv"
	"time"

	"holon/internal/fault"
	"holon/internal/instrument"
)

// OpeningReason says in a code why what others said about a member's alliance
// was open to a therapist who had not handed in a guess.
type OpeningReason string

// The reasons.
const (
	OpenedWithoutGuess OpeningReason = "without_guess"    // the therapist gave the guess up
	OpenedByTyping     OpeningReason = "typed_from_paper" // the therapist typed the member's answers in
	OpenedByJoining    OpeningReason = "joined_later"     // who could read the answers came onto the session's list by their own hand
)

// Valid tells whether r is one of the reasons.
func (r OpeningReason) Valid() bool {
	return r == OpenedWithoutGuess || r == OpenedByTyping || r == OpenedByJoining
}

// Opening says that a therapist could see, from a time on, what was said about a
// member's alliance in this session, without a guess of their own. It is never
// taken back: what was seen was seen.
type Opening struct {
	TherapistID TherapistID
	MemberID    MemberID
	Why         OpeningReason
	By          string // the principal
	At          time.Time
}

// Opened tells whether a member's alliance was opened to a therapist without a
// guess.
func (s *Session) Opened(t TherapistID, m MemberID) bool {
	return slices.ContainsFunc(s.Openings, func(o Opening) bool { return o.TherapistID == t && o.MemberID == m })
}

// GiveUpGuess opens to a therapist what was said about these members' alliance,
// and tells whether anything was opened that was not open before.
func (s *Session) GiveUpGuess(t TherapistID, members []MemberID, by string, at time.Time) (bool, error) {
	var faults fault.List
	if len(members) == 0 {
		faults.Add("/members", "nobody_named", "Name at least one member whose answers you want to see without a guess.")
	}
	if !s.HasTherapist(t) {
		faults.Add("", "rater_not_in_session", "This account's therapist was not assigned to the session, so there is no guess to give up.")
	}
	for i, m := range members {
		if s.seat(m) < 0 {
			faults.Add("/members/"+strconv.Itoa(i), "not_on_roster", "This member is not on the session's roster.")
		}
	}
	if err := faults.Err(); err != nil {
		return false, err
	}
	before := len(s.Openings)
	for _, m := range members {
		s.open(Opening{TherapistID: t, MemberID: m, Why: OpenedWithoutGuess, By: by, At: Millis(at)})
	}
	return len(s.Openings) > before, nil
}

// open notes an opening unless the pair has one. The list is copied: that of an
// earlier revision stays as it is.
func (s *Session) open(o Opening) {
	if !s.Opened(o.TherapistID, o.MemberID) {
		s.Openings = append(slices.Clone(s.Openings), o)
	}
}

// ByTherapist tells whether a rating is this therapist's.
func (r *Rating) ByTherapist(t TherapistID) bool {
	return t != "" && r.by(instrument.RaterTherapist, string(t))
}

// isGuess tells whether a rating is the therapist's own of a member: a guess, as
// long as the therapist has not seen the member's answer.
func (x *AllianceRating) isGuess(t TherapistID) bool {
	return x.TherapistID == t && x.ByTherapist(t)
}

// saidAnything tells whether a rating holds anything: an answer, a total, or what was
// one before it was redacted.
func (r *Rating) saidAnything() bool {
	return r.ReportedTotal != nil || r.Redacted != nil || slices.ContainsFunc(r.Answers, func(a Answer) bool { return a.State == Answered })
}

// covers tells whether a guess made at one occasion is about what was answered at
// another: the same, or before it.
func covers(guess, answer Occasion) bool { return guess == answer || guess == Post && answer == Pre }

// Guessed tells whether a therapist's guess of a member stands for an occasion:
// handed in, finished, and with at least one answer. A blank form is no guess.
func (s *Session) Guessed(t TherapistID, m MemberID, o Occasion) bool {
	return slices.ContainsFunc(s.Alliances, func(x AllianceRating) bool {
		return x.isGuess(t) && x.MemberID == m && covers(x.Occasion, o) && x.Live() && !x.Unfinished && x.saidAnything()
	})
}

// openByGuess tells whether a guess of the therapist, taken back since or not, ever
// stood beside what others said of the member's alliance, so that it was open then.
func (s *Session) openByGuess(t TherapistID, m MemberID, o Occasion) bool {
	return slices.ContainsFunc(s.Alliances, func(g AllianceRating) bool {
		if !g.isGuess(t) || g.MemberID != m || g.Unfinished || !g.saidAnything() {
			return false
		}
		return slices.ContainsFunc(s.Alliances, func(x AllianceRating) bool {
			beside := g.Void == nil || !x.Entered.At.After(g.Void.At)
			return beside && x.othersOf(t, m) && covers(g.Occasion, x.Occasion) && covers(o, x.Occasion)
		})
	})
}

// othersOf tells whether somebody else than the therapist said something of a
// member's alliance here.
func (x *AllianceRating) othersOf(t TherapistID, m MemberID) bool {
	return x.MemberID == m && !x.ByTherapist(t) && x.saidAnything()
}

// answeredByOthers tells whether anybody but the therapist said something of a member's
// alliance that a guess of an occasion is about, be it taken back since.
func (s *Session) answeredByOthers(t TherapistID, m MemberID, guess Occasion) bool {
	return slices.ContainsFunc(s.Alliances, func(x AllianceRating) bool {
		return x.othersOf(t, m) && covers(guess, x.Occasion)
	})
}

// KeepGuesses brings what is about to be stored in line with what a therapist
// could see before: s is the next revision, before the one that stands. viewer is
// the therapist whose account makes the change, empty when it is nobody's.
//
//   - A viewer who types a member's answers in, or comes onto the list of a session
//     by their own hand, has the answers open from then on.
//   - A guess that is new or changed while such answers were open to its therapist
//     is marked as made after seeing, whatever was sent.
//   - That mark is not taken off again.
func (s *Session) KeepGuesses(before *Session, viewer TherapistID, by string, at time.Time) error {
	if viewer != "" && s.HasTherapist(viewer) {
		s.openTo(before, viewer, Opening{TherapistID: viewer, By: by, At: Millis(at)})
	}
	var faults fault.List
	marked := map[RatingID]bool{}
	for i := range s.Alliances {
		x := &s.Alliances[i]
		if !x.isGuess(TherapistID(x.Rater.ID)) || x.Redacted != nil {
			continue
		}
		was := before.alliance(x.ID)
		if s.sawBefore(before, x, viewer) && (was == nil || otherGuess(&was.Rating, &x.Rating) || was.AfterSeeing) {
			if was != nil && was.AfterSeeing && !x.AfterSeeing {
				faults.Add("/after_seeing", "seen_before", "The member's answer was open to this therapist before. The mark stays.")
			}
			marked[x.ID] = !x.AfterSeeing
		}
	}
	if err := faults.Err(); err != nil {
		return err
	}
	s.markAfterSeeing(marked)
	return nil
}

// openTo notes what a viewer's own change opens to the viewer.
func (s *Session) openTo(before *Session, viewer TherapistID, o Opening) {
	joined := !before.HasTherapist(viewer)
	for i := range s.Alliances {
		x := &s.Alliances[i]
		if x.ByTherapist(viewer) || before.Guessed(viewer, x.MemberID, x.Occasion) {
			continue
		}
		o.MemberID = x.MemberID
		was := before.alliance(x.ID)
		switch {
		case joined && was != nil && x.saidAnything():
			o.Why = OpenedByJoining
		case was == nil && x.MovedFrom == nil && x.Entered.Mode == Paper && x.saidAnything():
			o.Why = OpenedByTyping
		default:
			continue
		}
		s.open(o)
	}
}

// sawBefore tells whether there were answers that the therapist of a guess could
// see before the change. Of what stood open by a guess alone only the therapist's
// own account made use: somebody else who corrects a slip has nothing from it.
func (s *Session) sawBefore(before *Session, guess *AllianceRating, viewer TherapistID) bool {
	t, m := guess.TherapistID, guess.MemberID
	switch {
	case before.Opened(t, m):
		return before.answeredByOthers(t, m, guess.Occasion)
	case s.Opened(t, m): // by this very change
		return s.answeredByOthers(t, m, guess.Occasion)
	default:
		return t == viewer && before.openByGuess(t, m, guess.Occasion)
	}
}

// otherGuess tells whether a guess says something else than it did, or says it of
// somebody or somewhen else.
func otherGuess(was, is *Rating) bool {
	return !slices.Equal(was.Answers, is.Answers) || !sameNumber(was.ReportedTotal, is.ReportedTotal) || was.Occasion != is.Occasion || was.Unfinished && !is.Unfinished
}

// markAfterSeeing marks guesses in a copy of the list.
func (s *Session) markAfterSeeing(which map[RatingID]bool) {
	if len(which) == 0 {
		return
	}
	s.Alliances = slices.Clone(s.Alliances)
	for i := range s.Alliances {
		if which[s.Alliances[i].ID] {
			s.Alliances[i].AfterSeeing = true
		}
	}
}

// alliance returns the alliance rating of an identifier, nil if there is none.
func (s *Session) alliance(id RatingID) *AllianceRating {
	for i := range s.Alliances {
		if s.Alliances[i].ID == id {
			return &s.Alliances[i]
		}
	}
	return nil
}

// restoreOpenings checks the structure of a stored session's openings.
func (s *Session) restoreOpenings(faults *fault.List) {
	for i, o := range s.Openings {
		if o.TherapistID == "" || o.MemberID == "" || o.Why == "" || o.At.IsZero() {
			faults.Add("/openings/"+strconv.Itoa(i), "bad_opening", "The opening has no therapist, member, reason or time.")
		}
	}
}
