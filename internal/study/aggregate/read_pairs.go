package aggregate

import (
	"holon/internal/analysis"
	"holon/internal/multilevel/onewithmany"
	"holon/internal/multilevel/roundrobin"
)

// oneWithMany reads whose share the differences between therapist–member pairs are.
// All of it tells of therapists.
func oneWithMany(f *figures, r *analysis.Report) {
	o, ok := r.Result.(*analysis.OneWithManyResult)
	if !ok {
		return
	}
	f.basis.byTherapist = true
	f.base.Therapists = new(o.Found.Therapists)
	for side, name := range []string{"therapists_rate", "members_rate"} {
		s := &o.Found.Sides[side]
		parts := analysis.SideParts()[side]
		f.on(r.Behind(parts[0]), r.Behind(parts[1]), r.Behind(parts[2]))
		f.add("mean", name, number{estimate: s.Mean, se: s.MeanSE, reason: s.Reason})
		for k, part := range []string{"therapist", "relationship", "error"} {
			n := number{reason: s.Reason}
			v := n
			if k < len(s.Parts) {
				p := &s.Parts[k]
				n, v = number{estimate: p.Share, ci: p.CI, method: "reml"}, number{estimate: p.Variance, se: p.SE, method: "reml"}
			}
			f.add("variance", name+":"+part, v)
			f.add("variance_share", name+":"+part, n)
		}
	}
	f.on(r.Behind(analysis.RatedFromBothSides), r.Behind(analysis.RepeatedFromBothSides))
	for k, layer := range []string{"generalised", "dyadic", "session"} {
		f.add("reciprocity", layer, correlation(&o.Found.Reciprocity[k]))
	}
}

// correlation is a correlation of two sides.
func correlation(r *onewithmany.Reciprocity) number {
	return number{estimate: r.Correlation, ci: r.CI, reason: r.Reason}
}

// roundRobin reads what members' ratings of each other are made of.
func roundRobin(f *figures, r *analysis.Report) {
	x, ok := r.Result.(*analysis.RoundRobinResult)
	if !ok {
		return
	}
	why := x.Verdict().Reason
	f.on(r.Behind(analysis.OfCompleteRounds))
	for _, e := range x.Pooled.Estimates {
		n := number{estimate: e.Value}
		for _, t := range e.Tests {
			if t.Method == x.Lead {
				n.se, n.p, n.method = t.SE, t.P, t.Method
			}
		}
		f.add("component", string(e.Component), n)
		if e.Share != nil {
			f.add("variance_share", string(e.Component), number{estimate: e.Share})
		}
	}
	f.add("reciprocity", "generalised", number{estimate: x.Pooled.GeneralReciprocity, reason: why})
	f.add("reciprocity", "dyadic", number{estimate: x.Pooled.DyadicReciprocity, reason: why})
	f.on(fewer(r.Behind(analysis.RatersOfRounds), r.Behind(analysis.RatedInRounds)), r.Behind(analysis.MutualInRounds))
	f.restricted(&x.Restricted)
}

// fewer are the fewer of those who rate and those who are rated: what somebody gives is
// known of nobody but those who do.
func fewer(raters, rated analysis.Behind) analysis.Behind {
	if rated.Members < raters.Members {
		return rated
	}
	return raters
}

// restricted adds the likelihood's numbers, which take groups with missing cells.
func (f *figures) restricted(r *roundrobin.Restricted) {
	fit := r.With
	if fit == nil {
		fit = r.Without
	}
	if fit == nil {
		return
	}
	for _, c := range fit.Components {
		f.add("component_reml", string(c.Component), number{estimate: c.Value, se: c.SE, method: "reml"})
	}
	if fit.Group != nil {
		n := number{estimate: fit.Group.Value, se: fit.Group.SE, method: "reml"}
		if r.Test != nil {
			n.p = &r.Test.P
		}
		f.add("component_reml", string(fit.Group.Component), n)
	}
}
