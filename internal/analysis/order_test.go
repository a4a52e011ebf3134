package analysis_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"holon/internal/analysis"
)

// reverse turns the order of everything that has one: groups, sessions, seats and
// ratings.
func (r *records) reverse() {
	slices.Reverse(r.groups)
	for _, list := range r.sessions {
		slices.Reverse(list)
		for _, s := range list {
			slices.Reverse(s.Roster)
			slices.Reverse(s.Alliances)
			slices.Reverse(s.Bonds)
			slices.Reverse(s.MemberGroup)
			slices.Reverse(s.Cohesion)
			slices.Reverse(s.System)
			slices.Reverse(s.Encounter)
			slices.Reverse(s.Outcomes)
		}
	}
}

// sameInAnyOrder fails unless a question has the same answer, byte for byte, when
// everything has another order.
func sameInAnyOrder(t *testing.T, r *records, ask func() analysis.Report) {
	t.Helper()
	write := func() string {
		report := ask()
		body, err := analysis.Encode(&report)
		if err != nil {
			t.Fatal(err)
		}
		return string(body)
	}
	want := write()
	r.reverse()
	if got := write(); got != want {
		t.Errorf("another order gives other bytes:\n%s\n%s", got, want)
	}
}

// causes are words that claim one.
var causes = regexp.MustCompile(`(?i)\b(caus\w+|leads? to|led to|effects?|affect\w*|due to|thanks to|results? in|produces?|improves?|makes?|impacts?|influenc\w+|drives?|therefore|so that .* (rises|falls))\b`)

// noCause reads all that a report says to people: no word claims a cause, none is
// a code word. It returns what was said.
func noCause(t *testing.T, report *analysis.Report) []string {
	t.Helper()
	said := analysis.Sentences(report)
	for _, c := range report.Caveats.List() {
		said = append(said, c.Detail)
	}
	for _, s := range said {
		if word := causes.FindString(s); word != "" {
			t.Errorf("%q in %q", word, s)
		}
		if strings.ContainsAny(s, "_@") || !strings.HasSuffix(s, ".") {
			t.Errorf("%q", s)
		}
	}
	return said
}
