package main

import (
	"errors"
	"fmt"
	"net"

	"holon/cmd/api/internal/demo"
	"holon/internal/instrument"
	"holon/internal/practice"
)

// demoCommand fills a store of its own with a synthetic practice.
type demoCommand struct {
	listenFlags

	DemoDir string `help:"Directory of the demonstration's own store." default:"./holon-demo" placeholder:"DIR" variable:"HOLON_DEMO_DIR"`
	NoServe bool   `help:"Stop after the table."`
}

// Help gives the examples.
func (demoCommand) Help() string {
	return `Fills ./holon-demo, once, with 12 therapy groups over 20 weeks and 30 families over 12, whose true
variance components are known; prints the group-level test of every measure over all weeks beside
the truth; then serves the practice. Nobody in it exists. A configured MongoDB is never touched.

Examples:
  holon demo
  holon demo --no-serve
  holon demo --demo-dir /tmp/holon-demo --addr 127.0.0.1:8090`
}

// Run fills, prints and serves.
func (c demoCommand) Run(p *program) (err error) {
	if p.getenv("HOLON_MONGODB_URI") != "" {
		if err := p.say("HOLON_MONGODB_URI is set; the demonstration leaves that database alone."); err != nil {
			return err
		}
	}
	registry, err := instrument.Load(nil)
	if err != nil {
		return err
	}
	engine, err := openDirectory(p, c.DemoDir, false)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, engine.Close()) }()
	clock := &demo.Clock{}
	synthetic := newPractice(engine, registry, clock.Now)
	if err := synthetic.CheckInstruments(p.ctx); err != nil {
		return err
	}
	if err := c.fill(p, synthetic, clock, registry); err != nil {
		return err
	}
	if err := p.say("Testing every measure over all weeks; this takes some seconds."); err != nil {
		return err
	}
	records, err := synthetic.Records(p.ctx, practice.Request{Principal: demo.Principal(), ID: "demo"}, practice.Selection{})
	if err != nil {
		return err
	}
	if err := demo.WriteTable(p.ctx, p.stdout, records); err != nil {
		return err
	}
	if c.NoServe {
		return nil
	}
	if err := p.tell(""); err != nil {
		return err
	}
	return c.serve(p, engine, newPractice(engine, registry, p.clock), true, c.hint)
}

// hint says what to try first.
func (c demoCommand) hint(at net.Addr) string {
	return fmt.Sprintf("Try, with the token in HOLON_TOKEN (lost? remove %s and start again):\n"+
		"  curl -H \"Authorization: Bearer $HOLON_TOKEN\" \"http://%s/v1/groups?kind=family\"", c.DemoDir, at)
}

// fill writes the practice unless it is there.
func (c demoCommand) fill(p *program, synthetic *practice.Practice, clock *demo.Clock, registry *instrument.Registry) error {
	state, err := demo.StateOf(p.ctx, synthetic)
	if err != nil {
		return err
	}
	switch state {
	case demo.Full:
		return p.say("The demonstration is in %s.", c.DemoDir)
	case demo.Partly:
		err = p.say("The demonstration in %s is half filled; going on.", c.DemoDir)
	case demo.Empty:
		err = p.say("Filling %s with a synthetic practice. Nobody in it exists.", c.DemoDir)
	}
	if err != nil {
		return err
	}
	began := p.clock()
	err = demo.Fill(p.ctx, synthetic, clock, registry, func(done, all int) {
		_, _ = fmt.Fprintf(p.stderr, "  %d of %d sessions\n", done, all) // progress is only a comfort
	})
	if err != nil {
		return err
	}
	return p.say("Filled in %.1f s.", p.clock().Sub(began).Seconds())
}
