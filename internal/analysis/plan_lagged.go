package analysis

import (
	"cmp"
	"context"
	"math"
	"strconv"

	"holon/internal/fault"
	"holon/internal/multilevel"
	"holon/internal/multilevel/lagged"
)

// lagged asks what goes before what between the predictor and an outcome.
func (p *Plan) lagged(ctx context.Context, t *sheet, outcome string) (Report, error) {
	roles := &p.Roles
	names, numbers := []string{roles.Member, roles.Session}, []string{roles.Predictor}
	if roles.Group != "" {
		names = append([]string{roles.Group}, names...)
	}
	if roles.Time != "" {
		numbers = append(numbers, roles.Time)
	}
	rows, r, err := p.table(t, outcome, names, numbers)
	if err != nil {
		return Report{}, err
	}
	table := lagged.Table{Grouped: roles.Group != ""}
	result := &LaggedResult{Before: roles.Predictor, Next: outcome, Unit: roles.Session}
	if roles.Time != "" {
		result.Unit = roles.Time
	}
	r.Result = result
	type seat struct {
		group, member string
		session       int
	}
	seen := map[seat]bool{}
	twice := false
	for _, i := range rows {
		number, ok := sessionNumber(t.names[roles.Session][i])
		if !ok {
			return Report{}, fault.At("/roles/session", "session_not_a_number", "To know which session comes next, sessions must be whole numbers, one higher from each to the next.")
		}
		o := lagged.Occasion{
			Member: t.names[roles.Member][i], Session: strconv.Itoa(number), Order: number, Time: float64(number),
			X: t.numbers[roles.Predictor][i], Y: t.numbers[outcome][i],
		}
		if table.Grouped {
			o.Group = t.names[roles.Group][i]
		}
		if roles.Time != "" {
			o.Time = t.numbers[roles.Time][i]
		}
		at := seat{o.Group, o.Member, number}
		twice = twice || seen[at]
		seen[at] = true
		table.Occasions = append(table.Occasions, o)
	}
	r.countOccasions(&table)
	if twice {
		o := memberTwice()
		r.object(o)
		result.Result = lagged.Refused(o.Reason, table.Grouped)
		return r, nil
	}
	result.Result, err = lagged.Analyse(ctx, table, lagged.Options{Bound: p.Bound, Draws: p.Draws, Seed: p.Seed, Progress: p.tell("resampling")})
	r.Caveats.Merge(result.Caveats)
	return r, err
}

// memberTwice objects to two rows of one member in one session.
func memberTwice() *multilevel.Objection {
	return &multilevel.Objection{
		Answer: multilevel.Refused, Reason: "member_twice_in_session",
		Detail:  "A member stands twice in one session, so that it is not plain which value comes before which.",
		Instead: "Give every member one row in a session, and name the group where members of several groups have the same names.",
	}
}

// mostSessionNumber bounds the numbers of sessions of a table.
const mostSessionNumber = 1_000_000_000

// sessionNumber reads a session's number.
func sessionNumber(cell string) (int, bool) {
	v, err := strconv.ParseFloat(cell, 64)
	if err != nil || v != math.Trunc(v) || !(math.Abs(v) <= mostSessionNumber) {
		return 0, false
	}
	return int(v), true
}

// countOccasions counts what goes into a lagged analysis.
func (r *Report) countOccasions(t *lagged.Table) {
	groups, members, sessions := map[string]bool{}, map[[2]string]bool{}, map[[2]string]bool{}
	for i := range t.Occasions {
		o := &t.Occasions[i]
		groups[o.Group] = true
		members[[2]string{o.Group, cmp.Or(o.About, o.Member)}] = true
		sessions[[2]string{o.Group, o.Session}] = true
	}
	r.Counts.Members, r.Counts.Sessions, r.Counts.Ratings = len(members), new(len(sessions)), len(t.Occasions)
	if t.Grouped {
		r.Counts.Groups = len(groups)
	}
}
