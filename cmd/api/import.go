package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"

	"holon/internal/fault"
	"holon/internal/importing"
)

// importCommands take files into a practice.
type importCommands struct {
	Roster importRoster `cmd:"" help:"Take in groups, people and their spells."`
	Long   importLong   `cmd:"" help:"Take in answers: one row for each rater, target, item and session."`
	Redcap importREDCap `cmd:"" help:"Take in a flat REDCap export, by a mapping file."`
}

// Help gives the examples.
func (importCommands) Help() string {
	return `A file is read whole and compared with what is stored before anything is written. Every fault is named
on standard output with line, column and reason; with one, nothing is stored and the code is 3. With --partial
forms at fault are left out, and listed, and the others are stored. --dry-run says what would be stored. Nothing
that is stored is ever overwritten. An import that was stopped, or killed, is finished by the same command. The
embedded store has one writer, so stop the service first; with MongoDB it may go on.

Examples:
  holon import roster people.csv --dry-run
  holon import roster people.csv
  holon import long answers.csv --partial --report report.json
  holon import redcap export.csv --mapping mapping.json`
}

// importFlags are common to all kinds of file.
type importFlags struct {
	dataFlags
	siteFlags
	progressFlag

	File      string `arg:"" help:"The file, CSV in UTF-8 with a header." type:"path"`
	DryRun    bool   `help:"Say what is wrong and what would be stored, and store nothing."`
	Partial   bool   `help:"Store what is right, and leave out and list what is not."`
	Report    string `help:"Write everything that was found, and what was stored, to this file as JSON." placeholder:"FILE" type:"path"`
	Delimiter string `help:"What keeps cells apart: auto, comma, semicolon or tab." enum:"auto,comma,semicolon,tab" default:"auto" placeholder:"NAME"`
}

// importRoster takes in a roster.
type importRoster struct{ importFlags }

// Run takes it in.
func (c importRoster) Run(p *program) error {
	return c.take(p, importing.Options{Kind: importing.Roster})
}

// importLong takes in a long table.
type importLong struct{ importFlags }

// Run takes it in.
func (c importLong) Run(p *program) error { return c.take(p, importing.Options{Kind: importing.Long}) }

// importREDCap takes in a REDCap export.
type importREDCap struct {
	importFlags

	Mapping string `required:"" help:"What the columns mean, JSON." placeholder:"FILE" type:"path"`
}

// Run reads the mapping and takes the file in.
func (c importREDCap) Run(p *program) error {
	text, err := readLimited(c.Mapping, importing.MaxMapping)
	if err != nil {
		return err
	}
	mapping, err := importing.ParseMapping(text)
	if err != nil {
		return err
	}
	return c.take(p, importing.Options{Kind: importing.REDCap, Mapping: mapping})
}

// take opens the file and the data, and takes the one into the other.
func (f importFlags) take(p *program, o importing.Options) (err error) {
	file, size, err := openRegular(f.File)
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }() // it was only read
	cases, engine, err := openPractice(p, f.dataFlags, f.siteFlags)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, engine.Close()) }()
	told, end := f.listener(p)
	o.DryRun, o.Partial, o.Progress = f.DryRun, f.Partial, told
	o.Delimiter = map[string]rune{"comma": ',', "semicolon": ';', "tab": '\t'}[f.Delimiter]
	report, err := importing.Run(p.ctx, cases, keyboard("import"), file, size, o)
	end()
	if err != nil {
		if p.ctx.Err() != nil && !f.DryRun {
			_ = p.say("What was stored stays. The same command goes on where this one stopped.") // nobody is left to tell
		}
		return err
	}
	if err := f.write(report); err != nil {
		return err
	}
	return tellImport(p, report)
}

// openRegular opens a file that can be read again and again.
func openRegular(name string) (*os.File, int64, error) {
	file, err := os.Open(name) //nolint:gosec // the person at the keyboard names it
	if err != nil {
		return nil, 0, unreadableFile(name, err)
	}
	info, err := file.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = fault.New(fault.Invalid, "no_regular_file", "This is no file that can be read twice. Put what a pipe gives into a file first: "+name)
	}
	if err != nil {
		return nil, 0, errors.Join(err, file.Close())
	}
	return file, info.Size(), nil
}

// write puts the report into the file that was named, if one was.
func (f importFlags) write(report *importing.Report) error {
	if f.Report == "" {
		return nil
	}
	text, err := json.MarshalIndent(report, "", "  ")
	if err != nil {
		return err
	}
	return writeWhole(f.Report, append(text, '\n'))
}

// tellImport prints what was found and what became of it.
func tellImport(p *program, r *importing.Report) error {
	var b strings.Builder
	for _, x := range r.Faults {
		fmt.Fprintln(&b, faultLine(x))
	}
	for _, x := range r.Notices {
		fmt.Fprintln(&b, "note: "+faultLine(x))
	}
	for _, x := range r.LeftOut {
		fmt.Fprintf(&b, "left out: %s, %s, since %s\n", x.Form, numbers(x.Lines), x.Why)
	}
	if more := r.MoreFaults + r.MoreNotices + r.MoreLeftOut; more > 0 {
		fmt.Fprintf(&b, "%d more are not listed.\n", more)
	}
	if len(r.Unmapped) > 0 {
		fmt.Fprintf(&b, "Columns that the mapping does not name, and that are not taken in: %s\n", strings.Join(r.Unmapped, ", "))
	}
	if r.Formless > 0 {
		fmt.Fprintf(&b, "Rows without anything that the mapping names: %d\n", r.Formless)
	}
	verb := map[importing.State]string{importing.Stored: "Stored", importing.Tried: "Would be stored", importing.Refused: "Without the faults, would be stored"}[r.State]
	fmt.Fprintf(&b, "Read: %d rows. %s: %s.\n", r.Rows, verb, inWords(r.New, r.Extended))
	if r.Already != (importing.Counts{}) {
		fmt.Fprintf(&b, "There already, with the same content: %s.\n", inWords(r.Already, 0))
	}
	if r.State == importing.Stored {
		fmt.Fprintf(&b, "Import %s.\n", r.ID)
	}
	if _, err := fmt.Fprint(p.stdout, b.String()); err != nil {
		return err
	}
	switch {
	case r.State == importing.Refused && r.Partial:
		return refusedImport("Faults were found, and some rows do not say right which group and session they are of, so nobody knows which form would lack them. Nothing was stored. Mend those rows first.")
	case r.State == importing.Refused:
		return refusedImport("Faults were found, so nothing was stored. Mend the file and run the same command again, or leave what is at fault out with --partial.")
	case r.State == importing.Tried && r.FaultCount() > 0:
		return refusedImport("Faults were found. What is at fault would be left out.")
	default:
		return nil
	}
}

// refusedImport is the answer to a file that has faults.
func refusedImport(detail string) error { return fault.New(fault.Invalid, "import_refused", detail) }

// faultLine says in a line where a fault is and what is wrong.
func faultLine(x importing.Fault) string {
	where := "file"
	if x.Line > 0 {
		where = fmt.Sprintf("line %d", x.Line)
	}
	switch {
	case x.Column > 0:
		where += fmt.Sprintf(", column %d (%s)", x.Column, x.Name)
	case x.Name != "":
		where += fmt.Sprintf(", no column (%s)", x.Name)
	}
	also := ""
	if len(x.Also) > 0 {
		also = " See also " + numbers(x.Also) + "."
	}
	return fmt.Sprintf("%s: %s (%s)%s", where, x.Detail, x.Rule, also)
}

// maxNumbers is how many line numbers are printed of one fault; the report has
// them all.
const maxNumbers = 12

// numbers names lines.
func numbers(lines []int) string {
	more := ""
	if n := len(lines) - maxNumbers; n > 0 {
		lines, more = lines[:maxNumbers], fmt.Sprintf(" and %d more", n)
	}
	what := "lines "
	if len(lines) == 1 {
		what = "line "
	}
	return what + strings.Trim(strings.ReplaceAll(fmt.Sprint(lines), " ", ", "), "[]") + more
}

// inWords lists what there is any of.
func inWords(n importing.Counts, extended int) string {
	var words []string
	for _, x := range []struct {
		count     int
		one, many string
	}{
		{n.Groups, "group", "groups"},
		{n.Members, "member", "members"},
		{n.Therapists, "therapist", "therapists"},
		{n.Spells, "spell", "spells"},
		{n.TherapistSpells, "therapist's spell", "therapists' spells"},
		{n.Sessions, "session", "sessions"},
		{extended, "addition to a session", "additions to sessions"},
		{n.Attendance, "attendance", "attendances"},
		{n.Forms, "form", "forms"},
		{n.TotalsOnly, "of them a total without answers", "of them totals without answers"},
	} {
		switch {
		case x.count == 1:
			words = append(words, "1 "+x.one)
		case x.count > 1:
			words = append(words, fmt.Sprintf("%d %s", x.count, x.many))
		}
	}
	if len(words) == 0 {
		return "nothing"
	}
	return strings.Join(words, ", ")
}
