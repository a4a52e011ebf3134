package split_test

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"os"
	"reflect"
	"testing"

	"holon/internal/multilevel/split"
)

// near compares numbers to nine digits; NaN is near nothing.
func near(a, b float64) bool { return math.Abs(a-b) <= 1e-9*math.Max(1, math.Abs(b)) }

// TestAgreesWithR holds the package against testdata/split.R: the range of normal
// scores by R's ptukey, everything else written anew from the formulas.
func TestAgreesWithR(t *testing.T) {
	t.Parallel()
	var want struct {
		Apart []struct {
			Members     int     `json:"members"`
			Correlation float64 `json:"correlation"`
			By          float64 `json:"by"`
			Rate        float64 `json:"rate"`
		} `json:"apart"`
		Pairs [][]float64 `json:"pairs"`
		Prior struct {
			Variance []float64 `json:"variance"`
			DF       []float64 `json:"df"`
			Total    []float64 `json:"total"`
		} `json:"prior"`
		Own         []float64     `json:"own"`
		Last        []float64     `json:"last"`
		Spread      []float64     `json:"spread"`
		DF          []float64     `json:"df"`
		P1          []float64     `json:"p1"`
		P2          []float64     `json:"p2"`
		People      [][]float64   `json:"people"`
		Mean        []float64     `json:"mean"`
		Variance    []float64     `json:"variance"`
		Stability   []float64     `json:"stability"`
		Families    [][][]float64 `json:"families"`
		Correlation []float64     `json:"correlation"`
	}
	file, err := os.ReadFile("testdata/split.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(file, &want); err != nil {
		t.Fatal(err)
	}
	if len(want.Apart) != 27 {
		t.Fatalf("%d rates, want 27", len(want.Apart))
	}
	for _, x := range want.Apart {
		if got := split.Apart(x.By, x.Members, x.Correlation); !near(got, x.Rate) {
			t.Errorf("%d members, correlation %v, by %v: %v, want %v", x.Members, x.Correlation, x.By, got, x.Rate)
		}
	}
	var steady split.Steadiness
	for _, d := range want.Pairs {
		steady.Add([][]float64{d})
	}
	prior := steady.Prior()
	if !near(prior.Variance, want.Prior.Variance[0]) || !near(prior.DF, want.Prior.DF[0]) || prior.Total != want.Prior.Total[0] || prior.Pairs != len(want.Pairs) {
		t.Errorf("prior %+v, want %+v", prior, want.Prior)
	}
	check := func(values []float64, limit, p float64, from, seen int) {
		t.Helper()
		got := split.Find(values, prior, limit)
		if len(got) != 1 || !near(got[0].P, p) || !near(got[0].Spread, want.Spread[0]) || !near(got[0].DF, want.DF[0]) || got[0].From != from || got[0].Seen != seen {
			t.Errorf("%+v, want one of p %v from %d seen %d", got, p, from, seen)
		}
	}
	n := len(want.Own)
	check(append(append([]float64{}, want.Own...), want.Last[0]), want.P1[0]*1.001, want.P1[0], n, n)
	// The second look alone sees it where one session does not.
	check(append(append([]float64{}, want.Own...), want.Last...), want.P2[0]*1.001, want.P2[0], n, n+1)

	var s split.Spread
	for _, answers := range want.People {
		s.Add(answers)
	}
	var l split.Likeness
	for _, f := range want.Families {
		l.Add(f)
	}
	if !near(s.Mean(), want.Mean[0]) || !near(s.Variance(), want.Variance[0]) || !near(s.Stability(), want.Stability[0]) {
		t.Errorf("mean %v, variance %v, stability %v, want %v %v %v", s.Mean(), s.Variance(), s.Stability(), want.Mean, want.Variance, want.Stability)
	}
	if got, want := l.Correlation(&s), min(max(want.Correlation[0], 0), .99); !near(got, want) {
		t.Errorf("correlation %v, want %v", got, want)
	}
}

// TestPublishedRates are the chance rates of the project's table for families of two,
// three and four, which were simulated and rounded.
func TestPublishedRates(t *testing.T) {
	t.Parallel()
	table := map[int][3][3]float64{ // by members: at least 1, 2, 3 SD; correlation 0, .3, .6
		2: {{.48, .40, .26}, {.16, .09, .03}, {.03, .01, .00}},
		3: {{.76, .67, .50}, {.33, .21, .07}, {.09, .03, .00}},
		4: {{.90, .83, .68}, {.49, .33, .11}, {.15, .05, .01}},
	}
	for members, rows := range table {
		for k, row := range rows {
			for c, want := range row {
				if got := split.Apart(float64(k+1), members, float64(c)*.3); !(math.Abs(got-want) <= .011) {
					t.Errorf("%d members at least %d SD, correlation %.1f: %.3f, want %.2f", members, k+1, float64(c)*.3, got, want)
				}
			}
		}
	}
}

// TestChanceOverACourse agrees with what is known exactly: once in one session, and in
// at least one of several where levels play no part.
func TestChanceOverACourse(t *testing.T) {
	t.Parallel()
	for _, c := range []split.Course{{Members: 3, Sessions: 8}, {Members: 2, Sessions: 12, Correlation: .3}, {Members: 4, Sessions: 5, Correlation: .6}} {
		by := []float64{1, 2, 3}
		got, err := split.ByChance(t.Context(), c, by, 7)
		if err != nil {
			t.Fatal(err)
		}
		for k, d := range by {
			once := split.Apart(d, c.Members, c.Correlation)
			ever := 1 - math.Pow(1-once, float64(c.Sessions))
			if got[k].Once != once || !(math.Abs(got[k].Ever-ever) <= .03) || !(got[k].Row <= got[k].Ever) {
				t.Errorf("%+v by %v: %+v, want once %v, ever %v", c, d, got[k], once, ever)
			}
		}
		again, _ := split.ByChance(t.Context(), c, by, 7)
		if !reflect.DeepEqual(got, again) {
			t.Error("another answer with the same seed")
		}
	}
	steady, err := split.ByChance(t.Context(), split.Course{Members: 3, Sessions: 12, Stability: 1}, []float64{1}, 7)
	if err != nil {
		t.Fatal(err)
	}
	if x := steady[0]; !(math.Abs(x.Ever-x.Once) <= .03) || x.Row != x.Ever {
		t.Errorf("whoever never moves is apart always or never: %+v", x)
	}
}

// TestUndefined has no rate without two members or with a correlation that is none,
// and grades that no undefined distance reaches.
func TestUndefined(t *testing.T) {
	t.Parallel()
	for _, got := range []float64{split.Apart(1, 1, 0), split.Apart(1, 3, 1), split.Apart(1, 3, -.1), split.Apart(1, 3, math.NaN())} {
		if !math.IsNaN(got) {
			t.Errorf("%v, want NaN", got)
		}
	}
	if split.Apart(0, 3, .5) != 1 || split.GradeOf(math.NaN()) != split.Ungraded || split.GradeOf(.99) != split.Ungraded || split.GradeOf(1) != split.Mild || split.GradeOf(2) != split.Moderate || split.GradeOf(3) != split.Severe {
		t.Error("grades or the rate of no distance")
	}
	var none split.Steadiness
	none.Add([][]float64{{3}})
	if p := none.Prior(); p != (split.Prior{}) {
		t.Errorf("%+v of no pair", p)
	}
	for range 12 {
		none.Add([][]float64{{2, 2, 2, 2}})
	}
	if p := none.Prior(); p != (split.Prior{Pairs: 12}) {
		t.Errorf("%+v of pairs that never move", p)
	}
	if got := split.Find([]float64{0, 0, 0, 0, 9}, none.Prior(), 1); got != nil {
		t.Errorf("%+v though nothing is known of how far pairs move", got)
	}
	var s split.Spread
	var l split.Likeness
	if s.Add(nil); !math.IsNaN(s.Variance()) || !math.IsNaN(s.Stability()) || !math.IsNaN(l.Correlation(&s)) {
		t.Error("something of nobody")
	}
}

// TestWhatIsAddedCanBeTakenOut leaves what the others alone give.
func TestWhatIsAddedCanBeTakenOut(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(3, 4))
	var all, others split.Steadiness
	var allS, othersS split.Spread
	var allL, othersL split.Likeness
	var own [][]float64
	for k := range 20 {
		d := make([]float64, 2+rng.IntN(9))
		for i := range d {
			d[i] = 7 + rng.NormFloat64()
		}
		all.Add([][]float64{d})
		allS.Add(d)
		allL.Add([][]float64{d, d[:1]})
		if k%7 == 0 {
			own = append(own, d)
			allL = allL.Without([][]float64{d, d[:1]})
			allL.Add([][]float64{d, d[:1]})
			continue
		}
		others.Add([][]float64{d})
		othersS.Add(d)
		othersL.Add([][]float64{d, d[:1]})
	}
	left := all
	for _, d := range own {
		left = left.Without([][]float64{d})
	}
	a, b := left.Prior(), others.Prior()
	if a.Pairs != b.Pairs || !near(a.Variance, b.Variance) || !(math.IsInf(a.DF, 1) && math.IsInf(b.DF, 1) || math.Abs(a.DF/b.DF-1) < 1e-6) || !near(a.Total, b.Total) {
		t.Errorf("%+v, want %+v", a, b)
	}
	leftS, leftL := allS.Without(own), allL
	for _, d := range own {
		leftL = leftL.Without([][]float64{d, d[:1]})
	}
	if !near(leftS.Variance(), othersS.Variance()) || !near(leftS.Stability(), othersS.Stability()) || !near(leftL.Correlation(&leftS), othersL.Correlation(&othersS)) {
		t.Error("the spread or the likeness of the others")
	}
}
