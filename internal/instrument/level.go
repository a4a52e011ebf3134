// Package instrument knows the questionnaires of the field as structure, never
// as wording: which items there are, in which order and range, whom they are
// about, who may answer them, and how scores are made of them.
package instrument

import "slices"

// Level says what one observation is an observation of. Every item has one,
// and ratings of different levels are different types of thing.
type Level string

// The levels, as in the session document.
const (
	Alliance    Level = "alliance"     // one rater's view of one therapist–member pair
	Bond        Level = "bond"         // one member's rating of another member
	MemberGroup Level = "member_group" // one member's own standing in the group or family
	Cohesion    Level = "cohesion"     // one informant's report about us, the group
	System      Level = "system"       // one informant's report about the family as a system
	Encounter   Level = "encounter"    // presence and felt empathy in this meeting
	Outcome     Level = "outcome"      // a member's own symptoms or functioning
)

// Levels lists all levels in the order of the session document.
func Levels() []Level {
	return []Level{Alliance, Bond, MemberGroup, Cohesion, System, Encounter, Outcome}
}

// Valid tells whether l is one of the levels.
func (l Level) Valid() bool { return slices.Contains(Levels(), l) }

// Referent says whom an item's wording speaks of.
type Referent string

// The referents.
const (
	ReferentI        Referent = "I"        // the rater: "I feel…"
	ReferentWe       Referent = "we"       // the group or family: "we…"
	ReferentPair     Referent = "pair"     // one named pair
	ReferentObserver Referent = "observer" // what an observer saw
)

// Valid tells whether r is one of the referents.
func (r Referent) Valid() bool {
	switch r {
	case ReferentI, ReferentWe, ReferentPair, ReferentObserver:
		return true
	default:
		return false
	}
}

// RaterKind says who answers.
type RaterKind string

// The kinds of rater.
const (
	RaterMember    RaterKind = "member"
	RaterTherapist RaterKind = "therapist"
	RaterObserver  RaterKind = "observer"
)

// Valid tells whether k is one of the kinds of rater.
func (k RaterKind) Valid() bool {
	switch k {
	case RaterMember, RaterTherapist, RaterObserver:
		return true
	default:
		return false
	}
}

// Ref names one immutable version of an instrument.
type Ref struct {
	ID      string
	Version string
}

// String gives "id@version", the key under which a version is stored.
func (r Ref) String() string { return r.ID + "@" + r.Version }
