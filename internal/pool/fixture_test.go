package pool_test

import (
	"bytes"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"holon/internal/analysis"
	"holon/internal/multilevel"
	"holon/internal/multilevel/grouplevel"
	"holon/internal/pool"
	"holon/internal/session"
)

// gathered is what a table of these rows gives.
func gathered(rows []multilevel.Row) *analysis.Gathered {
	return &analysis.Gathered{Outcome: "y", Table: grouplevel.Table{Rows: rows}}
}

// options are the default rule, with an identifier that a test can know.
func options(seed byte) pool.Options {
	return pool.Options{Rule: pool.DefaultRule(), Kind: session.KindGroup, Random: bytes.NewReader(bytes.Repeat([]byte{seed}, 16))}
}

// write writes the totals of rows.
func write(t *testing.T, rows []multilevel.Row, o pool.Options) *pool.Written {
	t.Helper()
	w, err := pool.Write(gathered(rows), o)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// exchanged writes a file and reads it, as another practice does.
func exchanged(t *testing.T, f *pool.File) *pool.File {
	t.Helper()
	text, err := f.Encode()
	if err != nil {
		t.Fatal(err)
	}
	back, err := pool.Parse(text)
	if err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	return back
}

// world draws groups: between and within are the standard deviations.
type world struct {
	rng             *rand.Rand
	between, within float64
	step            float64 // ratings are rounded to this; 0: not at all
	next            int
}

// groups draws so many groups of one size.
func (w *world) groups(n, members int) []multilevel.Row { return w.weeks(n, members, 0) }

// weeks draws so many groups of members over sessions, of one rating of each
// member where there are none.
func (w *world) weeks(n, members, sessions int) []multilevel.Row {
	var out []multilevel.Row
	for range n {
		w.next++
		ofGroup := w.between * w.rng.NormFloat64()
		evenings := make([]float64, max(1, sessions))
		for i := range evenings {
			if sessions > 0 {
				evenings[i] = w.rng.NormFloat64() / 2
			}
		}
		for m := range members {
			ofMember := 0.0
			if sessions > 0 {
				ofMember = w.rng.NormFloat64() / 2
			}
			for s, evening := range evenings {
				y := ofGroup + ofMember + evening + w.within*w.rng.NormFloat64()
				if w.step > 0 {
					y = w.step * math.Round(y/w.step)
				}
				row := multilevel.Row{Group: fmt.Sprint("g", w.next), Member: fmt.Sprint("m", m), Value: y}
				if sessions > 0 {
					row.Session = fmt.Sprint(s + 1)
				}
				out = append(out, row)
			}
		}
	}
	return out
}

// newWorld returns a world with group variance.
func newWorld(seed uint64) *world {
	return &world{rng: rand.New(rand.NewPCG(21, seed)), between: 0.6, within: 1}
}
