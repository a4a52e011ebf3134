package importing_test

import (
	"maps"
	"testing"

	"holon/internal/importing"
	"holon/internal/session"
	"holon/internal/store"
)

func TestNothingOfARedactedMemberIsTakenInAgain(t *testing.T) {
	t.Parallel()
	c := open(t)
	roster, text := example(t, "import-roster.csv"), example(t, "import-long.csv")
	c.take(t, roster, importing.Options{Kind: importing.Roster})
	in, err := c.Intake(t.Context(), request())
	must(t, err)
	m, ok := in.Member("A-17")
	if !ok {
		t.Fatal("the roster has no A-17")
	}
	rev := m.Rev
	if !m.Redact(session.Redaction{Member: m.ID, Decision: "rd-1", At: evening}) {
		t.Fatal("nothing was redacted")
	}
	m.Change.Why = "redacted:rd-1"
	must(t, store.NewMembers(c.engine).Replace(t.Context(), m, rev))
	before := c.documents(t)
	for name, x := range map[string]struct {
		text string
		kind importing.Kind
		rule string
	}{
		"the roster that made the member": {roster, importing.Roster, "member_redacted"},
		"the answers":                     {text, importing.Long, "unknown_member"},
	} {
		r, err := c.run(t, x.text, importing.Options{Kind: x.kind})
		must(t, err)
		found := false
		for _, f := range r.Faults {
			found = found || f.Rule == x.rule
		}
		if !found || r.State != importing.Refused || !maps.Equal(before, c.documents(t)) {
			t.Errorf("%s: %s, %+v", name, r.State, r.Faults)
		}
	}
}
