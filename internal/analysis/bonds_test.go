package analysis_test

import (
	"regexp"
	"strings"
	"testing"

	"holon/internal/analysis"
	"holon/internal/session"
)

// rounds makes a group of n members in which everybody rates everybody in every
// one of so many meetings; a value is made from session, rater and target.
func rounds(t *testing.T, r *records, id string, kind session.GroupKind, n, meetings int, value func(s, i, j int) float64) *session.Group {
	t.Helper()
	var members []session.MemberID
	for i := range n {
		members = append(members, session.MemberID(id+"-m"+string(rune('1'+i))))
	}
	g := r.group(t, id, kind, members...)
	for number := 1; number <= meetings; number++ {
		s := r.meeting(t, g, number)
		for i, from := range members {
			for j, to := range members {
				if i != j {
					r.submit(t, s, form{instrument: bondItem, by: string(from), about: session.About{MemberID: to}, answers: []float64{value(number, i, j)}})
				}
			}
		}
	}
	return g
}

// mixedValue is a rating without any order.
func mixedValue(s, i, j int) float64 { return float64((7*i + 5*j + 3*i*j + 2*s*(i+2*j)) % 11) }

// TestSeveralSessionsAreNotSeveralGroups: of each group one session is taken, the
// last unless another is chosen.
func TestSeveralSessionsAreNotSeveralGroups(t *testing.T) {
	t.Parallel()
	r := newRecords(t)
	rounds(t, r, "a", session.KindGroup, 5, 3, mixedValue)
	rounds(t, r, "b", session.KindGroup, 4, 2, func(s, i, j int) float64 { return mixedValue(s+3, j, i) })
	ask := analysis.Ask{Measure: byMembers(bondItem)}
	last, err := analysis.RoundRobin(t.Context(), r, ask)
	if err != nil {
		t.Fatal(err)
	}
	found, ok := last.Result.(*analysis.RoundRobinResult)
	if !ok || found.Pooled.Groups != 2 || last.Counts.Ratings != 32 || *last.Counts.Sessions != 2 || last.Counts.Groups != 2 || last.Counts.Members != 9 {
		t.Fatalf("%+v", last.Counts)
	}
	for _, code := range []string{"last_session_with_ratings", "one_evening", "relationship_holds_error"} {
		if !last.Caveats.Has(code) {
			t.Errorf("no word about %s", code)
		}
	}
	ask.Session = &analysis.Selection{Place: analysis.First}
	first, err := analysis.RoundRobin(t.Context(), r, ask)
	if err != nil {
		t.Fatal(err)
	}
	if first.Input.SHA256 == last.Input.SHA256 || first.Caveats.Has("last_session_with_ratings") {
		t.Error("the first session is the last")
	}
}

// TestFamiliesAndGroupsAreNotOneRoundRobin and what it says instead.
func TestFamiliesAndGroupsAreNotOneRoundRobin(t *testing.T) {
	t.Parallel()
	r := newRecords(t)
	rounds(t, r, "a", session.KindGroup, 4, 1, mixedValue)
	rounds(t, r, "f", session.KindFamily, 4, 1, mixedValue)
	got, err := analysis.RoundRobin(t.Context(), r, analysis.Ask{Measure: byMembers(bondItem)})
	if err != nil {
		t.Fatal(err)
	}
	if v := got.Result.Verdict(); v.Answer != "refused" || v.Reason != "mixed_group_kinds" || !got.Caveats.Has("mixed_group_kinds") || got.Instead == "" {
		t.Errorf("%+v", v)
	}
}

// TestBondsOverTheWeeks follows ties, parts and words over three meetings of a
// group that falls into two halves.
func TestBondsOverTheWeeks(t *testing.T) {
	t.Parallel()
	r := newRecords(t)
	rounds(t, r, "a", session.KindGroup, 8, 3, func(s, i, j int) float64 {
		if i/4 == j/4 && (s < 3 || i != 0 && j != 0) {
			return 9
		}
		return 2
	})
	got, err := analysis.Bonds(t.Context(), r, analysis.Ask{Measure: byMembers(bondItem)})
	if err != nil {
		t.Fatal(err)
	}
	found, ok := got.Result.(*analysis.BondsResult)
	if !ok || len(found.Groups) != 1 || len(found.Groups[0].Sessions) != 3 {
		t.Fatalf("%+v", got.Result)
	}
	g := found.Groups[0]
	if s := g.Sessions[0].Plain; s.Ties != 24 || s.Rated != 56 || s.Mutual != 12 || s.Pairs != 28 || s.FewIncoming != 0 {
		t.Errorf("%+v", s)
	}
	if x := g.Steps[1]; x.From != 2 || x.To != 3 || x.Kept != 18 || x.Lost != 6 || x.New != 0 {
		t.Errorf("%+v", x)
	}
	if n := g.Sessions[2].Nodes[0]; n.Member != "a-m1" || !n.Few || n.Incoming != 0 || n.Raters != 7 || n.ByChance == nil {
		t.Errorf("%+v", n)
	}
	if len(g.Parts.Groups) != 2 || g.Parts.Reason != "" {
		t.Errorf("%+v", g.Parts)
	}
	if got.Counts.Groups != 1 || got.Counts.Ratings != 168 || *got.Counts.Sessions != 3 || got.Counts.Members != 8 {
		t.Errorf("%+v", got.Counts)
	}
	said := strings.Join(analysis.Sentences(&got), " ")
	for _, words := range []string{"18 of 56 answers are ties", "Few ties lead to a-m1: from 0 of 7", "falls into 2 parts", "18 ties were kept, 6 were lost", "do not show it to members"} {
		if !strings.Contains(said, words) {
			t.Errorf("%q is not in %q", words, said)
		}
	}
	if word := regexp.MustCompile(`(?i)isolat|[a-z]+_[a-z]+`).FindString(said); word != "" {
		t.Errorf("%q in %q", word, said)
	}
}

// TestARoundRobinSaysWhatItFoundInWords of a group with missing ratings.
func TestARoundRobinSaysWhatItFoundInWords(t *testing.T) {
	t.Parallel()
	r := newRecords(t)
	g := rounds(t, r, "a", session.KindGroup, 6, 0, nil)
	s := r.meeting(t, g, 1)
	for i := range 6 {
		for j := range 6 {
			if i != j && (i+2*j)%9 != 0 {
				r.submit(t, s, form{
					instrument: bondItem, by: "a-m" + string(rune('1'+i)), about: session.About{MemberID: session.MemberID("a-m" + string(rune('1'+j)))},
					answers: []float64{float64((7*i + 5*j + 3*i*j + 4*i*i) % 11)},
				})
			}
		}
	}
	got, err := analysis.RoundRobin(t.Context(), r, analysis.Ask{Measure: byMembers(bondItem)})
	if err != nil {
		t.Fatal(err)
	}
	said := strings.Join(analysis.Sentences(&got), " ")
	if v := got.Result.Verdict(); v.Reason != "descriptive" || !got.Caveats.Has("likelihood_only") || !strings.Contains(said, "Some ratings are missing in every group") ||
		!strings.Contains(said, "lie in who rates") {
		t.Errorf("%+v: %s", v, said)
	}
	if word := regexp.MustCompile(`[a-z]+_[a-z]+`).FindString(said); word != "" {
		t.Errorf("%q in %q", word, said)
	}
}

// TestOtherMeasuresAreNoBonds is refused at the measure, by both.
func TestOtherMeasuresAreNoBonds(t *testing.T) {
	t.Parallel()
	r := newRecords(t)
	rounds(t, r, "a", session.KindGroup, 4, 1, mixedValue)
	for _, of := range []func() error{
		func() error {
			_, err := analysis.Bonds(t.Context(), r, analysis.Ask{Measure: byMembers(allianceItem)})
			return err
		},
		func() error {
			_, err := analysis.RoundRobin(t.Context(), r, analysis.Ask{Measure: byMembers(cohesionItem)})
			return err
		},
	} {
		if err := of(); err == nil || !strings.Contains(err.Error(), "not_of_bonds") {
			t.Errorf("%v", err)
		}
	}
}
