package analysis

import (
	"fmt"

	"holon/internal/caveat"
	"holon/internal/multilevel"
	"holon/internal/session"
)

// turnoverLimit is the share of people, of all who belonged to a group on any
// of the days used, that may not have belonged on all of them. Beyond it there
// is no one group that the ratings could be about.
const turnoverLimit = 0.5

// question is what the layout of the rows makes of a question.
type question struct {
	estimand  multilevel.Estimand
	objection *multilevel.Objection
	caveats   caveat.Set
}

// sharedNames says that names stand in more than one group, of which only
// recorded members are known to be the same people.
func (q *question) sharedNames(l multilevel.Layout) {
	switch n := l.SharedNames; {
	case n == 0:
	case l.Names == multilevel.InGroup:
		q.caveats.Add("names_in_several_groups", fmt.Sprintf("In more than one group: %d of the members' names. In every group the table's names were taken for people of "+
			"that group; where they are the same people, groups seem a little more alike than they are.", n))
	default:
		who := "One person has ratings in more than one group and counts"
		if n > 1 {
			who = fmt.Sprintf("%d people have ratings in more than one group and count", n)
		}
		q.caveats.Add("members_in_several_groups", who+" once. The test takes the ratings for those of different people, "+
			"so groups seem a little more alike than they are.")
	}
}

// considerSessions judges a gathering's rows, with what is known of its
// sessions and groups.
func considerSessions(l multilevel.Layout, share, limit float64) question {
	q := question{estimand: multilevel.Group}
	q.sharedNames(l)
	if l.MostSessions < 2 {
		return q
	}
	if l.MostRatings == 1 {
		q.caveats.Add("different_sessions", "Members of one group were rated in different sessions: what differs between those evenings counts here as differences between members.")
	}
	if limit == 0 {
		limit = turnoverLimit
	}
	switch {
	case share > limit:
		q.objection = &multilevel.Objection{
			Answer: multilevel.Refused, Reason: "turnover_beyond_limit",
			Detail: fmt.Sprintf("Of all who belonged to the groups on one of the days used, %.0f %% did not belong on all of them (limit %.0f %%): "+
				"there is hardly one group that these ratings could be about.", 100*share, 100*limit),
			Instead: "Choose one session of each group, or say up to which turnover a group remains the same one for you.",
		}
	case share > 0:
		q.caveats.Add("open_group_turnover", fmt.Sprintf(
			"Of all who belonged to the groups on one of the days used, %.0f %% did not belong on all of them. A group is taken to remain "+
				"the same one while its members come and go; what is said of it holds for those who happened to be there.", 100*share))
	}
	return q
}

// turnover returns 1 - (people who belonged on all days used)/(people who
// belonged on any), both added up over groups with several days; 0 if there
// are none. A person counts once in each group.
func (g *gathering) turnover(groups []*session.Group) float64 {
	var c coming
	for _, group := range groups {
		c.add(group, g.days[group.ID])
	}
	return c.turnover()
}

// coming counts people who belonged on any and on all of the days used.
type coming struct{ stayed, ever int }

// add counts those of one group.
func (c *coming) add(group *session.Group, days []session.Date) {
	if len(days) < 2 {
		return
	}
	on := map[session.MemberID]int{}
	for _, day := range days {
		here := map[session.MemberID]bool{}
		for _, spell := range group.MembersOn(day) {
			here[spell.MemberID] = true
		}
		for m := range here {
			on[m]++
		}
	}
	for _, n := range on {
		c.ever++
		if n == len(days) {
			c.stayed++
		}
	}
}

// turnover returns the share of those who did not belong on all days.
func (c *coming) turnover() float64 {
	if c.ever == 0 {
		return 0
	}
	return 1 - float64(c.stayed)/float64(c.ever)
}
