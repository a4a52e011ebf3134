package grouplevel_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"holon/internal/multilevel"
	"holon/internal/multilevel/grouplevel"
)

// weekly draws ratings of members over sessions within groups.
type weekly struct {
	groups, members, sessions                         int
	missing                                           float64 // part of the cells that are empty
	groupVar, memberVar, sessionVar, residualVariance float64
}

// rows draws a table.
func (w weekly) rows(rng *rand.Rand) []multilevel.Row {
	var out []multilevel.Row
	for g := range w.groups {
		ofGroup := math.Sqrt(w.groupVar) * rng.NormFloat64()
		ofSession := make([]float64, w.sessions)
		for s := range ofSession {
			ofSession[s] = math.Sqrt(w.sessionVar) * rng.NormFloat64()
		}
		for m := range w.members {
			ofMember := math.Sqrt(w.memberVar) * rng.NormFloat64()
			for s := range w.sessions {
				e := math.Sqrt(w.residualVariance) * rng.NormFloat64()
				if rng.Float64() < w.missing {
					continue
				}
				out = append(out, multilevel.Row{
					Group: fmt.Sprintf("g%02d", g), Member: fmt.Sprintf("m%02d", m), Session: fmt.Sprint(s + 1),
					Value: 4 + ofGroup + ofMember + ofSession[s] + e,
				})
			}
		}
	}
	return out
}

// usual are twelve groups of eight over twelve weeks.
func usual(missing float64) weekly {
	return weekly{groups: 12, members: 8, sessions: 12, missing: missing, groupVar: 0.1, memberVar: 0.5, sessionVar: 0.1, residualVariance: 0.4}
}

func BenchmarkTest(b *testing.B) {
	for _, c := range []struct {
		name    string
		missing float64
		detail  grouplevel.Detail
	}{
		{"complete, quick", 0, grouplevel.Quick},
		{"a fifth missing, quick", 0.2, grouplevel.Quick},
		{"complete, full", 0, grouplevel.Full},
	} {
		b.Run(c.name, func(b *testing.B) {
			table := grouplevel.Table{Rows: usual(c.missing).rows(rand.New(rand.NewPCG(1, 2)))}
			for b.Loop() {
				if _, err := grouplevel.Test(b.Context(), table, grouplevel.Options{Detail: c.detail}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
