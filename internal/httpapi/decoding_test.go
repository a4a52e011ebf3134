package httpapi_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// rejected stands in bad input where a value is refused. No answer and no log
// may repeat it.
const rejected = "Zwergpinscher"

func TestBodiesAreReadStrictly(t *testing.T) {
	t.Parallel()
	c := newClinic(t)
	for name, x := range map[string]struct {
		body, rule string
		status     int
	}{
		"nothing but spaces":   {"  ", "empty_body", 400},
		"no JSON":              {rejected, "not_json", 400},
		"cut off":              {`{"code":"` + rejected, "unfinished_json", 400},
		"text after the value": {`{"code":"A"} ` + rejected, "trailing_data", 400},
		"two values":           {`{"code":"A"}{"code":"B"}`, "trailing_data", 400},
		"a byte order mark":    {"\ufeff" + `{"code":"A"}`, "byte_order_mark", 400},
		"bytes not UTF-8":      {"{\"code\":\"\xff\xfe\"}", "invalid_utf8", 400},
		"NaN":                  {`{"code":"A","birth_year":NaN}`, "not_json", 400},
		"Infinity":             {`{"code":"A","birth_year":Infinity}`, "not_json", 400},
		"a key twice":          {`{"code":"A","code":"` + rejected + `"}`, "duplicate_key", 422},
		"an unknown key":       {`{"code":"A","nickname":"` + rejected + `"}`, "unknown_key", 422},
		"a folded key":         {`{"CODE":"` + rejected + `"}`, "unknown_key", 422},
		"an id in the body":    {`{"id":"` + rejected + `","code":"A"}`, "unknown_key", 422},
		"null for a text":      {`{"code":null}`, "null_not_allowed", 422},
		"a number for a text":  {`{"code":987654321}`, "wrong_type", 422},
		"a text for a number":  {`{"code":"A","birth_year":"` + rejected + `"}`, "wrong_type", 422},
		"a fraction":           {`{"code":"A","birth_year":1987.5}`, "wrong_type", 422},
		"too large a number":   {`{"code":"A","birth_year":98765432109876543210}`, "wrong_type", 422},
		"a list":               {`["` + rejected + `"]`, "wrong_type", 422},
		"nothing in it":        {`{}`, "required", 422},
		"an empty code":        {`{"code":""}`, "required", 422},
		"a name for a code":    {`{"code":"` + rejected + ` Anna"}`, "bad_code", 422},
		"too long a code":      {`{"code":"` + strings.Repeat(rejected, 4) + `"}`, "too_long", 422},
		"a year out of range":  {`{"code":"A","birth_year":98765}`, "out_of_range", 422},
		"a year of zero":       {`{"code":"A","birth_year":0}`, "out_of_range", 422},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := c.must(t, x.status, call{method: "POST", path: "/v1/members", body: x.body})
			if p := got.problem(t); p.Rule != x.rule || p.Detail == "" || (x.status == 422) != (len(p.Errors) > 0) {
				t.Errorf("%+v", p)
			}
			unrepeated(t, c, got)
		})
	}
}

func TestWhatIsNeededIsSaidAsItIs(t *testing.T) {
	t.Parallel()
	c := newClinic(t)
	got := c.must(t, http.StatusUnprocessableEntity, call{
		method: "PUT", path: "/v1/settings", header: ifMatch(1), raw: true, body: `{"acknowledge_within_minutes":0,"substitutes":[],"risk_texts":[{"language":"en","text":""}]}`,
	})
	said := map[string]string{}
	for _, e := range got.problem(t).Errors {
		said[e.Pointer] = e.Detail
	}
	want := map[string]string{
		"/acknowledge_within_minutes": "This is needed, and is not 0.",
		"/excused_is_missed":          "This is needed.",
		"/risk_texts/0/text":          "This is needed and must not be empty.",
		"/supervisors":                "This is needed.", // an empty list is one
	}
	if !maps.Equal(said, want) {
		t.Errorf("said is %v", said)
	}
}

// unrepeated fails when an answer or the log repeats what was refused.
func unrepeated(t *testing.T, c *clinic, got answer) {
	t.Helper()
	for _, s := range []string{rejected, "98765", "Anna"} {
		if strings.Contains(string(got.body), s) {
			t.Errorf("the answer repeats %q: %s", s, got.body)
		}
		if strings.Contains(c.log.String(), s) {
			t.Errorf("the log repeats %q", s)
		}
	}
}

func TestQueriesAndHeadersAreReadStrictly(t *testing.T) {
	t.Parallel()
	c := newClinic(t)
	for path, rule := range map[string]string{
		"/v1/members?nickname=" + rejected:         "unknown_parameter",
		"/v1/members?Limit=2":                      "unknown_parameter",
		"/v1/members?limit=2&limit=3":              "parameter_twice",
		"/v1/members?limit=0":                      "bad_parameter",
		"/v1/members?limit=201":                    "bad_parameter",
		"/v1/members?limit=" + rejected:            "bad_parameter",
		"/v1/members?limit=1e1":                    "bad_parameter",
		"/v1/members?limit=":                       "bad_parameter",
		"/v1/members?limit=2;cursor=A":             "bad_query",
		"/v1/members?cursor=" + rejected + "!":     "bad_parameter",
		"/v1/groups?kind=" + rejected:              "bad_parameter",
		"/v1/sessions/s-1?levels=":                 "bad_parameter",
		"/v1/sessions/s-1?levels=" + rejected:      "bad_parameter",
		"/v1/sessions/s-1?levels=bond,bond":        "bad_parameter",
		"/v1/sessions/s-1?levels=bond&levels=bond": "parameter_twice",
		"/v1/instruments?limit=2":                  "unknown_parameter",
		"/livez?x=1":                               "unknown_parameter",
		"/v1/members?limit=%zz":                    "bad_query",
	} {
		got := c.must(t, http.StatusBadRequest, call{method: "GET", path: path})
		if p := got.problem(t); p.Rule != rule {
			t.Errorf("%s: %+v", path, p)
		}
		unrepeated(t, c, got)
	}
	for name, x := range map[string]struct {
		header map[string]string
		status int
		rule   string
	}{
		"no content type":     {map[string]string{"Content-Type": ""}, 415, "json_needed"},
		"a form":              {map[string]string{"Content-Type": "application/x-www-form-urlencoded"}, 415, "json_needed"},
		"another charset":     {map[string]string{"Content-Type": "application/json; charset=latin1"}, 415, "json_needed"},
		"text":                {map[string]string{"Content-Type": "text/json"}, 415, "json_needed"},
		"called compressed":   {map[string]string{"Content-Encoding": "gzip"}, 415, "json_needed"},
		"a key with a space":  {map[string]string{"Idempotency-Key": rejected + " 2"}, 400, "bad_header"},
		"a key far too long":  {map[string]string{"Idempotency-Key": strings.Repeat("k", 129)}, 400, "bad_header"},
		"a key of no letters": {map[string]string{"Idempotency-Key": "é"}, 400, "bad_header"},
	} {
		got := c.must(t, x.status, call{method: "POST", path: "/v1/members", body: `{"code":"A"}`, header: x.header})
		if p := got.problem(t); p.Rule != x.rule {
			t.Errorf("%s: %+v", name, p)
		}
		unrepeated(t, c, got)
	}
	c.must(t, http.StatusBadRequest, call{method: "GET", path: "/v1/members", body: `{"code":"A"}`})
	c.must(t, http.StatusCreated, call{method: "POST", path: "/v1/members", body: `{"code":"UTF"}`, header: map[string]string{"Content-Type": "application/json; charset=UTF-8"}})
}

func TestCompressedBodiesAreRefused(t *testing.T) {
	t.Parallel()
	c := newClinic(t)
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	if _, err := w.Write(bytes.Repeat([]byte(" "), 50<<20)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	c.must(t, http.StatusUnsupportedMediaType, call{
		method: "POST", path: "/v1/members", body: packed.String(), header: map[string]string{"Content-Encoding": "gzip"},
	})
	if got := c.must(t, http.StatusBadRequest, call{method: "POST", path: "/v1/members", body: packed.String()}); got.problem(t).Rule != "invalid_utf8" {
		t.Errorf("%s", got.body)
	}
}

// endless counts how much of it is read.
type endless struct{ read int }

// Read gives spaces without end.
func (e *endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = ' '
	}
	e.read += len(p)
	return len(p), nil
}

func TestABodyOverTheLimitIsNotReadToItsEnd(t *testing.T) {
	t.Parallel()
	c := newClinic(t)
	for name, length := range map[string]int64{"announced": 10 << 20, "unannounced": -1} {
		source := &endless{}
		r := httptest.NewRequestWithContext(t.Context(), "POST", "/v1/members", io.LimitReader(source, 10<<20))
		r.ContentLength = length
		r.Header.Set("Authorization", "Bearer "+c.token)
		r.Header.Set("Content-Type", "application/json")
		w := httptest.NewRecorder()
		c.server.ServeHTTP(w, r)
		got := answer{w.Code, w.Header(), w.Body.Bytes()}
		if p := got.problem(t); got.status != http.StatusRequestEntityTooLarge || p.Rule != "too_large" {
			t.Errorf("%s: %+v", name, p)
		}
		if source.read > 3<<20 || (length > 0 && source.read > 0) {
			t.Errorf("%s: %d bytes were read", name, source.read)
		}
	}
	just := `{"code":"A"}` + strings.Repeat(" ", 1<<20-12)
	c.must(t, http.StatusCreated, call{method: "POST", path: "/v1/members", body: just})
	c.must(t, http.StatusRequestEntityTooLarge, call{method: "POST", path: "/v1/members", body: just + " "})
}

// TestNoMutationOfABatchIsRepeated replaces values of a valid batch at random
// and looks at what comes back.
func TestNoMutationOfABatchIsRepeated(t *testing.T) {
	t.Parallel()
	e := newEvening(t)
	rapid.Check(t, func(r *rapid.T) {
		var batch any
		if err := json.Unmarshal([]byte(`{"forms":[`+e.alliance(e.members[0], "8")+`,`+e.cohesion(e.members[0], "6")+`]}`), &batch); err != nil {
			r.Fatal(err)
		}
		bad := rapid.SampledFrom([]any{rejected, rejected + "/../x", -98765.25, 98765.0, []any{rejected}, map[string]any{"surplus": rejected}, "<b>" + rejected}).Draw(r, "bad")
		batch = mutate(batch, rapid.IntRange(0, 40).Draw(r, "place"), bad)
		body, err := json.Marshal(batch)
		if err != nil {
			r.Fatal(err)
		}
		got := e.do(t, call{method: "POST", path: e.path("/forms"), body: string(body), raw: true})
		if got.status == http.StatusCreated {
			r.Fatalf("stored: %s", body)
		}
		if got.status != 400 && got.status != 422 {
			r.Fatalf("status %d for %s: %s", got.status, body, got.body)
		}
		got.problem(t)
		unrepeated(t, e.clinic, got)
		if t.Failed() {
			r.Fatalf("after %s", body)
		}
	})
}

// mutate replaces the n-th value, counted depth first and around.
func mutate(v any, n int, by any) any {
	var places []func()
	var walk func(any)
	walk = func(v any) {
		switch x := v.(type) {
		case map[string]any:
			for k := range x {
				places = append(places, func() { x[k] = by })
				walk(x[k])
			}
		case []any:
			for i := range x {
				places = append(places, func() { x[i] = by })
				walk(x[i])
			}
		}
	}
	walk(v)
	places[n%len(places)]()
	return v
}

func TestABatchOverItsLimitIsRefusedWhole(t *testing.T) {
	t.Parallel()
	e := newEvening(t)
	tiny := `{"rater":{"kind":"member","id":"x"},"mode":"device","instrument":{"id":"a","version":"1"},"occasion":"pre"}`
	small := func(n int) string { return `{"forms":[` + strings.TrimSuffix(strings.Repeat(tiny+",", n), ",") + `]}` }
	if got := e.must(t, http.StatusRequestEntityTooLarge, call{method: "POST", path: e.path("/forms"), body: small(1001)}); got.problem(t).Rule != "batch_too_large" {
		t.Errorf("%s", got.body)
	}
	if got := e.must(t, http.StatusRequestEntityTooLarge, call{method: "POST", path: e.path("/forms"), body: small(10000)}); got.problem(t).Status != 413 {
		t.Errorf("%s", got.body)
	}
	empty := `{"forms":[` + strings.TrimSuffix(strings.Repeat("{},", 10000), ",") + `]}`
	if got := e.must(t, http.StatusRequestEntityTooLarge, call{method: "POST", path: e.path("/forms"), body: empty}); got.problem(t).Rule != "batch_too_large" || len(got.problem(t).Errors) != 0 {
		t.Errorf("ten thousand empty forms: %d bytes of answer", len(got.body))
	}
	if got := e.must(t, http.StatusUnprocessableEntity, call{method: "POST", path: e.path("/forms"), body: small(1000)}); len(got.problem(t).Errors) != 1000 {
		t.Errorf("%d faults of 1000 forms", len(got.problem(t).Errors))
	}
	many := `{"members":["` + strings.TrimSuffix(strings.Repeat(`m","`, 31), `","`) + `"]}`
	got := e.must(t, http.StatusUnprocessableEntity, call{method: "PUT", path: e.path("/roster"), body: many, header: ifMatch(1)})
	if p := got.problem(t); p.Rule != "too_many" || p.Errors[0].Pointer != "/members" {
		t.Errorf("%s", strconv.Quote(string(got.body)))
	}
}
