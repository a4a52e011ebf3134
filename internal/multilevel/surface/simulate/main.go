// Command simulate prints the table of error rates of docs/response-surface.md.
//
//	go run ./internal/multilevel/surface/simulate
package main

import (
	"flag"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"os"

	"holon/internal/multilevel"
	"holon/internal/multilevel/surface"
)

func main() {
	draws := flag.Int("draws", 4000, "tables that each row is counted in")
	flag.Parse()
	if err := write(os.Stdout, *draws); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// world is a way in which an outcome comes about. True ratings have a standard
// deviation of 1 and the errors of the outcome too.
type world struct {
	name      string
	rows      int
	clusters  int                        // 0: none
	outcome   func(x, y float64) float64 // of true ratings
	reliable  [2]float64                 // of what is rated; 0 means 1
	unequal   bool                       // errors grow with the distance of x from its mean
	congruent bool                       // the hypothesis is true
}

// shared is the correlation of true ratings, inCluster the share of everything that
// families of one cluster have in common.
const (
	shared    = 0.4
	inCluster = 0.2
)

// worlds are the rows of the table.
func worlds() []world {
	nothing := func(float64, float64) float64 { return 0 }
	agree := func(x, y float64) float64 { return -0.25 * (x - y) * (x - y) }
	return []world{
		{name: "nothing", rows: 60, outcome: nothing},
		{name: "nothing", rows: 120, outcome: nothing},
		{name: "nothing, unequal errors", rows: 60, outcome: nothing, unequal: true},
		{name: "nothing, 8 clusters", rows: 120, clusters: 8, outcome: nothing},
		{name: "nothing, 20 clusters", rows: 120, clusters: 20, outcome: nothing},
		{name: "the first rater, a line", rows: 120, outcome: func(x, _ float64) float64 { return 0.5 * x }},
		{name: "both raters, a line", rows: 120, outcome: func(x, y float64) float64 { return 0.4*x + 0.4*y }},
		{name: "the first rater, bent", rows: 120, outcome: func(x, _ float64) float64 { return -0.3 * x * x }},
		{name: "middle values of both", rows: 120, outcome: func(x, y float64) float64 { return -0.3 * (x*x + y*y) }},
		{name: "first one higher is best", rows: 120, outcome: func(x, y float64) float64 { return agree(x, y+1) }},
		{name: "agreement", rows: 60, outcome: agree, congruent: true},
		{name: "agreement", rows: 120, outcome: agree, congruent: true},
		{name: "agreement", rows: 240, outcome: agree, congruent: true},
		{name: "agreement, 20 clusters", rows: 120, clusters: 20, outcome: agree, congruent: true},
		{name: "agreement and level", rows: 120, outcome: func(x, y float64) float64 { return agree(x, y) + 0.4*(x+y) }, congruent: true},
		{name: "agreement, reliability .80", rows: 120, outcome: agree, reliable: [2]float64{0.8, 0.8}, congruent: true},
		{name: "agreement, .90 and .60", rows: 120, outcome: agree, reliable: [2]float64{0.9, 0.6}, congruent: true},
		{name: "agreement and level, .90 and .60", rows: 240, outcome: func(x, y float64) float64 { return agree(x, y) + 0.4*(x+y) }, reliable: [2]float64{0.9, 0.6}, congruent: true},
	}
}

// draw draws one table.
func (w *world) draw(rng *rand.Rand) surface.Table {
	var t surface.Table
	common := make([][4]float64, max(1, w.clusters))
	for k := range common {
		common[k] = [4]float64{rng.NormFloat64(), rng.NormFloat64(), rng.NormFloat64(), rng.NormFloat64()}
	}
	for i := range w.rows {
		normal := func(of int) float64 {
			if w.clusters == 0 {
				return rng.NormFloat64()
			}
			return math.Sqrt(inCluster)*common[i%w.clusters][of] + math.Sqrt(1-inCluster)*rng.NormFloat64()
		}
		both := normal(0)
		x, y := math.Sqrt(shared)*both+math.Sqrt(1-shared)*normal(1), math.Sqrt(shared)*both+math.Sqrt(1-shared)*normal(2)
		e := normal(3)
		if w.unequal {
			e *= 0.5 + math.Abs(x)
		}
		t.Z = append(t.Z, w.outcome(x, y)+e)
		t.X, t.Y = append(t.X, w.rated(0, x, rng)), append(t.Y, w.rated(1, y, rng))
		if w.clusters > 0 {
			t.Cluster = append(t.Cluster, fmt.Sprint(i%w.clusters))
		}
	}
	return t
}

// rated is what a rater with errors says of a true value.
func (w *world) rated(rater int, v float64, rng *rand.Rand) float64 {
	if r := w.reliable[rater]; r > 0 {
		return v + math.Sqrt(1/r-1)*rng.NormFloat64()
	}
	return v
}

// rates are how often what was said.
type rates struct{ supported, against, a4 float64 }

// count counts over so many tables.
func (w *world) count(draws int) rates {
	var out rates
	rng := rand.New(rand.NewPCG(1993, 2019))
	for range draws {
		t := w.draw(rng)
		r := surface.Analyse(&t, surface.Options{})
		if r.Answer == multilevel.Supported {
			out.supported += 1 / float64(draws)
		}
		if r.Answer == multilevel.NotSupported {
			out.against += 1 / float64(draws)
		}
		if p := r.Lines[3].ClusterP; p != nil && *p <= r.Alpha {
			out.a4 += 1 / float64(draws)
		}
	}
	return out
}

// write writes the table.
func write(out io.Writer, draws int) error {
	if _, err := io.WriteString(out, "| the outcome goes with | rows | `supported` | `not_supported` | a4 alone |\n| --- | --- | --- | --- | --- |\n"); err != nil {
		return err
	}
	for _, w := range worlds() {
		c := w.count(draws)
		if _, err := fmt.Fprintf(out, "| %s | %d | %.3f | %.3f | %.3f |\n", w.name, w.rows, c.supported, c.against, c.a4); err != nil {
			return err
		}
	}
	return nil
}
