package study

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"io"
	"strings"

	"holon/internal/fault"
	"holon/internal/session"
)

// KeyBytes is the length of a study's key.
const KeyBytes = 32

// Pseudonyms gives everybody and everything of a study a name that says nothing.
// The same key gives the same names in every snapshot, so that two of them can be
// compared; nobody without the key finds the way back. The key is kept apart from
// the snapshots.
type Pseudonyms struct{ key []byte }

// NewPseudonyms returns the names that a study's key gives.
func NewPseudonyms(key []byte) Pseudonyms { return Pseudonyms{key: key} }

// pseudonymLetters of 5 bits each make a name: 80 bits, so that two of a million
// people share one with a chance below 10^-12.
const pseudonymLetters = 16

// of returns the name of one thing of a kind.
func (p Pseudonyms) of(kind, id string) string {
	mac := hmac.New(sha256.New, p.key)
	mac.Write([]byte(kind + "\x00" + id))
	return kind + "-" + strings.ToLower(base32.StdEncoding.EncodeToString(mac.Sum(nil))[:pseudonymLetters])
}

// Group returns a group's name.
func (p Pseudonyms) Group(id session.GroupID) session.GroupID {
	return session.GroupID(p.of("g", string(id)))
}

// Member returns a member's name.
func (p Pseudonyms) Member(id session.MemberID) session.MemberID {
	return session.MemberID(p.of("m", string(id)))
}

// Therapist returns a therapist's name.
func (p Pseudonyms) Therapist(id session.TherapistID) session.TherapistID {
	return session.TherapistID(p.of("t", string(id)))
}

// observer returns an observer's name.
func (p Pseudonyms) observer(id string) string { return p.of("o", id) }

// goal returns a goal's name.
func (p Pseudonyms) goal(id session.GoalID) session.GoalID {
	return session.GoalID(p.of("z", string(id)))
}

// withheld returns the name of a member without consent, of whom nothing but a
// place in the group is kept.
func (p Pseudonyms) withheld(id session.MemberID) session.MemberID {
	return session.MemberID(p.of("x", string(id)))
}

// NewKey draws a study's key from random.
func NewKey(random io.Reader) ([]byte, error) {
	key := make([]byte, KeyBytes)
	if _, err := io.ReadFull(random, key); err != nil {
		return nil, fault.Wrap(fault.Internal, "no_randomness", "No key could be made.", err)
	}
	return key, nil
}
