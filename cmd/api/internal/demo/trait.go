package demo

import (
	"math"
	"slices"
	"strconv"

	"holon/internal/instrument"
)

// trait is how one thing measured comes about. An answer to an item is
//
//	mean + weekly·(n−1) + group + member + session + residual + item
//
// with independent normal effects, then rounded to the item's step and cut to
// its range. The first four variances are sd² times the shares, which add up
// to 1; item is the variance of one item around what the form is about.
type trait struct {
	ref                              instrument.Ref
	score                            string // whose items it moves; "" moves all
	mean, weekly                     float64
	sd                               float64
	group, session, member, residual float64
	item                             float64
	worse                            bool // high is bad: it falls where alliance rises
}

// The instruments of the demonstration.
//
//nolint:gochecknoglobals // constant values; Go has no constant structs
var (
	allianceOne = instrument.Ref{ID: "holon-alliance-1", Version: "1"}
	bondOne     = instrument.Ref{ID: "holon-bond-1", Version: "1"}
	cohesionOne = instrument.Ref{ID: "holon-cohesion-1", Version: "1"}
	presenceOne = instrument.Ref{ID: "holon-presence-1", Version: "1"}
	purposeOne  = instrument.Ref{ID: "holon-purpose-1", Version: "1"}
	standingOne = instrument.Ref{ID: "holon-standing-1", Version: "1"}
	waiSR       = instrument.Ref{ID: "wai-sr", Version: "1"}
	gcqS        = instrument.Ref{ID: "gcq-s", Version: "1"}
	phq9        = instrument.Ref{ID: "phq-9", Version: "1"}
	gad7        = instrument.Ref{ID: "gad-7", Version: "1"}
	core10      = instrument.Ref{ID: "core-10", Version: "1"}
)

// ofGroups are the traits of the therapy groups. The shares follow what the
// field plans with: .10 to .30 for what members say of "us", .02 to .10 for
// their own alliances, .06 for outcomes.
func ofGroups() []trait {
	return []trait{
		{ref: allianceOne, mean: 7.2, weekly: 0.03, sd: 1.7, group: 0.05, session: 0.03, member: 0.47, residual: 0.45},
		{ref: waiSR, mean: 3.6, weekly: 0.015, sd: 0.7, group: 0.06, session: 0.02, member: 0.62, residual: 0.30, item: 0.3},
		{ref: standingOne, mean: 6.4, weekly: 0.04, sd: 1.9, group: 0.08, session: 0.04, member: 0.48, residual: 0.40},
		{ref: cohesionOne, mean: 6.3, weekly: 0.05, sd: 1.7, group: 0.22, session: 0.10, member: 0.28, residual: 0.40},
		{ref: gcqS, score: "engaged", mean: 3.6, weekly: 0.03, sd: 0.9, group: 0.24, session: 0.08, member: 0.38, residual: 0.30, item: 0.4},
		{ref: gcqS, score: "avoiding", mean: 2.6, weekly: -0.01, sd: 0.9, group: 0.12, session: 0.06, member: 0.47, residual: 0.35, item: 0.4, worse: true},
		{ref: gcqS, score: "conflict", mean: 1.8, weekly: -0.02, sd: 0.9, group: 0.20, session: 0.12, member: 0.38, residual: 0.30, item: 0.4, worse: true},
		{ref: presenceOne, mean: 6.8, weekly: 0.02, sd: 1.8, group: 0.03, session: 0.05, member: 0.37, residual: 0.55},
		{ref: phq9, mean: 1.5, weekly: -0.02, sd: 0.6, group: 0.06, session: 0, member: 0.74, residual: 0.20, item: 0.25, worse: true},
		{ref: gad7, mean: 1.4, weekly: -0.02, sd: 0.6, group: 0.06, session: 0, member: 0.74, residual: 0.20, item: 0.25, worse: true},
		{ref: core10, mean: 1.9, weekly: -0.025, sd: 0.65, group: 0.06, session: 0, member: 0.74, residual: 0.20, item: 0.35, worse: true},
	}
}

// ofFamilies are the traits of the families, whose members share more of their
// lives than members of a therapy group.
func ofFamilies() []trait {
	return []trait{
		{ref: allianceOne, mean: 7.0, weekly: 0.05, sd: 1.8, group: 0.12, session: 0.05, member: 0.43, residual: 0.40},
		{ref: waiSR, mean: 3.5, weekly: 0.02, sd: 0.7, group: 0.12, session: 0.03, member: 0.55, residual: 0.30, item: 0.3},
		{ref: standingOne, mean: 6.0, weekly: 0.05, sd: 1.9, group: 0.15, session: 0.05, member: 0.45, residual: 0.35},
		{ref: purposeOne, mean: 5.8, weekly: 0.08, sd: 1.9, group: 0.35, session: 0.10, member: 0.25, residual: 0.30},
		{ref: presenceOne, mean: 6.5, weekly: 0.02, sd: 1.8, group: 0.08, session: 0.07, member: 0.35, residual: 0.50},
		{ref: phq9, mean: 1.2, weekly: -0.02, sd: 0.6, group: 0.15, session: 0, member: 0.65, residual: 0.20, item: 0.25, worse: true},
		{ref: gad7, mean: 1.2, weekly: -0.02, sd: 0.6, group: 0.15, session: 0, member: 0.65, residual: 0.20, item: 0.25, worse: true},
		{ref: core10, mean: 1.6, weekly: -0.025, sd: 0.65, group: 0.15, session: 0, member: 0.65, residual: 0.20, item: 0.35, worse: true},
	}
}

// moves tells whether the trait is behind an item of the definition.
func (t trait) moves(def *instrument.Definition, item int) bool {
	if t.ref != def.Ref {
		return false
	}
	if t.score == "" {
		return true
	}
	s, ok := def.ScoreRule(t.score)
	return ok && slices.Contains(s.Items, item)
}

// share is the true share of a score's variance, in one session of each group.
type share struct {
	lasting float64 // between groups, week after week
	evening float64 // between groups, of this session only
}

// total is what one session of each group shows: both parts together.
func (s share) total() float64 { return s.lasting + s.evening }

// evening returns the truth behind one session of a score made of some of the
// trait's items: the variance of one item around the form is averaged over them.
func (t trait) evening(items int) share {
	form := t.sd * t.sd
	all := form + t.item/float64(items)
	return share{lasting: t.group * form / all, evening: t.session * form / all}
}

// truth is what stands behind a score over all sessions of each group.
type truth struct {
	lasting float64 // the share of the variance that lies between groups
	weather float64 // S/(S+e): of the movement from week to week, the part that members share
	intake  float64 // between groups at intake: the share of who was put together
}

// overWeeks returns the truth over the given sessions. What all members gain
// from week to week is movement that they share: it counts with the sessions, by
// the variance of weekly·n over them. Of two therapists' alliances in one session
// their mean is taken, which has a little less residual than this.
func (t trait) overWeeks(items int, sessions []float64) truth {
	form := t.sd * t.sd
	alone := t.residual*form + t.item/float64(items)
	shared := t.session*form + t.weekly*t.weekly*variance(sessions)
	lasting, member := t.group*form, t.member*form
	return truth{
		lasting: lasting / (lasting + member + shared + alone),
		weather: shared / (shared + alone),
		intake:  lasting / (lasting + member + t.session*form + alone),
	}
}

// everyWeek tells whether the form is filled in every week.
func (t trait) everyWeek() bool {
	return slices.Contains([]instrument.Ref{allianceOne, presenceOne, cohesionOne, purposeOne}, t.ref)
}

// asked returns the sessions of a course in which the form is filled in.
func (t trait) asked(sessions int) []float64 {
	var out []float64
	for n := 1; n <= sessions; n++ {
		if battery(n) || t.everyWeek() {
			out = append(out, float64(n))
		}
	}
	return out
}

// behind finds the trait behind a score; ok is false for what the generator
// makes in another way, such as bonds and therapists' guesses.
func behind(traits []trait, def *instrument.Definition, score instrument.Score) (t trait, ok bool) {
	k := slices.IndexFunc(traits, func(t trait) bool {
		return !slices.ContainsFunc(score.Items, func(n int) bool { return !t.moves(def, n) })
	})
	if k < 0 {
		return trait{}, false
	}
	return traits[k], true
}

// effect draws one of the trait's effects. Half of it is common to all traits
// of the same group, member or session, so that those who get on well do so in
// several measures.
func (t trait) effect(l luck, share float64, of ...string) float64 {
	common, own := l.normal(of...), l.normal(append([]string{t.ref.ID, t.score}, of...)...)
	if t.worse {
		common = -common
	}
	return t.sd * math.Sqrt(share) * (common + own) / math.Sqrt2
}

// level returns what a form is about, before its items: all but the last term.
func (t trait) level(l luck, group, member string, n int, about string) float64 {
	week := strconv.Itoa(n)
	return t.mean + t.weekly*float64(n-1) +
		t.effect(l, t.group, "group", group) +
		t.effect(l, t.session, "session", group, week) +
		t.effect(l, t.member, "member", member) +
		t.sd*math.Sqrt(t.residual)*l.normal("residual", t.ref.ID, t.score, group, week, member, about)
}

// answer turns a keyed value into what is ticked on the form.
func answer(item instrument.Item, keyed float64) float64 {
	k := math.Round((keyed - item.Min) / item.Step)
	v := min(max(item.Min+k*item.Step, item.Min), item.Max)
	if item.Reverse {
		v = item.Min + item.Max - v
	}
	return v
}

// variance returns the sample variance of at least two numbers.
func variance(values []float64) float64 {
	var mean, squares float64
	for _, v := range values {
		mean += v / float64(len(values))
	}
	for _, v := range values {
		squares += (v - mean) * (v - mean)
	}
	return squares / float64(len(values)-1)
}
