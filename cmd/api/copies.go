package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"holon/internal/redaction"
	"holon/internal/store"
)

// oldCopies prints the copies of the data in the data directory that are older
// than a redaction, and what a killed start left of one: they hold what was taken
// out of everything else.
func oldCopies(p *program, data placeFlags, engine store.Engine) (n int, err error) {
	if data.MongodbURI != "" {
		return 0, nil // where they are, only its operator knows
	}
	copies, err := os.ReadDir(filepath.Join(data.DataDir, copiesName))
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	var last time.Time
	for d, err := range store.NewRedactions(engine).List(p.ctx, "", 0) {
		if err == nil && (d.State == redaction.Started || d.State == redaction.Done) && d.DecidedAt.After(last) {
			last = *d.DecidedAt
		}
	}
	for _, c := range copies {
		said, err := p.sayOldCopy(c, last)
		if err != nil {
			return n, err
		}
		if said {
			n++
		}
	}
	return n, nil
}

// sayOldCopy prints what is wrong with a file among the copies, if anything is.
func (p *program) sayOldCopy(c fs.DirEntry, lastRedaction time.Time) (said bool, err error) {
	name := filepath.Join(copiesName, c.Name())
	if strings.HasPrefix(c.Name(), "."+copyPrefix) {
		return true, p.tell("file %s: A start was killed while it made a copy of the data, and this is what it had. Delete it. (copy_left)", name)
	}
	if !strings.HasPrefix(c.Name(), copyPrefix) {
		return false, nil
	}
	info, err := c.Info()
	if err != nil || !info.ModTime().Before(lastRedaction) {
		return false, err
	}
	return true, p.tell("file %s: This copy of the data is from before a redaction, so it holds what was taken out. Delete it as soon as nobody has to go back to it. (copy_unredacted)", name)
}
