package grouplevel

import (
	"fmt"
	"slices"
	"strconv"

	"holon/internal/caveat"
	"holon/internal/multilevel"
)

// choice is the structure that a table is taken to have.
type choice struct {
	structure multilevel.Structure
	estimand  multilevel.Estimand
	levels    model
	oneWay    bool // one rating of each member, nothing shared but the group
	either    bool // sessions may be shared or each member's own: the likelihood decides
	own       bool // sessions were asked to be taken for each member's own
	anew      bool // they are numbered as if they were
	because   multilevel.Reason
	answer    multilevel.Answer // refused or not_identifiable; empty if there is something to test
	why       string
	notes     caveat.Set
}

// choose finds the structure from how the ratings lie.
func choose(x *index, t Table, o Options) choice {
	l := x.lie()
	c, p := l.choose()
	if c.answer == multilevel.Refused {
		return c
	}
	if c.levels[member] && c.levels[session] && !t.Shared && o.Structure != multilevel.MembersBySessions {
		c.own = o.Structure == multilevel.SessionsInMembers
		c.either = c.own || x.lengthsDiffer()
		c.anew = x.numberedAnew()
	}
	c.lead(x, t)
	c.overrule(o.Structure)
	c.say(x.named, p)
	return c
}

// lie is what of the way in which ratings lie decides about the structure. That of
// all groups is the sum of that of each.
type lie struct {
	ratings   int
	named     int  // ratings that name a session
	omitted   int  // ratings left out because they name none while others do
	twice     int  // ratings of a member in a session of which there is another already
	anonymous bool // a rating is nobody's
	pairs     pairs
}

// lie tells how the ratings lie.
func (x *index) lie() lie {
	return lie{ratings: x.ratings, named: x.named, omitted: x.omitted, twice: x.twice, anonymous: x.anonymous(), pairs: pairsOf(x)}
}

// add takes in how the ratings of other groups lie.
func (l *lie) add(other lie) {
	l.ratings += other.ratings
	l.named += other.named
	l.omitted += other.omitted
	l.twice += other.twice
	l.anonymous = l.anonymous || other.anonymous
	l.pairs.sameMember += other.pairs.sameMember
	l.pairs.sameSession += other.pairs.sameSession
	l.pairs.sameGroup += other.pairs.sameGroup
	l.pairs.groups += other.pairs.groups
}

// choose finds the structure below the therapists, or refuses the ratings.
func (l *lie) choose() (choice, pairs) {
	p := l.pairs
	c := choice{estimand: multilevel.Group, levels: model{group: true, residual: true}}
	if l.omitted > 0 {
		c.notes.Add("ratings_without_session", fmt.Sprintf("%d of %d ratings are tied to no session and were left out: "+
			"who shared an evening with them is not known, and what an evening has in common would be taken for the group's.", l.omitted, l.omitted+l.ratings))
	}
	c.levels[member] = p.sameMember > 0
	c.levels[session] = l.named > 0 && p.sameSession > 0
	switch {
	case l.twice > 0 && l.named > 0:
		c.answer, c.because = multilevel.Refused, DuplicateRatings
		return c, p
	case l.anonymous && (p.sameGroup > 0 && l.named > 0 || p.sameMember > 0):
		c.answer, c.because = multilevel.Refused, MembersNotNamed
		return c, p
	}
	if l.named == 0 {
		// Without sessions two ratings of different members share the group only.
		p.sameGroup += p.sameSession
		p.sameSession = 0
	}
	c.settle(p)
	return c, p
}

// settle names the structure below the therapists, and what it cannot show.
func (c *choice) settle(p pairs) {
	oneEvening := !c.levels[member] && c.levels[session] && p.sameGroup == 0
	c.oneWay = !c.levels[member] && (!c.levels[session] || oneEvening)
	switch {
	case c.oneWay:
		c.structure = multilevel.MembersInGroups
		c.levels[session] = false
		if oneEvening {
			c.estimand = multilevel.GroupPlusSession
		}
		return
	case p.groups == 1 && c.levels[session]:
		c.structure = multilevel.OneGroupBySessions
	case c.levels[session]:
		c.structure = multilevel.MembersBySessions
	default:
		c.structure = multilevel.SessionsInMembers
	}
	was := c.levels
	c.levels = p.separable(c.levels)
	switch {
	case p.groups == 1:
		c.answer, c.because = multilevel.NotIdentifiable, multilevel.OneGroup
	case c.levels[group]:
	case p.sameGroup == 0 && p.sameSession == 0:
		c.answer, c.because = multilevel.NotIdentifiable, OneMemberPerGroup
	default:
		c.answer, c.because = multilevel.NotIdentifiable, GroupNotSeparable
	}
	for _, l := range []level{member, session} {
		if was[l] && !c.levels[l] {
			c.notes.Add(l.String()+"_not_separable", fmt.Sprintf("The variance of the %ss cannot be told from that of other levels in ratings that lie like these; it has no value of its own.", l))
		}
	}
}

// bare says what ratings that share nothing but the group cannot show.
func (c *choice) bare(ratings, groups int) {
	switch groups {
	case 1:
		c.answer, c.because = multilevel.NotIdentifiable, multilevel.OneGroup
	case ratings:
		c.answer, c.because = multilevel.NotIdentifiable, multilevel.OneRatingPerGroup
	}
}

// lead puts the therapists above the groups where they can be told from them.
func (c *choice) lead(x *index, t Table) {
	if len(t.Therapists) == 0 || c.answer != "" {
		return
	}
	led, several, unknown := map[string]int{}, false, 0
	var together int
	for _, b := range x.blocks {
		names, known := t.leaders(b.group)
		if !known {
			unknown++
		}
		several = several || len(names) > 1
		for _, name := range names {
			led[name]++
			together = max(together, led[name])
		}
	}
	if unknown > 0 {
		c.notes.Add("therapist_not_known", fmt.Sprintf("Of %d of %d groups it is not known who led them; each was taken to have a therapist of its own.", unknown, len(x.blocks)))
	}
	switch {
	case together < 2:
		c.notes.Add("therapist_inside_group", "No therapist led two of these groups, so the therapist's share cannot be told from the group's and is inside it.")
		return
	case c.alike(x, t):
		c.notes.Add("one_therapist", "All groups were led by the same therapist or therapists: what these add is in the mean of all ratings and in no variance. Nothing is learned of other therapists' groups.")
		return
	}
	c.levels[therapist] = true
	c.structure = multilevel.GroupsInTherapists
	if several {
		c.structure = multilevel.GroupsOfCotherapists
	}
	c.oneWay = false
}

// alike tells whether the same therapists led every group.
func (c *choice) alike(x *index, t Table) bool {
	first, _ := t.leaders(x.blocks[0].group)
	for _, b := range x.blocks[1:] {
		names, _ := t.leaders(b.group)
		if fmt.Sprint(names) != fmt.Sprint(first) {
			return false
		}
	}
	return true
}

// overrule follows the structure that was asked for, or refuses it: what would
// leave out a variance that the ratings have is impossible to ask for. The
// therapists' structures cover whatever lies below them.
func (c *choice) overrule(asked multilevel.Structure) {
	below := c.levels[therapist] && (asked == multilevel.MembersBySessions && c.levels[session] && c.levels[member] ||
		asked == multilevel.SessionsInMembers && c.levels[member] && !c.levels[session])
	switch {
	case asked == "", asked == c.structure, c.own, below, c.answer != "":
		return
	}
	c.answer, c.because = multilevel.Refused, StructureDoesNotFit
	c.notes.Add(string(StructureDoesNotFit), fmt.Sprintf("Asked for was %s; the ratings lie as %s.", asked, c.structure))
}

// say explains the choice, of ratings of which so many name a session.
func (c *choice) say(named int, p pairs) {
	if c.answer == multilevel.Refused {
		return
	}
	var why string
	switch {
	case c.structure == multilevel.OneGroupBySessions:
		why = "all ratings are of one group, over several sessions"
	case c.estimand == multilevel.GroupPlusSession:
		why = "each group was rated in one session"
		c.notes.Add("one_session_of_each_group", "One session of each group cannot tell a lasting group from the weather of that one evening.")
	case c.levels[member] && c.levels[session]:
		why = "members have ratings in several sessions, which others of their group share"
	case c.levels[session]:
		why = "each member has one rating, and some members of a group share a session and others do not"
	case c.levels[member] && named == 0:
		why = "members have several ratings, which are tied to no session"
	case c.levels[member] && p.sameSession == 0:
		why = "members have several ratings, and no session is shared by two members of a group"
	case c.levels[member]:
		why = "sessions are numbered anew for each member"
	default:
		why = "each member has one rating"
	}
	if c.levels[therapist] {
		why += "; some therapists led several groups"
		c.notes.Add("group_beyond_therapist", "The group's share is what the members of a group have in common beyond their therapists, who have a share of their own.")
	}
	c.why = fmt.Sprintf("The ratings were taken for %s, because %s.", c.structure.Words(), why)
}

// anonymous tells whether a rating is nobody's.
func (x *index) anonymous() bool {
	for _, b := range x.blocks {
		if last := len(b.members) - 1; b.members[last] == "" {
			return true
		}
	}
	return false
}

// lengthsDiffer tells whether members of one group have different numbers of
// ratings. Where they have not, sessions taken for shared cost nothing: complete
// tables have an exact test of the group level with them.
func (x *index) lengthsDiffer() bool {
	for i := range x.blocks {
		lengths := x.blocks[i].perMember()
		if slices.Min(lengths) != slices.Max(lengths) {
			return true
		}
	}
	return false
}

// numberedAnew tells whether the sessions of every member are the numbers from 1
// on without a gap: then they may be the member's own first, second and third
// rating, and not evenings that the group shared. (It may also be a group that
// lost members.)
func (x *index) numberedAnew() bool {
	for _, b := range x.blocks {
		last, next := -1, 1
		for _, c := range b.cells {
			if c.member != last {
				last, next = c.member, 1
			}
			if n, err := strconv.Atoi(b.sessions[c.session]); err != nil || n != next {
				return false
			}
			next++
		}
	}
	return true
}
