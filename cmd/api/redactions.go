package main

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"

	"holon/internal/fault"
	"holon/internal/practice"
	"holon/internal/redaction"
	"holon/internal/store"
)

// redactionCommands are what there is to do about redactions from outside of
// the service.
type redactionCommands struct {
	List   redactionListCommand   `cmd:"" help:"List the requests for erasure and what became of them."`
	Export redactionExportCommand `cmd:"" help:"Write the decisions to redact as a journal, to be kept apart from backups."`
	Replay redactionReplayCommand `cmd:"" help:"Carry a journal's decisions out in data that were restored from an older backup."`
}

// redactionListCommand lists decisions.
type redactionListCommand struct {
	dataFlags
}

// Help gives the examples.
func (redactionListCommand) Help() string {
	return `One line for each request: its identifier, its state, the member's identifier, the day it came in, what
was decided. Holds identifiers and codes only. The service may be running.

Examples:
  holon redactions list
  holon redactions list --data-dir /var/lib/holon`
}

// Run prints the list.
func (c redactionListCommand) Run(p *program) error {
	return eachDecision(p, c.dataFlags, func(d *redaction.Decision) error {
		verdict := string(d.Verdict)
		if verdict == "" {
			verdict = "not decided"
		}
		return p.tell("%s  %-9s  %s  %s  %s", d.ID, d.State, d.MemberID, d.On, verdict)
	})
}

// redactionExportCommand writes a journal.
type redactionExportCommand struct {
	dataFlags
	Out string `help:"File to write; - is standard output." default:"-" placeholder:"FILE"`
}

// Help gives the examples.
func (redactionExportCommand) Help() string {
	return `One JSON line for each decision to redact, with identifiers and codes only. Keep it apart from the
backups: a backup from before a decision does not know it. The embedded store keeps the same journal by
itself, as redactions.jsonl in the data directory. The service may be running.

Examples:
  holon redactions export --out redactions.jsonl
  HOLON_MONGODB_URI=mongodb://... holon redactions export --out redactions.jsonl`
}

// Run writes the journal, whole: one that was there before stands until then.
func (c redactionExportCommand) Run(p *program) error {
	var journal bytes.Buffer
	n := 0
	err := eachDecision(p, c.dataFlags, func(d *redaction.Decision) error {
		e, redacts := redaction.EntryOf(d)
		if !redacts {
			return nil
		}
		n++
		return e.Append(&journal)
	})
	if err == nil && c.Out == "-" {
		_, err = p.stdout.Write(journal.Bytes())
	} else if err == nil {
		err = writeWhole(c.Out, journal.Bytes())
	}
	if err != nil {
		return err
	}
	return p.say("Decisions to redact: %d.", n)
}

// eachDecision goes through all decisions, beside a running service.
func eachDecision(p *program, data dataFlags, each func(*redaction.Decision) error) (err error) {
	engine, err := data.open(p, slog.New(slog.DiscardHandler), true)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, engine.Close()) }()
	for d, err := range store.NewRedactions(engine).List(p.ctx, "", 0) {
		if err != nil {
			return err
		}
		if err := each(d); err != nil {
			return err
		}
	}
	return nil
}

// redactionReplayCommand carries a journal out.
type redactionReplayCommand struct {
	dataFlags
	From string `help:"The journal: the file redactions.jsonl of the data directory as it was, or one that export wrote." required:"" placeholder:"FILE"`
}

// Help gives the examples.
func (redactionReplayCommand) Help() string {
	return `After a backup was restored, members who were redacted since the backup are there again. This carries
their redactions out once more, and brings those that the data know themselves to their end. It may be
repeated. The embedded store has one writer, so run it before the service is started.

Examples:
  holon redactions replay --from /var/backups/redactions.jsonl
  holon redactions replay --from redactions.jsonl --data-dir /var/lib/holon`
}

// Run reads the journal and carries it out.
func (c redactionReplayCommand) Run(p *program) (err error) {
	journal, err := readJournal(c.From)
	if err != nil {
		return err
	}
	engine, err := c.openExisting(p)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, engine.Close()) }()
	done, err := replayRedactions(p.ctx, p, engine, journal)
	if err != nil {
		return err
	}
	if err := tellReplayed(p, journal, done); err != nil {
		return err
	}
	return found(done.Unfinished)
}

// tellReplayed says what became of a journal's decisions.
func tellReplayed(p *program, journal []redaction.Entry, done practice.Replayed) error {
	err := p.tell("Decisions to redact: %d. Carried out now: %d, before: %d; about members whom these data do not know: %d.",
		len(journal), done.Redacted, done.Done, done.Unknown)
	if err != nil || done.Unfinished == 0 {
		return err
	}
	return p.tell("%d are not at their end: documents cannot be read that may hold something of these members. `holon doctor` names the decisions; mend or remove the documents, and repeat this.", done.Unfinished)
}

// readJournal reads the decisions of a journal.
func readJournal(path string) ([]redaction.Entry, error) {
	f, err := os.Open(path) //nolint:gosec // the operator says which
	if err != nil {
		return nil, fault.Wrap(fault.NotFound, "no_journal", "The journal "+path+" cannot be read.", err)
	}
	journal, err := redaction.ReadJournal(f)
	return journal, errors.Join(err, f.Close())
}

// replayRedactions carries a journal's decisions out in data that may be older
// than they, and brings those to their end that the data know themselves.
func replayRedactions(ctx context.Context, p *program, engine store.Engine, journal []redaction.Entry) (practice.Replayed, error) {
	cases, err := plainPractice(engine, p)
	if err != nil {
		return practice.Replayed{}, err
	}
	return cases.ReplayRedactions(ctx, keyboard("redactions-replay"), journal)
}

// notReplayed prints the decisions that the journal beside the embedded store
// has and the data do not.
func notReplayed(p *program, data placeFlags, engine store.Engine) (missing int, err error) {
	if data.MongodbURI != "" {
		return 0, nil
	}
	forgotten, err := forgottenBy(p, data.DataDir, engine)
	if err != nil {
		return 0, err
	}
	for _, e := range forgotten {
		if err := p.tell("redactions %s: It is in the journal and not in the data, which are older. Run `holon redactions replay --from %s`. (redaction_not_replayed)",
			e.Decision, filepath.Join(data.DataDir, journalName)); err != nil {
			return missing, err
		}
		missing++
	}
	return missing, nil
}

// forgottenBy lists the decisions that the journal beside the embedded store has
// and the data do not know, or know as not decided: they were restored from a
// backup that is older.
func forgottenBy(p *program, dir string, engine store.Engine) ([]redaction.Entry, error) {
	journal, err := readJournal(filepath.Join(dir, journalName))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var forgotten []redaction.Entry
	for _, e := range journal {
		d, err := store.NewRedactions(engine).Get(p.ctx, e.Decision)
		if fault.Is(err, fault.NotFound) || (err == nil && d.State == redaction.Requested) {
			forgotten = append(forgotten, e)
		} // whether what is there is whole is looked at elsewhere
	}
	return forgotten, nil
}

// replayForgotten carries out what the journal beside the embedded store has and
// the data do not, before anybody can see them.
func replayForgotten(p *program, dir string, engine store.Engine) error {
	forgotten, err := forgottenBy(p, dir, engine)
	if err != nil || len(forgotten) == 0 {
		return err
	}
	if err := p.say("These data are older than %d decisions to redact in %s; they are carried out again first.", len(forgotten), filepath.Join(dir, journalName)); err != nil {
		return err
	}
	done, err := replayRedactions(p.ctx, p, engine, forgotten)
	if err != nil {
		return err
	}
	return tellReplayed(p, forgotten, done)
}
