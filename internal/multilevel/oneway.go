package multilevel

import (
	"fmt"

	"holon/internal/caveat"
	"holon/internal/multilevel/fdist"
)

// OneWay is a table of ratings of members in groups, one row per rating.
// Missing ratings are left out by the caller, before sizes are counted.
type OneWay struct {
	Group []string
	Y     []float64
}

// Options of the test. The zero value is the documented default.
type Options struct {
	Bound    float64  // the group share that would matter; 0 means .05
	PlanICC  float64  // the true ICC that Settle assumes; 0 means .10
	Estimand Estimand // empty means Group

	Draws    int                   // of every simulation; 0 means DefaultDraws, or fewer where one costs much
	Seed     uint64                // of the simulations; 0 means DefaultSeed
	Progress func(done, total int) // is told how many draws are done; may be nil
}

// withDefaults fills in what was left at zero. It panics on a share outside
// (0, 1), which callers refuse where it is typed.
func (o Options) withDefaults() Options {
	if o.Bound == 0 {
		o.Bound = 0.05
	}
	if o.PlanICC == 0 {
		o.PlanICC = 0.10
	}
	if o.Estimand == "" {
		o.Estimand = Group
	}
	if o.Seed == 0 {
		o.Seed = DefaultSeed
	}
	if o.Draws < 0 {
		panic("multilevel: a number of draws below zero")
	}
	inside := func(share float64) bool { return share > 0 && share < 1 }
	if !inside(o.Bound) || !inside(o.PlanICC) {
		panic("multilevel: a share must lie between 0 and 1")
	}
	return o
}

// TestGroupLevel tests whether groups carry variance of their own: one-way
// random effects ANOVA for any group sizes, its exact F test and Wald interval,
// REML and ML fits with their boundary tests, predictions per group, the same by
// other conventions, and the answer by Decide. Nothing is drawn at random; see
// TestGroupLevelInFull. Ratings that are not finite are refused. It panics when
// Group and Y differ in length.
func TestGroupLevel(d OneWay, o Options) GroupLevel {
	r, _ := testGroupLevel(d, o.withDefaults())
	return r
}

// testGroupLevel is TestGroupLevel, and returns what further tests start from,
// nil where there is nothing to test.
func testGroupLevel(d OneWay, o Options) (GroupLevel, *tested) {
	if len(d.Group) != len(d.Y) {
		panic("multilevel: groups and ratings differ in length")
	}
	if len(d.Y) == 0 {
		return undecided(o, Counts{}, Facts{Structure: NoData}), nil
	}
	lo, hi, finite := extent(d.Y)
	if !finite {
		keys, _, _ := arrange(d.Group)
		return undecided(o, Counts{Ratings: len(d.Y), Groups: len(keys)}, Facts{Refused: NonFiniteRating}), nil
	}
	t := tabulate(d, lo, hi)
	s := stratify(t)
	return s.test(o, lo == hi, &t)
}

// test tests strata, of a table or of totals; t is the table, nil of totals.
func (s *strata) test(o Options, constant bool, t *table) (GroupLevel, *tested) {
	r := describe(s, o)
	a := s.analyse()
	r.ANOVA = a.report(s)
	r.Comparison = s.compare(a)
	facts := Facts{Groups: s.groups, Bound: o.Bound, Structure: structure(s, constant)}
	var more *tested
	switch {
	case facts.Structure != "":
		r.blank(s)
	case s.within == 0:
		facts.P, facts.Lower = r.perfect(s), new(1.0) // the limit; no interval has an upper end
	default:
		more = &tested{strata: s, table: t, f: a.f}
		facts.P = r.ANOVA.P
		facts.Lower, facts.Upper, more.ratio = r.estimate(s, a)
		if t != nil {
			noteCrowd(t, &r.Caveats)
		}
	}
	r.Settle = settle(s.design(), o, &r.Caveats)
	r.decide(facts)
	if s.scale.beyond {
		r.Caveats.Add("beyond_range", "Some numbers of these ratings are too large or too small to be written in their unit.")
	}
	return r, more
}

// undecided is the result where nothing was computed.
func undecided(o Options, counts Counts, f Facts) GroupLevel {
	r := GroupLevel{Structure: MembersInGroups, Estimand: o.Estimand, Counts: counts, Settle: Settle{ICC: o.PlanICC, Bound: o.Bound}}
	r.blank(&strata{})
	r.decide(f)
	return r
}

// structure returns why these data can never show a group level, or "".
func structure(s *strata, constant bool) Reason {
	switch {
	case s.groups == 1:
		return OneGroup
	case s.groups == s.ratings:
		return OneRatingPerGroup
	case constant:
		return NoVariation
	}
	return ""
}

// describe starts a result with the counts, sizes and means.
func describe(s *strata, o Options) GroupLevel {
	first := s.classes[0]
	r := GroupLevel{
		Structure: MembersInGroups,
		Estimand:  o.Estimand,
		Counts:    Counts{Ratings: s.ratings, Groups: s.groups},
		GroupSize: GroupSize{
			Min: new(int(first.size)), Max: new(int(s.largest())), Singletons: new(0),
			Mean: new(float64(s.ratings) / float64(s.groups)), Harmonic: new(s.harmonic()),
		},
		GrandMean: s.scale.location(s.grand), MeanOfMeans: s.scale.location(s.meanOfMeans()),
	}
	if first.size == 1 {
		*r.GroupSize.Singletons = int(first.count)
	}
	if s.groups > 1 {
		r.GroupSize.N0 = new(s.n0())
	}
	return r
}

// levels are the levels of the intervals shown; the answer reads the last one.
func levels() []float64 { return []float64{0.95, 0.90} }

// blank fills in the parts that have no numbers.
func (r *GroupLevel) blank(s *strata) {
	for _, level := range levels() {
		r.ICC1.CI = append(r.ICC1.CI, Interval{Level: level, Method: IntervalWald})
	}
	r.ICCGroupMean.PerGroup, _ = s.reliabilities(func(int) *float64 { return nil })
	r.tests(nil, nil)
}

// estimate fills in everything that needs two groups and variance within, and
// returns the 90 % limits and the restricted likelihood ratio.
func (r *GroupLevel) estimate(s *strata, a oneWay) (lower, upper *float64, ratio float64) {
	r.ICC1.Estimate = s.scale.kept(a.icc1())
	if a.msB == 0 {
		r.Caveats.Add("reliability_undefined", "The group means are all equal, so the reliability of a group mean by 1 - 1/F is a division by zero.")
	}
	r.ICCGroupMean.Estimate = defined(a.groupMean(), s.scale.kept)
	for _, level := range levels() {
		iv, cut := waldInterval(s, level)
		r.ICC1.CI = append(r.ICC1.CI, iv)
		lower, upper = iv.Lower, iv.Upper
		if lower == nil {
			r.Caveats.Add("interval_undefined", "A quantile of F with these degrees of freedom could not be computed.")
		}
		if cut {
			r.Caveats.Add("interval_at_limit", fmt.Sprintf(
				"A limit of the interval stands at %.4g, the least correlation that groups of up to %d members can have.",
				-1/(s.largest()-1), int(s.largest())))
		}
	}
	var reml, ml solution
	r.REML, r.ML, reml, ml = fitBoth(s, &r.Caveats)
	r.Comparison.compareEstimates(s, a, reml, ml)
	r.profileIntervals(s, reml, ml)
	r.caution()
	r.BLUP = s.blups(reml)
	shares := s.effects(reml)
	r.ICCGroupMean.PerGroup, r.ICCGroupMean.MeanREML = s.reliabilities(func(k int) *float64 { return &shares[k].reliability })
	r.tests(&reml, &ml)
	return lower, upper, reml.drop
}

// profileIntervals adds the profile-likelihood intervals of the group's share.
func (r *GroupLevel) profileIntervals(s *strata, reml, ml solution) {
	p := profileOf(s)
	r.REML.ShareCI.Group = []Interval{p.likelihoodInterval(reml, restricted)}
	r.ML.ShareCI.Group = []Interval{p.likelihoodInterval(ml, full)}
}

// perfect fills in the limits that are reached when the members of every group
// agree exactly and groups differ, and returns the p value that is left.
func (r *GroupLevel) perfect(s *strata) *float64 {
	r.blank(s)
	r.ICC1.Estimate, r.ICCGroupMean.Estimate = new(1.0), new(1.0)
	r.ICCGroupMean.PerGroup, r.ICCGroupMean.MeanREML = s.reliabilities(func(int) *float64 { return new(1.0) })
	// The likelihood grows without limit as the residual variance goes to zero.
	r.REML, r.ML = Fit{Unbounded: new(true)}, Fit{Unbounded: new(true)}
	var p *float64
	if chance, ok := s.agreementByChance(); ok {
		p = &chance
	}
	r.Tests = append(r.Tests, ComponentTest{
		Component: "group", Method: MethodPermutationBound, P: p,
	})
	if p != nil {
		r.Tests[len(r.Tests)-1].Null = new("all assignments of these ratings to groups of these sizes equally likely")
	}
	r.Caveats.Add("perfect_agreement", "The members of every group gave the same rating while groups differ: F is infinite, ICC(1) is 1 as a limit "+
		"and the likelihood has no maximum. Make sure that one value was not copied to all members of a group.")
	return p
}

// tests lists the tests; nil solutions leave their numbers undefined, and with
// them the distributions that they would refer to.
func (r *GroupLevel) tests(reml, ml *solution) {
	r.Tests = []ComponentTest{
		{Component: "group", Method: MethodF, Statistic: r.ANOVA.F, P: r.ANOVA.P},
		{Component: "group", Method: MethodREML},
		{Component: "group", Method: MethodML},
	}
	if r.ANOVA.P != nil {
		r.Tests[0].Null = new(fmt.Sprintf("f(%d,%d)", *r.ANOVA.DFBetween, *r.ANOVA.DFWithin))
	}
	for i, sol := range []*solution{reml, ml} {
		if sol != nil {
			r.Tests[i+1].Statistic, r.Tests[i+1].P, r.Tests[i+1].Null = new(sol.drop), new(fdist.Boundary(sol.drop)), new(boundaryNull)
		}
	}
}

// decide takes the answer over.
func (r *GroupLevel) decide(f Facts) {
	d := Decide(f)
	r.Answer, r.Reason = d.Answer, d.Reason
	var all caveat.Set
	all.Merge(d.Caveats)
	all.Merge(r.Caveats)
	r.Caveats = all
}
