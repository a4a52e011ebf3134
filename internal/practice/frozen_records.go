package practice

import (
	"context"
	"iter"
	"runtime"
	"slices"
	"sync/atomic"

	"holon/internal/access"
	"holon/internal/fault"
	"holon/internal/instrument"
	"holon/internal/parallel"
	"holon/internal/session"
	"holon/internal/study"
)

// FrozenRecords are the sessions of a snapshot that a selection takes, under their
// pseudonyms. They are a source of analyses, as [Records] are. Make them with
// Practice.SelectedOf.
type FrozenRecords struct {
	Study     *study.Study
	Snapshot  *study.Snapshot
	Selection study.Selection

	practice *Practice
	chosen   []session.GroupID // by pseudonym
}

// LoadedRecords are frozen records with all their groups in memory. Make them with
// FrozenRecords.Loaded.
type LoadedRecords struct {
	*FrozenRecords

	groups []*session.Group
}

// SelectedOf returns what a selection takes of a snapshot, to be counted.
func (p *Practice) SelectedOf(ctx context.Context, rq Request, id study.ID, snapshot study.SnapshotID, selection session.Code) (*FrozenRecords, error) {
	return p.frozenRecords(ctx, rq, access.ReadSnapshot, id, snapshot, selection)
}

// frozenRecords asks the policy whether who asks may do something with a selection
// of a study's snapshot, and returns the way to read it.
func (p *Practice) frozenRecords(ctx context.Context, rq Request, action access.Action, id study.ID, snapshot study.SnapshotID, selection session.Code) (*FrozenRecords, error) {
	if err := p.Authorize(ctx, rq, action, studyObject(id)); err != nil {
		return nil, err
	}
	s, err := p.deps.Studies.Get(ctx, id)
	if err != nil {
		return nil, err
	}
	header, err := p.snapshotOf(ctx, id, snapshot)
	if err != nil {
		return nil, err
	}
	if err := header.Open(); err != nil {
		return nil, err
	}
	then, err := p.studyThen(ctx, s, header.StudyRev, header.TakenAt)
	if err != nil {
		return nil, err
	}
	s.Measures = then.Measures // those it was taken of, whatever the study is about since
	chosen, found := s.Selection(selection)
	if !found {
		return nil, fault.At("/selection", "unknown_selection", "The study has no saved selection of this name. `everything` is always there.")
	}
	r := &FrozenRecords{Study: s, Snapshot: header, Selection: chosen, practice: p}
	for _, g := range header.Groups {
		if chosen.Takes(g) {
			r.chosen = append(r.chosen, g.ID)
		}
	}
	return r, nil
}

// Each yields the groups that the selection takes, by pseudonym.
func (r *FrozenRecords) Each(ctx context.Context) iter.Seq2[*session.Group, error] {
	return func(yield func(*session.Group, error) bool) {
		for _, id := range r.chosen {
			if g, err := r.practice.deps.Frozen.Group(ctx, r.Snapshot.ID, id); !yield(g, err) || err != nil {
				return
			}
		}
	}
}

// Loaded reads all groups.
func (r *FrozenRecords) Loaded(ctx context.Context) (*LoadedRecords, error) {
	out := &LoadedRecords{FrozenRecords: r}
	for g, err := range r.Each(ctx) {
		if err != nil {
			return nil, err
		}
		out.groups = append(out.groups, g)
	}
	return out, nil
}

// Groups returns the groups that the selection takes, by pseudonym.
func (r *LoadedRecords) Groups() []*session.Group { return slices.Clone(r.groups) }

// LeftOut names nothing: what could not be read is not in the snapshot.
func (r *FrozenRecords) LeftOut() []string { return nil }

// Sessions yields the group's sessions that the selection takes, by number.
func (r *FrozenRecords) Sessions(ctx context.Context, group session.GroupID, levels ...instrument.Level) iter.Seq2[*session.Session, error] {
	return func(yield func(*session.Session, error) bool) {
		for s, err := range r.practice.deps.Frozen.Sessions(ctx, r.Snapshot.ID, group, 0, levelsOrAll(levels)) {
			if err == nil && !r.Selection.TakesSession(s) {
				continue
			}
			if !yield(s, err) || err != nil {
				return
			}
		}
	}
}

// levelsOrAll is nil, which reads all levels, where none is named.
func levelsOrAll(levels []instrument.Level) []instrument.Level {
	if len(levels) == 0 {
		return nil
	}
	return levels
}

// Definition returns the version of an instrument.
func (r *FrozenRecords) Definition(ref instrument.Ref) (*instrument.Definition, bool) {
	return r.practice.Definition(ref)
}

// Cutoffs returns the published and the practice's own cut-offs of a score, or
// why there are none.
func (r *FrozenRecords) Cutoffs(ref instrument.Ref, score string) (cutoffs []instrument.Cutoff, reason string) {
	return r.practice.Cutoffs(ref, score)
}

// counted gathers who stands behind the numbers of the selection, and how many are
// behind what is missing. Groups are counted on all processors at once. What is counted
// goes to a spool now and then; without one it stays in the counting.
func (r *FrozenRecords) counted(ctx context.Context, spool *study.Spool) (*study.Counting, error) {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	counted := make([]*study.Counting, min(runtime.GOMAXPROCS(0), max(1, len(r.chosen))))
	var next atomic.Int64
	var work parallel.Group
	for i := range counted {
		counted[i] = study.NewCounting(r.Study.Measures, r.Definition)
		counted[i].Within(r.modelOf)
		work.Go(func() {
			groups := 0
			for at := int(next.Add(1)) - 1; at < len(r.chosen) && ctx.Err() == nil && !work.Panicked(); at = int(next.Add(1)) - 1 {
				err := r.count(ctx, counted[i], r.chosen[at])
				if groups++; err == nil && spool != nil && groups%spooledAfter == 0 {
					err = spool.Take(counted[i])
				}
				if err != nil {
					stop(err)
				}
			}
		})
	}
	work.Wait()
	if err := context.Cause(ctx); err != nil {
		return nil, err
	}
	for _, c := range counted[1:] {
		counted[0].Merge(c)
	}
	if spool != nil {
		return counted[0], spool.Take(counted[0])
	}
	return counted[0], nil
}

// spooledAfter is of how many groups what was counted goes to a spool.
const spooledAfter = 64

// modelOf is the therapy model under which a group was frozen.
func (r *FrozenRecords) modelOf(id session.GroupID) session.Code {
	g, _ := r.Snapshot.Group(id)
	return g.Model
}

// count counts one group.
func (r *FrozenRecords) count(ctx context.Context, to *study.Counting, group session.GroupID) error {
	g, err := r.practice.deps.Frozen.Group(ctx, r.Snapshot.ID, group)
	if err != nil {
		return err
	}
	to.Group(g)
	for s, err := range r.Sessions(ctx, group) {
		if err != nil {
			return err
		}
		to.Add(s)
	}
	return nil
}

// CompareSnapshots says what differs between two snapshots of a study. Numbers of
// single people are among it: it is for the practice.
func (p *Practice) CompareSnapshots(ctx context.Context, rq Request, id study.ID, here, there study.SnapshotID) (*SnapshotDifference, error) {
	var sides [2]*FrozenRecords
	var behind [2]study.Contributions
	for i, x := range []study.SnapshotID{here, there} {
		r, err := p.frozenRecords(ctx, rq, access.TakeSnapshot, id, x, study.Everything().Name)
		if err != nil {
			return nil, err
		}
		counted, err := r.counted(ctx, nil)
		if err != nil {
			return nil, err
		}
		behind[i], sides[i] = counted.Contributions(), r
	}
	out := &SnapshotDifference{Same: sides[0].Snapshot.SHA256 == sides[1].Snapshot.SHA256}
	a, b := sides[0].Snapshot, sides[1].Snapshot
	for _, g := range a.Groups {
		if x, found := b.Group(g.ID); !found {
			out.GroupsHere = append(out.GroupsHere, g.ID)
		} else if x != g {
			out.GroupsChanged = append(out.GroupsChanged, g.ID)
		}
	}
	for _, g := range b.Groups {
		if _, found := a.Group(g.ID); !found {
			out.GroupsThere = append(out.GroupsThere, g.ID)
		}
	}
	for _, m := range a.Members {
		if !b.Holds(m) {
			out.MembersHere++
		}
	}
	for _, m := range b.Members {
		if !a.Holds(m) {
			out.MembersThere++
		}
	}
	var rows study.Difference // of the measure, whose surroundings come next
	for _, d := range study.Differences(ctx, &behind[0], &behind[1]) {
		more := d.Measures != rows.Measures+" around" || d.People > rows.People || d.Groups > rows.Groups || d.Families > rows.Families
		if d.Single && !d.Part && d.People+d.Groups+d.Families > 0 && more {
			out.Measures = append(out.Measures, d)
		}
		rows = d
	}
	return out, nil
}

// SnapshotDifference is what differs between two snapshots.
type SnapshotDifference struct {
	Same                                   bool // every row is the same
	GroupsHere, GroupsThere, GroupsChanged []session.GroupID
	MembersHere, MembersThere              int
	Measures                               []study.Difference // those in which rows differ
}
