package analysis_test

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"holon/internal/analysis"
	"holon/internal/instrument"
	"holon/internal/session"
)

// lone is one family, f01, whose members answer so in each session.
func lone(t *testing.T, sessions ...[]float64) *records {
	t.Helper()
	r := newRecords(t)
	g := r.family(t, "f01", []session.MemberRole{session.RoleCaregiver, session.RoleCaregiver, session.RoleAdolescent}[:len(sessions[0])]...)
	none := []float64{math.NaN(), math.NaN(), math.NaN()}
	for n, answers := range sessions {
		r.evening(t, r.meeting(t, g, n+1), familyEvening{answers, none, none})
	}
	return r
}

// times repeats a session's answers.
func times(n int, answers ...float64) [][]float64 {
	var out [][]float64
	for range n {
		out = append(out, answers)
	}
	return out
}

// raisedOf are the grounds of a rule.
func raisedOf(t *testing.T, r *records, rule string) []string {
	t.Helper()
	var out []string
	for _, g := range grounded(t, r, .25) {
		if strings.HasPrefix(g, rule+" ") {
			fields := strings.Fields(g)
			out = append(out, strings.Join(fields[1:len(fields)-3], " "))
		}
	}
	return out
}

// TestTwoWhoComeTogetherAreNoSplit: that they differ less than before is said, and raises
// nothing.
func TestTwoWhoComeTogetherAreNoSplit(t *testing.T) {
	t.Parallel()
	r := allClosed(t, lone(t, append(times(6, 9, 9, 3), times(2, 9, 9, 9)...)...))
	_, result := splitsIn(t, r, analysis.Ask{Measure: byMembers(allianceItem)})
	found := splitsOf(result, "f01", analysis.MemberMember)
	if len(found) != 2 || found[0].Status != analysis.CloserPair || found[0].Rule != "" || *found[0].Before != 6 || *found[0].Difference != 0 || result.Alerts != 0 {
		t.Errorf("%+v", found)
	}
	if got := raisedOf(t, r, "new_split"); got != nil {
		t.Errorf("raised %q", got)
	}
}

// TestAnotherFallIsAskedAboutWhileTheFirstLasts, and one that was seen in a session left
// open in the next that is closed.
func TestAnotherFallIsAskedAboutWhileTheFirstLasts(t *testing.T) {
	t.Parallel()
	weeks := append(append(times(6, 8, 8, 8), times(3, 8, 8, 1)...), times(3, 8, 1, 1)...)
	r := allClosed(t, lone(t, weeks...))
	got := raisedOf(t, r, "new_split")
	if len(got) != 2 || !strings.HasPrefix(got[0], "f01-s10 [") || !strings.Contains(got[0], "f01-m2") || !strings.HasPrefix(got[1], "f01-s7 [") || !strings.Contains(got[1], "f01-m3") {
		t.Errorf("raised %q", got)
	}
	r.sessions["f01"][6].Status = session.StatusOpen
	if got := raisedOf(t, r, "new_split"); len(got) != 2 || !strings.HasPrefix(got[1], "f01-s8 [") {
		t.Errorf("with the seventh session open, raised %q", got)
	}
}

// TestASplitThatLastsIsWhatThePairIsLike from there on, and nothing is averaged over the
// time before.
func TestASplitThatLastsIsWhatThePairIsLike(t *testing.T) {
	t.Parallel()
	_, result := splitsIn(t, lone(t, append(times(6, 8, 8), times(8, 8, 1)...)...), analysis.Ask{Measure: byMembers(allianceItem), NormSD: 2, Reliability: .8})
	found := splitsOf(result, "f01", analysis.MemberMember)
	if len(found) != 1 || found[0].Status != analysis.StandingSplit || found[0].Rule != "" || found[0].From != 7 || found[0].To != 14 || found[0].Sessions != 8 || *found[0].Difference != 7 || *found[0].Before != 0 || result.Alerts != 0 {
		t.Errorf("%+v", found)
	}
	// A step that no look finds is no standing difference either.
	_, result = splitsIn(t, lone(t, []float64{6, 6}, []float64{8, 6}, []float64{6, 8}, []float64{8, 4}, []float64{8, 4}, []float64{9, 4}), analysis.Ask{Measure: byMembers(allianceItem), NormSD: 2, Reliability: .8})
	for _, x := range splitsOf(result, "f01", analysis.MemberMember) {
		if x.Status == analysis.StandingSplit {
			t.Errorf("%+v", x)
		}
	}
}

// TestTheLaterGuessStands where a therapist guessed before and after the session.
func TestTheLaterGuessStands(t *testing.T) {
	t.Parallel()
	r := lone(t, times(1, 5, 5)...)
	for _, seat := range r.sessions["f01"][0].Roster {
		for _, x := range []struct {
			at    session.Occasion
			value float64
		}{{session.Post, 9}, {session.Pre, 2}} {
			r.submit(t, r.sessions["f01"][0], form{
				instrument: allianceItem, rater: instrument.RaterTherapist, by: "t1", occasion: x.at,
				about: session.About{TherapistID: "t1", MemberID: seat.MemberID}, answers: []float64{x.value},
			})
		}
	}
	_, result := splitsIn(t, r, analysis.Ask{Measure: byMembers(allianceItem)})
	if p := result.Families[0].Lines[0].Points[0]; p.Smallest == nil || *p.Smallest != 4 {
		t.Errorf("%+v", p)
	}
	_, families := familiesOf(t, r, analysis.Ask{})
	for _, row := range families.Families[0].Rows {
		if row.RaterKind == instrument.RaterTherapist && (row.Answered != 1 || *row.Mean != 9) {
			t.Errorf("%+v", row)
		}
	}
}

// TestOneFamilyIsHeldAgainstTheOthers also where it alone is asked about.
func TestOneFamilyIsHeldAgainstTheOthers(t *testing.T) {
	t.Parallel()
	r := splitPractice(t)
	ask := aboutSplits()
	_, all := splitsIn(t, r, ask)
	ask.Groups = []session.GroupID{"f01"}
	report, one := splitsIn(t, r, ask)
	told := func(list []analysis.Split) (out []string) {
		for _, x := range list {
			out = append(out, fmt.Sprint(x.Kind, x.Members, x.Status, x.From, x.Seen, x.Grade))
		}
		return out
	}
	if len(one.Families) != 1 || report.Counts.Groups != 1 || report.Counts.Members != 3 || !slices.Equal(told(one.Families[0].Splits), told(all.Families[0].Splits)) || one.Rule.Pairs != all.Rule.Pairs {
		t.Errorf("%+v: %q, with all %q", report.Counts, told(one.Families[0].Splits), told(all.Families[0].Splits))
	}
}
