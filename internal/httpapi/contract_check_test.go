package httpapi_test

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/legacy"
	"go.uber.org/goleak"

	"holon/api"
)

// contract is the contract as a judge of everything that the suite sends and
// receives.
var contract = newJudge()

// judge holds requests and answers against the contract and remembers which
// operations were seen.
type judge struct {
	doc    *openapi3.T
	router routers.Router
	mu     sync.Mutex
	seen   map[string]map[int]bool // operation, statuses
}

// newJudge reads the contract. Answers are judged more strictly than clients
// should: a key that the contract does not name is a fault of ours.
func newJudge() *judge {
	openapi3filter.RegisterBodyDecoder("text/html", asText)
	openapi3filter.RegisterBodyDecoder("application/yaml", asText)
	openapi3filter.RegisterBodyDecoder("application/x-ndjson", asText)
	openapi3filter.RegisterBodyDecoder("application/zip", asText)
	doc := readContract()
	for _, ref := range doc.Components.Schemas {
		if len(ref.Value.AllOf) > 1 {
			flatten(ref.Value)
		}
	}
	for _, ref := range doc.Components.Schemas {
		if ref.Value.Type.Is(openapi3.TypeObject) {
			ref.Value.AdditionalProperties = openapi3.AdditionalProperties{Has: new(false)}
		}
	}
	doc.Servers = nil
	router, err := legacy.NewRouter(doc)
	if err != nil {
		panic(err)
	}
	return &judge{doc: doc, router: router, seen: map[string]map[int]bool{}}
}

// asText takes a body that is no JSON as the text it is.
func asText(body io.Reader, _ http.Header, _ *openapi3.SchemaRef, _ openapi3filter.EncodingFn) (any, error) {
	text, err := io.ReadAll(body)
	return string(text), err
}

// readContract reads the contract afresh.
func readContract() *openapi3.T {
	doc, err := openapi3.NewLoader().LoadFromData(api.OpenAPI)
	if err != nil {
		panic(err)
	}
	return doc
}

// flatten makes one object of a schema's parts.
func flatten(s *openapi3.Schema) {
	s.Type = &openapi3.Types{openapi3.TypeObject}
	s.Properties = openapi3.Schemas{}
	for _, part := range s.AllOf {
		maps.Copy(s.Properties, part.Value.Properties)
		s.Required = append(s.Required, part.Value.Required...)
	}
	s.AllOf = nil
}

// check holds a request and its answer against the contract. A request that is
// refused need not be one that the contract accepts.
func (j *judge) check(t *testing.T, r *http.Request, a answer, anyRequest bool) {
	t.Helper()
	found, params, err := j.router.FindRoute(r)
	if err != nil || strings.HasSuffix(r.URL.Path, "/") { // the judge's router takes a slash at the end for none
		if a.status < http.StatusBadRequest {
			t.Errorf("%s %s is in no contract and answers %d", r.Method, r.URL.Path, a.status)
		}
		return
	}
	j.note(found.Operation.OperationID, a.status)
	options := &openapi3filter.Options{
		MultiError: true, IncludeResponseStatus: true, AuthenticationFunc: openapi3filter.NoopAuthenticationFunc,
		SchemaValidationOptions: []openapi3.SchemaValidationOption{openapi3.DisableSchemaErrorDetails()},
	}
	options.WithCustomSchemaErrorFunc(func(e *openapi3.SchemaError) string { return strings.Join(e.JSONPointer(), "/") + ": " + e.Reason })
	in := &openapi3filter.RequestValidationInput{Request: r, PathParams: params, Route: found, Options: options}
	if !anyRequest {
		if err := openapi3filter.ValidateRequest(t.Context(), in); err != nil {
			t.Errorf("%s %s: the contract refuses the request: %v", r.Method, r.URL.Path, err)
		}
	}
	out := &openapi3filter.ResponseValidationInput{
		RequestValidationInput: in, Status: a.status, Header: a.header, Body: io.NopCloser(bytes.NewReader(a.body)), Options: options,
	}
	if err := openapi3filter.ValidateResponse(t.Context(), out); err != nil {
		t.Errorf("%s %s: the contract refuses the answer: %v\n%s", r.Method, r.URL.Path, err, a.body)
	}
}

// note remembers that an operation gave an answer.
func (j *judge) note(operation string, status int) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.seen[operation] == nil {
		j.seen[operation] = map[int]bool{}
	}
	j.seen[operation][status] = true
}

// unseen lists the operations of which the suite saw no success, and those that
// need a token of which it saw no refusal.
func (j *judge) unseen() []string {
	j.mu.Lock()
	defer j.mu.Unlock()
	var out []string
	for _, item := range j.doc.Paths.Map() {
		for _, o := range item.Operations() {
			good, refused := false, o.Security != nil
			for status := range j.seen[o.OperationID] {
				good = good || status < http.StatusBadRequest
				refused = refused || status == http.StatusUnauthorized
			}
			if !good || !refused {
				out = append(out, fmt.Sprintf("%s (success %v, refused without token %v)", o.OperationID, good, refused))
			}
		}
	}
	slices.Sort(out)
	return out
}

// TestMain runs the suite and then asks whether it saw every operation and left
// anything running.
func TestMain(m *testing.M) {
	code := m.Run()
	if code == 0 && wholeSuite() {
		if missed := contract.unseen(); len(missed) > 0 {
			fmt.Fprintf(os.Stderr, "operations without a test: %s\n", strings.Join(missed, ", "))
			code = 1
		}
	}
	if code == 0 {
		if err := goleak.Find(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			code = 1
		}
	}
	os.Exit(code)
}

// wholeSuite tells whether all tests ran.
func wholeSuite() bool {
	for _, arg := range os.Args[1:] {
		for _, part := range []string{"-test.run", "-test.skip", "-test.bench", "-test.list", "-test.fuzz"} {
			if strings.HasPrefix(arg, part) && !strings.HasSuffix(arg, "=") && !strings.HasPrefix(arg, "-test.benchtime") && !strings.HasPrefix(arg, "-test.fuzzcachedir") {
				return false
			}
		}
	}
	return true
}
