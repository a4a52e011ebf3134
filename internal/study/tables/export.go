package tables

import (
	"context"
	"iter"
	"slices"

	"holon/internal/fault"
	"holon/internal/instrument"
	"holon/internal/session"
	"holon/internal/study"
	"holon/internal/study/aggregate"
)

// Frozen is one group as it was frozen, with its sessions by number.
type Frozen struct {
	Group    *session.Group
	Sessions []*session.Session
}

// Source yields frozen groups by pseudonym, each once. What a consumer does not
// keep of one can go when the next one comes.
type Source interface {
	Frozen(ctx context.Context) iter.Seq2[Frozen, error]
}

// Input is what tables are made of.
type Input struct {
	Study      *study.Study
	Snapshot   *study.Snapshot
	Selection  study.Selection
	Groups     Source
	Definition func(instrument.Ref) (*instrument.Definition, bool)

	Release *study.Release     // whose numbers stand in analyses; nil: none
	Records []aggregate.Record // of the release
}

// check refuses what does not belong together.
func (in *Input) check() error {
	if err := in.Snapshot.Open(); err != nil {
		return err
	}
	if in.Study.Release != study.Controlled {
		return fault.New(fault.Conflict, "aggregate_only", "This study releases aggregate numbers only: there are no rows to be had.")
	}
	switch r := in.Release; {
	case r == nil && len(in.Records) > 0:
		return fault.New(fault.Internal, "records_without_release", "The numbers cannot be told from which release they come.")
	case r == nil:
		return nil
	case r.WithdrawnBy != "":
		return fault.New(fault.Conflict, "release_withdrawn", "Somebody in this release asked for erasure, so its numbers are gone. Name another release, or none.")
	case r.Snapshot != in.Snapshot.ID || r.SelectedBy != in.Selection.SHA256:
		return fault.New(fault.Conflict, "release_of_other_rows", "That release was made of another snapshot or another selection, so these rows would not give its numbers. Name the release of these rows, or none.")
	}
	return nil
}

// sink takes the rows of tables; nil of a table that is not wanted.
type sink func(Name) *writer

// export is one way through the groups.
type export struct {
	in       *Input
	to       sink
	measures []measured
	named    map[string]bool
	level    map[instrument.Level]Name
	families bool            // those of the selection are many enough
	broken   map[Name]bool   // tables with a row that does not keep a checked reference
	said     map[string]bool // reasons that stand in analyses
	warned   map[string]bool // caveats that stand there
	left     selected

	spell map[int]int // of the group being read: numbers of spells
	row   []cell      // taken again and again
}

// selected counts what the selection did not take of the snapshot.
type selected struct{ groups, families, sessions int }

// newExport begins a way through the groups.
func newExport(ctx context.Context, in *Input, to sink) (*export, error) {
	found, err := families(ctx, in)
	if err != nil {
		return nil, err
	}
	measures, err := measuresOf(in.Study, in.Definition)
	if err != nil {
		return nil, err
	}
	e := &export{
		in: in, to: to, measures: measures, named: map[string]bool{}, level: map[instrument.Level]Name{},
		families: found >= in.Study.Threshold, broken: map[Name]bool{}, said: map[string]bool{}, warned: map[string]bool{},
	}
	for i := range e.measures {
		e.named[e.measures[i].name] = true
	}
	for _, l := range ratingLevels() {
		e.level[l.level] = l.name
	}
	return e, nil
}

// families counts the families and couples of which a selection takes a session.
// Where it takes sessions by number or week only their reading tells.
func families(ctx context.Context, in *Input) (int, error) {
	n := 0
	for _, g := range in.Snapshot.Groups {
		if g.Kind != session.KindGroup && in.Selection.Takes(g) && g.Members > 0 && g.Sessions > 0 {
			n++
		}
	}
	if n < in.Study.Threshold || (in.Selection.Numbers == nil && in.Selection.Weeks == nil) {
		return n, nil
	}
	n = 0
	for f, err := range in.Groups.Frozen(ctx) {
		if err != nil {
			return 0, err
		}
		g, known := in.Snapshot.Group(f.Group.ID)
		if known && g.Kind != session.KindGroup && in.Selection.Takes(g) && g.Members > 0 && slices.ContainsFunc(f.Sessions, in.Selection.TakesSession) {
			n++
		}
	}
	return n, nil
}

// takesPart tells whether a member consented.
func (e *export) takesPart(m session.MemberID) bool { return e.in.Snapshot.Holds(m) }

// run writes every row, and finds out whether they are those that were frozen.
// Nothing of a group but its hash stays once the next one comes.
func (e *export) run(ctx context.Context) error {
	if err := e.described(); err != nil {
		return err
	}
	var read study.Content
	last, n := session.GroupID(""), 0
	for f, err := range e.in.Groups.Frozen(ctx) {
		if err != nil {
			return err
		}
		if err := ctx.Err(); err != nil {
			return fault.Wrap(fault.Unavailable, "export_cancelled", "The export was given up before its end.", err)
		}
		kept, known := e.in.Snapshot.Group(f.Group.ID)
		if !known || f.Group.ID <= last {
			return notFrozen()
		}
		last, n = f.Group.ID, n+1
		read.Check(f.Group, kept.Model, f.Sessions)
		switch {
		case !e.in.Selection.Takes(kept), !slices.ContainsFunc(f.Sessions, e.in.Selection.TakesSession):
			e.left.groups++
			e.left.sessions += len(f.Sessions)
			continue
		case kept.Kind != session.KindGroup && !e.families:
			e.left.families++
			continue
		}
		if err := e.group(f); err != nil {
			return err
		}
	}
	if n != len(e.in.Snapshot.Groups) || read.Sum() != e.in.Snapshot.SHA256 {
		return notFrozen()
	}
	return e.analyses()
}

// notFrozen is the fault of rows that are not those of the snapshot: one is missing,
// stands twice or was changed.
func notFrozen() error {
	return fault.New(fault.Internal, "rows_not_frozen", "The rows that were read are not those that were frozen, so nothing is given.")
}

// group writes one group's rows.
func (e *export) group(f Frozen) error {
	chosen := f.Sessions[:0:0]
	for _, s := range f.Sessions {
		if e.in.Selection.TakesSession(s) {
			chosen = append(chosen, s)
		} else {
			e.left.sessions++
		}
	}
	if err := e.frame(f.Group, chosen); err != nil {
		return err
	}
	for _, s := range chosen {
		if err := e.session(s); err != nil {
			return err
		}
		if err := e.ratings(s); err != nil {
			return err
		}
		if err := e.goals(f.Group, s); err != nil {
			return err
		}
		if err := e.ruptures(s); err != nil {
			return err
		}
	}
	return nil
}

// write adds a row to a table.
func (e *export) write(name Name, row ...cell) error {
	if w := e.to(name); w != nil {
		return w.write(row)
	}
	return nil
}
