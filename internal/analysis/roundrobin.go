package analysis

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"holon/internal/caveat"
	"holon/internal/dyad"
	"holon/internal/fault"
	"holon/internal/instrument"
	"holon/internal/multilevel"
	"holon/internal/multilevel/roundrobin"
	"holon/internal/session"
)

// likelihoodMembers is the size of a group up to which the likelihood of a round
// robin is computed.
const likelihoodMembers = 16

// RoundRobin takes apart what the members of groups said of each other in one
// session of each: the one that is chosen, or else the last with bonds. Several
// sessions of one group are not several groups.
func RoundRobin(ctx context.Context, src Source, ask Ask) (Report, error) {
	b, err := askBonds(src, &ask)
	if err != nil {
		return Report{}, err
	}
	var used []roundrobin.Group
	err = b.walk.each(ctx, []instrument.Level{instrument.Bond}, func(g *session.Group, sessions []*session.Session) error {
		round, ok := b.takeOne(g, sessions)
		if !ok {
			return nil
		}
		used = append(used, round.Group)
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
		r.Result = &RoundRobinResult{Objection: o.Reason}
		return r, nil
	}
	if b.sessions > 0 {
		r.Caveats.Add("one_evening", "One evening of each group was looked at, so what lasts between members cannot be told from the weather of that evening.")
	}
	return r, r.takeApart(ctx, used)
}

// takeApart fills in what members give, get and have between them.
func (r *Report) takeApart(ctx context.Context, groups []roundrobin.Group) error {
	result := &RoundRobinResult{Result: roundrobin.Analyse(groups)}
	r.Result = result
	large := slices.DeleteFunc(slices.Clone(groups), func(g roundrobin.Group) bool { return len(g.Members) < fewestInRound })
	r.behind = behindRounds(result.Groups, large)
	if slices.ContainsFunc(large, func(g roundrobin.Group) bool { return len(g.Members) > likelihoodMembers }) {
		result.Restricted.Reason = roundrobin.TooLarge
		r.Caveats.Add(string(roundrobin.TooLarge), fmt.Sprintf("A group has more than %d members, so only the closed formulas for complete groups were computed; the likelihood would take too long.", likelihoodMembers))
	} else {
		var err error
		if result.Restricted, err = roundrobin.REML(ctx, large); err != nil {
			return ended(ctx, err)
		}
	}
	if why := result.Restricted.Reason; why != "" && result.Reason == "" && why != roundrobin.TooLarge {
		r.Caveats.Add("likelihood_not_computed", "Only the closed formulas for complete groups were computed. "+roundrobin.Sentence(why))
	}
	if why := result.why(); why != "" {
		r.Caveats.Add(string(why), roundrobin.Sentence(why))
	}
	if result.Reason == roundrobin.MissingCells && result.Restricted.Reason == "" {
		r.Caveats.Add("likelihood_only", "No group is complete, so there are no closed formulas; the numbers are those of the restricted likelihood.")
	}
	r.Caveats.Merge(result.Caveats)
	return nil
}

// fewestInRound is the size of a group from which its round robin can be taken
// apart.
const fewestInRound = 4

// bondWalk goes through the sessions of groups for the bonds of one measure.
type bondWalk struct {
	walk   *walk
	ask    *Ask
	def    *instrument.Definition
	scorer session.Scorer
	reader *dyad.Bonds

	lines    canonical
	excluded multilevel.Exclusions
	kinds    map[session.GroupKind]bool
	members  map[string]bool
	groups   int
	sessions int
	ratings  int
}

// askBonds checks a question about bonds.
func askBonds(src Source, ask *Ask) (*bondWalk, error) {
	var faults fault.List
	ask.check(&faults, src)
	def := checkMeasure(&faults, src, "/measure", ask.Measure)
	if err := faults.Err(); err != nil {
		return nil, err
	}
	scorer, _ := session.NewScorer(def, ask.Measure)
	if scorer.Level() != instrument.Bond {
		return nil, fault.At("/measure", "not_of_bonds", "This analysis is of what members say of each other. Name a measure of the bond between members.")
	}
	return &bondWalk{
		walk: newWalk(src, ask), ask: ask, def: def, scorer: scorer, reader: dyad.NewBonds(scorer),
		kinds: map[session.GroupKind]bool{}, members: map[string]bool{},
	}, nil
}

// bondRound is one session with bonds.
type bondRound struct {
	dyad.Round

	session *session.Session
}

// rounds returns those of a group's sessions that were chosen and hold bonds, by
// number. Assessments count where their stage was asked for.
func (b *bondWalk) rounds(_ *session.Group, sessions []*session.Session) []bondRound {
	var out []bondRound
	for _, s := range sessions {
		if s.Status == session.StatusCancelled || !b.ask.Session.takes(s) {
			continue
		}
		round := b.reader.Round(s)
		staged := b.ask.Session != nil && b.ask.Session.Stage != ""
		if s.Kind != session.Meeting && (!staged || s.Kind != session.Assessment) {
			b.excluded.Add("not_a_meeting", len(round.Group.Cells))
			continue
		}
		if len(round.Group.Cells) == 0 {
			b.excluded.Merge(round.Excluded)
			continue
		}
		out = append(out, bondRound{Round: round, session: headOf(s)})
	}
	return out
}

// take counts one session as part of the report.
func (b *bondWalk) take(g *session.Group, round bondRound) {
	b.kinds[g.Kind] = true
	b.excluded.Merge(round.Excluded)
	b.sessions++
	b.groups++
	b.ratings += len(round.Group.Cells)
	for _, c := range round.Group.Cells {
		from, to := round.Group.Members[c.Actor], round.Group.Members[c.Partner]
		b.members[from], b.members[to] = true, true
		b.lines.add(string(g.ID), string(round.session.ID), from, to, c.Value)
	}
}

// takeOne counts one session of a group: of those that rounds returns the first if that
// was asked for, or else the last; false without any.
func (b *bondWalk) takeOne(g *session.Group, sessions []*session.Session) (bondRound, bool) {
	rounds := b.rounds(g, sessions)
	if len(rounds) == 0 {
		return bondRound{}, false
	}
	one := rounds[len(rounds)-1]
	if b.ask.Session != nil && b.ask.Session.Place == First {
		one = rounds[0]
	}
	b.take(g, one)
	return one, true
}

// mixed objects to therapy groups beside families and couples.
func (b *bondWalk) mixed() *multilevel.Objection {
	homes := map[household]bool{}
	for k := range b.kinds {
		homes[householdOf(k)] = true
	}
	if len(homes) > 1 {
		return mixedKinds()
	}
	return nil
}

// report begins the report: what it is about, what went in, what was left out.
func (b *bondWalk) report(rules string) (Report, error) {
	score := b.scorer.Rule()
	r := Report{
		Outcome: subject{measure: b.ask.Measure}.name(), Data: b.walk.data,
		Subject: &Subject{
			Measure: b.ask.Measure, Title: score.Title, Level: score.Level, Referent: score.Referent, Composition: b.reader.Composition(),
			RuleSet: rules, Kinds: slices.Sorted(maps.Keys(b.kinds)),
		},
	}
	var caveats caveat.Set
	caveats.Merge(b.walk.remarks())
	b.excluded.Add(ruleDamaged, len(b.walk.damaged))
	without := len(b.walk.groups) - b.groups
	b.excluded.Add("group_without_bonds", without)
	if without > 0 {
		caveats.Add("groups_without_bonds", fmt.Sprintf("%d of %d groups asked about have no ratings of members by each other in a session that could be used.", without, len(b.walk.groups)))
	}
	(&gathering{subject: subject{measure: b.ask.Measure}, def: b.def, scorer: b.scorer}).keyRemark(&caveats)
	r.Caveats = caveats
	var err error
	r.Input, err = b.lines.input()
	r.Counts = Counts{Groups: b.groups, Members: len(b.members), Sessions: &b.sessions, Ratings: b.ratings, Excluded: b.excluded.List()}
	return r, err
}
