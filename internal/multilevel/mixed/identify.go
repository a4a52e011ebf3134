package mixed

import "math"

// identifiable refuses terms whose variances no rating can tell apart: the
// derivatives V_i of the covariance of what the fixed effects leave of the
// ratings, and its residual part, have to be linearly independent. Their inner
// products are the expected information at variances of zero.
func (m *Model) identifiable() error {
	if len(m.params) == 0 {
		return nil
	}
	ev, ok := m.evaluate(m.nothing(), REML)
	if !ok {
		return &Refusal{Reason: NoVariation}
	}
	const trace = 1e-9 // of a number, below which it is zero but for rounding
	count := len(m.params)
	var unseen []string
	for i, x := range m.params {
		if x.a == x.b && !(ev.trace[i] > trace*m.weightOf(x)) {
			unseen = appendNew(unseen, m.terms[x.term].name)
		}
	}
	if unseen != nil {
		return &Refusal{Reason: OneUnit, Names: unseen}
	}
	for i, x := range m.params {
		if m.terms[x.term].q == 1 && !(ev.expected[i*count+i] > trace*ev.pair[i*count+i]) {
			unseen = appendNew(unseen, m.terms[x.term].name)
		}
	}
	if unseen != nil {
		return &Refusal{Reason: UnitPerRating, Names: unseen}
	}
	return m.independent(ev, trace)
}

// weightOf returns the sum of squares of the columns of Z of one effect.
func (m *Model) weightOf(x param) float64 {
	var sum float64
	for _, c := range m.lay.classes {
		for _, s := range c.segments {
			if s.term != x.term {
				continue
			}
			for i := s.from + x.a; i < s.to; i += m.terms[x.term].q {
				sum += c.a[i*c.q+i] * float64(len(c.blocks))
			}
		}
	}
	return sum
}

// independent eliminates the parameters one after the other from the expected
// information, in units of correlations; one that leaves nothing of itself is a
// combination of those before.
func (m *Model) independent(ev *evaluation, trace float64) error {
	n := len(m.params)
	a := make([]float64, n*n)
	for i := range n {
		for j := range n {
			a[i*n+j] = ev.expected[i*n+j] / math.Sqrt(ev.expected[i*n+i]*ev.expected[j*n+j])
		}
	}
	// from[i] holds what parameter i is freed of, in terms of the parameters.
	from := make([]float64, n*n)
	for i := range n {
		from[i*n+i] = 1
		for j := range i {
			if a[j*n+j] == 0 {
				continue
			}
			c := a[i*n+j] / a[j*n+j]
			axpy(-c, a[j*n:(j+1)*n], a[i*n:(i+1)*n])
			axpy(-c, from[j*n:(j+1)*n], from[i*n:(i+1)*n])
		}
		if a[i*n+i] > trace {
			continue
		}
		const part = 1e-5
		var names []string
		for j := range i + 1 {
			if math.Abs(from[i*n+j]) > part {
				names = appendNew(names, m.terms[m.params[j].term].name)
			}
		}
		if len(names) == 1 {
			return &Refusal{Reason: UnitPerRating, Names: names}
		}
		return &Refusal{Reason: Aliased, Names: names}
	}
	return nil
}

// appendNew appends a name unless it is the last.
func appendNew(names []string, name string) []string {
	if len(names) > 0 && names[len(names)-1] == name {
		return names
	}
	return append(names, name)
}
