package main

import "errors"

// findingCommands are about what somebody must answer.
type findingCommands struct {
	Recompute recomputeCommand `cmd:"" help:"Raise what stored answers and attendance should have raised; withdraw what rests on nothing."`
}

// recomputeCommand goes through all sessions for what raises findings.
type recomputeCommand struct {
	dataFlags
	siteFlags
}

// Help gives the examples.
func (recomputeCommand) Help() string {
	return `Goes through all sessions: an answer that must be seen at once, or a missed session, that has no finding
gets one; a finding whose answer was never stored, or is another now, says so. Nothing that was noted
about a finding is ever removed, and what was imported raises nothing. Then it looks for alarms and signs
of slipping away in sessions of the last four weeks, as the running service does every minute. Stop the service first, unless
the data are in MongoDB.

Examples:
  holon findings recompute
  holon findings recompute --data-dir /var/lib/holon`
}

// Run recomputes and says what was done.
func (c recomputeCommand) Run(p *program) (err error) {
	cases, engine, err := openPractice(p, c.dataFlags, c.siteFlags)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, engine.Close()) }()
	done, err := cases.RecomputeFindings(p.ctx, keyboard("findings-recompute"))
	if err != nil {
		return err
	}
	for _, name := range done.LeftOut {
		if err := p.tell("%s cannot be read and was left out.", name); err != nil {
			return err
		}
	}
	if err := p.tell("%d sessions looked through: %d findings raised, %d withdrawn.", done.Sessions, done.Raised, done.Withdrawn); err != nil {
		return err
	}
	changed, err := cases.WatchCourses(p.ctx)
	if err != nil {
		return err
	}
	return p.tell("Alarms and signs of slipping away, in sessions of the last four weeks: %d findings changed.", changed)
}
