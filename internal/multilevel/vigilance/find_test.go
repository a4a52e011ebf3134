package vigilance_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"holon/internal/multilevel/vigilance"
)

// weeksOf makes weeks of numbers; NaN is nothing said.
func weeksOf(rows ...[]float64) []vigilance.Week {
	out := make([]vigilance.Week, len(rows))
	for t, row := range rows {
		for _, v := range row {
			if math.IsNaN(v) {
				out[t] = append(out[t], nil)
			} else {
				out[t] = append(out[t], &v)
			}
		}
	}
	return out
}

// told lists alarms as "week member rule".
func told(alarms []vigilance.Alarm) string {
	var out []string
	for _, a := range alarms {
		out = append(out, fmt.Sprint(a.Week, " ", a.Member, " ", a.Rule))
	}
	return strings.Join(out, ", ")
}

// scale and limits of the cases by hand.
func scale() vigilance.Scale { return vigilance.Scale{Mean: 7, Between: 2, Within: 1, Weather: 0.5} }

// TestAFallBesideTheOthersIsOne, and the same fall together with them is the group's.
func TestAFallBesideTheOthersIsOne(t *testing.T) {
	t.Parallel()
	l := vigilance.Limits{P: 0.01}
	before := [][]float64{{7, 7, 7, 7}, {7, 8, 7, 7}, {7, 7, 7, 7}}
	for name, x := range map[string]struct {
		week []float64
		want string
	}{
		"one falls":               {[]float64{3, 7, 7, 7}, "3 0 drop_beside_the_others"},
		"the others rise":         {[]float64{7, 11, 11, 11}, ""},
		"all fall":                {[]float64{3, 3, 3, 3}, "3 -1 the_whole_group"},
		"one falls very far":      {[]float64{-9, 7, 7, 7}, "3 0 drop_beside_the_others, 3 0 low_level"},
		"who falls is not a rule": {[]float64{6, 7, 7, 7}, ""},
	} {
		w := vigilance.Find(weeksOf(append(before, x.week)...), scale(), l)
		if got := told(w.Alarms); got != x.want {
			t.Errorf("%s: %q, want %q", name, got, x.want)
		}
	}
}

// TestNothingIsExpectedBeyondTheEndsOfTheScale: the others rise by three, and a member
// at the top cannot.
func TestNothingIsExpectedBeyondTheEndsOfTheScale(t *testing.T) {
	t.Parallel()
	weeks := weeksOf([]float64{10, 6, 6, 6}, []float64{10, 6, 6, 6}, []float64{10, 6, 6, 6}, []float64{9, 9, 9, 9})
	l := vigilance.Limits{P: 0.01}
	if got := told(vigilance.Find(weeks, scale(), l).Alarms); got != "3 0 drop_beside_the_others" {
		t.Errorf("without ends: %q", got)
	}
	bound := scale()
	bound.Lowest, bound.Highest = 0, 10
	if got := vigilance.Find(weeks, bound, l).Alarms; len(got) != 0 {
		t.Errorf("from 0 to 10: %+v", got)
	}
	weeks[3] = weeksOf([]float64{4, 9, 9, 9})[0]
	if got := vigilance.Find(weeks, bound, l).Alarms; len(got) != 1 || got[0].Expected != 10 {
		t.Errorf("a real fall: %+v", got)
	}
}

// TestAllThatStandsOut has the members' alarms beside the group's, and a low level in
// every week that it lasts.
func TestAllThatStandsOut(t *testing.T) {
	t.Parallel()
	weeks := weeksOf([]float64{7, 7, 7, 7}, []float64{7, 8, 7, 7}, []float64{7, 7, 7, 7}, []float64{-9, 3, 3, 3}, []float64{-9, 7, 7, 7})
	l := vigilance.Limits{P: 0.01}
	if got := told(vigilance.Find(weeks, scale(), l).Alarms); got != "3 -1 the_whole_group, 4 0 drop_beside_the_others" {
		t.Errorf("%q", got)
	}
	if got := told(vigilance.FindAll(weeks, scale(), l).Alarms); got != "3 -1 the_whole_group, 3 0 drop_beside_the_others, 3 0 low_level, 4 0 drop_beside_the_others, 4 0 low_level" {
		t.Errorf("%q", got)
	}
}

// TestOwnSpreadCountsFromTheFifthValueOn, and one of zero divides nothing.
func TestOwnSpreadCountsFromTheFifthValueOn(t *testing.T) {
	t.Parallel()
	wide := vigilance.Scale{Mean: 7, Between: 9, Within: 9}
	l := vigilance.Limits{P: 0.02}
	for name, x := range map[string]struct {
		own  []float64
		want string
	}{
		"three values before":    {[]float64{7, 7.1, 7, 4}, ""},
		"four":                   {[]float64{7, 7.1, 7, 7.1, 4}, "4 0 drop_by_own_spread"},
		"four that are the same": {[]float64{7, 7, 7, 7, 4}, ""},
	} {
		var rows [][]float64
		for _, v := range x.own {
			rows = append(rows, []float64{v})
		}
		if got := told(vigilance.Find(weeksOf(rows...), wide, l).Alarms); got != x.want {
			t.Errorf("%s: %q, want %q", name, got, x.want)
		}
	}
	for _, s := range []vigilance.Scale{{}, {Within: math.NaN(), Between: math.NaN()}} {
		if got := vigilance.Find(weeksOf([]float64{9}, []float64{0}), s, l); len(got.Alarms) != 0 {
			t.Errorf("%v: %+v", s, got)
		}
	}
}

// TestALowLevelIsToldOnceInARow, from the first week on.
func TestALowLevelIsToldOnceInARow(t *testing.T) {
	t.Parallel()
	s := vigilance.Scale{Mean: 7, Between: 1, Within: 1}
	got := vigilance.Find(weeksOf([]float64{2}, []float64{2}, []float64{7}, []float64{2}), s, vigilance.Limits{P: 0.01})
	if told(got.Alarms) != "0 0 low_level, 3 0 drop_beside_the_others, 3 0 low_level" && told(got.Alarms) != "0 0 low_level, 3 0 low_level" {
		t.Errorf("%s", told(got.Alarms))
	}
}

// TestEveryComparisonIsCounted by the member it is of, and that of the whole group.
func TestEveryComparisonIsCounted(t *testing.T) {
	t.Parallel()
	gone := math.NaN()
	rows := [][]float64{{7, 8, gone}, {8, 7, gone}, {7, 8, gone}, {8, 7, gone}, {7, 8, 7}, {8, gone, gone}, {7, gone, 8}}
	got := vigilance.Find(weeksOf(rows...), scale(), vigilance.Limits{P: 1e-6})
	// Seven levels, six drops and three drops by the own spread of the first; five, four
	// and one of the second; two, one and none of the third. Two who are known were there
	// in weeks 2 to 5, and in week 7.
	if want := []int{7 + 6 + 3, 5 + 4 + 1, 2 + 1}; !slices.Equal(got.Members, want) || got.Group != 5 || got.Comparisons() != 16+10+3+5 {
		t.Errorf("%v of members, %d of the group, %d in all", got.Members, got.Group, got.Comparisons())
	}
}

// TestTheScaleIsTheSameWhateverWeeksAreLeftOut of all members' or of some: half of
// the weeks' weather and steps give it as all do, those between which nobody has
// values in neighbouring weeks, too.
func TestTheScaleIsTheSameWhateverWeeksAreLeftOut(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(5, 55))
	var every, second, inTurn [][]vigilance.Week
	for range 60 {
		weeks := vigilance.World{Members: 6, SD: 1.5, Scale: vigilance.Continuous, Weather: 0.3}.Draw(rng, 40, 40, 0)
		half, turn := make([]vigilance.Week, len(weeks)), make([]vigilance.Week, len(weeks))
		for n, week := range weeks {
			half[n], turn[n] = make(vigilance.Week, len(week)), make(vigilance.Week, len(week))
			for i, y := range week {
				if n%2 == 0 {
					half[n][i] = y
				}
				if n%2 == i%2 {
					turn[n][i] = y
				}
			}
		}
		every, second, inTurn = append(every, weeks), append(second, half), append(inTurn, turn)
	}
	for name, groups := range map[string][][]vigilance.Week{"every week": every, "every second": second, "in turn": inTurn} {
		s := vigilance.ScaleOf(groups)
		// 1.5 √.7 and 1.5 √.3; standard errors are about .02.
		if math.Abs(s.Within-1.255) > 0.06 || math.Abs(s.Weather-0.822) > 0.09 || math.Abs(s.Between-1.2) > 0.2 {
			t.Errorf("%s: %+v", name, s)
		}
	}
}

// TestTheScaleOfALoneMemberIsThatOfTheSteps, by hand; with others it is not.
func TestTheScaleOfALoneMemberIsThatOfTheSteps(t *testing.T) {
	t.Parallel()
	lone := weeksOf([]float64{7}, []float64{9}, []float64{math.NaN()}, []float64{8})
	if s := vigilance.ScaleOf([][]vigilance.Week{lone}); math.Abs(s.Within-math.Sqrt((4.0+1)/2/2)) > 1e-12 || s.Weather != 0 || !math.IsNaN(s.Between) {
		t.Errorf("%+v", s)
	}
	// On a scale that is turned round a high value is a low one: nobody is low among nobody.
	turned := weeksOf([]float64{-15}, []float64{-14}, []float64{-15}, []float64{-19})
	w := vigilance.Find(turned, vigilance.ScaleOf([][]vigilance.Week{turned}), vigilance.Limits{P: 0.05})
	if told(w.Alarms) != "3 0 drop_beside_the_others" || w.Comparisons() != 3 {
		t.Errorf("%q in %d comparisons", told(w.Alarms), w.Comparisons())
	}
	pair := weeksOf([]float64{5, 5}, []float64{6, 8})
	// Steps of 1 and 3 around 2: Within² is 2/1/2; Weather² 4/2 − 1/2.
	if s := vigilance.ScaleOf([][]vigilance.Week{lone, pair}); math.Abs(s.Within-1) > 1e-12 || math.Abs(s.Weather-math.Sqrt(1.5)) > 1e-12 {
		t.Errorf("%+v", s)
	}
}

// TestAFallOfTheSecondSessionIsInItsOwnSpread, however deep: the page says how far.
func TestAFallOfTheSecondSessionIsInItsOwnSpread(t *testing.T) {
	t.Parallel()
	for _, fall := range []float64{1, 8, 100} {
		weeks := weeksOf([]float64{7, 8, 6, 7}, []float64{7 - fall, 8, 6, 7})
		s := vigilance.ScaleOf([][]vigilance.Week{weeks})
		s.Between = math.NaN() // without the rule about levels
		if w := vigilance.Find(weeks, s, vigilance.LimitsOf(vigilance.Default, float64(vigilance.Comparisons(4)))); len(w.Alarms) != 0 {
			t.Errorf("%g: %+v", fall, w.Alarms)
		}
		if w := vigilance.Find(weeks, s, vigilance.Limits{P: 0.05}); len(w.Alarms) != 1 || !(math.Abs(w.Alarms[0].Z+math.Sqrt(3)) < 1e-9) {
			t.Errorf("%g: %+v", fall, w.Alarms)
		}
	}
}

// TestDropsOfStableMembersAreAsManyAsAllowed, with the scale known, and falls are seen
// as often as is said.
func TestDropsOfStableMembersAreAsManyAsAllowed(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(3, 33))
	l := vigilance.Limits{P: 0.03}
	s := vigilance.Scale{Mean: 6, Between: 1.2, Within: 1}
	drops, looks, seen, falls := 0, 0, 0, 0
	for range 400 {
		for _, a := range vigilance.Find(vigilance.World{Members: 6, SD: 1, Scale: vigilance.Continuous}.Draw(rng, 12, 12, 0), s, l).Alarms {
			if a.Rule == vigilance.Drop {
				drops++
			}
		}
		looks += 6 * 11
		for _, a := range vigilance.Find(vigilance.World{Members: 6, SD: 1, Scale: vigilance.Continuous}.Draw(rng, 12, 11, 2), s, l).Alarms {
			if a.Rule == vigilance.Drop && a.Member == 0 && a.Week == 11 {
				seen++
			}
		}
		falls++
	}
	// Where the whole group falls members have no alarm: a little less than P.
	if share := float64(drops) / float64(looks); !(share > 0.025 && share < 0.032) {
		t.Errorf("%d drops in %d looks (%.4f), allowed .03", drops, looks, share)
	}
	want := *l.Seen(2, 11, 5)
	if share := float64(seen) / float64(falls); !(math.Abs(share-want) < 4*math.Sqrt(want*(1-want)/float64(falls))) {
		t.Errorf("%.3f of falls were seen, said %.3f", share, want)
	}
}

// TestABudgetIsSharedAmongAllComparisons of a caseload.
func TestABudgetIsSharedAmongAllComparisons(t *testing.T) {
	t.Parallel()
	if l := vigilance.LimitsOf(0.25, float64(vigilance.Comparisons(8))); !(math.Abs(l.P-0.01) < 1e-12) || vigilance.Comparisons(8) != 25 {
		t.Errorf("%+v", l)
	}
	if l := vigilance.LimitsOf(0.25, float64(3*2*vigilance.Comparisons(8))); !(math.Abs(l.P-0.25/150) < 1e-12) {
		t.Errorf("%+v", l)
	}
	if l := vigilance.LimitsOf(90, 1); l.P != 0.05 {
		t.Errorf("%+v", l)
	}
	for _, l := range []vigilance.Limits{vigilance.LimitsOf(0, 8), vigilance.LimitsOf(math.NaN(), 8), vigilance.LimitsOf(1, 0)} {
		if l.P != 0 || len(vigilance.Find(weeksOf([]float64{9}, []float64{0}), scale(), l).Alarms) != 0 || l.Seen(2, 5, 5) != nil {
			t.Errorf("%+v", l)
		}
	}
}

// TestAlarmsDoNotHangOnPlaceUnitAndNames shifts, multiplies and turns the members
// round.
func TestAlarmsDoNotHangOnPlaceUnitAndNames(t *testing.T) {
	t.Parallel()
	found := 0
	rapid.Check(t, func(rt *rapid.T) {
		members, weeks := rapid.IntRange(1, 6).Draw(rt, "members"), rapid.IntRange(1, 9).Draw(rt, "weeks")
		by, shift := rapid.SampledFrom([]float64{0.5, 1, 4}).Draw(rt, "by"), float64(rapid.IntRange(-64, 64).Draw(rt, "shift"))
		plain, moved := make([][]float64, weeks), make([][]float64, weeks)
		for t := range weeks {
			for i := range members {
				v := float64(rapid.IntRange(0, 40).Draw(rt, "value")) / 4
				if rapid.IntRange(0, 9).Draw(rt, "gap") == 0 {
					v = math.NaN()
				}
				plain[t] = append(plain[t], v)
				moved[t] = append([]float64{by*v + shift}, moved[t]...)
				_ = i
			}
		}
		s := vigilance.Scale{Mean: 5, Between: 1.3, Within: 1.1, Weather: 0.4}
		u := vigilance.Scale{Mean: 5*by + shift, Between: 1.3 * by, Within: 1.1 * by, Weather: 0.4 * by}
		a, b := vigilance.Find(weeksOf(plain...), s, vigilance.Limits{P: 0.04}), vigilance.Find(weeksOf(moved...), u, vigilance.Limits{P: 0.04})
		if len(a.Alarms) != len(b.Alarms) || a.Comparisons() != b.Comparisons() {
			rt.Fatalf("%s, then %s", told(a.Alarms), told(b.Alarms))
		}
		found += len(a.Alarms)
	})
	if found == 0 {
		t.Error("no alarm was ever found")
	}
}

// TestThePageSaysWhatIsCounted counts rows of the page again, in fewer practices.
func TestThePageSaysWhatIsCounted(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../../../docs/alarms.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range vigilance.Worlds() {
		if w.Members != 8 || w.SD != 1.5 || w.Scale == vigilance.Integer {
			continue
		}
		c := w.Count(12, 77)
		row := w.Row(&c)
		begin := row[:strings.Index(row, fmt.Sprintf("%.2f", c.False))]
		_, rest, ok := strings.Cut(string(page), "\n"+begin)
		if !ok {
			t.Errorf("the page has no row %s", begin)
			continue
		}
		var alarms, group, drops float64
		if _, err := fmt.Sscanf(rest, "%f | %f | %f", &alarms, &group, &drops); err != nil {
			t.Fatal(err)
		}
		// 12 practices of 8 groups over 19 weeks: counts are about Poisson's, a little wider.
		if limit := 6 * math.Sqrt(alarms/(12*8*19)); !(math.Abs(c.False-alarms) < limit) {
			t.Errorf("%s%.3f, the page has %.3f", begin, c.False, alarms)
		}
		if !(math.Abs(c.FalseAny-drops) < 0.25) {
			t.Errorf("%sany drop %.3f, the page has %.3f", begin, c.FalseAny, drops)
		}
	}
}

// TestWhoeverDidNotFallHasNoDrop: that one other of a family does better is no fall of
// the member's, and neither is a value at the own level.
func TestWhoeverDidNotFallHasNoDrop(t *testing.T) {
	t.Parallel()
	l := vigilance.Limits{P: 0.05}
	for name, x := range map[string]struct {
		week []float64
		want string
	}{
		"the other rose":                {[]float64{7, 3, 10}, ""},
		"one rose, one is a bit better": {[]float64{7, 3.5, 10}, ""},
		"one rose, one fell":            {[]float64{7, 1, 10}, "4 1 drop_beside_the_others"},
	} {
		weeks := weeksOf([]float64{7, 3, 4}, []float64{7, 3, 4}, []float64{7, 3.1, 4}, []float64{7, 2.9, 4}, x.week)
		if got := told(vigilance.Find(weeks, vigilance.Scale{Mean: 5, Between: 9, Within: 1}, l).Alarms); got != x.want {
			t.Errorf("%s: %q, want %q", name, got, x.want)
		}
	}
}
