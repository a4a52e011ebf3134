package outcome

import (
	"math"

	"holon/internal/instrument"
	"holon/internal/multilevel"
)

// State says what became of a member.
type State string

// The states. Whether an improved member has recovered is a question of its own.
const (
	Improved     State = "improved"     // reliably better than at the baseline
	Unchanged    State = "unchanged"    // the difference may be error
	Deteriorated State = "deteriorated" // reliably worse
)

// The reasons for which nobody is called better, worse or recovered.
const (
	NoDirection    multilevel.Reason = "no_direction"    // the definition calls no end of the scale the better one
	NoCutoff       multilevel.Reason = "no_cutoff"       // the definition has none
	SeveralCutoffs multilevel.Reason = "several_cutoffs" // and nothing says which of them parts the healthy from the ill
)

// Worsening turns a change, later less earlier, into points for the worse: it is
// above zero where a member is worse. False of a scale without a better end.
func Worsening(d instrument.Direction, change float64) (float64, bool) {
	switch d {
	case instrument.HigherWorse:
		return change, true
	case instrument.HigherBetter:
		return -change, true
	case instrument.Neutral:
	}
	return math.NaN(), false
}

// StateOf names a change; ok is false of a scale without a better end.
func StateOf(d instrument.Direction, change float64, reliable bool) (state State, ok bool) {
	worse, ok := Worsening(d, change)
	switch {
	case !ok:
		return "", false
	case reliable && worse > 0:
		return Deteriorated, true
	case reliable && worse < 0:
		return Improved, true
	default:
		return Unchanged, true
	}
}

// clinical is the label by which a definition calls one of several cut-offs the one
// between those who are ill and those who are not.
const clinical = "clinical cut-off"

// CutoffOf returns the cut-off that parts members who are ill from those who are
// well: the one of the practice's own where it has entered one, or else the only
// one there is, or the one that the definition calls clinical. Of several bands of
// severity none is that.
func CutoffOf(d instrument.Direction, all []instrument.Cutoff) (*instrument.Cutoff, multilevel.Reason) {
	var own, called []*instrument.Cutoff
	for i := range all {
		switch {
		case all[i].Site:
			own = append(own, &all[i])
		case all[i].Label == clinical:
			called = append(called, &all[i])
		}
	}
	switch {
	case d == instrument.Neutral:
		return nil, NoDirection
	case len(all) == 0:
		return nil, NoCutoff
	case len(own) == 1:
		return own[0], ""
	case len(all) == 1:
		return &all[0], ""
	case len(own) == 0 && len(called) == 1:
		return called[0], ""
	default:
		return nil, SeveralCutoffs
	}
}

// Ill tells whether a score lies on the worse side of a cut-off. One that is the
// cut-off itself lies on the upper side.
func Ill(c *instrument.Cutoff, d instrument.Direction, score float64) bool {
	upper := c.Applies(score) == c.AtOrAbove
	return upper == (d == instrument.HigherWorse)
}

// Recovered tells whether a member who improved reliably has crossed the cut-off
// as well: on its worse side at the baseline, on its better side now (Jacobson &
// Truax 1991). A member who began on the better side cannot recover.
func Recovered(s State, c *instrument.Cutoff, d instrument.Direction, from, to float64) bool {
	return s == Improved && Ill(c, d, from) && !Ill(c, d, to)
}

// StepOf returns the least difference of two scores from complete forms, 0 where
// it is not the same everywhere or cannot be told.
func StepOf(def *instrument.Definition, s *instrument.Score) float64 {
	step := 0.0
	for _, number := range s.Items {
		item, ok := def.Item(number)
		if !ok || step != 0 && item.Step != step {
			return 0
		}
		step = item.Step
	}
	if s.Factor != 0 {
		step *= s.Factor
	}
	switch s.Method {
	case instrument.Sum, instrument.SumProrated, instrument.SumMeanRounded:
		return step
	case instrument.Mean:
		return step / float64(max(1, len(s.Items)))
	case instrument.SumOfScores:
	}
	return 0
}
