package guess

import (
	"holon/internal/multilevel"
	"holon/internal/multilevel/clustered"
)

// Row is one guess of one therapist beside what the member answered and the mean
// of what the other members answered in the same session.
type Row struct {
	Member, Session    int
	Guess, Own, Others float64
}

// Pull tells a guess that follows the member from one that follows the others:
//
//	guess = member's level + own·answer + others·mean of the others + error
//
// by least squares, with a level for every member. A guess that follows the
// member has own near 1 and others near 0; a pull towards the others shows as
// others above 0 with own held (the bias force of West and Kenny 2011,
// Psychological Review 118, 357-378, within pairs). What a therapist feels in an
// evening touches all guesses of it, so errors are clustered on sessions (CR2).
type Pull struct {
	Rows, Members, Sessions int
	Own, Others             clustered.Coefficient
	Reason                  multilevel.Reason
}

// PullOf fits the rows. A member with a single one tells nothing and is left out.
// Fewer than FewestPairs members or FewestWeeks sessions give no numbers.
func PullOf(rows []Row) Pull {
	var out Pull
	count := map[int]int{}
	for _, r := range rows {
		count[r.Member]++
	}
	column, sessions := map[int]int{}, map[int]bool{}
	var d clustered.Design
	var own, others []float64
	var member []int
	for _, r := range rows {
		if count[r.Member] < 2 {
			continue
		}
		if _, seen := column[r.Member]; !seen {
			column[r.Member] = len(column)
		}
		sessions[r.Session] = true
		member = append(member, column[r.Member])
		d.Y, d.Cluster = append(d.Y, r.Guess), append(d.Cluster, r.Session)
		own, others = append(own, r.Own), append(others, r.Others)
	}
	out.Rows, out.Members, out.Sessions = len(d.Y), len(column), len(sessions)
	switch {
	case out.Members < FewestPairs:
		out.Reason = FewPairs
		return out
	case out.Sessions < FewestWeeks:
		out.Reason = FewWeeks
		return out
	}
	d.X = [][]float64{own, others}
	for range column {
		d.X = append(d.X, make([]float64, len(d.Y)))
	}
	for i, k := range member {
		d.X[2+k][i] = 1
	}
	fit, why := clustered.Of(d)
	switch why {
	case "":
		out.Own, out.Others = fit.Coefficients[0], fit.Coefficients[1]
	case clustered.Collinear, clustered.NothingLeft:
		out.Reason = NotSeparate
	case clustered.FewRows:
		out.Reason = FewWeeks
	default:
		out.Reason = NoVariation
	}
	return out
}
