package practice_test

import (
	"context"
	"fmt"
	"iter"
	"sync"
	"testing"
	"time"

	"holon/internal/analysis"
	"holon/internal/finding"
	"holon/internal/practice"
	"holon/internal/redaction"
	"holon/internal/session"
	"holon/internal/store"
)

// counting is an engine that counts the documents its queries give, by
// collection.
type counting struct {
	store.Engine

	mu   sync.Mutex
	gave map[string]int
}

// Query counts.
func (c *counting) Query(ctx context.Context, q store.Query) iter.Seq2[store.Document, error] {
	return func(yield func(store.Document, error) bool) {
		for d, err := range c.Engine.Query(ctx, q) {
			c.mu.Lock()
			c.gave[q.Collection.Name]++
			c.mu.Unlock()
			if !yield(d, err) {
				return
			}
		}
	}
}

// Missed sessions that nobody acknowledges pile up over years; the look of every
// minute does not read them all.
func TestALookForWhatIsDueDoesNotReadThePast(t *testing.T) {
	t.Parallel()
	c, substitute, _, _ := staffed(t)
	for i := range 60 {
		at := session.Millis(evening.Add(-time.Duration(i+3) * time.Hour))
		f := &finding.Finding{
			ID: finding.ID(fmt.Sprintf("fi-%02d", i)), Rule: finding.MissedSession, RuleVersion: 1, GroupID: c.group, SessionID: c.session,
			Members: c.members[:1], Events: []finding.Event{{Kind: finding.Raised, At: at, By: "p", To: c.therapist}},
		}
		f.Change = session.Change{By: "p", At: at, Why: string(finding.Raised)}
		must(t, store.NewFindings(c.engine).Insert(t.Context(), f))
	}
	e := &counting{Engine: c.engine, gave: map[string]int{}}
	p := c.at(t, evening.Add(time.Hour), func(d *practice.Deps) { d.Findings = store.NewFindings(e) })
	changed, err := p.Escalate(t.Context())
	must(t, err)
	if changed != 1 || e.gave["findings"] > 2 {
		t.Errorf("%d changed, %d findings read", changed, e.gave["findings"])
	}
	if urgent := c.found(t, finding.Filter{Rule: finding.RiskItem}); len(urgent) != 1 || urgent[0].AddressedTo() != substitute {
		t.Errorf("the urgent one: %+v", urgent)
	}
}

// Every start looks for reports that came after a redaction, and doctor too:
// however many redactions there were, each report is read once.
func TestEverythingIsReadOnceHoweverManyRedactionsThereWere(t *testing.T) {
	t.Parallel()
	c := newClinic(t, open(t), 2)
	at := session.Millis(evening)
	for i := range 5 {
		d := &redaction.Decision{
			ID: redaction.ID(fmt.Sprintf("rd-%d", i)), MemberID: "m-gone", By: redaction.ByMember, On: "2026-03-01", Reference: "R-1",
			State: redaction.Done, Verdict: redaction.Redact, DecidedBy: "p", DecidedAt: &at, DoneAt: &at, Extent: redaction.Extent{Groups: []session.GroupID{c.group}},
		}
		d.Change = session.Change{By: "p", At: at, Why: "carried_out"}
		must(t, store.NewRedactions(c.engine).Insert(t.Context(), d))
	}
	for i := range 3 {
		must(t, store.NewReports(c.engine).Insert(t.Context(), analysis.Record{
			ID: fmt.Sprintf("r-%d", i), Principal: "p", Analysis: "group_level", CreatedAt: at.Add(time.Hour),
			Asked: []byte(`{}`), State: analysis.Done, Body: []byte(`{}`),
		}))
	}
	e := &counting{Engine: c.engine, gave: map[string]int{}}
	p := c.at(t, evening, func(d *practice.Deps) { d.Redactor = store.NewRedactor(e) })
	must(t, p.ResumeRedactions(t.Context()))
	if e.gave["reports"] != 3 {
		t.Errorf("the start read %d reports", e.gave["reports"])
	}

	// So does a restore that finds all of a journal done, with everything.
	var journal []redaction.Entry
	for d, err := range store.NewRedactions(c.engine).List(t.Context(), "", 0) {
		must(t, err)
		entry, _ := redaction.EntryOf(d)
		journal = append(journal, entry)
	}
	replayed := map[int]int{}
	for _, n := range []int{1, len(journal)} {
		e.gave = map[string]int{}
		out, err := p.ReplayRedactions(t.Context(), request(), journal[:n])
		must(t, err)
		if out.Done != n {
			t.Errorf("of %d: %+v", n, out)
		}
		replayed[n] = e.gave["sessions"]
	}
	if replayed[1] == 0 || replayed[1] != replayed[len(journal)] {
		t.Errorf("sessions read by the length of a journal: %v", replayed)
	}

	e.gave = map[string]int{}
	_, err := store.Inspect(t.Context(), e, func(x store.Problem) { t.Errorf("found %+v", x) })
	must(t, err)
	if e.gave["reports"] != 6 { // once each as documents, once for the redactions
		t.Errorf("the inspection read %d reports", e.gave["reports"])
	}
}
