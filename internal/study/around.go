package study

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"strings"

	"holon/internal/session"
)

// around is what stands around the rows of one group: numbers hang on it although no row
// says it. The kind of a session decides whether it counts, the day of it how far two are
// apart, why somebody left what a fall came to, and items how far people agree who have
// the same scores.
type around struct {
	spells   map[session.MemberID]uint64 // of members' belonging to it
	here     uint64                      // of the session at hand
	ruptures map[session.MemberID]uint64 // that were entered of it
	text     []byte
}

// begin forgets the group before.
func (a *around) begin() {
	a.here = 0
	clear(a.spells)
	clear(a.ruptures)
}

// group takes the spells of a group's members.
func (a *around) group(g *session.Group) {
	for i := range g.Spells {
		x := &g.Spells[i]
		a.spells[x.MemberID] = hash64(fmt.Sprint(a.spells[x.MemberID]) + strings.Join(spellFields(x), "\t"))
	}
}

// session takes a session's frame.
func (a *around) session(s *session.Session) {
	lines := sessionFields(s)
	for _, t := range s.Therapists {
		lines = append(lines, presenceFields(t)...)
	}
	a.here = hash64(strings.Join(lines, "\t"))
	clear(a.ruptures)
	for i := range s.Ruptures {
		x := &s.Ruptures[i]
		a.ruptures[x.MemberID] = hash64(fmt.Sprint(a.ruptures[x.MemberID]) + strings.Join(ruptureFields(x), "\t"))
	}
}

// hash is the hash of a row of a member with what stands around it, and with what else
// is in it.
func (a *around) hash(row uint64, m session.MemberID, with string) uint64 {
	a.text = a.text[:0]
	for _, part := range [...]uint64{row, a.here, a.spells[m], a.ruptures[m]} {
		a.text = binary.BigEndian.AppendUint64(a.text, part)
	}
	sum := sha256.Sum256(append(a.text, with...))
	return binary.BigEndian.Uint64(sum[:8]) % fieldSize
}

// answersText is what was answered to each item, and whether after the sum was seen.
func answersText(x *session.Rating) string {
	var room [128]byte
	out := room[:0]
	if x.AfterSeeing {
		out = append(out, "after seeing"...)
	}
	for _, a := range x.Answers {
		out = appendAnswer(append(out, '\t'), a)
	}
	return string(out)
}
