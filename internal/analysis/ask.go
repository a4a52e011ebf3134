package analysis

import (
	"cmp"
	"slices"
	"strconv"

	"holon/internal/fault"
	"holon/internal/instrument"
	"holon/internal/multilevel"
	"holon/internal/session"
)

// Measure names what is asked about: a score of one version of an instrument
// by one kind of rater. An empty occasion takes the one there is.
type Measure = session.Measure

// Composition says how a group's number comes out of single ratings.
type Composition = multilevel.Composition

// Ask is a question about recorded sessions.
type Ask struct {
	Measure     Measure
	Against     Measure             // of Levels: the second measure
	As          instrument.Level    // what the asker takes it for; empty: what it is
	Composition Composition         // what the asker takes the group value for; empty: what it is
	Groups      []session.GroupID   // nil: all of the source
	Kinds       []session.GroupKind // nil: all kinds
	Session     *Selection          // nil: whatever there is
	Bound       float64             // the group share that would matter; 0 means .05
	PlanICC     float64             // the true ICC to plan for; 0 means .10

	TurnoverLimit float64            // share of people come or gone beyond which nothing is computed; 0 means .5
	Planned       []Measure          // those the asker had planned to ask about before the data were seen
	Measures      []Measure          // of Alarms and Slipping: those that are watched; nil: every one there is
	Members       []session.MemberID // of analyses of single members: only these; nil: all
	Budget        float64            // of Alarms: false alarms that one therapist bears in a week; 0: what the practice has set
	Window        Window             // of EarlyAlliance: the attended sessions that are early; zero: the documented ones
	Baseline      Baseline           // of OutcomeChange: what the change is counted from; empty means FromIntake, or the first value without one
	Reliability   float64            // of the measure from session to session, for reliable change; 0: what the instrument's definition has
	NormSD        float64            // the standard deviation that goes with it; 0 as above
	Purpose       Measure            // of Splits: what members report about the family; empty: the only one there is
	Absolute      Absolute           // of Splits: a rule of the practice's own that alerts as well; zero: none
	Reference     Reference          // of Ruptures: what a level is called low or high against; empty means PracticePool

	Alone       bool                 // of GroupLevel: nothing is computed that stands beside the test, neither predictions nor plans
	MemberMeans bool                 // of Levels: members' means over their sessions instead of one session of each group
	Missing     Missing              // of RaterReliability: what to do about targets that not every observer rated; empty means RefuseMissing
	Structure   multilevel.Structure // overrules the choice of the structure where the rows leave one
	Detail      Detail               // empty means Standard
	Draws       int                  // of every simulation; 0 means as many as the analysis makes by itself
	Seed        uint64               // of the simulations; 0 means the documented one
	Progress    Progress             // hears how far it is; may be nil
}

// Window is a run of a member's attended sessions, counted from 1.
type Window struct{ From, To int }

// Absolute is a rule by which two members are split whatever they were like before: so
// many standard deviations apart in so many sessions in a row.
type Absolute struct {
	AtLeast  float64
	Sessions int
}

// check notes what is wrong with the rule.
func (a Absolute) check(faults *fault.List) {
	if a == (Absolute{}) {
		return
	}
	if !(a.AtLeast >= .5 && a.AtLeast <= 10) {
		faults.Add("/absolute/at_least", "out_of_range", "A distance at which two members are split lies between 0.5 and 10 standard deviations.")
	}
	if a.Sessions < 1 || a.Sessions > 12 {
		faults.Add("/absolute/sessions", "out_of_range", "A number of sessions in a row lies between 1 and 12.")
	}
}

// Baseline says from which value a change is counted.
type Baseline string

// The baselines.
const (
	FromIntake Baseline = "intake" // the last assessment before the first meeting
	FromFirst  Baseline = "first"  // the first value there is
)

// Reference says what a member's level is compared with.
type Reference string

// The references.
const (
	PracticePool Reference = "practice" // all members of the groups asked about
	ScaleRange   Reference = "scale"    // thirds of the range of the score
)

// Selection chooses one session of each group, or one stage of assessment:
// exactly one of its fields is set.
type Selection struct {
	Number int           // the session of this number
	Place  Place         // the first or last session with ratings of the measure
	Stage  session.Stage // assessments of this stage
}

// Place is a session's place among those with ratings of the measure.
type Place string

// The places.
const (
	First Place = "first"
	Last  Place = "last"
)

// check notes what is wrong with a question, apart from its measure.
func (a *Ask) check(faults *fault.List, src Source) {
	if a.As != "" && !a.As.Valid() {
		faults.Add("/as", "unknown_level", "A level is alliance, bond, member_group, cohesion, system, encounter or outcome.")
	}
	switch a.Composition {
	case "", multilevel.Additive, multilevel.DirectConsensus, multilevel.ReferentShift, multilevel.Global:
	default:
		faults.Add("/composition", "unknown_composition", "A composition is additive, direct_consensus, referent_shift or global.")
	}
	for i, k := range a.Kinds {
		if !k.Valid() {
			faults.Add("/kinds/"+strconv.Itoa(i), "unknown_kind", "A group's kind is group, family or couple.")
		}
	}
	known := map[session.GroupID]bool{}
	for _, g := range src.Groups() {
		known[g.ID] = true
	}
	for i, id := range a.Groups {
		if !known[id] {
			faults.Add("/groups/"+strconv.Itoa(i), "unknown_group", "There is no such group, or none that you may read.")
		}
	}
	for i, m := range a.Planned {
		at := "/planned/" + strconv.Itoa(i)
		if slices.Contains(a.Planned[:i], m) {
			faults.Add(at, "repeated", "Nothing may stand here twice.")
			continue
		}
		checkMeasure(faults, src, at, m)
	}
	if a.Session != nil {
		a.Session.check(faults, "/session")
	}
	if !(a.TurnoverLimit >= 0 && a.TurnoverLimit <= 1) {
		faults.Add("/turnover_limit", "out_of_range", "A share of people lies between 0 and 1.")
	}
	a.checkSingle(faults, src)
	oneOf(faults, "/detail", a.Detail, "", Quick, Standard, Full)
	oneOf(faults, "/missing", a.Missing, "", RefuseMissing, DropTargets)
	if a.Draws < 0 || a.Draws > mostDraws {
		faults.Add("/draws", "out_of_range", "A number of draws lies between 1 and 1000000.")
	}
	if a.Seed > mostSeed {
		faults.Add("/seed", "out_of_range", "A seed is a whole number from 1 to 9007199254740991.")
	}
	if a.MemberMeans && a.Session != nil {
		faults.Add("/member_means", "one_selection", "Choose a session, or members' means over their sessions: one of them.")
	}
	checkStructure(faults, "/structure", a.Structure)
	checkShare(faults, "/bound", a.Bound)
	checkShare(faults, "/plan_icc", a.PlanICC)
}

// mostSession is the highest number that a session has.
const mostSession = 9999

// checkSingle notes what is wrong with what is asked of single members.
func (a *Ask) checkSingle(faults *fault.List, src Source) {
	for i, m := range a.Measures {
		at := "/measures/" + strconv.Itoa(i)
		if slices.Contains(a.Measures[:i], m) {
			faults.Add(at, "repeated", "Nothing may stand here twice.")
			continue
		}
		checkMeasure(faults, src, at, m)
	}
	for i, id := range a.Members {
		if !slices.ContainsFunc(a.chosen(src), func(g *session.Group) bool { return g.HasMember(id) }) {
			faults.Add("/members/"+strconv.Itoa(i), "unknown_member", "No such member was ever in one of these groups.")
		}
	}
	if !(a.Budget >= 0 && a.Budget <= mostBudget) {
		faults.Add("/budget", "out_of_range", "A number of false alarms in a week lies between 0 and 100.")
	}
	if w := a.Window; w != (Window{}) && (w.From < 1 || w.From > w.To || w.To > mostSession) {
		faults.Add("/window", "out_of_range", "A window goes from one attended session to the same or a later one, counted from 1.")
	}
	a.Absolute.check(faults)
	oneOf(faults, "/baseline", a.Baseline, "", FromIntake, FromFirst)
	oneOf(faults, "/reference", a.Reference, "", PracticePool, ScaleRange)
	if !(a.Reliability >= 0 && a.Reliability < 1) {
		faults.Add("/reliability", "out_of_range", "A reliability lies between 0 and 1, both excluded.")
	}
	if a.NormSD != 0 && !(a.NormSD >= leastSD && a.NormSD <= mostSD) {
		faults.Add("/norm_sd", "out_of_range", "A standard deviation lies between 0.000001 and 1000000.")
	}
	if (a.Reliability == 0) != (a.NormSD == 0) {
		faults.Add("/reliability", "both_or_neither", "Give the reliability and the standard deviation that goes with it, or neither.")
	}
}

// leastSD and mostSD bound the standard deviation of a measure: no scale has one
// beyond them, and nothing that follows from one between them is infinite.
const (
	leastSD = 1e-6
	mostSD  = 1e6
)

// mostBudget is the largest budget of false alarms; more is no budget.
const mostBudget = 100

// check notes what is wrong with a selection.
func (s *Selection) check(faults *fault.List, at string) {
	set := 0
	for _, is := range []bool{s.Number != 0, s.Place != "", s.Stage != ""} {
		if is {
			set++
		}
	}
	switch {
	case set != 1:
		faults.Add(at, "one_selection", "Choose a session by its number, or first or last, or a stage: one of them.")
	case s.Number < 0 || s.Number > 9999:
		faults.Add(at+"/number", "out_of_range", "Sessions are numbered from 1 to 9999.")
	case s.Place != "" && s.Place != First && s.Place != Last:
		faults.Add(at+"/place", "unknown_place", "A place is first or last.")
	case s.Stage != "" && !s.Stage.Valid():
		faults.Add(at+"/stage", "unknown_stage", "A stage is intake, interim, end or follow_up.")
	}
}

// takes tells whether a session's number and stage are those chosen; its place
// among others is not known yet.
func (s *Selection) takes(x *session.Session) bool {
	return s == nil || ((s.Number == 0 || x.Number == s.Number) && (s.Stage == "" || (x.Stage != nil && *x.Stage == s.Stage)))
}

// checkShare notes a share that is neither left out nor between 0 and 1.
func checkShare(faults *fault.List, at string, share float64) {
	if share != 0 && !(share > 0 && share < 1) {
		faults.Add(at, "out_of_range", "A share of variance lies between 0 and 1, both excluded.")
	}
}

// checkMeasure returns the definition of a measure's instrument and notes what
// is wrong with the measure, which stands at a place in the question.
func checkMeasure(faults *fault.List, src definitions, at string, m Measure) *instrument.Definition {
	if !m.Rater.Valid() {
		faults.Add(at+"/rater", "unknown_rater", "A rater is a member, a therapist or an observer.")
	}
	if m.Occasion != "" && m.Occasion != session.Pre && m.Occasion != session.Post {
		faults.Add(at+"/occasion", "unknown_occasion", "An occasion is pre or post: before the meeting or after it.")
	}
	def, ok := src.Definition(m.Instrument)
	if !ok {
		faults.Add(at+"/instrument", "unknown_instrument_version", "No such version of an instrument is registered. The list of instruments names them all.")
		return nil
	}
	score, ok := checkScore(faults, at+"/score", def, m.Score)
	if !ok {
		return def
	}
	answers := func(it instrument.Item) bool { return slices.Contains(it.Raters, m.Rater) }
	if m.Rater.Valid() && !slices.ContainsFunc(def.ItemsAt(score.Level), answers) {
		faults.Add(at+"/rater", "rater_kind_not_allowed", "The items of this score are not for this kind of rater. The instrument's definition lists who answers them.")
	}
	return def
}

// options are the question's options of the test.
func (a *Ask) options(estimand multilevel.Estimand) multilevel.Options {
	return multilevel.Options{
		Bound: a.Bound, PlanICC: a.PlanICC, Estimand: estimand, Draws: a.Draws, Seed: a.Seed,
		Progress: func(done, total int) { a.Progress.Tell("simulating", done, total) },
	}
}

// isPlanned tells whether a measure is among those planned. One that names no
// occasion stands for both.
func (a *Ask) isPlanned(m Measure) bool {
	return slices.ContainsFunc(a.Planned, func(p Measure) bool { return covers(p, m) })
}

// wants tells whether m is the measure asked about.
func (a *Ask) wants(m Measure) bool { return covers(a.Measure, m) }

// covers tells whether m is the measure wanted. One that names no occasion
// stands for both.
func covers(want, m Measure) bool {
	return want.Instrument == m.Instrument && want.Score == m.Score && want.Rater == m.Rater && (want.Occasion == "" || want.Occasion == m.Occasion)
}

// drawn is the number of draws of analyses in which less than none means none.
func (a *Ask) drawn() int { return a.Detail.drawn(a.Draws) }

// tell returns who hears of the draws of a stage, nil where nobody listens.
func (a *Ask) tell(stage string) func(done, total int) {
	if a.Progress == nil {
		return nil
	}
	return func(done, total int) { a.Progress.Tell(stage, done, total) }
}

// chosen returns the groups asked about, by identifier.
func (a *Ask) chosen(src Source) []*session.Group {
	var out []*session.Group
	for _, g := range src.Groups() {
		if (a.Groups == nil || slices.Contains(a.Groups, g.ID)) && (a.Kinds == nil || slices.Contains(a.Kinds, g.Kind)) {
			out = append(out, g)
		}
	}
	slices.SortFunc(out, func(a, b *session.Group) int { return cmp.Compare(a.ID, b.ID) })
	return slices.CompactFunc(out, func(a, b *session.Group) bool { return a.ID == b.ID })
}
