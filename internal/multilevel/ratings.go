package multilevel

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"hash"
	"maps"
	"slices"
)

// Row is one rating in its places. Member is empty when nobody said whose it
// is; it is then taken for a member of its own. Session is empty where ratings
// are not tied to one.
type Row struct {
	Group, Member, Session string
	Value                  float64
}

// Ratings is a table of rows that says what was left out of it. The zero value
// is an empty table.
type Ratings struct {
	Rows     []Row
	Averaged int // rows that are means of several ratings of one member
	Excluded Exclusions
}

// Merge takes over the rows and exclusions of another table.
func (r *Ratings) Merge(other Ratings) {
	r.Rows = append(r.Rows, other.Rows...)
	r.Excluded.Merge(other.Excluded)
	r.Averaged += other.Averaged
}

// Canonical returns the rows in the one order that does not depend on how they
// came: by group, session, member, value.
func (r *Ratings) Canonical() []Row {
	rows := slices.Clone(r.Rows)
	slices.SortFunc(rows, CompareRows)
	return rows
}

// CompareRows orders rows by group, session, member, value.
func CompareRows(a, b Row) int {
	return cmp.Or(cmp.Compare(a.Group, b.Group), cmp.Compare(a.Session, b.Session),
		cmp.Compare(a.Member, b.Member), cmp.Compare(a.Value, b.Value))
}

// OneWayOf returns rows as the table of a one-way analysis.
func OneWayOf(rows []Row) OneWay {
	d := OneWay{Group: make([]string, len(rows)), Y: make([]float64, len(rows))}
	for i, row := range rows {
		d.Group[i], d.Y[i] = row.Group, row.Value
	}
	return d
}

// SHA256 returns the hexadecimal hash of rows: of one line for each, a JSON
// array of group, session, member and value (the shortest decimal that reads
// back as the same number), ended by a line feed. Give canonical rows.
func SHA256(rows []Row) (string, error) {
	h := sha256.New()
	for _, row := range rows {
		if err := hashRow(h, row); err != nil {
			return "", err
		}
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// hashRow writes one row's line.
func hashRow(h hash.Hash, row Row) error {
	line, err := json.Marshal([]any{row.Group, row.Session, row.Member, row.Value})
	if err != nil {
		return err
	}
	if _, err := h.Write(append(line, '\n')); err != nil {
		return err
	}
	return nil
}

// Exclusion says how many rows were left out for one reason.
type Exclusion struct {
	Reason string // snake case
	Rows   int
}

// Exclusions counts what was left out, by reason. The zero value is ready to
// use.
type Exclusions struct{ rows map[string]int }

// Add counts rows left out for a reason; none are no exclusion.
func (e *Exclusions) Add(reason string, rows int) {
	if rows == 0 {
		return
	}
	if e.rows == nil {
		e.rows = map[string]int{}
	}
	e.rows[reason] += rows
}

// Merge takes over the counts of other exclusions.
func (e *Exclusions) Merge(other Exclusions) {
	for reason, rows := range other.rows {
		e.Add(reason, rows)
	}
}

// List returns the exclusions by reason; never nil.
func (e *Exclusions) List() []Exclusion {
	out := make([]Exclusion, 0, len(e.rows))
	for _, reason := range slices.Sorted(maps.Keys(e.rows)) {
		out = append(out, Exclusion{Reason: reason, Rows: e.rows[reason]})
	}
	return out
}
