package analysis

import (
	"holon/internal/multilevel"
	"holon/internal/slipping"
)

// SlippingResult is signs that members may be about to drop out.
type SlippingResult struct {
	Rules  []SignRule
	Stayed int // members who did not drop out, still there or not
	Left   int // members who dropped out
	// Signed are members in whom there was any sign but those that tell nothing;
	// SignedStayed are those of them who did not drop out.
	Signed, SignedStayed int
	Members              []MemberSigns
	// Absences and Answering are of the findings of members who did not come, and of
	// signs; nil where nobody knows.
	Absences, Answering *Answering
	Reason              multilevel.Reason
}

// SignRule is a sign with how often it was there.
type SignRule struct {
	slipping.Rule

	Stayed, Left SignRate
	// ByChance is the share of windows of three values of a member whose level does
	// not move in which the sign is there; nil where that hangs on the level, or on
	// whether people come.
	ByChance *float64
}

// SignRate counts a sign among members.
type SignRate struct {
	Members, Of     int // members in whom it was there at least once, of so many in whom it could be
	Times, Sessions int // sessions in which it was there, of so many in which it could be
}

// MemberSigns is one member in one group.
type MemberSigns struct {
	Group, Member  string
	Sessions, Last int // meetings with a seat, and the number of the last of them
	Left, Gone     bool
	Signs          []MemberSign
}

// MemberSign is a sign in a session.
type MemberSign struct {
	Rule    slipping.RuleID
	Session string
	Number  int
	HeldOn  string
	Now     bool   // in the last session in which the rule could be met, of a member who is still there
	Done    []Deed // noted about the member in the four weeks from the session on
}

// Analysis returns SlippingName.
func (*SlippingResult) Analysis() Name { return SlippingName }

// Verdict describes: signs are listed, nothing is tested.
func (s *SlippingResult) Verdict() Verdict { return described(s.Reason) }
