package analysis

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"math"
	"slices"

	"holon/internal/fault"
	"holon/internal/instrument"
	"holon/internal/multilevel"
	"holon/internal/multilevel/split"
	"holon/internal/session"
	"holon/internal/system"
)

// Splits says how far the members of families lie apart in what they answer, pair by pair:
// with a standard error, in standard deviations of a named reference, for how many
// sessions, and whether the difference is new to the pair; which families lie below their
// therapist, and which have good bonds and little shared purpose; and how often chance
// alone gives as much. Errors are those of GroupLevel.
func Splits(ctx context.Context, src Source, ask Ask) (Report, error) {
	w, err := askSplits(src, &ask)
	if err != nil {
		return Report{}, err
	}
	all := ask
	all.Groups = nil // the others are what a family is held against
	walk := newWalk(src, &all)
	if err := walk.each(ctx, familyLevels(), w.visit); err != nil {
		return Report{}, err
	}
	r := Report{Outcome: subject{measure: ask.Measure}.name(), Data: walk.data, Caveats: walk.remarks(), Result: &w.result}
	w.excluded.Add(ruleDamaged, len(walk.damaged))
	w.excluded.Add("not_a_family", w.groups)
	if r.Input, err = w.lines.input(); err != nil {
		return Report{}, err
	}
	r.Subject = w.about(&w.scorer)
	r.Counts = w.counts()
	r.behind = w.behindFamilies()
	w.result.ShownTo = shownTo(src)
	noteShown(&r, w.result.ShownTo)
	(&gathering{subject: subject{measure: ask.Measure}, def: w.def, scorer: w.scorer}).keyRemark(&r.Caveats)
	if r.Counts.Groups == 0 {
		w.result.Reason = multilevel.NoData
		r.Caveats.Add(string(multilevel.NoData), multilevel.NoData.Sentence())
		return r, nil
	}
	if err := w.settle(ctx); err != nil {
		return Report{}, ended(ctx, err)
	}
	w.remark(&r)
	return r, nil
}

// splitsWalk gathers families, and settles them when all are known.
type splitsWalk struct {
	src definitions
	ask *Ask
	def *instrument.Definition

	scorer     session.Scorer
	therapists *session.Scorer // the therapists' own; nil without
	purpose    *session.Scorer // of the family; nil without
	better     bool            // more is better

	result   SplitsResult
	families []*splitFamily
	pool     splitPool
	chances  map[chanceKey][]split.Rates
	kinds    map[session.GroupKind]bool
	lines    canonical
	excluded multilevel.Exclusions
	groups   int // that are no family
	alone    int // families held against too few others
	answers  int
	members  map[session.MemberID]bool
	sessions map[session.SessionID]bool
}

// askSplits checks a question and returns what reads its sessions.
func askSplits(src Source, ask *Ask) (*splitsWalk, error) {
	var faults fault.List
	ask.check(&faults, src)
	checkFamilies(&faults, src, ask)
	def := checkMeasure(&faults, src, "/measure", ask.Measure)
	var outside, about *instrument.Definition
	if ask.Against != (Measure{}) {
		if outside = checkMeasure(&faults, src, "/against", ask.Against); ask.Against.Rater != instrument.RaterTherapist {
			faults.Add("/against/rater", "not_therapists", "The second measure is what therapists say themselves. Name a measure that therapists answer.")
		}
	}
	if ask.Purpose != (Measure{}) {
		about = checkMeasure(&faults, src, "/purpose", ask.Purpose)
	}
	if err := faults.Err(); err != nil {
		return nil, err
	}
	w := newSplitsWalk(src, ask, def)
	if !slices.Contains(familyLevels(), w.scorer.Level()) || ask.Measure.Rater != instrument.RaterMember {
		return nil, fault.At("/measure", "not_said_in_a_family", "Splits are of what members say of the alliance, of their own standing or of the family. Name such a score, answered by members.")
	}
	w.result.Error = reliableBy(ask, new(w.scorer.Rule()))
	if err := w.choose(outside, about); err != nil {
		return nil, err
	}
	return w, nil
}

// newSplitsWalk returns what reads a measure that def has.
func newSplitsWalk(src definitions, ask *Ask, def *instrument.Definition) *splitsWalk {
	w := &splitsWalk{
		src: src, ask: ask, def: def, chances: map[chanceKey][]split.Rates{}, kinds: map[session.GroupKind]bool{},
		members: map[session.MemberID]bool{}, sessions: map[session.SessionID]bool{},
	}
	w.scorer, _ = session.NewScorer(def, ask.Measure)
	w.better = w.scorer.Rule().Direction == instrument.HigherBetter
	return w
}

// choose takes the therapists' measure, by default the form that goes with the members', and that of the family's
// shared purpose, by default the same instrument's.
func (w *splitsWalk) choose(outside, about *instrument.Definition) error {
	if err := w.takeTherapists(outside); err != nil {
		return err
	}
	if w.scorer.Level() != instrument.Alliance {
		if about != nil {
			return fault.At("/purpose", "not_for_this_measure", "Little shared purpose with good bonds goes with a measure of the alliance. Leave the purpose out, or name such a measure.")
		}
		return nil
	}
	p := w.ask.Purpose
	if about == nil {
		p = w.ownPurpose()
		about, _ = w.src.Definition(p.Instrument)
	}
	if about == nil {
		return nil
	}
	s, ok := session.NewScorer(about, p)
	if !ok || s.Level() != instrument.System || p.Rater != instrument.RaterMember {
		return fault.At("/purpose", "not_about_the_family", "This is not what members report about the family. Name such a score, answered by members.")
	}
	w.purpose = &s
	return nil
}

// ownPurpose is what the instrument asked about has members report about the family; its
// first score, zero for none.
func (w *splitsWalk) ownPurpose() Measure {
	for i := range w.def.Scores {
		if s := &w.def.Scores[i]; s.Level == instrument.System && usable(w.def, s.ID) {
			return Measure{Instrument: w.ask.Measure.Instrument, Score: s.ID, Rater: instrument.RaterMember}
		}
	}
	return Measure{}
}

// about says what a measure is.
func (w *splitsWalk) about(of *session.Scorer) *Subject {
	rule := of.Rule()
	return &Subject{
		Measure: of.Measure, Title: rule.Title, Level: rule.Level, Referent: rule.Referent, Composition: multilevel.Additive,
		RuleSet: "splits_by_session_1", Kinds: slices.Sorted(maps.Keys(w.kinds)),
	}
}

// counts says how much went in.
func (w *splitsWalk) counts() Counts {
	sessions := len(w.sessions)
	groups := 0
	for _, f := range w.families {
		if w.shows(f) {
			groups++
		}
	}
	return Counts{Groups: groups, Members: len(w.members), Sessions: &sessions, Ratings: w.answers, Excluded: w.excluded.List()}
}

// splitFamily is one family while the others are still to be read.
type splitFamily struct {
	out      SplitFamily
	sessions []splitSession
	lines    []session.Series // of the members asked about
	guesses  map[guessAt]guessed
	share    familyShare
}

// splitSession is what is kept of a session.
type splitSession struct {
	number    int
	held      session.Date
	household []Relative
	role      map[string]string
	line      SystemLine // of shared purpose
}

// guessAt is the place of a therapist's own rating; the member is empty of the family.
type guessAt struct {
	number            int
	therapist, member string
}

// guessed is a therapist's own rating.
type guessed struct {
	value  float64
	rating string
}

// visit takes one family.
func (w *splitsWalk) visit(g *session.Group, sessions []*session.Session) error {
	if g.Kind == session.KindGroup {
		w.groups++
		return nil
	}
	if f := w.read(g, convened(sessions)); f != nil {
		w.pool.add(&f.share)
		w.families = append(w.families, f)
	}
	return nil
}

// read reads one family; nil where no member answered.
func (w *splitsWalk) read(g *session.Group, sessions []*session.Session) *splitFamily {
	f := &splitFamily{out: SplitFamily{Group: string(g.ID), Kind: g.Kind, Sessions: len(sessions)}, guesses: map[guessAt]guessed{}}
	for _, s := range sessions {
		x := splitSession{number: s.Number, held: s.HeldOn, household: relativesIn(g, s), role: map[string]string{}}
		for _, r := range x.household {
			x.role[r.Member] = r.Role
		}
		f.out.Members = len(x.household)
		f.sessions = append(f.sessions, x)
	}
	f.lines = familySeries(w.src, w.scorer, g, sessions)
	if w.count(f) == 0 {
		return nil
	}
	if w.shows(f) {
		w.kinds[g.Kind] = true
	}
	w.readTherapists(f, sessions)
	w.readPurpose(f, g, sessions)
	w.pairs(f)
	w.familyLines(f)
	w.shareOf(f)
	return f
}

// shows tells whether a family is asked about, and not only held beside another.
func (w *splitsWalk) shows(f *splitFamily) bool {
	return w.ask.Groups == nil || slices.Contains(w.ask.Groups, session.GroupID(f.out.Group))
}

// count counts a family's answers, and what is missing by its reason.
func (w *splitsWalk) count(f *splitFamily) int {
	answered, shows := 0, w.shows(f)
	for i := range f.lines {
		u := f.lines[i].Unit
		for k := range f.lines[i].Points {
			p := &f.lines[i].Points[k]
			w.lines.add(f.out.Group, string(u.TherapistID), string(u.MemberID), p.Number, known(valueOf(p)), string(p.Gap))
			if p.Gap != session.GapNone {
				if shows && p.Gap != session.GapWithheld {
					w.excluded.Add(string(p.Gap), 1)
				}
				continue
			}
			answered++
			if !shows {
				continue
			}
			w.answers++
			w.members[u.MemberID], w.sessions[p.SessionID] = true, true
		}
	}
	return answered
}

// valueOf is the value of a point, NaN for none.
func valueOf(p *session.Point) float64 {
	if p.Gap != session.GapNone {
		return math.NaN()
	}
	return p.Value
}

// readTherapists takes the therapists' own ratings that were made before the member's was
// seen.
func (w *splitsWalk) readTherapists(f *splitFamily, sessions []*session.Session) {
	if w.therapists == nil {
		return
	}
	for _, s := range sessions {
		for row, r := range latest(ratingsOf(s, w.scorer.Level()), w.therapists) {
			if w.therapists.Fit(r) != session.Fits || !r.Live() || r.Unfinished || r.Redacted != nil {
				continue
			}
			if r.AfterSeeing {
				w.excluded.Add("after_seeing", 1)
				continue
			}
			if v, _ := w.therapists.Value(r); v != nil {
				at := guessAt{s.Number, cmp.Or(row.Therapist, r.Rater.ID), row.Member}
				if row.Therapist == "" || row.Therapist == r.Rater.ID {
					f.guesses[at] = guessed{*v, string(r.ID)}
				}
			}
		}
	}
}

// readPurpose takes the family's line of shared purpose in every session.
func (w *splitsWalk) readPurpose(f *splitFamily, g *session.Group, sessions []*session.Session) {
	if w.purpose == nil {
		return
	}
	at := map[string]map[int]*session.Point{}
	lines := familySeries(w.src, *w.purpose, g, sessions)
	for i := range lines {
		m := string(lines[i].Unit.MemberID)
		at[m] = map[int]*session.Point{}
		for k := range lines[i].Points {
			at[m][lines[i].Points[k].Number] = &lines[i].Points[k]
		}
	}
	for i := range f.sessions {
		s := &f.sessions[i]
		reports := make([]float64, len(s.household))
		for k, r := range s.household {
			reports[k] = math.NaN()
			if p := at[r.Member][s.number]; p != nil && p.Gap == session.GapNone {
				reports[k] = p.Value
				s.line.Ratings = append(s.line.Ratings, string(p.Rating))
			}
		}
		line := system.LineOf(len(s.household), reports)
		s.line.N, s.line.Of, s.line.Value = line.N, line.Of, line.Value
	}
}

// remark says what must be said along with it.
func (w *splitsWalk) remark(r *Report) {
	if w.result.ShownTo != "" {
		return
	}
	apart, graded := 0, 0
	for i := range w.result.Families {
		for k := range w.result.Families[i].Pairs {
			for _, x := range w.result.Families[i].Pairs[k].Points {
				if x.Difference != nil {
					apart++
				}
				if x.Apart != nil {
					graded++
				}
			}
		}
	}
	if graded < apart {
		r.Caveats.Add("not_graded", fmt.Sprintf("%d of %d differences are not graded: that needs the standard deviation of a named sample, or at least %d raters of this practice in each of the two roles outside of the family. The range of the scale is none.", apart-graded, apart, split.FewestRaters))
	}
	if w.alone > 0 {
		r.Caveats.Add("few_families", fmt.Sprintf("%d %s held against fewer than %d others, which do not tell how far pairs move by themselves. There every pair is held against its own sessions alone: a split is seen late, or not at all.", w.alone, map[bool]string{true: "family is", false: "families are"}[w.alone == 1], split.FewestFamilies))
	}
	r.Caveats.Add("splits_by_chance", w.result.price())
	if said := w.result.noTherapistsSaid(); said != "" {
		r.Caveats.Add("no_measure_of_therapists", said)
	}
	if w.result.Error.Threshold == nil {
		r.Caveats.Add("no_standard_error", "The differences have no standard error, because nothing says how reliable the measure is. Give reliability and norm_sd.")
	}
	for i := range w.result.Families {
		if c := &w.result.Families[i].Chance; c.Rates != nil && (c.Correlation == nil || c.Stability == nil) {
			r.Caveats.Add("chance_without_likeness", "How alike members of a family are, or how steady a member is, is not known from other families and taken as 0: chance rates are then too high.")
			break
		}
	}
}
