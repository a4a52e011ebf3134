package mixed_test

import (
	"os"
	"path/filepath"
	"testing"

	"holon/internal/multilevel/mixed"
)

// TestManifestCovariates fits cohesion on a member's alliance about the group's
// mean and on that mean, centred.
func TestManifestCovariates(t *testing.T) {
	t.Parallel()
	var want struct {
		Manifest struct {
			REML wantFit `json:"reml"`
			LRT  struct {
				Statistic float64 `json:"statistic"`
				P         float64 `json:"p_mixture_50_50"`
			} `json:"lrt_residual_group_variance"`
			Contextual float64 `json:"contextual_effect"`
			Empty      float64 `json:"empty_model_var_group"`
		} `json:"manifest"`
	}
	d := readCase(t, "testdata/reference", "levels-cohesion-vs-dyads", &want)
	x, groups := d.numbers(t, "alliance"), d.keys("group")
	sum, count, total := make(map[string]float64), make(map[string]float64), 0.0
	for i, g := range groups {
		sum[g] += x[i]
		count[g]++
		total += x[i] / float64(len(x))
	}
	within, mean := make([]float64, len(x)), make([]float64, len(x))
	for i, g := range groups {
		within[i], mean[i] = x[i]-sum[g]/count[g], sum[g]/count[g]-total
	}
	data := mixed.Data{
		Y:     d.numbers(t, "cohesion"),
		X:     []mixed.Column{mixed.Intercept(len(x)), {Name: "alliance_within", Values: within}, {Name: "alliance_group_mean_centred", Values: mean}},
		Terms: []mixed.Term{mixed.ByUnit("group", groups)},
	}
	m := prepare(t, data)
	f := fit(t, m, mixed.REML)
	compareFit(t, f, want.Manifest.REML)
	near(t, "contextual effect", f.Fixed[2].Estimate-f.Fixed[1].Estimate, want.Manifest.Contextual, likelihood, 0)
	none, err := m.Without("group")
	if err != nil {
		t.Fatal(err)
	}
	statistic := mixed.Drop(f, fit(t, none, mixed.REML))
	near(t, "statistic", statistic, want.Manifest.LRT.Statistic, likelihood, 0)
	near(t, "p", mixed.BoundaryP(statistic, 0), want.Manifest.LRT.P, likelihood, 0)
	data.X = data.X[:1]
	near(t, "empty model", fit(t, prepare(t, data), mixed.REML).Terms[0].Variance, want.Manifest.Empty, likelihood, 0)
}

// TestSeveralOptima finds both optima of likelihoods that have two, and keeps the
// better one, whichever it is.
func TestSeveralOptima(t *testing.T) {
	t.Parallel()
	for _, id := range []string{"reml-bimodal-zero-wins", "reml-bimodal-interior-wins"} {
		t.Run(id, func(t *testing.T) {
			t.Parallel()
			var want struct {
				TwoLevel struct {
					REML struct {
						Group    float64 `json:"var_group"`
						Residual float64 `json:"var_residual"`
						Deviance float64 `json:"deviance"`
						Optima   int     `json:"n_local_optima"`
					} `json:"reml"`
				} `json:"two_level"`
			}
			d := readCase(t, "../testdata/reference", id, &want)
			y, w := d.numbers(t, "y"), want.TwoLevel.REML
			m := prepare(t, mixed.Data{Y: y, X: []mixed.Column{mixed.Intercept(len(y))}, Terms: []mixed.Term{mixed.ByUnit("group", d.keys("group"))}})
			f := fit(t, m, mixed.REML)
			near(t, "deviance", f.Deviance, w.Deviance, 0, 2e-6)
			near(t, "group", f.Terms[0].Variance, w.Group, likelihood, 0)
			near(t, "residual", f.Residual, w.Residual, likelihood, 0)
			if f.Optima != w.Optima || w.Optima != 2 || f.Margin == nil || !(*f.Margin > 0) {
				t.Errorf("%d optima, margin %v, want %d", f.Optima, f.Margin, w.Optima)
			}
		})
	}
}

// TestGrowth compares with sleepstudy, which is not kept here.
func TestGrowth(t *testing.T) {
	t.Parallel()
	const id = "growth-sleepstudy"
	dir := findReference(id)
	if dir == "" {
		t.Skip("case " + id + " is not on this machine")
	}
	type wantGrowth struct {
		Intercept   float64   `json:"var_intercept"`
		Slope       float64   `json:"var_slope"`
		Covariance  float64   `json:"cov_intercept_slope"`
		Correlation float64   `json:"cor"`
		Residual    float64   `json:"var_residual"`
		Beta        []float64 `json:"beta"`
		SE          []float64 `json:"se_beta"`
		LogLik      float64   `json:"logLik"`
		Deviance    float64   `json:"deviance"`
	}
	var want struct {
		REML wantGrowth `json:"reml"`
		ML   wantGrowth `json:"ml"`
		BLUP struct {
			Level     []string  `json:"level"`
			Intercept []float64 `json:"intercept"`
			Slope     []float64 `json:"slope"`
		} `json:"blup"`
		LRT struct {
			Statistic float64 `json:"statistic"`
			P         float64 `json:"p_mixture_chisq1_chisq2_50_50"`
		} `json:"lrt_random_slope"`
	}
	d := readCase(t, dir, id, &want)
	day := mixed.Column{Name: "day", Values: d.numbers(t, "day")}
	m := prepare(t, mixed.Data{
		Y: d.numbers(t, "y"), X: []mixed.Column{mixed.Intercept(len(day.Values)), day},
		Terms: []mixed.Term{mixed.ByUnit("member", d.keys("member")).WithSlopes(day)},
	})
	for method, w := range map[mixed.Method]wantGrowth{mixed.REML: want.REML, mixed.ML: want.ML} {
		f, name := fit(t, m, method), method.String()
		c := f.Terms[0].Covariance
		near(t, name+" intercept", c[0][0], w.Intercept, likelihood, 0)
		near(t, name+" slope", c[1][1], w.Slope, likelihood, 0)
		near(t, name+" covariance", c[0][1], w.Covariance, likelihood, 0)
		near(t, name+" covariance", c[1][0], w.Covariance, likelihood, 0)
		near(t, name+" correlation", *f.Terms[0].Correlation[0][1], w.Correlation, likelihood, 0)
		near(t, name+" residual", f.Residual, w.Residual, likelihood, 0)
		near(t, name+" logLik", f.LogLikelihood, w.LogLik, 0, 1e-6)
		near(t, name+" deviance", f.Deviance, w.Deviance, 0, 2e-6)
		for j, x := range f.Fixed {
			near(t, name+" "+x.Name, x.Estimate, w.Beta[j], likelihood, 0)
			near(t, name+" "+x.Name+" se", x.SE, w.SE[j], likelihood, 0)
		}
	}
	full := fit(t, m, mixed.REML)
	units := full.Predict()[0].Units
	for i, level := range want.BLUP.Level {
		if units[i].Unit != level {
			t.Fatalf("unit %s, want %s", units[i].Unit, level)
		}
		near(t, level+" intercept", units[i].Effects[0].BLUP, want.BLUP.Intercept[i], likelihood, 1e-5)
		near(t, level+" slope", units[i].Effects[1].BLUP, want.BLUP.Slope[i], likelihood, 1e-6)
	}
	without, err := m.WithoutSlopes("member")
	if err != nil {
		t.Fatal(err)
	}
	statistic := mixed.Drop(full, fit(t, without, mixed.REML))
	near(t, "statistic", statistic, want.LRT.Statistic, likelihood, 0)
	near(t, "p", mixed.BoundaryP(statistic, 1), want.LRT.P, likelihood, 0)
}

// findReference looks for reference data above this directory.
func findReference(id string) string {
	dir, err := os.Getwd()
	if err != nil {
		return ""
	}
	for ; ; dir = filepath.Dir(dir) {
		candidate := filepath.Join(dir, "shared", "reference")
		if _, err := os.Stat(filepath.Join(candidate, id+".json")); err == nil {
			return candidate
		}
		if dir == filepath.Dir(dir) {
			return ""
		}
	}
}
