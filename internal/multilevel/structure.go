package multilevel

// Structure names how ratings lie over therapists, groups, members and sessions.
// It decides which model is fitted and which test answers.
type Structure string

// The structures.
const (
	MembersInGroups      Structure = "members_in_groups"      // y = mu + G + e: one rating of each member
	SessionsInMembers    Structure = "sessions_in_members"    // y = mu + G + M + e: a member's ratings share no occasion with another's
	MembersBySessions    Structure = "members_by_sessions"    // y = mu + G + M + S + e: members crossed with sessions within groups
	OneGroupBySessions   Structure = "one_group_by_sessions"  // y = mu + M + S + e: group variance can never be seen
	GroupsInTherapists   Structure = "groups_in_therapists"   // y = mu + T + G + …: each group has one therapist
	GroupsOfCotherapists Structure = "groups_of_cotherapists" // y = mu + sum w T + G + …: some groups have several
)

// Words says the structure in words.
func (s Structure) Words() string {
	switch s {
	case MembersInGroups:
		return "one rating of each member in a group"
	case SessionsInMembers:
		return "several ratings of each member in a group, on occasions of the member's own"
	case MembersBySessions:
		return "members crossed with the sessions of their group"
	case OneGroupBySessions:
		return "the members of one group crossed with its sessions"
	case GroupsInTherapists:
		return "groups below therapists"
	case GroupsOfCotherapists:
		return "groups below therapists, some of whom lead together"
	default:
		return string(s)
	}
}

// Stratum is one line of the analysis of variance of complete tables of members
// by sessions within groups.
type Stratum struct {
	Name string // group, member, session or residual
	SS   float64
	DF   int
	MS   *float64 // nil without degrees of freedom
}

// Correlation holds the model's correlations between two ratings, by REML.
type Correlation struct {
	SameMemberOtherSession *float64 // (T+G+M)/total
	SameSessionOtherMember *float64 // (T+G+S)/total
	OtherMemberAndSession  *float64 // (T+G)/total
}

// Reliability is how well means tell their units apart, by REML, for tables of
// the (harmonic) mean numbers of members and sessions.
type Reliability struct {
	GroupMean               *float64 // G/(G + M/m + S/s + e/(m s))
	MemberMeanWithinGroup   *float64 // M/(M + e/s)
	SessionMeanWithinGroup  *float64 // S/(S + e/m)
	MembersUsed, SessionsOf *float64 // m and s
}

// Effects are the predictions (BLUPs) of the levels other than the group, under
// REML; nil where the model has no such level.
type Effects struct {
	Therapist, Member, Session []Effect
}

// Effect is the predicted deviation of one member, session or therapist.
type Effect struct {
	Group       string // of a member or session; empty for a therapist
	Name        string
	Ratings     int
	BLUP        float64
	CondSD      float64  // its standard deviation given the fixed effects
	PredSE      float64  // with the uncertainty of the fixed effects
	Reliability *float64 // 1 - CondSD^2/variance; nil where the variance is zero
}

// Weather answers whether the members of a group move together from session to
// session: the question that one group alone can answer.
type Weather struct {
	Share  *float64 // S/(S+e): the part of week-to-week movement that members share
	CI     []Interval
	F      *float64 // MSs/MSe, of the rows of members and sessions
	DF1    *float64
	DF2    *float64
	P      *float64
	Answer Answer
	Reason Reason
}
