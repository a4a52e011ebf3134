package mixed

// sums are what the second pass adds up over blocks. Ordered pairs of effects of
// a term, (a, b) with a and b each from 0 to q-1, are counted one term after the
// other; see Model.ordered.
type sums struct {
	ww    []float64 // sum W[vd,ua] W[ub,vc], for ordered pairs (a,b) and (c,d)
	wr    []float64 // sum W[vd,ua] (U[ub] S U[vc]')
	trace []float64 // sum W[ua,ub]
	quad  []float64 // sum e[ua] e[ub]
	g     []float64 // sum U[ua]'U[ub], p x p
	hwh   []float64 // h_i'W h_j, h_i[ua] = e[ub]
	uh    []float64 // U'h_i, p
}

// ordered is an ordered pair of effects of one term.
type ordered struct{ term, a, b int }

// orderedPairs lists the ordered pairs of all terms, and for each parameter the
// one or two that it stands for.
func (m *Model) orderedPairs() (pairs []ordered, of [][]int) {
	number := make(map[ordered]int)
	for k, t := range m.terms {
		for a := range t.q {
			for b := range t.q {
				number[ordered{k, a, b}] = len(pairs)
				pairs = append(pairs, ordered{k, a, b})
			}
		}
	}
	for _, x := range m.params {
		ab := number[ordered(x)]
		if x.a == x.b {
			of = append(of, []int{ab})
			continue
		}
		of = append(of, []int{ab, number[ordered{x.term, x.b, x.a}]})
	}
	return pairs, of
}

// newSums makes room.
func newSums(order []ordered, p int) *sums {
	pairs := len(order)
	return &sums{
		ww: make([]float64, pairs*pairs), wr: make([]float64, pairs*pairs), trace: make([]float64, pairs),
		quad: make([]float64, pairs), g: make([]float64, pairs*p*p), hwh: make([]float64, pairs*pairs), uh: make([]float64, pairs*p),
	}
}

// add adds other sums.
func (s *sums) add(o *sums) {
	for _, x := range [][2][]float64{{s.ww, o.ww}, {s.wr, o.wr}, {s.trace, o.trace}, {s.quad, o.quad}, {s.g, o.g}, {s.hwh, o.hwh}, {s.uh, o.uh}} {
		axpy(1, x[1], x[0])
	}
}

// secondPass computes score and information.
func (m *Model) secondPass(ev *evaluation, w *pass, method Method) {
	pairs, of := m.orderedPairs()
	ev.u, ev.e = make([]float64, len(m.lay.place)*m.p), make([]float64, len(m.lay.place))
	parts := make([]*sums, len(w.factors))
	onAllCores(len(w.factors), func(i int) bool {
		parts[i] = newSums(pairs, m.p)
		m.classSums(parts[i], w.factors[i], w.star[i], w.s1[i], ev, pairs)
		return true
	})
	total := newSums(pairs, m.p)
	for _, s := range parts {
		total.add(s)
	}
	m.assemble(ev, total, of, method)
}

// classSums adds up one class.
func (m *Model) classSums(s *sums, f *factor, star, s1 []float64, ev *evaluation, pairs []ordered) {
	c, k := f.c, m.p+1
	spans := m.spans(c, pairs)
	s.patterns(f, spans, float64(len(c.blocks)))
	rest := c.q - c.lead
	for b, base := range c.blocks {
		u := f.solved(star[b*c.q*k:(b+1)*c.q*k], s1[b*rest*k:(b+1)*rest*k], k)
		ub, eb := ev.u[base*m.p:(base+c.q)*m.p], ev.e[base:base+c.q]
		for i := range c.q {
			row := u[i*k : (i+1)*k]
			copy(ub[i*m.p:], row[:m.p])
			eb[i] = row[m.p] - dot(row[:m.p], ev.beta)
		}
		s.block(f, spans, ub, eb, ev.s, m.p)
	}
}

// span is where the columns of an ordered pair's term lie in a block; the
// columns of its effects a and b follow each other at a distance of step.
type span struct{ a, b, step, count int }

// spans returns the span of each ordered pair, empty where the block has no unit
// of the term.
func (m *Model) spans(c *class, pairs []ordered) []span {
	out := make([]span, len(pairs))
	for i, x := range pairs {
		for _, seg := range c.segments {
			if q := m.terms[x.term].q; seg.term == x.term {
				out[i] = span{seg.from + x.a, seg.from + x.b, q, (seg.to - seg.from) / q}
			}
		}
	}
	return out
}

// patterns adds what depends on the pattern of the class only.
func (s *sums) patterns(f *factor, spans []span, blocks float64) {
	q, n := f.c.q, len(spans)
	for i, x := range spans {
		for u := range x.count {
			s.trace[i] += blocks * f.w[(x.a+u*x.step)*q+x.b+u*x.step]
		}
		for j, y := range spans {
			var sum float64
			for v := range y.count {
				rowC, rowD := f.w[(y.a+v*y.step)*q:], f.w[(y.b+v*y.step)*q:]
				for u := range x.count {
					sum += float64(rowD[x.a+u*x.step] * rowC[x.b+u*x.step])
				}
			}
			s.ww[i*n+j] += blocks * sum
		}
	}
}

// block adds one block.
func (s *sums) block(f *factor, spans []span, u, e, inner []float64, p int) {
	q, n := f.c.q, len(spans)
	us := make([]float64, q*p)
	for i := range q {
		for j := range p {
			axpy(u[i*p+j], inner[j*p:(j+1)*p], us[i*p:(i+1)*p])
		}
	}
	y, h := make([]float64, q*p), make([]float64, q)
	for i, x := range spans {
		if x.count == 0 {
			continue
		}
		clear(y)
		clear(h)
		for t := range x.count {
			ca, cb := x.a+t*x.step, x.b+t*x.step
			s.quad[i] += float64(e[ca] * e[cb])
			row := f.w[ca*q : (ca+1)*q]
			axpy(e[cb], row, h)
			for j, v := range row {
				if v != 0 {
					axpy(v, u[cb*p:(cb+1)*p], y[j*p:(j+1)*p])
				}
			}
			axpy(e[cb], u[ca*p:(ca+1)*p], s.uh[i*p:(i+1)*p])
			for r := range p {
				axpy(u[ca*p+r], u[cb*p:(cb+1)*p], s.g[(i*p+r)*p:(i*p+r+1)*p])
			}
		}
		for j, z := range spans {
			for t := range z.count {
				cc, cd := z.a+t*z.step, z.b+t*z.step
				s.wr[i*n+j] += dot(us[cc*p:(cc+1)*p], y[cd*p:(cd+1)*p])
				s.hwh[i*n+j] += float64(h[cc] * e[cd])
			}
		}
	}
}

// assemble turns the sums into score and information.
func (m *Model) assemble(ev *evaluation, s *sums, of [][]int, method Method) {
	n, p := len(s.trace), m.p
	sg := make([]float64, len(s.g)) // S G of each ordered pair
	for i := range n {
		for r := range p {
			for c := range p {
				axpy(ev.s[r*p+c], s.g[(i*p+c)*p:(i*p+c+1)*p], sg[(i*p+r)*p:(i*p+r+1)*p])
			}
		}
	}
	count := len(of)
	ev.trace, ev.score = make([]float64, count), make([]float64, count)
	quad := make([]float64, count)
	for i, list := range of {
		for _, x := range list {
			ev.trace[i] += s.trace[x]
			if method == REML {
				for r := range p {
					ev.trace[i] -= sg[(x*p+r)*p+r]
				}
			}
			quad[i] += s.quad[x]
		}
		ev.score[i] = ev.trace[i] - quad[i]/ev.sigma2
	}
	m.inform(ev, s, sg, quad, of, method)
}

// inform sets the informations.
func (m *Model) inform(ev *evaluation, s *sums, sg, quad []float64, of [][]int, method Method) {
	n, p, nu, count := len(s.trace), m.p, m.free(method), len(of)
	ev.pair, ev.expected, ev.observed = make([]float64, count*count), make([]float64, count*count), make([]float64, count*count)
	for i, x := range of {
		for j, y := range of {
			at, both := i*count+j, 0.0
			for _, a := range x {
				for _, b := range y {
					both += s.hwh[a*n+b] - bilinear(ev.s, s.uh[a*p:(a+1)*p], s.uh[b*p:(b+1)*p])
					if method == ML {
						ev.pair[at] += s.ww[a*n+b]
					} else {
						ev.pair[at] += s.trace2(sg, a, b, p)
					}
				}
			}
			ev.expected[at] = ev.pair[at] - ev.trace[i]*ev.trace[j]/nu
			ev.observed[at] = -ev.pair[at] + 2*both/ev.sigma2 - quad[i]*quad[j]/(nu*ev.sigma2*ev.sigma2)
		}
	}
}

// trace2 returns tr(P Z_a Z_b' P Z_c Z_d') of two ordered pairs (a,b) and (c,d):
// with C = W - U S U', sum C[vd,ua] C[ub,vc]. The two mixed products are equal
// once (a,b) and (b,a), and (c,d) and (d,c), are added up, as all parameters do.
func (s *sums) trace2(sg []float64, i, j, p int) float64 {
	n := len(s.trace)
	sum := s.ww[i*n+j] - 2*s.wr[i*n+j]
	for r := range p {
		for c := range p {
			sum += float64(sg[(i*p+r)*p+c] * sg[(j*p+c)*p+r])
		}
	}
	return sum
}

// bilinear returns x'S y.
func bilinear(s, x, y []float64) float64 {
	var sum float64
	for i, v := range x {
		sum += float64(v * dot(s[i*len(y):(i+1)*len(y)], y))
	}
	return sum
}
