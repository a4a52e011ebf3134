package split

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"

	"holon/internal/multilevel/montecarlo"
)

// Course is a family in which nothing but chance is at work: every member has a level
// of their own and moves about it from session to session.
type Course struct {
	Members     int
	Sessions    int     // answered by all
	Correlation float64 // of two members in one session, in [0, 1)
	Stability   float64 // of one member over two sessions, in [0, 1]: the share of levels in the variance
	Run         int     // sessions in a row that Rates.Row is about; less than 2 means 2
}

// Rates are how often two members lie at least so many standard deviations apart.
type Rates struct {
	Once float64 // in a given session
	Ever float64 // in at least one session of the course
	Row  float64 // in Run sessions in a row, the same two with the same one above, at least once in the course
}

// chanceDraws is how many courses are drawn: a share of .1 has a standard error of .005.
const chanceDraws = 4000

// ByChance returns the rates of a course for several distances. Once is Apart; the
// others are shares of simulated courses: a member's score in a session is
// √stability·level + √(1−stability)·state, and of levels and states alike the share
// correlation is the family's. The same seed gives the same rates.
func ByChance(ctx context.Context, c Course, by []float64, seed uint64) ([]Rates, error) {
	out := make([]Rates, len(by))
	ever, row := make([][]bool, len(by)), make([][]bool, len(by))
	for k := range by {
		ever[k], row[k] = make([]bool, chanceDraws), make([]bool, chanceDraws)
	}
	err := montecarlo.Run(ctx, montecarlo.Plan{Draws: chanceDraws, Seed: seed}, func() func(int, *rand.Rand) {
		scores := make([][]float64, c.Sessions)
		for t := range scores {
			scores[t] = make([]float64, c.Members)
		}
		return func(draw int, rng *rand.Rand) {
			c.draw(scores, rng)
			for k, d := range by {
				ever[k][draw], row[k][draw] = met(scores, d, max(c.Run, 2))
			}
		}
	})
	if err != nil {
		return nil, err
	}
	for k, d := range by {
		out[k] = Rates{Once: Apart(d, c.Members, c.Correlation), Ever: share(ever[k]), Row: share(row[k])}
	}
	return out, nil
}

// draw draws one course into scores, by session and member.
func (c *Course) draw(scores [][]float64, rng *rand.Rand) {
	level := make([]float64, c.Members)
	together, own := math.Sqrt(c.Correlation), math.Sqrt(1-c.Correlation)
	lasting, passing := math.Sqrt(c.Stability), math.Sqrt(1-c.Stability)
	family := rng.NormFloat64()
	for i := range level {
		level[i] = together*family + own*rng.NormFloat64()
	}
	for t := range scores {
		evening := rng.NormFloat64()
		for i := range scores[t] {
			scores[t][i] = lasting*level[i] + passing*(together*evening+own*rng.NormFloat64())
		}
	}
}

// met tells whether two members are by apart in one session, and in so many in a row with
// the same one above. It ends with the first such row, and looks at nobody who is never far
// above anybody: a family of thirty would take a minute otherwise.
func met(scores [][]float64, by float64, run int) (ever, row bool) {
	members := len(scores[0])
	lowest := make([]float64, len(scores))
	for t := range scores {
		lowest[t] = slices.Min(scores[t])
	}
	for i := range members {
		if !above(scores, lowest, i, by) {
			continue
		}
		ever = true
		for j := range members {
			lasts := 0
			for t := range scores {
				if scores[t][i]-scores[t][j] < by {
					lasts = 0
					continue
				}
				if lasts++; lasts >= run {
					return true, true
				}
			}
		}
	}
	return ever, false
}

// above tells whether a member is by above the lowest in any session.
func above(scores [][]float64, lowest []float64, member int, by float64) bool {
	for t := range scores {
		if scores[t][member]-lowest[t] >= by {
			return true
		}
	}
	return false
}

// share returns how much of values is true.
func share(values []bool) float64 {
	n := 0
	for _, v := range values {
		if v {
			n++
		}
	}
	return float64(n) / float64(len(values))
}
