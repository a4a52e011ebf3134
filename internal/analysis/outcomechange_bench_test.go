package analysis_test

import (
	"fmt"
	"testing"
	"time"

	"holon/internal/analysis"
	"holon/internal/session"
)

// BenchmarkOutcomeChange asks about 320 members over 20 meetings, and about an
// eighth of them. The ratio of the two by member, in one run, is
// member320/member40: about one where the cost is linear.
func BenchmarkOutcomeChange(b *testing.B) {
	const groups, size, meetings = 40, 8, 20
	r := newRecords(b)
	for k := range groups {
		id := fmt.Sprintf("g%02d", k)
		members := people(id, size)
		g := r.group(b, id, session.KindGroup, members...)
		for number := 1; number <= meetings; number++ {
			s := r.meeting(b, g, number)
			for i, m := range members {
				v := float64((k + i*number) % 4)
				r.submit(b, s, form{instrument: "gad-7", by: string(m), answers: []float64{v, v, v, v, v, v, v}})
			}
		}
	}
	few := analysis.Ask{Measure: total("gad-7")}
	for _, g := range r.groups[:groups/8] {
		few.Groups = append(few.Groups, g.ID)
	}
	ask := func(q analysis.Ask) time.Duration {
		at := b.Elapsed()
		if _, err := analysis.OutcomeChange(b.Context(), r, q); err != nil {
			b.Fatal(err)
		}
		return b.Elapsed() - at
	}
	var all, eighth time.Duration
	for b.Loop() {
		all += ask(analysis.Ask{Measure: total("gad-7")})
		eighth += ask(few)
	}
	b.ReportMetric(all.Seconds()/(8*eighth.Seconds()), "member320/member40")
	b.ReportMetric(float64(all.Nanoseconds())/float64(b.N*groups*size*meetings), "ns/value")
}
