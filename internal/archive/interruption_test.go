package archive_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"

	"holon/internal/archive"
	"holon/internal/fault"
	"holon/internal/store"
	"holon/internal/store/enginetest"
	"holon/internal/store/sqlitestore"
)

func TestAnInterruptedRestoreGoesOn(t *testing.T) {
	t.Parallel()
	e := openDir(t, t.TempDir())
	fill(t, e, 1, 1)
	want := digest(t, e)
	made := create(t, e, archive.Seal{})
	interrupted(t, want, func(ctx context.Context, into store.Engine) error {
		a, err := archive.Open(made.Path, archive.Keys{})
		must(t, err)
		defer func() { must(t, a.Close()) }()
		return archive.Restore(ctx, a, archive.Restoring{Engine: into, At: now, Verify: true})
	})
}

func TestAnInterruptedMoveGoesOn(t *testing.T) {
	t.Parallel()
	e := openDir(t, t.TempDir())
	fill(t, e, 1, 1)
	interrupted(t, digest(t, e), func(ctx context.Context, into store.Engine) error {
		_, err := archive.Move(ctx, archive.Moving{From: e, To: into, At: now})
		return err
	})
}

// interrupted makes every write of a copy go wrong in every way. What is then
// there is never taken for a practice unless it is a whole one, and the same
// copy again ends with a whole one.
func interrupted(t *testing.T, want store.Digest, do func(ctx context.Context, into store.Engine) error) {
	t.Helper()
	enginetest.EveryWrite(t, func(t *testing.T, mode enginetest.Mode, at int) *enginetest.Failing {
		t.Helper()
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		below := openDir(t, t.TempDir())
		e := enginetest.NewFailing(below, mode, at, cancel)
		failed := do(ctx, e)
		usable := store.CheckFinished(t.Context(), below) == nil
		empty := archive.CheckEmpty(t.Context(), below) == nil
		if failed == nil && !usable {
			t.Error("it ended well, and nobody may use the store")
		}
		if usable && !empty {
			wantSame(t, want, below)
			return e
		}
		must(t, do(t.Context(), below))
		wantSame(t, want, below)
		return e
	})
}

// victimDir tells a copy of this test program that it is to restore until it is
// killed, and where.
const victimDir = "HOLON_TEST_VICTIM_DIR"

func TestAKilledRestoreIsNotTakenForAPracticeAndGoesOn(t *testing.T) {
	if dir := os.Getenv(victimDir); dir != "" {
		restoreUntilKilled(t, dir)
		return
	}
	if runtime.GOOS == "windows" {
		t.Skip("there is no SIGKILL on this system")
	}
	t.Parallel()
	dir := t.TempDir()
	e := openDir(t, filepath.Join(dir, "source"))
	fill(t, e, 9, 30) // more history than is stored at once
	want := digest(t, e)
	made := create(t, e, archive.Seal{})
	must(t, os.Link(made.Path, filepath.Join(dir, "backup.zip")))
	for _, stage := range []string{"writing sessions", "writing groups", "writing history", "comparing history"} {
		kill(t, dir, stage)
		into, err := sqlitestore.Open(t.Context(), sqlitestore.Config{Dir: filepath.Join(dir, "target"), Collections: store.Collections()})
		must(t, err)
		wantRule(t, stage, store.CheckFinished(t.Context(), into), "copy_unfinished")
		must(t, into.Close())
	}
	into := openDir(t, filepath.Join(dir, "target"))
	must(t, restore(t, made.Path, archive.Keys{}, into))
	wantSame(t, want, into)
}

// kill starts a restore and kills it when it is at a stage.
func kill(t *testing.T, dir, stage string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestAKilledRestoreIsNotTakenForAPracticeAndGoesOn$")
	cmd.Env = append(os.Environ(), victimDir+"="+dir, "HOLON_TEST_STAGE="+stage)
	out, err := cmd.CombinedOutput()
	if err == nil || !strings.Contains(string(out), "reached "+stage) {
		t.Fatalf("the restore was not killed: %v\n%s", err, out)
	}
}

// restoreUntilKilled restores and kills itself at a stage.
func restoreUntilKilled(t *testing.T, dir string) {
	t.Helper()
	a, err := archive.Open(filepath.Join(dir, "backup.zip"), archive.Keys{})
	must(t, err)
	stage := os.Getenv("HOLON_TEST_STAGE")
	must(t, archive.Restore(t.Context(), a, archive.Restoring{
		Engine: openDir(t, filepath.Join(dir, "target")), At: now, Verify: true,
		Progress: func(at string, _, _ int) {
			if at != stage {
				return
			}
			_, err := fmt.Fprintln(os.Stdout, "reached "+stage)
			must(t, err)
			self, err := os.FindProcess(os.Getpid())
			must(t, err)
			must(t, self.Kill())
			select {}
		},
	}))
}

// Snapshots of a store that four people write to are whole and sound.
func TestBackupsWhileOthersWriteAreSound(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	e := openDir(t, dir)
	const people, evenings = 4, 12
	fill(t, e, people, 0)
	g, err := store.NewGroups(e).Get(t.Context(), "g-1")
	must(t, err)
	ref := reference(t)
	for number := 1; number <= evenings; number++ {
		must(t, store.NewSessions(e).Insert(t.Context(), evening(t, g, number)))
	}
	var writers sync.WaitGroup
	for i := range people {
		writers.Go(func() {
			for number := 1; number <= evenings; number++ {
				if err := answer(t.Context(), e, ref, sessionID(number), member(i)); err != nil {
					t.Errorf("writing beside a backup: %v", err)
				}
			}
		})
	}
	done := make(chan struct{})
	go func() { writers.Wait(); close(done) }()
	counts := map[int64]bool{}
	for running := true; running; {
		select {
		case <-done:
			running = false
		default:
		}
		snapshot, err := sqlitestore.OpenSnapshot(t.Context(), sqlitestore.Config{Dir: dir, Collections: store.Collections()})
		must(t, err)
		made, err := archive.Create(t.Context(), filepath.Join(t.TempDir(), "b.zip"), archive.Seal{}, source(snapshot), nil)
		must(t, errOf(err, snapshot.Close()))
		into := openDir(t, t.TempDir())
		must(t, restore(t, made.Path, archive.Keys{}, into))
		wantSame(t, made.Manifest.Digests(), into)
		counts[made.Manifest.Digests()["history"].Documents] = true
	}
	if !counts[people*evenings] {
		t.Errorf("the last backup is not the end of it: %v", counts)
	}
	t.Logf("%d different backups beside the writers", len(counts))
}

// errOf is the first of two errors.
func errOf(a, b error) error {
	if a != nil {
		return a
	}
	return b
}

func TestABackupThatIsStoppedLeavesNothing(t *testing.T) {
	t.Parallel()
	e := openDir(t, t.TempDir())
	fill(t, e, 2, 1)
	dir := t.TempDir()
	ctx, cancel := context.WithCancel(t.Context())
	stopped := source(&meddling{Engine: e, at: "groups", nth: 1, do: cancel})
	if _, err := archive.Create(ctx, filepath.Join(dir, "b.zip"), archive.Seal{}, stopped, nil); !fault.Is(err, fault.Unavailable) {
		t.Errorf("stopped: %v", err)
	}
	refuse := func(*archive.Made) error { return store.Unreachable(nil) }
	_, err := archive.Create(t.Context(), filepath.Join(dir, "b.zip"), archive.Seal{}, source(e), refuse)
	wantRule(t, "what cannot be recorded", err, "store_unreachable")
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}
