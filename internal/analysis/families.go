package analysis

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"math"
	"slices"

	"holon/internal/caveat"
	"holon/internal/dyad"
	"holon/internal/fault"
	"holon/internal/instrument"
	"holon/internal/multilevel"
	"holon/internal/multilevel/guess"
	"holon/internal/session"
	"holon/internal/system"
)

// Families shows each member's alliance beside the others' in every session of families and
// couples, with the therapist's own row, what observers agreed on, and the family's line
// of what its members report about it. The measures are all those of the alliance, of
// members' own standing and of the family as a system, or those that are named. Errors
// are those of GroupLevel.
func Families(ctx context.Context, src Source, ask Ask) (Report, error) {
	f := &familiesWalk{src: src, ask: &ask, places: map[Measure]int{}, members: map[string]bool{}}
	if err := f.check(); err != nil {
		return Report{}, err
	}
	w := newWalk(src, &ask)
	if err := w.each(ctx, familyLevels(), f.visit); err != nil {
		return Report{}, err
	}
	r := Report{Outcome: "alliance, standing, system", Data: w.data, Caveats: w.remarks(), Result: &f.result}
	f.excluded.Add(ruleDamaged, len(w.damaged))
	f.excluded.Add("not_a_family", f.groups)
	var err error
	if r.Input, err = f.lines.input(); err != nil {
		return Report{}, err
	}
	r.Counts = Counts{Groups: len(f.result.Families), Members: len(f.members), Sessions: &f.sessions, Ratings: f.ratings, Excluded: f.excluded.List()}
	f.result.ShownTo = shownTo(src)
	noteShown(&r, f.result.ShownTo)
	if len(f.result.Families) == 0 {
		f.result.Reason = multilevel.NoData
		r.Caveats.Add(string(multilevel.NoData), multilevel.NoData.Sentence())
		return r, nil
	}
	f.remark(&r)
	return r, nil
}

// familyLevels are the levels of what is said in and about a family.
func familyLevels() []instrument.Level {
	return []instrument.Level{instrument.Alliance, instrument.MemberGroup, instrument.System}
}

// familiesWalk gathers families.
type familiesWalk struct {
	src Source
	ask *Ask

	result   FamiliesResult
	scorers  []session.Scorer // of the measures
	places   map[Measure]int
	lines    canonical
	excluded multilevel.Exclusions
	groups   int // that are no family
	members  map[string]bool
	sessions int
	ratings  int
	unformed int // lines
	keyless  map[instrument.Ref]bool
	attested caveat.Set // of keys that the practice answers for
}

// check checks the question.
func (f *familiesWalk) check() error {
	var faults fault.List
	f.ask.check(&faults, f.src)
	checkFamilies(&faults, f.src, f.ask)
	for i, m := range f.ask.Measures {
		def, ok := f.src.Definition(m.Instrument)
		if !ok {
			continue // that is a fault already
		}
		if score, ok := def.ScoreRule(m.Score); ok && !slices.Contains(familyLevels(), score.Level) {
			faults.Add(fmt.Sprintf("/measures/%d", i), "not_said_in_a_family", "This is about the alliance, each member's own standing and the family as a system. Name scores of these.")
		}
	}
	return faults.Err()
}

// checkFamilies notes groups that are named and are no families.
func checkFamilies(faults *fault.List, src Source, ask *Ask) {
	for _, g := range src.Groups() {
		if at := slices.Index(ask.Groups, g.ID); at >= 0 && g.Kind == session.KindGroup {
			faults.Add(fmt.Sprintf("/groups/%d", at), "not_a_family", "This is a therapy group. The question is one about families and couples.")
		}
	}
	if at := slices.Index(ask.Kinds, session.KindGroup); at >= 0 {
		faults.Add(fmt.Sprintf("/kinds/%d", at), "not_a_family", "The question is one about families and couples.")
	}
}

// visit takes one family.
func (f *familiesWalk) visit(g *session.Group, sessions []*session.Session) error {
	if g.Kind == session.KindGroup {
		f.groups++
		return nil
	}
	sessions = convened(sessions)
	measures := f.measuresIn(sessions)
	family := Family{Group: string(g.ID), Kind: g.Kind}
	at := map[int]*FamilySession{}
	for _, s := range sessions {
		family.Sessions = append(family.Sessions, FamilySession{Number: s.Number, HeldOn: s.HeldOn, Kind: s.Kind, Household: relativesIn(g, s)})
	}
	for i := range family.Sessions {
		at[family.Sessions[i].Number] = &family.Sessions[i]
	}
	for _, k := range measures {
		if f.scorers[k].Rater == instrument.RaterMember {
			f.answers(g, sessions, k, &family, at)
		} else {
			f.fromOutside(sessions, k, &family, at)
		}
	}
	for i := range family.Sessions {
		f.settle(&family, &family.Sessions[i])
	}
	if len(measures) > 0 {
		f.result.Families = append(f.result.Families, family)
		f.sessions += len(sessions)
	}
	return nil
}

// convened are the sessions in which people met, by number.
func convened(sessions []*session.Session) []*session.Session {
	out := slices.DeleteFunc(slices.Clone(sessions), func(s *session.Session) bool {
		return s.Status == session.StatusCancelled || s.Kind == session.Assessment
	})
	slices.SortFunc(out, func(a, b *session.Session) int { return cmp.Compare(a.Number, b.Number) })
	return out
}

// relativesIn are the members of a family on the day of a session, with their seats.
func relativesIn(g *session.Group, s *session.Session) []Relative {
	var out []Relative
	for _, x := range system.HouseholdOn(g, s.HeldOn) {
		seat, seated := s.SeatOf(x.Member)
		out = append(out, Relative{Member: string(x.Member), Role: string(x.Role), Seat: seated, Attendance: string(seat.Attendance)})
	}
	return out
}

// measuresIn returns the places of the measures that were rated in sessions.
func (f *familiesWalk) measuresIn(sessions []*session.Session) []int {
	found := map[int]bool{}
	for _, s := range sessions {
		for level, r := range s.All {
			if !slices.Contains(familyLevels(), level) || !r.Live() {
				continue
			}
			def, ok := f.src.Definition(r.Instrument)
			if !ok || r.Instrument.ID == dyad.Understood {
				continue
			}
			for i := range def.Scores {
				if def.Scores[i].Level == level {
					if k, ok := f.placeOf(def, Measure{Instrument: r.Instrument, Score: def.Scores[i].ID, Rater: r.Rater.Kind}); ok {
						found[k] = true
					}
				}
			}
		}
	}
	return slices.Sorted(maps.Keys(found))
}

// placeOf returns the place of a measure, a new one where it is met first; ok is false
// where it is not asked about, or no number can be made of it.
func (f *familiesWalk) placeOf(def *instrument.Definition, m Measure) (place int, ok bool) {
	if k, met := f.places[m]; met {
		return k, k >= 0
	}
	asked := func(x Measure) bool {
		return x.Instrument == m.Instrument && x.Score == m.Score && x.Rater == m.Rater
	}
	f.places[m] = -1
	if f.ask.Measures != nil && !slices.ContainsFunc(f.ask.Measures, asked) {
		return 0, false
	}
	if !usable(def, m.Score) {
		if f.keyless == nil {
			f.keyless = map[instrument.Ref]bool{}
		}
		f.keyless[m.Instrument] = true
		return 0, false
	}
	scorer, _ := session.NewScorer(def, m)
	rule := scorer.Rule()
	f.places[m] = len(f.scorers)
	f.noteKey(def, scorer)
	f.scorers = append(f.scorers, scorer)
	f.result.Measures = append(f.result.Measures, FamilyMeasure{
		Measure: m, Title: rule.Title, Level: rule.Level, Referent: rule.Referent, Composition: newReader(scorer, true).Composition(),
		Direction: rule.Direction, Low: rule.Min, High: rule.Max,
	})
	return f.places[m], true
}

// noteKey keeps what is to be said of a key from memory.
func (f *familiesWalk) noteKey(def *instrument.Definition, scorer session.Scorer) {
	(&gathering{subject: subject{measure: scorer.Measure}, def: def, scorer: scorer}).keyRemark(&f.attested)
}

// answers takes what the members themselves say by one measure.
func (f *familiesWalk) answers(g *session.Group, sessions []*session.Session, k int, family *Family, at map[int]*FamilySession) {
	for _, line := range f.seriesOf(g, sessions, k) {
		if !f.ask.wantsMember(line.Unit.MemberID) {
			continue
		}
		row := FamilyRow{Measure: k, RaterKind: instrument.RaterMember, Rater: string(line.Unit.MemberID), Therapist: string(line.Unit.TherapistID), Member: string(line.Unit.MemberID)}
		if f.result.Measures[k].Level == instrument.System {
			row.Member = ""
		}
		var values []float64
		for i := range line.Points {
			p := &line.Points[i]
			c := FamilyCell{Measure: k, RaterKind: row.RaterKind, Rater: row.Rater, Therapist: row.Therapist, Member: row.Member, Gap: string(p.Gap), Rating: string(p.Rating)}
			if p.Gap == session.GapNone {
				c.Value = &p.Value
				values = append(values, p.Value)
			}
			at[p.Number].Cells = append(at[p.Number].Cells, c)
		}
		f.row(family, row, values)
	}
}

// row keeps a row that has values.
func (f *familiesWalk) row(family *Family, row FamilyRow, values []float64) {
	if row.Answered = len(values); row.Answered == 0 {
		return
	}
	d := guess.DifferenceOf(values)
	row.Mean, row.SD, row.First, row.Last = d.Mean, d.SD, &values[0], &values[len(values)-1]
	family.Rows = append(family.Rows, row)
}

// seriesOf reads what the members say by one measure, with everybody who ever belonged to
// the family.
func (f *familiesWalk) seriesOf(g *session.Group, sessions []*session.Session, k int) []session.Series {
	return familySeries(f.src, f.scorers[k], g, sessions)
}

// familySeries reads what members of a family say by a measure, those without any answer
// as well, with what may not be seen marked.
func familySeries(src definitions, scorer session.Scorer, g *session.Group, sessions []*session.Session) []session.Series {
	var out []session.Series
	everybody := system.Everybody(g)
	switch scorer.Level() {
	case instrument.Alliance:
		out = dyad.AllianceSeriesOfAll(scorer, sessions, everybody)
	case instrument.MemberGroup:
		out = system.StandingSeries(scorer, sessions, everybody)
	default:
		out = system.ReportSeries(scorer, sessions, everybody)
	}
	withhold(src, sessions, out)
	return out
}

// fromOutside takes what therapists or observers say by one measure.
func (f *familiesWalk) fromOutside(sessions []*session.Session, k int, family *Family, at map[int]*FamilySession) {
	values := map[FamilyRow][]float64{}
	var order []FamilyRow
	for _, s := range sessions {
		for row, r := range latest(ratingsOf(s, f.result.Measures[k].Level), &f.scorers[k]) {
			if f.scorers[k].Fit(r) != session.Fits || !r.Live() || row.Member != "" && !f.ask.wantsMember(session.MemberID(row.Member)) {
				continue
			}
			row.Measure, row.RaterKind, row.Rater = k, r.Rater.Kind, r.Rater.ID
			v, _ := f.scorers[k].Value(r)
			if r.Unfinished || r.Redacted != nil {
				v = nil
			}
			cell := FamilyCell{Measure: k, RaterKind: row.RaterKind, Rater: row.Rater, Therapist: row.Therapist, Member: row.Member, Value: v, Rating: string(r.ID), AfterSeeing: r.AfterSeeing}
			if v == nil {
				continue
			}
			at[s.Number].Cells = append(at[s.Number].Cells, cell)
			if values[row] == nil {
				order = append(order, row)
			}
			values[row] = append(values[row], *v)
		}
	}
	for _, row := range order {
		f.row(family, row, values[row])
	}
}

// latest leaves of one rater's live ratings of one target by a measure the later occasion.
func latest(ratings func(func(FamilyRow, *session.Rating) bool), of *session.Scorer) func(func(FamilyRow, *session.Rating) bool) {
	return func(yield func(FamilyRow, *session.Rating) bool) {
		post := map[FamilyRow]bool{}
		by := func(row FamilyRow, r *session.Rating) FamilyRow {
			row.RaterKind, row.Rater = r.Rater.Kind, r.Rater.ID
			return row
		}
		for row, r := range ratings {
			if r.Live() && of.Fit(r) == session.Fits && r.Occasion == session.Post {
				post[by(row, r)] = true
			}
		}
		for row, r := range ratings {
			if of.Fit(r) == session.Fits && r.Occasion == session.Pre && post[by(row, r)] {
				continue
			}
			if !yield(row, r) {
				return
			}
		}
	}
}

// ratingsOf yields the ratings of a level, each with what it is about.
func ratingsOf(s *session.Session, level instrument.Level) func(func(FamilyRow, *session.Rating) bool) {
	return func(yield func(FamilyRow, *session.Rating) bool) {
		switch level {
		case instrument.Alliance:
			for i := range s.Alliances {
				x := &s.Alliances[i]
				if !yield(FamilyRow{Therapist: string(x.TherapistID), Member: string(x.MemberID)}, &x.Rating) {
					return
				}
			}
		case instrument.MemberGroup:
			for i := range s.MemberGroup {
				x := &s.MemberGroup[i]
				if !yield(FamilyRow{Member: string(x.MemberID)}, &x.Rating) {
					return
				}
			}
		default:
			for i := range s.System {
				if !yield(FamilyRow{}, &s.System[i].Rating) {
					return
				}
			}
		}
	}
}

// settle makes what is made of a session's cells, and counts them.
func (f *familiesWalk) settle(family *Family, s *FamilySession) {
	for i := range s.Cells {
		c := &s.Cells[i]
		f.lines.add(family.Group, s.Number, c.Measure, string(c.RaterKind), c.Rater, c.Therapist, c.Member, c.Value, c.Gap)
		if c.Value != nil {
			f.ratings++
			if c.RaterKind == instrument.RaterMember {
				f.members[c.Rater] = true
			}
		}
	}
	for k := range f.result.Measures {
		switch m := &f.result.Measures[k]; {
		case m.Measure.Rater == instrument.RaterMember && m.Level == instrument.System && f.wholeFamily():
			f.line(s, k)
		case m.Measure.Rater == instrument.RaterObserver:
			s.consensus(k, m.High-m.Low)
		}
	}
}

// wholeFamily tells whether everybody is looked at: of some of a family no line is made, nor
// for one member's eyes.
func (f *familiesWalk) wholeFamily() bool { return f.ask.Members == nil && shownTo(f.src) == "" }

// line makes the family's line of one measure, where anybody reported.
func (f *familiesWalk) line(s *FamilySession, k int) {
	relatives := s.Household
	reports := make([]float64, len(relatives))
	out := SystemLine{Measure: k}
	for i, r := range relatives {
		reports[i] = math.NaN()
		for _, c := range s.Cells {
			if c.Measure == k && c.Rater == r.Member && c.Value != nil {
				reports[i] = *c.Value
				out.Ratings = append(out.Ratings, c.Rating)
			}
		}
	}
	line := system.LineOf(len(relatives), reports)
	if line.N == 0 {
		return
	}
	out.Of, out.N, out.Value, out.SD, out.Furthest = line.Of, line.N, line.Value, line.SD, line.Furthest
	if line.First != line.Second {
		out.Higher, out.Lower = relatives[line.First].Member, relatives[line.Second].Member
	}
	if !line.Formed() {
		out.Reason = NotFormed
		f.unformed++
	}
	s.Lines = append(s.Lines, out)
}

// consensus makes one number of what several observers saw of each target, on a scale of so
// many points.
func (s *FamilySession) consensus(k int, scale float64) {
	type target struct{ therapist, member string }
	values := map[target][]float64{}
	ratings := map[target][]string{}
	for _, c := range s.Cells {
		if c.Measure == k && c.Value != nil {
			t := target{c.Therapist, c.Member}
			values[t], ratings[t] = append(values[t], *c.Value), append(ratings[t], c.Rating)
		}
	}
	for _, t := range slices.SortedFunc(maps.Keys(values), func(a, b target) int {
		return cmp.Or(cmp.Compare(a.therapist, b.therapist), cmp.Compare(a.member, b.member))
	}) {
		value, way := system.Consensus(values[t], scale)
		s.Consensus = append(s.Consensus, ObserversConsensus{
			Measure: k, Therapist: t.therapist, Member: t.member, Observers: len(values[t]), Value: value, Way: way,
			Lowest: slices.Min(values[t]), Highest: slices.Max(values[t]), Ratings: ratings[t],
		})
	}
}

// remark says what must be said along with it.
func (f *familiesWalk) remark(r *Report) {
	if f.result.ShownTo != "" {
		return
	}
	r.Caveats.Add("members_differ", "Members of one family differ: that is the rule, and no finding by itself. Ask for splits to see which difference is new, and how often chance gives one as large.")
	if f.unformed > 0 {
		r.Caveats.Add("not_formed", fmt.Sprintf("In %d %s the family has no line of its own, because not every member reported: the mean of those who did would be another thing.", f.unformed, plural(f.unformed, "place")))
	}
	r.Caveats.Merge(f.attested)
	for _, ref := range slices.SortedFunc(maps.Keys(f.keyless), func(a, b instrument.Ref) int { return cmp.Compare(a.String(), b.String()) }) {
		r.Caveats.Add(string(instrument.ReasonKeyNotAttested), fmt.Sprintf("%s has scores by a key that nobody has attested; no number is made of them.", ref))
	}
}
