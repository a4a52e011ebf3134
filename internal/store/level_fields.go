package store

import "holon/internal/instrument"

// levels is a set of levels, one bit each.
type levels uint8

// everyLevel is the set of all levels.
const everyLevel levels = 1<<7 - 1

// levelBit returns the set of this one level.
func levelBit(l instrument.Level) levels {
	switch l {
	case instrument.Alliance:
		return 1 << 0
	case instrument.Bond:
		return 1 << 1
	case instrument.MemberGroup:
		return 1 << 2
	case instrument.Cohesion:
		return 1 << 3
	case instrument.System:
		return 1 << 4
	case instrument.Encounter:
		return 1 << 5
	case instrument.Outcome:
		return 1 << 6
	default:
		return 0
	}
}

// levelField returns the name of a level's array in the session document.
func levelField(l instrument.Level) string {
	switch l {
	case instrument.Alliance:
		return "alliances"
	case instrument.Bond:
		return "bonds"
	case instrument.Outcome:
		return "outcomes"
	case instrument.MemberGroup, instrument.Cohesion, instrument.System, instrument.Encounter:
		return string(l)
	default:
		return ""
	}
}

// setOf returns the set of the levels named; nil names all.
func setOf(named []instrument.Level) levels {
	if named == nil {
		return everyLevel
	}
	var set levels
	for _, l := range named {
		set |= levelBit(l)
	}
	return set
}

// sessionFields lists the top-level fields that a query for these levels
// names; nil is all.
func sessionFields(want levels) []string {
	if want == everyLevel {
		return nil
	}
	fields := []string{
		"_id", "group_id", "group_kind", "number", "kind", "stage", "held_on", "planned", "actual",
		"status", "cancel_why", "rev", "schema", "change", "therapists", "roster", "goals", "openings", "ruptures",
	}
	for _, l := range instrument.Levels() {
		if want&levelBit(l) != 0 {
			fields = append(fields, levelField(l))
		}
	}
	return fields
}
