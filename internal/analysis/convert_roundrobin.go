package analysis

import (
	"math"

	"holon/internal/multilevel/roundrobin"
)

// document returns the numbers as they are written.
func (r *RoundRobinResult) document() any {
	p := &r.Pooled
	return RoundRobinDocument{
		Groups: each(r.Groups, roundDocument),
		Pooled: PooledDocument{
			Groups: p.Groups, Members: p.Members, Components: each(p.Estimates, roundPartDocument),
			GeneralReciprocity: p.GeneralReciprocity, DyadicReciprocity: p.DyadicReciprocity, GroupVariance: p.GroupVariance,
		},
		Lead: orNull(r.Lead),
		Left: each(r.Left, func(l roundrobin.Left) LeftDocument { return LeftDocument{l.Group, l.Member, l.Cells, l.Reason} }),
		Out: each(r.Out, func(g roundrobin.GroupLeft) GroupOutDocument {
			return GroupOutDocument{g.Group, g.Members, g.Missing, string(g.Reason)}
		}),
		Closed: orNull(string(r.Reason)), Restricted: restrictedDocument(&r.Restricted), Objection: orNull(string(r.Objection)),
	}
}

// roundDocument writes one complete group.
func roundDocument(g roundrobin.GroupResult) RoundDocument {
	return RoundDocument{
		Group: g.Name, N: g.N, Mean: g.Mean,
		Members:          each(g.Members, func(m roundrobin.Member) RoundMember { return RoundMember{m.Name, m.Actor, m.Partner} }),
		Components:       each(g.Estimates, roundPartDocument),
		ActorReliability: g.ActorReliability, PartnerReliability: g.PartnerReliability,
		GeneralReciprocity: g.GeneralReciprocity, DyadicReciprocity: g.DyadicReciprocity,
	}
}

// roundPartDocument writes one component.
func roundPartDocument(e roundrobin.Estimate) RoundPartDocument {
	return RoundPartDocument{
		Component: string(e.Component), Estimate: e.Value, Share: e.Share,
		Tests: each(e.Tests, func(t roundrobin.Test) RoundTestDocument { return RoundTestDocument(t) }),
	}
}

// restrictedDocument writes the restricted likelihood.
func restrictedDocument(r *roundrobin.Restricted) RestrictedDocument {
	d := RestrictedDocument{
		Groups: r.Groups, Members: r.Members, Ratings: r.Cells, Missing: r.Missing,
		Without: roundFitDocument(r.Without), With: roundFitDocument(r.With), Reason: orNull(string(r.Reason)),
	}
	if r.Test != nil {
		d.Test = &RoundGroupTestDocument{r.Test.Statistic, r.Test.P, "0.5*chisq(0)+0.5*chisq(1)"}
	}
	return d
}

// roundFitDocument writes one fit; nil for none.
func roundFitDocument(f *roundrobin.RestrictedFit) *RoundFitDocument {
	if f == nil {
		return nil
	}
	parts := f.Components
	if f.Group != nil {
		parts = append([]roundrobin.RestrictedComponent{*f.Group}, parts...)
	}
	d := &RoundFitDocument{
		Mean: f.Mean, MeanSE: f.MeanSE,
		Components: each(parts, func(c roundrobin.RestrictedComponent) FittedPartDocument {
			return FittedPartDocument{string(c.Component), c.Value, c.SE}
		}),
		GeneralReciprocity: f.GeneralReciprocity, DyadicReciprocity: f.DyadicReciprocity,
		Boundary:      boundaryDocuments(f.Boundary),
		SecondOptimum: f.SecondOptimumDeviance,
	}
	if !math.IsNaN(f.LogLik) && !math.IsInf(f.LogLik, 0) {
		d.LogLikelihood, d.Deviance = &f.LogLik, new(-2*f.LogLik)
	}
	return d
}

// document returns the bonds as they are written.
func (b *BondsResult) document() any {
	return BondsDocument{Threshold: b.Threshold, Low: b.Low, High: b.High, Groups: each(b.Groups, bondedGroupDocument)}
}

// bondedGroupDocument writes one group.
func bondedGroupDocument(g BondedGroup) BondedGroupDocument {
	same := func(s string) string { return s }
	return BondedGroupDocument{
		Group: g.Group, Sessions: each(g.Sessions, bondedSessionDocument),
		Steps: each(g.Steps, func(s BondStep) BondStepDocument { return BondStepDocument(s) }),
		Parts: BondPartsDocument{
			Reason: orNull(string(g.Parts.Reason)), Sessions: g.Parts.Sessions, Members: g.Parts.Members,
			Parts: each(g.Parts.Groups, func(part []string) []string { return each(part, same) }), Apart: each(g.Parts.Apart, same),
		},
	}
}

// bondedSessionDocument writes one session.
func bondedSessionDocument(s BondedSession) BondedSessionDocument {
	return BondedSessionDocument{
		Session: s.Session, Number: s.Number, Plain: BondTiesDocument(s.Plain), Centred: BondTiesDocument(s.Centred),
		Nodes: each(s.Nodes, func(n BondNode) BondNodeDocument { return BondNodeDocument(n) }),
		Edges: each(s.Edges, func(e BondEdge) BondEdgeDocument { return BondEdgeDocument(e) }),
	}
}
