package analysis

import (
	"fmt"
	"strings"

	"holon/internal/goal"
	"holon/internal/instrument"
	"holon/internal/session"
)

// sentences says where each goal stands.
func (g *GoalsResult) sentences(r *Report) []string {
	n := r.Counts
	out := []string{fmt.Sprintf("Goals: %d %s in %s; %d %s in %d %s.", len(g.Courses), plural(len(g.Courses), "goal"), g.where(), n.Ratings, plural(n.Ratings, "rating"), *n.Sessions, plural(*n.Sessions, "session"))}
	if g.Reason != "" {
		return append(out, r.nothing())
	}
	for i := range g.Courses {
		c := &g.Courses[i]
		for k := range c.Lines {
			out = append(out, lineSentence(c, &c.Lines[k]))
		}
		if c.Goal.Shared() {
			out = append(out, sharedSentences(c)...)
		}
	}
	return append(out, "Each value is one person's own number from 0 to 10: no change is called reliable, and none stands for another's.")
}

// where counts groups, families and couples.
func (g *GoalsResult) where() string {
	seen := map[session.GroupID]bool{}
	counts := map[session.GroupKind]int{}
	for i := range g.Courses {
		if c := &g.Courses[i]; !seen[c.GroupID] {
			seen[c.GroupID] = true
			counts[c.Kind]++
		}
	}
	var parts []string
	for _, k := range []struct {
		kind      session.GroupKind
		one, many string
	}{{session.KindGroup, "group", "groups"}, {session.KindFamily, "family", "families"}, {session.KindCouple, "couple", "couples"}} {
		switch n := counts[k.kind]; n {
		case 0:
		case 1:
			parts = append(parts, "1 "+k.one)
		default:
			parts = append(parts, fmt.Sprintf("%d %s", n, k.many))
		}
	}
	if len(parts) == 0 {
		return "0 groups"
	}
	return strings.Join(parts, " and ")
}

// goalName names a goal.
func goalName(c *goal.Course) string {
	if c.Goal.Shared() {
		return "Shared goal " + string(c.Goal.Code)
	}
	return fmt.Sprintf("Goal %s of member %s", c.Goal.Code, c.Goal.Owner)
}

// raterName names a rater.
func raterName(r session.Rater) string {
	if r.Kind == instrument.RaterTherapist {
		return "therapist " + r.ID
	}
	return "member " + r.ID
}

// lineSentence says what one rater's values came to.
func lineSentence(c *goal.Course, l *goal.Line) string {
	by := "by the member's own word"
	if !l.Own {
		by = "as " + raterName(l.Rater) + " sees it"
	}
	if l.Change == nil {
		return fmt.Sprintf("%s, %s: %.3g of 10 in session %d, said once.", goalName(c), by, l.First.Value, l.First.Number)
	}
	moved := fmt.Sprintf("%.3g more", *l.Change)
	switch {
	case *l.Change < 0:
		moved = fmt.Sprintf("%.3g less", -*l.Change)
	case !(*l.Change > 0):
		moved = "no change"
	}
	return fmt.Sprintf("%s, %s: from %.3g in session %d to %.3g in session %d, %s; at best %.3g in session %d (%d ratings).",
		goalName(c), by, l.First.Value, l.First.Number, l.Last.Value, l.Last.Number, moved, l.Best.Value, l.Best.Number, l.Ratings)
}

// sharedSentences says how a shared goal stands where it was last spoken of.
func sharedSentences(c *goal.Course) []string {
	var out []string
	var asked, valued, contained *goal.Point
	for i := range c.Points {
		p := &c.Points[i]
		if p.Consensus.Reason != goal.NobodyAsked {
			asked = p
		}
		if p.Between.Difference != nil {
			valued = p
		}
		if p.Contained != nil && p.Contained.Rated > 0 {
			contained = p
		}
	}
	if asked != nil {
		out = append(out, consensusSentence(c, asked))
	}
	if valued != nil {
		out = append(out, gapSentence(c, valued))
	}
	if contained != nil {
		out = append(out, containedSentence(c, contained))
	}
	return out
}

// consensusSentence says who stands behind a shared goal.
func consensusSentence(c *goal.Course, p *goal.Point) string {
	x := p.Consensus
	said := fmt.Sprintf("%s in session %d: ", goalName(c), p.Number)
	var no, silent []string
	for i := range p.Said {
		w := &p.Said[i]
		switch {
		case w.Rater.Kind != instrument.RaterMember:
		case w.Endorsed != nil && !*w.Endorsed:
			no = append(no, raterName(w.Rater))
		case w.Endorsed == nil:
			silent = append(silent, raterName(w.Rater)+" "+silenceWords(w.NoEndorsement))
		}
	}
	if x.Endorsed == nil {
		said += fmt.Sprintf("whether all stand behind it is not formed, %d of %d said (%s)", x.Said, x.Of, strings.Join(silent, ", "))
	} else {
		said += fmt.Sprintf("endorsed by %d of %d", *x.Endorsed, x.Of)
	}
	if len(no) > 0 {
		said += ", not by " + strings.Join(no, ", ")
	}
	if x.TherapistsSaid > 0 {
		said += fmt.Sprintf("; by %d of %d %s who said", x.TherapistsEndorsed, x.TherapistsSaid, plural(x.TherapistsSaid, "therapist"))
	}
	return said + "."
}

// gapSentence says who sees a shared goal most differently.
func gapSentence(c *goal.Course, p *goal.Point) string {
	g := p.Between
	if len(g.Pairs) == 0 {
		return fmt.Sprintf("%s in session %d: all %d members who gave a value gave the same one.", goalName(c), p.Number, g.Values)
	}
	pairs := each(g.Pairs, func(x goal.Pair) string {
		return fmt.Sprintf("%s at %.3g and %s at %.3g", raterName(x.Lower), x.LowerAt, raterName(x.Higher), x.HigherAt)
	})
	return fmt.Sprintf("%s in session %d: members are up to %.3g apart (%s).", goalName(c), p.Number, *g.Difference, strings.Join(pairs, "; "))
}

// containedSentence says how near the contained goals are.
func containedSentence(c *goal.Course, p *goal.Point) string {
	x := p.Contained
	if x.Mean == nil {
		return fmt.Sprintf("%s in session %d: a mean of the own goals in it is not formed, %d of %d were rated by their owners.", goalName(c), p.Number, x.Rated, x.Of)
	}
	return fmt.Sprintf("%s in session %d: the %d own %s in it stand at %.3g on average, by their owners' word.", goalName(c), p.Number, x.Of, plural(x.Of, "goal"), *x.Mean)
}

// silenceWords says why somebody said nothing.
func silenceWords(s goal.Silence) string {
	switch s {
	case goal.Excused:
		return "was excused"
	case goal.NoShow:
		return "did not come"
	case goal.NotInvited:
		return "was not invited"
	case goal.SessionOpen:
		return "may still say"
	case goal.TakenBack:
		return "took it back"
	case goal.Redacted:
		return "was erased"
	case goal.NotPresent:
		return "was not there"
	default:
		return "did not say"
	}
}
