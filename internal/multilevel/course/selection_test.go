package course_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"holon/internal/multilevel"
	"holon/internal/multilevel/course"
	"holon/internal/multilevel/montecarlo"
)

// losing draws groups in which nobody changes, and from which whoever sees the
// group most differently often leaves for good.
func losing(rng *rand.Rand, groups, sessions int) []course.Rating {
	var out []course.Rating
	for g := range groups {
		level := 0.3 * rng.NormFloat64()
		own := map[string]float64{}
		for m := range 10 {
			own[fmt.Sprint(m)] = 0.7 * rng.NormFloat64()
		}
		for s := range sessions {
			weather, farthest := 0.3*rng.NormFloat64(), ""
			for m := range 10 {
				name := fmt.Sprint(m)
				v, here := own[name]
				if !here {
					continue
				}
				out = append(out, course.Rating{Group: fmt.Sprint(g), Member: name, Session: s, Value: level + weather + v + 0.5*rng.NormFloat64()})
				if math.Abs(v) > 0.8 && (farthest == "" || math.Abs(v) > math.Abs(own[farthest])) {
					farthest = name
				}
			}
			if rng.IntN(2) == 0 && len(own) > 3 {
				delete(own, farthest)
			}
		}
	}
	return out
}

// TestThoseWhoLeaveDoNotMakeAgreement: variance falls and the share rises because
// dissenters go, which is not that members came to agree.
func TestThoseWhoLeaveDoNotMakeAgreement(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(11, 12))
	const runs = 100
	claimed, named := 0, 0
	for range runs {
		e := course.EmergenceOf(losing(rng, 20, 12))
		if e.Answer == multilevel.Supported {
			claimed++
		}
		if e.Reason == course.PeopleChanged {
			named++
		}
		if e.Stayed.Groups == 0 || e.Stayed.Members >= e.Waves[0].Ratings {
			t.Fatalf("%d who stayed of %d", e.Stayed.Members, e.Waves[0].Ratings)
		}
	}
	if claimed > runs*8/100 {
		t.Errorf("emergence is claimed in %d of %d", claimed, runs)
	}
	if named < runs/5 {
		t.Errorf("those who left are named in only %d of %d: the data show nothing", named, runs)
	}
}

// TestStayersAreEverybodyInAClosedGroup so that nothing is lost where nobody
// comes or goes.
func TestStayersAreEverybodyInAClosedGroup(t *testing.T) {
	t.Parallel()
	e := course.EmergenceOf(emerging(rand.New(rand.NewPCG(3, 3)), 6, 5, 7, 0.9))
	near(t, "slope", e.Stayed.Within.Estimate, *e.Within.Estimate)
	near(t, "standard error", e.Stayed.Within.SE, *e.Within.SE)
	if e.Stayed.Groups != 6 || e.Stayed.Members != 30 {
		t.Errorf("%+v", e.Stayed)
	}
}

// TestAgreementAtOnceHasNoTrend: one session with variance and none later.
func TestAgreementAtOnceHasNoTrend(t *testing.T) {
	t.Parallel()
	ratings := emerging(rand.New(rand.NewPCG(3, 4)), 5, 4, 6, 1)
	for i := range ratings {
		if ratings[i].Session > 1 {
			ratings[i].Value = float64(len(ratings[i].Group) + ratings[i].Session)
		}
	}
	if e := course.EmergenceOf(ratings); e.Answer != multilevel.CannotTell || e.Reason != course.TrendUndefined {
		t.Errorf("%s because %q", e.Answer, e.Reason)
	}
}

// TestGroupsJoinedAlwaysAreNotCompared: their newcomers are no events that a
// difference could rest on.
func TestGroupsJoinedAlwaysAreNotCompared(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(5, 6))
	var ratings []course.Rating
	add := func(group, member string, from, sessions int) {
		for s := from; s < sessions; s++ {
			ratings = append(ratings, course.Rating{Group: group, Member: member, Session: s, Value: rng.NormFloat64()})
		}
	}
	for _, m := range []string{"a", "b"} {
		add("always", m, 0, 8)
		add("once", m, 0, 9)
	}
	for s := 1; s < 8; s++ {
		add("always", fmt.Sprint("new", s), s, 8)
	}
	add("once", "new", 3, 9)
	got, err := course.NewcomersOf(t.Context(), ratings, montecarlo.Plan{Draws: 99, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	if got.Joining != 8 || got.Others != 7 || got.P != nil || got.Reason != course.TooFewEvents {
		t.Errorf("%+v", got)
	}
}

// TestNewcomersAtRegularDistances: where somebody joins every second session and a
// line goes up and down by itself, as every line does, there are two
// arrangements only, and neither is rare.
func TestNewcomersAtRegularDistances(t *testing.T) {
	t.Parallel()
	members := map[string][]float64{}
	for s := range 11 {
		members["a"] = append(members["a"], float64(s%2))
		members["b"] = append(members["b"], float64(s%2))
	}
	for s := 1; s < 11; s += 2 {
		joined := []float64{none, none, none, none, none, none, none, none, none, none, none}
		joined[s] = 1
		members[fmt.Sprint("new", s)] = joined
	}
	got, err := course.NewcomersOf(t.Context(), series(members), montecarlo.Plan{Draws: 99, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	near(t, "difference", got.Difference, 2)
	near(t, "p", got.P, 1)
}

// TestSurvivorshipHoldsNoDifference: ten leave one group for no reason; all are
// compared with the same four who stayed, and the interval knows it.
func TestSurvivorshipHoldsNoDifference(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(21, 22))
	const runs = 1000
	held := 0
	for range runs {
		var ratings []course.Rating
		for m := range 14 {
			last, own := 12, 0.7*rng.NormFloat64()
			if m >= 4 {
				last = 1 + rng.IntN(9)
			}
			for s := range last {
				ratings = append(ratings, course.Rating{Group: "g", Member: fmt.Sprint(m), Session: s, Value: own + 0.5*rng.NormFloat64()})
			}
		}
		got := course.SurvivorshipOf(ratings, nil)
		if *got.Lower <= 0 && 0 <= *got.Upper {
			held++
		}
	}
	if held < runs*93/100 || held > runs*97/100 {
		t.Errorf("no difference is held in %d of %d", held, runs)
	}
}

// TestOneStayerLendsNoCertainty: of a single one who stayed no variance is known,
// and that of the differences stands for it.
func TestOneStayerLendsNoCertainty(t *testing.T) {
	t.Parallel()
	members := map[string][]float64{"a": {4, 4, 4, 4, 4}}
	for i, last := range []float64{1, 2, 3, 2, 2} {
		members[fmt.Sprint("gone", i)] = []float64{last, none, none, none, none}
	}
	got := course.SurvivorshipOf(series(members), nil)
	near(t, "standard error", got.SE, math.Sqrt(0.5/5+0.5))
}

// TestGroupsCountByWhatTheyTell weighs two groups by hand: steps of 3 and 1 at
// joining against 2 and 0 in the first, so a difference of 1 with weight
// 2*2/4; 8 against -1, -2 and -3, so 10 with weight 1*3/4. After joining come
// steps of 2, 0 and -3.
func TestGroupsCountByWhatTheyTell(t *testing.T) {
	t.Parallel()
	var ratings []course.Rating
	add := func(group string, steps []float64, joined ...int) {
		level := 0.0
		for s := range len(steps) + 1 {
			if s > 0 {
				level += steps[s-1]
			}
			ratings = append(ratings, course.Rating{Group: group, Member: "stays", Session: s, Value: level})
			for i, at := range joined {
				if s == at {
					ratings = append(ratings, course.Rating{Group: group, Member: fmt.Sprint("new", i), Session: s, Value: 100})
				}
			}
		}
	}
	add("a", []float64{3, 2, 1, 0}, 1, 3)
	add("b", []float64{-1, -2, 8, -3}, 3)
	got, err := course.NewcomersOf(t.Context(), ratings, montecarlo.Plan{Draws: 9, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	near(t, "difference", got.Difference, (1*1.+10*0.75)/1.75)
	near(t, "step after joining", got.Next, (2.+0-3)/3)
}
