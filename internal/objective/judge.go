package objective

import (
	"math"
	"math/bits"
	"slices"
)

// Answer is what the records say about an objective.
type Answer string

// The answers.
const (
	Met            Answer = "met"              // however what is missing may have been, and whatever comes
	NotMet         Answer = "not_met"          // it cannot be reached any more
	Open           Answer = "open"             // what is still to come decides
	CannotBeJudged Answer = "cannot_be_judged" // what is missing from the past decides
)

// MaxConditions is how many conditions one rule may have.
const MaxConditions = 4

// MaxEndorsed is the largest number of goals that a rule may ask for.
const MaxEndorsed = 10

// maxStates bounds how many different pasts are followed at once. Only a record
// in which nearly everything is missing has more.
const maxStates = 1 << 14

// goalSet is a set of a group's goals, by their places in its list.
type goalSet [2]uint64

// with returns the set with one more goal.
func (s goalSet) with(place int) goalSet {
	s[place/64] |= 1 << (place % 64)
	return s
}

// or returns what is in either set.
func (s goalSet) or(o goalSet) goalSet { return goalSet{s[0] | o[0], s[1] | o[1]} }

// count returns how many goals are in the set.
func (s goalSet) count() int { return bits.OnesCount64(s[0]) + bits.OnesCount64(s[1]) }

// brought is what one occasion brings to one condition. Pending says that only
// the future tells: then it holds not yet, and maybe holds what may still come.
type brought struct {
	holds   bool
	goals   goalSet
	pending bool
	maybe   goalSet
}

// world is one way in which an occasion may have been.
type world struct {
	counts bool // it is one of the occasions that the rule speaks of
	brings [MaxConditions]brought
}

// tally is how far one condition has come.
type tally struct {
	good  int // occasions on which it held; of runs the longest
	bad   int
	run   int
	goals goalSet
}

// state is how far a course has come.
type state struct {
	counted int // occasions that count
	looked  int // those of them that are looked at
	of      [MaxConditions]tally
}

// pair is one past as the worst and as the best of what is pending would
// leave it.
type pair struct{ worst, best state }

// judging is a rule as far as judging needs it.
type judging struct {
	needed []Needed
	first  int   // only the first so many occasions; 0: all
	at     []int // only these, counted from 1; nil: all
}

// everMore stands for an unlimited number of occasions to come.
const everMore = -1

// judge answers what holds over every way in which the occasions may have been,
// and every future of up to toCome more.
//
// A past is a choice of one world for each occasion. The objective is open if
// there is a past from which what is to come can lead either way; without one
// the answer is known to whoever knows the past.
func (j *judging) judge(occasions [][]world, toCome int) Answer {
	pasts := map[pair]bool{{}: true}
	for _, worlds := range occasions {
		next := make(map[pair]bool, len(pasts))
		for p := range pasts {
			for i := range worlds {
				w := &worlds[i]
				next[pair{j.step(p.worst, w, false), j.step(p.best, w, true)}] = true
			}
		}
		if len(next) > maxStates {
			return CannotBeJudged
		}
		pasts = next
	}
	canFail, canHold, open := false, false, false
	for p := range pasts {
		fails, holds := j.canFail(&p.worst, toCome), j.canHold(&p.best, toCome)
		decides := p.worst != p.best || j.left(&p.worst, toCome) != 0 // what is to come
		canFail, canHold, open = canFail || fails, canHold || holds, open || (fails && holds && decides)
	}
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

// step goes on by one occasion; best takes what is pending for what is hoped.
func (j *judging) step(s state, w *world, best bool) state {
	if !w.counts || (j.first > 0 && s.counted >= j.first) {
		return s
	}
	s.counted++
	if j.at != nil && !slices.Contains(j.at, s.counted) {
		return s
	}
	s.looked++
	for c, n := range j.needed {
		b := w.brings[c]
		if b.pending && best {
			b.holds, b.goals = true, b.goals.or(b.maybe)
		}
		s.of[c] = s.of[c].add(n, b)
	}
	return s
}

// add notes what one occasion brought. What is reached for good is not counted
// further, so that pasts that differ in nothing that matters are one.
func (t tally) add(n Needed, b brought) tally {
	switch {
	case n.endorsed:
		if t.goals = t.goals.or(b.goals); t.goals.count() >= *n.AtLeast {
			return tally{good: *n.AtLeast}
		}
	case n.Every:
		if !b.holds {
			t.bad = 1
		}
	case n.Consecutive:
		t.run++
		if !b.holds {
			t.run = 0
		}
		if t.good = max(t.good, t.run); t.good >= *n.AtLeast {
			t = tally{good: *n.AtLeast}
		}
	case n.AtLeast != nil:
		if b.holds {
			t.good = min(t.good+1, *n.AtLeast)
		}
	case b.holds: // a share
		t.good++
	}
	return t
}

// left returns how many of the occasions to come are looked at.
func (j *judging) left(s *state, toCome int) int {
	switch {
	case j.at != nil:
		n := 0
		for _, k := range j.at {
			if k > s.counted && (toCome == everMore || k <= s.counted+toCome) {
				n++
			}
		}
		return n
	case j.first > 0 && toCome == everMore:
		return max(j.first-s.counted, 0)
	case j.first > 0:
		return max(min(j.first-s.counted, toCome), 0)
	default:
		return toCome
	}
}

// canHold tells whether some future makes every condition true. The best one is
// the same for all: as many occasions as may come, each as one would wish.
func (j *judging) canHold(s *state, toCome int) bool {
	more := j.left(s, toCome)
	for c, n := range j.needed {
		if !n.canHold(s.of[c], s.looked, more) {
			return false
		}
	}
	return true
}

// canFail tells whether some future makes a condition false.
func (j *judging) canFail(s *state, toCome int) bool {
	more := j.left(s, toCome)
	for c, n := range j.needed {
		if n.canFail(s.of[c], s.looked, more) {
			return true
		}
	}
	return false
}

// canHold is of one condition: of looked occasions so many were good, and up to
// more are to come.
func (n Needed) canHold(t tally, looked, more int) bool {
	switch {
	case n.endorsed:
		return more != 0 || n.reached(t)
	case n.Every:
		return t.bad == 0
	case n.Consecutive:
		return more == everMore || n.reached(t) || t.run+more >= *n.AtLeast
	case n.AtLeast != nil:
		return more == everMore || t.good+more >= *n.AtLeast
	case more == everMore:
		return *n.Share < 1 || t.good == looked
	default:
		return looked+more == 0 || enough(t.good+more, looked+more, *n.Share)
	}
}

// canFail is of one condition. That no occasion ever came leaves both ways.
func (n Needed) canFail(t tally, looked, more int) bool {
	switch {
	case n.Every:
		return t.bad > 0 || more != 0 || looked == 0
	case n.AtLeast != nil:
		return !n.reached(t)
	default:
		return more == everMore || looked == 0 || !enough(t.good, looked, *n.Share) || !enough(t.good, looked+more, *n.Share)
	}
}

// reached tells whether enough was good, which nothing can undo.
func (n Needed) reached(t tally) bool { return t.good >= *n.AtLeast }

// enough tells whether good of all are the share, which has no exact double.
func enough(good, all int, share float64) bool {
	return float64(good) >= math.Ceil(share*float64(all)-1e-9)
}
