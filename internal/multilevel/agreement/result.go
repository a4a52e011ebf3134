package agreement

import (
	"holon/internal/caveat"
	"holon/internal/multilevel"
)

// Result is agreement within groups with everything it needs beside it.
type Result struct {
	Scale        Scale
	Items        []string
	Options      int // A
	Members      int
	Excluded     []multilevel.Exclusion
	Nulls        []NullVariance // those tested, the uniform one first
	MaxDissensus *float64       // ((High-Low)/2)²
	ADCut        *float64       // A/6 steps: the practical upper limit of AD (Burke and Dunlap 2002)
	Groups       []Group        // by key
	ItemCutoffs  []Cutoff       // of r_wg of one item, by null and size; r_wg(1) is r_wg
	Cutoffs      []Cutoff       // of r_wg(J) from the null with the observed item correlations; nil for one item
	Strangers    []Stranger     // by size
	Ends         Ends           // of all ratings
	Summary      Summary
	Reason       multilevel.Reason // why nothing was computed; empty if it was
	Caveats      caveat.Set
}

// NullVariance is a null and its E in squared units of the ratings.
type NullVariance struct {
	Null

	E float64
}

// Group is the agreement of one group. Of one member only N and Ends are known.
type Group struct {
	Key            string
	N              int
	Items          []Item   // in the order of the table
	MeanVariance   *float64 // of items
	ByNull         []ByNull // in the order of the nulls
	RStarMaxDis    *float64 // r*_wg(J) against maximal dissensus
	AWG            *float64 // mean over the items where it is defined
	AWGItems       int      // how many these are
	AWGFrom, AWGTo *float64 // item means between which a_wg is defined, apart from the ends themselves
	ADMean         *float64 // about item means, mean over items
	ADMedian       *float64 // about item medians
	Strangers      Against
	Ends           Ends
	Reason         multilevel.Reason // why the indices are undefined
}

// Item is one item of one group.
type Item struct {
	Name     string
	Mean     *float64
	Variance *float64
	AWG      *float64   // nil where the mean is too near an end
	RWG      []ItemNull // in the order of the nulls
}

// ItemNull is r_wg of one item against one null.
type ItemNull struct {
	RWG       *float64
	Raw       *float64 // before it is cut at 0
	Truncated bool     // the variance exceeds that of the null
	P         *float64 // of a variance as small as this under the null
}

// ByNull holds the indices that depend on a null.
type ByNull struct {
	Null       string
	RWGJ       *float64
	Truncated  bool     // the mean variance exceeds that of the null, and r_wg(J) was set to 0
	RStar      *float64 // 1 - mean variance/E, not cut at 0 (Lindell, Brandt and Whitney 1999)
	P          *float64 // of a mean variance as small as this under the null with the observed item correlations
	MonteCarlo *multilevel.MonteCarlo
}

// Against sets a group beside groups of strangers of its size: how often did
// they agree as much? The p of the variance holds for r_wg(J) and r*_wg(J)
// against whatever null, which all fall as it rises.
type Against struct {
	Variance, ADMean, AWG Chance
}

// Chance is a Monte Carlo p value. AWG has none where it is undefined for the
// group; draws for which it is undefined are counted as not agreeing as much.
type Chance struct {
	P          *float64
	MonteCarlo *multilevel.MonteCarlo
}

// Cutoff is the .05 limit of agreement for groups of N under a null: variances
// up to Variance, indices from RWG up.
type Cutoff struct {
	Null       string
	N          int
	Level      float64  // wanted
	Variance   *float64 // nil where not even perfect agreement is rare enough
	RWG        *float64 // r_wg for items, r_wg(J) for the whole
	Attained   *float64 // the level that this limit has
	Perfect    *float64 // probability of perfect agreement
	MeanVar    *float64 // expected variance
	Exact      bool
	MonteCarlo *multilevel.MonteCarlo // of Attained, where not exact
}

// Stranger is the .05 limit for groups of N members drawn at random, without
// replacement, from all groups. A group agrees beyond strangers when it passes
// the limit strictly. Undefined with fewer than 19 draws.
type Stranger struct {
	N            int
	Variance     Limit
	RWGJ         []Limit // in the order of the nulls
	ADMean       Limit
	AWG          Limit
	AWGUndefined int // draws in which a_wg is defined for no item
	Draws        int
	Seed         uint64
}

// Limit is a quantile of Monte Carlo draws and its standard error.
type Limit struct{ Value, SE *float64 }

// Ends says how many ratings stand at the ends of the scale.
type Ends struct {
	Ratings     int
	Top, Bottom float64 // shares
	Compressed  bool    // at least a third at one end and more than twice 1/A
}

// Summary describes the groups of two members and more.
type Summary struct {
	Groups, Alone int // Alone have one member and are averaged over nowhere
	ByNull        []Average
	Above         *int                  // groups whose variance strangers rarely reach, at .05; nil with one group, where there are no strangers
	AboveByChance *float64              // how many of these chance alone gives at most: groups too small to reach .05 give fewer
	StrangersMean *float64              // mean over draws and groups of r_wg(J), uniform null
	MeanChance    Chance                // of a mean r_wg(J), uniform null, as high as the groups'
	ICC           multilevel.GroupLevel // of the members' means over items
}

// Average is the mean and median over groups of r_wg(J) against one null.
type Average struct {
	Null         string
	Mean, Median *float64
}
