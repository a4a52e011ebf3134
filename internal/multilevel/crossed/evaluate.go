package crossed

import (
	"math"
	"runtime"
	"sync/atomic"
)

// evaluator adds up the pieces of a summary, again and again, in memory of its own.
type evaluator struct {
	s       *Summary
	workers []*factor
	parts   []pieces
	chunk   int // incomplete patterns per part
}

// parallelFrom is the rough number of multiplications from which a second
// goroutine pays.
const parallelFrom = 500_000

// newEvaluator returns one. Parts are cut by the layout alone and added up in
// order, so that the same input gives the same bytes on any number of cores.
func (s *Summary) newEvaluator() *evaluator {
	e := &evaluator{s: s, chunk: max(1, len(s.incomplete))}
	workers := 1
	if s.work >= parallelFrom {
		e.chunk = min(128, max(1, len(s.incomplete)/16))
		workers = min(runtime.GOMAXPROCS(0), (len(s.incomplete)+e.chunk-1)/e.chunk)
	}
	e.parts = make([]pieces, (len(s.incomplete)+e.chunk-1)/e.chunk)
	for range workers {
		e.workers = append(e.workers, newFactor(s.dense, s.long))
	}
	return e
}

// pieces evaluates at given variances; ok is false where rounding left no positive
// definite covariance.
func (e *evaluator) pieces(v *Variances) (total pieces, ok bool) {
	s := e.s
	if !(v[Residual] > 0) {
		return total, false
	}
	for i := range s.shapes {
		s.addShape(&total, i, v)
	}
	if len(e.parts) == 0 {
		return total, true
	}
	var next, failed atomic.Int64
	run := func(f *factor) {
		for {
			i := int(next.Add(1)) - 1
			if i >= len(e.parts) {
				return
			}
			from := i * e.chunk
			to := min(from+e.chunk, len(s.incomplete))
			if !s.part(&e.parts[i], s.incomplete[from:to], f, v) {
				failed.Store(1)
			}
		}
	}
	if len(e.workers) == 1 {
		run(e.workers[0])
	} else {
		worker := atomic.Int64{}
		inParallel(len(e.workers), func() { run(e.workers[worker.Add(1)-1]) })
	}
	for i := range e.parts {
		total.add(&e.parts[i])
	}
	return total, failed.Load() == 0
}

// part evaluates some incomplete patterns with all their groups.
func (s *Summary) part(to *pieces, patterns []int32, f *factor, v *Variances) bool {
	*to = pieces{}
	for _, number := range patterns {
		p := &s.patterns[number]
		groups := s.order[p.from:p.to]
		var b block
		if !s.shared {
			s.ownBlock(&b, p, v)
		} else {
			f.set(p, s.words, v)
			if !f.compute(&b) {
				return false
			}
		}
		to.addPattern(&b, v[Group], float64(len(groups)))
		for _, g := range groups {
			var r response
			s.respond(&r, f, p, int(g), v)
			to.addResponse(&b, &r, v[Group])
		}
	}
	return true
}

// respond fills in what one group's ratings give under its pattern's factor.
func (s *Summary) respond(r *response, f *factor, p *pattern, group int, v *Variances) {
	r.d = s.mean[group] - s.centre
	at := s.groups[group].at
	members := s.sums[at : at+int(p.members)]
	switch {
	case !s.shared:
		s.ownResponse(r, p, members, s.ss[group], v)
	case p.membersDense():
		f.respond(r, members, s.sums[at+int(p.members):at+int(p.members+p.sessions)], s.ss[group])
	default:
		f.respond(r, s.sums[at+int(p.members):at+int(p.members+p.sessions)], members, s.ss[group])
	}
}

// ownBlock is the block of a group whose members have ratings of their own:
// V0 is block diagonal by member, with Z_m'V0^-1 Z_m = n_m/(e + n_m M).
func (s *Summary) ownBlock(b *block, p *pattern, v *Variances) {
	for _, w := range s.words[p.at : p.at+int(p.members)] {
		n := float64(w)
		l := v[Residual] + n*v[Member]
		a := n / l
		b.logdet += (n-1)*math.Log(v[Residual]) + math.Log(l)
		b.h += a
		b.norm[0] += a * a
		b.sandwich[0] += a * a * a
	}
	b.trace[0], b.square[0] = b.h, b.norm[0]
}

// ownResponse is its response.
func (s *Summary) ownResponse(r *response, p *pattern, sums []float64, ss float64, v *Variances) {
	r.rr = ss / v[Residual]
	for m, w := range s.words[p.at : p.at+int(p.members)] {
		n := float64(w)
		l := v[Residual] + n*v[Member]
		t := sums[m] / l
		r.rr += sums[m] * t / n
		r.q += t
		r.pp[0] += t * t
		r.wp[0] += t * n / l
	}
}
