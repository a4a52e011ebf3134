package access

import "time"

// Outcome says how the policy answered an attempt.
type Outcome string

// The outcomes.
const (
	Allowed Outcome = "allowed"
	Denied  Outcome = "denied"
)

// Entry is one line of the audit: who wanted to do what to which object, and
// how that was answered. It holds identifiers, never answers or names.
type Entry struct {
	ID        string
	At        time.Time
	Principal string // empty when nobody was signed in
	Action    Action
	Object    Object
	Outcome   Outcome
	RequestID string
}
