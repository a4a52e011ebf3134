package analysis

import (
	"context"
	"maps"
	"math"
	"slices"

	"holon/internal/dyad"
	"holon/internal/fault"
	"holon/internal/instrument"
	"holon/internal/multilevel"
	"holon/internal/multilevel/guess"
	"holon/internal/session"
)

// Alliance shows every therapist–member pair over its sessions: all scores of the
// members' instrument side by side with a word about a weak leg, and what the
// therapist guessed beside what the member said. The measure is any score of the
// members' instrument; against is that of the therapists' guesses, by default the
// same instrument answered by therapists where it may be. Guesses made after
// seeing the answer are left out. Errors are those of GroupLevel.
func Alliance(ctx context.Context, src Source, ask Ask) (Report, error) {
	a, err := askAlliance(src, &ask)
	if err != nil {
		return Report{}, err
	}
	w := newWalk(src, &ask)
	if err := w.each(ctx, []instrument.Level{instrument.Alliance, instrument.Encounter}, a.visit); err != nil {
		return Report{}, err
	}
	r := Report{
		Outcome: subject{measure: ask.Measure}.name(), Data: w.data, Caveats: w.remarks(),
		Subject: a.about(&a.answers[0]), Result: &a.result,
	}
	a.excluded.Add(ruleDamaged, len(w.damaged))
	if r.Input, err = a.lines.input(); err != nil {
		return Report{}, err
	}
	sessions := len(a.sessions)
	r.Counts = Counts{Groups: len(a.groups), Members: len(a.members), Sessions: &sessions, Ratings: a.ratings, Excluded: a.excluded.List()}
	if a.guessed != nil {
		a.result.Against = a.about(a.guessed)
	}
	a.keyRemark(&r)
	if len(a.result.Pairs) == 0 {
		a.result.Reason = multilevel.NoData
		r.Caveats.Add(string(multilevel.NoData), multilevel.NoData.Sentence())
		return r, nil
	}
	a.settleLegs()
	a.settleEncounters()
	a.settleTherapists()
	a.remark(&r)
	return r, nil
}

// allianceWalk gathers pairs group by group.
type allianceWalk struct {
	src     Source
	ask     *Ask
	def     *instrument.Definition
	answers []session.Scorer  // the score asked about first
	guesses []*session.Scorer // at the places of answers; nil without one
	guessed *session.Scorer   // the first of them; nil where there are no guesses

	guessDef *instrument.Definition // of the guesses' instrument

	legs       []int // places of the legs
	encounters encounterWalk
	keyless    []string // titles of scores by whose key no number is made

	result   AllianceResult
	shares   [][][]float64 // of each pair: legs by session, in shares of the range
	biases   map[therapistScore][]float64
	tracked  map[therapistScore][]float64
	pulls    map[therapistScore][]GroupPull
	order    []therapistScore
	lines    canonical
	excluded multilevel.Exclusions
	kinds    map[session.GroupKind]bool
	groups   map[string]bool
	members  map[string]bool
	sessions map[session.SessionID]bool
	ratings  int
}

// therapistScore is one score of one therapist's guesses.
type therapistScore struct {
	therapist session.TherapistID
	score     int
}

// askAlliance checks a question and returns what reads its sessions.
func askAlliance(src Source, ask *Ask) (*allianceWalk, error) {
	var faults fault.List
	ask.check(&faults, src)
	def := checkMeasure(&faults, src, "/measure", ask.Measure)
	against := ask.Against
	var other *instrument.Definition
	if against != (Measure{}) {
		other = checkMeasure(&faults, src, "/against", against)
		if against.Rater != instrument.RaterTherapist {
			faults.Add("/against/rater", "not_therapists", "The second measure is what therapists guess. Name a measure that therapists answer.")
		}
	}
	if err := faults.Err(); err != nil {
		return nil, err
	}
	scorer, _ := session.NewScorer(def, ask.Measure)
	if scorer.Level() != instrument.Alliance || ask.Measure.Rater != instrument.RaterMember {
		return nil, fault.At("/measure", "not_members_alliance", "This analysis is of what members say of their alliance with a therapist. Name such a measure; the therapists' own goes into against.")
	}
	if other == nil {
		var unheard fault.List
		against = ask.Measure
		against.Rater, against.Occasion = instrument.RaterTherapist, ""
		if other = checkMeasure(&unheard, src, "", against); unheard.Err() != nil {
			other = nil
		}
	}
	a := &allianceWalk{
		src: src,
		ask: ask, def: def, guessDef: other, biases: map[therapistScore][]float64{}, tracked: map[therapistScore][]float64{}, pulls: map[therapistScore][]GroupPull{},
		kinds: map[session.GroupKind]bool{}, groups: map[string]bool{}, members: map[string]bool{}, sessions: map[session.SessionID]bool{},
	}
	a.choose(scorer.Rule(), other, against)
	return a, nil
}

// choose takes the scores, the one asked about first, and the guess of each.
func (a *allianceWalk) choose(asked instrument.Score, other *instrument.Definition, against Measure) {
	scores := []instrument.Score{asked}
	for _, s := range a.def.Scores {
		if s.Level != instrument.Alliance || s.ID == asked.ID {
			continue
		}
		if !usable(a.def, s.ID) {
			a.keyless = append(a.keyless, s.Title)
			continue
		}
		scores = append(scores, s)
	}
	for k, s := range scores {
		m := a.ask.Measure
		m.Score = s.ID
		scorer, _ := session.NewScorer(a.def, m)
		a.answers = append(a.answers, scorer)
		found := AllianceScore{Score: s.ID, Title: s.Title, Low: s.Min, High: s.Max}
		found.Leg = len(scores) > 1 && s.Direction == instrument.HigherBetter && !slices.ContainsFunc(scores, func(part instrument.Score) bool { return part.ID != s.ID && holds(&s, &part) })
		own := guessOf(s, k == 0, other, against)
		if own != nil {
			rule := own.Rule()
			found.Guess, found.SameRange = rule.ID, rule.Min == s.Min && rule.Max == s.Max
			if a.guessed == nil {
				a.guessed = own
			}
		}
		a.guesses = append(a.guesses, own)
		if found.Leg {
			a.legs = append(a.legs, k)
		}
		a.result.Scores = append(a.result.Scores, found)
	}
	e := &a.encounters
	e.src = a.src
	e.rule = ApartRule{High: guess.ApartHigh, Low: guess.ApartLow, Fewest: guess.ApartSessions, Share: guess.ApartShare}
	e.agreed, e.rule.Legs = agreements(a.result.Scores)
	a.result.Legs = LegRule{Fewest: guess.LegSessions, Margin: guess.LegMargin, Alpha: guess.LegAlpha}
}

// guessOf returns the scorer of what therapists guess of a score: their score of
// the same name, or for the one asked about the one that was named.
func guessOf(s instrument.Score, first bool, other *instrument.Definition, against Measure) *session.Scorer {
	if other == nil {
		return nil
	}
	m := against
	if !first || against.Score == s.ID {
		m.Score = s.ID
	}
	scorer, ok := session.NewScorer(other, m)
	if !ok || !usable(other, m.Score) || scorer.Level() != instrument.Alliance {
		return nil
	}
	return &scorer
}

// usable tells whether numbers are made by the key of a score.
func usable(def *instrument.Definition, score string) bool {
	var unheard fault.List
	_, known := checkScore(&unheard, "", def, score)
	return known && unheard.Err() == nil
}

// about says what a measure is.
func (a *allianceWalk) about(of *session.Scorer) *Subject {
	rule := of.Rule()
	return &Subject{
		Measure: of.Measure, Title: rule.Title, Level: rule.Level, Referent: rule.Referent, Composition: multilevel.Additive,
		RuleSet: "alliance_pairs_over_sessions_1", Kinds: slices.Sorted(maps.Keys(a.kinds)),
	}
}

// visit takes one group's pairs.
func (a *allianceWalk) visit(g *session.Group, sessions []*session.Session) error {
	courses, unanswered := dyad.Courses(sessions, a.answers, a.guesses)
	a.excluded.Add("guessed_and_never_answered", unanswered)
	mark := withheldBy(a.src, sessions)
	for i := range courses {
		for k := range courses[i].Points {
			mark(courses[i].Unit, &courses[i].Points[k].Point)
		}
	}
	a.encounters.beside(sessions, courses)
	if a.ask.Members != nil {
		courses = slices.DeleteFunc(courses, func(c dyad.Course) bool { return !slices.Contains(a.ask.Members, c.Unit.MemberID) })
	}
	for i := range courses {
		a.take(g, &courses[i])
	}
	a.pullsOf(g, courses)
	a.coTherapists(courses)
	return nil
}

// take takes one pair.
func (a *allianceWalk) take(g *session.Group, c *dyad.Course) {
	pair := AlliancePair{Group: string(g.ID), Therapist: string(c.Unit.TherapistID), Member: string(c.Unit.MemberID)}
	a.kinds[g.Kind], a.groups[pair.Group], a.members[pair.Member] = true, true, true
	for i := range c.Points {
		p := &c.Points[i]
		point := PairPoint{Number: p.Number, Attendance: string(p.Attendance), Modality: string(p.Modality), Gap: string(p.Gap), Encounters: undefinedAsNil(p.Encounters), Answers: undefinedAsNil(p.Answers), Guesses: undefinedAsNil(p.Guesses), AfterSeeing: p.AfterSeeing}
		pair.Points = append(pair.Points, point)
		cells := []any{pair.Group, pair.Therapist, pair.Member, string(p.SessionID), point.Gap}
		for k := range p.Answers {
			cells = append(cells, known(p.Answers[k]), known(p.Guesses[k]))
		}
		for k, v := range p.Encounters {
			if !math.IsNaN(v) {
				cells = append(cells, a.encounters.scorers[k].Instrument.String(), v)
			}
		}
		a.lines.add(cells...)
		if !math.IsNaN(p.Answers[0]) {
			pair.Answered++
			a.ratings++
			a.sessions[p.SessionID] = true
		}
		if slices.ContainsFunc(p.Guesses, func(v float64) bool { return !math.IsNaN(v) }) {
			pair.Guessed++
		}
		if p.AfterSeeing {
			pair.AfterSeeing++
			a.excluded.Add(dyad.LeftAfterSeeing, 1)
		}
	}
	for k := range a.answers {
		pair.Lines = append(pair.Lines, pairLine(a.answers[k].Score, c, k))
		if a.guesses[k] != nil {
			pair.Guesses = append(pair.Guesses, a.compare(c, k))
		}
	}
	a.encounters.take(c, a.result.Scores)
	a.result.Pairs = append(a.result.Pairs, pair)
	a.shares = append(a.shares, a.legShares(c))
}

// undefinedAsNil returns values with nil for NaN.
func undefinedAsNil(values []float64) []*float64 {
	out := make([]*float64, len(values))
	for i, v := range values {
		if !math.IsNaN(v) {
			out[i] = &v
		}
	}
	return out
}

// pairLine is one score of a pair in short.
func pairLine(score string, c *dyad.Course, k int) PairLine {
	out := PairLine{Score: score}
	var values []float64
	for i := range c.Points {
		if v := c.Points[i].Answers[k]; !math.IsNaN(v) {
			values = append(values, v)
		}
	}
	if out.Answered = len(values); out.Answered == 0 {
		return out
	}
	d := guess.DifferenceOf(values)
	out.Mean, out.SD, out.First, out.Last = d.Mean, d.SD, &values[0], &values[len(values)-1]
	return out
}

// compare holds guesses against answers in the sessions that have both.
func (a *allianceWalk) compare(c *dyad.Course, k int) PairGuess {
	out := PairGuess{Score: a.answers[k].Score}
	var numbers, guesses, answers, d []float64
	for i := range c.Points {
		p := &c.Points[i]
		if math.IsNaN(p.Answers[k]) || math.IsNaN(p.Guesses[k]) {
			continue
		}
		numbers, guesses, answers = append(numbers, float64(p.Number)), append(guesses, p.Guesses[k]), append(answers, p.Answers[k])
		d = append(d, p.Guesses[k]-p.Answers[k])
	}
	out.MeanGuess, out.MeanAnswer = guess.DifferenceOf(guesses).Mean, guess.DifferenceOf(answers).Mean
	of := therapistScore{c.Unit.TherapistID, k}
	if _, met := a.biases[of]; !met {
		a.biases[of] = nil
		a.order = append(a.order, of)
	}
	if a.result.Scores[k].SameRange {
		out.Bias = guess.OverWeeks(d)
		if out.Bias.Mean != nil {
			a.biases[of] = append(a.biases[of], *out.Bias.Mean)
		}
	} else {
		out.Bias = guess.Difference{N: len(d), Reason: guess.OtherRange}
	}
	out.Tracking = guess.TrackingOf(numbers, guesses, answers)
	out.FewSessions = out.Tracking.Raw.R != nil && out.Tracking.N < guess.ManyWeeks
	if r := out.Tracking.Detrended.R; r != nil {
		a.tracked[of] = append(a.tracked[of], *r)
	}
	return out
}
