package agreement_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"gonum.org/v1/gonum/floats/scalar"

	"holon/internal/multilevel/agreement"
)

// kept is where the cases that may be kept with the code are.
const kept = "testdata/reference"

// findReference looks for the directory of a case that is not kept here, in the
// parents of the package; empty when it is not on this machine.
func findReference(id string) string {
	for up := ".."; len(up) < 40; up += "/.." {
		dir := filepath.Join(up, "shared", "reference")
		if _, err := os.Stat(filepath.Join(dir, id+".json")); err == nil {
			return dir
		}
	}
	return ""
}

// readCase reads the expected values of a case into expected and returns its
// rows, header first.
func readCase(t *testing.T, dir, id string, expected any) [][]string {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(dir, id+".json"))
	if err != nil {
		t.Fatal(err)
	}
	c := struct {
		Data     string `json:"data"`
		Expected any    `json:"expected"`
	}{Expected: expected}
	if err := json.Unmarshal(raw, &c); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(dir, c.Data))
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(bytes.NewReader(text)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// number reads a number.
func number(t *testing.T, s string) float64 {
	t.Helper()
	x, err := strconv.ParseFloat(s, 64)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

// same compares a number that may be undefined with one that may be null.
func same(t *testing.T, name string, got *float64, want any) {
	t.Helper()
	w, isNumber := want.(float64)
	switch {
	case want == nil && got != nil:
		t.Errorf("%s = %v, want undefined", name, *got)
	case want == nil:
	case !isNumber:
		t.Errorf("%s: expected value %v is no number", name, want)
	case got == nil:
		t.Errorf("%s is undefined, want %v", name, w)
	case !scalar.EqualWithinAbsOrRel(*got, w, 1e-12, 1e-9):
		t.Errorf("%s = %.15g, want %.15g", name, *got, w)
	}
}

// agreementExpected is what the agreement cases say.
type agreementExpected struct {
	Options struct {
		Items         []string
		Low, High     float64
		NullVariances map[string]float64 `json:"null_variances"`
	}
	Summary map[string]float64
	Groups  []map[string]any
}

// tableOf reads a table of groups, members and items; the member is in the
// second column where there is one.
func tableOf(t *testing.T, rows [][]string, want agreementExpected) *agreement.Table {
	t.Helper()
	table := &agreement.Table{Items: want.Options.Items, Scale: agreement.Scale{Low: want.Options.Low, High: want.Options.High, Step: 1}}
	for _, row := range rows[1:] {
		r := agreement.Row{Group: row[slices.Index(rows[0], "group")]}
		for _, item := range table.Items {
			r.Values = append(r.Values, number(t, row[slices.Index(rows[0], item)]))
		}
		table.Rows = append(table.Rows, r)
	}
	return table
}

// TestAgreementCases compares every key of the agreement cases.
func TestAgreementCases(t *testing.T) {
	t.Parallel()
	for _, id := range []string{"agreement-small-7pt", "agreement-lq2002"} {
		t.Run(id, func(t *testing.T) {
			t.Parallel()
			dir := kept
			if id == "agreement-lq2002" {
				if dir = findReference(id); dir == "" {
					t.Skip("case " + id + " is not on this machine")
				}
			}
			var want agreementExpected
			table := tableOf(t, readCase(t, dir, id, &want), want)
			got := analyse(t, table, agreement.Options{Draws: 100})
			for name, e := range want.Options.NullVariances {
				if name == agreement.NullMaxDissensus {
					same(t, name, got.MaxDissensus, e)
					continue
				}
				k := slices.IndexFunc(got.Nulls, func(n agreement.NullVariance) bool { return n.Name == name })
				if k < 0 {
					t.Fatalf("no null %s", name)
				}
				same(t, name, &got.Nulls[k].E, e)
			}
			if float64(got.Summary.Groups) != want.Summary["n_groups"] || len(got.Groups) != len(want.Groups) {
				t.Errorf("%d groups, want %v", got.Summary.Groups, want.Summary["n_groups"])
			}
			same(t, "mean", got.Summary.ByNull[0].Mean, want.Summary["mean_rwgj_uniform"])
			same(t, "median", got.Summary.ByNull[0].Median, want.Summary["median_rwgj_uniform"])
			for i, w := range want.Groups {
				compareGroup(t, &got.Groups[i], w)
			}
		})
	}
}

// compareGroup compares every key of one group.
func compareGroup(t *testing.T, got *agreement.Group, want map[string]any) {
	t.Helper()
	var byNull [2]agreement.ByNull
	copy(byNull[:], got.ByNull)
	single := func(of func(agreement.Item) *float64) []*float64 {
		var list []*float64
		for _, item := range got.Items {
			list = append(list, of(item))
		}
		return list
	}
	for _, key := range slices.Sorted(maps.Keys(want)) {
		name, w := got.Key+" "+key, want[key]
		list := func(values []*float64) {
			wanted, ok := w.([]any)
			if !ok || len(wanted) != len(values) {
				t.Errorf("%s: %d values, want %v", name, len(values), w)
				return
			}
			for k := range values {
				same(t, fmt.Sprint(name, " ", k), values[k], wanted[k])
			}
		}
		switch key {
		case "group":
			if got.Key != w {
				t.Errorf("group %s, want %v", got.Key, w)
			}
		case "n":
			same(t, name, new(float64(got.N)), w)
		case "rwg": // of the group of one
			if w != nil || got.Items != nil || got.Reason != agreement.OneMember {
				t.Errorf("%s: %v, reason %s", name, got.Items, got.Reason)
			}
		case "item_var_mean":
			same(t, name, got.MeanVariance, w)
		case "rwg_single_item_each_uniform":
			list(single(func(i agreement.Item) *float64 { return i.RWG[0].RWG }))
		case "rwgj_uniform":
			same(t, name, byNull[0].RWGJ, w)
		case "rwgj_triangular":
			same(t, name, byNull[1].RWGJ, w)
		case "rwgj_uniform_truncated_to_zero":
			if byNull[0].Truncated != w {
				t.Errorf("%s: %v", name, byNull[0].Truncated)
			}
		case "rwg_star_uniform":
			same(t, name, byNull[0].RStar, w)
		case "rwg_star_maxdis":
			same(t, name, got.RStarMaxDis, w)
		case "awg":
			same(t, name, got.AWG, w)
		case "awg_items":
			list(single(func(i agreement.Item) *float64 { return i.AWG }))
		case "ad_mean":
			same(t, name, got.ADMean, w)
		case "ad_median":
			same(t, name, got.ADMedian, w)
		default:
			t.Errorf("nobody compares %s", name)
		}
	}
}

// TestNullCutoffCases compares every key of the exact cut-offs.
func TestNullCutoffCases(t *testing.T) {
	t.Parallel()
	var want []map[string]float64
	rows := readCase(t, kept, "agreement-null-cutoffs", &want)
	if len(want) != len(rows)-1 || len(want) != 4 {
		t.Fatalf("%d cases for %d rows", len(want), len(rows)-1)
	}
	for i, w := range want {
		n, options := int(number(t, rows[i+1][0])), int(number(t, rows[i+1][1]))
		got, err := agreement.ItemCutoffs(t.Context(), agreement.Uniform(options), []int{n}, agreement.Options{})
		if err != nil {
			t.Fatal(err)
		}
		c := got[0]
		if !c.Exact || c.MonteCarlo != nil || c.N != n || float64(n) != w["n"] || float64(options) != w["A"] || len(w) != 7 {
			t.Errorf("%+v for %v", c, w)
		}
		same(t, "critical variance", c.Variance, w["critical_variance_05"])
		same(t, "critical r_wg", c.RWG, w["rwg_critical_05"])
		same(t, "attained level", c.Attained, w["attained_level"])
		same(t, "perfect agreement", c.Perfect, w["prob_perfect_agreement"])
		same(t, "mean variance", c.MeanVar, w["mean_variance"])
	}
}

// TestShroutFleissCase compares every key with the article's table, as
// recomputed, and the two digits that it prints.
func TestShroutFleissCase(t *testing.T) {
	t.Parallel()
	want := map[string]any{}
	rows := readCase(t, kept, "shrout-fleiss-1979", &want)
	cells := &agreement.Cells{}
	for _, row := range rows[1:] {
		for j, rater := range rows[0][1:] {
			cells.List = append(cells.List, agreement.Cell{Target: row[0], Rater: rater, Value: number(t, row[j+1])})
		}
	}
	got := agreement.RaterReliability(cells, agreement.ReliabilityOptions{})
	plain := map[string]*float64{
		"n_targets": new(float64(got.Targets)), "k_raters": new(float64(got.Raters)), "BMS": got.BMS, "JMS": got.JMS,
		"EMS": got.EMS, "WMS": got.WMS, "icc2_ci_df": got.ICC2DF, "judges_F": got.JudgesF, "judges_p": got.JudgesP,
	}
	if len(want) != len(plain)+6 {
		t.Errorf("%d keys, compared are %d", len(want), len(plain)+6)
	}
	for key, value := range plain {
		same(t, key, value, want[key])
	}
	published := map[string]string{"icc_1_1": ".17", "icc_2_1": ".29", "icc_3_1": ".71", "icc_1_k": ".44", "icc_2_k": ".62", "icc_3_k": ".91"}
	for _, f := range got.Forms {
		key := strings.ToUpper(f.Name[:3]) + f.Name[4:5] + map[string]string{"1": "", "k": "k"}[f.Name[6:]]
		w, ok := want[key].(map[string]any)
		if !ok || len(w) != 6 {
			t.Fatalf("no case %s", key)
		}
		limits, ok := w["ci"].([]any)
		if !ok || len(limits) != 2 {
			t.Fatalf("no interval of %s", key)
		}
		same(t, key, f.Estimate, w["icc"])
		same(t, key+" F", f.F, w["F"])
		same(t, key+" df1", new(float64(f.DF1)), w["df1"])
		same(t, key+" df2", new(float64(f.DF2)), w["df2"])
		same(t, key+" p", f.P, w["p"])
		same(t, key+" lower", f.CI.Lower, limits[0])
		same(t, key+" upper", f.CI.Upper, limits[1])
		if p := strings.TrimPrefix(strconv.FormatFloat(*f.Estimate, 'f', 2, 64), "0"); p != published[f.Name] {
			t.Errorf("%s = %s, published %s", f.Name, p, published[f.Name])
		}
	}
	if len(got.Forms) != 6 {
		t.Errorf("%d forms", len(got.Forms))
	}
}
