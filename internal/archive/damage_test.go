package archive_test

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"io"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"filippo.io/age"

	"holon/internal/archive"
	"holon/internal/fault"
	"holon/internal/store"
)

// small makes a backup of a small practice and returns its bytes and what it
// holds.
func small(t *testing.T, seal archive.Seal) ([]byte, store.Digest) {
	t.Helper()
	e := openDir(t, t.TempDir())
	fill(t, e, 2, 1)
	file, err := os.ReadFile(create(t, e, seal).Path)
	must(t, err)
	return file, digest(t, e)
}

// check opens and verifies a backup of these bytes.
func check(t *testing.T, file []byte, keys archive.Keys) (store.Digest, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "backup")
	must(t, os.WriteFile(path, file, 0o600))
	a, err := archive.Open(path, keys)
	if err != nil {
		return nil, err
	}
	defer func() { must(t, a.Close()) }()
	return a.Manifest.Digests(), a.Verify(t.Context(), nil)
}

// wantInvalid checks that a backup is refused as what it is.
func wantInvalid(t *testing.T, what string, err error) {
	t.Helper()
	if !fault.Is(err, fault.Invalid) {
		t.Errorf("%s: got %v, want a refusal", what, err)
	}
}

func TestABackupThatWasCutOffIsRefused(t *testing.T) {
	t.Parallel()
	key, keys := keyPair(t)
	for name, seal := range map[string]archive.Seal{"plain": {}, "encrypted": key} {
		file, _ := small(t, seal)
		for i := range 60 {
			length := len(file) * i / 60
			_, err := check(t, file[:length], keys)
			wantInvalid(t, name, err)
		}
		_, err := check(t, file[:len(file)-1], keys)
		wantInvalid(t, name, err)
	}
}

// A bit that is another one is found, or nothing depends on it: ZIP files say
// some things twice. In an encrypted file every bit counts.
func TestABackupWithAWrongBitIsRefused(t *testing.T) {
	t.Parallel()
	key, keys := keyPair(t)
	chance := rand.New(rand.NewPCG(4, 6))
	for name, seal := range map[string]archive.Seal{"plain": {}, "encrypted": key} {
		file, want := small(t, seal)
		refused := 0
		for range 150 {
			at := chance.IntN(len(file))
			flipped := slices.Clone(file)
			flipped[at] ^= 1 << chance.IntN(8)
			got, err := check(t, flipped, keys)
			if err == nil {
				if name == "encrypted" || !maps.Equal(got, want) {
					t.Errorf("%s: a wrong bit in byte %d was not found", name, at)
				}
				continue
			}
			wantInvalid(t, name, err)
			refused++
		}
		if refused < 120 {
			t.Errorf("%s: only %d of 150 wrong bits were found", name, refused)
		}
	}
}

func TestAnythingElseIsNoBackup(t *testing.T) {
	t.Parallel()
	_, err := check(t, nil, archive.Keys{})
	wantRule(t, "an empty file", err, "not_a_backup")
	_, err = check(t, []byte("nothing of the kind"), archive.Keys{})
	wantRule(t, "a text", err, "not_a_backup")
	var z bytes.Buffer
	must(t, zip.NewWriter(&z).Close())
	_, err = check(t, z.Bytes(), archive.Keys{})
	wantRule(t, "an empty ZIP file", err, "not_a_backup")
	_, err = check(t, []byte("-----BEGIN AGE ENCRYPTED FILE-----\n"), archive.Keys{})
	wantRule(t, "age's text form", err, "backup_as_text")
	_, err = archive.Open(filepath.Join(t.TempDir(), "missing"), archive.Keys{})
	wantRule(t, "no file", err, "backup_unreadable")
}

// rewrite makes a ZIP file anew with its entries changed.
func rewrite(t *testing.T, file []byte, change func(entries map[string][]byte)) []byte {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	must(t, err)
	entries := map[string][]byte{}
	for _, f := range z.File {
		r, err := f.Open()
		must(t, err)
		entries[f.Name], err = io.ReadAll(r)
		must(t, err)
	}
	change(entries)
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, name := range slices.Sorted(maps.Keys(entries)) {
		e, err := w.Create(name)
		must(t, err)
		_, err = e.Write(entries[name])
		must(t, err)
	}
	must(t, w.Close())
	return out.Bytes()
}

func TestABackupThatContradictsItselfIsRefused(t *testing.T) {
	t.Parallel()
	file, want := small(t, archive.Seal{})
	manifest := func(change func(m map[string]any)) func(map[string][]byte) {
		return func(entries map[string][]byte) {
			var m map[string]any
			must(t, json.Unmarshal(entries["manifest.json"], &m))
			change(m)
			text, err := json.Marshal(m)
			must(t, err)
			entries["manifest.json"] = text
		}
	}
	for name, tc := range map[string]struct {
		change func(entries map[string][]byte)
		rule   string
	}{
		"nothing":              {func(map[string][]byte) {}, ""},
		"no manifest":          {func(e map[string][]byte) { delete(e, "manifest.json") }, "not_a_backup"},
		"a collection is gone": {func(e map[string][]byte) { delete(e, "sessions.bson") }, "backup_damaged"},
		"an entry too many":    {func(e map[string][]byte) { e["more.bson"] = nil }, "backup_damaged"},
		"a document twice":     {func(e map[string][]byte) { e["groups.bson"] = append(e["groups.bson"], e["groups.bson"]...) }, "backup_damaged"},
		"a document less":      {func(e map[string][]byte) { e["groups.bson"] = nil }, "backup_damaged"},
		"another document": {func(e map[string][]byte) {
			e["groups.bson"] = bytes.ReplaceAll(e["groups.bson"], []byte("Thursday"), []byte("Saturday"))
		}, "backup_damaged"},
		"a document cut off":  {func(e map[string][]byte) { e["groups.bson"] = e["groups.bson"][:100] }, "backup_damaged"},
		"a length beyond all": {func(e map[string][]byte) { e["groups.bson"][3] = 0x7f }, "backup_damaged"},
		"another hash":        {manifest(func(m map[string]any) { m["digest"] = "00" }), "backup_damaged"},
		"a later format":      {manifest(func(m map[string]any) { m["format_version"] = 2 }), "backup_newer"},
		"another format":      {manifest(func(m map[string]any) { m["format"] = "tar" }), "not_a_backup"},
		"an unknown collection": {func(e map[string][]byte) {
			e["manifest.json"] = bytes.ReplaceAll(e["manifest.json"], []byte(`"groups"`), []byte(`"novelties"`))
		}, "backup_newer"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			changed := rewrite(t, file, tc.change)
			got, err := check(t, changed, archive.Keys{})
			wantRule(t, name, err, tc.rule)
			if tc.rule == "" && !maps.Equal(got, want) {
				t.Errorf("it holds %+v", got)
			}
			if tc.rule == "" {
				return
			}
			path := filepath.Join(t.TempDir(), "backup")
			must(t, os.WriteFile(path, changed, 0o600))
			into := openDir(t, t.TempDir())
			wantRule(t, "restored", restore(t, path, archive.Keys{}, into), tc.rule)
			wantSame(t, store.Digest{}, into) // nothing of it
		})
	}
}

// keyPair makes a key, and the files that name it.
func keyPair(t *testing.T) (archive.Seal, archive.Keys) {
	t.Helper()
	identity, err := age.GenerateX25519Identity()
	must(t, err)
	seal, err := archive.NewSeal([]string{identity.Recipient().String()}, nil, "")
	must(t, err)
	keys, err := archive.NewKeys([]string{file(t, "# a key\n"+identity.String()+"\n")}, "")
	must(t, err)
	return seal, keys
}

// file writes a file of the test's.
func file(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "file")
	must(t, os.WriteFile(path, []byte(text), 0o600))
	return path
}
