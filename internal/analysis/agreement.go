package analysis

import (
	"cmp"
	"context"
	"slices"
	"strconv"

	"holon/internal/caveat"
	"holon/internal/fault"
	"holon/internal/instrument"
	"holon/internal/multilevel"
	"holon/internal/multilevel/agreement"
	"holon/internal/multilevel/course"
	"holon/internal/session"
)

// Agreement tells how much the members of each group say the same about it, on
// one occasion of each group: the one that is chosen, or else the last with
// ratings. Of one group, with no session chosen, its whole line of meetings
// stands beside. A question that would mislead is answered by a report that
// says so; errors are those of GroupLevel.
func Agreement(ctx context.Context, src Source, ask Ask) (Report, error) {
	p, def, err := inquire(src, &ask)
	if err != nil {
		return Report{}, err
	}
	p.choice, p.reads, p.line = ask.oneSession(), sharedForms, len(p.groups) == 1 && ask.Session == nil
	if err := p.run(ctx, p.asked[0].Level()); err != nil {
		return Report{}, err
	}
	g, objection := p.whole(ask.Measure, def)
	reader := newSharing(g.scorer, g.home)
	r, refused, err := p.recorded(&ask, g, objection, reader.Objection())
	if err != nil {
		return Report{}, err
	}
	if refused != nil {
		r.Result = &AgreementResult{Result: agreement.Result{Reason: refused.Reason, Items: itemNames(&g.scorer)}}
		return r, nil
	}
	r.Caveats.Add("meaning_of_agreement", reader.Meaning())
	if err := p.agree(ctx, &ask, g, &r); err != nil {
		return Report{}, err
	}
	return r, nil
}

// inquire checks a question about one measure and returns the way through the
// sessions that it takes, and the definition of the measure's instrument.
func inquire(src Source, ask *Ask) (*pass, *instrument.Definition, error) {
	var faults fault.List
	ask.check(&faults, src)
	def := checkMeasure(&faults, src, "/measure", ask.Measure)
	if err := faults.Err(); err != nil {
		return nil, nil, err
	}
	scorer, _ := session.NewScorer(def, ask.Measure)
	return &pass{src: src, choice: ask.Session, groups: ask.chosen(src), asked: []session.Scorer{scorer}, wants: ask.wants}, def, nil
}

// oneSession returns the session chosen of each group, the last with ratings
// where none was.
func (a *Ask) oneSession() *Selection {
	if a.Session != nil {
		return a.Session
	}
	return &Selection{Place: Last}
}

// noteOneSession says which session was taken where nobody chose one.
func (a *Ask) noteOneSession(out *caveat.Set) {
	if a.Session == nil {
		out.Add("last_session_with_ratings", "No session was chosen, so the last one with ratings of each group was taken.")
	}
}

// itemNames names the items of a measure by their numbers.
func itemNames(scorer *session.Scorer) []string {
	return each(scorer.Items(), func(item instrument.Item) string { return strconv.Itoa(item.Number) })
}

// recorded begins the report of a gathering: what it is about, what went in and
// what was left out. Of several objections the last is the first to be said.
func (p *pass) recorded(ask *Ask, g *gathering, objections ...*multilevel.Objection) (Report, *multilevel.Objection, error) {
	without := p.without(g)
	p.tally(g, without)
	composition := g.reader.Composition()
	rows := g.ratings.Canonical()
	layout := multilevel.LayoutOf(rows, multilevel.OfPerson)
	if composition == multilevel.Global {
		layout.Members = 0
	}
	sum, err := multilevel.SHA256(rows)
	if err != nil {
		return Report{}, nil, unhashable(err)
	}
	r := Report{
		Outcome: g.name(), Subject: g.about(composition), Input: Input{SHA256: sum, Rows: len(rows)}, Data: p.data,
		Counts: Counts{
			Groups: layout.Groups, Members: layout.Members, Sessions: &layout.Sessions, Ratings: len(rows), Excluded: g.ratings.Excluded.List(),
		},
	}
	r.Caveats.Merge(p.reservations(g, without))
	var q question
	q.sharedNames(layout)
	r.Caveats.Merge(q.caveats)
	said := foremost(append(objections, ask.objectToClaim(g.scorer.Level(), composition))...)
	if said != nil {
		r.object(said)
	}
	return r, said, nil
}

// object says why nothing is computed and what to ask instead.
func (r *Report) object(o *multilevel.Objection) {
	r.Instead = o.Instead
	r.Caveats.Add(string(o.Reason), o.Detail)
	if o.Instead != "" {
		r.Caveats.Add("ask_instead", o.Instead)
	}
}

// agree fills the agreement of a gathering's forms into its report.
func (p *pass) agree(ctx context.Context, ask *Ask, g *gathering, r *Report) error {
	forms := g.sharedForms()
	input, err := inputOf(forms.Rows)
	if err != nil {
		return err
	}
	counted := r.Counts
	if err := r.agree(ctx, forms, agreement.Options{Draws: ask.Draws, Seed: ask.Seed, Progress: ask.tell("strangers")}); err != nil {
		return ended(ctx, err)
	}
	r.Input = input
	counted.Ratings = r.Counts.Ratings
	r.Counts = counted
	if len(forms.Rows) > 0 {
		ask.noteOneSession(&r.Caveats)
	}
	if g.line == nil {
		return nil
	}
	result, _ := r.Result.(*AgreementResult)
	result.Line, err = g.lineOf(ctx, ask)
	return ended(ctx, err)
}

// sharedForms returns the forms of a gathering in canonical order, without
// their sessions where nobody shared one.
func (g *gathering) sharedForms() *agreement.Table {
	out := &agreement.Table{Scale: scaleOf(&g.scorer), Items: itemNames(&g.scorer)}
	for _, row := range g.items.Rows {
		if g.held == 0 {
			row.Session = ""
		}
		out.Rows = append(out.Rows, row)
	}
	slices.SortFunc(out.Rows, func(a, b agreement.Row) int {
		return cmp.Or(cmp.Compare(a.Group, b.Group), cmp.Compare(a.Session, b.Session), cmp.Compare(a.Member, b.Member), slices.Compare(a.Values, b.Values))
	})
	return out
}

// scaleOf returns the scale of the measure's items, of which the first speaks
// for all.
func scaleOf(scorer *session.Scorer) agreement.Scale {
	items := scorer.Items()
	if len(items) == 0 {
		return agreement.Scale{}
	}
	return agreement.Scale{Low: items[0].Min, High: items[0].Max, Step: items[0].Step}
}

// lineOf returns the agreement of one group meeting by meeting; nil where there
// is no meeting with forms.
func (g *gathering) lineOf(ctx context.Context, ask *Ask) (*AgreementLine, error) {
	forms := &agreement.Table{Scale: scaleOf(&g.scorer), Items: itemNames(&g.scorer)}
	number := map[string]int{}
	for _, f := range *g.line {
		for _, row := range f.items.Rows {
			number[row.Session] = f.at.Number
			row.Group = row.Session // every meeting stands by itself
			forms.Rows = append(forms.Rows, row)
		}
	}
	if len(forms.Rows) == 0 {
		return nil, ctx.Err()
	}
	found, err := agreement.Analyse(ctx, forms, agreement.Options{Draws: ask.Draws, Seed: ask.Seed, Progress: ask.tell("meeting by meeting")})
	if err != nil {
		return nil, err
	}
	out := &AgreementLine{}
	for i := range found.Groups {
		out.Points = append(out.Points, pointOf(number[found.Groups[i].Key], &found.Groups[i]))
	}
	slices.SortFunc(out.Points, func(a, b AgreementPoint) int { return cmp.Compare(a.Session, b.Session) })
	var x, y []float64
	for _, at := range out.Points {
		if at.ADMean != nil {
			x, y = append(x, float64(at.Session)), append(y, *at.ADMean)
		}
	}
	out.Trend = course.SlopeOf(x, y)
	return out, nil
}

// pointOf returns what one meeting's forms say.
func pointOf(number int, g *agreement.Group) AgreementPoint {
	out := AgreementPoint{
		Session: number, Members: g.N, MeanVariance: g.MeanVariance, ByNull: g.ByNull, AWG: g.AWG, ADMean: g.ADMean, Reason: g.Reason,
	}
	if len(g.Items) == 0 {
		return out
	}
	total := 0.0
	for _, item := range g.Items {
		total += *item.Mean
	}
	out.Mean = new(total / float64(len(g.Items)))
	return out
}
