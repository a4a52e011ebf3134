package agreement

import (
	"math"

	"holon/internal/multilevel/fdist"
)

// limits returns F_L = F0/F(1-a/2; n-1, d) and F_U = F0 F(1-a/2; d, n-1) of
// targets against an error with d degrees of freedom; nil where F0 or a
// quantile is not defined.
func (ms meanSquares) limits(within, d, level float64) (low, high *float64) {
	f := quotient(ms.between, within)
	if f == nil {
		return nil, nil
	}
	upper := (1 + level) / 2
	if q := fdist.Quantile(upper, ms.n-1, d); q > 0 {
		low = quotient(*f, q)
	}
	return low, finite(*f * fdist.Quantile(upper, d, ms.n-1))
}

// finite returns nil for what is no finite number.
func finite(x float64) *float64 {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return nil
	}
	return &x
}

// single returns the correlation of single ratings (F-1)/(F+k-1).
func single(f *float64, k float64) *float64 {
	if f == nil {
		return nil
	}
	return quotient(*f-1, *f+k-1)
}

// average returns the correlation of means 1-1/F.
func average(f *float64) *float64 {
	if f == nil || *f == 0 {
		return nil
	}
	return finite(1 - 1 / *f)
}

// SpearmanBrown returns the reliability k r/(1+(k-1)r) of the mean of k ratings
// of which one has reliability r; nil where the denominator is not positive.
func SpearmanBrown(r, k float64) *float64 {
	d := 1 + (k-1)*r
	if !(d > 0) {
		return nil
	}
	return quotient(k*r, d)
}

// limitPair holds the two limits of an interval.
type limitPair struct{ low, high *float64 }

// limitsOfTwoWay returns v and the approximate limits of ICC(2,1) and ICC(2,k) (Shrout and Fleiss
// 1979, p. 424), with F* = F(1-a/2; n-1, v), F. = F(1-a/2; v, n-1) and
//
//	v = (k-1)(n-1) [k r JMS + EMS(n(1+(k-1)r) - k r)]² /
//	    {(n-1) k² r² JMS² + EMS² [n(1+(k-1)r) - k r]²}
//	L = n(BMS - F* EMS)/(F*[k JMS + (kn-k-n)EMS] + n BMS)
//	U = n(F. BMS - EMS)/(k JMS + (kn-k-n)EMS + n F. BMS)
//
// The mean squares stand where the article has their ratio to EMS, so that
// EMS = 0 has limits too. Those of ICC(2,k) are the same stepped up by
// Spearman-Brown, with the terms that cancel taken out:
//
//	n(BMS/F* - EMS)/(JMS - EMS + n BMS/F*),  n(BMS - EMS/F.)/((JMS - EMS)/F. + n BMS)
func (ms meanSquares) limitsOfTwoWay(icc *float64, level float64) (df *float64, one, mean limitPair) {
	if icc == nil {
		return nil, one, mean
	}
	n, k, r := ms.n, ms.k, *icc
	fromRaters := k * r * ms.judge
	fromError := ms.error * (n*(1+(k-1)*r) - k*r)
	v := quotient((k-1)*(n-1)*(fromRaters+fromError)*(fromRaters+fromError),
		(n-1)*fromRaters*fromRaters+fromError*fromError)
	if v == nil || *v <= 0 {
		return v, one, mean
	}
	upper := (1 + level) / 2
	rest := k*ms.judge + (k*n-k-n)*ms.error
	if f := fdist.Quantile(upper, n-1, *v); f > 0 {
		signal := n * (ms.between/f - ms.error)
		one.low = quotient(signal, rest+n*ms.between/f)
		mean.low = meanOfTwoWay(signal, ms.judge-ms.error+n*ms.between/f)
	}
	if f := fdist.Quantile(upper, *v, n-1); f > 0 {
		signal := n * (ms.between - ms.error/f)
		one.high = quotient(signal, rest/f+n*ms.between)
		mean.high = meanOfTwoWay(signal, (ms.judge-ms.error)/f+n*ms.between)
	}
	return v, one, mean
}
