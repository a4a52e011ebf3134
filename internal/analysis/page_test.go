package analysis_test

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"strconv"
	"strings"
	"testing"

	"holon/internal/analysis"
)

// pageRows reads the cells of the table in a page of the docs that begins with this
// header.
func pageRows(t *testing.T, page, header string) [][]string {
	t.Helper()
	text, err := os.ReadFile("../../docs/" + page)
	if err != nil {
		t.Fatal(err)
	}
	_, rest, ok := strings.Cut(string(text), header+"\n")
	if !ok {
		t.Fatalf("%s has no table %s", page, header)
	}
	var out [][]string
	for _, line := range strings.Split(rest, "\n")[1:] { // without the rule below the header
		if !strings.HasPrefix(line, "|") {
			break
		}
		var cells []string
		for cell := range strings.SplitSeq(strings.TrimSuffix(strings.TrimPrefix(line, "|"), "|"), "|") {
			cells = append(cells, strings.Trim(cell, " `"))
		}
		out = append(out, cells)
	}
	return out
}

// samePage compares a page's table of places in the result with a report, and wants
// at least so many of them.
func samePage(t *testing.T, page string, report *analysis.Report, least int) {
	t.Helper()
	body, err := analysis.Encode(report)
	if err != nil {
		t.Fatal(err)
	}
	var doc map[string]any
	if err := json.Unmarshal(body, &doc); err != nil {
		t.Fatal(err)
	}
	shown := pageRows(t, page, "| place in the result | value |")
	if len(shown) < least {
		t.Fatalf("%d values", len(shown))
	}
	for _, row := range shown {
		if v, ok := find(doc["result"], row[0]); !ok || !asPrinted(v, row[1]) {
			t.Errorf("%s: the page says %s, the report %v", row[0], row[1], v)
		}
	}
}

// asPrinted tells whether a value is the one that a page prints, numbers to the
// digits that it has.
func asPrinted(v any, printed string) bool {
	x, ok := v.(float64)
	if !ok {
		return fmt.Sprint(v) == printed
	}
	want, err := strconv.ParseFloat(printed, 64)
	_, decimals, _ := strings.Cut(printed, ".")
	return err == nil && math.Abs(x-want) <= 0.5000001*math.Pow(10, -float64(len(decimals)))
}
