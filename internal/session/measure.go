package session

import (
	"iter"

	"holon/internal/instrument"
)

// Measure names one number that sessions hold again and again: a score of one
// version of an instrument, as one kind of rater gives it.
type Measure struct {
	Instrument instrument.Ref
	Score      string
	Rater      instrument.RaterKind
	Occasion   Occasion // empty: whichever there is
}

// Scorer makes a measure's scores from ratings. Make it with NewScorer.
type Scorer struct {
	Measure

	def  *instrument.Definition
	rule *instrument.Score
}

// NewScorer returns the scorer of a measure that def, its instrument's
// definition, has.
func NewScorer(def *instrument.Definition, m Measure) (Scorer, bool) {
	score, ok := def.ScoreRule(m.Score)
	return Scorer{Measure: m, def: def, rule: &score}, ok
}

// Level returns the level of the measure's score.
func (s *Scorer) Level() instrument.Level { return s.rule.Level }

// Rule returns how the measure's score is made.
func (s *Scorer) Rule() instrument.Score { return *s.rule }

// Fit says whether a rating is of a measure, or in what it differs.
type Fit string

// The ways in which a rating of the same level differs.
const (
	Fits            Fit = ""
	OtherInstrument Fit = "other_instrument"
	OtherVersion    Fit = "other_version"
	OtherRater      Fit = "other_rater_kind"
	OtherOccasion   Fit = "other_occasion"
)

// Fit compares a rating of the measure's level with the measure.
func (s *Scorer) Fit(r *Rating) Fit {
	switch {
	case r.Instrument.ID != s.Instrument.ID:
		return OtherInstrument
	case r.Instrument.Version != s.Instrument.Version:
		return OtherVersion
	case r.Rater.Kind != s.Rater:
		return OtherRater
	case s.Occasion != "" && r.Occasion != s.Occasion:
		return OtherOccasion
	default:
		return Fits
	}
}

// Value returns the measure's score of a rating that fits; nil with the reason
// when there is none.
func (s *Scorer) Value(r *Rating) (*float64, instrument.Reason) {
	v := s.def.ScoreOne(s.rule, instrument.Answers{
		Value: r.Value, FormMissing: r.FormMissing, TotalOnly: len(r.Answers) == 0, Unfinished: r.Unfinished, Redacted: r.Redacted != nil,
	})
	return v.Value, v.Reason
}

// ReasonRedacted is why a rating whose values were taken out is left out.
const ReasonRedacted = "redacted"

// Leaver counts what is left out.
type Leaver interface {
	// Leave counts ratings, or people without one, left out for a reason.
	Leave(reason string, rows int)
}

// Sheet takes what Gather finds.
type Sheet interface {
	Leaver

	// Add takes one rating of a row.
	Add(row string, value float64)
}

// Gather puts the measure's scores of one session into sheet. The level says
// which ratings it has and to which row each belongs. What has no score is
// counted by its reason: "other_version", "other_rater_kind" or
// "other_occasion" for a rating that is not of the measure (ratings by other
// instruments, and those withdrawn, pass in silence), "redacted" for a tombstone,
// "unfinished_form" for one that its rater is still at, "missing_score_" and the
// scoring reason for any other that is.
func (s *Scorer) Gather(ratings iter.Seq2[string, *Rating], sheet Sheet) {
	for row, r := range ratings {
		if r.withdrawn() {
			continue
		}
		switch fit := s.Fit(r); {
		case fit == OtherInstrument:
		case fit == Fits && r.Redacted != nil:
			sheet.Leave(ReasonRedacted, 1)
		case fit == Fits && r.Unfinished:
			sheet.Leave(unfinishedForm, 1)
		case fit == Fits:
			if v, why := s.Value(r); v != nil {
				sheet.Add(row, *v)
			} else {
				sheet.Leave("missing_score_"+string(why), 1)
			}
		default:
			sheet.Leave(string(fit), 1)
		}
	}
}

// Silent counts, where anybody in the session handed in a form of the measure,
// the members of the roster who did not: "absent" for those who were not there,
// "no_form" for the others.
func (s *Scorer) Silent(in *Session, ratings iter.Seq2[string, *Rating], sheet Leaver) {
	gave := map[string]bool{}
	for row, r := range ratings {
		if s.Fit(r) == Fits && !r.withdrawn() {
			gave[row] = true
		}
	}
	if len(gave) == 0 {
		return
	}
	for _, seat := range in.Roster {
		switch {
		case gave[string(seat.MemberID)]:
		case seat.Redacted:
			sheet.Leave(ReasonRedacted, 1)
		case seat.Attendance.Absent():
			sheet.Leave("absent", 1)
		default:
			sheet.Leave("no_form", 1)
		}
	}
}
