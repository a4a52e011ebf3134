package analysis

import (
	"cmp"
	"slices"

	"holon/internal/dyad"
	"holon/internal/instrument"
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
	return !ok || m.Rater == instrument.RaterMember && (scorer.Level() == instrument.Alliance || scorer.Level() == instrument.Outcome)
}

// of returns the measure that stands for an instrument at a level: those asked for,
// or its total, or else its first score; ok is false where it is not watched.
func (w *watched) of(ref instrument.Ref, level instrument.Level) (Measure, bool) {
	m := Measure{Instrument: ref, Rater: instrument.RaterMember}
	def, ok := w.src.Definition(ref)
	if !ok || ref.ID == dyad.Understood {
		return m, false
	}
	for i := range def.Scores {
		s := &def.Scores[i]
		if s.Level != level || s.Direction == instrument.Neutral {
			continue // on a scale without a better end nothing is for the worse
		}
		at := slices.IndexFunc(w.only, func(o Measure) bool { return o.Instrument == ref && o.Score == s.ID })
		switch {
		case at >= 0:
			m = w.only[at]
		case w.only == nil && (m.Score == "" || s.ID == "total"):
			m.Score = s.ID
		}
	}
	scorer, ok := session.NewScorer(def, m)
	if ok && w.scorers[m] == nil {
		w.scorers[m] = &scorer
	}
	return m, ok && m.Score != ""
}

// byInstrument orders measures.
func byInstrument(a, b Measure) int {
	return cmp.Or(cmp.Compare(a.Instrument.ID, b.Instrument.ID), cmp.Compare(a.Instrument.Version, b.Instrument.Version), cmp.Compare(a.Score, b.Score))
}
