package main

import (
	"bytes"
	"errors"

	"holon/internal/httpapi"
)

// analyzeRecorded answers one question about recorded sessions.
type analyzeRecorded struct {
	dataFlags
	siteFlags
	outFlag
	progressFlag

	File string `arg:"" help:"The question, JSON, as POST /v1/reports takes it." type:"path"`
}

// Help gives the examples.
func (analyzeRecorded) Help() string {
	return `Answers what POST /v1/reports answers, without the service. The reading is in the audit like any other, so
the embedded store must not be in use: stop the service first, or ask it instead.

Examples:
  holon analyze recorded alarms.json
  holon analyze recorded alarms.json --data-dir /var/lib/holon --out report.json

A question: {"analysis": "alarms"}`
}

// maxQuestion is the largest file of a question without a table.
const maxQuestion = 1 << 20

// Run reads the question and answers it.
func (c analyzeRecorded) Run(p *program) (err error) {
	text, err := readLimited(c.File, maxQuestion)
	if err != nil {
		return err
	}
	cases, engine, err := openPractice(p, c.dataFlags, c.siteFlags)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, engine.Close()) }()
	told, end := c.listener(p)
	found, err := httpapi.Answer(p.ctx, cases, keyboard("analyze recorded"), bytes.NewReader(text), told)
	end()
	if err != nil {
		return err
	}
	body, err := found.Encode()
	if err != nil {
		return err
	}
	return c.give(p, body, found.Reports)
}
