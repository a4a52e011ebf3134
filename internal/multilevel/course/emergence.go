package course

import "holon/internal/multilevel"

// Emergence says whether members come to see their group alike as sessions go
// by: the variance within groups falls while the share of variance between
// groups rises (consensus emergence: Lang, Bliese and de Voogt 2018). One wave
// can never show it.
type Emergence struct {
	Groups   int   // with at least two ratings in some session
	Sessions int   // numbers of sessions that are used
	Within   Trend // of the logarithm of the variance within groups, per session; exp(Estimate) is the factor from one session to the next
	Share    Trend // of the one-way ICC of each session, per session; a session's weather is part of it
	Mean     Trend // of the mean: a scale that is used up at its end shrinks variance too
	Stayed   Stayers
	Waves    []Wave
	Answer   multilevel.Answer
	Reason   Reason
}

// Stayers are the members with a rating in the first and in the last session of
// their group. Variance falls also when those who see the group otherwise leave;
// among these it can fall only because they changed.
type Stayers struct {
	Groups  int // with two of them and more
	Members int // in these
	Within  Trend
}

// Trend is a slope per session with its jackknife over groups.
type Trend struct {
	Estimate     *float64
	SE           *float64
	Lower, Upper *float64 // .90 limits by t with groups-1 degrees of freedom
}

// Wave is what the groups were like in their session of one number.
type Wave struct {
	Session int
	Groups  int      // with at least two ratings
	Ratings int      // of these
	Mean    *float64 // unweighted mean of groups
	Within  *float64 // mean square within groups
	ICC     *float64 // (MSB - MSW)/(MSB + (n0 - 1) MSW), untruncated
}

// EmergenceOf judges the course of agreement in all groups together, sessions
// counted by their running number. Within is the slope b of the model
// E(s²) = exp(a_g + b t) for the sample variance s² of each group in each
// session, estimated by the gamma quasi-likelihood with weights n-1 (McCullagh
// and Nelder 1989, chapter 8), which takes variances of zero as they are. It is
// supported when the upper .90 limit of Within is below zero and the lower .90
// limit of Share above, and when that of Within is below zero also among those who
// stayed: three one-sided tests at .05 that must all succeed, with four groups and
// four sessions at least. One session is not identifiable.
func EmergenceOf(ratings []Rating) Emergence {
	groups := arrange(ratings)
	w := wavesOf(groups)
	out := Emergence{Groups: len(w.groups), Sessions: len(w.numbers), Answer: multilevel.CannotTell}
	all := everyGroup(len(w.groups))
	for k, number := range w.numbers {
		out.Waves = append(out.Waves, w.wave(k, number, all))
	}
	switch {
	case len(w.groups) == 0:
		out.Answer, out.Reason = multilevel.NotIdentifiable, OneRatingEach
		return out
	case len(w.numbers) < 2:
		out.Answer, out.Reason = multilevel.NotIdentifiable, OneSession
		return out
	}
	out.Within, out.Share, out.Mean = w.jackknife(w.withinSlope), w.jackknife(w.shareSlope), w.jackknife(w.meanSlope)
	out.Stayed = stayersOf(groups)
	switch {
	case len(w.numbers) < fewestWaves:
		out.Reason = TooFewWaves
	case len(w.groups) < fewestGroups:
		out.Reason = TooFewGroups
	case w.still():
		out.Reason = NoVariation
	case out.Within.Estimate == nil || out.Share.Estimate == nil:
		out.Reason = TrendUndefined
	case !out.Within.falls() || !out.Share.rises():
	case !out.Stayed.Within.falls():
		out.Reason = PeopleChanged
	default:
		out.Answer = multilevel.Supported
	}
	return out
}

// falls tells whether the whole interval lies below zero.
func (t *Trend) falls() bool { return t.Upper != nil && *t.Upper < 0 }

// rises tells whether the whole interval lies above zero.
func (t *Trend) rises() bool { return t.Lower != nil && *t.Lower > 0 }

// stayersOf looks at the variance within groups among those who stayed.
func stayersOf(groups []group) Stayers {
	var out Stayers
	var stayed []group
	for _, g := range groups {
		first, last, _ := g.stays()
		core := func(m int) bool { return first[m] == 0 && last[m] == len(g.sessions)-1 }
		part := group{key: g.key, members: g.members}
		for _, s := range g.sessions {
			kept := sitting{number: s.number}
			for i, m := range s.member {
				if core(m) {
					kept.member, kept.value = append(kept.member, m), append(kept.value, s.value[i])
				}
			}
			part.sessions = append(part.sessions, kept)
		}
		if n := len(part.sessions[0].member); n > 1 {
			out.Groups++
			out.Members += n
			stayed = append(stayed, part)
		}
	}
	w := wavesOf(stayed)
	if len(w.numbers) > 1 {
		out.Within = w.jackknife(w.withinSlope)
	}
	return out
}
