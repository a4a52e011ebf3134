package system

import (
	"iter"
	"slices"

	"holon/internal/instrument"
	"holon/internal/multilevel"
	"holon/internal/multilevel/agreement"
	"holon/internal/session"
)

// Observers reads what several observers made of the same targets with the same
// instrument, to see how well they tell targets apart: of the family in one session,
// or of one member's standing in it.
type Observers struct{ scorer session.Scorer }

// NewObservers returns the reader of a measure that observers rate. Ask for its
// Objection first.
func NewObservers(scorer session.Scorer) *Observers { return &Observers{scorer: scorer} }

// Objection returns why the reliability of observers cannot be asked for, nil if
// it can.
func (o *Observers) Objection() *multilevel.Objection {
	level := o.scorer.Level()
	switch {
	case o.scorer.Rater != instrument.RaterObserver:
		return &multilevel.Objection{
			Answer: multilevel.Refused, Reason: "not_observers",
			Detail: "Members and therapists are part of what they rate, and each rates from a place of their own: their differences are " +
				"views, not errors of measurement.",
			Instead: "Ask for members' agreement, or for observers' ratings.",
		}
	case level != instrument.System && level != instrument.MemberGroup:
		return &multilevel.Objection{
			Answer: multilevel.Refused, Reason: "other_level",
			Detail:  "These ratings are neither about the family nor about a member's standing in it.",
			Instead: "Ask where this level is known.",
		}
	default:
		return nil
	}
}

// Read returns one session's ratings: a target is the family in this session, or a
// member in it. It panics where there is an Objection.
func (o *Observers) Read(s *session.Session) agreement.Cells {
	if o.Objection() != nil {
		panic("system: reliability of people who are no observers")
	}
	var cells agreement.Cells
	var raters []session.Rater
	for _, r := range o.rows(s) {
		if !slices.Contains(raters, r.Rater) {
			raters = append(raters, r.Rater)
		}
	}
	for _, rater := range raters {
		sheet := agreement.Sheet{Cells: &cells, Group: string(s.GroupID), Session: string(s.ID), Rater: rater.ID}
		o.scorer.Gather(o.by(s, rater), sheet)
	}
	return cells
}

// by yields one rater's ratings, each with the member it is about.
func (o *Observers) by(s *session.Session, rater session.Rater) iter.Seq2[string, *session.Rating] {
	return func(yield func(string, *session.Rating) bool) {
		for member, r := range o.rows(s) {
			if r.Rater == rater && !yield(member, r) {
				return
			}
		}
	}
}

// rows yields the ratings of the measure's level, each with the member it is
// about, which is empty for the family as a whole.
func (o *Observers) rows(s *session.Session) iter.Seq2[string, *session.Rating] {
	if o.scorer.Level() == instrument.MemberGroup {
		standing := Standing(*o)
		return standing.rows(s)
	}
	return func(yield func(string, *session.Rating) bool) {
		for i := range s.System {
			if !yield("", &s.System[i].Rating) {
				return
			}
		}
	}
}
