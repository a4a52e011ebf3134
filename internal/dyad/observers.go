package dyad

import (
	"iter"
	"slices"

	"holon/internal/instrument"
	"holon/internal/multilevel"
	"holon/internal/multilevel/agreement"
	"holon/internal/session"
)

// Observers reads what several observers made of the same therapist–member
// pairs with the same instrument, to see how well they tell pairs apart.
type Observers struct{ scorer session.Scorer }

// NewObservers returns the reader of a measure that observers rate. Ask for its
// Objection first.
func NewObservers(scorer session.Scorer) *Observers { return &Observers{scorer: scorer} }

// Objection returns why the reliability of observers cannot be asked for, nil if
// it can.
func (o *Observers) Objection() *multilevel.Objection {
	switch {
	case o.scorer.Rater != instrument.RaterObserver:
		return &multilevel.Objection{
			Answer: multilevel.Refused, Reason: "not_observers",
			Detail: "Members and therapists are one half of the pair that they rate: their differences are views, not errors of " +
				"measurement.",
			Instead: "Ask for observers' ratings.",
		}
	case o.scorer.Level() != instrument.Alliance:
		return &multilevel.Objection{
			Answer: multilevel.Refused, Reason: "other_level",
			Detail:  "These ratings are not about a therapist and a member as a pair.",
			Instead: "Ask where this level is known.",
		}
	default:
		return nil
	}
}

// Read returns one session's ratings: a target is a therapist with a member. It
// panics where there is an Objection.
func (o *Observers) Read(s *session.Session) agreement.Cells {
	if o.Objection() != nil {
		panic("dyad: reliability of people who are no observers")
	}
	var cells agreement.Cells
	var raters []session.Rater
	for i := range s.Alliances {
		if r := s.Alliances[i].Rater; !slices.Contains(raters, r) {
			raters = append(raters, r)
		}
	}
	for _, rater := range raters {
		sheet := agreement.Sheet{Cells: &cells, Group: string(s.GroupID), Session: string(s.ID), Rater: rater.ID}
		o.scorer.Gather(pairsBy(s, rater), sheet)
	}
	return cells
}

// pairsBy yields one rater's ratings, each with its therapist and member.
func pairsBy(s *session.Session, rater session.Rater) iter.Seq2[string, *session.Rating] {
	return func(yield func(string, *session.Rating) bool) {
		for i := range s.Alliances {
			x := &s.Alliances[i]
			if x.Rater == rater && !yield(string(x.TherapistID)+" "+string(x.MemberID), &x.Rating) {
				return
			}
		}
	}
}
