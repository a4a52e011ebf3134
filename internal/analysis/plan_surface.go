package analysis

import (
	"context"
	"math"

	"holon/internal/fault"
	"holon/internal/multilevel"
	"holon/internal/multilevel/surface"
)

// surfaceOptions notes what is wrong with the options of a response surface.
func (p *Plan) surfaceOptions(faults *fault.List) {
	oneOf(faults, "/options/expected", p.Expected, "", surface.Highest, surface.Lowest)
	if p.name() == ResponseSurfaceName && p.Low != nil && p.High != nil && !(*p.Low < *p.High) {
		faults.Add("/options/low", "out_of_range", "The low end of the scale lies below the high end.")
	}
}

// responseSurface asks whether the agreement of two raters goes with an outcome.
func (p *Plan) responseSurface(_ context.Context, t *sheet, outcome string) (Report, error) {
	r := Report{Outcome: outcome}
	rows, err := p.surfaceRows(t, outcome, &r)
	if err != nil {
		return Report{}, err
	}
	roles := &p.Roles
	table := surface.Table{X: t.values(rows, roles.First), Y: t.values(rows, roles.Second), Z: t.values(rows, outcome)}
	if roles.Group != "" {
		table.Cluster = t.keys(rows, roles.Group)
		r.Counts.Groups = distinct(table.Cluster)
	}
	for _, c := range t.predictors(roles.Covariates, rows) {
		table.Covariates = append(table.Covariates, surface.Covariate(c))
	}
	found := surface.Analyse(&table, surface.Options{Centre: p.Centre, Low: p.Low, High: p.High, Bound: p.Bound, Expected: p.Expected})
	r.Result = &ResponseSurfaceResult{Result: found, First: roles.First, Second: roles.Second, Cluster: roles.Group}
	r.Caveats.Merge(found.Caveats)
	if instead := askInsteadOfSurface(found.Reason); instead != "" {
		r.object(&multilevel.Objection{Answer: found.Answer, Reason: found.Reason, Detail: surface.Sentence(found.Reason), Instead: instead})
	}
	return r, nil
}

// askInsteadOfSurface says what to do where the question would mislead.
func askInsteadOfSurface(why multilevel.Reason) string {
	switch why {
	case surface.OneRater:
		return "Give first and second the ratings of two people."
	case surface.TwoScales, surface.OffScale:
		return "Bring both ratings to the same scale first, or look at each by itself."
	default:
		return ""
	}
}

// surfaceRows returns where the complete rows stand, and counts them and those that
// are left out.
func (p *Plan) surfaceRows(t *sheet, outcome string, r *Report) ([]int, error) {
	roles := &p.Roles
	var at []int
	var cells canonical
	var left multilevel.Exclusions
	for i, z := range t.numbers[outcome] {
		x, y := t.numbers[roles.First][i], t.numbers[roles.Second][i]
		group := ""
		if roles.Group != "" {
			group = t.names[roles.Group][i]
		}
		switch {
		case math.IsNaN(x) && math.IsNaN(y):
			left.Add("missing_both_ratings", 1)
		case math.IsNaN(x):
			left.Add("missing_first", 1)
		case math.IsNaN(y):
			left.Add("missing_second", 1)
		case math.IsNaN(z):
			left.Add("missing_outcome", 1)
		case roles.Group != "" && group == "":
			left.Add("missing_group", 1)
		case t.lacks(roles.Covariates, i):
			left.Add("missing_covariate", 1)
		default:
			at = append(at, i)
			cells.add(append([]any{group, x, y, z}, t.cells(roles.Covariates, i)...)...)
		}
	}
	var err error
	r.Input, err = cells.input()
	r.Counts.Ratings, r.Counts.Excluded = 2*len(at), left.List()
	return at, err
}
