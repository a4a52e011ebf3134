package course_test

import (
	"context"
	"encoding/csv"
	"errors"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gonum.org/v1/gonum/floats/scalar"
	"pgregory.net/rapid"

	"holon/internal/multilevel"
	"holon/internal/multilevel/course"
	"holon/internal/multilevel/montecarlo"
)

// twelveGroups reads 12 groups of 4 to 9 members over 5 to 8 sessions, of which a
// fifth of the ratings is missing.
func twelveGroups(t *testing.T) []course.Rating {
	t.Helper()
	f, err := os.Open("testdata/crossed-in-group-missing.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var out []course.Rating
	for _, row := range rows[1:] {
		session, err := strconv.Atoi(row[2])
		if err != nil {
			t.Fatal(err)
		}
		y, err := strconv.ParseFloat(row[3], 64)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, course.Rating{Group: row[0], Member: row[1], Session: session, Value: y})
	}
	return out
}

// near fails unless got is want to 1e-7, as far as R's iterations go.
func near(t *testing.T, what string, got *float64, want float64) {
	t.Helper()
	if got == nil || !scalar.EqualWithinAbsOrRel(*got, want, 1e-9, 1e-7) {
		t.Errorf("%s is %v, want %v", what, show(got), want)
	}
}

// show writes a number that may be undefined.
func show(v *float64) string {
	if v == nil {
		return "undefined"
	}
	return strconv.FormatFloat(*v, 'g', -1, 64)
}

// series writes one group's ratings by member and session; a NaN is none.
func series(members map[string][]float64) []course.Rating {
	var out []course.Rating
	for m, values := range members {
		for k, v := range values {
			if !math.IsNaN(v) {
				out = append(out, course.Rating{Group: "g", Member: m, Session: k + 1, Value: v})
			}
		}
	}
	return out
}

// none is a rating that was not given.
var none = math.NaN()

// TestWhoCameAgreesWithR compares adjusted means with those of R 4.2.2,
// lm(y ~ 0 + factor(session) + C(factor(member), contr.sum)) per group.
func TestWhoCameAgreesWithR(t *testing.T) {
	t.Parallel()
	want := map[string][]float64{
		"g01": {4.900000000000, 4.160000000000, 5.617500000000, 3.206250000000, 4.607500000000},
		"g04": {4.778202150301, 4.412947187610, 3.325957269191, 4.137271511935, 3.716669785704},
		"g12": {3.762857142857, 4.594211156184, 4.730598664273, 4.382935937330, 4.507265330940, 4.225627821073},
	}
	seen := 0
	for _, line := range course.WhoCame(twelveGroups(t)) {
		w, ok := want[line.Group]
		if !ok {
			continue
		}
		seen++
		if len(line.Points) != len(w) {
			t.Fatalf("%s has %d points", line.Group, len(line.Points))
		}
		for k, p := range line.Points {
			near(t, line.Group, p.Adjusted, w[k])
			near(t, "composition", p.Composition, p.Mean-w[k])
			if k > 0 {
				near(t, "change", p.Change.Within, w[k]-w[k-1])
				near(t, "parts of the change", new(*p.Change.Within+*p.Change.Composition), p.Change.Mean)
			}
		}
	}
	if seen != len(want) {
		t.Errorf("%d groups compared", seen)
	}
}

// TestWhoCameWhenTheCriticStaysAway takes a group in which nobody changes: all
// of the step is composition.
func TestWhoCameWhenTheCriticStaysAway(t *testing.T) {
	t.Parallel()
	lines := course.WhoCame(series(map[string][]float64{"a": {4, 4, 4}, "b": {5, 5, 5}, "critic": {1, none, 1}}))
	step := lines[0].Points[1].Change
	near(t, "plain step", &step.Mean, 4.5-10./3)
	near(t, "step of members", step.Within, 0)
	near(t, "step of composition", step.Composition, 4.5-10./3)
	near(t, "step of who stayed", step.Stayers, 0)
	if step.InBoth != 2 {
		t.Errorf("%d in both", step.InBoth)
	}
}

// TestWhoCameWithoutALink has two evenings of different people.
func TestWhoCameWithoutALink(t *testing.T) {
	t.Parallel()
	line := course.WhoCame(series(map[string][]float64{"a": {4, none}, "b": {none, 5}}))[0]
	for _, p := range line.Points {
		if p.Adjusted != nil || p.Reason != course.NotConnected {
			t.Errorf("adjusted %v because %q", show(p.Adjusted), p.Reason)
		}
	}
	if c := line.Points[1].Change; c.Mean != 1 || c.Within != nil || c.Stayers != nil || c.InBoth != 0 {
		t.Errorf("change %+v", c)
	}
}

// TestTurnover counts by hand.
func TestTurnover(t *testing.T) {
	t.Parallel()
	got := course.TurnoverOf(series(map[string][]float64{
		"always": {1, 1, 1, 1}, "away": {1, none, 1, 1}, "left": {1, 1, none, none}, "joined": {none, none, 1, 1},
	}))
	want := []course.Turnover{{
		Group: "g", Ever: 4, Throughout: 1, Core: 2, Share: new(0.5),
		Steps: []course.Step{{Session: 1, Members: 3}, {Session: 2, Members: 2, Last: 1, Missing: 1}, {Session: 3, Members: 3, New: 1}, {Session: 4, Members: 3}},
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if one := course.TurnoverOf(series(map[string][]float64{"a": {1}})); one[0].Share != nil {
		t.Error("one session has a turnover")
	}
}

// TestNewcomersPermutation compares the drawn p with the share of all shifts,
// counted by hand: ten steps of which the first five have a newcomer.
func TestNewcomersPermutation(t *testing.T) {
	t.Parallel()
	stay := []float64{5, 4.1, 3.3, 2.2, 1.4, 0.1, 0.9, 1.1, 1.8, 2.2, 3.1} // falls while somebody joins
	members := map[string][]float64{"a": stay, "b": stay}
	for k := 1; k <= 5; k++ {
		x := slices.Repeat([]float64{none}, len(stay))
		x[k] = 3
		members["new"+strconv.Itoa(k)] = x
	}
	got, err := course.NewcomersOf(t.Context(), series(members), montecarlo.Plan{Draws: 20_000, Seed: 3})
	if err != nil {
		t.Fatal(err)
	}
	near(t, "step at joining", got.AtJoining, (0.1-5)/5)
	near(t, "other steps", got.Otherwise, (3.1-0.1)/5)
	// Of the ten shifts the observed one and its mirror image are the furthest.
	if want := 0.2; got.P == nil || math.Abs(*got.P-want) > 4*math.Sqrt(want/20_000) {
		t.Errorf("p %v, want %v", show(got.P), want)
	}
	few, err := course.NewcomersOf(t.Context(), series(map[string][]float64{"a": {1, 2, 3}, "b": {none, 2, 3}}), montecarlo.Plan{Draws: 9})
	if err != nil || few.P != nil || few.Reason != course.TooFewEvents || few.Joining != 1 {
		t.Errorf("%+v, %v", few, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := course.NewcomersOf(ctx, series(members), montecarlo.Plan{Draws: 20_000}); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}

// TestSurvivorship sets five leavers beside those who stayed.
func TestSurvivorship(t *testing.T) {
	t.Parallel()
	members := map[string][]float64{"a": {5, 5, 5, 6, 6, 6, 6}, "b": {3, 3, 3, 4, 4, 4, none}}
	for i, last := range []float64{1, 2, 3, 2, 2} {
		members["gone"+strconv.Itoa(i)] = []float64{last, last, none, none, none, none, none}
	}
	got := course.SurvivorshipOf(series(members), nil)
	if got.Leavers != 5 || len(got.Groups[0].Left) != 5 || got.Groups[0].Members != 2 {
		t.Fatalf("%+v", got)
	}
	near(t, "difference", got.Difference, -2)
	// The variance of 1, 2, 3, 2, 2 is .5; 5 and 3, beside whom all five left, have 2.
	near(t, "standard error", got.SE, math.Sqrt(0.5/5+2./2))
	near(t, "lower limit", got.Lower, -2-8.555676603563354*math.Sqrt(1.1)) // R: qt(.975, 1.1^2/(.1^2/4 + 1))
	near(t, "stayers' line at its end", &got.Groups[0].Line[6].Mean, 6)
	told := course.SurvivorshipOf(series(members), func(_, m string) bool { return m == "b" })
	if told.Leavers != 1 || told.Groups[0].Left[0].Session != 6 || told.Reason != course.TooFewEvents || told.Lower != nil {
		t.Errorf("%+v", told)
	}
	if all := course.SurvivorshipOf(series(map[string][]float64{"a": {1, 2}}), nil); all.Reason != course.NobodyLeft || all.Difference != nil {
		t.Errorf("%+v", all)
	}
}

// TestEmergenceAgreesWithR compares the slopes with R 4.2.2: glm with
// quasi(log, mu^2), weights n-1 and an intercept per group; weighted lm of the
// one-way ICCs; jackknife over groups by hand.
func TestEmergenceAgreesWithR(t *testing.T) {
	t.Parallel()
	got := course.EmergenceOf(twelveGroups(t))
	near(t, "slope of the variance within", got.Within.Estimate, 0.005279297409)
	near(t, "its standard error", got.Within.SE, 0.035587319987)
	near(t, "its lower limit", got.Within.Lower, -0.058631430295)
	near(t, "its upper limit", got.Within.Upper, 0.069190025112)
	near(t, "slope of the share", got.Share.Estimate, -0.007268114370)
	near(t, "its standard error", got.Share.SE, 0.028204246632)
	near(t, "slope of the mean", got.Mean.Estimate, -0.003910934744)
	near(t, "ICC of the third session", got.Waves[2].ICC, 0.3501785704)
	if got.Answer != multilevel.CannotTell || got.Groups != 12 || got.Sessions != 8 {
		t.Errorf("%s of %d groups over %d sessions", got.Answer, got.Groups, got.Sessions)
	}
}

// emerging draws groups whose members' spread changes by a factor per session
// and whose own values do not.
func emerging(rng *rand.Rand, groups, members, sessions int, factor float64) []course.Rating {
	var out []course.Rating
	for g := range groups {
		level := 4 + rng.NormFloat64()*0.7
		for m := range members {
			spread := 1.0
			for k := range sessions {
				out = append(out, course.Rating{Group: strconv.Itoa(g), Member: strconv.Itoa(m), Session: k + 1, Value: level + spread*rng.NormFloat64()})
				spread *= factor
			}
		}
	}
	return out
}

// TestEmergenceIsFoundAndNotInvented draws data with and without it.
func TestEmergenceIsFoundAndNotInvented(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(1, 2))
	const runs = 400
	for name, tt := range map[string]struct {
		factor      float64
		least, most int
	}{
		"members agree more from week to week": {0.8, runs * 9 / 10, runs},
		"nothing changes":                      {1, 0, runs * 4 / 100}, // two tests at .05 must both succeed
		"members drift apart":                  {1.2, 0, 0},
	} {
		found := 0
		for range runs {
			if course.EmergenceOf(emerging(rng, 12, 7, 8, tt.factor)).Answer == multilevel.Supported {
				found++
			}
		}
		if found < tt.least || found > tt.most {
			t.Errorf("%s: found in %d of %d", name, found, runs)
		}
	}
}

// TestEmergenceRefusesWhatCannotShowIt names what is missing.
func TestEmergenceRefusesWhatCannotShowIt(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(5, 2))
	same := emerging(rng, 5, 4, 6, 1)
	for i := range same {
		same[i].Value = 3
	}
	for name, tt := range map[string]struct {
		ratings []course.Rating
		answer  multilevel.Answer
		reason  course.Reason
	}{
		"nothing":        {nil, multilevel.NotIdentifiable, course.OneRatingEach},
		"one wave":       {emerging(rng, 8, 6, 1, 1), multilevel.NotIdentifiable, course.OneSession},
		"three sessions": {emerging(rng, 8, 6, 3, 0.5), multilevel.CannotTell, course.TooFewWaves},
		"three groups":   {emerging(rng, 3, 6, 9, 0.5), multilevel.CannotTell, course.TooFewGroups},
		"one group":      {emerging(rng, 1, 6, 9, 0.5), multilevel.CannotTell, course.TooFewGroups},
		"no variation":   {same, multilevel.CannotTell, course.NoVariation},
	} {
		if got := course.EmergenceOf(tt.ratings); got.Answer != tt.answer || got.Reason != tt.reason {
			t.Errorf("%s: %s because %q", name, got.Answer, got.Reason)
		}
	}
}

// TestLeaveOneOut finds the member on whom a mean hangs.
func TestLeaveOneOut(t *testing.T) {
	t.Parallel()
	ratings := series(map[string][]float64{"a": {1, 1}, "b": {1, 1}, "c": {7, 7}})
	average := func(rs []course.Rating) *float64 {
		if len(rs) == 0 {
			return nil
		}
		var sum float64
		for _, r := range rs {
			sum += r.Value
		}
		return new(sum / float64(len(rs)))
	}
	all := average(ratings)
	told := 0
	got, err := course.LeaveOneOut(t.Context(), ratings, false, all, average, func(done, total int) { told = done*10 + total })
	if err != nil || len(got) != 3 || got[0].Member != "c" || told != 33 {
		t.Fatalf("%+v, %v, told %d", got, err, told)
	}
	near(t, "change without c", got[0].Change, -2)
	groups, err := course.LeaveOneOut(t.Context(), ratings, true, all, average, nil)
	if err != nil || len(groups) != 1 || groups[0].Value != nil {
		t.Errorf("%+v, %v", groups, err)
	}
}

// TestOrderDoesNotMatter shuffles rows and renames members and groups.
func TestOrderDoesNotMatter(t *testing.T) {
	t.Parallel()
	ratings := twelveGroups(t)
	mixed := slices.Clone(ratings)
	rand.New(rand.NewPCG(1, 1)).Shuffle(len(mixed), func(i, j int) { mixed[i], mixed[j] = mixed[j], mixed[i] })
	if diff := cmp.Diff(course.EmergenceOf(ratings), course.EmergenceOf(mixed)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(course.WhoCame(ratings), course.WhoCame(mixed)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(course.SurvivorshipOf(ratings, nil), course.SurvivorshipOf(mixed, nil)); diff != "" {
		t.Error(diff)
	}
}

// TestShiftAndScale moves ratings to another scale: lines move with it, slopes
// of logarithms and shares do not.
func TestShiftAndScale(t *testing.T) {
	t.Parallel()
	ratings := twelveGroups(t)
	rapid.Check(t, func(rt *rapid.T) {
		shift := rapid.Float64Range(-1e6, 1e6).Draw(rt, "shift")
		factor := rapid.Float64Range(0.01, 100).Draw(rt, "factor")
		moved := slices.Clone(ratings)
		for i := range moved {
			moved[i].Value = shift + factor*moved[i].Value
		}
		a, b := course.EmergenceOf(ratings), course.EmergenceOf(moved)
		for name, pair := range map[string][2]*float64{
			"within": {a.Within.Estimate, b.Within.Estimate}, "share": {a.Share.Estimate, b.Share.Estimate}, "share's error": {a.Share.SE, b.Share.SE},
		} {
			if pair[1] == nil || !scalar.EqualWithinAbsOrRel(*pair[1], *pair[0], 1e-4, 1e-4) {
				rt.Fatalf("%s: %v, was %v", name, show(pair[1]), show(pair[0]))
			}
		}
		before, after := course.WhoCame(ratings), course.WhoCame(moved)
		for g := range before {
			for k, p := range before[g].Points {
				want := shift + factor**p.Adjusted
				if q := after[g].Points[k]; q.Adjusted == nil || !scalar.EqualWithinAbsOrRel(*q.Adjusted, want, 1e-6, 1e-8) {
					rt.Fatalf("adjusted %v, want %v", show(q.Adjusted), want)
				}
			}
		}
	})
}

// FuzzCourse gives arbitrary finite ratings: no panic, nothing that is not
// finite, no endless loop.
func FuzzCourse(f *testing.F) {
	f.Add([]byte{0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 1, 1, 4, 4, 0, 9}, 1.0)
	f.Add([]byte("aab bab cac dad aba"), 1e300)
	f.Fuzz(func(t *testing.T, data []byte, unit float64) {
		if unit-unit != 0 {
			return
		}
		var ratings []course.Rating
		seen := map[[3]byte]bool{}
		for ; len(data) >= 4 && len(ratings) < 200; data = data[4:] {
			at := [3]byte{data[0] % 6, data[1] % 8, data[2] % 12}
			if v := unit * (float64(data[3]) - 100); v-v == 0 && !seen[at] {
				seen[at] = true
				ratings = append(ratings, course.Rating{Group: string(rune('a' + at[0])), Member: string(rune('a' + at[1])), Session: int(at[2]), Value: v})
			}
		}
		newcomers, err := course.NewcomersOf(t.Context(), ratings, montecarlo.Plan{Draws: 20})
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range []any{course.EmergenceOf(ratings), course.SurvivorshipOf(ratings, nil), course.TurnoverOf(ratings), newcomers} {
			if s := strings.ToLower(cmp.Diff(nil, v)); strings.Contains(s, "nan") || strings.Contains(s, "inf,") || strings.Contains(s, "inf)") {
				t.Errorf("not finite: %s", s)
			}
		}
		for _, line := range course.WhoCame(ratings) {
			for _, p := range line.Points {
				for _, v := range []*float64{p.Adjusted, p.Composition} {
					if v != nil && *v-*v != 0 {
						t.Errorf("not finite: %v", *v)
					}
				}
			}
		}
	})
}

// TestNewcomersSameSeedSameNumber draws on both cores again and again: who drew
// what before must not matter.
func TestNewcomersSameSeedSameNumber(t *testing.T) {
	t.Parallel()
	members := map[string][]float64{"a": {5, 4.1, 4.6, 4.2, 5.4, 5.1, 4.4, 5, 4.8, 5.2, 4.1}}
	for k := 1; k <= 5; k++ {
		x := slices.Repeat([]float64{none}, 11)
		x[2*k-1] = 3
		members["new"+strconv.Itoa(k)] = x
	}
	var first course.Newcomers
	for i := range 20 {
		got, err := course.NewcomersOf(t.Context(), series(members), montecarlo.Plan{Draws: 5_000, Seed: 3})
		if err != nil || got.P == nil {
			t.Fatalf("%+v, %v", got, err)
		}
		if i == 0 {
			first = got
		}
		if *got.P != *first.P {
			t.Fatalf("p %v, and again %v", *first.P, *got.P)
		}
	}
}
