package guess

import (
	"maps"
	"math"
	"slices"

	"gonum.org/v1/gonum/mathext"
	"gonum.org/v1/gonum/stat/combin"
	"gonum.org/v1/gonum/stat/distuv"

	"holon/internal/multilevel/series"
)

// The rule by which an encounter and an agreement lie apart. It is a decision of
// this project; no published one is known.
const (
	ApartHigh     = .75 // of its range, and above: the encounter is high
	ApartLow      = .50 // of its range, and below: an agreement on tasks or goals is low
	ApartSessions = 2   // sessions in which both are so, at least,
	ApartShare    = 3   // and one in so many of those that have both
)

// ApartNeeds is in how many of n sessions both must be so. A number that did not grow
// with n would be reached by everybody in the end.
func ApartNeeds(n int) int { return max(ApartSessions, (n+ApartShare-1)/ApartShare) }

// Meeting is one session of a pair that has the encounter and at least one of the
// legs: values in shares of their ranges, from 0 to 1; NaN for a leg that is missing.
type Meeting struct {
	Encounter float64
	Legs      []float64
}

// High tells whether the encounter is high.
func (m *Meeting) High() bool { return m.Encounter >= ApartHigh-edge }

// Low tells whether one of the legs is low.
func (m *Meeting) Low() bool {
	for _, v := range m.Legs {
		if v <= ApartLow+edge {
			return true
		}
	}
	return false
}

// edge is how far a share may lie beside a limit and count as the limit: it is the
// rounding of sums.
const edge = 1e-9

// Apart is how often an encounter was high where an agreement was low.
type Apart struct {
	Sessions, High, Low, Together int
	Flagged                       bool
	Gap                           *float64 // mean of the encounter less the lowest leg, in shares of the range
	Paired                        *float64 // how often as many fall together, were it chance which encounter goes with which legs
	ByChance                      *float64 // how often the rule flags a pair in which there is no gap; see ChanceAlike
}

// ApartOf counts the sessions of one pair. Paired keeps the pair's own levels and
// spread: were it chance which of its encounters met which of its legs, the number
// that fall together would be hypergeometric, and Paired is how often it is at least
// as large as it is (Fisher's exact test, one-sided). Of a pair whose encounters are
// all high it is 1: then the levels lie apart and not single sessions.
func ApartOf(meetings []Meeting, spread Spreads) Apart {
	out := Apart{Sessions: len(meetings)}
	if out.Sessions == 0 {
		return out
	}
	gap := 0.0
	for i := range meetings {
		m := &meetings[i]
		high, low := m.High(), m.Low()
		out.High += count(high)
		out.Low += count(low)
		out.Together += count(high && low)
		gap += m.Encounter - lowest(m.Legs)
	}
	out.Flagged = out.Together >= ApartNeeds(out.Sessions)
	out.Gap = new(gap / float64(out.Sessions))
	if out.Sessions >= ApartSessions {
		out.Paired = new(atLeast(out.Together, out.Sessions, out.High, out.Low))
		if spread.Encounter != nil && spread.Legs != nil {
			legs, level := levelOf(meetings)
			out.ByChance = new(ChanceAlike(out.Sessions, legs, level, spread))
		}
	}
	return out
}

// count is 1 of what is so.
func count(is bool) int {
	if is {
		return 1
	}
	return 0
}

// lowest is the least of the legs that there are.
func lowest(legs []float64) float64 {
	out := math.Inf(1)
	for _, v := range legs {
		if v < out {
			out = v
		}
	}
	return out
}

// atLeast is how often k or more of `high` sessions of n are among `low` of them.
func atLeast(k, n, high, low int) float64 {
	sum := 0.0
	for i := max(k, high+low-n); i <= min(high, low); i++ {
		sum += math.Exp(combin.LogGeneralizedBinomial(float64(high), float64(i)) + combin.LogGeneralizedBinomial(float64(n-high), float64(low-i)) -
			combin.LogGeneralizedBinomial(float64(n), float64(low)))
	}
	return min(1, sum)
}

// levelOf returns how many legs a pair has, and the level around which encounter
// and legs would vary if they were alike: midway between the mean of the one and the
// mean of the others.
func levelOf(meetings []Meeting) (legs int, level float64) {
	encounters, sum, n := 0.0, 0.0, 0
	for i := range meetings {
		encounters += meetings[i].Encounter
		here := 0
		for _, v := range meetings[i].Legs {
			if !math.IsNaN(v) {
				sum += v
				n++
				here++
			}
		}
		legs = max(legs, here)
	}
	return legs, (encounters/float64(len(meetings)) + sum/float64(n)) / 2
}

// ChanceAlike is how often the rule flags a pair in which encounter and legs are
// alike: in each of n sessions all vary around one level, independently and
// normally, the encounter by sdEncounter and each leg by sdLegs (in shares of the
// range). In one session both are so with
//
//	p = (1 − Φ((h − level)/sdEncounter)) · (1 − (1 − Φ((l − level)/sdLegs))^legs)
//
// where h and l are the limits, on scales that move in steps midway to the value beside,
// and the rule asks for k = ApartNeeds(n) of them: Σ_{i≥k} C(n,i) p^i (1−p)^(n−i). What
// moves all of an evening together makes it rarer.
func ChanceAlike(n, legs int, level float64, spread Spreads) float64 {
	high := 1 - below(spread.high(), level, *spread.Encounter)
	low := 1 - math.Pow(1-below(spread.low(), level, *spread.Legs), float64(legs))
	p := high * low
	k := ApartNeeds(n)
	switch {
	case k > n:
		return 0
	case !(p > 0):
		return 0
	case !(p < 1):
		return 1
	}
	return mathext.RegIncBeta(float64(k), float64(n-k+1), p) // the binomial's upper tail
}

// below is how often a normal value lies below x; without a spread it is where its
// mean is.
func below(x, mean, sd float64) float64 {
	if !(sd > 0) {
		if mean < x {
			return 1
		}
		return 0
	}
	return distuv.UnitNormal.CDF((x - mean) / sd)
}

// Spreads is how far encounters and legs move within pairs, and the steps of their
// scales, 0 where there are none, all in shares of the range.
type Spreads struct {
	Encounter, Legs         *float64
	EncounterStep, LegsStep float64
}

// high is midway between the least high value and the one below.
func (s *Spreads) high() float64 {
	if !(s.EncounterStep > 0) {
		return ApartHigh
	}
	return (math.Ceil(ApartHigh/s.EncounterStep-edge) - .5) * s.EncounterStep
}

// low is midway between the largest low value and the one above.
func (s *Spreads) low() float64 {
	if !(s.LegsStep > 0) {
		return ApartLow
	}
	return (math.Floor(ApartLow/s.LegsStep+edge) + .5) * s.LegsStep
}

// SpreadsOf pools over pairs: the standard deviation of encounters within pairs, and
// that of single legs. nil without a pair of two sessions.
func SpreadsOf(pairs [][]Meeting) Spreads {
	var encounters, legs pooled
	for _, meetings := range pairs {
		var e []float64
		byLeg := map[int][]float64{}
		for i := range meetings {
			e = append(e, meetings[i].Encounter)
			for j, v := range meetings[i].Legs {
				if !math.IsNaN(v) {
					byLeg[j] = append(byLeg[j], v)
				}
			}
		}
		encounters.add(e)
		for _, j := range slices.Sorted(maps.Keys(byLeg)) {
			legs.add(byLeg[j])
		}
	}
	return Spreads{Encounter: encounters.sd(), Legs: legs.sd()}
}

// pooled adds up squares within.
type pooled struct {
	squares float64
	df      int
}

// add takes the values of one pair.
func (p *pooled) add(values []float64) {
	if len(values) < 2 {
		return
	}
	_, squares := series.Moments(values)
	p.squares, p.df = p.squares+squares, p.df+len(values)-1
}

// sd is the pooled standard deviation, nil without degrees of freedom.
func (p *pooled) sd() *float64 {
	if p.df == 0 {
		return nil
	}
	return new(math.Sqrt(p.squares / float64(p.df)))
}
