package sqlitestore

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strings"

	sqlite "modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"holon/internal/fault"
	"holon/internal/store"
)

// found is what the file has of a table.
type found struct {
	columns []string          // none if the table is missing
	indexes map[string]string // name to the text that made it
}

// look reads what the file has of the table.
func (t *table) look(ctx context.Context, db querier) (found, error) {
	f := found{indexes: map[string]string{}}
	err := eachRow(ctx, db, "SELECT name, '' FROM pragma_table_info(?)", t.collection.Name, func(name, _ string) {
		f.columns = append(f.columns, name)
	})
	if err != nil {
		return f, err
	}
	err = eachRow(ctx, db, "SELECT name, sql FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL AND tbl_name = ?", t.collection.Name, func(name, text string) {
		f.indexes[name] = text
	})
	return f, err
}

// eachRow calls do with the two texts of every row.
func eachRow(ctx context.Context, db querier, query, arg string, do func(a, b string)) (err error) {
	rows, err := db.QueryContext(ctx, query, arg)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var a, b string
		if err := rows.Scan(&a, &b); err != nil {
			return err
		}
		do(a, b)
	}
	return rows.Err()
}

// indexTexts returns the texts that make the declared indexes.
func (t *table) indexTexts() []string {
	texts := make([]string, len(t.collection.Indexes))
	for i, x := range t.collection.Indexes {
		texts[i] = t.createIndex(x)
	}
	return texts
}

// isLaidOut tells whether all that is declared is there.
func (t *table) isLaidOut(f found) bool {
	for _, text := range t.indexTexts() {
		if !slices.Contains(f.texts(), text) {
			return false
		}
	}
	return len(f.columns) > 0
}

// hasMore tells whether there are columns or indexes that are not declared.
func (t *table) hasMore(f found) bool {
	for _, name := range f.columns {
		if field, isKey := strings.CutPrefix(name, "k_"); isKey && !slices.Contains(t.fields, field) {
			return true
		}
	}
	declared := t.indexTexts()
	return slices.ContainsFunc(f.texts(), func(text string) bool { return !slices.Contains(declared, text) })
}

// texts returns the texts that made the indexes of the file.
func (f found) texts() []string {
	var texts []string
	for _, text := range f.indexes {
		texts = append(texts, text)
	}
	return texts
}

// layOut brings the table to its declaration: it makes what is missing, fills
// new columns from the documents, and drops columns and indexes that are no
// longer declared, since nobody would keep them up.
func (t *table) layOut(ctx context.Context, tx *sql.Tx) error {
	f, err := t.look(ctx, tx)
	if err != nil {
		return err
	}
	if len(f.columns) == 0 {
		if _, err := tx.ExecContext(ctx, t.createTable()); err != nil {
			return err
		}
	} else if err := t.changeColumns(ctx, tx, f); err != nil {
		return err
	}
	for _, text := range t.indexTexts() {
		if slices.Contains(f.texts(), text) {
			continue
		}
		_, err := tx.ExecContext(ctx, text)
		if failed, ok := errors.AsType[*sqlite.Error](err); ok && failed.Code() == sqlite3.SQLITE_CONSTRAINT_UNIQUE {
			return fault.Wrap(fault.Conflict, "index_impossible", "An index of "+t.collection.Name+" cannot be made: two documents share a value that must be unique.", err)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// changeColumns drops indexes and columns that are no longer declared, adds new
// columns and fills them.
func (t *table) changeColumns(ctx context.Context, tx *sql.Tx, f found) error {
	for name, text := range f.indexes {
		if slices.Contains(t.indexTexts(), text) {
			continue
		}
		if _, err := tx.ExecContext(ctx, "DROP INDEX "+quote(name)); err != nil {
			return err
		}
	}
	for _, name := range f.columns {
		field, isKey := strings.CutPrefix(name, "k_")
		if !isKey || slices.Contains(t.fields, field) {
			continue
		}
		if _, err := tx.ExecContext(ctx, "ALTER TABLE "+quote(t.collection.Name)+" DROP COLUMN "+column(field)); err != nil {
			return err
		}
	}
	var added []string
	for _, field := range t.fields {
		if slices.Contains(f.columns, "k_"+field) {
			continue
		}
		added = append(added, field)
		if _, err := tx.ExecContext(ctx, "ALTER TABLE "+quote(t.collection.Name)+" ADD COLUMN "+column(field)+" ANY"); err != nil {
			return err
		}
	}
	if len(added) == 0 {
		return nil
	}
	return t.fill(ctx, tx, added)
}

// fill writes the values of new columns from the documents, page by page.
func (t *table) fill(ctx context.Context, tx *sql.Tx, added []string) error {
	read := "SELECT id, rev, doc FROM " + quote(t.collection.Name) + " WHERE id > ? ORDER BY id LIMIT 64"
	write := "UPDATE " + quote(t.collection.Name) + " SET " + strings.ReplaceAll(columnsOf(added), ",", " = ?,") + " = ? WHERE id = ?" //nolint:gosec // names are checked by Collection.Validate
	for last := ""; ; {
		page, err := readPage(ctx, tx, read, last)
		if err != nil || len(page) == 0 {
			return err
		}
		for _, d := range page {
			values, err := t.collection.Values(d)
			if err != nil { // damaged: it is there, without its index values
				values = make([]any, len(t.fields))
			}
			args := make([]any, 0, len(added)+1)
			for _, field := range added {
				args = append(args, cell(values[slices.Index(t.fields, field)]))
			}
			if _, err := tx.ExecContext(ctx, write, append(args, d.ID)...); err != nil {
				return err
			}
			last = d.ID
		}
	}
}

// readPage reads whole documents.
func readPage(ctx context.Context, tx *sql.Tx, text, last string) (page []store.Document, err error) {
	rows, err := tx.QueryContext(ctx, text, last)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var d store.Document
		if err := rows.Scan(&d.ID, &d.Rev, &d.Body); err != nil {
			return nil, err
		}
		page = append(page, d)
	}
	return page, rows.Err()
}
