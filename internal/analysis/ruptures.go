package analysis

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"

	"holon/internal/caveat"
	"holon/internal/dyad"
	"holon/internal/fault"
	"holon/internal/instrument"
	"holon/internal/multilevel"
	"holon/internal/multilevel/rupture"
	"holon/internal/multilevel/series"
	"holon/internal/session"
)

// ruptureDraws is the number of practices that are drawn to say what chance gives.
const ruptureDraws = 200

// Ruptures finds falls in the course of every therapist–member alliance: how deep
// they went, by which rules they were found, and what became of them; beside it,
// what the same rules find in members whose level never moves. Errors are those of
// GroupLevel.
func Ruptures(ctx context.Context, src Source, ask Ask) (Report, error) {
	l, err := askLines(src, &ask)
	if err != nil {
		return Report{}, err
	}
	if l.scorer.Level() != instrument.Alliance || ask.Measure.Rater != instrument.RaterMember {
		return Report{}, fault.At("/measure", "not_members_alliance", "Ruptures are sought in what members say of the alliance. Name a score of an alliance, answered by members.")
	}
	f := &fallsWalk{lines: l}
	if def, ok := src.Definition(dyad.UnderstoodMeasure().Instrument); ok {
		if scorer, ok := session.NewScorer(def, dyad.UnderstoodMeasure()); ok {
			f.understood = &scorer
		}
	}
	if err := l.walk.each(ctx, levelsOf([]session.Scorer{l.scorer}), f.visit); err != nil {
		return Report{}, err
	}
	r, err := l.report()
	if err != nil {
		return Report{}, err
	}
	result := f.result()
	r.Result, r.behind = result, behindPairs(result.Pairs)
	switch o := mixedOf(l.kinds); {
	case o != nil:
		r.object(o)
		*result = RupturesResult{Reason: o.Reason}
		return r, nil
	case len(result.Pairs) == 0:
		result.Reason = multilevel.NoData
		r.Caveats.Add(string(multilevel.NoData), multilevel.NoData.Sentence())
		return r, nil
	}
	draws, seed := cmp.Or(ask.Draws, ruptureDraws), cmp.Or(ask.Seed, multilevel.DefaultSeed)
	lengths := make([]int, len(result.Pairs))
	for i := range result.Pairs {
		lengths[i] = result.Pairs[i].Values
	}
	result.Seed = seed
	chance, err := rupture.ChanceOf(ctx, lengths, f.scale, draws, seed, ask.tell("simulating"))
	if err != nil {
		return Report{}, ended(ctx, err)
	}
	result.chance(&chance)
	result.remark(&r.Caveats)
	return r, nil
}

// fallsWalk gathers courses with what is known beside them.
type fallsWalk struct {
	*lines

	understood *session.Scorer // nil where there is no such instrument
	words      []*session.Series
	entered    [][]dyad.Entered
	left       []bool
	unscored   []UnscoredRupture
	scale      rupture.Scale // zero where it is unknown
}

// visit takes one group.
func (f *fallsWalk) visit(g *session.Group, sessions []*session.Session) error {
	from := len(f.lines.lines)
	if err := f.lines.visit(g, sessions); err != nil {
		return err
	}
	var words []session.Series
	if f.understood != nil {
		words = dyad.AllianceSeries(*f.understood, sessions)
	}
	entered := dyad.EnteredOf(sessions)
	for i := from; i < len(f.lines.lines); i++ {
		unit := f.lines.lines[i].Unit
		var said *session.Series
		if k := slices.IndexFunc(words, func(s session.Series) bool { return s.Unit == unit }); k >= 0 {
			said = &words[k]
		}
		f.words, f.left = append(f.words, said), append(f.left, droppedOut(g, unit.MemberID))
		f.entered = append(f.entered, entered[unit])
		delete(entered, unit)
	}
	f.unscored = append(f.unscored, f.withoutValues(g.ID, entered)...)
	return nil
}

// result describes the pairs asked about; scales are of all.
func (f *fallsWalk) result() *RupturesResult {
	values := f.values()
	spread := series.SpreadOf(values)
	r := &RupturesResult{By: reliableBy(f.ask, f.rule()), Reference: cmp.Or(f.ask.Reference, PracticePool), Rules: rupture.Rules(), Unscored: f.unscored}
	r.Within, r.Between = spread.Successive, spread.Between
	switch {
	case spread.Successive == nil:
		r.NoSpread = series.TooFewValues
	case !(*spread.Successive > 0):
		r.NoSpread = series.NoVariation
	case spread.Between == nil:
		r.NoSpread = series.TooFewLines
	}
	if spread.Successive != nil {
		f.scale.Within = *spread.Successive
	}
	f.scale.Between = math.NaN()
	if spread.Between != nil {
		f.scale.Between = *spread.Between
	}
	limits := f.limits(values, r.Reference)
	r.Low, r.High = limits.low, limits.high
	for i := range f.lines.lines {
		line := &f.lines.lines[i]
		if !f.ask.wantsMember(line.Unit.MemberID) {
			continue
		}
		mean, _ := series.Moments(values[i])
		p := RupturePair{
			Group: string(line.GroupID), Therapist: string(line.Unit.TherapistID), Member: string(line.Unit.MemberID), Values: len(values[i]),
			Mean: mean, Level: limits.of(mean), Left: f.left[i],
		}
		falls := dyad.FallsOf(line, f.scale, f.words[i], f.entered[i], f.left[i])
		episodes := make([]rupture.Episode, len(falls))
		for k := range falls {
			episodes[k] = falls[k].Episode
			p.Falls = append(p.Falls, r.fall(&falls[k]))
		}
		p.Entered = withoutFall(f.entered[i], falls)
		p.Shape = rupture.ShapeOf(values[i], episodes, f.scale)
		r.Pairs = append(r.Pairs, p)
	}
	return r
}

// fall describes one fall.
func (r *RupturesResult) fall(f *dyad.Fall) RuptureFall {
	out := RuptureFall{
		Onset: *valueAt(f.From), Low: *valueAt(f.Low), Fired: f.Fired, Before: f.Before, Depth: f.Depth, OwnSDs: f.OwnSDs, NoOwn: f.NoOwn, State: f.State,
		After: f.After, Later: f.Later, Missed: f.Signs.Missed, Blank: f.Signs.Blank, NoForm: f.Signs.NoForm,
	}
	if r.By.Threshold != nil && *r.By.Threshold > 0 {
		out.ReliableChanges = new(f.Depth / *r.By.Threshold)
	} else {
		out.NoReliable = series.NoReliability
	}
	if f.Back != nil {
		out.Back, out.Sessions = valueAt(f.Back), new(f.Return-f.Onset)
		out.Gained = new(*f.After - f.Before)
	}
	if f.Understood != nil {
		out.Understood = valueAt(f.Understood)
	}
	if f.Entered != nil {
		out.Entered = new(enteredRupture(f.Entered))
	}
	return out
}

// chance sets what chance gives beside what was found.
func (r *RupturesResult) chance(c *rupture.Chance) {
	r.Draws = c.Draws
	for i := range r.Rules {
		n := RuleCount{ID: r.Rules[i].ID}
		for k := range r.Pairs {
			for _, fall := range r.Pairs[k].Falls {
				if slices.Contains(fall.Fired, n.ID) {
					n.Found++
				}
			}
		}
		if c.Draws > 0 {
			n.ByChance = new(c.ByRule[n.ID])
		}
		r.Counts = append(r.Counts, n)
	}
	for _, shape := range rupture.Shapes() {
		n := ShapeCount{Shape: shape}
		for k := range r.Pairs {
			if r.Pairs[k].Shape == shape {
				n.Pairs++
			}
		}
		if c.Draws > 0 {
			n.ByChance = new(c.Shapes[shape])
		}
		r.Shapes = append(r.Shapes, n)
	}
	for k := range r.Pairs {
		r.Found += len(r.Pairs[k].Falls)
	}
	if c.Draws > 0 {
		for k := range r.Pairs {
			r.Pairs[k].ShapeByChance = new(c.ByLength[r.Pairs[k].Values][r.Pairs[k].Shape])
		}
		r.ByChance, r.ReturnedByChance, r.SoonByChance = &c.Episodes, c.Returned, c.Soon
	}
}

// remark adds what must be said with the numbers.
func (r *RupturesResult) remark(out *caveat.Set) {
	switch r.NoSpread {
	case series.TooFewValues:
		out.Add("no_spread", "Nobody has two values yet, so that no fall can be seen.")
		return
	case series.NoVariation:
		out.Add("no_spread", "Every member gives the same value every time, so that there is no fall, and chance has nothing to go by.")
		return
	case series.TooFewLines:
		out.Add("one_pair", "There is one pair only, so that nobody can say how far members differ: the rule that compares with it is left out, and one pair's own scatter stands for that of members.")
	default:
	}
	out.Add("falls_by_chance", fmt.Sprintf("The same rules find about %s falls in as many members whose level never moves; %d were found.", roughly(*r.ByChance), r.Found))
	if r.SoonByChance != nil {
		out.Add("returns_by_chance", fmt.Sprintf("Of such falls by chance %.0f of 100 are back within three values: a score that came back is no sign that something was repaired.", 100**r.SoonByChance))
	}
	if r.By.From == NoReliableChange {
		out.Add(string(series.NoReliability), "Nobody said how reliable the measure is from session to session, so depths are not told in reliable changes.")
	}
	if r.Low == nil {
		out.Add("too_few_for_thirds", "There are fewer than six series, so that no level is called low or high beside the others.")
	}
	out.Add("rules_of_this_project", "No published limit for a fall is agreed on; the rules stand side by side, each with its source.")
}
