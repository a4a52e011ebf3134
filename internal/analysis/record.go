package analysis

import (
	"time"

	"holon/internal/fault"
)

// Record is a report that was asked for, from the asking to what became of it.
// Body holds the bytes that were answered first, so that reading it again gives
// the very same.
type Record struct {
	ID          string
	Rev         int64
	Principal   string // who asked, and alone may read it
	Analysis    string // the name of the analysis
	CreatedAt   time.Time
	RequestID   string // of the request that asked
	RequestSHA  string // of that request under an Idempotency-Key; empty without one
	Asked       []byte // the question as JSON, without a table that came with it; empty in records of earlier versions
	State       State
	Lease       Lease // of the process that runs it; zero once the state is final
	StartedAt   *time.Time
	EndedAt     *time.Time
	Step        *Step    // how far it had come when somebody looked last; nil if it told nothing
	Failure     *Failure // of a failed one
	Body        []byte   // canonical JSON of a done one
	WithdrawnBy string   // of a withdrawn one: the decision to redact a member
}

// State says what became of a report that was asked for.
type State string

// The states. Pending and Running end in one of the others, which is final;
// only a report that is done can still be withdrawn.
const (
	Pending     State = "pending"     // it waits for its turn
	Running     State = "running"     // it is computed
	Done        State = "done"        // the report is there
	Cancelled   State = "cancelled"   // who asked wanted it no more
	Interrupted State = "interrupted" // the process that ran it ended or lost it
	Failed      State = "failed"      // there is no answer, and Failure says why
	Withdrawn   State = "withdrawn"   // a member whose answers it may hold was redacted; what was answered is gone
)

// Final tells whether the state never changes again.
func (s State) Final() bool { return s != Pending && s != Running }

// Valid tells whether s is one of the states.
func (s State) Valid() bool {
	switch s {
	case Pending, Running, Done, Cancelled, Interrupted, Failed, Withdrawn:
		return true
	default:
		return false
	}
}

// Lease says which process has a report in hand, and until when it may be
// believed to live.
type Lease struct {
	Owner string
	Until time.Time
}

// Step is how far an analysis has come, as its Progress told.
type Step struct {
	Stage       string
	Done, Total int
}

// Failure is why there is no report: a fault without its cause, which is for
// the log.
type Failure struct {
	Kind   string // the code of a fault.Kind
	Rule   string
	Detail string
	Fields []fault.Field
}
