package analysis

import (
	"holon/internal/goal"
	"holon/internal/session"
)

// GoalsDocument is the result of the analysis goals.
type GoalsDocument struct {
	Goals []GoalDocument `json:"goals"`
}

// GoalDocument is one goal over the sessions.
type GoalDocument struct {
	Group      string                   `json:"group"`
	Kind       string                   `json:"kind"` // of the group
	Goal       string                   `json:"goal"`
	Code       string                   `json:"code"`
	Owner      *string                  `json:"owner"` // null: the group shares it
	Contains   []string                 `json:"contains"`
	From       string                   `json:"from"`
	Until      *string                  `json:"until"`
	Redacted   bool                     `json:"redacted"` // the values of the member whose own it is were taken out
	Points     []GoalPointDocument      `json:"points"`
	Attainment []GoalAttainmentDocument `json:"attainment"` // the owner's first
}

// RaterDocument is who rated.
type RaterDocument struct {
	Kind string `json:"kind"`
	ID   string `json:"id"`
}

// RatingPlaceDocument is where a rating stands, or would stand.
type RatingPlaceDocument struct {
	Session string        `json:"session"`
	Goal    string        `json:"goal"`
	Rater   RaterDocument `json:"rater"`
}

// GoalPointDocument is what one session holds of a goal.
type GoalPointDocument struct {
	Session       string                 `json:"session"`
	Number        int                    `json:"number"`
	HeldOn        string                 `json:"held_on"`
	Kind          string                 `json:"kind"`
	Said          []GoalSaidDocument     `json:"said"`
	Consensus     *ConsensusDocument     `json:"consensus"` // of a shared goal
	Between       *GoalGapDocument       `json:"gap"`
	WithTherapist *GoalGapDocument       `json:"gap_to_therapists"`
	Contained     *GoalContainedDocument `json:"contained"` // of a shared goal that contains others
}

// GoalSaidDocument is what one rater said of a goal in a session.
type GoalSaidDocument struct {
	Rater         RaterDocument `json:"rater"`
	Own           bool          `json:"own"`
	Version       *int          `json:"version"` // of the rating; null without one
	Value         *float64      `json:"value"`
	NoValue       *string       `json:"value_reason"`
	Endorsed      *bool         `json:"endorsed"`
	NoEndorsement *string       `json:"endorsed_reason"`
}

// ConsensusDocument is how many of those whose goal it is stand behind it.
type ConsensusDocument struct {
	Endorsed           *int                  `json:"endorsed"` // null while it is not formed
	Said               int                   `json:"said"`
	Of                 int                   `json:"of"`
	Reason             *string               `json:"reason"`
	TherapistsEndorsed int                   `json:"therapists_endorsed"`
	TherapistsSaid     int                   `json:"therapists_said"`
	TherapistsOf       int                   `json:"therapists_of"`
	RestsOn            []RatingPlaceDocument `json:"rests_on"` // also the places of those who said nothing
}

// GoalGapDocument is the largest difference between two raters' values.
type GoalGapDocument struct {
	Difference *float64              `json:"difference"`
	Values     int                   `json:"values"`
	Reason     *string               `json:"reason"`
	Pairs      []GoalPairDocument    `json:"pairs"` // that are so far apart; none where all say the same
	RestsOn    []RatingPlaceDocument `json:"rests_on"`
}

// GoalPairDocument is two raters.
type GoalPairDocument struct {
	Lower    RaterDocument `json:"lower"`
	LowerAt  float64       `json:"lower_value"`
	Higher   RaterDocument `json:"higher"`
	HigherAt float64       `json:"higher_value"`
}

// GoalContainedDocument is how near the contained own goals are.
type GoalContainedDocument struct {
	Mean        *float64              `json:"mean"` // null while it is not formed
	Rated       int                   `json:"rated"`
	Of          int                   `json:"of"`
	Composition string                `json:"composition"`
	Reason      *string               `json:"reason"`
	RestsOn     []RatingPlaceDocument `json:"rests_on"`
}

// GoalAttainmentDocument is what one rater's values came to.
type GoalAttainmentDocument struct {
	Rater   RaterDocument         `json:"rater"`
	Own     bool                  `json:"own"`
	Ratings int                   `json:"ratings"`
	First   ValueAtDocument       `json:"first"`
	Last    ValueAtDocument       `json:"last"`
	Best    ValueAtDocument       `json:"best"`
	Change  *float64              `json:"change"` // last less first; null with one rating
	Reason  *string               `json:"change_reason"`
	RestsOn []RatingPlaceDocument `json:"rests_on"`
}

// document returns the result as it is written.
func (g *GoalsResult) document() any {
	return GoalsDocument{Goals: each(g.Courses, goalDocument)}
}

// goalDocument returns one goal as it is written.
func goalDocument(c goal.Course) GoalDocument {
	return GoalDocument{
		Group: string(c.GroupID), Kind: string(c.Kind), Goal: string(c.Goal.ID), Code: string(c.Goal.Code), Owner: orNull(string(c.Goal.Owner)),
		Contains: each(c.Goal.Contains, func(id session.GoalID) string { return string(id) }),
		From:     string(c.Goal.From), Until: orNull(text(c.Goal.Until)), Redacted: c.Redacted,
		Points: each(c.Points, goalPointDocument), Attainment: each(c.Lines, attainmentDocument),
	}
}

// raterDocument returns a rater as it is written.
func raterDocument(r session.Rater) RaterDocument {
	return RaterDocument{Kind: string(r.Kind), ID: r.ID}
}

// ratingPlaceDocument returns a rating's place as it is written.
func ratingPlaceDocument(p goal.Place) RatingPlaceDocument {
	return RatingPlaceDocument{Session: string(p.SessionID), Goal: string(p.GoalID), Rater: raterDocument(p.Rater)}
}

// goalPointDocument returns a session's words as they are written.
func goalPointDocument(p goal.Point) GoalPointDocument {
	out := GoalPointDocument{
		Session: string(p.SessionID), Number: p.Number, HeldOn: string(p.HeldOn), Kind: string(p.Kind),
		Said: each(p.Said, goalSaidDocument), Between: gapDocument(p.Between), WithTherapist: gapDocument(p.WithTherapist),
	}
	if c := p.Consensus; c != nil {
		out.Consensus = &ConsensusDocument{
			Endorsed: c.Endorsed, Said: c.Said, Of: c.Of, Reason: orNull(string(c.Reason)),
			TherapistsEndorsed: c.TherapistsEndorsed, TherapistsSaid: c.TherapistsSaid, TherapistsOf: c.TherapistsOf,
			RestsOn: each(c.RestsOn, ratingPlaceDocument),
		}
	}
	if c := p.Contained; c != nil {
		out.Contained = &GoalContainedDocument{
			Mean: c.Mean, Rated: c.Rated, Of: c.Of, Composition: string(c.Composition), Reason: orNull(string(c.Reason)),
			RestsOn: each(c.RestsOn, ratingPlaceDocument),
		}
	}
	return out
}

// goalSaidDocument returns one rater's words as they are written.
func goalSaidDocument(s goal.Said) GoalSaidDocument {
	out := GoalSaidDocument{
		Rater: raterDocument(s.Rater), Own: s.Own,
		Value: s.Value, NoValue: orNull(string(s.NoValue)), Endorsed: s.Endorsed, NoEndorsement: orNull(string(s.NoEndorsement)),
	}
	if s.Version > 0 {
		out.Version = &s.Version
	}
	return out
}

// gapDocument returns a gap as it is written, nil for none.
func gapDocument(g *goal.Gap) *GoalGapDocument {
	if g == nil {
		return nil
	}
	return &GoalGapDocument{
		Difference: g.Difference, Values: g.Values, Reason: orNull(string(g.Reason)),
		Pairs: each(g.Pairs, func(p goal.Pair) GoalPairDocument {
			return GoalPairDocument{Lower: raterDocument(p.Lower), LowerAt: p.LowerAt, Higher: raterDocument(p.Higher), HigherAt: p.HigherAt}
		}),
		RestsOn: each(g.RestsOn, ratingPlaceDocument),
	}
}

// attainmentDocument returns what one rater's values came to as it is written.
func attainmentDocument(l goal.Line) GoalAttainmentDocument {
	at := func(x goal.Level) ValueAtDocument {
		return ValueAtDocument{Value: x.Value, Session: string(x.SessionID), Number: x.Number, HeldOn: string(x.HeldOn)}
	}
	return GoalAttainmentDocument{
		Rater: raterDocument(l.Rater), Own: l.Own, Ratings: l.Ratings, First: at(l.First), Last: at(l.Last), Best: at(l.Best),
		Change: l.Change, Reason: orNull(string(l.Reason)), RestsOn: each(l.RestsOn, ratingPlaceDocument),
	}
}
