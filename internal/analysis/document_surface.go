package analysis

import "holon/internal/multilevel/surface"

// ResponseSurfaceDocument is the result of the analysis response_surface. Places are
// counted from the centre.
type ResponseSurfaceDocument struct {
	First        string                  `json:"first"`
	Second       string                  `json:"second"`
	ClusteredOn  *string                 `json:"clustered_on"`
	Rows         int                     `json:"rows"`
	Clusters     int                     `json:"clusters"` // rows, where they are in none
	Clustered    bool                    `json:"clustered"`
	Centre       *float64                `json:"centre"`
	DF           int                     `json:"df"`
	Raters       TwoRatersDocument       `json:"raters"`
	Coefficients []SurfaceNumberDocument `json:"coefficients"`
	Lines        []SurfaceNumberDocument `json:"lines"`
	Tests        []SurfaceTestDocument   `json:"tests"`
	Stationary   StationaryDocument      `json:"stationary_point"`
	Axes         []SurfaceAxisDocument   `json:"principal_axes"`
	Shift        SurfaceShiftDocument    `json:"shift"`
	Typical      []SurfaceNumberDocument `json:"typical"`
	Explained    ExplainedDocument       `json:"explained"`
	Expected     *string                 `json:"expected"`
	Bound        float64                 `json:"bound"`
	Alpha        float64                 `json:"alpha"`
}

// TwoRatersDocument describes two ratings beside each other.
type TwoRatersDocument struct {
	MeanFirst    *float64         `json:"mean_first"`
	MeanSecond   *float64         `json:"mean_second"`
	SDFirst      *float64         `json:"sd_first"`
	SDSecond     *float64         `json:"sd_second"`
	Correlation  *float64         `json:"correlation"`
	Difference   *float64         `json:"mean_difference"`
	RMS          *float64         `json:"rms_difference"`
	FirstHigher  BaseRateDocument `json:"first_higher"` // by more than half a standard deviation
	Agree        BaseRateDocument `json:"agree"`
	SecondHigher BaseRateDocument `json:"second_higher"`
}

// BaseRateDocument is how many rows there are of a kind.
type BaseRateDocument struct {
	Rows  int      `json:"rows"`
	Share *float64 `json:"share"`
}

// SurfaceNumberDocument is one number of the surface with its errors: se, df, p and ci
// hold for unequal errors and for clusters, and answer.
type SurfaceNumberDocument struct {
	Name        string             `json:"name"`
	Estimate    *float64           `json:"estimate"`
	SE          *float64           `json:"se"`
	DF          *float64           `json:"df"`
	P           *float64           `json:"p"`
	CI          []IntervalDocument `json:"ci"`
	ClassicalSE *float64           `json:"classical_se"`
	ClassicalP  *float64           `json:"classical_p"`
}

// SurfaceTestDocument is a test of several coefficients together.
type SurfaceTestDocument struct {
	Test   string   `json:"test"`
	F      *float64 `json:"f"`
	DF1    int      `json:"df1"`
	DF2    *float64 `json:"df2"`
	P      *float64 `json:"p"`
	Reason *string  `json:"not_computed"`
}

// StationaryDocument is the point where the surface is level.
type StationaryDocument struct {
	First         *float64 `json:"first"`
	Second        *float64 `json:"second"`
	Form          *string  `json:"form"`
	InData        *bool    `json:"within_rows"`
	Determinant   *float64 `json:"determinant"`
	DeterminantSE *float64 `json:"determinant_se"`
	Reason        *string  `json:"not_determined"`
}

// SurfaceAxisDocument is a principal axis.
type SurfaceAxisDocument struct {
	Axis      string             `json:"axis"`
	Slope     *float64           `json:"slope"`
	SlopeCI   []IntervalDocument `json:"slope_ci"`
	Intercept *float64           `json:"intercept"`
	Angle     *float64           `json:"angle"`
	AngleCI   []IntervalDocument `json:"angle_ci"`
	Reason    *string            `json:"not_determined"`
}

// SurfaceShiftDocument is the difference at which the outcome has its extreme.
type SurfaceShiftDocument struct {
	Estimate *float64           `json:"estimate"`
	CI       []IntervalDocument `json:"ci"`
	InData   *bool              `json:"within_rows"`
	Reason   *string            `json:"not_determined"`
}

// ExplainedDocument are shares of the outcome's variance.
type ExplainedDocument struct {
	Covariates *float64 `json:"covariates"`
	Difference *float64 `json:"difference"`
	Squared    *float64 `json:"squared_difference"`
	Plane      *float64 `json:"plane"`
	Surface    *float64 `json:"surface"`
	Adjusted   *float64 `json:"surface_adjusted"`
}

// document returns the result as it is written.
func (s *ResponseSurfaceResult) document() any {
	r, p := &s.Raters, &s.Stationary
	return ResponseSurfaceDocument{
		First: s.First, Second: s.Second, ClusteredOn: orNull(s.Cluster), Rows: s.Rows, Clusters: s.Clusters, Clustered: s.Clustered, Centre: s.Centre, DF: s.DF,
		Raters: TwoRatersDocument{
			MeanFirst: r.MeanX, MeanSecond: r.MeanY, SDFirst: r.SDX, SDSecond: r.SDY, Correlation: r.Correlation, Difference: r.Difference, RMS: r.RMS,
			FirstHigher: BaseRateDocument(r.FirstHigher), Agree: BaseRateDocument(r.Agree), SecondHigher: BaseRateDocument(r.SecondHigher),
		},
		Coefficients: each(s.Coefficients, surfaceNumber), Lines: each(s.Lines, surfaceNumber), Typical: each(s.Typical, surfaceNumber),
		Tests: each(s.Tests, func(x surface.Test) SurfaceTestDocument {
			return SurfaceTestDocument{Test: x.Name, F: x.F, DF1: x.DF1, DF2: x.DF2, P: x.P, Reason: orNull(string(x.Reason))}
		}),
		Stationary: StationaryDocument{
			First: p.X, Second: p.Y, Form: orNull(p.Form), InData: p.InData, Determinant: p.Determinant, DeterminantSE: p.DeterminantSE, Reason: orNull(string(p.Reason)),
		},
		Axes: each(s.Axes, func(a surface.Axis) SurfaceAxisDocument {
			return SurfaceAxisDocument{
				Axis: a.Name, Slope: a.Slope, SlopeCI: each(a.SlopeCI, intervalDocument), Intercept: a.Intercept, Angle: a.Angle, AngleCI: each(a.AngleCI, intervalDocument), Reason: orNull(string(a.Reason)),
			}
		}),
		Shift:     SurfaceShiftDocument{Estimate: s.Shift.Estimate, CI: each(s.Shift.CI, intervalDocument), InData: s.Shift.InData, Reason: orNull(string(s.Shift.Reason))},
		Explained: ExplainedDocument(s.Explained), Expected: orNull(string(s.Expected)), Bound: s.Bound, Alpha: s.Alpha,
	}
}

// surfaceNumber returns one number as it is written.
func surfaceNumber(c surface.Coefficient) SurfaceNumberDocument {
	return SurfaceNumberDocument{
		Name: c.Name, Estimate: c.Estimate, SE: c.ClusterSE, DF: c.ClusterDF, P: c.ClusterP, CI: each(c.CI, intervalDocument), ClassicalSE: c.SE, ClassicalP: c.P,
	}
}
