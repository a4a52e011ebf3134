package httpapi_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"holon/internal/fault"
	"holon/internal/httpapi"
	"holon/internal/instrument"
	"holon/internal/practice"
	"holon/internal/reporting"
	"holon/internal/store"
	"holon/internal/store/sqlitestore"
)

// clinic is a server over a real practice in a directory of its own.
type clinic struct {
	server *httpapi.Server
	engine store.Engine
	deps   practice.Deps // of cases
	cases  *practice.Practice
	token  string
	log    *logbook
	desk   *reporting.Desk
	// impatient is closed by a test in which no report is waited for.
	impatient chan time.Time
}

// logbook collects what is logged.
type logbook struct {
	mu   sync.Mutex
	text bytes.Buffer
}

// Write takes a line.
func (l *logbook) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

// String returns all lines.
func (l *logbook) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// logger writes into the logbook, without the time of day: its digits are any, and
// may look like what must not be logged.
func (l *logbook) logger() *slog.Logger {
	return slog.New(slog.NewJSONHandler(l, &slog.HandlerOptions{ReplaceAttr: func(groups []string, a slog.Attr) slog.Attr {
		if len(groups) == 0 && a.Key == slog.TimeKey {
			return slog.Attr{}
		}
		return a
	}}))
}

// newClinic opens a clinic whose clock moves a second at every look.
func newClinic(tb testing.TB, change ...func(*httpapi.Config)) *clinic {
	tb.Helper()
	engine, err := sqlitestore.Open(tb.Context(), sqlitestore.Config{Dir: tb.TempDir(), Collections: store.Collections()})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := engine.Close(); err != nil {
			tb.Error(err)
		}
	})
	return newClinicOn(tb, engine, change...)
}

// newClinicOn opens one over an engine.
func newClinicOn(tb testing.TB, engine store.Engine, change ...func(*httpapi.Config)) *clinic {
	tb.Helper()
	ctx := tb.Context()
	registry, err := instrument.Load(nil)
	if err != nil {
		tb.Fatal(err)
	}
	clock := tick(time.Date(2026, 3, 5, 20, 0, 0, 0, time.UTC))
	deps := practice.Deps{
		Groups: store.NewGroups(engine), Members: store.NewMembers(engine), Therapists: store.NewTherapists(engine),
		Sessions: store.NewSessions(engine), Instruments: store.NewInstruments(engine), Audit: store.NewAudit(engine),
		Studies: store.NewStudies(engine), StudyKeys: store.NewStudyKeys(engine), Consents: store.NewConsents(engine),
		Snapshots: store.NewSnapshots(engine), Frozen: store.NewFrozen(engine), Releases: store.NewReleases(engine), Contributions: store.NewContributions(engine),
		Objectives: store.NewObjectives(engine), Deeds: store.NewFindings(engine),
		Redactions: store.NewRedactions(engine), Redactor: store.NewRedactor(engine),
		Accounts: store.NewAccounts(engine), Findings: store.NewFindings(engine), Settings: store.NewSettings(engine),
		Registry: registry, Clock: clock, Random: rand.Reader,

		Attestations: store.NewAttestations(engine), Wordings: store.NewWordings(engine), GoalTexts: store.NewGoalTexts(engine),
	}
	cases := practice.New(deps)
	if err := cases.CheckInstruments(ctx); err != nil {
		tb.Fatal(err)
	}
	token, created, err := cases.EnsureOperator(ctx)
	if err != nil || !created {
		tb.Fatalf("operator: %v, %v", created, err)
	}
	c := &clinic{engine: engine, deps: deps, cases: cases, token: token, log: &logbook{}, impatient: make(chan time.Time)}
	c.desk = reporting.New(reporting.Config{
		Records: store.NewReports(engine), Clock: clock, Logger: c.log.logger(), Alone: true, After: c.after,
	})
	c.open(tb)
	cfg := httpapi.Config{
		Practice: cases, Reports: c.desk, Logger: c.log.logger(),
		Clock: clock, Version: "test", Ready: func(context.Context) error { return nil },
	}
	for _, f := range change {
		f(&cfg)
	}
	if c.server, err = httpapi.New(cfg); err != nil {
		tb.Fatal(err)
	}
	return c
}

// after is when a time is over: of the wait for a report when a test says so, of
// any other never.
func (c *clinic) after(d time.Duration) <-chan time.Time {
	if d == reporting.Wait {
		return c.impatient
	}
	return nil
}

// open lets the desk work until the test ends.
func (c *clinic) open(tb testing.TB) {
	tb.Helper()
	ctx, cancel := context.WithCancel(context.WithoutCancel(tb.Context())) // the test's own ends before its cleanup
	var work sync.WaitGroup
	work.Go(func() { c.desk.Run(ctx) })
	tb.Cleanup(func() { cancel(); work.Wait() })
}

// tick is a clock that moves a second at every look.
func tick(from time.Time) func() time.Time {
	var mu sync.Mutex
	return func() time.Time {
		mu.Lock()
		defer mu.Unlock()
		from = from.Add(time.Second)
		return from
	}
}

// call is one request of a test.
type call struct {
	method, path string
	body         string
	header       map[string]string // "" takes a header away
	unsigned     bool              // without token
	raw          bool              // the contract need not accept the request
}

// answer is what came back.
type answer struct {
	status int
	header http.Header
	body   []byte
}

// do sends a request and holds it and its answer against the contract.
func (c *clinic) do(t *testing.T, x call) answer {
	t.Helper()
	got := c.send(c.request(t, x))
	contract.check(t, c.request(t, x), got, x.raw || got.status >= http.StatusBadRequest)
	if got.header.Get("X-Request-Id") == "" {
		t.Errorf("%s %s: no X-Request-Id", x.method, x.path)
	}
	return got
}

// send lets the server answer a request.
func (c *clinic) send(r *http.Request) answer {
	w := httptest.NewRecorder()
	c.server.ServeHTTP(w, r)
	return answer{w.Code, w.Header(), w.Body.Bytes()}
}

// request builds the request of a call.
func (c *clinic) request(tb testing.TB, x call) *http.Request {
	tb.Helper()
	var body io.Reader
	if x.body != "" {
		body = strings.NewReader(x.body)
	}
	r := httptest.NewRequestWithContext(tb.Context(), x.method, x.path, body)
	if !x.unsigned {
		r.Header.Set("Authorization", "Bearer "+c.token)
	}
	if x.body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for name, value := range x.header {
		if value == "" {
			r.Header.Del(name)
			continue
		}
		r.Header.Set(name, value)
	}
	return r
}

// must sends a request that is to be answered with this status.
func (c *clinic) must(t *testing.T, status int, x call) answer {
	t.Helper()
	got := c.do(t, x)
	if got.status != status {
		t.Fatalf("%s %s: status %d, want %d\n%s", x.method, x.path, got.status, status, got.body)
	}
	return got
}

// made sends a POST that makes something.
func (c *clinic) made(t *testing.T, path, body string) answer {
	t.Helper()
	return c.must(t, http.StatusCreated, call{method: "POST", path: path, body: body})
}

// object reads the body as a JSON object.
func (a answer) object(t *testing.T) map[string]any {
	t.Helper()
	var out map[string]any
	if err := json.Unmarshal(a.body, &out); err != nil {
		t.Fatalf("%v in %s", err, a.body)
	}
	return out
}

// id reads the identifier out of a body.
func (a answer) id(t *testing.T) string {
	t.Helper()
	id, ok := a.object(t)["id"].(string)
	if !ok || id == "" {
		t.Fatalf("no id in %s", a.body)
	}
	return id
}

// at walks into decoded JSON: a text names a key, a number an element.
func at(t *testing.T, v any, path ...any) any {
	t.Helper()
	for _, step := range path {
		switch x := v.(type) {
		case map[string]any:
			key, ok := step.(string)
			if v = x[key]; !ok {
				t.Fatalf("%v is no key, in %v", step, path)
			}
		case []any:
			i, ok := step.(int)
			if !ok || i >= len(x) {
				t.Fatalf("%v is no place in a list of %d, in %v", step, len(x), path)
			}
			v = x[i]
		default:
			t.Fatalf("nothing to look for %v in, of %v: %v", step, path, v)
		}
	}
	return v
}

// objectAt walks to an object.
func objectAt(t *testing.T, v any, path ...any) map[string]any {
	t.Helper()
	return as[map[string]any](t, at(t, v, path...))
}

// listAt walks to a list.
func listAt(t *testing.T, v any, path ...any) []any {
	t.Helper()
	return as[[]any](t, at(t, v, path...))
}

// textAt walks to a text.
func textAt(t *testing.T, v any, path ...any) string {
	t.Helper()
	return as[string](t, at(t, v, path...))
}

// numberAt walks to a number.
func numberAt(t *testing.T, v any, path ...any) float64 {
	t.Helper()
	return as[float64](t, at(t, v, path...))
}

// as takes a value for what it must be.
func as[T any](t *testing.T, v any) T {
	t.Helper()
	x, ok := v.(T)
	if !ok {
		t.Fatalf("%v is a %T", v, v)
	}
	return x
}

// problem is a problem document as a client reads it.
type problem struct {
	Type      string `json:"type"`
	Title     string `json:"title"`
	Detail    string `json:"detail"`
	Rule      string `json:"rule"`
	Status    int    `json:"status"`
	RequestID string `json:"request_id"`
	Errors    []struct {
		Pointer string `json:"pointer"`
		Rule    string `json:"rule"`
		Detail  string `json:"detail"`
	} `json:"errors"`
}

// problem reads the body as a problem document.
func (a answer) problem(t *testing.T) problem {
	t.Helper()
	var p problem
	if err := json.Unmarshal(a.body, &p); err != nil {
		t.Fatalf("%v in %s", err, a.body)
	}
	if a.header.Get("Content-Type") != "application/problem+json" || p.Status != a.status || p.RequestID != a.header.Get("X-Request-Id") {
		t.Errorf("problem of status %d as %q: %s", a.status, a.header.Get("Content-Type"), a.body)
	}
	return p
}

// rules lists "pointer rule" of every fault of a problem.
func (p problem) rules() []string {
	var out []string
	for _, e := range p.Errors {
		out = append(out, e.Pointer+" "+e.Rule)
	}
	return out
}

// evening is a group with three members, two therapists and one open session.
type evening struct {
	*clinic

	group, session string
	members        []string
	lead, co       string
}

// newEvening opens a clinic and prepares a group's evening.
func newEvening(t *testing.T) *evening {
	t.Helper()
	return newClinic(t).evening(t, "EVE", 3)
}

// evening prepares a group of n members with two therapists and a session.
func (c *clinic) evening(t *testing.T, code string, n int) *evening {
	t.Helper()
	e := &evening{clinic: c}
	e.group = c.made(t, "/v1/groups", `{"code":"`+code+`","kind":"group","format":"open","starts_on":"2026-01-12"}`).id(t)
	for i := range n {
		id := c.made(t, "/v1/members", `{"code":"`+code+"-M"+string(rune('A'+i))+`"}`).id(t)
		e.members = append(e.members, id)
		c.made(t, "/v1/groups/"+e.group+"/spells", `{"member_id":"`+id+`","role":"member","joined":"2026-01-12"}`)
	}
	e.lead = c.made(t, "/v1/therapists", `{"code":"`+code+`-T1"}`).id(t)
	e.co = c.made(t, "/v1/therapists", `{"code":"`+code+`-T2"}`).id(t)
	c.made(t, "/v1/groups/"+e.group+"/therapist-spells", `{"therapist_id":"`+e.lead+`","role":"lead","from":"2026-01-12"}`)
	c.made(t, "/v1/groups/"+e.group+"/therapist-spells", `{"therapist_id":"`+e.co+`","role":"co","from":"2026-01-12"}`)
	e.session = c.made(t, "/v1/groups/"+e.group+"/sessions", `{"kind":"meeting","held_on":"2026-03-05"}`).id(t)
	return e
}

// path is a path below the session.
func (e *evening) path(rest string) string { return "/v1/sessions/" + e.session + rest }

// alliance is a member's form about the lead therapist.
func (e *evening) alliance(member, value string) string {
	return `{"instrument":{"id":"holon-alliance-1","version":"1"},"rater":{"kind":"member","id":"` + member + `"},"about":{"therapist_id":"` + e.lead +
		`"},"occasion":"post","mode":"device","items":[{"item":1,"value":` + value + `}]}`
}

// cohesion is a member's form about the group.
func (e *evening) cohesion(member, value string) string {
	return `{"instrument":{"id":"holon-cohesion-1","version":"1"},"rater":{"kind":"member","id":"` + member +
		`"},"occasion":"post","mode":"device","items":[{"item":1,"value":` + value + `}]}`
}

// submit enters forms that are to be stored.
func (e *evening) submit(t *testing.T, forms ...string) answer {
	t.Helper()
	return e.made(t, e.path("/forms"), `{"forms":[`+strings.Join(forms, ",")+`]}`)
}

// notReady is why a server is not ready.
func notReady(context.Context) error { return fault.New(fault.Unavailable, "store_away", "Away.") }
