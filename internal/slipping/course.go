package slipping

import "holon/internal/session"

// Course is what is looked at of one member in one group.
type Course struct {
	Member   session.MemberID
	Seats    []Seat           // every meeting in which the member had a seat, by number
	Alliance []AllianceCourse // of each therapist and instrument
}

// Seat is one meeting.
type Seat struct {
	SessionID  session.SessionID
	Number     int
	HeldOn     session.Date
	Attendance session.Attendance // empty while nobody said
	Form       Form
}

// came tells whether the member is known to have been there: somebody noted it, or
// there is a form of the member's where nobody did.
func (s *Seat) came() bool {
	if s.Attendance == "" {
		return s.Form == FormSaid || s.Form == FormBlank
	}
	return !s.Attendance.Absent()
}

// Form says what a meeting holds of what the member said of the alliance.
type Form string

// The forms. The empty one: nothing can be said, because nobody was asked, the
// session is still open, or what was said is not complete or not to be seen.
const (
	FormUnknown Form = ""
	FormSaid    Form = "said"
	FormBlank   Form = "blank" // a form without an answer
	FormNone    Form = "none"  // others handed one in, and the session is closed
)

// AllianceCourse is what the member said of one therapist by one score.
type AllianceCourse struct {
	Values []Value
	Min    float64 // the end of the scale that says the worst
	Max    float64 // the end that says the best
	Within float64 // pooled standard deviation within members; not above zero where it is unknown
}

// Value is a score in a seat. Higher is better: scores where more is worse come with
// their sign turned.
type Value struct {
	Seat int // place in Seats
	Is   float64
}

// BeforeLeaving returns the course up to the last meeting that the member came to.
// The absences after it are the leaving itself, and no signs before it.
func (c *Course) BeforeLeaving() Course {
	n := len(c.Seats)
	for n > 0 && !c.Seats[n-1].came() {
		n--
	}
	out := Course{Member: c.Member, Seats: c.Seats[:n]}
	for _, a := range c.Alliance {
		k := len(a.Values)
		for k > 0 && a.Values[k-1].Seat >= n {
			k--
		}
		a.Values = a.Values[:k]
		out.Alliance = append(out.Alliance, a)
	}
	return out
}
