package analysis

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"holon/internal/instrument"
	"holon/internal/multilevel"
	"holon/internal/multilevel/grouplevel"
	"holon/internal/session"
)

// Sentences says a report in plain words, for pages and the command line: what
// was asked of what, the answer, and what can be done now. There are no code
// words in it.
func Sentences(r *Report) []string { return r.Result.sentences(r) }

// sentences says the answer of the group-level test.
func (g *GroupLevelResult) sentences(r *Report) []string {
	out := []string{r.topic(), r.verdict()}
	if g.Estimand == multilevel.GroupPlusSession && !undecidable(g.Answer) {
		out = append(out, r.weather())
	}
	if together := r.together(); together != "" {
		// What few groups can tell comes first.
		at := len(out)
		if r.Counts.Groups < leastGroups {
			at = 1
		}
		out = slices.Insert(out, at, together)
	}
	if parts := r.parts(); parts != "" {
		out = append(out, parts)
	}
	if next := r.next(); next != "" {
		out = append(out, next)
	}
	return out
}

// unit is the word for one group.
func (r *Report) unit() string {
	if r.household() {
		return "family"
	}
	return "group"
}

// units is the word for n groups.
func (r *Report) units(n int) string {
	switch {
	case n == 1:
		return r.unit()
	case r.household():
		return "families"
	default:
		return "groups"
	}
}

// household tells whether the report is about families or couples.
func (r *Report) household() bool {
	s := r.Subject
	if l, ok := r.Result.(*LevelTableResult); ok && len(l.Measures) > 0 {
		s = &l.Measures[0].Subject
	}
	return s != nil && len(s.Kinds) > 0 && s.Kinds[0] != session.KindGroup
}

// topic says what the table is: of what, by whom, how much.
func (r *Report) topic() string {
	n := r.Counts
	where := fmt.Sprintf("in %d %s", n.Groups, r.units(n.Groups))
	size := fmt.Sprintf("%d %s from %d %s %s", n.Ratings, plural(n.Ratings, "rating"), n.Members, plural(n.Members, "member"), where)
	if r.Subject == nil {
		return fmt.Sprintf("%s: %s.", r.Outcome, size)
	}
	switch {
	case r.Subject.Composition == multilevel.Global:
		size = fmt.Sprintf("%d %s %s", n.Ratings, plural(n.Ratings, "report"), where)
	case r.Subject.Measure.Rater != instrument.RaterMember:
		size = fmt.Sprintf("%d %s about %d %s %s", n.Ratings, plural(n.Ratings, "rating"), n.Members, plural(n.Members, "member"), where)
	}
	return fmt.Sprintf("%s (%s, %s): %s.", r.Subject.Title, r.Subject.value(), r.Subject.by(), size)
}

// plural adds an s unless there is one.
func plural(n int, word string) string {
	if n == 1 {
		return word
	}
	return word + "s"
}

// value names the group's number by what it is made of: never cohesion unless
// members spoke of the group.
func (s *Subject) value() string {
	switch s.Level {
	case instrument.Alliance:
		return "average member alliance"
	case instrument.Bond:
		return "average bond between members"
	case instrument.MemberGroup:
		return "average standing of members"
	case instrument.Encounter:
		return "average presence of members"
	case instrument.Outcome:
		if s.Referent == instrument.ReferentObserver {
			return "a member's state as somebody else sees it"
		}
		return "average of members' own state"
	case instrument.Cohesion:
		if s.Composition == multilevel.Global {
			return "one report about the group"
		}
		return "cohesion, as members see the group"
	case instrument.System:
		if s.Composition == multilevel.Global {
			return "one report about the family"
		}
		return "the family as its members see it"
	default:
		return "average of members"
	}
}

// by says who answered.
func (s *Subject) by() string {
	switch s.Measure.Rater {
	case instrument.RaterTherapist:
		return "answered by therapists"
	case instrument.RaterObserver:
		return "answered by observers"
	default:
		return "answered by members"
	}
}

// verdict is the answer, worded by what was tested.
func (r *Report) verdict() string {
	g := r.GroupLevel()
	lower, upper := r.limits()
	switch g.Answer {
	case multilevel.Refused:
		return "We did not compute this because it would mislead. " + r.why()
	case multilevel.NotIdentifiable:
		if g.Reason == multilevel.NoData {
			return strings.TrimSpace("There is not one rating, so nothing could be tested. " + r.detail("groups_without_ratings"))
		}
		if r.together() != "" { // another question was answered before
			return "Whether " + r.units(2) + " differ, this kind of data can never show. " + r.why()
		}
		return "This kind of data can never show it. " + r.why()
	case multilevel.Supported:
		about := percent(g.REML.Share.Group)
		if g.REML.Share.Group == nil || *g.REML.Share.Group == 0 { // at the boundary, though the F test speaks for groups
			about = percent(g.ICC1.Estimate)
		}
		if r.layered() && (lower == "" || upper == "") {
			return fmt.Sprintf("Yes, beyond chance: these %s differ%s (about %s of the variance).", r.units(2), r.that(), about)
		}
		if lower == "" || upper == "" {
			return fmt.Sprintf("Yes, beyond chance: these %s differ%s, and their members agree exactly. Make sure that one value was not copied to all members.",
				r.units(2), r.that())
		}
		return fmt.Sprintf("Yes, beyond chance: these %s differ%s (about %s of the variance, between %s and %s).", r.units(2), r.that(), about, lower, upper)
	case multilevel.NotSupported:
		if u := r.upper(); u != nil && *u < 0 {
			return fmt.Sprintf("None seen: members of one %s differ more from each other than from members of other %s%s. Ask what sets them against each other, or whether the ratings are ranks.",
				r.unit(), r.units(2), r.that())
		}
		return fmt.Sprintf("Little or none: at most %s of the variance lies between these %s%s.", upper, r.units(2), r.that())
	case multilevel.CannotTell:
		return fmt.Sprintf("Too few %s to say whether they differ%s. You have %d%s", r.units(2), r.that(), r.Counts.Groups, r.settle())
	default:
		return ""
	}
}

// that adds which evenings are meant, where a lasting group was not looked at.
func (r *Report) that() string {
	switch {
	case r.GroupLevel().Estimand != multilevel.GroupPlusSession:
		return ""
	case r.severalEvenings():
		return " on those evenings"
	default:
		return " on that evening"
	}
}

// severalEvenings tells whether a group's ratings come from more than one
// session.
func (r *Report) severalEvenings() bool {
	return r.Counts.Sessions != nil && *r.Counts.Sessions > r.Counts.Groups
}

// weather says what cannot be told from what.
func (r *Report) weather() string {
	if r.severalEvenings() {
		return "Some members of one " + r.unit() + " were rated on the same evening, so what lasts cannot be told from the weather of those evenings."
	}
	return "One evening of each " + r.unit() + " was looked at, so what lasts cannot be told from the weather of that evening."
}

// why says in words why nothing was computed.
func (r *Report) why() string {
	if detail := r.detail(string(r.GroupLevel().Reason)); detail != "" {
		return detail
	}
	return grouplevel.Sentence(r.GroupLevel().Reason)
}

// detail returns the words of a caveat, empty when it is not there.
func (r *Report) detail(code string) string {
	for _, c := range r.Caveats.List() {
		if c.Code == code {
			return c.Detail
		}
	}
	return ""
}

// settle says how many groups would settle the question; it ends a sentence.
func (r *Report) settle() string {
	s := r.GroupLevel().Settle
	var parts []string
	if s.GroupsToShow != nil {
		parts = append(parts, fmt.Sprintf("about %d would show a share of %s", *s.GroupsToShow, share(s.ICC)))
	}
	if s.GroupsToRuleOut != nil {
		parts = append(parts, fmt.Sprintf("about %d would rule out a share of %s", *s.GroupsToRuleOut, share(s.Bound)))
	}
	if len(parts) == 0 {
		return "; no number of groups within reach would settle it."
	}
	return "; " + strings.Join(parts, ", ") + "."
}

// next says what can be done now; empty when the answer says it.
func (r *Report) next() string {
	switch r.GroupLevel().Answer {
	case multilevel.Refused:
		return "Instead: " + lowerFirst(r.Instead)
	case multilevel.NotIdentifiable:
		if r.Instead != "" {
			return "Instead: " + lowerFirst(r.Instead)
		}
		return wouldNeed(r.GroupLevel().Reason)
	case multilevel.Supported:
		if r.GroupLevel().REML.Share.Group != nil && r.Counts.Groups < 20 {
			return fmt.Sprintf("With so few %s a share found beyond chance is likely too large; trust the range, not the number.", r.units(2))
		}
	case multilevel.CannotTell:
		return fmt.Sprintf("With too few %s look at each one by itself, and join with other practices to have more.", r.units(2))
	case multilevel.NotSupported:
		return "Look at the members one by one; the mean of the " + r.unit() + " tells little about them."
	}
	return ""
}

// lowerFirst begins a sentence in the middle of another.
func lowerFirst(sentence string) string {
	if sentence == "" {
		return ""
	}
	return strings.ToLower(sentence[:1]) + sentence[1:]
}

// wouldNeed says what data would make a question answerable.
func wouldNeed(why multilevel.Reason) string {
	switch why {
	case multilevel.NoData:
		return "It would need ratings: check the measure, the session and the groups chosen."
	case multilevel.OneGroup:
		return "It would need ratings from other groups as well; four at least for any verdict."
	case multilevel.OneRatingPerGroup:
		return "It would need ratings by two members at least in some of the groups."
	case multilevel.NoVariation:
		return "It would need ratings that differ: check whether the scale has room above and below."
	default:
		return ""
	}
}

// interval returns the 90 % interval of the group's share, on which the answer
// rests: Wald's of ICC(1), or that of the model's share where the ratings are
// more than one for each member; nil without any.
func (r *Report) interval() *multilevel.Interval {
	g := r.GroupLevel()
	for _, list := range [][]multilevel.Interval{g.ICC1.CI, g.REML.ShareCI.Group} {
		for i := range slices.Backward(list) {
			if list[i].Level == 0.90 && list[i].Lower != nil && list[i].Upper != nil {
				return &list[i]
			}
		}
	}
	return nil
}

// upper returns the upper 90 % limit.
func (r *Report) upper() *float64 {
	if ci := r.interval(); ci != nil {
		return ci.Upper
	}
	return nil
}

// limits returns the 90 % limits in percent of the variance, none below zero.
func (r *Report) limits() (lower, upper string) {
	if ci := r.interval(); ci != nil {
		return percent(ci.Lower), percent(ci.Upper)
	}
	return "", ""
}

// percent writes a share as a percentage, "" when undefined; shares of
// variance are not below zero.
func percent(v *float64) string {
	if v == nil {
		return ""
	}
	return share(*v)
}

// share writes a share as a percentage, with decimals where it is small: what is
// not 0 is not written as 0.
func share(v float64) string {
	p := 100 * max(0, v)
	switch {
	case p > 0 && p < 0.01:
		return "0.01 %"
	case p > 0 && p < 0.1:
		return fmt.Sprintf("%.2f %%", p)
	case p < 10 && p != math.Trunc(p):
		return fmt.Sprintf("%.1f %%", p)
	default:
		return fmt.Sprintf("%.0f %%", p)
	}
}
