package main

import (
	"context"
	"errors"
	"io/fs"
	"path/filepath"

	"holon/internal/access"
	"holon/internal/archive"
	"holon/internal/fault"
	"holon/internal/practice"
	"holon/internal/redaction"
	"holon/internal/store"
)

// restoreCommand puts a backup into an empty store.
type restoreCommand struct {
	placeFlags
	progressFlag

	File           string   `arg:"" help:"The backup." type:"path"`
	Identity       []string `help:"File of a private key of age, for an encrypted backup; may be given again." placeholder:"FILE" sep:"none"`
	PassphraseFile string   `help:"File of the passphrase of an encrypted backup." placeholder:"FILE"`
	Verify         bool     `help:"Read everything back, compare it with the manifest, and look through it as doctor does."`
	Redactions     string   `help:"Journal of the decisions to redact that came after the backup; carried out before anybody can open the store." placeholder:"FILE"`
	VerifyOnly     bool     `help:"Check the backup and print what it holds; no store is opened."`
}

// Help gives the examples.
func (restoreCommand) Help() string {
	return `Checks the whole backup, then puts it into an empty store: a new directory, or an empty MongoDB
database. Nothing is ever put over data that are there. If it is interrupted nothing else opens the
store; the same command goes on where it stopped. Backups of either engine go into either. Ends with
code 5 if something is wrong with the restored data that was wrong when they were backed up.

Members who were redacted after the backup are in it as they were. Give the journal of redactions:
redactions.jsonl of the data directory as it was last, or what ` + "`holon redactions export`" + ` wrote. One that is
in the new data directory already is used by itself.

Examples:
  holon restore monday.zip --verify --data-dir /var/lib/holon-new --redactions redactions.jsonl
  holon restore monday.zip.age --identity key.txt --verify
  holon restore monday.zip.age --identity key.txt --verify-only`
}

// Run checks, restores and says what is there now.
func (c restoreCommand) Run(p *program) (err error) {
	keys, err := archive.NewKeys(c.Identity, c.PassphraseFile)
	if err != nil {
		return err
	}
	backup, err := archive.Open(c.File, keys)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, backup.Close()) }()
	if c.VerifyOnly {
		if c.Verify {
			return fault.New(fault.Invalid, "flags_contradict", "--verify restores and compares, --verify-only restores nothing; give one of them.")
		}
		return c.check(p, backup)
	}
	engine, err := openToFill(p, c.DataDir, c.MongodbURI)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, engine.Close()) }()
	journal, err := c.journal()
	if err != nil {
		return err
	}
	var replayed practice.Replayed
	told, end := c.listener(p)
	err = archive.Restore(p.ctx, backup, archive.Restoring{
		Engine: engine, At: p.clock(), Verify: c.Verify, Progress: archive.Progress(told),
		Replay: func(ctx context.Context, e store.Engine) (err error) {
			replayed, err = replayRedactions(ctx, p, e, journal)
			return err
		},
		Finish: func(ctx context.Context) error { return atKeyboard(ctx, p, engine, access.RestoreData, "restore") },
	})
	end()
	if err != nil {
		return err
	}
	if err := c.sayReplayed(p, journal, replayed); err != nil {
		return err
	}
	return c.report(p, backup.Manifest, engine, replayed.Unfinished)
}

// journal reads the decisions to redact that are to be carried out: those of the
// file named, else of the one in the new data directory.
func (c restoreCommand) journal() ([]redaction.Entry, error) {
	if c.Redactions != "" {
		return readJournal(c.Redactions)
	}
	if c.MongodbURI != "" {
		return nil, nil
	}
	kept, err := readJournal(filepath.Join(c.DataDir, journalName))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return kept, err
}

// sayReplayed says which redactions were carried out again, or that none could
// be without a journal.
func (c restoreCommand) sayReplayed(p *program, journal []redaction.Entry, done practice.Replayed) error {
	if journal == nil {
		return p.say("No journal of redactions was given. If anybody was redacted since the backup, run `holon redactions replay` before the service.")
	}
	return tellReplayed(p, journal, done)
}

// check reads the backup alone.
func (c restoreCommand) check(p *program, backup *archive.Archive) error {
	told, end := c.listener(p)
	err := backup.Verify(p.ctx, archive.Progress(told))
	end()
	if err != nil {
		return err
	}
	if err := contents(p, backup.Manifest); err != nil {
		return err
	}
	return p.tell("The backup is whole. Nothing was restored.")
}

// report prints what was restored, and with --verify what is wrong with it.
func (c restoreCommand) report(p *program, m *archive.Manifest, engine store.Engine, unfinished int) error {
	if err := contents(p, m); err != nil {
		return err
	}
	if !c.Verify {
		if err := p.tell("Restored."); err != nil {
			return err
		}
		return found(len(m.Damaged) + unfinished)
	}
	if err := p.tell("Restored, read back and compared: every document is the one that was backed up."); err != nil {
		return err
	}
	n, err := inspect(p, engine, c.placeFlags)
	if err != nil {
		return err
	}
	return found(n + len(m.Damaged) + unfinished)
}

// found is the error of a command that did its work and found something.
func found(n int) error {
	if n > 0 {
		return errFindings
	}
	return nil
}
