package roundrobin

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"gonum.org/v1/gonum/stat/distuv"

	"holon/internal/caveat"
	"holon/internal/multilevel"
)

// Result is the round robins of one or several groups taken apart. Undefined
// numbers are nil.
type Result struct {
	Groups  []GroupResult // complete ones of four members and more, by name
	Pooled  Pooled
	Lead    string      // the method to read of several groups
	Left    []Left      // members left out of their group
	Out     []GroupLeft // groups left out, by name
	Reason  multilevel.Reason
	Caveats caveat.Set
}

// GroupLeft is a group that is left out, and why.
type GroupLeft struct {
	Group   string
	Members int
	Missing int // ratings that are not there
	Reason  multilevel.Reason
}

// Component names one of the five.
type Component string

// Components returns the names in order: variances of actors, of partners and
// of relationships (with the error of one rating), then the covariance of what a
// member gives and gets in general, and that of the two directions of one pair.
func Components() [5]Component {
	return [5]Component{"var_actor", "var_partner", "var_relationship", "cov_actor_partner", "cov_relationship"}
}

// Estimate is one component. One below zero is kept; in Share it counts as 0.
type Estimate struct {
	Component Component
	Value     *float64
	Share     *float64 // of the three variances together; nil of covariances
	Tests     []Test
}

// Test asks whether a variance is above zero, or a covariance other than zero.
type Test struct {
	Method string
	SE, T  *float64
	DF     int
	P      *float64 // one-sided of variances, two-sided of covariances
	Sides  int
}

// The methods: from formulas within each group (Lashley & Bond 1997), and from
// how groups differ from each other.
const (
	LashleyBond   = "lashley_bond"
	BetweenGroups = "between_groups"
)

// GroupResult is one group.
type GroupResult struct {
	Name                                  string
	N                                     int
	Mean                                  *float64
	Members                               []Member
	Estimates                             []Estimate
	ActorReliability, PartnerReliability  *float64
	GeneralReciprocity, DyadicReciprocity *float64
}

// Member is what one member gives and gets in general, as differences from the
// mean of the group.
type Member struct {
	Name           string
	Actor, Partner float64
}

// Pooled is several groups together, weighted by n − 1.
type Pooled struct {
	Groups, Members                       int
	Estimates                             []Estimate
	GeneralReciprocity, DyadicReciprocity *float64
	GroupVariance                         *float64 // nil of one group
}

// leadGroups is the number of groups from which differences between them make a
// test as good as the formulas within them.
const leadGroups = 10

// Analyse takes the round robins of groups apart. Groups of fewer than four, and
// groups with missing ratings, are left out by name; so are members who gave no
// rating or of whom there is none.
func Analyse(groups []Group) Result {
	var out Result
	if reason := check(groups); reason != "" {
		out.Reason = reason
		return out
	}
	used := out.choose(groups)
	if len(used) == 0 {
		out.Reason = out.whyNone()
		return out
	}
	u, ok := unitOf(used)
	if !ok {
		out.Reason = BeyondRange
		return out
	}
	found := make([]effects, len(used))
	for i := range used {
		found[i] = anova(used[i].matrix(u), u.noise)
		out.Groups = append(out.Groups, found[i].result(&used[i], &u))
	}
	out.Lead = LashleyBond
	if len(used) >= leadGroups {
		out.Lead = BetweenGroups
	}
	out.Pooled = pool(found, &u)
	if constant(used) {
		out.Reason = multilevel.NoVariation
	}
	out.say()
	return out
}

// check returns why ratings cannot be taken apart at all.
func check(groups []Group) multilevel.Reason {
	cells := 0
	for _, g := range groups {
		seen := map[[2]int]bool{}
		for _, c := range g.Cells {
			at := [2]int{c.Actor, c.Partner}
			switch {
			case math.IsNaN(c.Value) || math.IsInf(c.Value, 0):
				return multilevel.NonFiniteRating
			case seen[at]:
				return RepeatedCell
			}
			seen[at] = true
			cells++
		}
	}
	if cells == 0 {
		return multilevel.NoData
	}
	return ""
}

// fewestMembers is the size from which the five components can be told apart.
const fewestMembers = 4

// choose returns the complete groups of enough members, by name, and notes what
// is left out.
func (r *Result) choose(groups []Group) []Group {
	var used []Group
	for _, g := range groups {
		rest, left := g.Answering()
		switch {
		case len(g.Cells) == 0:
			continue
		case len(rest.Members) < fewestMembers:
			r.Out = append(r.Out, GroupLeft{Group: g.Name, Members: len(g.Members), Missing: g.Missing(), Reason: FewMembers})
			continue
		case rest.Missing() > 0:
			r.Out = append(r.Out, GroupLeft{Group: g.Name, Members: len(g.Members), Missing: g.Missing(), Reason: MissingCells})
			continue
		}
		r.Left = append(r.Left, left...)
		used = append(used, rest)
	}
	slices.SortFunc(used, func(a, b Group) int { return cmp.Compare(a.Name, b.Name) })
	slices.SortFunc(r.Out, func(a, b GroupLeft) int { return cmp.Compare(a.Group, b.Group) })
	slices.SortFunc(r.Left, func(a, b Left) int { return cmp.Or(cmp.Compare(a.Group, b.Group), cmp.Compare(a.Member, b.Member)) })
	return used
}

// whyNone is the reason where no group is left.
func (r *Result) whyNone() multilevel.Reason {
	if slices.ContainsFunc(r.Out, func(g GroupLeft) bool { return g.Reason == MissingCells }) {
		return MissingCells
	}
	return FewMembers
}

// constant tells whether all ratings are equal.
func constant(groups []Group) bool {
	first := groups[0].Cells[0].Value
	for _, g := range groups {
		if slices.ContainsFunc(g.Cells, func(c Cell) bool { return c.Value != first }) {
			return false
		}
	}
	return true
}

// result writes one group on the scale of its ratings.
func (e *effects) result(g *Group, u *unit) GroupResult {
	errors := e.parts.sampling(e.n)
	out := GroupResult{
		Name: g.Name, N: e.n, Mean: u.mean(e.mean), Estimates: e.parts.estimates(u),
		ActorReliability: e.parts.reliability(actor, e.n), PartnerReliability: e.parts.reliability(partner, e.n),
		GeneralReciprocity: e.parts.correlation(actorPartner, actor, partner), DyadicReciprocity: e.parts.correlation(dyadic, relationship, relationship),
	}
	for i, name := range g.Members {
		out.Members = append(out.Members, Member{Name: name, Actor: u.effect(e.actors[i]), Partner: u.effect(e.partner[i])})
	}
	for i := range out.Estimates {
		out.Estimates[i].Tests = []Test{test(LashleyBond, i, e.parts[i], errors[i], float64(e.n-1), u)}
	}
	return out
}

// estimates writes components without tests.
func (c *components) estimates(u *unit) []Estimate {
	names := Components()
	out := make([]Estimate, len(c))
	shares, ok := c.shares()
	for i := range out {
		out[i] = Estimate{Component: names[i], Value: u.square(c[i])}
		if ok && i < len(shares) {
			out[i].Share = &shares[i]
		}
	}
	return out
}

// test makes t of an estimate and its squared error. Without an error there is
// none.
func test(method string, component int, estimate, squared, df float64, u *unit) Test {
	out := Test{Method: method, DF: int(df), Sides: 1}
	if component == actorPartner || component == dyadic {
		out.Sides = 2
	}
	se := math.Sqrt(squared)
	if math.IsNaN(se) {
		return out
	}
	out.SE = u.square(se)
	if !(se > 0) || !(df > 0) {
		return out
	}
	t := estimate / se
	law := distuv.StudentsT{Mu: 0, Sigma: 1, Nu: df}
	out.T = finite(t)
	if out.Sides == 2 {
		out.P = finite(min(1, 2*law.Survival(math.Abs(t))))
	} else {
		out.P = finite(law.Survival(t))
	}
	return out
}

// say adds what must be said along with the numbers.
func (r *Result) say() {
	if len(r.Out) > 0 {
		names := make([]string, len(r.Out))
		for i, g := range r.Out {
			names[i] = g.Group
		}
		r.Caveats.Add("groups_left_out", fmt.Sprintf("Left out of the closed formulas: %s. They have fewer than four members, or ratings are missing in them.", strings.Join(names, ", ")))
	}
	if len(r.Left) > 0 {
		names := make([]string, len(r.Left))
		for i, m := range r.Left {
			names[i] = m.Member + " of " + m.Group
		}
		r.Caveats.Add("members_left_out", fmt.Sprintf("Left out with every rating of them: %s. They rated nobody, or nobody rated them, so what they give and get in general cannot be told.", strings.Join(names, ", ")))
	}
	if slices.ContainsFunc(r.Pooled.Estimates[:3], func(e Estimate) bool { return e.Value != nil && *e.Value < 0 }) {
		r.Caveats.Add("negative_variance", "An estimated variance is below zero: chance made the part look smaller than none. It is shown as it is and counts as 0 in the shares.")
	}
	beyond := func(v *float64) bool { return v != nil && math.Abs(*v) > 1 }
	if beyond(r.Pooled.GeneralReciprocity) || beyond(r.Pooled.DyadicReciprocity) {
		r.Caveats.Add("correlation_beyond_one", "A reciprocity lies beyond one: its variances are estimated too small. Read it as strong, not as a number.")
	}
	r.Caveats.Add("relationship_holds_error", "With one rating of each pair what is special between two people and the chance error of one rating are one number.")
	if len(r.Groups) == 1 {
		r.Caveats.Add("one_group_tests_weak", fmt.Sprintf("The tests rest on one group of %d. Only very large differences between members show in one group.", r.Groups[0].N))
	}
}
