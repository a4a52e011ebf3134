package sqlitestore_test

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"

	"go.mongodb.org/mongo-driver/v2/bson"

	"holon/internal/store"
	"holon/internal/store/sqlitestore"
)

// victimDir tells a copy of this test program that it is to write until it is
// killed, and where.
const victimDir = "HOLON_TEST_VICTIM_DIR"

func TestAKilledWriterLosesNothingAcknowledged(t *testing.T) {
	if dir := os.Getenv(victimDir); dir != "" {
		writeUntilKilled(t, dir)
		return
	}
	t.Parallel()
	dir := t.TempDir()
	acknowledged := map[string]bool{}
	for round := range 5 {
		for _, id := range killAfter(t, dir, 20+7*round, round) {
			acknowledged[id] = true
		}
		cfg := sqlitestore.Config{Dir: dir, Collections: []store.Collection{notes()}, ReadOnly: round%2 == 1}
		s := open(t, cfg) // the lock went with its holder
		for id := range acknowledged {
			d, err := s.Get(t.Context(), notes(), id, nil)
			if err != nil || bson.Raw(d.Body).Validate() != nil {
				t.Errorf("acknowledged, then lost: %s, %v", id, err)
			}
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if len(acknowledged) < 150 {
		t.Errorf("only %d writes were tried", len(acknowledged))
	}
}

// killAfter starts a writer, kills it after some acknowledgements, and returns
// all ids that it acknowledged.
func killAfter(t *testing.T, dir string, count, round int) []string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestAKilledWriterLosesNothingAcknowledged$")
	cmd.Env = append(os.Environ(), victimDir+"="+dir, fmt.Sprintf("HOLON_TEST_ROUND=%d", round))
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var ids []string
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if id, ok := strings.CutPrefix(lines.Text(), "stored "); ok {
			ids = append(ids, id)
		}
		if len(ids) == count {
			if err := cmd.Process.Kill(); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := cmd.Wait(); err == nil {
		t.Fatal("the writer ended by itself")
	}
	if len(ids) < count {
		t.Fatalf("the writer stored %d documents, want at least %d", len(ids), count)
	}
	return ids
}

// writeUntilKilled inserts documents and says so after each.
func writeUntilKilled(t *testing.T, dir string) {
	t.Helper()
	s := open(t, sqlitestore.Config{Dir: dir, Collections: []store.Collection{notes()}})
	for i := range 1_000_000 {
		d := note(t, fmt.Sprintf("r%s-%07d", os.Getenv("HOLON_TEST_ROUND"), i), 1, bson.E{Key: "pad", Value: make([]byte, 9000)})
		if err := s.Insert(t.Context(), notes(), d); err != nil {
			t.Fatal(err)
		}
		if _, err := os.Stdout.WriteString("stored " + d.ID + "\n"); err != nil {
			t.Fatal(err)
		}
	}
}
