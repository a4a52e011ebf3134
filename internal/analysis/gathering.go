package analysis

import (
	"context"
	"errors"
	"iter"
	"slices"

	"holon/internal/fault"
	"holon/internal/instrument"
	"holon/internal/multilevel"
	"holon/internal/session"
)

// subject is what one table is about: a measure among therapy groups, or among
// families and couples.
type subject struct {
	home    household
	measure Measure
}

// gathering collects one subject's rows while the sessions pass by. It keeps
// the rows and what is needed to judge them, never a session.
type gathering struct {
	subject
	haul // of the sessions used

	def     *instrument.Definition
	scorer  session.Scorer
	reader  reader
	read    func(*session.Session) haul
	choice  *Selection
	jointly bool     // the session is chosen together with other measures'
	line    *[]found // all meetings, where they are wanted as well; else nil
	kinds   map[session.GroupKind]bool
	days    map[session.GroupID][]session.Date // of the sessions used
	forms   map[session.GroupID]bool           // in a session that was chosen, whatever became of them
	held    int                                // sessions used that are no assessments
	number  map[string]int                     // running numbers of the sessions used, by their names in the rows
	intake  intake                             // scores from before the first meeting

	// Assessments are set aside until it is known whether there are meetings.
	assessments []found

	// Of the group being read, when one session is chosen by its place.
	pending *found                // the session that is to be used
	waiting []found               // all of them, where the choice depends on several measures
	vain    multilevel.Exclusions // of the sessions without one row
}

// found is what one session holds, not yet taken for good.
type found struct {
	haul

	at *session.Session
}

// newGathering returns an empty gathering of a measure that def has.
func newGathering(def *instrument.Definition, of subject, choice *Selection) *gathering {
	scorer, ok := session.NewScorer(def, of.measure)
	if !ok {
		panic("analysis: a measure without its score")
	}
	g := &gathering{
		subject: of, def: def, scorer: scorer, reader: newReader(scorer, of.home), choice: choice,
		kinds: map[session.GroupKind]bool{}, days: map[session.GroupID][]session.Date{}, forms: map[session.GroupID]bool{}, number: map[string]int{},
	}
	g.read = scores(g)
	return g
}

// take reads one session that has ratings of the measure.
func (g *gathering) take(s *session.Session) {
	got := g.read(s)
	got.told = toldIn(&g.scorer, s)
	ratings := got.ratings
	g.intake.note(s, ratings.Rows)
	if !g.choice.takes(s) {
		return
	}
	if len(ratings.Rows)+len(ratings.Excluded.List()) > 0 { // else every form was withdrawn
		g.forms[s.GroupID] = true
	}
	if (s.Kind == session.Individual || s.Kind == session.Subsystem) && g.scorer.Level() != instrument.Outcome {
		g.ratings.Excluded.Add("individual_or_subsystem_session", len(ratings.Rows))
		return
	}
	f := found{at: headOf(s), haul: got}
	if g.line != nil && s.Kind == session.Meeting {
		*g.line = append(*g.line, f)
	}
	switch {
	case g.jointly:
		g.waiting = append(g.waiting, f)
	case g.choice == nil && s.Kind == session.Assessment:
		g.assessments = append(g.assessments, f)
	case g.choice == nil || g.choice.Place == "":
		g.keep(f)
	case len(ratings.Rows) == 0:
		g.vain.Merge(ratings.Excluded)
	case g.pending == nil || (g.choice.Place == First) == (s.Number < g.pending.at.Number):
		g.pending = &f
	}
}

// headOf returns a session without its ratings, which can go.
func headOf(s *session.Session) *session.Session {
	head := *s
	head.Ratings = session.Ratings{}
	return &head
}

// finish settles which sessions are used: assessments only where there is no
// meeting, for nobody shares the weather of an assessment.
func (g *gathering) finish() {
	for _, f := range g.assessments {
		if g.held == 0 {
			g.keep(f)
			continue
		}
		g.ratings.Excluded.Add("assessment_beside_meetings", len(f.ratings.Rows))
		g.ratings.Excluded.Merge(f.ratings.Excluded)
	}
	g.assessments = nil
}

// endGroup takes what was chosen of the group just read, or says why there was
// nothing to choose from.
func (g *gathering) endGroup() {
	if g.pending != nil {
		g.keep(*g.pending)
	} else {
		g.ratings.Excluded.Merge(g.vain)
	}
	g.pending, g.vain = nil, multilevel.Exclusions{}
}

// settled takes for good those of the sessions waiting that are to be used.
func (g *gathering) settled(used func(*session.Session) bool) {
	for _, f := range g.waiting {
		if used(f.at) {
			g.keep(f)
		}
	}
	g.waiting = nil
}

// keep takes one session's rows for good.
func (g *gathering) keep(f found) {
	g.merge(f.haul)
	if len(f.ratings.Rows) == 0 {
		return
	}
	g.kinds[f.at.GroupKind] = true
	g.number[string(f.at.ID)] = f.at.Number
	g.days[f.at.GroupID] = append(g.days[f.at.GroupID], f.at.HeldOn)
	if f.at.Kind != session.Assessment {
		g.held++
	}
}

// pass is one way through the sessions of chosen groups.
type pass struct {
	src    Source
	choice *Selection
	wants  func(Measure) bool
	reads  func(*gathering) func(*session.Session) haul // what is read of a measure; nil means its scores
	settle func(found map[subject]*gathering)           // chooses, group by group, one session for several measures; nil where each has its own
	line   bool                                         // of one measure all meetings are kept as well

	groups    []*session.Group
	each      func(context.Context) iter.Seq2[*session.Group, error] // instead of groups, where these are not all in memory
	ended     func(*session.Group)                                   // takes what was gathered of a group just read; nil: it is kept
	found     map[subject]*gathering
	asked     []session.Scorer          // of the measures of the question; none when all are wanted
	versions  int                       // ratings that would be of these measures, were they of their version of the instrument
	damaged   []string                  // documents left out, by name
	chosen    map[session.GroupID]bool  // groups with a session of those chosen that was not cancelled
	unread    map[session.GroupID]bool  // groups with a document left out
	undefined int                       // ratings of instruments whose definition is missing
	keyless   map[instrument.Ref]string // versions that make no scores, with the reason, where every measure is wanted
	data      *DataVersion              // what was read
}

// run reads every group's sessions once.
func (p *pass) run(ctx context.Context, levels ...instrument.Level) error {
	p.found, p.chosen, p.unread = map[subject]*gathering{}, map[session.GroupID]bool{}, map[session.GroupID]bool{}
	p.damaged = append(p.damaged, p.src.LeftOut()...)
	var read versioning
	for g, err := range p.every(ctx) {
		if err != nil {
			return err
		}
		if err := p.group(ctx, g, &read, levels); err != nil {
			return err
		}
	}
	for _, x := range p.found {
		x.finish()
	}
	slices.Sort(p.damaged)
	if p.each == nil {
		p.data = read.version()
	}
	return nil
}

// every yields the groups.
func (p *pass) every(ctx context.Context) iter.Seq2[*session.Group, error] {
	if p.each != nil {
		return p.each(ctx)
	}
	return func(yield func(*session.Group, error) bool) {
		for _, g := range p.groups {
			if !yield(g, nil) {
				return
			}
		}
	}
}

// group reads one group's sessions.
func (p *pass) group(ctx context.Context, g *session.Group, read *versioning, levels []instrument.Level) error {
	note := func(kind, id string, h *session.Head) {
		if p.each == nil { // else a line for each document would be more than what is kept of it
			read.add(kind, id, h)
		}
	}
	note("groups", string(g.ID), &g.Head)
	for s, err := range p.src.Sessions(ctx, g.ID, levels...) {
		if err == nil {
			note("sessions", string(s.ID), &s.Head)
			p.session(s)
			continue
		}
		name, ok := damaged(err, g.ID)
		if !ok {
			return err
		}
		p.damaged = append(p.damaged, name)
		p.unread[g.ID] = true
	}
	if err := ctx.Err(); err != nil {
		return cancelled(err)
	}
	if p.settle != nil {
		p.settle(p.found)
	}
	for _, x := range p.found {
		x.endGroup()
	}
	if p.ended != nil {
		p.ended(g)
	}
	return nil
}

// damaged tells whether an error is about one document only, and names it, by
// its group where it has no name.
func damaged(err error, group session.GroupID) (name string, ok bool) {
	if n, is := errors.AsType[named](err); is {
		return n.DocumentID(), true
	}
	return "a session of " + string(group), fault.RuleOf(err) == ruleDamaged
}

// session gives a session to every gathering that it has ratings for.
func (p *pass) session(s *session.Session) {
	type part struct {
		level    instrument.Level
		ref      instrument.Ref
		rater    instrument.RaterKind
		occasion session.Occasion
	}
	if p.choice.takes(s) && s.Status != session.StatusCancelled {
		p.chosen[s.GroupID] = true
	}
	seen := map[part]bool{}
	for level, r := range s.All {
		if p.ofOtherVersion(s, level, r) {
			p.versions++
		}
		k := part{level, r.Instrument, r.Rater.Kind, r.Occasion}
		if seen[k] {
			continue
		}
		seen[k] = true
		def, ok := p.src.Definition(r.Instrument)
		if !ok {
			p.undefined++
			continue
		}
		p.noteUnscored(def)
		for i := range def.Scores {
			if def.Scores[i].Level == level {
				m := Measure{Instrument: r.Instrument, Score: def.Scores[i].ID, Rater: r.Rater.Kind, Occasion: r.Occasion}
				p.give(s, def, m)
			}
		}
	}
}

// ofOtherVersion tells whether a rating is left out of the question's measures
// only because it answers another version of the instrument.
func (p *pass) ofOtherVersion(s *session.Session, level instrument.Level, r *session.Rating) bool {
	return r.Live() && p.choice.takes(s) && slices.ContainsFunc(p.asked, func(m session.Scorer) bool {
		return level == m.Level() && r.Instrument.ID == m.Instrument.ID && r.Instrument.Version != m.Instrument.Version &&
			r.Rater.Kind == m.Rater && (m.Occasion == "" || r.Occasion == m.Occasion)
	})
}

// give hands a session to the gathering of a measure, if it is wanted.
func (p *pass) give(s *session.Session, def *instrument.Definition, m Measure) {
	if !p.wants(m) {
		return
	}
	of := subject{home: householdOf(s.GroupKind), measure: m}
	g, ok := p.found[of]
	if !ok {
		g = newGathering(def, of, p.choice)
		if p.reads != nil {
			g.read = p.reads(g)
		}
		g.jointly = p.settle != nil
		if p.line {
			g.line = &[]found{}
		}
		p.found[of] = g
	}
	g.take(s)
}
