package crossed_test

import (
	"encoding/binary"
	"errors"
	"math"
	"math/rand/v2"
	"testing"

	"holon/internal/multilevel/crossed"
)

// fuzzTable reads rows of one byte of codes and eight of rating; flags choose
// sessions, and ratings in steps as people give them.
func fuzzTable(data []byte) (crossed.Table, bool) {
	if len(data) < 2 {
		return crossed.Table{}, false
	}
	flags := data[0]
	var t crossed.Table
	for data = data[1:]; len(data) > 0 && len(t.Y) < 200; {
		var y float64
		code := data[0]
		data = data[1:]
		switch {
		case flags&2 == 0:
			y = float64(code >> 7)
			if len(data) > 0 {
				y, data = float64(data[0]%16), data[1:]
			}
		case len(data) >= 8:
			y, data = math.Float64frombits(binary.LittleEndian.Uint64(data)), data[8:]
		default:
			data = nil
			continue
		}
		if flags&4 != 0 {
			y *= 1e300
		}
		t.Group = append(t.Group, int32(code&3))
		t.Member = append(t.Member, int32(code>>2&3))
		t.Session = append(t.Session, int32(code>>4&7))
		t.Y = append(t.Y, y)
	}
	if flags&1 == 0 {
		t.Session = nil
	}
	return t, len(t.Y) > 0
}

// FuzzFit feeds arbitrary tables to everything: an answer is finite, or a reason.
func FuzzFit(f *testing.F) {
	rng := rand.New(rand.NewPCG(9, 10))
	for flags := range byte(8) {
		for range 4 {
			seed := []byte{flags}
			for i := range 40 {
				seed = append(seed, byte(i*7))
				if flags&2 == 0 {
					seed = append(seed, byte(rng.Uint32()))
				} else {
					seed = binary.LittleEndian.AppendUint64(seed, math.Float64bits(rng.NormFloat64()*math.Exp(4*rng.NormFloat64())))
				}
			}
			f.Add(seed)
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		table, ok := fuzzTable(data)
		if !ok {
			return
		}
		s, err := crossed.Summarise(table)
		if refused(t, err) {
			return
		}
		if strata, ok := s.Strata(); ok {
			for _, st := range strata {
				finite(t, "stratum", st.SS)
			}
		}
		full := model(table)
		for _, m := range []crossed.Model{full, full.Without(crossed.Group), full.Without(crossed.Member), full.Without(crossed.Session), {Group: true}, {}} {
			for _, method := range []crossed.Method{crossed.REML, crossed.ML} {
				fuzzFit(t, s, m, method)
			}
		}
	})
}

// fuzzFit fits one model and everything that starts from a fit.
func fuzzFit(t *testing.T, s *crossed.Summary, m crossed.Model, method crossed.Method) {
	t.Helper()
	fit, err := s.Fit(m, method)
	if refused(t, err) {
		return
	}
	finite(t, "fit", append(fit.Variance[:], fit.Mean, fit.MeanSE, fit.Deviance, fit.LogLikelihood, fit.Decrement)...)
	for _, se := range fit.VarianceSE {
		if se != nil {
			finite(t, "standard error", *se)
		}
	}
	if fit.Margin != nil {
		finite(t, "margin", *fit.Margin)
	}
	if fit.MeanSE <= 0 || fit.Variance[crossed.Residual] < 0 {
		t.Fatalf("impossible fit %+v", fit)
	}
	effects, err := s.Predict(fit)
	if !refused(t, err) {
		for _, list := range [][]crossed.Effect{effects.Group, effects.Member, effects.Session} {
			for _, e := range list {
				finite(t, "prediction", e.BLUP, e.CondSD, e.PredSE)
			}
		}
	}
	if m.Group {
		lower, upper, err := s.ShareInterval(t.Context(), fit, crossed.OfTotal(crossed.Group), 3.84)
		if !refused(t, err) {
			finite(t, "interval", lower, upper)
			if share := crossed.OfTotal(crossed.Group).Value(fit.Variance); lower > share || upper < share {
				t.Fatalf("interval %v to %v without %v", lower, upper, share)
			}
		}
	}
	drawn, err := s.Simulate(rand.New(rand.NewPCG(1, 1)), fit.Variance, fit.Mean, nil)
	if refused(t, err) {
		return
	}
	again, err := drawn.Refit(m, method, fit.Variance)
	if !refused(t, err) {
		finite(t, "refit", append(again.Variance[:], again.Mean, again.Deviance)...)
	}
}

// refused says whether there is an error, which must be one of the reasons.
func refused(t *testing.T, err error) bool {
	t.Helper()
	if err == nil {
		return false
	}
	if reason, ok := errors.AsType[crossed.Reason](err); !ok {
		t.Fatalf("%v is no reason", err)
	} else if reason == crossed.NotConverged {
		t.Logf("not converged")
	}
	return true
}

// finite fails for NaN and infinities.
func finite(t *testing.T, name string, values ...float64) {
	t.Helper()
	for _, v := range values {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			t.Fatalf("%s is %v", name, values)
		}
	}
}
