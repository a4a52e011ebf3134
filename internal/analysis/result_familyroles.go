package analysis

import (
	"holon/internal/multilevel"
	"holon/internal/multilevel/familyrole"
)

// FamilyRolesResult is what members of many families with the same roles say of each
// other, taken apart.
type FamilyRolesResult struct {
	Roles    []string
	Families int // complete ones
	Means    []RoleMean
	Parts    []RolePart
	Shares   []RoleShares
	Chi2     *float64 // against covariances without any structure
	DF       int
	P        *float64
	LogLik   *float64
	Reason   multilevel.Reason
}

// RoleMean is the mean of what one role says of another.
type RoleMean struct {
	By, Of string
	Mean   float64
}

// RolePart is one variance, or the covariance of a reciprocity.
type RolePart struct {
	Kind        familyrole.Kind
	By, Of      string // empty where there is none
	Value, SE   float64
	P           float64
	CI          []multilevel.Interval
	Correlation *float64
}

// RoleShares is what a rating of one role by another is made of.
type RoleShares struct {
	By, Of                               string
	Family, Actor, Partner, Relationship *float64
}

// Analysis returns FamilyRolesName.
func (*FamilyRolesResult) Analysis() Name { return FamilyRolesName }

// Verdict describes: many parts are tested, each beside its estimate, and none of
// them answers for all.
func (f *FamilyRolesResult) Verdict() Verdict {
	switch f.Reason {
	case familyrole.FewRoles, familyrole.FewFamilies:
		return Verdict{Answer: multilevel.NotIdentifiable, Reason: f.Reason}
	default:
		return described(f.Reason)
	}
}

// familyRolesOf names the parts of a fit.
func familyRolesOf(roles []string, fit *familyrole.Fit) *FamilyRolesResult {
	out := &FamilyRolesResult{Roles: roles, Families: fit.Families, Reason: fit.Reason}
	if fit.Reason != "" {
		return out
	}
	role := func(i int) string {
		if i < 0 {
			return ""
		}
		return roles[i]
	}
	for i, c := range familyrole.Cells(len(roles)) {
		s := &fit.Shares[i]
		out.Means = append(out.Means, RoleMean{roles[c.By], roles[c.Of], fit.Means[i]})
		out.Shares = append(out.Shares, RoleShares{roles[c.By], roles[c.Of], s.Family, s.Actor, s.Partner, s.Relationship})
	}
	for i := range fit.Parts {
		e := &fit.Parts[i]
		out.Parts = append(out.Parts, RolePart{Kind: e.Kind, By: role(e.By), Of: role(e.Of), Value: e.Value, SE: e.SE, P: e.P, CI: e.CI, Correlation: e.Correlation})
	}
	out.Chi2, out.DF, out.P, out.LogLik = &fit.Chi2, fit.DF, &fit.P, &fit.LogLik
	return out
}
