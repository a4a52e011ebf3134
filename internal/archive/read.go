package archive

import (
	"archive/zip"
	"bufio"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"io"
	"iter"
	"os"
	"slices"
	"strings"

	"holon/internal/fault"
	"holon/internal/store"
)

// What is read of a backup at most, so that a small file that claims much does not
// take the machine's memory: a document with its archived copy is below 16 MB; a
// manifest is small, but for the damaged documents that it names, and so is the
// list of entries. Write keeps to it.
const (
	maxDocument = 64 << 20
	maxManifest = 4 << 20
	maxEntries  = 16 << 20 // bytes of the list
	minDocument = 5
)

// Archive is a backup that was opened to be read.
type Archive struct {
	Manifest *Manifest
	Sealed   bool

	file    io.Closer
	entries map[string]*zip.File
}

// Open opens a backup file and reads its manifest. An encrypted one is decrypted
// as it is read; nothing of it is on the disk in plain.
func Open(path string, keys Keys) (_ *Archive, err error) {
	f, err := os.Open(path) //nolint:gosec // the operator says which
	if err != nil {
		return nil, unreadable(err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, f.Close())
		}
	}()
	info, err := f.Stat()
	if err != nil {
		return nil, unreadable(err)
	}
	plain, size, err := keys.opened(f, info.Size())
	if err != nil {
		return nil, err
	}
	a := &Archive{file: f, Sealed: plain != io.ReaderAt(f), entries: map[string]*zip.File{}}
	if err := a.readEntries(plain, size); err != nil {
		return nil, err
	}
	return a, nil
}

// Close ends reading.
func (a *Archive) Close() error { return a.file.Close() }

// readEntries reads the list of entries and the manifest, and compares them.
func (a *Archive) readEntries(plain io.ReaderAt, size int64) error {
	list := &bounded{from: plain, left: maxEntries}
	z, err := zip.NewReader(list, size)
	if err != nil {
		return notBackup(err)
	}
	list.lifted = true
	for _, f := range z.File {
		if a.entries[f.Name] != nil {
			return broken(nil)
		}
		a.entries[f.Name] = f
	}
	if err := a.readManifest(); err != nil {
		return err
	}
	wanted := 1
	for _, c := range a.Manifest.Collections {
		if a.entries[c.Name+suffix] == nil {
			return broken(nil)
		}
		wanted++
	}
	for _, d := range a.Manifest.Damaged {
		if a.entries[d.Entry] == nil || !strings.HasPrefix(d.Entry, damagedDir) {
			return broken(nil)
		}
		wanted++
	}
	if wanted != len(a.entries) {
		return broken(nil)
	}
	return nil
}

// bounded reads so many bytes and no more, until that is lifted.
type bounded struct {
	from   io.ReaderAt
	left   int64
	lifted bool
}

// errBeyond answers who reads beyond the bound.
var errBeyond = errors.New("archive: the list of entries is longer than any of ours")

// ReadAt reads, if that is within the bound.
func (b *bounded) ReadAt(p []byte, off int64) (int, error) {
	if !b.lifted {
		if b.left -= int64(len(p)); b.left < 0 {
			return 0, errBeyond
		}
	}
	return b.from.ReadAt(p, off)
}

// readManifest reads the manifest. One of a later format may have fields that
// this version does not know.
func (a *Archive) readManifest() (err error) {
	entry := a.entries[manifestName]
	if entry == nil {
		return notBackup(nil)
	}
	r, err := entry.Open()
	if err != nil {
		return notBackup(err)
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	text, err := io.ReadAll(io.LimitReader(r, maxManifest+1))
	if len(text) > maxManifest {
		return broken(nil)
	}
	if err != nil {
		return broken(err)
	}
	a.Manifest = &Manifest{}
	if err := json.Unmarshal(text, a.Manifest); err != nil {
		return broken(err)
	}
	return a.Manifest.check()
}

// Verify reads the whole backup and compares it with its manifest: counts,
// bytes, hashes, and that a store would take every document.
func (a *Archive) Verify(ctx context.Context, progress Progress) error {
	for _, m := range a.Manifest.Collections {
		c, err := portable(m.Name)
		if err != nil {
			return err
		}
		t, n := store.NewTallying(c), 0
		for d, err := range a.documents(ctx, c) {
			if err != nil {
				return err
			}
			if err := t.Add(d); err != nil {
				return broken(err)
			}
			n++
			progress.now("checking "+c.Name, n, int(m.Documents))
		}
		if t.Tally() != m.Tally {
			return broken(nil)
		}
	}
	for _, d := range a.Manifest.Damaged {
		if err := a.readThrough(d.Entry); err != nil {
			return err
		}
	}
	return nil
}

// now tells how far it is, at times, to whoever listens.
func (p Progress) now(stage string, done, total int) {
	if p != nil && (done%256 == 1 || done == total) {
		p(stage, done, total)
	}
}

// readThrough reads an entry to its end, where its checksum stands.
func (a *Archive) readThrough(name string) (err error) {
	r, err := a.entries[name].Open()
	if err != nil {
		return broken(err)
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	if _, err := io.Copy(io.Discard, r); err != nil {
		return broken(err)
	}
	return nil
}

// documents streams the documents of a collection. It ends at the first error,
// which it yields.
func (a *Archive) documents(ctx context.Context, c store.Collection) iter.Seq2[store.Document, error] {
	return func(yield func(store.Document, error) bool) {
		r, err := a.entries[c.Name+suffix].Open()
		if err != nil {
			yield(store.Document{}, broken(err))
			return
		}
		defer func() { _ = r.Close() }() // its checksum was checked at its end
		buffered := bufio.NewReaderSize(r, 1<<16)
		for {
			if ctx.Err() != nil {
				yield(store.Document{}, store.OutOfTime(ctx.Err()))
				return
			}
			d, err := readDocument(buffered, c)
			if errors.Is(err, io.EOF) {
				return
			}
			if !yield(d, err) || err != nil {
				return
			}
		}
	}
}

// readDocument reads the next document; io.EOF says that there is none.
func readDocument(r *bufio.Reader, c store.Collection) (store.Document, error) {
	begin, err := r.Peek(4)
	if len(begin) == 0 && errors.Is(err, io.EOF) {
		return store.Document{}, io.EOF
	}
	if err != nil {
		return store.Document{}, broken(notEOF(err))
	}
	length := binary.LittleEndian.Uint32(begin)
	if length < minDocument || length > maxDocument {
		return store.Document{}, broken(nil)
	}
	body := make([]byte, length)
	if _, err := io.ReadFull(r, body); err != nil {
		return store.Document{}, broken(notEOF(err))
	}
	d, err := store.Received(body)
	if err == nil {
		err = c.Sound(d)
	}
	if err != nil {
		return store.Document{}, broken(err)
	}
	return d, nil
}

// notEOF keeps an end in the midst of a document from being taken for the end.
func notEOF(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

// portable finds a collection by name.
func portable(name string) (store.Collection, error) {
	all := store.Portable()
	i := slices.IndexFunc(all, func(c store.Collection) bool { return c.Name == name })
	if i < 0 {
		return store.Collection{}, newer()
	}
	return all[i], nil
}

// unreadable is the answer to a file that cannot be read at all.
func unreadable(err error) error {
	return fault.Wrap(fault.Unavailable, "backup_unreadable", "The backup file cannot be read; check its name and who may read it.", err)
}
