package linear_test

import (
	"encoding/csv"
	"encoding/json"
	"math"
	"os"
	"strconv"
	"testing"

	"holon/internal/multilevel/linear"
)

// near fails unless two numbers agree: |got-want| <= relative |want| + absolute.
func near(t *testing.T, name string, got, want, relative, absolute float64) {
	t.Helper()
	if !(math.Abs(got-want) <= relative*math.Abs(want)+absolute) {
		t.Errorf("%s = %.12g, want %.12g", name, got, want)
	}
}

// reference reads a case of ../../../../shared/reference, simulated for this
// project; the expected values were computed in R and checked against nlme.
func reference(t *testing.T, name string, expected any) [][]string {
	t.Helper()
	raw, err := os.ReadFile("testdata/reference/" + name + ".json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(raw, &struct {
		Expected any `json:"expected"`
	}{expected}); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open("testdata/reference/" + name + ".csv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close() //nolint:errcheck // it was read
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil || len(rows) < 2 {
		t.Fatal(len(rows), err)
	}
	return rows[1:]
}

// number reads a cell.
func number(t *testing.T, cell string) float64 {
	t.Helper()
	v, err := strconv.ParseFloat(cell, 64)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// reciprocal is the model of two views of pairs: what the therapist brings and
// what is the pair's own.
func reciprocal() *linear.Model {
	return &linear.Model{
		Parameters: []string{"va", "vp", "cg", "vr", "vq", "cd"},
		Columns:    []string{"t", "m"},
		Parts:      []linear.Part{linear.Matrix("therapist", 0, 1, 2), linear.Matrix("pair", 3, 4, 5)},
	}
}

// reciprocalBlocks makes a block of each therapist's pairs: rows 2i and 2i+1 are
// the two views of pair i.
func reciprocalBlocks(m *linear.Model, pairs [][][2]float64) []linear.Block {
	var blocks []linear.Block
	patterns := map[int]*linear.Pattern{}
	for _, list := range pairs {
		n := len(list)
		if patterns[n] == nil {
			p := linear.NewPattern(m, 2*n)
			for i := range n {
				p.Mean(2*i, 0, 1)
				p.Mean(2*i+1, 1, 1)
				for k, at := range [][2]int{{2 * i, 2 * i}, {2*i + 1, 2*i + 1}, {2 * i, 2*i + 1}} {
					p.Share(3+k, at[0], at[1], 1)
				}
				for j := range n {
					p.Share(2, 2*i, 2*j+1, 1)
					if j <= i {
						p.Share(0, 2*i, 2*j, 1)
						p.Share(1, 2*i+1, 2*j+1, 1)
					}
				}
			}
			patterns[n] = p
		}
		b := linear.Block{Pattern: patterns[n]}
		for _, y := range list {
			b.Y = append(b.Y, y[0], y[1])
		}
		blocks = append(blocks, b)
	}
	return blocks
}

// pairsOf gathers the reference case by therapist.
func pairsOf(t *testing.T, rows [][]string) [][][2]float64 {
	t.Helper()
	var out [][][2]float64
	last := ""
	for _, r := range rows {
		if r[0] != last {
			out, last = append(out, nil), r[0]
		}
		at := len(out) - 1
		out[at] = append(out[at], [2]float64{number(t, r[2]), number(t, r[3])})
	}
	return out
}

// TestEstimateAgreesWithTheReciprocalReference holds both likelihoods against
// one-with-many-reciprocal.json.
func TestEstimateAgreesWithTheReciprocalReference(t *testing.T) {
	t.Parallel()
	type values struct {
		Theta struct {
			VA float64 `json:"var_therapist_perceiver"`
			VP float64 `json:"var_therapist_partner"`
			CG float64 `json:"cov_generalized"` //nolint:misspell // the key of the reference file
			VR float64 `json:"var_dyad_t"`
			VQ float64 `json:"var_dyad_m"`
			CD float64 `json:"cov_dyadic"`
		}
		MeanT  float64 `json:"mean_t"`
		MeanM  float64 `json:"mean_m"`
		LogLik float64
	}
	var want struct{ REML, ML values }
	m := reciprocal()
	blocks := reciprocalBlocks(m, pairsOf(t, reference(t, "one-with-many-reciprocal", &want)))
	for method, w := range map[linear.Method]values{linear.REML: want.REML, linear.ML: want.ML} {
		f, err := linear.Estimate(t.Context(), m, blocks, method)
		if err != nil {
			t.Fatal(err)
		}
		for i, v := range []float64{w.Theta.VA, w.Theta.VP, w.Theta.CG, w.Theta.VR, w.Theta.VQ, w.Theta.CD} {
			near(t, method.String()+" "+m.Parameters[i], f.Theta[i], v, 1e-7, 0)
		}
		near(t, "mean t", f.Beta[0], w.MeanT, 1e-9, 0)
		near(t, "mean m", f.Beta[1], w.MeanM, 1e-9, 0)
		near(t, "log-likelihood", f.LogLik, w.LogLik, 0, 1e-7)
		if len(f.Boundary) > 0 || f.Second != nil || !(f.Decrement < 1e-9) {
			t.Errorf("%v: boundary %v, second %v, decrement %g", method, f.Boundary, f.Second, f.Decrement)
		}
	}
}
