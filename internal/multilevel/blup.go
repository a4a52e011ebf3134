package multilevel

import (
	"math"
	"slices"
)

// GroupEffect is one group's mean and its shrunken prediction under REML.
type GroupEffect struct {
	Group          string
	Size           int
	Mean           float64
	BLUP           float64 // conditional mean of the group's deviation from mu
	CondSD         float64 // its standard deviation given mu
	PredSE         float64 // with the uncertainty of mu
	ShrunkenMean   float64 // mu + BLUP
	ShrunkenMeanSE float64
	Reliability    float64 // n G/(n G + e)
}

// classEffect is what groups of one size share, in units of z.
type classEffect struct {
	reliability, condSD, predSE, shrunkenSE float64
}

// effects returns the classes' shrinkage. With r = n l/(1+n l), G the group
// variance and v the variance of mu: cond_sd^2 = G(1-r), pred_se^2 = G(1-r) +
// r^2 v, shrunken_mean_se^2 = G(1-r) + (1-r)^2 v.
func (s *strata) effects(sol solution) []classEffect {
	v := sol.residual / sol.w1
	out := make([]classEffect, len(s.classes))
	for k, c := range s.classes {
		nl := float64(c.size * sol.ratio)
		r, keep := nl/(1+nl), 1/(1+nl)
		cond := float64(float64(sol.ratio*sol.residual) * keep)
		out[k] = classEffect{
			reliability: r,
			condSD:      math.Sqrt(cond),
			predSE:      math.Sqrt(cond + float64(float64(r*r)*v)),
			shrunkenSE:  math.Sqrt(cond + float64(float64(keep*keep)*v)),
		}
	}
	return out
}

// blups returns the predictions of all groups, or nil when single groups are not
// known or one of them cannot be expressed on the scale of the ratings.
func (s *strata) blups(sol solution) []GroupEffect {
	if s.sizes == nil {
		return nil
	}
	classes := s.effects(sol)
	out := make([]GroupEffect, len(s.sizes))
	x := express{scale: &s.scale}
	for i := range out {
		c := classes[s.classOf[i]]
		effect := float64(c.reliability * (s.means[i] - sol.mu))
		out[i] = GroupEffect{
			Group: s.keys[i], Size: s.sizes[i],
			Mean: x.location(s.means[i]), BLUP: x.width(effect),
			CondSD: x.width(c.condSD), PredSE: x.width(c.predSE),
			ShrunkenMean: x.location(sol.mu + effect), ShrunkenMeanSE: x.width(c.shrunkenSE),
			Reliability: c.reliability,
		}
	}
	if x.failed {
		return nil
	}
	return out
}

// express turns units of z into plain numbers and remembers whether one failed.
type express struct {
	scale  *scale
	failed bool
}

// location is scale.location as a plain number.
func (x *express) location(z float64) float64 {
	if x.scale.exp == 0 {
		return x.scale.origin + z
	}
	return x.plain(x.scale.location(z))
}

// width is scale.width as a plain number.
func (x *express) width(z float64) float64 {
	if x.scale.exp == 0 {
		return z
	}
	return x.plain(x.scale.width(z))
}

// plain unwraps a number that may be undefined.
func (x *express) plain(v *float64) float64 {
	if v == nil {
		x.failed = true
		return 0
	}
	return *v
}

// GroupReliability is the reliability of one group's mean.
type GroupReliability struct {
	Group       string
	Size        int
	Reliability *float64
}

// reliabilities returns n G/(n G + e) of every group and its mean over groups;
// of returns it for a class, and nil when it is undefined.
func (s *strata) reliabilities(of func(k int) *float64) (each []GroupReliability, mean *float64) {
	each = make([]GroupReliability, len(s.sizes))
	byClass := make([]*float64, len(s.classes))
	var sum float64
	for k, c := range s.classes {
		byClass[k] = of(k)
		if byClass[k] != nil {
			sum += float64(c.count * *byClass[k])
		}
	}
	for i, k := range s.classOf {
		each[i] = GroupReliability{Group: s.keys[i], Size: s.sizes[i], Reliability: byClass[k]}
	}
	if slices.Contains(byClass, nil) {
		return each, nil
	}
	return each, new(sum / float64(s.groups))
}
