package main

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"go/constant"
	"go/token"
	"go/types"
	"math"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"holon/internal/analysis"
	"holon/internal/multilevel"
	"holon/internal/multilevel/course"
	"holon/internal/multilevel/grouplevel"
	"holon/internal/multilevel/montecarlo"
)

// example is a worked example of a page.
type example struct {
	source string      // a plan, or a table
	values [][2]string // key and value as printed
	keys   []string    // that are to be there
	sums   []string    // by hand: name = expression = value
	prose  []string    // numbers with decimals
}

// sourceOf finds the data of an example.
func sourceOf() *regexp.Regexp {
	return regexp.MustCompile(`(docs/examples/[a-z-]+\.(?:json|csv))`)
}

// examplesOf reads the examples of a page: from a line that names a plan or a table to
// the next one, or to the end of the section.
func examplesOf(t *testing.T, file string) []example {
	t.Helper()
	page, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var out []example
	number, source := regexp.MustCompile(`\d+\.\d+`), sourceOf()
	var open, fence bool
	table, block := "", ""
	for line := range strings.Lines(string(page)) {
		line = strings.TrimSpace(line)
		switch named := source.FindString(line); {
		case strings.HasPrefix(line, "## "):
			open = false
		case named != "" && !fence:
			open, out = true, append(out, example{source: named})
		}
		if language, is := strings.CutPrefix(line, "```"); is {
			fence, block = !fence, language
			continue
		}
		if !strings.HasPrefix(line, "|") {
			table = ""
		}
		if !open {
			continue
		}
		e := &out[len(out)-1]
		switch {
		case fence && block == "sums":
			e.sums = append(e.sums, line)
		case fence:
		case table == "" && strings.HasPrefix(line, "|"):
			table = line
		case strings.HasPrefix(line, "| ---"):
		case strings.HasPrefix(line, "|"):
			e.row(table, strings.Split(strings.Trim(line, "| "), " | "))
		default:
			e.prose = append(e.prose, number.FindAllString(line, -1)...)
		}
	}
	return out
}

// row takes one row of a table of keys.
func (e *example) row(table string, cells []string) {
	switch {
	case strings.HasPrefix(table, "| key | value |"):
		e.values = append(e.values, [2]string{strings.Trim(cells[0], "` "), strings.Trim(cells[1], "` ")})
	case strings.HasPrefix(table, "| key |"):
		for key := range strings.SplitSeq(cells[0], ", ") {
			e.keys = append(e.keys, strings.Trim(key, "` "))
		}
	}
}

// lookup returns the value at a path such as tests[component=group].p. The first
// key is one of a report or of its result.
func lookup(v any, path string) (any, bool) {
	step := regexp.MustCompile(`([a-z0-9_]+)((?:\[[^\]]*\])*)\.?`)
	steps := step.FindAllStringSubmatch(path, -1)
	if o, ok := v.(map[string]any); ok {
		if _, is := o[steps[0][1]]; !is {
			v = o["result"]
		}
	}
	for _, s := range steps {
		o, ok := v.(map[string]any)
		if !ok {
			return nil, false
		}
		if v, ok = o[s[1]]; !ok {
			return nil, false
		}
		for _, choice := range strings.FieldsFunc(s[2], func(r rune) bool { return r == '[' || r == ']' }) {
			list, ok := v.([]any)
			if !ok {
				return nil, false
			}
			at := slices.IndexFunc(list, func(element any) bool { return matches(element, choice) })
			if at < 0 {
				return nil, false
			}
			v = list[at]
		}
	}
	return v, true
}

// matches tells whether an element has all of the values of a choice such as
// component=group,method=quasi_f.
func matches(element any, choice string) bool {
	o, ok := element.(map[string]any)
	if !ok {
		return false
	}
	for condition := range strings.SplitSeq(choice, ",") {
		key, want, _ := strings.Cut(condition, "=")
		v, is := o[key]
		if n, number := v.(float64); number {
			is = strconv.FormatFloat(n, 'f', -1, 64) == want
		} else {
			is = is && writtenAs(v, want)
		}
		if !is {
			return false
		}
	}
	return true
}

// writtenAs tells whether text is a JSON value as a page writes it.
func writtenAs(v any, text string) bool {
	switch x := v.(type) {
	case nil:
		return text == "null"
	case bool:
		return text == strconv.FormatBool(x)
	case string:
		return text == x
	case float64:
		return printedAs(x, text)
	default:
		return false
	}
}

// printedAs tells whether text is the value rounded to text's own decimals.
func printedAs(value float64, text string) bool { return near(value, text, 0.5) }

// near tells whether a value lies within so many units of text's last decimal.
func near(value float64, text string, units float64) bool {
	v, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return false
	}
	_, decimals, _ := strings.Cut(text, ".")
	return math.Abs(value-v) <= units*math.Pow(10, -float64(len(decimals)))*(1+1e-9)
}

// checkSum computes a line such as F = 2.5820 / 0.0687 = 37.57, whose numbers
// are themselves rounded, and notes them.
func checkSum(t *testing.T, line string, shown map[string]bool) {
	t.Helper()
	parts := strings.Split(line, " = ")
	number := regexp.MustCompile(`\d+(\.\d+)?`)
	if len(parts) < 3 {
		t.Errorf("no sum: %s", line)
		return
	}
	value := strings.TrimSpace(parts[len(parts)-1])
	// Whole numbers divide as fractions do.
	expression := number.ReplaceAllStringFunc(parts[len(parts)-2], func(n string) string {
		shown[n] = true
		if strings.Contains(n, ".") {
			return n
		}
		return n + ".0"
	})
	shown[value] = true
	got, err := types.Eval(token.NewFileSet(), nil, token.NoPos, expression)
	if err != nil {
		t.Errorf("%s: %v", line, err)
		return
	}
	if x, _ := constant.Float64Val(got.Value); !near(x, value, 1) {
		t.Errorf("%s: it is %.6g", line, x)
	}
}

// courseOfTable returns a report that holds what is told of the people behind a
// table of group, member, session and y.
func courseOfTable(t *testing.T, file string) string {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close() //nolint:errcheck // it was only read
	lines, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var ratings []course.Rating
	for _, line := range lines[1:] {
		number, err := strconv.Atoi(line[2])
		if err != nil {
			t.Fatal(err)
		}
		y, err := strconv.ParseFloat(line[3], 64)
		if err != nil {
			t.Fatal(err)
		}
		ratings = append(ratings, course.Rating{Group: line[0], Member: line[1], Session: number, Value: y})
	}
	out := analysis.Course{
		Turnover: course.TurnoverOf(ratings), Lines: course.WhoCame(ratings), Survivorship: course.SurvivorshipOf(ratings, nil),
		Emergence: course.EmergenceOf(ratings), Influence: influenceOf(t, ratings),
	}
	out.Newcomers, err = course.NewcomersOf(t.Context(), ratings, montecarlo.Plan{Draws: 9999, Seed: multilevel.DefaultSeed})
	if err != nil {
		t.Fatal(err)
	}
	result := &analysis.GroupLevelResult{Around: &analysis.Surroundings{Course: &out}}
	text, err := json.Marshal((&analysis.Report{Result: result}).Document())
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// influenceOf leaves every member out in turn.
func influenceOf(t *testing.T, ratings []course.Rating) []course.Influence {
	t.Helper()
	share := func(ctx context.Context) course.Estimate {
		return func(rest []course.Rating) *float64 {
			rows := make([]multilevel.Row, len(rest))
			for i, r := range rest {
				rows[i] = multilevel.Row{Group: r.Group, Member: r.Member, Session: strconv.Itoa(r.Session), Value: r.Value}
			}
			e, err := grouplevel.Shares(ctx, grouplevel.Table{Rows: rows}, grouplevel.Options{Structure: multilevel.MembersBySessions})
			if err != nil {
				return nil
			}
			return e.Share.Group
		}
	}(t.Context())
	found, err := course.LeaveOneOut(t.Context(), ratings, false, share(ratings), share, nil)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// tableRows returns the cells of the Markdown table whose header begins with a
// text.
func tableRows(t *testing.T, file, header string) [][]string {
	t.Helper()
	page, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	_, rest, found := strings.Cut(string(page), "\n"+header)
	if !found {
		t.Fatalf("%s has no table %q", file, header)
	}
	cell := regexp.MustCompile(`\s*\|\s*`)
	var rows [][]string
	for i, line := range strings.Split(rest, "\n") {
		if i < 2 {
			continue // the header's end and the rule below it
		}
		if !strings.HasPrefix(line, "|") {
			break
		}
		rows = append(rows, cell.Split(strings.Trim(line, "| "), -1))
	}
	return rows
}
