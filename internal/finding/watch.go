package finding

import (
	"holon/internal/instrument"
	"holon/internal/session"
)

// History is what rules about the course of one group look through.
type History struct {
	Group      *session.Group
	Sessions   []*session.Session // all that can be read, by number, with the ratings of every level
	Definition func(instrument.Ref) (*instrument.Definition, bool)
	Settings   *Settings
}

// Watch is rules about the course of a group, such as a fall against the weeks
// before, that no session shows by itself.
type Watch interface {
	// Rules lists the rules whose findings the watch alone raises and withdraws.
	Rules() []Rule
	// Grounds returns every ground in a history. Each names its session; the same
	// history has the same grounds.
	Grounds(h *History) []Ground
}
