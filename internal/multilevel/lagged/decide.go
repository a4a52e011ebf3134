package lagged

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/stat/distuv"

	"holon/internal/multilevel"
	"holon/internal/multilevel/clustered"
)

// The numbers of the rule. Two drifts that have nothing to do with each other
// must not be taken for one thing that goes before another, so the chance that
// one of both directions is called beyond chance when none is stands at .001,
// not at .05: whoever reads many of these reports must not meet it.
const (
	Alpha          = 0.001
	DefaultBound   = 0.10 // standard deviations for each standard deviation
	fewestClusters = 4    // from which a verdict may be given
	steadyClusters = 10   // from which few clusters need not be mentioned
	leastDF        = 4    // Satterthwaite's degrees of freedom below which CR2 is not to be believed (Tipton 2015, Psychological Methods 20, 375-393)
	wantedPower    = 0.80
	ordinary       = 0.05
)

// decide answers, row by row: an undefined number satisfies no row.
func (r *Result) decide(structure multilevel.Reason) {
	r.holm()
	f, b := &r.Forward.Adjusted, &r.Backward.Adjusted
	switch {
	case structure != "":
		r.Answer, r.Reason = multilevel.NotIdentifiable, structure
		return
	case f.Reason != "":
		r.Answer, r.Reason = multilevel.NotIdentifiable, f.Reason
		return
	case b.Reason != "":
		r.Answer, r.Reason = multilevel.NotIdentifiable, b.Reason
		return
	}
	r.Answer = multilevel.CannotTell
	shown, opposed := false, false
	for _, a := range []*Arrow{&r.Forward, &r.Backward} {
		switch {
		case !(a.PHolm != nil && *a.PHolm <= Alpha):
		case a.opposed():
			opposed = true
		default:
			a.Shown, shown = true, true
		}
	}
	enough := f.Cluster >= fewestClusters
	known := f.Standard.ClusterDF != nil && b.Standard.ClusterDF != nil
	corrected := r.Forward.Corrected.Estimate != nil && r.Backward.Corrected.Estimate != nil
	judged := known && *f.Standard.ClusterDF >= leastDF && *b.Standard.ClusterDF >= leastDF
	if !enough || !judged || !corrected {
		r.Forward.Shown, r.Backward.Shown = false, false
	}
	switch {
	case !enough:
		r.Reason = FewClusters
	case !known:
		r.Reason = LimitsMissing
	case !judged:
		r.Reason = FewDegrees
	case !corrected:
		r.Reason = BiasUnknown
	case shown:
		r.Answer, r.Reason = multilevel.Supported, Beyond
	case opposed:
		r.Reason = Opposed
	case within(&r.Forward.Corrected, r.Bound) && within(&r.Backward.Corrected, r.Bound):
		r.Answer, r.Reason = multilevel.NotSupported, WithinBound
	default:
		r.Reason = LimitsWide
	}
	if corrected {
		r.settle()
	}
}

// opposed tells whether the arrow as it stands is beyond chance in the opposite
// direction.
func (a *Arrow) opposed() bool {
	raw := &a.Raw.Before
	return raw.ClusterP != nil && *raw.ClusterP <= ordinary && !(*raw.Estimate**a.Corrected.Estimate > 0)
}

// larger returns the larger of the clustered and the classical p: with few
// clusters a clustered error is small by chance now and then, and the classical
// one is too small where the errors of a cluster go together.
func (a *Arrow) larger() *float64 {
	robust, classical := a.Corrected.ClusterP, a.Corrected.P
	if robust == nil || classical == nil {
		return nil
	}
	return new(max(*robust, *classical))
}

// holm adjusts both p values for each other (Holm 1979).
func (r *Result) holm() {
	f, b := r.Forward.larger(), r.Backward.larger()
	if f == nil || b == nil {
		return
	}
	small := min(1, 2*min(*f, *b))
	large := max(small, max(*f, *b))
	r.Forward.PHolm, r.Backward.PHolm = &small, &large
	if *b < *f {
		r.Forward.PHolm, r.Backward.PHolm = &large, &small
	}
}

// within tells whether the 90 % limits lie within the bound on both sides, those
// by the classical error (normal) too.
func within(c *clustered.Coefficient, bound float64) bool {
	if !(math.Abs(*c.Estimate)+distuv.UnitNormal.Quantile(0.95)**c.SE < bound) {
		return false
	}
	for _, ci := range c.CI {
		if ci.Level == 0.90 && ci.Lower != nil && ci.Upper != nil {
			return *ci.Lower > -bound && *ci.Upper < bound
		}
	}
	return false
}

// settle says how many clusters like these would settle it, from the largest of
// the standard errors: normal limits shrink with the root of their number.
func (r *Result) settle() {
	f, b := &r.Forward.Corrected, &r.Backward.Corrected
	se := max(*f.ClusterSE, *b.ClusterSE, *f.SE, *b.SE)
	count := func(quantiles float64) *int {
		wide := quantiles * se / r.Bound
		n := float64(r.Forward.Adjusted.Cluster) * wide * wide
		if !(n < 1e6) {
			return nil
		}
		return new(max(fewestClusters, int(math.Ceil(n))))
	}
	z := distuv.UnitNormal.Quantile
	r.Settle = Settle{ToShow: count(z(1-Alpha/4) + z(wantedPower)), ToRuleOut: count(z(0.95) + z((1+wantedPower)/2))}
}

// remark adds what must be said with the numbers.
func (r *Result) remark(grouped bool) {
	c := &r.Caveats
	if r.Answer == multilevel.NotIdentifiable {
		c.Add(string(r.Reason), Sentence(r.Reason))
		return
	}
	c.Add("order_in_time_only", "What goes before is not thereby what brings it about: something that was not measured may move both.")
	if n := r.Forward.Nickell; n.Bias != nil {
		c.Add("short_courses", fmt.Sprintf("With members' means taken out, the slope of a measure on its own past is missed by about %.2f with %.3g pairs of sessions for each member (Nickell's bias), "+
			"and by more with members' own trends taken out.", *n.Bias, *n.PairsPerMember))
	}
	if f, b := r.Forward.Bias, r.Backward.Bias; f != nil && b != nil {
		c.Add("bias_taken_out", fmt.Sprintf("Courses as short as these move the two directions by about %.2f and %.2f standard deviations. The answer rests on what is left when that is taken out, "+
			"if all members go on from session to session alike and have settled when they begin.", *f, *b))
	}
	if !grouped {
		c.Add("no_groups", "Nobody's group is known: what a whole group shared in a session was not taken out, and errors are clustered on members.")
	}
	if n := r.Forward.Adjusted.Cluster; n < steadyClusters {
		c.Add("few_clusters", fmt.Sprintf("With %d clusters the limits by resampling are too narrow; those of the arrows themselves allow for few clusters.", n))
	}
	for _, a := range []*Arrow{&r.Forward, &r.Backward} {
		raw, own := a.Raw.Before.ClusterP, a.Corrected.ClusterP
		if raw != nil && own != nil && *raw <= ordinary && !(*own <= ordinary) {
			c.Add("raw_finds_a_trend", "A direction that looks beyond chance as it stands does not with each member's own trend, and what the group shared, taken out: two drifts that have nothing to do with each other look like that.")
		}
	}
}
