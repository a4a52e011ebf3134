package aggregate

import (
	"slices"
	"strings"

	"holon/internal/analysis"
	"holon/internal/multilevel"
)

// Figure is a record before anybody has asked whether it may leave, with what that
// hangs on.
type Figure struct {
	Record

	there int    // groups of its kind that were asked about, with ratings or without
	order int    // within its analysis
	basis basis  // what it stands on
	block string // figures of one block add up, so that one of them gives another away
}

// basis is how many stand behind a number.
type basis struct {
	members, groups int
	therapists      int  // whom the ratings are by or about
	ledBy           bool // the ratings are by or about therapists
	byTherapist     bool // the number tells of therapists
	ofGroups        bool // cases are therapy groups, or families and couples
	unsaid          bool // it would tell about few beside what left before
	overlap         bool // one person may be among the cases of several numbers of the block
	cases           *int // people of whom something holds, of the members: a share says how many; nil of other numbers

	// Of those behind a number, these are all that a part of it is made of: as many as of
	// a number, or none.
	parts []analysis.Behind
}

// figures gathers those of one report.
type figures struct {
	base  Record
	basis basis
	list  []Figure
}

// newFigures begins the figures of a report.
func newFigures(base Record, r *analysis.Report) *figures {
	verdict := r.Result.Verdict()
	base.MethodVersion = r.Document().MethodVersion
	base.Groups, base.Members, base.Sessions, base.Ratings = new(r.Counts.Groups), new(r.Counts.Members), r.Counts.Sessions, new(r.Counts.Ratings)
	if verdict.Answer != "" {
		base.Answer = new(string(verdict.Answer))
	}
	if verdict.Reason != "" && verdict.Reason != analysis.Descriptive && verdict.Answer != multilevel.Supported && verdict.Answer != multilevel.NotSupported && verdict.Answer != multilevel.CannotTell {
		base.Reason = new(string(verdict.Reason))
	}
	base.Caveats = append([]string{}, base.Caveats...)
	for _, c := range r.Caveats.List() {
		if c.Code == "exploratory" { // planned says it, of the study's protocol
			continue
		}
		if !slices.Contains(base.Caveats, c.Code) {
			base.Caveats = append(base.Caveats, c.Code)
		}
	}
	f := &figures{base: base, basis: basis{
		members: r.Counts.Members, groups: r.Counts.Groups, therapists: r.Behind(analysis.Everybody).Therapists, ledBy: r.TellsOfTherapists(),
	}}
	f.left(r.Counts.Excluded)
	return f
}

// on says whom the numbers that follow are made of, and of whom parts of them are.
func (f *figures) on(whole analysis.Behind, parts ...analysis.Behind) {
	f.basis.members, f.basis.groups, f.basis.therapists, f.basis.parts = whole.Members, whole.Groups, whole.Therapists, parts
}

// number is what a record says.
type number struct {
	estimate, se *float64
	ci           *multilevel.Interval
	p            *float64
	method       string
	reason       multilevel.Reason
}

// add notes a number.
func (f *figures) add(statistic, of string, n number) *Figure {
	r := f.base
	r.Statistic = statistic
	if of != "" {
		r.Of = &of
	}
	r.Estimate, r.SE, r.P = n.estimate, n.se, n.p
	if n.ci != nil && n.ci.Lower != nil && n.ci.Upper != nil {
		r.Lower, r.Upper, r.CILevel, n.method = n.ci.Lower, n.ci.Upper, new(n.ci.Level), n.ci.Method
	}
	if n.method != "" {
		r.Method = &n.method
	}
	switch {
	case r.Estimate != nil:
		r.Reason = nil
	case n.reason != "":
		r.Reason = new(string(n.reason))
	case r.Reason == nil:
		r.Reason = new("undefined")
	}
	if r.Groups != nil { // else the number says nothing of how many there are
		r.Groups, r.Members = new(f.basis.groups), new(f.basis.members)
	}
	if r.Therapists != nil {
		r.Therapists = new(f.basis.therapists)
	}
	f.list = append(f.list, Figure{Record: r, order: len(f.list), basis: f.basis})
	return &f.list[len(f.list)-1]
}

// excludedRows is the statistic that says how much was left out.
const excludedRows = "excluded_rows"

// left notes how much was left out, by reason.
func (f *figures) left(excluded []multilevel.Exclusion) {
	for _, x := range excluded {
		n := float64(x.Rows)
		e := f.add(excludedRows, x.Reason, number{estimate: &n})
		e.Answer, e.Planned = nil, false // nobody asked
		e.basis.cases, e.block = new(x.Rows), "excluded"
	}
}

// Unsay marks the numbers of what is missing of a measure, for a reason, of which says
// answers that they may not leave: beside what left before, or because too few people are
// behind them. How many people are behind what another analysis than the test of the group
// level leaves out is not known: that stays unsaid.
func Unsay(figures []Figure, says func(measure, reason string, families bool) bool) {
	for i := range figures {
		f := &figures[i]
		if f.block == "excluded" && (f.Analysis != string(analysis.GroupLevelName) || !says(f.Measure, *f.Of, f.Kind == Families)) {
			f.basis.unsaid = true
		}
	}
}

// UnsayModels marks the comparisons of therapy models likewise.
func UnsayModels(figures []Figure) {
	for i := range figures {
		if strings.HasPrefix(figures[i].Statistic, "heterogeneity_") {
			figures[i].basis.unsaid = true
		}
	}
}

// share notes how many of all something holds of: members, unless all says what
// else. It tells of single people, so that both those of whom it holds and those
// of whom it does not must be many.
func (f *figures) share(statistic, of string, n, all int, byChance *float64) *Figure {
	x := number{reason: multilevel.NoData}
	if all > 0 {
		x = number{estimate: new(float64(n) / float64(all))}
	}
	if byChance != nil {
		f.add(statistic+"_by_chance", of, number{estimate: byChance})
	}
	e := f.add(statistic, of, x)
	e.basis.cases, e.basis.members, e.block = &n, all, statistic
	return e
}

// unknown takes the number away where there is a reason why nobody can know it.
func (f *Figure) unknown(reason multilevel.Reason) {
	if reason != "" && f.Estimate != nil {
		f.Estimate, f.Reason = nil, new(string(reason))
	}
}

// of says how many people stand behind a share of what is not people, such as pairs:
// those of whom it holds, and all.
// One person may be among those of several shares.
func (f *Figure) of(cases, all int) {
	f.basis.cases, f.basis.members, f.basis.overlap = &cases, all, true
	f.Members = &all
}

// ofFamilies says that a share is of families: of how many it holds.
func (f *Figure) ofFamilies(cases int) *Figure {
	f.basis.cases, f.basis.members, f.basis.ofGroups = &cases, *f.Members, true
	return f
}

// at95 returns the interval of level .95, nil if there is none.
func at95(list []multilevel.Interval) *multilevel.Interval {
	for i := range list {
		if list[i].Level == 0.95 {
			return &list[i]
		}
	}
	return nil
}
