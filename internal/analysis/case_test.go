package analysis_test

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"gonum.org/v1/gonum/floats/scalar"

	"holon/internal/analysis"
)

// tolerance is how near a number must come.
type tolerance struct{ rel, abs float64 }

// closed is the tolerance of closed forms, as the cases' README has it.
func closed() tolerance { return tolerance{1e-9, 1e-12} }

// likely is the tolerance of likelihood estimates.
func likely() tolerance { return tolerance{1e-6, 1e-6} }

// rule says where in a report the expected values of a pattern stand, or why
// they stand nowhere.
type rule struct {
	expected *regexp.Regexp
	at       string
	within   tolerance
	why      string
}

// to maps a pattern of paths in the expected values to a path in the document,
// in which $1 and so on stand for the pattern's parts. A step [key=value,…]
// chooses the element of a list; two paths joined by + are two words.
func to(expected, at string, within tolerance) rule {
	return rule{expected: regexp.MustCompile("^" + expected + "$"), at: at, within: within}
}

// not says why the values of a pattern are not in the report.
func not(expected, why string) rule {
	return rule{expected: regexp.MustCompile("^" + expected + "$"), why: why}
}

// leafPaths lists the paths of all values below v; a list of length one may
// stand as a bare value.
func leafPaths(v any, path string, into map[string]any) {
	join := func(step string) string { return strings.TrimPrefix(path+"/"+step, "/") }
	switch x := v.(type) {
	case map[string]any:
		for key, y := range x {
			leafPaths(y, join(key), into)
		}
	case []any:
		for i, y := range x {
			leafPaths(y, join(strconv.Itoa(i)), into)
		}
	default:
		into[path] = v
	}
}

// find returns the value at a path of a document, nil and false where there is
// none.
func find(doc any, path string) (any, bool) {
	for step := range strings.SplitSeq(path, "/") {
		switch here := doc.(type) {
		case map[string]any:
			next, ok := here[step]
			if !ok {
				return nil, false
			}
			doc = next
		case []any:
			i := slices.IndexFunc(here, func(x any) bool { return chosen(x, step) })
			if n, err := strconv.Atoi(step); err == nil {
				i = n
			}
			if i < 0 || i >= len(here) {
				return nil, false
			}
			doc = here[i]
		default:
			return nil, false
		}
	}
	return doc, true
}

// chosen tells whether an element of a list is that of a step [key=value,…].
func chosen(x any, step string) bool {
	fields, ok := x.(map[string]any)
	if !ok || !strings.HasPrefix(step, "[") {
		return false
	}
	for pair := range strings.SplitSeq(strings.Trim(step, "[]"), ",") {
		key, value, _ := strings.Cut(pair, "=")
		if fmt.Sprint(fields[key]) != value {
			return false
		}
	}
	return true
}

// checkExpected finds every expected value in the document by the first rule
// that fits. A value without a rule is an error, and so is a rule for nothing.
func checkExpected(t *testing.T, doc, expected any, rules []rule) {
	t.Helper()
	paths := map[string]any{}
	leafPaths(expected, "", paths)
	if len(paths) == 0 {
		t.Fatal("the case expects nothing")
	}
	compared := 0
	for _, path := range slices.Sorted(maps.Keys(paths)) {
		i := slices.IndexFunc(rules, func(r rule) bool { return r.expected.MatchString(path) })
		if i < 0 {
			t.Errorf("%s has no place in the report", path)
			continue
		}
		if r := rules[i]; r.why == "" {
			compared++
			checkOne(t, doc, paths[path], path, r.expected.ReplaceAllString(path, r.at), r.within)
		}
	}
	if compared == 0 {
		t.Error("nothing was compared")
	}
}

// checkOne compares one expected value.
func checkOne(t *testing.T, doc, want any, path, place string, within tolerance) {
	t.Helper()
	var words []string
	var got any
	for part := range strings.SplitSeq(place, "+") {
		v, ok := find(doc, part)
		if !ok {
			t.Errorf("%s: no %s in the report", path, part)
			return
		}
		got = v
		words = append(words, fmt.Sprint(v))
	}
	if len(words) > 1 {
		got = strings.Join(words, " ")
	}
	e, number := want.(float64)
	g, ok := got.(float64)
	switch {
	case !number:
		if got != want {
			t.Errorf("%s: %s = %v, want %v", path, place, got, want)
		}
	case !ok || !scalar.EqualWithinAbsOrRel(g, e, within.abs, within.rel):
		t.Errorf("%s: %s = %v, want %.15g", path, place, got, e)
	}
}

// directoryOf finds a case: in this repository or, for data that a licence
// keeps out of it, above this directory.
func directoryOf(t *testing.T, id string) fs.FS {
	t.Helper()
	for _, pattern := range []string{"../multilevel/testdata/reference", "../multilevel/*/testdata/reference"} {
		dirs, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, dir := range dirs {
			_, noPlan := os.Stat(filepath.Join(dir, id+".json"))
			_, noTable := os.Stat(filepath.Join(dir, id+".csv"))
			if noPlan == nil && noTable == nil {
				return os.DirFS(dir)
			}
		}
	}
	return sharedReference(t, id)
}

// runCase runs a case as a plan and returns what is written, and what is
// expected.
func runCase(t *testing.T, id string, edit func(*analysis.Plan)) (docs []any, expected any) {
	t.Helper()
	dir := directoryOf(t, id)
	raw, err := fs.ReadFile(dir, id+".json")
	if err != nil {
		t.Fatal(err)
	}
	plan, err := analysis.ParsePlan(raw)
	if err != nil {
		t.Fatal(err)
	}
	if edit != nil {
		edit(&plan)
	}
	reports, err := analysis.RunPlan(t.Context(), dir, plan)
	if err != nil {
		t.Fatal(err)
	}
	for i := range reports {
		if len(analysis.Sentences(&reports[i])) < 2 {
			t.Error("a report without sentences")
		}
	}
	body, err := analysis.EncodeAll(reports)
	if err != nil {
		t.Fatal(err)
	}
	var written struct {
		Reports []any `json:"reports"`
	}
	if err := json.Unmarshal(body, &written); err != nil {
		t.Fatal(err)
	}
	var file struct {
		Expected any `json:"expected"`
	}
	if err := json.Unmarshal(raw, &file); err != nil {
		t.Fatal(err)
	}
	return written.Reports, file.Expected
}
