// Package access says who may do what: principals, the one policy function,
// the tokens by which a principal is known, and the record that every use of
// personal data leaves behind.
package access

import (
	"holon/internal/fault"
	"holon/internal/session"
)

// Role is the part a principal has in the practice.
type Role string

// The roles.
const (
	RoleOperator   Role = "operator"   // runs the service: everything is open to it
	RoleResearcher Role = "researcher" // has what one study releases, and nothing else
)

// Valid tells whether r is one of the roles.
func (r Role) Valid() bool { return r == RoleOperator || r == RoleResearcher }

// therapistSide tells whether a role is of those who treat and never of those who
// are treated. What members say of each other is not shown to members, whatever
// else a role may: a role that is not named here is none.
func (r Role) therapistSide() bool { return r == RoleOperator }

// Principal is who asks. The zero value is nobody.
type Principal struct {
	ID        string
	Role      Role
	Therapist session.TherapistID // who they are in the sessions, if they treat; see MaySeeAlliance
	Member    session.MemberID    // who they are in the groups, if they are treated: no account has one yet
	Study     string              // the one study that a researcher is bound to
}

// Object is what something is done to: a kind of thing, its identifier, and
// the group it belongs to where there is one. It holds identifiers only.
type Object struct {
	Kind    string
	ID      string
	GroupID session.GroupID
}

// The kinds of object.
const (
	KindGroup      = "group"
	KindMember     = "member"
	KindTherapist  = "therapist"
	KindSession    = "session"
	KindInstrument = "instrument"
	KindReport     = "report"
	KindAudit      = "audit"
	KindAccount    = "account"
	KindFinding    = "finding"
	KindSettings   = "settings"
	KindRedaction  = "redaction"
	KindObjective  = "objective"
	KindPractice   = "practice" // all of its data at once
	KindStudy      = "study"
)

// Decide is the policy: nil when the principal may do this to the object, else
// a Forbidden fault. What no rule allows is denied: nobody, an unknown role, an
// unknown action, and an action on a kind of thing it is not for.
func Decide(p Principal, a Action, o Object) error {
	if p.ID == "" || !fits(a, o.Kind) {
		return forbidden()
	}
	if a == ReadBonds && !p.Role.therapistSide() {
		return forbidden()
	}
	switch p.Role {
	case RoleOperator:
		return nil
	case RoleResearcher:
		return decideResearcher(p, a, o)
	default:
		return forbidden()
	}
}

// decideResearcher is the policy about researchers: what their own study releases.
func decideResearcher(p Principal, a Action, o Object) error {
	if p.Study == "" || o.ID != p.Study {
		return forbidden()
	}
	switch a {
	case ReadStudy, SaveSelection, ReadSnapshot, ReleaseNumbers, ReadRelease, ReadRows:
		return nil // each fits studies alone
	default:
		return forbidden()
	}
}

// fits tells whether the action is for this kind of thing.
func fits(a Action, kind string) bool {
	switch a {
	case ReadGroup, WriteGroup:
		return kind == KindGroup
	case ReadMember, WriteMember:
		return kind == KindMember
	case ReadTherapist, WriteTherapist:
		return kind == KindTherapist
	case ReadSession, WriteSession, ReadHistory, SubmitForms, CorrectRating, MoveForm, VoidForm, RateGoals, GiveUpGuess:
		return kind == KindSession
	case ReadInstruments, WriteInstrument, AttestInstrument:
		return kind == KindInstrument
	case RunReport, CancelReport, ReadReport:
		return kind == KindReport
	case ReadAudit:
		return kind == KindAudit
	case CreateAccount:
		return kind == KindAccount
	default:
		return fitsUpkeep(a, kind)
	}
}

// fitsUpkeep is fits for what is answered, decided and kept over the weeks.
func fitsUpkeep(a Action, kind string) bool {
	switch a {
	case ReadFinding, WriteFinding:
		return kind == KindFinding
	case ReadSettings, WriteSettings:
		return kind == KindSettings
	case RedactMember:
		return kind == KindMember
	case ReadRedaction:
		return kind == KindRedaction
	case WriteGoal, ReadBonds, ReadGoalText, WriteGoalText:
		return kind == KindGroup
	case ReadObjective, WriteObjective:
		return kind == KindObjective
	case ImportData, BackUpData, RestoreData, MoveData:
		return kind == KindPractice
	case ReadStudy, WriteStudy, FreezeProtocol, WriteConsent, TakeSnapshot, ReadSnapshot, ReleaseNumbers, ReadRelease, ReadRows, MakeResearcher, ReadResearcher, SaveSelection:
		return kind == KindStudy
	default:
		return false
	}
}

// Refused is what a policy answers that is asked about more than an action, such as
// MaySeeGoalText, where it denies.
func Refused() error { return forbidden() }

// forbidden is the one refusal; it does not tell which rule was missing.
func forbidden() error {
	return fault.New(fault.Forbidden, "not_allowed", "Your account may not do this. Ask whoever runs this service.")
}
