package httpapi_test

import (
	"context"
	"iter"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"

	"holon/internal/analysis"
	"holon/internal/httpapi"
	"holon/internal/practice"
	"holon/internal/session"
)

// torn is a practice whose lists of members lack one that is damaged.
type torn struct{ httpapi.Practice }

// Members lists all but the damaged one.
func (d torn) Members(ctx context.Context, rq practice.Request, pg practice.Page) ([]*session.Member, string, error) {
	list, next, err := d.Practice.Members(ctx, rq, pg)
	if err != nil {
		return nil, "", err
	}
	return list, next, &practice.LeftOutError{IDs: []string{"m-broken"}}
}

// History lists all revisions but a damaged one.
func (d torn) History(ctx context.Context, rq practice.Request, id session.SessionID) ([]practice.Revision, error) {
	all, err := d.Practice.History(ctx, rq, id)
	if err != nil {
		return nil, err
	}
	return all, &practice.LeftOutError{IDs: []string{string(id) + "@9"}}
}

func TestAListNamesWhatItCouldNotRead(t *testing.T) {
	t.Parallel()
	c := newClinic(t, func(cfg *httpapi.Config) { cfg.Practice = torn{cfg.Practice} })
	c.made(t, "/v1/members", `{"code":"M-1"}`)
	got := c.must(t, http.StatusOK, call{method: "GET", path: "/v1/members"}).object(t)
	if len(listAt(t, got, "members")) != 1 || !slices.Equal(listAt(t, got, "left_out"), []any{"m-broken"}) {
		t.Errorf("%v", got)
	}
	if log := c.log.String(); !strings.Contains(log, `"left_out":1`) || strings.Contains(log, "m-broken") {
		t.Errorf("log: %s", log)
	}
	e := c.evening(t, "E", 1)
	past := c.must(t, http.StatusOK, call{method: "GET", path: e.path("/history")}).object(t)
	if len(listAt(t, past, "revisions")) != 1 || !slices.Equal(listAt(t, past, "left_out"), []any{e.session + "@9"}) {
		t.Errorf("%v", past)
	}
	if whole := listAt(t, c.must(t, http.StatusOK, call{method: "GET", path: "/v1/therapists"}).object(t), "left_out"); len(whole) != 0 {
		t.Errorf("left out of a whole list: %v", whole)
	}
}

// worn keeps reports, one of which is damaged.
type worn struct{ httpapi.Reports }

// unreadable is the error of a damaged document.
type unreadable struct{ id string }

func (unreadable) Error() string        { return "damaged" }
func (u unreadable) DocumentID() string { return u.id }

// Of streams the reports, and an error in the place of the second.
func (w worn) Of(ctx context.Context, principal, after string, limit int) iter.Seq2[analysis.Record, error] {
	return func(yield func(analysis.Record, error) bool) {
		i := 0
		for x, err := range w.Reports.Of(ctx, principal, "", 0) {
			if i++; x.ID <= after {
				continue
			}
			if i == 2 {
				x, err = analysis.Record{}, unreadable{x.ID}
			}
			if limit--; !yield(x, err) || limit == 0 {
				return
			}
		}
	}
}

func TestADamagedReportHidesNoOther(t *testing.T) {
	t.Parallel()
	c := newClinic(t, func(cfg *httpapi.Config) { cfg.Reports = worn{cfg.Reports} })
	for range 5 {
		c.made(t, "/v1/reports", `{"analysis":"group_level_table"}`)
	}
	var listed, left int
	next := ""
	for range 3 {
		got := c.must(t, http.StatusOK, call{method: "GET", path: "/v1/reports?limit=2" + next}).object(t)
		listed, left = listed+len(listAt(t, got, "reports")), left+len(listAt(t, got, "left_out"))
		cursor, more := got["next_cursor"].(string)
		if !more {
			break
		}
		next = "&cursor=" + cursor
	}
	if listed != 4 || left != 1 {
		t.Errorf("of five reports %d are listed and %d left out", listed, left)
	}
}

func TestTheHistoryOfASessionComesInPages(t *testing.T) {
	t.Parallel()
	e := newEvening(t)
	for i := range 4 {
		e.must(t, http.StatusOK, call{method: "PUT", path: e.path("/roster"), body: `{"members":["` + e.members[i%2] + `"]}`, header: ifMatch(i + 1)})
	}
	var revs []string
	next := ""
	for range 4 {
		got := e.must(t, http.StatusOK, call{method: "GET", path: e.path("/history?limit=2" + next)}).object(t)
		for _, x := range listAt(t, got, "revisions") {
			revs = append(revs, strconv.FormatFloat(numberAt(t, x, "rev"), 'f', -1, 64))
		}
		cursor, more := got["next_cursor"].(string)
		if !more {
			break
		}
		next = "&cursor=" + cursor
	}
	if !slices.Equal(revs, []string{"5", "4", "3", "2", "1"}) {
		t.Errorf("revisions in pages of two: %v", revs)
	}
	if next == "" {
		t.Error("there was one page only")
	}
	p := e.must(t, http.StatusBadRequest, call{method: "GET", path: "/v1/sessions/another/history?limit=2" + next}).problem(t)
	if p.Rule != "bad_cursor" {
		t.Errorf("a cursor of another session: %+v", p)
	}
}

func TestWhoManagesASessionIsNotShownItsRatings(t *testing.T) {
	t.Parallel()
	e := newEvening(t)
	e.submit(t, e.alliance(e.members[0], "8"), e.cohesion(e.members[1], "6"))
	all := `"` + strings.Join(e.members, `","`) + `"`
	mark := func(m string) string { return `{"member_id":"` + m + `","attendance":"present"}` }
	answers := []answer{
		e.must(t, http.StatusOK, call{method: "PUT", path: e.path("/roster"), body: `{"members":[` + all + `]}`, header: ifMatch(2)}),
		e.must(t, http.StatusOK, call{method: "PUT", path: e.path("/attendance"), body: `{"members":[` + mark(e.members[0]) + `,` + mark(e.members[1]) + `,` + mark(e.members[2]) + `],"therapists":[{"therapist_id":"` + e.co + `","present":true}]}`, header: ifMatch(3)}),
		e.must(t, http.StatusOK, call{method: "POST", path: e.path("/close"), body: `{}`, header: ifMatch(4)}),
	}
	for i, got := range answers {
		if text := string(got.body); strings.Contains(text, "alliance") || strings.Contains(text, "scores") || !strings.Contains(text, `"roster"`) {
			t.Errorf("answer %d: %s", i, text)
		}
	}
}

func TestABodyWhereNoneBelongsIsRefusedHoweverItIsSent(t *testing.T) {
	t.Parallel()
	c := newClinic(t)
	for _, length := range []int64{5, -1} {
		r := c.request(t, call{method: "GET", path: "/v1/members", body: "hello"})
		r.ContentLength = length
		got := c.send(r)
		if got.status != http.StatusBadRequest || got.problem(t).Rule != "no_body_here" {
			t.Errorf("length %d: %d %s", length, got.status, got.body)
		}
	}
}
