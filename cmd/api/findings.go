package main

import (
	"errors"
	"fmt"

	"holon/internal/access"
	"holon/internal/practice"
)

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
about a finding is ever removed, and what was imported raises nothing. Stop the service first, unless
the data are in MongoDB.

Examples:
  holon findings recompute
  holon findings recompute --data-dir /var/lib/holon`
}

// Run recomputes and says what was done.
func (c recomputeCommand) Run(p *program) (err error) {
	registry, err := c.load()
	if err != nil {
		return err
	}
	engine, err := c.openExisting(p)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, engine.Close()) }()
	cases := newPractice(engine, registry, p.clock)
	if err := cases.CheckInstruments(p.ctx); err != nil {
		return err
	}
	atKeyboard := practice.Request{Principal: access.Principal{ID: "command-line", Role: access.RoleOperator}, ID: "findings-recompute"}
	done, err := cases.RecomputeFindings(p.ctx, atKeyboard)
	if err != nil {
		return err
	}
	for _, name := range done.LeftOut {
		if _, err := fmt.Fprintf(p.stdout, "%s cannot be read and was left out.\n", name); err != nil {
			return err
		}
	}
	return p.tell("%d sessions looked through: %d findings raised, %d withdrawn.", done.Sessions, done.Raised, done.Withdrawn)
}
