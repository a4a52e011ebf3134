package httpapi

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"holon/internal/fault"
)

// checkParameters holds path, query and headers against the contract before
// anything is bound.
func (s *Server) checkParameters(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		op := s.operation(c)
		if op == nil {
			return next(c)
		}
		for _, p := range op.path {
			if !p.accepts(c.Param(p.name)) {
				return fault.New(fault.NotFound, "not_found", "There is nothing at this address. The "+p.name+" in it is "+p.wanted()+".")
			}
		}
		if err := op.checkQuery(c.Request().URL.RawQuery); err != nil {
			return err
		}
		if err := op.checkHeaders(c.Request().Header); err != nil {
			return err
		}
		callerOf(c.Request().Context()).key = c.Request().Header.Get("Idempotency-Key")
		return next(c)
	}
}

// checkQuery refuses parameters that the operation does not have, that stand
// twice, or that have no value of theirs.
func (o *operation) checkQuery(raw string) error {
	query, err := url.ParseQuery(raw)
	if err != nil {
		return fault.Wrap(fault.Malformed, "bad_query", "The query cannot be read. Parameters are separated by &, not by semicolons, and % begins two hexadecimal digits.", err)
	}
	for name, values := range query {
		p, known := o.query[name]
		switch {
		case !known:
			return fault.New(fault.Malformed, "unknown_parameter", "The query has a parameter that this operation does not know. The reference lists those it has.")
		case len(values) != 1:
			return fault.New(fault.Malformed, "parameter_twice", "The parameter "+name+" stands in the query more than once.")
		case !p.accepts(values[0]):
			return fault.New(fault.Malformed, "bad_parameter", "The parameter "+name+" is not in the form that the reference shows.")
		}
	}
	return nil
}

// checkHeaders refuses header parameters that stand twice or are malformed.
// What If-Match holds is judged where the revision is needed.
func (o *operation) checkHeaders(h http.Header) error {
	for _, p := range o.headers {
		values := p.header(h)
		switch {
		case len(values) == 0 || (len(values) == 1 && p.accepts(values[0])):
		case len(values) > 1:
			return fault.New(fault.Malformed, "header_twice", "The header "+p.name+" stands there more than once.")
		case p.name == "If-Match":
		default:
			return fault.New(fault.Malformed, "bad_header", "The header "+p.name+" is not in the form that the reference shows.")
		}
	}
	return nil
}

// takeBody reads a body of bounded size, checks how it is encoded, and notes
// the hash by which a repeated request is recognised.
func (s *Server) takeBody(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		op, r := s.operation(c), c.Request()
		switch {
		case op == nil:
			return next(c)
		case !op.hasBody && r.ContentLength != 0: // -1 is a body of unknown length
			return fault.New(fault.Malformed, "no_body_here", "This operation takes no body. Leave it out.")
		case !op.hasBody:
			return next(c)
		case !isJSON(r.Header):
			return jsonNeeded()
		case r.ContentLength > op.bodyBytes:
			c.Response().Header().Set(echo.HeaderConnection, "close")
			return tooLarge(op.bodyBytes)
		}
		body, err := io.ReadAll(http.MaxBytesReader(c.Response(), r.Body, op.bodyBytes))
		if _, cut := errors.AsType[*http.MaxBytesError](err); cut {
			return tooLarge(op.bodyBytes)
		}
		if err != nil {
			return fault.Wrap(fault.Malformed, "unreadable_body", "The body broke off before its end. Send it again.", err)
		}
		callerOf(r.Context()).sha = requestHash(r.Method, r.URL.Path, body)
		r.Body = io.NopCloser(bytes.NewReader(body))
		return next(c)
	}
}

// requestHash is by what a repeated request is recognised.
func requestHash(method, path string, body []byte) string {
	h := sha256.New()
	for _, part := range [][]byte{[]byte(method), []byte(path), body} {
		h.Write(strconv.AppendInt(nil, int64(len(part)), 10))
		h.Write([]byte{0x3a})
		h.Write(part)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// isJSON tells whether a body is called JSON in UTF-8, and not compressed.
func isJSON(h http.Header) bool {
	if e := h.Get(echo.HeaderContentEncoding); e != "" && !strings.EqualFold(e, "identity") {
		return false
	}
	media, params, err := mime.ParseMediaType(h.Get(echo.HeaderContentType))
	if err != nil || media != echo.MIMEApplicationJSON {
		return false
	}
	charset, given := params["charset"]
	return !given || strings.EqualFold(charset, "utf-8")
}

// jsonNeeded refuses a content type.
func jsonNeeded() *fault.Error {
	return fault.New(fault.UnsupportedMedia, "json_needed", "Send JSON with the content type application/json, in UTF-8, not compressed.")
}

// tooLarge refuses a body.
func tooLarge(limit int64) *fault.Error {
	return fault.New(fault.TooLarge, "too_large", fmt.Sprintf("More than the %d bytes allowed here. Send it in smaller parts.", limit))
}
