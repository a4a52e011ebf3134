package analysis

import (
	"holon/internal/multilevel/clustered"
	"holon/internal/multilevel/early"
)

// EarlyAllianceDocument is the result of the analysis early_alliance.
type EarlyAllianceDocument struct {
	From       int                     `json:"window_from"`
	To         int                     `json:"window_to"`
	Measures   []EarlyMeasureDocument  `json:"measures"`
	SideBySide []EarlyTogetherDocument `json:"side_by_side"`
	Raters     []EarlyRatersDocument   `json:"raters"`
	Alpha      float64                 `json:"alpha"`
	Bound      float64                 `json:"bound"`
	PlannedR   float64                 `json:"planned_r"`
	Needed     int                     `json:"members_needed"`
	Draws      int                     `json:"draws"`
	Seed       uint64                  `json:"seed"`
	Against    *SubjectDocument        `json:"against"`
}

// EarlyMeasureDocument is one alliance score by one kind of rater.
type EarlyMeasureDocument struct {
	Score   string               `json:"score"`
	Title   string               `json:"title"`
	Rater   string               `json:"rater"`
	Members int                  `json:"members"`
	Mean    *float64             `json:"mean"`
	SD      *float64             `json:"sd"`
	Whole   EarlyModelDocument   `json:"whole"`
	Within  EarlyModelDocument   `json:"within"`
	Between EarlyModelDocument   `json:"between"`
	Dropped EarlyDroppedDocument `json:"dropped"`
}

// EarlyModelDocument is one regression of the final outcome.
type EarlyModelDocument struct {
	Members   int                 `json:"members"`
	Groups    int                 `json:"groups"`
	DF        int                 `json:"df"`
	Alliance  RobustSlopeDocument `json:"alliance"`
	Standard  RobustSlopeDocument `json:"standardised"`
	Baseline  RobustSlopeDocument `json:"baseline"`
	Change    RobustSlopeDocument `json:"early_change"`
	Without   *float64            `json:"r_squared_without"`
	With      *float64            `json:"r_squared"`
	Increment ResampledDocument   `json:"increment"`
	Partial   *float64            `json:"partial_r"`
	Reason    *string             `json:"reason"`
}

// ResampledDocument is a number with percentiles over groups.
type ResampledDocument struct {
	Estimate *float64           `json:"estimate"`
	CI       []IntervalDocument `json:"ci"`
	Failed   int                `json:"failed"`
}

// EarlyTogetherDocument holds the parts of the alliance in one model.
type EarlyTogetherDocument struct {
	Rater     string                `json:"rater"`
	Scores    []string              `json:"scores"`
	Slopes    []RobustSlopeDocument `json:"standardised"`
	Members   int                   `json:"members"`
	Groups    int                   `json:"groups"`
	Increment ResampledDocument     `json:"increment"`
	Reason    *string               `json:"reason"`
}

// EarlyRatersDocument compares two kinds of rater.
type EarlyRatersDocument struct {
	Score      string            `json:"score"`
	Members    int               `json:"members"`
	Groups     int               `json:"groups"`
	Client     *float64          `json:"client"`
	Therapist  *float64          `json:"therapist"`
	Difference ResampledDocument `json:"difference"`
	Increments ResampledDocument `json:"increment_difference"`
	Reason     *string           `json:"reason"`
}

// EarlyDroppedDocument compares those without a final outcome.
type EarlyDroppedDocument struct {
	Members    int                 `json:"without_final"`
	Stayed     int                 `json:"with_final"`
	Mean       *float64            `json:"mean_without"`
	MeanStayed *float64            `json:"mean_with"`
	Difference RobustSlopeDocument `json:"difference"`
}

// document returns the result as it is written.
func (e *EarlyAllianceResult) document() any {
	return EarlyAllianceDocument{
		From: e.Window.From, To: e.Window.To, Measures: each(e.Measures, earlyMeasureDocument), SideBySide: each(e.SideBySide, earlyTogetherDocument),
		Raters: each(e.Raters, earlyRatersDocument), Alpha: e.Alpha, Bound: e.Bound, PlannedR: e.PlannedR, Needed: e.Needed, Draws: e.Draws, Seed: e.Seed,
		Against: e.Against.document(),
	}
}

// earlyMeasureDocument returns one score as it is written.
func earlyMeasureDocument(m early.Measure) EarlyMeasureDocument {
	d := m.Dropped
	return EarlyMeasureDocument{
		Score: m.Score, Title: m.Title, Rater: m.Rater, Members: m.Early.Members, Mean: m.Early.Mean, SD: m.Early.SD,
		Whole: earlyModelDocument(&m.Whole), Within: earlyModelDocument(&m.Within), Between: earlyModelDocument(&m.Between),
		Dropped: EarlyDroppedDocument{Members: d.Members, Stayed: d.Stayed, Mean: d.Mean, MeanStayed: d.MeanStayed, Difference: slopeDocument(&d.Difference)},
	}
}

// earlyModelDocument returns one regression as it is written.
func earlyModelDocument(m *early.Model) EarlyModelDocument {
	return EarlyModelDocument{
		Members: m.Members, Groups: m.Groups, DF: m.DF, Alliance: slopeDocument(&m.Alliance), Standard: slopeDocument(&m.Standard),
		Baseline: slopeDocument(&m.Baseline), Change: slopeDocument(&m.Change), Without: m.Without, With: m.With,
		Increment: resampledDocument(m.Increment), Partial: m.Partial, Reason: orNull(string(m.Reason)),
	}
}

// resampledDocument returns a number with its percentiles as it is written.
func resampledDocument(r early.Resampled) ResampledDocument {
	return ResampledDocument{Estimate: r.Estimate, CI: each(r.CI, intervalDocument), Failed: r.Failed}
}

// earlyTogetherDocument returns the parts in one model as they are written.
func earlyTogetherDocument(t early.Together) EarlyTogetherDocument {
	return EarlyTogetherDocument{
		Rater: t.Rater, Scores: each(t.Scores, func(s string) string { return s }),
		Slopes:  each(t.Slopes, func(c clustered.Coefficient) RobustSlopeDocument { return slopeDocument(&c) }),
		Members: t.Members, Groups: t.Groups, Increment: resampledDocument(t.Increment), Reason: orNull(string(t.Reason)),
	}
}

// earlyRatersDocument returns a comparison of raters as it is written.
func earlyRatersDocument(r early.Raters) EarlyRatersDocument {
	return EarlyRatersDocument{
		Score: r.Score, Members: r.Members, Groups: r.Groups, Client: r.Client, Therapist: r.Therapist,
		Difference: resampledDocument(r.Difference), Increments: resampledDocument(r.Increments), Reason: orNull(string(r.Reason)),
	}
}
