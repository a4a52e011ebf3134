package archive

import (
	"bufio"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"hash"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"

	"holon/internal/fault"
)

// Made describes a backup file.
type Made struct {
	Path     string
	Size     int64
	SHA256   string // of the file, as it lies there
	Sealed   bool
	Manifest *Manifest
}

// Create makes a backup file that only this user can read. It is there, whole
// and durable, or not at all; a file that exists is not overwritten. Encrypted,
// nothing of it is on the disk in plain. ready, if any, is called when the file
// is complete and before it gets its name; its error leaves no file.
func Create(ctx context.Context, path string, seal Seal, source Source, ready func(*Made) error) (_ *Made, err error) {
	if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
		return nil, exists(path)
	}
	dir := filepath.Dir(path)
	part := filepath.Join(dir, "."+filepath.Base(path)+"."+rand.Text()[:8]+".part")
	f, err := os.OpenFile(part, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600) //nolint:gosec // the operator says where
	if err != nil {
		return nil, fault.Wrap(fault.Unavailable, "backup_unwritable", "Nothing can be written in "+dir+"; check that it exists and who may write there.", err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, ignoring(f.Close(), fs.ErrClosed), ignoring(os.Remove(part), fs.ErrNotExist))
		}
	}()
	made, err := fill(ctx, f, seal, source)
	if err != nil {
		return nil, err
	}
	made.Path = path
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		return nil, unwritable(err)
	}
	if ready != nil {
		if err := ready(made); err != nil {
			return nil, err
		}
	}
	return made, name(part, path)
}

// fill writes the backup into a file.
func fill(ctx context.Context, f io.Writer, seal Seal, source Source) (*Made, error) {
	counting := &counter{w: f, sum: sha256.New()}
	buffered := bufio.NewWriterSize(counting, 1<<18)
	sealed, err := seal.over(buffered)
	if err != nil {
		return nil, err
	}
	manifest, err := Write(ctx, sealed, source)
	if err != nil {
		return nil, err
	}
	if err := sealed.Close(); err != nil {
		return nil, unwritable(err)
	}
	if err := buffered.Flush(); err != nil {
		return nil, unwritable(err)
	}
	return &Made{Size: counting.n, SHA256: hex.EncodeToString(counting.sum.Sum(nil)), Sealed: seal.Sealed(), Manifest: manifest}, nil
}

// name gives the complete file its name, without putting it over another: a
// second name, made only if it is free, then the first is taken away.
func name(part, path string) error {
	if err := os.Link(part, path); err != nil {
		if errors.Is(err, fs.ErrExist) {
			return exists(path)
		}
		if err := os.Rename(part, path); err != nil { // a file system without links
			return unwritable(err)
		}
		return unwritableIf(syncDir(filepath.Dir(path)))
	}
	return unwritableIf(errors.Join(os.Remove(part), syncDir(filepath.Dir(path))))
}

// exists is the answer where a file would be overwritten.
func exists(path string) error {
	return fault.New(fault.Conflict, "backup_exists", "There is a file "+path+" already; it was left as it is. Name another with --out.")
}

// unwritableIf is unwritable of an error that may be none.
func unwritableIf(err error) error {
	if err == nil {
		return nil
	}
	return unwritable(err)
}

// ignoring is err, unless it is what does not matter.
func ignoring(err, unless error) error {
	if errors.Is(err, unless) {
		return nil
	}
	return err
}

// syncDir makes a directory's new entries durable, where a system can.
func syncDir(dir string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	d, err := os.Open(dir) //nolint:gosec // the operator says where
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// counter counts and hashes what passes.
type counter struct {
	w   io.Writer
	n   int64
	sum hash.Hash
}

// Write passes bytes on.
func (c *counter) Write(b []byte) (int, error) {
	n, err := c.w.Write(b)
	c.n += int64(n)
	c.sum.Write(b[:n])
	return n, err
}
