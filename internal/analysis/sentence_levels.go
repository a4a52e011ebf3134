package analysis

import (
	"fmt"

	"holon/internal/multilevel"
	"holon/internal/multilevel/decomposition"
)

// sentences says how two measures go together at each level, and whether
// cohesion is more than the average of the dyads.
func (l *LevelsResult) sentences(r *Report) []string {
	of := r.Outcome
	if r.Subject != nil && l.Against != nil {
		of = fmt.Sprintf("%s (%s, %s) and %s (%s, %s)", l.Relation.X, r.Subject.value(), r.Subject.by(), l.Relation.Y, l.Against.value(), l.Against.by())
	}
	out := []string{r.size(of)}
	if l.Beyond != nil {
		out = append(out, l.beyond(r))
	} else if v := l.Verdict(); v.Answer != "" {
		return append(out, r.nothing())
	}
	if within := l.together(&l.Relation.Moments.RWithin, decomposition.MethodFisherZ); within != "" {
		out = append(out, "Among members of one "+r.unit()+", "+within)
	}
	if among := l.together(&l.Relation.REML.RBetween, decomposition.MethodProfile); among != "" {
		out = append(out, "Among "+r.units(2)+", "+among)
	}
	return append(out, "The two are different questions: what holds among members need not hold among groups.")
}

// together says how the two measures go together at one level, as far as the
// limits let it be told; "" without a number. It ends a sentence.
func (l *LevelsResult) together(q *decomposition.Quantity, method string) string {
	v := number(q.Estimate)
	if v == "" {
		return ""
	}
	found := ": a correlation of " + v + between(q, method) + "."
	if lower, upper := q.Limits(method, 0.95); lower != nil && upper != nil && *lower <= 0 && *upper >= 0 {
		return "it cannot be told whether " + l.Relation.X + " and " + l.Relation.Y + " go together" + found
	}
	goes := "higher "
	if *q.Estimate < 0 {
		goes = "lower "
	}
	return "higher " + l.Relation.X + " goes with " + goes + l.Relation.Y + found
}

// size says of how many members and groups something is.
func (r *Report) size(of string) string {
	return fmt.Sprintf("%s: %d %s in %d %s.", of, r.Counts.Members, plural(r.Counts.Members, "member"), r.Counts.Groups, r.units(r.Counts.Groups))
}

// mostPairs is the number of pairs of measures that are put in words.
const mostPairs = 10

// sentences says how measures go together at each level.
func (l *LevelTableResult) sentences(r *Report) []string {
	out := []string{r.size(r.Outcome)}
	if l.Reason != "" {
		return append(out, r.nothing())
	}
	title := map[string]string{}
	for i := range l.Measures {
		m := &l.Measures[i]
		title[m.Name] = fmt.Sprintf("%s (%s)", m.Subject.Title, m.Subject.value())
	}
	for i := range l.Pairs[:min(len(l.Pairs), mostPairs)] {
		p := &l.Pairs[i]
		within, among := number(p.Within.Estimate), number(p.BetweenLatent.Estimate)
		text := title[p.X] + " and " + title[p.Y] + ": among members of one " + r.unit() + " "
		if within == "" {
			text += "it cannot be told how they go together"
		} else {
			text += "a correlation of " + within + between(&p.Within, decomposition.MethodFisherZ)
		}
		if among == "" {
			text += "; among " + r.units(2) + " it cannot be told"
		} else {
			text += "; among " + r.units(2) + " one of " + among + between(&p.BetweenLatent, decomposition.MethodJackknifeZ)
		}
		out = append(out, text+".")
	}
	if more := len(l.Pairs) - mostPairs; more > 0 {
		out = append(out, fmt.Sprintf("The table holds %d more.", more))
	}
	if len(l.Pairs) == 0 {
		out = append(out, "There is only one measure, so there is nothing to go together with it.")
	}
	return append(out, "What is seen at several levels are not so many independent facts: read each beside how it goes together with the others.")
}

// between writes the 95 % limits behind a number, "" without any.
func between(q *decomposition.Quantity, method string) string {
	lower, upper := q.Limits(method, 0.95)
	if lower == nil || upper == nil {
		return ""
	}
	return fmt.Sprintf(" (between %s and %s)", number(lower), number(upper))
}

// beyond answers the question that was asked.
func (l *LevelsResult) beyond(r *Report) string {
	b := l.Beyond
	question := fmt.Sprintf("Is %s more than the average of %s? ", l.Relation.Y, l.Relation.X)
	lower, upper := b.Share.Limits(decomposition.MethodProfile, 0.90)
	switch b.Answer {
	case multilevel.Supported:
		text := question + "Yes, beyond chance: groups differ in it more than their averages explain"
		if lower != nil && upper != nil {
			text += fmt.Sprintf(" (about %s of its variance is the group's own, between %s and %s)", percent(b.Share.Estimate), share(*lower), share(*upper))
		}
		return text + "."
	case multilevel.NotSupported:
		return question + "Little or not at all: at most " + percent(upper) + " of its variance is the group's own once the averages are known."
	case multilevel.CannotTell:
		text := question + "These groups cannot tell"
		if lower != nil && upper != nil {
			text += fmt.Sprintf(": between %s and %s of its variance may be the group's own", share(*lower), share(*upper))
		}
		return text + ". More groups would; more members in the same groups hardly."
	default:
		return r.nothing()
	}
}

// sentences says how well a scale tells members and groups apart.
func (l *LevelReliabilityResult) sentences(r *Report) []string {
	out := []string{r.size(r.heading())}
	if l.Alpha.Reason != "" {
		return append(out, r.nothing())
	}
	say := func(what string, q *decomposition.Quantity, method string) {
		if v := number(q.Estimate); v != "" {
			out = append(out, what+": "+v+between(q, method)+".")
		}
	}
	say("How well the scale tells members of one group apart", &l.Alpha.Within, decomposition.MethodFeldt)
	say("How well it tells groups apart, were their averages known without error", &l.Alpha.Between, decomposition.MethodGroupsResamp)
	if q := l.Alpha.Within.Estimate; q != nil && *q < 0 {
		out = append(out, "A number below zero says that items go against each other: look whether some are worded the other way round.")
	}
	return append(out, "1 is without error, 0 is error only. A scale may be good at one level and poor at the other; the usual single number for all rows is neither.")
}
