package demo

import (
	"context"
	"slices"

	"holon/internal/fault"
	"holon/internal/practice"
	"holon/internal/session"
)

// State says how far a store holds the demonstration.
type State int

// The states.
const (
	Empty  State = iota // nothing is there at all
	Partly              // a fill was cut off
	Full                // the last change of the last family is there
)

// StateOf looks at what a practice holds. One that holds anything but the
// demonstration is refused, so that no clinic's data are ever mixed with it.
func StateOf(ctx context.Context, p *practice.Practice) (State, error) {
	rq := practice.Request{Principal: Principal(), ID: "demo"}
	first, _, err := p.Therapists(ctx, rq, practice.Page{Limit: 1})
	if err != nil {
		return Empty, err
	}
	groups, _, err := p.Groups(ctx, rq, practice.GroupFilter{}, practice.Page{Limit: practice.MaxPage})
	if err != nil {
		return Empty, err
	}
	members, _, err := p.Members(ctx, rq, practice.Page{Limit: 1})
	if err != nil {
		return Empty, err
	}
	switch {
	case len(first) == 0 && len(groups) == 0 && len(members) == 0:
		return Empty, nil
	case len(first) == 0 || first[0].Change.By != Principal().ID:
		return Empty, fault.New(fault.Conflict, "not_the_demonstration",
			"This directory holds data that are not the demonstration's. Nothing was written; name another with --demo-dir.")
	}
	homes := families(theLuck)
	last := homes[len(homes)-1].code
	if slices.ContainsFunc(groups, func(g *session.Group) bool { return string(g.Code) == last && g.EndedOn != nil }) {
		return Full, nil
	}
	return Partly, nil
}
