package analysis

import (
	"context"
	"fmt"

	"holon/internal/multilevel"
	"holon/internal/multilevel/course"
	"holon/internal/multilevel/grouplevel"
	"holon/internal/multilevel/montecarlo"
)

const (
	mostInfluential = 10     // members named in a report
	newcomerDraws   = 9999   // of the permutation test of newcomers' sessions
	influenceLimit  = 20_000 // ratings, beyond which nobody is left out in turn: no single member matters there
)

// courseOf looks at the rows over their sessions, whose running numbers are
// given by their names. It is nil where no group has two of them.
func courseOf(ctx context.Context, rows []multilevel.Row, number map[string]int, left func(group, member string) bool, o grouplevel.Options, tell Progress) (*Course, error) {
	ratings := make([]course.Rating, 0, len(rows))
	for _, r := range rows {
		if n, ok := number[r.Session]; ok && r.Member != "" {
			ratings = append(ratings, course.Rating{Group: r.Group, Member: r.Member, Session: n, Value: r.Value})
		}
	}
	out := &Course{Turnover: course.TurnoverOf(ratings)}
	several := false
	for _, t := range out.Turnover {
		several = several || len(t.Steps) > 1
	}
	if !several {
		return nil, ctx.Err()
	}
	var err error
	seed := o.Seed
	if seed == 0 {
		seed = multilevel.DefaultSeed
	}
	out.Newcomers, err = course.NewcomersOf(ctx, ratings, montecarlo.Plan{Draws: newcomerDraws, Seed: seed})
	if err != nil {
		return nil, err
	}
	out.Lines = course.WhoCame(ratings)
	out.Survivorship = course.SurvivorshipOf(ratings, left)
	out.Emergence = course.EmergenceOf(ratings)
	out.Influence, err = influence(ctx, rows, ratings, o, tell)
	return out, err
}

// influence leaves every member out in turn and names those whom the group's
// share hangs on.
func influence(ctx context.Context, rows []multilevel.Row, ratings []course.Rating, o grouplevel.Options, tell Progress) ([]course.Influence, error) {
	all, err := grouplevel.Shares(ctx, grouplevel.Table{Rows: rows, Shared: true}, o)
	if err != nil {
		return nil, err
	}
	if all.Share.Group == nil || len(rows) > influenceLimit {
		return nil, nil
	}
	o.Structure = all.Structure
	estimate := func(rest []course.Rating) *float64 {
		part := make([]multilevel.Row, len(rest))
		for i, r := range rest {
			part[i] = multilevel.Row{Group: r.Group, Member: r.Member, Session: sessionName(r.Group, r.Session), Value: r.Value}
		}
		left, err := grouplevel.Shares(ctx, grouplevel.Table{Rows: part, Shared: true}, o)
		if err != nil {
			return nil // the next one notices that the time is over
		}
		return left.Share.Group
	}
	var progress func(done, total int)
	if tell != nil {
		progress = func(done, total int) { tell("leaving out one member after the other", done, total) }
	}
	found, err := course.LeaveOneOut(ctx, ratings, false, all.Share.Group, estimate, progress)
	if err != nil {
		return nil, err
	}
	return found[:min(len(found), mostInfluential)], nil
}

// sessionName names a session by its group and running number.
func sessionName(group string, number int) string { return fmt.Sprintf("%s/%d", group, number) }
