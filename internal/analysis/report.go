package analysis

import (
	"slices"

	"holon/internal/caveat"
	"holon/internal/instrument"
	"holon/internal/multilevel"
	"holon/internal/multilevel/grouplevel"
	"holon/internal/session"
)

// Report is the result of one analysis of one table, with everything that must
// be said along with it.
type Report struct {
	Input   Input
	Data    *DataVersion // nil where the data are a table
	Outcome string       // the column, or instrument, version and score
	Subject *Subject
	Counts  Counts
	Instead string // what to ask instead of a question that was not computed
	Caveats caveat.Set
	Result  Result // its own caveats are among Caveats

	behind map[Part]Behind // whom its numbers are made of; in no document
}

// Input identifies the rows that were analysed.
type Input struct {
	SHA256 string // of the canonical rows, see multilevel.SHA256
	Rows   int
}

// Subject says what the ratings are, where they come from recorded sessions.
type Subject struct {
	Measure     Measure
	Title       string // of the score, in the instrument's own words
	Level       instrument.Level
	Referent    instrument.Referent
	Composition multilevel.Composition
	RuleSet     string
	Kinds       []session.GroupKind // of the groups with ratings
}

// Counts says how much went in and what was left out.
type Counts struct {
	Groups   int  // with ratings
	Members  int  // people, as far as names tell them apart
	Sessions *int // nil where ratings are not tied to sessions
	Ratings  int
	Excluded []multilevel.Exclusion
}

// assembly is what a report is made of.
type assembly struct {
	outcome   string
	data      *DataVersion // nil where the data are a table
	ratings   multilevel.Ratings
	layout    multilevel.Layout
	led       int  // therapists who gave the ratings or whom they are about
	sessions  bool // ratings are tied to sessions
	subject   *Subject
	question  question
	options   func(multilevel.Estimand) multilevel.Options
	test      func(rows []multilevel.Row) (multilevel.GroupLevel, error) // nil: of members in groups
	input     func(rows []multilevel.Row) (string, error)                // nil: the hash of the rows alone
	statement caveat.Set                                                 // what else must be said
}

// report tests the rows, or says why not, and puts everything together.
func (a *assembly) report() (Report, error) {
	rows := a.ratings.Canonical()
	hash := multilevel.SHA256
	if a.input != nil {
		hash = a.input
	}
	sum, err := hash(rows)
	if err != nil {
		return Report{}, unhashable(err)
	}
	return a.tested(Input{SHA256: sum, Rows: len(rows)}, func() (multilevel.GroupLevel, error) {
		if a.test != nil {
			return a.test(rows)
		}
		return multilevel.TestGroupLevel(multilevel.OneWayOf(rows), a.options(a.question.estimand)), nil
	})
}

// tested puts the answer of a test, or why there is none, together with everything.
func (a *assembly) tested(rows Input, test func() (multilevel.GroupLevel, error)) (Report, error) {
	r := Report{Outcome: a.outcome, Subject: a.subject, Input: rows, Data: a.data, Counts: a.counts(), behind: behindLayout(&a.layout, a.led)}
	g := &GroupLevelResult{}
	if o := a.question.objection; o != nil {
		counts := multilevel.Counts{Ratings: rows.Rows, Groups: a.layout.Groups}
		g.GroupLevel, r.Instead = multilevel.Unanswered(a.options(a.question.estimand), counts, *o), o.Instead
	} else {
		var err error
		if g.GroupLevel, err = test(); err != nil {
			return Report{}, err
		}
	}
	if a.question.objection != nil || rows.Rows == 0 {
		g.Structure = "" // no model was chosen
	}
	r.Result = g
	r.remark(g)
	if r.Instead != "" {
		r.Caveats.Add("ask_instead", r.Instead)
	}
	r.Caveats.Merge(a.question.caveats)
	r.Caveats.Merge(a.statement)
	r.scarce(g)
	return r, nil
}

// counts says how much goes in and what was left out.
func (a *assembly) counts() Counts {
	c := Counts{Groups: a.layout.Groups, Members: a.layout.Members, Ratings: a.layout.Ratings, Excluded: a.ratings.Excluded.List()}
	if a.sessions {
		c.Sessions = &a.layout.Sessions
	}
	return c
}

// remark takes over the result's caveats and says its reason in words.
func (r *Report) remark(g *GroupLevelResult) {
	r.Caveats.Merge(g.Caveats)
	if s := grouplevel.Sentence(g.Reason); s != "" && undecidable(g.Answer) {
		r.Caveats.Add(string(g.Reason), s)
	}
	if vanishing(&g.GroupLevel) {
		r.Caveats.Add("p_below_smallest_number", "A p of 0 stands for one that is smaller than the smallest number that can be written, about 1e-308.")
	}
}

// scarce says what ratings of one time cannot tell.
func (r *Report) scarce(g *GroupLevelResult) {
	if !undecidable(g.Answer) && g.Structure == multilevel.MembersInGroups {
		r.Caveats.Add("one_rating_per_member", "Each member has one rating, so differences between members and between sessions cannot be told "+
			"from the residual: these components have no value of their own.")
	}
}

// vanishing tells whether a p is written as 0, which no finite table has.
func vanishing(g *multilevel.GroupLevel) bool {
	zero := func(p *float64) bool { return p != nil && *p == 0 }
	return zero(g.ANOVA.P) || slices.ContainsFunc(g.Tests, func(t multilevel.ComponentTest) bool { return zero(t.P) })
}

// undecidable tells whether an answer goes without numbers.
func undecidable(a multilevel.Answer) bool {
	return a == multilevel.Refused || a == multilevel.NotIdentifiable
}
