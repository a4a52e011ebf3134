package analysis

import (
	"context"
	"math"
	"strings"

	"holon/internal/multilevel"
	"holon/internal/multilevel/onewithmany"
)

// oneWithMany takes a table of therapist–member pairs apart, one line for each
// pair or for each pair in each session.
func (p *Plan) oneWithMany(ctx context.Context, t *sheet) (Report, error) {
	roles := &p.Roles
	var rows []onewithmany.Row
	var lines canonical
	var left multilevel.Exclusions
	name := func(column string, i int) string {
		if column == "" {
			return ""
		}
		return t.names[column][i]
	}
	for i := range t.size {
		row := onewithmany.Row{Group: name(roles.Group, i), Therapist: name(roles.Therapist, i), Member: name(roles.Member, i), Session: name(roles.Session, i)}
		for side, column := range []string{roles.TherapistRates, roles.MemberRates} {
			if column != "" && !math.IsNaN(t.numbers[column][i]) {
				row.Values[side] = &t.numbers[column][i]
			}
		}
		switch {
		case row.Therapist == "":
			left.Add("missing_therapist", 1)
		case row.Member == "":
			left.Add("missing_member", 1)
		case roles.Session != "" && row.Session == "":
			left.Add("missing_session", 1)
		case row.Values[0] == nil && row.Values[1] == nil:
			left.Add("missing_rating", 1)
		default:
			rows = append(rows, row)
			lines.add(row.Group, row.Therapist, row.Member, row.Session, row.Values[0], row.Values[1])
		}
	}
	columns := make([]string, 0, 2)
	for _, c := range []string{roles.TherapistRates, roles.MemberRates} {
		if c != "" {
			columns = append(columns, c)
		}
	}
	r := Report{Outcome: strings.Join(columns, ", ")}
	r.Counts.Excluded = left.List()
	var err error
	if r.Input, err = lines.input(); err != nil {
		return Report{}, err
	}
	err = r.divide(ctx, rows, nil, onewithmany.Options{Draws: p.Draws, Seed: p.Seed, Progress: p.tell("simulating")})
	return r, err
}

// divide counts pairs and fills in whose share their differences are.
func (r *Report) divide(ctx context.Context, rows []onewithmany.Row, against *Subject, o onewithmany.Options) error {
	groups, members, sessions := map[string]bool{}, map[[2]string]bool{}, map[[2]string]bool{}
	for i := range rows {
		x := &rows[i]
		if x.Group != "" {
			groups[x.Group] = true
		}
		who := [2]string{x.Therapist, x.Member}
		if o.UniqueMembers {
			who[0] = ""
		}
		members[who] = true
		if x.Session != "" {
			sessions[[2]string{x.Group, x.Session}] = true
		}
	}
	r.Counts.Groups, r.Counts.Members = len(groups), len(members)
	if len(sessions) > 0 {
		r.Counts.Sessions = new(len(sessions))
	}
	found, err := onewithmany.Analyse(ctx, rows, o)
	if err != nil {
		return err
	}
	r.Counts.Ratings = 0
	for i := range rows {
		for _, v := range rows[i].Values {
			if v != nil {
				r.Counts.Ratings++
			}
		}
	}
	r.Result, r.behind = &OneWithManyResult{Found: found, Against: against}, behindSides(rows)
	if found.Reason != "" {
		r.Caveats.Add(string(found.Reason), onewithmany.Sentence(found.Reason))
	}
	r.Caveats.Merge(found.Caveats)
	return nil
}
