package tables_test

import (
	"context"
	"fmt"
	"io"
	"iter"
	"runtime"
	"slices"
	"testing"

	"holon/internal/session"
	"holon/internal/study"
	"holon/internal/study/studytest"
	"holon/internal/study/tables"
)

// many yields a drawn group again and again, each time as another group with
// documents of its own, and looks at the heap when the last one comes.
type many struct {
	of   tables.Frozen
	n    int
	heap uint64
}

// Frozen yields the groups.
func (m *many) Frozen(context.Context) iter.Seq2[tables.Frozen, error] {
	return func(yield func(tables.Frozen, error) bool) {
		for i := range m.n {
			if i == m.n-1 {
				runtime.GC()
				var now runtime.MemStats
				runtime.ReadMemStats(&now)
				m.heap = now.HeapAlloc
			}
			if !yield(m.another(i), nil) {
				return
			}
		}
	}
}

// another copies the group.
func (m *many) another(i int) tables.Frozen {
	g := *m.of.Group
	g.ID = session.GroupID(fmt.Sprintf("g-%016d", i))
	g.Spells = slices.Clone(g.Spells)
	out := tables.Frozen{Group: &g}
	for _, s := range m.of.Sessions {
		c := *s
		c.GroupID, c.Roster = g.ID, slices.Clone(s.Roster)
		c.Cohesion = slices.Clone(s.Cohesion)
		for k := range c.Cohesion {
			c.Cohesion[k].Answers = slices.Clone(c.Cohesion[k].Answers)
		}
		c.Alliances, c.Outcomes = slices.Clone(s.Alliances), slices.Clone(s.Outcomes)
		out.Sessions = append(out.Sessions, &c)
	}
	return out
}

// packing writes a package of n groups of 8 members over 20 sessions and returns the
// heap in use when the last group came.
func packing(b *testing.B, f *studytest.Frozen, n int) uint64 {
	b.Helper()
	m := &many{n: n}
	for x, err := range f.Frozen(b.Context()) {
		if err != nil {
			b.Fatal(err)
		}
		m.of = x
	}
	in := input(f)
	in.Groups, in.Snapshot = m, new(*f.Snapshot)
	in.Snapshot.Groups = nil
	for i := range n {
		in.Snapshot.Groups = append(in.Snapshot.Groups, study.FrozenGroup{ID: session.GroupID(fmt.Sprintf("g-%016d", i)), Kind: session.KindGroup, Format: session.Open, Members: 8, Sessions: 20})
	}
	in.Snapshot.SHA256 = contentOf(b, m)
	if _, err := tables.Package(b.Context(), io.Discard, in, b.TempDir()); err != nil {
		b.Fatal(err)
	}
	runtime.KeepAlive(in) // the list of groups is the caller's, and counts
	return m.heap
}

// BenchmarkMemoryOfAPackage compares the heap in use at the end of 100 and of 1,000
// groups: what a group leaves behind is at most 1 KB, its line in the snapshot's own
// list included.
func BenchmarkMemoryOfAPackage(b *testing.B) {
	f := frozen(b, studytest.Design{Groups: 1, Members: 8, Sessions: 20, Group: .3, Residual: .7, Seed: 1}, everybody)
	for b.Loop() {
		few, all := packing(b, f, 100), packing(b, f, 1000)
		each := (float64(all) - float64(few)) / 900
		b.ReportMetric(each, "B/group")
		b.ReportMetric(float64(all)/float64(few), "heap-1000/heap-100")
		if each > 1024 {
			b.Errorf("every group leaves %.0f bytes behind", each)
		}
	}
}
