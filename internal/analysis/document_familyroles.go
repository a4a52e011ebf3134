package analysis

// FamilyRolesDocument is the result of the analysis family_round_robin.
type FamilyRolesDocument struct {
	Roles    []string             `json:"roles"`
	Families int                  `json:"families"` // complete ones
	Means    []RoleMeanDocument   `json:"means"`
	Parts    []RolePartDocument   `json:"parts"`
	Shares   []RoleSharesDocument `json:"shares"`
	Chi2     *float64             `json:"chi_squared"` // against covariances without any structure
	DF       int                  `json:"df"`
	P        *float64             `json:"p"`
	LogLik   *float64             `json:"log_likelihood"`
	Reason   *string              `json:"not_computed"`
}

// RoleMeanDocument is the mean of what one role says of another.
type RoleMeanDocument struct {
	By   string  `json:"by"`
	Of   string  `json:"of"`
	Mean float64 `json:"mean"`
}

// RolePartDocument is one variance, or the covariance of a reciprocity.
type RolePartDocument struct {
	Part        string             `json:"part"`
	By          *string            `json:"by"` // the role that rates; of a reciprocity the role, or the first of the two
	Of          *string            `json:"of"` // the role that is rated; of a reciprocity the second of the two
	Estimate    float64            `json:"estimate"`
	SE          float64            `json:"se"`
	P           float64            `json:"p"` // one-sided of a variance, two-sided of a covariance
	CI          []IntervalDocument `json:"ci"`
	Correlation *float64           `json:"correlation"` // of a reciprocity; null where a variance is not above zero
}

// RoleSharesDocument is what the value of one role's rating of another is made of.
type RoleSharesDocument struct {
	By           string   `json:"by"`
	Of           string   `json:"of"`
	Family       *float64 `json:"family"` // null with three roles, and all are null where a part is below zero
	Actor        *float64 `json:"actor"`
	Partner      *float64 `json:"partner"`
	Relationship *float64 `json:"relationship_and_error"`
}

// document returns the numbers as they are written.
func (f *FamilyRolesResult) document() any {
	return FamilyRolesDocument{
		Roles: f.Roles, Families: f.Families, Chi2: f.Chi2, DF: f.DF, P: f.P, LogLik: f.LogLik, Reason: orNull(string(f.Reason)),
		Means: each(f.Means, func(m RoleMean) RoleMeanDocument { return RoleMeanDocument(m) }),
		Parts: each(f.Parts, func(e RolePart) RolePartDocument {
			return RolePartDocument{
				Part: string(e.Kind), By: orNull(e.By), Of: orNull(e.Of), Estimate: e.Value, SE: e.SE, P: e.P, CI: each(e.CI, intervalDocument), Correlation: e.Correlation,
			}
		}),
		Shares: each(f.Shares, func(s RoleShares) RoleSharesDocument { return RoleSharesDocument(s) }),
	}
}
