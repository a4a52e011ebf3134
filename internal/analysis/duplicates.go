package analysis

import (
	"fmt"
	"math"
	"slices"

	"holon/internal/caveat"
	"holon/internal/multilevel"
)

// Duplicates says what to do when a table has several rows of one member (in
// one session, where it has sessions). Each way gives other numbers, so none
// is taken in silence.
type Duplicates string

// The ways. Refuse is the default.
const (
	Refuse    Duplicates = "refuse"     // no numbers before somebody has decided
	Keep      Duplicates = "keep"       // every row counts as a member of its own
	DropExact Duplicates = "drop_exact" // rows that repeat another exactly are dropped; others count as members of their own
	Average   Duplicates = "average"    // exact repeats are dropped, and what is left of a member is averaged
)

// repeats is what was found of several rows of one member.
type repeats struct {
	keys        int // members with rows (in a session)
	conflicting int // of these, with ratings that differ
	exact       int // rows that repeat another exactly
}

// merge applies the way to the rows, which have members, and says what was
// found. The rows come out in canonical order.
func (d Duplicates) merge(ratings *multilevel.Ratings) repeats {
	var found repeats
	rows := ratings.Canonical()
	out := rows[:0]
	for len(rows) > 0 {
		n := 1
		for n < len(rows) && sameMember(rows[0], rows[n]) {
			n++
		}
		found.keys++
		out = append(out, d.one(rows[:n], &found, ratings)...)
		rows = rows[n:]
	}
	ratings.Rows = out
	return found
}

// sameMember tells whether two rows are of one member in one session.
func sameMember(a, b multilevel.Row) bool {
	return a.Member != "" && a.Group == b.Group && a.Member == b.Member && a.Session == b.Session
}

// one applies the way to the rows of one member, ordered by value.
func (d Duplicates) one(rows []multilevel.Row, found *repeats, into *multilevel.Ratings) []multilevel.Row {
	different := slices.CompactFunc(slices.Clone(rows), func(a, b multilevel.Row) bool { return a.Value == b.Value })
	exact := len(rows) - len(different)
	found.exact += exact
	if len(different) > 1 {
		found.conflicting++
	}
	switch d {
	case Keep:
		return asStrangers(slices.Clone(rows))
	case DropExact:
		into.Excluded.Add("exact_duplicate", exact)
		return asStrangers(different)
	case Average:
		into.Excluded.Add("exact_duplicate", exact)
		into.Excluded.Add("averaged_duplicate", len(different)-1)
		different[0].Value = meanOf(different)
		return different[:1]
	default:
		return slices.Clone(rows)
	}
}

// meanOf returns the mean of the rows' values, finite where they are.
func meanOf(rows []multilevel.Row) float64 {
	n, total, parts := float64(len(rows)), 0.0, 0.0
	for _, row := range rows {
		total += row.Value
		parts += row.Value / n
	}
	if math.IsInf(total, 0) || math.IsNaN(total) {
		return parts
	}
	return total / n
}

// asStrangers takes all rows but the first for members nobody has named.
func asStrangers(rows []multilevel.Row) []multilevel.Row {
	for i := range rows[1:] {
		rows[i+1].Member = ""
	}
	return rows
}

// judge turns what was found into an objection or a caveat. Where most members
// have several ratings that differ they are meant, and no duplicates: then the
// layout objects by itself.
func (d Duplicates) judge(found repeats, q *question) {
	if found.exact+found.conflicting == 0 {
		return
	}
	what := fmt.Sprintf("%s another row exactly, and %s ratings that differ",
		counted(found.exact, "row repeats", "rows repeat"), counted(found.conflicting, "member has", "members have"))
	var notes caveat.Set
	switch d {
	case Keep:
		notes.Add("duplicates_kept", what+"; every row was counted as a member of its own.")
	case DropExact:
		notes.Add("duplicates_dropped", what+"; exact repeats were dropped and the others counted as members of their own.")
	case Average:
		notes.Add("duplicates_averaged", what+"; exact repeats were dropped and the others averaged.")
	default:
		if 2*found.conflicting > found.keys {
			return
		}
		q.objection = &multilevel.Objection{
			Answer: multilevel.Refused, Reason: "duplicate_rows",
			Detail:  what + ". Kept, dropped or averaged, they give other numbers each time.",
			Instead: "Mend the table, or say what to do with them: keep every row, drop those that repeat another exactly, or average those of one member.",
		}
	}
	q.caveats.Merge(notes)
}

// counted writes a number before the word for one or for several.
func counted(n int, one, several string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, several)
}
