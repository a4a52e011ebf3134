package multilevel_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"holon/internal/multilevel"
)

// TestLayout counts where ratings lie.
func TestLayout(t *testing.T) {
	t.Parallel()
	rows := []multilevel.Row{
		{Group: "a", Member: "1", Session: "s1"},
		{Group: "a", Member: "2", Session: "s1"},
		{Group: "a", Member: "1", Session: "s2"},
		{Group: "b", Member: "1", Session: "t1"},
		{Group: "b", Member: "1", Session: "t2"},
		{Group: "b", Member: "3", Session: "t1"},
		{Group: "c"},
		{Group: "c"},
	}
	people := multilevel.Layout{
		Ratings: 8, Groups: 3, Members: 5, Sessions: 4, MostSessions: 2, MostRatings: 2, RepeatedMembers: 1, SharedNames: 1, Unnamed: 2,
		RepeatedGroups: 2, JoinedMembers: 3, JoinedGroups: 2, MetMembers: 3, MetGroups: 2,
	}
	places := people // member 1 of group a and member 1 of group b are two
	places.Names, places.Members, places.RepeatedMembers, places.JoinedMembers, places.MetMembers = multilevel.InGroup, 6, 2, 4, 4
	for range 2 {
		for names, want := range map[multilevel.Naming]multilevel.Layout{multilevel.OfPerson: people, multilevel.InGroup: places} {
			if diff := cmp.Diff(want, multilevel.LayoutOf(rows, names)); diff != "" {
				t.Error(diff)
			}
		}
		slices.Reverse(rows)
	}
	if diff := cmp.Diff(multilevel.Layout{}, multilevel.LayoutOf(nil, multilevel.OfPerson)); diff != "" {
		t.Error(diff)
	}
}

// TestHashOfRows is of the documented lines, whatever order the rows had. The
// expected hash is sha256sum's, of the two lines
// ["a","s1","1",4.5] and ["b","","2",-1e+300], each with a line feed.
func TestHashOfRows(t *testing.T) {
	t.Parallel()
	r := multilevel.Ratings{Rows: []multilevel.Row{{Group: "b", Member: "2", Value: -1e300}, {Group: "a", Member: "1", Session: "s1", Value: 4.5}}}
	got, err := multilevel.SHA256(r.Canonical())
	if err != nil {
		t.Fatal(err)
	}
	if want := "8cb5945e54580704e6db65f2d576023d43641650c3af9b9356107fb043c94e3a"; got != want {
		t.Errorf("hash %s, want %s", got, want)
	}
	if r.Rows[0].Group != "b" {
		t.Error("the table itself was sorted")
	}
}

// TestUnansweredHasNoNumbers keeps the answer, the reason and its sentence.
func TestUnansweredHasNoNumbers(t *testing.T) {
	t.Parallel()
	for _, answer := range []multilevel.Answer{multilevel.Refused, multilevel.NotIdentifiable} {
		r := multilevel.Unanswered(multilevel.Options{}, multilevel.Counts{Ratings: 8, Groups: 2}, multilevel.Objection{Answer: answer, Reason: "why", Detail: "Because."})
		if r.Answer != answer || r.Reason != "why" || !r.Caveats.Has("why") || r.Counts.Ratings != 8 {
			t.Errorf("%s because %s", r.Answer, r.Reason)
		}
		if r.ICC1.Estimate != nil || r.ANOVA != (multilevel.ANOVA{}) || r.GroupSize != (multilevel.GroupSize{}) ||
			!cmp.Equal(r.REML, multilevel.Fit{}) || !cmp.Equal(r.ML, multilevel.Fit{}) || r.Settle.PowerNow != nil || len(r.Tests) == 0 {
			t.Error("a number in an unanswered result")
		}
		for _, test := range r.Tests {
			if test.Statistic != nil || test.P != nil || test.Null != nil {
				t.Errorf("a test in an unanswered result: %+v", test)
			}
		}
	}
}

// TestSitting averages what counts as one and counts the rest.
func TestSitting(t *testing.T) {
	t.Parallel()
	s := multilevel.NewSitting("g", "s")
	s.Add("2", 3)
	s.Add("1", 8)
	s.Add("1", 6)
	s.Leave("absent", 2)
	s.Leave("absent", 1)
	s.Leave("nothing", 0)
	got := s.Ratings()
	want := []multilevel.Row{{Group: "g", Member: "1", Session: "s", Value: 7}, {Group: "g", Member: "2", Session: "s", Value: 3}}
	if diff := cmp.Diff(want, got.Rows); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]multilevel.Exclusion{{Reason: "absent", Rows: 3}}, got.Excluded.List()); diff != "" {
		t.Error(diff)
	}
	if got.Averaged != 1 {
		t.Errorf("%d rows are means, want 1", got.Averaged)
	}
}
