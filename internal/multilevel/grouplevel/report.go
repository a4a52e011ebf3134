package grouplevel

import (
	"math"

	"holon/internal/multilevel"
)

// describe fills in the counts, sizes and means.
func (w *work) describe() {
	ratings, groups := w.lie.extent()
	w.r.Counts = multilevel.Counts{Ratings: ratings, Groups: groups}
	s, unit := w.lie.sizes(), w.lie.scale()
	w.r.GroupSize = multilevel.GroupSize{Min: &s.smallest, Max: &s.largest, Singletons: &s.single, Mean: &s.mean, Harmonic: &s.harmonic}
	if groups > 1 {
		w.r.GroupSize.N0 = &s.n0
	}
	w.r.GrandMean, w.r.MeanOfMeans = unit.location(s.grand), unit.location(s.ofMeans)
}

// report fills in all that follows from the fits.
func (w *work) report(r *reading) {
	w.r.REML, w.r.ML = r.report(r.reml, r.less[group]), r.report(r.ml, r.lessML)
	w.r.REML.ShareCI = multilevel.ComponentIntervals{Therapist: r.ci[therapist], Group: r.ci[group], Member: r.ci[member], Session: r.ci[session]}
	w.r.ML.ShareCI.Group = r.ciML
	w.r.Tests = r.tests
	w.r.Strata = w.strata(r)
	w.r.Correlation = r.correlation()
	w.r.Reliability = r.reliability()
}

// report writes down one fit; null is the fit without the group.
func (r *reading) report(f fitted, null *fitted) multilevel.Fit {
	variance, se, share := map[level]*float64{}, map[level]*float64{}, map[level]*float64{}
	total := f.total()
	for l := range depth {
		if !r.levels[l] && l != residual {
			continue
		}
		variance[l], se[l] = new(f.variance[l]), f.se[l]
		share[l] = expressed(f.variance[l] / total)
	}
	out := multilevel.Fit{
		Variance: components(variance), VarianceSE: components(se), Share: components(share),
		Fixed: f.fixed, Mean: f.mean, MeanSE: f.meanSE,
		LogLikelihood: new(-f.deviance / 2), Deviance: new(f.deviance),
		Singular: new(f.singular()), Unbounded: new(false), LocalOptima: new(f.optima),
	}
	if null != nil {
		out.DevianceNull = new(null.deviance)
	}
	return out
}

// components names the numbers of the levels.
func components(of map[level]*float64) multilevel.Components {
	return multilevel.Components{Therapist: of[therapist], Group: of[group], Member: of[member], Session: of[session], Residual: of[residual]}
}

// strata reports the analysis of variance of complete tables of members by
// sessions; of one group there is no line between groups.
func (w *work) strata(r *reading) []multilevel.Stratum {
	if !r.levels[member] || !r.levels[session] || r.levels[therapist] {
		return nil
	}
	lines, _, ok := w.lie.crossedLines()
	if !ok {
		return nil
	}
	var out []multilevel.Stratum
	unit := w.lie.scale()
	for _, line := range lines {
		ss, ms := unit.square(line.ss), unit.square(line.ms())
		if line.df < 1 || ss == nil {
			continue
		}
		out = append(out, multilevel.Stratum{Name: line.level.String(), SS: *ss, DF: int(line.df), MS: ms})
	}
	return out
}

// correlation returns the model's correlations between two ratings. Those of
// one group alone are unknown, because what its members have in common is.
func (r *reading) correlation() multilevel.Correlation {
	var out multilevel.Correlation
	if !r.levels[group] {
		return out
	}
	v, total := r.reml.variance, r.reml.total()
	above := v[therapist] + v[group]
	out.OtherMemberAndSession = expressed(above / total)
	if r.levels[member] {
		out.SameMemberOtherSession = expressed((above + v[member]) / total)
	}
	if r.levels[session] {
		out.SameSessionOtherMember = expressed((above + v[session]) / total)
	}
	return out
}

// mean gathers numbers for their harmonic mean.
type mean struct{ count, inverse float64 }

// add takes in a number of one or more, so many times.
func (m *mean) add(times, n int) {
	m.count, m.inverse = m.count+float64(times), m.inverse+float64(times)/float64(n)
}

// harmonic returns the mean.
func (m *mean) harmonic() float64 { return m.count / m.inverse }

// reliability returns how well means tell their units apart.
func (r *reading) reliability() multilevel.Reliability {
	m, s := r.lie.harmonic(r.levels[session])
	v := r.reml.variance
	out := multilevel.Reliability{MembersUsed: &m, SessionsOf: &s}
	if r.levels[group] && !r.levels[therapist] {
		out.GroupMean = expressed(v[group] / (v[group] + v[member]/m + v[session]/s + v[residual]/(m*s)))
	}
	if r.levels[member] {
		out.MemberMeanWithinGroup = expressed(v[member] / (v[member] + v[residual]/s))
	}
	if r.levels[session] {
		out.SessionMeanWithinGroup = expressed(v[session] / (v[session] + v[residual]/m))
	}
	return out
}

// predictions fills in the predictions under REML; of totals there are none.
func (w *work) predictions(r *reading) {
	if w.x == nil {
		return
	}
	all, err := r.engine.predict(r.reml)
	if err != nil {
		w.r.Caveats.Add("predictions_undefined", "The levels' predicted effects could not be expressed in the unit of the ratings.")
		return
	}
	w.r.BLUP = w.groupEffects(r, all[group])
	w.r.Effects = multilevel.Effects{Therapist: w.effects(therapist, all[therapist]), Member: w.effects(member, all[member]), Session: w.effects(session, all[session])}
}

// groupEffects returns the predictions of the groups. How much the prediction
// leans on the mean is 1 - its reliability, exactly so where groups are
// independent; where they share therapists the uncertainty of the mean is added
// in full, which errs on the safe side.
func (w *work) groupEffects(r *reading, found []prediction) []multilevel.GroupEffect {
	var out []multilevel.GroupEffect
	for _, p := range found {
		b := &w.x.blocks[p.block]
		var sum float64
		for _, c := range b.cells {
			sum += c.z
		}
		center := w.x.unit.location(sum / float64(len(b.cells)))
		if center == nil {
			return nil
		}
		e := multilevel.GroupEffect{Group: b.group, Size: p.ratings, Mean: *center, BLUP: p.blup, CondSD: p.condSD, PredSE: p.predSE, ShrunkenMean: *r.reml.mean + p.blup}
		if p.reliability != nil {
			e.Reliability = *p.reliability
		}
		lean := 1 - e.Reliability
		if r.levels[therapist] {
			lean = 1
		}
		e.ShrunkenMeanSE = math.Sqrt(sq(p.condSD) + sq(lean**r.reml.meanSE))
		out = append(out, e)
	}
	return out
}

// effects returns the predictions of another level.
func (w *work) effects(l level, found []prediction) []multilevel.Effect {
	var out []multilevel.Effect
	for _, p := range found {
		e := multilevel.Effect{Name: p.name, Ratings: p.ratings, BLUP: p.blup, CondSD: p.condSD, PredSE: p.predSE, Reliability: p.reliability}
		if l != therapist {
			b := &w.x.blocks[p.block]
			names := b.members
			if l == session {
				names = b.sessions
			}
			e.Group, e.Name = b.group, names[p.unit]
		}
		out = append(out, e)
	}
	return out
}

// even tells whether the ratings lie in equal complete groups.
func (r *reading) even() (ok bool) {
	switch {
	case r.levels[member] && r.levels[session]:
		_, _, ok = r.lie.crossedLines()
	case r.levels[session]:
		_, _, ok = r.lie.nestedLines(session)
	default:
		_, _, ok = r.lie.nestedLines(member)
	}
	return ok
}

// plan returns the plan of groups like these: complete tables of the harmonic
// mean numbers of members and sessions, with the variances below the group in
// the proportions that REML estimates.
func (w *work) plan(r *reading) balanced {
	m, s := r.lie.harmonic(r.levels[session])
	v := r.reml.variance
	shared := 0.0
	if r.levels[therapist] {
		led := map[string]bool{}
		for i := range w.x.blocks {
			names, _ := w.t.leaders(w.x.blocks[i].group)
			for _, name := range names {
				led[name] = true
			}
		}
		shared = min(0.99, float64(len(led))/float64(len(w.x.blocks)))
	}
	if !r.even() || shared > 0 {
		w.r.Caveats.Add("plan_assumes_complete_tables", "The numbers of groups needed, and the power, are those of complete tables of as many members and sessions as the harmonic means of what came.")
	}
	switch {
	case r.levels[member] && r.levels[session]:
		return crossedPlan(m, s, v[member], v[session], v[residual], shared)
	case r.levels[member]:
		return nestedPlan(m, s, v[member], v[residual], shared)
	case r.levels[session]:
		var sessions mean
		for i := range w.x.blocks {
			sessions.add(1, len(w.x.blocks[i].sessions))
		}
		return nestedPlan(sessions.harmonic(), m, v[session], v[residual], shared)
	default:
		return plainPlan(m, shared)
	}
}
