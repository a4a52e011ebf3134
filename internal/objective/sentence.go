package objective

import (
	"fmt"
	"strconv"
	"strings"

	"holon/internal/instrument"
	"holon/internal/session"
)

// sentence says the answer in one sentence, with its counts.
func (x *Result) sentence() string {
	begins := map[Answer]string{Met: "Met", NotMet: "Not met", Open: "Open", CannotBeJudged: "Cannot be judged"}
	parts := make([]string, len(x.Counts))
	for i := range x.Counts {
		parts[i] = x.Counts[i].sentence()
	}
	return begins[x.Answer] + ", " + reasonWords(x.Reason) + ": " + strings.Join(parts, "; and ") + "."
}

// sentence says how often one condition held.
func (n *Count) sentence() string {
	if n.Needed.endorsed {
		return fmt.Sprintf("%s endorsed, %d needed", number(*n.Goals, "different goal"), *n.Needed.AtLeast)
	}
	looked := n.Holds + n.Fails + n.Unknown + n.Pending
	parts := []string{fmt.Sprintf("it held on %d of %s", n.Holds, number(looked, "occasion"))}
	if n.Unknown > 0 {
		parts = append(parts, strconv.Itoa(n.Unknown)+" not known")
	}
	if n.Pending > 0 {
		parts = append(parts, strconv.Itoa(n.Pending)+" still awaited")
	}
	return strings.Join(append(parts, "needed "+n.Needed.words()), ", ")
}

// words says how often a condition has to hold.
func (n Needed) words() string {
	switch {
	case n.Every:
		return "every time"
	case n.Share != nil:
		return "on " + strconv.FormatFloat(100**n.Share, 'f', -1, 64) + " % of them"
	case n.Consecutive:
		return fmt.Sprintf("%d in a row", *n.AtLeast)
	default:
		return strconv.Itoa(*n.AtLeast)
	}
}

// number counts things.
func number(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return strconv.Itoa(n) + " " + what + "s"
}

// reasonWords says a reason of an answer.
func reasonWords(r Reason) string {
	switch r {
	case Reached:
		return "whatever else is missing or to come"
	case StillPossible:
		return "what is still to come decides"
	case OutOfReach:
		return "it cannot be reached any more"
	case DeadlinePassed:
		return "the time was over before it was reached"
	case MemberLeft:
		return "the member left before it was reached"
	case GroupEnded:
		return "the group ended before it was reached"
	case NoOccasion:
		return "there was nothing in its time to judge it by"
	case RecordDamaged:
		return "a session cannot be read"
	case DataMissing:
		return "several things are missing that decide"
	default:
		return "what is missing decides (" + strings.ReplaceAll(string(r), "_", " ") + ")"
	}
}

// Sentence says the rule in one sentence.
func (r *Rule) Sentence() string {
	parts := make([]string, len(r.Conditions))
	for i := range r.Conditions {
		c := &r.Conditions[i]
		parts[i] = c.words() + ", " + c.often()
	}
	text := r.Over.words(r.For) + ": " + strings.Join(parts, "; and ") + "."
	return strings.ToUpper(text[:1]) + text[1:]
}

// often says how often the condition has to hold.
func (c *Condition) often() string {
	if c.GoalsEndorsed != nil {
		return "at least " + number(*c.Needed.AtLeast, "different goal")
	}
	if c.Needed.AtLeast != nil && !c.Needed.Consecutive {
		return "at least " + number(*c.Needed.AtLeast, "time")
	}
	return c.Needed.words()
}

// words says which occasions count.
func (o *Over) words(who For) string {
	text := "over "
	if len(o.At) > 0 {
		at := make([]string, len(o.At))
		for i, k := range o.At {
			at[i] = strconv.Itoa(k)
		}
		text += "number " + strings.Join(at, ", ") + " of "
	}
	if o.First != nil {
		text += "the first " + strconv.Itoa(*o.First) + " of "
	}
	kinds := "meetings"
	if len(o.Kinds) > 0 {
		words := make([]string, len(o.Kinds))
		for i, k := range o.Kinds {
			words[i] = kindWords(k)
		}
		kinds = strings.Join(words, " and ")
	}
	if o.Each != "" {
		text += "every " + string(o.Each) + " with "
	}
	switch {
	case who == TheGroup:
		text += "the group's " + kinds
	case o.Sessions == Attended:
		text += "the " + kinds + " that the member attends"
	case o.Excused == ExcusedLeftOut:
		text += "the " + kinds + " that the member is expected to and not excused from"
	default:
		text += "the " + kinds + " that the member is expected to"
	}
	if o.Until != nil {
		text += " up to number " + strconv.Itoa(*o.Until)
	}
	switch {
	case o.Days != nil:
		text += " in " + number(*o.Days, "day")
	case o.Weeks != nil:
		text += " in " + number(*o.Weeks, "week")
	case o.Months != nil:
		text += " in " + number(*o.Months, "month")
	}
	if o.From != "" {
		text += " from " + string(o.From)
	}
	return text
}

// kindWords names sessions of a kind.
func kindWords(k session.Kind) string {
	switch k {
	case session.Individual, session.Subsystem:
		return string(k) + " sessions"
	default:
		return string(k) + "s"
	}
}

// words says what has to be so.
func (c *Condition) words() string {
	switch {
	case c.Score != nil:
		limit := "at least " + amount(orNought(c.Score.AtLeast))
		if c.Score.AtMost != nil {
			limit = "at most " + amount(*c.Score.AtMost)
		}
		return c.Score.words() + " is " + limit + " of " + amount(c.Score.OutOf)
	case c.DropAddressed != nil:
		return "a fall of " + c.DropAddressed.words() + " by " + amount(c.DropAddressed.Drop) + " or more is answered in the same session (" + codes(c.DropAddressed.Codes) + ")"
	case c.Form != nil:
		if c.Form.Complete {
			return "a complete form " + c.Form.Instrument.ID + " is handed in by the " + raterWords(c.Form.Rater)
		}
		return "a form " + c.Form.Instrument.ID + " is handed in by the " + raterWords(c.Form.Rater)
	case c.Attended != nil:
		return "the member comes"
	case c.MissContacted != nil:
		return "after an absence (" + codes(c.MissContacted.After) + ") the member is contacted within " + number(c.MissContacted.WithinDays, "day")
	case c.Action != nil:
		return "something is done (" + codes(c.Action.Codes) + ")"
	default:
		by := map[EndorsedBy]string{ByMember: "the member endorses", ByTherapist: "a therapist endorses", ByBoth: "the member and a therapist endorse"}
		return by[c.GoalsEndorsed.By] + " goals"
	}
}

// words names a measure.
func (m *Measure) words() string {
	text := m.Instrument.ID + " " + m.Score + " by the " + raterWords(m.Rater)
	if m.Scale == ScalePerItem {
		text += ", per item,"
	}
	return text
}

// raterWords names a kind of rater.
func raterWords(k instrument.RaterKind) string { return string(k) }

// codes lists codes as words.
func codes[S ~string](list []S) string {
	words := make([]string, len(list))
	for i, c := range list {
		words[i] = strings.ReplaceAll(string(c), "_", " ")
	}
	return strings.Join(words, " or ")
}

// amount writes a number.
func amount(x float64) string { return strconv.FormatFloat(x, 'f', -1, 64) }

// orNought returns an optional number, 0 when there is none.
func orNought(x *float64) float64 {
	if x == nil {
		return 0
	}
	return *x
}
