package archive_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"runtime"
	"strings"
	"testing"

	"filippo.io/age"

	"holon/internal/archive"
)

// claims makes a ZIP file of one entry that holds a text many times: small as a
// file, large when it is read.
func claims(t *testing.T, name, begin, text string, times int, end string) []byte {
	t.Helper()
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	e, err := w.Create(name)
	must(t, err)
	_, err = e.Write([]byte(begin))
	must(t, err)
	block := []byte(strings.Repeat(text, 1<<12))
	for range times >> 12 {
		_, err = e.Write(block)
		must(t, err)
	}
	_, err = e.Write([]byte(end))
	must(t, err)
	must(t, w.Close())
	return out.Bytes()
}

// Not parallel: what is allocated meanwhile is counted, and everybody's is.
func TestASmallFileThatClaimsMuchIsRefusedWithoutMuchMemory(t *testing.T) { //nolint:paralleltest // see above
	bomb := claims(t, "manifest.json", `{"format":"holon-backup","format_version":1,"collections":[`, `{},`, 20<<20, `{}]}`)
	var many bytes.Buffer
	w := zip.NewWriter(&many)
	for i := range 300_000 {
		_, err := w.CreateRaw(&zip.FileHeader{Name: fmt.Sprintf("damaged/%06d", i)})
		must(t, err)
	}
	must(t, w.Close())
	for name, file := range map[string][]byte{"a manifest without end": bomb, "entries without end": many.Bytes()} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := check(t, file, archive.Keys{})
		runtime.ReadMemStats(&after)
		wantInvalid(t, name, err)
		if used := (after.TotalAlloc - before.TotalAlloc) >> 20; used > 100 {
			t.Errorf("%s: a file of %d kB took %d MB", name, len(file)>>10, used)
		}
	}
}

func TestAFileThatAsksForMoreWorkThanOursIsRefusedBeforeIt(t *testing.T) {
	t.Parallel()
	key, err := age.NewScryptRecipient("correct horse")
	must(t, err)
	key.SetWorkFactor(10)
	var out bytes.Buffer
	w, err := age.Encrypt(&out, key)
	must(t, err)
	must(t, w.Close())
	greedy := bytes.Replace(out.Bytes(), []byte(" 10\n"), []byte(" 22\n"), 1)
	if bytes.Equal(greedy, out.Bytes()) {
		t.Fatal("the header is another one than this test thinks")
	}
	keys, err := archive.NewKeys(nil, file(t, "correct horse"))
	must(t, err)
	_, err = check(t, greedy, keys)
	wantRule(t, "work of four gigabytes", err, "not_a_backup")
}
