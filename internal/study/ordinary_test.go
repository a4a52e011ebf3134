package study_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"holon/internal/instrument"
	"holon/internal/session"
	"holon/internal/study"
)

// between is how a study goes on between one release of everything and the next, and
// how many of the releases are refused where every answer is there.
type between struct {
	name        string
	goes        func(w *world)
	least, most int
}

// ordinary lists what happens between two snapshots.
func ordinary() []between {
	return []between{
		{"every group meets once more", (*world).meetAll, 0, 0},
		{"every group meets once more, and one person's consent changes", func(w *world) {
			w.meetAll()
			who := w.groups[0].Spells[1].MemberID
			w.refuses[who] = !w.refuses[who]
		}, 0, 0},
		{"a third of the groups meets once more", func(w *world) { w.meetSome(3) }, 0, 0},
		{"three groups meet once more", func(w *world) { w.meetSome(10) }, 1, asked},
		{"one answer is corrected", (*world).correctOne, asked - 3, asked}, // not where it is that of somebody without consent
	}
}

// meetSome adds a session to every n-th group.
func (w *world) meetSome(n int) {
	for i, g := range w.groups {
		if i%n == 0 {
			w.meet(g)
		}
	}
}

// correctOne corrects the first answer there is.
func (w *world) correctOne() {
	for _, s := range w.sessions[w.groups[0].ID] {
		if len(s.Alliances) > 0 {
			w.change(&s.Alliances[0].Rating)
			return
		}
	}
}

// asked is how many releases are tried of each kind.
const asked = 20

// TestWhatIsRefusedInOrdinaryUse says how often the second and the third release of
// everything in a study of thirty groups is refused. That answers are missing changes
// little: how many is not told where those since the last one are few.
func TestWhatIsRefusedInOrdinaryUse(t *testing.T) {
	t.Parallel()
	for _, b := range ordinary() {
		line := "| " + b.name + " |"
		for _, missing := range []int{0, 50} {
			refused := 0
			for seed := range uint64(asked / 2) {
				refused += refusedOf(t, seed, missing, b.goes)
			}
			line += fmt.Sprintf(" %d |", refused)
			if missing == 0 && (refused < b.least || refused > b.most) {
				t.Errorf("%s: %d of %d refused", b.name, refused, asked)
			}
		}
		t.Log(line)
		onThePage(t, line)
	}
}

// refusedOf counts the refused of two releases that follow a first one.
func refusedOf(t *testing.T, seed uint64, missing int, goes func(*world)) int {
	t.Helper()
	w := newWorld(t, rand.New(rand.NewPCG(seed, 3)), 30, 0, study.DefaultThreshold)
	w.missing = missing
	w.study.Measures = []session.Measure{own("holon-alliance-1", instrument.RaterMember), own("holon-cohesion-1", instrument.RaterMember)}
	clear(w.sessions)
	for range 5 {
		w.meetAll()
	}
	refused := 0
	var earlier []*study.Standing
	for range 3 {
		c := w.choose(w.freeze(), study.Everything())
		behind, err := study.WithoutTelling(t.Context(), c.behind, earlier, study.DefaultThreshold)
		if err != nil {
			t.Fatal(err)
		}
		if err := study.CheckRelease(t.Context(), behind, earlier, study.DefaultThreshold); err != nil {
			refused++
		} else {
			earlier = append(earlier, behind)
		}
		goes(w)
	}
	return refused
}
