package study

import (
	"crypto/sha256"
	"encoding/binary"
	"iter"
	"slices"

	"holon/internal/instrument"
	"holon/internal/session"
)

// Counting gathers contributions while sessions pass by, those of one group after the
// other. It keeps numbers, a few for each person, and nothing else of them.
type Counting struct {
	scorers        []session.Scorer
	names          []string
	parts          []parts // of each measure
	people, groups roll
	all            map[string]*tally
	models         func(session.GroupID) session.Code // nil: none is named

	around  around
	lacking lacking
	gave    []map[string]bool // who has a rating of each measure in the session at hand
	group   session.GroupID   // whose sessions pass by
	home    home
	here    int32                      // its number; -1 while it brought nothing in
	near    map[session.MemberID]int32 // of its members, their numbers
	text    []byte                     // of the row at hand
}

// home is 0 for therapy groups and 1 for families and couples.
type home int

// roll holds the hashes of the pseudonyms of those who are met, by their number: of each
// group apart, and in therapy groups apart from families and couples.
type roll [2][]uint64

// next numbers who is met.
func (r *roll) next(h home, of uint64) int32 {
	r[h] = append(r[h], Whose(of, h == 1))
	return int32(len(r[h]) - 1) //nolint:gosec // of people
}

// tally is what was gathered under one name.
type tally struct{ people, groups sums }

// sums are digests by numbers, each with one added: 0 is who brought nothing in.
type sums [2]struct{ rows, around []uint64 }

// reach makes room for so many numbers.
func (s *sums) reach(h home, n int) {
	if more := n - len(s[h].rows); more > 0 {
		s[h].rows, s[h].around = append(s[h].rows, make([]uint64, more)...), append(s[h].around, make([]uint64, more)...)
	}
}

// add adds the hashes of a row, and of it with what stands around it, to somebody's
// digests.
func (s *sums) add(h home, number int32, row, around uint64) {
	s.reach(h, int(number)+1)
	if to := &s[h].rows[number]; *to == 0 {
		*to = row + 1
	} else {
		*to = sumOf(*to-1, row) + 1
	}
	s[h].around[number] = sumOf(s[h].around[number], around)
}

// after takes over others' digests, whose numbers begin after so many.
func (s *sums) after(h home, n int, others *sums) {
	if len(others[h].rows) > 0 {
		s[h].rows, s[h].around = joinedAt(n, s[h].rows, others[h].rows), joinedAt(n, s[h].around, others[h].around)
	}
}

// joinedAt is a list with another behind it, which begins at n, in no more memory than it
// takes.
func joinedAt(n int, list, more []uint64) []uint64 {
	out := make([]uint64, n+len(more))
	copy(out, list)
	copy(out[n:], more)
	return out
}

// list lists what everybody brought in, together what came under several numbers.
func (s *sums) list(of *roll) []Contribution {
	n := 0
	for h := range s {
		for _, digest := range s[h].rows {
			if digest > 0 {
				n++
			}
		}
	}
	if n == 0 {
		return nil
	}
	out := make([]Contribution, 0, n)
	for h := range s {
		for number, digest := range s[h].rows {
			if digest > 0 {
				out = append(out, Contribution{Of: of[h][number], Digest: digest - 1, Around: s[h].around[number]})
			}
		}
	}
	slices.SortFunc(out, byOf)
	kept := out[:1]
	for _, c := range out[1:] {
		if last := &kept[len(kept)-1]; last.Of == c.Of {
			last.Digest, last.Around = sumOf(last.Digest, c.Digest), sumOf(last.Around, c.Around)
		} else {
			kept = append(kept, c)
		}
	}
	return kept
}

// NewCounting returns a counting for a study's measures; definition finds an
// instrument's definition.
//
// What therapists answered about the same pairs is counted with members' measures of
// alliances, although the study does not name it: analyses hold the one against the other.
func NewCounting(measures []session.Measure, definition func(instrument.Ref) (*instrument.Definition, bool)) *Counting {
	c := &Counting{all: map[string]*tally{}, lacking: lacking{}, near: map[session.MemberID]int32{}, around: around{spells: map[session.MemberID]uint64{}, ruptures: map[session.MemberID]uint64{}}}
	for _, m := range withTherapists(measures, definition) {
		def, ok := definition(m.Instrument)
		if !ok {
			continue
		}
		if scorer, ok := session.NewScorer(def, m); ok {
			c.scorers, c.names, c.gave = append(c.scorers, scorer), append(c.names, MeasureName(m)), append(c.gave, map[string]bool{})
			c.parts = append(c.parts, parts{outcome: scorer.Level() == instrument.Outcome, first: map[int32]*ending{}})
		}
	}
	return c
}

// Within has the counting take note of the therapy models of groups: where one is named
// otherwise than before, numbers that compare models tell about its people.
func (c *Counting) Within(models func(session.GroupID) session.Code) { c.models = models }

// Group begins a group, whose sessions come next: what is known of its members'
// belonging stands around their rows.
func (c *Counting) Group(g *session.Group) {
	c.begin(g.ID, g.Kind)
	c.around.group(g)
}

// begin begins a group.
func (c *Counting) begin(id session.GroupID, kind session.GroupKind) {
	c.endGroup()
	c.group, c.home, c.here = id, 0, -1
	clear(c.near)
	c.around.begin()
	if kind != session.KindGroup {
		c.home = 1
	}
}

// Add takes one session that is chosen. What has a value, what has none and who
// had a seat are counted apart: a difference in one of them must not hide behind
// the others.
func (c *Counting) Add(s *session.Session) {
	if c.group != s.GroupID {
		c.begin(s.GroupID, s.GroupKind)
	}
	c.around.session(s)
	for _, seat := range s.Roster {
		if !seat.Redacted {
			c.note(Attendance, s, seat.MemberID, string(seat.Attendance), "")
			if c.models == nil {
				continue
			}
			if model := c.models(s.GroupID); model != "" {
				c.note(Models, s, seat.MemberID, string(model), "")
			}
		}
	}
	for x := range RatingsOf(s) {
		for k := range c.scorers {
			if x.Level != c.scorers[k].Level() {
				continue
			}
			switch fit := c.scorers[k].Fit(x.Rating); fit {
			case session.Fits:
				c.gave[k][x.Rater.ID] = true
				c.rating(k, s, x)
			case session.OtherInstrument:
			default:
				c.lacks(c.names[k], string(fit), s, x)
			}
		}
	}
	for k := range c.scorers {
		c.parts[k].endSession(s)
		c.silent(k, s)
		clear(c.gave[k])
	}
}

// rating takes a rating of the k-th measure.
func (c *Counting) rating(k int, s *session.Session, x Rated) {
	value, reason := c.scorers[k].Value(x.Rating)
	name := c.names[k]
	if value == nil {
		name = missing(name)
	}
	row := x.Rater.ID + "\t" + string(x.Therapist) + "\t" + string(x.Member) + "\t" + string(x.Occasion) + "\t" + number(value) + "\t" + string(reason)
	answers := answersText(x.Rating)
	var marks [2]mark
	n := 0
	for m := range x.People {
		marks[n] = c.mark(s, m, row, answers)
		n++
	}
	if n == 0 {
		h := c.rowHash(s, "", row)
		marks[0], n = mark{who: -1, row: h, around: c.around.hash(h, "", answers)}, 1
	}
	for _, m := range marks[:n] {
		c.put(name, m)
	}
	if value == nil {
		c.lacks(c.names[k], "missing_score_"+string(reason), s, x)
		return
	}
	for _, m := range marks[:n] {
		c.parts[k].take(m)
		switch s.Kind {
		case session.Assessment:
			c.put(assessed(name), m)
		case session.Individual, session.Subsystem:
			c.put(apart(name), m)
		case session.Meeting:
		}
	}
	if n == 2 { // one person about another: neither may be few behind many of the other
		c.of(given(name)).people.add(c.home, marks[0].who, marks[0].row, marks[0].around)
		c.of(received(name)).people.add(c.home, marks[1].who, marks[1].row, marks[1].around)
	}
}

// note takes a row of a member, for the member and the group; with is what else is in it.
func (c *Counting) note(name string, s *session.Session, m session.MemberID, row, with string) {
	c.put(name, c.mark(s, m, row, with))
}

// mark numbers a member and takes the digests of a row.
func (c *Counting) mark(s *session.Session, m session.MemberID, row, with string) mark {
	who, known := c.near[m]
	if !known {
		who = c.people.next(c.home, hash64(m))
		c.near[m] = who
	}
	h := c.rowHash(s, m, row)
	return mark{who: who, row: h, around: c.around.hash(h, m, with)}
}

// groupNumber is the number of the group at hand.
func (c *Counting) groupNumber() int32 {
	if c.here < 0 {
		c.here = c.groups.next(c.home, hash64(c.group))
	}
	return c.here
}

// of is the tally of a name.
func (c *Counting) of(name string) *tally {
	t := c.all[name]
	if t == nil {
		t = &tally{}
		c.all[name] = t
	}
	return t
}

// rowHash is the hash of a row of a session, a member's where there is one.
func (c *Counting) rowHash(s *session.Session, m session.MemberID, row string) uint64 {
	c.text = c.text[:0]
	for _, part := range [...]string{string(s.GroupID), string(s.ID)} {
		c.text = append(append(c.text, part...), '\t')
	}
	if m != "" {
		c.text = append(append(c.text, m...), '\t')
	}
	c.text = append(c.text, row...)
	sum := sha256.Sum256(c.text)
	return binary.BigEndian.Uint64(sum[:8]) % fieldSize
}

// hash64 is the first eight bytes of the SHA-256 of a text.
func hash64[T ~string](text T) uint64 {
	sum := sha256.Sum256([]byte(text))
	return binary.BigEndian.Uint64(sum[:8])
}

// Merge takes over what another counting of the same measures gathered, and lets go of
// it there.
func (c *Counting) Merge(other *Counting) {
	c.endGroup()
	other.endGroup()
	for name, t := range other.all {
		to := c.of(name)
		for h := range t.people {
			to.people.after(home(h), len(c.people[h]), &t.people)
			to.groups.after(home(h), len(c.groups[h]), &t.groups)
		}
		delete(other.all, name)
	}
	c.lacking.merge(other.lacking)
	for h := range other.people {
		c.people[h] = append(c.people[h], other.people[h]...)
		c.groups[h] = append(c.groups[h], other.groups[h]...)
	}
}

// Contributions returns what was gathered; no more can be added then.
func (c *Counting) Contributions() Contributions {
	var out Contributions
	for m := range c.Measures() {
		out.Measures = append(out.Measures, m)
	}
	return out
}

// Measures yields what was gathered, measure by measure in the order of their names, and
// lets go of each; no more can be added then.
func (c *Counting) Measures() iter.Seq[MeasureContributions] {
	c.endGroup()
	names := append([]string{Attendance, Models}, c.names...)
	for _, name := range c.names {
		names = append(append(names, missing(name), given(name), received(name)), partsOf(name)...)
	}
	slices.Sort(names)
	return func(yield func(MeasureContributions) bool) {
		for _, name := range names { // those of which nothing came as well: the other release may have some
			t := c.of(name)
			delete(c.all, name)
			if !yield(MeasureContributions{Measure: name, People: t.people.list(&c.people), Groups: t.groups.list(&c.groups)}) {
				return
			}
		}
	}
}

// withTherapists adds to measures what the therapists answered to the same, or to the form
// that goes with it, about the same pairs.
func withTherapists(measures []session.Measure, definition func(instrument.Ref) (*instrument.Definition, bool)) []session.Measure {
	out := slices.Clone(measures)
	for _, m := range measures {
		def, ok := definition(m.Instrument)
		if !ok || m.Rater != instrument.RaterMember {
			continue
		}
		if scorer, ok := session.NewScorer(def, m); !ok || scorer.Level() != instrument.Alliance {
			continue
		}
		for _, ref := range instrument.TherapistForms(m.Instrument) {
			other := session.Measure{Instrument: ref, Score: m.Score, Rater: instrument.RaterTherapist}
			if !slices.ContainsFunc(out, func(x session.Measure) bool { return MeasureName(x) == MeasureName(other) }) {
				out = append(out, other)
			}
		}
	}
	return out
}
