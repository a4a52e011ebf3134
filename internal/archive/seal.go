package archive

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"filippo.io/age"

	"holon/internal/fault"
)

// Seal says for whom a backup is encrypted. The zero value does not encrypt.
type Seal struct {
	recipients []age.Recipient
}

// Sealed tells whether it encrypts.
func (s Seal) Sealed() bool { return len(s.recipients) > 0 }

// NewSeal reads public keys (age1…), files of them, and a file whose content
// without the end of its line is a passphrase. A passphrase stands alone: age
// has no files for both.
func NewSeal(recipients, files []string, passphraseFile string) (Seal, error) {
	var s Seal
	for _, text := range recipients {
		keys, err := age.ParseRecipients(strings.NewReader(text))
		if err != nil {
			return s, fault.New(fault.Invalid, "recipient_unreadable", "A recipient is not a public key of age, which begins with age1.")
		}
		s.recipients = append(s.recipients, keys...)
	}
	for _, path := range files {
		keys, err := fromFile(path, age.ParseRecipients)
		if err != nil {
			return s, err
		}
		s.recipients = append(s.recipients, keys...)
	}
	if passphraseFile == "" {
		return s, nil
	}
	if s.Sealed() {
		return s, fault.New(fault.Invalid, "seal_contradicts", "Encrypt either for recipients or with a passphrase; age knows no file for both.")
	}
	passphrase, err := readPassphrase(passphraseFile)
	if err != nil {
		return s, err
	}
	key, err := age.NewScryptRecipient(passphrase)
	if err != nil {
		return s, fault.Wrap(fault.Invalid, "passphrase_unusable", "The passphrase cannot be used.", err)
	}
	s.recipients = []age.Recipient{key}
	return s, nil
}

// over encrypts what is written to the writer it returns, which has to be
// closed.
func (s Seal) over(w io.Writer) (io.WriteCloser, error) {
	if !s.Sealed() {
		return nopCloser{w}, nil
	}
	sealed, err := age.Encrypt(w, s.recipients...)
	if err != nil {
		return nil, fault.Wrap(fault.Invalid, "seal_impossible", "The backup cannot be encrypted for these recipients together.", err)
	}
	return sealed, nil
}

// nopCloser is a writer that needs no closing.
type nopCloser struct{ io.Writer }

// Close does nothing.
func (nopCloser) Close() error { return nil }

// Keys open encrypted backups. The zero value opens none.
type Keys struct {
	identities []age.Identity
}

// NewKeys reads files of private keys (AGE-SECRET-KEY-…) and one of a
// passphrase.
func NewKeys(files []string, passphraseFile string) (Keys, error) {
	var k Keys
	for _, path := range files {
		keys, err := fromFile(path, age.ParseIdentities)
		if err != nil {
			return k, err
		}
		k.identities = append(k.identities, keys...)
	}
	if passphraseFile == "" {
		return k, nil
	}
	passphrase, err := readPassphrase(passphraseFile)
	if err != nil {
		return k, err
	}
	key, err := age.NewScryptIdentity(passphrase)
	if err != nil {
		return k, fault.Wrap(fault.Invalid, "passphrase_unusable", "The passphrase cannot be used.", err)
	}
	key.SetMaxWorkFactor(workFactor)
	k.identities = append(k.identities, key)
	return k, nil
}

// workFactor is the most work that a file may ask for before its passphrase is
// known to be right: what age itself asks for, 256 MB of memory. A foreign file
// could ask for gigabytes.
const workFactor = 18

// opened returns what is in a file, decrypted as it is read if it is encrypted.
func (k Keys) opened(f io.ReaderAt, size int64) (io.ReaderAt, int64, error) {
	begin := make([]byte, 64)
	n, err := f.ReadAt(begin, 0)
	if err != nil && err != io.EOF { //nolint:errorlint // an io.ReaderAt returns it bare
		return nil, 0, unreadable(err)
	}
	begin = begin[:n]
	if bytes.HasPrefix(begin, []byte("-----BEGIN AGE")) {
		return nil, 0, fault.New(fault.Invalid, "backup_as_text", "This file is age's text form; turn it into the binary one first, with age -d and age without -a.")
	}
	if !bytes.HasPrefix(begin, []byte("age-encryption.org/")) {
		return f, size, nil
	}
	if len(k.identities) == 0 {
		return nil, 0, fault.New(fault.Invalid, "key_missing", "This backup is encrypted; name the file of its key with --identity, or of its passphrase with --passphrase-file.")
	}
	plain, length, err := age.DecryptReaderAt(f, size, k.identities...)
	if _, isWrong := errors.AsType[*age.NoIdentityMatchError](err); isWrong {
		return nil, 0, fault.New(fault.Invalid, "key_wrong", "This backup cannot be opened: the key or passphrase is not the one it was made for.")
	}
	if err != nil {
		return nil, 0, notBackup(err)
	}
	return plain, length, nil
}

// fromFile reads keys of a file. What is wrong in it is not quoted.
func fromFile[T any](path string, parse func(io.Reader) ([]T, error)) ([]T, error) {
	text, err := os.ReadFile(path) //nolint:gosec // the operator says where
	if err != nil {
		return nil, fault.Wrap(fault.Invalid, "key_file_unreadable", "The file "+path+" cannot be read.", err)
	}
	keys, err := parse(bytes.NewReader(text))
	if err != nil {
		return nil, fault.New(fault.Invalid, "key_file_unreadable", fmt.Sprintf("The file %s holds something that is no key of the kind wanted: public keys begin with age1, private ones with AGE-SECRET-KEY-, one a line.", path))
	}
	return slices.Clone(keys), nil
}

// readPassphrase reads a passphrase of a file.
func readPassphrase(path string) (string, error) {
	text, err := os.ReadFile(path) //nolint:gosec // the operator says where
	if err != nil {
		return "", fault.Wrap(fault.Invalid, "key_file_unreadable", "The file "+path+" cannot be read.", err)
	}
	passphrase := strings.TrimRight(string(text), "\r\n")
	if passphrase == "" {
		return "", fault.New(fault.Invalid, "passphrase_unusable", "The file "+path+" holds no passphrase.")
	}
	return passphrase, nil
}
