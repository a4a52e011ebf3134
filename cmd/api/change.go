package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"holon/internal/access"
	"holon/internal/archive"
	"holon/internal/fault"
	"holon/internal/store"
	"holon/internal/store/mongostore"
	"holon/internal/store/sqlitestore"
)

// changeFlags say what happens to data of another layout before this version
// changes it.
type changeFlags struct {
	BackupDir string `help:"Where the backup goes that is made before the layout of the data changes. The embedded store has DATA-DIR/backups otherwise." placeholder:"DIR" variable:"HOLON_BACKUP_DIR"`
	NoBackup  bool   `help:"Change the layout of the data without a backup: you have one." variable:"HOLON_NO_BACKUP"`
}

// The copies that are made before a change of layout: their directory in the data
// directory, unless another is named, and how their names begin.
const (
	copiesName = "backups"
	copyPrefix = "before-layout-"
)

// stamp is a time in a file's name.
func stamp(t time.Time) string { return t.UTC().Format("20060102T150405.000Z") }

// openEmbedded opens the embedded engine. Before the layout of a file that holds
// documents changes, a copy of it is made; if the change is then refused the file
// is as it was, and the copy goes again.
func (f dataFlags) openEmbedded(p *program, readOnly bool) (store.Engine, error) {
	copied := ""
	before := func(ctx context.Context, s *sqlitestore.Store) error {
		if f.NoBackup {
			return p.say("This version changes the layout of the data; no copy was made (--no-backup).")
		}
		dir := f.BackupDir
		if dir == "" {
			dir = filepath.Join(f.DataDir, copiesName)
		}
		path, err := s.CopyInto(ctx, dir, copyPrefix+stamp(p.clock())+".db")
		if err != nil {
			return impossible(err, dir)
		}
		copied = path
		return p.say("This version changes the layout of the data; a copy from before is %s.", path)
	}
	engine, err := sqlitestore.Open(p.ctx, sqlitestore.Config{Dir: f.DataDir, Collections: store.Collections(), ReadOnly: readOnly, BeforeChange: before})
	if err != nil && copied != "" {
		return nil, errors.Join(err, os.Remove(copied))
	}
	if err != nil {
		return nil, err
	}
	if copied != "" {
		if err := atKeyboard(p.ctx, p, engine, access.BackUpData, "layout"); err != nil {
			return nil, errors.Join(err, engine.Close())
		}
	}
	return engine, nil
}

// beforeDatabase makes a backup before the indexes of a database that holds
// documents change. Without a place for it the start is refused, unless it was
// said that there is a backup: a database may be larger than this machine.
func (f dataFlags) beforeDatabase(p *program) func(context.Context, *mongostore.Store) error {
	return func(ctx context.Context, s *mongostore.Store) error {
		if f.NoBackup {
			return p.say("This version changes the indexes of the database; no backup was made (--no-backup).")
		}
		if f.BackupDir == "" {
			return fault.New(fault.Unavailable, "backup_wanted",
				"This version changes the indexes of the database, and a backup should be there before. Name a directory for one with --backup-dir or HOLON_BACKUP_DIR; or run `holon backup`, or your own backup, and start once with --no-backup. Nothing was changed.")
		}
		if err := os.MkdirAll(f.BackupDir, 0o700); err != nil {
			return impossible(err, f.BackupDir)
		}
		path := filepath.Join(f.BackupDir, copyPrefix+stamp(p.clock())+".zip")
		if _, err := archive.Create(ctx, path, archive.Seal{}, archive.Source{
			Engine: s, Name: engineMongoDB, Live: true, Holon: version(), MadeAt: p.clock(),
		}, func(*archive.Made) error { return atKeyboard(ctx, p, s, access.BackUpData, "layout") }); err != nil {
			return impossible(err, f.BackupDir)
		}
		return p.say("This version changes the indexes of the database; a backup from before is %s.", path)
	}
}

// impossible is the answer where the backup before a change fails.
func impossible(err error, dir string) error {
	why := ""
	if f, ok := errors.AsType[*fault.Error](err); ok {
		why = " " + f.Detail()
	}
	return fault.Wrap(fault.Unavailable, "backup_impossible", fmt.Sprintf(
		"This version changes the layout of the data, and the backup before that could not be made in %s. Nothing was changed.%s Make room there, or name another place with --backup-dir.", dir, why), err)
}
