package grouplevel

import (
	"context"

	"holon/internal/multilevel"
	"holon/internal/multilevel/fdist"
)

// Estimate is a fit without tests of the group: what each level's share of the
// variance is by REML.
type Estimate struct {
	Structure  multilevel.Structure
	Therapists int                   // who lead the groups, as far as they are known
	Share      multilevel.Components // nil where the structure has no such level or cannot show it
	Therapist  multilevel.ComponentTest
	Reason     multilevel.Reason // why there is nothing, or no therapists' share; empty if there is
}

// The reasons why a table has no share of the therapists.
const (
	TherapistsUnknown    multilevel.Reason = "therapists_unknown"
	OneGroupPerTherapist multilevel.Reason = "one_group_per_therapist"
	SameTherapists       multilevel.Reason = "same_therapists_everywhere"
)

// Shares estimates the shares of the table's levels, one REML fit (two with
// therapists) and nothing drawn at random: cheap enough to be repeated with
// every member left out in turn.
func Shares(ctx context.Context, t Table, o Options) (Estimate, error) {
	o = o.withDefaults()
	x := indexOf(t.Rows)
	out := Estimate{Reason: multilevel.NoData}
	known := map[string]bool{}
	for g := range groupsOf(t.Rows) {
		if names, is := t.leaders(g); is {
			for _, name := range names {
				known[name] = true
			}
		}
	}
	out.Therapists = len(known)
	switch {
	case x.ratings == 0:
		return out, ctx.Err()
	case !x.finite:
		out.Reason = multilevel.NonFiniteRating
		return out, ctx.Err()
	case x.unit.constant:
		out.Reason = multilevel.NoVariation
		return out, ctx.Err()
	}
	c := choose(x, t, o)
	out.Structure, out.Reason = c.structure, c.because
	if c.answer == multilevel.Refused {
		return out, ctx.Err()
	}
	out.fit(ctx, x, t, c.levels)
	if out.Reason == OneGroupPerTherapist && c.notes.Has("one_therapist") {
		out.Reason = SameTherapists
	}
	return out, ctx.Err()
}

// fit fills the shares in.
func (out *Estimate) fit(ctx context.Context, x *index, t Table, levels model) {
	var e engine
	var err error
	if levels[therapist] || len(t.Covariates) > 0 {
		e, err = newGeneral(x, t, levels)
	} else {
		e, err = newWeekly(x, levels)
	}
	if err != nil {
		out.Reason = ModelNotFitted
		return
	}
	f, err := e.fit(ctx, levels, false)
	if err != nil {
		out.Reason = ModelNotFitted
		return
	}
	shares := map[level]*float64{}
	for l := range depth {
		if levels[l] || l == residual {
			shares[l] = expressed(f.variance[l] / f.total())
		}
	}
	out.Share = components(shares)
	switch {
	case levels[therapist]:
		out.Therapist = multilevel.ComponentTest{Component: therapist.String(), Method: multilevel.MethodREML}
		if less, err := e.fit(ctx, levels.without(therapist), false); err == nil {
			drop := max(0, less.deviance-f.deviance)
			out.Therapist.Statistic, out.Therapist.P, out.Therapist.Null = &drop, new(fdist.Boundary(drop)), new(boundaryNull)
		}
	case out.Reason != "":
	case out.Therapists == 0:
		out.Reason = TherapistsUnknown
	default:
		out.Reason = OneGroupPerTherapist
	}
}
