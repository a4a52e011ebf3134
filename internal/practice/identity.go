package practice

import (
	"crypto/sha256"
	"encoding/base32"
	"encoding/binary"
	"hash"
	"io"
	"strings"

	"holon/internal/fault"
)

// idChars is how many characters of 5 bits follow an identifier's prefix: 100
// bits do not meet by chance.
const idChars = 20

// The prefixes that say what an identifier is of.
const (
	groupPrefix     = "g-"
	memberPrefix    = "m-"
	therapistPrefix = "t-"
	sessionPrefix   = "s-"
	formPrefix      = "f-"
	entryPrefix     = "e-"

	goalPrefix      = "goal-"
	objectivePrefix = "o-"
	studyPrefix     = "st-"
	snapshotPrefix  = "sn-"
	releasePrefix   = "rl-"
)

// key names principal and Idempotency-Key in a document, as a hash: keys are
// the client's and may hold anything. It is empty when no key was sent.
func (rq Request) key() string {
	if rq.Key == "" {
		return ""
	}
	return encode(digest("key", rq.Principal.ID, rq.Key))[:32]
}

// newID returns the identifier of what a request creates. With an
// Idempotency-Key it derives from principal, key and scope, so that the
// repeated request creates the same thing; without, it is random.
func (p *Practice) newID(rq Request, prefix string, scope ...string) (string, error) {
	if rq.Key != "" {
		parts := append([]string{"id", prefix, rq.Principal.ID, rq.Key}, scope...)
		return prefix + encode(digest(parts...))[:idChars], nil
	}
	return p.randomID(prefix)
}

// randomID draws an identifier.
func (p *Practice) randomID(prefix string) (string, error) {
	bits := make([]byte, 13) // 104 bits: 20 characters and a rest
	p.random.Lock()
	defer p.random.Unlock()
	if _, err := io.ReadFull(p.deps.Random, bits); err != nil {
		return "", fault.Wrap(fault.Internal, "no_randomness", "No identifier could be made.", err)
	}
	return prefix + encode(bits)[:idChars], nil
}

// digest hashes the parts with their lengths, so that no two lists of parts
// are the same text.
func digest(parts ...string) []byte {
	h := sha256.New()
	for _, s := range parts {
		writePart(h, s)
	}
	return h.Sum(nil)
}

// writePart writes one part after its length. A hash never fails to be written.
func writePart(h hash.Hash, s string) {
	var length [8]byte
	binary.BigEndian.PutUint64(length[:], uint64(len(s)))
	h.Write(length[:])
	h.Write([]byte(s))
}

// encode writes bytes as lower-case base32, which identifiers may hold.
func encode(b []byte) string {
	return strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(b))
}
