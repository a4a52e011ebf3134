package importing_test

import (
	"maps"
	"testing"
	"time"

	"holon/internal/access"
	"holon/internal/fault"
	"holon/internal/importing"
	"holon/internal/store"
)

// entries returns the audit by identifier.
func (c *clinic) entries(tb testing.TB) map[string]access.Entry {
	tb.Helper()
	out := map[string]access.Entry{}
	for e, err := range store.NewAudit(c.engine).Newest(tb.Context(), time.Time{}, "", 0) {
		must(tb, err)
		out[e.ID] = e
	}
	return out
}

// since counts what came to the audit by action, and looks at who and whence.
func (c *clinic) since(tb testing.TB, before map[string]access.Entry, importID string) map[access.Action]int {
	tb.Helper()
	count := map[access.Action]int{}
	for id, e := range c.entries(tb) {
		if _, old := before[id]; old {
			continue
		}
		count[e.Action]++
		if e.Principal != "command-line" || e.Outcome != access.Allowed || (e.Action != access.ImportData && (e.RequestID != importID || e.Object.GroupID == "")) {
			tb.Errorf("%+v", e)
		}
	}
	return count
}

func TestAnImportLeavesItsTraces(t *testing.T) {
	t.Parallel()
	c := open(t)
	c.people(t, 2)
	text := long(
		"THU,1,2026-02-05,member,A1,,,holon-cohesion-1,1,post,1,7,,,,,",
		"THU,2,2026-02-12,member,A1,,,holon-cohesion-1,1,post,1,7,,,,,",
	)
	before := c.entries(t)
	r := c.take(t, text, importing.Options{Kind: importing.Long, DryRun: true})
	if got := c.since(t, before, r.ID); !maps.Equal(got, map[access.Action]int{access.ImportData: 1}) {
		t.Errorf("a dry run: %v", got)
	}
	before = c.entries(t)
	r = c.take(t, text, importing.Options{Kind: importing.Long})
	if got := c.since(t, before, r.ID); !maps.Equal(got, map[access.Action]int{access.ImportData: 1, access.WriteSession: 2}) {
		t.Errorf("new sessions: %v", got)
	}
	before = c.entries(t)
	r = c.take(t, long("THU,2,2026-02-12,member,A2,,,holon-cohesion-1,1,post,1,7,,,,,"), importing.Options{Kind: importing.Long})
	if got := c.since(t, before, r.ID); !maps.Equal(got, map[access.Action]int{access.ImportData: 1, access.SubmitForms: 1}) {
		t.Errorf("an addition: %v", got)
	}
}

func TestNobodyElseImports(t *testing.T) {
	t.Parallel()
	c := open(t)
	text := rosterHeader + "\nmember,,B1,,,,,,,,,,\n"
	rq := request()
	rq.Principal = access.Principal{ID: "somebody", Role: "cleaner"}
	r, err := importing.Run(t.Context(), c.Practice, rq, readerOf(text), int64(len(text)), importing.Options{Kind: importing.Roster})
	if r != nil || !fault.Is(err, fault.Forbidden) {
		t.Errorf("%v, %+v", err, r)
	}
	for _, e := range c.entries(t) {
		if e.Outcome != access.Denied || e.Action != access.ImportData {
			t.Errorf("%+v", e)
		}
	}
	if n := len(c.entries(t)); n != 1 {
		t.Errorf("%d entries", n)
	}
}
