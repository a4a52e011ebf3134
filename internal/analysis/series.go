package analysis

import (
	"context"
	"fmt"
	"slices"

	"holon/internal/caveat"
	"holon/internal/dyad"
	"holon/internal/fault"
	"holon/internal/instrument"
	"holon/internal/multilevel"
	"holon/internal/multilevel/series"
	"holon/internal/outcome"
	"holon/internal/session"
)

// Series follows members, or pairs of a therapist and a member, over the sessions:
// what each holds, with gaps kept; a control chart; a line; whether the last value
// differs reliably from the first; and the level that may be taken for today's.
// Variances are pooled over all of the groups asked about, whoever of them is
// shown. Errors are those of GroupLevel.
func Series(ctx context.Context, src Source, ask Ask) (Report, error) {
	l, err := askLines(src, &ask)
	if err != nil {
		return Report{}, err
	}
	if err := l.walk.each(ctx, levelsOf([]session.Scorer{l.scorer}), l.visit); err != nil {
		return Report{}, err
	}
	r, err := l.report()
	if err != nil {
		return Report{}, err
	}
	result := &SeriesResult{By: reliableBy(&ask, l.rule())}
	r.Result = result
	values := l.values()
	pool := series.PoolOf(values)
	result.Spread = series.SpreadOf(values)
	result.Pool = PooledSeries{Error: pool.Error, Drift: pool.Drift, Mean: pool.Mean, Start: pool.Start, Reason: pool.Reason}
	for i := range l.lines {
		if line := &l.lines[i]; ask.wantsMember(line.Unit.MemberID) {
			unit := result.unit(line, values[i], pool.Level(values[i]))
			unit.Informant = l.informants[i]
			result.Units = append(result.Units, unit)
		}
	}
	switch o := foremost(mixedOf(l.kinds), l.objection); {
	case o != nil:
		r.object(o)
		*result = SeriesResult{Reason: o.Reason}
		return r, nil
	case len(result.Units) == 0:
		result.Reason = multilevel.NoData
		r.Caveats.Add(string(multilevel.NoData), multilevel.NoData.Sentence())
		return r, nil
	}
	l.remarkInformants(&r.Caveats)
	result.remark(&r.Caveats)
	return r, nil
}

// wantsMember tells whether a member is among those asked about.
func (a *Ask) wantsMember(id session.MemberID) bool {
	return a.Members == nil || slices.Contains(a.Members, id)
}

// lines reads a measure's series out of groups.
type lines struct {
	walk   *walk
	ask    *Ask
	def    *instrument.Definition
	scorer session.Scorer
	read   func(session.Scorer, []*session.Session) []session.Series

	lines      []session.Series // without redacted members
	informants []*Informant     // at the places of lines; nil where the member, or one of the pair, speaks
	kinds      map[session.GroupKind]bool
	excluded   multilevel.Exclusions
	objection  *multilevel.Objection
}

// askLines checks a question about single members.
func askLines(src Source, ask *Ask) (*lines, error) {
	var faults fault.List
	ask.check(&faults, src)
	def := checkMeasure(&faults, src, "/measure", ask.Measure)
	if err := faults.Err(); err != nil {
		return nil, err
	}
	scorer, _ := session.NewScorer(def, ask.Measure)
	l := &lines{walk: newWalk(src, ask), ask: ask, def: def, scorer: scorer, kinds: map[session.GroupKind]bool{}}
	switch {
	case scorer.Level() == instrument.Alliance && ask.Measure.Rater == instrument.RaterTherapist:
		l.read = func(scorer session.Scorer, sessions []*session.Session) []session.Series {
			return dyad.AllianceSeries(scorer, guessesFirst(sessions))
		}
	case scorer.Level() == instrument.Alliance:
		l.read = dyad.AllianceSeries
	case scorer.Level() == instrument.Outcome:
		l.read = outcome.Series
	default:
		l.read = func(session.Scorer, []*session.Session) []session.Series { return nil }
		l.objection = &multilevel.Objection{
			Answer: multilevel.Refused, Reason: "no_series_of_members",
			Detail:  "Series are of an alliance, pair by pair, or of an outcome, member by member. This measure is neither.",
			Instead: "Name a score of an alliance or of an outcome.",
		}
	}
	return l, nil
}

// rule is the score as the definition has it.
func (l *lines) rule() *instrument.Score {
	rule := l.scorer.Rule()
	return &rule
}

// visit takes one group's series.
func (l *lines) visit(g *session.Group, sessions []*session.Session) error {
	found := l.read(l.scorer, sessions)
	withhold(l.walk.src, sessions, found)
	for _, line := range found {
		for i := range line.Points {
			if why := line.Points[i].Gap; why != session.GapNone {
				l.excluded.Add(string(why), 1)
			}
		}
		if len(line.Values()) == 0 {
			continue
		}
		l.kinds[g.Kind] = true
		l.lines = append(l.lines, line)
		l.informants = append(l.informants, informantOf(g, sessions, &line))
	}
	return nil
}

// values returns the values of every line.
func (l *lines) values() [][]float64 {
	out := make([][]float64, len(l.lines))
	for i := range l.lines {
		out[i] = l.lines[i].Values()
	}
	return out
}

// report begins the report: what it is about, what went in, what was left out.
func (l *lines) report() (Report, error) {
	t := &track{measure: l.ask.Measure, def: l.def, scorer: l.scorer, reader: newReader(l.scorer, false)}
	r := Report{Outcome: t.name(), Data: l.walk.data, Subject: t.about(l.kinds), Caveats: l.walk.remarks()}
	t.remark(&r.Caveats)
	groups, members, sessions := map[session.GroupID]bool{}, map[session.MemberID]bool{}, map[session.SessionID]bool{}
	var hashed canonical
	for i := range l.lines {
		line := &l.lines[i]
		groups[line.GroupID], members[line.Unit.MemberID] = true, true
		var at []string
		for k := range line.Points {
			if p := &line.Points[k]; p.Gap == session.GapNone {
				sessions[p.SessionID] = true
				at = append(at, string(p.SessionID))
			}
		}
		r.Counts.Ratings += len(at)
		cells := []any{string(line.GroupID), string(line.Unit.TherapistID), string(line.Unit.MemberID), at, line.Values()}
		if by := line.Unit.Informant; line.Unit.Reported() {
			cells = append(cells, string(by.Kind), by.ID)
		}
		hashed.add(cells...)
	}
	l.excluded.Add(ruleDamaged, len(l.walk.damaged))
	r.Counts.Groups, r.Counts.Members, r.Counts.Sessions, r.Counts.Excluded = len(groups), len(members), new(len(sessions)), l.excluded.List()
	r.behind = l.behindLines()
	var err error
	r.Input, err = hashed.input()
	r.Input.Rows = r.Counts.Ratings
	return r, err
}

// remarkInformants says that several people's reports about one member stay apart.
func (l *lines) remarkInformants(out *caveat.Set) {
	lines, twice := map[session.MemberID]int{}, 0
	for i := range l.lines {
		if l.informants[i] == nil {
			return
		}
		id := l.lines[i].Unit.MemberID
		if lines[id]++; lines[id] == 2 {
			twice++
		}
	}
	if twice > 0 {
		out.Add("informants_apart", fmt.Sprintf("About %d %s several people reported. Every informant stands alone and nothing is averaged over them: what one sees is not what another sees, and neither is the member's own word. What is counted are informants' reports, not members.", twice, plural(twice, "member")))
	}
}

// unit describes one line.
func (s *SeriesResult) unit(line *session.Series, values []float64, today series.Level) UnitSeries {
	u := UnitSeries{
		Group: string(line.GroupID), Therapist: string(line.Unit.TherapistID), Member: string(line.Unit.MemberID),
		Chart: series.ChartOf(values), Lag1: series.Lag1(values), Level: today,
	}
	var times []float64
	for i := range line.Points {
		p := &line.Points[i]
		at := SeriesPoint{Session: string(p.SessionID), Number: p.Number, HeldOn: string(p.HeldOn), Attendance: p.Attendance, Gap: p.Gap}
		if p.Gap == session.GapNone {
			times = append(times, float64(p.Number))
			at.Value, at.Beyond = &p.Value, sideOf(u.Chart.Beyond(p.Value))
		}
		u.Points = append(u.Points, at)
	}
	u.Slope = series.SlopeOf(times, values)
	if len(values) > 1 {
		u.Change = new(s.By.between(values[0], values[len(values)-1]))
	}
	return u
}

// sideOf names a side of limits.
func sideOf(side int) string {
	switch side {
	case -1:
		return "below"
	case 1:
		return "above"
	default:
		return ""
	}
}

// remark adds what must be said with the numbers.
func (s *SeriesResult) remark(out *caveat.Set) {
	out.Add("limits_by_chance", "Of a stable member about one value in a hundred falls outside limits of three standard deviations, and more where neighbouring values are alike or few: a point outside is a question, not an answer.")
	beside, few := 0, 0
	for i := range s.Units {
		u := &s.Units[i]
		if u.Lag1 != nil && *u.Lag1 > alikeFrom {
			beside++
		}
		if u.Chart.Reason == series.TooFewValues {
			few++
		}
	}
	if beside > 0 {
		out.Add("neighbours_alike", fmt.Sprintf("In %d of %d series neighbouring values are alike (correlation above %g): their limits are too narrow and the errors of their lines too small.", beside, len(s.Units), alikeFrom))
	}
	if few > 0 {
		out.Add("few_values", fmt.Sprintf("%d of %d series have fewer than %d values, and no limits.", few, len(s.Units), series.FewestForLimits))
	}
	switch s.Pool.Reason {
	case series.TooFewLines:
		out.Add(string(series.TooFewLines), "There are fewer than four series with three values, so nobody can say how much of a value is error: no level is given for today.")
	case series.NoErrorSeen:
		out.Add(string(series.NoErrorSeen), "The scatter of these series looks like movement alone, and no part of it like error: no level is given for today but the last value.")
	default:
		out.Add("levels_share_variances", "Today's level takes error and movement to be as large in everybody as in these series on average.")
	}
	if s.By.From == NoReliableChange {
		out.Add(string(series.NoReliability), "Nobody said how reliable the measure is from session to session: whether a change is more than error cannot be told. Give the reliability and the standard deviation that goes with it.")
	}
	if v := s.By.Verified; v != nil && !*v {
		out.Add("reliable_change_unverified", "The reliable change was not checked against its publisher's text.")
	}
}

// alikeFrom is the correlation of neighbours from which it is said.
const alikeFrom = 0.3
