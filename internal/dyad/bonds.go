package dyad

import (
	"iter"

	"holon/internal/multilevel"
	"holon/internal/session"
)

// Bonds reads one measure of the bonds between members: as the round robin of a
// session, and for other questions only to say why a one-way test does not fit
// them.
type Bonds struct{ scorer session.Scorer }

// NewBonds returns the reader of a measure of the level bond.
func NewBonds(scorer session.Scorer) *Bonds { return &Bonds{scorer: scorer} }

// Composition says that members spoke each of their own pairs.
func (b *Bonds) Composition() multilevel.Composition { return multilevel.Additive }

// RuleSet names the rules by which rows are made.
func (b *Bonds) RuleSet() string { return "bond_rater_mean_1" }

// Objection says why the group level is not tested here.
func (b *Bonds) Objection() *multilevel.Objection {
	return &multilevel.Objection{
		Answer: multilevel.Refused, Reason: "social_relations",
		Detail: "Everybody rates everybody else: every rating shares its rater with some others and its target with some more, " +
			"so a test that takes them for independent members of a group finds a group where there is none.",
		Instead: "Ask for the analysis bonds to see who feels close to whom within a group, or for the round robin, " +
			"which takes apart what members give in general, what they get in general, and what is between two of them.",
	}
}

// Read returns one session's rows, one per rater: the mean over those rated.
func (b *Bonds) Read(s *session.Session) multilevel.Ratings {
	sitting := multilevel.NewSitting(string(s.GroupID), string(s.ID))
	b.scorer.Gather(b.rows(s), sitting)
	return sitting.Ratings()
}

// rows yields the session's bonds, each with its rater.
func (b *Bonds) rows(s *session.Session) iter.Seq2[string, *session.Rating] {
	return func(yield func(string, *session.Rating) bool) {
		for i := range s.Bonds {
			if !yield(string(s.Bonds[i].From), &s.Bonds[i].Rating) {
				return
			}
		}
	}
}
