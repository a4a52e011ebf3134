package practice_test

import (
	"context"
	"testing"
	"time"

	"holon/internal/analysis"
	"holon/internal/finding"
	"holon/internal/practice"
	"holon/internal/redaction"
	"holon/internal/store"
)

// meanwhile does something just before the first finding is stored.
type meanwhile struct {
	practice.Findings

	do func()
}

// Insert does it.
func (m *meanwhile) Insert(ctx context.Context, f *finding.Finding) error {
	if do := m.do; do != nil {
		m.do = nil
		do()
	}
	return m.Findings.Insert(ctx, f)
}

// TestARedactionTakesOutInWhatAMemberStoodOut, and the alarm is nobody's any more.
func TestARedactionTakesOutInWhatAMemberStoodOut(t *testing.T) {
	t.Parallel()
	w := newWeekly(t)
	w.steady(t, 9)
	w.week(t, 7, 8, 1, 7)
	w.look(t, 1)
	id := w.alarmed(t).ID
	_, err := w.ActOnFinding(t.Context(), request(), id, finding.ActionInput{Code: finding.TalkedIndividually})
	must(t, err)
	d, err := w.RequestRedaction(t.Context(), request(), w.members[2], redaction.Request{By: redaction.ByMember, On: "2026-03-04", Reference: "DSR-7"})
	must(t, err)
	_, err = w.DecideRedaction(t.Context(), request(), d.ID, d.Rev, redaction.Redact, "")
	must(t, err)
	must(t, w.ResumeRedactions(t.Context()))
	all := store.NewFindings(w.engine)
	now, err := all.Get(t.Context(), id)
	must(t, err)
	for rev := int64(1); rev <= now.Rev; rev++ {
		f, err := all.At(t.Context(), id, rev)
		must(t, err)
		if f.Course != nil || f.Redacted == nil || f.State() != finding.Closed {
			t.Errorf("revision %d: %+v, %s", rev, f.Course, f.State())
		}
	}
	wantKinds(t, now, finding.Raised, finding.WasActed)
	w.look(t, 0)
	w.restart(t)
	w.look(t, 0)
}

// TestARedactionBesideALookTakesOutWhatTheLookRaises: the history was read before it,
// and the finding stored after it had gone through all findings.
func TestARedactionBesideALookTakesOutWhatTheLookRaises(t *testing.T) {
	t.Parallel()
	w := newWeekly(t)
	w.steady(t, 9)
	w.week(t, 7, 8, 1, 7)
	other := w.Practice
	d := deps(t, w.engine)
	d.Clock, d.Watch = func() time.Time { return w.now }, analysis.Watch{}
	d.Findings = &meanwhile{d.Findings, func() {
		x, err := other.RequestRedaction(t.Context(), request(), w.members[2], redaction.Request{By: redaction.ByMember, On: "2026-03-04", Reference: "DSR-7"})
		must(t, err)
		_, err = other.DecideRedaction(t.Context(), request(), x.ID, x.Rev, redaction.Redact, "")
		must(t, err)
		must(t, other.ResumeRedactions(t.Context()))
	}}
	w.Practice = practice.New(d)
	must(t, w.CheckInstruments(t.Context()))
	w.look(t, 1)
	must(t, w.ResumeRedactions(t.Context()))
	if f := w.alarmed(t); f.Course != nil || f.Redacted == nil || f.State() != finding.Closed {
		t.Errorf("%+v", f)
	}
}

// TestARedactionOfOwnAnswersTakesTheMeasureOut, too: an alarm rests on them.
func TestARedactionOfOwnAnswersTakesTheMeasureOut(t *testing.T) {
	t.Parallel()
	w := newWeekly(t)
	w.steady(t, 9)
	w.week(t, 7, 8, 1, 7)
	w.look(t, 1)
	d, err := w.RequestRedaction(t.Context(), request(), w.members[2], redaction.Request{By: redaction.ByMember, On: "2026-03-04", Reference: "DSR-7"})
	must(t, err)
	_, err = w.DecideRedaction(t.Context(), request(), d.ID, d.Rev, redaction.RedactPartly, redaction.LegalRetention)
	must(t, err)
	must(t, w.ResumeRedactions(t.Context()))
	if f := w.alarmed(t); f.Course != nil || f.Redacted == nil || f.State() != finding.Closed {
		t.Errorf("%+v", f)
	}
}
