package analysis

import (
	"context"
	"fmt"
	"slices"

	"holon/internal/fault"
	"holon/internal/instrument"
	"holon/internal/multilevel"
	"holon/internal/multilevel/decomposition"
	"holon/internal/session"
)

// Levels takes two measures of the same members in the same sessions apart,
// between groups and within them. Where the first is the members' alliance and
// the second what they say of the whole, it asks as well whether the second is
// more than the average of the first. Of each group one session is taken, the
// last with both unless another is chosen, or members' means over all of them.
// Errors are those of GroupLevel.
func Levels(ctx context.Context, src Source, ask Ask) (Report, error) {
	p, defs, err := inquireTwo(src, &ask)
	if err != nil {
		return Report{}, err
	}
	if place, of := ask.jointPlace(); of {
		p.choice, p.settle = nil, p.common(&ask, place)
	}
	if err := p.run(ctx, levelsOf(p.asked)...); err != nil {
		return Report{}, err
	}
	x, objectionX := p.whole(ask.Measure, defs[0])
	y, objectionY := p.whole(ask.Against, defs[1])
	both := pairing{x: x, y: y, means: ask.MemberMeans}
	both.pair()
	r, err := p.paired(&both)
	if err != nil {
		return Report{}, err
	}
	names := titlesOf(x, y)
	refused := foremost(objectionX, objectionY, mixedHomes(x, y), x.reader.Objection(), y.reader.Objection(),
		ask.objectToClaim(x.scorer.Level(), x.reader.Composition()))
	if refused != nil {
		r.object(refused)
		r.Result = &LevelsResult{Relation: decomposition.Relation{X: names[0], Y: names[1], Reason: refused.Reason}, Against: y.about(y.reader.Composition())}
		return r, nil
	}
	o := decomposition.Options{Bound: ask.Bound, Draws: ask.drawn(), Seed: ask.Seed, Progress: ask.tell("simulating")}
	if err := r.relate(ctx, both.table(names), both.beyond(), o); err != nil {
		return Report{}, ended(ctx, err)
	}
	result, _ := r.Result.(*LevelsResult)
	result.Against = y.about(y.reader.Composition())
	both.note(&ask, &r)
	return r, nil
}

// inquireTwo checks a question about two measures and returns the way through
// the sessions that it takes, and the definitions.
func inquireTwo(src Source, ask *Ask) (*pass, []*instrument.Definition, error) {
	var faults fault.List
	ask.check(&faults, src)
	p := &pass{src: src, choice: ask.Session, groups: ask.chosen(src), wants: func(m Measure) bool { return ask.wants(m) || covers(ask.Against, m) }}
	var defs []*instrument.Definition
	for i, m := range []Measure{ask.Measure, ask.Against} {
		defs = append(defs, checkMeasure(&faults, src, []string{"/measure", "/against"}[i], m))
	}
	if covers(ask.Measure, ask.Against) || covers(ask.Against, ask.Measure) {
		faults.Add("/against", "same_measure", "Name another measure than the first, or another occasion of it.")
	}
	if err := faults.Err(); err != nil {
		return nil, nil, err
	}
	for i, m := range []Measure{ask.Measure, ask.Against} {
		scorer, _ := session.NewScorer(defs[i], m)
		p.asked = append(p.asked, scorer)
	}
	return p, defs, nil
}

// levelsOf returns the levels of scorers, each once.
func levelsOf(scorers []session.Scorer) []instrument.Level {
	var out []instrument.Level
	for i := range scorers {
		if level := scorers[i].Level(); !slices.Contains(out, level) {
			out = append(out, level)
		}
	}
	return out
}

// jointPlace returns which session of each group is taken for several measures
// together; of is false where it is chosen otherwise.
func (a *Ask) jointPlace() (place Place, of bool) {
	switch {
	case a.MemberMeans:
		return "", false
	case a.Session == nil:
		return Last, true
	default:
		return a.Session.Place, a.Session.Place != ""
	}
}

// common chooses the first or the last session of a group in which a member has
// both measures.
func (p *pass) common(ask *Ask, place Place) func(map[subject]*gathering) {
	return func(found map[subject]*gathering) {
		var best *session.Session
		for of, g := range found {
			if !ask.wants(of.measure) {
				continue
			}
			for _, f := range g.waiting {
				if shared(found, &f, ask.Against) && (best == nil || (place == First) == (f.at.Number < best.Number)) {
					best = f.at
				}
			}
		}
		for _, g := range found {
			g.settled(func(s *session.Session) bool { return best != nil && s.ID == best.ID })
		}
	}
}

// shared tells whether somebody with a row in f has one of the other measure in
// the same session.
func shared(found map[subject]*gathering, f *found, other Measure) bool {
	for of, g := range found {
		if !covers(other, of.measure) {
			continue
		}
		for _, o := range g.waiting {
			if o.at.ID == f.at.ID && slices.ContainsFunc(f.ratings.Rows, func(a multilevel.Row) bool {
				return slices.ContainsFunc(o.ratings.Rows, func(b multilevel.Row) bool { return a.Member == b.Member })
			}) {
				return true
			}
		}
	}
	return false
}

// mixedHomes objects to one measure of therapy groups and one of families.
func mixedHomes(x, y *gathering) *multilevel.Objection {
	if x.home != y.home && len(x.ratings.Rows) > 0 && len(y.ratings.Rows) > 0 {
		return mixedKinds()
	}
	return nil
}

// foremost returns the last objection that there is, which is the first to be
// said.
func foremost(objections ...*multilevel.Objection) *multilevel.Objection {
	var said *multilevel.Objection
	for _, o := range objections {
		if o != nil {
			said = o
		}
	}
	return said
}

// titlesOf names two measures by their titles, told apart where those are the
// same.
func titlesOf(x, y *gathering) []string {
	a, b := x.scorer.Rule().Title, y.scorer.Rule().Title
	if a != b {
		return []string{a, b}
	}
	return []string{fmt.Sprintf("%s (%s)", a, x.apart()), fmt.Sprintf("%s (%s)", b, y.apart())}
}

// apart says by what a measure differs from another of the same title.
func (g *gathering) apart() string {
	of := Subject{Measure: g.measure}
	out := g.def.Title + ", " + of.by()
	switch g.measure.Occasion {
	case session.Pre:
		out += " before the meeting"
	case session.Post:
		out += " after the meeting"
	}
	return out
}
