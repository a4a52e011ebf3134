package analysis

import (
	"cmp"
	"slices"

	"holon/internal/dyad"
	"holon/internal/instrument"
	"holon/internal/outcome"
	"holon/internal/session"
)

// definitions knows instruments.
type definitions interface {
	// Definition returns the version of an instrument.
	Definition(ref instrument.Ref) (*instrument.Definition, bool)
}

// watched chooses the measures that are watched.
type watched struct {
	src     definitions
	only    []Measure
	scorers map[Measure]*session.Scorer
}

// fits tells whether a measure can be watched.
func (w *watched) fits(m Measure) bool {
	def, ok := w.src.Definition(m.Instrument)
	if !ok {
		return true // that is a fault already
	}
	scorer, ok := session.NewScorer(def, m)
	return !ok || w.own(&scorer)
}

// own tells whether a measure is what members say of their own alliance or outcome.
// What one says of another, such as a caregiver of a child, is not watched beside it.
func (w *watched) own(scorer *session.Scorer) bool {
	if scorer.Level() == instrument.Outcome {
		return !outcome.Reported(scorer)
	}
	return scorer.Level() == instrument.Alliance && scorer.Rater == instrument.RaterMember
}

// of returns the measures that stand for an instrument at a level: all of those asked
// for, or its total, or else its first score; none where it is not watched.
func (w *watched) of(ref instrument.Ref, level instrument.Level) []Measure {
	def, ok := w.src.Definition(ref)
	if !ok || ref.ID == dyad.Understood {
		return nil
	}
	var out []Measure
	for i := range def.Scores {
		s := &def.Scores[i]
		if s.Level != level || s.Direction == instrument.Neutral {
			continue // on a scale without a better end nothing is for the worse
		}
		m := Measure{Instrument: ref, Score: s.ID, Rater: instrument.RaterMember}
		switch at := slices.IndexFunc(w.only, func(o Measure) bool { return o.Instrument == ref && o.Score == s.ID }); {
		case at >= 0:
			out = append(out, w.only[at])
		case w.only == nil && (out == nil || s.ID == "total"):
			out = []Measure{m}
		}
	}
	return slices.DeleteFunc(out, func(m Measure) bool { return !w.scores(def, m) })
}

// in lists the measures at some levels that members answered in sessions.
func (w *watched) in(sessions []*session.Session, levels ...instrument.Level) []Measure {
	answered := map[instrument.Level]map[instrument.Ref]bool{instrument.Alliance: {}, instrument.Outcome: {}}
	for _, s := range sessions {
		for i := range s.Alliances {
			if x := &s.Alliances[i]; x.Rater.Kind == instrument.RaterMember {
				answered[instrument.Alliance][x.Instrument] = true
			}
		}
		for i := range s.Outcomes {
			if x := &s.Outcomes[i]; x.Rater.Kind == instrument.RaterMember {
				answered[instrument.Outcome][x.Instrument] = true
			}
		}
	}
	var out []Measure
	for _, level := range levels {
		for ref := range answered[level] {
			out = append(out, w.of(ref, level)...)
		}
	}
	slices.SortFunc(out, byInstrument)
	return out
}

// scores tells whether a measure can be scored, and keeps how.
func (w *watched) scores(def *instrument.Definition, m Measure) bool {
	if w.scorers[m] != nil {
		return true
	}
	scorer, ok := session.NewScorer(def, m)
	if !ok || !w.own(&scorer) {
		return false
	}
	w.scorers[m] = &scorer
	return true
}

// byInstrument orders measures.
func byInstrument(a, b Measure) int {
	return cmp.Or(cmp.Compare(a.Instrument.ID, b.Instrument.ID), cmp.Compare(a.Instrument.Version, b.Instrument.Version), cmp.Compare(a.Score, b.Score))
}
