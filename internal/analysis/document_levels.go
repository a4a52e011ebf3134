package analysis

import "holon/internal/multilevel/decomposition"

// LevelsDocument is the result of the analysis levels: x is the first measure,
// or that of pairs, y the second, or that of the group. Reason says why the
// likelihood, or anything, could not be computed. Against says what the second
// measure is, as the report's subject does of the first; null where the data are
// a table.
type LevelsDocument struct {
	X       string              `json:"x"`
	Y       string              `json:"y"`
	Reason  *string             `json:"reason"`
	Moments MomentsDocument     `json:"moments"`
	REML    RelationFitDocument `json:"reml"`
	ML      RelationFitDocument `json:"ml"`
	Beyond  *BeyondDocument     `json:"beyond"`
	Against *SubjectDocument    `json:"against"`
}

// QuantityDocument is one number with what is known of its precision.
type QuantityDocument struct {
	Estimate *float64           `json:"estimate"`
	SE       *float64           `json:"se"`
	CI       []IntervalDocument `json:"ci"`
}

// CovarianceDocument is the covariance matrix of the two measures at one level.
type CovarianceDocument struct {
	XX *float64 `json:"xx"`
	XY *float64 `json:"xy"`
	YY *float64 `json:"yy"`
}

// MomentsDocument is the decomposition by mean squares and products.
type MomentsDocument struct {
	N0             *float64           `json:"n0"`
	BetweenMS      CovarianceDocument `json:"ms_between"`
	WithinMS       CovarianceDocument `json:"ms_within"`
	BetweenLatent  CovarianceDocument `json:"between_latent"`
	ICCX           *float64           `json:"icc1_x"`
	ICCY           *float64           `json:"icc1_y"`
	RTotal         *float64           `json:"r_total"`
	RWithin        QuantityDocument   `json:"r_within"`
	RBetweenMeans  QuantityDocument   `json:"r_between_means"`
	RBetweenPlain  *float64           `json:"r_between_means_unweighted"`
	RBetween       QuantityDocument   `json:"r_between_latent"`
	SlopeWithin    QuantityDocument   `json:"slope_within"`
	SlopeMeans     QuantityDocument   `json:"slope_between_means"`
	SlopeBetween   QuantityDocument   `json:"slope_between_latent"`
	Contextual     QuantityDocument   `json:"contextual_effect_latent"`
	ContextualMean *float64           `json:"contextual_effect_means"`
}

// RelationFitDocument is the bivariate two-level model.
type RelationFitDocument struct {
	Between         CovarianceDocument  `json:"between"`
	Within          CovarianceDocument  `json:"within"`
	BetweenSE       CovarianceDocument  `json:"between_se"`
	WithinSE        CovarianceDocument  `json:"within_se"`
	MeanX           QuantityDocument    `json:"mean_x"`
	MeanY           QuantityDocument    `json:"mean_y"`
	RBetween        QuantityDocument    `json:"r_between_latent"`
	RWithin         QuantityDocument    `json:"r_within"`
	SlopeBetween    QuantityDocument    `json:"slope_between_latent"`
	SlopeWithin     QuantityDocument    `json:"slope_within"`
	Contextual      QuantityDocument    `json:"contextual_effect_latent"`
	ResidualBetween QuantityDocument    `json:"residual_between"`
	ResidualShare   QuantityDocument    `json:"residual_share"`
	ICCX            QuantityDocument    `json:"icc_x"`
	ICCY            QuantityDocument    `json:"icc_y"`
	LogLikelihood   *float64            `json:"log_likelihood"`
	Deviance        *float64            `json:"deviance"`
	Boundary        *string             `json:"boundary"`
	LocalOptima     *int                `json:"local_optima"`
	Decrement       *float64            `json:"decrement"`
	Resampled       *ResamplingDocument `json:"resampled"`
}

// ResamplingDocument says how bootstrap intervals were drawn; null without any.
type ResamplingDocument struct {
	Draws     int    `json:"draws"`
	Seed      uint64 `json:"seed"`
	Failed    int    `json:"failed"`
	Undefined int    `json:"undefined"`
}

// BeyondDocument says whether the measure of the group is more than the average
// of the pairs; null where no question was asked. The answer is the report's.
type BeyondDocument struct {
	Bound    float64          `json:"bound"`
	Residual QuantityDocument `json:"residual_between"`
	Share    QuantityDocument `json:"residual_share"`
	Left     *float64         `json:"part_of_group_variance"`
	Tests    []TestDocument   `json:"tests"`
	Manifest ManifestDocument `json:"manifest"`
}

// ManifestDocument is the regression on observed group means, which does not
// answer.
type ManifestDocument struct {
	Intercept        QuantityDocument `json:"intercept"`
	SlopeWithin      QuantityDocument `json:"slope_within"`
	SlopeGroupMean   QuantityDocument `json:"slope_group_mean"`
	Contextual       QuantityDocument `json:"contextual_effect"`
	VarianceGroup    QuantityDocument `json:"variance_group"`
	VarianceResidual QuantityDocument `json:"variance_residual"`
	ResidualShare    QuantityDocument `json:"residual_share"`
	EmptyVariance    *float64         `json:"variance_group_without_x"`
	Explained        *float64         `json:"explained"`
	LogLikelihood    *float64         `json:"log_likelihood"`
	Deviance         *float64         `json:"deviance"`
	Singular         *bool            `json:"singular"`
	Tests            []TestDocument   `json:"tests"`
	Reason           *string          `json:"reason"`
}

// LevelReliabilityDocument is the result of the analysis level_reliability.
type LevelReliabilityDocument struct {
	Items       int                `json:"items"`
	N0          *float64           `json:"n0"`
	Within      QuantityDocument   `json:"alpha_within"`
	Between     QuantityDocument   `json:"alpha_between_latent"`
	SingleLevel QuantityDocument   `json:"alpha_single_level"`
	GroupMeans  QuantityDocument   `json:"alpha_group_means"`
	GroupScore  GroupScoreDocument `json:"group_score"`
	Draws       int                `json:"draws"`
	Seed        uint64             `json:"seed"`
	Undefined   int                `json:"undefined_draws"`
	Matrices    MatricesDocument   `json:"matrices"`
}

// GroupScoreDocument is the reliability of the mean over items and members as a
// measure of its group.
type GroupScoreDocument struct {
	Members       *float64 `json:"members"`
	Group         *float64 `json:"variance_group"`
	GroupByItem   *float64 `json:"variance_group_by_item"`
	Member        *float64 `json:"variance_member"`
	Residual      *float64 `json:"variance_residual"`
	Generalizable *float64 `json:"reliability_other_items"`
	TheseItems    *float64 `json:"reliability_these_items"`
}

// MatricesDocument holds mean squares and products, in the order of the items.
type MatricesDocument struct {
	Items         []string     `json:"items"`
	N0            *float64     `json:"n0"`
	WithinMS      [][]*float64 `json:"ms_within"`
	BetweenMS     [][]*float64 `json:"ms_between"`
	BetweenLatent [][]*float64 `json:"between_latent"`
	ICC           []*float64   `json:"icc1"`
}

// quantityDocument returns a number with its precision as it is written.
func quantityDocument(q *decomposition.Quantity) QuantityDocument {
	return QuantityDocument{Estimate: q.Estimate, SE: q.SE, CI: each(q.CI, intervalDocument)}
}

// document returns the two measures as they are written.
func (l *LevelsResult) document() any {
	d := LevelsDocument{
		X: l.Relation.X, Y: l.Relation.Y, Reason: orNull(string(l.Relation.Reason)), Moments: momentsDocument(&l.Relation.Moments),
		REML: relationFitDocument(&l.Relation.REML), ML: relationFitDocument(&l.Relation.ML),
		Against: l.Against.document(),
	}
	if b := l.Beyond; b != nil {
		d.Beyond = &BeyondDocument{
			Bound: b.Bound, Residual: quantityDocument(&b.Residual), Share: quantityDocument(&b.Share), Left: b.Left,
			Tests: each(b.Tests, testDocument), Manifest: manifestDocument(&b.Manifest),
		}
	}
	return d
}

// momentsDocument returns the moments as they are written.
func momentsDocument(m *decomposition.Moments) MomentsDocument {
	return MomentsDocument{
		N0: m.N0, BetweenMS: CovarianceDocument(m.BetweenMS), WithinMS: CovarianceDocument(m.WithinMS), BetweenLatent: CovarianceDocument(m.BetweenLatent),
		ICCX: m.ICCX, ICCY: m.ICCY, RTotal: m.RTotal, RWithin: quantityDocument(&m.RWithin), RBetweenMeans: quantityDocument(&m.RBetweenMeans),
		RBetweenPlain: m.RBetweenPlain, RBetween: quantityDocument(&m.RBetween), SlopeWithin: quantityDocument(&m.SlopeWithin),
		SlopeMeans: quantityDocument(&m.SlopeMeans), SlopeBetween: quantityDocument(&m.SlopeBetween), Contextual: quantityDocument(&m.Contextual),
		ContextualMean: m.ContextualMean,
	}
}

// relationFitDocument returns a fit as it is written.
func relationFitDocument(f *decomposition.Fit) RelationFitDocument {
	d := RelationFitDocument{
		Between: CovarianceDocument(f.Between), Within: CovarianceDocument(f.Within),
		BetweenSE: CovarianceDocument(f.BetweenSE), WithinSE: CovarianceDocument(f.WithinSE),
		MeanX: quantityDocument(&f.MeanX), MeanY: quantityDocument(&f.MeanY), RBetween: quantityDocument(&f.RBetween), RWithin: quantityDocument(&f.RWithin),
		SlopeBetween: quantityDocument(&f.SlopeBetween), SlopeWithin: quantityDocument(&f.SlopeWithin), Contextual: quantityDocument(&f.Contextual),
		ResidualBetween: quantityDocument(&f.ResidualBetween), ResidualShare: quantityDocument(&f.ResidualShare),
		ICCX: quantityDocument(&f.ICCX), ICCY: quantityDocument(&f.ICCY), LogLikelihood: f.LogLikelihood, Deviance: f.Deviance,
		Boundary: orNull(string(f.Boundary)), LocalOptima: f.LocalOptima, Decrement: f.Decrement,
	}
	if f.Resampled != nil {
		d.Resampled = new(ResamplingDocument(*f.Resampled))
	}
	return d
}

// manifestDocument returns the regression on group means as it is written.
func manifestDocument(m *decomposition.Manifest) ManifestDocument {
	return ManifestDocument{
		Intercept: quantityDocument(&m.Intercept), SlopeWithin: quantityDocument(&m.SlopeWithin), SlopeGroupMean: quantityDocument(&m.SlopeGroupMean),
		Contextual: quantityDocument(&m.Contextual), VarianceGroup: quantityDocument(&m.VarianceGroup), VarianceResidual: quantityDocument(&m.VarianceResidual),
		ResidualShare: quantityDocument(&m.ResidualShare), EmptyVariance: m.EmptyVariance, Explained: m.Explained,
		LogLikelihood: m.LogLikelihood, Deviance: m.Deviance, Singular: m.Singular, Tests: each(m.Tests, testDocument), Reason: orNull(string(m.Reason)),
	}
}

// document returns a scale's reliability as it is written.
func (l *LevelReliabilityResult) document() any {
	a := &l.Alpha
	same := func(v *float64) *float64 { return v }
	rows := func(m [][]*float64) [][]*float64 {
		return each(m, func(row []*float64) []*float64 { return each(row, same) })
	}
	return LevelReliabilityDocument{
		Items: a.Items, N0: a.N0, Within: quantityDocument(&a.Within), Between: quantityDocument(&a.Between),
		SingleLevel: quantityDocument(&a.SingleLevel), GroupMeans: quantityDocument(&a.GroupMeans), GroupScore: GroupScoreDocument(a.GroupScore),
		Draws: a.Draws, Seed: a.Seed, Undefined: a.Undefined,
		Matrices: MatricesDocument{
			Items: each(l.Matrices.Measures, func(s string) string { return s }), N0: l.Matrices.N0, WithinMS: rows(l.Matrices.WithinMS),
			BetweenMS: rows(l.Matrices.BetweenMS), BetweenLatent: rows(l.Matrices.BetweenLatent), ICC: each(l.Matrices.ICC, same),
		},
	}
}
