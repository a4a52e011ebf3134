package grouplevel

import (
	"context"
	"fmt"
	"slices"

	"holon/internal/multilevel"
	"holon/internal/multilevel/crossed"
	"holon/internal/multilevel/totals"
)

// Totals is what can be told of a table without its ratings. The totals of a shape
// are made of its own groups' ratings alone, to the last digit.
type Totals struct {
	Structure multilevel.Structure
	Estimand  multilevel.Estimand
	Shapes    []ShapeTotals // by members, then sessions
	// Incomplete counts the groups that are in no shape, because somebody was not
	// rated in some session.
	Incomplete int
	// Reason says why there are no totals; empty if there are.
	Reason multilevel.Reason
	Detail string // what else there is to say of the reason
}

// ShapeTotals is the totals of the groups of one shape.
type ShapeTotals struct {
	totals.Table // of this shape alone

	People int // different members, or its groups' members where names are not persons'
}

// Shape returns the only shape.
func (s *ShapeTotals) Shape() *totals.Shape { return &s.Shapes[0] }

// Pooled returns the totals of all shapes.
func (out *Totals) Pooled() totals.Table {
	tables := make([]totals.Table, len(out.Shapes))
	for i := range out.Shapes {
		tables[i] = out.Shapes[i].Table
	}
	return totals.Pool(tables)
}

// The reasons why a table has no totals, beside those of the tests.
const (
	NoTotalsOfStructure multilevel.Reason = "structure_has_no_totals"
	TotalsUnwritable    multilevel.Reason = "totals_beyond_range"
)

// TotalsOf chooses the structure of a table's rows as Test does and returns its
// totals: of members in groups by group size, of members by sessions by the shape
// of complete tables. Persons says that a member's name means one person in
// whatever group. It panics where the table has therapists or covariates, which
// totals do not hold.
func TotalsOf(t Table, structure multilevel.Structure, persons bool) Totals {
	if len(t.Therapists) > 0 || len(t.Covariates) > 0 {
		panic("grouplevel: totals know neither therapists nor covariates")
	}
	x := indexOf(t.Rows)
	switch {
	case x.ratings == 0:
		return Totals{Reason: multilevel.NoData}
	case !x.finite:
		return Totals{Reason: multilevel.NonFiniteRating}
	}
	c := choose(x, t, Options{Structure: structure}.withDefaults())
	out := Totals{Structure: c.structure, Estimand: c.estimand}
	switch {
	case c.answer == multilevel.Refused:
		return Totals{Reason: c.because, Detail: Sentence(c.because)}
	case c.oneWay:
		out.gather(x.shaped(func(b *block) (totals.Shape, bool) {
			return totals.Shape{Members: len(b.cells), Sessions: 1}, true
		}), (*ofShape).oneWay, persons)
	case c.levels[member] && c.levels[session] && !c.own:
		out.Structure = multilevel.MembersBySessions // of one group as of many
		out.gather(x.shaped(func(b *block) (totals.Shape, bool) {
			sh := totals.Shape{Members: len(b.members), Sessions: len(b.sessions)}
			return sh, len(b.cells) == sh.Members*sh.Sessions
		}), (*ofShape).crossed, persons)
		out.incomplete(len(x.blocks))
	default:
		return Totals{Reason: NoTotalsOfStructure, Detail: "These are " + c.structure.Words() + ". There are totals of one rating of each member in a group, and of members crossed with the sessions of their group."}
	}
	return out
}

// gather fills in the totals of each shape.
func (out *Totals) gather(shaped []ofShape, total func(*ofShape) (totals.Table, bool), persons bool) {
	for i := range shaped {
		table, ok := total(&shaped[i])
		if !ok {
			out.Reason = TotalsUnwritable
			return
		}
		out.Shapes = append(out.Shapes, ShapeTotals{Table: table, People: shaped[i].people(persons)})
	}
}

// incomplete counts the groups that are in no shape, and says so where all are.
func (out *Totals) incomplete(groups int) {
	out.Incomplete = groups
	for i := range out.Shapes {
		out.Incomplete -= out.Shapes[i].Groups()
	}
	if out.Reason == "" && out.Incomplete == groups {
		out.Reason = multilevel.NoData
		out.Detail = fmt.Sprintf("In each of %d groups some member was not rated in some session; such groups have no totals.", groups)
	}
}

// ofShape are groups of one shape.
type ofShape struct {
	totals.Shape

	blocks []*block
}

// shaped returns the groups by shape; shape says which one a group has, if any.
func (x *index) shaped(shape func(*block) (totals.Shape, bool)) []ofShape {
	var out []ofShape
	for i := range x.blocks {
		sh, ok := shape(&x.blocks[i])
		if !ok {
			continue
		}
		at, known := slices.BinarySearchFunc(out, sh, func(a ofShape, b totals.Shape) int {
			return slices.Compare([]int{a.Members, a.Sessions}, []int{b.Members, b.Sessions})
		})
		if !known {
			out = slices.Insert(out, at, ofShape{Shape: sh})
		}
		out[at].blocks = append(out[at].blocks, &x.blocks[i])
	}
	return out
}

// oneWay returns the totals of groups of one size.
func (of *ofShape) oneWay() (totals.Table, bool) {
	var d multilevel.OneWay
	for _, b := range of.blocks {
		for _, c := range b.cells {
			d.Group, d.Y = append(d.Group, b.group), append(d.Y, c.value)
		}
	}
	return multilevel.TotalsOf(d)
}

// crossed returns the totals of complete tables of one shape.
func (of *ofShape) crossed() (t totals.Table, ok bool) {
	grids := make([][]float64, len(of.blocks))
	u := unitOfBlocks(of.blocks)
	var sum, count float64
	for i, b := range of.blocks {
		grids[i] = make([]float64, len(b.cells))
		for _, c := range b.cells {
			z := u.distance(c.value)
			grids[i][c.member*len(b.sessions)+c.session] = z
			sum, count = sum+z, count+1
		}
	}
	sh := of.Shape
	sh.Groups = len(of.blocks)
	lines := crossedStrata(grids, shape{groups: sh.Groups, members: sh.Members, sessions: sh.Sessions})
	mean := u.width(sum / count)
	if mean == nil {
		return t, false
	}
	sh.Mean = *mean
	df := sh.Freedom(true)
	for i, to := range []*float64{&sh.Group, &sh.Member, &sh.Session, &sh.Residual} {
		if df[i] == 0 {
			continue
		}
		ss := u.square(lines[i].ss)
		if ss == nil {
			return t, false
		}
		*to = *ss
	}
	return totals.Table{Crossed: true, Origin: u.low, Shapes: []totals.Shape{sh}}, true
}

// unitOfBlocks returns the scale on which the ratings of these groups spread over
// about one.
func unitOfBlocks(blocks []*block) unit {
	var rows []multilevel.Row
	var places []int
	for _, b := range blocks {
		for _, c := range b.cells {
			rows, places = append(rows, multilevel.Row{Value: c.value}), append(places, len(places))
		}
	}
	return unitOf(rows, places)
}

// people counts the members.
func (of *ofShape) people(persons bool) int {
	n, names := 0, map[string]bool{}
	for _, b := range of.blocks {
		for _, name := range b.members {
			if !persons || name == "" || !names[name] {
				n++
			}
			names[name] = true
		}
	}
	return n
}

// OneSession returns the rows of one session of each group, its first or its last
// by name; rows that name none are left out.
func OneSession(rows []multilevel.Row, last bool) []multilevel.Row {
	chosen := map[string]string{}
	for _, r := range rows {
		before, seen := chosen[r.Group]
		if r.Session != "" && (!seen || (natural(r.Session, before) > 0) == last) {
			chosen[r.Group] = r.Session
		}
	}
	return slices.DeleteFunc(slices.Clone(rows), func(r multilevel.Row) bool { return r.Session == "" || r.Session != chosen[r.Group] })
}

// TestTotals is Test for data of which only totals are known. What needs single
// groups, members or sessions, such as their predictions, is nil.
func TestTotals(ctx context.Context, t totals.Table, estimand multilevel.Estimand, o Options) (multilevel.GroupLevel, error) {
	asked := o.Options
	asked.Estimand = estimand
	if !t.Crossed {
		if o.Detail == Full {
			return multilevel.TestTotalsInFull(ctx, t, asked)
		}
		return multilevel.TestTotals(t, asked), ctx.Err()
	}
	o = o.withDefaults()
	w := work{asked: asked, o: o}
	w.r.Settle = multilevel.Settle{ICC: o.PlanICC, Bound: o.Bound}
	summary, err := crossed.OfTotals(t)
	if err != nil { // there is not one rating
		w.lie = &complete{}
		w.unanswered(multilevel.Facts{Structure: multilevel.NoData})
		return w.r, ctx.Err()
	}
	w.lie, w.totalled = completeOf(t), weekly{summary: summary}
	w.c = chosen(t)
	w.describe()
	if err := w.model(ctx); err != nil {
		return multilevel.GroupLevel{}, err
	}
	return w.r, ctx.Err()
}

// chosen is the structure that complete tables have.
func chosen(t totals.Table) choice {
	p := pairs{groups: t.Groups()}
	for i := range t.Shapes {
		sh := &t.Shapes[i]
		m, s := float64(sh.Members), float64(sh.Sessions)
		p.sameMember += float64(sh.Groups) * m * s * (s - 1) / 2
		p.sameSession += float64(sh.Groups) * s * m * (m - 1) / 2
		p.sameGroup += float64(sh.Groups) * m * (m - 1) * s * (s - 1) / 2
	}
	c := choice{estimand: multilevel.Group, levels: model{group: true, member: p.sameMember > 0, session: p.sameSession > 0, residual: true}}
	c.settle(p)
	c.say(t.Ratings(), p)
	return c
}
