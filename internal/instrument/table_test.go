package instrument_test

import (
	"flag"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"holon/internal/instrument"
)

var update = flag.Bool("update", false, "write the tables of the docs anew")

// page is the docs' page whose tables are made here.
const page = "../../docs/instruments.md"

// TestTheDocsNameEveryInstrument holds the tables of the docs to what comes with
// Holon: every version, what is scored, what is refused and why.
func TestTheDocsNameEveryInstrument(t *testing.T) {
	t.Parallel()
	all := load(t).List()
	old := string(read(t, page))
	written := between(t, between(t, old, "versions", versionsTable(all)), "refused", refusedTable(all))
	if *update && written != old {
		if err := os.WriteFile(page, []byte(written), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff(old, written); diff != "" && !*update {
		t.Errorf("docs/instruments.md is not what comes with Holon; run the test with -update: %s", diff)
	}
}

// TestTheExamplesInTheDocsAreInOrder loads the files that the page shows as one
// practice's directory.
func TestTheExamplesInTheDocsAreInOrder(t *testing.T) {
	t.Parallel()
	site := fstest.MapFS{}
	for _, m := range regexp.MustCompile("(?i)in `([a-z/-]+\\.json)`:\n\n```json\n([^`]+)```").FindAllStringSubmatch(string(read(t, page)), -1) {
		site[m[1]] = &fstest.MapFile{Data: []byte(m[2])}
	}
	if len(site) != 4 {
		t.Fatalf("%d files", len(site))
	}
	r, err := instrument.Load(site)
	if err != nil {
		t.Fatalf("%v: %v", err, places(t, err))
	}
	own, ok := r.Lookup(instrument.Ref{ID: "our-closeness", Version: "1"})
	if !ok {
		t.Fatal("the practice's own instrument is missing")
	}
	if got := shown(own.Score(answers(4, 2)))["closeness"]; got != "8.0000 n=2" { // 4 + (6-2)
		t.Errorf("got %s", got)
	}
	if cutoffs, _ := r.Cutoffs(instrument.Ref{ID: "srs", Version: "3.0"}, "total"); len(cutoffs) != 1 {
		t.Errorf("cut-offs %v", cutoffs)
	}
	if d, _ := r.Lookup(instrument.Ref{ID: "gad-7", Version: "1"}); !d.Items[6].Alerts(3) || d.Items[6].Alerts(2) {
		t.Error("the practice's own trigger does not work")
	}
	if _, ok := r.Wording(own.Ref, "en"); !ok {
		t.Error("the wording is missing")
	}
}

// between puts text between the two marks of a name.
func between(t *testing.T, in, name, text string) string {
	t.Helper()
	begin, end := "<!-- "+name+": made by the test suite -->\n", "<!-- "+name+": end -->"
	before, rest, ok := strings.Cut(in, begin)
	_, after, okToo := strings.Cut(rest, end)
	if !ok || !okToo {
		t.Fatalf("the page has no place for %s", name)
	}
	return before + begin + text + end + after
}

// versionsTable has a line for every version.
func versionsTable(all []*instrument.Definition) string {
	var b strings.Builder
	b.WriteString("| version | instrument | items | answered by | level | scored | keys: verified | to attest | missing | licence |\n")
	b.WriteString("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |\n")
	var verified, attestable, missing int
	for _, d := range all {
		k := d.KeyCounts()
		verified, attestable, missing = verified+k.Verified, attestable+k.Unattested, missing+k.Missing
		var levels []string
		for _, l := range d.Levels() {
			levels = append(levels, words(string(l)))
		}
		var scores []string
		for _, s := range d.Scores {
			if d.KeyOf(s.ID).Status == instrument.KeyVerified {
				scores = append(scores, "`"+s.ID+"`")
			}
		}
		fmt.Fprintf(&b, "| `%s` | %s | %d, %s | %s | %s | %s | %d | %d | %d | %s |\n", d.Ref, d.Title, len(d.Items), ranges(d),
			raters(d), strings.Join(levels, ", "), orNone(strings.Join(scores, " ")), k.Verified, k.Unattested, k.Missing, words(string(d.Licence.Status)))
	}
	fmt.Fprintf(&b, "\n%d versions. Keys of scores: %d verified, %d from memory that a practice may attest, %d missing.\n",
		len(all), verified, attestable, missing)
	return b.String()
}

// ranges writes the answers that items have, each range once.
func ranges(d *instrument.Definition) string {
	var out []string
	seen := map[string]bool{}
	for _, it := range d.Items {
		r := fmt.Sprintf("%g to %g", it.Min, it.Max)
		if it.Step != 1 {
			r += fmt.Sprintf(" by %g", it.Step)
		}
		if !seen[r] {
			seen[r], out = true, append(out, r)
		}
	}
	return strings.Join(out, " and ")
}

// raters writes who answers; all items of what comes with Holon have the same.
func raters(d *instrument.Definition) string {
	var out []string
	for _, r := range d.Items[0].Raters {
		out = append(out, string(r))
	}
	return strings.Join(out, ", ")
}

// refusedTable has a line for every reason why a version makes no number, or not
// yet.
func refusedTable(all []*instrument.Definition) string {
	var b strings.Builder
	b.WriteString("| version | scores | refused | why |\n| --- | --- | --- | --- |\n")
	for _, d := range all {
		var order []string
		scores := map[string][]string{}
		for _, s := range d.Scores {
			if k := d.KeyOf(s.ID); k.Status != instrument.KeyVerified {
				if len(scores[k.About]) == 0 {
					order = append(order, k.About)
				}
				scores[k.About] = append(scores[k.About], "`"+s.ID+"`")
			}
		}
		for _, about := range order {
			fmt.Fprintf(&b, "| `%s` | %s | until the practice attests the key | from memory: %s |\n", d.Ref, strings.Join(scores[about], " "), about)
		}
		if w := d.WithoutKeys; w != nil {
			fmt.Fprintf(&b, "| `%s` | %s | always | %s |\n", d.Ref, strings.ToLower(strings.Join(w.Scores, ", ")), w.Reason)
		}
	}
	return b.String()
}

// words writes a code as words.
func words(code string) string { return strings.ReplaceAll(code, "_", " ") }

// orNone writes a dash for nothing.
func orNone(s string) string {
	if s == "" {
		return "–"
	}
	return s
}
