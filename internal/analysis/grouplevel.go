package analysis

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"holon/internal/caveat"
	"holon/internal/fault"
	"holon/internal/instrument"
	"holon/internal/multilevel"
	"holon/internal/session"
)

// GroupLevel answers whether the group level of one measure carries variance
// of its own, in the groups asked about. A question that would mislead is
// answered too: the report says why nothing was computed and what to ask.
// Errors are questions that make no sense, as fault.Invalid with pointers, and
// sources that fail.
func GroupLevel(ctx context.Context, src Source, ask Ask) (Report, error) {
	p, def, err := inquire(src, &ask)
	if err != nil {
		return Report{}, err
	}
	if ask.Composition == multilevel.DirectConsensus {
		p.reads = scoresAndForms
	}
	if err := p.run(ctx, p.asked[0].Level()); err != nil {
		return Report{}, err
	}
	whole, objection := p.whole(ask.Measure, def)
	r, err := p.report(ctx, &ask, whole, objection, !ask.Alone)
	if err != nil {
		return Report{}, err
	}
	reports := []Report{r}
	adjust(reports, ask.isPlanned)
	return reports[0], nil
}

// GroupLevelTable answers the question for every measure that the chosen
// groups have ratings of, in one way through the sessions: by instrument,
// score, rater and occasion, therapy groups before families. The measure of
// the question is not looked at, nor are level and composition claimed for it.
func GroupLevelTable(ctx context.Context, src Source, ask Ask) ([]Report, error) {
	ask.As, ask.Composition = "", ""
	var faults fault.List
	ask.check(&faults, src)
	if err := faults.Err(); err != nil {
		return nil, err
	}
	p := &pass{src: src, choice: ask.Session, groups: ask.chosen(src), wants: func(Measure) bool { return true }}
	if err := p.run(ctx); err != nil {
		return nil, err
	}
	if err := p.nothingButKeyless(); err != nil {
		return nil, err
	}
	reports := []Report{}
	measures := len(p.found)
	for _, of := range slices.SortedFunc(maps.Keys(p.found), inOrder) {
		if err := ctx.Err(); err != nil {
			return nil, cancelled(err)
		}
		r, err := p.report(ctx, &ask, p.found[of], nil, false)
		if err != nil {
			return nil, err
		}
		reports = append(reports, r)
		delete(p.found, of) // its rows are not needed any more
		ask.Progress.Tell("measures", len(reports), measures)
	}
	adjust(reports, ask.isPlanned)
	return reports, nil
}

// inOrder compares subjects by instrument, score, rater, occasion and kind of
// group.
func inOrder(a, b subject) int {
	return cmp.Or(
		cmp.Compare(a.measure.Instrument.ID, b.measure.Instrument.ID), cmp.Compare(a.measure.Instrument.Version, b.measure.Instrument.Version),
		cmp.Compare(a.measure.Score, b.measure.Score), cmp.Compare(a.measure.Rater, b.measure.Rater),
		cmp.Compare(a.measure.Occasion, b.measure.Occasion), cmp.Compare(rank(a.home), rank(b.home)))
}

// rank puts therapy groups before families.
func rank(home household) int {
	if home {
		return 1
	}
	return 0
}

// whole returns the one gathering of a measure. Where there are several, which
// must not be put into one table, it holds what all of them found, with the
// objection.
func (p *pass) whole(of Measure, def *instrument.Definition) (*gathering, *multilevel.Objection) {
	subjects := slices.SortedFunc(maps.Keys(p.found), inOrder)
	subjects = slices.DeleteFunc(subjects, func(s subject) bool { return !covers(of, s.measure) })
	if len(subjects) == 0 {
		home := household(len(p.groups) > 0 && bool(householdOf(p.groups[0].Kind)))
		return newGathering(def, subject{home: home, measure: of}, p.choice), nil
	}
	first := p.found[subjects[0]]
	if len(subjects) == 1 {
		return first, nil
	}
	kinds, occasions := map[household]bool{}, map[session.Occasion]bool{}
	all := newGathering(def, subject{home: first.home, measure: of}, p.choice)
	for _, of := range subjects {
		g := p.found[of]
		kinds[of.home], occasions[of.measure.Occasion] = true, true
		all.haul.merge(g.haul)
		maps.Copy(all.kinds, g.kinds)
		for group, days := range g.days {
			all.days[group] = append(all.days[group], days...)
		}
		maps.Copy(all.forms, g.forms)
	}
	if len(kinds) > 1 {
		return all, mixedKinds()
	}
	return all, &multilevel.Objection{
		Answer: multilevel.Refused, Reason: "two_occasions",
		Detail:  "Some of these forms were answered before the meeting and some after it, which is not the same question.",
		Instead: "Choose the occasion: before the meeting or after it.",
	}
}

// mixedKinds objects to therapy groups and families in one table.
func mixedKinds() *multilevel.Objection {
	return &multilevel.Objection{
		Answer: multilevel.Refused, Reason: "mixed_group_kinds",
		Detail:  "Some of these are therapy groups and some are families or couples: a difference found could be that between kinds of group.",
		Instead: "Ask about therapy groups, or about families and couples.",
	}
}

// report judges a gathering and makes its report; alone says that nothing else
// is asked for.
func (p *pass) report(ctx context.Context, ask *Ask, g *gathering, objection *multilevel.Objection, alone bool) (Report, error) {
	a := p.judge(ask, g, objection)
	detail := ask.Detail
	if detail == "" && !alone {
		detail = Quick
	}
	a.test = func(rows []multilevel.Row) (multilevel.GroupLevel, error) { return g.model(ctx, ask, rows, detail) }
	r, err := a.report()
	if err != nil {
		return Report{}, err
	}
	if err := p.surround(ctx, ask, g, &r, alone); err != nil || a.subject.Composition != multilevel.DirectConsensus {
		return r, err
	}
	err = g.showAgreement(ctx, ask, &r)
	return r, err
}

// judge says what a gathering is and what stands against a test of it.
func (p *pass) judge(ask *Ask, g *gathering, objection *multilevel.Objection) assembly {
	without := p.without(g)
	return p.assemble(ask, g, objection, &lying{layout: multilevel.LayoutOf(g.ratings.Rows, multilevel.OfPerson), therapists: therapistsOf(g.told), without: without, turnover: g.turnover(p.groups)})
}

// lying is how the rows of a gathering lie over its groups.
type lying struct {
	layout     multilevel.Layout
	therapists int // who gave the ratings or whom they are about
	without    absence
	turnover   float64
}

// assemble says what a gathering is, whose rows lie like this, and what stands
// against a test of it.
func (p *pass) assemble(ask *Ask, g *gathering, objection *multilevel.Objection, lie *lying) assembly {
	p.tally(g, lie.without)
	level := g.scorer.Level()
	composition := g.reader.Composition()
	layout := lie.layout
	if composition == multilevel.Global {
		layout.Members = 0 // reports from outside: no member is rated
	}
	q := considerSessions(layout, lie.turnover, ask.TurnoverLimit)
	for _, o := range []*multilevel.Objection{objection, g.reader.Objection(), g.keyObjection(), ask.objectToClaim(level, composition)} {
		if o != nil {
			q.objection = o // the last one is the first to be said: a wrong claim
		}
	}
	if ask.Composition == multilevel.DirectConsensus && composition == multilevel.Additive {
		composition = multilevel.DirectConsensus
	}
	return assembly{
		outcome: g.name(), data: p.data, ratings: g.ratings, layout: layout, led: lie.therapists, sessions: true,
		question: q, options: ask.options, statement: p.reservations(g, lie.without), subject: g.about(composition),
	}
}

// tally counts among a gathering's exclusions the documents and groups that
// gave nothing.
func (p *pass) tally(g *gathering, without absence) {
	g.ratings.Excluded.Add(ruleDamaged, len(p.damaged))
	g.ratings.Excluded.Add("group_without_sessions", without.sessions)
	g.ratings.Excluded.Add("group_without_form", without.form)
}

// name names the measure as reports do.
func (s subject) name() string { return s.measure.Instrument.String() + "/" + s.measure.Score }

// about says what a gathering's ratings are.
func (g *gathering) about(composition multilevel.Composition) *Subject {
	score := g.scorer.Rule()
	return &Subject{
		Measure: g.measure, Title: score.Title, Level: score.Level, Referent: score.Referent, Composition: composition,
		RuleSet: g.reader.RuleSet(), Kinds: slices.Sorted(maps.Keys(g.kinds)),
	}
}

// surround sets beside the result what keeps it from being misread.
func (p *pass) surround(ctx context.Context, ask *Ask, g *gathering, r *Report, alone bool) error {
	result, ok := r.Result.(*GroupLevelResult)
	if !ok || result.Answer == multilevel.Refused || result.Structure == "" {
		return nil
	}
	around, err := p.around(ctx, ask, g, alone)
	if err != nil {
		return err
	}
	result.Around = around
	around.say(&r.Caveats, g.home)
	return nil
}

// reservations are what must be said of how the rows came about.
func (p *pass) reservations(g *gathering, without absence) caveat.Set {
	out := g.remarks()
	if detail := without.sentence(p.choice); detail != "" {
		out.Add("groups_without_ratings", detail)
	}
	out.Merge(p.remarks())
	return out
}

// remarks are what must be said of the rows of one measure.
func (g *gathering) remarks() caveat.Set {
	var out caveat.Set
	if a, ok := g.reader.(averager); ok && g.ratings.Averaged > 0 {
		out.Add(a.Averaging(g.ratings.Averaged))
	}
	g.keyRemark(&out)
	if g.def.Mixed != "" {
		out.Add("mixed_items", "Items of this form speak of several levels at once, so its scores are neither alliance nor cohesion. "+g.def.Mixed)
	}
	if g.kinds[session.KindFamily] && g.kinds[session.KindCouple] {
		out.Add("families_and_couples", "Families and couples are in one table; a difference found may partly be that between the two.")
	}
	return out
}

// remarks are what must be said of the way through the sessions.
func (p *pass) remarks() caveat.Set {
	var out caveat.Set
	if p.versions > 0 {
		out.Add("other_versions_left_out", fmt.Sprintf("%d ratings answer another version of the instrument and are not in the table: scores of two versions need not be comparable.", p.versions))
	}
	p.keylessRemark(&out)
	damagedRemark(&out, p.damaged)
	if p.undefined > 0 {
		out.Add("definition_missing", fmt.Sprintf("In %d places there are forms of an instrument whose definition is missing; they are in no table.", p.undefined))
	}
	return out
}

// damagedRemark names the documents that could not be read.
func damagedRemark(out *caveat.Set, names []string) {
	if n := len(names); n > 0 {
		out.Add(ruleDamaged, fmt.Sprintf("%d documents could not be read and were left out: %s.", n, strings.Join(names, ", ")))
	}
}

// cancelled is the fault of an analysis that nobody waits for any more.
func cancelled(err error) error {
	return fault.Wrap(fault.Unavailable, "analysis_cancelled", "The analysis was given up before its end.", err)
}

// unhashable is the fault of rows that cannot be written.
func unhashable(err error) error {
	return fault.Wrap(fault.Internal, "unhashable_rows", "The rows of the analysis cannot be written.", err)
}
