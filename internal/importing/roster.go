package importing

import (
	"context"
	"crypto/sha256"
	"slices"
	"strings"

	"holon/internal/fault"
	"holon/internal/session"
)

// rosterField is a column of a roster.
type rosterField int

// The columns of a roster.
const (
	whatColumn rosterField = iota
	groupColumn
	memberColumn
	therapistColumn
	groupKindColumn
	formatColumn
	startsOnColumn
	endedOnColumn
	birthYearColumn
	roleColumn
	fromColumn
	toColumn
	whyColumn
	rosterFields
)

// rosterNames are the columns' names, in order.
//
//nolint:gochecknoglobals // a constant table; Go has no constant arrays
var rosterNames = [rosterFields]string{
	"what", "group", "member", "therapist", "kind", "format", "starts_on", "ended_on", "birth_year", "role", "from", "to", "why",
}

// sort says what a row of a roster holds: which columns it needs and may have.
type sort struct {
	what        string
	needs, mays []rosterField
}

// The kinds of row.
const (
	aGroup          = "group"
	aMember         = "member"
	aTherapist      = "therapist"
	aSpell          = "spell"
	aTherapistSpell = "therapist_spell"
)

// sorts lists the kinds of row.
func sorts() []sort {
	return []sort{
		{aGroup, []rosterField{groupColumn, groupKindColumn, startsOnColumn}, []rosterField{formatColumn, endedOnColumn}},
		{aMember, []rosterField{memberColumn}, []rosterField{birthYearColumn}},
		{aTherapist, []rosterField{therapistColumn}, nil},
		{aSpell, []rosterField{groupColumn, memberColumn, fromColumn}, []rosterField{roleColumn, toColumn, whyColumn}},
		{aTherapistSpell, []rosterField{groupColumn, therapistColumn, roleColumn, fromColumn}, []rosterField{toColumn, whyColumn}},
	}
}

// rosterRow is one row of a roster.
type rosterRow struct {
	line   int
	cells  [rosterFields]string
	faulty bool
	orphan bool // the person it is about is not stored
}

// maxRoster is the largest number of rows of a roster, which is held in memory.
const maxRoster = 200_000

// roster is a roster on its way.
type roster struct {
	*run

	column [rosterFields]int // counted from 1; 0: not in the file
	rows   map[string][]*rosterRow
	count  int
	lost   int // rows of which nobody can tell what they are

	members    map[string]*memberEntry
	therapists map[string]*therapistEntry
	groups     map[string]*groupEntry
	order      []string // codes of groups, as they come
}

// memberEntry is a member of the file.
type memberEntry struct {
	row    *rosterRow
	made   *session.Member // nil: the practice has it, or it is at fault
	id     session.MemberID
	stored bool
}

// therapistEntry is a therapist of the file.
type therapistEntry struct {
	row    *rosterRow
	made   *session.Therapist
	id     session.TherapistID
	stored bool
}

// groupEntry is a group as it will be.
type groupEntry struct {
	row             *rosterRow // nil: the file only adds to it
	group           *session.Group
	isNew           bool
	bad             bool
	add             []func(g *session.Group) error // what a stored group lacks
	said            map[string]*rosterRow          // spells of the file, by person and day
	told            string                         // what is added, for the key of the write
	spells, leading int                            // that are added
}

// takeRoster takes in a roster.
func (r *run) takeRoster(ctx context.Context) (*Report, error) {
	x := &roster{
		run: r, rows: map[string][]*rosterRow{}, members: map[string]*memberEntry{},
		therapists: map[string]*therapistEntry{}, groups: map[string]*groupEntry{},
	}
	copy(x.column[:], findColumns(r.table.header, rosterNames[:], r.faults.note))
	if x.column[whatColumn] == 0 {
		r.faults.note(columnMissing(rosterNames[whatColumn], "The column is missing: it says what a row holds."))
	}
	if r.faults.count() > 0 {
		return r.refused(), nil
	}
	hash := sha256.New()
	r.Progress("reading the file", 0, 0)
	err := r.table.body(ctx, hash, x.take, func(f Fault) { x.lost++; r.faults.note(f) })
	if err != nil {
		return nil, err
	}
	switch {
	case x.count > maxRoster:
		return nil, fault.New(fault.TooLarge, "roster_too_large", "A roster has at most 200,000 rows. Cut it into several files.")
	case x.count == 0 && r.faults.count() == 0:
		return nil, fault.New(fault.Invalid, "no_rows", "The file has a header and no row that holds anything.")
	}
	r.report.Rows = x.count
	if err := r.identify(ctx, hash.Sum(nil)); err != nil {
		return nil, err
	}
	if err := x.check(); err != nil {
		return nil, err
	}
	return r.conclude(x.lost, func() error { return x.store(ctx) })
}

// take reads one row.
func (x *roster) take(rec record) {
	if x.count++; x.count > maxRoster {
		return
	}
	r := &rosterRow{line: rec.line}
	for f := range rosterFields {
		if c := x.column[f]; c > 0 {
			r.cells[f] = strings.TrimSpace(rec.fields[c-1])
		}
	}
	all := sorts()
	k := slices.IndexFunc(all, func(s sort) bool { return s.what == r.cells[whatColumn] })
	if k < 0 {
		x.lost++
		x.fault(r, whatColumn, "unknown_what", "A row holds a group, member, therapist, spell or therapist_spell.")
		return
	}
	for f := groupColumn; f < rosterFields; f++ {
		needed := slices.Contains(all[k].needs, f)
		switch {
		case needed && r.cells[f] == "":
			x.fault(r, f, "cell_empty", "A row of this sort needs this.")
		case !needed && r.cells[f] != "" && !slices.Contains(all[k].mays, f):
			x.fault(r, f, "cell_not_used", "A row of this sort has nothing here. Check the row, or empty the cell.")
		}
	}
	x.rows[all[k].what] = append(x.rows[all[k].what], r)
}

// fault notes what is wrong with a row.
func (x *roster) fault(r *rosterRow, f rosterField, rule, detail string, also ...int) {
	r.faulty = true
	x.faults.note(Fault{Line: r.line, Column: x.column[f], Name: rosterNames[f], Rule: rule, Detail: detail, Also: also})
}

// leave lists a row that is not stored while others are.
func (x *roster) leave(r *rosterRow, why string) {
	x.report.leave([]LeftOut{{Group: r.cells[groupColumn], Form: r.cells[whatColumn], Lines: []int{r.line}, Why: why}})
}
