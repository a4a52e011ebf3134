package study_test

import (
	"math/rand/v2"
	"testing"

	"holon/internal/instrument"
	"holon/internal/session"
	"holon/internal/study"
)

// course is how a study goes on between one release of everything and the next.
type between struct {
	name string
	goes func(w *world)
}

// TestWhatIsRefusedInOrdinaryUse says how often the second and the third release of
// everything in a study is refused.
func TestWhatIsRefusedInOrdinaryUse(t *testing.T) {
	t.Parallel()
	meet := func(w *world) {
		for _, g := range w.groups {
			w.meet(g)
		}
	}
	for _, missing := range []int{0, 50, 10} {
		for _, b := range []between{
			{"every group meets once more", meet},
			{"every group meets once more, one person consents", func(w *world) {
				meet(w)
				w.refuses[w.groups[0].Spells[1].MemberID] = !w.refuses[w.groups[0].Spells[1].MemberID]
			}},
			{"one answer is corrected", func(w *world) {
				for _, s := range w.sessions[w.groups[0].ID] {
					if len(s.Alliances) > 0 {
						w.change(&s.Alliances[0].Rating)
						return
					}
				}
			}},
			{"three groups of therapy meet", func(w *world) {
				for _, g := range w.groups[:3] {
					w.meet(g)
				}
			}},
			{"four groups of therapy meet", func(w *world) {
				for _, g := range w.groups[:4] {
					w.meet(g)
				}
			}},
			{"a third of the groups meets", func(w *world) {
				for i, g := range w.groups {
					if i%3 == 0 {
						w.meet(g)
					}
				}
			}},
		} {
			refused, on := 0, map[string]int{}
			for seed := range uint64(20) {
				rng := rand.New(rand.NewPCG(seed, 3))
				w := newWorld(t, rng, 30, 0, 11)
				w.missing = missing
				for _, g := range w.groups {
					w.sessions[g.ID] = nil
					for range 5 {
						w.meet(g)
					}
				}
				w.study.Measures = []session.Measure{own("holon-alliance-1", instrument.RaterMember), own("holon-cohesion-1", instrument.RaterMember)}
				var earlier []*study.Contributions
				for range 3 {
					c := w.choose(w.freeze(), study.Everything())
					err := study.CheckRelease(&c.behind, earlier, 11)
					if len(earlier) > 0 && err != nil {
						refused++
						for _, d := range study.Differences(&c.behind, earlier[len(earlier)-1]) {
							if (d.People > 0 && d.People < 11) || (d.Groups > 0 && d.Groups < 3) {
								on[d.Measures]++
							}
						}
					}
					earlier = append(earlier, &c.behind)
					b.goes(w)
				}
			}
			t.Logf("missing 1/%d: %s: %d of 40 refused %v", missing, b.name, refused, on)
		}
	}
}
