package analysis

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"math"
	"slices"

	"holon/internal/finding"
	"holon/internal/session"
)

// answering is a source that also knows what was done about findings.
type answering interface {
	// Findings yields a group's findings, with errors as Sessions has them.
	Findings(ctx context.Context, group session.GroupID) iter.Seq2[*finding.Finding, error]
}

// Answering is how findings were answered.
type Answering struct {
	Findings   int
	Answered   int      // of them, with any action noted, be it that nothing needed doing
	Acted      int      // of them, with something done
	MedianDays *float64 // from the session to the first thing done; nil without any
	ByCode     []CodeCount
}

// answeringTally gathers how findings were answered.
type answeringTally struct {
	Answering

	days []int // to the first thing done, of each that was acted on
}

// CodeCount is how often an action was noted.
type CodeCount struct {
	Code  finding.ActionCode
	Times int
}

// Deed is one action that was noted about a member.
type Deed struct {
	Code    finding.ActionCode
	Contact finding.Contact      // how it went; of a contact only
	Reason  finding.ActionReason // why nothing was done; of that only
	On      string
	Days    int // after the session
}

// did tells whether something was done.
func did(a *finding.Action) bool { return a.Code != finding.NothingWithReason }

// deeds are the actions noted about members, whatever the finding.
type deeds map[memberIn][]noted

// memberIn is a member in a group.
type memberIn struct {
	group  session.GroupID
	member session.MemberID
}

// noted is an action on the day it was done, with the finding it was noted on.
type noted struct {
	finding.Action

	on *finding.Finding
}

// following is how many days after a session an action is told beside a sign in it.
const following = 28

// answered gathers what was noted about findings.
type answered struct {
	deeds  deeds
	counts []answeredCount
	unread []string // findings that cannot be read
}

// answeredCount is how the findings of some rules were answered.
type answeredCount struct {
	rules []finding.Rule
	tally answeringTally
}

// answeredOf begins to gather what a source knows; nil where it knows no findings.
func answeredOf(src Source, counted ...[]finding.Rule) *answered {
	if _, ok := src.(answering); !ok {
		return nil
	}
	out := &answered{deeds: deeds{}}
	for _, rules := range counted {
		out.counts = append(out.counts, answeredCount{rules: rules})
	}
	return out
}

// of returns how the findings of the rules in this place were answered, nil where
// nobody knows.
func (a *answered) of(place int) *Answering {
	if a == nil {
		return nil
	}
	return a.counts[place].tally.settled()
}

// left names the findings that cannot be read.
func (a *answered) left() []string {
	if a == nil {
		return nil
	}
	return a.unread
}

// about returns what was done about a member from a day on; about nobody, of the group
// as a whole. That nothing needed doing counts where it was said of the alarm or sign
// itself, and of nothing else.
func (a *answered) about(g session.GroupID, m session.MemberID, from session.Date, own func(*finding.Finding) bool) []Deed {
	if a == nil {
		return nil
	}
	return doneSince(a.deeds[memberIn{g, m}], from, own)
}

// read gathers the actions noted in one group; sessions says when they were held. A
// finding that rests on nothing any more counts if something was noted about it.
func (a *answered) read(ctx context.Context, src Source, g *session.Group, sessions []*session.Session) error {
	from, ok := src.(answering)
	if a == nil || !ok {
		return nil
	}
	day := map[session.SessionID]session.Date{}
	for _, s := range sessions {
		day[s.ID] = s.HeldOn
	}
	for f, err := range from.Findings(ctx, g.ID) {
		if err != nil {
			name, ok := damaged(err, g.ID)
			if !ok {
				return err
			}
			a.unread = append(a.unread, name)
			continue
		}
		actions := actionsOf(f)
		about := f.Members
		if len(about) == 0 {
			about = []session.MemberID{""}
		}
		for _, m := range about {
			for _, x := range actions {
				a.deeds[memberIn{g.ID, m}] = append(a.deeds[memberIn{g.ID, m}], noted{*x, f})
			}
		}
		held, ok := day[f.SessionID]
		if !ok || !f.Stands() && len(actions) == 0 {
			continue
		}
		for k := range a.counts {
			if slices.Contains(a.counts[k].rules, f.Rule) {
				a.counts[k].tally.add(actions, held)
			}
		}
	}
	return nil
}

// actionsOf returns what was noted about a finding.
func actionsOf(f *finding.Finding) []*finding.Action {
	var out []*finding.Action
	for i := range f.Events {
		if a := f.Events[i].Action; a != nil {
			out = append(out, a)
		}
	}
	return out
}

// add takes one finding.
func (a *answeringTally) add(actions []*finding.Action, held session.Date) {
	a.Findings++
	if len(actions) > 0 {
		a.Answered++
	}
	first := -1
	for _, x := range actions {
		k := slices.IndexFunc(a.ByCode, func(c CodeCount) bool { return c.Code == x.Code })
		if k < 0 {
			k = len(a.ByCode)
			a.ByCode = append(a.ByCode, CodeCount{Code: x.Code})
		}
		a.ByCode[k].Times++
		if days := max(0, daysBetween(held, x.On)); did(x) && (first < 0 || days < first) {
			first = days
		}
	}
	if first >= 0 {
		a.Acted++
		a.days = append(a.days, first)
	}
}

// settled returns how they were answered.
func (a *answeringTally) settled() *Answering {
	slices.SortFunc(a.ByCode, func(x, y CodeCount) int { return cmp.Compare(x.Code, y.Code) })
	slices.Sort(a.days)
	if n := len(a.days); n > 0 {
		a.MedianDays = new(float64(a.days[(n-1)/2]+a.days[n/2]) / 2)
	}
	return &a.Answering
}

// sentence says how often and how soon something was done, "" where nobody was asked.
func (a *Answering) sentence(what string) string {
	if a == nil || a.Findings == 0 {
		return ""
	}
	said := fmt.Sprintf("%d %s that somebody was asked about: %d answered, something done about %d", a.Findings, plural(a.Findings, what), a.Answered, a.Acted)
	if m := a.MedianDays; m != nil {
		said += fmt.Sprintf(", half of these within %.3g %s of the session", *m, plural(int(math.Ceil(*m)), "day"))
	}
	return said + "."
}

// doneSince returns the actions noted for the days from a session on, by day.
func doneSince(done []noted, held session.Date, own func(*finding.Finding) bool) []Deed {
	var out []Deed
	for _, a := range done {
		if days := daysBetween(held, a.On); days >= 0 && days <= following && (did(&a.Action) || own(a.on)) {
			out = append(out, Deed{Code: a.Code, Contact: a.Contact, Reason: a.Reason, On: string(a.On), Days: days})
		}
	}
	slices.SortStableFunc(out, func(a, b Deed) int { return cmp.Or(cmp.Compare(a.Days, b.Days), cmp.Compare(a.Code, b.Code)) })
	return out
}

// daysBetween counts days from one date to another.
func daysBetween(from, to session.Date) int { return int(days(to) - days(from)) }
