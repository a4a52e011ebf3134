package analysis

import (
	"context"
	"fmt"
	"math"

	"holon/internal/fault"
	"holon/internal/multilevel"
)

// mostGroups is the largest number of groups of which a design is looked at.
const mostGroups = 1_000_000

// design tells what numbers of groups and members can show.
func (p *Plan) design(ctx context.Context, t *sheet) (Report, error) {
	icc, members, groups := t.numbers[p.Roles.ICC], t.numbers[p.Roles.Members], t.numbers[p.Roles.Groups]
	power := p.Power
	if power == 0 {
		power = 0.80
	}
	r := Report{Outcome: p.Roles.ICC + ", " + p.Roles.Members + ", " + p.Roles.Groups}
	var rows canonical
	var faults fault.List
	result := &DesignResult{}
	for i := range t.size {
		if err := ctx.Err(); err != nil {
			return Report{}, err
		}
		share, n, k := icc[i], members[i], groups[i]
		// An empty cell fails every one of these.
		if !(share >= 0 && share < 1) || !(n > 1 && n <= mostMembers) || !(k >= 2 && k <= mostGroups) || k != math.Trunc(k) {
			faults.Add(fmt.Sprintf("/rows/%d", i+1), "out_of_range", fmt.Sprintf(
				"Row %d: a share of variance lies from 0 to below 1, there are 2 to %d groups, a whole number, with more than one member and at most %d each.", i+1, mostGroups, mostMembers))
			continue
		}
		rows.add(share, n, k)
		result.Rows = append(result.Rows, multilevel.Balanced(int(k), n).Prospect(share, power))
	}
	if err := faults.Err(); err != nil {
		return Report{}, err
	}
	var err error
	r.Input, err = rows.input()
	r.Result = result
	r.emptiness()
	return r, err
}
