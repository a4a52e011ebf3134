package store

import (
	"context"
	"errors"
	"fmt"
	"iter"

	"holon/internal/fault"
	"holon/internal/instrument"
)

// Instruments keeps a copy of every version of an instrument that was used, so
// that answers are scored for ever by the definition they were given to.
type Instruments struct {
	engine Engine
}

// NewInstruments returns the instruments of an engine.
func NewInstruments(e Engine) *Instruments { return &Instruments{engine: e} }

// Copy keeps a version at its first use. To copy the same again changes
// nothing; another content under the same version is the Conflict
// "instrument_changed".
func (i *Instruments) Copy(ctx context.Context, d *instrument.Definition) error {
	id := d.Ref.String()
	failed := insertRecord(ctx, i.engine, instrumentsCollection(), id, instrumentDocument(d, 1))
	if fault.RuleOf(failed) != "id_taken" {
		return failed
	}
	there, err := i.Get(ctx, d.Ref)
	if err != nil {
		return err
	}
	if there.SHA256 != d.SHA256 {
		return fault.New(fault.Conflict, "instrument_changed",
			fmt.Sprintf("%s was used with another content. A version never changes: put the old content back, or give the new one a version of its own.", id))
	}
	return nil
}

// Add keeps a version that the practice gave through the service, to be used
// although no file has it. A copy that was taken at first use, when a file still
// had it, becomes such a version. To add the same again changes nothing; another
// content under the same version is the Conflict "instrument_redefined".
func (i *Instruments) Add(ctx context.Context, d *instrument.Definition) error {
	added := *d
	added.Own = true
	c, id := instrumentsCollection(), d.Ref.String()
	for {
		failed := insertRecord(ctx, i.engine, c, id, instrumentDocument(&added, 1))
		if fault.RuleOf(failed) != "id_taken" {
			return failed
		}
		there, err := i.engine.Get(ctx, c, id, nil)
		if err != nil {
			return err
		}
		known, err := readInstrument(there)
		switch {
		case err != nil:
			return err
		case known.SHA256 != d.SHA256:
			return fault.New(fault.Conflict, "instrument_redefined",
				fmt.Sprintf("%s is known with another content. A version never changes: give this one a version or an id of its own.", id))
		case known.Own:
			return nil
		}
		next := Document{ID: id, Rev: there.Rev + 1, Body: instrumentDocument(&added, there.Rev+1).bytes()}
		if err := i.engine.Replace(ctx, c, next, there.Rev); !fault.Is(err, fault.Stale) {
			return err
		}
	}
}

// instrumentDocument begins the document of a version.
func instrumentDocument(d *instrument.Definition, rev int64) *writing {
	canonical := d.Canonical()
	w := newWriting(len(canonical) + 256)
	w.text("_id", d.Ref.String())
	w.revision("rev", rev)
	w.whole("schema", recordSchema)
	writeInstrumentRef(w, d.Ref)
	w.text("sha256", d.SHA256)
	w.text("definition", string(canonical))
	w.truthIfSo("own", d.Own)
	return w
}

// Get reads the copy of a version. NotFound says that it was never used.
func (i *Instruments) Get(ctx context.Context, ref instrument.Ref) (*instrument.Definition, error) {
	d, err := i.engine.Get(ctx, instrumentsCollection(), ref.String(), nil)
	if err != nil {
		return nil, err
	}
	return readInstrument(d)
}

// All streams every copy, by id and version.
func (i *Instruments) All(ctx context.Context) iter.Seq2[*instrument.Definition, error] {
	return records(ctx, i.engine, Query{Collection: instrumentsCollection()}, readInstrument)
}

// readInstrument reads a copy, and refuses one whose content is not that of its
// hash.
func readInstrument(d Document) (*instrument.Definition, error) {
	var (
		sha, canonical string
		own            bool
		ref            instrument.Ref
		dec            decoder
	)
	err := readRecord(instrumentsCollection(), d, func(r *reading) bool {
		switch string(r.key) {
		case "instrument":
			in := r.document()
			r.fail(dec.readInstrument(&in, &ref))
		case "sha256":
			sha = r.text()
		case "definition":
			canonical = r.text()
		case "own":
			own = r.truth()
		default:
			return false
		}
		return true
	}, func() bool { return sha != "" && ref.String() == d.ID })
	if err != nil {
		return nil, err
	}
	def, err := instrument.Restore([]byte(canonical))
	if err == nil && (def.SHA256 != sha || def.Ref != ref) {
		err = errors.New("the content is not that of its SHA-256 or its version")
	}
	if err != nil {
		return nil, damaged(instrumentsCollection().Name, d.ID, err)
	}
	def.Own = own
	return def, nil
}
