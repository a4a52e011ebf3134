package analysis

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"

	"holon/internal/multilevel"
	"holon/internal/multilevel/mixed"
)

// crossed takes one outcome apart into two factors that cross.
func (p *Plan) crossed(ctx context.Context, t *sheet, outcome string) (Report, error) {
	rows, r, err := p.table(t, outcome, p.Roles.Factors, nil)
	if err != nil {
		return Report{}, err
	}
	var terms []mixed.Term
	for _, factor := range p.Roles.Factors {
		terms = append(terms, mixed.ByUnit(factor, t.keys(rows, factor)))
	}
	m := &model{data: mixed.Data{Y: t.values(rows, outcome), X: p.columns(t, rows), Terms: terms}}
	found, err := m.fit(ctx, p.Progress)
	if err != nil {
		return Report{}, err
	}
	for _, factor := range p.Roles.Factors {
		if err := m.drop(ctx, &found, factor, factor, (*mixed.Model).Without, 0); err != nil {
			return Report{}, err
		}
	}
	r.Result = &CrossedResult{found}
	r.unfitted(found.Reason)
	return r, nil
}

// growth fits the lines of members over time.
func (p *Plan) growth(ctx context.Context, t *sheet, outcome string) (Report, error) {
	roles := &p.Roles
	names := []string{roles.Member}
	if roles.Group != "" {
		names = []string{roles.Group, roles.Member}
	}
	rows, r, err := p.table(t, outcome, names, []string{roles.Time})
	if err != nil {
		return Report{}, err
	}
	const member, group = "member", "group"
	time := mixed.Column{Name: roles.Time, Values: t.values(rows, roles.Time)}
	data := mixed.Data{Y: t.values(rows, outcome), X: append([]mixed.Column{mixed.Intercept(len(rows)), time}, p.columns(t, rows)[1:]...)}
	if roles.Group != "" {
		data.Terms = append(data.Terms, mixed.ByUnit(group, t.keys(rows, roles.Group)))
	}
	data.Terms = append(data.Terms, mixed.ByUnit(member, t.keys(rows, names...)).WithSlopes(time))
	m := &model{data: data, slope: roles.Time}
	found, err := m.fit(ctx, p.Progress)
	if err != nil {
		return Report{}, err
	}
	if err := m.drop(ctx, &found, member, "slope", (*mixed.Model).WithoutSlopes, 1); err != nil {
		return Report{}, err
	}
	r.Counts.Members = distinct(t.keys(rows, names...))
	if roles.Group != "" {
		r.Counts.Groups = distinct(t.keys(rows, roles.Group))
	}
	r.Caveats.Add("intercept_at_time_zero", "The intercepts of lines, their variance and its correlation with slopes are those where "+roles.Time+" is 0, "+
		"and change with another zero; slopes do not.")
	r.Result = &GrowthResult{found}
	r.unfitted(found.Reason)
	return r, nil
}

// table returns where the complete rows of an outcome stand, and a report that
// counts them.
func (p *Plan) table(t *sheet, outcome string, names, numbers []string) ([]int, Report, error) {
	var at []int
	var cells canonical
	var left multilevel.Exclusions
	for i, y := range t.numbers[outcome] {
		line := []any{y}
		missing := math.IsNaN(y)
		for _, n := range numbers {
			missing = missing || math.IsNaN(t.numbers[n][i])
			line = append(line, t.numbers[n][i])
		}
		unnamed := false
		for _, n := range names {
			unnamed = unnamed || t.names[n][i] == ""
			line = append(line, t.names[n][i])
		}
		switch {
		case missing:
			left.Add("missing_outcome", 1)
		case unnamed:
			left.Add("missing_name", 1)
		case t.lacks(p.Roles.Covariates, i):
			left.Add("missing_covariate", 1)
		default:
			at = append(at, i)
			cells.add(append(line, t.cells(p.Roles.Covariates, i)...)...)
		}
	}
	in, err := cells.input()
	return at, Report{Outcome: outcome, Input: in, Counts: Counts{Ratings: len(at), Excluded: left.List()}}, err
}

// columns returns the mean and the covariates of rows.
func (p *Plan) columns(t *sheet, rows []int) []mixed.Column {
	out := []mixed.Column{mixed.Intercept(len(rows))}
	for _, c := range t.predictors(p.Roles.Covariates, rows) {
		out = append(out, mixed.Column(c))
	}
	return out
}

// values returns the numbers of rows.
func (t *sheet) values(rows []int, column string) []float64 {
	out := make([]float64, len(rows))
	for k, i := range rows {
		out[k] = t.numbers[column][i]
	}
	return out
}

// keys returns the names of rows, of several columns with a space between them.
func (t *sheet) keys(rows []int, columns ...string) []string {
	out := make([]string, len(rows))
	for k, i := range rows {
		parts := make([]string, len(columns))
		for c, name := range columns {
			parts[c] = t.names[name][i]
		}
		out[k] = strings.Join(parts, " ")
	}
	return out
}

// distinct counts different names.
func distinct(keys []string) int {
	seen := map[string]bool{}
	for _, k := range keys {
		seen[k] = true
	}
	return len(seen)
}

// unfitted says why nothing was fitted.
func (r *Report) unfitted(why multilevel.Reason) {
	if why != "" {
		r.Caveats.Add(string(why), refusalSentence(mixed.Reason(why)))
	}
}

// model is a model on its way into a result.
type model struct {
	data     mixed.Data
	slope    string // name of the covariate with random slopes
	prepared *mixed.Model
	fits     [2]*mixed.Fit // by REML and ML
}

// methods lists the likelihoods with the names of their tests.
func methods() [2]struct {
	method mixed.Method
	test   string
} {
	return [2]struct {
		method mixed.Method
		test   string
	}{{mixed.REML, multilevel.MethodREML}, {mixed.ML, multilevel.MethodML}}
}

// fit fits both likelihoods. Models that cannot be fitted give a reason.
func (m *model) fit(ctx context.Context, progress Progress) (Model, error) {
	var out Model
	var err error
	if m.prepared, err = mixed.New(m.data); err != nil {
		return reasoned(err)
	}
	for i, l := range methods() {
		progress.Tell("fitting", i, len(m.fits))
		if m.fits[i], err = m.prepared.Fit(ctx, mixed.Options{Method: l.method}); err != nil {
			return reasoned(err)
		}
	}
	progress.Tell("fitting", len(m.fits), len(m.fits))
	out.REML, out.ML, out.Effects = fitOf(m.fits[0], m.slope), fitOf(m.fits[1], m.slope), effectsOf(m.fits[0])
	return out, nil
}

// reasoned returns a model that was refused, or any other error as it is.
func reasoned(err error) (Model, error) {
	if refusal, ok := errors.AsType[*mixed.Refusal](err); ok {
		return Model{Reason: multilevel.Reason(refusal.Reason)}, nil
	}
	return Model{}, err
}

// drop adds the likelihood-ratio tests of a component by the model without it;
// covariances is how many go with it. A smaller model that cannot be fitted
// leaves the test without numbers.
func (m *model) drop(ctx context.Context, out *Model, term, component string, without func(*mixed.Model, string) (*mixed.Model, error), covariances int) error {
	if out.Reason != "" {
		return nil
	}
	for i, l := range methods() {
		test := multilevel.ComponentTest{Component: component, Method: l.test}
		if small, err := without(m.prepared, term); err == nil {
			f, err := small.Fit(ctx, mixed.Options{Method: l.method})
			if ctx.Err() != nil {
				return ctx.Err()
			}
			if err == nil {
				drop := mixed.Drop(m.fits[i], f)
				test.Statistic, test.P = &drop, new(mixed.BoundaryP(drop, covariances))
				test.Null = new(fmt.Sprintf("0.5*chisq(%d)+0.5*chisq(%d)", covariances, covariances+1))
			}
		}
		out.Tests = append(out.Tests, test)
	}
	return nil
}
