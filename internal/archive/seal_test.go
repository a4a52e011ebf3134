package archive_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"filippo.io/age"

	"holon/internal/archive"
)

func TestAnEncryptedBackupIsOpenedByItsKeysAlone(t *testing.T) {
	t.Parallel()
	e := openDir(t, t.TempDir())
	fill(t, e, 2, 1)
	want := digest(t, e)
	first, err := age.GenerateX25519Identity()
	must(t, err)
	second, err := age.GenerateX25519Identity()
	must(t, err)
	seal, err := archive.NewSeal([]string{first.Recipient().String()}, []string{file(t, "# two\n"+second.Recipient().String()+"\n")}, "")
	must(t, err)
	made := create(t, e, seal)
	text, err := os.ReadFile(made.Path)
	must(t, err)
	if !made.Sealed || bytes.Contains(text, []byte("Thursday")) || bytes.Contains(text, []byte("manifest")) || bytes.Contains(text, []byte(".bson")) {
		t.Error("something of the backup is in plain")
	}
	for _, identity := range []*age.X25519Identity{first, second} {
		keys, err := archive.NewKeys([]string{file(t, identity.String())}, "")
		must(t, err)
		into := openDir(t, t.TempDir())
		must(t, restore(t, made.Path, keys, into))
		wantSame(t, want, into)
	}
	_, other := keyPair(t)
	wantRule(t, "another key", restore(t, made.Path, other, openDir(t, t.TempDir())), "key_wrong")
	wantRule(t, "no key", restore(t, made.Path, archive.Keys{}, openDir(t, t.TempDir())), "key_missing")
}

func TestAPassphraseOpensABackupAndAnotherDoesNot(t *testing.T) {
	t.Parallel()
	e := openDir(t, t.TempDir())
	fill(t, e, 1, 1)
	seal, err := archive.NewSeal(nil, nil, file(t, "correct horse\n"))
	must(t, err)
	made := create(t, e, seal)
	keys, err := archive.NewKeys(nil, file(t, "correct horse"))
	must(t, err)
	into := openDir(t, t.TempDir())
	must(t, restore(t, made.Path, keys, into))
	wantSame(t, digest(t, e), into)
	wrong, err := archive.NewKeys(nil, file(t, "correct horse battery"))
	must(t, err)
	wantRule(t, "another passphrase", restore(t, made.Path, wrong, openDir(t, t.TempDir())), "key_wrong")
}

func TestKeysThatAreNoneAreRefusedWithoutQuotingThem(t *testing.T) {
	t.Parallel()
	const secret = "AGE-SECRET-KEY-SECRET"
	identity, err := age.GenerateX25519Identity()
	must(t, err)
	for name, tc := range map[string]struct {
		make func() error
		rule string
	}{
		"a private key as recipient": {func() error { _, err := archive.NewSeal([]string{secret}, nil, ""); return err }, "recipient_unreadable"},
		"a file of private keys":     {func() error { _, err := archive.NewSeal(nil, []string{file(t, secret)}, ""); return err }, "key_file_unreadable"},
		"a file that is not there":   {func() error { _, err := archive.NewSeal(nil, []string{"/nowhere"}, ""); return err }, "key_file_unreadable"},
		"an empty passphrase":        {func() error { _, err := archive.NewSeal(nil, nil, file(t, "\n")); return err }, "passphrase_unusable"},
		"a key and a passphrase": {func() error {
			_, err := archive.NewSeal([]string{identity.Recipient().String()}, nil, file(t, "x"))
			return err
		}, "seal_contradicts"},
		"a broken private key": {func() error { _, err := archive.NewKeys([]string{file(t, secret)}, ""); return err }, "key_file_unreadable"},
	} {
		err := tc.make()
		wantRule(t, name, err, tc.rule)
		if strings.Contains(err.Error(), secret) {
			t.Errorf("%s: it is quoted: %v", name, err)
		}
	}
}

// The age command opens our files and we open its.
func TestTheAgeCommandAndHolonOpenEachOthersFiles(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"age", "age-keygen"} {
		if _, err := exec.LookPath(name); err != nil {
			t.Skip("the command " + name + " is not installed")
		}
	}
	e := openDir(t, t.TempDir())
	fill(t, e, 1, 1)
	dir := t.TempDir()
	key, plain, sealed := filepath.Join(dir, "key.txt"), filepath.Join(dir, "plain.zip"), filepath.Join(dir, "sealed.zip.age")
	run(t, "age-keygen", "-o", key)
	recipient := strings.TrimSpace(run(t, "age-keygen", "-y", key))
	seal, err := archive.NewSeal([]string{recipient}, nil, "")
	must(t, err)
	made := create(t, e, seal)
	run(t, "age", "-d", "-i", key, "-o", plain, made.Path)
	into := openDir(t, t.TempDir())
	must(t, restore(t, plain, archive.Keys{}, into))
	wantSame(t, digest(t, e), into)

	run(t, "age", "-r", recipient, "-o", sealed, plain)
	keys, err := archive.NewKeys([]string{key}, "")
	must(t, err)
	again := openDir(t, t.TempDir())
	must(t, restore(t, sealed, keys, again))
	wantSame(t, digest(t, e), again)
}

// run runs a command and returns what it printed.
func run(t *testing.T, name string, args ...string) string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), name, args...).Output()
	must(t, err)
	return string(out)
}
