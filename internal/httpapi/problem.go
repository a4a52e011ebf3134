package httpapi

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"regexp"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"holon/internal/fault"
)

// problemType is what the media type of a problem document is called.
const problemType = "application/problem+json"

// problemURN stands before a kind's code in a problem's type.
const problemURN = "urn:holon:problem:"

// problem is a problem document as RFC 9457 has it, with every fault and its
// place. The contract's schema is Problem.
type problem struct {
	Type      string       `json:"type"`
	Title     string       `json:"title"`
	Status    int          `json:"status"`
	Detail    string       `json:"detail"`
	Rule      string       `json:"rule"`
	RequestID string       `json:"request_id"`
	Errors    []fieldFault `json:"errors"`
}

// fieldFault is one fault of one place in the body.
type fieldFault struct {
	Pointer string `json:"pointer"`
	Rule    string `json:"rule"`
	Detail  string `json:"detail"`
}

// titleOf says in a few words what sort of failure it is.
func titleOf(k fault.Kind) string {
	switch k {
	case fault.Malformed:
		return "The request cannot be read"
	case fault.Unauthenticated:
		return "Sign in first"
	case fault.Forbidden:
		return "You may not do this"
	case fault.NotFound:
		return "Not found"
	case fault.Conflict:
		return "This is taken or not possible now"
	case fault.Stale:
		return "Changed by somebody else meanwhile"
	case fault.PreconditionRequired:
		return "Name the revision you read"
	case fault.TooLarge:
		return "Too large"
	case fault.UnsupportedMedia:
		return "Not a readable content type"
	case fault.Invalid:
		return "A rule is broken"
	case fault.Unavailable:
		return "Not now"
	case fault.MethodNotAllowed:
		return "Not done this way"
	case fault.Internal:
		return "Our fault"
	default:
		return "Our fault"
	}
}

// faultOf returns the fault that an error is shown as. What nobody classified
// is ours, and its text is not shown.
func faultOf(err error) *fault.Error {
	classified, ok := errors.AsType[*fault.Error](err)
	outOfTime := errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled)
	switch {
	case ok && (classified.Kind() != fault.Internal || !outOfTime):
		return classified
	case outOfTime:
		return fault.Wrap(fault.Unavailable, "out_of_time",
			"This took longer than a request may. Nothing is known to be wrong; try again, with the same Idempotency-Key if you sent one.", err)
	}
	if e, ok := errors.AsType[*echo.HTTPError](err); ok {
		return routing(e)
	}
	return fault.Wrap(fault.Internal, "internal",
		"Something went wrong here, not in what you sent. Tell the operator the number of the request.", err)
}

// routing classifies what the router and the generated code refuse. Their texts
// may repeat the request and are for the log only.
func routing(e *echo.HTTPError) *fault.Error {
	switch e.Code {
	case http.StatusNotFound:
		return fault.Wrap(fault.NotFound, "no_such_route", "There is nothing at this address. The reference lists every address.", e)
	case http.StatusMethodNotAllowed:
		return fault.Wrap(fault.MethodNotAllowed, "method_not_allowed", "This address does not take this method. The header Allow lists those it takes.", e)
	case http.StatusBadRequest:
		return fault.Wrap(fault.Malformed, "bad_parameter", parameterSaid(e), e)
	case http.StatusRequestEntityTooLarge:
		return tooLarge(maxBodyBytes)
	case http.StatusUnsupportedMediaType:
		return jsonNeeded()
	default:
		return fault.Wrap(fault.Internal, "internal",
			"Something went wrong here, not in what you sent. Tell the operator the number of the request.", e)
	}
}

// parameterNamed finds the name of a parameter in what the generated code says of it: it
// is the contract's name and nothing of the request.
var parameterNamed = regexp.MustCompile(`^(?:Invalid format for parameter|Expected one value for) ([A-Za-z0-9_-]+)[:,]`)

// parameterSaid says which parameter the generated code refuses.
func parameterSaid(e *echo.HTTPError) string {
	said, _ := e.Message.(string)
	found := parameterNamed.FindStringSubmatch(said)
	switch {
	case found == nil:
		return "A parameter is not in the form that the reference shows."
	case strings.HasSuffix(said, "parameter '"+found[1]+"' is required"):
		return "The parameter " + found[1] + " is needed. The reference says what it is."
	default:
		return "The parameter " + found[1] + " is not in the form that the reference shows."
	}
}

// problemOf is the problem document of a fault.
func problemOf(f *fault.Error, requestID string) problem {
	p := problem{
		Type: problemURN + f.Kind().String(), Title: titleOf(f.Kind()), Status: f.Kind().HTTPStatus(),
		Detail: f.Detail(), Rule: f.Rule(), RequestID: requestID, Errors: make([]fieldFault, 0, len(f.Fields())),
	}
	for _, x := range f.Fields() {
		p.Errors = append(p.Errors, fieldFault{Pointer: x.Pointer, Rule: x.Rule, Detail: x.Detail})
	}
	return p
}

// retryAfter says in how many seconds it is worth trying again: longer where
// long analyses have to end first.
func retryAfter(f *fault.Error) string {
	if f.Rule() == "reports_busy" {
		return "30"
	}
	return "2"
}

// refuse writes every error of every request: the one door. It is Echo's
// error handler.
func (s *Server) refuse(err error, c echo.Context) {
	f := faultOf(err)
	ctx := c.Request().Context()
	who := callerOf(ctx)
	if f.Kind() == fault.Internal || f.Kind() == fault.Unavailable {
		s.logger.LogAttrs(ctx, slog.LevelError, "request failed",
			slog.String("request_id", who.requestID), slog.String("route", c.Path()), slog.String("error", err.Error()))
	}
	if c.Response().Committed {
		return
	}
	body, err := json.Marshal(problemOf(f, who.requestID))
	if err != nil {
		body = []byte("{}") // strings and numbers only: cannot happen
	}
	h := c.Response().Header()
	h.Del("ETag")
	h.Del("Location")
	h.Set(echo.HeaderContentType, problemType)
	h.Set(echo.HeaderContentLength, strconv.Itoa(len(body)))
	h.Set(echo.HeaderCacheControl, "no-store")
	if f.Kind() == fault.Unauthenticated {
		h.Set(echo.HeaderWWWAuthenticate, `Bearer realm="holon"`)
	}
	if f.Kind() == fault.Unavailable {
		h.Set(echo.HeaderRetryAfter, retryAfter(f))
	}
	c.Response().WriteHeader(f.Kind().HTTPStatus())
	if c.Request().Method == http.MethodHead {
		return
	}
	if _, err := c.Response().Write(body); err != nil {
		s.logger.LogAttrs(ctx, slog.LevelWarn, "answer not delivered", slog.String("request_id", who.requestID))
	}
}
