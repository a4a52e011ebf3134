package crossed

import "math"

// point is a likelihood with its derivatives at some variances, in units of z.
type point struct {
	v        Variances
	deviance float64
	mu       float64                         // from the centre
	xx       float64                         // 1'V^-1 1, so that 1/xx is the variance of mu
	gradient [components]float64             // of the deviance by the variances
	trace    [components]float64             // tr(P V_k)
	fisher   [components][components]float64 // tr(P V_i P V_j): expected curvature of the deviance
}

// freedom returns the number of observations that the likelihood counts.
func (s *Summary) freedom(method Method) int {
	if method == ML {
		return s.ratings
	}
	return s.ratings - 1
}

// at evaluates the likelihood at v. With free, v is first multiplied by the
// number that makes the deviance smallest, r'V^-1 r/nu: the level of the variances
// is profiled, their ratios are kept. ok is false where the covariance is not
// positive definite in floating point.
func (e *evaluator) at(v Variances, method Method, free bool) (p point, ok bool) {
	a, ok := e.pieces(&v)
	if !ok {
		return p, false
	}
	return e.s.pointOf(a, v, method, free)
}

// pointOf makes a point of pieces at v.
func (s *Summary) pointOf(a pieces, v Variances, method Method, free bool) (p point, ok bool) {
	nu := float64(s.freedom(method))
	p.mu = a.xy / a.xx
	quadratic := a.yy - p.mu*a.xy
	if free {
		c := quadratic / nu
		if !(c > 0) || math.IsInf(c, 0) {
			return p, false
		}
		for k := range v {
			v[k] *= c
		}
		a.multiply(c, float64(s.ratings))
		quadratic = nu
	}
	p.v, p.xx = v, a.xx
	p.deviance = nu*math.Log(2*math.Pi) + a.logdet + quadratic
	if method == REML {
		p.deviance += math.Log(a.xx)
	}
	p.derive(&a, method, nu, quadratic)
	return p, !math.IsNaN(p.deviance) && !math.IsInf(p.deviance, 0)
}

// multiply changes pieces at some variances into those at c times them.
func (a *pieces) multiply(c, ratings float64) {
	a.logdet += ratings * math.Log(c)
	a.xx /= c
	a.xy /= c
	a.yy /= c
	for i := range random {
		a.trace[i] /= c
		a.ww[i] /= c * c
		a.wp[i] /= c * c
		a.pp[i] /= c * c
		for j := i; j < random; j++ {
			a.square[i][j] /= c * c
			a.sandwich[i][j] /= c * c * c
		}
	}
}

// derive computes gradient and expected curvature,
//
//	d deviance/d theta_k = tr(P V_k) - y'P V_k P y
//	tr(P V_i P V_j)
//
// with V^-1 in place of P inside the traces of ML. The residual's follow from
// sum_k theta_k V_k = V and P V P = P.
func (p *point) derive(a *pieces, method Method, nu, quadratic float64) {
	v := &p.v
	e := v[Residual]
	restTrace, restQuadratic := nu, quadratic
	for i := range random {
		tr := a.trace[i]
		if method == REML {
			tr -= a.ww[i] / a.xx
		}
		q := a.pp[i] - 2*p.mu*a.wp[i] + p.mu*p.mu*a.ww[i]
		p.trace[i], p.gradient[i] = tr, tr-q
		restTrace -= v[i] * tr
		restQuadratic -= v[i] * q
		for j := i; j < random; j++ {
			value := a.square[i][j]
			if method == REML {
				value += (a.ww[i]*a.ww[j]/a.xx - 2*a.sandwich[i][j]) / a.xx
			}
			p.fisher[i][j], p.fisher[j][i] = value, value
		}
	}
	p.trace[Residual], p.gradient[Residual] = restTrace/e, (restTrace-restQuadratic)/e
	rest := p.trace[Residual]
	for i := range random {
		value := p.trace[i]
		for j := range random {
			value -= v[j] * p.fisher[i][j]
		}
		value /= e
		p.fisher[i][Residual], p.fisher[Residual][i] = value, value
		rest -= v[i] * value
	}
	p.fisher[Residual][Residual] = rest / e
}

// checked returns the variances in units of z, or why they cannot be used.
func (s *Summary) checked(v Variances) (Variances, error) {
	for c, x := range v {
		if !(x >= 0) || math.IsInf(x, 0) || Component(c) == Session && x > 0 && !s.shared {
			return v, BadVariances
		}
	}
	v = s.scale.inward(v)
	if !(v[Residual] > 0) || math.IsInf(v.Total(), 0) {
		return v, BadVariances
	}
	return v, nil
}

// evaluated returns the likelihood at variances in the unit of the ratings.
func (s *Summary) evaluated(method Method, v Variances) (point, error) {
	if s.freedom(method) < 1 {
		return point{}, TooFewRatings
	}
	v, err := s.checked(v)
	if err != nil {
		return point{}, err
	}
	p, ok := s.newEvaluator().at(v, method, false)
	if !ok {
		return p, BeyondRange
	}
	return p, nil
}

// Deviance returns the deviance at given variances, mu at its generalised least
// squares estimate.
func (s *Summary) Deviance(method Method, v Variances) (float64, error) {
	p, err := s.evaluated(method, v)
	if err != nil {
		return 0, err
	}
	return p.deviance + s.scale.shift(s.freedom(method)), nil
}

// Gradient returns the derivatives of the deviance by the variances.
func (s *Summary) Gradient(method Method, v Variances) ([components]float64, error) {
	var out [components]float64
	p, err := s.evaluated(method, v)
	if err != nil {
		return out, err
	}
	for c := range out {
		if out[c], err = power(p.gradient[c], -2*s.scale.exp); err != nil {
			return out, err
		}
	}
	return out, nil
}

// Information returns the expected information of the variances,
// 1/2 tr(P V_i P V_j); for ML, V^-1 stands for P.
func (s *Summary) Information(method Method, v Variances) ([components][components]float64, error) {
	var out [components][components]float64
	p, err := s.evaluated(method, v)
	if err != nil {
		return out, err
	}
	for i := range out {
		for j := range out {
			if out[i][j], err = power(p.fisher[i][j]/2, -4*s.scale.exp); err != nil {
				return out, err
			}
		}
	}
	return out, nil
}
