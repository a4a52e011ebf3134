package crossed

import (
	"math"
	"math/bits"
	"math/rand/v2"

	"gonum.org/v1/gonum/stat/distuv"
)

// Simulate draws a new data set of the same layout from the model with these
// variances and this mean. Groups with complete tables are drawn as the sums of
// squares of their shape, which are chi-square, so that they cost nothing by the
// group; incomplete ones rating by rating, or member by member where members share
// no sessions. into is a summary of an earlier draw from the same layout whose
// memory is used again, or nil. Of what was drawn nothing can be predicted.
func (s *Summary) Simulate(rng *rand.Rand, v Variances, mean float64, into *Summary) (*Summary, error) {
	v, err := s.checked(v)
	if err != nil {
		return nil, err
	}
	if math.IsNaN(mean) || math.IsInf(mean, 0) {
		return nil, BadVariances
	}
	if into == nil || into.layout != s.layout || !into.pooled {
		into = &Summary{
			layout: s.layout, mean: make([]float64, len(s.groups)), ss: make([]float64, len(s.groups)),
			sums: make([]float64, s.units1), pools: make([]pool, len(s.shapes)), pooled: true,
		}
	}
	into.scale = s.scale
	mu := s.scale.distance(mean)
	for i := range s.shapes {
		into.pools[i] = s.drawPool(rng, &s.shapes[i], &v, mu)
	}
	d := drawer{s: into, rng: rng, v: v, effects: make([]float64, 2*s.dense+s.long)}
	for _, number := range s.incomplete {
		p := &s.patterns[number]
		for _, g := range s.order[p.from:p.to] {
			if s.shared {
				d.table(p, int(g), mu)
			} else {
				d.own(p, int(g), mu)
			}
		}
	}
	into.settle()
	return into, nil
}

// drawPool draws the strata of all groups of one shape.
func (s *Summary) drawPool(rng *rand.Rand, sh *shape, v *Variances, mu float64) pool {
	var p pool
	list, n := s.eigens(sh)
	for _, e := range list[:n] {
		value, df := e.value(v), e.df*sh.count
		switch e.component {
		case Group:
			p.mean = mu + rng.NormFloat64()*math.Sqrt(value/(float64(sh.count)*float64(sh.members)*float64(sh.sessions)))
			p.group = value * chiSquare(rng, df-1)
		case Member:
			p.member = value * chiSquare(rng, df)
		case Session:
			p.session = value * chiSquare(rng, df)
		default:
			p.residual = value * chiSquare(rng, df)
		}
	}
	return p
}

// chiSquare draws from the chi-square distribution, 0 without degrees of freedom.
func chiSquare(rng *rand.Rand, df int) float64 {
	if df <= 0 {
		return 0
	}
	return distuv.ChiSquared{K: float64(df), Src: rng}.Rand()
}

// drawer draws incomplete groups.
type drawer struct {
	s       *Summary
	rng     *rand.Rand
	v       Variances
	effects []float64
}

// table draws one group whose members share sessions.
func (d *drawer) table(p *pattern, group int, mu float64) {
	s := d.s
	at := s.groups[group].at
	tD, tB := s.sums[at:at+int(p.members)], s.sums[at+int(p.members):at+int(p.members+p.sessions)]
	sdD, sdB := math.Sqrt(d.v[Member]), math.Sqrt(d.v[Session])
	if !p.membersDense() {
		tD, tB, sdD, sdB = tB, tD, sdB, sdD
	}
	effects, count := d.effects[:len(tD)], d.effects[len(tD):2*len(tD)]
	for i := range effects {
		effects[i] = sdD * d.rng.NormFloat64()
	}
	clear(tD)
	clear(count)
	sd := math.Sqrt(d.v[Residual])
	per := p.wordsPerUnit()
	total, ss := 0.0, 0.0
	for b := range tB {
		shared := sdB * d.rng.NormFloat64()
		tB[b] = 0
		for w := range per {
			for set := s.words[p.at+b*per+w]; set != 0; set &= set - 1 {
				i := w<<6 + bits.TrailingZeros64(set)
				z := shared + effects[i] + sd*d.rng.NormFloat64()
				tD[i] += z
				tB[b] += z
				count[i]++
				ss += z * z
			}
		}
		total += tB[b]
	}
	mean := total / float64(p.cells)
	for i := range tD {
		tD[i] -= count[i] * mean
	}
	for b := range tB {
		n := 0
		for _, w := range s.words[p.at+b*per : p.at+b*per+per] {
			n += bits.OnesCount64(w)
		}
		tB[b] -= float64(n) * mean
	}
	s.ss[group] = max(0, ss-total*mean)
	s.mean[group] = mu + mean + math.Sqrt(d.v[Group])*d.rng.NormFloat64()
}

// own draws one group whose members have ratings of their own.
func (d *drawer) own(p *pattern, group int, mu float64) {
	s := d.s
	at := s.groups[group].at
	sums := s.sums[at : at+int(p.members)]
	counts := s.words[p.at : p.at+int(p.members)]
	total := 0.0
	for i := range sums {
		n := float64(counts[i])
		sums[i] = math.Sqrt(n*(d.v[Residual]+n*d.v[Member])) * d.rng.NormFloat64()
		total += sums[i]
	}
	mean := total / float64(p.cells)
	for i := range sums {
		sums[i] -= float64(counts[i]) * mean
	}
	s.ss[group] = d.v[Residual] * chiSquare(d.rng, int(p.cells-p.members))
	s.mean[group] = mu + mean + math.Sqrt(d.v[Group])*d.rng.NormFloat64()
}
