package decomposition

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat/distuv"

	"holon/internal/multilevel"
	"holon/internal/multilevel/fdist"
	"holon/internal/multilevel/mixed"
	"holon/internal/multilevel/montecarlo"
	"holon/internal/multilevel/rootfind"
)

// Manifest is the regression of y on x with observed group means,
//
//	y = g0 + gW (x - xbar_group) + gB (xbar_group - xbar) + u_group + e,
//
// by REML. What it leaves of the group variance of y is not what the latent
// groups leave. With a = Sigma_B11, w = Sigma_W11/n, b_B and b_W the latent
// slopes, it is in expectation
//
//	var(u) = (Sigma_B22 - Sigma_B12^2/Sigma_B11) + (b_B - b_W)^2 a w/(a + w),
//
// never less than the latent residual, and more wherever slopes differ and group
// means are unreliable; gB - gW is a/(a+w) of b_B - b_W (Luedtke et al. 2008).
type Manifest struct {
	Intercept        Quantity
	SlopeWithin      Quantity
	SlopeGroupMean   Quantity
	Contextual       Quantity // gB - gW
	VarianceGroup    Quantity // of u
	VarianceResidual Quantity
	ResidualShare    Quantity // var(u)/(var(u) + var(e))
	EmptyVariance    *float64 // group variance of y without x
	Explained        *float64 // 1 - var(u)/EmptyVariance; nil where that is zero
	LogLikelihood    *float64 // restricted, with all constants
	Deviance         *float64
	Singular         *bool
	Tests            []multilevel.ComponentTest // of var(u)
	Reason           mixed.Reason               // why it could not be fitted; empty otherwise
}

// groupTerm is the name of the random term.
const groupTerm = "group"

// manifest fits the regression and tests what is left between groups.
func (p *pairing) manifest(ctx context.Context, o Options, progress func(done, total int)) (Manifest, error) {
	var out Manifest
	model, err := mixed.New(p.regressionData())
	if err != nil {
		return out.refused(err)
	}
	fit, err := model.Fit(ctx, mixed.Options{})
	if err != nil {
		return out.refused(err)
	}
	without, err := model.Without(groupTerm)
	if err != nil {
		return out.refused(err)
	}
	null, err := without.Fit(ctx, mixed.Options{})
	if err != nil {
		return out.refused(err)
	}
	p.fillManifest(&out, fit)
	statistic := mixed.Drop(fit, null)
	out.Tests = []multilevel.ComponentTest{{
		Component: groupTerm, Method: multilevel.MethodREML, Statistic: &statistic, P: new(fdist.Boundary(statistic)), Null: new(evenMixture),
	}}
	if err := p.empty(ctx, &out, fit); err != nil {
		return Manifest{}, err
	}
	if err := p.manifestShare(ctx, &out, model, fit); err != nil {
		return Manifest{}, err
	}
	return out, p.exactTest(ctx, &out, statistic, montecarlo.Plan{Draws: o.Draws, Seed: o.Seed, Progress: progress})
}

// evenMixture is the null distribution of a test of one variance.
const evenMixture = "0.5*chisq(0)+0.5*chisq(1)"

// refused turns a refusal of the model into a reason, and passes on any other
// error.
func (m *Manifest) refused(err error) (Manifest, error) {
	if r, ok := errors.AsType[*mixed.Refusal](err); ok {
		return Manifest{Reason: r.Reason}, nil
	}
	return Manifest{}, err
}

// regressionData returns the regression in units of z.
func (p *pairing) regressionData() mixed.Data {
	n := int(p.rows)
	y, inside, mean, keys := make([]float64, n), make([]float64, n), make([]float64, n), make([]string, n)
	for g := range p.keys {
		at := p.means[g*p.k+p.x]
		for i := p.starts[g]; i < p.starts[g+1]; i++ {
			y[i], keys[i] = p.z[i*p.k+p.y], p.keys[g]
			inside[i], mean[i] = p.z[i*p.k+p.x]-at, at-p.grand[p.x]
		}
	}
	return mixed.Data{
		Y:     y,
		X:     []mixed.Column{mixed.Intercept(n), {Name: "within", Values: inside}, {Name: "group_mean", Values: mean}},
		Terms: []mixed.Term{mixed.ByUnit(groupTerm, keys)},
	}
}

// fillManifest takes the numbers of the fit over.
func (p *pairing) fillManifest(out *Manifest, fit *mixed.Fit) {
	w := p.writer
	b := fit.Fixed
	out.Intercept = Quantity{Estimate: w.location(b[0].Estimate, p.y), SE: w.width(b[0].SE, p.y)}
	slope := func(v, se float64) Quantity {
		return Quantity{Estimate: w.slope(v, p.x, p.y), SE: w.slope(se, p.x, p.y)}
	}
	out.SlopeWithin, out.SlopeGroupMean = slope(b[1].Estimate, b[1].SE), slope(b[2].Estimate, b[2].SE)
	c := fit.FixedCov
	out.Contextual = slope(b[2].Estimate-b[1].Estimate, math.Sqrt(max(0, c[2][2]+c[1][1]-2*c[1][2])))
	for _, q := range []*Quantity{&out.Intercept, &out.SlopeWithin, &out.SlopeGroupMean, &out.Contextual} {
		q.around(MethodDelta, q.SE, normalQuantile)
	}
	variance := func(v float64, se *float64) Quantity {
		q := Quantity{Estimate: w.product(v, p.y, p.y)}
		if se != nil {
			q.SE = w.product(*se, p.y, p.y)
		}
		return q
	}
	out.VarianceGroup = variance(fit.Terms[0].Variance, fit.Terms[0].VarianceSE)
	out.VarianceResidual = variance(fit.Residual, fit.ResidualSE)
	out.ResidualShare.Estimate = fit.Share(groupTerm)
	out.Singular = new(fit.Terms[0].Singular)
	// In units of the ratings |V| grows by 2^(2 e_y) for each of the N-3 degrees
	// of freedom, and X'X by 2^(2 e_x) for each of the two columns of x.
	dev := fit.Deviance + 2*math.Ln2*((p.rows-3)*float64(p.units[p.y].exp)+2*float64(p.units[p.x].exp))
	out.Deviance, out.LogLikelihood = w.finite(dev), w.finite(-dev/2)
}

// empty fits the model without x, for the proportion explained.
func (p *pairing) empty(ctx context.Context, out *Manifest, fit *mixed.Fit) error {
	d := p.regressionData()
	d.X = d.X[:1]
	model, err := mixed.New(d)
	if err != nil {
		_, err = out.refused(err)
		return err
	}
	alone, err := model.Fit(ctx, mixed.Options{})
	if err != nil {
		_, err = out.refused(err)
		return err
	}
	v := alone.Terms[0].Variance
	out.EmptyVariance = p.writer.product(v, p.y, p.y)
	if v > 0 {
		out.Explained = p.writer.finite(1 - fit.Terms[0].Variance/v)
	}
	return nil
}

// manifestShare adds the profile-likelihood interval of the residual share.
func (p *pairing) manifestShare(ctx context.Context, out *Manifest, model *mixed.Model, fit *mixed.Fit) error {
	if out.ResidualShare.Estimate == nil {
		return nil
	}
	var failed error
	rise := func(share float64) float64 {
		dev, err := model.ShareDeviance(ctx, mixed.REML, groupTerm, share)
		if err != nil {
			failed = err
			return math.NaN()
		}
		return dev - fit.Deviance
	}
	at := *out.ResidualShare.Estimate
	for _, sure := range confidences() {
		cut := distuv.ChiSquared{K: 1}.Quantile(sure)
		limit := func(end float64) float64 {
			last := rise(end) - cut
			if !(last > 0) || at == end {
				return end
			}
			return rootfind.Brent(func(v float64) float64 { return level(rise(v) - cut) }, at, -cut, end, last)
		}
		lower, upper := limit(0), limit(1-1e-6) // nearer to 1 the search has no optimum that it could tell from others
		if failed != nil {
			p.notes.Add("manifest_interval_undefined", "The profile of the regression's residual share could not be followed, so it has no interval.")
			_, err := out.refused(failed)
			return err
		}
		out.ResidualShare.interval(MethodProfile, sure, lower, upper)
	}
	return nil
}

// mostGroups is the number of groups up to which the exact null distribution is
// simulated; beyond it the even mixture is as good.
const mostGroups = 400

// exactTest adds the p value of the restricted likelihood ratio under its exact
// null distribution in finite samples (Crainiceanu and Ruppert 2004): with mu_s
// the eigenvalues of Z'(I-H)Z, w_s normal and c chi-square with N-p-K,
//
//	RLRT = sup_l { (N-p) log[D(0)/D(l)] - sum log(1 + l mu_s) },  D(l) = sum w_s^2/(1 + l mu_s) + c.
func (p *pairing) exactTest(ctx context.Context, out *Manifest, statistic float64, plan montecarlo.Plan) error {
	mu := p.designEigenvalues()
	if plan.Draws == 0 || mu == nil {
		if len(p.keys) > mostGroups {
			p.notes.Add("exact_null_left_out", fmt.Sprintf("With more than %d groups the null distribution of the regression's test is taken from its limit.", mostGroups))
		}
		return nil
	}
	null := newRatioNull(mu, p.rows-3)
	reached := make([]bool, plan.Draws)
	err := montecarlo.Run(ctx, plan, func() func(int, *rand.Rand) {
		squares := make([]float64, len(mu))
		return func(i int, rng *rand.Rand) { reached[i] = null.draw(rng, squares) >= statistic }
	})
	if err != nil {
		return err
	}
	exceed := 0
	for _, r := range reached {
		if r {
			exceed++
		}
	}
	pv, se := montecarlo.PValue(exceed, plan.Draws)
	out.Tests = append(out.Tests, multilevel.ComponentTest{
		Component: groupTerm, Method: multilevel.MethodExactREML, Statistic: &statistic, P: &pv,
		Null: new("finite-sample distribution of the restricted likelihood ratio"), MonteCarlo: &multilevel.MonteCarlo{Draws: plan.Draws, Seed: plan.Seed, SE: se},
	})
	return nil
}

// designEigenvalues returns the positive eigenvalues of Z'(I-H)Z. The columns
// of x within groups are orthogonal to Z, so that only the intercept and the
// group means take part: with m the column of means centred over ratings,
// diag(n) - n n'/N - (n m)(n m)'/sum n m^2.
func (p *pairing) designEigenvalues() []float64 {
	j := len(p.keys)
	if j < 3 || j > mostGroups {
		return nil
	}
	m := make([]float64, j)
	var spread float64
	for g, n := range p.sizes {
		m[g] = p.means[g*p.k+p.x] - p.grand[p.x]
		spread += n * m[g] * m[g]
	}
	a := mat.NewSymDense(j, nil)
	for g, n := range p.sizes {
		for h := g; h < j; h++ {
			v := -n * p.sizes[h] * (1/p.rows + m[g]*m[h]/spread)
			if g == h {
				v += n
			}
			a.SetSym(g, h, v)
		}
	}
	var eigen mat.EigenSym
	if !(spread > 0) || !eigen.Factorize(a, false) {
		return nil
	}
	return eigen.Values(nil)[2:] // two are zero
}

// ratioNull draws from the null distribution of the restricted likelihood ratio.
type ratioNull struct {
	nu   float64
	rest distuv.ChiSquared
	keep [][]float64 // 1/(1 + l mu_s), by l
	logs []float64   // sum log(1 + l mu_s)
}

// newRatioNull lays the grid of ratios l over which the supremum is taken.
func newRatioNull(mu []float64, nu float64) *ratioNull {
	var mean float64
	for _, v := range mu {
		mean += v / float64(len(mu))
	}
	n := &ratioNull{nu: nu, rest: distuv.ChiSquared{K: nu - float64(len(mu))}}
	const steps = 160
	for i := range steps {
		l := math.Pow(10, -4+8*float64(i)/(steps-1)) / mean
		keep, logs := make([]float64, len(mu)), 0.0
		for s, v := range mu {
			keep[s] = 1 / (1 + l*v)
			logs += math.Log1p(l * v)
		}
		n.keep, n.logs = append(n.keep, keep), append(n.logs, logs)
	}
	return n
}

// draw returns one statistic.
func (n *ratioNull) draw(rng *rand.Rand, squares []float64) float64 {
	rest := n.rest
	rest.Src = rng
	c := rest.Rand()
	none := c
	for s := range squares {
		v := rng.NormFloat64()
		squares[s] = v * v
		none += squares[s]
	}
	var best float64
	for i, keep := range n.keep {
		d := c
		for s, v := range squares {
			d += v * keep[s]
		}
		best = max(best, n.nu*math.Log(none/d)-n.logs[i])
	}
	return best
}
