package main

import (
	"bytes"
	"crypto/rand"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"

	"holon/internal/analysis"
	"holon/internal/fault"
	"holon/internal/httpapi"
	"holon/internal/pool"
	"holon/internal/session"
)

// poolCommands let practices answer a question together without sharing ratings.
type poolCommands struct {
	Totals poolTotalsCommands `cmd:"" help:"Write this practice's totals of one measure."`
	Test   poolTest           `cmd:"" help:"Test the group level of the totals of several practices."`
}

// Help gives the examples.
func (poolCommands) Help() string {
	return `Each practice writes a file of totals: for every size of group, or number of members and sessions, how many
groups there are, the mean of their means and sums of squares. Whoever has the files gets the answer that all
ratings in one place would give. Totals of few groups or people are withheld; see docs/pooling.md.

Examples:
  holon pool totals plan.json --out ours.json
  holon pool totals recorded question.json --data-dir /var/lib/holon --out ours.json
  holon pool test ours.json theirs.json`
}

// poolTotalsCommands write totals of a table or of recorded sessions.
type poolTotalsCommands struct {
	Plan     poolPlan     `cmd:"" default:"withargs" help:"Write the totals of the table that a plan file names."`
	Recorded poolRecorded `cmd:"" help:"Write the totals of a measure of recorded sessions."`
}

// ruleFlags say which totals may be written.
type ruleFlags struct {
	LeastPeople int      `help:"Withhold groups of a shape that are fewer people together; 11 or more." default:"11" placeholder:"N"`
	LeastGroups int      `help:"Withhold shapes of fewer groups; 3 or more." default:"3" placeholder:"N"`
	Since       []string `help:"An earlier file of the same measure, whichever sessions it is of; what differs from it by too few is withheld. Give it again for more." placeholder:"FILE" type:"path" sep:"none"`
}

// newFileFlag says where the totals go.
type newFileFlag struct {
	Out string `help:"Write the JSON to this file; one that is there is not overwritten." placeholder:"FILE" type:"path"`
}

// options returns them, with the earlier files read.
func (f ruleFlags) options() (pool.Options, error) {
	o := pool.Options{Rule: pool.Rule{People: f.LeastPeople, Groups: f.LeastGroups}, Random: rand.Reader}
	earlier, err := readTotals(f.Since)
	if err != nil {
		return o, err
	}
	for _, e := range earlier {
		o.Earlier = append(o.Earlier, *e.File)
	}
	return o, nil
}

// poolPlan writes the totals of a table.
type poolPlan struct {
	newFileFlag
	ruleFlags

	File    string `arg:"" help:"The plan of a group-level test, JSON. Its data file is sought in the plan's own directory." type:"path"`
	Kind    string `help:"What the table's groups are: group, family or couple." enum:"group,family,couple" default:"group"`
	Session string `help:"Only one session of each group: first or last." enum:"first,last," default:""`
}

// Run reads the plan and its table, and writes the totals.
func (c poolPlan) Run(p *program) error {
	text, err := readLimited(c.File, maxPlan)
	if err != nil {
		return err
	}
	plan, err := analysis.ParsePlan(text)
	if err != nil {
		return err
	}
	o, err := c.options()
	if err != nil {
		return err
	}
	o.Kind, o.OneSession = session.GroupKind(c.Kind), analysis.Place(c.Session)
	dir := filepath.Dir(c.File)
	root, err := os.OpenRoot(dir)
	if err != nil {
		return unreadableFile(dir, err)
	}
	defer func() { _ = root.Close() }() // it was only read
	found, err := analysis.GatherPlan(root.FS(), plan)
	if err != nil {
		return err
	}
	return c.total(p, &found, o)
}

// total writes the totals of what was gathered, and says what they are. What was written
// before stays: later totals are held against it.
func (o newFileFlag) total(p *program, found *analysis.Gathered, options pool.Options) error {
	written, err := pool.Write(found, options)
	if err != nil {
		return err
	}
	text, err := written.File.Encode()
	if err != nil {
		return err
	}
	write := func(w io.Writer) error { _, err := w.Write(text); return err }
	if o.Out == "" {
		err = write(p.stdout)
	} else {
		err = intoFile(o.Out, write)
	}
	if err != nil {
		return err
	}
	return p.say("%s", strings.Join(written.Sentences(), "\n"))
}

// poolRecorded writes the totals of a measure of recorded sessions.
type poolRecorded struct {
	dataFlags
	siteFlags
	newFileFlag
	ruleFlags

	File string `arg:"" help:"A question about the group level, JSON, as POST /v1/reports takes it." type:"path"`
}

// Help gives the examples.
func (poolRecorded) Help() string {
	return `The reading is in the audit like any other, so the embedded store must not be in use: stop the service first.

Examples:
  holon pool totals recorded question.json --data-dir /var/lib/holon --out ours.json

A question: {"analysis": "group_level", "kinds": ["group"], "session": {"place": "last"},
  "measure": {"instrument": {"id": "gad-7", "version": "1"}, "score": "total", "rater": "member"}}`
}

// Run reads the question and writes the totals.
func (c poolRecorded) Run(p *program) (err error) {
	text, err := readLimited(c.File, maxQuestion)
	if err != nil {
		return err
	}
	o, err := c.options()
	if err != nil {
		return err
	}
	cases, engine, err := openPractice(p, c.dataFlags, c.siteFlags)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, engine.Close()) }()
	found, err := httpapi.Gather(p.ctx, cases, keyboard("pool totals recorded"), bytes.NewReader(text))
	if err != nil {
		return err
	}
	return c.total(p, &found, o)
}

// poolTest tests pooled totals.
type poolTest struct {
	outFlag
	progressFlag

	Files   []string `arg:"" help:"Files of totals, one of each practice." type:"path"`
	Bound   *float64 `help:"The group share that would matter (0.05 if left out)." placeholder:"SHARE"`
	PlanICC *float64 `name:"plan-icc" help:"The share to plan numbers of groups for (0.10 if left out)." placeholder:"SHARE"`
	Detail  string   `help:"How much to compute: quick, standard or full." enum:"quick,standard,full" default:"standard"`
}

// Run reads the files and tests them together.
func (c poolTest) Run(p *program) error {
	files, err := readTotals(c.Files)
	if err != nil {
		return err
	}
	var faults fault.List
	q := pool.Question{Bound: share(&faults, "--bound", c.Bound), PlanICC: share(&faults, "--plan-icc", c.PlanICC), Detail: analysis.Detail(c.Detail)}
	if err := faults.Err(); err != nil {
		return err
	}
	told, end := c.listener(p)
	q.Progress = told
	report, err := pool.Test(p.ctx, files, q)
	end()
	if err != nil {
		return err
	}
	text, err := analysis.Encode(&report)
	if err != nil {
		return err
	}
	return c.give(p, text, []analysis.Report{report})
}

// readTotals reads files of totals; what is wrong with one stands under its name.
func readTotals(names []string) ([]pool.Named, error) {
	var faults fault.List
	var out []pool.Named
	for _, name := range names {
		text, err := readLimited(name, pool.MaxFile)
		if err != nil {
			return nil, err
		}
		f, err := pool.Parse(text)
		if fault.Is(err, fault.Malformed) {
			faults.Add(name, fault.RuleOf(err), "This is no whole file of totals: it was cut, or is something else. Ask for it again.")
			continue
		}
		if other := faults.Under(name, err); other != nil {
			return nil, other
		}
		out = append(out, pool.Named{Name: name, File: f})
	}
	if err := faults.Err(); err != nil {
		return nil, err
	}
	return out, nil
}
