package main

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"sync"

	"holon/internal/fault"
	"holon/internal/httpapi"
	"holon/internal/practice"
	"holon/internal/reporting"
	"holon/internal/store"
)

// listenFlags say where and how to serve.
type listenFlags struct {
	Addr string `help:"Where to listen." default:"127.0.0.1:8080" placeholder:"HOST:PORT" variable:"HOLON_ADDR"`
	Log  string `help:"Form of the log on standard error: text or json." enum:"text,json" default:"text" placeholder:"FORM" variable:"HOLON_LOG"`
}

// serveCommand serves a practice's data.
type serveCommand struct {
	listenFlags
	dataFlags
	siteFlags
}

// Help gives the examples.
func (serveCommand) Help() string {
	return `The first start prints the operator's token, once; only its hash is kept. A signal stops the service
when running requests are answered, and marks reports that are still computed as interrupted; a second
signal ends it at once.

Examples:
  holon serve
  holon serve --data-dir /var/lib/holon --instruments /etc/holon/instruments
  HOLON_MONGODB_URI=mongodb://... holon serve --log json`
}

// Run opens the data and serves until the run is told to stop.
func (c serveCommand) Run(p *program) (err error) {
	registry, err := c.load()
	if err != nil {
		return err
	}
	engine, err := c.open(p, c.logger(p), false)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, engine.Close()) }()
	if c.MongodbURI == "" {
		if err := replayForgotten(p, c.DataDir, engine); err != nil {
			return err
		}
	}
	return c.serve(p, engine, newPractice(engine, registry, p.clock), c.MongodbURI == "", nil)
}

// logger writes to standard error.
func (f listenFlags) logger(p *program) *slog.Logger {
	if f.Log == "json" {
		return slog.New(slog.NewJSONHandler(p.stderr, nil))
	}
	return slog.New(slog.NewTextHandler(p.stderr, nil))
}

// serve answers requests until the run is told to stop. The place to listen is
// taken before the operator's token is made, so that no start that fails uses
// up the one time it is shown. alone says that no other process can have the
// data open to write. hint, if any, is printed when the service is ready.
func (f listenFlags) serve(p *program, engine store.Engine, cases *practice.Practice, alone bool, hint func(net.Addr) string) error {
	if err := cases.CheckInstruments(p.ctx); err != nil {
		return err
	}
	desk := reporting.New(reporting.Config{Records: store.NewReports(engine), Clock: p.clock, Logger: f.logger(p), Alone: alone})
	server, err := httpapi.New(httpapi.Config{
		Practice: cases, Reports: desk, Logger: f.logger(p), Clock: p.clock,
		Ready: engine.Ping, Version: version(),
	})
	if err != nil {
		return err
	}
	listener, err := (&net.ListenConfig{}).Listen(p.ctx, "tcp", f.Addr)
	if err != nil {
		return fault.Wrap(fault.Unavailable, "address_unavailable", "Nothing can listen on "+f.Addr+": it is in use, or not an address of this machine, such as 127.0.0.1:8090.", err)
	}
	if err := f.announce(p, listener, cases, hint); err != nil {
		return errors.Join(err, listener.Close())
	}
	logger := f.logger(p)
	defer keepInstruments(p.ctx, cases, logger)()
	return attend(p.ctx, server, listener, desk.Run,
		func(ctx context.Context) { watch(ctx, cases.Escalate, "time to acknowledge", logger) },
		func(ctx context.Context) { watch(ctx, cases.WatchCourses, "alarms and signs", logger) },
		func(ctx context.Context) {
			cases.WorkRedactions(ctx, func(err error) {
				logger.LogAttrs(ctx, slog.LevelError, "a redaction is not at its end", slog.String("error", err.Error()))
			})
		})
}

// attend serves, and does the work beside it, until ctx ends. Requests are
// finished first; then the work is told to stop: reports that are still computed
// are marked as interrupted, and redactions go on at the next start.
func attend(ctx context.Context, server *httpapi.Server, listener net.Listener, beside ...func(context.Context)) error {
	working, stop := context.WithCancel(context.WithoutCancel(ctx))
	var work sync.WaitGroup
	for _, run := range beside {
		work.Go(func() { run(working) })
	}
	err := server.Serve(ctx, listener)
	stop()
	work.Wait()
	return err
}

// announce prints the token of the first start, the address and a warning when
// others than this machine can reach it.
func (f listenFlags) announce(p *program, listener net.Listener, cases *practice.Practice, hint func(net.Addr) string) error {
	token, created, err := cases.EnsureOperator(p.ctx)
	if err != nil {
		return err
	}
	if created {
		err = p.tell("Operator's token, shown this once; only its hash is kept:\n  %s", token)
	} else {
		err = p.tell("The operator's token was shown at the first start (lost? stop, and the command token makes another).")
	}
	if err != nil {
		return err
	}
	if !loopback(listener.Addr()) {
		if err := p.say("Warning: others than this machine can reach %s, and nothing is encrypted. Put a reverse proxy with TLS in front.", listener.Addr()); err != nil {
			return err
		}
	}
	if err := p.tell("Serving on http://%s (the API explained: /reference). Stop with Ctrl-C.", listener.Addr()); err != nil {
		return err
	}
	if hint == nil {
		return nil
	}
	return p.tell("%s", hint(listener.Addr()))
}

// loopback tells whether only this machine can reach an address.
func loopback(a net.Addr) bool {
	tcp, ok := a.(*net.TCPAddr)
	return ok && tcp.IP.IsLoopback()
}
