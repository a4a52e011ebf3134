package analysis

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	"holon/internal/caveat"
	"holon/internal/dyad"
	"holon/internal/instrument"
	"holon/internal/multilevel/guess"
	"holon/internal/outcome"
	"holon/internal/session"
)

// encounterWalk gathers what members say of the encounter beside what they say of the
// alliance. It makes no score of the two together.
type encounterWalk struct {
	src      Source
	agreed   []int // places of the answers that are agreements on tasks or goals
	scorers  []session.Scorer
	steps    []float64 // of each measure, in shares of its range
	meetings [][]metOf // of each measure and pair
	rule     ApartRule
}

// metOf is the sessions of one pair with one measure, and how the member took part.
type metOf struct {
	meetings   []guess.Meeting
	modalities []session.Modality
}

// agreements are the places of the scores that are agreements on tasks or goals.
func agreements(scores []AllianceScore) (at []int, names []string) {
	for k, s := range scores {
		if s.Leg && (s.Score == "task" || s.Score == "goal") {
			at, names = append(at, k), append(names, s.Score)
		}
	}
	return at, names
}

// measures takes in the measures of the encounter that a group's sessions have, and
// returns the place of each.
func (e *encounterWalk) measures(sessions []*session.Session) {
	for _, ref := range dyad.EncountersOf(sessions) {
		def, ok := e.src.Definition(ref)
		if !ok || slices.ContainsFunc(e.scorers, func(s session.Scorer) bool { return s.Instrument == ref }) {
			continue
		}
		at := slices.IndexFunc(def.Scores, func(s instrument.Score) bool {
			return s.Level == instrument.Encounter && s.Direction == instrument.HigherBetter && usable(def, s.ID)
		})
		if at < 0 {
			continue
		}
		score := &def.Scores[at]
		scorer, _ := session.NewScorer(def, Measure{Instrument: ref, Score: score.ID, Rater: instrument.RaterMember})
		e.scorers = append(e.scorers, scorer)
		e.steps = append(e.steps, outcome.StepOf(def, score)/(score.Max-score.Min))
		e.rule.Encounters = append(e.rule.Encounters, EncounterMeasure{Instrument: ref, Score: score.ID, Title: score.Title, Low: score.Min, High: score.Max})
	}
}

// beside puts a group's encounters beside its pairs. What is withheld of the alliance
// in a session is not told of by the encounter either.
func (e *encounterWalk) beside(sessions []*session.Session, courses []dyad.Course) {
	e.measures(sessions)
	for k := range e.scorers {
		lines := dyad.EncounterSeries(e.scorers[k], sessions)
		for i := range courses {
			courses[i].AddEncounter(lines)
		}
	}
	for i := range courses {
		for j := range courses[i].Points {
			if p := &courses[i].Points[j]; p.Gap == session.GapWithheld {
				for k := range p.Encounters {
					p.Encounters[k] = math.NaN()
				}
			}
		}
	}
}

// take takes the sessions of one pair that have a measure and one of the agreements.
func (e *encounterWalk) take(c *dyad.Course, scores []AllianceScore) {
	pair := make([]metOf, len(e.scorers))
	for i := range c.Points {
		p := &c.Points[i]
		legs := make([]float64, len(e.agreed))
		for j, k := range e.agreed {
			legs[j] = (p.Answers[k] - scores[k].Low) / (scores[k].High - scores[k].Low)
		}
		if !slices.ContainsFunc(legs, func(v float64) bool { return !math.IsNaN(v) }) {
			continue
		}
		for k, v := range p.Encounters {
			if m := &e.rule.Encounters[k]; !math.IsNaN(v) {
				pair[k].meetings = append(pair[k].meetings, guess.Meeting{Encounter: (v - m.Low) / (m.High - m.Low), Legs: legs})
				pair[k].modalities = append(pair[k].modalities, p.Modality)
			}
		}
	}
	e.meetings = append(e.meetings, pair)
}

// settle says of every pair and measure how often the two lie apart.
func (e *encounterWalk) settle(pairs []AlliancePair, legsStep float64) {
	for i := range pairs { // a measure that came up later has no sessions in pairs before
		for len(e.meetings[i]) < len(e.scorers) {
			e.meetings[i] = append(e.meetings[i], metOf{})
		}
		for j := range pairs[i].Points {
			for p := &pairs[i].Points[j]; len(p.Encounters) < len(e.scorers); {
				p.Encounters = append(p.Encounters, nil)
			}
		}
	}
	for k := range e.scorers {
		m := &e.rule.Encounters[k]
		all := make([][]guess.Meeting, len(pairs))
		for i := range pairs {
			all[i] = e.meetings[i][k].meetings
		}
		spread := guess.SpreadsOf(all)
		spread.EncounterStep, spread.LegsStep = e.steps[k], legsStep
		m.Spread, e.rule.Spread = spread.Encounter, spread.Legs
		gaps := 0.0
		for i := range pairs {
			found := PairEncounter{Apart: guess.ApartOf(all[i], spread), ByModality: e.meetings[i][k].byModality()}
			pairs[i].Encounters = append(pairs[i].Encounters, found)
			if found.Gap == nil {
				continue
			}
			m.Pairs++
			m.Flagged += one(found.Flagged)
			gaps += *found.Gap
			if found.ByChance != nil {
				m.ByChance = new(orZero(m.ByChance) + *found.ByChance)
			}
		}
		if m.Pairs > 0 {
			m.Typical = new(gaps / float64(m.Pairs))
		}
	}
}

// byModality counts sessions by how the member took part.
func (m *metOf) byModality() []ApartByModality {
	var out []ApartByModality
	for _, way := range []session.Modality{session.InPerson, session.Video, session.Phone, ""} {
		n := ApartByModality{Modality: way}
		for i := range m.meetings {
			if m.modalities[i] != way {
				continue
			}
			high, low := m.meetings[i].High(), m.meetings[i].Low()
			n.Sessions++
			n.High += one(high)
			n.Low += one(low)
			n.Together += one(high && low)
		}
		if n.Sessions > 0 {
			out = append(out, n)
		}
	}
	return out
}

// remark says what must be said of the encounter.
func (a *ApartRule) remark(out *caveat.Set) {
	switch {
	case len(a.Encounters) == 0:
	case len(a.Legs) == 0:
		out.Add("no_task_or_goal", "Members said something of the encounter, and the instrument has no agreement on tasks or goals to lay beside it.")
	default:
		out.Add("encounter_stands_beside", fmt.Sprintf(
			"Presence, rapport and felt empathy stand beside the alliance and enter no score of it. A pair is flagged where the encounter is at %g of its range or above and an agreement on tasks or goals at %g or below in the same session, "+
				"in at least %d sessions and one in %d. That is a decision of this project and describes; it raises nothing. Upper ends of scales are used more than lower ones: look at the gap that is typical.", a.High, a.Low, a.Fewest, a.Share))
	}
}

// apart says which pairs have a high encounter with a low agreement.
func (a *AllianceResult) apart() []string {
	var out []string
	for k := range a.Apart.Encounters {
		m := &a.Apart.Encounters[k]
		if m.Pairs == 0 {
			continue
		}
		var said []string
		for i := range a.Pairs {
			p := &a.Pairs[i]
			e := &p.Encounters[k]
			if !e.Flagged {
				continue
			}
			said = append(said, fmt.Sprintf("Between %s and %s %s is high while agreement on %s is low, in %d of %d sessions%s.",
				p.Therapist, p.Member, inWords(m.Title), strings.Join(a.Apart.Legs, " or "), e.Together, e.Sessions, e.where()))
		}
		out = append(out, fewOf(said)...)
		if m.ByChance != nil {
			out = append(out, fmt.Sprintf("%s: %d of %d %s so; if encounter and agreement were alike in all of them, about %.1f would be.", m.Title, m.Flagged, m.Pairs, plural(m.Pairs, "pair"), *m.ByChance))
		}
	}
	return out
}

// inWords begins a title in lower case.
func inWords(title string) string {
	_, n := utf8.DecodeRuneInString(title)
	return strings.ToLower(title[:n]) + title[n:]
}

// where says in which ways the member took part in the sessions that lie apart.
func (p *PairEncounter) where() string {
	ways := map[session.Modality]string{session.InPerson: "in person", session.Video: "by video", session.Phone: "by phone"}
	var said []string
	for _, m := range p.ByModality {
		if way := ways[m.Modality]; way != "" {
			said = append(said, fmt.Sprintf("%d of %d %s", m.Together, m.Sessions, way))
		}
	}
	if len(said) < 2 {
		return ""
	}
	return " (" + strings.Join(said, ", ") + ")"
}
