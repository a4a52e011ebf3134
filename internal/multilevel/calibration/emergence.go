package main

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"

	"holon/internal/multilevel"
	"holon/internal/multilevel/course"
	"holon/internal/multilevel/montecarlo"
)

// process is how ratings of members over sessions come about: a rating is the
// sum of what belongs to the group, to the session, to the member and to the
// moment, each normal, and a drift of the mean.
type process struct {
	label            string
	groups, sessions int
	sizes            []int   // seats of the groups, in turn
	turnover         float64 // chance that a seat changes hands between two sessions
	leavers          bool    // at every session, the member farthest from the group's mean may leave for good
	carry            float64 // correlation of a member's neighbouring moments, and of neighbouring sessions
	apart            float64 // variance by which groups walk apart from session to session
	shrink           float64 // factor of everything but the mean, from session to session
	agree            float64 // factor of members and moments only
	drift            float64 // of the mean, per session
	steps            bool    // answers 1 to 7, cut off at both ends
}

// The parts of a rating at the first session.
const (
	ofGroups, ofSessions, ofMembers, ofMoments = 0.1, 0.1, 0.5, 0.3
)

// processes lists those of this section. Members come to agree only in those
// that say so.
func processes() []process {
	eight, mixture := []int{8}, []int{3, 4, 5, 8, 10}
	var out []process
	for _, groups := range []int{4, 8, 20} {
		for _, sessions := range []int{4, 12} {
			plain := process{label: "nothing changes", groups: groups, sessions: sessions, sizes: eight, shrink: 1, agree: 1}
			add := func(label string, change func(p *process)) {
				p := plain
				p.label = label
				change(&p)
				out = append(out, p)
			}
			add("nothing changes", func(*process) {})
			add("unequal sizes, seats change hands", func(p *process) { p.sizes, p.turnover = mixture, 0.15 })
			add("moments carry over (.6)", func(p *process) { p.carry = 0.6 })
			add("groups drift apart", func(p *process) { p.apart = 0.2; p.sizes = mixture })
			add("everything shrinks by .9", func(p *process) { p.shrink = 0.9; p.sizes = mixture })
			add("answers 1 to 7", func(p *process) { p.steps = true })
			add("answers 1 to 7, mean runs into 7", func(p *process) { p.steps, p.drift = true, 2.5/float64(sessions-1) })
			add("who is farthest off leaves", func(p *process) { p.leavers = true; p.sizes = []int{10} })
			add("members agree: .9 a session", func(p *process) { p.agree = 0.9 })
			add("members agree: .9 a session, seats change hands", func(p *process) { p.agree, p.turnover, p.sizes = 0.9, 0.15, mixture })
		}
	}
	return out
}

// draw returns one data set.
func (p *process) draw(rng *rand.Rand) []course.Rating {
	var out []course.Rating
	for g := range p.groups {
		key := fmt.Sprintf("g%03d", g)
		size := p.sizes[g%len(p.sizes)]
		level := math.Sqrt(ofGroups) * rng.NormFloat64()
		week := rng.NormFloat64()
		member, moment, name := make([]float64, size), make([]float64, size), make([]string, size)
		came := 0
		seat := func(i int) {
			came++
			name[i], member[i], moment[i] = fmt.Sprintf("m%03d", came), rng.NormFloat64(), rng.NormFloat64()
		}
		for i := range size {
			seat(i)
		}
		for s := range p.sessions {
			all, own := math.Pow(p.shrink, float64(s)), math.Pow(p.agree, float64(s))
			next := func(v float64) float64 { return p.carry*v + math.Sqrt(1-p.carry*p.carry)*rng.NormFloat64() }
			if s > 0 {
				week = next(week)
				level += math.Sqrt(p.apart) * rng.NormFloat64()
			}
			farthest, off := -1, 1.2
			for i := range member {
				if s > 0 {
					moment[i] = next(moment[i])
					if p.turnover > 0 && rng.Float64() < p.turnover {
						seat(i)
					}
				}
				if math.Abs(member[i]) > off {
					farthest, off = i, math.Abs(member[i])
				}
				y := all * (level + math.Sqrt(ofSessions)*week + own*(math.Sqrt(ofMembers)*member[i]+math.Sqrt(ofMoments)*moment[i]))
				y += p.drift * float64(s)
				if p.steps {
					y = min(7, max(1, math.Round(4.5+1.2*y)))
				}
				out = append(out, course.Rating{Group: key, Member: name[i], Session: s + 1, Value: y})
			}
			if p.leavers && farthest >= 0 && len(member) > 3 && rng.Float64() < 0.5 {
				last := len(member) - 1
				member[farthest], moment[farthest], name[farthest] = member[last], moment[last], name[last]
				member, moment, name = member[:last], moment[:last], name[:last]
			}
		}
	}
	return out
}

// firstProcess is the number of the first scenario of this section.
const firstProcess = 5000

// printEmergence prints how often emergence is claimed.
func printEmergence(ctx context.Context, out *strings.Builder, o settings) error {
	fmt.Fprintf(out, "## Members over sessions: is emergence claimed where there is none?\n\n"+
		"At the first session groups have %g of the variance, sessions %g, members %g, moments %g; groups of eight, or of 3, 4, 5, 8 and 10 in turn where sizes are "+
		"unequal, seats change hands (chance .15), groups drift apart or everything shrinks, or of ten of whom the farthest off often leaves. %d data sets in each row. How often the "+
		"variance within groups is found to fall, the share to rise (each at .05, one-sided), and the answer is `supported`.\n\n",
		ofGroups, ofSessions, ofMembers, ofMoments, o.tables)
	header(out, "what happens", "groups", "sessions", "variance within falls", "share rises", "`supported`")
	for number, p := range processes() {
		found := make([][3]bool, o.tables)
		plan := montecarlo.Plan{Draws: o.tables, Seed: rand.NewPCG(o.seed, firstProcess+uint64(number)).Uint64()}
		err := montecarlo.Run(ctx, plan, func() func(int, *rand.Rand) {
			return func(i int, rng *rand.Rand) {
				e := course.EmergenceOf(p.draw(rng))
				found[i] = [3]bool{
					e.Within.Upper != nil && *e.Within.Upper < 0,
					e.Share.Lower != nil && *e.Share.Lower > 0,
					e.Answer == multilevel.Supported,
				}
			}
		})
		if err != nil {
			return err
		}
		var r [3]rate
		for _, f := range found {
			for i := range r {
				r[i].add(f[i])
			}
		}
		row(out, p.label, fmt.Sprint(p.groups), fmt.Sprint(p.sessions), r[0].String(), r[1].String(), r[2].String())
	}
	out.WriteString("\n")
	return nil
}
