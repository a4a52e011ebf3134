// Package archtest checks promises about the code as a whole: which package
// may import which.
package archtest_test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// mayImport is the import table: for every package of ours, those of ours it
// may import. A pattern ending in /... stands for the package and all below.
// Tests are free to import what they exercise.
var mayImport = map[string][]string{
	"api":                       {},
	"cmd/api":                   {"..."},
	"cmd/api/internal/...":      {"..."},
	"internal/fault":            {},
	"internal/caveat":           {},
	"internal/parallel":         {},
	"internal/strictjson":       {"internal/fault"},
	"internal/instrument":       {"internal/strictjson", "internal/fault"},
	"internal/session":          {"internal/instrument", "internal/fault"},
	"internal/multilevel":       {"internal/multilevel/fdist", "internal/multilevel/rootfind", "internal/multilevel/montecarlo", "internal/multilevel/totals", "internal/caveat"},
	"internal/finding":          {"internal/session", "internal/instrument", "internal/fault"},
	"internal/redaction":        {"internal/session", "internal/fault"},
	"internal/objective":        {"internal/session", "internal/instrument", "internal/finding", "internal/strictjson", "internal/fault"},
	"internal/dyad":             {"internal/session", "internal/instrument", "internal/multilevel/...", "internal/caveat", "internal/fault"},
	"internal/cohesion":         {"internal/session", "internal/instrument", "internal/multilevel/...", "internal/caveat", "internal/fault"},
	"internal/system":           {"internal/session", "internal/instrument", "internal/multilevel/...", "internal/caveat", "internal/fault"},
	"internal/outcome":          {"internal/session", "internal/instrument", "internal/multilevel/...", "internal/caveat", "internal/fault"},
	"internal/goal":             {"internal/session", "internal/instrument", "internal/multilevel/...", "internal/caveat", "internal/fault"},
	"internal/slipping":         {"internal/dyad", "internal/outcome", "internal/finding", "internal/session", "internal/instrument", "internal/multilevel/...", "internal/caveat", "internal/fault"},
	"internal/analysis":         {"internal/slipping", "internal/goal", "internal/finding", "internal/dyad", "internal/cohesion", "internal/system", "internal/outcome", "internal/session", "internal/instrument", "internal/multilevel/...", "internal/strictjson", "internal/caveat", "internal/parallel", "internal/fault"},
	"internal/study":            {"internal/session", "internal/instrument", "internal/multilevel", "internal/fault"},
	"internal/study/aggregate":  {"internal/study", "internal/analysis", "internal/dyad", "internal/system", "internal/cohesion", "internal/outcome", "internal/session", "internal/instrument", "internal/multilevel/...", "internal/caveat", "internal/fault"},
	"internal/study/tables":     {"internal/study", "internal/study/aggregate", "internal/session", "internal/instrument", "internal/strictjson", "internal/fault"},
	"internal/study/studytest":  {"internal/study", "internal/study/tables", "internal/session", "internal/instrument"},
	"internal/access":           {"internal/session", "internal/fault"},
	"internal/practice":         {"internal/study", "internal/objective", "internal/redaction", "internal/finding", "internal/session", "internal/instrument", "internal/access", "internal/parallel", "internal/fault"},
	"internal/importing":        {"internal/practice", "internal/session", "internal/instrument", "internal/strictjson", "internal/fault"},
	"internal/pool":             {"internal/analysis", "internal/session", "internal/instrument", "internal/multilevel/...", "internal/strictjson", "internal/caveat", "internal/fault"},
	"internal/reporting":        {"internal/analysis", "internal/session", "internal/parallel", "internal/fault"},
	"internal/store":            {"internal/study", "internal/objective", "internal/redaction", "internal/finding", "internal/session", "internal/instrument", "internal/access", "internal/analysis", "internal/fault"},
	"internal/store/...":        {"internal/store/...", "internal/study", "internal/objective", "internal/redaction", "internal/finding", "internal/session", "internal/instrument", "internal/access", "internal/analysis", "internal/fault"},
	"internal/httpapi":          {"api", "internal/study/...", "internal/practice", "internal/objective", "internal/redaction", "internal/finding", "internal/analysis", "internal/reporting", "internal/access", "internal/session", "internal/instrument", "internal/strictjson", "internal/parallel", "internal/fault", "internal/caveat"},
	"internal/archive":          {"internal/store", "internal/fault"},
	"internal/archtest":         {},
	"internal/multilevel/...":   {"internal/parallel", "internal/caveat", "internal/multilevel/..."},
	"internal/store/enginetest": {"internal/store", "internal/fault"},
}

// drivers says which rooms alone may import an outside package.
var drivers = map[string][]string{
	"go.mongodb.org/mongo-driver": {"internal/store/..."},
	"modernc.org/sqlite":          {"internal/store/sqlitestore"},
	"github.com/labstack/echo":    {"internal/httpapi"},
	"github.com/alecthomas/kong":  {"cmd/api"},
	"gonum.org/v1/gonum":          {"internal/multilevel/..."},
	"filippo.io/age":              {"internal/archive"},
}

func TestImportsFollowTheTable(t *testing.T) {
	t.Parallel()
	imports := importsOf(t)
	if len(imports) < 10 {
		t.Fatalf("found only %d packages: the walk is broken", len(imports))
	}
	for pkg, files := range imports {
		allowed, ok := rule(pkg)
		if !ok {
			t.Errorf("%s: not in the import table; say there what it may import", pkg)
			continue
		}
		for file, list := range files {
			for _, imp := range list {
				if ours, is := strings.CutPrefix(imp, "holon/"); is && !matchesAny(ours, allowed) {
					t.Errorf("%s: %s may not import %s", file, pkg, ours)
				}
				for driver, rooms := range drivers {
					if strings.HasPrefix(imp, driver) && !matchesAny(pkg, rooms) {
						t.Errorf("%s: only %v may import %s", file, rooms, driver)
					}
				}
			}
		}
	}
}

func TestLevelsNeverImportEachOther(t *testing.T) {
	t.Parallel()
	levels := []string{"internal/dyad", "internal/cohesion", "internal/system", "internal/outcome"}
	for _, from := range levels {
		allowed, ok := rule(from)
		if !ok {
			t.Fatalf("%s is not in the table", from)
		}
		for _, to := range levels {
			if from != to && matchesAny(to, allowed) {
				t.Errorf("the table lets %s import %s", from, to)
			}
		}
	}
}

// rule returns what a package may import: its own line, or the longest
// pattern's.
func rule(pkg string) ([]string, bool) {
	if allowed, ok := mayImport[pkg]; ok {
		return allowed, true
	}
	best := ""
	for pattern := range mayImport {
		if strings.HasSuffix(pattern, "/...") && matches(pkg, pattern) && len(pattern) > len(best) {
			best = pattern
		}
	}
	return mayImport[best], best != ""
}

// matchesAny tells whether a package fits one of the patterns.
func matchesAny(pkg string, patterns []string) bool {
	return slices.ContainsFunc(patterns, func(p string) bool { return matches(pkg, p) })
}

// matches tells whether a package fits a pattern.
func matches(pkg, pattern string) bool {
	if base, ok := strings.CutSuffix(pattern, "..."); ok {
		base = strings.TrimSuffix(base, "/")
		return base == "" || pkg == base || strings.HasPrefix(pkg, base+"/")
	}
	return pkg == pattern
}

// importsOf reads the imports of every file that is not a test, by package and
// file.
func importsOf(t *testing.T) map[string]map[string][]string {
	t.Helper()
	root := filepath.Join("..", "..")
	out := map[string]map[string][]string{}
	err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if _, err := os.Stat(filepath.Join(name, "go.mod")); err == nil && name != root {
				return filepath.SkipDir // a module of its own
			}
			if base := d.Name(); base == "testdata" || (strings.HasPrefix(base, ".") && name != root) {
				return filepath.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, name)
		if err != nil {
			return err
		}
		rel = filepath.ToSlash(rel)
		pkg := path.Dir(rel)
		if out[pkg] == nil {
			out[pkg] = map[string][]string{}
		}
		out[pkg][rel] = []string{}
		for _, spec := range file.Imports {
			imp, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return err
			}
			out[pkg][rel] = append(out[pkg][rel], imp)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}
