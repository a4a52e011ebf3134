package main

import (
	"encoding/json"
	"math"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// TestTheFamilyFromEntryToReportWorksAsPrinted pastes the commands of docs/a-family.md after
// the README's first ones, and finds what its tables say.
func TestTheFamilyFromEntryToReportWorksAsPrinted(t *testing.T) {
	t.Parallel()
	for _, tool := range []string{"sh", "curl", "sed", "tr"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("the family's walk skipped: this machine has no %s", tool)
		}
	}
	page, err := os.ReadFile("../../docs/a-family.md")
	if err != nil {
		t.Fatal(err)
	}
	begin, _, _ := strings.Cut(walk(t), "therapist=")
	lines := pasted(t, "sh", begin+shellOf(t, string(page)))
	if len(lines) != 4 {
		t.Fatalf("%d lines, want four reports:\n%s", len(lines), strings.Join(lines, "\n"))
	}
	for i, want := range []string{"family_alliance", "splits", "goals", "family_alliance"} {
		var report struct {
			Analysis string `json:"analysis"`
		}
		if err := json.Unmarshal([]byte(lines[i]), &report); err != nil || report.Analysis != want {
			t.Errorf("line %d is of %q, want %s: %v", i+1, report.Analysis, want, err)
		}
	}
	familyLines(t, lines[0])
	familySplits(t, lines[1])
	familyGoals(t, lines[2])
	if strings.Contains(strings.Join(lines, ""), "go to bed") {
		t.Error("the words of a goal are in a report")
	}
	if !strings.Contains(lines[3], `"withheld"`) || strings.Contains(lines[3], `"of":3,"value":4`) {
		t.Errorf("shown to the mother: %s", lines[3])
	}
}

// familyLines finds the lines of the first table.
func familyLines(t *testing.T, line string) {
	t.Helper()
	var r struct {
		Result struct {
			Families []struct {
				Sessions []struct {
					Lines []struct {
						N, Of  int
						Value  *float64
						Reason *string
					}
				}
			}
		}
	}
	decode(t, line, &r)
	for week, want := range map[int]float64{1: 4.67, 4: math.NaN(), 5: 6, 7: 4.67} {
		l := r.Result.Families[0].Sessions[week-1].Lines[0]
		if math.IsNaN(want) != (l.Value == nil) || (l.Value != nil && math.Abs(*l.Value-want) > .005) || (l.Value == nil && (l.N != 2 || l.Of != 3)) {
			t.Errorf("week %d: %+v, want %v", week, l, want)
		}
	}
}

// familySplits finds the splits of the second table.
func familySplits(t *testing.T, line string) {
	t.Helper()
	var r struct {
		Result struct {
			Families []struct {
				Splits []struct {
					Rule, Grade  *string
					Before, Seen float64
					Difference   float64
				}
			}
		}
	}
	decode(t, line, &r)
	found := r.Result.Families[0].Splits
	if len(found) != 2 {
		t.Fatalf("%+v", found)
	}
	if found[0].Before < found[1].Before { // pairs come by identifiers, which are drawn
		found[0], found[1] = found[1], found[0]
	}
	for i, want := range []struct{ before, difference, seen float64 }{{1.6, 7, 6}, {1, 7, 6}} {
		if x := found[i]; x.Rule == nil || x.Grade != nil || math.Abs(x.Before-want.before) > .005 || x.Difference != want.difference || x.Seen != want.seen {
			t.Errorf("%+v, want %+v", x, want)
		}
	}
}

// familyGoals finds the numbers of the third table.
func familyGoals(t *testing.T, line string) {
	t.Helper()
	var r struct {
		Result struct {
			Goals []struct {
				Code   string
				Points []struct {
					Consensus *struct {
						Endorsed *int
						Of       int
					}
					Gap       *struct{ Difference *float64 }
					Contained *struct{ Mean *float64 }
				}
			}
		}
	}
	decode(t, line, &r)
	for _, g := range r.Result.Goals {
		if g.Code != "G-TALK" {
			continue
		}
		for week, want := range map[int]struct {
			endorsed  int
			gap, mean float64
		}{1: {2, 2, 2.33}, 5: {3, 0, 4.33}, 7: {2, 4, 4}} {
			p := g.Points[week-1]
			if p.Consensus.Endorsed == nil || *p.Consensus.Endorsed != want.endorsed || p.Consensus.Of != 3 || *p.Gap.Difference != want.gap || math.Abs(*p.Contained.Mean-want.mean) > .005 {
				t.Errorf("week %d: %+v %+v %+v, want %+v", week, p.Consensus, p.Gap, p.Contained, want)
			}
		}
		if p := g.Points[3]; p.Consensus.Endorsed != nil || p.Contained.Mean != nil {
			t.Errorf("week 4: %+v %+v", p.Consensus, p.Contained)
		}
		return
	}
	t.Error("no shared goal")
}

// decode reads a report.
func decode(t *testing.T, line string, into any) {
	t.Helper()
	if err := json.Unmarshal([]byte(line), into); err != nil {
		t.Fatal(err)
	}
}
