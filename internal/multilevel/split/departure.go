package split

import (
	"math"

	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"
)

// The rule of a new split.
const (
	FewestEarlier = 3  // differences of a pair before anything can depart from them
	Settles       = 6  // sessions after which a split is the pair's standing difference
	FalseAlerts   = .1 // of a stable family in Horizon sessions
	Horizon       = 12
)

// windows is up to how many of the last differences are held against the earlier ones: one,
// for what is sudden, and two, for what is smaller and stays.
const windows = 2

// Limit is the p value at which one look at one of a family's pairs is an alert: the
// looks of a family in Horizon sessions share FalseAlerts. docs/splits.md has the rates
// that were measured with it where sessions that follow each other are alike, answers
// are whole numbers and families move unevenly: 6.4 to 8.1 of 100 stable families.
func Limit(pairs int) float64 {
	looks := pairs * (Horizon - FewestEarlier) * windows
	return FalseAlerts / float64(looks)
}

// Departure is a run of sessions in which a pair differs otherwise than before.
type Departure struct {
	From, Seen, To int     // places among the differences: the first that departs, where it was seen, the last
	Over           bool    // the pair is back: what comes after To is like before
	Settled        bool    // it lasted so long that it is the standing difference from here on
	Before         float64 // mean of the earlier differences
	Earlier        int     // how many these are
	Spread         float64 // the standard deviation of one difference that it was held against
	DF             float64
	P              float64 // two-sided, of the look in which it was seen
}

// Find returns the departures in a pair's differences, in order. At every difference
// from the fourth on, the last w differences (w is 1 or 2) are held against the n before
// them:
//
//	t = (mean of the last w − mean of the n) / (s̃ √(1/w + 1/n)),
//
// where s̃² is the pair's own variance among the n, moderated by what pairs of this practice
// are like (see Prior), and the alert is given where the two-sided p value of t is at most
// limit. A departure lasts until a difference is nearer to the earlier mean than half of
// what departed; its differences are no part of what later ones are held against, until it
// has lasted for Settles sessions and is the standing difference.
func Find(differences []float64, prior Prior, limit float64) []Departure {
	found, _ := FindAll(differences, prior, limit)
	return found
}

// Wide is the p value up to which something still stands out that was found with a
// narrower limit: an alert is taken back only where not even this is reached.
const Wide = .05

// FindAll is Find, and tells of every difference whether it stands out, be it by the limit
// Wide: it departs from those before, or belongs to a departure.
func FindAll(differences []float64, prior Prior, limit float64) (out []Departure, stands []bool) {
	var before []float64
	var now *Departure
	stands = make([]bool, len(differences))
	for t, d := range differences {
		if now != nil {
			half := (stat.Mean(differences[now.From:now.Seen+1], nil) - now.Before) / 2
			if (d-now.Before)/half >= 1 {
				now.To, stands[t] = t, true
				if now.To-now.From+1 >= Settles {
					now.Settled = true
					before, now = differences[now.From:t+1:t+1], nil
				}
				continue
			}
			now.Over = true
			now = nil
		}
		stands[t] = look(before, d, prior, max(limit, Wide)) != nil
		found := look(before, d, prior, limit)
		if found == nil {
			before = append(before, d)
			continue
		}
		found.From, found.Seen, found.To = t-found.From, t, t
		before = before[:found.Earlier:found.Earlier]
		out = append(out, *found)
		now = &out[len(out)-1]
	}
	return out, stands
}

// look holds the last difference against those before, and where that is no alert the last
// two; nil where they do not depart. From is how many sessions ago it began: of two, the
// first belongs to it if it lies at least half as far from the earlier mean as both.
func look(before []float64, d float64, prior Prior, limit float64) *Departure {
	for back := range windows {
		w, n := back+1, len(before)-back
		if n < FewestEarlier {
			return nil
		}
		last := d
		if back == 1 {
			last = (d + before[n]) / 2
		}
		variance, df := prior.moderate(before[:n])
		if !(variance > 0 && df > 0) {
			continue
		}
		s, mean := math.Sqrt(variance), stat.Mean(before[:n], nil)
		p := twoSided((last-mean)/(s*math.Sqrt(1/float64(w)+1/float64(n))), df)
		if !(p <= limit) {
			continue
		}
		found := &Departure{Before: mean, Earlier: n, Spread: s, DF: df, P: p}
		if back == 1 && (before[n]-mean)/(last-mean) >= .5 {
			found.From = 1
		}
		return found
	}
	return nil
}

// twoSided is the p value of Student's t.
func twoSided(t, df float64) float64 {
	return 2 * distuv.StudentsT{Mu: 0, Sigma: 1, Nu: df}.Survival(math.Abs(t))
}
