package crossed

import (
	"math"
	"slices"
)

// Fit is a fitted model, in the unit of the ratings.
type Fit struct {
	Model         Model
	Method        Method
	Variance      Variances
	VarianceSE    [components]*float64 // from the expected information of the components above zero; nil for the others
	Mean, MeanSE  float64              // generalised least squares, given the variances
	LogLikelihood float64              // with all constants
	Deviance      float64              // -2 log-likelihood
	Singular      []Component          // of the model, estimated at exactly zero
	LocalOptima   int                  // how many local optima were found; 1 where only one start was asked for
	Margin        *float64             // by how much deviance the second optimum is worse; nil if there is none
	Iterations    int                  // of the descent that won
	Decrement     float64              // its Newton decrement at the end, in deviance
	ClosedForm    bool                 // complete tables of one shape, no component at zero: the analysis of variance
}

// Fit maximises the likelihood and takes the best of the local optima: a descent
// starts from equal variances (its first step gives the MINQUE estimates, for
// complete tables those of the analysis of variance) and one from the best point
// of every face, where some components are zero. Faces are left out if they hold
// at zero a component that lies more than six standard errors above it.
func (s *Summary) Fit(m Model, method Method) (Fit, error) {
	e, start, err := s.begin(m, method)
	if err != nil {
		return Fit{}, err
	}
	f := m.frame()
	first := e.descendFrom(&f, f.equal(), start, method)
	found := []search{first}
	if !s.saturated(m, method) || len(m.singular(first.v)) > 0 {
		found = e.faces(m, method, found)
	}
	return s.best(found, m, method)
}

// Refit maximises the likelihood from one start only, such as the fit of a model
// with one component less: for the many refits of a parametric bootstrap.
func (s *Summary) Refit(m Model, method Method, start Variances) (Fit, error) {
	if err := s.fittable(m, method); err != nil {
		return Fit{}, err
	}
	if s.reproduced(m) {
		return Fit{}, NoResidual
	}
	start, err := s.checked(start)
	if err != nil {
		return Fit{}, err
	}
	f := m.frame()
	var phi [components]float64
	for i, c := range m.list() {
		phi[i] = start[c]
	}
	found, ok := s.newEvaluator().descend(&f, phi, method)
	if !ok {
		return Fit{}, NotConverged
	}
	return s.best([]search{found}, m, method)
}

// fittable says why nothing can be fitted, as far as that is seen without an evaluation.
func (s *Summary) fittable(m Model, method Method) error {
	switch {
	case s.ratings < 2, s.freedom(method) < 1:
		return TooFewRatings
	case !(s.total > 0):
		return NoVariation
	case m.Session && !s.shared:
		return Confounded
	}
	return nil
}

// begin evaluates at equal variances and refuses a model whose components the
// layout cannot tell apart: the expected information of REML is then singular,
// because some combination of the P V_k P is zero.
func (s *Summary) begin(m Model, method Method) (*evaluator, point, error) {
	if err := s.fittable(m, method); err != nil {
		return nil, point{}, err
	}
	e, f := s.newEvaluator(), m.frame()
	v := f.theta(f.equal())
	a, ok := e.pieces(&v)
	if !ok {
		return nil, point{}, NotConverged
	}
	start, ok := s.pointOf(a, v, method, true)
	restricted := start
	if ok && method != REML {
		restricted, ok = s.pointOf(a, v, REML, true)
	}
	if !ok {
		return nil, point{}, NotConverged
	}
	var h matrix
	list := m.list()
	for i, a := range list {
		for j, b := range list {
			h[i][j] = restricted.fisher[a][b]
		}
		// Against what the component would have if every rating told of it alone.
		if weight := h[i][i] * restricted.v[a] * restricted.v[a]; !(weight > singular) {
			return nil, point{}, Confounded
		}
	}
	var none [components]float64
	if !h.solve(&none, len(list)) {
		return nil, point{}, Confounded
	}
	if s.reproduced(m) {
		return nil, point{}, NoResidual
	}
	return e, start, nil
}

// list returns the model's components in the order of its unknowns.
func (m Model) list() []Component {
	list := make([]Component, 0, components)
	for c := range components {
		if m.Has(c) {
			list = append(list, c)
		}
	}
	return list
}

// equal returns unknowns of 1 each.
func (f *frame) equal() (phi [components]float64) {
	for i := range f.n {
		phi[i] = 1
	}
	return phi
}

// singular returns the model's components at zero.
func (m Model) singular(v Variances) []Component {
	var list []Component
	for c := range components {
		if m.Has(c) && v[c] == 0 {
			list = append(list, c)
		}
	}
	return list
}

// saturated says whether every stratum of the analysis of variance has a component
// of its own. The likelihood is then a function of the expected mean squares, one
// term each, and every term falls along the line from any point to the solution:
// an interior solution is the only optimum.
func (s *Summary) saturated(m Model, method Method) bool {
	return len(s.shapes) == 1 && len(s.incomplete) == 0 && m.Member && m.Session == s.shared &&
		(m.Group || s.count == 1 && method == REML)
}

// farFromZero is the number of standard errors beyond which no optimum is sought
// at zero.
const farFromZero = 6

// faces descends from every face that could hold another optimum.
func (e *evaluator) faces(m Model, method Method, found []search) []search {
	full := m.frame()
	se, known := standardErrors(m, &found[0].point)
	var may []Component
	for _, c := range m.list() {
		if c != Residual && (!known || found[0].v[c] <= farFromZero*se[c]) {
			may = append(may, c)
		}
	}
	for zeros := 1; zeros < 1<<len(may); zeros++ {
		sub, same := m, true
		for i, c := range may {
			if zeros>>i&1 == 1 {
				sub = sub.Without(c)
			}
			same = same && (zeros>>i&1 == 1) == (found[0].v[c] == 0)
		}
		if same {
			continue
		}
		f := sub.frame()
		on, ok := e.descend(&f, f.equal(), method)
		if !ok {
			continue
		}
		var phi [components]float64
		for i, c := range m.list() {
			phi[i] = on.v[c]
		}
		s := e.descendFrom(&full, phi, on.point, method)
		s.iterations += on.iterations
		found = append(found, s)
	}
	return found
}

// standardErrors returns those of the components above zero; known is false where
// the information is singular.
func standardErrors(m Model, p *point) (se Variances, known bool) {
	var list []Component
	for _, c := range m.list() {
		if p.v[c] > 0 {
			list = append(list, c)
		}
	}
	var h matrix
	for i, a := range list {
		for j, b := range list {
			h[i][j] = p.fisher[a][b] / 2
		}
	}
	for i, c := range list {
		var b [components]float64
		b[i] = 1
		if !h.solve(&b, len(list)) || !(b[i] > 0) {
			return se, false
		}
		se[c] = math.Sqrt(b[i])
	}
	return se, true
}

// alike says whether two descents ended at one optimum.
func alike(a, b *search) bool {
	const deviance, variance = 1e-6, 1e-4
	if math.Abs(a.deviance-b.deviance) > deviance {
		return false
	}
	for c := range a.v {
		if math.Abs(a.v[c]-b.v[c]) > variance*a.v.Total() {
			return false
		}
	}
	return true
}

// best reports the best of the optima found, and how much worse the next is.
func (s *Summary) best(found []search, m Model, method Method) (Fit, error) {
	var top *search
	for i := range found {
		if f := &found[i]; (f.settled || f.vanishing) && (top == nil || f.deviance < top.deviance) {
			top = f
		}
	}
	if top == nil {
		return Fit{}, NotConverged
	}
	if top.vanishing {
		return Fit{}, NoResidual
	}
	fit, err := s.fit(top, m, method)
	if err != nil {
		return Fit{}, err
	}
	known := []*search{top}
	for i := range found {
		f := &found[i]
		if !f.settled && !f.vanishing || slices.ContainsFunc(known, func(k *search) bool { return alike(f, k) }) {
			continue
		}
		known = append(known, f)
		if margin := max(0, f.deviance-top.deviance); fit.Margin == nil || margin < *fit.Margin {
			fit.Margin = &margin
		}
	}
	fit.LocalOptima = len(known)
	fit.ClosedForm = s.saturated(m, method) && len(fit.Singular) == 0
	return fit, nil
}

// fit reports a descent in the unit of the ratings.
func (s *Summary) fit(from *search, m Model, method Method) (Fit, error) {
	fit := Fit{
		Model: m, Method: method, Singular: m.singular(from.v), LocalOptima: 1,
		Iterations: from.iterations, Decrement: from.decrement,
		Deviance: from.deviance + s.scale.shift(s.freedom(method)),
	}
	fit.LogLikelihood = -fit.Deviance / 2
	var err error
	if fit.Variance, err = s.scale.outward(from.v); err != nil {
		return fit, err
	}
	if fit.Mean, err = s.scale.location(s.centre + from.mu); err != nil {
		return fit, err
	}
	if fit.MeanSE, err = s.scale.width(math.Sqrt(1 / from.xx)); err != nil {
		return fit, err
	}
	if se, known := standardErrors(m, &from.point); known {
		for c, v := range se {
			if v == 0 {
				continue
			}
			if v, err = s.scale.square(v); err != nil {
				return fit, err
			}
			fit.VarianceSE[c] = &v
		}
	}
	return fit, nil
}
