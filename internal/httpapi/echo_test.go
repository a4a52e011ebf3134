package httpapi_test

import (
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
)

// secrets are what is sent in the place of every value, and must come back in no
// problem and no line of the log: a text that is no code, one that may be one, a
// number, and a day.
func secrets() []any {
	return []any{"Zz Secret, 17", "ZzSecret17", 918273.645, -918273.0, "1931-07-16"}
}

// traces lists in which ways a secret could be repeated.
func traces() []string { return []string{"ZzSecret", "Zz Secret", "918273", "1931-07-16"} }

// spoiled yields a value with each of its leaves replaced by a secret, one after
// the other.
func spoiled(v, secret any, yield func(any)) {
	switch x := v.(type) {
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(x)) {
			spoiled(x[key], secret, func(part any) {
				other := maps.Clone(x)
				other[key] = part
				yield(other)
			})
		}
	case []any:
		for i := range x {
			spoiled(x[i], secret, func(part any) {
				other := slices.Clone(x)
				other[i] = part
				yield(other)
			})
		}
	default:
		yield(secret)
	}
}

// TestNoProblemAndNoLogRepeatsWhatWasSent goes through every operation, with every
// value of its example in turn replaced by what must not come back.
func TestNoProblemAndNoLogRepeatsWhatWasSent(t *testing.T) {
	t.Parallel()
	e := newEvening(t)
	form := formOf(t, e.submit(t, e.cohesion(e.members[0], "6"), e.alliance(e.members[0], "8")), 1)
	goal := textAt(t, e.made(t, "/v1/groups/"+e.group+"/goals", `{"code":"sleep","owner":"`+e.members[0]+`","from":"2026-03-05"}`).object(t), "goal_id")
	noted := e.made(t, "/v1/findings", `{"group_id":"`+e.group+`","members":[],"topic":"other"}`).id(t)
	asked := e.made(t, "/v1/members/"+e.members[1]+"/redactions", `{"by":"member","on":"2026-03-05","reference":"DSR-7"}`).id(t)
	here := strings.NewReplacer("{number}", "1", "{rev}", "1", "{version}", "1", "{instrument_id}", "phq-9", "{language}", "en", "{report_id}", "r-1", "{objective_id}", "o-1",
		"{member_id}", e.members[0], "{therapist_id}", e.lead, "{group_id}", e.group, "{session_id}", e.session, "{form_id}", form, "{rating_id}", form+".alliance",
		"{goal_id}", goal, "{finding_id}", noted, "{redaction_id}", asked)
	known := strings.NewReplacer("m-7q2k3c9x", e.members[0], "m-2b8x", e.members[2], "t-b31x", e.lead, "g-5tq0", e.group, "s-2hm7", e.session, "goal-4k1s", goal)
	sent, refused := 0, 0
	try := func(x call) {
		t.Helper()
		sent++
		got := e.send(e.request(t, x))
		if got.status < http.StatusBadRequest {
			return
		}
		refused++
		for _, trace := range traces() {
			if strings.Contains(string(got.body), trace) {
				t.Errorf("%s %s with %.300s is answered %d: %.600s", x.method, x.path, x.body, got.status, got.body)
			}
		}
		if got.status >= http.StatusInternalServerError {
			t.Errorf("%s %s with %.300s: %d %s", x.method, x.path, x.body, got.status, got.body)
		}
	}
	for template, item := range readContract().Paths.Map() {
		for method, o := range item.Operations() {
			x := call{method: method, path: here.Replace(template), raw: true, header: map[string]string{"If-Match": `"1"`}}
			for _, p := range o.Parameters {
				if p.Value.In == openapi3.ParameterInQuery {
					y := x
					y.path += "?" + p.Value.Name + "=" + url.QueryEscape("Zz Secret, 17")
					try(y)
				}
			}
			for _, header := range []string{"If-Match", "Idempotency-Key"} {
				y := x
				y.header = maps.Clone(x.header)
				y.header[header] = "Zz Secret, 17\x7f"
				y.body = `{}`
				try(y)
			}
			if o.RequestBody == nil {
				continue
			}
			for _, example := range examplesOf(o.RequestBody.Value.Content.Get("application/json")) {
				for _, secret := range secrets() {
					spoiled(example, secret, func(body any) {
						text, err := json.Marshal(body)
						if err != nil {
							t.Fatal(err)
						}
						x.body = known.Replace(string(text))
						try(x)
					})
				}
			}
		}
	}
	for _, trace := range traces() {
		if strings.Contains(e.log.String(), trace) {
			t.Errorf("the log repeats %q", trace)
		}
	}
	t.Logf("%d requests, %d refused", sent, refused)
	if refused < 800 {
		t.Errorf("only %d of %d requests were refused", refused, sent)
	}
}
