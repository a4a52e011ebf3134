package importing

import (
	"cmp"
	"context"
	"hash/fnv"
	"slices"
	"strings"

	"holon/internal/session"
)

// bundleKey names a session as a row does: by number, or else by day.
type bundleKey struct {
	group  string
	number int
	day    string
}

// bundle is where the rows of one session stand in the file, and what was found
// out about it. It is all that is kept of a session, so that memory is bounded
// by the number of sessions and of the places where the file turns from one to
// another, not by the number of rows.
type bundle struct {
	key   bundleKey
	day   string // that some row names, "" if none does
	spans []span
	row   row // the first, for faults of the session

	session   session.SessionID
	number    int
	isNew     bool
	ambiguous bool // there are several sessions on its day
	broken    bool // nothing of it can be stored
	skip      bool // nothing of it is to be stored
	noMarks   bool
	leftOut   map[formKey]bool
	found     tally
	sum       uint64 // of its rows' bytes, when they were checked
}

// index finds the sessions of a file.
type index struct {
	byKey map[bundleKey]*bundle
	last  *bundle
	end   int64 // where the last row that was added ends
	rows  int
	lost  int // rows that say of no session
}

// add puts a row of the file to its session.
func (x *index) add(rec *record, r *row, note func(Fault)) {
	x.rows++
	key, ok := keyOf(r, note)
	if !ok {
		x.lost++
		x.last = nil
		return
	}
	b := x.byKey[key]
	if b == nil {
		key.group, key.day = strings.Clone(key.group), strings.Clone(key.day)
		b = &bundle{key: key, day: key.day, row: row{line: r.line, at: r.at}}
		x.byKey[key] = b
	}
	if b.day == "" && r.cells[heldOnField] != "" {
		b.day = strings.Clone(r.cells[heldOnField])
	}
	if n := len(b.spans); b == x.last && x.end == rec.offset {
		b.spans[n-1].length += rec.end - rec.offset
	} else {
		b.spans = append(b.spans, span{offset: rec.offset, length: rec.end - rec.offset, line: r.line})
	}
	x.last, x.end = b, rec.end
}

// keyOf reads which session a row is of, and notes what is wrong with that.
func keyOf(r *row, note func(Fault)) (bundleKey, bool) {
	key, ok := bundleKey{group: r.cells[groupField]}, true
	if key.group == "" {
		ok = false
		note(r.fault(groupField, "cell_empty", "Every row names its group by the practice's code."))
	}
	number, day := r.cells[numberField], r.cells[heldOnField]
	if day != "" {
		if _, err := session.ParseDate(day); err != nil {
			ok = false
			note(r.fault(heldOnField, "bad_date", "A date is a calendar day like 2026-03-05."))
		}
	}
	switch {
	case number != "":
		n, good := whole(number)
		if !good || n > 9999 {
			ok = false
			note(r.fault(numberField, "bad_number", "Sessions are numbered from 1 to 9999."))
		}
		key.number = n
	case day != "":
		key.day = day
	default:
		ok = false
		note(r.fault(numberField, "session_missing", "Say which session the row is of: its number, its day, or both."))
	}
	return key, ok
}

// groups returns the sessions by group: those with a number by number, then the
// others by day.
func (x *index) groups() [][]*bundle {
	all := make([]*bundle, 0, len(x.byKey))
	for _, b := range x.byKey {
		all = append(all, b)
	}
	slices.SortFunc(all, func(a, b *bundle) int {
		return cmp.Or(cmp.Compare(a.key.group, b.key.group), cmp.Compare(a.key.day, b.key.day), cmp.Compare(a.key.number, b.key.number))
	})
	return slices.Collect(chunks(all, func(a, b *bundle) bool { return a.key.group == b.key.group }))
}

// chunks cuts a sorted list into runs of what belongs together.
func chunks[T any](list []T, together func(a, b T) bool) func(yield func([]T) bool) {
	return func(yield func([]T) bool) {
		for from := 0; from < len(list); {
			to := from + 1
			for to < len(list) && together(list[from], list[to]) {
				to++
			}
			if !yield(list[from:to]) {
				return
			}
			from = to
		}
	}
}

// read takes the rows of a bundle out of the file again, and returns a sum of
// their bytes.
func (b *bundle) read(ctx context.Context, t *table, l layout, e *evening) (sum uint64, err error) {
	ignore := func(Fault) {}
	h := fnv.New64a()
	for _, s := range b.spans {
		for rec, err := range t.rows(s, h) {
			if err != nil {
				return 0, changedMeanwhile(err)
			}
			if rec.blank() {
				continue
			}
			if len(rec.fields) != len(t.header) {
				return 0, changedMeanwhile(nil)
			}
			for _, r := range l.rows(&rec, ignore) {
				e.take(r)
			}
		}
		if ctx.Err() != nil {
			return 0, ctx.Err()
		}
	}
	return h.Sum64(), nil
}

// resolve finds the stored session of every bundle of a group, and puts together
// those that mean the same one. A new session that is named by its day alone has
// no number yet; last is the highest that the group has.
func resolve(bundles []*bundle, stored []*session.Session, faults *ledger) (list []*bundle, last int) {
	byNumber := map[int]*session.Session{}
	days := map[string]map[int]bool{}
	on := func(day string, number int) {
		if days[day] == nil {
			days[day] = map[int]bool{}
		}
		days[day][number] = true
	}
	for _, s := range stored {
		byNumber[s.Number], last = s, max(last, s.Number)
		if s.Status != session.StatusCancelled {
			on(string(s.HeldOn), s.Number)
		}
	}
	for _, b := range bundles {
		if last = max(last, b.key.number); b.key.number > 0 && b.day != "" {
			on(b.day, b.key.number)
		}
	}
	at := map[int]*bundle{}
	for _, b := range sortedForNumbers(bundles) {
		b.number = b.key.number
		if b.number == 0 {
			switch met := days[b.key.day]; len(met) {
			case 0:
				b.isNew = true
				list = append(list, b)
				continue
			case 1:
				for n := range met {
					b.number = n
				}
			default:
				b.ambiguous = true
				faults.note(b.row.fault(heldOnField, "several_sessions", "The group has several sessions on this day. Give the session_number."))
				list = append(list, b)
				continue
			}
		}
		if there := at[b.number]; there != nil {
			there.join(b)
			continue
		}
		if s := byNumber[b.number]; s != nil {
			b.session = s.ID
		} else {
			b.isNew = true
		}
		at[b.number] = b
		list = append(list, b)
	}
	return list, last
}

// sortedForNumbers puts bundles that have numbers first.
func sortedForNumbers(bundles []*bundle) []*bundle {
	list := slices.Clone(bundles)
	slices.SortStableFunc(list, func(a, b *bundle) int {
		switch {
		case (a.key.number > 0) == (b.key.number > 0):
			return 0
		case a.key.number > 0:
			return -1
		default:
			return 1
		}
	})
	return list
}

// join takes over the rows of another bundle, in the order of the file.
func (b *bundle) join(other *bundle) {
	b.spans = append(b.spans, other.spans...)
	slices.SortFunc(b.spans, func(a, b span) int { return cmp.Compare(a.offset, b.offset) })
	if b.day == "" {
		b.day = other.day
	}
}
