package analysis_test

import (
	"slices"
	"testing"
	"time"

	"holon/internal/analysis"
	"holon/internal/session"
)

// TestARedactedMemberIsLeftOutByThatName: the report counts the tombstone, says
// why it is left out, and is computed without it.
func TestARedactedMemberIsLeftOutByThatName(t *testing.T) {
	t.Parallel()
	r := threeGroups(t)
	for _, s := range r.sessions["a"] {
		s.Redact(session.Redaction{Member: "a-m1", Decision: "rd-1", At: time.Date(2026, 4, 1, 9, 0, 0, 0, time.UTC), About: true})
	}
	report := ask(t, r, analysis.Ask{Measure: byMembers(cohesionItem)})
	if got := excluded(report); !slices.Equal(got, []string{"redacted 1"}) || report.Counts.Ratings != 8 || report.Counts.Members != 8 {
		t.Errorf("excluded %v of %+v", got, report.Counts)
	}
}
