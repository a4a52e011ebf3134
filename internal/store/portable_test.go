package store_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"testing"

	"go.mongodb.org/mongo-driver/v2/bson"

	"holon/internal/fault"
	"holon/internal/session"
	"holon/internal/store"
	"holon/internal/store/mongostore"
	"holon/internal/store/mongostore/mongotest"
)

// names lists the names of collections.
func names(all []store.Collection) []string {
	out := make([]string, len(all))
	for i, c := range all {
		out[i] = c.Name
	}
	return out
}

func TestWhatIsReferredToIsReadAfterWhatRefersToIt(t *testing.T) {
	t.Parallel()
	order := names(store.Portable())
	at := func(name string) int { return slices.Index(order, name) }
	for _, pair := range [][2]string{
		{"sessions", "groups"}, {"groups", "members"}, {"groups", "therapists"}, {"sessions", "instruments"}, {"reports", "accounts"},
	} {
		if at(pair[0]) < 0 || at(pair[0]) > at(pair[1]) {
			t.Errorf("%s is read after %s: %v", pair[0], pair[1], order)
		}
	}
	if order[len(order)-1] != "history" {
		t.Errorf("history is not the last: %v", order)
	}
	all := slices.Sorted(slices.Values(append(order, "unfinished")))
	if want := slices.Sorted(slices.Values(names(store.Collections()))); !slices.Equal(all, want) {
		t.Errorf("read are %v, declared %v", all, want)
	}
}

func TestTheDigestIsTheSameOnEveryEngineAndAnyoneCanCheckIt(t *testing.T) {
	t.Parallel()
	var seen []store.Digest
	for _, e := range []store.Engine{openSQLite(t), mongotest.Open(t, store.Collections())} {
		g, _ := thursday(t, e, 2)
		for _, number := range []int{3, 2, 10} { // not in the order of identifiers
			must(t, store.NewSessions(e).Insert(t.Context(), evening(t, g, number)))
		}
		d, err := store.DigestOf(t.Context(), e, nil)
		must(t, err)
		seen = append(seen, d)
		c := collectionNamed(t, "sessions")
		var bodies []byte
		for _, id := range []string{"s-01", "s-02", "s-03", "s-10"} {
			doc, err := e.Get(t.Context(), c, id, nil)
			must(t, err)
			bodies = append(bodies, doc.Body...)
		}
		sum := sha256.Sum256(bodies)
		if want := (store.Tally{Documents: 4, Bytes: int64(len(bodies)), SHA256: hex.EncodeToString(sum[:])}); d["sessions"] != want {
			t.Errorf("sessions: %+v, want %+v", d["sessions"], want)
		}
	}
	if !maps.Equal(seen[0], seen[1]) {
		t.Errorf("the engines differ: %+v, %+v", seen[0], seen[1])
	}
	lines := ""
	for _, name := range []string{"groups", "members", "sessions", "therapists"} {
		lines += fmt.Sprintf("%s  %s.bson\n", seen[0][name].SHA256, name)
	}
	if sum := sha256.Sum256([]byte(lines)); seen[0].SHA256() != hex.EncodeToString(sum[:]) {
		t.Errorf("of all: %s", seen[0].SHA256())
	}
}

func TestDocumentsThatComeInAnotherOrderAreRefused(t *testing.T) {
	t.Parallel()
	c := collectionNamed(t, "sessions")
	tally := store.NewTallying(c)
	must(t, tally.Add(store.Document{ID: "b"}))
	wantFault(t, "the same again", tally.Add(store.Document{ID: "b"}), fault.Internal, "order_broken")
	wantFault(t, "one before", tally.Add(store.Document{ID: "a"}), fault.Internal, "order_broken")
	must(t, tally.Add(store.Document{ID: "bb"}))
}

func TestOnlySoundDocumentsAreTakenForSound(t *testing.T) {
	t.Parallel()
	e := openSQLite(t)
	thursday(t, e, 1)
	c := collectionNamed(t, "sessions")
	d, err := e.Get(t.Context(), c, "s-01", nil)
	must(t, err)
	must(t, c.Sound(d))
	for name, body := range map[string][]byte{
		"nothing":     nil,
		"cut off":     d.Body[:len(d.Body)-1],
		"with a tail": append(bytes.Clone(d.Body), 0),
		"broken within": func() []byte {
			b := bytes.Clone(d.Body)
			b[len(b)-20] ^= 0xff
			b[len(b)-21] ^= 0xff
			b[len(b)/2] = 0x7f
			return b
		}(),
		"without a group": marshal(t, bson.D{{Key: "_id", Value: "s-01"}, {Key: "rev", Value: int64(1)}, {Key: "number", Value: int32(1)}}),
		"of another id":   marshal(t, bson.D{{Key: "_id", Value: "s-02"}, {Key: "rev", Value: int64(1)}, {Key: "group_id", Value: "g"}, {Key: "number", Value: int32(1)}}),
	} {
		if c.Sound(store.Document{ID: d.ID, Rev: d.Rev, Body: body}) == nil {
			t.Errorf("a document %s is taken for sound", name)
		}
	}
}

// marshal makes BSON.
func marshal(tb testing.TB, d bson.D) []byte {
	tb.Helper()
	b, err := bson.Marshal(d)
	must(tb, err)
	return b
}

func TestTheNoteOfACopyIsThereUntilItIsTakenAway(t *testing.T) {
	t.Parallel()
	onEveryEngine(t, func(t *testing.T, e store.Engine) {
		t.Helper()
		notes := store.NewUnfinished(e)
		must(t, store.CheckFinished(t.Context(), e))
		x := store.Copying{Kind: "restore", Digest: "abc", At: at(0)}
		must(t, notes.Begin(t.Context(), x))
		wantFault(t, "another", notes.Begin(t.Context(), x), fault.Conflict, "id_taken")
		wantFault(t, "use", store.CheckFinished(t.Context(), e), fault.Unavailable, "copy_unfinished")
		wantSame(t, "inspected", []string{"copy_unfinished unfinished/copying"}, inspected(t, e))
		wantFault(t, "an end before all is copied", notes.End(t.Context()), fault.Stale, "written_since")
		must(t, notes.Advance(t.Context(), x))
		got, there, err := notes.Get(t.Context())
		must(t, err)
		x.Copied = true
		if !there {
			t.Fatal("the note is gone")
		}
		wantSame(t, "the note", x, got)
		must(t, notes.End(t.Context()))
		must(t, store.CheckFinished(t.Context(), e))
		wantSound(t, e)
	})
}

func TestTheInspectionFindsWhoAndWhatIsNotThere(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		damage func(t *testing.T, e store.Engine)
		want   []string
	}{
		"a member is gone": {func(t *testing.T, e store.Engine) {
			t.Helper()
			must(t, e.Delete(t.Context(), collectionNamed(t, "members"), "m-02", 1))
		}, []string{"member_missing groups/g-thursday", "member_missing sessions/s-01"}},
		"the therapist is gone": {func(t *testing.T, e store.Engine) {
			t.Helper()
			must(t, e.Delete(t.Context(), collectionNamed(t, "therapists"), "t-1", 1))
		}, []string{"therapist_missing groups/g-thursday", "therapist_missing sessions/s-01"}},
		"the group has no such spell": {func(t *testing.T, e store.Engine) {
			t.Helper()
			tamper(t, e, "sessions", "s-01", func(d bson.D) bson.D {
				return set("roster", bson.A{bson.D{{Key: "member_id", Value: "m-01"}, {Key: "spell", Value: int32(7)}}})(d)
			})
		}, []string{"spell_missing sessions/s-01"}},
		"the spell is another member's": {func(t *testing.T, e store.Engine) {
			t.Helper()
			tamper(t, e, "sessions", "s-01", func(d bson.D) bson.D {
				return set("roster", bson.A{bson.D{{Key: "member_id", Value: "m-01"}, {Key: "spell", Value: int32(2)}}})(d)
			})
		}, []string{"spell_missing sessions/s-01"}},
		"a therapist without a spell": {func(t *testing.T, e store.Engine) {
			t.Helper()
			x, err := session.NewTherapist("t-9", "T-9")
			must(t, err)
			x.Change = change("t9")
			must(t, store.NewTherapists(e).Insert(t.Context(), x))
			tamper(t, e, "sessions", "s-01", set("therapists", bson.A{bson.D{{Key: "therapist_id", Value: "t-9"}, {Key: "role", Value: "lead"}, {Key: "present", Value: true}}}))
		}, []string{"spell_missing sessions/s-01"}},
		"one who stood in": {func(t *testing.T, e store.Engine) {
			t.Helper()
			tamper(t, e, "sessions", "s-01", set("therapists", bson.A{bson.D{{Key: "therapist_id", Value: "t-1"}, {Key: "role", Value: "substitute"}, {Key: "present", Value: true}}}))
		}, nil},
		"an audit entry is damaged": {func(t *testing.T, e store.Engine) {
			t.Helper()
			must(t, e.Insert(t.Context(), collectionNamed(t, "audit"), store.Document{ID: "e-1", Rev: 1, Body: marshal(t, bson.D{{Key: "_id", Value: "e-1"}, {Key: "rev", Value: int64(1)}, {Key: "schema", Value: int32(1)}})}))
		}, []string{"document_damaged audit/e-1"}},
		"a document is too large": {func(t *testing.T, e store.Engine) {
			t.Helper()
			tamper(t, e, "members", "m-01", func(d bson.D) bson.D {
				return append(d, bson.E{Key: "pad", Value: make([]byte, store.MaxDocument)})
			})
		}, []string{"document_damaged members/m-01", "document_too_large members/m-01"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := openSQLite(t)
			thursday(t, e, 2)
			c.damage(t, e)
			found := inspected(t, e)
			slices.Sort(found)
			wantSame(t, "found", c.want, found)
		})
	}
}

// A server that lost its unique index lets two sessions have one number.
func TestSessionsNumberedTwiceAreFoundWhereTheIndexIsMissing(t *testing.T) {
	t.Parallel()
	database := mongotest.Database(t)
	var bare []store.Collection
	for _, c := range store.Collections() {
		bare = append(bare, store.Collection{Name: c.Name})
	}
	e := mongotest.Reopen(t, database, bare)
	thursday(t, e, 1)
	c := collectionNamed(t, "sessions")
	d, err := e.Get(t.Context(), c, "s-01", nil)
	must(t, err)
	var content bson.D
	must(t, bson.Unmarshal(d.Body, &content))
	must(t, e.Insert(t.Context(), c, store.Document{ID: "s-1b", Rev: 1, Body: marshal(t, set("_id", "s-1b")(content))}))
	whole, err := mongostore.Open(t.Context(), mongostore.Config{URI: mongotest.URI(t), Database: database, Collections: store.Collections(), AsItIs: true})
	must(t, err)
	defer func() { must(t, whole.Close()) }()
	var found []string
	for _, f := range inspected(t, whole) {
		if f == "index_missing sessions/number" || f == "key_twice sessions/s-1b" {
			found = append(found, f)
		}
	}
	wantSame(t, "found", []string{"index_missing sessions/number", "key_twice sessions/s-1b"}, found)
}
