package importing_test

import (
	"crypto/sha256"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"holon/internal/access"
	"holon/internal/importing"
	"holon/internal/instrument"
	"holon/internal/practice"
	"holon/internal/session"
	"holon/internal/store"
	"holon/internal/store/sqlitestore"
)

// evening is the fixtures' time.
var evening = time.Date(2026, 11, 5, 20, 15, 0, 0, time.UTC)

// clinic is a practice over a real store.
type clinic struct {
	*practice.Practice

	engine *sqlitestore.Store
	dir    string
	now    time.Time
}

// open opens a practice in a directory of its own.
func open(tb testing.TB) *clinic {
	tb.Helper()
	return openAt(tb, tb.TempDir())
}

// openAt opens a practice in a directory.
func openAt(tb testing.TB, dir string) *clinic {
	tb.Helper()
	e, err := sqlitestore.Open(tb.Context(), sqlitestore.Config{Dir: dir, Collections: store.Collections()})
	must(tb, err)
	tb.Cleanup(func() { _ = e.Close() })
	registry, err := instrument.Load(nil)
	must(tb, err)
	c := &clinic{engine: e, dir: dir, now: evening}
	c.Practice = practice.New(practice.Deps{
		Groups: store.NewGroups(e), Members: store.NewMembers(e), Therapists: store.NewTherapists(e), Sessions: store.NewSessions(e),
		Instruments: store.NewInstruments(e), Audit: store.NewAudit(e), Accounts: store.NewAccounts(e), Imports: store.NewImports(e),
		Findings: store.NewFindings(e), Settings: store.NewSettings(e), Redactions: store.NewRedactions(e), Redactor: store.NewRedactor(e),
		Studies: store.NewStudies(e), StudyKeys: store.NewStudyKeys(e), Consents: store.NewConsents(e),
		Snapshots: store.NewSnapshots(e), Frozen: store.NewFrozen(e), Releases: store.NewReleases(e), Contributions: store.NewContributions(e),
		Objectives: store.NewObjectives(e), Attestations: store.NewAttestations(e), Wordings: store.NewWordings(e),
		Registry: registry, Clock: func() time.Time { return c.now }, Random: rand.NewChaCha8([32]byte{1}),
	})
	must(tb, c.CheckInstruments(tb.Context()))
	return c
}

// request is the import's.
func request() practice.Request {
	return practice.Request{Principal: access.Principal{ID: "command-line", Role: access.RoleOperator}, ID: "import"}
}

// run takes a text in.
func (c *clinic) run(tb testing.TB, text string, o importing.Options) (*importing.Report, error) {
	tb.Helper()
	return importing.Run(tb.Context(), c.Practice, request(), strings.NewReader(text), int64(len(text)), o)
}

// take takes a text in that must be right.
func (c *clinic) take(tb testing.TB, text string, o importing.Options) *importing.Report {
	tb.Helper()
	r, err := c.run(tb, text, o)
	must(tb, err)
	if r.FaultCount() > 0 || r.State == importing.Refused {
		tb.Fatalf("%s: %+v", r.State, r.Faults)
	}
	return r
}

// must ends a test at an error.
func must(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}

// documents returns a hash of every stored document but the audit and the
// records of imports.
func (c *clinic) documents(tb testing.TB) map[string][32]byte {
	tb.Helper()
	out := map[string][32]byte{}
	for _, col := range store.Collections() {
		switch col.Name {
		case "audit", "accounts", "imports":
			continue
		}
		for d, err := range c.engine.Query(tb.Context(), store.Query{Collection: col}) {
			must(tb, err)
			out[col.Name+"/"+d.ID] = sha256.Sum256(d.Body)
		}
	}
	return out
}

// bonds has the members of THU asked about each other.
func (c *clinic) bonds(tb testing.TB) {
	tb.Helper()
	for g, err := range store.NewGroups(c.engine).List(tb.Context(), nil, "", 0) {
		must(tb, err)
		if g.Code == "THU" {
			_, err = c.SwitchBonds(tb.Context(), request(), g.ID, g.Rev, practice.BondsInput{On: true, Since: new("2026-01-08")})
			must(tb, err)
		}
	}
}

// people makes a therapy group of members with one therapist: THU, A1 … and T1;
// and a family SMITH of a mother, a father and an adolescent with T2.
func (c *clinic) people(tb testing.TB, members int) {
	tb.Helper()
	ctx, rq := tb.Context(), request()
	g, err := c.CreateGroup(ctx, rq, practice.GroupInput{Code: "THU", Kind: session.KindGroup, Format: session.Open, StartsOn: "2026-01-08"})
	must(tb, err)
	f, err := c.CreateGroup(ctx, rq, practice.GroupInput{Code: "SMITH", Kind: session.KindFamily, Format: session.Open, StartsOn: "2026-01-08"})
	must(tb, err)
	for i, id := range []session.GroupID{g.ID, f.ID} {
		th, err := c.CreateTherapist(ctx, rq, fmt.Sprintf("T%d", i+1))
		must(tb, err)
		_, _, err = c.Assign(ctx, rq, id, practice.TherapistSpellInput{TherapistID: th.ID, Role: session.Lead, From: "2026-01-08"})
		must(tb, err)
	}
	join := func(id session.GroupID, code string, role session.MemberRole) {
		m, err := c.CreateMember(ctx, rq, code, nil)
		must(tb, err)
		_, _, err = c.Join(ctx, rq, id, practice.SpellInput{MemberID: m.ID, Role: role, Joined: "2026-01-08"})
		must(tb, err)
	}
	for i := range members {
		join(g.ID, fmt.Sprintf("A%d", i+1), session.RoleMember)
	}
	join(f.ID, "MOTHER", session.RoleCaregiver)
	join(f.ID, "FATHER", session.RoleCaregiver)
	join(f.ID, "TEEN", session.RoleAdolescent)
}

// long is a long table under the usual header.
func long(rows ...string) string {
	return "group,session_number,held_on,rater_kind,rater,about_therapist,about_member,instrument,version,occasion,item,value,state,reported_total,answered_on,attendance,modality\n" +
		strings.Join(rows, "\n") + "\n"
}

// readerOf reads a text.
func readerOf(text string) *strings.Reader { return strings.NewReader(text) }
