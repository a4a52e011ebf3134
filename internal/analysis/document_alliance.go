package analysis

import "holon/internal/multilevel/guess"

// AllianceDocument is the result of the analysis alliance.
type AllianceDocument struct {
	Scores       []AllianceScoreDocument    `json:"scores"`
	Legs         LegRuleDocument            `json:"legs"`
	Pairs        []AlliancePairDocument     `json:"pairs"`
	Therapists   []TherapistGuessesDocument `json:"therapists"`
	CoTherapists []CoTherapistsDocument     `json:"co_therapists"`
	Apart        ApartRuleDocument          `json:"encounter"`
	Against      *SubjectDocument           `json:"against"`
}

// AllianceScoreDocument is one score of the members' instrument.
type AllianceScoreDocument struct {
	Score     string  `json:"score"`
	Title     string  `json:"title"`
	Leg       bool    `json:"leg"`
	Low       float64 `json:"low"`
	High      float64 `json:"high"`
	Guess     *string `json:"guess"`
	SameRange bool    `json:"same_range"`
}

// LegRuleDocument is the rule of a weak leg.
type LegRuleDocument struct {
	Fewest  int                  `json:"fewest_sessions"`
	Margin  float64              `json:"margin"`
	Alpha   float64              `json:"alpha"`
	Spread  *float64             `json:"spread"`
	Typical []LegTypicalDocument `json:"typical"`
}

// LegTypicalDocument is how one leg lies on average.
type LegTypicalDocument struct {
	Score   string   `json:"score"`
	Pairs   int      `json:"pairs"`
	Against *float64 `json:"against_others"`
}

// AlliancePairDocument is one therapist with one member.
type AlliancePairDocument struct {
	Group       string                  `json:"group"`
	Therapist   string                  `json:"therapist"`
	Member      string                  `json:"member"`
	Answered    int                     `json:"answered"`
	Guessed     int                     `json:"guessed"`
	AfterSeeing int                     `json:"after_seeing"`
	Lines       []PairLineDocument      `json:"lines"`
	Points      []PairPointDocument     `json:"points"`
	Legs        PairLegsDocument        `json:"legs"`
	Guesses     []PairGuessDocument     `json:"guesses"`
	Encounters  []PairEncounterDocument `json:"encounters"`
}

// PairLineDocument is one score of a pair in short.
type PairLineDocument struct {
	Score    string   `json:"score"`
	Answered int      `json:"answered"`
	Mean     *float64 `json:"mean"`
	SD       *float64 `json:"sd"`
	First    *float64 `json:"first"`
	Last     *float64 `json:"last"`
}

// PairPointDocument is one session of a pair.
type PairPointDocument struct {
	Number      int        `json:"number"`
	Attendance  *string    `json:"attendance"`
	Modality    *string    `json:"modality"`
	Gap         *string    `json:"gap"`
	Answers     []*float64 `json:"answers"`
	Guesses     []*float64 `json:"guesses"`
	Encounters  []*float64 `json:"encounters"`
	AfterSeeing bool       `json:"after_seeing"`
}

// PairLegsDocument is the legs of a pair side by side.
type PairLegsDocument struct {
	Sessions int        `json:"sessions"`
	Against  []*float64 `json:"against_others"`
	Weak     *string    `json:"weak"`
	ByChance *float64   `json:"by_chance"`
}

// PairGuessDocument is one score's guesses beside the answers.
type PairGuessDocument struct {
	Score       string             `json:"score"`
	MeanGuess   *float64           `json:"mean_guess"`
	MeanAnswer  *float64           `json:"mean_answer"`
	Bias        DifferenceDocument `json:"bias"`
	Tracking    TrackingDocument   `json:"tracking"`
	FewSessions bool               `json:"few_sessions"`
}

// DifferenceDocument is a mean of differences.
type DifferenceDocument struct {
	N      int                `json:"n"`
	Mean   *float64           `json:"mean"`
	SD     *float64           `json:"sd"`
	SE     *float64           `json:"se"`
	DF     float64            `json:"df"`
	Alike  *float64           `json:"neighbours_alike"`
	CI     []IntervalDocument `json:"ci"`
	Reason *string            `json:"reason"`
}

// TrackingDocument is how guesses move with answers.
type TrackingDocument struct {
	N         int                         `json:"n"`
	Raw       TrackingCorrelationDocument `json:"raw"`
	Detrended TrackingCorrelationDocument `json:"detrended"`
}

// TrackingCorrelationDocument is a correlation over sessions.
type TrackingCorrelationDocument struct {
	R      *float64           `json:"r"`
	CI     []IntervalDocument `json:"ci"`
	Reason *string            `json:"reason"`
}

// TherapistGuessesDocument is one score of a therapist over members.
type TherapistGuessesDocument struct {
	Therapist string                      `json:"therapist"`
	Score     string                      `json:"score"`
	Bias      DifferenceDocument          `json:"bias"`
	Tracked   int                         `json:"tracked"`
	Tracking  TrackingCorrelationDocument `json:"tracking"`
	Pulls     []PullDocument              `json:"pulls"`
}

// PullDocument is whether guesses follow the member or the others.
type PullDocument struct {
	Group    string              `json:"group"`
	Rows     int                 `json:"rows"`
	Members  int                 `json:"members"`
	Sessions int                 `json:"sessions"`
	Own      RobustSlopeDocument `json:"own"`
	Others   RobustSlopeDocument `json:"others"`
	Reason   *string             `json:"reason"`
}

// CoTherapistsDocument compares two therapists of one member.
type CoTherapistsDocument struct {
	Group      string             `json:"group"`
	Member     string             `json:"member"`
	First      string             `json:"first"`
	Second     string             `json:"second"`
	Side       string             `json:"side"`
	Score      string             `json:"score"`
	Difference DifferenceDocument `json:"difference"`
}

// document returns the result as it is written.
func (a *AllianceResult) document() any {
	return AllianceDocument{
		Scores: each(a.Scores, func(s AllianceScore) AllianceScoreDocument {
			return AllianceScoreDocument{s.Score, s.Title, s.Leg, s.Low, s.High, orNull(s.Guess), s.SameRange}
		}),
		Legs:  LegRuleDocument{a.Legs.Fewest, a.Legs.Margin, a.Legs.Alpha, a.Legs.Spread, each(a.Legs.Typical, func(l LegTypical) LegTypicalDocument { return LegTypicalDocument(l) })},
		Pairs: each(a.Pairs, alliancePairDocument), Therapists: each(a.Therapists, therapistGuessesDocument),
		CoTherapists: each(a.CoTherapists, func(c CoTherapists) CoTherapistsDocument {
			return CoTherapistsDocument{c.Group, c.Member, c.First, c.Second, c.Side, c.Score, differenceDocument(&c.Difference)}
		}),
		Apart: a.Apart.document(), Against: a.Against.document(),
	}
}

// alliancePairDocument returns one pair as it is written.
func alliancePairDocument(p AlliancePair) AlliancePairDocument {
	return AlliancePairDocument{
		Group: p.Group, Therapist: p.Therapist, Member: p.Member, Answered: p.Answered, Guessed: p.Guessed, AfterSeeing: p.AfterSeeing,
		Lines: each(p.Lines, func(l PairLine) PairLineDocument {
			return PairLineDocument{l.Score, l.Answered, l.Mean, l.SD, l.First, l.Last}
		}),
		Points: each(p.Points, func(x PairPoint) PairPointDocument {
			return PairPointDocument{x.Number, orNull(x.Attendance), orNull(x.Modality), orNull(x.Gap), each(x.Answers, samePlace), each(x.Guesses, samePlace), each(x.Encounters, samePlace), x.AfterSeeing}
		}),
		Legs:    PairLegsDocument{p.Legs.Sessions, each(p.Legs.Against, samePlace), orNull(p.Legs.Weak), p.Legs.ByChance},
		Guesses: each(p.Guesses, pairGuessDocument), Encounters: each(p.Encounters, pairEncounterDocument),
	}
}

// samePlace leaves a number that may be missing as it is.
func samePlace(v *float64) *float64 { return v }

// pairGuessDocument returns one score's guesses as they are written.
func pairGuessDocument(g PairGuess) PairGuessDocument {
	return PairGuessDocument{
		Score: g.Score, MeanGuess: g.MeanGuess, MeanAnswer: g.MeanAnswer, Bias: differenceDocument(&g.Bias),
		Tracking:    TrackingDocument{g.Tracking.N, trackingDocument(&g.Tracking.Raw), trackingDocument(&g.Tracking.Detrended)},
		FewSessions: g.FewSessions,
	}
}

// differenceDocument returns a mean of differences as it is written.
func differenceDocument(d *guess.Difference) DifferenceDocument {
	return DifferenceDocument{N: d.N, Mean: d.Mean, SD: d.SD, SE: d.SE, DF: d.DF, Alike: d.Alike, CI: each(d.CI, intervalDocument), Reason: orNull(string(d.Reason))}
}

// trackingDocument returns a correlation over sessions as it is written.
func trackingDocument(c *guess.Correlation) TrackingCorrelationDocument {
	return TrackingCorrelationDocument{R: c.R, CI: each(c.CI, intervalDocument), Reason: orNull(string(c.Reason))}
}

// therapistGuessesDocument returns one score of a therapist as it is written.
func therapistGuessesDocument(t TherapistGuesses) TherapistGuessesDocument {
	return TherapistGuessesDocument{
		Therapist: t.Therapist, Score: t.Score, Bias: differenceDocument(&t.Bias), Tracked: t.Tracked, Tracking: trackingDocument(&t.Tracking),
		Pulls: each(t.Pulls, func(p GroupPull) PullDocument {
			return PullDocument{p.Group, p.Rows, p.Members, p.Sessions, slopeDocument(&p.Own), slopeDocument(&p.Others), orNull(string(p.Reason))}
		}),
	}
}
