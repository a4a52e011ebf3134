package store

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"iter"

	"holon/internal/fault"
	"holon/internal/study"
)

// contributionsCollection holds the lists of what stands behind releases, in parts, by
// study, hash of the list and number of the part (`<study>.<sha256>.<000001>`).
func contributionsCollection() Collection {
	return Collection{Name: "contributions"}
}

// Contributions keeps the lists of what stands behind releases. What is in a list names
// it, so that the same one is stored once and never changed; one that no release came of
// stays.
type Contributions struct {
	engine Engine
}

// NewContributions returns the contributions of an engine.
func NewContributions(e Engine) *Contributions { return &Contributions{engine: e} }

// inPart is how many contributions are in a part.
const inPart = 2048

// Keep stores lists, of which a part at a time is in memory, and returns them as lists
// that are read from here. It may be repeated.
func (p *Contributions) Keep(ctx context.Context, id study.ID, counted *study.Standing) (*study.Standing, error) {
	out := &study.Standing{}
	for _, m := range counted.Measures {
		next := study.MeasureStanding{Measure: m.Measure}
		from, to := lists(&m), lists(&next)
		for i := range from {
			if from[i].Len == 0 {
				continue
			}
			var err error
			if *to[i], err = p.keep(ctx, id, from[i]); err != nil {
				return nil, err
			}
		}
		out.Measures = append(out.Measures, next)
	}
	return out, nil
}

// keep stores one list.
func (p *Contributions) keep(ctx context.Context, id study.ID, from *study.List) (study.List, error) {
	sum := sha256.New()
	for packed, err := range packedParts(ctx, from) {
		if err != nil {
			return study.List{}, err
		}
		_, _ = sum.Write(packed) // a hash has no errors
	}
	list := study.List{Len: from.Len, SHA256: hex.EncodeToString(sum.Sum(nil))}
	list.Part = p.reader(id, list)
	// Parts are stored in their order: where the last is, all are.
	_, err := p.engine.Get(ctx, contributionsCollection(), partName(id, list.SHA256, parts(list.Len)-1), []string{})
	if err == nil {
		return list, nil
	}
	if !fault.Is(err, fault.NotFound) {
		return study.List{}, err
	}
	return list, p.storeParts(ctx, id, &list, from)
}

// storeParts stores the parts of a list, a few at once.
func (p *Contributions) storeParts(ctx context.Context, id study.ID, list, from *study.List) error {
	var docs []Document
	i := 0
	for packed, err := range packedParts(ctx, from) {
		if err != nil {
			return err
		}
		w := newWriting(len(packed) + 256)
		name := partName(id, list.SHA256, i)
		w.text("_id", name)
		w.revision("rev", 1)
		w.whole("schema", recordSchema)
		w.binary("part", packed)
		docs = append(docs, Document{ID: name, Rev: 1, Body: w.bytes()})
		if i++; len(docs) < partsAtOnce && i < parts(list.Len) {
			continue
		}
		if err := insertAll(ctx, p.engine, contributionsCollection(), docs); err != nil {
			return err
		}
		docs = docs[:0]
	}
	return nil
}

// packedParts yields a list in parts as they are stored, in memory that is used again for
// the next.
func packedParts(ctx context.Context, from *study.List) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		out, left := make([]byte, 0, inPart*study.ContributionBytes), from.Len
		for i := 0; left > 0; i++ {
			got, err := from.Part(ctx, i)
			if err == nil && (len(got) == 0 || len(got) > left) {
				err = errPacked
			}
			if err != nil {
				yield(nil, err)
				return
			}
			left -= len(got)
			for _, c := range got {
				out = c.Pack(out)
				if len(out) == inPart*study.ContributionBytes {
					if !yield(out, nil) {
						return
					}
					out = out[:0]
				}
			}
		}
		if len(out) > 0 {
			yield(out, nil)
		}
	}
}

// partsAtOnce is how many parts are stored at once.
const partsAtOnce = 4

// parts is of how many parts a list is.
func parts(n int) int { return (n + inPart - 1) / inPart }

// partName is the identifier of a part.
func partName(id study.ID, sum string, i int) string { return fmt.Sprintf("%s.%s.%06d", id, sum, i+1) }

// reader reads the parts of a list.
func (p *Contributions) reader(id study.ID, list study.List) func(context.Context, int) ([]study.Contribution, error) {
	return func(ctx context.Context, i int) ([]study.Contribution, error) {
		if i >= parts(list.Len) {
			return nil, nil
		}
		d, err := p.engine.Get(ctx, contributionsCollection(), partName(id, list.SHA256, i), nil)
		if err != nil {
			return nil, err
		}
		return readPart(d)
	}
}

// readPart reads a part: of each contribution three numbers of eight bytes, in the
// network's order.
func readPart(d Document) ([]study.Contribution, error) {
	var out []study.Contribution
	err := readRecord(contributionsCollection(), d, func(r *reading) bool {
		if string(r.key) != "part" {
			return false
		}
		b := r.binary()
		if len(b)%study.ContributionBytes != 0 {
			r.fail(errPacked)
			return true
		}
		out = make([]study.Contribution, len(b)/study.ContributionBytes)
		for i := range out {
			out[i] = study.Unpack(b, i)
		}
		return true
	}, func() bool { return len(out) > 0 })
	return out, err
}

// open lets the lists of a release that was read be read.
func (p *Contributions) open(id study.ID, s *study.Standing) {
	for i := range s.Measures {
		m := &s.Measures[i]
		for _, list := range lists(m) {
			if list.Len > 0 {
				list.Part = p.reader(id, *list)
			}
		}
	}
}

// lists are the four of a measure, in the order in which they are packed.
func lists(m *study.MeasureStanding) [4]*study.List {
	return [...]*study.List{&m.People.Therapy, &m.People.Families, &m.Groups.Therapy, &m.Groups.Families}
}

// packStanding writes what stands behind a release without the lists themselves: a byte
// that says which layout this is, and then for each measure its name with its length, and
// of four lists the length and, where it is not 0, the hash of 32 bytes. Lengths are of
// four bytes in the network's order. Nothing is written of none.
func packStanding(x *study.Standing) ([]byte, error) {
	if len(x.Measures) == 0 {
		return nil, nil
	}
	out := []byte{packedLayout}
	for i := range x.Measures {
		m := &x.Measures[i]
		out = appendLength(out, len(m.Measure))
		out = append(out, m.Measure...)
		for _, list := range lists(m) {
			out = appendLength(out, list.Len)
			if list.Len == 0 {
				continue
			}
			sum, err := hex.DecodeString(list.SHA256)
			if err != nil || len(sum) != sha256.Size {
				return nil, errPacked
			}
			out = append(out, sum...)
		}
	}
	return out, nil
}

// packedLayout is the layout. There were two, of the bytes 0 and 1, with the lists in
// them: what they say is read as that nobody is known to stand behind the release.
const packedLayout = 2

// appendLength writes the length of what follows.
func appendLength(to []byte, n int) []byte {
	return binary.BigEndian.AppendUint32(to, uint32(n)) //nolint:gosec // of people, or of the bytes of a name
}

// errPacked says that bytes are not who stands behind a release.
var errPacked = errors.New("who stands behind the release cannot be read")

// packed walks what packStanding wrote. The first fault stays.
type packed struct {
	rest   []byte
	failed bool
}

// take returns the next n bytes.
func (p *packed) take(n int) []byte {
	if p.failed || n > len(p.rest) {
		p.failed = true
		return nil
	}
	out := p.rest[:n]
	p.rest = p.rest[n:]
	return out
}

// length returns a length.
func (p *packed) length() int {
	b := p.take(4)
	if b == nil {
		return 0
	}
	return int(binary.BigEndian.Uint32(b))
}

// unpackStanding reads what packStanding wrote.
func unpackStanding(b []byte) (study.Standing, error) {
	var out study.Standing
	if len(b) == 0 || b[0] != packedLayout {
		return out, nil
	}
	p := &packed{rest: b[1:]}
	for len(p.rest) > 0 && !p.failed {
		m := study.MeasureStanding{Measure: string(p.take(p.length()))}
		for _, list := range lists(&m) {
			if list.Len = p.length(); list.Len > 0 {
				list.SHA256 = hex.EncodeToString(p.take(sha256.Size))
			}
		}
		out.Measures = append(out.Measures, m)
	}
	if p.failed {
		return study.Standing{}, errPacked
	}
	return out, nil
}
