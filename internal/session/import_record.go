package session

import "time"

// ImportState says how far the taking in of a file is.
type ImportState string

// The states. A file whose taking in was cut off stays running until the same
// command has finished it.
const (
	ImportRunning ImportState = "running"
	ImportDone    ImportState = "done"
)

// Valid tells whether s is one of the states.
func (s ImportState) Valid() bool { return s == ImportRunning || s == ImportDone }

// ImportRecord says which file was taken in: it is written before the first of
// what the file holds, and once more after the last.
type ImportRecord struct {
	ID        string // from the file's bytes and how it is read
	Rev       int64
	Kind      string // long, roster or redcap
	FileSHA   string
	Rows      int
	By        string // the principal
	StartedAt time.Time
	EndedAt   *time.Time
	State     ImportState
	Forms     int // that the file holds and the practice has, once it is done
	Sessions  int // whose they are
}
