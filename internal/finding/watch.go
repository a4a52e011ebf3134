package finding

import (
	"context"
	"iter"
	"slices"

	"holon/internal/instrument"
	"holon/internal/session"
)

// History is what rules about the course of one group look through.
type History struct {
	Group      *session.Group
	Sessions   []*session.Session // all that can be read, by number, with their alliances and outcomes
	Definition func(instrument.Ref) (*instrument.Definition, bool)
}

// Watch is the rules about courses, such as a fall against the weeks before, that no
// session shows by itself.
type Watch interface {
	// Calibrate reads all histories once, for what the rules measure by: how far
	// members' answers scatter in this practice, and how much its therapists bear.
	Calibrate(ctx context.Context, histories iter.Seq2[*History, error], settings *Settings) (Calibrated, error)
}

// Calibrated is the rules with what they measure by.
type Calibrated interface {
	// Grounds returns every ground in a history, in closed sessions alone. The same
	// history has the same grounds.
	Grounds(h *History) []Ground
	// Places returns everywhere that something still stands out, in closed sessions, by
	// limits that are no narrower than any budget's: an alarm or a sign whose place is
	// none of them rests on nothing any more. They hang on a budget as little as on
	// what the rest of the practice said since.
	Places(h *History) []Ground
}

// SamePlace tells whether two grounds are of one member, or the group as a whole, in
// one session and one measure: alarms whatever the rule, and signs of one rule.
func (g *Ground) SamePlace(other *Ground) bool {
	return g.Session == other.Session && g.sameMatter(other)
}

// sameMatter is SamePlace in any session.
func (g *Ground) sameMatter(other *Ground) bool {
	if !slices.Equal(g.Members, other.Members) || (g.Course == nil) != (other.Course == nil) {
		return false
	}
	if g.Course == nil {
		return g.Rule == other.Rule
	}
	return *g.Course == *other.Course
}

// Ground returns what the finding rests on.
func (f *Finding) Ground() Ground {
	return Ground{ID: f.ID, Rule: f.Rule, Session: f.SessionID, Members: f.Members, Course: f.Course}
}

// AskedAlready tells whether a standing finding makes a ground one too many: of the
// same place, or in place of its group's or members'; or about the same matter in a
// later session of the course, because it began earlier than was known.
func (g *Ground) AskedAlready(standing *Ground, later func(a, b session.SessionID) bool) bool {
	if g.sameMatter(standing) && (g.Session == standing.Session || later(standing.Session, g.Session)) {
		return true
	}
	group := len(g.Members) == 0 || len(standing.Members) == 0
	return group && g.Session == standing.Session && g.Course != nil && standing.Course != nil && *g.Course == *standing.Course
}

// NewGround returns what an alarm or a sign rests on.
func NewGround(rule Rule, in session.SessionID, members []session.MemberID, course *Course) Ground {
	g := Ground{Rule: rule, Session: in, Members: members, Course: course}
	g.ID = identify(&g)
	return g
}
