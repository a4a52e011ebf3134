package outcome

import (
	"iter"

	"holon/internal/instrument"
	"holon/internal/multilevel"
	"holon/internal/session"
)

// Outcomes reads one outcome measure: one row per member and session, from the
// member's own answers unless the measure names another kind of rater.
type Outcomes struct{ scorer session.Scorer }

// New returns the reader of a measure of the level outcome.
func New(scorer session.Scorer) *Outcomes { return &Outcomes{scorer: scorer} }

// Composition says that the group's number is the mean of its members'.
func (o *Outcomes) Composition() multilevel.Composition { return multilevel.Additive }

// RuleSet names the rules by which rows are made.
func (o *Outcomes) RuleSet() string {
	if Reported(&o.scorer) {
		return "outcome_other_informant_1"
	}
	return "outcome_self_report_1"
}

// Objection returns why the group level cannot be tested, nil if it can.
func (o *Outcomes) Objection() *multilevel.Objection {
	switch {
	case !Reported(&o.scorer):
		return nil
	case o.scorer.Rater == instrument.RaterMember:
		return &multilevel.Objection{
			Answer: multilevel.Refused, Reason: "members_about_others",
			Detail: "These are reports of some members about others, such as of caregivers about a child. Whoever reports about several has " +
				"a habit of doing so, and what two report about one is two views of the same person: neither is the group's.",
			Instead: "Ask for the members' own answers, or follow every informant's reports one by one (series, outcome_change, lagged).",
		}
	}
	return &multilevel.Objection{
		Answer: multilevel.Refused, Reason: "one_with_many",
		Detail: "One therapist or observer judged all members of a group, so what they have in common may be the rater's " +
			"habit as well as the group: the two cannot be told apart by this test.",
		Instead: "Ask for the members' own answers. Ratings of many by one are a matter for the one-with-many model.",
	}
}

// Read returns one session's rows. What a member says of another, such as a
// parent of a child, is counted as left out: "other_informant".
func (o *Outcomes) Read(s *session.Session) multilevel.Ratings {
	sitting := multilevel.NewSitting(string(s.GroupID), string(s.ID))
	o.scorer.Gather(o.own(s), sitting)
	o.scorer.Silent(s, o.own(s), sitting)
	for i := range s.Outcomes {
		if r := &s.Outcomes[i]; r.Rater.Kind == instrument.RaterMember && !bySelf(r) && r.Live() && o.scorer.Fit(&r.Rating) == session.Fits {
			sitting.Leave("other_informant", 1)
		}
	}
	return sitting.Ratings()
}

// Forms yields the session's ratings, each with whose row of Read it goes into.
func (o *Outcomes) Forms(s *session.Session) iter.Seq2[string, *session.Rating] { return o.own(s) }

// own yields the session's outcomes, each with its member, without those that
// one member gave of another.
func (o *Outcomes) own(s *session.Session) iter.Seq2[string, *session.Rating] {
	return func(yield func(string, *session.Rating) bool) {
		for i := range s.Outcomes {
			r := &s.Outcomes[i]
			if r.Rater.Kind == instrument.RaterMember && !bySelf(r) {
				continue
			}
			if !yield(string(r.MemberID), &r.Rating) {
				return
			}
		}
	}
}

// bySelf tells whether a member answered about themselves.
func bySelf(r *session.OutcomeRating) bool {
	return r.Rater.Kind == instrument.RaterMember && r.Rater.ID == string(r.MemberID)
}
