package pool_test

import (
	"slices"
	"strings"
	"testing"

	"holon/internal/analysis"
	"holon/internal/instrument"
	"holon/internal/multilevel"
	"holon/internal/pool"
	"holon/internal/session"
)

// causes are why shapes were withheld, by the number of members.
func causes(w *pool.Written) map[int]pool.Cause {
	out := map[int]pool.Cause{}
	for _, x := range w.Withheld {
		out[x.Members] = x.Cause
	}
	return out
}

// sizes are the numbers of members of the shapes that were written.
func sizes(w *pool.Written) []int {
	var out []int
	for _, s := range w.File.Shapes {
		out = append(out, s.Members)
	}
	return out
}

// of are options that choose a session of each group, beside earlier files.
func of(place analysis.Place, earlier ...pool.File) pool.Options {
	o := options(2)
	o.OneSession, o.Earlier = place, earlier
	return o
}

// TestFilesOfOtherSessionsGiveNoGroupAway writes the first session of each group, and
// then the last or all: where all groups but one have one session, the first less the
// last is what changed in that one.
func TestFilesOfOtherSessionsGiveNoGroupAway(t *testing.T) {
	t.Parallel()
	w := newWorld(11)
	single, twice, other := w.weeks(6, 6, 1), w.weeks(1, 6, 2), w.weeks(5, 4, 1)
	rows := slices.Concat(single, twice, other)
	first := write(t, rows, of(analysis.First))
	given := *exchanged(t, &first.File)
	again := write(t, rows, of(analysis.Last, given))
	if got := causes(again); len(got) != 1 || got[6] != pool.OtherChoice || !slices.Equal(sizes(again), []int{4}) {
		t.Errorf("the last sessions beside the first ones: withheld %v, written %v", got, sizes(again))
	}
	if told := strings.Join(again.Sentences(), " "); !strings.Contains(told, "another choice of sessions") {
		t.Errorf("%s", told)
	}
	_, err := pool.Write(gathered(slices.Concat(single, twice)), of(analysis.Last, given))
	if !broke(err, "nothing_to_pool") {
		t.Errorf("where nothing else is to be written: %v", err)
	}

	weekly := slices.Concat(w.weeks(5, 6, 3), w.weeks(5, 5, 3))
	whole := write(t, weekly, of(""))
	for _, place := range []analysis.Place{analysis.First, analysis.Last} {
		if _, err := pool.Write(gathered(weekly), of(place, whole.File)); !broke(err, "nothing_to_pool") {
			t.Errorf("the %s of all that were written: %v", place, err)
		}
	}
	more := slices.Concat(weekly, w.weeks(5, 8, 3))
	if one := write(t, more, of(analysis.First, whole.File)); !slices.Equal(sizes(one), []int{8}) {
		t.Errorf("beside groups of other sizes %v are written, withheld %v", sizes(one), causes(one))
	}
}

// TestAnotherStructureIsHeldAgainstAnEarlierFile gives one group of several a second
// session: what was members in groups is members by sessions then.
func TestAnotherStructureIsHeldAgainstAnEarlierFile(t *testing.T) {
	t.Parallel()
	w := newWorld(12)
	once, others := w.weeks(7, 6, 1), w.weeks(5, 4, 1)
	before := write(t, slices.Concat(once, others), of(""))
	second := slices.Clone(once[:6])
	for i := range second {
		second[i].Session, second[i].Value = "2", second[i].Value+float64(i*i)/7
	}
	again := write(t, slices.Concat(once, second, others), of("", *exchanged(t, &before.File)))
	if before.File.Structure != multilevel.MembersInGroups || again.File.Structure != multilevel.MembersBySessions {
		t.Fatalf("%s, then %s", before.File.Structure, again.File.Structure)
	}
	held := map[int]pool.Cause{}
	for _, x := range again.Withheld {
		held[x.Sessions] = x.Cause
	}
	if len(held) != 2 || held[1] != pool.NearBefore || held[2] != pool.FewGroups || !slices.Equal(sizes(again), []int{4}) {
		t.Errorf("withheld by sessions %v, written %v", held, sizes(again))
	}
}

// asked is what a question about recorded sessions gathers.
func asked(rows []multilevel.Row, occasion session.Occasion, kinds ...session.GroupKind) *analysis.Gathered {
	g := gathered(rows)
	g.Outcome = "gad-7@1/total"
	g.Subject = &analysis.Subject{
		Measure: analysis.Measure{Instrument: instrument.Ref{ID: "gad-7", Version: "1"}, Score: "total", Rater: instrument.RaterMember, Occasion: occasion},
		Title:   "GAD-7", Level: instrument.Outcome, Referent: "i", Composition: multilevel.Additive, RuleSet: "r", Kinds: kinds,
	}
	return g
}

// TestWhichEarlierFilesMayHoldTheSameRatings asks for other occasions, kinds and
// measures.
func TestWhichEarlierFilesMayHoldTheSameRatings(t *testing.T) {
	t.Parallel()
	w := newWorld(13)
	rows := w.groups(8, 6)
	earlier, err := pool.Write(asked(rows, session.Post, session.KindFamily), options(1))
	if err != nil {
		t.Fatal(err)
	}
	more := slices.Concat(rows, w.groups(1, 6), w.groups(6, 4))
	otherTitle := asked(more, session.Post, session.KindFamily)
	otherTitle.Subject.Title = "Anxiety"
	otherRater := asked(more, session.Post, session.KindFamily)
	otherRater.Subject.Measure.Rater = instrument.RaterTherapist
	for name, x := range map[string]struct {
		g      *analysis.Gathered
		cause  pool.Cause
		unlike int
	}{
		"the same":             {asked(more, session.Post, session.KindFamily), pool.NearBefore, 0},
		"under another title":  {otherTitle, pool.NearBefore, 0},
		"couples as well":      {asked(more, session.Post, session.KindCouple, session.KindFamily), pool.NearBefore, 0},
		"whichever occasion":   {asked(more, "", session.KindFamily), pool.OtherChoice, 0},
		"before the session":   {asked(more, session.Pre, session.KindFamily), "", 1},
		"therapy groups":       {asked(more, session.Post, session.KindGroup), "", 1},
		"of another rater":     {otherRater, "", 1},
		"a table of that name": {gathered(more), "", 1},
	} {
		o := options(2)
		o.Earlier = []pool.File{earlier.File}
		got, err := pool.Write(x.g, o)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if c := causes(got); c[6] != x.cause || (x.cause != "") != (len(c) == 1) {
			t.Errorf("%s: withheld %v, want %q", name, c, x.cause)
		}
		if told := strings.Contains(strings.Join(got.Sentences(), " "), "earlier file was not compared"); told != (x.unlike > 0) {
			t.Errorf("%s: %q", name, got.Sentences())
		}
	}
}
