package analysis

import (
	"fmt"
	"slices"
	"strings"

	"holon/internal/instrument"
	"holon/internal/session"
)

// Informant is who reported about a member, where it was not the member.
type Informant struct {
	Kind instrument.RaterKind
	ID   string
	Role session.MemberRole // of a member, at the last report; empty of others
}

// InformantDocument is who reported about a member.
type InformantDocument struct {
	Kind string  `json:"kind"`
	ID   string  `json:"id"`
	Role *string `json:"role"` // of a member, at the last report
}

// document returns the informant as it is written, nil for none.
func (i *Informant) document() *InformantDocument {
	if i == nil {
		return nil
	}
	return &InformantDocument{Kind: string(i.Kind), ID: i.ID, Role: orNull(string(i.Role))}
}

// about says in words who reports about a member, or names the member alone.
func (i *Informant) about(member string) string {
	switch {
	case i == nil:
		return "member " + member
	case i.Role != "":
		return fmt.Sprintf("%s %s about %s", i.Role, i.ID, member)
	default:
		return fmt.Sprintf("%s %s about %s", i.Kind, i.ID, member)
	}
}

// capital begins a sentence.
func capital(said string) string { return strings.ToUpper(said[:1]) + said[1:] }

// key orders informants, the member's own word first.
func (i *Informant) key() string {
	if i == nil {
		return ""
	}
	return string(i.Kind) + " " + i.ID
}

// informantOf returns who reports in a series, nil where the member speaks.
func informantOf(g *session.Group, sessions []*session.Session, line *session.Series) *Informant {
	if !line.Unit.Reported() {
		return nil
	}
	by := line.Unit.Informant
	out := &Informant{Kind: by.Kind, ID: by.ID}
	if by.Kind != instrument.RaterMember {
		return out
	}
	for i := range line.Points {
		if line.Points[i].Gap != session.GapNone {
			continue
		}
		at := slices.IndexFunc(sessions, func(s *session.Session) bool { return s.ID == line.Points[i].SessionID })
		if spell, ok := g.SpellIn(sessions[at], session.MemberID(by.ID)); ok {
			out.Role = spell.Role
		}
	}
	return out
}
