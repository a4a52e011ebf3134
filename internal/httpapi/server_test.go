package httpapi_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"holon/internal/fault"
	"holon/internal/httpapi"
	"holon/internal/practice"
	"holon/internal/session"
)

// slow is a practice whose list of members waits to be let go.
type slow struct {
	httpapi.Practice

	entered, let chan struct{}
}

// Members waits, then lists.
func (s *slow) Members(ctx context.Context, rq practice.Request, pg practice.Page) ([]*session.Member, string, error) {
	close(s.entered)
	select {
	case <-s.let:
		return s.Practice.Members(ctx, rq, pg)
	case <-ctx.Done():
		return nil, "", ctx.Err()
	}
}

func TestAServerStopsGracefully(t *testing.T) {
	t.Parallel()
	held := &slow{entered: make(chan struct{}), let: make(chan struct{})}
	c := newClinic(t, func(cfg *httpapi.Config) { held.Practice, cfg.Practice = cfg.Practice, held })
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	served := make(chan error, 1)
	go func() { served <- c.server.Serve(ctx, listener) }()
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	get := func(path string) (*http.Response, error) {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+listener.Addr().String()+path, nil)
		if err != nil {
			return nil, err
		}
		r.Header.Set("Authorization", "Bearer "+c.token)
		return client.Do(r)
	}
	running := make(chan error, 1)
	go func() {
		res, err := get("/v1/members")
		if err == nil {
			_, err = io.Copy(io.Discard, res.Body)
			err = errors.Join(err, res.Body.Close())
			if res.StatusCode != http.StatusOK {
				err = fmt.Errorf("status %d", res.StatusCode)
			}
		}
		running <- err
	}()
	<-held.entered
	c.server.Drain()
	res, err := get("/readyz")
	if err != nil || res.StatusCode != http.StatusServiceUnavailable {
		t.Fatalf("draining, it says %v, %v", res, err)
	}
	if err := res.Body.Close(); err != nil {
		t.Error(err)
	}
	stop()
	select {
	case err := <-served:
		t.Fatalf("it stopped while a request was running: %v", err)
	default:
	}
	close(held.let)
	if err := <-running; err != nil {
		t.Errorf("the running request: %v", err)
	}
	if err := <-served; err != nil {
		t.Errorf("a graceful stop is no error: %v", err)
	}
	if res, err := get("/livez"); err == nil {
		t.Errorf("it still answers %d", res.StatusCode)
		_ = res.Body.Close()
	}
}

func TestAStopThatTakesTooLongCutsWhatRuns(t *testing.T) {
	t.Parallel()
	held := &slow{entered: make(chan struct{}), let: make(chan struct{})}
	c := newClinic(t, func(cfg *httpapi.Config) { held.Practice, cfg.Practice = cfg.Practice, held })
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- c.server.Serve(t.Context(), listener) }()
	conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(conn, "GET /v1/members HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer "+c.token+"\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	<-held.entered
	over, cancel := context.WithCancel(t.Context())
	cancel()
	if err := c.server.Shutdown(over); fault.RuleOf(err) != "stopped_late" {
		t.Errorf("Shutdown: %v", err)
	}
	c.must(t, http.StatusServiceUnavailable, call{method: "GET", path: "/readyz", unsigned: true})
	if _, err := bufio.NewReader(conn).ReadByte(); err == nil {
		t.Error("the connection was answered")
	}
	if err := errors.Join(<-served, conn.Close()); err != nil {
		t.Error(err)
	}
}

func TestAServerHasTimeoutsAndLimits(t *testing.T) {
	t.Parallel()
	s := newClinic(t).server.HTTP()
	for name, d := range map[string]time.Duration{
		"header": s.ReadHeaderTimeout, "read": s.ReadTimeout, "write": s.WriteTimeout, "idle": s.IdleTimeout,
	} {
		if d <= 0 || d > 5*time.Minute {
			t.Errorf("%s timeout %v", name, d)
		}
	}
	if s.WriteTimeout <= httpapi.RequestTime {
		t.Error("an answer could be cut before the request's own time is over")
	}
	if s.MaxHeaderBytes != httpapi.MaxHeaderBytes {
		t.Errorf("header bytes %d", s.MaxHeaderBytes)
	}
}

func TestReadiness(t *testing.T) {
	t.Parallel()
	c := newClinic(t, func(cfg *httpapi.Config) { cfg.Ready = notReady })
	got := c.must(t, http.StatusServiceUnavailable, call{method: "GET", path: "/readyz", unsigned: true})
	if p := got.problem(t); p.Rule != "not_ready" || strings.Contains(string(got.body), "Away") || got.header.Get("Retry-After") == "" {
		t.Errorf("%+v", p)
	}
	c.must(t, http.StatusOK, call{method: "GET", path: "/livez", unsigned: true})
	if v := c.must(t, http.StatusOK, call{method: "GET", path: "/version", unsigned: true}).object(t); v["version"] != "test" || v["contract"] != readContract().Info.Version {
		t.Errorf("%v", v)
	}
}

// broken is a practice that fails in ways nobody foresaw.
type broken struct {
	httpapi.Practice

	how func() error
}

// Members fails.
func (b broken) Members(context.Context, practice.Request, practice.Page) ([]*session.Member, string, error) {
	return nil, "", b.how()
}

func TestInnerTextNeverLeaves(t *testing.T) {
	t.Parallel()
	const inner = "mongodb://user:hunter2@host"
	var none map[string]int
	for name, x := range map[string]struct {
		how    func() error
		status int
		rule   string
		log    string
	}{
		"an unclassified error": {func() error { return errors.New(inner) }, 500, "internal", "request failed"},
		"a fault of ours": {func() error {
			return fault.Wrap(fault.Internal, "document_damaged", "It cannot be read.", errors.New(inner))
		}, 500, "document_damaged", "request failed"},
		"a panic with a text":      {func() error { panic(inner) }, 500, "internal", "panic"},
		"a panic of the runtime":   {func() error { none["x"]++; return nil }, 500, "internal", "assignment to entry in nil map"},
		"out of time":              {func() error { return fmt.Errorf("%s: %w", inner, context.DeadlineExceeded) }, 503, "out_of_time", "request failed"},
		"out of time, classified":  {func() error { return fault.Wrap(fault.Internal, "broken", "Broken.", context.DeadlineExceeded) }, 503, "out_of_time", "request failed"},
		"a fault of somebody else": {func() error { return fault.Wrap(fault.Forbidden, "not_allowed", "You may not.", errors.New(inner)) }, 403, "not_allowed", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newClinic(t, func(cfg *httpapi.Config) { cfg.Practice = broken{cfg.Practice, x.how} })
			got := c.do(t, call{method: "GET", path: "/v1/members", raw: true})
			if p := got.problem(t); got.status != x.status || p.Rule != x.rule {
				t.Errorf("%d %+v", got.status, p)
			}
			if strings.Contains(string(got.body), "hunter2") {
				t.Errorf("inner text is shown: %s", got.body)
			}
			if !strings.Contains(c.log.String(), x.log) {
				t.Errorf("the log does not say %q: %s", x.log, c.log)
			}
			if strings.Contains(name, "panic with a text") && strings.Contains(c.log.String(), "hunter2") {
				t.Error("what was panicked with is logged")
			}
		})
	}
}

func TestTheLogHoldsNoIdentifierOfAnybody(t *testing.T) {
	t.Parallel()
	e := newEvening(t)
	e.submit(t, e.alliance(e.members[0], "8"))
	e.must(t, http.StatusOK, call{method: "GET", path: e.path("?levels=alliance")})
	e.must(t, http.StatusOK, call{method: "GET", path: "/v1/members/" + e.members[0]})
	text := e.log.String()
	for _, secret := range append([]string{e.token, e.group, e.session, e.lead, "EVE", "levels=", "holon-alliance"}, e.members...) {
		if strings.Contains(text, secret) {
			t.Errorf("the log holds %q", secret)
		}
	}
	lines := 0
	for line := range strings.Lines(text) {
		var entry struct {
			Msg       string `json:"msg"`
			Route     string `json:"route"`
			Status    int    `json:"status"`
			RequestID string `json:"request_id"`
			Duration  int64  `json:"duration"`
		}
		if err := json.Unmarshal([]byte(line), &entry); err != nil {
			t.Fatal(err)
		}
		if entry.Msg != "request" || entry.Route == "" || entry.RequestID == "" || entry.Status == 0 || entry.Duration <= 0 {
			t.Errorf("line %s", line)
		}
		lines++
	}
	if !strings.Contains(text, `"route":"/v1/sessions/{session_id}/forms"`) || lines != 15 {
		t.Errorf("%d lines:\n%s", lines, text)
	}
}

func TestANewServerNeedsItsParts(t *testing.T) {
	t.Parallel()
	if _, err := httpapi.New(httpapi.Config{}); err == nil {
		t.Error("a server of nothing was made")
	}
}
