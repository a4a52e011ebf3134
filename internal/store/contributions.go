package store

import (
	"cmp"
	"encoding/binary"
	"errors"
	"slices"

	"holon/internal/study"
)

// packContributions writes who stands behind a release: for each measure its name
// with its length, and two lists with theirs, of people and of groups; of each the
// two numbers of eight bytes and one byte that says whether it is a family.
// Lengths are of four bytes; the order of bytes is the network's.
func packContributions(x *study.Contributions) []byte {
	size := 0
	for _, m := range x.Measures {
		size += 12 + len(m.Measure) + contributionBytes*(len(m.People)+len(m.Groups))
	}
	out := make([]byte, 0, size)
	for _, m := range x.Measures {
		out = appendLength(out, len(m.Measure))
		out = append(out, m.Measure...)
		for _, part := range [][]study.Contribution{m.People, m.Groups} {
			out = appendLength(out, len(part))
			for _, c := range part {
				out = binary.BigEndian.AppendUint64(out, study.Whose(c.Of, false))
				out = binary.BigEndian.AppendUint64(out, c.Digest)
				family := byte(0)
				if c.Family() {
					family = 1
				}
				out = append(out, family)
			}
		}
	}
	return out
}

// contributionBytes is how many bytes one contribution takes.
const contributionBytes = 17

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
		if b == nil || b[16] > 1 {
			p.failed = true
			return nil
		}
		out[i] = study.Contribution{Of: study.Whose(binary.BigEndian.Uint64(b), b[16] == 1), Digest: binary.BigEndian.Uint64(b[8:])}
	}
	if !slices.IsSortedFunc(out, byOf) { // earlier versions of Holon put families beside groups
		slices.SortFunc(out, byOf)
	}
	return out
}

// byOf orders contributions as lists of them are.
func byOf(a, b study.Contribution) int { return cmp.Compare(a.Of, b.Of) }

// unpackContributions reads what packContributions wrote.
func unpackContributions(b []byte) (study.Contributions, error) {
	var out study.Contributions
	p := &packed{rest: b}
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
