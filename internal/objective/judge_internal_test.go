package objective

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// lived is one occasion as it was, in a completion.
type lived struct {
	holds []bool
	goals []map[int]bool
}

// satisfied judges a completed course by the words of the rule alone.
func satisfied(needed []Needed, first int, at []int, all []lived) (answer, known bool) {
	var looked []lived
	for i, x := range all {
		if (first == 0 || i < first) && (at == nil || slices.Contains(at, i+1)) {
			looked = append(looked, x)
		}
	}
	answer, known = true, true
	for c, n := range needed {
		good, longest, run := 0, 0, 0
		goals := map[int]bool{}
		for _, x := range looked {
			run++
			if x.holds[c] {
				good++
			} else {
				run = 0
			}
			longest = max(longest, run)
			for g := range x.goals[c] {
				goals[g] = true
			}
		}
		var is bool
		switch {
		case n.endorsed:
			is = len(goals) >= *n.AtLeast
		case n.Every:
			is = good == len(looked)
			known = known && len(looked) > 0
		case n.Share != nil:
			is = len(looked) == 0 || float64(good)/float64(len(looked)) >= *n.Share-1e-9
			known = known && len(looked) > 0
		case n.Consecutive:
			is = longest >= *n.AtLeast
		default:
			is = good >= *n.AtLeast
		}
		if !is {
			return false, true
		}
	}
	return answer, known
}

// brute answers by going through every past and every future.
func brute(j *judging, occasions [][]world, toCome int) Answer {
	futures := j.futures(toCome)
	canHold, canFail, open := false, false, false
	var pasts func(i int, chosen []world)
	pasts = func(i int, chosen []world) {
		if i < len(occasions) {
			for _, w := range occasions[i] {
				pasts(i+1, append(slices.Clone(chosen), w))
			}
			return
		}
		holds, fails := false, false
		ends := map[[2]bool]bool{}
		for _, settled := range j.settled(chosen) {
			for _, f := range futures {
				is, known := satisfied(j.needed, j.first, j.at, append(slices.Clone(settled), f...))
				holds, fails = holds || is || !known, fails || !is || !known
				ends[[2]bool{is, known}] = true
			}
		}
		canHold, canFail, open = canHold || holds, canFail || fails, open || len(ends) > 1
	}
	pasts(0, nil)
	switch {
	case canHold && !canFail:
		return Met
	case canFail && !canHold:
		return NotMet
	case open:
		return Open
	default:
		return CannotBeJudged
	}
}

// settled lists every way in which what is pending in a past may end.
func (j *judging) settled(past []world) [][]lived {
	out := [][]lived{nil}
	for _, w := range past {
		if !w.counts {
			continue
		}
		ends := []lived{{}}
		for c := range j.needed {
			b := w.brings[c]
			ends = spread(ends, b.holds, b.goals)
			if b.pending {
				more := make([]lived, 0, 2*len(ends))
				for _, e := range ends {
					more = append(more, e)
					if !b.holds || b.maybe != (goalSet{}) {
						twin := lived{holds: slices.Clone(e.holds), goals: slices.Clone(e.goals)}
						twin.holds[c] = true
						twin.goals[c] = members(b.goals.or(b.maybe))
						more = append(more, twin)
					}
				}
				ends = more
			}
		}
		var next [][]lived
		for _, so := range out {
			for _, e := range ends {
				next = append(next, append(slices.Clone(so), e))
			}
		}
		out = next
	}
	return out
}

// spread adds what one condition showed to every end.
func spread(ends []lived, holds bool, goals goalSet) []lived {
	out := make([]lived, len(ends))
	for i, e := range ends {
		out[i] = lived{holds: append(slices.Clone(e.holds), holds), goals: append(slices.Clone(e.goals), members(goals))}
	}
	return out
}

// members lists a set.
func members(s goalSet) map[int]bool {
	out := map[int]bool{}
	for i := range 128 {
		if s[i/64]&(1<<(i%64)) != 0 {
			out[i] = true
		}
	}
	return out
}

// futures lists every future of up to so many occasions.
func (j *judging) futures(toCome int) [][]lived {
	out := [][]lived{nil}
	last := out
	for range toCome {
		var next [][]lived
		for _, f := range last {
			for bits := range 1 << len(j.needed) {
				x := lived{}
				for c := range j.needed {
					x.holds = append(x.holds, bits>>c&1 == 1)
					goals := map[int]bool{}
					if bits>>c&1 == 1 { // any number of new goals may be set and endorsed
						for g := range MaxEndorsed {
							goals[100+g] = true
						}
					}
					x.goals = append(x.goals, goals)
				}
				next = append(next, append(slices.Clone(f), x))
			}
		}
		out = append(out, next...)
		last = next
	}
	return out
}

// drawNeeded draws how often a condition has to hold.
func drawNeeded(t *rapid.T, most int) Needed {
	n := rapid.IntRange(1, max(most, 1)).Draw(t, "needed")
	switch rapid.IntRange(0, 4).Draw(t, "how") {
	case 0:
		return Needed{AtLeast: &n}
	case 1:
		return Needed{AtLeast: &n, Consecutive: true}
	case 2:
		return Needed{Every: true}
	case 3:
		return Needed{Share: new(rapid.SampledFrom([]float64{0.25, 0.5, 2.0 / 3, 0.9, 1}).Draw(t, "share"))}
	default:
		return Needed{AtLeast: &n, endorsed: true}
	}
}

// drawOccasion draws what may have been of one occasion.
func drawOccasion(t *rapid.T, conditions int) []world {
	shown := make([]seen, conditions)
	for c := range shown {
		shown[c] = seen{truth: rapid.SampledFrom([]Truth{Holds, Holds, Fails, Fails, Unknown, Pending}).Draw(t, "truth")}
		shown[c].goals = goalSet{rapid.Uint64Range(0, 7).Draw(t, "goals")}
		if shown[c].truth == Unknown || shown[c].truth == Pending {
			shown[c].maybe = goalSet{rapid.Uint64Range(0, 7).Draw(t, "maybe")}
		}
	}
	worlds := worldsOf(shown)
	if rapid.IntRange(0, 3).Draw(t, "sure") == 0 {
		worlds = append(worlds, world{})
	}
	return worlds
}

// TestJudgingIsWhatEveryCompletionSays holds the answer against going through
// every way in which what is missing may have been, and every future.
func TestJudgingIsWhatEveryCompletionSays(t *testing.T) {
	t.Parallel()
	answers := map[Answer]int{}
	rapid.Check(t, func(t *rapid.T) {
		j := judging{}
		conditions := rapid.IntRange(1, 2).Draw(t, "conditions")
		switch rapid.IntRange(0, 2).Draw(t, "window") {
		case 0:
			j.first = rapid.IntRange(1, 5).Draw(t, "first")
		case 1:
			j.at = []int{rapid.IntRange(1, 2).Draw(t, "at"), rapid.IntRange(3, 5).Draw(t, "at")}
		default:
		}
		for range conditions {
			j.needed = append(j.needed, drawNeeded(t, 3))
		}
		var occasions [][]world
		for range rapid.IntRange(0, 4).Draw(t, "occasions") {
			occasions = append(occasions, drawOccasion(t, conditions))
		}
		toCome := rapid.IntRange(0, 2).Draw(t, "to come")
		got, want := j.judge(occasions, toCome), brute(&j, occasions, toCome)
		if got != want {
			t.Fatalf("judged %s, every completion says %s", got, want)
		}
		answers[got]++
	})
	for _, a := range []Answer{Met, NotMet, Open, CannotBeJudged} {
		if answers[a] == 0 {
			t.Errorf("no case was answered %s, so it was not tested", a)
		}
	}
}

// TestAnUnlimitedFutureIsAsLongAsItNeedsToBe compares an unlimited number of
// occasions to come with more than could matter.
func TestAnUnlimitedFutureIsAsLongAsItNeedsToBe(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		j := judging{needed: []Needed{drawNeeded(t, 3)}}
		if s := j.needed[0].Share; s != nil && *s < 1 {
			*s = 0.5
		}
		if rapid.Bool().Draw(t, "bounded") {
			j.first = rapid.IntRange(1, 4).Draw(t, "first")
		}
		var occasions [][]world
		for range rapid.IntRange(0, 3).Draw(t, "occasions") {
			occasions = append(occasions, drawOccasion(t, 1))
		}
		if got, want := j.judge(occasions, everMore), brute(&j, occasions, 8); got != want {
			t.Fatalf("judged %s, with eight more occasions %s", got, want)
		}
	})
}

func TestTooManyPastsAreNotJudged(t *testing.T) {
	t.Parallel()
	j := judging{needed: []Needed{{AtLeast: new(MaxEndorsed), endorsed: true}}}
	var occasions [][]world
	for i := range 60 {
		x := seen{truth: Unknown, maybe: goalSet{1 << i}}
		occasions = append(occasions, worldsOf([]seen{x}))
	}
	if got := j.judge(occasions, 0); got != CannotBeJudged {
		t.Errorf("answered %s", got)
	}
}

func TestSharesOfWholeNumbersAreExact(t *testing.T) {
	t.Parallel()
	for _, x := range []struct {
		good, all int
		share     float64
		want      bool
	}{{9, 10, 0.9, true}, {8, 9, 0.9, false}, {7, 8, 0.9, false}, {8, 8, 0.9, true}, {3, 10, 0.3, true}, {1, 3, 1.0 / 3, true}, {27, 30, 0.9, true}, {26, 30, 0.9, false}} {
		if got := enough(x.good, x.all, x.share); got != x.want {
			t.Errorf("%s: %v", fmt.Sprintf("%d of %d at %g", x.good, x.all, x.share), got)
		}
	}
}
