package study

import (
	"cmp"
	"slices"
	"time"

	"holon/internal/session"
)

// Freezer makes the frozen copy of one group after another. Make it with
// [NewFreezer].
type Freezer struct {
	study    *Study
	names    Pseudonyms
	consents func(session.MemberID) bool
	taken    time.Time

	members    map[session.MemberID]bool // pseudonyms of those in some group
	therapists map[session.TherapistID]bool
	withheld   map[session.MemberID]bool
	left       map[LeftOut]int // N of the key is 0
	groups     []FrozenGroup
	content    Content
}

// NewFreezer returns a freezer of a study's groups. consents tells whether a
// member takes part; taken is the moment of the snapshot.
func NewFreezer(s *Study, names Pseudonyms, consents func(session.MemberID) bool, taken time.Time) *Freezer {
	return &Freezer{
		study: s, names: names, consents: consents, taken: session.Millis(taken),
		members: map[session.MemberID]bool{}, therapists: map[session.TherapistID]bool{}, withheld: map[session.MemberID]bool{}, left: map[LeftOut]int{},
	}
}

// LeaveOut counts what could not even be read.
func (f *Freezer) LeaveOut(what, reason string, n int) {
	if n > 0 {
		f.left[LeftOut{What: what, Reason: reason}] += n
	}
}

// Group begins a group. day is that of its first session that is taken. Groups
// come in any order; sessions of each by number.
func (f *Freezer) Group(g *session.Group, first session.Date) *FreezingGroup {
	return &FreezingGroup{
		freezer: f, id: f.names.Group(g.ID), source: g, shift: -daysBetween(epoch, first),
		met: map[session.TherapistID]bool{},
	}
}

// Takes tells whether a session is taken, and counts one that is not.
func (f *Freezer) Takes(s *session.Session) bool {
	switch {
	case s.Status == session.StatusCancelled:
		return false
	case s.Status != session.StatusClosed:
		f.LeaveOut("sessions", NotClosed, 1)
	case !f.study.Covers(s.HeldOn):
		f.LeaveOut("sessions", OutsideDates, 1)
	default:
		return true
	}
	return false
}

// Finish fills in what the snapshot holds.
func (f *Freezer) Finish(s *Snapshot) {
	s.Groups, s.Members = f.groups, make([]session.MemberID, 0, len(f.members))
	slices.SortFunc(s.Groups, func(a, b FrozenGroup) int { return cmp.Compare(a.ID, b.ID) })
	for m := range f.members {
		s.Members = append(s.Members, m)
	}
	slices.Sort(s.Members)
	s.Counts = SnapshotCounts{Groups: len(s.Groups), Members: len(s.Members), Therapists: len(f.therapists)}
	for _, g := range s.Groups {
		s.Counts.Sessions += g.Sessions
		s.Counts.Ratings += g.Ratings
	}
	f.LeaveOut("members", NoConsent, len(f.withheld))
	s.Left = make([]LeftOut, 0, len(f.left))
	for what, n := range f.left {
		what.N = n
		s.Left = append(s.Left, what)
	}
	slices.SortFunc(s.Left, func(a, b LeftOut) int { return cmp.Or(cmp.Compare(a.What, b.What), cmp.Compare(a.Reason, b.Reason)) })
	s.SHA256 = f.content.Sum()
	s.State = Frozen
}
