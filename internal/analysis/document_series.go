package analysis

import "holon/internal/multilevel/series"

// SeriesDocument is the result of the analysis series.
type SeriesDocument struct {
	Pooled  PooledSeriesDocument `json:"pooled"`
	By      ReliableByDocument   `json:"reliable_change"`
	Members []UnitSeriesDocument `json:"series"`
}

// PooledSeriesDocument is what all series together say of how values come about.
type PooledSeriesDocument struct {
	Series     int      `json:"series"`
	Lines      int      `json:"series_with_two_values"`
	Values     int      `json:"values"`
	WithinSD   *float64 `json:"within_sd"`
	WithinDF   int      `json:"within_df"`
	Successive *float64 `json:"successive_sd"`
	BetweenSD  *float64 `json:"between_sd"`
	Mean       *float64 `json:"mean"`
	ErrorVar   *float64 `json:"var_error"`
	DriftVar   *float64 `json:"var_drift"`
	StartMean  *float64 `json:"first_level_mean"`
	StartVar   *float64 `json:"var_first_level"`
	Reason     *string  `json:"reason"`
}

// ReliableByDocument is what makes a change reliable.
type ReliableByDocument struct {
	From        *string  `json:"from"`
	Threshold   *float64 `json:"threshold"`
	NormSD      *float64 `json:"norm_sd"`
	Reliability *float64 `json:"reliability"`
	Population  *string  `json:"population"`
	Source      *string  `json:"source"`
	Verified    *bool    `json:"verified"`
}

// UnitSeriesDocument is one member, or pair.
type UnitSeriesDocument struct {
	Group     string                `json:"group"`
	Therapist *string               `json:"therapist"`
	Member    string                `json:"member"`
	Informant *InformantDocument    `json:"informant"` // who reported about the member; null where the member, or one of the pair, speaks
	Points    []SeriesPointDocument `json:"points"`
	Chart     ChartDocument         `json:"chart"`
	Lag1      *float64              `json:"lag1"`
	Slope     StraightDocument      `json:"slope"`
	Change    *ReliableDocument     `json:"change"`
	Level     LevelTodayDocument    `json:"level_today"`
}

// SeriesPointDocument is what one session holds.
type SeriesPointDocument struct {
	Session    string   `json:"session"`
	Number     int      `json:"number"`
	HeldOn     string   `json:"held_on"`
	Attendance *string  `json:"attendance"`
	Value      *float64 `json:"value"`
	Gap        *string  `json:"gap"`
	Beyond     *string  `json:"beyond"`
}

// ChartDocument is a control chart of individual values.
type ChartDocument struct {
	Values    int      `json:"values"`
	Center    *float64 `json:"center"`
	MeanRange *float64 `json:"mr_mean"`
	Sigma     *float64 `json:"sigma_mr"`
	Lower     *float64 `json:"lcl"`
	Upper     *float64 `json:"ucl"`
	RangeTop  *float64 `json:"mr_ucl"`
	Reason    *string  `json:"reason"`
}

// StraightDocument is a straight line over time.
type StraightDocument struct {
	Values    int                `json:"values"`
	Estimate  *float64           `json:"estimate"`
	Intercept *float64           `json:"intercept"`
	SE        *float64           `json:"se"`
	DF        int                `json:"df"`
	CI        []IntervalDocument `json:"ci"`
	P         *float64           `json:"p"`
	Reason    *string            `json:"reason"`
}

// ReliableDocument is a change, and whether it is reliable.
type ReliableDocument struct {
	Change    float64  `json:"change"`
	SEM       *float64 `json:"sem"`
	SDiff     *float64 `json:"s_diff"`
	Index     *float64 `json:"rci"`
	Threshold *float64 `json:"threshold"`
	Reliable  *bool    `json:"reliable"`
	Reason    *string  `json:"reason"`
}

// LevelTodayDocument is the level that may be taken for today's.
type LevelTodayDocument struct {
	Estimate    *float64 `json:"estimate"`
	SE          *float64 `json:"se"`
	PredictedSE *float64 `json:"next_value_se"`
	Reliability *float64 `json:"reliability"`
	Reason      *string  `json:"reason"`
}

// document returns the result as it is written.
func (s *SeriesResult) document() any {
	p := &s.Pool
	return SeriesDocument{
		Pooled: PooledSeriesDocument{
			Series: s.Spread.Means, Lines: s.Spread.Lines, Values: s.Spread.Values, WithinDF: s.Spread.DF, WithinSD: s.Spread.Within, Successive: s.Spread.Successive, BetweenSD: s.Spread.Between,
			Mean: s.Spread.Mean, ErrorVar: p.Error, DriftVar: p.Drift, StartMean: p.Mean, StartVar: p.Start, Reason: orNull(string(p.Reason)),
		},
		By: s.By.document(), Members: each(s.Units, unitSeriesDocument),
	}
}

// document returns what makes a change reliable as it is written.
func (by *ReliableBy) document() ReliableByDocument {
	return ReliableByDocument{
		From: orNull(string(by.From)), Threshold: by.Threshold, NormSD: by.SD, Reliability: by.Reliability,
		Population: orNull(by.Population), Source: orNull(by.Source), Verified: by.Verified,
	}
}

// unitSeriesDocument returns one series as it is written.
func unitSeriesDocument(u UnitSeries) UnitSeriesDocument {
	c, s, l := &u.Chart, &u.Slope, &u.Level
	d := UnitSeriesDocument{
		Group: u.Group, Therapist: orNull(u.Therapist), Member: u.Member, Informant: u.Informant.document(), Points: each(u.Points, seriesPointDocument),
		Chart: ChartDocument{
			Values: c.Values, Center: c.Center, MeanRange: c.MeanRange, Sigma: c.Sigma, Lower: c.Lower, Upper: c.Upper, RangeTop: c.RangeTop, Reason: orNull(string(c.Reason)),
		},
		Lag1:  u.Lag1,
		Slope: StraightDocument{Values: s.Values, Estimate: s.Estimate, Intercept: s.Intercept, SE: s.SE, DF: s.DF, CI: each(s.CI, intervalDocument), P: s.P, Reason: orNull(string(s.Reason))},
		Level: LevelTodayDocument{Estimate: l.Estimate, SE: l.SE, PredictedSE: l.PredictedSE, Reliability: l.Reliability, Reason: orNull(string(l.Reason))},
	}
	if u.Change != nil {
		d.Change = new(reliableDocument(u.Change))
	}
	return d
}

// seriesPointDocument returns one session's value as it is written.
func seriesPointDocument(p SeriesPoint) SeriesPointDocument {
	return SeriesPointDocument{
		Session: p.Session, Number: p.Number, HeldOn: p.HeldOn, Attendance: orNull(string(p.Attendance)),
		Value: p.Value, Gap: orNull(string(p.Gap)), Beyond: orNull(p.Beyond),
	}
}

// reliableDocument returns a change as it is written.
func reliableDocument(c *series.Change) ReliableDocument {
	return ReliableDocument{Change: c.Change, SEM: c.SEM, SDiff: c.SDiff, Index: c.Index, Threshold: c.Threshold, Reliable: c.Reliable, Reason: orNull(string(c.Reason))}
}
