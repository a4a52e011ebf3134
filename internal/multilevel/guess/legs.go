package guess

import (
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/stat/distuv"

	"holon/internal/multilevel/series"
)

// The rule of a weak leg. It is a decision of this project; no published one is
// known.
const (
	LegSessions = 4   // answered sessions that it needs
	LegMargin   = .10 // of the range of the scale, below the mean of the other legs
	LegAlpha    = .05 // one-sided over all legs of a pair together (Bonferroni)
)

// Legs is the parts of one pair's alliance side by side.
type Legs struct {
	Sessions int
	Against  []*float64 // per leg: mean over sessions of leg − mean of the others, in shares of the range; nil without a session
	Weak     int        // the leg that is weak, -1 for none
}

// LegsOf compares legs over sessions: values[t][j] is leg j in session t, in shares
// of its range from 0 to 1. With d_t = leg − mean of the other legs in session t,
// a leg is weak when there are at least LegSessions sessions, mean d ≤ −LegMargin,
// and mean d lies below zero by more than chance: mean d/(s/√n) below the
// LegAlpha/legs quantile of t with n−1 degrees of freedom. Of several the lowest
// is named. What moves all legs of a session together takes no part in it.
func LegsOf(values [][]float64) Legs {
	out := Legs{Sessions: len(values), Weak: -1}
	if len(values) == 0 {
		return out
	}
	legs := len(values[0])
	out.Against = make([]*float64, legs)
	lowest := 0.0
	for j := range legs {
		d := against(values, j)
		mean, squares := series.Moments(d)
		out.Against[j] = &mean
		if out.Sessions < LegSessions || legs < 2 || !(mean <= -LegMargin) || !(mean < lowest) {
			continue
		}
		n := float64(len(d))
		se := math.Sqrt(squares / (n - 1) / n)
		t := distuv.StudentsT{Sigma: 1, Nu: n - 1}
		if mean <= t.Quantile(LegAlpha/float64(legs))*se {
			out.Weak, lowest = j, mean
		}
	}
	return out
}

// against returns how far one leg lies above the mean of the others, session by
// session.
func against(values [][]float64, j int) []float64 {
	out := make([]float64, len(values))
	for t, row := range values {
		sum := 0.0
		for k, v := range row {
			if k != j {
				sum += v
			}
		}
		out[t] = row[j] - sum/float64(max(1, len(row)-1))
	}
	return out
}

// LegSpread pools how far legs move on their own: the standard deviation of single
// legs around their pair's means once what moves all legs of a session together is
// out, √(Σ e²/Σ (n−1)(legs−1)) over pairs. nil without a pair of two sessions.
func LegSpread(pairs [][][]float64) *float64 {
	sum, df := 0.0, 0
	for _, values := range pairs {
		if len(values) < 2 {
			continue
		}
		legs := len(values[0])
		leg := make([]float64, legs)
		whole := 0.0
		for _, row := range values {
			for j, v := range row {
				leg[j] += v / float64(len(values))
				whole += v / float64(len(values)*legs)
			}
		}
		for _, row := range values {
			mean := 0.0
			for _, v := range row {
				mean += v / float64(legs)
			}
			for j, v := range row {
				e := v - leg[j] - mean + whole
				sum += e * e
			}
		}
		df += (len(values) - 1) * (legs - 1)
	}
	if df == 0 {
		return nil
	}
	return new(math.Sqrt(sum / float64(df)))
}

// LegChance is how often the rule names a leg of a pair whose legs are all the
// same but for independent normal spread sd (in shares of the range), by so many
// simulated pairs. The same seed gives the same answer.
func LegChance(sessions, legs int, sd float64, draws int, seed uint64) float64 {
	random := rand.New(rand.NewPCG(seed, 1))
	values := make([][]float64, sessions)
	for t := range values {
		values[t] = make([]float64, legs)
	}
	named := 0
	for range draws {
		for _, row := range values {
			for j := range row {
				row[j] = sd * random.NormFloat64()
			}
		}
		if LegsOf(values).Weak >= 0 {
			named++
		}
	}
	return float64(named) / float64(max(1, draws))
}
