package mixed_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gonum.org/v1/gonum/floats/scalar"

	"holon/internal/multilevel/mixed"
)

// weekly is a small table of ratings with several keys and two covariates.
type weekly struct {
	group, member, session []string
	x, time, y             []float64
}

// newWeekly draws a table.
func newWeekly(seed uint64) weekly {
	rng := rand.New(rand.NewPCG(seed, 5))
	var w weekly
	for g := range 6 {
		ofGroup := 0.5 * rng.NormFloat64()
		for m := range 4 {
			ofMember, slope := 0.7*rng.NormFloat64(), 0.2*rng.NormFloat64()
			for s := range 6 {
				if rng.IntN(5) == 0 {
					continue
				}
				w.group = append(w.group, fmt.Sprint("g", g))
				w.member = append(w.member, fmt.Sprint("g", g, "m", m))
				w.session = append(w.session, fmt.Sprint("g", g, "s", s))
				w.x = append(w.x, float64(g%2))
				w.time = append(w.time, float64(s))
				w.y = append(w.y, 4+ofGroup+ofMember+(0.1+slope)*float64(s)+0.5*rng.NormFloat64())
			}
		}
	}
	return w
}

// data is the table's model of growth.
func (w weekly) data() mixed.Data {
	time := mixed.Column{Name: "time", Values: w.time}
	return mixed.Data{
		Y: w.y, X: []mixed.Column{mixed.Intercept(len(w.y)), {Name: "x", Values: w.x}, time},
		Terms: []mixed.Term{mixed.ByUnit("group", w.group), mixed.ByUnit("member", w.member).WithSlopes(time), mixed.ByUnit("session", w.session)},
	}
}

// sameFit compares fits of which the second has ratings scaled by a factor and
// deviance moved by a shift.
func sameFit(t *testing.T, a, b *mixed.Fit, factor, shift float64) {
	t.Helper()
	const rel = 1e-7
	square := factor * factor
	near(t, "deviance", b.Deviance-shift, a.Deviance, 0, 1e-8)
	near(t, "residual", b.Residual, square*a.Residual, rel, 0)
	near(t, "residual se", *b.ResidualSE, square**a.ResidualSE, rel, 0)
	for k := range a.Terms {
		near(t, a.Terms[k].Name, b.Terms[k].Variance, square*a.Terms[k].Variance, rel, square*1e-9)
		if a.Terms[k].VarianceSE != nil && b.Terms[k].VarianceSE != nil {
			near(t, a.Terms[k].Name+" se", *b.Terms[k].VarianceSE, square**a.Terms[k].VarianceSE, rel, 0)
		}
		if a.Terms[k].Rank != b.Terms[k].Rank {
			t.Errorf("%s has rank %d and %d", a.Terms[k].Name, a.Terms[k].Rank, b.Terms[k].Rank)
		}
	}
	for j := range a.Fixed {
		near(t, "se "+a.Fixed[j].Name, b.Fixed[j].SE, factor*a.Fixed[j].SE, rel, 0)
		if j > 0 {
			near(t, a.Fixed[j].Name, b.Fixed[j].Estimate, factor*a.Fixed[j].Estimate, rel, factor*1e-9)
		}
	}
}

// TestShiftAndScale moves and stretches the ratings.
func TestShiftAndScale(t *testing.T) {
	t.Parallel()
	for seed := range uint64(3) {
		for _, method := range []mixed.Method{mixed.REML, mixed.ML} {
			w := newWeekly(seed)
			a := fit(t, prepare(t, w.data()), method)
			for _, c := range []struct{ shift, factor float64 }{{1000, 1}, {0, 3}, {-7, 1e-3}, {0, 1e60}, {5, 1e-60}, {1e6, 1}} {
				moved := newWeekly(seed)
				for i := range moved.y {
					moved.y[i] = c.factor * (w.y[i] + c.shift)
				}
				b := fit(t, prepare(t, moved.data()), method)
				free := float64(len(w.y))
				if method == mixed.REML {
					free -= float64(len(a.Fixed))
				}
				sameFit(t, a, b, c.factor, 2*free*math.Log(c.factor))
				near(t, "intercept", b.Fixed[0].Estimate, c.factor*(a.Fixed[0].Estimate+c.shift), 1e-8, 0)
			}
		}
	}
}

// TestUnitsOfCovariates moves and stretches time, for the slope and the fixed
// effect: the random intercept then is the effect at another time, and variances
// of slopes change with the square.
func TestUnitsOfCovariates(t *testing.T) {
	t.Parallel()
	w := newWeekly(7)
	a := fit(t, prepare(t, w.data()), mixed.ML)
	const shift, factor = 20000, 7
	moved := newWeekly(7)
	for i := range moved.time {
		moved.time[i] = factor*w.time[i] + shift
	}
	b := fit(t, prepare(t, moved.data()), mixed.ML)
	near(t, "deviance", b.Deviance, a.Deviance, 0, 1e-8)
	near(t, "residual", b.Residual, a.Residual, 1e-7, 0)
	c, d := a.Terms[1].Covariance, b.Terms[1].Covariance
	near(t, "slope variance", d[1][1], c[1][1]/factor/factor, 1e-7, 0)
	// u0' = u0 - shift/factor u1 and u1' = u1/factor.
	const r = shift / float64(factor)
	near(t, "intercept variance", d[0][0], c[0][0]-2*r*c[0][1]+r*r*c[1][1], 1e-6, 0)
	near(t, "covariance", d[0][1], (c[0][1]-r*c[1][1])/factor, 1e-6, 0)
	near(t, "slope", b.Fixed[2].Estimate, a.Fixed[2].Estimate/factor, 1e-7, 0)
	near(t, "intercept", b.Fixed[0].Estimate, a.Fixed[0].Estimate-r*a.Fixed[2].Estimate, 1e-7, 0)
}

// TestOrderAndNames shuffles rows, turns the order of terms and renames units.
func TestOrderAndNames(t *testing.T) {
	t.Parallel()
	for seed := range uint64(4) {
		w := newWeekly(seed)
		a := fit(t, prepare(t, w.data()), mixed.REML)
		order := rand.New(rand.NewPCG(seed, 9)).Perm(len(w.y))
		var v weekly
		for _, i := range order {
			v.group, v.member, v.session = append(v.group, "x"+w.group[i][1:]), append(v.member, w.member[i]), append(v.session, w.session[i])
			v.x, v.time, v.y = append(v.x, w.x[i]), append(v.time, w.time[i]), append(v.y, w.y[i])
		}
		d := v.data()
		sameFit(t, a, fit(t, prepare(t, d), mixed.REML), 1, 0)
		d.Terms = []mixed.Term{d.Terms[2], d.Terms[0], d.Terms[1]}
		b := fit(t, prepare(t, d), mixed.REML)
		near(t, "deviance", b.Deviance, a.Deviance, 0, 1e-9)
		near(t, "session", b.Terms[0].Variance, a.Terms[2].Variance, 1e-7, 1e-10)
		near(t, "member slope", b.Terms[2].Covariance[1][1], a.Terms[1].Covariance[1][1], 1e-7, 1e-10)
	}
}

// TestSameBytesTwice fits and predicts twice, on all cores.
func TestSameBytesTwice(t *testing.T) {
	t.Parallel()
	bytesOf := func() []byte {
		f := fit(t, prepare(t, newWeekly(1).data()), mixed.REML)
		b, err := json.Marshal([]any{f.Terms, f.Fixed, f.Deviance, f.Residual, f.Margin, f.Decrement, f.Predict()})
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	if diff := cmp.Diff(bytesOf(), bytesOf()); diff != "" {
		t.Error(diff)
	}
}

// TestOneLeaderEachIsNested gives every group one leader with weight 1, and two
// halves of the same one.
func TestOneLeaderEachIsNested(t *testing.T) {
	t.Parallel()
	var want wanted
	d := readCase(t, "testdata/reference", "therapist-above-groups", &want)
	y := d.numbers(t, "y")
	for name, weights := range map[string][]float64{"one": {1}, "halves": {0.5, 0.5}} {
		rows := make([][]mixed.Membership, len(y))
		for i := range rows {
			for _, w := range weights {
				rows[i] = append(rows[i], mixed.Membership{Unit: d["therapist"][i], Weight: w})
			}
		}
		f := fit(t, prepare(t, mixed.Data{
			Y: y, X: []mixed.Column{mixed.Intercept(len(y))},
			Terms: []mixed.Term{mixed.ByWeight("therapist", rows), mixed.ByUnit("group", d.keys("group"))},
		}), mixed.REML)
		t.Log(name)
		compareFit(t, f, want.REML)
		comparePredictions(t, f, &want)
	}
}

// TestShareDeviance holds a share at its estimate, at zero and elsewhere.
func TestShareDeviance(t *testing.T) {
	t.Parallel()
	var want wanted
	d := readCase(t, "testdata/reference", "crossed-in-group-missing", &want)
	y := d.numbers(t, "y")
	m := prepare(t, mixed.Data{Y: y, X: []mixed.Column{mixed.Intercept(len(y))}, Terms: []mixed.Term{
		mixed.ByUnit("group", d.keys("group")), mixed.ByUnit("member", d.keys("group", "member")), mixed.ByUnit("session", d.keys("group", "session")),
	}})
	profile := func(share float64) float64 {
		v, err := m.ShareDeviance(t.Context(), mixed.ML, "group", share)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	f := fit(t, m, mixed.ML)
	best := *f.Share("group")
	near(t, "at the estimate", profile(best), f.Deviance, 0, 1e-8)
	none, err := m.Without("group")
	if err != nil {
		t.Fatal(err)
	}
	near(t, "at zero", profile(0), fit(t, none, mixed.ML).Deviance, 0, 1e-8)
	last := f.Deviance
	for _, share := range []float64{0.2, 0.3, 0.5, 0.8, 0.99} {
		v := profile(share)
		if !(v > last) {
			t.Errorf("deviance %v at a share of %v, %v nearer to the estimate", v, share, last)
		}
		last = v
	}
	for _, share := range []float64{-0.1, 1, math.NaN()} {
		refused(t, fmt.Sprint("share ", share), mixed.ShareOutsideRange, func() error {
			_, err := m.ShareDeviance(t.Context(), mixed.ML, "group", share)
			return err
		})
	}
}

// TestSimulatedRatings refits ratings drawn from a fit: the fixed slope has the
// fit's as its mean and varies as its standard error says.
func TestSimulatedRatings(t *testing.T) {
	t.Parallel()
	w := newWeekly(18) // no variance is estimated at zero
	m := prepare(t, w.data())
	truth := fit(t, m, mixed.REML)
	rng := rand.New(rand.NewPCG(1, 1))
	const draws = 300
	var fixed, squares float64
	for range draws {
		other, err := m.WithRatings(truth.Simulate(rng, nil))
		if err != nil {
			t.Fatal(err)
		}
		f, err := other.Fit(t.Context(), mixed.Options{Quick: true, From: truth})
		if err != nil {
			t.Fatal(err)
		}
		fixed += f.Fixed[2].Estimate / draws
		squares += f.Fixed[2].Estimate * f.Fixed[2].Estimate / draws
	}
	near(t, "fixed slope", fixed, truth.Fixed[2].Estimate, 0, 4*truth.Fixed[2].SE/math.Sqrt(draws))
	near(t, "its standard error", math.Sqrt(squares-fixed*fixed), truth.Fixed[2].SE, 0.15, 0)
	again, err := m.WithRatings(w.y)
	if err != nil {
		t.Fatal(err)
	}
	sameFit(t, truth, fit(t, again, mixed.REML), 1, 0)
}

// refused expects a named refusal and returns its names.
func refused(t *testing.T, name string, want mixed.Reason, do func() error) []string {
	t.Helper()
	err := do()
	r, ok := errors.AsType[*mixed.Refusal](err)
	if !ok {
		t.Errorf("%s: %v, want a refusal because %s", name, err, want)
		return nil
	}
	if r.Reason != want {
		t.Errorf("%s: refused because %s, want %s", name, r.Reason, want)
	}
	return r.Names
}

// TestRefusals names what cannot be fitted.
func TestRefusals(t *testing.T) {
	t.Parallel()
	w := newWeekly(3)
	n := len(w.y)
	one := mixed.Intercept(n)
	of := func(name string, f func(i int) float64) mixed.Column {
		c := mixed.Column{Name: name, Values: make([]float64, n)}
		for i := range c.Values {
			c.Values[i] = f(i)
		}
		return c
	}
	own, all, pairs := make([]string, n), make([]string, n), make([]string, n)
	for i := range own {
		own[i], all[i], pairs[i] = fmt.Sprint(i), "all", fmt.Sprint(i/2)
	}
	group, member := mixed.ByUnit("group", w.group), mixed.ByUnit("member", w.member)
	perfect := of("", func(i int) float64 { return float64(len(w.group[i])) + float64(w.group[i][1]) })
	for _, c := range []struct {
		name  string
		data  mixed.Data
		why   mixed.Reason
		names []string
	}{
		{"columns that others determine", mixed.Data{Y: w.y, X: []mixed.Column{one, of("a", func(i int) float64 { return w.time[i] }), of("b", func(i int) float64 { return 3 - w.time[i]/7 }), of("zero", func(int) float64 { return 0 })}}, mixed.RedundantColumns, []string{"b", "zero"}},
		{"a unit for every rating", mixed.Data{Y: w.y, X: []mixed.Column{one}, Terms: []mixed.Term{group, mixed.ByUnit("own", own)}}, mixed.UnitPerRating, []string{"own"}},
		{"one unit", mixed.Data{Y: w.y, X: []mixed.Column{one}, Terms: []mixed.Term{mixed.ByUnit("all", all), group}}, mixed.OneUnit, []string{"all"}},
		{"a therapist for every group", mixed.Data{Y: w.y, X: []mixed.Column{one}, Terms: []mixed.Term{mixed.ByUnit("therapist", w.group), member, group}}, mixed.Aliased, []string{"therapist", "group"}},
		{"slopes through two ratings", mixed.Data{Y: w.y, X: []mixed.Column{one}, Terms: []mixed.Term{mixed.ByUnit("pair", pairs).WithSlopes(of("turn", func(i int) float64 { return float64(i % 2) }))}}, mixed.UnitPerRating, []string{"pair"}},
		{"a slope on a constant", mixed.Data{Y: w.y, X: []mixed.Column{one}, Terms: []mixed.Term{group.WithSlopes(one)}}, mixed.UnitPerRating, []string{"group"}},
		{"equal ratings", mixed.Data{Y: one.Values, X: []mixed.Column{one}, Terms: []mixed.Term{group}}, mixed.NoVariation, nil},
		{"ratings that a column determines", mixed.Data{Y: of("", func(i int) float64 { return 3 + 0.1*w.time[i] }).Values, X: []mixed.Column{one, {Name: "time", Values: w.time}}, Terms: []mixed.Term{group}}, mixed.NoVariation, nil},
		{"no ratings", mixed.Data{}, mixed.NoData, nil},
		{"as many columns as ratings", mixed.Data{Y: []float64{1, 2}, X: []mixed.Column{mixed.Intercept(2), {Name: "x", Values: []float64{1, 2}}}}, mixed.NoData, nil},
		{"a rating that is no number", mixed.Data{Y: []float64{1, math.NaN()}, X: []mixed.Column{mixed.Intercept(2)}}, mixed.NonFinite, nil},
		{"a short column", mixed.Data{Y: w.y, X: []mixed.Column{mixed.Intercept(3)}}, mixed.BadShape, []string{"intercept"}},
		{"a short term", mixed.Data{Y: w.y, X: []mixed.Column{one}, Terms: []mixed.Term{mixed.ByUnit("group", w.group[1:])}}, mixed.BadShape, []string{"group"}},
		{"a name used twice", mixed.Data{Y: w.y, X: []mixed.Column{one}, Terms: []mixed.Term{group, group}}, mixed.BadShape, []string{"group"}},
		{"an infinite weight", mixed.Data{Y: []float64{1, 2}, X: []mixed.Column{mixed.Intercept(2)}, Terms: []mixed.Term{mixed.ByWeight("t", [][]mixed.Membership{{{Unit: "a", Weight: math.Inf(1)}}, nil})}}, mixed.NonFinite, []string{"t"}},
		{"a spread beyond all squares", mixed.Data{Y: []float64{-1e300, 1e300, 3}, X: []mixed.Column{mixed.Intercept(3)}}, mixed.OutOfRange, nil},
		{"perfect agreement in groups", mixed.Data{Y: perfect.Values, X: []mixed.Column{one}, Terms: []mixed.Term{group}}, mixed.Unbounded, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			names := refused(t, c.name, c.why, func() error {
				m, err := mixed.New(c.data)
				if err != nil {
					return err
				}
				_, err = m.Fit(t.Context(), mixed.Options{})
				return err
			})
			if diff := cmp.Diff(c.names, names); diff != "" {
				t.Error(diff)
			}
		})
	}
	m := prepare(t, w.data())
	refused(t, "no such term", mixed.UnknownTerm, func() error { _, err := m.Without("family"); return err })
	refused(t, "share with slopes", mixed.ShareNeedsSimple, func() error { _, err := m.ShareDeviance(t.Context(), mixed.ML, "group", 0.1); return err })
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := m.Fit(ended, mixed.Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled fit ended with %v", err)
	}
}

// FuzzFit fits whatever numbers come: a fit has finite numbers only, and anything
// else is a named refusal.
func FuzzFit(f *testing.F) {
	f.Add([]byte("a short text that becomes ratings, groups and members"))
	f.Add(bytes.Repeat([]byte{0, 1, 2, 3, 250, 7, 64, 65, 12}, 40))
	extreme := []byte{3}
	for _, v := range []float64{1e300, -1e300, 1e-300, 0, 5, 1e10 + 1, 1e10, 1e8, 4.9e-324, 1, 2, 3} {
		extreme = binary.LittleEndian.AppendUint64(extreme, math.Float64bits(v))
	}
	f.Add(extreme)
	f.Fuzz(func(t *testing.T, raw []byte) {
		d := anyData(raw)
		m, err := mixed.New(d)
		if err != nil {
			named(t, err)
			return
		}
		for _, method := range []mixed.Method{mixed.REML, mixed.ML} {
			fitted, err := m.Fit(t.Context(), mixed.Options{Method: method})
			if err != nil {
				named(t, err)
				continue
			}
			b, err := json.Marshal([]any{fitted.Terms, fitted.Residual, fitted.ResidualSE, fitted.Fixed, fitted.FixedCov, fitted.Deviance, fitted.Margin, fitted.Predict()})
			if err != nil {
				t.Fatalf("a number is not finite: %v", err)
			}
			if len(b) == 0 || fitted.Residual < 0 || !scalar.EqualWithinAbs(fitted.Deviance, -2*fitted.LogLikelihood, 0) {
				t.Error("no fit")
			}
		}
	})
}

// named expects a refusal.
func named(t *testing.T, err error) {
	t.Helper()
	if _, ok := errors.AsType[*mixed.Refusal](err); !ok {
		t.Fatalf("no refusal: %v", err)
	}
}

// anyData makes finite data of bytes: the first says what kind, two of each
// rating say where it belongs, and its value is a small number or, now and then,
// any float64.
func anyData(raw []byte) mixed.Data {
	if len(raw) == 0 {
		return mixed.Data{}
	}
	mode, raw := raw[0], raw[1:]
	var a, b []string
	var rows [][]mixed.Membership
	var y, x []float64
	for len(raw) >= 8 && len(y) < 60 {
		v := math.Float64frombits(binary.LittleEndian.Uint64(raw))
		if mode&1 == 0 || math.IsNaN(v) || math.IsInf(v, 0) {
			v = float64(raw[2] % 7)
		}
		y, x = append(y, v), append(x, float64(raw[3])/16-3)
		a, b = append(a, fmt.Sprint(raw[0]%7)), append(b, fmt.Sprint(raw[1]%9))
		rows = append(rows, []mixed.Membership{{Unit: fmt.Sprint(raw[4] % 4), Weight: float64(raw[5]) / 255}, {Unit: fmt.Sprint(raw[6] % 4), Weight: 1 - float64(raw[5])/255}})
		raw = raw[8:]
	}
	column := mixed.Column{Name: "x", Values: x}
	d := mixed.Data{Y: y}
	if mode&2 == 0 {
		d.X = append(d.X, mixed.Intercept(len(y)))
	}
	if mode&4 == 0 {
		d.X = append(d.X, column)
	}
	first := mixed.ByUnit("a", a)
	if mode&8 == 0 {
		first = first.WithSlopes(column)
	}
	d.Terms = []mixed.Term{first}
	if mode&16 == 0 {
		d.Terms = append(d.Terms, mixed.ByUnit("b", b))
	}
	if mode&32 == 0 {
		d.Terms = append(d.Terms, mixed.ByWeight("t", rows))
	}
	return d
}
