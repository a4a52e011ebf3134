// Package redaction holds what a practice decides about a request that a
// member's data be erased: who asked and when, what was decided and on what
// basis, and what was done. A decision holds identifiers, codes and counts;
// nothing of what was redacted is in it.
package redaction

import (
	"slices"
	"time"

	"holon/internal/session"
)

// ID identifies a decision.
type ID string

// State says how far a request is.
type State string

// The states. Started is a redaction that was decided and is not at its end: it
// goes on at the next start, or when the decision is sent again.
const (
	Requested State = "requested"
	Refused   State = "refused"
	Started   State = "started"
	Done      State = "done"
)

// Valid tells whether s is one of the states.
func (s State) Valid() bool { return s == Requested || s == Refused || s == Started || s == Done }

// Requester says in a code who asked.
type Requester string

// Those who may ask.
const (
	ByMember         Requester = "member"
	ByRepresentative Requester = "representative" // a parent, a guardian, a lawyer
	ByAuthority      Requester = "authority"      // a supervisory authority or a court
	ByPractice       Requester = "practice"       // the time to keep the data is over
)

// Valid tells whether r is one of those who may ask.
func (r Requester) Valid() bool {
	return r == ByMember || r == ByRepresentative || r == ByAuthority || r == ByPractice
}

// Verdict says in a code what was decided.
type Verdict string

// The verdicts.
const (
	Redact       Verdict = "redact"        // what the member answered, and what others answered about the member
	RedactPartly Verdict = "redact_partly" // what the member answered; the rest is kept on the basis named
	Refuse       Verdict = "refuse"        // nothing; on the basis named
)

// Valid tells whether v is one of the verdicts.
func (v Verdict) Valid() bool { return v == Redact || v == RedactPartly || v == Refuse }

// Basis says in a code on what ground data are kept although somebody asked.
type Basis string

// The grounds, after Article 17(3) of the GDPR and what bears on it.
const (
	LegalRetention       Basis = "legal_retention"        // a law says how long the record is kept
	PublicInterestHealth Basis = "public_interest_health" // public health, or the provision of care
	ResearchExemption    Basis = "research_exemption"     // research that could not be done otherwise
	LegalClaims          Basis = "legal_claims"           // claims to be made or met
	RightsOfOthers       Basis = "rights_of_others"       // they are another person's data, too
	NotIdentified        Basis = "not_identified"         // who asks has not shown to be the member
)

// Valid tells whether b is one of the grounds.
func (b Basis) Valid() bool {
	return slices.Contains([]Basis{LegalRetention, PublicInterestHealth, ResearchExemption, LegalClaims, RightsOfOthers, NotIdentified}, b)
}

// Scope names a part of what is stored of a member.
type Scope string

// The parts.
const (
	Own   Scope = "own"   // what the member answered, and the member's own document
	About Scope = "about" // what others answered about the member
)

// Scope lists what a verdict takes out.
func (v Verdict) Scope() []Scope {
	switch v {
	case Redact:
		return []Scope{Own, About}
	case RedactPartly:
		return []Scope{Own}
	default:
		return []Scope{}
	}
}

// Decision is one request and what became of it.
type Decision struct {
	session.Head

	ID        ID
	MemberID  session.MemberID
	By        Requester
	On        session.Date // the day the request came in
	Reference session.Code // the practice's own file number of it
	State     State

	Verdict   Verdict // empty until it is decided
	Basis     Basis   // of a refusal, or of what is kept of a redaction in part
	DecidedBy string  // the principal
	DecidedAt *time.Time

	Extent   Extent   // what was redacted, as counted at the end
	Blocked  []string // documents that cannot be read and name the member: they keep a redaction from its end
	Reports  Reports
	DoneAt   *time.Time
	Replayed *time.Time // it was carried over from a journal, after data from before it were restored
}

// Extent is what a redaction takes values out of, in counts, and whom else it
// is about.
type Extent struct {
	Groups    []session.GroupID // the groups that the member was in, and those in which a form of the member's stood by mistake
	Sessions  int               // with ratings that are tombstones now
	Forms     int
	Ratings   int
	Revisions int // superseded revisions that were rewritten
	Consents  int // to studies, of which nothing is kept but that something was said

	Snapshots []string // of studies, which ended because the member was in them
	Releases  []string // of studies, withdrawn because they were made of such a snapshot
}

// Sweep is what one look at everything that is stored found of a redaction.
type Sweep struct {
	Extent  Extent   // as it is, or would be, once all is taken out
	Left    []string // documents and superseded revisions with something to take out
	Blocked []string // those that cannot be read and name the member
}

// Reports are analyses that the member's values may be in.
type Reports struct {
	Withdrawn []string // of recorded sessions of the member's groups: their content was removed
	Tables    int      // of tables that somebody sent: nobody knows whether the member is in them
}

// Redaction says what is to be taken out of what is stored.
func (d *Decision) Redaction() session.Redaction {
	x := session.Redaction{Member: d.MemberID, Decision: string(d.ID), About: d.Verdict == Redact}
	if d.DecidedAt != nil {
		x.At = *d.DecidedAt
	}
	return x
}
