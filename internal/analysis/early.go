package analysis

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"math"
	"slices"

	"holon/internal/instrument"
	"holon/internal/multilevel"
	"holon/internal/multilevel/early"
	"holon/internal/session"
)

// earlyWindow are the attended sessions that are early unless others are named.
const (
	earlyFrom = 3
	earlyTo   = 5
)

// EarlyAlliance asks whether the alliance in early sessions tells of the final
// outcome beyond the outcome before them and the change by their end. All scores
// of the instrument stand side by side, of members and, where its items are for
// them, of therapists. Errors are those of GroupLevel.
func EarlyAlliance(ctx context.Context, src Source, ask Ask) (Report, error) {
	asked, err := tracksOf(src, &ask)
	if err != nil {
		return Report{}, err
	}
	if ask.Window == (Window{}) {
		ask.Window = Window{From: earlyFrom, To: earlyTo}
	}
	b := &beginnings{window: ask.Window, outcome: asked[1], kinds: map[session.GroupKind]bool{}, rows: map[session.MemberID]bool{}}
	b.alliances(asked[0])
	w := newWalk(src, &ask)
	if err := w.each(ctx, levelsOf([]session.Scorer{asked[0].scorer, asked[1].scorer}), b.visit); err != nil {
		return Report{}, err
	}
	x, y := asked[0], asked[1]
	r := Report{Outcome: x.title(y) + ", " + y.title(x), Data: w.data, Subject: x.about(b.kinds), Caveats: w.remarks()}
	result := &EarlyAllianceResult{Window: ask.Window, Against: y.about(b.kinds)}
	r.Result = result
	b.excluded.Add(ruleDamaged, len(w.damaged))
	groups := map[string]bool{}
	var lines canonical
	for i := range b.table.Members {
		m := &b.table.Members[i]
		groups[m.Group] = true
		cells := []any{m.Group, m.Name, m.Baseline, m.Change, known(m.Final)}
		for _, v := range m.Alliance {
			cells = append(cells, known(v))
		}
		lines.add(cells...)
	}
	r.Counts = Counts{Groups: len(groups), Members: len(b.rows), Ratings: len(b.table.Members), Excluded: b.excluded.List()}
	if r.Input, err = lines.input(); err != nil {
		return Report{}, err
	}
	x.remark(&r.Caveats)
	if n := b.several; n > 0 {
		r.Caveats.Add("one_informant", fmt.Sprintf("About %d %s several people reported. Of each the one is taken who reported the outcome at the end, else the one who reported most often: nobody counts twice, and nobody is a drop-out because one of several stopped.", n, plural(n, "member")))
	}
	if o := foremost(mixedOf(b.kinds), notAnAlliance(x, y)); o != nil {
		r.object(o)
		result.Result = early.Unanswered()
		result.Answer, result.Reason = multilevel.Refused, o.Reason
		return r, nil
	}
	result.Result, err = early.Analyse(ctx, b.table, early.Options{Draws: ask.Draws, Seed: ask.Seed, Progress: ask.tell("resampling")})
	r.Caveats.Merge(result.Caveats)
	return r, ended(ctx, err)
}

// known returns a number that may be missing as it is hashed.
func known(v float64) any {
	if math.IsNaN(v) {
		return nil
	}
	return v
}

// notAnAlliance objects to measures of other levels.
func notAnAlliance(x, y *track) *multilevel.Objection {
	if x.scorer.Level() == instrument.Alliance && y.scorer.Level() == instrument.Outcome && x.measure.Rater != instrument.RaterObserver {
		return nil
	}
	return &multilevel.Objection{
		Answer: multilevel.Refused, Reason: "not_alliance_and_outcome",
		Detail:  "This question is about the alliance, answered by members or therapists, and an outcome of members.",
		Instead: "Name a score of an alliance as the measure, and a score of an outcome as the second one.",
	}
}

// beginnings gathers how members began.
type beginnings struct {
	window   Window
	tracks   []*track // in the order of the table's predictors
	outcome  *track
	table    early.Table
	kinds    map[session.GroupKind]bool
	excluded multilevel.Exclusions
	rows     map[session.MemberID]bool // members who are in the table
	several  int                       // members about whom several people reported the outcome
}

// alliances takes the score that was asked about, then the other scores of the
// instrument and the other kind of rater.
func (b *beginnings) alliances(asked *track) {
	take := func(score instrument.Score, rater instrument.RaterKind) {
		m := asked.measure
		m.Score, m.Rater = score.ID, rater
		scorer, ok := session.NewScorer(asked.def, m)
		answers := func(it instrument.Item) bool { return slices.Contains(it.Raters, rater) }
		if !ok || !slices.ContainsFunc(asked.def.ItemsAt(score.Level), answers) {
			return
		}
		b.tracks = append(b.tracks, &track{measure: m, def: asked.def, scorer: scorer, reader: newReader(scorer, false)})
		b.table.Predictors = append(b.table.Predictors, early.Predictor{Score: score.ID, Title: score.Title, Rater: string(rater)})
	}
	first := asked.scorer.Rule()
	take(first, asked.measure.Rater)
	for _, rater := range []instrument.RaterKind{instrument.RaterMember, instrument.RaterTherapist} {
		for _, score := range asked.def.Scores {
			if score.Level == first.Level && (score.ID != first.ID || rater != asked.measure.Rater) {
				take(score, rater)
			}
		}
	}
	for _, score := range asked.def.Scores {
		if slices.ContainsFunc(asked.def.Scores, func(s instrument.Score) bool { return s.ID != score.ID && holds(&s, &score) }) {
			b.table.Parts = append(b.table.Parts, score.ID)
		}
	}
}

// holds tells whether a score is made of another one's items and more.
func holds(whole, part *instrument.Score) bool {
	return slices.Contains(whole.Parts, part.ID) || (len(whole.Items) > len(part.Items) && len(part.Items) > 0 &&
		!slices.ContainsFunc(part.Items, func(i int) bool { return !slices.Contains(whole.Items, i) }))
}

// start is what is known of one member.
type start struct {
	attended                       int
	reports                        int      // of the outcome
	intake, before, by, after, end *float64 // outcomes, the last of each
	sums                           []float64
	counts                         []int
}

// visit takes one group's members.
func (b *beginnings) visit(g *session.Group, sessions []*session.Session) error {
	ordered := slices.DeleteFunc(slices.Clone(sessions), func(s *session.Session) bool { return s.Status == session.StatusCancelled })
	slices.SortFunc(ordered, func(x, y *session.Session) int {
		return cmp.Or(cmp.Compare(x.HeldOn, y.HeldOn), cmp.Compare(x.Number, y.Number))
	})
	starts := map[session.Unit]*start{}
	read := make([]map[session.Unit]float64, len(ordered))
	for i, s := range ordered {
		read[i] = b.outcome.read(s)
	}
	informants := informantsOf(read)
	for i, s := range ordered {
		outcomes := read[i]
		switch s.Kind {
		case session.Assessment:
			b.assess(starts, s, outcomes)
		case session.Meeting:
			b.meet(starts, s, outcomes, informants)
		default:
		}
	}
	for _, u := range b.oneEach(starts) {
		b.settle(g, u, starts[u])
	}
	return nil
}

// oneEach names of every member one informant: who reported the outcome at the end,
// else who reported most often. The others are counted as left out.
func (b *beginnings) oneEach(starts map[session.Unit]*start) []session.Unit {
	var out []session.Unit
	told := session.MemberID("") // about whom several reported, and who is counted
	for _, u := range slices.SortedFunc(maps.Keys(starts), byUnit) {
		last := len(out) - 1
		if last < 0 || out[last].MemberID != u.MemberID {
			out = append(out, u)
			continue
		}
		b.excluded.Add("other_informant", 1)
		if told != u.MemberID {
			told = u.MemberID
			b.several++
		}
		if starts[u].tellsMore(starts[out[last]]) {
			out[last] = u
		}
	}
	return out
}

// tellsMore tells whether one informant's reports are to be taken and not another's.
func (m *start) tellsMore(than *start) bool {
	if mine, others := m.end != nil || m.after != nil, than.end != nil || than.after != nil; mine != others {
		return mine
	}
	return m.reports > than.reports
}

// of returns what is known of a member so far.
func (b *beginnings) of(starts map[session.Unit]*start, u session.Unit) *start {
	if starts[u] == nil {
		starts[u] = &start{sums: make([]float64, len(b.tracks)), counts: make([]int, len(b.tracks))}
	}
	return starts[u]
}

// assess takes intakes before the first meeting, and assessments at the end.
func (b *beginnings) assess(starts map[session.Unit]*start, s *session.Session, outcomes map[session.Unit]float64) {
	for u, v := range outcomes {
		m := b.of(starts, u)
		m.reports++
		switch {
		case s.Stage == nil:
		case *s.Stage == session.Intake && m.attended == 0:
			m.intake = &v
		case *s.Stage == session.EndStage:
			m.end = &v
		}
	}
}

// meet takes one meeting. Where others report the outcome, every informant of a
// member has a start, and goes with what the member or the therapist said of the pair.
func (b *beginnings) meet(starts map[session.Unit]*start, s *session.Session, outcomes map[session.Unit]float64, informants map[session.MemberID][]session.Rater) {
	values := make([]map[session.Unit]float64, len(b.tracks))
	for i, t := range b.tracks {
		values[i] = t.read(s)
	}
	for i := range s.Roster {
		seat := &s.Roster[i]
		if seat.Attendance.Absent() {
			continue
		}
		by := informants[seat.MemberID]
		if by == nil {
			by = []session.Rater{{}}
		}
		for _, rater := range by {
			u := session.Unit{MemberID: seat.MemberID, Informant: rater}
			m := b.of(starts, u)
			m.attended++
			v, ok := outcomes[u]
			m.take(v, ok, b.window)
			if m.attended < b.window.From || m.attended > b.window.To {
				continue
			}
			for k := range b.tracks {
				if v, ok := values[k][session.Unit{MemberID: seat.MemberID}]; ok {
					m.sums[k] += v
					m.counts[k]++
				}
			}
		}
	}
}

// take notes the outcome of a meeting that was attended.
func (m *start) take(v float64, ok bool, w Window) {
	m.reports += one(ok)
	switch {
	case !ok:
	case m.attended < w.From && m.before == nil:
		m.before = &v // the first one
	case m.attended <= w.To:
		m.by = &v
	default:
		m.after = &v
	}
}

// informantsOf returns who reported about each member in any of the sessions.
func informantsOf(read []map[session.Unit]float64) map[session.MemberID][]session.Rater {
	out := map[session.MemberID][]session.Rater{}
	for _, values := range read {
		for _, u := range slices.SortedFunc(maps.Keys(values), byUnit) {
			if !slices.Contains(out[u.MemberID], u.Informant) {
				out[u.MemberID] = append(out[u.MemberID], u.Informant)
			}
		}
	}
	return out
}

// byUnit orders by member and informant.
func byUnit(a, b session.Unit) int {
	return cmp.Or(cmp.Compare(a.MemberID, b.MemberID), cmp.Compare(a.Informant.Kind, b.Informant.Kind), cmp.Compare(a.Informant.ID, b.Informant.ID))
}

// settle puts a member into the table, or says why not.
func (b *beginnings) settle(g *session.Group, u session.Unit, m *start) {
	by := m.by
	base := m.intake
	if base == nil {
		base = m.before
	} else if by == nil {
		by = m.before
	}
	switch {
	case m.attended < b.window.From:
		b.excluded.Add("left_before_the_window", 1)
		return
	case m.counts[0] == 0:
		b.excluded.Add("no_early_alliance", 1)
		return
	case base == nil:
		b.excluded.Add("no_outcome_before_the_window", 1)
		return
	case by == nil:
		b.excluded.Add("no_outcome_by_the_end_of_the_window", 1)
		return
	}
	row := early.Member{Group: string(g.ID), Name: (&chain{member: u.MemberID, by: [2]session.Rater{u.Informant}}).name(), Baseline: *base, Change: *by - *base, Final: math.NaN()}
	if final := cmp.Or(m.end, m.after); final != nil {
		row.Final = *final
	}
	for k, n := range m.counts {
		v := math.NaN()
		if n > 0 {
			v = m.sums[k] / float64(n)
		}
		row.Alliance = append(row.Alliance, v)
	}
	b.kinds[g.Kind] = true
	b.table.Members = append(b.table.Members, row)
	b.rows[u.MemberID] = true
}
