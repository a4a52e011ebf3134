package httpapi_test

import (
	"bytes"
	"context"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"holon/internal/analysis"
	"holon/internal/httpapi"
	"holon/internal/reporting"
	"holon/internal/store"
)

// slowDesk is a desk whose work waits to be let go.
type slowDesk struct {
	httpapi.Reports

	begun, let chan struct{}
}

// Ask hands on work that tells how far it is, waits, and only then is done.
func (d *slowDesk) Ask(ctx context.Context, q reporting.Question, work reporting.Work) (analysis.Record, error) {
	return d.Reports.Ask(ctx, q, func(ctx context.Context, progress analysis.Progress) ([]byte, error) {
		progress.Tell("bootstrap", 640, 10000)
		d.begun <- struct{}{}
		select {
		case <-d.let:
			return work(ctx, progress)
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	})
}

// busyClinic is a clinic in which no report is waited for, and each takes as
// long as the test likes.
func busyClinic(t *testing.T) (*clinic, *slowDesk) {
	t.Helper()
	slow := &slowDesk{begun: make(chan struct{}, 99), let: make(chan struct{})}
	c := newClinic(t, func(cfg *httpapi.Config) { slow.Reports, cfg.Reports = cfg.Reports, slow })
	close(c.impatient)
	return c, slow
}

// table asks for a table of every measure.
const table = `{"analysis":"group_level_table","kinds":["group"]}`

// later asks for something that takes longer, and returns where it will be.
func (c *clinic) later(t *testing.T, d *slowDesk, body string, header map[string]string) string {
	t.Helper()
	got := c.must(t, http.StatusAccepted, call{method: "POST", path: "/v1/reports", body: body, header: header})
	<-d.begun
	return got.header.Get("Location")
}

// until looks at a report until it is not as it was.
func (c *clinic) until(t *testing.T, place string) answer {
	t.Helper()
	for {
		if got := c.do(t, call{method: "GET", path: place}); got.status != http.StatusAccepted {
			return got
		}
	}
}

func TestALongReportIsFollowedUntilItIsDone(t *testing.T) {
	t.Parallel()
	c, d := busyClinic(t)
	key := map[string]string{"Idempotency-Key": "long-1"}
	place := c.later(t, d, table, key)
	got := c.must(t, http.StatusAccepted, call{method: "GET", path: place})
	x := got.object(t)
	if x["state"] != "running" || "/v1/reports/"+textAt(t, x, "id") != place || x["started_at"] == nil || x["ended_at"] != nil || got.header.Get("Retry-After") == "" {
		t.Errorf("%v, Retry-After %q", x, got.header.Get("Retry-After"))
	}
	if p := objectAt(t, x, "progress"); p["stage"] != "bootstrap" || p["done"] != 640.0 || p["total"] != 10000.0 {
		t.Errorf("progress %v", p)
	}
	if asked := objectAt(t, x, "asked"); asked["analysis"] != "group_level_table" || len(listAt(t, asked, "kinds")) != 1 {
		t.Errorf("asked %v", asked)
	}
	if s := textAt(t, c.must(t, http.StatusOK, call{method: "GET", path: "/v1/reports"}).object(t), "reports", 0, "state"); s != "running" {
		t.Errorf("listed as %s", s)
	}
	again := c.must(t, http.StatusAccepted, call{method: "POST", path: "/v1/reports", body: table, header: key})
	if again.header.Get("Location") != place {
		t.Errorf("the same request again is %s, not %s", again.header.Get("Location"), place)
	}
	if p := c.must(t, http.StatusUnprocessableEntity, call{method: "POST", path: "/v1/reports", body: `{"analysis":"group_level_table"}`, header: key}).problem(t); p.Rule != "key_reused" {
		t.Errorf("another under its key: %+v", p)
	}
	close(d.let)
	done := c.until(t, place)
	if done.status != http.StatusOK || len(listAt(t, done.object(t), "reports")) != 0 {
		t.Errorf("%d %s", done.status, done.body)
	}
	made := c.must(t, http.StatusCreated, call{method: "POST", path: "/v1/reports", body: table, header: key})
	if !bytes.Equal(made.body, done.body) || made.header.Get("Location") != place {
		t.Errorf("asked for again it is %s", made.body)
	}
	if s := textAt(t, c.must(t, http.StatusOK, call{method: "GET", path: "/v1/reports"}).object(t), "reports", 0, "state"); s != "done" {
		t.Errorf("listed as %s", s)
	}
}

func TestAReportIsCancelledOnceAndForAll(t *testing.T) {
	t.Parallel()
	stranger := &asStranger{}
	slow := &slowDesk{begun: make(chan struct{}, 99), let: make(chan struct{})}
	c := newClinic(t, func(cfg *httpapi.Config) {
		slow.Reports, cfg.Reports = cfg.Reports, slow
		stranger.Practice, cfg.Practice = cfg.Practice, stranger
	})
	close(c.impatient)
	key := map[string]string{"Idempotency-Key": "cancel-1"}
	place := c.later(t, slow, table, key)
	stranger.on = true
	c.must(t, http.StatusNotFound, call{method: "POST", path: place + "/cancel"})
	stranger.on = false
	for range 2 {
		x := c.must(t, http.StatusOK, call{method: "POST", path: place + "/cancel"}).object(t)
		if x["state"] != "cancelled" || x["ended_at"] == nil || !strings.Contains(textAt(t, x, "advice"), "ask again") {
			t.Errorf("%v", x)
		}
	}
	if x := c.until(t, place).object(t); x["state"] != "cancelled" {
		t.Errorf("read: %v", x)
	}
	if x := c.must(t, http.StatusOK, call{method: "POST", path: "/v1/reports", body: table, header: key}).object(t); x["state"] != "cancelled" {
		t.Errorf("asked again under its key: %v", x)
	}
	c.must(t, http.StatusNotFound, call{method: "POST", path: "/v1/reports/r-none/cancel"})
	other := c.later(t, slow, table, nil)
	close(slow.let)
	c.until(t, other)
	if x := c.must(t, http.StatusOK, call{method: "POST", path: other + "/cancel"}).object(t); x["state"] != "done" {
		t.Errorf("cancelled too late: %v", x)
	}
	stranger.role = "visitor"
	c.must(t, http.StatusForbidden, call{method: "POST", path: place + "/cancel"})
}

func TestAQuestionThatIsRefusedLaterFailsWithTheProblem(t *testing.T) {
	t.Parallel()
	c, d := busyClinic(t)
	place := c.later(t, d, `{"analysis":"group_level","measure":{"instrument":{"id":"holon-cohesion-1","version":"9"},"score":"rating","rater":"member"}}`, nil)
	close(d.let)
	x := c.until(t, place).object(t)
	p := objectAt(t, x, "problem")
	if x["state"] != "failed" || p["status"] != 422.0 || p["rule"] != "unknown_instrument_version" || textAt(t, p, "errors", 0, "pointer") != "/measure/instrument" {
		t.Errorf("%v", x)
	}
	if id := textAt(t, p, "request_id"); !strings.Contains(c.log.String(), id) {
		t.Errorf("the log does not know the request %s", id)
	}
}

func TestMoreReportsThanThereIsRoomForAreRefused(t *testing.T) {
	t.Parallel()
	c, d := busyClinic(t)
	for range reporting.AtOnce + reporting.Waiting {
		c.must(t, http.StatusAccepted, call{method: "POST", path: "/v1/reports", body: table})
	}
	got := c.must(t, http.StatusServiceUnavailable, call{method: "POST", path: "/v1/reports", body: table})
	if p := got.problem(t); p.Rule != "reports_busy" || got.header.Get("Retry-After") != "30" {
		t.Errorf("%+v, Retry-After %q", p, got.header.Get("Retry-After"))
	}
	states := map[any]int{}
	for _, x := range listAt(t, c.must(t, http.StatusOK, call{method: "GET", path: "/v1/reports"}).object(t), "reports") {
		states[at(t, x, "state")]++
	}
	if states["pending"] < reporting.Waiting || len(states) > 2 {
		t.Errorf("%v", states)
	}
	close(d.let)
}

func TestTheReportOfAProcessThatIsGoneIsInterrupted(t *testing.T) {
	t.Parallel()
	c := newClinic(t)
	c.made(t, "/v1/reports", table)
	reports := store.NewReports(c.engine)
	list := listAt(t, c.must(t, http.StatusOK, call{method: "GET", path: "/v1/reports"}).object(t), "reports")
	x, err := reports.Get(t.Context(), textAt(t, list, 0, "id"))
	if err != nil {
		t.Fatal(err)
	}
	principal := x.Principal
	now := time.Date(2026, 3, 5, 20, 0, 0, 0, time.UTC)
	for _, id := range []string{"r-a", "r-b"} {
		x := analysis.Record{
			ID: id, Principal: principal, Analysis: "group_level", CreatedAt: now, Asked: []byte(`{"analysis":"group_level"}`),
			State: analysis.Running, StartedAt: &now, Lease: analysis.Lease{Owner: "gone", Until: now.Add(time.Hour)},
		}
		if err := reports.Insert(t.Context(), x); err != nil {
			t.Fatal(err)
		}
	}
	got := c.must(t, http.StatusOK, call{method: "GET", path: "/v1/reports/r-a"}).object(t)
	if got["state"] != "interrupted" || !strings.Contains(textAt(t, got, "advice"), "Ask again") {
		t.Errorf("%v", got)
	}
	var states []string
	for _, x := range listAt(t, c.must(t, http.StatusOK, call{method: "GET", path: "/v1/reports"}).object(t), "reports") {
		states = append(states, textAt(t, x, "state"))
	}
	slices.Sort(states)
	if !slices.Equal(states, []string{"done", "interrupted", "interrupted"}) {
		t.Errorf("%v", states)
	}
}
