package httpapi

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/go-playground/validator/v10"
	"github.com/labstack/echo/v4"

	"holon/internal/fault"
)

// Config is what a server works with. Practice, Reports, Logger, Clock and
// Ready are needed.
type Config struct {
	Practice Practice
	Reports  Reports
	Logger   *slog.Logger
	Clock    func() time.Time
	// Ready tells whether requests can be answered: nil, or why not.
	Ready   func(ctx context.Context) error
	Version string // of the service; empty is shown as "unknown"
}

// Server answers the HTTP API. Make it with New.
type Server struct {
	practice    Practice
	reports     Reports
	logger      *slog.Logger
	clock       func() time.Time
	ready       func(ctx context.Context) error
	version     string
	shapes      *validator.Validate
	contract    *contract
	reportLimit int // maxReportBytes, less in tests
	echo        *echo.Echo
	http        *http.Server
	draining    atomic.Bool
}

// New returns a server that listens nowhere yet.
func New(c Config) (*Server, error) {
	if c.Practice == nil || c.Reports == nil || c.Logger == nil || c.Clock == nil || c.Ready == nil {
		return nil, errors.New("httpapi: practice, reports, logger, clock and ready are needed")
	}
	read, err := embeddedContract()
	if err != nil {
		return nil, err
	}
	s := &Server{
		practice: c.Practice, reports: c.Reports, logger: c.Logger, clock: c.Clock, ready: c.Ready, version: c.Version,
		shapes: newShapes(), contract: read, reportLimit: maxReportBytes,
	}
	if s.version == "" {
		s.version = "unknown"
	}
	s.echo = s.router()
	s.http = &http.Server{
		Handler: s.echo, MaxHeaderBytes: maxHeaderBytes,
		ReadHeaderTimeout: headerTime, ReadTimeout: readTime, WriteTimeout: writeTime, IdleTimeout: idleTime,
		ErrorLog: slog.NewLogLogger(c.Logger.Handler(), slog.LevelWarn),
	}
	return s, nil
}

// router puts the routes of the contract behind what every request passes.
func (s *Server) router() *echo.Echo {
	e := echo.New()
	e.HideBanner, e.HidePort = true, true
	e.Logger.SetOutput(discard{})
	e.IPExtractor = echo.ExtractIPDirect()
	e.Binder = binder{s.shapes}
	e.HTTPErrorHandler = s.refuse
	e.Use(s.identify, s.record, s.survive, s.deadline, s.authenticate, s.checkParameters, s.takeBody)
	RegisterHandlers(headed{e}, NewStrictHandler(s, nil))
	return e
}

// headed is a router on which every address that takes GET takes HEAD too, as
// health monitors ask. What is answered is the same; net/http leaves the body
// out.
type headed struct{ *echo.Echo }

// GET registers a handler for GET and HEAD.
func (r headed) GET(path string, h echo.HandlerFunc, m ...echo.MiddlewareFunc) *echo.Route {
	r.HEAD(path, h, m...)
	return r.Echo.GET(path, h, m...)
}

// discard swallows what Echo's own logger would write beside ours.
type discard struct{}

// Write takes everything.
func (discard) Write(p []byte) (int, error) { return len(p), nil }

// ServeHTTP answers one request, for tests and for whoever listens already.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.echo.ServeHTTP(w, r) }

// Serve answers requests from the listener until ctx ends or Shutdown is
// called. When ctx ends it stops gracefully: not ready, no new connections,
// running requests finished or cut after stopTime. A graceful stop is no error.
func (s *Server) Serve(ctx context.Context, l net.Listener) error {
	served := make(chan error, 1)
	go func() { served <- s.http.Serve(l) }()
	select {
	case err := <-served:
		return notClosed(err)
	case <-ctx.Done():
	}
	limit, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTime)
	defer cancel()
	return errors.Join(s.Shutdown(limit), notClosed(<-served))
}

// Drain makes the server say that it is not ready, so that whoever balances
// load sends nothing more. Requests are still answered.
func (s *Server) Drain() { s.draining.Store(true) }

// Shutdown drains, lets running requests finish, and cuts what is left when ctx
// ends.
func (s *Server) Shutdown(ctx context.Context) error {
	s.Drain()
	err := s.http.Shutdown(ctx)
	if err == nil {
		return nil
	}
	cut := fault.Wrap(fault.Unavailable, "stopped_late", "Requests were cut off because the time to stop was over.", err)
	return errors.Join(cut, s.http.Close())
}

// notClosed drops the error by which a server says that it was stopped.
func notClosed(err error) error {
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}
