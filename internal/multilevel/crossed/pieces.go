package crossed

import "math"

// The random components: the residual follows from them, because
// sum_k theta_k V_k = V.
const random = int(Residual)

// pieces is what one evaluation adds up over groups. V is the covariance of a
// group's ratings, V_k = Z_k Z_k', y its ratings from the centre, and
// w_k = Z_k'V^-1 1, p_k = Z_k'V^-1 y, W_ij = Z_i'V^-1 Z_j.
type pieces struct {
	logdet     float64                 // log|V|
	xx, xy, yy float64                 // 1'V^-1 1, 1'V^-1 y, y'V^-1 y
	trace      [random]float64         // tr W_kk
	ww, wp, pp [random]float64         // |w_k|^2, w_k'p_k, |p_k|^2
	square     [random][random]float64 // |W_ij|^2, upper triangle
	sandwich   [random][random]float64 // w_i'W_ij w_j, upper triangle
}

// add adds b to a.
func (a *pieces) add(b *pieces) {
	a.logdet += b.logdet
	a.xx += b.xx
	a.xy += b.xy
	a.yy += b.yy
	for i := range random {
		a.trace[i] += b.trace[i]
		a.ww[i] += b.ww[i]
		a.wp[i] += b.wp[i]
		a.pp[i] += b.pp[i]
		for j := i; j < random; j++ {
			a.square[i][j] += b.square[i][j]
			a.sandwich[i][j] += b.sandwich[i][j]
		}
	}
}

// eigen is one eigenvalue of the covariance of a complete table:
// e + sum_k coefficient_k theta_k.
type eigen struct {
	component   Component
	coefficient [random]float64
	df          int // of one group
}

// eigens returns the eigenvalues of a shape with m members and r sessions (or
// ratings of each member): the group's, the member's, the session's and the
// residual's.
func (s *Summary) eigens(sh *shape) ([components]eigen, int) {
	m, r := float64(sh.members), float64(sh.sessions)
	if !s.shared {
		return [components]eigen{
			{Group, [random]float64{m * r, r, 0}, 1},
			{Member, [random]float64{0, r, 0}, sh.members - 1},
			{Residual, [random]float64{}, sh.members * (sh.sessions - 1)},
		}, 3
	}
	return [components]eigen{
		{Group, [random]float64{m * r, r, m}, 1},
		{Member, [random]float64{0, r, 0}, sh.members - 1},
		{Session, [random]float64{0, 0, m}, sh.sessions - 1},
		{Residual, [random]float64{}, (sh.members - 1) * (sh.sessions - 1)},
	}, 4
}

// value returns the eigenvalue at given variances.
func (e *eigen) value(v *Variances) float64 {
	return v[Residual] + e.coefficient[0]*v[0] + e.coefficient[1]*v[1] + e.coefficient[2]*v[2]
}

// addShape adds all groups of one complete shape: log|V| is a sum of logs, and
// the strata of the analysis of variance are the quadratic forms (Searle, Casella
// and McCulloch 1992, chapter 4).
func (s *Summary) addShape(to *pieces, i int, v *Variances) {
	sh, p := &s.shapes[i], &s.pools[i]
	if sh.count == 0 {
		return
	}
	ss := [components]float64{p.group, p.member, p.session, p.residual}
	list, n := s.eigens(sh)
	for j := range list[:n] {
		e := &list[j]
		df := float64(e.df * sh.count)
		value := e.value(v)
		quadratic := ss[e.component]
		if e.component == Group {
			quadratic += addMean(to, e, sh, p.mean-s.centre, value)
		}
		if df == 0 {
			continue
		}
		to.logdet += df * math.Log(value)
		to.yy += quadratic / value
		for a, ca := range e.coefficient {
			if ca == 0 {
				continue
			}
			to.trace[a] += df * ca / value
			to.pp[a] += ca * quadratic / (value * value)
			for b := a; b < random; b++ {
				to.square[a][b] += df * ca * e.coefficient[b] / (value * value)
			}
		}
	}
}

// addMean adds what the mean has to do with, and returns the mean's part of the
// quadratic form.
func addMean(to *pieces, e *eigen, sh *shape, d, value float64) float64 {
	n := float64(sh.members) * float64(sh.sessions)
	count := float64(sh.count)
	to.xx += count * n / value
	to.xy += count * n * d / value
	for a, ca := range e.coefficient {
		to.ww[a] += count * ca * n / (value * value)
		to.wp[a] += count * ca * n * d / (value * value)
		for b := a; b < random; b++ {
			to.sandwich[a][b] += count * ca * e.coefficient[b] * n / (value * value * value)
		}
	}
	return count * n * d * d
}

// block is what one pattern gives under members and sessions alone, before the
// group's own variance, a multiple of 1 1', is put on top. Index 0 is the member,
// 1 the session.
type block struct {
	logdet, h float64    // log|V0|, 1'V0^-1 1
	trace     [2]float64 // tr W0_kk
	norm      [2]float64 // |w0_k|^2
	square    [3]float64 // |W0_ij|^2: member member, member session, session session
	sandwich  [3]float64 // w0_i'W0_ij w0_j
}

// response is what the ratings of one group add: r are the deviations from the
// group's mean, d the mean from the centre.
type response struct {
	d      float64
	q      float64    // 1'V0^-1 r
	rr     float64    // r'V0^-1 r
	pp, wp [2]float64 // |p0_k|^2, w0_k'p0_k
}

// addPattern adds what depends on the pattern only, for count groups. The group's
// variance is a change of rank one (Sherman and Morrison): V^-1 = V0^-1 - g V0^-1 11'V0^-1.
func (a *pieces) addPattern(b *block, group, count float64) {
	f := 1 / (1 + group*b.h)
	g, h := group*f, b.h*f
	a.logdet += count * (b.logdet + math.Log1p(group*b.h))
	a.xx += count * h
	a.trace[Group] += count * h
	a.ww[Group] += count * h * h
	a.square[Group][Group] += count * h * h
	a.sandwich[Group][Group] += count * h * h * h
	ij := 0
	for i := range 2 {
		w := f * f * b.norm[i]
		a.ww[1+i] += count * w
		a.trace[1+i] += count * (b.trace[i] - g*b.norm[i])
		a.square[Group][1+i] += count * w
		a.sandwich[Group][1+i] += count * h * w
		for j := i; j < 2; j++ {
			both := b.norm[i] * b.norm[j]
			a.square[1+i][1+j] += count * (b.square[ij] - 2*g*b.sandwich[ij] + g*g*both)
			a.sandwich[1+i][1+j] += count * f * f * (b.sandwich[ij] - g*both)
			ij++
		}
	}
}

// addResponse adds what one group's ratings give.
func (a *pieces) addResponse(b *block, r *response, group float64) {
	f := 1 / (1 + group*b.h)
	g, h := group*f, b.h*f
	xy := f * (r.q + r.d*b.h)
	a.xy += xy
	a.yy += r.rr - g*r.q*r.q + 2*r.d*f*r.q + r.d*r.d*h
	a.wp[Group] += h * xy
	a.pp[Group] += xy * xy
	// p_k = p0_k(r) + c w0_k, and w_k = f w0_k.
	c := r.d*f - g*r.q
	for k := range 2 {
		a.wp[1+k] += f * (r.wp[k] + c*b.norm[k])
		a.pp[1+k] += r.pp[k] + 2*c*r.wp[k] + c*c*b.norm[k]
	}
}
