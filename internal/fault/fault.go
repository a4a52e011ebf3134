// Package fault is the one vocabulary of failures: a kind, a rule's name, a
// sentence for the person who can do something about it, and a list of field
// faults with JSON pointers. What is shown never contains the rejected value
// or internal text; the cause stays inside for the log.
package fault

import (
	"errors"
	"strings"
)

// Kind says what sort of failure it is, and so who can mend it.
type Kind int

// The kinds. Internal is the zero value, so that an unclassified error is
// never mistaken for the user's.
const (
	Internal             Kind = iota // ours: a bug, a broken disk
	Malformed                        // the request cannot be read at all
	Unauthenticated                  // nobody has said who asks
	Forbidden                        // the asker may not
	NotFound                         // no such thing, or none that the asker may know of
	Conflict                         // the place is taken, or the state forbids it
	Stale                            // written by another since it was read
	PreconditionRequired             // a revision must be named, and was not
	TooLarge                         // over a documented limit
	UnsupportedMedia                 // not a media type we read
	Invalid                          // readable, but it breaks a rule
	Unavailable                      // not now: starting, stopping, out of time
	MethodNotAllowed                 // known place, but not by this method
)

// String gives the kind's stable code, as the API's problem types use it.
func (k Kind) String() string {
	if int(k) < 0 || int(k) >= len(table) {
		return table[Internal].code
	}
	return table[k].code
}

// HTTPStatus gives the status that answers a fault of this kind.
func (k Kind) HTTPStatus() int {
	if int(k) < 0 || int(k) >= len(table) {
		return table[Internal].status
	}
	return table[k].status
}

// Field is one fault of one place in what was sent.
type Field struct {
	Pointer string // JSON pointer (RFC 6901) into the request; "" is the whole
	Rule    string // the broken rule's name, snake case
	Detail  string // what is wrong and what to do, without the rejected value
}

// Error is a classified failure. The zero value is not useful; use New, Wrap
// or List.
type Error struct {
	kind   Kind
	rule   string
	detail string
	fields []Field
	cause  error
}

// New returns a fault that can be shown: rule is a snake-case name, detail a
// sentence that says what is wrong and what to do.
func New(kind Kind, rule, detail string) *Error {
	return &Error{kind: kind, rule: rule, detail: detail}
}

// Wrap classifies cause. The cause's text is for logs only.
func Wrap(kind Kind, rule, detail string, cause error) *Error {
	return &Error{kind: kind, rule: rule, detail: detail, cause: cause}
}

// Kind returns the failure's kind.
func (e *Error) Kind() Kind { return e.kind }

// Rule returns the broken rule's name.
func (e *Error) Rule() string { return e.rule }

// Detail returns the sentence to show.
func (e *Error) Detail() string { return e.detail }

// Fields returns every field fault, in the order they were found.
func (e *Error) Fields() []Field { return e.fields }

// Unwrap returns the cause, nil if there is none.
func (e *Error) Unwrap() error { return e.cause }

// Error gives the text for logs: kind, rule, fields' rules and the cause.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.kind.String())
	b.WriteString(": ")
	b.WriteString(e.rule)
	for _, f := range e.fields {
		b.WriteString("; ")
		b.WriteString(f.Pointer)
		b.WriteString(" ")
		b.WriteString(f.Rule)
	}
	if e.cause != nil {
		b.WriteString(": ")
		b.WriteString(e.cause.Error())
	}
	return b.String()
}

// KindOf returns the kind of the first fault in err's chain, Internal if
// there is none.
func KindOf(err error) Kind {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.kind
	}
	return Internal
}

// Is tells whether err is a fault of this kind. A nil error is of no kind.
func Is(err error, kind Kind) bool {
	return err != nil && KindOf(err) == kind
}

// RuleOf returns the rule's name of the first fault in err's chain, "" if
// there is none.
func RuleOf(err error) string {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.rule
	}
	return ""
}
