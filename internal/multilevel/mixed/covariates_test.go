package mixed_test

import (
	"encoding/json"
	"os"
	"testing"

	"holon/internal/multilevel/mixed"
)

// TestCovariatesAgainstLME4 compares covariates of groups, phases and time over
// crossed members and sessions, and the growth of members in the shared weather
// of their group's sessions, with lme4 1.1-31, its deviance function polished by
// nlminb: testdata/r/covariates.R makes data and values. lme4's fit without
// group variance reports one of 6e-12.
func TestCovariatesAgainstLME4(t *testing.T) {
	t.Parallel()
	type wanted struct {
		Deviance float64            `json:"deviance"`
		Var      map[string]float64 `json:"var"`
		Beta     []float64          `json:"beta"`
		SE       []float64          `json:"se"`
	}
	type likelihoods struct {
		REML wanted `json:"reml"`
		ML   wanted `json:"ml"`
	}
	var want struct {
		Crossed likelihoods `json:"crossed"`
		Growth  likelihoods `json:"growth"`
	}
	raw, err := os.ReadFile("testdata/r/covariates.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(raw, &want); err != nil {
		t.Fatal(err)
	}
	d := readTable(t, "testdata/r/covariates.csv")
	y := d.numbers(t, "y")
	column := func(name string) mixed.Column { return mixed.Column{Name: name, Values: d.numbers(t, name)} }
	group := mixed.ByUnit("group", d.keys("group"))
	member, session := mixed.ByUnit("m", d.keys("group", "member")), mixed.ByUnit("s", d.keys("group", "session"))
	one := mixed.Intercept(len(y))
	crossed := prepare(t, mixed.Data{Y: y, X: []mixed.Column{one, column("format"), column("phase"), column("time")}, Terms: []mixed.Term{group, member, session}})
	growth := prepare(t, mixed.Data{Y: y, X: []mixed.Column{one, column("format"), column("time")}, Terms: []mixed.Term{group, member.WithSlopes(column("time")), session}})
	for _, c := range []struct {
		name   string
		model  *mixed.Model
		method mixed.Method
		want   wanted
	}{
		{"crossed", crossed, mixed.REML, want.Crossed.REML},
		{"crossed", crossed, mixed.ML, want.Crossed.ML},
		{"growth", growth, mixed.REML, want.Growth.REML},
		{"growth", growth, mixed.ML, want.Growth.ML},
	} {
		t.Run(c.name+" "+c.method.String(), func(t *testing.T) {
			t.Parallel()
			const lme4 = 5e-6 // what its search without derivatives reaches; its deviance is never the smaller one
			f := fit(t, c.model, c.method)
			near(t, "deviance", f.Deviance, c.want.Deviance, 0, 1e-7)
			if f.Deviance > c.want.Deviance+1e-10 {
				t.Errorf("deviance %.12g, lme4 found %.12g", f.Deviance, c.want.Deviance)
			}
			near(t, "residual", f.Residual, c.want.Var["residual"], lme4, 0)
			for _, term := range f.Terms {
				near(t, term.Name, term.Variance, c.want.Var[term.Name+" (Intercept)"], lme4, 1e-10)
				if len(term.Covariance) > 1 {
					near(t, term.Name+" slope", term.Covariance[1][1], c.want.Var[term.Name+" time"], lme4, 0)
					near(t, term.Name+" covariance", term.Covariance[0][1], c.want.Var[term.Name+" cov"], lme4, 0)
				}
			}
			for j, x := range f.Fixed {
				near(t, x.Name, x.Estimate, c.want.Beta[j], lme4, 1e-7)
				near(t, x.Name+" se", x.SE, c.want.SE[j], lme4, 0)
			}
		})
	}
}
