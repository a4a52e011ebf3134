package analysis

import (
	"holon/internal/multilevel/linear"
	"holon/internal/multilevel/onewithmany"
)

// OneWithManyDocument is the result of the analysis one_with_many. Reason says
// why nothing was computed. The estimates of sides and reciprocities are those of
// restricted likelihood; reml and ml hold one fit of both sides, or one for each
// side where they could not be fitted together. Against says what the therapists'
// measure is; null without one and where the data are a table.
type OneWithManyDocument struct {
	Reason          *string                  `json:"reason"`
	Therapists      int                      `json:"therapists"`
	Pairs           int                      `json:"pairs"`
	BothSides       int                      `json:"pairs_rated_by_both"`
	Ratings         int                      `json:"ratings"`
	SeveralSessions bool                     `json:"several_sessions"`
	ByTherapist     PairSideDocument         `json:"therapist_ratings"`
	ByMember        PairSideDocument         `json:"member_ratings"`
	Generalised     ReciprocityDocument      `json:"generalised_reciprocity"`
	Dyadic          ReciprocityDocument      `json:"dyadic_reciprocity"`
	OfSession       ReciprocityDocument      `json:"session_reciprocity"`
	REML            []OneWithManyFitDocument `json:"reml"`
	ML              []OneWithManyFitDocument `json:"ml"`
	Resampled       *PairResamplingDocument  `json:"resampled"`
	Against         *SubjectDocument         `json:"against"`
}

// PairSideDocument is what one side's ratings are made of; reason says why that
// is not known. A part is null where it was not told from the others.
type PairSideDocument struct {
	Reason       *string           `json:"reason"`
	Ratings      int               `json:"ratings"`
	Pairs        int               `json:"pairs"`
	Mean         *float64          `json:"mean"`
	MeanSE       *float64          `json:"mean_se"`
	Therapist    *PairPartDocument `json:"therapist"`
	Relationship *PairPartDocument `json:"relationship"`
	Error        *PairPartDocument `json:"error"`
}

// PairPartDocument is one part of a side's variance and its share.
type PairPartDocument struct {
	Variance *float64          `json:"variance"`
	SE       *float64          `json:"se"`
	Share    *float64          `json:"share"`
	CI       *IntervalDocument `json:"ci"`
}

// ReciprocityDocument is how the two sides go together; reason says why there is
// no correlation.
type ReciprocityDocument struct {
	Reason      *string           `json:"reason"`
	Covariance  *float64          `json:"covariance"`
	SE          *float64          `json:"se"`
	Correlation *float64          `json:"correlation"`
	CI          *IntervalDocument `json:"ci"`
}

// OneWithManyFitDocument is one likelihood's estimates.
type OneWithManyFitDocument struct {
	Method       string             `json:"method"`
	Sides        []string           `json:"sides"`
	Means        TwoSidesDocument   `json:"means"`
	Therapist    PairMatrixDocument `json:"therapist"`
	Relationship PairMatrixDocument `json:"relationship"`
	Error        PairMatrixDocument `json:"error"`
	LogLik       float64            `json:"log_likelihood"`
	Boundary     []BoundaryDocument `json:"boundary"`
	Second       *float64           `json:"second_optimum_deviance"`
}

// TwoSidesDocument is one number of either side.
type TwoSidesDocument struct {
	ByTherapist *float64 `json:"therapist_ratings"`
	ByMember    *float64 `json:"member_ratings"`
}

// PairMatrixDocument is the two variances of a part and their covariance.
type PairMatrixDocument struct {
	ByTherapist *float64 `json:"therapist_ratings"`
	ByMember    *float64 `json:"member_ratings"`
	Covariance  *float64 `json:"covariance"`
}

// BoundaryDocument says where a solution stands at a limit of what is possible.
type BoundaryDocument struct {
	Part string `json:"part"`
	Kind string `json:"kind"`
}

// PairResamplingDocument says what intervals rest on.
type PairResamplingDocument struct {
	Draws  int    `json:"draws"`
	Seed   uint64 `json:"seed"`
	Failed int    `json:"failed"`
}

// document returns the result as it is written.
func (o *OneWithManyResult) document() any {
	f := &o.Found
	d := OneWithManyDocument{
		Reason: orNull(string(f.Reason)), Therapists: f.Therapists, Pairs: f.Pairs, BothSides: f.BothSides, Ratings: f.Ratings,
		SeveralSessions: f.Sessions, Against: o.Against.document(),
		ByTherapist: pairSideDocument(&f.Sides[onewithmany.ByTherapist]), ByMember: pairSideDocument(&f.Sides[onewithmany.ByMember]),
		Generalised: reciprocityDocument(&f.Reciprocity[0]), Dyadic: reciprocityDocument(&f.Reciprocity[1]), OfSession: reciprocityDocument(&f.Reciprocity[2]),
		REML: each(f.REML, oneWithManyFitDocument), ML: each(f.ML, oneWithManyFitDocument),
	}
	if f.Resampled != nil {
		d.Resampled = new(PairResamplingDocument(*f.Resampled))
	}
	return d
}

// pairSideDocument returns a side as it is written.
func pairSideDocument(s *onewithmany.SideResult) PairSideDocument {
	d := PairSideDocument{Reason: orNull(string(s.Reason)), Ratings: s.Ratings, Pairs: s.Pairs, Mean: s.Mean, MeanSE: s.MeanSE}
	for i, to := range []**PairPartDocument{&d.Therapist, &d.Relationship, &d.Error} {
		if i >= len(s.Parts) {
			break
		}
		p := s.Parts[i]
		*to = &PairPartDocument{Variance: p.Variance, SE: p.SE, Share: p.Share}
		if p.CI != nil {
			(*to).CI = new(intervalDocument(*p.CI))
		}
	}
	return d
}

// reciprocityDocument returns a reciprocity as it is written.
func reciprocityDocument(x *onewithmany.Reciprocity) ReciprocityDocument {
	d := ReciprocityDocument{Reason: orNull(string(x.Reason)), Covariance: x.Covariance, SE: x.SE, Correlation: x.Correlation}
	if x.CI != nil {
		d.CI = new(intervalDocument(*x.CI))
	}
	return d
}

// oneWithManyFitDocument returns a fit as it is written.
func oneWithManyFitDocument(f onewithmany.Fit) OneWithManyFitDocument {
	matrix := func(l int) PairMatrixDocument { return PairMatrixDocument{f.Parts[0][l], f.Parts[1][l], f.Together[l]} }
	return OneWithManyFitDocument{
		Method: f.Method, Sides: f.Sides, Means: TwoSidesDocument{f.Means[0], f.Means[1]},
		Therapist: matrix(0), Relationship: matrix(1), Error: matrix(2), LogLik: f.LogLik, Second: f.Second,
		Boundary: boundaryDocuments(f.Boundary),
	}
}

// boundaryDocuments returns where a solution stands at its limits.
func boundaryDocuments(edges []linear.Edge) []BoundaryDocument {
	return each(edges, func(e linear.Edge) BoundaryDocument { return BoundaryDocument{e.Part, string(e.Kind)} })
}
