package httpapi_test

import (
	"net/http"
	"strings"
	"testing"
)

// somewhere fills a path template with identifiers that have the right form.
var somewhere = strings.NewReplacer("{number}", "1", "{rev}", "1", "{version}", "1", "{instrument_id}", "phq-9",
	"{member_id}", "m-1", "{therapist_id}", "t-1", "{group_id}", "g-1", "{session_id}", "s-1", "{rating_id}", "r-1", "{report_id}", "r-1", "{redaction_id}", "rd-1", "{goal_id}", "a-1", "{objective_id}", "o-1")

func TestEveryRouteButTheNamedOnesNeedsAToken(t *testing.T) {
	t.Parallel()
	c := newClinic(t)
	walked := 0
	for template, item := range readContract().Paths.Map() {
		for method, o := range item.Operations() {
			x := call{method: method, path: somewhere.Replace(template), unsigned: true, raw: true}
			if o.RequestBody != nil {
				x.body = `{"code":"NOBODY"}`
			}
			if o.Security != nil {
				c.must(t, http.StatusOK, x)
				continue
			}
			walked++
			got := c.must(t, http.StatusUnauthorized, x)
			if got.problem(t).Rule != "token_needed" || !strings.HasPrefix(got.header.Get("WWW-Authenticate"), "Bearer") {
				t.Errorf("%s %s: %v %s", method, template, got.header, got.body)
			}
		}
	}
	if walked < 28 {
		t.Errorf("only %d routes were walked", walked)
	}
	if body := c.must(t, http.StatusOK, call{method: "GET", path: "/v1/members"}).body; strings.Contains(string(body), "NOBODY") {
		t.Error("a request without token has stored something")
	}
}

func TestTokensThatAreNone(t *testing.T) {
	t.Parallel()
	c := newClinic(t)
	for name, value := range map[string]string{
		"another token":    "Bearer holon_" + strings.Repeat("A", 43),
		"no token":         "Bearer ",
		"another scheme":   "Basic " + c.token,
		"the bare token":   c.token,
		"half a token":     "Bearer " + c.token[:20],
		"a long text":      "Bearer " + strings.Repeat("x", 5000),
		"token and more":   "Bearer " + c.token + " x",
		"two tokens":       "Bearer " + c.token + ", Bearer " + c.token,
		"an odd character": "Bearer " + c.token[:40] + "é",
	} {
		got := c.do(t, call{method: "GET", path: "/v1/members", header: map[string]string{"Authorization": value}})
		if got.status != http.StatusUnauthorized || got.header.Get("WWW-Authenticate") == "" {
			t.Errorf("%s: %d", name, got.status)
		}
		if strings.Contains(string(got.body), c.token[10:20]) || strings.Contains(c.log.String(), c.token[10:20]) {
			t.Errorf("%s: the token is repeated", name)
		}
	}
	c.must(t, http.StatusOK, call{method: "GET", path: "/v1/members", header: map[string]string{"Authorization": "bearer  " + c.token}})
}

func TestUnknownAddressesAreDeniedFirst(t *testing.T) {
	t.Parallel()
	c := newClinic(t)
	for _, x := range []struct {
		method, path string
		known        int
		rule         string
	}{
		{"GET", "/", http.StatusNotFound, "no_such_route"},
		{"GET", "/v1", http.StatusNotFound, "no_such_route"},
		{"GET", "/v1/patients", http.StatusNotFound, "no_such_route"},
		{"GET", "/v1/members/", http.StatusNotFound, "no_such_route"},
		{"DELETE", "/v1/members", http.StatusMethodNotAllowed, "method_not_allowed"},
		{"POST", "/livez", http.StatusMethodNotAllowed, "method_not_allowed"},
		{"GET", "/v1/members/..%2F..%2Fetc", http.StatusNotFound, "not_found"},
		{"GET", "/v1/members/M%20Mustermann", http.StatusNotFound, "not_found"},
		{"GET", "/v1/members/" + strings.Repeat("m", 65), http.StatusNotFound, "not_found"},
		{"GET", "/v1/members/nobody", http.StatusNotFound, ""},
		{"GET", "/v1/sessions/s-1/history/latest", http.StatusNotFound, "not_found"},
		{"GET", "/v1/sessions/s-1/history/+1", http.StatusNotFound, "not_found"},
		{"GET", "/v1/sessions/s-1/history/0", http.StatusNotFound, "not_found"},
		{"GET", "/v1/instruments/phq-9/versions/404", http.StatusNotFound, "unknown_instrument_version"},
		{"GET", "/v1/reports/r-404", http.StatusNotFound, "no_such_report"},
	} {
		c.must(t, http.StatusUnauthorized, call{method: x.method, path: x.path, unsigned: true, raw: true})
		got := c.must(t, x.known, call{method: x.method, path: x.path, raw: true})
		if p := got.problem(t); x.rule != "" && p.Rule != x.rule {
			t.Errorf("%s %s: %+v", x.method, x.path, p)
		}
		if strings.Contains(string(got.body), "Mustermann") {
			t.Errorf("%s: the address is repeated: %s", x.path, got.body)
		}
		if x.known == http.StatusMethodNotAllowed && got.header.Get("Allow") == "" {
			t.Errorf("%s %s: no Allow", x.method, x.path)
		}
	}
}

func TestAnswersCarryTheirHeaders(t *testing.T) {
	t.Parallel()
	c := newClinic(t)
	for _, x := range []struct {
		path, cache string
		status      int
	}{
		{"/v1/members", "no-store", http.StatusOK},
		{"/v1/members/nobody", "no-store", http.StatusNotFound},
		{"/v1/nothing", "no-store", http.StatusNotFound},
		{"/livez", "", http.StatusOK},
	} {
		h := c.must(t, x.status, call{method: "GET", path: x.path}).header
		if h.Get("Cache-Control") != x.cache || h.Get("X-Content-Type-Options") != "nosniff" ||
			!strings.Contains(h.Get("Content-Security-Policy"), "default-src 'none'") {
			t.Errorf("%s: %v", x.path, h)
		}
	}
	first := c.must(t, http.StatusOK, call{method: "GET", path: "/livez", header: map[string]string{"X-Request-Id": "mine"}}).header.Get("X-Request-Id")
	second := c.must(t, http.StatusOK, call{method: "GET", path: "/livez"}).header.Get("X-Request-Id")
	if first == "mine" || first == second || len(first) > 64 {
		t.Errorf("request numbers %q and %q", first, second)
	}
}
