package crossed

import "math"

// frame says how free unknowns make the variances: theta = B phi, phi >= 0. A model
// has one unknown per component; with a share fixed, one component follows from
// the others.
type frame struct {
	b [components][components]float64 // theta by phi
	n int
}

// frame returns the unknowns of a model.
func (m Model) frame() (f frame) {
	for c := range components {
		if m.Has(c) {
			f.b[c][f.n] = 1
			f.n++
		}
	}
	return f
}

// theta returns the variances at phi.
func (f *frame) theta(phi [components]float64) (v Variances) {
	for c := range v {
		for i := range f.n {
			v[c] += f.b[c][i] * phi[i]
		}
	}
	return v
}

// search is one descent.
type search struct {
	point
	phi        [components]float64
	iterations int
	decrement  float64 // Newton decrement: expected fall of the deviance of a full step
	settled    bool
	vanishing  bool // the deviance falls as the residual variance goes to zero
}

const (
	mostIterations = 500
	// trusted is the decrement from which the quadratic is the likelihood to all
	// digits of the deviance, so that steps are no longer compared by it.
	trusted = 1e-7
	// exhausted is the decrement at which nothing is left to gain.
	exhausted = 1e-20
	// precision is the distance from the optimum, in standard errors, that is small
	// enough: as judged by how fast the decrements fell.
	precision = 1e-9
	// vanishing is the residual variance, as a part of the member's and the
	// session's, at which a search for less ends; one that settles for want of digits
	// below settledNear was on its way there.
	vanishing   = 1e-7
	settledNear = 1e-5
)

// descend runs Fisher scoring in the frame from phi: each step goes to the smallest
// value over phi >= 0 of the quadratic with the expected curvature, so that zeros
// are kept or released by the derivative there, and is halved until the deviance
// falls. The level of the variances is profiled at every point. The first step
// from equal variances gives MINQUE estimates, which for complete tables are those
// of the analysis of variance.
func (e *evaluator) descend(f *frame, phi [components]float64, method Method) (s search, ok bool) {
	start, ok := e.at(f.theta(phi), method, true)
	if !ok {
		return s, false
	}
	return e.descendFrom(f, phi, start, method), true
}

// descendFrom is descend from a point whose likelihood is known. Where members and
// sessions are as many as the ratings, the likelihood is bounded and may all the
// same be largest without a residual variance: the search ends near there, or where
// no digit is left to gain on the way.
func (e *evaluator) descendFrom(f *frame, phi [components]float64, start point, method Method) search {
	s := e.scoreFrom(f, phi, start, method)
	if s.settled && e.vanishes(&s, settledNear) {
		s.settled, s.vanishing = false, true
	}
	if s.vanishing {
		e.pin(&s, f, method)
	}
	return s
}

// pin puts the residual variance of a search that ended near zero where every such
// search ends, so that the deviance there does not hang on the last step.
func (e *evaluator) pin(s *search, f *frame, method Method) {
	phi := s.phi
	for i := range f.n {
		if f.b[Residual][i] > 0 {
			phi[i] = vanishing * (s.v[Member] + s.v[Session]) / f.b[Residual][i]
		}
	}
	if p, ok := e.at(f.theta(phi), method, true); ok {
		s.point, s.phi = p, rescaled(phi, p.v.Total()/f.theta(phi).Total())
	}
}

// vanishes tells whether the residual variance is less than a part of the member's and
// the session's in a table in which they are as many as the ratings.
func (e *evaluator) vanishes(s *search, part float64) bool {
	return e.s.tight && s.v[Member] > 0 && s.v[Session] > 0 && s.v[Residual] < part*(s.v[Member]+s.v[Session])
}

// scoreFrom is descendFrom without the last look.
func (e *evaluator) scoreFrom(f *frame, phi [components]float64, start point, method Method) (s search) {
	s.point = start
	s.phi = rescaled(phi, s.v.Total()/f.theta(phi).Total())
	last := math.Inf(1)
	h := s.expected(f)
	observed := false
	for s.iterations = 1; s.iterations <= mostIterations; s.iterations++ {
		if !observed {
			h = s.expected(f)
		}
		target, decrement, solved := s.step(f, &h)
		if near := decrement <= nearby && decrement > steady*last; near && solved {
			if h, observed = e.curvature(&s, f, method); observed {
				target, decrement, solved = s.step(f, &h)
			}
		}
		if !solved {
			return s
		}
		s.decrement = decrement
		if decrement <= exhausted || decrement <= trusted && decrement >= last {
			s.settled = true
			return s
		}
		if !e.move(&s, f, target, method) {
			// No digit of the deviance was left to gain.
			s.settled = decrement <= 10*trusted
			return s
		}
		if speed := math.Sqrt(decrement / last); decrement <= trusted && math.Sqrt(decrement)*speed <= precision*(1-speed) {
			s.settled = true
			_, s.decrement, _ = s.step(f, &h)
			return s
		}
		if e.vanishes(&s, vanishing) {
			s.vanishing = true
			return s
		}
		last = decrement
	}
	return s
}

// The expected curvature may be far from the observed one in small tables, and
// scoring then crawls or overshoots: where a decrement below nearby is more than
// steady times the one before, the observed curvature takes over.
const (
	nearby = 1e-2
	steady = 0.02
)

// curvature returns the second derivatives of the deviance by the unknowns, as
// forward differences of the gradient; ok is false where they cannot be had. An
// unknown at zero stands apart with its expected curvature: it is held there by its
// slope, and the likelihood may well be concave along it.
func (e *evaluator) curvature(s *search, f *frame, method Method) (h matrix, ok bool) {
	const part = 1e-4 // of a standard error
	expected := s.expected(f)
	base := s.slopes(f)
	for i := range f.n {
		if !(expected[i][i] > 0) {
			return h, false
		}
		if s.phi[i] == 0 {
			continue
		}
		by := part / math.Sqrt(expected[i][i])
		phi := s.phi
		phi[i] += by
		by = phi[i] - s.phi[i]
		there, fine := e.at(f.theta(phi), method, false)
		if !fine {
			return h, false
		}
		moved := search{point: there}
		for j, slope := range moved.slopes(f) {
			h[i][j] = (slope - base[j]) / by
		}
	}
	for i := range f.n {
		for j := range i {
			mean := (h[i][j] + h[j][i]) / 2
			if s.phi[i] == 0 || s.phi[j] == 0 {
				mean = 0
			}
			h[i][j], h[j][i] = mean, mean
		}
		if s.phi[i] == 0 {
			h[i][i] = expected[i][i]
		}
	}
	probe := h
	var none [components]float64
	return h, probe.solve(&none, f.n)
}

// slopes returns the derivatives of the deviance by the unknowns.
func (s *search) slopes(f *frame) (g [components]float64) {
	for i := range f.n {
		for a := range components {
			if f.b[a][i] != 0 {
				g[i] += f.b[a][i] * s.gradient[a]
			}
		}
	}
	return g
}

// expected returns the expected curvature by the unknowns.
func (s *search) expected(f *frame) (h matrix) {
	for i := range f.n {
		for a := range components {
			if f.b[a][i] == 0 {
				continue
			}
			for j := range f.n {
				for b := range components {
					h[i][j] += f.b[a][i] * s.fisher[a][b] * f.b[b][j]
				}
			}
		}
	}
	return h
}

// step returns where the quadratic with curvature h is smallest, and the decrement.
func (s *search) step(f *frame, h *matrix) (target [components]float64, decrement float64, ok bool) {
	g := s.slopes(f)
	target, ok = program(h, g, s.phi, f.n)
	if !ok {
		return target, 0, false
	}
	for i := range f.n {
		slope := 0.0
		for j := range f.n {
			slope += h[i][j] * (target[j] - s.phi[j])
		}
		decrement -= (slope/2 + g[i]) * (target[i] - s.phi[i])
	}
	return target, max(0, decrement), true
}

// move goes towards the target, halving the way until the deviance falls. The
// residual never falls to less than a twentieth in one step.
func (e *evaluator) move(s *search, f *frame, target [components]float64, method Method) bool {
	const halvings, most = 50, 0.95
	way := 1.0
	if from, to := s.v[Residual], f.theta(target)[Residual]; to < (1-most)*from {
		way = most * from / (from - to)
	}
	for range halvings {
		var phi [components]float64
		for i := range f.n {
			phi[i] = s.phi[i] + way*(target[i]-s.phi[i])
			if way == 1 {
				phi[i] = target[i]
			}
		}
		v := f.theta(phi)
		next, ok := e.at(v, method, true)
		if ok && (next.deviance < s.deviance || s.decrement <= trusted) {
			s.point = next
			s.phi = rescaled(phi, next.v.Total()/v.Total())
			return true
		}
		way /= 2
	}
	return false
}

// rescaled returns c x.
func rescaled(x [components]float64, c float64) [components]float64 {
	for i := range x {
		x[i] *= c
	}
	return x
}
