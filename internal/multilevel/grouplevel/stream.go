package grouplevel

import (
	"context"
	"math"

	"holon/internal/multilevel"
	"holon/internal/multilevel/crossed"
)

// Stream tests weekly ratings of groups that arrive one after the other. It keeps
// of a group how it lies and its sums, never its ratings: less than 1 KB of one of 8
// members over 20 sessions. Make it with [NewStream].
type Stream struct {
	streamed

	builder *crossed.Builder
	unfit   bool // some rating makes this table one for Test
}

// NewStream returns a stream of ratings that lie between low and high, whose
// sessions are known to be evenings that a group shared.
func NewStream(low, high float64) *Stream {
	s := &Stream{builder: crossed.NewTotaller()}
	s.unit = unit{low: low}
	if spread := high - low; spread > 0 && finite(spread) {
		s.unit.exp = math.Ilogb(spread)
	} else {
		s.unfit = true
	}
	return s
}

// Add takes all ratings of one more group, of which nothing is kept.
func (s *Stream) Add(rows []multilevel.Row) {
	if len(rows) == 0 || s.unfit {
		return
	}
	x := indexOf(rows)
	if !x.finite || x.named != len(rows) || x.twice > 0 || x.anonymous() || len(x.blocks) != 1 {
		s.unfit = true
		return
	}
	b := &x.blocks[0]
	for i := range b.cells {
		b.cells[i].z = s.unit.distance(b.cells[i].value)
	}
	s.lies.add(x.lie())
	s.take(b)
	members, sessions, y := make([]int32, len(rows)), make([]int32, len(rows)), make([]float64, len(rows))
	for i, c := range b.cells {
		members[i], sessions[i], y[i] = code(c.member), code(c.session), c.value
	}
	if err := s.builder.Add(code(s.groups-1), members, sessions, y); err != nil {
		s.unfit = true
	}
}

// Test tests the group level of all groups that came, as Test does; the predicted
// effects of groups, members and sessions are left out. It is not ok where the ratings
// are no members crossed with the sessions of their groups, of two groups and more, or
// where so much as one has to be left out: such a table is one for Test, which says
// what it is. Its only error is that of the context. No more can be added then.
func (s *Stream) Test(ctx context.Context, o Options) (g multilevel.GroupLevel, ok bool, err error) {
	if s.unfit || s.groups < 2 || s.edges.least == s.edges.most || (o.Structure != "" && o.Structure != multilevel.MembersBySessions) || o.Detail == Full {
		return multilevel.GroupLevel{}, false, nil
	}
	c, p := s.lies.choose()
	if c.answer != "" || !c.levels[group] || !c.levels[member] || !c.levels[session] {
		return multilevel.GroupLevel{}, false, nil
	}
	summary, err := s.builder.Finish()
	if err != nil {
		return multilevel.GroupLevel{}, false, nil //nolint:nilerr // Test says what is wrong with them
	}
	c.say(s.lies.named, p)
	asked := o.Options
	o = o.withDefaults()
	w := work{asked: asked, o: o, c: c, lie: &s.streamed, totalled: weekly{summary: summary}}
	w.r.Settle = multilevel.Settle{ICC: o.PlanICC, Bound: o.Bound}
	w.describe()
	if err := w.model(ctx); err != nil {
		return multilevel.GroupLevel{}, false, err
	}
	return w.r, true, ctx.Err()
}

// streamed is the layout of groups that went by.
type streamed struct {
	unit

	groups  int
	lies    lie
	sizing  sizing
	edges   ends
	shared  [2]mean // of members of a session, of ratings of a member
	several int     // sessions of two ratings and more
	lines   lines
	spectra map[level]*spectra // of sessions with members taken out, and of members with sessions
}

// take takes in one group.
func (s *streamed) take(b *block) {
	s.groups++
	var sum float64
	for _, c := range b.cells {
		sum += c.z
		s.edges.add(c.value)
	}
	s.sizing.add(1, len(b.cells), sum/float64(len(b.cells)))
	for _, n := range b.perMember() {
		s.shared[1].add(1, n)
	}
	for _, n := range b.perSession() {
		s.shared[0].add(1, n)
		if n > 1 {
			s.several++
		}
	}
	s.lines.add(b)
	if s.spectra == nil {
		s.spectra = map[level]*spectra{session: {}, member: {}}
	}
	s.spectra[session].add(b, session, member)
	s.spectra[member].add(b, member, session)
}

// extent counts the ratings and the groups.
func (s *streamed) extent() (ratings, groups int) { return s.lies.ratings, s.groups }

// scale returns the unit of z.
func (s *streamed) scale() unit { return s.unit }

// sizes describes the groups.
func (s *streamed) sizes() sizes { return s.sizing.described() }

// harmonic returns the harmonic means of members and sessions, which are shared.
func (s *streamed) harmonic(bool) (members, sessions float64) {
	return s.shared[0].harmonic(), s.shared[1].harmonic()
}

// sessionsOfSeveral counts the sessions of two ratings and more.
func (s *streamed) sessionsOfSeveral() int { return s.several }

// crossedLines returns the analysis of variance of complete tables of one shape.
func (s *streamed) crossedLines() (out [4]stratum, sh shape, ok bool) {
	return s.lines.strata(s.lies.ratings)
}

// nestedLines returns nothing: members are crossed with sessions.
func (s *streamed) nestedLines(level) (out [3]stratum, sh shape, ok bool) { return out, sh, false }

// spectrum returns what the exact test of sessions or members needs, with the other
// taken out.
func (s *streamed) spectrum(of, out level) (sp spectrum, ok bool) {
	x := s.spectra[of]
	if x == nil || x.large || out == group {
		return spectrum{}, false
	}
	sp = x.spectrum
	sp.tidy(s.lies.ratings)
	return sp, true
}

// atEnds counts the ratings that are the lowest and the highest there is.
func (s *streamed) atEnds() (lowest, highest int, known bool) {
	return s.edges.lowest, s.edges.highest, true
}
