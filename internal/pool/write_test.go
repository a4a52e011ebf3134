package pool_test

import (
	"bytes"
	"errors"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"holon/internal/analysis"
	"holon/internal/fault"
	"holon/internal/multilevel"
	"holon/internal/multilevel/grouplevel"
	"holon/internal/pool"
)

// broke tells whether a fault names a rule, as its own or of one place.
func broke(err error, rule string) bool {
	f, ok := errors.AsType[*fault.Error](err)
	if !ok {
		return false
	}
	for _, x := range f.Fields() {
		if x.Rule == rule {
			return true
		}
	}
	return f.Rule() == rule
}

// TestNothingInAFileDependsOnWhatIsWithheld changes every rating of groups below
// the rule, and how many of them there are, and finds the same bytes.
func TestNothingInAFileDependsOnWhatIsWithheld(t *testing.T) {
	t.Parallel()
	for seed := range uint64(30) {
		w := newWorld(seed)
		sessions := []int{0, 3}[seed%2]
		told := w.weeks(5+w.rng.IntN(5), 4, sessions)
		var before []byte
		for _, few := range [][]multilevel.Row{
			nil,
			w.weeks(2, 8, sessions), // two groups
			append(w.weeks(1, 9, sessions), w.weeks(2, 3, sessions)...),
			w.weeks(5, 2, sessions), // ten people
			append(w.weeks(3, 3, sessions), w.weeks(2, 5, sessions)...),
		} {
			for i := range few {
				few[i].Value *= 1000
			}
			made := write(t, append(append([]multilevel.Row{}, few...), told...), options(9))
			text, err := made.File.Encode()
			if err != nil {
				t.Fatal(err)
			}
			if before == nil {
				before = text
			}
			if !bytes.Equal(before, text) {
				t.Fatalf("seed %d: %s\n%s", seed, before, text)
			}
			if len(few) > 0 && len(made.Withheld) == 0 {
				t.Error("the practice is not told what was withheld")
			}
		}
	}
}

// TestTheRuleHasItsEdges writes shapes at the edge of the rule and just below.
func TestTheRuleHasItsEdges(t *testing.T) {
	t.Parallel()
	w := newWorld(1)
	constant := w.groups(6, 4)
	for i := range constant {
		constant[i].Value = float64(i / 4) // every group agrees
	}
	level := w.groups(6, 4)
	for i := range level {
		level[i].Value = float64(i % 4) // every group has the same mean
	}
	stricter := func() pool.Options {
		o := options(1)
		o.Rule = pool.Rule{People: 30, Groups: 6}
		return o
	}
	for name, x := range map[string]struct {
		rows  []multilevel.Row
		o     pool.Options
		cause pool.Cause // empty: it is written
	}{
		"three groups of four":            {w.groups(3, 4), options(1), ""},
		"two groups of many":              {w.groups(2, 40), options(1), pool.FewGroups},
		"one group":                       {w.groups(1, 40), options(1), pool.FewGroups},
		"five couples":                    {w.groups(5, 2), options(1), pool.FewPeople},
		"six couples":                     {w.groups(6, 2), options(1), ""},
		"three groups of three":           {w.groups(3, 3), options(1), pool.FewPeople},
		"ten groups of one":               {w.groups(10, 1), options(1), pool.FewPeople},
		"eleven groups of one":            {w.groups(11, 1), options(1), ""},
		"six groups under a strict rule":  {w.groups(6, 5), stricter(), ""},
		"five groups under a strict rule": {w.groups(5, 8), stricter(), pool.FewGroups},
		"few people under a strict rule":  {w.groups(7, 4), stricter(), pool.FewPeople},
		"members who agree":               {constant, options(1), pool.NoSpread},
		"groups that are alike":           {level, options(1), pool.NoSpread},
		"three weekly groups of four":     {w.weeks(3, 4, 3), options(1), ""},
		"weekly groups of few people":     {w.weeks(5, 2, 12), options(1), pool.FewPeople},
	} {
		// Beside groups of another shape that may be written.
		sessions := 0
		if x.rows[0].Session != "" {
			sessions = 5
		}
		made, err := pool.Write(gathered(append(w.weeks(8, 6, sessions), x.rows...)), x.o)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		switch {
		case x.cause == "" && (len(made.File.Shapes) != 2 || len(made.Withheld) != 0):
			t.Errorf("%s: withheld %+v", name, made.Withheld)
		case x.cause != "" && (len(made.File.Shapes) != 1 || len(made.Withheld) != 1 || made.Withheld[0].Cause != x.cause):
			t.Errorf("%s: %d shapes, withheld %+v", name, len(made.File.Shapes), made.Withheld)
		}
	}
}

// TestOnePersonInSeveralGroupsCountsOnce has twelve ratings of six people.
func TestOnePersonInSeveralGroupsCountsOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(2)
	g := gathered(w.groups(6, 2)) // the same two names in each
	g.Persons = true
	if _, err := pool.Write(g, options(1)); !broke(err, "nothing_to_pool") {
		t.Errorf("of two people: %v", err)
	}
	g.Persons = false
	if _, err := pool.Write(g, options(1)); err != nil {
		t.Errorf("of twelve: %v", err)
	}
}

// TestTheRuleCannotBeLowered asks for less.
func TestTheRuleCannotBeLowered(t *testing.T) {
	t.Parallel()
	for _, rule := range []pool.Rule{{People: 10, Groups: 3}, {People: 11, Groups: 2}, {}} {
		o := options(1)
		o.Rule = rule
		if _, err := pool.Write(gathered(newWorld(1).groups(20, 5)), o); !broke(err, "out_of_range") {
			t.Errorf("%+v: %v", rule, err)
		}
	}
}

// TestOtherGroupsHaveTheSameTotals attacks a shape that is written: groups whose
// means all differ from the real ones, with the same totals, exist for three
// groups and more and for every single group. Of two groups there are none but
// the two exchanged, which is why they are withheld.
func TestOtherGroupsHaveTheSameTotals(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(1, 9))
	for range 100 {
		n := 3 + rng.IntN(6)
		rows := newWorld(rng.Uint64()).groups(n, 5)
		// Turning the groups' deviations about the direction in which all are
		// alike leaves their sum and their sum of squares as they are.
		means := make([]float64, n)
		for i, r := range rows {
			means[i/5] += r.Value / 5
		}
		turned := turn(means, 0.3+rng.Float64())
		moved := make([]multilevel.Row, len(rows))
		for i, r := range rows {
			r.Value += turned[i/5] - means[i/5]
			moved[i] = r
		}
		a, b := write(t, rows, options(1)).File.Shapes[0], write(t, moved, options(1)).File.Shapes[0]
		apart := func(x, y float64) bool { return math.Abs(x-y) > 1e-9*max(1, math.Abs(x)) }
		if apart(a.Mean, b.Mean) || apart(a.Group, b.Group) || apart(a.Residual, b.Residual) {
			t.Fatalf("%+v and %+v", a, b)
		}
		for i := range means {
			if math.Abs(means[i]-turned[i]) < 1e-6 {
				t.Errorf("of %d groups the mean of group %d is the same in both", n, i)
			}
		}
	}
}

// turn rotates numbers about the direction of equal numbers, in planes of three
// neighbours.
func turn(means []float64, angle float64) []float64 {
	out := append([]float64{}, means...)
	s, c := math.Sincos(angle)
	for i := range len(out) - 2 {
		x := out[i : i+3]
		a := (x[0] - x[1]) / math.Sqrt2
		b := (x[0] + x[1] - 2*x[2]) / math.Sqrt(6)
		mean := (x[0] + x[1] + x[2]) / 3
		a, b = c*a-s*b, s*a+c*b
		x[0] = mean + a/math.Sqrt2 + b/math.Sqrt(6)
		x[1] = mean - a/math.Sqrt2 + b/math.Sqrt(6)
		x[2] = mean - 2*b/math.Sqrt(6)
	}
	return out
}

// TestAFewNewGroupsAreNotTakenFromAnEarlierFile writes again after a group was
// added: the difference of the two files would be that group.
func TestAFewNewGroupsAreNotTakenFromAnEarlierFile(t *testing.T) {
	t.Parallel()
	w := newWorld(3)
	rows, steady := w.groups(8, 6), w.groups(7, 3)
	first := write(t, append(append([]multilevel.Row{}, rows...), steady...), options(1))
	for name, x := range map[string]struct {
		more     []multilevel.Row
		withheld bool
	}{
		"nothing new":    {nil, false},
		"one group":      {w.groups(1, 6), true},
		"two groups":     {w.groups(2, 6), true},
		"three groups":   {w.groups(3, 6), false},
		"three of three": {w.groups(3, 3), true}, // nine people
	} {
		o := options(2)
		o.Earlier = []pool.File{*exchanged(t, &first.File)}
		again := write(t, append(append(append([]multilevel.Row{}, rows...), steady...), x.more...), o)
		if got := len(again.Withheld) == 1 && again.Withheld[0].Cause == pool.NearBefore; got != x.withheld || len(again.File.Shapes)+len(again.Withheld) != 2 {
			t.Errorf("%s: withheld %+v", name, again.Withheld)
		}
	}
	changed := append(append([]multilevel.Row{}, rows...), steady...)
	changed[0].Value++ // one rating was corrected
	o := options(2)
	o.Earlier = []pool.File{first.File}
	if again := write(t, changed, o); len(again.Withheld) != 1 {
		t.Errorf("a corrected rating: %+v", again.Withheld)
	}
}

// TestIncompleteGroupsAreLeftOutAndCounted takes a rating out of some groups.
func TestIncompleteGroupsAreLeftOutAndCounted(t *testing.T) {
	t.Parallel()
	for _, broken := range []int{4, 12} {
		w := newWorld(4)
		complete, holed := w.weeks(6, 4, 3), w.weeks(broken, 4, 3)
		var rows []multilevel.Row
		for i, r := range holed {
			if i%12 != 5 {
				rows = append(rows, r)
			}
		}
		made := write(t, append(complete, rows...), options(1))
		count := made.File.LeftOut.Incomplete
		if made.Incomplete != broken || made.File.Groups != 6 {
			t.Errorf("%d incomplete, %d groups", made.Incomplete, made.File.Groups)
		}
		if told := count.Groups != nil && *count.Groups == broken && count.Reason == nil; told != (broken >= pool.LeastPeople) || !told && (count.Groups != nil || count.Reason == nil) {
			t.Errorf("of %d groups the file tells %+v", broken, count)
		}
		if !strings.Contains(strings.Join(made.Sentences(), " "), "groups were left out: a member was not rated") {
			t.Errorf("%q", made.Sentences())
		}
		// One session of each group has everybody.
		o := options(2)
		o.OneSession = analysis.Last
		one := write(t, append(complete, rows...), o)
		if one.File.Groups != 6+broken || one.File.Structure != multilevel.MembersInGroups || one.File.Estimand != multilevel.GroupPlusSession || one.File.Sessions != "last" {
			t.Errorf("%d groups, %s, %s", one.File.Groups, one.File.Structure, one.File.Sessions)
		}
	}
}

// TestRowsWithoutTotalsAreRefused names the rule of each.
func TestRowsWithoutTotalsAreRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(6)
	own := w.weeks(6, 4, 3)
	for i := range own {
		own[i].Session = ""
	}
	twice := w.weeks(6, 4, 3)
	twice = append(twice, twice[0])
	broken := w.weeks(6, 4, 3)
	for i := 0; i < len(broken); i += 11 {
		broken = append(broken[:i], broken[i+1:]...)
	}
	wide := w.groups(6, 4)
	wide[0].Value, wide[1].Value = 1e200, -1e200
	infinite := w.groups(6, 4)
	infinite[0].Value = math.Inf(1)
	for rule, rows := range map[string][]multilevel.Row{
		string(grouplevel.NoTotalsOfStructure): own,
		string(grouplevel.DuplicateRatings):    twice,
		string(multilevel.NoData):              nil,
		string(grouplevel.TotalsUnwritable):    wide,
		string(multilevel.NonFiniteRating):     infinite,
		"nothing_to_pool":                      w.groups(2, 9),
	} {
		if _, err := pool.Write(gathered(rows), options(1)); !broke(err, rule) {
			t.Errorf("%s: %v", rule, err)
		}
	}
	if _, err := pool.Write(gathered(broken), options(1)); err != nil && !strings.Contains(err.Error(), "no_data") {
		t.Errorf("no complete group: %v", err)
	}
	objected := gathered(w.groups(6, 4))
	objected.Objection = &multilevel.Objection{Answer: multilevel.Refused, Reason: "duplicate_rows"}
	if _, err := pool.Write(objected, options(1)); !broke(err, "duplicate_rows") {
		t.Errorf("an objection: %v", err)
	}
	silent := options(1)
	silent.Random = bytes.NewReader(nil)
	if _, err := pool.Write(gathered(w.groups(6, 4)), silent); !broke(err, "no_randomness") {
		t.Errorf("no randomness: %v", err)
	}
}
