package archive

import (
	"archive/zip"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"time"

	"holon/internal/fault"
	"holon/internal/store"
)

// Progress is told how far it is: a stage, and how many documents of it are done
// of how many, 0 where nobody knows.
type Progress func(stage string, done, total int)

// Source is what a backup is made of.
type Source struct {
	Engine   store.Engine
	Name     string // of the engine, for the manifest: sqlite or mongodb
	Live     bool   // it may be written while it is read
	Holon    string // this version
	MadeAt   time.Time
	Progress Progress // nil tells nobody
}

// Write writes a backup as a stream and returns its manifest. A document that no
// store would take is put aside and named in the manifest.
func Write(ctx context.Context, to io.Writer, source Source) (*Manifest, error) {
	w := &writer{
		source: source, zip: zip.NewWriter(to), revisions: map[string]int64{},
		manifest: &Manifest{
			Format: format, Version: formatVersion, Holon: source.Holon, MadeAt: source.MadeAt.UTC().Truncate(time.Millisecond),
			Engine: source.Name, Read: readSnapshot, Collections: []Collection{}, Damaged: []Damaged{},
		},
	}
	if source.Live {
		w.manifest.Read = readInOrder
	}
	if err := store.CheckFinished(ctx, source.Engine); err != nil {
		return nil, err
	}
	for _, c := range store.Portable() {
		if err := w.collection(ctx, c); err != nil {
			return nil, err
		}
	}
	if err := w.putAside(); err != nil {
		return nil, err
	}
	w.manifest.Digest = w.manifest.Digests().SHA256()
	text, err := json.MarshalIndent(w.manifest, "", "  ")
	if err != nil {
		return nil, fault.Wrap(fault.Internal, "manifest_unwritable", "The manifest cannot be written.", err)
	}
	if len(text) >= maxManifest {
		return nil, fault.New(fault.Internal, "manifest_too_large", "More documents are damaged than a backup can name. Copy the data themselves, the stopped service's directory or the database, before anything else is done.")
	}
	entry, err := w.entry(manifestName)
	if err != nil {
		return nil, err
	}
	if _, err := entry.Write(append(text, '\n')); err != nil {
		return nil, unwritable(err)
	}
	if err := w.zip.Close(); err != nil {
		return nil, unwritable(err)
	}
	return w.manifest, nil
}

// writer is one backup being written.
type writer struct {
	source    Source
	zip       *zip.Writer
	manifest  *Manifest
	revisions map[string]int64 // of every document but history, by its name there
	aside     [][]byte         // damaged documents, beside manifest.Damaged
}

// entry begins an entry of the ZIP file.
func (w *writer) entry(name string) (io.Writer, error) {
	e, err := w.zip.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: w.manifest.MadeAt})
	if err != nil {
		return nil, unwritable(err)
	}
	return e, nil
}

// collection writes the documents of a collection. One without any has no entry.
func (w *writer) collection(ctx context.Context, c store.Collection) error {
	var entry io.Writer
	tally, schemas := store.NewTallying(c), map[int]bool{}
	done := 0
	for d, err := range w.source.Engine.Query(ctx, store.Query{Collection: c}) {
		if err != nil {
			return err
		}
		belongs, err := w.belongs(ctx, c, d)
		if err != nil {
			return err
		}
		if !belongs {
			w.manifest.Later++
			continue
		}
		if c.Sound(d) != nil {
			w.damaged(c, d)
			continue
		}
		if entry == nil {
			if entry, err = w.entry(c.Name + suffix); err != nil {
				return err
			}
		}
		if err := tally.Add(d); err != nil {
			return err
		}
		if _, err := entry.Write(d.Body); err != nil {
			return unwritable(err)
		}
		schemas[store.SchemaOf(d)] = true
		done++
		w.tell(c, done)
	}
	if entry != nil {
		w.manifest.Collections = append(w.manifest.Collections, Collection{Name: c.Name, Tally: tally.Tally(), Schemas: slices.Sorted(maps.Keys(schemas))})
	}
	return nil
}

// tell tells how far it is, now and then.
func (w *writer) tell(c store.Collection, done int) {
	if w.source.Progress != nil && done%256 == 1 {
		w.source.Progress("reading "+c.Name, done, 0)
	}
}

// belongs tells whether a document is part of the backup. Only an entry of
// history may not be: beside writers it can be about a revision, or a document,
// that came after the documents were read. Such an entry is left out if the
// document as it now is proves that; what is wrong with a history otherwise
// stays in the backup, as it is in the store.
func (w *writer) belongs(ctx context.Context, c store.Collection, d store.Document) (bool, error) {
	if !w.source.Live {
		return true, nil
	}
	name, rev, ok := store.Superseded(c, d)
	if !ok {
		w.revisions[store.DocumentName(c, d.ID)] = d.Rev
		return true, nil
	}
	read, wasRead := w.revisions[name]
	if wasRead && rev <= read {
		return true, nil
	}
	now, err := w.revisionNow(ctx, name)
	return now < rev, err
}

// revisionNow returns the revision that a document has now, 0 if it is not
// there.
func (w *writer) revisionNow(ctx context.Context, name string) (int64, error) {
	for _, c := range store.Portable() {
		id, is := cutName(c, name)
		if !is {
			continue
		}
		d, err := w.source.Engine.Get(ctx, c, id, []string{})
		if fault.Is(err, fault.NotFound) {
			return 0, nil
		}
		return d.Rev, err
	}
	return 0, nil
}

// cutName returns the identifier in a document's name, if it is of this
// collection.
func cutName(c store.Collection, name string) (id string, is bool) {
	prefix := store.DocumentName(c, "")
	if len(name) <= len(prefix) || name[:len(prefix)] != prefix {
		return "", false
	}
	return name[len(prefix):], true
}

// damaged puts a document aside that no store would take.
func (w *writer) damaged(c store.Collection, d store.Document) {
	w.manifest.Damaged = append(w.manifest.Damaged, Damaged{
		Entry: fmt.Sprintf("%s%04d", damagedDir, len(w.aside)+1), Collection: c.Name, ID: d.ID,
	})
	w.aside = append(w.aside, d.Body)
}

// putAside writes the damaged documents, each an entry of its own.
func (w *writer) putAside() error {
	for i, body := range w.aside {
		entry, err := w.entry(w.manifest.Damaged[i].Entry)
		if err != nil {
			return err
		}
		if _, err := entry.Write(body); err != nil {
			return unwritable(err)
		}
	}
	return nil
}

// unwritable is the answer where the backup cannot be written. What a caller's
// own writer says goes through.
func unwritable(err error) error {
	if fault.RuleOf(err) != "" {
		return err
	}
	return fault.Wrap(fault.Unavailable, "backup_unwritable", "The backup cannot be written; check that there is room, and who may write there.", err)
}
