package httpapi

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"

	"github.com/getkin/kin-openapi/openapi3"

	"holon/api"
)

// operation is what the contract says about one route, as far as it is checked
// before any handler runs.
type operation struct {
	public    bool // needs no token
	hasBody   bool
	bodyBytes int64 // how long the body may be
	private   bool  // answers with personal data
	path      []parameter
	query     map[string]parameter
	headers   []parameter
	template  string // of the path, as the contract writes it
}

// parameter is one parameter with the rules of its value.
type parameter struct {
	name   string
	schema *openapi3.Schema
}

// route names an operation the way the router does.
type route struct {
	method, path string
}

// contract is the embedded contract in every form in which servers use it.
// Nothing in it changes after it is read.
type contract struct {
	version    string
	operations map[route]*operation
	json       contractJSON
	reference  page
}

// embeddedContract reads the contract once for all servers of the process: to
// parse it and to render its page takes a good part of a second.
//
//nolint:gochecknoglobals // the same for every server, and never changed
var embeddedContract = sync.OnceValues(func() (*contract, error) {
	doc, err := readContract()
	if err != nil {
		return nil, err
	}
	c := &contract{version: doc.Info.Version, operations: operationsOf(doc)}
	if c.json, err = forClients(doc); err != nil {
		return nil, err
	}
	if c.reference, err = newReference(doc); err != nil {
		return nil, err
	}
	return c, nil
})

// readContract parses the embedded contract.
func readContract() (*openapi3.T, error) {
	loader := openapi3.NewLoader()
	loader.IncludeOrigin = true // the reference follows the order in which it is written
	doc, err := loader.LoadFromData(api.OpenAPI)
	if err != nil {
		return nil, errors.Join(errors.New("httpapi: the contract cannot be read"), err)
	}
	return doc, nil
}

// operationsOf lists the contract's operations by route.
func operationsOf(doc *openapi3.T) map[route]*operation {
	out := map[route]*operation{}
	for template, item := range doc.Paths.Map() {
		for method, o := range item.Operations() {
			op := &operation{
				public:  o.Security != nil && len(*o.Security) == 0,
				hasBody: o.RequestBody != nil, bodyBytes: maxBodyBytes, query: map[string]parameter{}, template: template,
			}
			op.private = !op.public
			if n, is := o.Extensions["x-body-bytes"].(float64); is {
				op.bodyBytes = int64(n)
			}
			for _, ref := range o.Parameters {
				p := parameter{name: ref.Value.Name, schema: ref.Value.Schema.Value}
				switch ref.Value.In {
				case openapi3.ParameterInPath:
					op.path = append(op.path, p)
				case openapi3.ParameterInQuery:
					op.query[p.name] = p
				case openapi3.ParameterInHeader:
					op.headers = append(op.headers, p)
				}
			}
			out[route{method, routerPath(template)}] = op
		}
	}
	return out
}

// routerPath writes a path template the way the router does.
func routerPath(template string) string {
	parts := strings.Split(template, "/")
	for i, p := range parts {
		if name, ok := strings.CutPrefix(p, "{"); ok {
			parts[i] = ":" + strings.TrimSuffix(name, "}")
		}
	}
	return strings.Join(parts, "/")
}

// accepts tells whether a text is a value of the parameter.
func (p parameter) accepts(text string) bool {
	switch {
	case p.schema.Type.Is(openapi3.TypeInteger):
		n, err := strconv.ParseInt(text, 10, 64)
		return err == nil && strconv.FormatInt(n, 10) == text && p.schema.VisitJSON(float64(n)) == nil
	case p.schema.Type.Is(openapi3.TypeArray):
		var list []any
		for part := range strings.SplitSeq(text, ",") {
			list = append(list, part)
		}
		return p.schema.VisitJSON(list) == nil
	default:
		return p.schema.VisitJSON(text) == nil
	}
}

// wanted says what is wrong with a text that a parameter of the path does not accept: that
// it is none of the few that there are, or no identifier.
func (p parameter) wanted() string {
	if len(p.schema.Enum) == 0 {
		return "not in the form that identifiers have"
	}
	names := make([]string, len(p.schema.Enum))
	for i, x := range p.schema.Enum {
		names[i] = fmt.Sprint(x)
	}
	return "none of " + strings.Join(names, ", ")
}

// header returns the values that a request gives to a header parameter.
func (p parameter) header(h http.Header) []string { return h.Values(p.name) }
