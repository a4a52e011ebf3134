package study

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"slices"
	"strings"

	"holon/internal/instrument"
	"holon/internal/session"
)

// Contributions says who stands behind the numbers of one release: what each
// person and each group brought in, as a hash of a few bytes. Two releases are
// compared by them, see [Differences].
type Contributions struct {
	Measures []MeasureContributions // in the order of their names
}

// MeasureContributions is who stands behind the numbers of one measure, or behind
// what is missing of it, or behind attendance.
type MeasureContributions struct {
	Measure string // see [MeasureName] and [Attendance]
	People  []Contribution
	Groups  []Contribution
}

// Contribution is what one person or group brought in. Of is a pseudonym's hash,
// and Digest that of all its rows: the sum over rows of a hash of each in a field of
// numbers, see [sumOf], so that the order of rows has no say, and that the digests of
// two parts add up to that of the whole. Who is in a therapy group and in a family
// stands in a list twice: numbers are released of the one or of the other.
type Contribution struct {
	Of     uint64
	Family bool // a family or couple, or somebody's rows of one
	Digest uint64
}

// Attendance names the contributions of seats, beside those of measures: numbers of
// people who came, or whose form is missing, stand on them.
const Attendance = "attendance"

// missing names the contributions to what is missing of a measure.
func missing(measure string) string { return measure + " missing" }

// Counting gathers contributions while sessions pass by.
type Counting struct {
	scorers []session.Scorer
	names   []string
	all     map[string]*tally
	family  map[session.GroupID]bool
}

// tally is what was gathered under one name.
type tally struct {
	people map[seated]uint64
	groups map[session.GroupID]uint64
}

// seated is somebody in therapy groups, or in families and couples.
type seated struct {
	member session.MemberID
	family bool
}

// NewCounting returns a counting for a study's measures; definition finds an
// instrument's definition.
func NewCounting(measures []session.Measure, definition func(instrument.Ref) (*instrument.Definition, bool)) *Counting {
	c := &Counting{all: map[string]*tally{}, family: map[session.GroupID]bool{}}
	for _, m := range measures {
		def, ok := definition(m.Instrument)
		if !ok {
			continue
		}
		if scorer, ok := session.NewScorer(def, m); ok {
			c.scorers, c.names = append(c.scorers, scorer), append(c.names, MeasureName(m))
		}
	}
	return c
}

// Add takes one session that is chosen. What has a value, what has none and who
// had a seat are counted apart: a difference in one of them must not hide behind
// the others.
func (c *Counting) Add(s *session.Session) {
	c.family[s.GroupID] = s.GroupKind != session.KindGroup
	for _, seat := range s.Roster {
		if !seat.Redacted {
			c.note(Attendance, s, seat.MemberID, string(seat.Attendance))
		}
	}
	for x := range RatingsOf(s) {
		for k := range c.scorers {
			if scorer := &c.scorers[k]; x.Level == scorer.Level() && scorer.Fit(x.Rating) == session.Fits {
				c.rating(k, s, x)
			}
		}
	}
}

// rating takes a rating of the k-th measure.
func (c *Counting) rating(k int, s *session.Session, x Rated) {
	value, reason := c.scorers[k].Value(x.Rating)
	name := c.names[k]
	if value == nil {
		name = missing(name)
	}
	row := strings.Join([]string{x.Rater.ID, string(x.Therapist), string(x.Member), string(x.Occasion), number(value), string(reason)}, "\t")
	anybody := false
	for m := range x.People {
		anybody = true
		c.note(name, s, m, row)
	}
	if !anybody {
		t := c.of(name)
		t.groups[s.GroupID] = sumOf(t.groups[s.GroupID], rowHash(s, row))
	}
}

// note takes a row of a member.
func (c *Counting) note(name string, s *session.Session, m session.MemberID, row string) {
	h, t := rowHash(s, string(m)+"\t"+row), c.of(name)
	who := seated{m, s.GroupKind != session.KindGroup}
	t.people[who] = sumOf(t.people[who], h)
	t.groups[s.GroupID] = sumOf(t.groups[s.GroupID], h)
}

// of is the tally of a name.
func (c *Counting) of(name string) *tally {
	t := c.all[name]
	if t == nil {
		t = &tally{people: map[seated]uint64{}, groups: map[session.GroupID]uint64{}}
		c.all[name] = t
	}
	return t
}

// rowHash is the hash of a row of a session.
func rowHash(s *session.Session, row string) uint64 {
	return hash64(string(s.GroupID)+"\t"+string(s.HeldOn)+"\t"+string(s.ID)+"\t"+row) % fieldSize
}

// hash64 is the first eight bytes of the SHA-256 of a text.
func hash64(text string) uint64 {
	sum := sha256.Sum256([]byte(text))
	return binary.BigEndian.Uint64(sum[:8])
}

// Contributions returns what was gathered.
func (c *Counting) Contributions() Contributions {
	var out Contributions
	names := append([]string{Attendance}, c.names...)
	for _, name := range c.names {
		names = append(names, missing(name))
	}
	slices.Sort(names)
	for _, name := range names { // those of which nothing came as well: the other release may have some
		m, t := MeasureContributions{Measure: name}, c.of(name)
		for id, digest := range t.people {
			m.People = append(m.People, Contribution{Of: hash64(string(id.member)), Family: id.family, Digest: digest})
		}
		for id, digest := range t.groups {
			m.Groups = append(m.Groups, Contribution{Of: hash64(string(id)), Family: c.family[id], Digest: digest})
		}
		slices.SortFunc(m.People, byOf)
		slices.SortFunc(m.Groups, byOf)
		out.Measures = append(out.Measures, m)
	}
	return out
}

// byOf orders contributions by whose they are, those of families last.
func byOf(a, b Contribution) int {
	switch {
	case a.Of != b.Of:
		return cmp.Compare(a.Of, b.Of)
	case a.Family == b.Family:
		return 0
	case b.Family:
		return -1
	default:
		return 1
	}
}
