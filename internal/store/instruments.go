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
	canonical := d.Canonical()
	w := record(id, len(canonical)+256)
	w.document("instrument")
	w.text("id", d.Ref.ID)
	w.text("version", d.Ref.Version)
	w.end()
	w.text("sha256", d.SHA256)
	w.text("definition", string(canonical))
	failed := insertRecord(ctx, i.engine, instrumentsCollection(), id, w)
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
	return def, nil
}
