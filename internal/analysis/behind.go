package analysis

import (
	"holon/internal/multilevel"
	"holon/internal/multilevel/lagged"
	"holon/internal/multilevel/onewithmany"
	"holon/internal/multilevel/roundrobin"
)

// Part names those in a report whom some of its numbers are made of.
type Part string

// The parts. Not every report has each.
const (
	Everybody Part = "everybody" // with ratings
	Repeated  Part = "repeated"  // with several ratings in one group, which tell how much somebody moves
	Joined    Part = "joined"    // in a group with ratings of somebody else, which tell how members differ
	Met       Part = "met"       // with a rating in a session with one of somebody else, which tell what an evening has in common
	Fell      Part = "fell"      // in a pair whose alliance fell
	InChains  Part = "in_chains" // with pairs of sessions enough for a slope of their own lines

	RatedByTherapists           Part = "rated_by_therapists"
	RepeatedByTherapists        Part = "rated_by_therapists_repeatedly" // in a pair with several such ratings
	SharedByTherapists          Part = "rated_by_shared_therapists"     // by a therapist who rates somebody else as well
	RatingTherapists            Part = "rating_therapists"
	RatingTherapistsRepeatedly  Part = "rating_therapists_repeatedly"
	RatingSharedTherapists      Part = "rating_shared_therapists"
	RatedFromBothSides          Part = "rated_from_both_sides"
	RepeatedFromBothSides       Part = "rated_from_both_sides_repeatedly"
	OfCompleteRounds            Part = "of_complete_rounds" // of groups that the closed formulas of a round robin take
	RatersOfRounds              Part = "raters_of_rounds"   // who rate in groups that the likelihood takes
	RatedInRounds               Part = "rated_in_rounds"    // who are rated in them
	MutualInRounds              Part = "mutual_in_rounds"   // who rate somebody there who rates them
	BesideTherapists            Part = "beside_therapists"  // of families in which every member is held against the therapist
	OfFamiliesWithSharedPurpose Part = "with_purpose"       // of families whose members report of it
	SplitRepeatedly             Part = "split_repeatedly"   // in a pair with several differences
)

// Behind counts those whom numbers are made of. Who is in two groups is one person.
type Behind struct {
	Members, Groups int
	Therapists      int // whom ratings are about or by; 0 where they are neither
}

// Behind counts those of a part; none of a part that the report does not have.
func (r *Report) Behind(p Part) Behind { return r.behind[p] }

// bearers gathers the people of parts by their names.
type bearers map[Part]*borne

// borne are those of one part, each once.
type borne struct{ members, groups, therapists map[string]bool }

// add puts somebody of a group into a part, with the therapists of the ratings.
func (b bearers) add(p Part, group, member string, therapists ...string) {
	x := b[p]
	if x == nil {
		x = &borne{map[string]bool{}, map[string]bool{}, map[string]bool{}}
		b[p] = x
	}
	x.members[member], x.groups[group] = true, true
	for _, t := range therapists {
		x.therapists[t] = true
	}
}

// counts counts them.
func (b bearers) counts() map[Part]Behind {
	out := make(map[Part]Behind, len(b))
	for p, x := range b {
		out[p] = Behind{Members: len(x.members), Groups: len(x.groups), Therapists: len(x.therapists)}
	}
	return out
}

// behindLayout counts those behind rows that lie like this, of so many therapists.
func behindLayout(l *multilevel.Layout, therapists int) map[Part]Behind {
	return map[Part]Behind{
		Everybody: {l.Members, l.Groups, therapists},
		Repeated:  {l.RepeatedMembers, l.RepeatedGroups, therapists},
		Joined:    {l.JoinedMembers, l.JoinedGroups, therapists},
		Met:       {l.MetMembers, l.MetGroups, therapists},
	}
}

// behindPairs counts those behind courses of therapist–member pairs.
func behindPairs(pairs []RupturePair) map[Part]Behind {
	out := bearers{}
	for i := range pairs {
		p := &pairs[i]
		out.add(Everybody, p.Group, p.Member, p.Therapist)
		if p.Values > 1 {
			out.add(Repeated, p.Group, p.Member, p.Therapist)
		}
		if len(p.Falls) > 0 {
			out.add(Fell, p.Group, p.Member, p.Therapist)
		}
	}
	return out.counts()
}

// SideParts are the parts of the two sides of pairs: who is in them, who is so
// repeatedly, and with whom a therapist is who rates or is rated by others as well.
func SideParts() [2][3]Part {
	return [2][3]Part{
		onewithmany.ByTherapist: {RatedByTherapists, RepeatedByTherapists, SharedByTherapists},
		onewithmany.ByMember:    {RatingTherapists, RatingTherapistsRepeatedly, RatingSharedTherapists},
	}
}

// behindSides counts those behind the ratings of both sides of pairs.
func behindSides(rows []onewithmany.Row) map[Part]Behind {
	type pair struct{ therapist, member string }
	out := bearers{}
	var values [2]map[pair]int
	var seen [2]map[string]map[string]bool // with whom a therapist is
	both := map[pair]int{}
	for s := range values {
		values[s], seen[s] = map[pair]int{}, map[string]map[string]bool{}
	}
	for i := range rows {
		x := &rows[i]
		p := pair{x.Therapist, x.Member}
		for s, v := range x.Values {
			if v == nil {
				continue
			}
			values[s][p]++
			if seen[s][x.Therapist] == nil {
				seen[s][x.Therapist] = map[string]bool{}
			}
			seen[s][x.Therapist][x.Member] = true
		}
		if x.Values[0] != nil && x.Values[1] != nil {
			both[p]++
		}
	}
	for i := range rows {
		x := &rows[i]
		p := pair{x.Therapist, x.Member}
		in := func(part Part, is bool) {
			if is {
				out.add(part, x.Group, x.Member, x.Therapist)
			}
		}
		in(Everybody, x.Values[0] != nil || x.Values[1] != nil)
		for s, parts := range SideParts() {
			is := x.Values[s] != nil
			in(parts[0], is)
			in(parts[1], is && values[s][p] > 1)
			in(parts[2], is && len(seen[s][x.Therapist]) > 1)
		}
		in(RatedFromBothSides, values[0][p] > 0 && values[1][p] > 0)
		in(RepeatedFromBothSides, both[p] > 1)
	}
	return out.counts()
}

// behindRounds counts those behind a round robin: of the groups that the closed formulas
// take, and of those that the likelihood takes.
func behindRounds(complete []roundrobin.GroupResult, taken []roundrobin.Group) map[Part]Behind {
	out := bearers{}
	for i := range complete {
		for k := range complete[i].Members {
			out.add(OfCompleteRounds, complete[i].Name, complete[i].Members[k].Name)
		}
	}
	for i := range taken {
		g := &taken[i]
		gave := map[[2]int]bool{}
		for _, c := range g.Cells {
			gave[[2]int{c.Actor, c.Partner}] = true
			out.add(RatersOfRounds, g.Name, g.Members[c.Actor])
			out.add(RatedInRounds, g.Name, g.Members[c.Partner])
			if gave[[2]int{c.Partner, c.Actor}] {
				out.add(MutualInRounds, g.Name, g.Members[c.Actor])
				out.add(MutualInRounds, g.Name, g.Members[c.Partner])
			}
		}
	}
	return out.counts()
}

// behindOccasions counts those behind courses of two measures. Somebody about whom
// several report is one person, as is somebody in two groups.
func (c *courses) behindOccasions(t *lagged.Table) map[Part]Behind {
	out := bearers{}
	chains := map[place]int{}
	for i := range t.Occasions {
		chains[place{t.Occasions[i].Group, t.Occasions[i].Member}]++
	}
	inChains := map[place]bool{}
	for _, at := range t.InChains() {
		inChains[place{at.Group, at.Member}] = true
	}
	for i := range t.Occasions {
		o := &t.Occasions[i]
		at := place{o.Group, o.Member}
		therapists := c.told[occasionOf{o.Session, o.Subject()}]
		out.add(Everybody, o.Group, o.Subject(), therapists...)
		if chains[at] > 1 {
			out.add(Repeated, o.Group, o.Subject(), therapists...)
		}
		if inChains[at] {
			out.add(InChains, o.Group, o.Subject(), therapists...)
		}
	}
	return out.counts()
}
