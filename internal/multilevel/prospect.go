package multilevel

import "holon/internal/multilevel/fdist"

// Prospect says what a one-way design can do at one true ICC; numbers of a
// design that has no test are nil.
type Prospect struct {
	ICC          float64
	Groups       int
	MeanSize     float64  // members per group
	FCritical    *float64 // above which F is significant at .05
	Power        *float64 // chance that F is
	NotPositive  *float64 // chance that the estimate is zero or negative
	ICCGroupMean *float64 // reliability of the mean of n0 members, n0 l/(1 + n0 l)
	DesignEffect *float64 // 1 + (sum n^2/N - 1) ICC: how many times as many ratings as independent ones are needed for a mean
	Typical      Interval // the 95 % interval of ICC(1) at the median of F; of equal sizes only
	Wanted       float64  // the power that GroupsNeeded gives
	GroupsNeeded *int     // the fewest groups like these, from four on, whose power is as wanted; nil beyond a million
}

// Prospect returns what the design can do at a true ICC in [0, 1), and how many
// groups like these have the wanted power in (0, 1).
func (d Design) Prospect(icc, wanted float64) Prospect {
	out := Prospect{
		ICC: icc, Groups: d.groups, MeanSize: d.meanSize(), Wanted: wanted, Typical: Interval{Level: comparedLevel, Method: IntervalF},
		GroupsNeeded: d.GroupsFor(icc, wanted),
	}
	dfB, dfW, ok := d.freedoms()
	if !ok {
		return out
	}
	size := d.n0()
	out.FCritical = finite(fdist.Quantile(1-alpha, dfB, dfW))
	out.Power, out.NotPositive = finite(d.Power(icc)), finite(d.ChanceNotPositive(icc))
	out.ICCGroupMean = finite(spearmanBrown(icc, size))
	out.DesignEffect = finite(1 + float64((d.meanSquare()/d.meanSize()-1)*icc))
	if len(d.mix) == 1 {
		f := fdist.Quantile(0.5, dfB, dfW) * (1 + float64(size*ratioOf(icc)))
		out.Typical = ofF(IntervalF, "", f, size, fdist.Quantile(tail, dfB, dfW), fdist.Quantile(1-tail, dfB, dfW)).Interval
	}
	return out
}

// GroupsFor returns the fewest groups like these, from four on because fewer
// carry no verdict, that have a power at a true ICC; nil beyond a million.
func (d Design) GroupsFor(icc, power float64) *int {
	if d.meanSize() <= 1 {
		return nil
	}
	return fewest(d.groups, func(k int) bool { return d.with(k).Power(icc) >= power })
}

// meanSquare returns the mean over groups of the squared size.
func (d Design) meanSquare() float64 {
	var sum float64
	for _, m := range d.mix {
		sum += float64(m.share * float64(m.size*m.size))
	}
	return sum
}

// n0 returns (N - sum n^2/N)/(J-1).
func (d Design) n0() float64 {
	if len(d.mix) == 1 {
		return d.mix[0].size
	}
	groups, mean := float64(d.groups), d.meanSize()
	return (float64(groups*mean) - d.meanSquare()/mean) / (groups - 1)
}
