package finding

import (
	"context"
	"iter"

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
	// Look returns what stands out in a history, in closed sessions alone. The same
	// history has the same.
	//
	// Begun are the grounds of alarms and signs, each where it begins. Places are
	// everywhere that something stands out by limits that are no narrower than any
	// budget's: an alarm or a sign whose place is none of them rests on nothing any more.
	Look(h *History) (begun, places []Ground)
}
