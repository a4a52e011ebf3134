package analysis

import (
	"context"
	"maps"
	"slices"

	"holon/internal/dyad"
	"holon/internal/fault"
	"holon/internal/instrument"
	"holon/internal/multilevel"
	"holon/internal/multilevel/onewithmany"
	"holon/internal/session"
)

// OneWithMany tells whose share the differences between therapist–member pairs
// are, and how the views of the two sides go together. The measure is that of
// members; against is that of therapists, by default the same score answered by
// therapists where the instrument has it. All meetings are taken unless one
// session is chosen. A question that would mislead is answered by a report that
// says so; errors are those of GroupLevel.
func OneWithMany(ctx context.Context, src Source, ask Ask) (Report, error) {
	v, err := viewsOf(src, &ask)
	if err != nil {
		return Report{}, err
	}
	w := newWalk(src, &ask)
	if err := w.each(ctx, []instrument.Level{instrument.Alliance}, v.visit); err != nil {
		return Report{}, err
	}
	v.excluded.Add(ruleDamaged, len(w.damaged))
	r := Report{Outcome: v.name(), Data: w.data, Subject: v.about(&v.members), Caveats: w.remarks()}
	r.Counts.Excluded = v.excluded.List()
	var lines canonical
	for i := range v.rows {
		x := &v.rows[i]
		lines.add(x.Group, x.Therapist, x.Member, x.Session, x.Values[0], x.Values[1])
	}
	if r.Input, err = lines.input(); err != nil {
		return Report{}, err
	}
	var against *Subject
	if v.therapists != nil {
		against = v.about(v.therapists)
	}
	if o := v.objection(); o != nil {
		r.object(o)
		r.Counts.Sessions = new(0)
		r.Result = &OneWithManyResult{Found: onewithmany.Result{Reason: o.Reason}, Against: against}
		return r, nil
	}
	o := onewithmany.Options{Draws: ask.Draws, Seed: ask.Seed, UniqueMembers: true, Progress: ask.tell("simulating")}
	if err := r.divide(ctx, v.rows, against, o); err != nil {
		return Report{}, ended(ctx, err)
	}
	if r.Counts.Sessions == nil {
		r.Counts.Sessions = new(0)
	}
	v.remark(&ask, &r)
	return r, nil
}

// views reads both sides of pairs from groups' sessions.
type views struct {
	choice     *Selection
	reader     *dyad.BothSides
	members    session.Scorer
	therapists *session.Scorer // nil where the instrument has no such side and none was named

	rows     []onewithmany.Row
	kinds    map[session.GroupKind]bool
	excluded multilevel.Exclusions
}

// viewsOf checks a question and returns what reads its sessions.
func viewsOf(src Source, ask *Ask) (*views, error) {
	var faults fault.List
	ask.check(&faults, src)
	def := checkMeasure(&faults, src, "/measure", ask.Measure)
	against := ask.Against
	var other *instrument.Definition
	if against != (Measure{}) {
		other = checkMeasure(&faults, src, "/against", against)
	}
	if err := faults.Err(); err != nil {
		return nil, err
	}
	if other == nil {
		// Of a question that names one side only, the other one is the same score.
		var unheard fault.List
		against = ask.Measure
		against.Rater, against.Occasion = instrument.RaterTherapist, ""
		if other = checkMeasure(&unheard, src, "", against); unheard.Err() != nil {
			other = nil
		}
	}
	v := &views{choice: ask.Session, kinds: map[session.GroupKind]bool{}}
	v.members, _ = session.NewScorer(def, ask.Measure)
	if other != nil {
		scorer, _ := session.NewScorer(other, against)
		v.therapists = &scorer
	}
	v.reader = dyad.NewBothSides(v.members, v.therapists)
	return v, nil
}

// name names the measures.
func (v *views) name() string {
	out := v.members.Instrument.String() + "/" + v.members.Score
	if v.therapists == nil {
		return out
	}
	return out + ", " + v.therapists.Instrument.String() + "/" + v.therapists.Score
}

// about says what a side's measure is.
func (v *views) about(of *session.Scorer) *Subject {
	rule := of.Rule()
	return &Subject{
		Measure: of.Measure, Title: rule.Title, Level: rule.Level, Referent: rule.Referent, Composition: multilevel.Additive,
		RuleSet: v.reader.RuleSet(), Kinds: slices.Sorted(maps.Keys(v.kinds)),
	}
}

// objection returns why nothing can be computed, nil if something can.
func (v *views) objection() *multilevel.Objection {
	if v.kinds[session.KindGroup] && len(v.kinds) > 1 {
		return foremost(mixedKinds(), v.reader.Objection())
	}
	return v.reader.Objection()
}

// visit takes one group's sessions.
func (v *views) visit(g *session.Group, sessions []*session.Session) error {
	if v.reader.Objection() != nil {
		return nil
	}
	var chosen *dyad.Met
	var number int
	for _, s := range sessions {
		if s.Status == session.StatusCancelled || !v.choice.takes(s) {
			continue
		}
		met := v.reader.Read(s)
		if s.Kind != session.Meeting && (v.choice == nil || v.choice.Stage == "") {
			v.excluded.Add("not_a_meeting", len(met.Rows))
			continue
		}
		if v.choice == nil || v.choice.Place == "" {
			v.keep(g, &met)
			continue
		}
		if len(met.Rows) > 0 && (chosen == nil || (v.choice.Place == First) == (s.Number < number)) {
			chosen, number = &met, s.Number
		}
	}
	if chosen != nil {
		v.keep(g, chosen)
	}
	return nil
}

// keep takes what a session holds.
func (v *views) keep(g *session.Group, met *dyad.Met) {
	v.excluded.Merge(met.Excluded)
	if len(met.Rows) > 0 {
		v.kinds[g.Kind] = true
	}
	v.rows = append(v.rows, met.Rows...)
}

// remark says what must be said of how the rows came about.
func (v *views) remark(ask *Ask, r *Report) {
	if v.therapists == nil {
		r.Caveats.Add("no_measure_of_therapists", "The instrument is not for therapists and no other measure was named against it, so only members' side is there.")
	}
	if slices.ContainsFunc(v.excluded.List(), func(x multilevel.Exclusion) bool { return x.Reason == dyad.LeftAfterSeeing }) {
		r.Caveats.Add(dyad.LeftAfterSeeing, "Therapists' guesses that were made after seeing the member's answer are left out: they are no view of their own.")
	}
	if ask.Session == nil {
		r.Caveats.Add("all_meetings", "All meetings were taken. What changes from one session to the next is told apart from what lasts where pairs have several.")
	}
}
