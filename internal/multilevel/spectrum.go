package multilevel

import (
	"context"
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/stat/distuv"

	"holon/internal/multilevel/montecarlo"
	"holon/internal/multilevel/rootfind"
)

// spectrum has all that the null distribution of the restricted likelihood
// ratio depends on (Crainiceanu and Ruppert 2004, Journal of the Royal
// Statistical Society B 66, 165-185, equation 9): the eigenvalues of
// Z'(I - 11'/N)Z other than zero, J-1 of them, and N-J. With w standard normal,
//
//	RLRT = sup over l >= 0 of (N-1) log[D(0)/D(l)] - sum log(1 + l mu_s),
//	D(l) = sum w_s^2/(1 + l mu_s) + chi-square(N-J).
type spectrum struct {
	values   []float64 // distinct eigenvalues, ascending
	counts   []float64 // how often each occurs
	within   float64   // N-J
	freedom  float64   // N-1
	smallest float64   // where the grid of ratios begins
}

// spectrum returns the eigenvalues. With n the sizes, the matrix is diag(n) -
// nn'/N: groups of one size leave it that size once less than there are groups,
// and between two neighbouring sizes there is one root of the secular equation
// sum n^2/(n - x) = N of a matrix changed by rank one (Golub 1973). No matrix is
// made.
func (s *strata) spectrum() spectrum {
	_, dfW := s.freedoms()
	out := spectrum{within: dfW, freedom: float64(s.ratings - 1), smallest: gridStart / s.largest()}
	add := func(value, count float64) {
		if count > 0 {
			out.values, out.counts = append(out.values, value), append(out.counts, count)
		}
	}
	for k, c := range s.classes {
		add(c.size, c.count-1)
		if k+1 < len(s.classes) {
			add(s.secularRoot(k), 1)
		}
	}
	return out
}

// secularRoot solves sum n^2/(n - x) = N between the sizes of class k and the
// next. The equation is multiplied by the distances to both, so that it has no
// poles there.
func (s *strata) secularRoot(k int) float64 {
	left, right := s.classes[k].size, s.classes[k+1].size
	n := float64(s.ratings)
	f := func(x float64) float64 {
		toLeft, toRight := x-left, right-x
		sum := -n * toLeft * toRight
		for j, c := range s.classes {
			squares := c.count * c.size * c.size
			switch j {
			case k:
				sum -= squares * toRight
			case k + 1:
				sum += squares * toLeft
			default:
				sum += squares / (c.size - x) * toLeft * toRight
			}
		}
		return sum
	}
	return rootfind.Brent(f, left, f(left), right, f(right))
}

// drawn is one draw of the squares: a_s for every distinct eigenvalue (a
// chi-square with as many degrees of freedom as it occurs) and the rest.
type drawn struct {
	squares []float64
	rest    float64
}

// draw fills in a draw.
func (p *spectrum) draw(d *drawn, rng *rand.Rand) {
	for i, count := range p.counts {
		d.squares[i] = chiSquare(count, rng)
	}
	d.rest = chiSquare(p.within, rng)
}

// chiSquare draws from chi-square with whole degrees of freedom.
func chiSquare(df float64, rng *rand.Rand) float64 {
	if df == 1 {
		z := rng.NormFloat64()
		return z * z
	}
	return distuv.ChiSquared{K: df, Src: rng}.Rand()
}

// statistic returns the restricted likelihood ratio of a draw.
func (p *spectrum) statistic(d *drawn, g *ratioGrid) float64 {
	if len(p.values) == 1 {
		return p.balanced(d)
	}
	var best float64
	at, before := 0.0, p.slope(d, 0)
	for i := range g.ratios {
		here := g.slope(p, d, i)
		if before > 0 && here <= 0 {
			l := rootfind.Brent(func(l float64) float64 { return p.slope(d, l) }, at, before, g.ratios[i], here)
			best = max(best, p.gain(d, l))
		}
		at, before = g.ratios[i], here
		if here <= 0 && at > p.ceiling(d) {
			break
		}
	}
	if before > 0 { // still rising at the end of the grid
		best = max(best, p.gain(d, at))
	}
	return best
}

// balanced is the statistic for groups of one size, with F the ratio of mean
// squares: (N-1) log[(A+W)/(A/F+W)] - (J-1) log F, and zero for F at most 1.
func (p *spectrum) balanced(d *drawn) float64 {
	a, dfB := d.squares[0], p.counts[0]
	f := a / dfB / (d.rest / p.within)
	if f <= 1 {
		return 0
	}
	return float64(p.freedom*math.Log((a+d.rest)/(a/f+d.rest))) - float64(dfB*math.Log(f))
}

// slope returns the derivative of the log-likelihood gain with respect to l.
func (p *spectrum) slope(d *drawn, l float64) float64 {
	total, falling, penalty := d.rest, 0.0, 0.0
	for i, mu := range p.values {
		r := 1 / (1 + float64(l*mu))
		x := float64(d.squares[i] * r)
		total += x
		falling += float64(x * float64(mu*r))
		penalty += float64(p.counts[i] * float64(mu*r))
	}
	return p.freedom*falling/total - penalty
}

// gain returns the statistic at l.
func (p *spectrum) gain(d *drawn, l float64) float64 {
	null, total, penalty := d.rest, d.rest, 0.0
	for i, mu := range p.values {
		null += d.squares[i]
		total += d.squares[i] / (1 + float64(l*mu))
		penalty += float64(p.counts[i] * math.Log1p(float64(l*mu)))
	}
	return float64(p.freedom*math.Log(null/total)) - penalty
}

// ceiling returns a ratio above which the gain falls for certain: with l at
// least one over the least eigenvalue the rising part is at most
// (N-1) sum (a/mu)/(l^2 rest) and the falling one at least (J-1)/(2 l).
func (p *spectrum) ceiling(d *drawn) float64 {
	var sum, groups float64
	for i, mu := range p.values {
		sum += d.squares[i] / mu
		groups += p.counts[i]
	}
	return max(1/p.values[0], 2*p.freedom*sum/(groups*d.rest))
}

// ratioGrid holds what the slope needs at each ratio of a grid and no draw
// changes: mu/(1 + l mu), 1/(1 + l mu) and the penalty.
type ratioGrid struct {
	ratios, penalty []float64
	keep, part      []float64 // ratio by eigenvalue
}

// grid returns the ratios from the smallest that matters up to 10^15: a greater
// ceiling needs a variance within that is drawn below 10^-15.
func (p *spectrum) grid() *ratioGrid {
	const top = 1e15
	g := &ratioGrid{}
	for l := p.smallest; l < top; l *= gridStep {
		var penalty float64
		for i, mu := range p.values {
			r := 1 / (1 + float64(l*mu))
			g.keep, g.part = append(g.keep, r), append(g.part, float64(mu*r))
			penalty += float64(p.counts[i] * float64(mu*r))
		}
		g.ratios, g.penalty = append(g.ratios, l), append(g.penalty, penalty)
	}
	return g
}

// slope is spectrum.slope at ratio number i.
func (g *ratioGrid) slope(p *spectrum, d *drawn, i int) float64 {
	n := len(p.values)
	keep, part := g.keep[i*n:(i+1)*n], g.part[i*n:(i+1)*n]
	total, falling := d.rest, 0.0
	for k, a := range d.squares {
		x := float64(a * keep[k])
		total += x
		falling += float64(x * part[k])
	}
	return p.freedom*falling/total - g.penalty[i]
}

// exactRLRT tests the restricted likelihood ratio against its exact null
// distribution, simulated; for equal sizes p is that of the F test.
func exactRLRT(ctx context.Context, s *strata, statistic float64, plan montecarlo.Plan) (ComponentTest, error) {
	p := s.spectrum()
	var g *ratioGrid
	if len(p.values) > 1 {
		g = p.grid()
	}
	null := make([]float64, plan.Draws)
	err := montecarlo.Run(ctx, plan, func() func(int, *rand.Rand) {
		d := drawn{squares: make([]float64, len(p.values))}
		return func(i int, rng *rand.Rand) {
			p.draw(&d, rng)
			null[i] = p.statistic(&d, g)
		}
	})
	if err != nil {
		return ComponentTest{}, err
	}
	return simulatedRLRT(MethodExactREML, "restricted likelihood ratio without group variance, from the eigenvalues of the design", statistic, null, plan), nil
}

// simulatedRLRT compares a statistic with draws from its null distribution; a
// draw that is not a number could not be fitted and counts as reaching it.
func simulatedRLRT(method, null string, statistic float64, draws []float64, plan montecarlo.Plan) ComponentTest {
	reached, zero, failed := 0, 0, 0
	for _, x := range draws {
		switch {
		case math.IsNaN(x):
			failed++
			reached++
		case x >= statistic:
			reached++
		}
		if x == 0 {
			zero++
		}
	}
	p, se := montecarlo.PValue(reached, plan.Draws)
	return ComponentTest{
		Component: "group", Method: method, Statistic: &statistic, P: &p, Null: &null,
		MonteCarlo: &MonteCarlo{Draws: plan.Draws, Seed: plan.Seed, SE: se, Failed: failed},
		NullAtZero: new(float64(zero) / float64(plan.Draws)),
	}
}
