package importing

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"slices"
	"strconv"

	"holon/internal/fault"
	"holon/internal/practice"
	"holon/internal/session"
)

// Kind says what a file holds.
type Kind string

// The kinds of file.
const (
	Long   Kind = "long"
	Roster Kind = "roster"
	REDCap Kind = "redcap"
)

// Options say how a file is taken in.
type Options struct {
	Kind      Kind
	Delimiter rune     // 0: found out from the header
	Mapping   *Mapping // of a REDCap file
	DryRun    bool     // nothing is stored
	Partial   bool     // what is right is stored, what is not is left out and listed
	// Progress is told how far it is; nil tells nobody.
	Progress func(stage string, done, total int)
}

// run is one import on its way.
type run struct {
	Options

	intake          *practice.Intake
	table           *table
	layout          layout
	report          *Report
	faults, notices ledger
}

// Run takes a file of some size into the practice, or says what is wrong with
// it. The report comes with every answer about the content of the file; an error
// is about anything else: the file cannot be read, the policy forbids it, the
// store fails, ctx has ended. What was stored until then stays, and the same
// call goes on from there.
func Run(ctx context.Context, p *practice.Practice, rq practice.Request, file io.ReaderAt, size int64, o Options) (*Report, error) {
	if o.Progress == nil {
		o.Progress = func(string, int, int) {}
	}
	intake, err := p.Intake(ctx, rq)
	if err != nil {
		return nil, err
	}
	t, err := openTable(file, size, o.Delimiter)
	if err != nil {
		return nil, err
	}
	r := &run{Options: o, intake: intake, table: t, report: &Report{Kind: o.Kind, DryRun: o.DryRun, Partial: o.Partial}}
	switch o.Kind {
	case Long:
		r.layout = newLongLayout(t.header, r.faults.note)
	case REDCap:
		r.layout, err = newREDCapLayout(ctx, t, o.Mapping, r.report, r.faults.note)
	case Roster:
		return r.takeRoster(ctx)
	default:
		err = fault.New(fault.Invalid, "unknown_kind", "A file is long, roster or redcap.")
	}
	switch {
	case err != nil:
		return nil, err
	case r.faults.count() > 0:
		return r.refused(), nil
	}
	return r.takeForms(ctx)
}

// refused is the report of a file of which nothing is stored.
func (r *run) refused() *Report {
	r.report.list(&r.faults, &r.notices)
	r.report.State = Refused
	return r.report
}

// conclude says what becomes of a file that was checked whole, and stores it if
// that may be. lost is how many rows nobody can tell where they belong: with any
// nothing is stored.
func (r *run) conclude(lost int, store func() error) (*Report, error) {
	if r.faults.count() > 0 && (!r.Partial || lost > 0) {
		return r.refused(), nil
	}
	r.report.list(&r.faults, &r.notices)
	if r.DryRun {
		r.report.State = Tried
		return r.report, nil
	}
	r.report.State = Stored
	return r.report, store()
}

// identify names the import by its content and how it is read.
func (r *run) identify(ctx context.Context, fileSHA []byte) error {
	h := sha256.New()
	h.Write(fileSHA)
	h.Write([]byte("\x00" + string(r.Kind) + "\x00" + string(r.table.comma) + "\x00"))
	if r.Mapping != nil {
		h.Write(r.Mapping.canonical)
	}
	r.report.ID = "i-" + hex.EncodeToString(h.Sum(nil))[:32]
	r.report.FileSHA = hex.EncodeToString(fileSHA)
	there, err := r.intake.For(ctx, r.report.ID)
	r.report.Resumed = there.State == session.ImportRunning
	return err
}

// takeForms takes in a file of answers: it finds the sessions in it, checks
// each, and then stores each.
func (r *run) takeForms(ctx context.Context) (*Report, error) {
	x, err := r.scan(ctx)
	if err != nil {
		return nil, err
	}
	groups := x.groups()
	c := &checker{intake: r.intake, ref: r.intake.Reference(), faults: &r.faults, notices: &r.notices}
	checked, done := make([]*bundle, 0, len(x.byKey)), 0
	for _, bundles := range groups {
		list, err := r.checkGroup(ctx, c, bundles, &done, len(x.byKey))
		if err != nil {
			return nil, err
		}
		checked = append(checked, list...)
	}
	return r.conclude(x.lost, func() error { return r.store(ctx, c, checked, x.rows) })
}

// scan reads the whole file once and finds its sessions.
func (r *run) scan(ctx context.Context) (*index, error) {
	x := &index{byKey: map[bundleKey]*bundle{}}
	hash := sha256.New()
	r.Progress("reading the file", 0, 0)
	note := func(f Fault) {
		x.lost++
		r.faults.note(f)
	}
	err := r.table.body(ctx, hash, func(rec record) {
		rows := r.layout.rows(&rec, note)
		if len(rows) == 0 {
			r.report.Formless++
			return
		}
		before := x.lost
		x.add(&rec, &rows[0], r.faults.note)
		if x.lost > before { // nobody looks at it again
			e := newEvening(&r.faults, &r.notices)
			for _, one := range rows {
				e.take(one)
			}
		}
	}, note)
	if err != nil {
		return nil, err
	}
	r.report.Rows = x.rows
	if x.rows == 0 && r.faults.count() == 0 {
		return nil, fault.New(fault.Invalid, "no_rows", "The file has a header and no row that holds anything.")
	}
	return x, r.identify(ctx, hash.Sum(nil))
}

// checkGroup checks the sessions of one group, in the order in which they are
// stored, and adds them to the report.
func (r *run) checkGroup(ctx context.Context, c *checker, bundles []*bundle, done *int, all int) ([]*bundle, error) {
	g, ok := r.intake.Group(bundles[0].key.group)
	last := 0
	if ok {
		stored, err := r.intake.Sessions(ctx, g.ID)
		if err != nil {
			return nil, err
		}
		bundles, last = resolve(bundles, stored, &r.faults)
	}
	counts := GroupCounts{Group: bundles[0].key.group}
	for _, b := range bundles {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if b.isNew && b.number == 0 {
			b.number = last + 1
		}
		if b.isNew {
			b.session = r.intake.SessionID(g.ID, b.number)
		}
		if err := r.checkBundle(ctx, c, g, b); err != nil {
			return nil, err
		}
		if !b.skip {
			last = max(last, b.number)
		}
		r.add(b, &counts)
		*done++
		r.Progress("checking sessions", *done, all)
	}
	if counts.Forms+counts.Made+counts.Extended > 0 {
		r.report.Groups = append(r.report.Groups, counts)
	}
	return bundles, nil
}

// checkBundle gathers the rows of a session and checks them; g is nil when the
// practice does not know the group.
func (r *run) checkBundle(ctx context.Context, c *checker, g *session.Group, b *bundle) error {
	e := newEvening(&r.faults, &r.notices)
	sum, err := b.read(ctx, r.table, r.layout, e)
	if err != nil {
		return err
	}
	b.sum = sum
	c.resolve(e, b)
	if g != nil {
		return c.check(ctx, g, b, e)
	}
	x := e.first.fault(groupField, "unknown_group", "The practice has no group of this code. Check the code, or import the roster first.")
	x.Also = e.otherLines()
	r.faults.note(x)
	e.broken = true
	b.settle(e, c.ref)
	return nil
}

// otherLines returns the lines of all rows but the first.
func (e *evening) otherLines() (lines []int) {
	for _, d := range e.forms {
		lines = append(lines, d.lines...)
	}
	for _, m := range e.marks {
		lines = append(lines, m.row.line)
	}
	slices.Sort(lines)
	lines = slices.Compact(lines)
	return slices.DeleteFunc(lines, func(n int) bool { return n == e.first.line })
}

// add counts what is to be stored of a session.
func (r *run) add(b *bundle, counts *GroupCounts) {
	n := &b.found
	r.report.Already.Forms += n.held
	if _, known := r.intake.Group(b.key.group); known {
		for i := range n.out {
			n.out[i].Group = b.key.group
		}
	}
	r.report.leave(n.out)
	n.out = nil
	switch {
	case b.skip:
		if !b.isNew && !b.broken {
			r.report.Already.Sessions++
		}
		return
	case b.isNew:
		r.report.New.Sessions++
		counts.Made++
	default:
		r.report.Extended++
		counts.Extended++
	}
	r.report.New.Forms += n.forms
	r.report.New.TotalsOnly += n.totals
	r.report.New.Attendance += n.attendance
	counts.Forms += n.forms
}

// store writes the sessions, one after the other. The record of the import is
// written first and last.
func (r *run) store(ctx context.Context, c *checker, list []*bundle, rows int) error {
	todo := 0
	for _, b := range list {
		if !b.skip {
			todo++
		}
	}
	if todo == 0 && !r.report.Resumed {
		return nil
	}
	if err := r.intake.Begin(ctx, session.ImportRecord{Kind: string(r.Kind), FileSHA: r.report.FileSHA, Rows: rows}); err != nil {
		return err
	}
	c.faults, c.notices = &ledger{muted: true}, &ledger{muted: true}
	done := 0
	for _, b := range list {
		if b.skip {
			continue
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := r.deliver(ctx, c, b); err != nil {
			return err
		}
		done++
		r.Progress("storing sessions", done, todo)
	}
	return r.intake.Finish(ctx, r.report.New.Forms+r.report.Already.Forms, r.report.New.Sessions+r.report.Extended+r.report.Already.Sessions)
}

// deliver stores one session.
func (r *run) deliver(ctx context.Context, c *checker, b *bundle) error {
	e := newEvening(c.faults, c.notices)
	sum, err := b.read(ctx, r.table, r.layout, e)
	if err != nil {
		return err
	}
	g, ok := r.intake.Group(b.key.group)
	if !ok || sum != b.sum {
		return changedMeanwhile(nil)
	}
	c.resolve(e, b)
	d := practice.Delivery{Session: b.session, Group: g.ID, New: b.isNew, Plan: e.plan(b.number)}
	content := sha256.New()
	if !b.noMarks {
		for _, m := range e.marks {
			d.Marks = append(d.Marks, m.mark)
		}
	}
	content.Write([]byte(strconv.Itoa(len(d.Marks))))
	for _, f := range e.forms {
		if !b.leftOut[f.key] {
			d.Forms = append(d.Forms, f.input)
			content.Write([]byte(f.input.ID))
		}
	}
	_, err = r.intake.Deliver(ctx, d, hex.EncodeToString(content.Sum(nil))[:32])
	return err
}

// changedMeanwhile answers a file that is not the one that was checked.
func changedMeanwhile(cause error) error {
	return fault.Wrap(fault.Conflict, "file_changed", "The file was changed while it was read. Run the import again.", cause)
}
