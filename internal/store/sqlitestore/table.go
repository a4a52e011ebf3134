package sqlitestore

import (
	"math"
	"strings"
	"time"

	"holon/internal/store"
)

// table is a collection as it stands in the file, with the texts of its
// statements.
type table struct {
	collection store.Collection
	fields     []string // the collection's index fields, in the order of its columns

	insert, replace, remove, get, exists string
}

// newTable writes the statements of a collection.
func newTable(c store.Collection) *table {
	t := &table{collection: c, fields: c.Fields()}
	name, columns, marks, sets := quote(c.Name), "", "", ""
	for _, f := range t.fields {
		columns += ", " + column(f)
		marks += ", ?"
		sets += ", " + column(f) + " = ?"
	}
	t.insert = "INSERT INTO " + name + " (id, rev, doc" + columns + ") VALUES (?, ?, ?" + marks + ")"
	t.replace = "UPDATE " + name + " SET rev = ?, doc = ?" + sets + " WHERE id = ? AND rev = ?"
	t.remove = "DELETE FROM " + name + " WHERE id = ? AND rev = ?"
	t.get = "SELECT rev, doc FROM " + name + " WHERE id = ?"
	t.exists = "SELECT 1 FROM " + name + " WHERE id = ?"
	return t
}

// quote makes an identifier of a checked name.
func quote(name string) string { return `"` + name + `"` }

// column names the column that holds an index field, so that no field can be
// taken for id, rev or doc.
func column(field string) string { return quote("k_" + field) }

// indexName names a declared index in the file.
func (t *table) indexName(x store.Index) string {
	return quote(t.collection.Name + "_by_" + x.Name)
}

// createTable is the text that makes the table.
func (t *table) createTable() string {
	var columns strings.Builder
	for _, f := range t.fields {
		columns.WriteString(", " + column(f) + " ANY")
	}
	return "CREATE TABLE " + quote(t.collection.Name) + " (id TEXT NOT NULL PRIMARY KEY, rev INTEGER NOT NULL" + columns.String() + ", doc BLOB NOT NULL) STRICT"
}

// createIndex is the text that makes a declared index; the file keeps it, and
// so tells whether the index is still the declared one.
func (t *table) createIndex(x store.Index) string {
	unique := ""
	if x.Unique {
		unique = "UNIQUE "
	}
	return "CREATE " + unique + "INDEX " + t.indexName(x) + " ON " + quote(t.collection.Name) + " (" + columnsOf(x.Keys()) + ")"
}

// columnsOf lists the columns of index keys.
func columnsOf(keys []string) string {
	names := make([]string, len(keys))
	for i, k := range keys {
		if k == "_id" {
			names[i] = "id"
		} else {
			names[i] = column(k)
		}
	}
	return strings.Join(names, ", ")
}

// selectPage is the text that reads on in the order of an index. Its arguments
// are the equal values, then the values of the other keys to go on after (when
// there are any), then the number of rows.
func (t *table) selectPage(p store.Plan, descending, after bool) string {
	var b strings.Builder
	b.WriteString("SELECT id, rev, doc, " + columnsOf(p.Keys) + " FROM " + quote(t.collection.Name))
	if p.Index.Name != "" {
		b.WriteString(" INDEXED BY " + t.indexName(p.Index))
	}
	join := " WHERE "
	for _, k := range p.Keys[:len(p.Equal)] {
		b.WriteString(join + columnsOf([]string{k}) + " = ?")
		join = " AND "
	}
	rest := p.Keys[len(p.Equal):]
	compare, direction := " > ", ""
	if descending {
		compare, direction = " < ", " DESC"
	}
	if after && len(rest) > 0 {
		b.WriteString(join + "(" + columnsOf(rest) + ")" + compare + "(?" + strings.Repeat(", ?", len(rest)-1) + ")")
	}
	join = " ORDER BY "
	for _, k := range p.Keys {
		b.WriteString(join + columnsOf([]string{k}) + direction)
		join = ", "
	}
	b.WriteString(" LIMIT ?")
	return b.String()
}

// cell is the value of an index field as it stands in its column.
func cell(v any) any {
	switch v := v.(type) {
	case nil:
		return math.Inf(-1)
	case time.Time:
		return v.UnixMilli()
	default:
		return v
	}
}

// appendCells appends the cells of index values.
func appendCells(to, values []any) []any {
	for _, v := range values {
		to = append(to, cell(v))
	}
	return to
}
