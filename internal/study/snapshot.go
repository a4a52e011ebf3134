package study

import (
	"cmp"
	"slices"
	"time"

	"holon/internal/fault"
	"holon/internal/session"
)

// SnapshotID identifies a snapshot.
type SnapshotID string

// Snapshot says what a study's frozen data are: the pseudonymous copies of its
// sessions, each group as it was at a moment between TakenAt and the end of the taking.
// The practice goes on correcting; a snapshot never changes, until somebody in it is
// redacted and it ends.
type Snapshot struct {
	Rev      int64
	ID       SnapshotID
	Study    ID
	StudyRev int64 // the revision of the study by whose measures it was taken; 0: not known
	State    SnapshotState
	TakenAt  time.Time
	By       string // the principal
	SHA256   string // of the content, see [Content]
	Groups   []FrozenGroup
	Members  []session.MemberID // pseudonyms of those who consented, in order
	Counts   SnapshotCounts
	Left     []LeftOut // what was not taken, by reason

	EndedBy string     // of an ended one: the decision to redact a member
	EndedAt *time.Time // and when
}

// SnapshotState says whether a snapshot can be read.
type SnapshotState string

// The states.
const (
	Filling SnapshotState = "filling" // it is not whole yet, or its taking was cut off
	Frozen  SnapshotState = "frozen"
	Ended   SnapshotState = "ended" // somebody in it was redacted: its rows and numbers are gone
)

// Valid tells whether s is one of the states.
func (s SnapshotState) Valid() bool { return s == Filling || s == Frozen || s == Ended }

// FrozenGroup is what a selection may ask of a frozen group.
type FrozenGroup struct {
	ID         session.GroupID // a pseudonym
	Kind       session.GroupKind
	Format     session.Format
	Model      session.Code // of therapy; empty where none is named
	Members    int          // who consented
	Withheld   int          // who did not
	Therapists int
	Sessions   int
	Ratings    int
}

// SnapshotCounts says how much is in a snapshot.
type SnapshotCounts struct {
	Groups, Members, Therapists, Sessions, Ratings int
}

// LeftOut is how much was not taken for one reason.
type LeftOut struct {
	What   string // groups, members, sessions, ratings, goal_ratings or ruptures
	Reason string
	N      int
}

// The reasons for which something is not taken into a snapshot.
const (
	NoConsent       = "no_consent"
	OtherInstrument = "not_a_measure_of_the_study"
	OutsideDates    = "outside_dates"
	NotClosed       = "session_not_closed"
	Void            = "void"
	Unfinished      = "unfinished"
	Redacted        = "redacted"
	Damaged         = "document_damaged"
	Empty           = "no_sessions"
)

// Open tells whether the snapshot can be read, and refuses one that cannot.
func (s *Snapshot) Open() error {
	switch s.State {
	case Frozen:
		return nil
	case Ended:
		return fault.New(fault.Conflict, "snapshot_ended", "Somebody in this snapshot asked for erasure, so its rows and numbers are gone. What was released from it is still listed. Take a new snapshot. "+
			"Where numbers were released before, aggregate ones of everybody in it may leave once at least as many people as the threshold differ, for the earlier ones are with the researchers.")
	default:
		return fault.New(fault.Conflict, "snapshot_not_whole", "This snapshot is not whole: it is being taken, or the taking was cut off. Take a new one.")
	}
}

// End takes a snapshot out of use, because a decision redacted somebody in it.
func (s *Snapshot) End(decision string, at time.Time) bool {
	if s.State == Ended {
		return false
	}
	at = session.Millis(at)
	s.State, s.EndedBy, s.EndedAt = Ended, decision, &at
	s.Members = nil
	return true
}

// Holds tells whether a member is in the snapshot.
func (s *Snapshot) Holds(m session.MemberID) bool {
	_, found := slices.BinarySearch(s.Members, m)
	return found
}

// Group returns a group of the snapshot.
func (s *Snapshot) Group(id session.GroupID) (FrozenGroup, bool) {
	k, found := slices.BinarySearchFunc(s.Groups, id, func(g FrozenGroup, id session.GroupID) int { return cmp.Compare(g.ID, id) })
	if !found {
		return FrozenGroup{}, false
	}
	return s.Groups[k], true
}

// epoch is the day that stands for the day of a group's first session: a Monday.
// Other days keep their distance to it.
const epoch = "2000-01-03"

// Week is how many weeks after its group's first session a frozen day lies; below
// 0 before it.
func Week(on session.Date) int {
	days := daysBetween(epoch, on)
	if days < 0 {
		return -((6 - days) / 7)
	}
	return days / 7
}

// daysBetween counts the days from one day to another.
func daysBetween(from, to session.Date) int {
	a, errA := time.Parse(time.DateOnly, string(from))
	b, errB := time.Parse(time.DateOnly, string(to))
	if errA != nil || errB != nil {
		return 0
	}
	return int(b.Sub(a).Hours() / 24)
}
