package instrument

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"math"

	"github.com/go-playground/validator/v10"

	"holon/internal/fault"
	"holon/internal/strictjson"
)

// maxFile bounds a definition's file in bytes; the longest instruments take a
// tenth of it.
const maxFile = 1 << 20

// Parse reads one definition file. It answers a valid definition or every
// fault found, with JSON pointers: first those of reading, then those of
// shape, then those of meaning; later ones would be guesses while earlier ones
// stand.
func Parse(data []byte) (*Definition, error) {
	v, err := newShapes()
	if err != nil {
		return nil, err
	}
	return parse(v, data)
}

// parse is Parse with the validator given.
func parse(v *validator.Validate, data []byte) (*Definition, error) {
	var f file
	if err := strictjson.Decode(bytes.NewReader(data), maxFile, &f); err != nil {
		return nil, err
	}
	if err := checkShape(v, &f); err != nil {
		return nil, err
	}
	d := f.definition()
	if err := d.check(); err != nil {
		return nil, err
	}
	return d.seal()
}

// seal gives a definition its canonical form and hash.
func (d *Definition) seal() (*Definition, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(d.file()); err != nil {
		return nil, fault.Wrap(fault.Internal, "canonical_form", "The definition cannot be written.", err)
	}
	d.setCanonical(bytes.TrimRight(b.Bytes(), "\n"))
	return d, nil
}

// setCanonical keeps the canonical bytes and their hash.
func (d *Definition) setCanonical(canonical []byte) {
	sum := sha256.Sum256(canonical)
	d.canonical, d.SHA256 = canonical, hex.EncodeToString(sum[:])
}

// Canonical returns the definition's one serialisation: the same content gives
// the same bytes, whatever the file's spacing and order of keys and raters.
// SHA256 is of these bytes; Restore reads them.
func (d *Definition) Canonical() []byte { return bytes.Clone(d.canonical) }

// Restore reads a canonical definition back from the store. It checks only
// what scoring cannot do without, so that nothing once used becomes unreadable
// when today's rules grow stricter; keys of a later version are let pass. The
// definition keeps the very bytes it was given, and so their hash.
func Restore(canonical []byte) (*Definition, error) {
	var f file
	if err := json.Unmarshal(canonical, &f); err != nil {
		return nil, unreadable("it is not a definition")
	}
	if f.ID == "" || f.Version == "" || len(f.Items) == 0 {
		return nil, unreadable("it has no id, no version or no items")
	}
	for i := range f.Scores {
		if len(f.Scores[i].Items) == 0 {
			return nil, unreadable("a score has no items")
		}
	}
	d := f.definition()
	for i, it := range d.Items {
		if it.Number != i+1 || !it.Level.Valid() || it.Min >= it.Max || it.Step <= 0 {
			return nil, unreadable("its items are out of order, or one has no level or no range")
		}
	}
	for i := range d.Scores {
		s := &d.Scores[i]
		for _, n := range s.Items {
			if n < 1 || n > len(d.Items) {
				return nil, unreadable("a score has an item that the form does not have")
			}
		}
		if !s.Method.valid() || math.IsNaN(s.Factor) || s.Factor <= 0 {
			return nil, unreadable("a score is made in a way this version of Holon does not know")
		}
	}
	d.setCanonical(bytes.Clone(canonical))
	return d, nil
}

// unreadable answers for a stored copy that cannot be used.
func unreadable(why string) error {
	return fault.New(fault.Internal, "instrument_unreadable", "A stored copy of an instrument cannot be read: "+why+".")
}
