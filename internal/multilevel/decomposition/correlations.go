package decomposition

import (
	"holon/internal/caveat"
	"holon/internal/multilevel"
)

// Counts says how much went in.
type Counts struct{ Rows, Groups int }

// Correlations is the table of correlations between measures at every level.
type Correlations struct {
	Counts   Counts
	N0       *float64
	Measures []MeasureLevels
	Pairs    []Pair            // every two measures, in the order of the table
	Reason   multilevel.Reason // why nothing could be computed; empty otherwise
	Caveats  caveat.Set
}

// MeasureLevels is one measure's variance by level.
type MeasureLevels struct {
	Name                 string
	Mean                 *float64
	VarianceBetween      *float64 // latent, as moments have it; may be negative
	VarianceWithin       *float64
	ICC                  *float64
	ReliabilityGroupMean *float64 // 1 - MSW/MSB; nil where group means are equal
}

// Pair is one pair's correlation at every level.
type Pair struct {
	X, Y          string
	Total         *float64
	Within        Quantity
	BetweenMeans  Quantity // of observed group means weighted by size; holds what the same respondents share within groups
	BetweenLatent Quantity // of Sigma_B; nil where a variance is not positive, kept where beyond 1
}

// Correlate computes the table for any number of measures from one reduction of
// the ratings.
func Correlate(t Table) Correlations {
	b, why := arrange(t)
	out := Correlations{Counts: Counts{Rows: len(t.Group), Groups: len(b.keys)}, Reason: why}
	if why != "" {
		return out
	}
	m := reduce(b)
	w := &writer{units: b.units}
	out.Counts.Groups = len(b.keys)
	if out.Reason = m.structure(); out.Reason != "" {
		return out
	}
	out.N0 = new(m.n0())
	for a := range m.k {
		l := MeasureLevels{
			Name: m.names[a], Mean: w.location(m.grand[a], a), ICC: m.icc(a),
			VarianceBetween: w.product(m.latent(a, a), a, a), VarianceWithin: w.product(m.msw(a, a), a, a),
		}
		if m.msb(a, a) > 0 {
			l.ReliabilityGroupMean = w.finite(1 - m.msw(a, a)/m.msb(a, a))
		}
		out.Measures = append(out.Measures, l)
	}
	for x := range m.k {
		for y := x + 1; y < m.k; y++ {
			p := pairing{moments: m, x: x, y: y, writer: w, notes: &out.Caveats}
			r := p.pairMoments(true)
			out.Pairs = append(out.Pairs, Pair{
				X: m.names[x], Y: m.names[y], Total: r.RTotal,
				Within: r.RWithin, BetweenMeans: r.RBetweenMeans, BetweenLatent: r.RBetween,
			})
		}
	}
	if len(out.Pairs) > 0 {
		noteSharedError(&out.Caveats)
	}
	w.note(&out.Caveats)
	return out
}

// noteSharedError says what a correlation of group means holds.
func noteSharedError(notes *caveat.Set) {
	notes.Add("group_means_share_error", "The correlation of observed group means also holds what the same respondents share within groups, "+
		"measurement error included; the latent correlation does not.")
}

// note adds the caveat of numbers that could not be written.
func (w *writer) note(notes *caveat.Set) {
	if w.beyond {
		notes.Add("beyond_range", "Some numbers of these ratings are too large or too small to be written in their unit.")
	}
}
