package main

import (
	"fmt"
	"os"

	"holon/internal/fault"
	"holon/internal/objective"
)

// objectiveCommands look at rules without any stored data.
type objectiveCommands struct {
	Check checkObjective `cmd:"" help:"Check a rule and say it in one sentence."`
}

// Help gives the examples.
func (objectiveCommands) Help() string {
	return `Examples:
  holon objectives check task-twice.json
  holon objectives check understood.json --instruments ./our-instruments`
}

// checkObjective checks one file.
type checkObjective struct {
	siteFlags

	File string `arg:"" help:"The file with the rule, as POST /v1/objectives takes it."`
}

// Run prints the rule's sentence, or names every fault.
func (c checkObjective) Run(p *program) error {
	registry, err := c.load()
	if err != nil {
		return err
	}
	text, err := os.ReadFile(c.File)
	if err != nil {
		return fault.Wrap(fault.Invalid, "file_unreadable", "The file cannot be read: "+c.File, err)
	}
	rule, err := objective.Parse(text, registry.Lookup)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(p.stdout, rule.Sentence())
	return err
}
