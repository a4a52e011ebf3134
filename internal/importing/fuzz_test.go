package importing_test

import (
	"maps"
	"strings"
	"testing"

	"holon/internal/importing"
)

// FuzzImport takes in whatever is in a file. Nothing panics, a file with faults
// changes nothing, a fault stands in a line of the file, and what is stored is
// there when the same file comes again.
func FuzzImport(f *testing.F) {
	for _, p := range plantedRows() {
		f.Add(plantedHeader+"\n"+p.row+"\n", uint8(0))
	}
	f.Add("\xef\xbb\xbf"+strings.ReplaceAll(long("THU,1,2026-02-05,member,A1,,,holon-cohesion-1,1,post,1,7,,,,,"), ",", ";"), uint8(0))
	f.Add(example(f, "import-roster.csv"), uint8(1))
	f.Add(example(f, "import-long.csv"), uint8(2))
	f.Add(example(f, "import-redcap.csv"), uint8(3))
	mapping, err := importing.ParseMapping([]byte(example(f, "import-redcap.json")))
	must(f, err)
	c := open(f)
	c.people(f, 3)
	f.Fuzz(func(t *testing.T, text string, how uint8) {
		o := importing.Options{Kind: []importing.Kind{importing.Long, importing.Roster, importing.Long, importing.REDCap}[how%4], Partial: how&4 > 0, Mapping: nil}
		if o.Kind == importing.REDCap {
			o.Mapping = mapping
		}
		before := c.documents(t)
		r, err := c.run(t, text, o)
		switch {
		case err != nil || r.State == importing.Refused:
			if !maps.Equal(before, c.documents(t)) {
				t.Fatal("a refused file changed something")
			}
			if r != nil {
				lines := strings.Count(text, "\n") + strings.Count(text, "\r") + 2
				for _, x := range r.Faults {
					if x.Line < 0 || x.Line > lines || x.Detail == "" || x.Rule == "" {
						t.Fatalf("%+v of %d lines", x, lines)
					}
				}
			}
		default:
			again, err := c.run(t, text, o)
			must(t, err)
			if again.New != (importing.Counts{}) {
				t.Fatalf("the second time: %+v", again.New)
			}
		}
	})
}
