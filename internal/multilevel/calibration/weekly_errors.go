package main

import (
	"context"
	"fmt"
	"strings"

	"holon/internal/multilevel"
	"holon/internal/multilevel/grouplevel"
)

// The numbers of the first scenario of each section, which seeds are made of.
const (
	firstWeeklyError   = 2000
	firstWeeklyCovered = 3000
)

// ofWeeks tests the rows of one data set, for the answer only.
func ofWeeks(ctx context.Context, rows []multilevel.Row, o settings, seed uint64) (multilevel.GroupLevel, error) {
	return grouplevel.Test(ctx, grouplevel.Table{Rows: rows}, grouplevel.Options{
		Options: multilevel.Options{Draws: o.inner, Seed: seed}, Detail: grouplevel.AnswerOnly,
	})
}

// quiet lists the scenarios without group variance but with that of sessions.
func quiet() []weekly {
	var out []weekly
	for _, kind := range []scale{normal(), skewed()} {
		for _, open := range []bool{false, true} {
			for _, groups := range []int{12, 35} {
				for _, sessions := range []int{1, 2, 4, 12} {
					out = append(out, weekly{groups: groups, seats: 8, sessions: sessions, open: open, scale: kind})
				}
			}
		}
	}
	for _, kind := range []scale{normal(), skewed()} {
		for _, open := range []bool{false, true} {
			for _, groups := range []int{5, 20, 50} {
				out = append(out, weekly{groups: groups, seats: 8, sessions: 6, open: open, scale: kind})
			}
		}
	}
	return out
}

// finding is what the tests find in one data set.
type finding struct{ group, together, primary, boundary, all, means, weather bool }

// findingOf reads a result.
func findingOf(r *multilevel.GroupLevel, rows []multilevel.Row) finding {
	significant := func(p *float64) bool { return p != nil && *p <= 0.05 }
	all, means := naive(rows)
	f := finding{all: significant(all), means: significant(means)}
	f.group = r.Answer == multilevel.Supported && r.Estimand == multilevel.Group
	f.together = r.Answer == multilevel.Supported && r.Estimand == multilevel.GroupPlusSession
	for i, t := range r.Tests {
		f.primary = f.primary || i == 0 && significant(t.P)
		f.boundary = f.boundary || t.Component == "group" && t.Method == multilevel.MethodREML && significant(t.P)
	}
	if r.Weather != nil {
		f.weather = r.Weather.Answer == multilevel.Supported
	}
	return f
}

// printWeeklyErrors prints how often a group level is found where there is none.
func printWeeklyErrors(ctx context.Context, out *strings.Builder, o settings) error {
	fmt.Fprintf(out, "## Members over sessions: false answers\n\n"+
		"No group variance; members .5, sessions .1, residual .4 of the (latent) variance; groups of eight seats. In open groups a seat changes hands between two "+
		"sessions with chance %g, and its holder misses one with chance %g. %d data sets in each row, %d draws in every simulation on a data set. How often: the answer is "+
		"`supported` for a lasting group; it is `supported` for group and session together, which one evening cannot tell apart and is not wrong about (sessions do differ); the primary "+
		"test and the likelihood ratio with its 50:50 null are significant at .05; and so the two tests that Holon refuses, the F of all ratings and that of member means. Last, how often "+
		"shared weather, which is there, is `supported`.\n\n", leaving, absent, o.tables, o.inner)
	header(out, "groups", "sessions", "ratings", "`supported`: group", "`supported`: group + session", "primary p ≤ .05", "`reml_lrt` p ≤ .05", "F of all ratings", "F of member means", "weather `supported`")
	for number, w := range quiet() {
		found, err := each(ctx, w.draw, firstWeeklyError+uint64(number), o, func(ctx context.Context, rows []multilevel.Row, seed uint64) (finding, error) {
			r, err := ofWeeks(ctx, rows, o, seed)
			if err != nil {
				return finding{}, err
			}
			return findingOf(&r, rows), nil
		})
		if err != nil {
			return err
		}
		cells := []string{fmt.Sprintf("%d %s", w.groups, w.label()), fmt.Sprint(w.sessions), w.scale.label}
		for _, of := range []func(finding) bool{
			func(f finding) bool { return f.group }, func(f finding) bool { return f.together }, func(f finding) bool { return f.primary },
			func(f finding) bool { return f.boundary }, func(f finding) bool { return f.all }, func(f finding) bool { return f.means },
			func(f finding) bool { return f.weather },
		} {
			var r rate
			for _, f := range found {
				r.add(of(f))
			}
			cells = append(cells, r.String())
		}
		row(out, cells...)
	}
	out.WriteString("\n")
	return nil
}
