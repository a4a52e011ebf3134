package analysis

import (
	"holon/internal/instrument"
	"holon/internal/multilevel"
	"holon/internal/session"
	"holon/internal/system"
)

// FamiliesResult is each member's alliance beside the others', session by session, with
// what therapists and observers say and what the family says of itself. Every value names
// the ratings it was made from.
type FamiliesResult struct {
	ShownTo  session.MemberID // as this member may see it; empty: everything
	Measures []FamilyMeasure
	Families []Family
	Reason   multilevel.Reason
}

// FamilyMeasure is one score by one kind of rater.
type FamilyMeasure struct {
	Measure     Measure
	Title       string
	Level       instrument.Level
	Referent    instrument.Referent
	Composition multilevel.Composition
	Direction   instrument.Direction
	Low, High   float64
}

// Family is one family or couple.
type Family struct {
	Group    string
	Kind     session.GroupKind
	Sessions []FamilySession
	Rows     []FamilyRow
}

// FamilySession is one session that is no assessment.
type FamilySession struct {
	Number    int
	HeldOn    session.Date
	Kind      session.Kind
	Household []Relative
	Cells     []FamilyCell
	Lines     []SystemLine
	Consensus []ObserversConsensus
}

// Relative is a member of the family on the day of a session.
type Relative struct {
	Member, Role string
	Seat         bool   // invited to this session
	Attendance   string // empty while nobody said, and without a seat
}

// FamilyCell is what one rater said of one target: of the alliance of a therapist and a
// member, of a member's own standing, or of the family, which names neither.
type FamilyCell struct {
	Measure     int // its place among the measures
	RaterKind   instrument.RaterKind
	Rater       string
	Therapist   string
	Member      string
	Value       *float64
	Gap         string // why there is none; of members only
	Rating      string // of the value, or of the form without one
	AfterSeeing bool   // a therapist's guess after the answer was seen
}

// SystemLine is what the family says of itself in one session.
type SystemLine struct {
	Measure  int
	Of, N    int // members of the family on the day, and those who reported
	Value    *float64
	Reason   multilevel.Reason // why there is none
	SD       *float64
	Furthest *float64 // the largest difference between two of them
	Higher   string   // the member who said more
	Lower    string
	Ratings  []string
}

// ObserversConsensus is one number out of several observers'.
type ObserversConsensus struct {
	Measure           int
	Therapist, Member string
	Observers         int
	Value             *float64 // nil where they are undecided
	Way               system.Way
	Lowest, Highest   float64
	Ratings           []string
}

// FamilyRow is one rater of one target over the sessions.
type FamilyRow struct {
	Measure           int
	RaterKind         instrument.RaterKind
	Rater             string
	Therapist, Member string
	Answered          int
	Mean, SD          *float64
	First, Last       *float64
}

// NotFormed is why a family has no value of its own: not everybody reported.
const NotFormed multilevel.Reason = "not_formed"

// Analysis returns FamiliesName.
func (*FamiliesResult) Analysis() Name { return FamiliesName }

// Verdict describes: nothing is tested.
func (f *FamiliesResult) Verdict() Verdict { return described(f.Reason) }
