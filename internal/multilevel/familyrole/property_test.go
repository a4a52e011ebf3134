package familyrole_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"gonum.org/v1/gonum/floats/scalar"

	"holon/internal/multilevel"
	"holon/internal/multilevel/familyrole"
)

// drawn draws families with known parts: all variances 1, and reciprocities .3.
func drawn(roles, families int, seed uint64) *familyrole.Table {
	rng := rand.New(rand.NewPCG(seed, 6))
	t := &familyrole.Table{}
	for i := range roles {
		t.Roles = append(t.Roles, fmt.Sprint("r", i))
	}
	both := func() (a, b float64) {
		a = rng.NormFloat64()
		return a, .3*a + math.Sqrt(1-.3*.3)*rng.NormFloat64()
	}
	cells := familyrole.Cells(roles)
	for range families {
		family := rng.NormFloat64()
		actor, partner := make([]float64, roles), make([]float64, roles)
		for i := range roles {
			actor[i], partner[i] = both()
		}
		between := map[familyrole.Cell]float64{}
		for _, c := range cells {
			if c.By < c.Of {
				between[c], between[familyrole.Cell{By: c.Of, Of: c.By}] = both()
			}
		}
		row := make([]float64, len(cells))
		for k, c := range cells {
			row[k] = 5 + family + actor[c.By] + partner[c.Of] + between[c]
		}
		t.Families = append(t.Families, row)
	}
	return t
}

// mapped returns a table whose cells are those of another one.
func mapped(t *familyrole.Table, from func(familyrole.Cell) familyrole.Cell, value func(float64) float64) *familyrole.Table {
	cells := familyrole.Cells(len(t.Roles))
	out := &familyrole.Table{Roles: t.Roles}
	for _, row := range t.Families {
		next := make([]float64, len(cells))
		for k, c := range cells {
			next[k] = value(row[slices.Index(cells, from(c))])
		}
		out.Families = append(out.Families, next)
	}
	return out
}

// values returns parts by name.
func values(f *familyrole.Fit) map[familyrole.Part]float64 {
	out := map[familyrole.Part]float64{}
	for _, e := range f.Parts {
		out[e.Part] = e.Value
	}
	return out
}

// TestPartsFollowTheTable: exchanging roles exchanges their parts, exchanging raters
// and targets exchanges actors and partners, and a constant changes means alone.
func TestPartsFollowTheTable(t *testing.T) {
	t.Parallel()
	for roles := 3; roles <= 5; roles++ {
		table := drawn(roles, 80, uint64(roles))
		first := familyrole.Take(table)
		same := func(c familyrole.Cell) familyrole.Cell { return c }
		keep := func(v float64) float64 { return v }
		for name, x := range map[string]struct {
			table *familyrole.Table
			part  func(familyrole.Part) familyrole.Part
			scale float64
		}{
			"turned": {mapped(table, func(c familyrole.Cell) familyrole.Cell { return familyrole.Cell{By: c.Of, Of: c.By} }, keep), func(p familyrole.Part) familyrole.Part {
				switch p.Kind {
				case familyrole.Actor:
					return familyrole.Part{Kind: familyrole.Partner, By: -1, Of: p.By}
				case familyrole.Partner:
					return familyrole.Part{Kind: familyrole.Actor, By: p.Of, Of: -1}
				case familyrole.Relationship:
					return familyrole.Part{Kind: familyrole.Relationship, By: p.Of, Of: p.By}
				default:
					return p
				}
			}, 1},
			"moved and doubled": {mapped(table, same, func(v float64) float64 { return 2*v - 100 }), func(p familyrole.Part) familyrole.Part { return p }, 4},
			"the first two roles exchanged": {mapped(table, func(c familyrole.Cell) familyrole.Cell {
				other := func(i int) int { return []int{1, 0, 2, 3, 4}[i] }
				return familyrole.Cell{By: other(c.By), Of: other(c.Of)}
			}, keep), func(p familyrole.Part) familyrole.Part {
				other := func(i int) int {
					if i < 0 {
						return i
					}
					return []int{1, 0, 2, 3, 4}[i]
				}
				p.By, p.Of = other(p.By), other(p.Of)
				if p.Kind == familyrole.Dyadic && p.By > p.Of {
					p.By, p.Of = p.Of, p.By
				}
				return p
			}, 1},
		} {
			next := familyrole.Take(x.table)
			at := values(&next)
			for _, e := range first.Parts {
				if got := at[x.part(e.Part)]; !scalar.EqualWithinAbs(got, x.scale*e.Value, 1e-7*x.scale) {
					t.Errorf("%d roles, %s: %+v is %g, then %g", roles, name, e.Part, e.Value, got)
				}
			}
			if !scalar.EqualWithinRel(next.Chi2, first.Chi2, 1e-6) {
				t.Errorf("%d roles, %s: chi squared %g, then %g", roles, name, first.Chi2, next.Chi2)
			}
		}
	}
}

// TestDrawnPartsAreFound in many families, each within four standard errors, and the
// fit is no worse than chance makes it.
func TestDrawnPartsAreFound(t *testing.T) {
	t.Parallel()
	got := familyrole.Take(drawn(4, 3000, 11))
	for _, e := range got.Parts {
		want := 1.0
		if e.Kind == familyrole.General || e.Kind == familyrole.Dyadic {
			want = .3
		}
		if !(math.Abs(e.Value-want) < 4*e.SE) || !(e.P < .001) {
			t.Errorf("%+v: %.3f (%.3f), p %.3g", e.Part, e.Value, e.SE, e.P)
		}
		if e.Correlation != nil && !(math.Abs(*e.Correlation-.3) < .15) {
			t.Errorf("%+v: correlation %.3f", e.Part, *e.Correlation)
		}
	}
	if !(got.P > .001) || got.DF != 47 {
		t.Errorf("chi squared %.1f with %d degrees of freedom", got.Chi2, got.DF)
	}
	three := familyrole.Take(drawn(3, 200, 12))
	if slices.ContainsFunc(three.Parts, func(e familyrole.Estimate) bool { return e.Kind == familyrole.Family }) || len(three.Parts) != 18 || three.DF != 3 {
		t.Errorf("three roles: %d parts, %d degrees of freedom", len(three.Parts), three.DF)
	}
}

// TestWhatCannotBeTakenApartSaysWhy.
func TestWhatCannotBeTakenApartSaysWhy(t *testing.T) {
	t.Parallel()
	constant := drawn(3, 40, 1)
	for i := range constant.Families {
		constant.Families[i][2] = 4
	}
	broken := drawn(3, 40, 1)
	broken.Families[3][1] = math.NaN()
	for want, table := range map[multilevel.Reason]*familyrole.Table{
		familyrole.FewRoles: drawn(2, 40, 1), familyrole.ManyRoles: drawn(7, 60, 1), familyrole.FewFamilies: drawn(4, 12, 1),
		multilevel.NoVariation: constant, multilevel.NonFiniteRating: broken,
	} {
		if got := familyrole.Take(table); got.Reason != want || got.Parts != nil {
			t.Errorf("%s, want %s", got.Reason, want)
		}
	}
	// Values without structure: variances below zero are told as they are, without shares.
	rng := rand.New(rand.NewPCG(5, 5))
	noise := drawn(4, 40, 1)
	for _, row := range noise.Families {
		for k := range row {
			row[k] = rng.NormFloat64()
		}
	}
	got := familyrole.Take(noise)
	negative := slices.ContainsFunc(got.Parts, func(e familyrole.Estimate) bool { return e.Kind == familyrole.Actor && e.Value < 0 && e.P > .5 })
	none := slices.ContainsFunc(got.Shares, func(s familyrole.Shares) bool { return s.Actor == nil })
	if got.Reason != "" || !negative || !none {
		t.Errorf("%s, below zero %v, without shares %v", got.Reason, negative, none)
	}
}
