package store_test

import (
	"context"
	"database/sql"
	"errors"
	"path/filepath"
	"slices"
	"testing"

	"go.mongodb.org/mongo-driver/v2/bson"

	"holon/internal/fault"
	"holon/internal/session"
	"holon/internal/store"
	"holon/internal/store/sqlitestore"
)

// collectionNamed finds a collection.
func collectionNamed(tb testing.TB, name string) store.Collection {
	tb.Helper()
	all := store.Collections()
	i := slices.IndexFunc(all, func(c store.Collection) bool { return c.Name == name })
	if i < 0 {
		tb.Fatalf("no collection %s", name)
	}
	return all[i]
}

// tamper rewrites a stored document behind the repositories' back.
func tamper(tb testing.TB, e store.Engine, collection, id string, change func(d bson.D) bson.D) {
	tb.Helper()
	c := collectionNamed(tb, collection)
	d, err := e.Get(tb.Context(), c, id, nil)
	must(tb, err)
	var content bson.D
	must(tb, bson.Unmarshal(d.Body, &content))
	must(tb, e.Delete(tb.Context(), c, id, d.Rev))
	content = change(content)
	body, err := bson.Marshal(content)
	must(tb, err)
	id2, rev, err := store.Identity(body)
	must(tb, err)
	must(tb, e.Insert(tb.Context(), c, store.Document{ID: id2, Rev: rev, Body: body}))
}

// set gives a field another value.
func set(key string, value any) func(bson.D) bson.D {
	return func(d bson.D) bson.D {
		for i := range d {
			if d[i].Key == key {
				d[i].Value = value
			}
		}
		return d
	}
}

// drop leaves a field out.
func drop(key string) func(bson.D) bson.D {
	return func(d bson.D) bson.D {
		return slices.DeleteFunc(d, func(e bson.E) bool { return e.Key == key })
	}
}

func TestADamagedSessionIsLeftOutByName(t *testing.T) {
	t.Parallel()
	onEveryEngine(t, func(t *testing.T, e store.Engine) {
		t.Helper()
		copyInstruments(t, e)
		g, _ := thursday(t, e, 2)
		sessions := store.NewSessions(e)
		for n := 2; n <= 5; n++ {
			must(t, sessions.Insert(t.Context(), evening(t, g, n)))
		}
		tamper(t, e, "sessions", "s-02", drop("roster"))
		tamper(t, e, "sessions", "s-03", set("kind", int32(7)))
		tamper(t, e, "sessions", "s-04", set("schema", int32(2)))
		all, errs := collect(sessions.OfGroup(t.Context(), g.ID, 0, 0, nil))
		if len(all) != 2 || all[0].Number != 1 || all[1].Number != 5 {
			t.Errorf("the sound sessions are %d", len(all))
		}
		var named []string
		for _, err := range errs {
			d, ok := errors.AsType[*store.DamagedError](err)
			if !ok {
				t.Fatalf("the stream ended: %v", err)
			}
			named = append(named, fault.RuleOf(err)+" "+d.DocumentID())
		}
		want := []string{"document_damaged s-02", "document_damaged s-03", "schema_newer s-04"}
		wantSame(t, "left out", want, named)
		_, err := sessions.Get(t.Context(), "s-02", nil)
		wantFault(t, "a damaged session", err, fault.Internal, "document_damaged")
		_, err = sessions.Get(t.Context(), "s-04", nil)
		wantFault(t, "a session of a later version", err, fault.Unavailable, "schema_newer")
		wantSame(t, "inspected", []string{"document_damaged sessions/s-02", "document_damaged sessions/s-03", "schema_newer sessions/s-04"}, inspected(t, e))
	})
}

func TestADocumentCutOffInTheFileIsLeftOutByName(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	open := func() *sqlitestore.Store {
		e, err := sqlitestore.Open(t.Context(), sqlitestore.Config{Dir: dir, Collections: store.Collections()})
		must(t, err)
		return e
	}
	e := open()
	copyInstruments(t, e)
	g, _ := thursday(t, e, 2)
	must(t, store.NewSessions(e).Insert(t.Context(), evening(t, g, 2)))
	must(t, e.Close())
	file, err := sql.Open("sqlite", filepath.Join(dir, "holon.db"))
	must(t, err)
	_, err = file.ExecContext(t.Context(), "UPDATE sessions SET doc = substr(doc, 1, length(doc) - 40) WHERE id = 's-01'")
	must(t, errors.Join(err, file.Close()))
	e = open()
	defer func() { must(t, e.Close()) }()
	all, errs := collect(store.NewSessions(e).OfGroup(t.Context(), g.ID, 0, 0, nil))
	if len(all) != 1 || all[0].ID != "s-02" || len(errs) != 1 {
		t.Errorf("%d sessions, errors %v", len(all), errs)
	}
	damage, ok := errors.AsType[*store.DamagedError](errors.Join(errs...))
	if !ok || damage.DocumentID() != "s-01" {
		t.Errorf("got %v", errs)
	}
	next := evening(t, g, 1)
	wantFault(t, "writing over it", store.NewSessions(e).Replace(t.Context(), next, 1), fault.Internal, "document_damaged")
	wantSame(t, "inspected", []string{"document_damaged sessions/s-01"}, inspected(t, e))
}

func TestTheInspectionFindsWhatIsWrongWithHistory(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		damage func(t *testing.T, e store.Engine)
		want   []string
	}{
		"nothing": {func(*testing.T, store.Engine) {}, nil},
		"a first revision is missing": {func(t *testing.T, e store.Engine) {
			t.Helper()
			must(t, e.Delete(t.Context(), collectionNamed(t, "history"), "sessions/s-01@1", 1))
		}, []string{"history_gap sessions/s-01"}},
		"a last revision is missing": {func(t *testing.T, e store.Engine) {
			t.Helper()
			must(t, e.Delete(t.Context(), collectionNamed(t, "history"), "sessions/s-01@3", 1))
		}, []string{"history_gap sessions/s-01"}},
		"a revision is newer than the document": {func(t *testing.T, e store.Engine) {
			t.Helper()
			tamper(t, e, "sessions", "s-01", set("rev", int64(2)))
		}, []string{"history_contradicts sessions/s-01", "history_newer sessions/s-01"}},
		"a copy of the stored revision differs": {func(t *testing.T, e store.Engine) {
			t.Helper()
			tamper(t, e, "sessions", "s-01", set("rev", int64(3)))
		}, []string{"history_contradicts sessions/s-01"}},
		"an archived revision is damaged": {func(t *testing.T, e store.Engine) {
			t.Helper()
			tamper(t, e, "history", "sessions/s-01@2", func(d bson.D) bson.D {
				return set("was", bson.D{{Key: "_id", Value: "s-01"}, {Key: "schema", Value: int32(1)}})(d)
			})
		}, []string{"document_damaged history/sessions/s-01@2"}},
		"an entry of history is damaged": {func(t *testing.T, e store.Engine) {
			t.Helper()
			tamper(t, e, "history", "sessions/s-01@2", drop("change"))
		}, []string{"document_damaged history/sessions/s-01@2"}},
		"the document is gone": {func(t *testing.T, e store.Engine) {
			t.Helper()
			must(t, e.Delete(t.Context(), collectionNamed(t, "sessions"), "s-01", 4))
		}, []string{"history_orphan history/sessions/s-01@1"}},
		"the group is gone": {func(t *testing.T, e store.Engine) {
			t.Helper()
			must(t, e.Delete(t.Context(), collectionNamed(t, "groups"), "g-thursday", 1))
		}, []string{"group_missing sessions/s-01"}},
		"the instrument is gone": {func(t *testing.T, e store.Engine) {
			t.Helper()
			must(t, e.Delete(t.Context(), collectionNamed(t, "instruments"), "holon-cohesion-1@1", 1))
		}, []string{"instrument_missing sessions/s-01"}},
		"an instrument's copy was edited": {func(t *testing.T, e store.Engine) {
			t.Helper()
			tamper(t, e, "instruments", "phq-9@1", set("sha256", "00"))
		}, []string{"document_damaged instruments/phq-9@1"}},
		"a record is damaged": {func(t *testing.T, e store.Engine) {
			t.Helper()
			tamper(t, e, "instruments", "phq-9@1", drop("definition"))
		}, []string{"document_damaged instruments/phq-9@1"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := openSQLite(t)
			registry := copyInstruments(t, e)
			_, s := thursday(t, e, 3)
			for _, seat := range s.Roster {
				must(t, submit(t.Context(), e, session.Reference{Definition: registry.Lookup}, s.ID, "k-"+string(seat.MemberID), cohesionForm(seat.MemberID, 5)))
			}
			c.damage(t, e)
			wantSame(t, "found", c.want, inspected(t, e))
			if name != "nothing" {
				return
			}
			counts, err := store.Inspect(t.Context(), e, func(store.Problem) {})
			must(t, err)
			wantSame(t, "counted", store.Census{"instruments": len(registry.List()), "groups": 1, "members": 3, "therapists": 1, "sessions": 1, "history": 3}, counts)
		})
	}
}

func TestAMissingRevisionIsNamed(t *testing.T) {
	t.Parallel()
	e := openSQLite(t)
	registry := copyInstruments(t, e)
	_, s := thursday(t, e, 2)
	must(t, submit(t.Context(), e, session.Reference{Definition: registry.Lookup}, s.ID, "k", cohesionForm("m-01", 5)))
	must(t, e.Delete(t.Context(), collectionNamed(t, "history"), "sessions/s-01@1", 1))
	_, err := store.NewSessions(e).At(t.Context(), s.ID, 1)
	wantFault(t, "a revision that is gone", err, fault.Internal, "document_damaged")
}

func TestADocumentCutOffHasItsHistoryStill(t *testing.T) {
	t.Parallel()
	e := openSQLite(t)
	registry := copyInstruments(t, e)
	_, s := thursday(t, e, 2)
	must(t, submit(t.Context(), e, session.Reference{Definition: registry.Lookup}, s.ID, "k", cohesionForm("m-01", 5)))
	heads, errs := collect(store.NewSessions(cutting{e}).Revisions(t.Context(), s.ID))
	if len(heads) != 1 || heads[0].Rev != 1 || len(errs) != 1 {
		t.Errorf("heads %+v, errors %v", heads, errs)
	}
	wantFault(t, "the document", errs[0], fault.Internal, "document_damaged")
}

// cutting is an engine whose documents, read one by one, have lost their end.
type cutting struct{ store.Engine }

func (c cutting) Get(ctx context.Context, in store.Collection, id string, fields []string) (store.Document, error) {
	d, err := c.Engine.Get(ctx, in, id, fields)
	d.Body = d.Body[:10]
	return d, err
}

func TestHistoryThatContradictsStopsTheWrite(t *testing.T) {
	t.Parallel()
	e := openSQLite(t)
	registry := copyInstruments(t, e)
	_, s := thursday(t, e, 2)
	ref := session.Reference{Definition: registry.Lookup}
	must(t, submit(t.Context(), e, ref, s.ID, "k", cohesionForm("m-01", 5)))
	tamper(t, e, "sessions", "s-01", set("rev", int64(1))) // other content under a number that is in history
	err := submit(t.Context(), e, ref, s.ID, "l", cohesionForm("m-02", 5))
	wantFault(t, "a write over contradicting history", err, fault.Internal, "history_contradicts")
	got, err := store.NewSessions(e).Get(t.Context(), s.ID, nil)
	must(t, err)
	if got.Rev != 1 || len(got.Cohesion) != 1 {
		t.Errorf("the document was changed: revision %d", got.Rev)
	}
}
