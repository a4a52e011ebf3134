package analysis

import (
	"context"
	"io/fs"
	"slices"

	"holon/internal/fault"
	"holon/internal/multilevel"
	"holon/internal/multilevel/grouplevel"
	"holon/internal/session"
)

// Gathered is what a question about the group level would be tested with, before
// anything is tested: for those who exchange totals and not ratings.
type Gathered struct {
	Outcome   string                // the column, or instrument, version and score
	Subject   *Subject              // nil where the data are a table
	Session   *Selection            // of recorded sessions: the choice of one; nil: whatever there is
	Table     grouplevel.Table      // neither therapists nor covariates
	Structure multilevel.Structure  // asked for; empty lets the rows choose
	Persons   bool                  // a member's name means one person in whatever group
	Counts    Counts                // of the rows, and what was left out
	Objection *multilevel.Objection // why no number may be made of them; nil for none
}

// MethodVersion is the version of the method of the group-level test.
func MethodVersion() string { return GroupLevelName.method() }

// GatherPlan reads the table of a plan of the group-level test. Totals hold
// neither therapists nor covariates, so a plan with them is refused.
func GatherPlan(dir fs.FS, plan Plan) (Gathered, error) {
	if err := plan.Check(); err != nil {
		return Gathered{}, err
	}
	var faults fault.List
	if plan.name() != GroupLevelName {
		faults.Add("/analysis", "only_group_level", "Only the group-level test can be made of totals. Ask for group_level.")
	} else if len(plan.Roles.Outcomes) != 1 {
		faults.Add("/roles/outcomes", "one_outcome", "A file of totals is about one measure. Name one outcome.")
	}
	const without = "Totals hold neither therapists nor covariates, which need the ratings of everybody in one place. Leave this role out."
	for role, given := range map[string]bool{"therapist": plan.Roles.Therapist != "", "lead": plan.Roles.Lead != "", "colead": plan.Roles.CoLead != "", "covariates": len(plan.Roles.Covariates) > 0} {
		if given {
			faults.Add("/roles/"+role, "not_in_totals", without)
		}
	}
	if err := faults.Err(); err != nil {
		return Gathered{}, err
	}
	t, err := openTable(dir, &plan)
	if err != nil {
		return Gathered{}, err
	}
	return plan.gathered(t), nil
}

// gathered judges the rows of the plan's one outcome.
func (p *Plan) gathered(t *sheet) Gathered {
	c := p.column(t, p.Roles.Outcomes[0])
	return Gathered{
		Outcome: c.outcome, Table: grouplevel.Table{Rows: c.ratings.Canonical()}, Structure: p.Structure,
		Counts: c.counts(), Objection: c.question.objection,
	}
}

// Gather reads what recorded sessions hold of the measure of a question about the
// group level, as GroupLevel does.
func Gather(ctx context.Context, src Source, ask Ask) (Gathered, error) {
	p, def, err := inquire(src, &ask)
	if err != nil {
		return Gathered{}, err
	}
	if err := p.run(ctx, p.asked[0].Level()); err != nil {
		return Gathered{}, err
	}
	g, objection := p.whole(ask.Measure, def)
	j := p.judge(&ask, g, objection)
	rows := g.occasions(j.ratings.Canonical())
	return Gathered{
		Outcome: j.outcome, Subject: j.subject, Session: ask.Session, Table: grouplevel.Table{Rows: rows, Shared: true}, Structure: ask.Structure,
		Persons: true, Counts: j.counts(), Objection: j.question.objection,
	}, nil
}

// Kinds returns the kinds of the groups, families and couples together; nil where
// the data are a table.
func (g *Gathered) Kinds() []session.GroupKind {
	if g.Subject == nil {
		return nil
	}
	return slices.Clone(g.Subject.Kinds)
}
