package main

import (
	"errors"
	"fmt"
	"io"

	"holon/internal/fault"
)

// The exit codes, as the help and README list them.
const (
	exitDone     = 0   // done; an analysis that cannot tell is done too
	exitFailed   = 1   // something broke: Holon or the machine
	exitUsage    = 2   // the command line is wrong
	exitRefused  = 3   // what was given is refused: plan, data, instrument files, what is asked of a study
	exitNoStart  = 4   // cannot start or go on: data in use or missing, no room, database or address not available
	exitFindings = 5   // doctor found something, or backup or restore met a damaged document
	exitStopped  = 130 // stopped by Ctrl-C or a signal before the end
)

// exitCodes is the table in the help.
const exitCodes = `Exit codes:
  0  done (an analysis that cannot tell is done, too)
  1  failed: something in Holon or on this machine broke
  2  the command line is wrong
  3  refused: the plan, the data, an instrument file or what is asked of a study breaks a rule
  4  cannot start or go on: the data are in use or missing, there is no room, or the database or address is not available
  5  doctor found something, or backup or restore met a damaged document
  130  stopped by Ctrl-C or a signal before the end (serve, told to stop, ends with 0)`

// errFindings says that a command did its work and found something wrong with the
// data.
var errFindings = errors.New("findings")

// ruleError marks a fault as the refusal of a rule, whose kind would otherwise say
// that the command cannot go on.
type ruleError struct{ error }

// Unwrap returns the fault.
func (e ruleError) Unwrap() error { return e.error }

// fileError marks a fault as one of a file that the command line named.
type fileError struct {
	error

	name string
}

// Unwrap returns the fault.
func (e fileError) Unwrap() error { return e.error }

// refusal marks what is refused because of what was asked: by the state of what it is
// about, or because there is no such thing.
func refusal(err error) error {
	if fault.Is(err, fault.Conflict) || fault.Is(err, fault.NotFound) {
		return ruleError{err}
	}
	return err
}

// explain writes an error for the person at the keyboard and returns the exit
// code. Causes inside are shown only for what nobody foresaw.
func explain(w io.Writer, err error) int {
	if err == nil {
		return exitDone
	}
	if errors.Is(err, errFindings) {
		return exitFindings
	}
	f, ok := errors.AsType[*fault.Error](err)
	if !ok {
		_, _ = fmt.Fprintf(w, "holon: %v\n", err) // nobody is left to tell
		return exitFailed
	}
	_, _ = fmt.Fprintf(w, "holon: %s\n", f.Detail()) // nobody is left to tell
	if of, is := errors.AsType[fileError](err); is {
		_, _ = fmt.Fprintf(w, "  in the file %s\n", of.name) // as above
	}
	for _, x := range f.Fields() {
		if x.Detail == f.Detail() { // a single fault is the whole
			_, _ = fmt.Fprintf(w, "  at %s (%s)\n", place(x.Pointer), x.Rule) // as above
			continue
		}
		_, _ = fmt.Fprintf(w, "  %s: %s (%s)\n", place(x.Pointer), x.Detail, x.Rule) // as above
	}
	if _, refused := errors.AsType[ruleError](err); refused {
		return exitRefused
	}
	switch f.Kind() {
	case fault.Invalid, fault.Malformed, fault.TooLarge, fault.UnsupportedMedia:
		return exitRefused
	case fault.Unavailable, fault.Conflict, fault.NotFound:
		return exitNoStart
	default:
		_, _ = fmt.Fprintf(w, "holon: %v\n", err) // as above
		return exitFailed
	}
}

// place names where a fault is; an empty pointer is the whole.
func place(pointer string) string {
	if pointer == "" {
		return "(all)"
	}
	return pointer
}
