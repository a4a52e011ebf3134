package grouplevel

import (
	"fmt"
	"testing"

	"holon/internal/multilevel"
)

// longTable has groups of 8 members over 20 sessions; the therapists t and u
// lead the first and the second half.
func longTable(groups int) Table {
	t := Table{Therapists: map[string][]string{}, Shared: true}
	for g := range groups {
		name := fmt.Sprintf("%02d", g)
		t.Therapists[name] = []string{map[bool]string{true: "t", false: "u"}[g < groups/2]}
		for m := range 8 {
			for s := range 20 {
				t.Rows = append(t.Rows, multilevel.Row{Group: name, Member: fmt.Sprint(m), Session: fmt.Sprint(s), Value: float64((7*g + 3*m + s*s) % 11)})
			}
		}
	}
	return t
}

func TestDrawsOfLargeTablesWithTherapistsAreBounded(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		groups, asked, want int
		detail              Detail
		alone               bool
	}{
		"small":           {groups: 4, want: 999},
		"large":           {groups: 20, want: 299},
		"very large":      {groups: 60, want: 99},
		"large in full":   {groups: 20, want: 3399, detail: Full},
		"as many as said": {groups: 20, asked: 999, want: 999},
		"no therapists":   {groups: 60, want: 999, alone: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			table := longTable(c.groups)
			if c.alone {
				table.Therapists = nil
			}
			o := Options{Detail: c.detail, Options: multilevel.Options{Draws: c.asked}}
			w := work{t: table, asked: o.Options, o: o.withDefaults(), x: indexOf(table.Rows)}
			w.c = choose(w.x, table, w.o)
			if d := w.draws(); d.each != c.want {
				t.Errorf("%d draws, want %d; work %g", d.each, c.want, workOfDraw(w.x, table))
			}
			if fewer := c.want < w.o.Draws; w.r.Caveats.Has("draws_bounded") != fewer {
				t.Errorf("said: %t", !fewer)
			}
		})
	}
}

// TestLinkedGroupsAreOneSet: groups that share a therapist, and those that share
// another with one of them, are factored together.
func TestLinkedGroupsAreOneSet(t *testing.T) {
	t.Parallel()
	table := Table{Therapists: map[string][]string{"a": {"t"}, "b": {"t", "u"}, "c": {"u"}, "d": {"v"}}}
	for _, g := range []string{"a", "b", "c", "d", "e"} {
		table.Rows = append(table.Rows, multilevel.Row{Group: g, Member: "1", Session: "1"}, multilevel.Row{Group: g, Member: "2", Session: "1", Value: 1})
	}
	// A group, its therapists, two members and a session; d and e stand alone.
	const linked, alone = 5 + 6 + 5, 5
	if got, want := workOfDraw(indexOf(table.Rows), table), 10*1000.0+linked*linked*linked+2*alone*alone*alone; got != want {
		t.Errorf("work %g, want %g", got, want)
	}
}
