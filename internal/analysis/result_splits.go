package analysis

import (
	"holon/internal/multilevel"
	"holon/internal/multilevel/split"
	"holon/internal/session"
)

// SplitsResult is how far the members of families lie apart in what they say of the
// therapist, of their own standing or of the family; which of it is new; and how often
// chance alone gives as much.
type SplitsResult struct {
	ShownTo      session.MemberID  // as this member may see it; empty: everything
	Therapists   *Subject          // what the therapists' own ratings are; nil where there are none
	NoTherapists multilevel.Reason // why families are not held against them; empty: they are
	Purpose      *Subject          // what the members report about the family; nil where it is not known
	Reference    SplitReference
	Error        ReliableBy // what the standard error of a difference is computed from
	Rule         SplitRule
	Alerts       int // departures that alert
	Absolute     int // runs by the practice's own rule
	Families     []SplitFamily
	Reason       multilevel.Reason
}

// ReferenceFrom says where the standard deviation comes from by which splits are graded.
type ReferenceFrom string

// Where it may come from.
const (
	AskedReference ReferenceFrom = "asked"    // that of a published sample, which the asker gave
	PoolReference  ReferenceFrom = "practice" // this practice's members in each role
	NoReference    ReferenceFrom = ""         // too few raters: nothing is graded
)

// SplitReference is what members' answers are like, over all families.
type SplitReference struct {
	From        ReferenceFrom
	SD          *float64 // of AskedReference
	Fewest      int      // raters that each role needs, without those of the family that is graded
	Roles       []RoleSpread
	Families    int      // with two members' answers in one session
	Correlation *float64 // of two members of a family in one session
	Stability   *float64 // of one member over two sessions
}

// RoleSpread is what members in one role answer, each counting the same.
type RoleSpread struct {
	Role     string
	Raters   int
	Mean, SD *float64
	Enough   bool
}

// SplitRule is the rule of a new split.
type SplitRule struct {
	FalseAlerts float64 // of a stable family in Horizon sessions, at most
	Horizon     int
	Fewest      int      // earlier differences of a pair
	Settles     int      // sessions after which a split is the standing difference
	Pairs       int      // whose differences tell how far pairs move
	Spread      *float64 // standard deviation of a pair's difference about its own mean; nil where too few pairs tell
	DF          *float64 // how many of a pair's own sessions that counts for; nil where all pairs move alike, or too few tell
	Absolute    *Absolute
}

// SplitFamily is one family or couple.
type SplitFamily struct {
	Group    string
	Kind     session.GroupKind
	Members  int // in the family on the day of the last session
	Sessions int
	Splits   []Split
	Pairs    []SplitPair
	Lines    []FamilyTherapistLine
	Chance   SplitChance
}

// SplitKind says who is split from whom.
type SplitKind string

// The kinds.
const (
	MemberMember    SplitKind = "member_member"
	FamilyTherapist SplitKind = "family_therapist" // every member says less than the therapist
	LowPurpose      SplitKind = "low_purpose"      // good bonds with the therapist, and little shared purpose
)

// SplitStatus says what a split is.
type SplitStatus string

// The states.
const (
	NewSplit       SplitStatus = "new"       // alerts: it departed from what was there before, and lasts
	OverSplit      SplitStatus = "over"      // alerted, and the two are back
	StandingSplit  SplitStatus = "standing"  // a description: this is what the pair is like
	CloserPair     SplitStatus = "closer"    // a description: the two differ less than before
	DescribedSplit SplitStatus = "described" // a description: a run of sessions of which no rule says that it is new
)

// The rules that alert.
const (
	DepartureRule = "departure"
	AbsoluteRule  = "absolute"
)

// Split is one split of a family.
type Split struct {
	Kind            SplitKind
	Members         []string // the pair, the one who says more first; all members of the other kinds
	Therapist       string
	Status          SplitStatus
	Rule            string // by which it alerts; empty: it does not
	From, Seen, To  int    // numbers of sessions
	Sessions, Weeks int    // answered, and from the first to the last of them
	Difference      *float64
	SE              *float64
	SEReason        multilevel.Reason // why there is none
	Before          *float64          // the pair's own difference before it
	BeforeReason    multilevel.Reason // why there is none
	Earlier         int               // sessions that is the mean of
	P               *float64          // of DepartureRule
	Apart           *float64          // in standard deviations of the reference
	Grade           split.Grade
	Moved           string // of an alert of a pair the one whose own value moved most; empty where that is not clear
	Ratings         []string
}

// SplitPair is two members over the sessions.
type SplitPair struct {
	First, Second         string
	FirstRole, SecondRole string // in the last session
	Therapist             string
	Answered              int
	Mean, MeanSE, SD      *float64 // of the difference first − second, before the first departure
	MeanOf                int      // sessions these are of
	Points                []SplitPoint
}

// SplitPoint is one session of a pair.
type SplitPoint struct {
	Number     int
	HeldOn     session.Date
	Difference *float64 // first − second; nil unless both answered
	SE         *float64
	Apart      *float64 // in standard deviations of the reference
	Grade      split.Grade
	Row        int // answered sessions in a row that are graded, with the same one above, up to this one
	Ratings    []string
}

// FamilyTherapistLine is all members beside one therapist over the sessions.
type FamilyTherapistLine struct {
	Therapist string
	Points    []FamilyTherapistPoint
}

// FamilyTherapistPoint is one session of them.
type FamilyTherapistPoint struct {
	Number      int
	N, Of       int               // members who answered, of the family on the day
	Smallest    *float64          // of the differences therapist − member; nil unless all answered and the therapist rated each
	Reason      multilevel.Reason // why there is none
	Apart       *float64
	AllLow      *bool // every member lies below the mean of the role; nil where that is not known
	Grade       split.Grade
	NoGrade     multilevel.Reason // why it cannot be graded; empty: it can, be it as nothing
	Purpose     *float64          // the family's line of shared purpose; nil unless all reported
	BelowMean   *float64          // how far it lies below the mean, in standard deviations
	GoodBonds   *bool             // every member is at or above the mean of the role
	LowPurpose  split.Grade
	Ratings     []string // of members and the therapist
	PurposeFrom []string // of the line
}

// SplitChance is how often two members of a family of this size lie so far apart by chance.
type SplitChance struct {
	Members, Sessions      int
	Correlation, Stability *float64 // nil: not known, and taken as 0
	Run                    int
	Rates                  []SplitRate
}

// SplitRate is how often for one distance.
type SplitRate struct {
	AtLeast float64
	split.Rates
}

// Analysis returns SplitsName.
func (*SplitsResult) Analysis() Name { return SplitsName }

// Verdict describes: nothing is tested.
func (s *SplitsResult) Verdict() Verdict { return described(s.Reason) }
