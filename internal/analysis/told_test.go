package analysis_test

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"holon/internal/analysis"
	"holon/internal/fault"
)

// tables are plans of every analysis over the columns g, h, m, s, t, a, b, c.
func tables() map[analysis.Name]analysis.Plan {
	return map[analysis.Name]analysis.Plan{
		analysis.GroupLevelName: {Roles: analysis.Roles{Group: "g", Member: "m", Session: "s", Outcomes: []string{"a"}}},
		analysis.CrossedName:    {Roles: analysis.Roles{Factors: []string{"g", "m"}, Outcomes: []string{"a"}}},
		analysis.GrowthName: {Roles: analysis.Roles{
			Group: "g", Member: "m", Time: "t", Outcomes: []string{"a"}, Covariates: []analysis.Covariate{{Column: "h", Kind: analysis.CategoryKind}},
		}},
		analysis.AgreementName:        {Roles: analysis.Roles{Group: "g", Member: "m", Items: []string{"a", "b", "c"}}},
		analysis.AgreementNullName:    {Roles: analysis.Roles{GroupSize: "a", ResponseOptions: "b"}},
		analysis.RaterReliabilityName: {Roles: analysis.Roles{Target: "m", Raters: []string{"a", "b", "c"}}},
		analysis.LevelsName:           {Roles: analysis.Roles{Group: "g", Member: "m", Dyadic: "a", GroupMeasure: "b"}},
		analysis.LevelReliabilityName: {Roles: analysis.Roles{Group: "g", Items: []string{"a", "b", "c"}}},
		analysis.OneWithManyName:      {Roles: analysis.Roles{Therapist: "g", Member: "m", Session: "s", Group: "h", TherapistRates: "a", MemberRates: "b"}},
		analysis.FamilyRolesName:      {Roles: analysis.Roles{Group: "g", Rater: "m", Target: "s", Outcomes: []string{"a"}}},
		analysis.RoundRobinName:       {Roles: analysis.Roles{Group: "g", Rater: "m", Target: "s", Outcomes: []string{"a"}}},
		analysis.LaggedName:           {Roles: analysis.Roles{Group: "g", Member: "m", Session: "t", Predictor: "a", Outcomes: []string{"b"}}},
		analysis.ResponseSurfaceName:  {Roles: analysis.Roles{First: "a", Second: "b", Outcomes: []string{"c"}, Group: "g"}},
		analysis.DesignName:           {Roles: analysis.Roles{ICC: "c", Members: "a", Groups: "b"}},
	}
}

// run runs a plan over a table.
func run(t *testing.T, plan analysis.Plan, table string) ([]analysis.Report, error) {
	t.Helper()
	plan.Data = "x.csv"
	return analysis.RunPlan(t.Context(), fstest.MapFS{"x.csv": {Data: []byte(table)}}, plan)
}

// TestOddTablesHaveAnswersInEveryAnalysis runs every analysis over tables that
// hold little or nothing: faults with places, or reports that say why.
func TestOddTablesHaveAnswersInEveryAnalysis(t *testing.T) {
	t.Parallel()
	const header = "g,h,m,s,t,a,b,c\n"
	code := regexp.MustCompile(`[a-z]+_[a-z]+`)
	for name, table := range map[string]string{
		"no row":           "",
		"one row":          "x,p,1,1,0,3,4,0.5\n",
		"empty cells":      "x,p,1,1,0,,,\ny,q,2,1,1,,,\n",
		"one group":        "x,p,1,1,0,3,4,0.5\nx,p,2,1,1,2,5,0.25\nx,q,3,1,2,4,4,0.75\n",
		"one row a group":  "x,p,1,1,0,3,4,0.5\ny,p,2,1,1,2,5,0.25\nz,q,3,1,2,4,4,0.75\n",
		"all equal":        "x,p,1,1,0,3,3,3\nx,p,2,1,1,3,3,3\ny,q,3,1,2,3,3,3\ny,q,4,1,3,3,3,3\n",
		"perfect":          "x,p,1,1,0,2,2,2\nx,p,2,1,1,2,2,2\ny,q,3,1,2,3,3,3\ny,q,4,1,3,3,3,3\n",
		"the same twice":   "x,p,1,1,0,2,2,3\nx,p,1,1,0,2,2,3\ny,q,3,1,2,3,3,1\ny,q,4,1,3,3,1,3\n",
		"huge":             "x,p,1,1,0,1e308,-1e308,1e300\nx,p,2,1,1,-1e308,1e308,2\ny,q,3,1,2,1e-308,0,3\ny,q,4,1,3,0,5,3\n",
		"tiny differences": "x,p,1,1,0,1e10,1,2\nx,p,2,1,1,10000000001,1,2\ny,q,3,1,2,10000000002,2,2\ny,q,4,1,3,1e10,1,2\n",
	} {
		for of, plan := range tables() {
			t.Run(name+" "+string(of), func(t *testing.T) {
				t.Parallel()
				plan.Analysis, plan.Draws = of, 19
				reports, err := run(t, plan, header+table)
				if err != nil {
					if !fault.Is(err, fault.Invalid) {
						t.Errorf("no fault of the table: %v", err)
					}
					return
				}
				for i := range reports {
					r := &reports[i]
					body, err := analysis.Encode(r)
					if err != nil || !json.Valid(body) {
						t.Fatalf("a report that cannot be written: %v", err)
					}
					v := r.Result.Verdict()
					if v.Reason == "" {
						t.Error("no reason")
					}
					if (v.Answer == "refused" || v.Answer == "not_identifiable") && !r.Caveats.Has(string(v.Reason)) {
						t.Errorf("%s because %s, without a word: %v", v.Answer, v.Reason, r.Caveats.List())
					}
					for _, sentence := range analysis.Sentences(r) {
						if word := code.FindString(sentence); word != "" || !strings.HasSuffix(sentence, ".") || strings.Contains(sentence, "  ") {
							t.Errorf("%q in %q", word, sentence)
						}
					}
				}
			})
		}
	}
}

// TestSentencesOfTables reads what is said of small published tables.
func TestSentencesOfTables(t *testing.T) {
	t.Parallel()
	for id, want := range map[string][]string{
		"shrout-fleiss-1979": {
			"j1, j2, j3, j4: 4 observers and 6 targets.",
			"One observer's rating, where any observer may come and strict and mild ones count as they are: 0.29 (between 0.02 and 0.76).",
			"The mean of all these observers, likewise: 0.62 (between 0.07 and 0.93).",
			"One of just these observers, where only their order of people counts: 0.71 (between 0.34 and 0.95).",
			"1 means that observers tell people apart without error, 0 that they do not. Choose the line that fits how ratings will be used, before looking.",
		},
		"crossed-penicillin": {
			"y: 144 ratings.",
			"Of all differences between ratings, 15 % lie between the 24 different values of plate, 79 % between the 6 different values of sample, and 6.4 % in single ratings.",
		},
		"agreement-null-cutoffs": {
			"4 members, 5 options: agreement on one item is more than chance answers give from 1.00 on.",
			"5 members, 5 options: agreement on one item is more than chance answers give from 0.85 on.",
			"8 members, 5 options: agreement on one item is more than chance answers give from 0.61 on.",
			"10 members, 7 options: agreement on one item is more than chance answers give from 0.50 on.",
			"This compares with people who answer at random. Strangers who answer with care agree far more; compare with them as well.",
		},
		"levels-cohesion-vs-dyads": {
			"alliance, cohesion: 128 members in 20 groups.",
			"Is cohesion more than the average of alliance? These groups cannot tell: between 0 % and 60 % of its variance may be the group's own. More groups would; more members in the same groups hardly.",
			"Among members of one group, higher alliance goes with higher cohesion: a correlation of 0.38 (between 0.20 and 0.53).",
			"Among groups, it cannot be told whether alliance and cohesion go together: a correlation of 0.39 (between -1.00 and 1.00).",
			"The two are different questions: what holds among members need not hold among groups.",
		},
		"single-group-weekly": {
			"y: 84 ratings from 7 members in 1 group.",
			"Do members move together from week to week? Too few sessions to say; between 0 % and 33 % of the movement from week to week may be shared.",
			"Whether groups differ, this kind of data can never show. All ratings come from one group; differences between groups need two groups at least.",
			"Of all differences between ratings, 43 % lie between members, 5.8 % between sessions (shared by those who were there), and 51 % in single ratings.",
			"It would need ratings from other groups as well; four at least for any verdict.",
		},
	} {
		t.Run(id, func(t *testing.T) {
			t.Parallel()
			if got := sentencesOf(t, id); !slices.Equal(got, want) {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
			}
		})
	}
}

// sentencesOf runs a case and returns what is said of it.
func sentencesOf(t *testing.T, id string) []string {
	t.Helper()
	dir := directoryOf(t, id)
	text, err := fs.ReadFile(dir, id+".json")
	if err != nil {
		t.Fatal(err)
	}
	plan, err := analysis.ParsePlan(text)
	if err != nil {
		t.Fatal(err)
	}
	plan.Draws = 19
	reports, err := analysis.RunPlan(t.Context(), dir, plan)
	if err != nil {
		t.Fatal(err)
	}
	return analysis.Sentences(&reports[0])
}

// TestAgreementIsNeverSaidAlone: what strangers agree and the share between
// groups stand in the same sentence.
func TestAgreementIsNeverSaidAlone(t *testing.T) {
	t.Parallel()
	for _, sentence := range sentencesOf(t, "agreement-small-7pt") {
		if strings.Contains(sentence, "0.79") && (!strings.Contains(sentence, "strangers") || !strings.Contains(sentence, "between groups")) {
			t.Errorf("alone: %s", sentence)
		}
	}
}

// TestCovariatesAreTakenOut: the coefficient of a group's baseline is the slope
// by which the groups were made to differ, and a phase is compared with the
// first one.
func TestCovariatesAreTakenOut(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	b.WriteString("g,m,base,phase,y\n")
	wiggle := []float64{0.1, -0.2, 0.15, -0.05, 0.3, -0.3, 0.05, -0.05}
	for g := range 8 {
		phase := []string{"A", "B"}[g%2]
		for m := range 4 {
			y := 2*float64(g) + 5*float64(g%2) + wiggle[g] + wiggle[(3*m+g)%8]
			fmt.Fprintf(&b, "g%d,m%d,%d,%s,%g\n", g, m, g, phase, y)
		}
	}
	plan := analysis.Plan{Detail: analysis.Quick, Draws: 19, Roles: analysis.Roles{
		Group: "g", Member: "m", Outcomes: []string{"y"},
		Covariates: []analysis.Covariate{{Column: "base"}, {Column: "phase", Kind: analysis.CategoryKind}},
	}}
	reports, err := run(t, plan, b.String())
	if err != nil {
		t.Fatal(err)
	}
	fixed := reports[0].GroupLevel().REML.Fixed
	if len(fixed) != 2 || fixed[0].Name != "base" || fixed[1].Name != "phase=B" {
		t.Fatalf("coefficients %+v", fixed)
	}
	near(t, "slope", fixed[0].Estimate, 2, 0.05)
	near(t, "phase", fixed[1].Estimate, 5, 0.1)
	without := plan
	without.Roles.Covariates = nil
	plain, err := run(t, without, b.String())
	if err != nil {
		t.Fatal(err)
	}
	if plain[0].Input == reports[0].Input {
		t.Error("the covariates are not in the hash")
	}
	if *plain[0].GroupLevel().REML.Variance.Group < 10**reports[0].GroupLevel().REML.Variance.Group {
		t.Error("the covariates took nothing out")
	}
}

// TestTherapistsMustAgreeWithinAGroup: who led is one answer for each group.
func TestTherapistsMustAgreeWithinAGroup(t *testing.T) {
	t.Parallel()
	plan := analysis.Plan{Roles: analysis.Roles{Group: "g", Therapist: "t", Outcomes: []string{"y"}}}
	reports, err := run(t, plan, "g,t,y\na,1,2\na,2,3\nb,1,4\nb,1,5\n")
	if err != nil {
		t.Fatal(err)
	}
	if v := reports[0].Result.Verdict(); v.Answer != "refused" || v.Reason != "therapists_differ_within_group" || reports[0].Instead == "" {
		t.Errorf("%+v", v)
	}
}
