package cohesion

import (
	"iter"

	"holon/internal/instrument"
	"holon/internal/multilevel"
	"holon/internal/session"
)

// Reports reads what informants of one kind say about the group: one row per
// member and session from its members, one row per session from therapists and
// observers.
type Reports struct{ scorer session.Scorer }

// NewReports returns the reader of a measure of the level cohesion.
func NewReports(scorer session.Scorer) *Reports { return &Reports{scorer: scorer} }

// ours tells whether the members themselves speak of the group.
func (r *Reports) ours() bool {
	return r.scorer.Rater == instrument.RaterMember && r.scorer.Rule().Referent == instrument.ReferentWe
}

// Composition says what the number of the group is made of.
func (r *Reports) Composition() multilevel.Composition {
	if r.ours() {
		return multilevel.ReferentShift
	}
	return multilevel.Global
}

// RuleSet names the rules by which rows are made.
func (r *Reports) RuleSet() string {
	if r.ours() {
		return "cohesion_members_we_items_1"
	}
	return "cohesion_report_from_outside_1"
}

// Objection returns why the group level cannot be tested, nil if it can.
func (r *Reports) Objection() *multilevel.Objection {
	if r.ours() {
		return nil
	}
	return &multilevel.Objection{
		Answer: multilevel.NotIdentifiable, Reason: "global_rating",
		Detail: "A therapist's or observer's report about the group is one rating of the whole: " +
			"it has no parts whose agreement could show that the whole is more than its members.",
		Instead: "Ask for the members' own reports about the group.",
	}
}

// Read returns one session's rows.
func (r *Reports) Read(s *session.Session) multilevel.Ratings {
	sitting := multilevel.NewSitting(string(s.GroupID), string(s.ID))
	r.scorer.Gather(r.rows(s), sitting)
	if r.ours() {
		r.scorer.Silent(s, r.rows(s), sitting)
	}
	return sitting.Ratings()
}

// Forms yields the session's ratings, each with whose row of Read it goes into.
func (r *Reports) Forms(s *session.Session) iter.Seq2[string, *session.Rating] { return r.rows(s) }

// rows yields the session's reports, each with whose row it makes: the
// member's, or the one row of the meeting.
func (r *Reports) rows(s *session.Session) iter.Seq2[string, *session.Rating] {
	return func(yield func(string, *session.Rating) bool) {
		for i := range s.Cohesion {
			row := ""
			if r.ours() {
				row = s.Cohesion[i].Rater.ID
			}
			if !yield(row, &s.Cohesion[i].Rating) {
				return
			}
		}
	}
}
