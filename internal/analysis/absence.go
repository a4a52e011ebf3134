package analysis

import (
	"fmt"
	"strings"
)

// absence counts the groups of one sort that were asked about and have nothing
// in the table.
type absence struct {
	asked    int // groups of the sort
	all      int // without a row
	sessions int // without a session of those chosen
	form     int // with such sessions, in which nobody handed in a form of the measure
}

// without counts the groups of the gathering's sort that have no row in it, or
// all groups where no group has a form. Of groups with damaged documents nobody
// knows what they hold.
func (p *pass) without(g *gathering) absence {
	var n absence
	for _, group := range p.groups {
		if len(p.found) > 0 && householdOf(group.Kind) != g.home {
			continue
		}
		n.add(len(g.days[group.ID]) > 0, p.unread[group.ID] || g.forms[group.ID], p.chosen[group.ID])
	}
	return n
}

// add counts one group: whether it has rows, forms or documents that could not be
// used, and sessions.
func (n *absence) add(rows, forms, sessions bool) {
	n.asked++
	if rows {
		return
	}
	n.all++
	switch {
	case forms:
	case sessions:
		n.form++
	default:
		n.sessions++
	}
}

// sentence says how many groups have nothing in the table and why; empty when
// all have something.
func (n *absence) sentence(choice *Selection) string {
	if n.asked == 0 {
		return "There is no group to ask about: none is of a kind that was chosen, or there is none that you may read."
	}
	if n.all == 0 {
		return ""
	}
	var parts []string
	part := func(count int, what string) {
		if count > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", count, what))
		}
	}
	if choice == nil {
		part(n.sessions, "without a session")
	} else {
		part(n.sessions, "without a session of those chosen")
	}
	part(n.form, "with sessions in which nobody handed in a form of this measure")
	part(n.all-n.sessions-n.form, "with forms or documents that could not be used")
	why := strings.Join(parts, ", ")
	if n.all == n.asked {
		return fmt.Sprintf("Of %d %s asked about, none has a rating that could be used: %s.", n.asked, plural(n.asked, "group"), why)
	}
	return fmt.Sprintf("Not in the table for want of a rating that could be used: %d of %d groups asked about (%s).", n.all, n.asked, why)
}
