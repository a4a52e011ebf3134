package grouplevel

import (
	"fmt"

	"holon/internal/multilevel"
)

// weather answers whether members move together from session to session. Its
// test and its interval are exact whatever cells are empty.
func (w *work) weather(r *reading) {
	out := &multilevel.Weather{}
	w.r.Weather = out
	v := r.reml.variance
	out.Share = expressed(v[session] / (v[session] + v[residual]))
	facts := multilevel.Facts{Bound: w.o.Bound}
	facts.Groups = w.lie.sessionsOfSeveral()
	sp, ok := w.lie.spectrum(session, r.other(session))
	if !ok {
		w.r.Caveats.Add("weather_too_large", fmt.Sprintf("A group has more than %d sessions; whether they carry variance was tested by the likelihood ratio only.", most))
	}
	f, p, defined := sp.f()
	if ok && defined {
		out.F, out.P, out.DF1, out.DF2 = &f, &p, &sp.df, &sp.dfe
		facts.P = &p
		for _, level := range []float64{0.95, 0.90} {
			ci := multilevel.Interval{Level: level, Method: multilevel.IntervalWald}
			if lower, upper, cut, ok := sp.interval(level); ok {
				ci.Lower, ci.Upper = &lower, &upper
				if cut {
					w.r.Caveats.Add("weather_interval_at_limit", "A limit of the interval of shared weather stands at the least share that is possible.")
				}
			}
			facts.Lower, facts.Upper = ci.Lower, ci.Upper
			out.CI = append(out.CI, ci)
		}
	}
	if len(w.t.Covariates) > 0 {
		w.r.Caveats.Add("weather_before_covariates", "The test and the interval of shared weather are those of the ratings as they are: the covariates are not taken out of them.")
	}
	d := multilevel.Decide(facts)
	out.Answer, out.Reason = d.Answer, d.Reason
	if out.Reason == multilevel.FewGroups {
		out.Reason = FewSessions
	}
	if _, groups := w.lie.extent(); groups < fewestGroups {
		w.r.Caveats.Add("weather_leads", "So few groups cannot tell whether groups differ. What they can tell is whether members move together from session to session: read that first.")
	}
}
