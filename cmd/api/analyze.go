package main

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"holon/internal/analysis"
	"holon/internal/fault"
)

// analyzeCommands analyse tables in files, without any stored data, and recorded
// sessions.
type analyzeCommands struct {
	Plan       analyzePlan       `cmd:"" default:"withargs" help:"Run the analysis that a plan file describes."`
	GroupLevel analyzeGroupLevel `cmd:"" help:"Test the group level of one column."`
	Recorded   analyzeRecorded   `cmd:"" help:"Answer a question about recorded sessions."`
}

// Help gives the examples.
func (analyzeCommands) Help() string {
	return `Writes one JSON value, a report or {"reports": [...]}, to standard output or --out, and the answer in
sentences to standard error. An answer such as "too few groups to say" ends with code 0: it is an answer.
Long work tells how far it is when standard error is a terminal, or with --progress; Ctrl-C stops it with
code 130, and then nothing has been written.

Examples:
  holon analyze plan.json
  holon analyze plan.json --out report.json
  holon analyze group-level --data ratings.csv --group group --outcome y
  holon analyze group-level --data ratings.csv --group group --member id --outcome y --bound 0.10
  holon analyze recorded question.json --data-dir /var/lib/holon

A plan: {"analysis": "group_level", "data": "ratings.csv", "roles": {"group": "group", "outcome": "y"}}`
}

// outFlag says where the JSON goes.
type outFlag struct {
	Out string `help:"Write the JSON to this file, whole or not at all." placeholder:"FILE" type:"path"`
}

// analyzePlan runs a plan file.
type analyzePlan struct {
	outFlag
	progressFlag

	File string `arg:"" help:"The plan, JSON. Its data file is sought in the plan's own directory." type:"path"`
}

// maxPlan is the largest plan file; the reference plans have some kilobytes.
const maxPlan = 4 << 20

// Run reads the plan and what it names.
func (c analyzePlan) Run(p *program) error {
	text, err := readLimited(c.File, maxPlan)
	if err != nil {
		return err
	}
	plan, err := analysis.ParsePlan(text)
	if fault.Is(err, fault.Malformed) && filepath.Ext(c.File) == ".csv" {
		return fault.Wrap(fault.Invalid, "table_as_plan", "This is a table, not a plan. For a table use: holon analyze group-level --data FILE --group COLUMN --outcome COLUMN.", err)
	}
	if err != nil {
		return err
	}
	return analyze(p, c.outFlag, c.progressFlag, filepath.Dir(c.File), plan)
}

// readLimited reads a file of at most limit bytes.
func readLimited(name string, limit int64) (text []byte, err error) {
	f, err := os.Open(name) //nolint:gosec // the person at the keyboard names it
	if err != nil {
		return nil, unreadableFile(name, err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	text, err = io.ReadAll(io.LimitReader(f, limit+1))
	if err != nil {
		return nil, unreadableFile(name, err)
	}
	if int64(len(text)) > limit {
		return nil, fault.New(fault.TooLarge, "file_too_large", "The file is larger than one of its kind needs to be: "+name)
	}
	return text, nil
}

// unreadableFile is the refusal of a file that was named on the command line.
func unreadableFile(name string, cause error) error {
	if errors.Is(cause, fs.ErrNotExist) {
		return fault.Wrap(fault.Invalid, "no_such_file", "There is no such file: "+name, cause)
	}
	return fault.Wrap(fault.Invalid, "unreadable_file", "The file cannot be read: "+name, cause)
}

// analyzeGroupLevel tests one column or several of a CSV file.
type analyzeGroupLevel struct {
	outFlag
	progressFlag

	Data       string   `required:"" help:"The table: CSV with a header, cells apart by commas, decimals with a point; an empty cell is missing (from R: na = \"\")." placeholder:"FILE" type:"path"`
	Group      string   `required:"" help:"The column that names the group." placeholder:"COLUMN"`
	Outcome    []string `required:"" help:"The column to test; give it again for more." placeholder:"COLUMN" sep:"none"`
	Member     string   `help:"The column that names the member; without it every row is another member." placeholder:"COLUMN"`
	Session    string   `help:"The column that names the session." placeholder:"COLUMN"`
	Bound      *float64 `help:"The group share that would matter (0.05 if left out)." placeholder:"SHARE"`
	PlanICC    *float64 `name:"plan-icc" help:"The share to plan numbers of groups for (0.10 if left out)." placeholder:"SHARE"`
	Duplicates string   `help:"Several rows of one member: refuse, keep, drop_exact or average." enum:"refuse,keep,drop_exact,average" default:"refuse"`
}

// Run makes a plan of the flags and runs it.
func (c analyzeGroupLevel) Run(p *program) error {
	file, err := filepath.EvalSymlinks(c.Data)
	if err != nil {
		return unreadableFile(c.Data, err)
	}
	plan := analysis.Plan{
		Data:       filepath.Base(file),
		Roles:      analysis.Roles{Group: c.Group, Member: c.Member, Session: c.Session, Outcomes: c.Outcome},
		Duplicates: analysis.Duplicates(c.Duplicates),
	}
	var faults fault.List
	plan.Bound = share(&faults, "--bound", c.Bound)
	plan.PlanICC = share(&faults, "--plan-icc", c.PlanICC)
	if err := faults.Err(); err != nil {
		return err
	}
	return analyze(p, c.outFlag, c.progressFlag, filepath.Dir(file), plan)
}

// share returns a share that was given, 0 if it was not, and notes one that is
// no share of variance.
func share(faults *fault.List, flag string, v *float64) float64 {
	switch {
	case v == nil:
		return 0
	case !(*v > 0 && *v < 1):
		faults.Add(flag, "out_of_range", "A share of variance lies between 0 and 1, both excluded.")
		return 0
	default:
		return *v
	}
}

// analyze runs a plan over a directory that no link leads out of. When it is told
// to stop before the end it has written nothing.
func analyze(p *program, o outFlag, f progressFlag, dir string, plan analysis.Plan) error {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return unreadableFile(dir, err)
	}
	defer func() { _ = root.Close() }() // it was only read
	told, end := f.listener(p)
	plan.Progress = told
	reports, err := analysis.RunPlan(p.ctx, root.FS(), plan)
	end()
	if err != nil {
		return err
	}
	var text []byte
	if len(reports) == 1 {
		text, err = analysis.Encode(&reports[0])
	} else {
		text, err = analysis.EncodeAll(reports)
	}
	if err != nil {
		return err
	}
	return o.give(p, text, reports)
}

// give writes the reports' JSON, and says on standard error what it means.
func (o outFlag) give(p *program, text []byte, reports []analysis.Report) error {
	if err := o.write(p.stdout, append(text, '\n')); err != nil {
		return err
	}
	for i := range reports {
		if err := p.say("%s", strings.Join(analysis.Sentences(&reports[i]), "\n")); err != nil {
			return err
		}
	}
	return nil
}

// write puts the text on standard output, or into the file.
func (o outFlag) write(stdout io.Writer, text []byte) error {
	if o.Out == "" {
		_, err := stdout.Write(text)
		return err
	}
	return writeWhole(o.Out, text)
}

// writeWhole puts the text into a file: a reader of the file sees what was there
// before or all of the new.
func writeWhole(name string, text []byte) error {
	f, err := os.CreateTemp(filepath.Dir(name), ".holon-*")
	if err != nil {
		return unwritableFile(name, err)
	}
	_, err = io.Copy(f, bytes.NewReader(text))
	err = errors.Join(err, f.Sync(), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), name)
	}
	if err != nil {
		return errors.Join(unwritableFile(name, err), os.Remove(f.Name()))
	}
	return nil
}

// unwritableFile is the refusal of a file that the command line named.
func unwritableFile(name string, cause error) error {
	return fault.Wrap(fault.Invalid, "unwritable_file", "The file cannot be written: "+name, cause)
}
