package roundrobin

import (
	"context"
	"encoding/binary"
	"errors"
	"math"

	"gonum.org/v1/gonum/stat/distuv"

	"holon/internal/multilevel"
	"holon/internal/multilevel/linear"
)

// CellsTooFew is the reason where the ratings that are there do not tell the
// components apart.
const CellsTooFew multilevel.Reason = "too_few_ratings"

const cellsTooFewSentence = "The ratings that are there do not tell actors, partners and relationships apart: too few members rated each other. " +
	"It takes a group of four at least in which most pairs rated each other in both directions."

// Restricted is round robins with any cells missing, fitted by restricted
// maximum likelihood. Undefined numbers are nil.
type Restricted struct {
	Groups, Members, Cells, Missing int
	Without                         *RestrictedFit // all groups have one mean
	With                            *RestrictedFit // groups have means of their own, with a variance; nil of one group
	Test                            *GroupTest     // of that variance; nil of one group
	Reason                          multilevel.Reason
}

// RestrictedFit is one fit. The standard errors come from Fisher's information;
// one of a component on the boundary is nil.
type RestrictedFit struct {
	Mean, MeanSE          *float64
	Components            []RestrictedComponent // in the order of Components
	Group                 *RestrictedComponent  // the group variance, nil without one
	GeneralReciprocity    *float64
	DyadicReciprocity     *float64
	LogLik                float64
	Boundary              []linear.Edge // where a component stands at its limit
	SecondOptimumDeviance *float64      // how much worse another optimum is, if less than .1
}

// RestrictedComponent is one component with its standard error.
type RestrictedComponent struct {
	Component Component
	Value, SE *float64
}

// GroupTest is the likelihood-ratio test of the group variance. A variance is
// never below zero, so that under the null the statistic is 0 half of the time
// and chi-squared with one degree of freedom the other half (Self & Liang 1987).
type GroupTest struct{ Statistic, P float64 }

// VarGroup names the group variance.
const VarGroup Component = "var_group"

// ofGroup is the place of the group variance behind the five components.
const ofGroup = 5

// REML takes round robins apart whatever cells are missing. With A and B the
// matrices that tell whose ratings are an actor's and a partner's, K the one that
// exchanges the two directions of a pair and G the group's, the ratings have the
// covariance
//
//	V = v_a AA' + v_b BB' + c_ab (AB' + BA') + v_g I + c_g K + v_G GG'
//
// and one mean. On complete groups of one size the solution inside the boundary
// is that of the closed formulas. What cannot be computed is told by Reason; the
// error is that of a context that ended.
func REML(ctx context.Context, groups []Group) (Restricted, error) {
	out := Restricted{Reason: check(groups)}
	if out.Reason != "" {
		return out, nil
	}
	u, ok := unitOf(groups)
	if !ok {
		out.Reason = BeyondRange
		return out, nil
	}
	out.count(groups)
	for _, with := range []bool{false, true} {
		if with && out.Groups < 2 {
			break
		}
		m := model(with)
		fit, err := linear.Estimate(ctx, m, blocks(m, groups, &u), linear.REML)
		if refusal, is := errors.AsType[*linear.Refusal](err); is {
			out.Reason = out.because(refusal.Reason)
			return out, nil
		}
		if err != nil {
			return out, err
		}
		if with {
			out.With = restricted(fit, &u)
		} else {
			out.Without = restricted(fit, &u)
		}
	}
	if out.With != nil {
		x := max(0, 2*(out.With.LogLik-out.Without.LogLik))
		out.Test = &GroupTest{Statistic: x, P: mixture(x)}
	}
	return out, nil
}

// mixture returns the probability of at least x under an even mixture of zero
// and chi-squared with one degree of freedom.
func mixture(x float64) float64 {
	if !(x > 0) {
		return 1
	}
	return distuv.ChiSquared{K: 1}.Survival(x) / 2
}

// count counts groups with ratings, their members and cells.
func (r *Restricted) count(groups []Group) {
	for i := range groups {
		if len(groups[i].Cells) == 0 {
			continue
		}
		r.Groups++
		r.Members += len(groups[i].Members)
		r.Cells += len(groups[i].Cells)
		r.Missing += groups[i].Missing()
	}
}

// because returns the reason of a refusal.
func (r *Restricted) because(reason linear.Reason) multilevel.Reason {
	switch reason {
	case linear.NoVariance:
		return multilevel.NoVariation
	case linear.NonFinite:
		return multilevel.NonFiniteRating
	default:
		return CellsTooFew
	}
}

// model returns the covariance with or without a group variance.
func model(with bool) *linear.Model {
	m := &linear.Model{Columns: []string{"mean"}}
	for _, c := range Components() {
		m.Parameters = append(m.Parameters, string(c))
	}
	if with {
		m.Parameters = append(m.Parameters, string(VarGroup))
		m.Parts = append(m.Parts, linear.Variance(string(VarGroup), ofGroup))
	}
	m.Parts = append(m.Parts, linear.Matrix("actor and partner", actor, partner, actorPartner), linear.Exchangeable("relationship", relationship, dyadic))
	return m
}

// blocks makes a block of each group; groups in which the same cells are there
// share a pattern.
func blocks(m *linear.Model, groups []Group, u *unit) []linear.Block {
	patterns := map[string]*linear.Pattern{}
	var out []linear.Block
	for i := range groups {
		cells := groups[i].sorted()
		if len(cells) == 0 {
			continue
		}
		var key []byte
		b := linear.Block{}
		for _, c := range cells {
			key = binary.AppendVarint(binary.AppendVarint(key, int64(c.Actor)), int64(c.Partner))
			b.Y = append(b.Y, u.distance(c.Value))
		}
		p := patterns[string(key)]
		if p == nil {
			p = pattern(m, cells)
			patterns[string(key)] = p
		}
		b.Pattern = p
		out = append(out, b)
	}
	return out
}

// sorted returns the cells by actor and partner.
func (g *Group) sorted() []Cell {
	n := len(g.Members)
	at := make(map[int]Cell, len(g.Cells))
	for _, c := range g.Cells {
		at[c.Actor*n+c.Partner] = c
	}
	out := make([]Cell, 0, len(at))
	for i := range n * n {
		if c, ok := at[i]; ok {
			out = append(out, c)
		}
	}
	return out
}

// pattern returns what cells share.
func pattern(m *linear.Model, cells []Cell) *linear.Pattern {
	p := linear.NewPattern(m, len(cells))
	for i, x := range cells {
		p.Mean(i, 0, 1)
		for j, y := range cells[:i+1] {
			if x.Actor == y.Actor {
				p.Share(actor, i, j, 1)
			}
			if x.Partner == y.Partner {
				p.Share(partner, i, j, 1)
			}
			if x.Actor == y.Partner {
				p.Share(actorPartner, i, j, 1)
			}
			if x.Partner == y.Actor {
				p.Share(actorPartner, i, j, 1)
			}
			if i == j {
				p.Share(relationship, i, j, 1)
			}
			if x.Actor == y.Partner && x.Partner == y.Actor {
				p.Share(dyadic, i, j, 1)
			}
			if len(m.Parameters) > ofGroup {
				p.Share(ofGroup, i, j, 1)
			}
		}
	}
	return p
}

// restricted writes a fit on the scale of the ratings.
func restricted(f *linear.Fit, u *unit) *RestrictedFit {
	names := Components()
	out := &RestrictedFit{
		Mean: u.mean(f.Beta[0]), LogLik: f.LogLik - float64(f.Rows-1)*float64(u.exp)*math.Ln2,
		Boundary: f.Boundary, SecondOptimumDeviance: f.Second,
	}
	if v := f.BetaCov[0][0]; v >= 0 {
		out.MeanSE = finite(u.effect(math.Sqrt(v)))
	}
	held := f.Held()
	one := func(i int, name Component) RestrictedComponent {
		c := RestrictedComponent{Component: name, Value: u.square(f.Theta[i])}
		if f.Cov != nil && !held[i] && f.Cov[i][i] > 0 {
			c.SE = u.square(math.Sqrt(f.Cov[i][i]))
		}
		return c
	}
	var parts components
	for i, name := range names {
		parts[i] = f.Theta[i]
		out.Components = append(out.Components, one(i, name))
	}
	if len(f.Theta) > ofGroup {
		out.Group = new(one(ofGroup, VarGroup))
	}
	out.GeneralReciprocity = parts.correlation(actorPartner, actor, partner)
	out.DyadicReciprocity = parts.correlation(dyadic, relationship, relationship)
	return out
}
