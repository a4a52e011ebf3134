package main

import (
	"holon/internal/practice"
	"holon/internal/store"
)

type listenFlags struct {
	Addr string `help:"Where to listen." default:"127.0.0.1:8080" placeholder:"HOST:PORT" variable:"HOLON_ADDR"`
}

type serveCommand struct{ listenFlags }

func (serveCommand) Run(p *program) error { return nil }

func (listenFlags) serve(p *program, e store.Engine, pr *practice.Practice) error { return nil }
