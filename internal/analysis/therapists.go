package analysis

import (
	"context"
	"slices"

	"holon/internal/multilevel"
	"holon/internal/multilevel/grouplevel"
	"holon/internal/session"
)

// ledBy returns who led each group on the days whose sessions are used: all
// who did so on at least half of them, or else the one who did most often.
// Observers and substitutes of a few evenings are not among them.
func ledBy(groups []*session.Group, days map[session.GroupID][]session.Date) map[string][]string {
	out := map[string][]string{}
	for _, g := range groups {
		count := map[session.TherapistID]int{}
		for _, day := range days[g.ID] {
			for _, spell := range g.TherapistsOn(day) {
				count[spell.TherapistID]++
			}
		}
		most := 0
		for _, n := range count {
			most = max(most, n)
		}
		for id, n := range count {
			if 2*n >= len(days[g.ID]) || n == most {
				out[string(g.ID)] = append(out[string(g.ID)], string(id))
			}
		}
		slices.Sort(out[string(g.ID)])
	}
	return out
}

// therapistShare estimates the therapists' part of the variance.
func therapistShare(ctx context.Context, rows []multilevel.Row, led map[string][]string, o grouplevel.Options) (TherapistShare, error) {
	e, err := grouplevel.Shares(ctx, grouplevel.Table{Rows: rows, Therapists: led, Shared: true}, o)
	return TherapistShare{Therapists: e.Therapists, Share: e.Share.Therapist, Group: e.Share.Group, P: e.Therapist.P, Reason: e.Reason}, err
}
