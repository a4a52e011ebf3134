package httpapi_test

import (
	"encoding/json"
	"iter"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"holon/internal/access"
	"holon/internal/analysis"
	"holon/internal/httpapi"
	"holon/internal/store"
)

// reference is a case of which the plan and the expected numbers are kept.
const reference = "../multilevel/testdata/reference/icc-unbalanced-14-groups"

// withTable is a question about a table, whose other keys are given.
func withTable(t *testing.T, table, more string) string {
	t.Helper()
	text, err := json.Marshal(table)
	if err != nil {
		t.Fatal(err)
	}
	return `{"analysis":"group_level","table":` + string(text) + more + `}`
}

// roled gives the roles of the small tables here.
const roled = `,"roles":{"group":"g","outcome":"y"}`

func TestATableOfOnesOwnIsAnalysedAsThePlanIs(t *testing.T) {
	t.Parallel()
	c := newClinic(t)
	csv, err := os.ReadFile(reference + ".csv")
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(reference + ".json")
	if err != nil {
		t.Fatal(err)
	}
	plan, err := analysis.ParsePlan(text)
	if err != nil {
		t.Fatal(err)
	}
	reports, err := analysis.RunPlan(t.Context(), os.DirFS("../multilevel/testdata/reference"), plan)
	if err != nil {
		t.Fatal(err)
	}
	want, err := analysis.Encode(&reports[0])
	if err != nil {
		t.Fatal(err)
	}
	got := c.made(t, "/v1/reports", withTable(t, string(csv), `,"roles":{"group":"group","outcome":"y"}`))
	if string(got.body) != string(want) {
		t.Errorf("answered\n%s\nthe plan gives\n%s", got.body, want)
	}
	if again := c.must(t, http.StatusOK, call{method: "GET", path: got.header.Get("Location")}); string(again.body) != string(want) {
		t.Errorf("read again it is %s", again.body)
	}
}

func TestSeveralOutcomesOfATableAreATableOfReports(t *testing.T) {
	t.Parallel()
	c := newClinic(t)
	got := c.made(t, "/v1/reports", withTable(t, "g,a,b\n1,2,3\n1,3,3\n2,5,1\n2,6,\n", `,"roles":{"group":"g","outcomes":["a","b"]},"options":{"bound":0.2}`)).object(t)
	reports := listAt(t, got, "reports")
	if len(reports) != 2 || numberAt(t, reports, 0, "result", "settle", "bound") != 0.2 {
		t.Errorf("%v", got)
	}
}

func TestWhatIsWrongWithATableIsToldWhereItIs(t *testing.T) {
	t.Parallel()
	c := newClinic(t)
	const fine = "g,y\n1,2\n1,3\n2,4\n"
	for name, x := range map[string]struct {
		body, want string
	}{
		"a cell that is no number":    {withTable(t, "g,y\n1,"+rejected+"\n", roled), "/table not_a_number"},
		"a row too long":              {withTable(t, "g,y\n1,2,3\n", roled), "/table ragged_row"},
		"one blank line":              {withTable(t, "\n", roled), "/table empty_table"},
		"nothing":                     {withTable(t, "", roled), "/table empty"},
		"a column that is not there":  {withTable(t, fine, `,"roles":{"group":"g","outcome":"`+rejected+`"}`), "/roles/outcome no_such_column"},
		"another that is not there":   {withTable(t, fine, `,"roles":{"group":"g","outcomes":["y","`+rejected+`"]}`), "/roles/outcomes/1 no_such_column"},
		"no roles":                    {withTable(t, fine, ""), "/roles required"},
		"no group":                    {withTable(t, fine, `,"roles":{"outcome":"y"}`), "/roles/group required"},
		"an unknown role":             {withTable(t, fine, `,"roles":{"group":"g","outcome":"y","colour":"y"}`), "/roles/colour unknown_key"},
		"a role that is no text":      {withTable(t, fine, `,"roles":{"group":1,"outcome":"y"}`), "/roles/group wrong_type"},
		"an unknown option":           {withTable(t, fine, roled+`,"options":{"colour":1}`), "/options/colour unknown_key"},
		"an option out of range":      {withTable(t, fine, roled+`,"options":{"bound":2}`), "/options/bound out_of_range"},
		"an analysis of records only": {strings.Replace(withTable(t, fine, roled), `"group_level"`, `"group_level_table"`, 1), "/analysis unknown_analysis"},
		"a measure, too":              {withTable(t, fine, roled+`,`+cohesionOf), "/measure not_with_table"},
		"a bound beside":              {withTable(t, fine, roled+`,"bound":0.1`), "/bound not_with_table"},
		"roles without a table":       {`{"analysis":"group_level",` + cohesionOf + roled + `}`, "/roles only_with_table"},
		"an analysis of tables only":  {`{"analysis":"crossed"}`, "/table required"},
		"a table too long":            {withTable(t, "g,y\n"+strings.Repeat("é", httpapi.MaxTableBytes/2)+"\n", roled), "/table too_long"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := c.must(t, http.StatusUnprocessableEntity, call{method: "POST", path: "/v1/reports", body: x.body, raw: true})
			p := got.problem(t)
			if rules := p.rules(); !slices.Equal(rules, []string{x.want}) {
				t.Errorf("faults: %v", rules)
			}
			if x.want == "/table not_a_number" && !strings.Contains(p.Errors[0].Detail, "Line 2, column 2") {
				t.Errorf("where? %s", p.Errors[0].Detail)
			}
			unrepeated(t, c, got)
		})
	}
}

func TestATableIsNeitherKeptNorLoggedAndItsUseIsAudited(t *testing.T) {
	t.Parallel()
	c := newClinic(t)
	const secret = "Zwergpinscher"
	made := c.made(t, "/v1/reports", withTable(t, "g,y\n"+secret+",2\n"+secret+",3\nb,4\nb,6\n", roled))
	id := strings.TrimPrefix(made.header.Get("Location"), "/v1/reports/")
	kept, err := store.NewReports(c.engine).Get(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	var asked struct {
		Table struct {
			SHA256 string `json:"sha256"`
			Bytes  int    `json:"bytes"`
		} `json:"table"`
	}
	if err := json.Unmarshal(kept.Asked, &asked); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(kept.Asked), secret) || len(asked.Table.SHA256) != 64 || asked.Table.Bytes != 4+2*(len(secret)+3)+8 {
		t.Errorf("kept of the question: %s", kept.Asked)
	}
	if strings.Contains(c.log.String(), secret) {
		t.Errorf("the log holds what stood in the table: %s", c.log)
	}
	var actions []string
	for _, x := range entries(t, store.NewAudit(c.engine).Newest(t.Context(), time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC), "", 0)) {
		if x.Object.ID == id || x.Action == access.ReadSession {
			actions = append(actions, string(x.Action)+" by "+x.Principal)
		}
	}
	if want := []string{"run_report by " + kept.Principal}; !slices.Equal(actions, want) {
		t.Errorf("the audit says %v, want %v", actions, want)
	}
}

// entries reads audit entries.
func entries(t *testing.T, all iter.Seq2[access.Entry, error]) []access.Entry {
	t.Helper()
	var out []access.Entry
	for x, err := range all {
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, x)
	}
	return out
}

func TestOnlyAQuestionMayBeLong(t *testing.T) {
	t.Parallel()
	c := newClinic(t)
	var rows strings.Builder
	rows.WriteString("g,y\n")
	for i := range 150_000 {
		rows.WriteString(strconv.Itoa(i%30) + "," + strconv.Itoa(i%7+i%30) + ".25\n")
	}
	body := withTable(t, rows.String(), roled+`,"options":{"detail":"quick"}`) // what is long is the table
	if len(body) <= httpapi.MaxBodyBytes {
		t.Fatalf("only %d bytes", len(body))
	}
	if got := c.made(t, "/v1/reports", body).object(t); numberAt(t, got, "counts", "ratings") != 150_000 {
		t.Errorf("%v", got["counts"])
	}
	c.must(t, http.StatusRequestEntityTooLarge, call{method: "POST", path: "/v1/members", body: body, raw: true})
	long := `{"analysis":"` + strings.Repeat("x", httpapi.MaxReportBody) + `"}`
	c.must(t, http.StatusRequestEntityTooLarge, call{method: "POST", path: "/v1/reports", body: long, raw: true})
}
