package dyad

import (
	"iter"
	"strconv"

	"holon/internal/multilevel"
	"holon/internal/multilevel/roundrobin"
	"holon/internal/session"
)

// Round is what the members who came to one session said of each other.
type Round struct {
	Group    roundrobin.Group // named by the session's group; members by identifier
	Excluded multilevel.Exclusions
}

// The reasons for which a bond is left out though it has a score.
const (
	notThere     = "not_both_present"
	earlierToday = "earlier_form_of_the_day"
)

// Round returns one session's bonds between members who have a seat and are not
// known to have been absent: a pair counts only where both were there. Where a
// member answered before and after the meeting, the later form stands.
func (b *Bonds) Round(s *session.Session) Round {
	out := Round{Group: roundrobin.Group{Name: string(s.GroupID)}}
	found := &pickedBonds{values: map[int]float64{}, excluded: &out.Excluded}
	b.scorer.Gather(numbered(s), found)
	var table roundrobin.Table
	for _, seat := range s.Roster {
		if !seat.Attendance.Absent() && !seat.Redacted {
			table.Member(out.Group.Name, string(seat.MemberID))
		}
	}
	there := func(id session.MemberID) bool {
		seat, ok := s.SeatOf(id)
		return ok && !seat.Attendance.Absent()
	}
	last := map[[2]session.MemberID]int{}
	for i := range s.Bonds {
		x := &s.Bonds[i]
		if _, scored := found.values[i]; !scored {
			continue
		}
		if !there(x.From) || !there(x.To) {
			out.Excluded.Add(notThere, 1)
			continue
		}
		pair := [2]session.MemberID{x.From, x.To}
		if before, twice := last[pair]; twice {
			out.Excluded.Add(earlierToday, 1)
			if s.Bonds[before].Occasion == session.Post {
				continue
			}
		}
		last[pair] = i
	}
	for pair, i := range last {
		table.Add(out.Group.Name, string(pair[0]), string(pair[1]), found.values[i])
	}
	if groups := table.Groups(); len(groups) == 1 {
		out.Group = groups[0]
	}
	return out
}

// numbered yields the session's bonds, each with its place.
func numbered(s *session.Session) iter.Seq2[string, *session.Rating] {
	return func(yield func(string, *session.Rating) bool) {
		for i := range s.Bonds {
			if !yield(strconv.Itoa(i), &s.Bonds[i].Rating) {
				return
			}
		}
	}
}

// pickedBonds takes scores by their place.
type pickedBonds struct {
	values   map[int]float64
	excluded *multilevel.Exclusions
}

// Add takes one score.
func (p *pickedBonds) Add(row string, value float64) {
	if at, err := strconv.Atoi(row); err == nil {
		p.values[at] = value
	}
}

// Leave counts what has no score.
func (p *pickedBonds) Leave(reason string, rows int) { p.excluded.Add(reason, rows) }

// TieThreshold is the score from which a bond counts as a tie: the middle of the
// upper half of the range of scores, 7.5 on a scale from 0 to 10. It is a decision
// of this project; no published limit is known for these scales.
func (b *Bonds) TieThreshold() float64 {
	rule := b.scorer.Rule()
	return rule.Min + 0.75*(rule.Max-rule.Min)
}

// TieRules names the rules by which bonds become ties.
func (b *Bonds) TieRules() string { return "bond_ties_1" }

// RoundRules names the rules by which bonds become a round robin.
func (b *Bonds) RoundRules() string { return "bond_round_robin_1" }
