package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// patience is how long a test waits for something that takes milliseconds.
const patience = 60 * time.Second

// nothing is an environment without any variable.
func nothing(string) string { return "" }

// command runs the program to its end.
func command(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	code = run(t.Context(), args, nothing, strings.NewReader(""), &out, &errs)
	return code, out.String(), errs.String()
}

// service is a program that serves.
type service struct {
	client

	stop func() int    // tells it to stop and returns the exit code
	said *lockedBuffer // on standard error
}

// start runs the program in this process until it serves.
func start(t *testing.T, args ...string) *service {
	t.Helper()
	return startIn(t, nothing, args...)
}

// startIn runs the program in an environment until it serves.
func startIn(t *testing.T, getenv func(string) string, args ...string) *service {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background()) // the test's own ends before its cleanup
	reader, writer := io.Pipe()
	code := make(chan int, 1)
	log := &lockedBuffer{}
	go func() {
		code <- run(ctx, args, getenv, strings.NewReader(""), writer, log)
		_ = writer.Close() // a pipe's end never fails
	}()
	s := &service{stop: sync.OnceValue(func() int { cancel(); return <-code }), said: log}
	t.Cleanup(func() { s.stop() })
	s.client = serving(t, reader, log)
	return s
}

// serving reads what a program prints until it says where it serves.
func serving(t *testing.T, stdout io.Reader, log fmt.Stringer) client {
	t.Helper()
	c := client{http: &http.Client{Timeout: patience}}
	lines := bufio.NewScanner(stdout)
	for lines.Scan() {
		line := lines.Text()
		c.printed += line + "\n"
		if token := strings.TrimSpace(line); strings.HasPrefix(token, "holon_") {
			c.token = token
		}
		if rest, ok := strings.CutPrefix(line, "Serving on "); ok {
			c.base, _, _ = strings.Cut(rest, " ")
			go func() { _, _ = io.Copy(io.Discard, stdout) }() // until it ends
			return c
		}
	}
	t.Fatalf("the program ended before it served:\n%s", log)
	return c
}

// lockedBuffer gathers what one goroutine writes while another reads.
type lockedBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

// Write appends.
func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

// String returns everything so far.
func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}

// client speaks to a service.
type client struct {
	printed     string // until it served
	http        *http.Client
	base, token string
}

// answer is a response that was read.
type answer struct {
	status int
	etag   string
	id     string // the last part of Location
	body   []byte
}

// ask sends a request; key and etag may be empty.
func (c client) ask(ctx context.Context, method, path, key, etag string, body any) (answer, error) {
	var send io.Reader
	if body != nil {
		text, err := json.Marshal(body)
		if err != nil {
			return answer{}, err
		}
		send = bytes.NewReader(text)
	}
	rq, err := http.NewRequestWithContext(ctx, method, c.base+path, send)
	if err != nil {
		return answer{}, err
	}
	rq.Header.Set("Authorization", "Bearer "+c.token)
	if body != nil {
		rq.Header.Set("Content-Type", "application/json")
	}
	if key != "" {
		rq.Header.Set("Idempotency-Key", key)
	}
	if etag != "" {
		rq.Header.Set("If-Match", etag)
	}
	rs, err := c.http.Do(rq)
	if err != nil {
		return answer{}, err
	}
	text, err := io.ReadAll(rs.Body)
	if cerr := rs.Body.Close(); err == nil {
		err = cerr
	}
	return answer{
		status: rs.StatusCode, etag: rs.Header.Get("ETag"), id: filepath.Base(rs.Header.Get("Location")), body: text,
	}, err
}

// must sends a request that has to be answered with a status.
func (c client) must(t *testing.T, want int, method, path, etag string, body any) answer {
	t.Helper()
	a, err := c.ask(t.Context(), method, path, "", etag, body)
	if err != nil {
		t.Fatalf("%s %s: %v", method, path, err)
	}
	if a.status != want {
		t.Fatalf("%s %s: status %d, want %d: %s", method, path, a.status, want, a.body)
	}
	return a
}

// object is a JSON object.
type object = map[string]any

// read decodes an answer.
func read[T any](t *testing.T, a answer) T {
	t.Helper()
	var v T
	if err := json.Unmarshal(a.body, &v); err != nil {
		t.Fatalf("%v: %s", err, a.body)
	}
	return v
}

// group makes a therapy group of members with a therapist and returns their
// identifiers.
func (c client) group(t *testing.T, code string, members int) (group, therapist string, ids []string) {
	t.Helper()
	therapist = c.must(t, http.StatusCreated, "POST", "/v1/therapists", "", object{"code": "T-" + code}).id
	group = c.must(t, http.StatusCreated, "POST", "/v1/groups", "",
		object{"code": code, "kind": "group", "format": "open", "starts_on": "2026-01-12"}).id
	c.must(t, http.StatusCreated, "POST", "/v1/groups/"+group+"/therapist-spells", "",
		object{"therapist_id": therapist, "role": "lead", "from": "2026-01-12"})
	for i := range members {
		id := c.must(t, http.StatusCreated, "POST", "/v1/members", "", object{"code": fmt.Sprintf("M-%s-%d", code, i)}).id
		c.must(t, http.StatusCreated, "POST", "/v1/groups/"+group+"/spells", "",
			object{"member_id": id, "role": "member", "joined": "2026-01-12"})
		ids = append(ids, id)
	}
	return group, therapist, ids
}

// bonds has the members of a group asked about each other.
func (c client) bonds(t *testing.T, group string) {
	t.Helper()
	tag := c.must(t, http.StatusOK, "GET", "/v1/groups/"+group, "", nil).etag
	c.must(t, http.StatusOK, "PUT", "/v1/groups/"+group+"/bonds", tag, object{"on": true, "since": "2026-01-12"})
}

// form is one member's answer to a one-item instrument after the meeting.
func form(instrument, member string, about object, value int) object {
	f := object{
		"instrument": object{"id": instrument, "version": "1"}, "rater": object{"kind": "member", "id": member},
		"occasion": "post", "mode": "device", "items": []object{{"item": 1, "value": value}},
	}
	if about != nil {
		f["about"] = about
	}
	return f
}

// update says that golden files are to be written.
var update = flag.Bool("update", false, "write the golden files anew")

// golden compares with a file of testdata; -update writes it.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v (-update writes it)", err)
	}
	if got != string(want) {
		t.Errorf("%s differs (-update writes it); got:\n%s", path, got)
	}
}
