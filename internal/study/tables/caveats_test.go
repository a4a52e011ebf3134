package tables

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// elsewhere lists files, by how their names begin, of analyses that no study asks for,
// or that are asked of uploaded tables alone.
func elsewhere() []string {
	return []string{
		"alarms", "alliance", "bonds", "consensus", "duplicates", "early", "families", "familyroles", "goals", "leveltable", "levelreliability", "plan_agreement", "plan_grouplevel",
		"plan_lagged", "plan_model", "plan_onewithmany", "plan_surface", "raters", "shown", "slipping", "alpha", "reliability",
	}
}

// ofOthers tells whether a file is of these.
func ofOthers(name string) bool {
	return slices.ContainsFunc(elsewhere(), func(x string) bool { return strings.HasPrefix(filepath.Base(name), x) })
}

// othersOf lists caveats of analyses that no study asks for, in files that they share
// with others.
func othersOf() []string {
	return []string{"alpha_not_omega", "levels_share_variances", "limits_by_chance", "neighbours_alike", "few_values", "names_in_several_groups"}
}

// TestEveryCaveatHasWords reads from the code which caveats the analyses of a
// study may give. Where the code says one in a sentence that never changes, that is the
// one in the codebook; where it says it with numbers, or in several ways, the codebook
// has a sentence of its own.
func TestEveryCaveatHasWords(t *testing.T) {
	t.Parallel()
	known := newDictionary()
	fixed, open := map[string][]string{}, map[string]bool{}
	for _, dir := range []string{
		"analysis", "multilevel", "multilevel/grouplevel", "multilevel/agreement", "multilevel/onewithmany", "multilevel/roundrobin", "multilevel/lagged", "multilevel/decomposition",
	} {
		files, err := filepath.Glob(filepath.Join("..", "..", dir, "*.go"))
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: no files: %v", dir, err)
		}
		for _, name := range files {
			if strings.HasSuffix(name, "_test.go") || ofOthers(name) {
				continue
			}
			file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
			if err != nil {
				t.Fatal(err)
			}
			ast.Inspect(file, func(n ast.Node) bool {
				if code, said, is := caveatAdded(n); is && !slices.Contains(othersOf(), code) {
					if said == "" {
						open[code] = true
					} else if !slices.Contains(fixed[code], said) {
						fixed[code] = append(fixed[code], said)
					}
				}
				return true
			})
		}
	}
	if len(fixed) < 40 || len(open) < 40 {
		t.Errorf("%d caveats of one sentence and %d of others: the search is broken", len(fixed), len(open))
	}
	for code, said := range fixed {
		if len(said) == 1 && !open[code] && known[kindCaveat+" "+code] != said[0] {
			t.Errorf("words.tsv says of the caveat %s %q, and the analysis %q", code, known[kindCaveat+" "+code], said[0])
		}
	}
	for code := range open {
		fixed[code] = nil
	}
	for _, code := range []string{ // put together, or of the study itself
		"mean_over_therapists", "therapist_not_separable", "group_not_separable", "member_not_separable", "session_not_separable",
		"before_the_planned_end", "selection_not_planned", "another_model_than_planned", "standard_errors_taken_for_known",
	} {
		fixed[code] = nil
	}
	for code := range fixed {
		if _, ok := known.caveat(code); !ok {
			t.Errorf("caveat %s has no words", code)
		}
	}
}

// caveatAdded returns the code of a caveat that a call adds, and its sentence where that
// is the same every time.
func caveatAdded(n ast.Node) (code, said string, is bool) {
	call, ok := n.(*ast.CallExpr)
	if !ok || len(call.Args) != 2 {
		return "", "", false
	}
	add, ok := call.Fun.(*ast.SelectorExpr)
	if !ok || add.Sel.Name != "Add" {
		return "", "", false
	}
	to := ""
	switch x := add.X.(type) {
	case *ast.Ident:
		to = x.Name
	case *ast.SelectorExpr:
		to = x.Sel.Name
	}
	if strings.EqualFold(to, "excluded") || to == "left" || to == "faults" {
		return "", "", false
	}
	code, is = written(call.Args[0])
	if s, whole := written(call.Args[1]); whole {
		said = s
	}
	return code, said, is
}

// written returns a text that is written out, in one piece or several.
func written(x ast.Expr) (string, bool) {
	switch x := x.(type) {
	case *ast.BasicLit:
		s, err := strconv.Unquote(x.Value)
		return s, err == nil && x.Kind == token.STRING
	case *ast.BinaryExpr:
		a, whole := written(x.X)
		b, too := written(x.Y)
		return a + b, whole && too && x.Op == token.ADD
	}
	return "", false
}
