package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"holon/internal/access"
	"holon/internal/archive"
	"holon/internal/store"
	"holon/internal/store/mongostore"
	"holon/internal/store/sqlitestore"
)

// How manifests name the engines.
const (
	engineSQLite  = "sqlite"
	engineMongoDB = "mongodb"
)

// backupCommand writes all data into one file.
type backupCommand struct {
	placeFlags
	progressFlag

	Out            string   `help:"The file to write; one that exists is left alone (default holon-backup-TIME.zip, or .zip.age if encrypted, in this directory)." placeholder:"FILE"`
	Recipient      []string `help:"Encrypt for this public key of age; may be given again." placeholder:"age1..." sep:"none"`
	RecipientsFile []string `help:"Encrypt for the public keys in this file; may be given again." placeholder:"FILE" sep:"none"`
	PassphraseFile string   `help:"Encrypt with the passphrase in this file." placeholder:"FILE"`
}

// Help gives the examples.
func (backupCommand) Help() string {
	return `Writes every document, with its history and the audit, into one ZIP file with a manifest of counts
and hashes. The service may go on meanwhile. The backup of either engine can be restored into the
other. Without --recipient or --passphrase-file it is not encrypted. Ends with code 5 if a document is
damaged; everything else is in the backup then, and the damaged one beside it.

Examples:
  holon backup --recipient age1...
  holon backup --data-dir /var/lib/holon --out /mnt/backups/monday.zip.age --recipients-file keys.txt
  HOLON_MONGODB_URI=mongodb://... holon backup --passphrase-file passphrase.txt`
}

// Run writes the backup and prints what is in it.
func (c backupCommand) Run(p *program) (err error) {
	seal, err := archive.NewSeal(c.Recipient, c.RecipientsFile, c.PassphraseFile)
	if err != nil {
		return err
	}
	source, leaveTrace, err := c.source(p)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, source.Engine.Close()) }()
	told, end := c.listener(p)
	source.Progress = archive.Progress(told)
	made, err := archive.Create(p.ctx, c.out(source, seal), seal, source, leaveTrace)
	end()
	if err != nil {
		return err
	}
	return c.summary(p, made)
}

// source opens the data to read them, with who leaves a trace of the backup.
func (c backupCommand) source(p *program) (archive.Source, func(*archive.Made) error, error) {
	source := archive.Source{Holon: version(), MadeAt: p.clock()}
	if c.MongodbURI == "" {
		source.Name = engineSQLite
		engine, err := sqlitestore.OpenSnapshot(p.ctx, sqlitestore.Config{Dir: c.DataDir, Collections: store.Collections()})
		if err != nil {
			return source, nil, err
		}
		source.Engine = engine
		return source, func(m *archive.Made) error { return logBackup(c.DataDir, m, p.clock()) }, nil
	}
	source.Name, source.Live = engineMongoDB, true
	engine, err := mongostore.Open(p.ctx, mongostore.Config{
		URI: c.MongodbURI, Collections: store.Collections(), Logger: slog.New(slog.DiscardHandler), AsItIs: true,
	})
	if err != nil {
		return source, nil, err
	}
	source.Engine = engine
	return source, func(*archive.Made) error { return atKeyboard(p.ctx, p, engine, access.BackUpData, "backup") }, nil
}

// out is the path of the file.
func (c backupCommand) out(source archive.Source, seal archive.Seal) string {
	if c.Out != "" {
		return c.Out
	}
	name := "holon-backup-" + source.MadeAt.UTC().Format("20060102T150405Z") + ".zip"
	if seal.Sealed() {
		name += ".age"
	}
	return name
}

// summary prints what was written.
func (c backupCommand) summary(p *program, made *archive.Made) error {
	err := p.tell("%s\n%d bytes, SHA-256 %s", made.Path, made.Size, made.SHA256)
	err = errors.Join(err, contents(p, made.Manifest))
	if !made.Sealed {
		err = errors.Join(err, p.say("The backup is not encrypted: whoever has the file can read everything in it. See --recipient."))
	}
	if err == nil && len(made.Manifest.Damaged) > 0 {
		return errFindings
	}
	return err
}

// contents prints what a backup holds.
func contents(p *program, m *archive.Manifest) error {
	digests := m.Digests()
	err := p.tell("Made %s from %s by Holon %s: %d documents", m.MadeAt.Format("2006-01-02 15:04:05 MST"), m.Engine, m.Holon, digests.Documents())
	for _, x := range m.Collections {
		err = errors.Join(err, p.tell("  %-12s %8d documents %12d bytes  %s", x.Name, x.Documents, x.Bytes, x.SHA256))
	}
	err = errors.Join(err, p.tell("Digest of all: %s", m.Digest))
	if m.Later > 0 {
		err = errors.Join(err, p.tell("Left out: %d entries of history about revisions that came while it was made.", m.Later))
	}
	for _, x := range m.Damaged {
		err = errors.Join(err, p.tell("Damaged, and kept only as it is: %s %s (%s)", x.Collection, x.ID, x.Entry))
	}
	return err
}

// atKeyboard asks the policy for who sits at the command line and leaves an
// audit entry.
func atKeyboard(ctx context.Context, p *program, engine store.Engine, action access.Action, command string) error {
	cases, err := plainPractice(engine, p)
	if err != nil {
		return err
	}
	if err := cases.Authorize(ctx, keyboard(command), action, access.Object{Kind: access.KindPractice}); err != nil {
		return fmt.Errorf("%s: %w", command, err)
	}
	return nil
}
