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

// repeated objects to members who were rated more than once. Over sessions
// they are crossed with them; without sessions the rows are repeats within
// members.
func repeated(l multilevel.Layout) *multilevel.Objection {
	if l.MostSessions < 2 {
		return &multilevel.Objection{
			Answer: multilevel.Refused, Reason: "members_within_groups",
			Detail: fmt.Sprintf("%d of %d members have more than one rating. A test that takes ratings for independent people finds "+
				"a group level where there is none: one's ratings resemble each other whatever the group.", l.RepeatedMembers, l.Members),
			Instead: "Give one rating for each member. Repeated ratings are a matter for a model of ratings within members within groups.",
		}
	}
	o := &multilevel.Objection{
		Answer: multilevel.Refused, Reason: "members_crossed_with_sessions",
		Detail: fmt.Sprintf("There are %d sessions, and %d of %d members were rated in several of them. A test that takes weekly ratings for "+
			"independent people finds a group level where there is none: one's ratings resemble each other whatever the group.",
			l.Sessions, l.RepeatedMembers, l.Members),
		Instead: "Choose one session of each group. All of them together are a matter for a model of members crossed with sessions.",
	}
	if l.Groups == 1 {
		o.Instead = "One group alone can never show it, however many weeks: ask with other groups, and choose one session of each. " +
			"All sessions together are a matter for a model of members crossed with sessions."
	}
	return o
}

// consider judges rows as far as their layout alone tells, and whether the
// sessions they are tied to are meetings: an assessment has no weather to share.
func consider(l multilevel.Layout, meetings bool) question {
	q := question{estimand: multilevel.Group}
	switch {
	case l.MostRatings > 1:
		q.objection = repeated(l)
	case l.MostSessions > 1 && l.Unnamed > 0:
		q.objection = &multilevel.Objection{
			Answer: multilevel.Refused, Reason: "members_crossed_with_sessions",
			Detail: fmt.Sprintf("There are %d sessions, and of %d ratings nobody said whose they are: the same people may be in several of them.",
				l.Sessions, l.Unnamed),
			Instead: "Name the members, or choose one session of each group.",
		}
	case l.MostSessions == 1 && meetings:
		q.estimand = multilevel.GroupPlusSession
		q.caveats.Add("one_session_of_each_group", "One session of each group cannot tell a lasting group from the weather of that one evening.")
	case l.MostSessions > 1:
		q.severalSessions(meetings && l.Sessions < l.Ratings)
	}
	q.sharedNames(l)
	return q
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

// severalSessions says that members of one group, each rated once, were rated in
// different sessions. Where some shared theirs, that evening's weather is part of
// what they have in common.
func (q *question) severalSessions(shared bool) {
	q.caveats.Add("different_sessions", "Members of one group were rated in different sessions: what differs between those evenings counts here as differences between members.")
	if shared {
		q.estimand = multilevel.GroupPlusSession
		q.caveats.Add("sessions_shared", "Some members of one group were rated in the same session: the weather of that evening counts here as a difference between groups.")
	}
}

// considerSessions judges a gathering's rows, with what is known of its
// sessions and groups.
func (g *gathering) considerSessions(l multilevel.Layout, groups []*session.Group) question {
	q := consider(l, g.held > 0)
	if q.objection == nil && l.MostSessions > 1 {
		if share := g.turnover(groups); share > turnoverLimit {
			q.objection = &multilevel.Objection{
				Answer: multilevel.Refused, Reason: "turnover_beyond_limit",
				Detail: fmt.Sprintf("Of all who belonged to the groups on one of the days used, %.0f %% did not belong on all of them (limit %.0f %%): "+
					"there is no one group that these ratings could be about.", 100*share, 100*turnoverLimit),
				Instead: "Choose one session of each group.",
			}
		} else if share > 0 {
			q.caveats.Add("open_group_turnover", fmt.Sprintf(
				"Of all who belonged to the groups on one of the days used, %.0f %% did not belong on all of them; the test takes groups for closed.", 100*share))
		}
	}
	return q
}

// turnover returns 1 - (people who belonged on all days used)/(people who
// belonged on any), both added up over groups with several days; 0 if there
// are none. A person counts once in each group.
func (g *gathering) turnover(groups []*session.Group) float64 {
	stayed, ever := 0, 0
	for _, group := range groups {
		days := g.days[group.ID]
		if len(days) < 2 {
			continue
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
			ever++
			if n == len(days) {
				stayed++
			}
		}
	}
	if ever == 0 {
		return 0
	}
	return 1 - float64(stayed)/float64(ever)
}
