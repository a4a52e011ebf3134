package multilevel

// Composition says how a number about a group comes out of single ratings
// (Chan 1998, Journal of Applied Psychology 83, 234-246). It stands in every
// report, so that a mean of what members said of themselves is never taken for
// what they said of the group.
type Composition string

// The compositions. The empty one means that nobody said what the ratings
// speak of.
const (
	Additive        Composition = "additive"         // members spoke of themselves; the group value is only their mean
	DirectConsensus Composition = "direct_consensus" // the same, taken as shared: needs agreement shown with it
	ReferentShift   Composition = "referent_shift"   // members spoke of the group
	Global          Composition = "global"           // one report about the group by somebody who is not a member of it
)

// Objection says why a question has no computed answer: Answer is Refused when
// a number would mislead, NotIdentifiable when such data can never show it.
type Objection struct {
	Answer  Answer
	Reason  Reason
	Detail  string // why, in whole sentences
	Instead string // what to ask, or which model would be right
}

// Unanswered is the result of a question that an objection stands against:
// every number is undefined but the counts of what was asked about.
func Unanswered(o Options, counts Counts, objection Objection) GroupLevel {
	facts := Facts{Refused: objection.Reason}
	if objection.Answer == NotIdentifiable {
		facts = Facts{Structure: objection.Reason}
	}
	r := undecided(o.withDefaults(), counts, facts)
	r.Caveats.Add(string(objection.Reason), objection.Detail)
	return r
}

// Naming says who a member's name stands for.
type Naming bool

// The two namings.
const (
	OfPerson Naming = false // one person in whatever group: codes of recorded members
	InGroup  Naming = true  // a member of that group only: a table may number its members anew in each
)

// Layout says how ratings lie over members and sessions, on which the choice
// of the model rests.
type Layout struct {
	Names                     Naming
	Ratings, Groups, Sessions int // Groups and Sessions are those with ratings
	Members                   int // different people, each unnamed rating being of another one
	MostSessions              int // largest number of sessions of one group
	MostRatings               int // largest number of ratings of one member in one group
	RepeatedMembers           int // people with more than one rating in one group
	RepeatedGroups            int // groups with such people
	JoinedMembers             int // people in a group with ratings of somebody else
	JoinedGroups              int // groups with ratings of two people and more
	MetMembers                int // people with a rating in a session with one of somebody else
	MetGroups                 int // groups with such sessions
	SharedNames               int // members' names with ratings in more than one group
	Unnamed                   int // ratings of which nobody said whose they are
}
