package familyrole

import (
	"slices"

	"holon/internal/multilevel"
)

// Cell is what one role says of another, by places in a Table's roles.
type Cell struct{ By, Of int }

// Table is what members of families said of each other, one value from each role of
// each other.
type Table struct {
	Roles    []string
	Families [][]float64 // of each family the values in the order of Cells
}

// Cells lists the cells of so many roles: by the rater's role, then by the target's.
func Cells(roles int) []Cell {
	var out []Cell
	for i := range roles {
		for j := range roles {
			if i != j {
				out = append(out, Cell{i, j})
			}
		}
	}
	return out
}

// The numbers of roles for which the parts can be told from each other. With three,
// the family's own part cannot: six cells have not enough covariances for it.
const (
	FewestRoles       = 3
	FewestForFamily   = 4
	MostRoles         = 6
	FewestFamiliesSay = 50 // below which a caveat is due: statistics.md asks for about so many
)

// The reasons for which nothing was taken apart.
const (
	FewRoles    multilevel.Reason = "fewer_than_three_roles"
	ManyRoles   multilevel.Reason = "more_than_six_roles"
	FewFamilies multilevel.Reason = "too_few_families" // no more than cells, so that the covariances say nothing
	NoSolution  multilevel.Reason = "no_solution"      // the search did not end
)

// Kind says what a part is of.
type Kind string

// The kinds of parts. Relationship holds the error of measurement as well: with one
// value in each cell they cannot be told apart.
const (
	Family       Kind = "family"
	Actor        Kind = "actor"   // how a role sees the others in general
	Partner      Kind = "partner" // how a role is seen by the others in general
	Relationship Kind = "relationship"
	General      Kind = "general_reciprocity" // of a role's actor and partner parts, a covariance
	Dyadic       Kind = "dyadic_reciprocity"  // of the two relationships of a pair, a covariance
)

// variance tells whether a part is a variance, and not a covariance.
func (k Kind) variance() bool { return k != General && k != Dyadic }

// Part names one variance or covariance. By and Of are places of roles; -1 where a
// part has none: the family has neither, an actor's Of and a partner's By are none.
// Of a covariance By is the role, or the two roles with By before Of.
type Part struct {
	Kind   Kind
	By, Of int
}

// parts lists the parts of so many roles.
func parts(roles int) []Part {
	var out []Part
	if roles >= FewestForFamily {
		out = append(out, Part{Family, -1, -1})
	}
	for i := range roles {
		out = append(out, Part{Actor, i, -1})
	}
	for j := range roles {
		out = append(out, Part{Partner, -1, j})
	}
	for _, c := range Cells(roles) {
		out = append(out, Part{Relationship, c.By, c.Of})
	}
	for i := range roles {
		out = append(out, Part{General, i, -1})
	}
	for _, c := range Cells(roles) {
		if c.By < c.Of {
			out = append(out, Part{Dyadic, c.By, c.Of})
		}
	}
	return out
}

// share is how much of a part the covariance of two cells holds: 0 or 1.
func (p *Part) share(a, b Cell) float64 {
	is := false
	switch p.Kind {
	case Family:
		is = true
	case Actor:
		is = a.By == p.By && b.By == p.By
	case Partner:
		is = a.Of == p.Of && b.Of == p.Of
	case Relationship:
		is = a == b && a == Cell{p.By, p.Of}
	case General:
		is = a.By == p.By && b.Of == p.By || a.Of == p.By && b.By == p.By
	case Dyadic:
		is = a == Cell{p.By, p.Of} && b == Cell{p.Of, p.By} || a == Cell{p.Of, p.By} && b == Cell{p.By, p.Of}
	}
	if is {
		return 1
	}
	return 0
}

// check returns why a table cannot be taken apart.
func (t *Table) check() multilevel.Reason {
	switch k := len(t.Roles); {
	case k < FewestRoles:
		return FewRoles
	case k > MostRoles:
		return ManyRoles
	case len(t.Families) <= k*(k-1):
		return FewFamilies
	}
	for _, row := range t.Families {
		if slices.ContainsFunc(row, func(v float64) bool { return !(v-v == 0) }) {
			return multilevel.NonFiniteRating
		}
	}
	return ""
}

// Sentence says a reason in words, whether it is of this package or of the one above.
func Sentence(r multilevel.Reason) string {
	switch r {
	case FewRoles:
		return "Fewer than three roles rated each other. With two, what a person gives, what a person gets and what is between the two cannot be told apart."
	case ManyRoles:
		return "There are more than six roles, which few data can bear."
	case FewFamilies:
		return "There are no more complete families than ways in which the roles rate each other, so the covariances cannot be told. It takes more than 12 families of four roles, and 50 to say much."
	case NoSolution:
		return "No division of these covariances could be found: look for roles that answer for each other, or for values that are all but the same."
	case multilevel.NoVariation:
		return "What one role says of another is the same in every family, or follows from the rest: there is nothing to divide."
	default:
		return r.Sentence()
	}
}
