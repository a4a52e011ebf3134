package analysis_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"holon/internal/analysis"
	"holon/internal/multilevel"
	"holon/internal/multilevel/surface"
)

// surfaceTable writes families with what a caregiver and an adolescent say, whose
// outcome is best where they agree, or where the caregiver says so much more.
func surfaceTable(families int, more float64) *strings.Builder {
	rng := rand.New(rand.NewPCG(6, 2))
	var out strings.Builder
	out.WriteString("t,c,a,site,z\n")
	for f := range families {
		both := rng.NormFloat64()
		c, a := 4+0.6*both+0.8*rng.NormFloat64(), 4+0.6*both+0.8*rng.NormFloat64()
		d := c - a - more
		fmt.Fprintf(&out, "t%d,%.3f,%.3f,%s,%.3f\n", f%20, c, a, []string{"north", "south"}[f/20%2], 20+both-d*d+float64(f/20%2)+rng.NormFloat64())
	}
	return &out
}

// surfacePlan asks of such a table.
func surfacePlan() analysis.Plan {
	return analysis.Plan{
		Analysis: analysis.ResponseSurfaceName, Expected: surface.Highest,
		Roles: analysis.Roles{First: "c", Second: "a", Outcomes: []string{"z"}, Group: "t", Covariates: []analysis.Covariate{{Column: "site", Kind: analysis.CategoryKind}}},
	}
}

// TestSurfaceFromTableToSentences: rows that are not complete are counted by what is
// missing, the covariate stands among the coefficients, and the answer is told in words.
func TestSurfaceFromTableToSentences(t *testing.T) {
	t.Parallel()
	table := surfaceTable(160, 0)
	table.WriteString("t1,,3,north,4\nt1,3,,north,4\nt1,,,north,4\nt1,3,4,north,\n,3,4,north,5\nt1,3,4,,5\n")
	reports, err := run(t, surfacePlan(), table.String())
	if err != nil {
		t.Fatal(err)
	}
	r := reports[0]
	got := resultOf[*analysis.ResponseSurfaceResult](t, r)
	if got.Answer != multilevel.Supported || got.Reason != surface.HighestThere || got.Rows != 160 || got.Clusters != 20 || r.Counts.Groups != 20 || r.Counts.Ratings != 320 || r.Input.Rows != 160 {
		t.Errorf("%s, %s: %d rows, %+v", got.Answer, got.Reason, got.Rows, r.Counts)
	}
	if v := got.Verdict(); v.Estimand != surface.Estimand || v.Answer != got.Answer {
		t.Errorf("%+v", v)
	}
	if want := []string{"missing_both_ratings 1", "missing_covariate 1", "missing_first 1", "missing_group 1", "missing_outcome 1", "missing_second 1"}; !slices.Equal(excluded(r), want) {
		t.Errorf("%q, want %q", excluded(r), want)
	}
	if len(got.Coefficients) != 7 || got.Coefficients[6].Name != "site=south" || !(*got.Coefficients[6].Estimate > 0) || got.Explained.Covariates == nil {
		t.Errorf("%+v", got.Coefficients[len(got.Coefficients)-1])
	}
	for _, code := range []string{"errors_of_ratings", "same_scale_taken", "no_direction_of_disagreement", "between_and_within"} {
		if !r.Caveats.Has(code) {
			t.Errorf("no word about %s", code)
		}
	}
	said := strings.Join(noCause(t, &r), "\n")
	for _, want := range []string{
		"z, as rated by c and a: 160 rows with both ratings and the outcome, in 20 clusters.", "Agreement goes with the outcome, beyond chance.",
		"standard deviations lower than raters who agree", "The bare difference loses something, beyond chance", "A plane is not enough", "In 3",
	} {
		if !strings.Contains(said, want) {
			t.Errorf("%q is not in\n%s", want, said)
		}
	}
}

// TestSurfaceWithItsPeakElsewhereSaysWhere.
func TestSurfaceWithItsPeakElsewhereSaysWhere(t *testing.T) {
	t.Parallel()
	plan := surfacePlan()
	plan.Roles.Group, plan.Roles.Covariates = "", nil
	reports, err := run(t, plan, surfaceTable(200, 1).String())
	if err != nil {
		t.Fatal(err)
	}
	got := resultOf[*analysis.ResponseSurfaceResult](t, reports[0])
	said := strings.Join(noCause(t, &reports[0]), "\n")
	if got.Answer != multilevel.NotSupported || got.Reason != surface.Elsewhere || got.Clustered || !strings.Contains(said, "the outcome is highest where c less a is 1.") || strings.Contains(said, "cluster") {
		t.Errorf("%s, %s\n%s", got.Answer, got.Reason, said)
	}
	centre := 4.0
	plan.Centre = &centre
	moved, err := run(t, plan, surfaceTable(200, 1).String())
	if err != nil {
		t.Fatal(err)
	}
	if other := resultOf[*analysis.ResponseSurfaceResult](t, moved[0]); *other.Centre != 4 || *got.Centre == 4 {
		t.Errorf("centres %v and %v", *other.Centre, *got.Centre)
	}
}

// TestSurfacesThatWouldMisleadAreRefused, with what to do instead.
func TestSurfacesThatWouldMisleadAreRefused(t *testing.T) {
	t.Parallel()
	for want, rows := range map[multilevel.Reason][]string{
		surface.OneRater:  {"3,3,1", "4,4,2", "5,5,2", "6,6,4"},
		surface.TwoScales: {"3,30,1", "4,45,2", "5,40,2", "6,60,4"},
		surface.OffScale:  {"3,3,1", "4,5,2", "8,4,2", "6,6,4"},
	} {
		plan := surfacePlan()
		plan.Roles.Group, plan.Roles.Covariates = "", nil
		if want == surface.OffScale {
			low, high := 1.0, 7.0
			plan.Low, plan.High = &low, &high
		}
		reports, err := run(t, plan, "c,a,z\n"+strings.Join(rows, "\n")+"\n")
		if err != nil {
			t.Fatal(err)
		}
		r := reports[0]
		v := r.Result.Verdict()
		if v.Answer != multilevel.Refused || v.Reason != want || r.Instead == "" || !r.Caveats.Has(string(want)) {
			t.Errorf("%+v, %q", v, r.Instead)
		}
		if said := analysis.Sentences(&r); !strings.Contains(said[len(said)-1], "Instead:") {
			t.Errorf("%q", said)
		}
	}
}

// TestPlansOfSurfacesAreReadStrictly.
func TestPlansOfSurfacesAreReadStrictly(t *testing.T) {
	t.Parallel()
	const roles = `"roles": {"first": "c", "second": "a", "outcome": "z"}`
	for plan, want := range map[string]string{
		`"roles": {"first": "c", "outcome": "z"}`:                                  "/roles/second required",
		`"roles": {"second": "c", "outcome": "z"}`:                                 "/roles/first required",
		`"roles": {"first": "c", "second": "c", "outcome": "z"}`:                   "/roles/second column_twice",
		`"roles": {"first": "c", "second": "a", "outcome": "z", "predictor": "x"}`: "/roles/predictor unknown_key",
		roles + `, "options": {"expected": "middle"}`:                              "/options/expected not_one_of",
		roles + `, "options": {"low": 7, "high": 1}`:                               "/options/low out_of_range",
		roles + `, "options": {"low": 7}`:                                          "/options/low both_ends",
		roles + `, "options": {"draws": 7}`:                                        "/options/draws unknown_key",
		roles + `, "options": {"bound": 0}`:                                        "/options/bound out_of_range",
	} {
		_, err := analysis.ParsePlan([]byte(`{"analysis": "response_surface", "data": "x.csv", ` + plan + `}`))
		if got := faultsOf(t, err); !slices.Contains(got, want) {
			t.Errorf("%s: %q, want %s", plan, got, want)
		}
	}
	p, err := analysis.ParsePlan([]byte(`{"analysis": "response_surface", "data": "x.csv", ` + roles + `, "options": {"expected": "lowest", "centre": 0, "low": 1, "high": 7, "bound": 0.2}}`))
	if err != nil || p.Expected != surface.Lowest || p.Centre == nil || *p.Centre != 0 || *p.High != 7 || p.Bound != 0.2 {
		t.Errorf("%+v: %v", p, err)
	}
}
