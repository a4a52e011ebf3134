package surface_test

import (
	"encoding/csv"
	"encoding/json"
	"math"
	"os"
	"strconv"
	"testing"

	"holon/internal/multilevel"
	"holon/internal/multilevel/surface"
)

// near compares with a number that something else computed.
func near(t *testing.T, what string, got *float64, want, relative float64) {
	t.Helper()
	if got == nil {
		t.Errorf("%s is undefined, want %v", what, want)
		return
	}
	if !(math.Abs(*got-want) <= relative*max(math.Abs(want), 1e-3)) {
		t.Errorf("%s is %.15g, want %.15g", what, *got, want)
	}
}

// expected is what testdata/surface.R computed of one model.
type expected struct {
	Centre       float64 `json:"centre"`
	Combinations []struct {
		Estimate  float64 `json:"estimate"`
		Classical float64 `json:"classical"`
		SE        float64 `json:"se"`
		DF        float64 `json:"df"`
		P         float64 `json:"p"`
		Lower     float64 `json:"lower"`
		Upper     float64 `json:"upper"`
	} `json:"combinations"`
	Tests map[string]struct {
		F   float64 `json:"f"`
		DF1 int     `json:"df1"`
		DF2 float64 `json:"df2"`
		P   float64 `json:"p"`
	} `json:"tests"`
	Determinant   float64            `json:"determinant"`
	DeterminantSE float64            `json:"determinant_se"`
	X0            float64            `json:"x0"`
	Y0            float64            `json:"y0"`
	P11           float64            `json:"p11"`
	P10           float64            `json:"p10"`
	P21           float64            `json:"p21"`
	P20           float64            `json:"p20"`
	Angle         float64            `json:"angle"`
	AngleCI       []float64          `json:"angle_ci"`
	Shift         float64            `json:"shift"`
	ShiftCI       []float64          `json:"shift_ci"`
	Typical       float64            `json:"typical"`
	Standard      float64            `json:"standard"`
	R2            map[string]float64 `json:"r2"`
	FirstHigher   int                `json:"first_higher"`
	SecondHigher  int                `json:"second_higher"`
}

// table reads testdata/surface.csv.
func table(t *testing.T, clusters, covariates bool) surface.Table {
	t.Helper()
	f, err := os.Open("testdata/surface.csv")
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(f).ReadAll()
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	number := func(cell string) float64 {
		v, err := strconv.ParseFloat(cell, 64)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	var out surface.Table
	age, site := surface.Covariate{Name: "age"}, surface.Covariate{Name: "site=b"}
	for _, r := range rows[1:] {
		out.X, out.Y, out.Z = append(out.X, number(r[1])), append(out.Y, number(r[2])), append(out.Z, number(r[5]))
		age.Values = append(age.Values, number(r[3]))
		site.Values = append(site.Values, map[string]float64{"b": 1}[r[4]])
		if clusters {
			out.Cluster = append(out.Cluster, r[0])
		}
	}
	if covariates {
		out.Covariates = []surface.Covariate{age, site}
	}
	return out
}

// TestAgainstR agrees with testdata/surface.R: lm with the algebra by hand, sandwich
// and clubSandwich.
func TestAgainstR(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("testdata/surface.json")
	if err != nil {
		t.Fatal(err)
	}
	var want map[string]expected
	if err := json.Unmarshal(text, &want); err != nil {
		t.Fatal(err)
	}
	four := 4.0
	for name, options := range map[string]surface.Options{"rows": {}, "clusters": {Centre: &four}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			of := table(t, name == "clusters", name == "clusters")
			r := surface.Analyse(&of, options)
			w := want[name]
			w.numbers(t, &r)
			w.place(t, &r)
		})
	}
}

// numbers compares what is linear.
func (w *expected) numbers(t *testing.T, r *surface.Result) {
	t.Helper()
	near(t, "centre", r.Centre, w.Centre, 1e-12)
	all := append(append([]surface.Coefficient{}, r.Coefficients...), r.Lines...)
	if len(all) != len(w.Combinations) {
		t.Fatalf("%d numbers, want %d", len(all), len(w.Combinations))
	}
	for i, c := range w.Combinations {
		got := &all[i]
		near(t, got.Name, got.Estimate, c.Estimate, 1e-8)
		near(t, got.Name+" classical error", got.SE, c.Classical, 1e-9)
		near(t, got.Name+" error", got.ClusterSE, c.SE, 1e-8)
		near(t, got.Name+" degrees", got.ClusterDF, c.DF, 1e-7)
		near(t, got.Name+" chance", got.ClusterP, c.P, 1e-5)
		near(t, got.Name+" lower", got.CI[0].Lower, c.Lower, 1e-7)
		near(t, got.Name+" upper", got.CI[0].Upper, c.Upper, 1e-7)
	}
	if len(r.Tests) != len(w.Tests) {
		t.Errorf("%d tests, want %d", len(r.Tests), len(w.Tests))
	}
	for i := range r.Tests {
		got := &r.Tests[i]
		c, ok := w.Tests[got.Name]
		if !ok || got.DF1 != c.DF1 {
			t.Errorf("%s: %d degrees, want %d", got.Name, got.DF1, c.DF1)
		}
		near(t, got.Name, got.F, c.F, 1e-7)
		near(t, got.Name+" degrees", got.DF2, c.DF2, 1e-7)
		near(t, got.Name+" chance", got.P, c.P, 1e-5)
	}
	near(t, "typical", r.Typical[0].Estimate, w.Typical, 1e-8)
	near(t, "standard", r.Typical[1].Estimate, w.Standard, 1e-8)
	for what, got := range map[string]*float64{
		"difference": r.Explained.Difference, "squared": r.Explained.Squared, "plane": r.Explained.Plane, "surface": r.Explained.Surface, "adjusted": r.Explained.Adjusted,
	} {
		near(t, what, got, w.R2[what], 1e-9)
	}
	if w.R2["covariates"] != 0 {
		near(t, "covariates", r.Explained.Covariates, w.R2["covariates"], 1e-9)
	} else if r.Explained.Covariates != nil {
		t.Error("covariates explain something where there are none")
	}
	if r.Raters.FirstHigher.Rows != w.FirstHigher || r.Raters.SecondHigher.Rows != w.SecondHigher {
		t.Errorf("%+v, %+v", r.Raters.FirstHigher, r.Raters.SecondHigher)
	}
}

// place compares where the surface has its axes and extremes.
func (w *expected) place(t *testing.T, r *surface.Result) {
	t.Helper()
	near(t, "determinant", r.Stationary.Determinant, w.Determinant, 1e-7)
	near(t, "its error", r.Stationary.DeterminantSE, w.DeterminantSE, 1e-7)
	near(t, "x0", r.Stationary.X, w.X0, 1e-7)
	near(t, "y0", r.Stationary.Y, w.Y0, 1e-7)
	near(t, "p11", r.Axes[0].Slope, w.P11, 1e-8)
	near(t, "p10", r.Axes[0].Intercept, w.P10, 1e-7)
	near(t, "p21", r.Axes[1].Slope, w.P21, 1e-8)
	near(t, "p20", r.Axes[1].Intercept, w.P20, 1e-7)
	near(t, "angle", r.Axes[0].Angle, w.Angle, 1e-8)
	near(t, "second angle", r.Axes[1].Angle, w.Angle-90, 1e-8)
	both := func(what string, ci []multilevel.Interval, want []float64, turn float64) {
		if len(ci) != 2 || ci[0].Level != 0.95 {
			t.Errorf("%s: %+v", what, ci)
			return
		}
		near(t, what+" lower", ci[0].Lower, want[0]+turn, 1e-7)
		near(t, what+" upper", ci[0].Upper, want[1]+turn, 1e-7)
	}
	both("angle", r.Axes[0].AngleCI, w.AngleCI, 0)
	both("second angle", r.Axes[1].AngleCI, w.AngleCI, -90)
	both("slope", r.Axes[0].SlopeCI, []float64{math.Tan(w.AngleCI[0] * math.Pi / 180), math.Tan(w.AngleCI[1] * math.Pi / 180)}, 0)
	near(t, "shift", r.Shift.Estimate, w.Shift, 1e-8)
	both("shift", r.Shift.CI, w.ShiftCI, 0)
}
