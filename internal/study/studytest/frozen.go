package studytest

import (
	"cmp"
	"context"
	"iter"
	"slices"
	"testing"
	"time"

	"holon/internal/instrument"
	"holon/internal/session"
	"holon/internal/study"
	"holon/internal/study/tables"
)

// Frozen is a snapshot of a drawn study. It is a source of sessions for analyses,
// which then see what a release's numbers are made of.
type Frozen struct {
	Study    *study.Study
	Snapshot *study.Snapshot

	drawn *Drawn
	list  []tables.Frozen // by pseudonym
}

// TakenAt is the moment of every snapshot.
func TakenAt() time.Time { return time.Date(2025, 6, 2, 8, 0, 0, 0, time.UTC) }

// Freeze takes a snapshot of those who consent.
func (d *Drawn) Freeze(tb testing.TB, s *study.Study, consents func(session.MemberID) bool) *Frozen {
	tb.Helper()
	out := &Frozen{Study: s, Snapshot: &study.Snapshot{Rev: 1, ID: "sn-test", Study: s.ID, TakenAt: TakenAt()}, drawn: d}
	freezer := study.NewFreezer(s, study.NewPseudonyms([]byte("a key of thirty-two bytes, drawn")), consents, TakenAt())
	for _, g := range d.all {
		taken := slices.DeleteFunc(slices.Clone(d.rows[g.ID]), func(x *session.Session) bool { return !freezer.Takes(x) })
		if len(taken) == 0 {
			freezer.LeaveOut("groups", study.Empty, 1)
			continue
		}
		group := freezer.Group(g, taken[0].HeldOn)
		var f tables.Frozen
		for _, x := range taken {
			f.Sessions = append(f.Sessions, group.Session(x))
		}
		f.Group = group.End()
		out.list = append(out.list, f)
	}
	slices.SortFunc(out.list, func(a, b tables.Frozen) int { return cmp.Compare(a.Group.ID, b.Group.ID) })
	freezer.Finish(out.Snapshot)
	return out
}

// Frozen yields the frozen groups by pseudonym.
func (f *Frozen) Frozen(context.Context) iter.Seq2[tables.Frozen, error] {
	return func(yield func(tables.Frozen, error) bool) {
		for _, x := range f.list {
			if !yield(x, nil) {
				return
			}
		}
	}
}

// Each yields the frozen groups, as a source in passing does.
func (f *Frozen) Each(context.Context) iter.Seq2[*session.Group, error] {
	return func(yield func(*session.Group, error) bool) {
		for i := range f.list {
			if !yield(f.list[i].Group, nil) {
				return
			}
		}
	}
}

// Groups returns the frozen groups.
func (f *Frozen) Groups() []*session.Group {
	out := make([]*session.Group, len(f.list))
	for i := range f.list {
		out[i] = f.list[i].Group
	}
	return out
}

// LeftOut names no group.
func (f *Frozen) LeftOut() []string { return nil }

// Definition returns the version of an instrument.
func (f *Frozen) Definition(ref instrument.Ref) (*instrument.Definition, bool) {
	return f.drawn.Definition(ref)
}

// Cutoffs returns the cut-offs of a score.
func (f *Frozen) Cutoffs(ref instrument.Ref, score string) ([]instrument.Cutoff, string) {
	return f.drawn.Cutoffs(ref, score)
}

// Sessions yields a frozen group's sessions.
func (f *Frozen) Sessions(_ context.Context, id session.GroupID, _ ...instrument.Level) iter.Seq2[*session.Session, error] {
	return func(yield func(*session.Session, error) bool) {
		k, found := slices.BinarySearchFunc(f.list, id, func(x tables.Frozen, id session.GroupID) int { return cmp.Compare(x.Group.ID, id) })
		if !found {
			return
		}
		for _, s := range f.list[k].Sessions {
			if !yield(s, nil) {
				return
			}
		}
	}
}
