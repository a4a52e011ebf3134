package study

import (
	"strconv"
	"time"

	"holon/internal/fault"
	"holon/internal/session"
)

// Consent is what one member said about taking part in one study. What was said
// last stands; nothing of it is ever changed.
type Consent struct {
	Study  ID
	Member session.MemberID
	Number int // 1, 2, … of this member in this study
	Given  bool
	On     session.Date // the day it was said
	Form   session.Code // the version of the sheet that was signed; empty of a withdrawal
	By     string       // the principal who entered it
	At     time.Time

	Redacted *session.Redacted // nothing of what was said is kept: only that something was
}

// Redact takes out what was said, and tells whether there was anything.
func (c *Consent) Redact(x session.Redaction) (changed bool) {
	if c.Member != x.Member || c.Redacted != nil {
		return false
	}
	*c = Consent{Study: c.Study, Member: c.Member, Number: c.Number, Redacted: &session.Redacted{Decision: x.Decision, At: session.Millis(x.At)}}
	return true
}

// ConsentInput is what a member said, as it came.
type ConsentInput struct {
	Member session.MemberID
	Given  bool
	On     string
	Form   string
}

// MostConsents is the most that may come at once.
const MostConsents = 1000

// Membership is what a member is to a study.
type Membership int

// What a member may be.
const (
	NeverIn Membership = iota // any of its groups
	WasIn                     // one of them, at some time
	Erased                    // was in one, and asked for erasure since
)

// CheckConsents returns what members said, in order and without numbers, or every
// fault. today is the day on which it is entered; membership says what a member is to the
// study.
func (s *Study) CheckConsents(in []ConsentInput, today session.Date, membership func(session.MemberID) Membership) ([]Consent, error) {
	var faults fault.List
	if len(in) == 0 || len(in) > MostConsents {
		faults.Add("/consents", "out_of_range", "Between 1 and 1000 come at once.")
	}
	seen := map[session.MemberID]bool{}
	out := make([]Consent, 0, len(in))
	for i, c := range in {
		at := "/consents/" + strconv.Itoa(i)
		next := Consent{Study: s.ID, Member: c.Member, Given: c.Given}
		if on := day(&faults, at+"/on", &c.On); on != nil {
			if next.On = *on; next.On > today {
				faults.Add(at+"/on", "in_the_future", "This day is still to come. Enter what was said when it was said.")
			}
		}
		switch is := membership(c.Member); {
		case seen[c.Member]:
			faults.Add(at+"/member_id", "repeated", "Nothing may stand here twice.")
		case is == Erased:
			faults.Add(at+"/member_id", "redacted_since", "This member was erased since, and can take part in nothing any more. Leave the line out.")
		case is == NeverIn:
			faults.Add(at+"/member_id", "not_in_study", "This member was never in one of the study's groups.")
		}
		seen[c.Member] = true
		if form, err := session.ParseCode(c.Form); c.Given && err != nil {
			faults.Add(at+"/form", "bad_code", "Name the version of the sheet that was signed, such as v2.")
		} else if c.Given {
			next.Form = form
		}
		out = append(out, next)
	}
	return out, faults.Err()
}
