package analysis

import (
	"math"
	"slices"

	"holon/internal/multilevel/grouplevel"
)

// lacks tells whether a row has an empty cell among the covariates.
func (t *sheet) lacks(covariates []Covariate, i int) bool {
	return slices.ContainsFunc(covariates, func(c Covariate) bool {
		if c.Kind == CategoryKind {
			return t.names[c.Column][i] == ""
		}
		return math.IsNaN(t.numbers[c.Column][i])
	})
}

// cells returns a row's covariates as they stand in the table.
func (t *sheet) cells(covariates []Covariate, i int) []any {
	var out []any
	for _, c := range covariates {
		if c.Kind == CategoryKind {
			out = append(out, t.names[c.Column][i])
		} else {
			out = append(out, t.numbers[c.Column][i])
		}
	}
	return out
}

// predictor is one column of fixed effects.
type predictor = grouplevel.Covariate

// predictors returns the columns of fixed effects for these rows of the table:
// a number as it is, a category as one column for each of its names but the
// first in alphabetical order, which the others are compared with.
func (t *sheet) predictors(covariates []Covariate, at []int) []predictor {
	var out []predictor
	for _, c := range covariates {
		if c.Kind != CategoryKind {
			out = append(out, predictorOf(c.Column, at, func(i int) float64 { return t.numbers[c.Column][i] }))
			continue
		}
		cells := t.names[c.Column]
		var names []string
		for _, i := range at {
			names = append(names, cells[i])
		}
		slices.Sort(names)
		names = slices.Compact(names)
		for _, name := range names[min(1, len(names)):] {
			out = append(out, predictorOf(c.Column+"="+name, at, func(i int) float64 {
				if cells[i] == name {
					return 1
				}
				return 0
			}))
		}
	}
	return out
}

// predictorOf makes a predictor of the rows.
func predictorOf(name string, at []int, value func(i int) float64) predictor {
	out := predictor{Name: name, Values: make([]float64, len(at))}
	for k, i := range at {
		out.Values[k] = value(i)
	}
	return out
}
