package analysis

import (
	"holon/internal/multilevel"
	"holon/internal/multilevel/series"
	"holon/internal/session"
)

// SeriesResult is single members, or pairs, over the sessions.
type SeriesResult struct {
	Spread series.Spread
	Pool   PooledSeries
	By     ReliableBy
	Units  []UnitSeries
	Reason multilevel.Reason
}

// PooledSeries is what all series together say of how much of a value is error
// and how much a level moves, as variances.
type PooledSeries struct {
	Error, Drift, Mean, Start *float64
	Reason                    multilevel.Reason
}

// UnitSeries is one member, or pair.
type UnitSeries struct {
	Group     string
	Therapist string // empty of an outcome
	Member    string
	Informant *Informant    // who reported about the member; nil where the member, or one of the pair, speaks
	Points    []SeriesPoint // every session in which the member had a seat
	Chart     series.Chart
	Lag1      *float64
	Slope     series.Slope   // points from one session to the next, by the sessions' numbers
	Change    *series.Change // first to last value; nil with one value
	Level     series.Level   // today
}

// SeriesPoint is what one session holds of a series.
type SeriesPoint struct {
	Session    string
	Number     int
	HeldOn     string
	Attendance session.Attendance
	Value      *float64
	Gap        session.Gap // why there is no value
	Beyond     string      // above or below the chart's limits
}

// Analysis returns SeriesName.
func (*SeriesResult) Analysis() Name { return SeriesName }

// Verdict describes: nothing is tested.
func (s *SeriesResult) Verdict() Verdict { return described(s.Reason) }
