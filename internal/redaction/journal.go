package redaction

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"holon/internal/fault"
	"holon/internal/session"
)

// Entry is one line of a journal: a decision to redact, with all that is needed
// to carry it out again in data from before it. Like the decision it holds
// identifiers and codes only.
type Entry struct {
	Decision  ID               `json:"decision"`
	Member    session.MemberID `json:"member"`
	By        Requester        `json:"by"`
	On        session.Date     `json:"on"`
	Reference session.Code     `json:"reference"`
	Verdict   Verdict          `json:"verdict"`
	Basis     Basis            `json:"basis,omitempty"`
	DecidedBy string           `json:"decided_by"`
	DecidedAt time.Time        `json:"decided_at"`
}

// EntryOf returns the journal's line of a decision, and false for one that
// redacts nothing.
func EntryOf(d *Decision) (Entry, bool) {
	if (d.State != Started && d.State != Done) || d.DecidedAt == nil {
		return Entry{}, false
	}
	return Entry{
		Decision: d.ID, Member: d.MemberID, By: d.By, On: d.On, Reference: d.Reference,
		Verdict: d.Verdict, Basis: d.Basis, DecidedBy: d.DecidedBy, DecidedAt: *d.DecidedAt,
	}, true
}

// Again returns the decision of a journal's line, to be carried out at a time
// in data that do not know it.
func (e Entry) Again(at time.Time) *Decision {
	return &Decision{
		ID: e.Decision, MemberID: e.Member, By: e.By, On: e.On, Reference: e.Reference, State: Started,
		Verdict: e.Verdict, Basis: e.Basis, DecidedBy: e.DecidedBy, DecidedAt: new(session.Millis(e.DecidedAt)), Replayed: new(session.Millis(at)),
	}
}

// Append writes the entry as a line.
func (e Entry) Append(w io.Writer) error {
	line, err := json.Marshal(e)
	if err != nil {
		return err
	}
	_, err = w.Write(append(line, '\n'))
	return err
}

// longestLine bounds a line of a journal.
const longestLine = 4096

// ReadJournal reads a journal to its end, each decision once. What a crash left
// of the last line is passed over: its decision was not carried out before the
// line was whole. Anything else that is no entry is refused, every line of it
// named.
func ReadJournal(r io.Reader) ([]Entry, error) {
	var (
		faults fault.List
		out    []Entry
	)
	seen := map[ID]bool{}
	in := bufio.NewReader(r)
	for number := 1; ; number++ {
		line, err := in.ReadBytes('\n')
		if err != nil {
			if !errors.Is(err, io.EOF) {
				return nil, fault.Wrap(fault.Unavailable, "journal_unreadable", "The journal of redactions cannot be read.", err)
			}
			return out, faults.Err()
		}
		if line = bytes.TrimSpace(line); len(line) == 0 {
			continue
		}
		e, ok := readEntry(line)
		switch {
		case !ok:
			faults.Add("", "bad_entry", fmt.Sprintf("Line %d is no entry of a journal of redactions.", number))
		case !seen[e.Decision]:
			seen[e.Decision] = true
			out = append(out, e)
		}
	}
}

// readEntry reads one line.
func readEntry(line []byte) (e Entry, ok bool) {
	d := json.NewDecoder(bytes.NewReader(line))
	d.DisallowUnknownFields()
	if len(line) > longestLine || d.Decode(&e) != nil || d.More() {
		return e, false
	}
	_, dated := session.ParseDate(string(e.On))
	_, coded := session.ParseCode(string(e.Reference))
	return e, session.ValidID(string(e.Decision)) && session.ValidID(string(e.Member)) && e.By.Valid() && dated == nil && coded == nil &&
		(e.Verdict == Redact || e.Verdict == RedactPartly) && (e.Basis == "" || e.Basis.Valid()) && e.DecidedBy != "" && !e.DecidedAt.IsZero()
}
