package analysis

import (
	"maps"
	"math"
	"slices"

	"holon/internal/multilevel/split"
)

// splitPool is what members of all families answer, so that one family can be held against
// the others.
type splitPool struct {
	roles  map[string]split.Spread
	most   map[string]int // raters that the largest family has in a role
	all    split.Spread
	alike  split.Likeness
	pairs  split.Steadiness // of two members
	lines  split.Steadiness // of the members and a therapist
	family split.Spread     // of families' lines of shared purpose
}

// familyShare is what one family adds to the pool.
type familyShare struct {
	roles    map[string][][]float64 // answers of each member in a role
	members  [][]inRole
	sessions [][]inRole  // answers of members about one therapist in one session
	pairs    [][]float64 // differences
	lines    [][]float64
	purpose  []float64
	fromRole struct{ members, sessions [][]float64 } // those less the mean of the role
}

// inRole is an answer with the role that the member had.
type inRole struct {
	role  string
	value float64
}

// fewestOfRole is how many raters of a role tell its mean; with fewer it is that of all.
const fewestOfRole = split.FewestFamilies

// compare makes how much alike members of a family are, and how steady a member is, of
// answers less the mean of their role: that caregivers say more than adolescents is no
// difference of families.
func (p *splitPool) compare(families []*familyShare) {
	var everybody split.Spread
	for _, f := range families {
		for _, answers := range f.members {
			everybody.Add(less(answers, nil, 0))
		}
	}
	for _, f := range families {
		for _, answers := range f.members {
			own := less(answers, p.roles, everybody.Mean())
			f.fromRole.members = append(f.fromRole.members, own)
			p.all.Add(own)
		}
		for _, answers := range f.sessions {
			f.fromRole.sessions = append(f.fromRole.sessions, less(answers, p.roles, everybody.Mean()))
		}
		p.alike.Add(f.fromRole.sessions)
	}
}

// less takes the means of their roles from answers, of a role that too few people tell of
// another one.
func less(answers []inRole, roles map[string]split.Spread, other float64) []float64 {
	out := make([]float64, len(answers))
	for i, a := range answers {
		mean := other
		if s := roles[a.role]; s.Raters >= fewestOfRole {
			mean = s.Mean()
		}
		out[i] = a.value - mean
	}
	return out
}

// add takes a family in.
func (p *splitPool) add(f *familyShare) {
	if p.roles == nil {
		p.roles, p.most = map[string]split.Spread{}, map[string]int{}
	}
	for role, people := range f.roles {
		s := p.roles[role]
		for _, answers := range people {
			s.Add(answers)
		}
		p.roles[role], p.most[role] = s, max(p.most[role], len(people))
	}
	p.pairs.Add(f.pairs)
	p.lines.Add(f.lines)
	p.family.Add(f.purpose)
}

// without returns the pool of the other families.
func (p *splitPool) without(f *familyShare) *splitPool {
	out := &splitPool{
		roles: maps.Clone(p.roles), all: p.all.Without(f.fromRole.members), alike: p.alike.Without(f.fromRole.sessions), pairs: p.pairs.Without(f.pairs),
		lines: p.lines.Without(f.lines), family: p.family.Without([][]float64{f.purpose}),
	}
	for role, people := range f.roles {
		s := out.roles[role]
		out.roles[role] = s.Without(people)
	}
	return out
}

// of is the spread of a role; ok is false where too few people tell.
func (p *splitPool) of(role string) (s split.Spread, ok bool) {
	s = p.roles[role]
	return s, s.Raters >= split.FewestRaters && s.Variance() > 0
}

// between is the standard deviation by which two members in these roles are graded, NaN
// where too few people tell: the root of the mean variance of both.
func (p *splitPool) between(a, b string) float64 {
	first, ok := p.of(a)
	second, also := p.of(b)
	if !ok || !also {
		return math.NaN()
	}
	return math.Sqrt((first.Variance() + second.Variance()) / 2)
}

// priorOf is what is known of a pair's variance, or of a family's beside the therapist,
// before it is looked at: at least what rounding two answers gives, step²/12 each.
func (w *splitsWalk) priorOf(s *split.Steadiness) split.Prior {
	out := s.Prior()
	out.Floor = w.rounding()
	return out
}

// rounding is the variance that rounding two answers to whole steps gives; 0 where no step
// is known.
func (w *splitsWalk) rounding() float64 {
	rule, steps := w.scorer.Rule(), 0.0
	for _, number := range rule.Items {
		if item, ok := w.def.Item(number); ok && item.Step > 0 {
			steps += (item.Max - item.Min) / item.Step
		}
	}
	if !(steps > 0) {
		return 0
	}
	step := (rule.Max - rule.Min) / steps
	return 2 * step * step / 12
}

// reference describes the pool.
func (p *splitPool) reference(ask *Ask) SplitReference {
	out := SplitReference{Fewest: split.FewestRaters, Families: p.alike.Families, Correlation: defined(p.alike.Correlation(&p.all)), Stability: defined(p.all.Stability())}
	for _, role := range slices.Sorted(maps.Keys(p.roles)) {
		s, enough := p.of(role)
		if s.Raters == 0 {
			continue
		}
		enough = enough && s.Raters-p.most[role] >= split.FewestRaters
		out.Roles = append(out.Roles, RoleSpread{Role: role, Raters: s.Raters, Mean: defined(s.Mean()), SD: defined(math.Sqrt(s.Variance())), Enough: enough})
		if enough {
			out.From = PoolReference
		}
	}
	if ask.NormSD > 0 {
		out.From, out.SD = AskedReference, &ask.NormSD
	}
	return out
}

// defined returns a number, nil for one that is none.
func defined(v float64) *float64 {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return nil
	}
	return &v
}
