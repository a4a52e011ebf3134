package httpapi_test

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
)

// examplesOf returns the examples of a body by name.
func examplesOf(media *openapi3.MediaType) map[string]any {
	out := map[string]any{}
	for name, x := range media.Examples {
		out[name] = x.Value.Value
	}
	if media.Example != nil {
		out["the only one"] = media.Example
	}
	return out
}

// TestEveryBodyHasAnExampleThatTheContractAllows looks at requests and at
// answers. The judge's contract knows no keys but those it names.
func TestEveryBodyHasAnExampleThatTheContractAllows(t *testing.T) {
	t.Parallel()
	bodies := 0
	check := func(at string, media *openapi3.MediaType) {
		if media == nil || at == "getContractJSON 200" {
			return
		}
		bodies++
		examples := examplesOf(media)
		if len(examples) == 0 {
			t.Errorf("%s has no example", at)
		}
		for name, example := range examples {
			if err := media.Schema.Value.VisitJSON(example, openapi3.MultiErrors()); err != nil {
				t.Errorf("%s, %s: %v", at, name, err)
			}
		}
	}
	for _, item := range newJudge().doc.Paths.Map() {
		for _, o := range item.Operations() {
			if o.RequestBody != nil {
				check(o.OperationID+" request", o.RequestBody.Value.Content.Get("application/json"))
			}
			for status, answer := range o.Responses.Map() {
				if code, err := strconv.Atoi(status); err == nil && code < http.StatusBadRequest {
					check(o.OperationID+" "+status, answer.Value.Content.Get("application/json"))
				}
			}
		}
	}
	if bodies < 50 {
		t.Errorf("only %d bodies were looked at", bodies)
	}
}

// TestTheReportOfTheContractIsWhatIsAnswered holds the example's numbers to
// those of the same four evenings: group means 2, 4, 6, 8.
func TestTheReportOfTheContractIsWhatIsAnswered(t *testing.T) {
	t.Parallel()
	got := course(t).made(t, "/v1/reports", `{"analysis":"group_level",`+strings.TrimSuffix(cohesionOf, "}")+`,"occasion":"post"},"as":"cohesion"}`).object(t)
	shown := as[map[string]any](t, readContract().Components.Examples["Report"].Value.Value)
	for _, x := range []map[string]any{got, shown} {
		delete(x, "input")                                 // of the identifiers
		delete(objectAt(t, x, "result"), "group_effects")  // these are in their order
		delete(objectAt(t, x, "result"), "icc_group_mean") // as are these
	}
	want, err := json.Marshal(shown)
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(got)
	if err != nil {
		t.Fatal(err)
	}
	if string(text) != string(want) {
		t.Errorf("answered\n%s\nshown\n%s", text, want)
	}
}
