package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"slices"
	"sync"

	"holon/internal/fault"
	"holon/internal/redaction"
)

// journalName is the journal's file in the data directory.
const journalName = "redactions.jsonl"

// fileJournal keeps decisions to redact beside the embedded store, one line
// each, durable before anything is redacted. Only the process that has the
// directory's lock writes it.
type fileJournal struct {
	dir string
	mu  sync.Mutex
}

// Append adds a decision unless it is there.
func (j *fileJournal) Append(_ context.Context, e redaction.Entry) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if err := j.append(e); err != nil {
		return fault.Wrap(fault.Unavailable, "journal_not_writable", "The journal "+journalName+" in the data directory cannot be read or written, so nothing is redacted yet. Check the disk, and who may write there.", err)
	}
	return nil
}

// append adds the line and makes it durable. What a crash left of a line is cut
// off first: nothing was redacted on the strength of it.
func (j *fileJournal) append(e redaction.Entry) (err error) {
	root, err := os.OpenRoot(j.dir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, root.Close()) }()
	_, err = root.Stat(journalName)
	isNew := errors.Is(err, fs.ErrNotExist)
	f, err := root.OpenFile(journalName, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	kept, err := io.ReadAll(f)
	if err != nil {
		return err
	}
	whole := int64(bytes.LastIndexByte(kept, '\n') + 1)
	known, err := redaction.ReadJournal(bytes.NewReader(kept[:whole]))
	switch {
	case err != nil:
		return err
	case slices.ContainsFunc(known, func(k redaction.Entry) bool { return k.Decision == e.Decision }):
		return f.Sync() // whoever wrote it may have been killed before this
	}
	if err := f.Truncate(whole); err != nil {
		return err
	}
	if _, err := f.Seek(whole, io.SeekStart); err != nil {
		return err
	}
	if err := errors.Join(e.Append(f), f.Sync()); err != nil || !isNew {
		return err
	}
	return syncDirectory(root)
}

// syncDirectory makes a new file's name durable, where a system can.
func syncDirectory(root *os.Root) error {
	d, err := root.Open(".")
	if err != nil {
		return err
	}
	_ = d.Sync() // not every system can, and the file itself is durable
	return d.Close()
}
