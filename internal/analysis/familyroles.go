package analysis

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"holon/internal/instrument"
	"holon/internal/multilevel"
	"holon/internal/multilevel/familyrole"
	"holon/internal/session"
)

// FamilyRoles takes apart what the members of families with the same roles said of
// each other in one session of each: the one that is chosen, or else the last with
// bonds. Errors are those of GroupLevel.
func FamilyRoles(ctx context.Context, src Source, ask Ask) (Report, error) {
	b, err := askBonds(src, &ask)
	if err != nil {
		return Report{}, err
	}
	var families roleTable
	err = b.walk.each(ctx, []instrument.Level{instrument.Bond}, func(g *session.Group, sessions []*session.Session) error {
		round, ok := b.takeOne(g, sessions)
		if !ok {
			return nil
		}
		roles := rolesIn(g, round.session)
		for _, c := range round.Group.Cells {
			by, of := round.Group.Members[c.Actor], round.Group.Members[c.Partner]
			families.add(string(g.ID), roles[session.MemberID(by)], roles[session.MemberID(of)], c.Value)
		}
		for _, m := range round.Group.Members {
			families.role(string(g.ID), roles[session.MemberID(m)])
		}
		if oneRoleTwice(roles, round.Group.Members) {
			families.twice[string(g.ID)] = true
		}
		return nil
	})
	if err != nil {
		return Report{}, err
	}
	r, err := b.report(b.reader.RoundRules())
	if err != nil {
		return Report{}, err
	}
	ask.noteOneSession(&r.Caveats)
	if o := b.mixed(); o != nil {
		r.object(o)
		r.Result = &FamilyRolesResult{Reason: o.Reason}
		return r, nil
	}
	excluded := b.excluded
	r.takeRoles(&families, &canonical{}, &excluded)
	r.Counts.Excluded = excluded.List()
	return r, nil
}

// rolesIn are the roles of those who had a seat in a session, by their spell then.
func rolesIn(g *session.Group, s *session.Session) map[session.MemberID]string {
	out := map[session.MemberID]string{}
	for _, seat := range s.Roster {
		if spell, ok := g.SpellIn(s, seat.MemberID); ok {
			out[seat.MemberID] = string(spell.Role)
		}
	}
	return out
}

// oneRoleTwice tells whether two of the members have one role, so that nothing tells them
// apart.
func oneRoleTwice(roles map[session.MemberID]string, members []string) bool {
	seen := map[string]bool{}
	for _, m := range members {
		role := roles[session.MemberID(m)]
		if seen[role] {
			return true
		}
		seen[role] = true
	}
	return false
}

// The reasons for which a family is left out.
const (
	roleTwice      = "role_twice"       // two members of one role, or a role that said something of another twice
	otherRoles     = "other_roles"      // not the roles that most families have
	incompleteRole = "missing_ratings"  // a role did not say something of another
	fewFamilies    = "fewer_than_fifty" // caveat
)

// takeRoles takes the families apart that have the roles of most and all ratings, and
// counts the others.
func (r *Report) takeRoles(families *roleTable, rows *canonical, left *multilevel.Exclusions) {
	roles, chosen := families.most()
	table := familyrole.Table{Roles: roles}
	cells := familyrole.Cells(len(roles))
	for _, f := range families.families {
		switch {
		case families.twice[f]:
			left.Add(roleTwice, 1)
		case !slices.Contains(chosen, f):
			left.Add(otherRoles, 1)
		case len(families.values[f]) < len(cells):
			left.Add(incompleteRole, 1)
		default:
			values := make([]float64, len(cells))
			for i, c := range cells {
				values[i] = families.values[f][[2]string{roles[c.By], roles[c.Of]}]
				rows.add(f, roles[c.By], roles[c.Of], values[i])
			}
			table.Families = append(table.Families, values)
		}
	}
	fit := familyrole.Take(&table)
	result := familyRolesOf(roles, &fit)
	r.Result = result
	r.Counts.Groups, r.Counts.Members, r.Counts.Ratings = len(table.Families), len(table.Families)*len(roles), len(table.Families)*len(cells)
	if len(families.families) == 0 {
		result.Reason = multilevel.NoData
	}
	if result.Reason != "" {
		r.Caveats.Add(string(result.Reason), familyrole.Sentence(result.Reason))
		return
	}
	r.remarkRoles(result)
}

// most returns the roles that most families have, in order, with the families that
// have them; of as many the larger families, and then the first by name.
func (t *roleTable) most() (roles, families []string) {
	have := map[string][]string{}
	for _, f := range t.families {
		if !t.twice[f] {
			key := strings.Join(slices.Sorted(slices.Values(t.roles[f])), "\x00")
			have[key] = append(have[key], f)
		}
	}
	best := ""
	for key, list := range have {
		better := cmp.Or(cmp.Compare(len(list), len(have[best])), cmp.Compare(strings.Count(key, "\x00"), strings.Count(best, "\x00")), -cmp.Compare(key, best))
		if best == "" || better > 0 {
			best = key
		}
	}
	if best == "" {
		return nil, nil
	}
	return strings.Split(best, "\x00"), have[best]
}

// remarkRoles adds what must be said with the numbers.
func (r *Report) remarkRoles(f *FamilyRolesResult) {
	if len(f.Roles) < familyrole.FewestForFamily {
		r.Caveats.Add("no_family_part", "With three roles the family's own part cannot be told from the others. A measure of the family as a whole tells of it.")
	}
	if f.Families < familyrole.FewestFamiliesSay {
		r.Caveats.Add(fewFamilies, fmt.Sprintf("%d families are few for so many parts: the errors hold for large numbers, and fifty are thought of as the least.", f.Families))
	}
	if slices.ContainsFunc(f.Parts, func(e RolePart) bool {
		return e.Kind != familyrole.General && e.Kind != familyrole.Dyadic && e.Value < 0
	}) {
		r.Caveats.Add("variance_below_zero", "A variance comes out below zero, which none is: there is none to be seen of that part, or the model is not these families'.")
	}
	r.Caveats.Add("relationship_with_error", "With one value of each role about each other role, what is between two of them holds the chance of one rating.")
	r.Caveats.Add("many_parts", fmt.Sprintf("%d parts are tested, each at .05: about one in twenty of those that are not there looks as if it were.", len(f.Parts)))
}
