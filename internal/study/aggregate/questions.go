package aggregate

import (
	"holon/internal/analysis"
	"holon/internal/instrument"
	"holon/internal/session"
	"holon/internal/study"
)

// question is one that a study's measures allow.
type question struct {
	study.Question

	level instrument.Level
	homes []Home
	run   runner
	read  func(f *figures, r *analysis.Report)
}

// measured is a measure with its level.
type measured struct {
	session.Measure

	level instrument.Level
}

// questions lists what can be asked of a study's measures.
func questions(measures []measured) []question {
	both := []Home{TherapyGroups, Families}
	var out []question
	one := func(m measured, homes []Home, name analysis.Name, run runner, read func(*figures, *analysis.Report)) {
		out = append(out, question{Question: study.Question{Analysis: string(name), Measure: m.Measure}, level: m.level, homes: homes, run: run, read: read})
	}
	for _, m := range measures {
		one(m, both, analysis.GroupLevelName, groupLevelOf, groupLevel)
		byMember := m.Rater == instrument.RaterMember
		if byMember && (m.level == instrument.Cohesion || m.level == instrument.System) {
			one(m, both, analysis.AgreementName, ofAll(analysis.Agreement), agreed)
		}
		if byMember && m.level == instrument.Alliance {
			one(m, both, analysis.OneWithManyName, ofAll(analysis.OneWithMany), oneWithMany)
			one(m, both, analysis.RupturesName, ofAll(analysis.Ruptures), ruptures)
			one(m, []Home{Families}, analysis.SplitsName, ofAll(analysis.Splits), splits)
		}
		if m.level == instrument.Bond {
			one(m, []Home{TherapyGroups}, analysis.RoundRobinName, ofAll(analysis.RoundRobin), roundRobin)
		}
		if m.level == instrument.Outcome {
			one(m, both, analysis.OutcomeChangeName, ofAll(analysis.OutcomeChange), outcomeChange)
		}
	}
	return append(out, ofTwo(measures)...)
}

// ofTwo lists what can be asked of two measures: what goes before what between a
// relationship and an outcome, and how a measure of pairs goes with one of the
// group.
func ofTwo(measures []measured) []question {
	both := []Home{TherapyGroups, Families}
	var out []question
	for _, x := range measures {
		for _, y := range measures {
			if x.Rater != instrument.RaterMember || y.Rater != instrument.RaterMember {
				continue
			}
			against := y.Measure
			q := question{Question: study.Question{Measure: x.Measure, Against: &against}, level: x.level, homes: both}
			if y.level == instrument.Outcome && x.level != instrument.Outcome && x.level != instrument.Bond {
				q.Analysis, q.run, q.read = string(analysis.LaggedName), ofAll(analysis.Lagged), laggedArrows
				out = append(out, q)
			}
			if (x.level == instrument.Alliance || x.level == instrument.Bond) && (y.level == instrument.Cohesion || y.level == instrument.System) {
				q.Analysis, q.run, q.read = string(analysis.LevelsName), ofAll(analysis.Levels), between
				out = append(out, q)
			}
		}
	}
	return out
}
