package multilevel

import (
	"math"

	"holon/internal/caveat"
)

// Comparison holds numbers of a one-way table by other conventions and other
// methods, so that what other software prints can be found again beside what
// Holon answers by. No answer rests on them.
type Comparison struct {
	EtaSquared       *float64 // SSB/SST: not an ICC, pure noise in groups of 7 has .13
	OmegaSquared     *float64 // (SSB - dfB MSW)/(SST + MSW)
	FUnweightedMeans *float64 // kh Var(ybar)/MSW with the harmonic mean size kh

	ICC1ArithmeticSize *float64 // with the mean size for n0, as R's multilevel::ICC1 prints it
	ICC1HarmonicSize   *float64 // with the harmonic mean size
	ICC1SE             *float64 // Smith's standard error of ICC(1)

	GroupMeanArithmeticSize *float64 // Spearman-Brown of ICC(1) at the mean size
	GroupMeanHarmonicSize   *float64 // and at the harmonic mean size
	GroupMeanREMLSize       *float64 // of the REML share at the mean size, as R's multilevel::mult.icc prints it

	DesignEffect         *float64 // 1 + (sum n^2/N - 1) max(0, ICC(1)) (Kish)
	DesignEffectMeanSize *float64 // 1 + (mean size - 1) max(0, ICC(1))
	EffectiveRatings     *float64 // N over the design effect of Kish

	REMLChiSquareP, MLChiSquareP *float64 // of the likelihood ratio by plain chi-square(1), as R's lmerTest::ranova prints it: twice too large

	SatterthwaiteDF *float64 // degrees of freedom of the variance between groups

	VarianceRatio   []ComparedInterval // of group over residual variance
	ICC1            []ComparedInterval
	GroupMean       []ComparedInterval // of the reliability of a group mean
	VarianceBetween []ComparedInterval
	VarianceWithin  []ComparedInterval

	Caveats caveat.Set // of these numbers only
}

// ComparedInterval is a 95 % interval by a method that does not answer.
type ComparedInterval struct {
	Interval
	As string // whose convention or software this is
}

// comparedLevel is the level at which intervals are compared.
const comparedLevel = 0.95

// compare returns what needs no variance within groups.
func (s *strata) compare(a oneWay) Comparison {
	var c Comparison
	total := s.between + s.within
	dfB, _ := s.freedoms()
	mean, harmonic := float64(s.ratings)/float64(s.groups), s.harmonic()
	c.EtaSquared = finite(s.between / total)
	c.OmegaSquared = finite((s.between - float64(dfB*a.msW)) / (total + a.msW))
	c.ICC1ArithmeticSize, c.ICC1HarmonicSize = finite(a.icc1For(mean)), finite(a.icc1For(harmonic))
	r := a.icc1()
	c.GroupMeanArithmeticSize, c.GroupMeanHarmonicSize = finite(spearmanBrown(r, mean)), finite(spearmanBrown(r, harmonic))
	return c
}

// compareEstimates adds what needs two groups and variance within.
func (c *Comparison) compareEstimates(s *strata, a oneWay, reml, ml solution) {
	mean, harmonic, n := float64(s.ratings)/float64(s.groups), s.harmonic(), float64(s.ratings)
	r := max(0, a.icc1())
	kish := 1 + float64((s.sumOfPowers(2)/n-1)*r)
	c.DesignEffect, c.EffectiveRatings = finite(kish), finite(n/kish)
	c.DesignEffectMeanSize = finite(1 + float64((mean-1)*r))
	c.GroupMeanREMLSize = finite(spearmanBrown(reml.ratio/(1+reml.ratio), mean))
	c.REMLChiSquareP, c.MLChiSquareP = finite(chiSquareOne(reml.drop)), finite(chiSquareOne(ml.drop))
	c.FUnweightedMeans = finite(harmonic * s.varianceOfMeans() / a.msW)
	c.ICC1SE = finite(smithSE(s, a))
	c.intervals(s, a)
}

// icc1For returns ICC(1) with another size than n0.
func (a oneWay) icc1For(size float64) float64 {
	return (a.msB - a.msW) / (a.msB + float64((size-1)*a.msW))
}

// spearmanBrown returns k r/(1+(k-1)r), the reliability of the mean of k
// ratings that correlate by r; NaN where k ratings cannot correlate so.
func spearmanBrown(r, k float64) float64 {
	below := 1 + float64((k-1)*r)
	if !(below > 0) {
		return math.NaN()
	}
	return k * r / below
}

// chiSquareOne returns P(chi-square(1) > x), and 1 for a statistic of zero.
func chiSquareOne(x float64) float64 { return math.Erfc(math.Sqrt(x / 2)) }

// sumOfPowers returns sum n^power over the groups.
func (s *strata) sumOfPowers(power int) float64 {
	var sum float64
	for _, c := range s.classes {
		sum += float64(c.count * math.Pow(c.size, float64(power)))
	}
	return sum
}

// varianceOfMeans returns the variance of the group means, each counted once.
func (s *strata) varianceOfMeans() float64 {
	mean := s.meanOfMeans()
	var squares float64
	for _, c := range s.classes {
		dev := c.mean - mean
		squares += c.ss + float64(c.count*float64(dev*dev))
	}
	return squares / float64(s.groups-1)
}

// finite returns a number that is one, and nil for any other.
func finite(v float64) *float64 {
	if v-v != 0 {
		return nil
	}
	return &v
}
