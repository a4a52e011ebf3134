package importing_test

import (
	"maps"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"holon/internal/importing"
)

// example reads one of the files that the page about importing shows.
func example(tb testing.TB, name string) string {
	tb.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", "examples", name))
	must(tb, err)
	return string(text)
}

func TestTheExamplesOfThePageAreTakenIn(t *testing.T) {
	t.Parallel()
	c := open(t)
	mapping, err := importing.ParseMapping([]byte(example(t, "import-redcap.json")))
	must(t, err)
	for _, step := range []struct {
		file    string
		options importing.Options
		want    importing.Counts
	}{
		{"import-roster.csv", importing.Options{Kind: importing.Roster}, importing.Counts{Groups: 2, Members: 5, Therapists: 2, Spells: 5, TherapistSpells: 3}},
		{"import-long.csv", importing.Options{Kind: importing.Long}, importing.Counts{Sessions: 3, Attendance: 3, Forms: 8, TotalsOnly: 1}},
		{"import-redcap.csv", importing.Options{Kind: importing.REDCap, Mapping: mapping}, importing.Counts{Sessions: 2, Attendance: 3, Forms: 4}},
	} {
		text := example(t, step.file)
		try := step.options
		try.DryRun = true
		if dry := c.take(t, text, try); !cmp.Equal(dry.New, step.want) || dry.State != importing.Tried {
			t.Errorf("%s, dry: %s %s", step.file, dry.State, cmp.Diff(step.want, dry.New))
		}
		if r := c.take(t, text, step.options); !cmp.Equal(r.New, step.want) {
			t.Errorf("%s: %s", step.file, cmp.Diff(step.want, r.New))
		}
		before := c.documents(t)
		again := c.take(t, text, step.options)
		if again.New != (importing.Counts{}) || again.Already.Forms != step.want.Forms || again.Already.Spells != step.want.Spells || again.Already.Members != step.want.Members {
			t.Errorf("%s, again: %+v %+v", step.file, again.New, again.Already)
		}
		if !maps.Equal(before, c.documents(t)) {
			t.Errorf("%s: the second run changed documents", step.file)
		}
	}
}
