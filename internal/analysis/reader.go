package analysis

import (
	"holon/internal/cohesion"
	"holon/internal/dyad"
	"holon/internal/instrument"
	"holon/internal/multilevel"
	"holon/internal/outcome"
	"holon/internal/session"
	"holon/internal/system"
)

// reader is what a level does for a measure of its own.
type reader interface {
	// Composition says what a group's number is made of.
	Composition() multilevel.Composition
	// RuleSet names the rules by which rows are made.
	RuleSet() string
	// Objection returns why the group level cannot be tested, nil if it can.
	Objection() *multilevel.Objection
	// Read returns one session's rows.
	Read(s *session.Session) multilevel.Ratings
}

// averager is a reader some of whose rows are means of several ratings.
type averager interface {
	Averaging(n int) (code, detail string)
}

// household tells families and couples from therapy groups: the two are never
// put into one table.
type household bool

// householdOf tells which of the two a group is.
func householdOf(kind session.GroupKind) household { return kind != session.KindGroup }

// newReader returns the level's reader of the measure.
func newReader(scorer session.Scorer, home household) reader {
	switch scorer.Level() {
	case instrument.Alliance:
		return dyad.NewAlliances(scorer)
	case instrument.Bond:
		return dyad.NewBonds(scorer)
	case instrument.Encounter:
		return dyad.NewEncounters(scorer)
	case instrument.Cohesion:
		return cohesion.NewReports(scorer)
	case instrument.System:
		return system.NewReports(scorer)
	case instrument.Outcome:
		return outcome.New(scorer)
	case instrument.MemberGroup:
		if home {
			return system.NewStanding(scorer)
		}
		return cohesion.NewStanding(scorer)
	default:
		panic("analysis: a definition with an unknown level")
	}
}

// RowsOf returns one session's rows of a measure, as its level makes them, with what
// is missing by reason.
func RowsOf(scorer session.Scorer, s *session.Session) multilevel.Ratings {
	return newReader(scorer, householdOf(s.GroupKind)).Read(s)
}
