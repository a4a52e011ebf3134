package study

import (
	"fmt"
	"math"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"holon/internal/instrument"
	"holon/internal/session"
)

// seated counts groups of four by their seats, of whom every tenth is in the group before
// as well, and calls after behind each group.
func seated(t *testing.T, groups int, after func(c *Counting, g int)) *Counting {
	t.Helper()
	c := NewCounting(nil, func(instrument.Ref) (*instrument.Definition, bool) { return nil, false })
	for g := range groups {
		kind := session.KindGroup
		if g%3 == 2 {
			kind = session.KindFamily
		}
		group := &session.Group{ID: session.GroupID(fmt.Sprint("g-", g)), Kind: kind}
		s := &session.Session{ID: session.SessionID(fmt.Sprint("s-", g)), GroupID: group.ID, GroupKind: kind, Number: 1, HeldOn: "2000-01-03"}
		for m := range 4 {
			who := 4*g + m
			if who%10 == 0 {
				who--
			}
			s.Roster = append(s.Roster, session.Seat{MemberID: session.MemberID(fmt.Sprint("m-", who)), Attendance: session.Present})
		}
		c.Group(group)
		c.Add(s)
		if after != nil {
			after(c, g)
		}
	}
	return c
}

// read reads lists back into what was counted.
func read(t *testing.T, s *Standing) Contributions {
	t.Helper()
	var out Contributions
	all := func(h Homes) (list []Contribution) {
		for _, l := range []List{h.Therapy, h.Families} {
			for i, n := 0, 0; n < l.Len; i++ {
				part, err := l.Part(t.Context(), i)
				if err != nil || len(part) == 0 {
					t.Fatalf("%d of %d are there: %v", n, l.Len, err)
				}
				list, n = append(list, part...), n+len(part)
			}
		}
		return list
	}
	for _, m := range s.Measures {
		out.Measures = append(out.Measures, MeasureContributions{Measure: m.Measure, People: all(m.People), Groups: all(m.Groups)})
	}
	return out
}

// TestASpoolGivesBackWhatWasCounted in any number of runs, in memory, in a file, and in
// memory where no file can be made; twice, as a list is read more than once.
func TestASpoolGivesBackWhatWasCounted(t *testing.T) {
	const groups = 900
	want := seated(t, groups, nil).Contributions()
	for name, x := range map[string]struct {
		limit, every int
		place        string // where temporary files go; empty: as it is
		file         bool
	}{
		"in one run":          {math.MaxInt, groups, "", false},
		"in many":             {math.MaxInt, 7, "", false},
		"in a file":           {0, 64, "", true},
		"partly in a file":    {20_000, 64, "", true},
		"where none can be":   {0, 64, filepath.Join(t.TempDir(), "not there"), false},
		"a group after other": {5000, 1, "", true},
	} {
		t.Run(name, func(t *testing.T) {
			if x.place != "" {
				t.Setenv("TMPDIR", x.place)
			}
			s := NewSpool()
			s.limit = x.limit
			c := seated(t, groups, func(c *Counting, g int) {
				if g%x.every == x.every-1 {
					if err := s.Take(c); err != nil {
						t.Fatal(err)
					}
				}
			})
			if err := s.Take(c); err != nil {
				t.Fatal(err)
			}
			lists, err := s.Standing(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			for range 2 {
				if diff := cmp.Diff(want, read(t, lists)); diff != "" {
					t.Fatalf("-counted +spooled:\n%s", diff)
				}
			}
			if (s.file != nil) != x.file {
				t.Errorf("there is a file: %t", s.file != nil)
			}
			if _, err := lists.Measures[0].People.Therapy.Part(t.Context(), 5); err == nil {
				t.Error("a list is read from its middle")
			}
			if err := s.Close(); err != nil {
				t.Error(err)
			}
			if x.file && x.limit == 0 {
				if _, err := lists.Measures[0].People.Therapy.Part(t.Context(), 0); err == nil {
					t.Error("a list can be read when the spool is closed")
				}
			}
		})
	}
}
