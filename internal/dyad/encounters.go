package dyad

import (
	"iter"

	"holon/internal/instrument"
	"holon/internal/multilevel"
	"holon/internal/session"
)

// Encounters reads one measure of presence in the meeting: one row per member
// and session. It stands beside the alliance and is none.
type Encounters struct{ scorer session.Scorer }

// NewEncounters returns the reader of a measure of the level encounter.
func NewEncounters(scorer session.Scorer) *Encounters { return &Encounters{scorer: scorer} }

// Composition says that members spoke of themselves.
func (e *Encounters) Composition() multilevel.Composition { return multilevel.Additive }

// RuleSet names the rules by which rows are made.
func (e *Encounters) RuleSet() string { return "encounter_self_report_1" }

// Objection returns why the group level cannot be tested, nil if it can.
func (e *Encounters) Objection() *multilevel.Objection { return sharedRater(e.scorer.Rater) }

// Read returns one session's rows.
func (e *Encounters) Read(s *session.Session) multilevel.Ratings {
	sitting := multilevel.NewSitting(string(s.GroupID), string(s.ID))
	e.scorer.Gather(e.rows(s), sitting)
	if e.scorer.Rater == instrument.RaterMember {
		e.scorer.Silent(s, e.rows(s), sitting)
	}
	return sitting.Ratings()
}

// Averaging says in a sentence that n rows are means over therapists.
func (e *Encounters) Averaging(n int) (code, detail string) { return overTherapists(n) }

// Forms yields the session's ratings, each with whose row of Read it goes into.
func (e *Encounters) Forms(s *session.Session) iter.Seq2[string, *session.Rating] { return e.rows(s) }

// rows yields the session's encounters, each with its rater.
func (e *Encounters) rows(s *session.Session) iter.Seq2[string, *session.Rating] {
	return func(yield func(string, *session.Rating) bool) {
		for i := range s.Encounter {
			if !yield(s.Encounter[i].Rater.ID, &s.Encounter[i].Rating) {
				return
			}
		}
	}
}
