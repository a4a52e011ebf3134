package analysis

import (
	"holon/internal/instrument"
	"holon/internal/multilevel"
)

// objectToClaim returns why the measure is not what the asker takes it for;
// nil if it is, or if nothing was claimed.
func (a *Ask) objectToClaim(level instrument.Level, composition multilevel.Composition) *multilevel.Objection {
	if a.As != "" && a.As != level {
		return notThatLevel(a.As, level)
	}
	claimed := a.Composition
	if claimed == "" || claimed == composition || (claimed == multilevel.DirectConsensus && composition == multilevel.Additive) {
		return nil
	}
	return &multilevel.Objection{
		Answer: multilevel.Refused, Reason: "composition_does_not_fit",
		Detail:  "The group value of this measure is not made in the way that was asked for: " + madeOf(composition),
		Instead: "Ask for the measure without naming a composition; the reply names the one it has.",
	}
}

// notThatLevel objects to a measure of one level asked for as another.
func notThatLevel(as, level instrument.Level) *multilevel.Objection {
	o := &multilevel.Objection{
		Answer: multilevel.Refused, Reason: "level_does_not_fit",
		Detail:  "This measure is about " + aboutWhat(level) + ", which is not " + aboutWhat(as) + ".",
		Instead: "Ask for this measure at its own level, or choose a measure of the level you mean.",
	}
	switch {
	case as == instrument.Cohesion:
		o.Reason = "not_cohesion"
		o.Detail = "Cohesion is what people say about us, the group. This measure is about " + aboutWhat(level) + "."
		if level == instrument.System {
			break
		}
		o.Detail += " A mean over members is an average of such ratings and stays one, however well members agree; it is not cohesion."
		o.Instead = "Ask for this measure at its own level, or choose a measure of cohesion, whose items speak of the group."
	case as == instrument.Alliance && level == instrument.Encounter:
		o.Reason = "not_alliance"
		o.Detail = "Presence in the meeting stands beside the alliance and is no part of it: no alliance score accepts it."
	}
	return o
}

// aboutWhat says in words what ratings of a level are about.
func aboutWhat(level instrument.Level) string {
	switch level {
	case instrument.Alliance:
		return "the alliance of one therapist and one member"
	case instrument.Bond:
		return "one member's bond with another"
	case instrument.MemberGroup:
		return "one member's own standing in the group"
	case instrument.Cohesion:
		return "the cohesion of a therapy group"
	case instrument.System:
		return "a family as a system"
	case instrument.Encounter:
		return "presence in the meeting"
	case instrument.Outcome:
		return "one member's own symptoms or functioning"
	default:
		return "something this version of Holon does not know"
	}
}

// madeOf says in words what a composition is.
func madeOf(c multilevel.Composition) string {
	switch c {
	case multilevel.Additive:
		return "members spoke of themselves, and the group's value is only the mean of that."
	case multilevel.DirectConsensus:
		return "members spoke of themselves and their agreement makes it shared."
	case multilevel.ReferentShift:
		return "members spoke of the group."
	case multilevel.Global:
		return "it is one report about the group from outside."
	default:
		return "nobody said what the ratings speak of."
	}
}
