package analysis_test

import (
	"errors"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"holon/internal/analysis"
	"holon/internal/fault"
)

// faultsOf returns pointer and rule of every fault of an error.
func faultsOf(t *testing.T, err error) []string {
	t.Helper()
	e, ok := errors.AsType[*fault.Error](err)
	if !ok {
		t.Fatalf("no fault: %v", err)
	}
	if len(e.Fields()) == 0 {
		return []string{e.Rule()}
	}
	var out []string
	for _, f := range e.Fields() {
		out = append(out, f.Pointer+" "+f.Rule)
	}
	return out
}

func TestPlansAreReadStrictly(t *testing.T) {
	t.Parallel()
	const roles = `"roles": {"group": "g", "outcome": "y"}`
	for name, c := range map[string]struct {
		plan string
		want []string
	}{
		"unknown key":           {`{"analysis": "group_level", "data": "x.csv", "outcomes": [], ` + roles + `}`, []string{"/outcomes unknown_key"}},
		"unknown role":          {`{"analysis": "group_level", "data": "x.csv", "roles": {"group": "g", "outcome": "y", "item": "z"}}`, []string{"/roles/item unknown_key"}},
		"another analysis":      {`{"analysis": "tea_leaves", "data": "x.csv", "roles": {"group": "g", "items": ["a"]}}`, []string{"/analysis unknown_analysis"}},
		"no roles":              {`{"analysis": "group_level", "data": "x.csv"}`, []string{"/roles required"}},
		"no columns":            {`{"analysis": "group_level", "data": "x.csv", "roles": {}}`, []string{"/roles/group required", "/roles/outcome required"}},
		"two outcomes":          {`{"analysis": "group_level", "data": "x.csv", "roles": {"group": "g", "outcome": "y", "outcomes": ["z"]}}`, []string{"/roles/outcomes outcome_twice"}},
		"one column twice":      {`{"analysis": "group_level", "data": "x.csv", "roles": {"group": "g", "outcome": "g"}}`, []string{"/roles/outcomes/0 column_twice"}},
		"a column without name": {`{"analysis": "agreement", "data": "x.csv", "roles": {"group": "g", "items": ["a", ""]}}`, []string{"/roles/items/1 required"}},
		"too many columns":      {`{"analysis": "level_reliability", "data": "x.csv", "roles": {"group": "g", "items": ["a"` + strings.Repeat(`, "a"`, 500) + `]}}`, []string{"/roles/items too_many"}},
		"table elsewhere":       {`{"analysis": "group_level", "data": "../x.csv", ` + roles + `}`, []string{"/data outside_directory"}},
		"absolute path":         {`{"analysis": "group_level", "data": "/etc/x.csv", ` + roles + `}`, []string{"/data outside_directory"}},
		"bound of one":          {`{"analysis": "group_level", "data": "x.csv", ` + roles + `, "options": {"bound": 1}}`, []string{"/options/bound out_of_range"}},
		"bound of zero":         {`{"analysis": "group_level", "data": "x.csv", ` + roles + `, "options": {"bound": 0}}`, []string{"/options/bound out_of_range"}},
		"role of another":       {`{"analysis": "group_level", "data": "x.csv", "roles": {"group": "g", "outcome": "y", "items": ["a"]}}`, []string{"/roles/items unknown_key"}},
		"option of another":     {`{"analysis": "crossed", "data": "x.csv", "roles": {"factors": ["g", "h"], "outcome": "y"}, "options": {"bound": 0.1}}`, []string{"/options/bound unknown_key"}},
		"one factor":            {`{"analysis": "crossed", "data": "x.csv", "roles": {"factors": ["g"], "outcome": "y"}}`, []string{"/roles/factors two_factors"}},
		"no items":              {`{"analysis": "agreement", "data": "x.csv", "roles": {"group": "g"}}`, []string{"/roles/items required"}},
		"one end":               {`{"analysis": "agreement", "data": "x.csv", "roles": {"group": "g", "items": ["a"]}, "options": {"low": 1}}`, []string{"/options/low both_ends"}},
		"no step":               {`{"analysis": "agreement", "data": "x.csv", "roles": {"group": "g", "items": ["a"]}, "options": {"step": 0}}`, []string{"/options/step out_of_range"}},
		"one measure":           {`{"analysis": "levels", "data": "x.csv", "roles": {"group": "g", "x": "a"}}`, []string{"/roles two_measures"}},
		"two pairs":             {`{"analysis": "levels", "data": "x.csv", "roles": {"group": "g", "x": "a", "y": "b", "dyadic": "c", "group_level": "d"}}`, []string{"/roles two_measures"}},
		"therapist twice":       {`{"analysis": "group_level", "data": "x.csv", "roles": {"group": "g", "outcome": "y", "therapist": "t", "lead": "l"}}`, []string{"/roles/therapist therapist_twice"}},
		"coleader alone":        {`{"analysis": "group_level", "data": "x.csv", "roles": {"group": "g", "outcome": "y", "colead": "l"}}`, []string{"/roles/lead required"}},
		"kind of covariate":     {`{"analysis": "group_level", "data": "x.csv", "roles": {"group": "g", "outcome": "y", "covariates": [{"column": "w", "kind": "date"}]}}`, []string{"/roles/covariates/0/kind not_one_of"}},
		"no draws":              {`{"analysis": "group_level", "data": "x.csv", ` + roles + `, "options": {"draws": 0}}`, []string{"/options/draws out_of_range"}},
		"seed too large":        {`{"analysis": "group_level", "data": "x.csv", ` + roles + `, "options": {"seed": 9007199254740992}}`, []string{"/options/seed out_of_range"}},
		"unknown structure":     {`{"analysis": "group_level", "data": "x.csv", ` + roles + `, "options": {"structure": "one_way_over_weeks"}}`, []string{"/options/structure not_one_of"}},
		"unknown duplicates":    {`{"analysis": "group_level", "data": "x.csv", ` + roles + `, "options": {"duplicates": "first"}}`, []string{"/options/duplicates not_one_of"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := analysis.ParsePlan([]byte(c.plan))
			if got := faultsOf(t, err); !slices.Equal(got, c.want) {
				t.Errorf("faults %v, want %v", got, c.want)
			}
		})
	}
}

// runTable runs a table with the columns g, m and y.
func runTable(t *testing.T, table string) (analysis.Report, error) {
	t.Helper()
	dir := fstest.MapFS{"x.csv": {Data: []byte(table)}}
	plan := analysis.Plan{Data: "x.csv", Roles: analysis.Roles{Group: "g", Member: "m", Outcomes: []string{"y"}}}
	reports, err := analysis.RunPlan(t.Context(), dir, plan)
	if err != nil {
		return analysis.Report{}, err
	}
	return reports[0], nil
}

func TestTablesAreReadStrictly(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		table string
		want  []string
	}{
		"empty file":           {"", []string{"empty_table"}},
		"no such column":       {"g,m,z\na,1,2\n", []string{"/roles/outcomes/0 no_such_column"}},
		"column twice":         {"g,m,y,y\na,1,2,3\n", []string{"/lines/1/4 column_twice"}},
		"too few cells":        {"g,m,y\na,1\n", []string{"/lines/2 ragged_row"}},
		"too many cells":       {"g,m,y\na,1,2\na,2,3,4\n", []string{"/lines/3 ragged_row"}},
		"open quotation mark":  {"g,m,y\n\"a,1,2\n", []string{"/lines/2 bad_quotes"}},
		"not a number":         {"g,m,y\na,1,secret77\n", []string{"/lines/2/3 not_a_number"}},
		"word for missing":     {"g,m,y\na,1,NA\n", []string{"/lines/2/3 not_a_number"}},
		"infinity":             {"g,m,y\na,1,Inf\na,2,NaN\n", []string{"/lines/2/3 not_a_number", "/lines/3/3 not_a_number"}},
		"hexadecimal":          {"g,m,y\na,1,0x10\n", []string{"/lines/2/3 not_a_number"}},
		"decimal comma":        {"g,m,y\na,1,\"2,5\"\n", []string{"/lines/2/3 not_a_number"}},
		"space before number":  {"g,m,y\na,1, 2\n", []string{"/lines/2/3 not_a_number"}},
		"too large":            {"g,m,y\na,1,1e999\n", []string{"/lines/2/3 out_of_range"}},
		"space after a name":   {"g,m,y\na,1,2\n\"a \",2,3\n", []string{"/lines/3/1 space_around_name"}},
		"not UTF-8":            {"g,m,y\n\xff,1,2\n", []string{"/lines/2/1 invalid_utf8"}},
		"header that is not":   {"g,m,y,\xff\na,1,2,3\n", []string{"/lines/1/4 invalid_utf8"}},
		"line after two-liner": {"g,m,y,note\na,1,2,\"two\nlines\"\na,2,x,\n", []string{"/lines/4/3 not_a_number"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := runTable(t, c.table)
			if got := faultsOf(t, err); !slices.Equal(got, c.want) {
				t.Errorf("faults %v, want %v", got, c.want)
			}
			e, _ := errors.AsType[*fault.Error](err)
			for _, f := range e.Fields() {
				if strings.Contains(f.Detail, "secret77") {
					t.Errorf("the rejected value stands in %q", f.Detail)
				}
			}
		})
	}
}

func TestOnlyTheFirstFaultsOfATableAreAnswered(t *testing.T) {
	t.Parallel()
	_, err := runTable(t, "g,m,y\n"+strings.Repeat("a,1,x\n", 100))
	if n := len(faultsOf(t, err)); n != 20 {
		t.Errorf("%d faults, want 20", n)
	}
}

func TestTableTooLarge(t *testing.T) {
	t.Parallel()
	row := "a," + strings.Repeat("m", 1<<20) + ",1\n"
	_, err := runTable(t, "g,m,y\n"+strings.Repeat(row, 64))
	if !fault.Is(err, fault.TooLarge) {
		t.Errorf("a table of more than 64 MiB: %v", err)
	}
}

func TestMissingFileIsNamed(t *testing.T) {
	t.Parallel()
	plan := analysis.Plan{Data: "x.csv", Roles: analysis.Roles{Group: "g", Outcomes: []string{"y"}}}
	_, err := analysis.RunPlan(t.Context(), os.DirFS(t.TempDir()), plan)
	if got := faultsOf(t, err); !slices.Equal(got, []string{"/data no_such_file"}) {
		t.Errorf("faults %v", got)
	}
}

// TestLineEndsAndOrderMakeNoDifference reads one table written in three ways,
// with rows in two orders: the reports are the same to the byte.
func TestLineEndsAndOrderMakeNoDifference(t *testing.T) {
	t.Parallel()
	const plain = "g,m,y\na,1,4.5\na,2,5\na,3,4\nb,1,2\nb,2,3.1\nb,3,2.2\nc,1,\nc,2,4.75\nc,3,6\n"
	lines := strings.Split(strings.TrimSuffix(plain, "\n"), "\n")
	slices.Reverse(lines[1:])
	var want string
	for i, table := range []string{
		plain, "\ufeff" + plain, strings.ReplaceAll(plain, "\n", "\r\n"), strings.TrimSuffix(plain, "\n"), strings.Join(lines, "\n"),
	} {
		r, err := runTable(t, table)
		if err != nil {
			t.Fatal(err)
		}
		body, err := analysis.Encode(&r)
		if err != nil {
			t.Fatal(err)
		}
		if i == 0 {
			want = string(body)
		}
		if string(body) != want {
			t.Errorf("way %d differs:\n%s\n%s", i, body, want)
		}
		if r.Counts.Ratings != 8 || r.Counts.Members != 8 || len(r.Counts.Excluded) != 1 || r.Counts.Excluded[0].Reason != "missing_outcome" {
			t.Errorf("counts %+v", r.Counts)
		}
	}
}

// TestFieldGoldenNumbers are the worked numbers of three groups of 8, 5 and 3
// (computed in R: mean squares from anova(), ICC with n0 by hand, REML by
// lme4), and of three groups with equal means.
func TestFieldGoldenNumbers(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	b.WriteString("g,m,y\n")
	for g, list := range map[string]string{"A": "4.2 4.0 4.6 3.8 4.4 4.1 4.3 3.9", "B": "3.1 3.6 2.9 3.3 3.0", "C": "4.8 4.5 4.9"} {
		for i, y := range strings.Fields(list) {
			b.WriteString(g + "," + string(rune('a'+i)) + "," + y + "\n")
		}
	}
	r, err := runTable(t, b.String())
	if err != nil {
		t.Fatal(err)
	}
	near(t, "MSB", r.GroupLevel().ANOVA.MSBetween, 2.58204167, 1e-8)
	near(t, "MSW", r.GroupLevel().ANOVA.MSWithin, 0.06872436, 1e-7)
	near(t, "F", r.GroupLevel().ANOVA.F, 37.57098, 1e-6)
	near(t, "p", r.GroupLevel().ANOVA.P, 3.95e-6, 1e-2)
	near(t, "n0", r.GroupLevel().GroupSize.N0, 4.9375, 1e-12)
	near(t, "ICC(1)", r.GroupLevel().ICC1.Estimate, 0.881048, 1e-6)
	near(t, "REML share", r.GroupLevel().REML.Share.Group, 0.896815, 1e-6)
	near(t, "reliability of the group mean", r.GroupLevel().ICCGroupMean.Estimate, 0.973384, 1e-6)

	r, err = runTable(t, "g,m,y\nA,1,1\nA,2,5\nA,3,3\nB,1,2\nB,2,4\nB,3,3\nC,1,5\nC,2,1\nC,3,3\n")
	if err != nil {
		t.Fatal(err)
	}
	near(t, "MSW", r.GroupLevel().ANOVA.MSWithin, 3, 1e-12)
	near(t, "p", r.GroupLevel().ANOVA.P, 1, 1e-12)
	near(t, "ICC(1)", r.GroupLevel().ICC1.Estimate, -0.5, 1e-12)
	if r.GroupLevel().ICCGroupMean.Estimate != nil || !r.Caveats.Has("reliability_undefined") {
		t.Errorf("the reliability of equal group means is %v", r.GroupLevel().ICCGroupMean.Estimate)
	}
}

// TestTablesMayNumberMembersAnewInEachGroup takes names for people of their
// group, and says so.
func TestTablesMayNumberMembersAnewInEachGroup(t *testing.T) {
	t.Parallel()
	r, err := runTable(t, "g,m,y\nA,1,1\nA,2,5\nB,1,2\nB,2,4\nB,3,3\n")
	if err != nil {
		t.Fatal(err)
	}
	if r.Counts.Members != 5 || !r.Caveats.Has("names_in_several_groups") || r.Caveats.Has("members_in_several_groups") {
		t.Errorf("%d members, %v", r.Counts.Members, r.Caveats.List())
	}
}

// TestOneSessionOfEachGroupInATable has another estimand than members rated
// once; ratings of nobody in several sessions cannot be judged.
func TestOneSessionOfEachGroupInATable(t *testing.T) {
	t.Parallel()
	run := func(table string, roles analysis.Roles) analysis.Report {
		t.Helper()
		roles.Group, roles.Outcomes = "g", []string{"y"}
		reports, err := analysis.RunPlan(t.Context(), fstest.MapFS{"x.csv": {Data: []byte(table)}}, analysis.Plan{Data: "x.csv", Roles: roles})
		if err != nil {
			t.Fatal(err)
		}
		return reports[0]
	}
	const one = "g,m,s,y\na,1,s7,4\na,2,s7,5\nb,1,s9,1\nb,2,s9,2\n"
	r := run(one, analysis.Roles{Member: "m", Session: "s"})
	if r.GroupLevel().Estimand != "group_plus_session" || r.Counts.Sessions == nil || *r.Counts.Sessions != 2 {
		t.Errorf("estimand %s, sessions %v", r.GroupLevel().Estimand, r.Counts.Sessions)
	}
	r = run(one, analysis.Roles{Member: "m"})
	if r.GroupLevel().Estimand != "group" || r.Counts.Sessions != nil {
		t.Errorf("without sessions: estimand %s, sessions %v", r.GroupLevel().Estimand, r.Counts.Sessions)
	}
	r = run("g,m,s,y\na,1,s7,4\na,2,s8,5\nb,1,s9,1\nb,2,s9,2\n", analysis.Roles{Session: "s"})
	if r.GroupLevel().Answer != "refused" || r.GroupLevel().Reason != "members_not_named" {
		t.Errorf("several sessions of nobody: %s because %s", r.GroupLevel().Answer, r.GroupLevel().Reason)
	}
}
