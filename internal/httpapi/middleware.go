package httpapi

import (
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"holon/internal/fault"
	"holon/internal/parallel"
)

// identify gives the request a number of our own, so that the audit cannot be
// confused by a client's, and sets the headers that every answer carries.
func (s *Server) identify(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		sent := c.Request().Header
		who := &caller{requestID: strings.ToLower(rand.Text()), accept: sent.Get(echo.HeaderAccept), acceptEncoding: sent.Get(echo.HeaderAcceptEncoding)}
		c.SetRequest(c.Request().WithContext(withCaller(c.Request().Context(), who)))
		h := c.Response().Header()
		h.Set(echo.HeaderXRequestID, who.requestID)
		h.Set(echo.HeaderXContentTypeOptions, "nosniff")
		h.Set(echo.HeaderContentSecurityPolicy, "default-src 'none'; frame-ancestors 'none'")
		h.Set(echo.HeaderReferrerPolicy, "no-referrer")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		if op := s.operation(c); op == nil || op.private {
			h.Set(echo.HeaderCacheControl, "no-store")
		}
		return next(c)
	}
}

// record writes one line about the request after it was answered: the route's
// template, never its path or query, so that no identifier gets into a log.
func (s *Server) record(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		begin := s.clock()
		if err := next(c); err != nil {
			c.Error(err)
		}
		template := "unknown"
		if op := s.operation(c); op != nil {
			template = op.template
		}
		ctx := c.Request().Context()
		s.logger.LogAttrs(ctx, levelOf(c.Response().Status), "request",
			slog.String("request_id", callerOf(ctx).requestID), slog.String("method", methodOf(c.Request())), slog.String("route", template),
			slog.Int("status", c.Response().Status), slog.Duration("duration", s.clock().Sub(begin)))
		return nil
	}
}

// methodOf returns the request's method if it is one that is known: anything
// else is the client's own text.
func methodOf(r *http.Request) string {
	switch r.Method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions:
		return r.Method
	default:
		return "other"
	}
}

// levelOf says how much an answer matters to the operator.
func levelOf(status int) slog.Level {
	if status >= http.StatusInternalServerError {
		return slog.LevelError
	}
	return slog.LevelInfo
}

// survive turns a panic into an error. What was panicked with may hold anything
// and is logged only where it is the runtime's own.
func (s *Server) survive(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) (err error) {
		defer func() {
			p := recover()
			if p == nil {
				return
			}
			if e, ok := p.(error); ok && errors.Is(e, http.ErrAbortHandler) {
				panic(p)
			}
			what, stack := parallel.Recovered(p)
			ctx := c.Request().Context()
			s.logger.LogAttrs(ctx, slog.LevelError, "panic",
				slog.String("request_id", callerOf(ctx).requestID), slog.String("what", what), slog.String("stack", stack))
			err = fault.New(fault.Internal, "internal",
				"Something went wrong here, not in what you sent. Tell the operator the number of the request.")
		}()
		return next(c)
	}
}

// deadline ends what takes too long, through the context.
func (s *Server) deadline(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		ctx, cancel := context.WithTimeout(c.Request().Context(), requestTime)
		defer cancel()
		c.SetRequest(c.Request().WithContext(ctx))
		return next(c)
	}
}

// operation returns what the contract says about the request's route; nil where
// it has none. HEAD is the operation that GET is.
func (s *Server) operation(c echo.Context) *operation {
	method := c.Request().Method
	if method == http.MethodHead {
		method = http.MethodGet
	}
	return s.contract.operations[route{method, c.Path()}]
}
