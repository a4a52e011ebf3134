package study_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"

	"holon/internal/instrument"
	"holon/internal/session"
	"holon/internal/study"
)

func TestASnapshotEndsOnce(t *testing.T) {
	t.Parallel()
	s := study.Snapshot{State: study.Filling, Members: []session.MemberID{"m-a", "m-c"}}
	faults(t, "filling", s.Open(), " snapshot_not_whole")
	s.State = study.Frozen
	faults(t, "frozen", s.Open())
	for m, want := range map[session.MemberID]bool{"m-a": true, "m-b": false, "m-c": true} {
		if s.Holds(m) != want {
			t.Errorf("holds %s: %v", m, !want)
		}
	}
	if !s.End("rd-1", frozenAt) || s.End("rd-2", frozenAt) || s.EndedBy != "rd-1" || len(s.Members) > 0 || !s.EndedAt.Equal(session.Millis(frozenAt)) {
		t.Errorf("%+v", s)
	}
	faults(t, "ended", s.Open(), " snapshot_ended")
}

func TestAWithdrawnReleaseHasNoBytesAndWasAsked(t *testing.T) {
	t.Parallel()
	a := &study.Release{Questions: []string{"x", "y"}, Body: []byte("rows"), SHA256: "sum"}
	b := &study.Release{Questions: []string{"y"}}
	if !a.Withdraw("rd-1") || a.Withdraw("rd-2") || a.WithdrawnBy != "rd-1" || a.Body != nil || a.SHA256 != "sum" {
		t.Errorf("%+v", a)
	}
	if diff := cmp.Diff(map[string]int{"x": 1, "y": 2}, study.TimesAsked([]*study.Release{a, b})); diff != "" {
		t.Error(diff)
	}
}

// BenchmarkContributions is of 1,000 groups of 8 members in 20 sessions, each with a
// form of two measures.
func BenchmarkContributions(b *testing.B) {
	const groups, members, meetings = 1000, 8, 20
	w := &world{rng: rand.New(rand.NewPCG(1, 7))}
	var all []*session.Session
	for g := range groups {
		for n := range meetings {
			s := &session.Session{
				ID: session.SessionID(fmt.Sprintf("g-%04d.%d", g, n+1)), GroupID: session.GroupID(fmt.Sprintf("g-%04d", g)), GroupKind: session.KindGroup, Number: n + 1, HeldOn: "2000-01-03",
			}
			for m := range members {
				who := session.MemberID(fmt.Sprintf("m-%04d-%d", g, m))
				by := session.Rater{Kind: instrument.RaterMember, ID: string(who)}
				s.Roster = append(s.Roster, session.Seat{MemberID: who, Spell: m + 1, Attendance: session.Present, Modality: session.InPerson})
				s.Alliances = append(s.Alliances, session.AllianceRating{Rating: w.rating("holon-alliance-1", by), TherapistID: "t-1", MemberID: who})
				s.Cohesion = append(s.Cohesion, session.CohesionRating{Rating: w.rating("holon-cohesion-1", by)})
			}
			all = append(all, s)
		}
	}
	measures := []session.Measure{own("holon-alliance-1", instrument.RaterMember), own("holon-cohesion-1", instrument.RaterMember)}
	b.ReportAllocs()
	for b.Loop() {
		c := study.NewCounting(measures, definition)
		for _, s := range all {
			c.Add(s)
		}
		if got := c.Contributions(); len(got.Measures) != 29 || len(got.Measures[0].People) != groups*members {
			b.Fatalf("%d measures, %d people", len(got.Measures), len(got.Measures[0].People))
		}
	}
}
