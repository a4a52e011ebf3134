package sqlitestore

import (
	"context"
	"errors"
	"fmt"

	"holon/internal/store"
)

var _ store.Checker = (*Store)(nil)

// Check finds what only the file itself can show: pages and indexes that
// contradict each other, index values that are not those of their documents,
// and the snapshot of a backup that was killed.
func (s *Store) Check(ctx context.Context, found func(store.Problem)) error {
	if s.closed.Load() {
		return store.Closed()
	}
	report := func(rule, collection, id, detail string) {
		found(store.Problem{Rule: rule, Collection: collection, ID: id, Detail: detail})
	}
	count := 0
	err := s.eachFault(ctx, func(line string) {
		if line != "ok" {
			count++
		}
	})
	if err != nil {
		return s.refuse(ctx, err)
	}
	if count > 0 { // what SQLite says of them may quote values
		report("file_damaged", "file", fileName, fmt.Sprintf("SQLite finds %d faults in the file itself; restore a backup.", count))
	}
	for _, t := range s.tables {
		if err := s.checkCells(ctx, t, report); err != nil {
			return err
		}
	}
	if s.dir == "" {
		return nil
	}
	left, err := hasLeftover(s.dir)
	if left {
		report("snapshot_left", "file", snapshotName, "A backup was killed and left its snapshot; the next start or backup removes it.")
	}
	return err
}

// checkCells compares the index columns of a table with its documents. Damaged
// documents have none, and are found where they are read.
func (s *Store) checkCells(ctx context.Context, t *table, report func(rule, collection, id, detail string)) error {
	if len(t.fields) == 0 {
		return nil
	}
	for last := ""; ; {
		page, err := s.cellPage(ctx, t, last)
		if err != nil || len(page) == 0 {
			return err
		}
		for _, row := range page {
			last = row.document.ID
			values, err := t.collection.Values(row.document)
			if err != nil {
				continue
			}
			for i, v := range values {
				if row.cells[i] != cell(v) {
					report("index_contradicts", t.collection.Name, row.document.ID, "The index of its field "+t.fields[i]+" holds another value than the document, so lists miss it or place it wrongly.")
				}
			}
		}
	}
}

// cellRow is a document beside the cells of its index columns.
type cellRow struct {
	document store.Document
	cells    []any
}

// cellPage reads some rows after an identifier.
func (s *Store) cellPage(ctx context.Context, t *table, last string) (page []cellRow, err error) {
	text := "SELECT id, rev, doc, " + columnsOf(t.fields) + " FROM " + quote(t.collection.Name) + " WHERE id > ? ORDER BY id LIMIT 64" //nolint:gosec // names are checked by Collection.Validate
	rows, err := s.readers.db.QueryContext(ctx, text, last)
	if err != nil {
		return nil, s.refuse(ctx, err)
	}
	defer func() { err = errors.Join(err, s.refuse(ctx, rows.Close())) }()
	for rows.Next() {
		row := cellRow{cells: make([]any, len(t.fields))}
		into := []any{&row.document.ID, &row.document.Rev, &row.document.Body}
		for i := range row.cells {
			into = append(into, &row.cells[i])
		}
		if err := rows.Scan(into...); err != nil {
			return page, s.refuse(ctx, err)
		}
		page = append(page, row)
	}
	return page, s.refuse(ctx, rows.Err())
}

// eachFault calls do with every line of SQLite's own check of the file.
func (s *Store) eachFault(ctx context.Context, do func(line string)) (err error) {
	rows, err := s.readers.db.QueryContext(ctx, "PRAGMA integrity_check(100)")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var line string
		if err := rows.Scan(&line); err != nil {
			return err
		}
		do(line)
	}
	return rows.Err()
}
