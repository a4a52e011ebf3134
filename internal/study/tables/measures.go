package tables

import (
	"holon/internal/fault"
	"holon/internal/instrument"
	"holon/internal/session"
	"holon/internal/study"
)

// measuresTable holds one row for each measure of the study.
func measuresTable() Table {
	return Table{
		Name: Measures, Title: "Measures of the study",
		About: "One row for each measure of the study: a score of one version of an instrument, as one kind of rater gives it.",
		Key:   []string{"measure"},
		Columns: append(required(
			Column{Name: "measure", Type: Text, About: "The measure as one word: instrument@version/score/rater, and the occasion where it names one."},
			Column{Name: "instrument", Type: Text, About: "The instrument."},
			Column{Name: "version", Type: Text, About: "The version of the instrument: never changed once it was used."},
			Column{Name: "score", Type: Text, About: "The score."},
			Column{Name: "rater_kind", Type: Text, About: "Who answers.", Values: []string{"member", "therapist", "observer"}}),
			append([]Column{{Name: "occasion", Type: Text, About: "Before the meeting or after it; null: whichever there is.", Values: []string{"pre", "post"}}},
				required(
					Column{Name: "level", Type: Text, About: "What one rating is a rating of.", Values: []string{"alliance", "bond", "member_group", "cohesion", "system", "encounter", "outcome"}},
					Column{Name: "referent", Type: Text, About: "Whom the items speak of.", Values: []string{"I", "we", "pair", "observer"}},
					Column{Name: "title", Type: Text, About: "The score's title."},
					Column{Name: "direction", Type: Text, About: "Which end is the better one.", Values: []string{"higher_better", "higher_worse", "neutral"}},
					Column{Name: "least", Type: Number, About: "The least value it can have."},
					Column{Name: "most", Type: Number, About: "The highest value it can have."},
					Column{Name: "items", Type: Whole, About: "How many items it is made of.", Least: new(1)},
					Column{Name: "method", Type: Text, About: "How it is made of them; the codebook says it in words.", Values: []string{"sum", "sum_prorated", "sum_mean_rounded", "sum_of_scores", "mean"}},
					Column{Name: "may_miss", Type: Whole, About: "How many of its items may be missing.", Least: new(0)})...)...),
	}
}

// measuresOf returns what makes the scores of the study's measures, in their order.
// One that cannot be scored any more is no reason to leave its ratings out in silence.
func measuresOf(s *study.Study, definition func(instrument.Ref) (*instrument.Definition, bool)) ([]measured, error) {
	var out []measured
	for _, m := range s.Measures {
		def, ok := definition(m.Instrument)
		if !ok {
			return nil, fault.New(fault.Internal, "measure_without_definition", "The definition of a measure of the study is missing, so its ratings cannot be scored.")
		}
		scorer, ok := session.NewScorer(def, m)
		if !ok {
			return nil, fault.New(fault.Internal, "measure_without_definition", "The score of a measure of the study is missing, so its ratings cannot be scored.")
		}
		out = append(out, measured{scorer, study.MeasureName(m)})
	}
	return out, nil
}

// described writes what the measures are.
func (e *export) described() error {
	for k := range e.measures {
		m := &e.measures[k]
		rule := m.Rule()
		if err := e.write(Measures, text(m.name), text(m.Instrument.ID), text(m.Instrument.Version), text(m.Measure.Score), text(m.Rater), text(m.Occasion),
			text(rule.Level), text(rule.Referent), text(rule.Title), text(rule.Direction), number(&rule.Min), number(&rule.Max),
			whole(len(rule.Items)), text(rule.Method), whole(rule.MaxMissing)); err != nil {
			return err
		}
	}
	return nil
}
