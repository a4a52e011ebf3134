package analysis_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"testing"
	"time"

	"holon/internal/analysis"
	"holon/internal/caveat"
	"holon/internal/instrument"
)

var update = flag.Bool("update", false, "write the golden files anew")

// filler fills every field that a report has with a value of its own and
// remembers which.
type filler struct {
	result reflect.Type // what the report is given for a result
	next   int
	filled map[string]string // what must be found, and where it was put
}

// fill fills v, which is settable, and everything below it.
func (f *filler) fill(t *testing.T, v reflect.Value, path string) {
	t.Helper()
	if set, ok := reflect.TypeAssert[*caveat.Set](v.Addr()); ok {
		f.next += 2
		code, detail := "c"+strconv.Itoa(f.next), "d"+strconv.Itoa(f.next)
		set.Add(code, detail)
		if !slices.Contains(ownCaveats(), path) { // a result's caveats are among the report's own, see Report
			f.filled[code], f.filled[detail] = path, path
		}
		return
	}
	f.next++
	if at, ok := reflect.TypeAssert[*time.Time](v.Addr()); ok {
		*at = time.Date(2026, 3, 5, 0, 0, f.next, 0, time.UTC)
		f.filled[at.Format(time.RFC3339)] = path
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() { // whom numbers are made of is for those who hold them back
				f.fill(t, v.Field(i), path+"."+v.Type().Field(i).Name)
			}
		}
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		f.fill(t, v.Elem(), path)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		f.fill(t, v.Index(0), path+"[0]")
	case reflect.Array:
		for i := range v.Len() {
			f.fill(t, v.Index(i), path+"["+strconv.Itoa(i)+"]")
		}
	case reflect.String:
		v.SetString("s" + strconv.Itoa(f.next))
		f.filled[v.String()] = path
	case reflect.Interface:
		result := reflect.New(f.result)
		f.fill(t, result.Elem(), path)
		v.Set(result)
	case reflect.Uint64:
		v.SetUint(uint64(f.next))
		f.filled[strconv.Itoa(f.next)] = path
	case reflect.Int:
		v.SetInt(int64(f.next))
		f.filled[strconv.Itoa(f.next)] = path
	case reflect.Float64:
		v.SetFloat(float64(f.next) + 0.5)
		f.filled[fmt.Sprint(v.Float())] = path
	case reflect.Bool:
		v.SetBool(true)
	default:
		t.Fatalf("%s: a kind of field the test does not know: %s", path, v.Kind())
	}
}

// ownCaveats are the reservations of results, which stand among the report's own.
func ownCaveats() []string {
	return []string{
		"Report.Result.GroupLevel.Caveats", "Report.Result.Result.Caveats", "Report.Result.Result.Summary.ICC.Caveats", "Report.Result.Reliability.Caveats",
		"Report.Result.Relation.Caveats", "Report.Result.Found.Caveats", "Report.Result.Alpha.Caveats",
		"Report.Result.Around.Agreement.Result.Caveats", "Report.Result.Around.Agreement.Result.Summary.ICC.Caveats",
	}
}

// leaves gathers what a decoded document holds.
func leaves(v any, into map[string]bool) {
	switch x := v.(type) {
	case map[string]any:
		for _, y := range x {
			leaves(y, into)
		}
	case []any:
		for _, y := range x {
			leaves(y, into)
		}
	default:
		into[fmt.Sprint(x)] = true
	}
}

// results lists the types of result, one for each analysis.
func results() map[analysis.Name]reflect.Type {
	return map[analysis.Name]reflect.Type{
		analysis.GroupLevelName:       reflect.TypeFor[analysis.GroupLevelResult](),
		analysis.AgreementName:        reflect.TypeFor[analysis.AgreementResult](),
		analysis.AgreementNullName:    reflect.TypeFor[analysis.NullCutoffsResult](),
		analysis.RaterReliabilityName: reflect.TypeFor[analysis.RaterReliabilityResult](),
		analysis.CrossedName:          reflect.TypeFor[analysis.CrossedResult](),
		analysis.GrowthName:           reflect.TypeFor[analysis.GrowthResult](),
		analysis.LevelsName:           reflect.TypeFor[analysis.LevelsResult](),
		analysis.LevelTableName:       reflect.TypeFor[analysis.LevelTableResult](),
		analysis.LevelReliabilityName: reflect.TypeFor[analysis.LevelReliabilityResult](),
		analysis.OneWithManyName:      reflect.TypeFor[analysis.OneWithManyResult](),
		analysis.LaggedName:           reflect.TypeFor[analysis.LaggedResult](),
		analysis.EarlyAllianceName:    reflect.TypeFor[analysis.EarlyAllianceResult](),
		analysis.SeriesName:           reflect.TypeFor[analysis.SeriesResult](),
		analysis.OutcomeChangeName:    reflect.TypeFor[analysis.OutcomeChangeResult](),
		analysis.RupturesName:         reflect.TypeFor[analysis.RupturesResult](),
		analysis.SlippingName:         reflect.TypeFor[analysis.SlippingResult](),
		analysis.AlarmsName:           reflect.TypeFor[analysis.AlarmsResult](),
		analysis.DesignName:           reflect.TypeFor[analysis.DesignResult](),
		analysis.FamiliesName:         reflect.TypeFor[analysis.FamiliesResult](),
		analysis.SplitsName:           reflect.TypeFor[analysis.SplitsResult](),
		analysis.FamilyRolesName:      reflect.TypeFor[analysis.FamilyRolesResult](),
		analysis.RoundRobinName:       reflect.TypeFor[analysis.RoundRobinResult](),
		analysis.AllianceName:         reflect.TypeFor[analysis.AllianceResult](),
		analysis.ResponseSurfaceName:  reflect.TypeFor[analysis.ResponseSurfaceResult](),
		analysis.BondsName:            reflect.TypeFor[analysis.BondsResult](),
		analysis.GoalsName:            reflect.TypeFor[analysis.GoalsResult](),
	}
}

// full returns a report of an analysis with every field filled, and with what.
func full(t *testing.T, result reflect.Type) (analysis.Report, map[string]string) {
	t.Helper()
	var r analysis.Report
	f := filler{result: result, filled: map[string]string{}}
	f.fill(t, reflect.ValueOf(&r).Elem(), "Report")
	return r, f.filled
}

// spared are fields that are not written as such.
func spared() []string {
	return []string{
		// Counted twice in a report; the one that is written is the report's own.
		"Report.Result.GroupLevel.Counts.Ratings", "Report.Result.GroupLevel.Counts.Groups",
		"Report.Result.Result.Members", "Report.Result.Result.Excluded[0].Reason", "Report.Result.Result.Excluded[0].Rows",
		"Report.Result.Matrices.Reason", // that of alpha, and the report's own
		"Report.Result.Relation.Counts.Rows", "Report.Result.Relation.Counts.Groups", "Report.Result.Alpha.Counts.Rows", "Report.Result.Alpha.Counts.Groups",
		"Report.Result.Reliability.Excluded[0].Reason", "Report.Result.Reliability.Excluded[0].Rows",
		// An agreement beside a result is there only where there is no reason against it; the report counts.
		"Report.Result.Around.Agreement.Result.Members", "Report.Result.Around.Agreement.Result.Reason",
		"Report.Result.Around.Agreement.Result.Excluded[0].Reason", "Report.Result.Around.Agreement.Result.Excluded[0].Rows",
		"Report.Instead", // written as a caveat, see TestWhatToAskInsteadIsWritten
	}
}

// TestNoFieldOfAReportIsForgotten fills every field with a value of its own
// and finds each of them in what is written.
func TestNoFieldOfAReportIsForgotten(t *testing.T) {
	t.Parallel()
	for name, result := range results() {
		t.Run(string(name), func(t *testing.T) {
			t.Parallel()
			r, filled := full(t, result)
			if len(filled) < 30 {
				t.Fatalf("only %d fields were filled: the walk is broken", len(filled))
			}
			body, err := analysis.Encode(&r)
			if err != nil {
				t.Fatal(err)
			}
			var doc any
			if err := json.Unmarshal(body, &doc); err != nil {
				t.Fatal(err)
			}
			if at(t, doc, "analysis") != string(name) {
				t.Errorf("written as %v", at(t, doc, "analysis"))
			}
			written := map[string]bool{}
			leaves(doc, written)
			for value, path := range filled {
				spare := slices.Contains(spared(), path)
				if !written[value] && !spare {
					t.Errorf("%s is not written", path)
				}
				if written[value] && spare {
					t.Errorf("%s is written after all", path)
				}
			}
			if name == analysis.GroupLevelName {
				for _, sign := range []string{"singular", "unbounded"} {
					if at(t, doc, "result/reml/"+sign) != true || at(t, doc, "result/ml/"+sign) != true {
						t.Errorf("%s is not written", sign)
					}
				}
			}
		})
	}
}

// TestDocumentReadsBack decodes what is written into the wire type again: no
// key is lost on the way.
func TestDocumentReadsBack(t *testing.T) {
	t.Parallel()
	for name, result := range results() {
		t.Run(string(name), func(t *testing.T) {
			t.Parallel()
			r, _ := full(t, result)
			want := r.Document()
			body, err := analysis.Encode(&r)
			if err != nil {
				t.Fatal(err)
			}
			read := reflect.New(reflect.TypeOf(want.Result))
			got := analysis.ReportDocument{Result: read.Interface()}
			if err := json.Unmarshal(body, &got); err != nil {
				t.Fatal(err)
			}
			got.Result = read.Elem().Interface()
			if !reflect.DeepEqual(got, want) {
				t.Errorf("read back %+v, want %+v", got, want)
			}
		})
	}
}

// TestEveryKeyIsAlwaysThere compares the keys of a report without any number
// with those of a full one.
func TestEveryKeyIsAlwaysThere(t *testing.T) {
	t.Parallel()
	var check func(t *testing.T, typ reflect.Type, doc any, path string)
	check = func(t *testing.T, typ reflect.Type, doc any, path string) {
		t.Helper()
		if typ.Kind() == reflect.Slice && doc == nil {
			t.Errorf("%s is null, want an array", path)
		}
		keys, ok := doc.(map[string]any)
		if typ.Kind() != reflect.Struct || !ok {
			return
		}
		for field := range typ.Fields() {
			key := field.Tag.Get("json")
			below, there := keys[key]
			if !there {
				t.Errorf("%s has no %s", path, key)
			}
			check(t, field.Type, below, path+"/"+key)
		}
	}
	for name, r := range map[string]analysis.Report{
		"nobody has rated that": ask(t, threeGroups(t), analysis.Ask{Measure: byMembers(purposeItem)}),
		"three groups":          ask(t, threeGroups(t), analysis.Ask{Measure: byMembers(cohesionItem)}),
	} {
		body, err := analysis.Encode(&r)
		if err != nil {
			t.Fatal(err)
		}
		var doc any
		if err := json.Unmarshal(body, &doc); err != nil {
			t.Fatal(err)
		}
		check(t, reflect.TypeFor[analysis.ReportDocument](), doc, name)
		check(t, reflect.TypeOf(r.Document().Result), at(t, doc, "result"), name+"/result")
	}
}

// TestWhatToAskInsteadIsWritten finds it among the caveats.
func TestWhatToAskInsteadIsWritten(t *testing.T) {
	t.Parallel()
	r := ask(t, threeGroups(t), analysis.Ask{Measure: byMembers(cohesionItem), As: instrument.Alliance})
	doc := r.Document()
	found := false
	for _, c := range doc.Caveats {
		found = found || (c.Code == "ask_instead" && c.Detail == r.Instead)
	}
	if r.Instead == "" || !found {
		t.Errorf("%q is not among %v", r.Instead, doc.Caveats)
	}
}

// TestReportsToTheByte compares with what was written before; -update writes
// anew what a reader has looked at.
func TestReportsToTheByte(t *testing.T) {
	t.Parallel()
	for name, q := range map[string]analysis.Ask{
		"three_groups": {Measure: byMembers(cohesionItem)},
		"refused":      {Measure: byMembers(cohesionItem), As: instrument.Alliance},
		"no_data":      {Measure: byMembers(purposeItem)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := ask(t, threeGroups(t), q)
			doc := r.Document()
			body, err := json.MarshalIndent(doc, "", "  ")
			if err != nil {
				t.Fatal(err)
			}
			body = append(body, '\n')
			file := filepath.Join("testdata", "report_"+name+".golden.json")
			if *update {
				if err := os.WriteFile(file, body, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if string(body) != string(want) {
				t.Errorf("got\n%s\nwant\n%s", body, want)
			}
		})
	}
}
