package httpapi_test

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"holon/api"
)

func TestTheReferenceShowsTheWholeContract(t *testing.T) {
	t.Parallel()
	got := newClinic(t).must(t, http.StatusOK, call{method: "GET", path: "/reference", unsigned: true})
	html := string(got.body)
	doc := readContract()
	for template, item := range doc.Paths.Map() {
		for method, o := range item.Operations() {
			if !strings.Contains(html, `id="`+o.OperationID+`"`) || !strings.Contains(html, `<span class="method `+method+`">`+method+`</span> <code>`+template+`</code>`) {
				t.Errorf("%s %s is not shown", method, template)
			}
		}
	}
	for name := range doc.Components.Schemas {
		if !strings.Contains(html, `id="schema-`+name+`"`) {
			t.Errorf("the schema %s is not shown", name)
		}
	}
	ids := map[string]bool{}
	for _, m := range regexp.MustCompile(` id="([^"]*)"`).FindAllStringSubmatch(html, -1) {
		if ids[m[1]] {
			t.Errorf("two places are called %s", m[1])
		}
		ids[m[1]] = true
	}
	for _, m := range regexp.MustCompile(`href="#([^"]*)"`).FindAllStringSubmatch(html, -1) {
		if !ids[m[1]] {
			t.Errorf("a link leads nowhere: #%s", m[1])
		}
	}
	for _, what := range []string{"urn:holon:problem:stale", "1048576", "curl -X POST", "RFC 9457"} {
		if !strings.Contains(html, what) {
			t.Errorf("%q is not shown", what)
		}
	}
	limits, ok := doc.Extensions["x-limits"].(map[string]any)
	if !ok || len(limits) == 0 {
		t.Fatal("no limits")
	}
	for name := range limits {
		if strings.Contains(html, "<td>"+name+"</td>") {
			t.Errorf("the limit %s has no name in words", name)
		}
	}
	if strings.Contains(html, "ZgotmplZ") || strings.Contains(html, "map[") || strings.Contains(html, "%!") {
		t.Error("something was not rendered")
	}
}

func TestTheReferenceRunsNothing(t *testing.T) {
	t.Parallel()
	got := newClinic(t).must(t, http.StatusOK, call{method: "GET", path: "/reference", unsigned: true})
	html, policy := string(got.body), got.header.Get("Content-Security-Policy")
	if strings.Contains(html, "<script") || regexp.MustCompile(`\son[a-z]+=|style="|<link|<img|src=`).MatchString(html) {
		t.Error("the page would run or load something")
	}
	_, rest, _ := strings.Cut(html, "<style>")
	style, _, _ := strings.Cut(rest, "</style>")
	sum := sha256.Sum256([]byte(style))
	if !strings.Contains(policy, "default-src 'none'") || !strings.Contains(policy, "'sha256-"+base64.StdEncoding.EncodeToString(sum[:])+"'") {
		t.Errorf("policy %s", policy)
	}
}

func TestTheContractIsServedAsItIs(t *testing.T) {
	t.Parallel()
	c := newClinic(t)
	if got := c.must(t, http.StatusOK, call{method: "GET", path: "/openapi.yaml", unsigned: true}); string(got.body) != string(api.OpenAPI) {
		t.Error("the YAML is another one")
	}
	got := c.must(t, http.StatusOK, call{method: "GET", path: "/openapi.json", unsigned: true})
	var served struct {
		OpenAPI string         `json:"openapi"`
		Paths   map[string]any `json:"paths"`
	}
	if err := json.Unmarshal(got.body, &served); err != nil {
		t.Fatal(err)
	}
	if served.OpenAPI != "3.0.3" || len(served.Paths) != readContract().Paths.Len() {
		t.Errorf("%s with %d paths as JSON", served.OpenAPI, len(served.Paths))
	}
}
