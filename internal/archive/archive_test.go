package archive_test

import (
	"context"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"holon/internal/access"
	"holon/internal/archive"
	"holon/internal/session"
	"holon/internal/store"
	"holon/internal/store/mongostore/mongotest"
)

func TestABackupRestoredIsTheSamePractice(t *testing.T) {
	t.Parallel()
	e := openDir(t, t.TempDir())
	fill(t, e, 3, 4)
	made := create(t, e, archive.Seal{})
	want := digest(t, e)
	if made.Manifest.Digest != want.SHA256() || made.Manifest.Digests().Documents() != want.Documents() || want["history"].Documents != 12 {
		t.Errorf("the manifest says %+v, the store holds %+v", made.Manifest, want)
	}
	into := openDir(t, t.TempDir())
	must(t, restore(t, made.Path, archive.Keys{}, into))
	wantSame(t, want, into)
	if info, err := os.Stat(made.Path); err != nil || (runtime.GOOS != "windows" && info.Mode().Perm() != 0o600) || info.Size() != made.Size {
		t.Errorf("the file: %v, %v", info, err)
	}
	if _, err := archive.Create(t.Context(), made.Path, archive.Seal{}, source(e), nil); err == nil {
		t.Error("a backup was written over another")
	}
	if left, err := filepath.Glob(filepath.Join(filepath.Dir(made.Path), ".*")); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

func TestAnEmptyStoreHasABackupToo(t *testing.T) {
	t.Parallel()
	made := create(t, openDir(t, t.TempDir()), archive.Seal{})
	into := openDir(t, t.TempDir())
	must(t, restore(t, made.Path, archive.Keys{}, into))
	wantSame(t, store.Digest{}, into)
}

func TestAPracticeGoesToMongoDBAndBack(t *testing.T) {
	t.Parallel()
	from := openDir(t, t.TempDir())
	fill(t, from, 2, 2)
	want := digest(t, from)
	mongo := mongotest.Open(t, store.Collections())
	moved, err := archive.Move(t.Context(), archive.Moving{From: from, To: mongo, At: now})
	must(t, err)
	if moved.SHA256() != want.SHA256() {
		t.Errorf("moved %+v, want %+v", moved, want)
	}
	wantSame(t, want, mongo)
	back := openDir(t, t.TempDir())
	_, err = archive.Move(t.Context(), archive.Moving{From: mongo, To: back, At: now})
	must(t, err)
	wantSame(t, want, back)

	live := source(mongo)
	live.Live, live.Name = true, "mongodb"
	made, err := archive.Create(t.Context(), filepath.Join(t.TempDir(), "b.zip"), archive.Seal{}, live, nil)
	must(t, err)
	if made.Manifest.Later != 0 || made.Manifest.Digest != want.SHA256() {
		t.Errorf("the backup of a quiet database: %+v", made.Manifest)
	}
	other := mongotest.Open(t, store.Collections())
	must(t, restore(t, made.Path, archive.Keys{}, other))
	wantSame(t, want, other)
}

func TestNothingIsPutOverData(t *testing.T) {
	t.Parallel()
	e := openDir(t, t.TempDir())
	fill(t, e, 2, 1)
	made := create(t, e, archive.Seal{})
	before := digest(t, e)
	wantRule(t, "restore", restore(t, made.Path, archive.Keys{}, e), "store_not_empty")
	other := openDir(t, t.TempDir())
	fill(t, other, 1, 1)
	_, err := archive.Move(t.Context(), archive.Moving{From: other, To: e, At: now})
	wantRule(t, "move", err, "store_not_empty")
	wantSame(t, before, e)
}

func TestWhatFollowsARestoreComesBeforeTheStoreMayBeUsed(t *testing.T) {
	t.Parallel()
	e := openDir(t, t.TempDir())
	fill(t, e, 2, 1)
	made := create(t, e, archive.Seal{})
	into := openDir(t, t.TempDir())
	a, err := archive.Open(made.Path, archive.Keys{})
	must(t, err)
	defer func() { must(t, a.Close()) }()
	var steps []string
	fails := true
	r := archive.Restoring{
		Engine: into, At: now, Verify: true,
		Replay: func(ctx context.Context, e store.Engine) error {
			wantRule(t, "in use while it is filled", store.CheckFinished(ctx, e), "copy_unfinished")
			steps = append(steps, "replay")
			if fails {
				return store.Unreachable(nil)
			}
			members := store.NewMembers(e)
			m, err := members.Get(ctx, member(0))
			must(t, err)
			if m.Rev == 1 {
				m.BirthYear, m.Change = new(1990), change("again")
				must(t, members.Replace(ctx, m, 1))
			}
			return nil
		},
		Finish: func(ctx context.Context) error {
			wantRule(t, "in use before the audit knows", store.CheckFinished(ctx, into), "copy_unfinished")
			steps = append(steps, "finish")
			return nil
		},
	}
	wantRule(t, "a replay that fails", archive.Restore(t.Context(), a, r), "store_unreachable")
	wantRule(t, "the store then", store.CheckFinished(t.Context(), into), "copy_unfinished")
	fails = false
	must(t, archive.Restore(t.Context(), a, r))
	must(t, store.CheckFinished(t.Context(), into))
	if got := strings.Join(steps, " "); got != "replay replay finish" {
		t.Errorf("the steps: %s", got)
	}
	if m, err := store.NewMembers(into).Get(t.Context(), member(0)); err != nil || m.Rev != 2 {
		t.Errorf("what was replayed: %+v, %v", m, err)
	}
}

func TestAStoreThatIsNotFilledIsNotBackedUp(t *testing.T) {
	t.Parallel()
	e := openDir(t, t.TempDir())
	must(t, store.NewUnfinished(e).Begin(t.Context(), store.Copying{Kind: "restore", Digest: "d", At: now}))
	_, err := archive.Write(t.Context(), nowhere, source(e))
	wantRule(t, "backup", err, "copy_unfinished")
	other := openDir(t, t.TempDir())
	_, err = archive.Move(t.Context(), archive.Moving{From: e, To: other, At: now})
	wantRule(t, "move", err, "copy_unfinished")
	fill(t, other, 1, 1)
	wantRule(t, "restore of another", restore(t, create(t, other, archive.Seal{}).Path, archive.Keys{}, e), "copy_of_another")
}

func TestADamagedDocumentIsKeptBesideTheOthers(t *testing.T) {
	t.Parallel()
	e := openDir(t, t.TempDir())
	fill(t, e, 2, 2)
	want := digest(t, e)
	broken := cutting{Engine: e, collection: "sessions", id: string(sessionID(2))}
	made := create(t, broken, archive.Seal{})
	if got := made.Manifest.Damaged; !slices.Equal(got, []archive.Damaged{{Entry: "damaged/0001", Collection: "sessions", ID: string(sessionID(2))}}) {
		t.Fatalf("the manifest names %+v", got)
	}
	into := openDir(t, t.TempDir())
	must(t, restore(t, made.Path, archive.Keys{}, into))
	got := digest(t, into)
	if got["sessions"].Documents != 1 || got["history"] != want["history"] {
		t.Errorf("restored: %+v", got)
	}
	_, err := archive.Move(t.Context(), archive.Moving{From: broken, To: openDir(t, t.TempDir()), At: now})
	wantRule(t, "move", err, "source_damaged")
}

func TestAWriteToTheSourceMeanwhileIsFound(t *testing.T) {
	t.Parallel()
	e := openDir(t, t.TempDir())
	fill(t, e, 2, 1)
	var differ []string
	from := &meddling{Engine: e, at: "history", nth: 2, do: func() {
		m, err := store.NewMembers(e).Get(t.Context(), member(0))
		must(t, err)
		m.BirthYear, m.Change = new(1990), change("meanwhile")
		must(t, store.NewMembers(e).Replace(t.Context(), m, 1))
	}}
	to := openDir(t, t.TempDir())
	_, err := archive.Move(t.Context(), archive.Moving{From: from, To: to, At: now, Differs: func(name string) { differ = append(differ, name) }})
	wantRule(t, "move", err, "move_differs")
	if !slices.Contains(differ, "members/m-00") {
		t.Errorf("named: %v", differ)
	}
	wantRule(t, "the target then", store.CheckFinished(t.Context(), to), "copy_unfinished")
}

// A backup beside writers must have, of everything it holds, the whole history,
// and all that is named in it.
func TestABackupBesideWritersIsSound(t *testing.T) {
	t.Parallel()
	for at, leavesOut := range map[string]bool{"sessions": false, "groups": true, "instruments": true, "history": true} {
		t.Run(at, func(t *testing.T) {
			t.Parallel()
			var e store.Engine = openDir(t, t.TempDir())
			if at == "groups" { // once over the wire too
				e = mongotest.Open(t, store.Collections())
			}
			fill(t, e, 2, 2)
			ref := reference(t)
			wrote := false
			beside := &meddling{Engine: e, at: at, nth: 1, do: func() {
				wrote = true
				g, err := store.NewGroups(e).Get(t.Context(), "g-1")
				must(t, err)
				m, err := session.NewMember("m-new", "NEW", nil)
				must(t, err)
				m.Change = change("new")
				must(t, store.NewMembers(e).Insert(t.Context(), m))
				_, err = g.Join(m.ID, session.RoleMember, "2026-01-08")
				must(t, err)
				g.Change = change("joined")
				must(t, store.NewGroups(e).Replace(t.Context(), g, 1))
				must(t, store.NewSessions(e).Insert(t.Context(), evening(t, g, 3)))
				must(t, answer(t.Context(), e, ref, sessionID(3), "m-new"))
				for _, key := range []string{"later", "later still"} {
					s, err := store.NewSessions(e).Get(t.Context(), sessionID(1), nil)
					must(t, err)
					s.Change = change(key)
					must(t, store.NewSessions(e).Replace(t.Context(), s, s.Rev))
				}
			}}
			live := source(beside)
			live.Live = true
			made, err := archive.Create(t.Context(), filepath.Join(t.TempDir(), "b.zip"), archive.Seal{}, live, nil)
			must(t, err)
			if !wrote {
				t.Fatal("nothing was written meanwhile")
			}
			into := openDir(t, t.TempDir())
			must(t, restore(t, made.Path, archive.Keys{}, into))
			wantSound(t, into)
			if left := made.Manifest.Later; leavesOut != (left > 0) {
				t.Errorf("%d entries of history were left out", left)
			}
		})
	}
}

// What is wrong with the history of a store that nobody writes to is in its
// backup, for whoever wants to mend it.
func TestABackupLeavesNothingOutThatNoWriterExplains(t *testing.T) {
	t.Parallel()
	e := openDir(t, t.TempDir())
	fill(t, e, 2, 2)
	c := collection(t, "sessions")
	d, err := e.Get(t.Context(), c, string(sessionID(2)), nil)
	must(t, err)
	must(t, e.Delete(t.Context(), c, d.ID, d.Rev)) // its history is an orphan now
	live := source(e)
	live.Live = true
	m, err := archive.Write(t.Context(), nowhere, live)
	must(t, err)
	if m.Later != 0 || m.Digest != digest(t, e).SHA256() {
		t.Errorf("left out: %d", m.Later)
	}
}

func TestADocumentThatIsAnotherThanWasWrittenIsFound(t *testing.T) {
	t.Parallel()
	e := openDir(t, t.TempDir())
	fill(t, e, 2, 1)
	made := create(t, e, archive.Seal{})
	below := openDir(t, t.TempDir())
	into := changing{Engine: below, collection: "therapists", id: "t-1"}
	wantRule(t, "restore", restore(t, made.Path, archive.Keys{}, into), "copy_differs")
	wantRule(t, "the store then", store.CheckFinished(t.Context(), below), "copy_unfinished")
	// Going on over it finds that it is another one, too.
	wantRule(t, "the restore again", restore(t, made.Path, archive.Keys{}, below), "copy_contradicts")

	var differ []string
	into.Engine = openDir(t, t.TempDir())
	_, err := archive.Move(t.Context(), archive.Moving{From: e, To: into, At: now, Differs: func(name string) { differ = append(differ, name) }})
	wantRule(t, "move", err, "move_differs")
	if !slices.Equal(differ, []string{"therapists/t-1"}) {
		t.Errorf("named: %v", differ)
	}
}

func TestADocumentOnOneSideOnlyIsFound(t *testing.T) {
	t.Parallel()
	e, to := openDir(t, t.TempDir()), openDir(t, t.TempDir())
	fill(t, e, 2, 1)
	var differ []string
	more := &meddling{Engine: to, at: "reports", nth: 3, do: func() { // twice it was looked at for being empty; now it is compared
		must(t, store.NewAudit(to).Append(t.Context(), access.Entry{
			ID: "e-more", At: now, Principal: "p", Action: access.ReadAudit, Object: access.Object{Kind: access.KindAudit}, Outcome: access.Allowed,
		}))
		must(t, to.Delete(t.Context(), collection(t, "history"), "sessions/s-001@1", 1))
	}}
	_, err := archive.Move(t.Context(), archive.Moving{From: e, To: more, At: now, Differs: func(name string) { differ = append(differ, name) }})
	wantRule(t, "move", err, "move_differs")
	if !slices.Equal(differ, []string{"audit/e-more", "history/sessions/s-001@1"}) {
		t.Errorf("named: %v", differ)
	}
}
