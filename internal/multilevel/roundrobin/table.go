package roundrobin

import (
	"maps"
	"slices"
)

// Table gathers ratings by the names of group, actor and partner. The zero value
// is empty.
type Table struct {
	groups  map[string]map[string]int // group, member: place in order of arrival
	ratings map[string][]Cell
}

// Add takes one rating. Actor and partner are two members.
func (t *Table) Add(group, actor, partner string, value float64) {
	if t.groups == nil {
		t.groups, t.ratings = map[string]map[string]int{}, map[string][]Cell{}
	}
	t.ratings[group] = append(t.ratings[group], Cell{Actor: t.Member(group, actor), Partner: t.Member(group, partner), Value: value})
}

// Member notes a member of a group, who may have no rating, and returns the
// place by order of arrival.
func (t *Table) Member(group, name string) int {
	if t.groups == nil {
		t.groups, t.ratings = map[string]map[string]int{}, map[string][]Cell{}
	}
	members := t.groups[group]
	if members == nil {
		members = map[string]int{}
		t.groups[group] = members
	}
	at, ok := members[name]
	if !ok {
		at = len(members)
		members[name] = at
	}
	return at
}

// Groups returns the groups and their members by name, and cells by actor and
// partner: the same ratings give the same groups in whatever order they came.
func (t *Table) Groups() []Group {
	out := make([]Group, 0, len(t.groups))
	for _, name := range slices.Sorted(maps.Keys(t.groups)) {
		g := Group{Name: name, Members: slices.Sorted(maps.Keys(t.groups[name]))}
		place := make([]int, len(g.Members))
		for i, m := range g.Members {
			place[t.groups[name][m]] = i
		}
		for _, c := range t.ratings[name] {
			g.Cells = append(g.Cells, Cell{Actor: place[c.Actor], Partner: place[c.Partner], Value: c.Value})
		}
		slices.SortFunc(g.Cells, compareCells)
		out = append(out, g)
	}
	return out
}

// compareCells orders by actor, partner and value.
func compareCells(a, b Cell) int {
	switch {
	case a.Actor != b.Actor:
		return a.Actor - b.Actor
	case a.Partner != b.Partner:
		return a.Partner - b.Partner
	case a.Value < b.Value:
		return -1
	case a.Value > b.Value:
		return 1
	default:
		return 0
	}
}
