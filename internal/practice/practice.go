// Package practice holds the use cases: what a clinic does with its groups,
// sessions and forms. Every use case is one method that asks the policy, leaves
// an audit entry before anything goes out or is committed, applies the domain's
// rules, and writes with idempotency and the retry loop that live here once.
package practice

import (
	"io"
	"sync"
	"sync/atomic"
	"time"

	"holon/internal/access"
	"holon/internal/finding"
	"holon/internal/instrument"
	"holon/internal/session"
)

// Deps is what a practice works with.
type Deps struct {
	Groups        Groups
	Members       Members
	Therapists    Therapists
	Sessions      Sessions
	Instruments   Instruments
	Attestations  Attestations
	Wordings      Wordings
	GoalTexts     GoalTexts
	Findings      Findings
	Settings      Settings
	Objectives    Objectives
	Deeds         Deeds // nil: nobody keeps what was done, so nobody can tell that something was not
	Imports       Imports
	Redactions    Redactions
	Redactor      Redactor
	Journal       Journal // of redactions; nil where the store is not in a directory of its own
	Accounts      Accounts
	Studies       Studies
	StudyKeys     StudyKeys
	Consents      Consents
	Snapshots     Snapshots
	Frozen        Frozen
	Releases      Releases
	Contributions Contributions
	Audit         Audit
	Watch         finding.Watch // of courses; nil: nobody looks for alarms and signs

	Registry *instrument.Registry // of what comes with Holon and the operator's files
	Clock    func() time.Time
	Random   io.Reader // for identifiers and tokens; crypto/rand outside tests
}

// Practice is one clinic's data and what may be done with them. It is safe for
// concurrent use. Make it with New, and call CheckInstruments before the first
// use case.
type Practice struct {
	deps     Deps
	random   sync.Mutex // a reader of random bytes need not be safe for concurrent use
	registry atomic.Pointer[instrument.Registry]
	copied   sync.Map                         // instrument.Ref: the store has the definition
	settings atomic.Pointer[finding.Settings] // as they were read last

	refreshing sync.Mutex // one reading of what the store has of instruments at a time

	watching watching

	redactions chan struct{} // there is a redaction to be carried to its end
}

// New returns a practice over its repositories.
func New(deps Deps) *Practice {
	p := &Practice{deps: deps, redactions: make(chan struct{}, 1)}
	p.registry.Store(deps.Registry)
	return p
}

// Request is who asks for a use case, and how the request is recognised.
type Request struct {
	Principal access.Principal
	ID        string // of the HTTP request or the command, for the audit
	Key       string // the Idempotency-Key; empty when none was sent
	SHA       string // of the method, the path and the body
}

// now is the time, as it is stored.
func (p *Practice) now() time.Time { return session.Millis(p.deps.Clock()) }

// today is the day.
func (p *Practice) today() session.Date { return session.Date(p.now().Format(time.DateOnly)) }

// change describes the revision that a request makes. The hash of what was sent
// is kept only beside a key, under which the request may come again: nothing else
// needs it, and of a short request it can be found out what it is the hash of.
func (p *Practice) change(rq Request, why string) session.Change {
	c := session.Change{By: rq.Principal.ID, At: p.now(), Why: why, Key: rq.key()}
	if c.Key != "" {
		c.RequestSHA = rq.SHA
	}
	return c
}
