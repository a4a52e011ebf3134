package crossed_test

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"testing"

	"holon/internal/multilevel/crossed"
)

// drawTable draws members by sessions within groups, a part of the cells missing,
// from group .15, member .5, session .2, residual .5.
func drawTable(groups, members, sessions int, missing float64) crossed.Table {
	rng := rand.New(rand.NewPCG(uint64(groups), uint64(members)))
	rows := groups * members * max(1, sessions)
	t := crossed.Table{Group: make([]int32, 0, rows), Member: make([]int32, 0, rows), Session: make([]int32, 0, rows), Y: make([]float64, 0, rows)}
	shared := make([]float64, max(1, sessions))
	for g := range groups {
		group := 4.5 + 0.387*rng.NormFloat64()
		for j := range shared {
			shared[j] = 0.447 * rng.NormFloat64()
		}
		for m := range members {
			own := 0.707 * rng.NormFloat64()
			for j := range shared {
				y := group + own + shared[j] + 0.707*rng.NormFloat64()
				if missing > 0 && rng.Float64() < missing {
					continue
				}
				t.Group = append(t.Group, int32(g))
				t.Member = append(t.Member, int32(m))
				t.Session = append(t.Session, int32(j))
				t.Y = append(t.Y, y)
			}
		}
	}
	if sessions == 0 {
		t.Session = nil
	}
	return t
}

// designs are the sizes of the benchmarks.
var designs = []struct {
	name                      string
	groups, members, sessions int
	missing                   float64
}{
	{"1000x8_once", 1000, 8, 0, 0},
	{"500x8x20", 500, 8, 20, 0},
	{"500x8x20_fifth_missing", 500, 8, 20, 0.2},
	{"1000x8x20", 1000, 8, 20, 0},
	{"1000x8x20_fifth_missing", 1000, 8, 20, 0.2},
	{"10000x8x20", 10_000, 8, 20, 0},
	{"10000x8x20_fifth_missing", 10_000, 8, 20, 0.2},
	{"100000x8x20", 100_000, 8, 20, 0},
	{"100000x8x20_fifth_missing", 100_000, 8, 20, 0.2},
}

// BenchmarkFit reads ratings in memory and fits them by REML, all components; it
// reports nanoseconds per group and the bytes that a summary keeps per group.
func BenchmarkFit(b *testing.B) {
	for _, d := range designs {
		b.Run(d.name, func(b *testing.B) {
			table := drawTable(d.groups, d.members, d.sessions, d.missing)
			m := crossed.Model{Group: true, Member: d.sessions > 0, Session: d.sessions > 0}
			kept := bytesKept(b, table)
			b.ReportAllocs()
			for b.Loop() {
				fitted(b, summarise(b, table), m, crossed.REML)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(d.groups), "ns/group")
			b.ReportMetric(kept/float64(d.groups), "kept-B/group")
		})
	}
}

// bytesKept measures the memory of a summary.
func bytesKept(b *testing.B, table crossed.Table) float64 {
	b.Helper()
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	s := summarise(b, table)
	runtime.GC()
	runtime.ReadMemStats(&after)
	runtime.KeepAlive(s)
	return float64(after.HeapAlloc) - float64(before.HeapAlloc)
}

// BenchmarkSummarise is the pass over the ratings alone.
func BenchmarkSummarise(b *testing.B) {
	for _, d := range designs {
		b.Run(d.name, func(b *testing.B) {
			table := drawTable(d.groups, d.members, d.sessions, d.missing)
			b.ReportAllocs()
			for b.Loop() {
				summarise(b, table)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(table.Y)), "ns/rating")
		})
	}
}

// BenchmarkRefit is one draw of a parametric bootstrap: a data set from the model
// without group variance and both fits.
func BenchmarkRefit(b *testing.B) {
	for _, missing := range []float64{0, 0.2} {
		b.Run(fmt.Sprintf("12x7x10_missing_%v", missing), func(b *testing.B) {
			s := summarise(b, drawTable(12, 7, 10, missing))
			full := crossed.Model{Group: true, Member: true, Session: true}
			null := fitted(b, s, full.Without(crossed.Group), crossed.REML)
			rng := rand.New(rand.NewPCG(1, 2))
			var drawn *crossed.Summary
			b.ReportAllocs()
			for b.Loop() {
				var err error
				if drawn, err = s.Simulate(rng, null.Variance, null.Mean, drawn); err != nil {
					b.Fatal(err)
				}
				reduced, err := drawn.Refit(null.Model, crossed.REML, null.Variance)
				if err != nil {
					b.Fatal(err)
				}
				if _, err := drawn.Refit(full, crossed.REML, reduced.Variance); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
