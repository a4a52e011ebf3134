package analysis

import (
	"holon/internal/fault"
	"holon/internal/instrument"
	"holon/internal/multilevel"
	"holon/internal/session"
)

// Why a split has no standard error, or no difference before it.
const (
	noReliability     multilevel.Reason = "no_standard_error"   // nothing says how reliable the measure is
	smallestOfSeveral multilevel.Reason = "smallest_of_several" // the error of a minimum is no error of two answers
	inReferenceOnly   multilevel.Reason = "in_reference_only"   // it is known in standard deviations alone
	neverMoved        multilevel.Reason = "never_moved"         // the pair's difference was the same every time, and no step of the scale is known
	fromTheFirst      multilevel.Reason = "from_the_first_session"
	noDeparture       multilevel.Reason = "no_departure" // it is described, and nothing says that it is new
)

// takeTherapists takes the therapists' measure: the one asked for, or by default the form
// that goes with the members', which may be the same. Without one the result says why.
func (w *splitsWalk) takeTherapists(asked *instrument.Definition) error {
	if asked != nil {
		s, ok := session.NewScorer(asked, w.ask.Against)
		switch {
		case !ok || s.Level() != w.scorer.Level():
			return fault.At("/against", "other_level", "The therapists' measure is of another level than the members'. Name one of the same level.")
		case !usable(asked, w.ask.Against.Score):
			w.result.NoTherapists = multilevel.Reason(instrument.ReasonKeyNotAttested)
		default:
			w.therapists = &s
		}
		w.noteScale()
		return nil
	}
	w.result.NoTherapists = noTherapistForm
	for _, ref := range instrument.TherapistForms(w.ask.Measure.Instrument) {
		m := w.ask.Measure
		m.Instrument, m.Rater, m.Occasion = ref, instrument.RaterTherapist, ""
		s, reason := w.therapistsBy(m)
		if s != nil {
			w.therapists, w.result.NoTherapists = s, ""
			break
		}
		if reason != "" {
			w.result.NoTherapists = reason
		}
	}
	w.noteScale()
	return nil
}

// therapistsBy makes a scorer of a measure of therapists; nil, where something keeps a form
// that there is from being used with the reason.
func (w *splitsWalk) therapistsBy(m Measure) (*session.Scorer, multilevel.Reason) {
	def, ok := w.src.Definition(m.Instrument)
	if !ok {
		return nil, ""
	}
	var unheard fault.List
	s, ok := session.NewScorer(def, m)
	if !ok || s.Level() != w.scorer.Level() {
		return nil, ""
	}
	if !usable(def, m.Score) {
		if m.Instrument == w.ask.Measure.Instrument {
			return nil, ""
		}
		return nil, multilevel.Reason(instrument.ReasonKeyNotAttested)
	}
	if checkMeasure(&unheard, w.src, "", m); unheard.Err() != nil {
		return nil, ""
	}
	return &s, ""
}

// noteScale says why a family cannot be held against the therapist's measure there is.
func (w *splitsWalk) noteScale() {
	switch {
	case !w.better:
		w.result.NoTherapists = noBetterEnd
	case w.therapists != nil && !w.sameRange():
		w.result.NoTherapists = otherScale
	}
}

// noTherapistsSaid says what to do where a family is not held against its therapist.
func (s *SplitsResult) noTherapistsSaid() string {
	switch s.NoTherapists {
	case "":
		return ""
	case otherScale:
		return "Families are not held against their therapists: members and therapists answer on different scales. Name as against a therapists' form of the same scale."
	case noBetterEnd:
		return "Families are not held against their therapists: on this measure more is not better."
	case noTherapistForm:
		return "Families are not held against their therapists: no therapists' form is known that goes with this measure. Name one as against."
	default:
		return "Families are not held against their therapists: the key of the therapists' form is from memory, and nobody attested it."
	}
}
