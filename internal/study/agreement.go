package study

import (
	"slices"
	"strconv"
	"time"

	"holon/internal/fault"
	"holon/internal/session"
)

// Agreement is what was agreed before rows of single people left the practice: who
// may have them, what for and until when.
type Agreement struct {
	Number  int // 1, 2, … of the study
	Code    session.Code
	Purpose Purpose
	Persons []string     // identifiers of accounts, in order
	EndsOn  session.Date // the last day on which rows may be had
	By      string       // the principal who recorded it
	At      time.Time
}

// Purpose says in a code what rows are for.
type Purpose string

// The purposes.
const (
	ForPlanned      Purpose = "planned_analysis"
	ForReproduction Purpose = "reproduction" // of published numbers
	ForPooling      Purpose = "pooled_analysis"
	ForMethods      Purpose = "methods_research"
)

// Valid tells whether p is one of the purposes.
func (p Purpose) Valid() bool {
	return p == ForPlanned || p == ForReproduction || p == ForPooling || p == ForMethods
}

// MostPersons is how many accounts an agreement names at most.
const MostPersons = 50

// AgreementInput is an agreement as it came.
type AgreementInput struct {
	Code    string
	Purpose Purpose
	Persons []string
	EndsOn  string
}

// Agree records an agreement. researcher tells of accounts whether they are researchers of
// the study.
func (s *Study) Agree(in AgreementInput, researcher func(account string) bool, by string, at time.Time) (Agreement, error) {
	if s.Release != Controlled {
		return Agreement{}, fault.New(fault.Conflict, "aggregate_only", "This study releases aggregate numbers only, so there is nothing to agree on.")
	}
	var faults fault.List
	a := Agreement{Number: len(s.Agreements) + 1, Purpose: in.Purpose, Persons: slices.Sorted(slices.Values(in.Persons)), By: by, At: session.Millis(at)}
	code, err := session.ParseCode(in.Code)
	if err != nil {
		_ = faults.Under("/code", err)
	}
	if a.Code = code; err == nil && slices.ContainsFunc(s.Agreements, func(x Agreement) bool { return x.Code == code }) {
		faults.Add("/code", "code_taken", "Another agreement of the study has this code.")
	}
	if !in.Purpose.Valid() {
		faults.Add("/purpose", "unknown_purpose", "A purpose is planned_analysis, reproduction, pooled_analysis or methods_research.")
	}
	if len(in.Persons) == 0 || len(in.Persons) > MostPersons {
		faults.Add("/persons", "out_of_range", "An agreement names between 1 and 50 accounts.")
	}
	for i, p := range in.Persons {
		if slices.Contains(in.Persons[:i], p) {
			faults.Add("/persons/"+strconv.Itoa(i), "repeated", "Nothing may stand here twice.")
		}
		if !session.ValidID(p) {
			faults.Add("/persons/"+strconv.Itoa(i), "bad_id", "Name the researcher's account by its identifier.")
		} else if !researcher(p) {
			faults.Add("/persons/"+strconv.Itoa(i), "no_such_researcher", "The study has no researcher of this account. Make the token first: it says the account.")
		}
	}
	if on := day(&faults, "/ends_on", &in.EndsOn); on != nil {
		if a.EndsOn = *on; a.EndsOn < session.Date(at.UTC().Format(time.DateOnly)) {
			faults.Add("/ends_on", "ended_already", "An agreement cannot have ended before it is recorded.")
		}
	}
	if err := faults.Err(); err != nil {
		return Agreement{}, err
	}
	s.Agreements = append(slices.Clone(s.Agreements), a)
	return a, nil
}

// Agreed tells whether rows may be given to an account on a day.
func (s *Study) Agreed(account string, on session.Date) bool {
	return s.Release == Controlled && slices.ContainsFunc(s.Agreements, func(a Agreement) bool {
		return on <= a.EndsOn && slices.Contains(a.Persons, account)
	})
}
