package httpapi_test

import (
	"bytes"
	"context"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"

	"holon/internal/httpapi"
	"holon/internal/practice"
)

// held is a practice whose analyses wait, once they have begun to be worked at,
// to be let go.
type held struct {
	httpapi.Practice

	begun, let chan struct{}
	once       sync.Once
}

// newHeld puts a held practice into a clinic.
func newHeld(t *testing.T) (*held, *clinic) {
	t.Helper()
	h := &held{begun: make(chan struct{}), let: make(chan struct{})}
	return h, newClinic(t, func(cfg *httpapi.Config) { h.Practice, cfg.Practice = cfg.Practice, h })
}

// Records waits, and lets nobody else in meanwhile.
func (h *held) Records(ctx context.Context, rq practice.Request, sel practice.Selection) (*practice.Records, error) {
	h.once.Do(func() { close(h.begun) })
	<-h.let
	return h.Practice.Records(ctx, rq, sel)
}

// atOnce asks for two reports under one key at the same time and returns the
// answers: both have looked for what is kept before either is worked at.
func atOnce(t *testing.T, first, second string) (answers [2]*httptest.ResponseRecorder) {
	t.Helper()
	h, c := newHeld(t)
	var done sync.WaitGroup
	for i, body := range []string{first, second} {
		answers[i] = httptest.NewRecorder()
		r := c.request(t, call{method: "POST", path: "/v1/reports", body: body, header: map[string]string{"Idempotency-Key": "one"}})
		done.Go(func() { c.server.ServeHTTP(answers[i], r) })
	}
	<-h.begun
	close(h.let)
	done.Wait()
	if list := listAt(t, c.must(t, http.StatusOK, call{method: "GET", path: "/v1/reports"}).object(t), "reports"); len(list) != 1 {
		t.Errorf("under one key there are %d reports", len(list))
	}
	return answers
}

func TestOfTwoReportsAskedForAtOnceUnderOneKeyOneIsKept(t *testing.T) {
	t.Parallel()
	const question, another = `{"analysis":"group_level_table"}`, `{"analysis":"group_level_table","kinds":["family"]}`
	got := atOnce(t, question, another)
	statuses := []int{got[0].Code, got[1].Code}
	slices.Sort(statuses)
	if !slices.Equal(statuses, []int{http.StatusCreated, http.StatusUnprocessableEntity}) {
		t.Errorf("two questions: %v\n%s\n%s", statuses, got[0].Body, got[1].Body)
	}
	for _, x := range got {
		if x.Code != http.StatusCreated && !bytes.Contains(x.Body.Bytes(), []byte(`"key_reused"`)) {
			t.Errorf("the other is refused for %s", x.Body)
		}
	}
	got = atOnce(t, question, question)
	if got[0].Code != http.StatusCreated || got[1].Code != http.StatusCreated ||
		got[0].Header().Get("Location") != got[1].Header().Get("Location") || !bytes.Equal(got[0].Body.Bytes(), got[1].Body.Bytes()) {
		t.Errorf("one question twice: %d at %v, %d at %v", got[0].Code, got[0].Header(), got[1].Code, got[1].Header())
	}
}

func TestAReportTooLargeToBeKeptIsRefused(t *testing.T) {
	t.Parallel()
	c := course(t)
	body := `{"analysis":"group_level",` + cohesionOf + `}`
	whole := len(c.made(t, "/v1/reports", body).body)
	for _, limit := range []int{whole, whole - 1} {
		c.server.LimitReports(limit)
		got := c.do(t, call{method: "POST", path: "/v1/reports", body: body})
		if limit == whole && got.status != http.StatusCreated {
			t.Errorf("at the limit: %d", got.status)
		}
		if limit < whole && (got.status != http.StatusUnprocessableEntity || got.problem(t).Rule != "report_too_large") {
			t.Errorf("beyond the limit: %d %s", got.status, got.body)
		}
	}
	if list := listAt(t, c.must(t, http.StatusOK, call{method: "GET", path: "/v1/reports"}).object(t), "reports"); len(list) != 2 {
		t.Errorf("%d reports are kept", len(list))
	}
}

func TestNamedGroupsOfAnotherKindAreLeftOutAndNotUnknown(t *testing.T) {
	t.Parallel()
	c := course(t)
	groups := listAt(t, c.must(t, http.StatusOK, call{method: "GET", path: "/v1/groups"}).object(t), "groups")
	got := c.made(t, "/v1/reports", `{"analysis":"group_level",`+cohesionOf+`,"groups":["`+textAt(t, groups, 0, "id")+`"],"kinds":["family"]}`).object(t)
	if got["answer"] != "not_identifiable" || got["reason"] != "no_data" {
		t.Errorf("answer %v because %v", got["answer"], got["reason"])
	}
	twice := c.must(t, http.StatusUnprocessableEntity, call{method: "POST", path: "/v1/reports", body: `{"analysis":"group_level_table","kinds":["family","family"]}`})
	if rules := twice.problem(t).rules(); !slices.Equal(rules, []string{"/kinds repeated"}) {
		t.Errorf("%v", rules)
	}
}
