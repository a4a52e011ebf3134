package onewithmany_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"testing"

	"gonum.org/v1/gonum/floats/scalar"
	"pgregory.net/rapid"

	"holon/internal/multilevel"
	"holon/internal/multilevel/onewithmany"
)

// TestThreeLevelsAgreeWithNlme holds pairs of several sessions, unbalanced and
// with either side missing, against testdata/three-level.R: nlme, whose own
// tolerance on components is about 1e-4.
func TestThreeLevelsAgreeWithNlme(t *testing.T) {
	t.Parallel()
	type fit struct {
		Therapist [3]float64 `json:"therapist"`
		Pair      [3]float64 `json:"pair"`
		Error     [3]float64 `json:"error"`
		Means     [2]float64 `json:"means"`
		LogLik    float64    `json:"logLik"` //nolint:tagliatelle // the file's key
	}
	var want struct {
		REML fit `json:"reml"`
		ML   fit `json:"ml"`
	}
	raw, err := os.ReadFile("testdata/three-level.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(raw, &want); err != nil {
		t.Fatal(err)
	}
	got, err := onewithmany.Analyse(t.Context(), table(t, "testdata/three-level.csv"), onewithmany.Options{Draws: 199})
	if err != nil || got.Reason != "" || !got.Sessions {
		t.Fatal(got.Reason, got.Sessions, err)
	}
	for name, c := range map[string]struct {
		got  onewithmany.Fit
		want fit
	}{"REML": {got.REML[0], want.REML}, "ML": {got.ML[0], want.ML}} {
		for l, three := range [][3]float64{c.want.Therapist, c.want.Pair, c.want.Error} {
			at := fmt.Sprintf("%s layer %d ", name, l)
			agrees(t, at+"t", c.got.Parts[0][l], three[0], 3e-4, 0)
			agrees(t, at+"m", c.got.Parts[1][l], three[1], 3e-4, 0)
			agrees(t, at+"together", c.got.Together[l], three[2], 3e-4, 1e-4)
		}
		agrees(t, name+" mean t", c.got.Means[0], c.want.Means[0], 1e-5, 0)
		agrees(t, name+" mean m", c.got.Means[1], c.want.Means[1], 1e-5, 0)
		agrees(t, name+" log-likelihood", &c.got.LogLik, c.want.LogLik, 0, 1e-5)
	}
}

// drawn makes rows of a few therapists, with several sessions or without, with
// sides missing.
func drawn(rt *rapid.T) []onewithmany.Row {
	rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(rt, "seed"), 1))
	sessions := rapid.IntRange(1, 3).Draw(rt, "sessions")
	therapists := rapid.IntRange(3, 7).Draw(rt, "therapists")
	var out []onewithmany.Row
	for t := range therapists {
		a, b := rng.NormFloat64(), rng.NormFloat64()
		for m := range 2 + rng.IntN(4) {
			p, q := rng.NormFloat64(), rng.NormFloat64()
			for s := range sessions {
				e := rng.NormFloat64()
				x, y := 4+a+p+e, 5+b+.5*p+q+.3*e+rng.NormFloat64()
				row := onewithmany.Row{Therapist: fmt.Sprint("t", t), Member: fmt.Sprint("m", m), Session: fmt.Sprint(s)}
				gap := rng.Float64()
				if gap > .1 {
					row.Values[0] = &x
				}
				if gap < .9 {
					row.Values[1] = &y
				}
				out = append(out, row)
			}
		}
	}
	return out
}

// analysed analyses rows without intervals.
func analysed(t *testing.T, rows []onewithmany.Row) onewithmany.Result {
	t.Helper()
	got, err := onewithmany.Analyse(t.Context(), rows, onewithmany.Options{Draws: -1})
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// moved returns rows with the ratings of a side changed.
func moved(rows []onewithmany.Row, side int, by, shift float64) []onewithmany.Row {
	out := append([]onewithmany.Row(nil), rows...)
	for i := range out {
		if v := out[i].Values[side]; v != nil {
			out[i].Values[side] = new(by**v + shift)
		}
	}
	return out
}

// alike fails unless two results agree, the second with its sides multiplied and
// perhaps swapped.
func alike(rt *rapid.T, what string, a, b onewithmany.Result, by [2]float64, swap bool) {
	if a.Reason != b.Reason || len(a.REML) != len(b.REML) {
		rt.Fatalf("%s: %q, %d fits; %q, %d fits", what, a.Reason, len(a.REML), b.Reason, len(b.REML))
	}
	for s := range a.Sides {
		of := s
		if swap {
			of = 1 - s
		}
		for l, p := range a.Sides[s].Parts {
			q := b.Sides[of].Parts[l]
			// A ratio of parts next to nothing is told to a part of a million only.
			if !scalar.EqualWithinAbsOrRel(*p.Share, *q.Share, 2e-6, 0) || !scalar.EqualWithinAbsOrRel(by[s]*by[s]**p.Variance, *q.Variance, 1e-5*by[s]*by[s], 1e-5) {
				rt.Fatalf("%s: side %d layer %d: %g (%g), then %g (%g)", what, s, l, *p.Variance, *p.Share, *q.Variance, *q.Share)
			}
		}
	}
	for l := range a.Reciprocity {
		x, y := a.Reciprocity[l].Covariance, b.Reciprocity[l].Covariance
		if (x == nil) != (y == nil) || (x != nil && !scalar.EqualWithinAbsOrRel(by[0]*by[1]**x, *y, 1e-5*by[0]*by[1], 1e-5)) {
			rt.Fatalf("%s: covariance %d", what, l)
		}
	}
}

// TestLabelsShiftsScalesAndSides relabels, shifts, multiplies and swaps.
func TestLabelsShiftsScalesAndSides(t *testing.T) {
	t.Parallel()
	computed := 0
	rapid.Check(t, func(rt *rapid.T) {
		rows := drawn(rt)
		before := analysed(t, rows)
		if before.Reason == "" {
			computed++
		}
		one := [2]float64{1, 1}
		relabelled := append([]onewithmany.Row(nil), rows...)
		for i := range relabelled {
			relabelled[i].Therapist = "x" + string('z'-rows[i].Therapist[1]+'0')
			relabelled[i].Member = "y" + string('z'-rows[i].Member[1]+'0')
		}
		rand.New(rand.NewPCG(1, 1)).Shuffle(len(relabelled), func(i, j int) { relabelled[i], relabelled[j] = relabelled[j], relabelled[i] })
		alike(rt, "relabelled", before, analysed(t, relabelled), one, false)
		shifted := analysed(t, moved(rows, 0, 1, 1<<16))
		alike(rt, "shifted", before, shifted, one, false)
		if before.Reason == "" && !scalar.EqualWithinAbsOrRel(*before.Sides[0].Mean+1<<16, *shifted.Sides[0].Mean, 1e-6, 0) {
			rt.Fatalf("mean %g, then %g", *before.Sides[0].Mean, *shifted.Sides[0].Mean)
		}
		alike(rt, "multiplied", before, analysed(t, moved(moved(rows, 0, 8, 0), 1, .25, 0)), [2]float64{8, .25}, false)
		swapped := append([]onewithmany.Row(nil), rows...)
		for i := range swapped {
			swapped[i].Values[0], swapped[i].Values[1] = rows[i].Values[1], rows[i].Values[0]
		}
		alike(rt, "swapped", before, analysed(t, swapped), one, true)
	})
	if computed == 0 {
		t.Error("nothing was computed")
	}
}

// rowsOf makes rows: therapist, member and the two sides.
func rowsOf(n int, value func(i int) (therapist, member string, of [2]*float64)) []onewithmany.Row {
	out := make([]onewithmany.Row, n)
	for i := range out {
		out[i].Therapist, out[i].Member, out[i].Values = value(i)
	}
	return out
}

// TestWhatCannotBeTold gives data from which a part cannot be told.
func TestWhatCannotBeTold(t *testing.T) {
	t.Parallel()
	y := func(i int) *float64 { return new(float64(i*i%7) + float64(i%3)) }
	for reason, rows := range map[multilevel.Reason][]onewithmany.Row{
		multilevel.NoData: nil,
		onewithmany.OneTherapist: rowsOf(6, func(i int) (string, string, [2]*float64) {
			return "t", fmt.Sprint(i), [2]*float64{y(i), y(i + 1)}
		}),
		onewithmany.OneMemberEach: rowsOf(6, func(i int) (string, string, [2]*float64) {
			return fmt.Sprint(i), "m", [2]*float64{y(i), y(i + 1)}
		}),
		multilevel.NoVariation: rowsOf(8, func(i int) (string, string, [2]*float64) {
			return fmt.Sprint(i / 2), fmt.Sprint(i), [2]*float64{new(3.), new(4.)}
		}),
		onewithmany.RepeatedPair: rowsOf(4, func(int) (string, string, [2]*float64) { return "t", "m", [2]*float64{new(3.), nil} }),
	} {
		got := analysed(t, rows)
		if got.Reason != reason || onewithmany.Sentence(reason) == "" || !got.Caveats.Has(string(reason)) && reason != multilevel.NoData && reason != onewithmany.RepeatedPair {
			t.Errorf("%s: %q %v", reason, got.Reason, got.Caveats.List())
		}
	}
}

// TestOneSideIsComputedAlone takes away the therapists' ratings: with two members
// each, members' shares are those of the one-way analysis of variance.
func TestOneSideIsComputedAlone(t *testing.T) {
	t.Parallel()
	values := []float64{1, 2, 6, 5, 3, 4, 8, 6}
	got := analysed(t, rowsOf(8, func(i int) (string, string, [2]*float64) {
		return fmt.Sprint(i / 2), fmt.Sprint(i), [2]*float64{nil, &values[i]}
	}))
	// Means 1.5, 5.5, 3.5, 7: MSB = 2 * 5.729167 = 11.458333, MSW = (0.5+0.5+0.5+2)/4 = .875.
	agrees(t, "therapist", got.Sides[1].Parts[0].Variance, (11.458333333333334-.875)/2, 1e-9, 0)
	agrees(t, "pair", got.Sides[1].Parts[1].Variance, .875, 1e-9, 0)
	if got.Sides[0].Reason != onewithmany.SideMissing || got.Reciprocity[1].Reason != onewithmany.SideMissing || got.Reciprocity[1].Covariance != nil {
		t.Errorf("the side that is missing: %v, %v", got.Sides[0], got.Reciprocity[1])
	}
}

// TestSidesThatNeverMeet rates some pairs from one side and others from the other.
func TestSidesThatNeverMeet(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(2, 2))
	got := analysed(t, rowsOf(40, func(i int) (string, string, [2]*float64) {
		of := [2]*float64{}
		of[i%2] = new(rng.NormFloat64() + float64(i/8))
		return fmt.Sprint(i / 8), fmt.Sprint(i), of
	}))
	if got.Reason != "" || got.Reciprocity[1].Reason != onewithmany.FewBothSides || len(got.REML) != 2 {
		t.Fatal(got.Reason, got.Reciprocity, len(got.REML))
	}
	for s, side := range got.Sides {
		if len(side.Parts) != 2 || side.Parts[0].Share == nil {
			t.Errorf("side %d: %v", s, side)
		}
	}
}

var simulations = flag.Int("simulations", 0, "data sets of 8, 15 and 30 therapists in which the coverage of the intervals is counted; documented figures come from 100")

// TestCoverage counts how often the intervals hold the truth: in a few data sets
// of 8 therapists, or in as many as -simulations asks for. Each therapist has 4 to
// 9 members, one rating of each pair and side.
func TestCoverage(t *testing.T) {
	t.Parallel()
	if *simulations == 0 {
		coverage(t, 8, 8, .6)
		return
	}
	for _, therapists := range []int{8, 15, 30} {
		coverage(t, therapists, *simulations, .8)
	}
}

// coverage fails unless the intervals of so many data sets hold the truth in more
// than a share of them.
func coverage(t *testing.T, therapists, sets int, least float64) {
	t.Helper()
	rng := rand.New(rand.NewPCG(11, uint64(therapists)))
	// Variances .5 .3 of therapists, r .4; .6 .7 of pairs, r .3.
	truth := map[string]float64{"share t": .5 / 1.1, "share m": .3, "generalised": .4, "dyadic": .3}
	inside, defined := map[string]int{}, map[string]int{}
	for range sets {
		var rows []onewithmany.Row
		pair := func(a, b, r float64) [2]float64 {
			x, y := rng.NormFloat64(), rng.NormFloat64()
			return [2]float64{a * x, b * (r*x + math.Sqrt(1-r*r)*y)}
		}
		for k := range therapists {
			of := pair(math.Sqrt(.5), math.Sqrt(.3), .4)
			for m := range 4 + rng.IntN(6) {
				own := pair(math.Sqrt(.6), math.Sqrt(.7), .3)
				rows = append(rows, onewithmany.Row{Therapist: fmt.Sprint(k), Member: fmt.Sprint(m), Values: [2]*float64{new(of[0] + own[0]), new(of[1] + own[1])}})
			}
		}
		got, err := onewithmany.Analyse(t.Context(), rows, onewithmany.Options{Draws: 199, Seed: 1 + rng.Uint64N(1<<40)})
		if err != nil || got.Reason != "" {
			t.Fatal(got.Reason, err)
		}
		for name, ci := range map[string]*multilevel.Interval{
			"share t": got.Sides[0].Parts[0].CI, "share m": got.Sides[1].Parts[0].CI,
			"generalised": got.Reciprocity[0].CI, "dyadic": got.Reciprocity[1].CI,
		} {
			if ci == nil || ci.Lower == nil {
				continue
			}
			defined[name]++
			if *ci.Lower <= truth[name] && truth[name] <= *ci.Upper {
				inside[name]++
			}
		}
	}
	for name := range truth {
		share := float64(inside[name]) / float64(defined[name])
		t.Logf("%d therapists, %s: %d of %d (%.3f)", therapists, name, inside[name], defined[name], share)
		if !(share > least) {
			t.Errorf("%d therapists: the 95 %% interval of %s held the truth in %.3f", therapists, name, share)
		}
	}
}
