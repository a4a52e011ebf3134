package analysis

import (
	"holon/internal/instrument"
	"holon/internal/multilevel"
	"holon/internal/multilevel/guess"
	"holon/internal/session"
)

// AllianceResult is every therapist–member pair over its sessions, from both
// sides, with all scores of the instrument side by side.
type AllianceResult struct {
	Scores       []AllianceScore // the one that was asked about first
	Legs         LegRule
	Pairs        []AlliancePair
	Therapists   []TherapistGuesses
	CoTherapists []CoTherapists
	Apart        ApartRule
	Against      *Subject // what the guesses are; nil where there are none
	Reason       multilevel.Reason
}

// AllianceScore is one score of the members' instrument.
type AllianceScore struct {
	Score, Title string
	Leg          bool // a part of the alliance, and not the whole of several parts
	Low, High    float64
	Guess        string // the score of the therapists that goes with it; empty if none does
	SameRange    bool   // the guess is on the same scale, so that a difference means something
}

// LegRule is the rule of a weak leg, and what the members asked about are like.
type LegRule struct {
	Fewest  int      // answered sessions
	Margin  float64  // in shares of the range
	Alpha   float64  // over all legs
	Spread  *float64 // of single legs within pairs, in shares of the range
	Typical []LegTypical
}

// LegTypical is how far one leg lies above the mean of the others on average.
type LegTypical struct {
	Score   string
	Pairs   int
	Against *float64 // in shares of the range
}

// ApartRule is the rule by which an encounter is high where an agreement is low, and
// the measures of the encounter there are. They stand beside the alliance and enter no
// score of it.
type ApartRule struct {
	High, Low  float64  // in shares of the range
	Fewest     int      // sessions in which both are so, at least,
	Share      int      // and one in so many
	Legs       []string // the scores that are agreements on tasks or goals
	Spread     *float64 // of single legs within pairs, in shares of the range
	Encounters []EncounterMeasure
}

// EncounterMeasure is one score of the encounter as members give it.
type EncounterMeasure struct {
	Instrument instrument.Ref
	Score      string
	Title      string
	Low, High  float64
	Spread     *float64 // within pairs, in shares of the range
	Pairs      int      // with sessions in which it and a leg are answered
	Flagged    int
	ByChance   *float64 // how many of them would be flagged if none had a gap
	Typical    *float64 // mean over pairs of the encounter less the lowest leg, in shares of the range
}

// PairEncounter is one measure of the encounter beside the agreements of a pair.
type PairEncounter struct {
	guess.Apart

	ByModality []ApartByModality
}

// ApartByModality counts sessions in which the member took part in one way.
type ApartByModality struct {
	Modality                      session.Modality // empty: nobody said
	Sessions, High, Low, Together int
}

// AlliancePair is one therapist with one member.
type AlliancePair struct {
	Group, Therapist, Member       string
	Answered, Guessed, AfterSeeing int // sessions
	Lines                          []PairLine
	Points                         []PairPoint
	Legs                           PairLegs
	Guesses                        []PairGuess
	Encounters                     []PairEncounter // in the order of the rule's measures
}

// PairLine is one score of a pair in short.
type PairLine struct {
	Score             string
	Answered          int
	Mean, First, Last *float64
	SD                *float64
}

// PairPoint is one session of a pair; answers and guesses are in the order of the
// scores.
type PairPoint struct {
	Number      int
	Attendance  string // empty while nobody said
	Modality    string // empty while nobody said, and of the absent
	Gap         string // why there is no answer; empty if there is one
	Answers     []*float64
	Guesses     []*float64
	Encounters  []*float64 // in the order of the measures of the encounter
	AfterSeeing bool       // there is a guess, made after seeing the answer, and left out
}

// PairLegs is the legs of a pair side by side.
type PairLegs struct {
	Sessions int        // with all legs answered
	Against  []*float64 // per leg, in the order of the rule's; in shares of the range
	Weak     string     // the score of the weak leg, empty for none
	ByChance *float64   // how often the rule names a leg of a pair of as many sessions whose legs are the same
}

// PairGuess is what a therapist guessed of one score beside what the member said.
type PairGuess struct {
	Score       string
	MeanGuess   *float64 // over sessions with both
	MeanAnswer  *float64
	Bias        guess.Difference // guess − answer
	Tracking    guess.Tracking
	FewSessions bool // a correlation of so few is a weak word
}

// TherapistGuesses is one score of a therapist over all members asked about.
type TherapistGuesses struct {
	Therapist, Score string
	Bias             guess.Difference  // of members' mean differences
	Tracked          int               // members with a correlation over weeks
	Tracking         guess.Correlation // detrended, mean over members
	Pulls            []GroupPull
}

// GroupPull is whether guesses in one group follow the member or the others.
type GroupPull struct {
	Group string
	guess.Pull
}

// CoTherapists compares two therapists of one member in the sessions of both:
// first − second, by what the member said of each (side member) or by what each
// guessed of the member (side therapist).
type CoTherapists struct {
	Group, Member, First, Second string
	Side, Score                  string
	Difference                   guess.Difference
}

// Analysis returns AllianceName.
func (*AllianceResult) Analysis() Name { return AllianceName }

// Verdict describes: nothing is tested.
func (a *AllianceResult) Verdict() Verdict { return described(a.Reason) }
