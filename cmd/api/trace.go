package main

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"strings"
	"time"

	"holon/internal/access"
	"holon/internal/archive"
	"holon/internal/fault"
	"holon/internal/session"
	"holon/internal/store"
)

// backupLog is the file in the data directory in which backups of the embedded
// store leave their trace: the audit has one writer, who may be running. The next
// writer takes its lines into the audit.
const backupLog = "holon-backups.log"

// loggedBackup is one line of it.
type loggedBackup struct {
	ID        string    `json:"id"` // of the audit's entry
	At        time.Time `json:"at"`
	SHA256    string    `json:"sha256"` // of the file that was made
	Digest    string    `json:"digest"`
	Documents int64     `json:"documents"`
	Encrypted bool      `json:"encrypted"`
}

// logBackup notes a backup, durably, before its file gets its name.
func logBackup(dir string, made *archive.Made, now time.Time) error {
	line, err := json.Marshal(loggedBackup{
		ID: "e-" + strings.ToLower(rand.Text()), At: session.Millis(now), SHA256: made.SHA256,
		Digest: made.Manifest.Digest, Documents: made.Manifest.Digests().Documents(), Encrypted: made.Sealed,
	})
	if err != nil {
		return err
	}
	root, err := os.OpenRoot(dir)
	if err == nil {
		err = errors.Join(appendToLog(root, line), root.Close())
	}
	if err != nil {
		return fault.Wrap(fault.Unavailable, "audit_unavailable", "The backup cannot be noted in "+backupLog+" of the data directory, so it was not made; check who may write there.", err)
	}
	return nil
}

// appendToLog adds a line to the log, durably: a line of its own, even after one
// that a crash cut off.
func appendToLog(root *os.Root, line []byte) error {
	f, err := root.OpenFile(backupLog, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(append([]byte("\n"), append(line, '\n')...))
	return errors.Join(err, f.Sync(), f.Close(), syncDirectory(root))
}

// readLog reads the log inside its directory, whatever a link there says.
func readLog(dir string) ([]byte, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	text, err := root.ReadFile(backupLog)
	return text, errors.Join(err, root.Close())
}

// takeUpBackups puts the log's lines into the audit, each once. A line that
// cannot be read is told of and passed over.
func takeUpBackups(p *program, engine store.Engine, dir string) error {
	text, err := readLog(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fault.Wrap(fault.Unavailable, "audit_unavailable", "The file "+backupLog+" in the data directory cannot be read; check who may read it.", err)
	}
	for line := range bytes.Lines(text) {
		if len(bytes.TrimSpace(line)) == 0 {
			continue
		}
		if err := takeUpBackup(p, engine, line); err != nil {
			return err
		}
	}
	return nil
}

// takeUpBackup puts one line into the audit.
func takeUpBackup(p *program, engine store.Engine, line []byte) error {
	var x loggedBackup
	if json.Unmarshal(line, &x) != nil || x.ID == "" || x.At.IsZero() {
		return p.say("A line of %s in the data directory cannot be read and is not in the audit.", backupLog)
	}
	return store.NewAudit(engine).Append(p.ctx, access.Entry{
		ID: x.ID, At: x.At, Principal: keyboard("backup").Principal.ID, Action: access.BackUpData,
		Object: access.Object{Kind: access.KindPractice}, Outcome: access.Allowed, RequestID: "backup",
	})
}
