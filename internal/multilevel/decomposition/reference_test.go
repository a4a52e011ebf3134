package decomposition_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"gonum.org/v1/gonum/floats/scalar"

	"holon/internal/multilevel"
	"holon/internal/multilevel/decomposition"
)

// expected holds the values of a case, by the names of the reference data.
type expected struct {
	REML     *likelihood `json:"reml"`
	ML       *likelihood `json:"ml"`
	Moments  *moments    `json:"moments"`
	moments              // a case of moments only has them at the top
	Manifest *manifest   `json:"manifest"`
	alphas
}

type likelihood struct {
	Theta    map[string]float64 `json:"theta"`
	LogLik   float64            `json:"logLik"`
	Deviance float64            `json:"deviance"`
	MeanX    float64            `json:"mean_alliance"`
	MeanY    float64            `json:"mean_cohesion"`
	RB       float64            `json:"r_between_latent"`
	RW       float64            `json:"r_within"`
	SlopeW   float64            `json:"slope_within"`
	SlopeB   float64            `json:"slope_between_latent"`
	Context  float64            `json:"contextual_effect_latent"`
	Residual float64            `json:"residual_between_cohesion"`
	ICCX     float64            `json:"icc_alliance"`
	ICCY     float64            `json:"icc_cohesion"`
}

type moments struct {
	N0          float64     `json:"n0"`
	MSCPWithin  [][]float64 `json:"MSCP_within"`
	MSCPBetween [][]float64 `json:"MSCP_between"`
	Latent      [][]float64 `json:"cov_between_latent"`
	ICC         []float64   `json:"icc1_n0"`
	RT          float64     `json:"r_total"`
	RW          float64     `json:"r_within"`
	RBWeighted  float64     `json:"r_between_observed_means_weighted"`
	RBPlain     float64     `json:"r_between_unweighted_means"`
	RB          float64     `json:"r_between_latent"`
	SlopeW      float64     `json:"slope_within"`
	SlopeM      float64     `json:"slope_between_observed"`
	SlopeB      float64     `json:"slope_between_latent"`
}

type manifest struct {
	REML struct {
		Var      map[string]float64 `json:"var"`
		Beta     []float64          `json:"beta"`
		SE       []float64          `json:"se_beta"`
		LogLik   float64            `json:"logLik"`
		Deviance float64            `json:"deviance"`
		Singular bool               `json:"singular"`
		SEVar    map[string]float64 `json:"se_var_expected_info"`
	} `json:"reml"`
	LRT struct {
		Statistic float64 `json:"statistic"`
		P         float64 `json:"p_mixture_50_50"`
	} `json:"lrt_residual_group_variance"`
	Contextual float64 `json:"contextual_effect"`
	Empty      float64 `json:"empty_model_var_group"`
	Explained  float64 `json:"proportion_group_variance_explained"`
}

type alphas struct {
	Single  float64 `json:"alpha_single_level"`
	Within  float64 `json:"alpha_within"`
	Between float64 `json:"alpha_between_latent"`
	Means   float64 `json:"alpha_group_means"`
}

const (
	closedForm  = 1e-9
	byMaximum   = 1e-6
	nearZero    = 1e-12
	logLikeness = 1e-6
)

// readCase reads the values that a case expects and its table of measures.
func readCase(t *testing.T, dir, id string, columns func(roles map[string]any) []string) (expected, decomposition.Table) {
	t.Helper()
	var c struct {
		Data     string         `json:"data"`
		Roles    map[string]any `json:"roles"`
		Expected expected       `json:"expected"`
	}
	raw, err := os.ReadFile(filepath.Join(dir, id+".json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(raw, &c); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(dir, c.Data))
	if err != nil {
		t.Fatal(err)
	}
	records, err := csv.NewReader(bytes.NewReader(text)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	place := map[string]int{}
	for i, name := range records[0] {
		place[name] = i
	}
	names := columns(c.Roles)
	var table decomposition.Table
	for _, name := range names {
		table.Measures = append(table.Measures, decomposition.Measure{Name: name})
	}
	for _, row := range records[1:] {
		table.Group = append(table.Group, row[place[name(c.Roles["group"])]])
		for i, name := range names {
			v, err := strconv.ParseFloat(row[place[name]], 64)
			if err != nil {
				t.Fatal(err) // these cases miss no value
			}
			table.Measures[i].Values = append(table.Measures[i].Values, v)
		}
	}
	return c.Expected, table
}

// name returns the text of a role; a role that is none is found in no table.
func name(role any) string {
	text, ok := role.(string)
	if !ok {
		return "no text"
	}
	return text
}

// outside finds reference data above this directory, or skips by name.
func outside(t *testing.T, id string) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for ; ; dir = filepath.Dir(dir) {
		candidate := filepath.Join(dir, "shared", "reference")
		if _, err := os.Stat(filepath.Join(candidate, id+".json")); err == nil {
			return candidate
		}
		if dir == filepath.Dir(dir) {
			t.Skipf("case %s is not on this machine", id)
		}
	}
}

// same compares a number that must be defined.
func same(t *testing.T, name string, got *float64, want, rel, abs float64) {
	t.Helper()
	if got == nil {
		t.Errorf("%s is undefined, want %v", name, want)
		return
	}
	if !scalar.EqualWithinAbsOrRel(*got, want, abs, rel) {
		t.Errorf("%s = %.15g, want %.15g (off by %.2g)", name, *got, want, *got-want)
	}
}

// sameMatrix compares a covariance matrix.
func sameMatrix(t *testing.T, name string, got decomposition.Covariance, want [][]float64) {
	t.Helper()
	same(t, name+" xx", got.XX, want[0][0], closedForm, nearZero)
	same(t, name+" xy", got.XY, want[0][1], closedForm, nearZero)
	same(t, name+" xy", got.XY, want[1][0], closedForm, nearZero)
	same(t, name+" yy", got.YY, want[1][1], closedForm, nearZero)
}

// compareMoments checks the closed forms.
func compareMoments(t *testing.T, got decomposition.Moments, want *moments) {
	t.Helper()
	check := func(name string, got *float64, want float64) {
		t.Helper()
		same(t, name, got, want, closedForm, nearZero)
	}
	sameMatrix(t, "MSCP_within", got.WithinMS, want.MSCPWithin)
	sameMatrix(t, "MSCP_between", got.BetweenMS, want.MSCPBetween)
	sameMatrix(t, "cov_between_latent", got.BetweenLatent, want.Latent)
	check("n0", got.N0, want.N0)
	check("icc1_n0 x", got.ICCX, want.ICC[0])
	check("icc1_n0 y", got.ICCY, want.ICC[1])
	check("r_total", got.RTotal, want.RT)
	check("r_within", got.RWithin.Estimate, want.RW)
	check("r_between_observed_means_weighted", got.RBetweenMeans.Estimate, want.RBWeighted)
	check("r_between_unweighted_means", got.RBetweenPlain, want.RBPlain)
	check("r_between_latent", got.RBetween.Estimate, want.RB)
	check("slope_within", got.SlopeWithin.Estimate, want.SlopeW)
	check("slope_between_observed", got.SlopeMeans.Estimate, want.SlopeM)
	check("slope_between_latent", got.SlopeBetween.Estimate, want.SlopeB)
}

// compareLikelihood checks one fit.
func compareLikelihood(t *testing.T, got decomposition.Fit, want *likelihood) {
	t.Helper()
	check := func(name string, got *float64, want float64) {
		t.Helper()
		same(t, name, got, want, byMaximum, 0)
	}
	same(t, "logLik", got.LogLikelihood, want.LogLik, 0, logLikeness)
	same(t, "deviance", got.Deviance, want.Deviance, 0, 2*logLikeness)
	check("between_alliance", got.Between.XX, want.Theta["between_alliance"])
	check("between_cov", got.Between.XY, want.Theta["between_cov"])
	check("between_cohesion", got.Between.YY, want.Theta["between_cohesion"])
	check("within_alliance", got.Within.XX, want.Theta["within_alliance"])
	check("within_cov", got.Within.XY, want.Theta["within_cov"])
	check("within_cohesion", got.Within.YY, want.Theta["within_cohesion"])
	check("mean_alliance", got.MeanX.Estimate, want.MeanX)
	check("mean_cohesion", got.MeanY.Estimate, want.MeanY)
	check("r_between_latent", got.RBetween.Estimate, want.RB)
	check("r_within", got.RWithin.Estimate, want.RW)
	check("slope_within", got.SlopeWithin.Estimate, want.SlopeW)
	check("slope_between_latent", got.SlopeBetween.Estimate, want.SlopeB)
	check("contextual_effect_latent", got.Contextual.Estimate, want.Context)
	check("residual_between_cohesion", got.ResidualBetween.Estimate, want.Residual)
	check("icc_alliance", got.ICCX.Estimate, want.ICCX)
	check("icc_cohesion", got.ICCY.Estimate, want.ICCY)
	if got.Boundary != decomposition.Interior || *got.LocalOptima != 1 {
		t.Errorf("boundary %q, %d optima", got.Boundary, *got.LocalOptima)
	}
}

// compareManifest checks the regression on group means.
func compareManifest(t *testing.T, got decomposition.Manifest, want *manifest) {
	t.Helper()
	check := func(name string, got *float64, want float64) {
		t.Helper()
		same(t, name, got, want, byMaximum, 0)
	}
	if got.Reason != "" {
		t.Fatalf("not fitted: %s", got.Reason)
	}
	check("var group", got.VarianceGroup.Estimate, want.REML.Var["group"])
	check("var residual", got.VarianceResidual.Estimate, want.REML.Var["residual"])
	check("se var group", got.VarianceGroup.SE, want.REML.SEVar["group"])
	check("se var residual", got.VarianceResidual.SE, want.REML.SEVar["residual"])
	check("intercept", got.Intercept.Estimate, want.REML.Beta[0])
	check("slope within", got.SlopeWithin.Estimate, want.REML.Beta[1])
	check("slope of group means", got.SlopeGroupMean.Estimate, want.REML.Beta[2])
	check("se intercept", got.Intercept.SE, want.REML.SE[0])
	check("se slope within", got.SlopeWithin.SE, want.REML.SE[1])
	check("se slope of group means", got.SlopeGroupMean.SE, want.REML.SE[2])
	same(t, "logLik", got.LogLikelihood, want.REML.LogLik, 0, logLikeness)
	same(t, "deviance", got.Deviance, want.REML.Deviance, 0, 2*logLikeness)
	if *got.Singular != want.REML.Singular {
		t.Errorf("singular %v", *got.Singular)
	}
	check("lrt", got.Tests[0].Statistic, want.LRT.Statistic)
	same(t, "lrt p", got.Tests[0].P, want.LRT.P, 1e-5, 0)
	check("contextual effect", got.Contextual.Estimate, want.Contextual)
	check("empty model", got.EmptyVariance, want.Empty)
	check("explained", got.Explained, want.Explained)
}

// roleNames returns the columns of some roles.
func roleNames(names ...string) func(map[string]any) []string {
	return func(roles map[string]any) (out []string) {
		for _, n := range names {
			out = append(out, name(roles[n]))
		}
		return out
	}
}

// TestCohesionAndDyads compares moments, both likelihoods and the regression
// with R, and looks at the answer.
func TestCohesionAndDyads(t *testing.T) {
	t.Parallel()
	want, table := readCase(t, "testdata/reference", "levels-cohesion-vs-dyads", roleNames("dyadic", "group_level"))
	got, err := decomposition.IsBeyond(t.Context(), table, decomposition.Options{})
	if err != nil {
		t.Fatal(err)
	}
	compareMoments(t, got.Relation.Moments, want.Moments)
	compareLikelihood(t, got.Relation.REML, want.REML)
	compareLikelihood(t, got.Relation.ML, want.ML)
	compareManifest(t, got.Manifest, want.Manifest)
	// The alliances hardly differ between groups (ICC .08 in 20 groups), so that
	// the latent question stays open although the regression leaves group variance.
	if got.Answer != multilevel.CannotTell || got.Primary != "latent" {
		t.Errorf("answer %s by %s", got.Answer, got.Primary)
	}
	if !got.Caveats.Has("latent_correlation_open") {
		t.Error("nothing is said of the open latent correlation")
	}
	if p := got.Tests[0].P; p == nil || !(*p > 0.05) {
		t.Errorf("p of the latent residual: %v", got.Tests[0])
	}
	if p := got.Manifest.Tests[1].P; p == nil || !(*p < 0.01) {
		t.Errorf("p of the manifest residual: %v", got.Manifest.Tests[1])
	}
}

// TestHoursAndWellBeing compares moments with R on a large table.
func TestHoursAndWellBeing(t *testing.T) {
	t.Parallel()
	const id = "levels-waba-bh1996"
	want, table := readCase(t, outside(t, id), id, roleNames("x", "y"))
	got, err := decomposition.Relate(t.Context(), table, decomposition.Options{Draws: 99})
	if err != nil {
		t.Fatal(err)
	}
	compareMoments(t, got.Moments, &want.moments)
	if got.REML.Boundary != decomposition.Interior || got.ML.Boundary != decomposition.Interior {
		t.Errorf("fits %q and %q", got.REML.Boundary, got.ML.Boundary)
	}
	table.Measures = append(table.Measures, table.Measures[0])
	pairs := decomposition.Correlate(table).Pairs
	same(t, "within", pairs[0].Within.Estimate, want.RW, closedForm, nearZero)
	same(t, "between latent", pairs[2].BetweenLatent.Estimate, want.RB, closedForm, nearZero)
	same(t, "with itself", pairs[1].BetweenLatent.Estimate, 1, closedForm, nearZero)
}

// TestAlphaOfLeadership compares the four alphas and the matrices with R.
func TestAlphaOfLeadership(t *testing.T) {
	t.Parallel()
	const id = "levels-alpha-lq2002"
	want, table := readCase(t, outside(t, id), id, itemNames)
	got, err := decomposition.Alpha(t.Context(), table, decomposition.Options{Draws: 199})
	if err != nil {
		t.Fatal(err)
	}
	same(t, "n0", got.N0, want.N0, closedForm, 0)
	same(t, "within", got.Within.Estimate, want.alphas.Within, closedForm, 0)
	same(t, "between", got.Between.Estimate, want.Between, closedForm, 0)
	same(t, "single level", got.SingleLevel.Estimate, want.Single, closedForm, 0)
	same(t, "group means", got.GroupMeans.Estimate, want.Means, closedForm, 0)
	table2 := decomposition.Correlate(table)
	for i, m := range table2.Measures {
		same(t, "icc of "+m.Name, m.ICC, want.ICC[i], closedForm, nearZero)
		same(t, "variance between of "+m.Name, m.VarianceBetween, want.Latent[i][i], closedForm, nearZero)
		same(t, "variance within of "+m.Name, m.VarianceWithin, want.MSCPWithin[i][i], closedForm, nearZero)
	}
	if len(table2.Pairs) != 55 {
		t.Errorf("%d pairs of 11 items", len(table2.Pairs))
	}
}

// itemNames returns the columns of a scale.
func itemNames(roles map[string]any) (out []string) {
	items, ok := roles["items"].([]any)
	if !ok {
		return nil
	}
	for _, v := range items {
		out = append(out, name(v))
	}
	return out
}

// TestAlphaOfFiveItems compares with R 4.2.2, where the matrices were written
// out from crossprod; the value for a single level is psych::alpha's too.
func TestAlphaOfFiveItems(t *testing.T) {
	t.Parallel()
	_, table := readCase(t, "testdata/reference", "levels-omega-two-level", itemNames)
	got, err := decomposition.Alpha(t.Context(), table, decomposition.Options{Draws: -1})
	if err != nil {
		t.Fatal(err)
	}
	const digits = 1e-11
	same(t, "within", got.Within.Estimate, 0.922475206377, digits, 0)
	same(t, "between", got.Between.Estimate, 0.911816232221, digits, 0)
	same(t, "single level", got.SingleLevel.Estimate, 0.920065447363, digits, 0)
	same(t, "group means", got.GroupMeans.Estimate, 0.910983048799, digits, 0)
}
