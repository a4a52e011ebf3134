package analysis

import (
	"context"
	"errors"
	"io/fs"

	"holon/internal/fault"
)

// RunPlan computes what a plan asks for, from its table in dir: one report, or
// one for each outcome, in their order. Questions that would mislead are
// answered by reports that say so; errors are plans and tables that cannot be
// read, and a context that ends first.
func RunPlan(ctx context.Context, dir fs.FS, plan Plan) ([]Report, error) {
	if err := plan.Check(); err != nil {
		return nil, err
	}
	plan.Progress.Tell("reading", 0, 0)
	t, err := openTable(dir, &plan)
	if err != nil {
		return nil, err
	}
	run := plan.once()
	if run != nil {
		r, err := run(ctx, t)
		if err != nil {
			return nil, ended(ctx, err)
		}
		return []Report{r}, nil
	}
	reports := make([]Report, 0, len(plan.Roles.Outcomes))
	for _, outcome := range plan.Roles.Outcomes {
		r, err := plan.each()(ctx, t, outcome)
		if err != nil {
			return nil, ended(ctx, err)
		}
		reports = append(reports, r)
	}
	return reports, nil
}

// once returns what runs an analysis of the whole table, nil for an analysis of
// one outcome after the other.
func (p *Plan) once() func(context.Context, *sheet) (Report, error) {
	switch p.name() {
	case FamilyRolesName:
		if len(p.Roles.Cells) > 0 {
			return p.familyColumns
		}
		return nil
	case AgreementName:
		return p.agreement
	case AgreementNullName:
		return p.nullCutoffs
	case RaterReliabilityName:
		return p.raterReliability
	case LevelsName:
		return p.levels
	case LevelReliabilityName:
		return p.levelReliability
	case OneWithManyName:
		return p.oneWithMany
	case DesignName:
		return p.design
	default:
		return nil
	}
}

// each returns what runs an analysis of one outcome.
func (p *Plan) each() func(ctx context.Context, t *sheet, outcome string) (Report, error) {
	switch p.name() {
	case CrossedName:
		return p.crossed
	case GrowthName:
		return p.growth
	case RoundRobinName:
		return p.roundRobin
	case FamilyRolesName:
		return p.familyRoles
	case LaggedName:
		return p.lagged
	case ResponseSurfaceName:
		return p.responseSurface
	default:
		return p.groupLevel
	}
}

// ended returns the fault of an analysis that was given up, and any other error
// as it is.
func ended(ctx context.Context, err error) error {
	if ctx.Err() != nil && errors.Is(err, ctx.Err()) {
		return cancelled(err)
	}
	return err
}

// tell returns who hears of the draws of a stage, nil where nobody listens.
func (p *Plan) tell(stage string) func(done, total int) {
	if p.Progress == nil {
		return nil
	}
	return func(done, total int) { p.Progress.Tell(stage, done, total) }
}

// openTable reads the plan's table.
func openTable(dir fs.FS, plan *Plan) (*sheet, error) {
	f, err := dir.Open(plan.Data)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fault.At("/data", "no_such_file", "There is no such file in the plan's directory.")
	case err != nil:
		return nil, fault.Wrap(fault.Invalid, "unreadable_file", "The table's file cannot be opened.", err)
	}
	table, err := readTable(f, plan.Roles.columns())
	return table, errors.Join(err, f.Close())
}
