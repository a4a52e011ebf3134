package analysis

import (
	"context"
	"fmt"

	"holon/internal/instrument"
	"holon/internal/multilevel"
	"holon/internal/multilevel/roundrobin"
	"holon/internal/session"
)

// Bonds describes who feels close to whom within groups: the ties of every
// session with bonds, how they change from one to the next, and the parts into
// which a group falls where there are people and sessions enough to say.
func Bonds(ctx context.Context, src Source, ask Ask) (Report, error) {
	b, err := askBonds(src, &ask)
	if err != nil {
		return Report{}, err
	}
	rule := b.scorer.Rule()
	result := &BondsResult{Threshold: b.reader.TieThreshold(), Low: rule.Min, High: rule.Max}
	err = b.walk.each(ctx, []instrument.Level{instrument.Bond}, func(g *session.Group, sessions []*session.Session) error {
		rounds := b.rounds(g, sessions)
		if place := ask.Session; place != nil && len(rounds) > 0 {
			switch place.Place {
			case First:
				rounds = rounds[:1]
			case Last:
				rounds = rounds[len(rounds)-1:]
			}
		}
		if len(rounds) == 0 {
			return nil
		}
		for _, round := range rounds {
			b.take(g, round)
		}
		b.groups -= len(rounds) - 1 // it is one group
		result.Groups = append(result.Groups, bondedGroup(g, rounds, result.Threshold))
		return nil
	})
	if err != nil {
		return Report{}, err
	}
	r, err := b.report(b.reader.TieRules())
	if err != nil {
		return Report{}, err
	}
	r.Result = result
	if len(result.Groups) == 0 {
		result.Reason = multilevel.NoData
		r.Caveats.Add(string(multilevel.NoData), multilevel.NoData.Sentence())
		return r, nil
	}
	r.Caveats.Add("tie_threshold", fmt.Sprintf(
		"A rating of %g or more on the scale from %g to %g counts as a tie. That limit is a decision of this project; no published one is known.", result.Threshold, rule.Min, rule.Max))
	r.Caveats.Add("for_therapists", "What members say of each other is about two people. It is for those who lead the group, and is never shown to members.")
	return r, nil
}

// bondedGroup describes one group over its sessions with bonds.
func bondedGroup(g *session.Group, rounds []bondRound, threshold float64) BondedGroup {
	out := BondedGroup{Group: string(g.ID)}
	groups := make([]roundrobin.Group, len(rounds))
	for i, round := range rounds {
		groups[i] = round.Group
		out.Sessions = append(out.Sessions, bondedSession(&groups[i], threshold, i+1, round.session.Number))
		if i > 0 {
			s := roundrobin.StepBetween(&groups[i-1], &groups[i], threshold)
			out.Steps = append(out.Steps, BondStep{
				From: rounds[i-1].session.Number, To: round.session.Number,
				Compared: s.Compared, Kept: s.Kept, Lost: s.Lost, New: s.New, Stability: s.Stability,
			})
		}
	}
	out.Parts = roundrobin.PartsOf(groups, threshold)
	return out
}

// bondedSession describes one session, by the threshold and by the same once every
// rater's mean is the group's.
func bondedSession(g *roundrobin.Group, threshold float64, place, number int) BondedSession {
	moved := g.Centred()
	plain, centred := roundrobin.TiesOf(g, threshold), roundrobin.TiesOf(&moved, threshold)
	out := BondedSession{Session: place, Number: number, Plain: bondTies(&plain), Centred: bondTies(&centred)}
	given, got := make([]float64, len(g.Members)), make([]float64, len(g.Members))
	values := map[[2]int]float64{}
	for _, c := range g.Cells {
		given[c.Actor] += c.Value
		got[c.Partner] += c.Value
		values[[2]int{c.Actor, c.Partner}] = c.Value
	}
	for i, in := range plain.Incoming {
		out.Nodes = append(out.Nodes, BondNode{
			Member: g.Members[i], Raters: in.Raters, Incoming: in.Ties, Rated: in.Rated, Outgoing: in.Given, Few: in.Few, ByChance: in.ByChance,
			CentredIncoming: centred.Incoming[i].Ties, MeanGiven: overRatings(given[i], in.Rated), MeanGot: overRatings(got[i], in.Raters),
		})
	}
	for i, c := range g.Cells {
		back, there := values[[2]int{c.Partner, c.Actor}]
		tie := c.Value >= threshold
		out.Edges = append(out.Edges, BondEdge{
			From: g.Members[c.Actor], To: g.Members[c.Partner], Value: c.Value, Tie: tie, Mutual: tie && there && back >= threshold,
			AboveOwn: moved.Cells[i].Value >= threshold,
		})
	}
	return out
}

// overRatings divides a sum by a number of ratings; nil without any.
func overRatings(sum float64, n int) *float64 {
	if n == 0 {
		return nil
	}
	return new(sum / float64(n))
}

// bondTies takes over what was counted of a session.
func bondTies(t *roundrobin.Ties) BondTies {
	return BondTies{
		Members: t.Members, Rated: t.Rated, Possible: t.Possible, Ties: t.Count, Density: t.Density, Mean: t.Mean,
		Pairs: t.Both, Mutual: t.Mutual, OneSided: t.OneSided, MutualByChance: t.MutualByChance,
		Reciprocity: t.Reciprocity, ReciprocityByChance: t.ReciprocityByChance, FewIncoming: t.Few, FewIncomingByChance: t.FewByChance,
	}
}
