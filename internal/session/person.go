package session

import "holon/internal/fault"

// Member is a person who takes part in groups: a code and, where the practice
// wants age limits checked, a year of birth. Nothing here names anybody.
type Member struct {
	Head

	ID        MemberID
	Code      Code
	BirthYear *int
	Redacted  *Redacted // code and year of birth were taken out; nil of every other
}

// Therapist is a person who leads groups.
type Therapist struct {
	Head

	ID   TherapistID
	Code Code
}

// NewMember returns a valid member or every fault.
func NewMember(id MemberID, code string, birthYear *int) (*Member, error) {
	var faults fault.List
	c := checkCode(&faults, code)
	checkBirthYear(&faults, birthYear)
	if err := faults.Err(); err != nil {
		return nil, err
	}
	return &Member{ID: id, Code: c, BirthYear: birthYear}, nil
}

// NewTherapist returns a valid therapist or every fault.
func NewTherapist(id TherapistID, code string) (*Therapist, error) {
	var faults fault.List
	c := checkCode(&faults, code)
	if err := faults.Err(); err != nil {
		return nil, err
	}
	return &Therapist{ID: id, Code: c}, nil
}

// checkBirthYear notes when a year of birth cannot be one.
func checkBirthYear(faults *fault.List, year *int) {
	if year != nil && (*year < 1900 || *year > 2199) {
		faults.Add("/birth_year", "out_of_range", "A year of birth is a year from 1900 to 2199.")
	}
}

// MemberCorrection says what was entered wrongly of a member. What is nil stays
// as it is.
type MemberCorrection struct {
	Code        *string
	BirthYear   *int
	NoBirthYear bool // it is to be known no more
	Why         AmendReason
}

// Correct mends what is recorded of the member.
func (m *Member) Correct(c MemberCorrection) error {
	if m.Redacted != nil {
		return fault.New(fault.Conflict, "member_redacted", "This member's values were redacted. There is nothing left to correct.")
	}
	var faults fault.List
	next := *m
	if c.Code != nil {
		next.Code = checkCode(&faults, *c.Code)
	}
	if c.NoBirthYear {
		next.BirthYear = nil
	}
	if c.BirthYear != nil {
		next.BirthYear = new(*c.BirthYear)
	}
	checkBirthYear(&faults, c.BirthYear)
	if c.NoBirthYear && c.BirthYear != nil {
		faults.Add("/birth_year", "given_and_removed", "A correction either gives this or removes it.")
	}
	checkAmendment(&faults, c.Why, next.Code == m.Code && sameNumber(next.BirthYear, m.BirthYear))
	if err := faults.Err(); err != nil {
		return err
	}
	*m = next
	return nil
}

// checkCode parses a code field and notes its fault.
func checkCode(faults *fault.List, code string) Code {
	c, err := ParseCode(code)
	if err != nil {
		faults.Add("/code", fault.RuleOf(err), "A code is 1 to 32 letters, digits, dots, underscores or hyphens, without spaces. Use a code, never a name.")
	}
	return c
}
