package grouplevel

import (
	"cmp"
	"maps"
	"math"
	"slices"
	"strconv"

	"holon/internal/multilevel"
)

// index holds the rows group by group in an order that does not depend on how
// they came.
type index struct {
	blocks  []block
	ratings int
	named   int // ratings that name a session
	omitted int // ratings left out because they name none while others do
	unit    unit
	finite  bool
	twice   int // ratings of a member in a session of which there is another already
}

// block is one group. Its members and sessions are in order of their names;
// unnamed ones come last, each a member or session of its own.
type block struct {
	group             string
	members, sessions []string
	cells             []cell // by member, then session
}

// cell is one rating; z is its distance from the smallest one, in units of a
// power of two that makes the spread about one.
type cell struct {
	member, session int
	z               float64
	value           float64
	row             int // in the table
}

// indexOf sorts rows into their places. Where some name a session, those that
// name none are left out: which evening they share with whom is not known, and
// sessions of their own would make the group's of what was an evening's.
func indexOf(rows []multilevel.Row) *index {
	order, named := used(rows)
	x := &index{ratings: len(order), named: named, omitted: len(rows) - len(order)}
	if x.finite = allFinite(rows); !x.finite || len(rows) == 0 {
		return x
	}
	x.unit = unitOf(rows, order)
	groups := ranks(rows, order, cmp.Compare[string], func(r *multilevel.Row) string { return r.Group })
	members := ranks(rows, order, natural, func(r *multilevel.Row) string { return r.Member })
	sessions := ranks(rows, order, natural, func(r *multilevel.Row) string { return r.Session })
	slices.SortFunc(order, func(a, b int) int {
		return cmp.Or(cmp.Compare(groups[a], groups[b]), cmp.Compare(members[a], members[b]), cmp.Compare(sessions[a], sessions[b]),
			cmp.Compare(rows[a].Value, rows[b].Value), cmp.Compare(a, b))
	})
	for len(order) > 0 {
		group := rows[order[0]].Group
		n := 1
		for n < len(order) && rows[order[n]].Group == group {
			n++
		}
		b, twice := blockOf(rows, order[:n], x.unit)
		x.blocks = append(x.blocks, b)
		x.twice += twice
		order = order[n:]
	}
	return x
}

// Used returns the rows that the test uses: those that name a session, or all
// of them where none does.
func Used(rows []multilevel.Row) []multilevel.Row {
	places, _ := used(rows)
	if len(places) == len(rows) {
		return rows
	}
	out := make([]multilevel.Row, len(places))
	for i, at := range places {
		out[i] = rows[at]
	}
	return out
}

// used returns the places of the rows that the test uses, and how many of them
// name a session.
func used(rows []multilevel.Row) (places []int, named int) {
	for _, row := range rows {
		if row.Session != "" {
			named++
		}
	}
	places = make([]int, 0, len(rows))
	for i, row := range rows {
		if named == 0 || row.Session != "" {
			places = append(places, i)
		}
	}
	return places, named
}

// blockOf gathers the rows of one group, which are in order.
func blockOf(rows []multilevel.Row, order []int, unit unit) (b block, twice int) {
	b = block{group: rows[order[0]].Group, cells: make([]cell, 0, len(order))}
	place := map[string]int{}
	for _, i := range order {
		if s := rows[i].Session; s != "" {
			place[s] = 0
		}
	}
	b.sessions = slices.SortedFunc(maps.Keys(place), natural)
	for i, s := range b.sessions {
		place[s] = i
	}
	for _, i := range order {
		row := rows[i]
		last := len(b.members) - 1
		if row.Member == "" || last < 0 || b.members[last] != row.Member {
			b.members = append(b.members, row.Member)
			last++
		}
		s, known := place[row.Session]
		if !known {
			s = len(b.sessions)
			b.sessions = append(b.sessions, "")
		}
		c := cell{member: last, session: s, z: unit.distance(row.Value), value: row.Value, row: i}
		if n := len(b.cells); n > 0 && b.cells[n-1].member == c.member && b.cells[n-1].session == c.session {
			twice++
		}
		b.cells = append(b.cells, c)
	}
	return b, twice
}

// ranks returns the place of each row's name among all names, so that a name is
// read once and not in every comparison of rows.
func ranks(rows []multilevel.Row, places []int, compare func(a, b string) int, name func(*multilevel.Row) string) []int32 {
	rank := map[string]int32{}
	for _, i := range places {
		rank[name(&rows[i])] = 0
	}
	for k, s := range slices.SortedFunc(maps.Keys(rank), compare) {
		rank[s] = code(k)
	}
	out := make([]int32, len(rows))
	for _, i := range places {
		out[i] = rank[name(&rows[i])]
	}
	return out
}

// natural compares names, numbers by their value: session 2 comes before 10.
// The empty name comes last.
func natural(a, b string) int {
	switch {
	case a == b:
		return 0
	case a == "":
		return 1
	case b == "":
		return -1
	}
	m, errA := strconv.Atoi(a)
	n, errB := strconv.Atoi(b)
	switch {
	case errA == nil && errB == nil:
		return cmp.Or(cmp.Compare(m, n), cmp.Compare(a, b))
	case errA == nil:
		return -1
	case errB == nil:
		return 1
	}
	return cmp.Compare(a, b)
}

// unit is the scale of z.
type unit struct {
	low      float64
	exp      int
	halved   bool
	constant bool
}

// allFinite tells whether every rating is a number, those left out included.
func allFinite(rows []multilevel.Row) bool {
	return !slices.ContainsFunc(rows, func(r multilevel.Row) bool { return !finite(r.Value) })
}

// unitOf returns the scale on which the ratings that are used spread over about
// one.
func unitOf(rows []multilevel.Row, places []int) unit {
	lo, hi := math.Inf(1), math.Inf(-1)
	for _, i := range places {
		lo, hi = min(lo, rows[i].Value), max(hi, rows[i].Value)
	}
	u := unit{low: lo, constant: lo == hi}
	switch spread := hi - lo; {
	case math.IsInf(spread, 0) && len(places) > 0:
		u.halved, u.exp = true, 1024
	case spread > 0:
		u.exp = math.Ilogb(spread)
	}
	return u
}

// distance returns z of a rating.
func (u unit) distance(y float64) float64 {
	if u.halved {
		return math.Ldexp(y/2-u.low/2, 1-u.exp)
	}
	d, e := y-u.low, -u.exp
	if e > 1000 { // 2^e itself may overflow
		return math.Ldexp(math.Ldexp(d, 1000), e-1000)
	}
	return math.Ldexp(d, e)
}

// location returns the place on the scale of the ratings where z is.
func (u unit) location(z float64) *float64 {
	v := 2 * (u.low/2 + math.Ldexp(z, u.exp-1))
	if u.exp < 1000 {
		v = u.low + math.Ldexp(z, u.exp)
	}
	return expressed(v)
}

// width returns a distance on the scale of the ratings, nil where float64 cannot
// hold it.
func (u unit) width(z float64) *float64 { return u.power(z, u.exp) }

// square returns a variance or a sum of squares on the squared scale of the
// ratings, nil where float64 cannot hold it.
func (u unit) square(z float64) *float64 { return u.power(z, 2*u.exp) }

// power multiplies by 2^exp.
func (u unit) power(z float64, exp int) *float64 {
	const smallestNormal = 0x1p-1022
	v := math.Ldexp(z, exp)
	if z != 0 && math.Abs(v) < smallestNormal {
		return nil
	}
	return expressed(v)
}

// expressed returns a finite number, and nil for any other.
func expressed(v float64) *float64 {
	if !finite(v) {
		return nil
	}
	return &v
}
