package roundrobin

// Group is one group whose members rated each other.
type Group struct {
	Name    string
	Members []string
	Cells   []Cell
}

// Cell is one member's rating of another. Actor and Partner are places in the
// group's Members, never the same; of each actor and partner there is one cell at
// most.
type Cell struct {
	Actor, Partner int
	Value          float64
}

// Missing tells how many ratings of one member by another are not there.
func (g *Group) Missing() int {
	n := len(g.Members)
	return n*(n-1) - len(g.Cells)
}

// Left is a member who is left out of a complete round robin, and why.
type Left struct {
	Group, Member string
	Cells         int // ratings by or of the member that go with them
	Reason        string
}

// Why a member is left out: there is no rating by them, or none of them.
const (
	GaveNone     = "gave_no_rating"
	ReceivedNone = "received_no_rating"
)

// Answering returns the group without members who gave no rating or of whom
// there is none, and those members. Neither the actor nor the partner effect of
// one of them could be told from what is left. The ratings that go with them may
// leave others without any; they go as well.
func (g *Group) Answering() (Group, []Left) {
	n := len(g.Members)
	gave, received, of := make([]int, n), make([]int, n), make([][]int, n)
	for at, c := range g.Cells {
		gave[c.Actor]++
		received[c.Partner]++
		of[c.Actor], of[c.Partner] = append(of[c.Actor], at), append(of[c.Partner], at)
	}
	out, gone := make([]*Left, n), make([]bool, len(g.Cells))
	var queue []int
	note := func(i int) {
		switch {
		case out[i] != nil:
		case gave[i] == 0:
			out[i] = &Left{Group: g.Name, Member: g.Members[i], Reason: GaveNone}
			queue = append(queue, i)
		case received[i] == 0:
			out[i] = &Left{Group: g.Name, Member: g.Members[i], Reason: ReceivedNone}
			queue = append(queue, i)
		}
	}
	for i := range n {
		note(i)
	}
	for len(queue) > 0 {
		i := queue[0]
		queue = queue[1:]
		for _, at := range of[i] {
			if gone[at] {
				continue
			}
			gone[at] = true
			out[i].Cells++
			c := g.Cells[at]
			gave[c.Actor]--
			received[c.Partner]--
			note(c.Actor)
			note(c.Partner)
		}
	}
	return g.without(out, gone)
}

// without returns the group without some members and cells, and those members.
func (g *Group) without(out []*Left, gone []bool) (Group, []Left) {
	rest := Group{Name: g.Name}
	var left []Left
	place := make([]int, len(g.Members))
	for i, x := range out {
		if x != nil {
			left = append(left, *x)
			continue
		}
		place[i] = len(rest.Members)
		rest.Members = append(rest.Members, g.Members[i])
	}
	for at, c := range g.Cells {
		if !gone[at] {
			rest.Cells = append(rest.Cells, Cell{Actor: place[c.Actor], Partner: place[c.Partner], Value: c.Value})
		}
	}
	return rest, left
}

// matrix returns the ratings by actor and partner, shifted and scaled by u. The
// group is complete.
func (g *Group) matrix(u unit) [][]float64 {
	n := len(g.Members)
	out := make([][]float64, n)
	for i := range out {
		out[i] = make([]float64, n)
	}
	for _, c := range g.Cells {
		out[c.Actor][c.Partner] = u.distance(c.Value)
	}
	return out
}
