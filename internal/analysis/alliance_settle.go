package analysis

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"holon/internal/dyad"
	"holon/internal/instrument"
	"holon/internal/multilevel/guess"
	"holon/internal/outcome"
	"holon/internal/session"
)

// chanceDraws and chanceSeed are those of the rate at which a leg is named by
// chance.
const (
	chanceDraws = 2000
	chanceSeed  = 1
)

// legShares returns the legs of a pair in the sessions in which all are answered,
// in shares of their ranges.
func (a *allianceWalk) legShares(c *dyad.Course) [][]float64 {
	var out [][]float64
	if len(a.legs) < 2 {
		return nil
	}
	for i := range c.Points {
		row := make([]float64, 0, len(a.legs))
		for _, k := range a.legs {
			s := &a.result.Scores[k]
			row = append(row, (c.Points[i].Answers[k]-s.Low)/(s.High-s.Low))
		}
		if !slices.ContainsFunc(row, math.IsNaN) {
			out = append(out, row)
		}
	}
	return out
}

// settleLegs says of every pair whether one leg is weak, what chance does, and how
// the legs lie in all pairs together.
func (a *allianceWalk) settleLegs() {
	rule := &a.result.Legs
	rule.Spread = guess.LegSpread(a.shares)
	sums := make([]float64, len(a.legs))
	counted := 0
	rates := map[int]*float64{}
	for i := range a.result.Pairs {
		found := guess.LegsOf(a.shares[i])
		legs := PairLegs{Sessions: found.Sessions, Against: found.Against}
		if found.Against != nil {
			counted++
			for j, v := range found.Against {
				sums[j] += *v
			}
		} else {
			legs.Against = make([]*float64, len(a.legs))
		}
		if found.Weak >= 0 {
			legs.Weak = a.answers[a.legs[found.Weak]].Score
		}
		if n := found.Sessions; n >= guess.LegSessions && rule.Spread != nil {
			if rates[n] == nil {
				rates[n] = new(guess.LegChance(n, len(a.legs), *rule.Spread, chanceDraws, chanceSeed))
			}
			legs.ByChance = rates[n]
		}
		a.result.Pairs[i].Legs = legs
	}
	for j, k := range a.legs {
		leg := LegTypical{Score: a.answers[k].Score, Pairs: counted}
		if counted > 0 {
			leg.Against = new(sums[j] / float64(counted))
		}
		rule.Typical = append(rule.Typical, leg)
	}
}

// settleEncounters lays the encounter beside the agreements on tasks and goals.
func (a *allianceWalk) settleEncounters() {
	step := 0.0
	for _, k := range a.encounters.agreed {
		rule := a.answers[k].Rule()
		step = max(step, outcome.StepOf(a.def, &rule)/(rule.Max-rule.Min))
	}
	a.encounters.settle(a.result.Pairs, step)
	a.result.Apart = a.encounters.rule
}

// pullsOf asks, group by group, whether a therapist's guesses follow the member or
// the others.
func (a *allianceWalk) pullsOf(g *session.Group, courses []dyad.Course) {
	for k := range a.answers {
		if a.guesses[k] == nil {
			continue
		}
		rows := map[session.TherapistID][]guess.Row{}
		var therapists []session.TherapistID
		for m := range courses {
			c := &courses[m]
			t := c.Unit.TherapistID
			if !slices.Contains(therapists, t) {
				therapists = append(therapists, t)
			}
			for i := range c.Points {
				p := &c.Points[i]
				row := guess.Row{Member: m, Session: p.Number, Guess: p.Guesses[k], Own: p.Answers[k], Others: p.Others[k]}
				if !math.IsNaN(row.Guess) && !math.IsNaN(row.Own) && !math.IsNaN(row.Others) {
					rows[t] = append(rows[t], row)
				}
			}
		}
		for _, t := range therapists {
			of := therapistScore{t, k}
			a.pulls[of] = append(a.pulls[of], GroupPull{Group: string(g.ID), Pull: guess.PullOf(rows[t])})
		}
	}
}

// settleTherapists brings together what each therapist guessed of all members.
func (a *allianceWalk) settleTherapists() {
	slices.SortFunc(a.order, func(x, y therapistScore) int {
		return cmp.Or(cmp.Compare(x.therapist, y.therapist), cmp.Compare(x.score, y.score))
	})
	for _, of := range a.order {
		out := TherapistGuesses{Therapist: string(of.therapist), Score: a.answers[of.score].Score, Pulls: a.pulls[of]}
		out.Bias = guess.DifferenceOf(a.biases[of])
		if !a.result.Scores[of.score].SameRange {
			out.Bias.Reason = guess.OtherRange
		}
		out.Tracking, out.Tracked = guess.MeanOf(a.tracked[of])
		a.result.Therapists = append(a.result.Therapists, out)
	}
}

// coTherapists compares the therapists of each member two by two.
func (a *allianceWalk) coTherapists(courses []dyad.Course) {
	ordered := slices.Clone(courses)
	slices.SortStableFunc(ordered, func(x, y dyad.Course) int {
		return cmp.Or(cmp.Compare(x.Unit.MemberID, y.Unit.MemberID), cmp.Compare(x.Unit.TherapistID, y.Unit.TherapistID))
	})
	for i := range ordered {
		for j := i + 1; j < len(ordered) && ordered[j].Unit.MemberID == ordered[i].Unit.MemberID; j++ {
			for k := range a.answers {
				a.compareTherapists(&ordered[i], &ordered[j], k, "member", func(p *dyad.CoursePoint) float64 { return p.Answers[k] })
				if a.guesses[k] != nil {
					a.compareTherapists(&ordered[i], &ordered[j], k, "therapist", func(p *dyad.CoursePoint) float64 { return p.Guesses[k] })
				}
			}
		}
	}
}

// compareTherapists takes the difference of one side in the sessions that both
// therapists have; without one there is nothing to compare.
func (a *allianceWalk) compareTherapists(first, second *dyad.Course, k int, side string, value func(*dyad.CoursePoint) float64) {
	at := map[session.SessionID]float64{}
	for i := range second.Points {
		at[second.Points[i].SessionID] = value(&second.Points[i])
	}
	var d []float64
	for i := range first.Points {
		v, there := at[first.Points[i].SessionID]
		if u := value(&first.Points[i]); there && !math.IsNaN(u) && !math.IsNaN(v) {
			d = append(d, u-v)
		}
	}
	if len(d) == 0 {
		return
	}
	a.result.CoTherapists = append(a.result.CoTherapists, CoTherapists{
		Group: string(first.Group), Member: string(first.Unit.MemberID), First: string(first.Unit.TherapistID), Second: string(second.Unit.TherapistID),
		Side: side, Score: a.answers[k].Score, Difference: guess.OverWeeks(d),
	})
}

// keyRemark says whose word the keys of the score are.
func (a *allianceWalk) keyRemark(r *Report) {
	(&gathering{subject: subject{measure: a.ask.Measure}, def: a.def, scorer: a.answers[0]}).keyRemark(&r.Caveats)
	if a.guessed != nil && a.guessed.Instrument != a.ask.Measure.Instrument {
		(&gathering{subject: subject{measure: a.guessed.Measure}, def: a.guessDef, scorer: *a.guessed}).keyRemark(&r.Caveats)
	}
	if len(a.keyless) > 0 {
		r.Caveats.Add(string(instrument.ReasonKeyNotAttested), "Not beside the others, because no number is made by a key from memory that nobody attested: "+strings.Join(a.keyless, ", ")+".")
	}
}

// remark says what must be said of how the numbers came about.
func (a *allianceWalk) remark(r *Report) {
	a.result.Apart.remark(&r.Caveats)
	if len(a.legs) > 1 {
		r.Caveats.Add("weak_leg_rule", fmt.Sprintf(
			"A leg is called weak from %d answered sessions on, when it lies at least %g of its range below the mean of the others, by more than chance at %g over all legs. That is a decision of this project. "+
				"Sessions are taken as independent: where neighbours are alike the rule errs several times as often. Legs of most people differ a little; how much stands beside it.",
			guess.LegSessions, guess.LegMargin, guess.LegAlpha))
	} else {
		r.Caveats.Add("no_legs", "The instrument has no parts of the alliance to lay side by side.")
	}
	if a.guessed == nil {
		r.Caveats.Add("no_measure_of_therapists", "The instrument is not for therapists and no other measure was named against it, so only members' side is there.")
		return
	}
	if slices.ContainsFunc(a.result.Pairs, func(p AlliancePair) bool { return p.AfterSeeing > 0 }) {
		r.Caveats.Add(dyad.LeftAfterSeeing, "Therapists' guesses that were made after seeing the member's answer are left out: they are no view of their own.")
	}
	few := func(p AlliancePair) bool {
		return slices.ContainsFunc(p.Guesses, func(g PairGuess) bool { return g.FewSessions })
	}
	if slices.ContainsFunc(a.result.Pairs, few) {
		r.Caveats.Add("few_sessions", fmt.Sprintf("A correlation over fewer than %d sessions is a weak word about one pair; look at its interval, and at the mean over members.", guess.ManyWeeks))
	}
	if slices.ContainsFunc(a.result.Scores, func(s AllianceScore) bool { return s.Guess != "" && !s.SameRange }) {
		r.Caveats.Add(string(guess.OtherRange), guess.Sentence(guess.OtherRange))
	}
	r.Caveats.Add("drifts", "Answers and guesses that both rise or fall for reasons of their own go together without anybody guessing well. The detrended correlation has each one's line taken out; look at that one.")
}
