package practice_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"iter"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"holon/internal/access"
	"holon/internal/fault"
	"holon/internal/instrument"
	"holon/internal/practice"
	"holon/internal/session"
	"holon/internal/store"
	"holon/internal/store/sqlitestore"
)

// The instruments of the fixtures.
var (
	alliance = instrument.Ref{ID: "holon-alliance-1", Version: "1"}
	cohesion = instrument.Ref{ID: "holon-cohesion-1", Version: "1"}
	phq9     = instrument.Ref{ID: "phq-9", Version: "1"}
)

// evening is the fixtures' time.
var evening = time.Date(2026, 3, 5, 20, 15, 0, 123456789, time.UTC)

// operator asks in most tests.
var operator = access.Principal{ID: "operator", Role: access.RoleOperator}

// open opens a real store in a directory of its own.
func open(t *testing.T) *sqlitestore.Store {
	t.Helper()
	return openAt(t, t.TempDir())
}

// openAt opens a real store in a directory.
func openAt(t *testing.T, dir string) *sqlitestore.Store {
	t.Helper()
	s, err := sqlitestore.Open(t.Context(), storeConfig(dir))
	must(t, err)
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// storeConfig is a store's in a directory.
func storeConfig(dir string) sqlitestore.Config {
	return sqlitestore.Config{Dir: dir, Collections: store.Collections()}
}

// deps are the real repositories over an engine.
func deps(t *testing.T, e store.Engine) practice.Deps {
	t.Helper()
	registry, err := instrument.Load(nil)
	must(t, err)
	return practice.Deps{
		Groups: store.NewGroups(e), Members: store.NewMembers(e), Therapists: store.NewTherapists(e), Sessions: store.NewSessions(e),
		Instruments: store.NewInstruments(e), Audit: store.NewAudit(e), Accounts: store.NewAccounts(e),
		Findings: store.NewFindings(e), Settings: store.NewSettings(e),
		Redactions: store.NewRedactions(e), Redactor: store.NewRedactor(e),
		Studies: store.NewStudies(e), StudyKeys: store.NewStudyKeys(e), Consents: store.NewConsents(e),
		Snapshots: store.NewSnapshots(e), Frozen: store.NewFrozen(e), Releases: store.NewReleases(e), Contributions: store.NewContributions(e),
		Objectives: store.NewObjectives(e), Deeds: store.NewFindings(e),
		Registry: registry, Clock: func() time.Time { return evening }, Random: chance(),

		Attestations: store.NewAttestations(e), Wordings: store.NewWordings(e), GoalTexts: store.NewGoalTexts(e),
	}
}

// chance is a reader of bytes that differ at every call, also between two
// practices over one store, as after a restart.
func chance() *rand.ChaCha8 {
	var seed [32]byte
	for i := range seed {
		seed[i] = byte(rand.Uint32())
	}
	return rand.NewChaCha8(seed)
}

// request is a request without a key.
func request() practice.Request {
	return practice.Request{Principal: operator, ID: "req-1"}
}

// keyed is a request with a key, for what the body says.
func keyed(key, body string) practice.Request {
	sum := sha256.Sum256([]byte(body))
	return practice.Request{Principal: operator, ID: "req-" + key, Key: key, SHA: hex.EncodeToString(sum[:])}
}

// clinic is a practice with a group of members, led by a therapist, and its
// open session of 5 March 2026.
type clinic struct {
	*practice.Practice

	engine    store.Engine
	group     session.GroupID
	session   session.SessionID
	members   []session.MemberID
	therapist session.TherapistID

	damagedGroup session.GroupID // where there is one
}

// damageAGroup adds a family that cannot be restored.
func (c *clinic) damageAGroup(t *testing.T) {
	t.Helper()
	g, err := c.CreateGroup(t.Context(), request(), practice.GroupInput{Code: "BAD", Kind: session.KindFamily, Format: session.Open, StartsOn: "2026-02-05"})
	must(t, err)
	c.damagedGroup = g.ID
	damage(t, c.engine, "groups", string(g.ID), "format")
}

// newClinic fills a store with a group of so many members.
func newClinic(t *testing.T, e store.Engine, members int) *clinic {
	t.Helper()
	ctx := t.Context()
	c := &clinic{Practice: practice.New(deps(t, e)), engine: e}
	must(t, c.CheckInstruments(ctx))
	g, err := c.CreateGroup(ctx, request(), practice.GroupInput{Code: "THU", Kind: session.KindGroup, Format: session.Open, StartsOn: "2026-02-05"})
	must(t, err)
	c.group = g.ID
	th, err := c.CreateTherapist(ctx, request(), "TL")
	must(t, err)
	c.therapist = th.ID
	_, _, err = c.Assign(ctx, request(), c.group, practice.TherapistSpellInput{TherapistID: th.ID, Role: session.Lead, From: "2026-02-05"})
	must(t, err)
	for i := range members {
		m, err := c.CreateMember(ctx, request(), "M"+string(rune('A'+i)), nil)
		must(t, err)
		_, _, err = c.Join(ctx, request(), c.group, practice.SpellInput{MemberID: m.ID, Role: session.RoleMember, Joined: "2026-02-05"})
		must(t, err)
		c.members = append(c.members, m.ID)
	}
	s, err := c.OpenSession(ctx, request(), c.group, practice.OpenInput{Kind: session.Meeting, HeldOn: "2026-03-05"})
	must(t, err)
	c.session = s.ID
	return c
}

// switchBonds has the group's members asked about each other in every fourth
// session.
func (c *clinic) switchBonds(t *testing.T) {
	t.Helper()
	g, err := c.Group(t.Context(), request(), c.group)
	must(t, err)
	_, err = c.SwitchBonds(t.Context(), request(), c.group, g.Rev, practice.BondsInput{On: true, Since: new("2026-01-01")})
	must(t, err)
}

// form is a member's one-item form about the alliance.
func (c *clinic) form(member int) session.FormInput {
	return session.FormInput{
		Instrument: alliance, Rater: session.Rater{Kind: instrument.RaterMember, ID: string(c.members[member])},
		About: session.About{TherapistID: c.therapist}, Occasion: session.Post,
		Answers: []session.AnswerInput{{Item: 1, Value: new(7.0)}}, Entered: session.Entry{Mode: session.Device},
	}
}

// entries reads the whole audit, newest first.
func entries(t *testing.T, e store.Engine) []access.Entry {
	t.Helper()
	var out []access.Entry
	for x, err := range store.NewAudit(e).Newest(t.Context(), time.Time{}, "", 0) {
		must(t, err)
		out = append(out, x)
	}
	return out
}

// collect reads a stream to its end.
func collect[T any](t *testing.T, stream iter.Seq2[T, error]) []T {
	t.Helper()
	var out []T
	for x, err := range stream {
		must(t, err)
		out = append(out, x)
	}
	return out
}

// must ends a test whose preparation failed.
func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// wantFault checks an error's kind and rule.
func wantFault(t *testing.T, err error, kind fault.Kind, rule string) {
	t.Helper()
	if err == nil {
		t.Fatalf("no fault, want %v %s", kind, rule)
	}
	if !fault.Is(err, kind) || fault.RuleOf(err) != rule {
		t.Errorf("got %v, want %v %s", err, kind, rule)
	}
}

// wantFields checks the field faults of an error, each as "pointer rule".
func wantFields(t *testing.T, err error, want ...string) {
	t.Helper()
	e, ok := errors.AsType[*fault.Error](err)
	if !ok {
		t.Fatalf("no fault: %v", err)
	}
	var got []string
	for _, f := range e.Fields() {
		got = append(got, f.Pointer+" "+f.Rule)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("faults (-want +got):\n%s", diff)
	}
}

// brokenAudit cannot keep anything.
type brokenAudit struct{}

func (brokenAudit) Append(context.Context, access.Entry) error { return errors.New("disk full") }
