package roundrobin

import "math"

// Ties describes one group's ratings of each other in one session as ties: a
// rating at or above a threshold is a tie from its actor to its partner. Chance
// stands beside what is counted: every rater keeps the number of ties they gave,
// laid at random among those they rated. So a generous rater makes no reciprocity
// and nobody popular.
type Ties struct {
	Members  int
	Rated    int // ratings of one member by another
	Possible int // that there could be
	Count    int // ties
	Density  *float64
	Mean     *float64 // of the ratings
	Both     int      // pairs who rated each other
	Mutual   int      // of these, pairs with a tie both ways
	OneSided int      // with a tie one way
	// Reciprocity is the share of ties within pairs who rated each other that are
	// returned; ByChance what it would be with ties laid at random.
	Reciprocity, ReciprocityByChance *float64
	MutualByChance                   *float64 // the number of mutual pairs expected so
	Incoming                         []Incoming
	Few                              int      // members with few incoming ties
	FewByChance                      *float64 // the number expected with ties laid at random
}

// Incoming is what one member gives and gets in ties.
type Incoming struct {
	Member   int // place in the group
	Raters   int // who rated the member
	Ties     int // of these, with a tie to the member
	Rated    int // whom the member rated
	Given    int // of these, with a tie from the member
	Few      bool
	ByChance *float64 // the probability of so few ties or fewer, laid at random; nil below three raters
}

// Few incoming ties are those of at most a quarter of the raters, where there are
// three at least. It is a decision of this project; no published limit is known.
const (
	fewShare  = 0.25
	fewRaters = 3
)

// fewest is the largest number of ties that is few among raters.
func fewest(raters int) int { return int(math.Floor(fewShare * float64(raters))) }

// TiesOf describes a group by a threshold.
func TiesOf(g *Group, threshold float64) Ties {
	n := len(g.Members)
	out := Ties{Members: n, Possible: n * (n - 1), Rated: len(g.Cells), Incoming: make([]Incoming, n)}
	tied := map[[2]int]bool{}
	raters := make([][]int, n)
	var sum float64
	for i := range out.Incoming {
		out.Incoming[i].Member = i
	}
	for _, c := range g.Cells {
		is := c.Value >= threshold
		tied[[2]int{c.Actor, c.Partner}] = is
		raters[c.Partner] = append(raters[c.Partner], c.Actor)
		from, to := &out.Incoming[c.Actor], &out.Incoming[c.Partner]
		from.Rated++
		to.Raters++
		sum += c.Value / float64(len(g.Cells))
		if is {
			out.Count++
			from.Given++
			to.Ties++
		}
	}
	if out.Rated > 0 {
		out.Density, out.Mean = new(float64(out.Count)/float64(out.Rated)), finite(sum)
	}
	out.reciprocate(g, tied)
	out.few(raters)
	return out
}

// reciprocate counts pairs who rated each other. With o_i ties among the r_i whom
// i rated and who rated i, and p_i = o_i/r_i, chance expects Σ p_i p_j mutual
// pairs (Katz & Wilson 1956), and of every tie that twice this number over the
// number of ties is returned.
func (t *Ties) reciprocate(g *Group, tied map[[2]int]bool) {
	given, asked := make([]int, t.Members), make([]int, t.Members)
	var pairs [][2]int
	ties := 0
	for _, c := range g.Cells {
		back, there := tied[[2]int{c.Partner, c.Actor}]
		if !there {
			continue
		}
		is := tied[[2]int{c.Actor, c.Partner}]
		asked[c.Actor]++
		if is {
			given[c.Actor]++
			ties++
		}
		if c.Actor > c.Partner {
			continue
		}
		pairs = append(pairs, [2]int{c.Actor, c.Partner})
		switch {
		case is && back:
			t.Mutual++
		case is || back:
			t.OneSided++
		}
	}
	t.Both = len(pairs)
	if t.Both == 0 {
		return
	}
	var expected float64
	for _, p := range pairs {
		expected += float64(given[p[0]]) / float64(asked[p[0]]) * float64(given[p[1]]) / float64(asked[p[1]])
	}
	t.MutualByChance = &expected
	if ties > 0 {
		t.Reciprocity, t.ReciprocityByChance = new(2*float64(t.Mutual)/float64(ties)), new(2*expected/float64(ties))
	}
}

// few marks members with few incoming ties. The number of ties to a member, laid
// at random by raters who each keep theirs, is a sum of independent draws with
// probabilities p_i = given_i/rated_i.
func (t *Ties) few(raters [][]int) {
	var expected float64
	judged := false
	for j := range t.Incoming {
		in := &t.Incoming[j]
		if in.Raters < fewRaters {
			continue
		}
		judged = true
		chances := make([]float64, 0, in.Raters)
		for _, i := range raters[j] {
			chances = append(chances, float64(t.Incoming[i].Given)/float64(t.Incoming[i].Rated))
		}
		law := successes(chances)
		in.ByChance = new(upTo(law, in.Ties))
		expected += upTo(law, fewest(in.Raters))
		if in.Ties <= fewest(in.Raters) {
			in.Few = true
			t.Few++
		}
	}
	if judged {
		t.FewByChance = &expected
	}
}

// successes returns the probabilities of 0, 1, … successes in independent draws.
func successes(chances []float64) []float64 {
	law := []float64{1}
	for _, p := range chances {
		next := make([]float64, len(law)+1)
		for k, q := range law {
			next[k] += q * (1 - p)
			next[k+1] += q * p
		}
		law = next
	}
	return law
}

// upTo sums the probabilities of 0 to k.
func upTo(law []float64, k int) float64 {
	var sum float64
	for _, p := range law[:min(k+1, len(law))] {
		sum += p
	}
	return min(1, sum)
}

// Centred returns the group with every rating moved by how far its rater's mean
// lies from the mean of all ratings: with one threshold for all, raters who rate
// everybody high make no more ties than others.
func (g *Group) Centred() Group {
	out := Group{Name: g.Name, Members: g.Members, Cells: make([]Cell, len(g.Cells))}
	n := make([]float64, len(g.Members))
	means := make([]float64, len(g.Members))
	for _, c := range g.Cells {
		n[c.Actor]++
	}
	var all float64
	for _, c := range g.Cells {
		means[c.Actor] += c.Value / n[c.Actor]
		all += c.Value / float64(len(g.Cells))
	}
	for i, c := range g.Cells {
		out.Cells[i] = Cell{Actor: c.Actor, Partner: c.Partner, Value: c.Value - means[c.Actor] + all}
	}
	return out
}
