package main

import "holon/internal/objective"

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
	text, err := readLimited(c.File, objective.MaxRule)
	if err != nil {
		return err
	}
	rule, err := objective.Parse(text, registry.Lookup)
	if err != nil {
		return err
	}
	return p.tell("%s", rule.Sentence())
}
