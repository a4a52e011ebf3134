package analysis

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"holon/internal/caveat"
	"holon/internal/fault"
	"holon/internal/instrument"
	"holon/internal/multilevel"
	"holon/internal/multilevel/lagged"
	"holon/internal/session"
)

// Lagged asks what goes before what between two measures of the same members,
// from each session they attended to the next one they attended, with the days
// between them as a covariate. Where one of the two measures is missing in a
// session that a member attended, the chain breaks there. Errors are those of
// GroupLevel.
func Lagged(ctx context.Context, src Source, ask Ask) (Report, error) {
	tracks, err := tracksOf(src, &ask)
	if err != nil {
		return Report{}, err
	}
	w := newWalk(src, &ask)
	c := &courses{tracks: tracks, kinds: map[session.GroupKind]bool{}, twice: map[session.MemberID]bool{}, told: map[occasionOf][]string{}}
	if err := w.each(ctx, c.levels(), c.visit); err != nil {
		return Report{}, err
	}
	x, y := tracks[0], tracks[1]
	r := Report{Outcome: x.name() + ", " + y.name(), Data: w.data, Subject: x.about(c.kinds), Caveats: w.remarks()}
	result := &LaggedResult{Before: x.title(y), Next: y.title(x), Unit: "day", Against: y.about(c.kinds)}
	r.Result = result
	table := lagged.Table{Grouped: true, Occasions: c.occasions}
	r.countOccasions(&table)
	c.excluded.Add(ruleDamaged, len(w.damaged))
	r.Counts.Excluded = c.excluded.List()
	r.behind = c.behindOccasions(&table)
	var lines canonical
	for i := range c.occasions {
		o := &c.occasions[i]
		lines.add(o.Group, o.Member, o.Session, o.Order, o.Time, o.X, o.Y)
	}
	if r.Input, err = lines.input(); err != nil {
		return Report{}, err
	}
	x.remark(&r.Caveats)
	y.remark(&r.Caveats)
	remarkChains(&r.Caveats, len(c.twice))
	if o := foremost(mixedOf(c.kinds), y.objection(), x.objection()); o != nil {
		r.object(o)
		result.Result = lagged.Refused(o.Reason, true)
		return r, nil
	}
	result.Result, err = lagged.Analyse(ctx, table, lagged.Options{Draws: ask.Draws, Seed: ask.Seed, Progress: ask.tell("resampling")})
	r.Caveats.Merge(result.Caveats)
	return r, ended(ctx, err)
}

// track reads one measure from a session, member by member.
type track struct {
	measure  Measure
	def      *instrument.Definition
	scorer   session.Scorer
	reader   reader
	averaged int
}

// tracksOf checks a question about two measures and returns both.
func tracksOf(src Source, ask *Ask) ([]*track, error) {
	var faults fault.List
	ask.check(&faults, src)
	var out []*track
	for i, m := range []Measure{ask.Measure, ask.Against} {
		out = append(out, &track{measure: m, def: checkMeasure(&faults, src, []string{"/measure", "/against"}[i], m)})
	}
	if covers(ask.Measure, ask.Against) || covers(ask.Against, ask.Measure) {
		faults.Add("/against", "same_measure", "Name another measure than the first, or another occasion of it.")
	}
	if err := faults.Err(); err != nil {
		return nil, err
	}
	for _, t := range out {
		t.scorer, _ = session.NewScorer(t.def, t.measure)
		t.reader = newReader(t.scorer, false)
	}
	return out, nil
}

// name names the measure.
func (t *track) name() string { return t.measure.Instrument.String() + "/" + t.measure.Score }

// title is the title of the score, told apart from another's by who answered.
func (t *track) title(other *track) string {
	rule := t.scorer.Rule()
	if rule.Title != other.scorer.Rule().Title {
		return rule.Title
	}
	return fmt.Sprintf("%s (%s, %s)", rule.Title, t.measure.Instrument.ID, t.measure.Rater)
}

// about says what the measure is.
func (t *track) about(kinds map[session.GroupKind]bool) *Subject {
	g := &gathering{subject: subject{measure: t.measure}, scorer: t.scorer, reader: t.reader, kinds: kinds}
	return g.about(t.reader.Composition())
}

// remark says what must be said of how the values came about.
func (t *track) remark(out *caveat.Set) {
	if a, ok := t.reader.(averager); ok && t.averaged > 0 {
		out.Add(a.Averaging(t.averaged))
	}
	if t.def.Mixed != "" {
		out.Add("mixed_items", "Items of this form speak of several levels at once, so its scores are neither alliance nor cohesion. "+t.def.Mixed)
	}
}

// objection returns why the measure has no courses of single members.
func (t *track) objection() *multilevel.Objection {
	level := t.scorer.Level()
	switch level {
	case instrument.Alliance, instrument.Outcome, instrument.MemberGroup:
		return nil
	default:
	}
	if level != instrument.Bond && t.measure.Rater == instrument.RaterMember {
		return nil
	}
	return &multilevel.Objection{
		Answer: multilevel.Refused, Reason: "no_course_of_members",
		Detail:  "These are not ratings of members one by one, so there is no member's course to follow.",
		Instead: "Choose a measure that members answer about themselves, or that somebody answers about each of them.",
	}
}

// read returns the values of one session by whom they are about and, where it is not
// that member's own word, who reported. Guesses that were made after the member's
// answer was seen are no guesses, and are left out.
func (t *track) read(s *session.Session) map[session.Unit]float64 {
	if t.reported() {
		return reports(&t.scorer, s)
	}
	if t.measure.Rater == instrument.RaterTherapist {
		s = guessedFirst(s)
	}
	got := t.reader.Read(s)
	t.averaged += got.Averaged
	out := make(map[session.Unit]float64, len(got.Rows))
	for _, row := range got.Rows {
		out[session.Unit{MemberID: session.MemberID(row.Member)}] = row.Value
	}
	return out
}

// guessedFirst returns a session without guesses that were made after the member's
// answer was seen.
func guessedFirst(s *session.Session) *session.Session {
	if !slices.ContainsFunc(s.Alliances, func(a session.AllianceRating) bool { return a.AfterSeeing }) {
		return s
	}
	blind := *s
	blind.Alliances = slices.DeleteFunc(slices.Clone(s.Alliances), func(a session.AllianceRating) bool { return a.AfterSeeing })
	return &blind
}

// mixedOf objects to therapy groups beside families.
func mixedOf(kinds map[session.GroupKind]bool) *multilevel.Objection {
	if kinds[session.KindGroup] && (kinds[session.KindFamily] || kinds[session.KindCouple]) {
		return mixedKinds()
	}
	return nil
}

// held returns the meetings that took place, by number.
func held(sessions []*session.Session) []*session.Session {
	out := slices.DeleteFunc(slices.Clone(sessions), func(s *session.Session) bool { return s.Status == session.StatusCancelled || s.Kind != session.Meeting })
	slices.SortFunc(out, func(a, b *session.Session) int { return cmp.Compare(a.Number, b.Number) })
	return out
}

// days counts a date from the first day of 1970.
func days(d session.Date) float64 {
	at, err := time.Parse(time.DateOnly, string(d))
	if err != nil {
		return 0 // a restored document's date is one
	}
	return float64(at.Unix()) / (24 * 60 * 60)
}
