package httpapi

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// referenceView is what the reference page shows.
type referenceView struct {
	Title, Version, Server string
	Intro                  []paragraph
	Limits                 []limitView
	Tags                   []tagView
	Problems               []problemView
	Schemas                []schemaView
}

// limitView is one limit in words.
type limitView struct {
	Name  string
	Value string
}

// tagView is a chapter: the operations on one noun.
type tagView struct {
	Name, Anchor, Description string
	Operations                []operationView
}

// operationView is one operation.
type operationView struct {
	ID, Method, Path, Summary string
	Description               []paragraph
	Public                    bool
	Parameters                []fieldView
	Body                      *typeView
	Request                   string // an example, as a command
	Answers                   []answerView
	Refusals                  []refusalView

	line int // of the contract where it stands
}

// answerView is a successful answer.
type answerView struct {
	Status, Description string
	Type                *typeView
	Headers             []fieldView
	Example             string
}

// refusalView links to a problem kind.
type refusalView struct {
	Status, Anchor string
}

// problemView is one kind of problem.
type problemView struct {
	Status, Anchor, Type, Title, Description, Example string
}

// referenceOf reads the view out of the contract.
func referenceOf(doc *openapi3.T) (*referenceView, error) {
	v := &referenceView{Title: doc.Info.Title, Version: doc.Info.Version, Intro: paragraphs(doc.Info.Description)}
	if len(doc.Servers) > 0 {
		v.Server = doc.Servers[0].URL
	}
	v.Limits = limitsOf(doc)
	kinds := map[string]string{} // status to anchor
	for _, name := range slices.Sorted(maps.Keys(doc.Components.Responses)) {
		p, err := problemViewOf(name, doc.Components.Responses[name].Value)
		if err != nil {
			return nil, err
		}
		v.Problems = append(v.Problems, p)
		kinds[p.Status] = p.Anchor
	}
	slices.SortFunc(v.Problems, func(a, b problemView) int { return cmp.Compare(a.Status, b.Status) })
	for _, t := range doc.Tags {
		tag := tagView{Name: t.Name, Anchor: "tag-" + strings.ToLower(t.Name), Description: t.Description}
		for _, path := range doc.Paths.InMatchingOrder() {
			for _, method := range []string{http.MethodPost, http.MethodGet, http.MethodPut} {
				o := doc.Paths.Value(path).GetOperation(method)
				if o == nil || !slices.Contains(o.Tags, t.Name) {
					continue
				}
				op, err := operationViewOf(v.Server, method, path, o, kinds)
				if err != nil {
					return nil, err
				}
				tag.Operations = append(tag.Operations, op)
			}
		}
		slices.SortFunc(tag.Operations, func(a, b operationView) int { return cmp.Compare(a.line, b.line) })
		v.Tags = append(v.Tags, tag)
	}
	for _, name := range slices.Sorted(maps.Keys(doc.Components.Schemas)) {
		v.Schemas = append(v.Schemas, schemaViewOf(name, doc.Components.Schemas[name].Value))
	}
	return v, nil
}

// limitsOf lists the limits that the contract names as a whole.
func limitsOf(doc *openapi3.T) []limitView {
	limits, _ := doc.Extensions["x-limits"].(map[string]any)
	var out []limitView
	for _, name := range slices.Sorted(maps.Keys(limits)) {
		n, _ := limits[name].(float64)
		out = append(out, limitView{Name: limitName(name), Value: strconv.FormatFloat(n, 'f', -1, 64)})
	}
	return out
}

// limitName says in words what is limited.
func limitName(name string) string {
	switch name {
	case "batch_forms":
		return "Forms in one batch"
	case "batch_goal_ratings":
		return "Ratings of goals in one batch"
	case "body_bytes":
		return "Bytes of a request's body"
	case "form_items":
		return "Items of one form"
	case "goal_text_characters":
		return "Characters of a goal's words"
	case "goals":
		return "Goals of one group, those that are over included"
	case "header_bytes":
		return "Bytes of a request's headers"
	case "idempotency_key_characters":
		return "Characters of an Idempotency-Key"
	case "objective_conditions":
		return "Conditions of one objective"
	case "page_size":
		return "Entries of a page"
	case "page_size_default":
		return "Entries of a page when no limit is asked for"
	case "report_body_bytes":
		return "Bytes of the body of a question with a table"
	case "report_bytes":
		return "Bytes of a report"
	case "report_groups":
		return "Groups named in one question"
	case "report_hours":
		return "Hours that a report may take"
	case "report_wait_seconds":
		return "Seconds that a report is waited for before the answer is 202"
	case "reports_at_once":
		return "Reports that are computed at once"
	case "reports_waiting":
		return "Reports that may wait for their turn"
	case "request_seconds":
		return "Seconds that a request may take"
	case "risk_text_characters":
		return "Characters of one text for the person who answered"
	case "risk_texts":
		return "Texts of the practice's own for those who answered"
	case "roster":
		return "Members of a group at the same time, and seats of a session"
	case "table_bytes":
		return "Bytes of a table sent with a question"
	default:
		return name
	}
}

// lineOf returns where in the contract something stands.
func lineOf(o *openapi3.Origin) int {
	if o == nil || o.Key == nil {
		return 0
	}
	return o.Key.Line
}

// operationViewOf reads one operation.
func operationViewOf(server, method, path string, o *openapi3.Operation, kinds map[string]string) (operationView, error) {
	op := operationView{
		ID: o.OperationID, Method: method, Path: path, Summary: o.Summary, Description: paragraphs(o.Description),
		Public: o.Security != nil && len(*o.Security) == 0, line: lineOf(o.Origin),
	}
	for _, ref := range o.Parameters {
		p := ref.Value
		// A missing If-Match has its own answer, which one that the contract
		// requires could not have.
		f := fieldOf(p.Name, p.Schema, p.Required || p.Name == "If-Match")
		f.Where, f.Description = p.In, paragraphs(p.Description)
		op.Parameters = append(op.Parameters, f)
	}
	if o.RequestBody != nil {
		media := o.RequestBody.Value.Content.Get("application/json")
		op.Body = new(typeOf(media.Schema))
		if example := exampleOf(media); example != nil {
			body, err := json.MarshalIndent(example, "", "  ")
			if err != nil {
				return op, err
			}
			op.Request = command(server, method, path, string(body), slices.ContainsFunc(op.Parameters, func(f fieldView) bool { return f.Name == "If-Match" }))
		}
	}
	for _, status := range slices.Sorted(maps.Keys(o.Responses.Map())) {
		if anchor, refused := kinds[status]; refused {
			op.Refusals = append(op.Refusals, refusalView{Status: status, Anchor: anchor})
			continue
		}
		a, err := answerOf(status, o.Responses.Value(status).Value)
		if err != nil {
			return op, err
		}
		op.Answers = append(op.Answers, a)
	}
	return op, nil
}

// command writes an example as it can be pasted into a shell.
func command(server, method, path, body string, ifMatch bool) string {
	lines := []string{
		"curl -X " + method + " " + server + path,
		`-H "Authorization: Bearer $HOLON_TOKEN"`, "-H 'Content-Type: application/json'",
	}
	if ifMatch {
		lines = append(lines, `-H 'If-Match: "1"'`)
	}
	return strings.Join(append(lines, "-d '"+strings.ReplaceAll(body, "'", `'\''`)+"'"), " \\\n  ")
}

// answerOf reads one successful answer.
func answerOf(status string, r *openapi3.Response) (answerView, error) {
	a := answerView{Status: status}
	if r.Description != nil {
		a.Description = *r.Description
	}
	for _, name := range slices.Sorted(maps.Keys(r.Headers)) {
		h := r.Headers[name].Value
		f := fieldOf(name, h.Schema, h.Required)
		f.Description = paragraphs(h.Description)
		a.Headers = append(a.Headers, f)
	}
	for _, media := range r.Content {
		a.Type = new(typeOf(media.Schema))
		example := exampleOf(media)
		if example == nil {
			continue
		}
		text, err := json.MarshalIndent(example, "", "  ")
		if err != nil {
			return a, err
		}
		a.Example = string(text)
	}
	return a, nil
}

// exampleOf returns the example of a body, the first by name of several.
func exampleOf(media *openapi3.MediaType) any {
	for _, name := range slices.Sorted(maps.Keys(media.Examples)) {
		return media.Examples[name].Value.Value
	}
	return media.Example
}

// problemViewOf reads one kind of problem from its example.
func problemViewOf(name string, r *openapi3.Response) (problemView, error) {
	p := problemView{Anchor: "problem-" + strings.ToLower(name)}
	if r.Description != nil {
		p.Description = *r.Description
	}
	media := r.Content.Get(problemType)
	if media == nil {
		return p, fmt.Errorf("httpapi: the contract's %s is no problem document", name)
	}
	example, _ := media.Example.(map[string]any)
	p.Status, p.Type, p.Title = fmt.Sprint(example["status"]), fmt.Sprint(example["type"]), fmt.Sprint(example["title"])
	text, err := json.MarshalIndent(media.Example, "", "  ")
	p.Example = string(text)
	return p, err
}
