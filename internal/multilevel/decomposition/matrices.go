package decomposition

import "holon/internal/multilevel"

// Matrices are the mean squares and products of any number of measures at both
// levels, and what follows from them. Nothing is cut: latent variances may be
// negative.
type Matrices struct {
	Measures      []string
	N0            *float64
	WithinMS      [][]*float64      // MSCP_W, which estimates Sigma_W
	BetweenMS     [][]*float64      // MSCP_B
	BetweenLatent [][]*float64      // (MSCP_B - MSCP_W)/n0, which estimates Sigma_B
	ICC           []*float64        // (MSB-MSW)/(MSB+(n0-1)MSW)
	Reason        multilevel.Reason // why nothing could be computed; empty otherwise
}

// MatricesOf computes the matrices of a table.
func MatricesOf(t Table) Matrices {
	b, why := arrange(t)
	out := Matrices{Measures: b.names, Reason: why}
	if why != "" {
		return out
	}
	m := reduce(b)
	if out.Reason = m.structure(); out.Reason != "" {
		return out
	}
	w := &writer{units: b.units}
	out.N0 = new(m.n0())
	fill := func(of func(a, c int) float64) [][]*float64 {
		rows := make([][]*float64, m.k)
		for a := range m.k {
			for c := range m.k {
				rows[a] = append(rows[a], w.product(of(a, c), a, c))
			}
		}
		return rows
	}
	out.WithinMS, out.BetweenMS, out.BetweenLatent = fill(m.msw), fill(m.msb), fill(m.latent)
	for a := range m.k {
		out.ICC = append(out.ICC, m.icc(a))
	}
	return out
}
