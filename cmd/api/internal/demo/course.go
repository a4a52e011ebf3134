package demo

import (
	"cmp"
	"slices"
	"time"

	"holon/internal/session"
)

// course is what happens to one group or family from its first session to its
// last.
type course struct {
	luck       luck
	code       string
	kind       session.GroupKind
	format     session.Format
	starts     time.Time // day and hour of the first session
	length     time.Duration
	sessions   int
	lead, co   string // therapists' codes; co may be empty
	substitute string
	leaveFrom  int // the first and last session led by the substitute; 0: none
	leaveTo    int
	cancelled  int // this session does not take place
	double     int // this session is held on the day of the one before
	alone      int // to this session only the adolescent is invited; 0: none
	stays      []stay
	ruptures   []rupture
	splits     []weeks // when the adolescent stands apart
}

// stay is one spell of a member, counted in sessions.
type stay struct {
	member   string
	role     session.MemberRole
	from, to int // to 0: until the end
	why      session.LeaveReason
}

// rupture is a drop of one member's alliance that is repaired within two
// sessions.
type rupture struct {
	member string
	at     int
	depth  float64
}

// weeks is a run of sessions.
type weeks struct{ from, to int }

// battery tells whether the long forms are filled in after this session.
// Nothing is planted in these sessions, so that they show the plain truth.
func battery(n int) bool { return n%4 == 0 }

// bondsEvery is how often the members of the therapy groups are asked about each
// other: in sessions whose number it divides. Intake is the first session.
const bondsEvery = 4

// bondsDue tells whether they are in a meeting of the course.
func bondsDue(n int) bool { return (n+1)%bondsEvery == 0 }

// intake stands among the numbers of a course's sessions for the assessment a
// week before the first.
const intake = 0

// begins returns when session n begins.
func (c *course) begins(n int) time.Time {
	week := n - 1
	if c.double > 0 && n >= c.double {
		week--
	}
	at := c.starts.AddDate(0, 0, 7*week)
	if c.double > 0 && n == c.double {
		at = at.Add(c.length + 30*time.Minute)
	}
	return at
}

// day returns the day of session n.
func (c *course) day(n int) session.Date { return dayOf(c.begins(n)) }

// dayOf returns the calendar day of a time.
func dayOf(t time.Time) session.Date { return session.Date(t.Format(time.DateOnly)) }

// led returns who leads session n.
func (c *course) led(n int) string {
	if c.substitute != "" && n >= c.leaveFrom && n <= c.leaveTo {
		return c.substitute
	}
	return c.lead
}

// here returns the spells that hold at session n.
func (c *course) here(n int) []stay {
	return slices.DeleteFunc(slices.Clone(c.stays), func(s stay) bool { return n < s.from || (s.to != 0 && n > s.to) })
}

// planted is how far a member's alliance at session n lies below what the
// trait gives.
func (c *course) planted(s stay, n int) float64 {
	for _, r := range c.ruptures {
		if r.member == s.member && n == r.at {
			return r.depth
		}
		if r.member == s.member && n == r.at+1 {
			return r.depth / 2
		}
	}
	if s.role == session.RoleAdolescent && c.split(n) {
		return splitDepth
	}
	return 0
}

// splitDepth is how far a split adolescent's alliance lies below the trait.
const splitDepth = 3

// split tells whether the family is split at session n.
func (c *course) split(n int) bool {
	return slices.ContainsFunc(c.splits, func(w weeks) bool { return n >= w.from && n <= w.to })
}

// meeting is one session of one course, or its intake assessment.
type meeting struct {
	*course

	n int
}

// individual tells whether one member is seen alone.
func (m meeting) individual() bool { return m.alone > 0 && m.n == m.alone }

// calendar returns all meetings of all courses, and the intake assessments
// before them, in the order of time.
func calendar(courses []*course) []meeting {
	var out []meeting
	for _, c := range courses {
		for n := intake; n <= c.sessions; n++ {
			out = append(out, meeting{c, n})
		}
	}
	slices.SortStableFunc(out, func(a, b meeting) int {
		return cmp.Or(a.begins(a.n).Compare(b.begins(b.n)), cmp.Compare(a.code, b.code), cmp.Compare(a.n, b.n))
	})
	return out
}
