package cohesion

import (
	"iter"
	"strconv"

	"holon/internal/instrument"
	"holon/internal/multilevel"
	"holon/internal/multilevel/agreement"
	"holon/internal/session"
)

// Agreement reads what every member answered to each item about the group, to see
// whether members say the same about us.
type Agreement struct{ scorer session.Scorer }

// NewAgreement returns the reader of the items of a measure. Ask for its
// Objection first: only members' own answers to we-items can agree about
// the group.
func NewAgreement(scorer session.Scorer) *Agreement { return &Agreement{scorer: scorer} }

// Meaning says what agreement is here, in a sentence.
func (a *Agreement) Meaning() string {
	return "Agreement means that the members say the same about us, the group: one number can then speak for what they said. It does not mean that the group is cohesive; members may agree that it is not."
}

// Composition says what the answers speak of.
func (a *Agreement) Composition() multilevel.Composition {
	reports := Reports(*a)
	return reports.Composition()
}

// Objection returns why agreement would mean nothing, nil if it does not.
func (a *Agreement) Objection() *multilevel.Objection {
	rule := a.scorer.Rule()
	switch {
	case rule.Referent == instrument.ReferentI:
		return &multilevel.Objection{
			Answer: multilevel.Refused, Reason: "i_items",
			Detail:  "These items say \"I\": members who feel alike have not said the same about the group.",
			Instead: "Ask for items that say \"we\".",
		}
	case rule.Level != instrument.Cohesion:
		return &multilevel.Objection{
			Answer: multilevel.Refused, Reason: "not_about_the_whole",
			Detail:  "These items are not about the group as a whole, so those who answer have not one thing in common to agree on.",
			Instead: "Ask for a measure of the level cohesion.",
		}
	case a.scorer.Rater != instrument.RaterMember:
		return &multilevel.Objection{
			Answer: multilevel.NotIdentifiable, Reason: "global_rating",
			Detail:  "A therapist's or observer's report about the group is one rating of the whole; there is nobody in it to agree with.",
			Instead: "Ask for the members' own reports, or for the reliability of several observers.",
		}
	case !a.oneScale():
		return &multilevel.Objection{
			Answer: multilevel.Refused, Reason: "different_scales",
			Detail:  "The items of this score have different response scales; their variances cannot be averaged.",
			Instead: "Ask for a score whose items share one response scale.",
		}
	default:
		return nil
	}
}

// oneScale tells whether all items have the same options.
func (a *Agreement) oneScale() bool {
	items := a.scorer.Items()
	for _, item := range items {
		if item.Min != items[0].Min || item.Max != items[0].Max || item.Step != items[0].Step {
			return false
		}
	}
	return len(items) > 0
}

// Read returns one session's complete forms. Merge the tables of one session of
// each group: agreement is about one occasion. It panics where there is an
// Objection.
func (a *Agreement) Read(s *session.Session) agreement.Table {
	if a.Objection() != nil {
		panic("cohesion: agreement that means nothing")
	}
	items := a.scorer.Items()
	table := agreement.Table{Scale: agreement.Scale{Low: items[0].Min, High: items[0].Max, Step: items[0].Step}}
	for _, item := range items {
		table.Items = append(table.Items, strconv.Itoa(item.Number))
	}
	forms := agreement.Forms{Table: &table, Group: string(s.GroupID), Session: string(s.ID)}
	a.scorer.GatherItems(a.rows(s), forms)
	a.scorer.Silent(s, a.rows(s), forms)
	return table
}

// rows yields the session's reports, each with its rater.
func (a *Agreement) rows(s *session.Session) iter.Seq2[string, *session.Rating] {
	reports := Reports(*a)
	return reports.rows(s)
}
