package store

import (
	"encoding/binary"
	"errors"

	"holon/internal/study"
)

// packContributions writes who stands behind a release: a byte that says which layout
// this is, and then for each measure its name with its length, and two lists with theirs,
// of people and of groups; of each three numbers of eight bytes. Lengths are of four
// bytes; the order of bytes is the network's. Nothing is written of none.
func packContributions(x *study.Contributions) []byte {
	if len(x.Measures) == 0 {
		return nil
	}
	size := 1
	for _, m := range x.Measures {
		size += 12 + len(m.Measure) + contributionBytes*(len(m.People)+len(m.Groups))
	}
	out := append(make([]byte, 0, size), packedLayout)
	for _, m := range x.Measures {
		out = appendLength(out, len(m.Measure))
		out = append(out, m.Measure...)
		for _, part := range [][]study.Contribution{m.People, m.Groups} {
			out = appendLength(out, len(part))
			for _, c := range part {
				for _, n := range [...]uint64{c.Of, c.Digest, c.Around} {
					out = binary.BigEndian.AppendUint64(out, n)
				}
			}
		}
	}
	return out
}

// contributionBytes is how many bytes one contribution takes.
const contributionBytes = 24

// packedLayout is the layout. There was one without the byte, which began with 0 and
// said nothing of what stands around rows: what it says cannot be held against later
// releases, and is read as that nobody is known to stand behind the release.
const packedLayout = 1

// appendLength writes the length of what follows.
func appendLength(to []byte, n int) []byte {
	return binary.BigEndian.AppendUint32(to, uint32(n)) //nolint:gosec // a document has at most MaxDocument bytes, far below the limit of a uint32
}

// errPacked says that bytes are not who stands behind a release.
var errPacked = errors.New("who stands behind the release cannot be read")

// packed walks what packContributions wrote. The first fault stays.
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

// length returns the length of what follows, of which each takes so many bytes.
func (p *packed) length(each int) int {
	b := p.take(4)
	if b == nil {
		return 0
	}
	n := int(binary.BigEndian.Uint32(b))
	if n > len(p.rest)/each {
		p.failed = true
		return 0
	}
	return n
}

// contributions returns a list of them; nil for an empty one.
func (p *packed) contributions() []study.Contribution {
	n := p.length(contributionBytes)
	if n == 0 {
		return nil
	}
	out := make([]study.Contribution, n)
	for i := range out {
		b := p.take(contributionBytes)
		if b == nil {
			return nil
		}
		out[i] = study.Contribution{Of: binary.BigEndian.Uint64(b), Digest: binary.BigEndian.Uint64(b[8:]), Around: binary.BigEndian.Uint64(b[16:])}
	}
	return out
}

// unpackContributions reads what packContributions wrote.
func unpackContributions(b []byte) (study.Contributions, error) {
	var out study.Contributions
	if len(b) == 0 || b[0] != packedLayout {
		return out, nil
	}
	p := &packed{rest: b[1:]}
	for len(p.rest) > 0 && !p.failed {
		m := study.MeasureContributions{Measure: string(p.take(p.length(1)))}
		m.People, m.Groups = p.contributions(), p.contributions()
		out.Measures = append(out.Measures, m)
	}
	if p.failed {
		return study.Contributions{}, errPacked
	}
	return out, nil
}
