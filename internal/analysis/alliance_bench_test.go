package analysis_test

import (
	"fmt"
	"testing"

	"holon/internal/analysis"
	"holon/internal/instrument"
	"holon/internal/session"
)

// BenchmarkAlliance analyses groups of eight over so many sessions: the time per
// answer is to stay the same.
func BenchmarkAlliance(b *testing.B) {
	for _, size := range []struct{ groups, sessions int }{{2, 10}, {8, 10}, {8, 40}} {
		b.Run(fmt.Sprintf("groups=%d/sessions=%d", size.groups, size.sessions), func(b *testing.B) {
			r := newRecords(b)
			answers := 0
			for k := range size.groups {
				id := fmt.Sprintf("g%d", k)
				members := people(id, 8)
				g := r.group(b, id, session.KindGroup, members...)
				for number := 1; number <= size.sessions; number++ {
					s := r.meeting(b, g, number)
					for i, m := range members {
						v := float64((3*number*number + 5*i + number*i + k) % 11)
						r.submit(b, s,
							form{instrument: allianceItem, by: string(m), about: session.About{TherapistID: "t1"}, answers: []float64{v}},
							form{instrument: allianceItem, rater: instrument.RaterTherapist, by: "t1", about: session.About{TherapistID: "t1", MemberID: m}, answers: []float64{float64((int(v) + number*i) % 11)}})
						answers++
					}
				}
			}
			b.ResetTimer()
			for b.Loop() {
				if _, err := analysis.Alliance(b.Context(), r, analysis.Ask{Measure: byMembers(allianceItem)}); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(answers), "ns/answer")
		})
	}
}
