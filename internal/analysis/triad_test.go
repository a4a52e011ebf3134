package analysis_test

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"holon/internal/analysis"
	"holon/internal/instrument"
	"holon/internal/multilevel"
	"holon/internal/session"
)

// The instruments of adherence: one's own word, and what others see.
const (
	ownAdherence  = "holon-adherence-1"
	seenAdherence = "holon-adherence-seen-1"
)

// adherence is a measure of adherence.
func adherence(id string, rater instrument.RaterKind) analysis.Measure {
	return analysis.Measure{Instrument: instrument.Ref{ID: id, Version: "1"}, Score: "rating", Rater: rater}
}

// triad is a child, two caregivers and a clinician over so many meetings: each of the
// four says of the child something of their own. One caregiver leaves the family in the
// meeting after next to last; in the second one the other was excused and sent no form.
func triad(t *testing.T, meetings int) *records {
	t.Helper()
	r := newRecords(t)
	g := r.group(t, "fam", session.KindFamily)
	for _, m := range []struct {
		id   session.MemberID
		role session.MemberRole
	}{{"child", session.RoleChild}, {"mother", session.RoleCaregiver}, {"father", session.RoleCaregiver}} {
		if _, err := g.Join(m.id, m.role, "2026-01-01"); err != nil {
			t.Fatal(err)
		}
	}
	for n := 1; n <= meetings; n++ {
		var away []session.MemberID
		if n == 2 {
			away = []session.MemberID{"mother"}
		}
		s := r.meeting(t, g, n, away...)
		about := session.About{MemberID: "child"}
		r.submit(t, s,
			form{instrument: ownAdherence, by: "child", answers: []float64{float64(90 - n)}},
			form{instrument: seenAdherence, by: "father", about: about, answers: []float64{float64(60 + n)}},
			form{instrument: seenAdherence, rater: instrument.RaterTherapist, by: "t1", about: about, answers: []float64{float64(20 + n%2)}},
			form{instrument: seenAdherence, rater: instrument.RaterTherapist, by: "t2", about: about, answers: []float64{float64(80 + n%3)}},
			form{instrument: allianceItem, by: "child", about: session.About{TherapistID: "t1"}, answers: []float64{float64(5 + n%3)}})
		if n != 2 {
			r.submit(t, s, form{instrument: seenAdherence, by: "mother", about: about, answers: []float64{float64(30 + n)}})
		}
	}
	return r
}

// TestInformantsAreSeriesOfTheirOwn: the child, each caregiver and each clinician have
// a series each, and nothing is averaged over any two of them.
func TestInformantsAreSeriesOfTheirOwn(t *testing.T) {
	t.Parallel()
	r := triad(t, 4)
	for _, c := range []struct {
		measure analysis.Measure
		want    []string
	}{
		{adherence(ownAdherence, instrument.RaterMember), []string{"Member child: 89 88 87 86"}},
		{adherence(seenAdherence, instrument.RaterMember), []string{
			"Caregiver father about child: 61 62 63 64", "Caregiver mother about child: 31 excused 33 34",
		}},
		{adherence(seenAdherence, instrument.RaterTherapist), []string{
			"Therapist t1 about child: 21 20 21 20", "Therapist t2 about child: 81 82 80 81",
		}},
	} {
		report, err := analysis.Series(t.Context(), r, analysis.Ask{Measure: c.measure})
		if err != nil {
			t.Fatal(err)
		}
		got := resultOf[*analysis.SeriesResult](t, report)
		said := analysis.Sentences(&report)
		var lines []string
		for i := range got.Units {
			u := &got.Units[i]
			head, _, _ := strings.Cut(said[i+1], ":")
			line := head + ":"
			for _, p := range u.Points {
				if p.Value == nil {
					line += " " + string(p.Gap)
					continue
				}
				line += fmt.Sprint(" ", *p.Value)
			}
			lines = append(lines, line)
			if u.Member != "child" {
				t.Errorf("about %s", u.Member)
			}
		}
		if diff := cmp.Diff(c.want, lines); diff != "" {
			t.Error(diff)
		}
		if report.Counts.Members != 1 || report.Caveats.Has("informants_apart") != (len(c.want) > 1) {
			t.Errorf("%d members, caveats %v", report.Counts.Members, report.Caveats.List())
		}
	}
}

// TestAnInformantWhoWasNotToComeIsNotMissing: no point of a caregiver's in a session
// of the child alone, unless there is a form, and none after the caregiver left.
func TestAnInformantWhoWasNotToComeIsNotMissing(t *testing.T) {
	t.Parallel()
	r := triad(t, 3)
	g := r.groups[0]
	if err := g.Leave(3, "2026-01-23", session.LeftOther); err != nil {
		t.Fatal(err)
	}
	r.open(t, g, session.Plan{Number: 4, Kind: session.Individual, HeldOn: "2026-01-24", Members: []session.MemberID{"child"}})
	r.meeting(t, g, 5)
	report, err := analysis.Series(t.Context(), r, analysis.Ask{Measure: adherence(seenAdherence, instrument.RaterMember)})
	if err != nil {
		t.Fatal(err)
	}
	points := map[string][]int{}
	for _, u := range resultOf[*analysis.SeriesResult](t, report).Units {
		for _, p := range u.Points {
			points[u.Informant.ID] = append(points[u.Informant.ID], p.Number)
		}
	}
	if diff := cmp.Diff(map[string][]int{"father": {1, 2, 3}, "mother": {1, 2, 3, 5}}, points); diff != "" {
		t.Error(diff)
	}
}

// TestAChangeIsOneInformants: the father sees it rise, the mother not, and nobody is
// taken for another.
func TestAChangeIsOneInformants(t *testing.T) {
	t.Parallel()
	r := triad(t, 6)
	report, err := analysis.OutcomeChange(t.Context(), r, analysis.Ask{
		Measure: adherence(seenAdherence, instrument.RaterMember), Reliability: 0.99, NormSD: 15,
	})
	if err != nil {
		t.Fatal(err)
	}
	got := resultOf[*analysis.OutcomeChangeResult](t, report)
	var lines []string
	for i := range got.Members {
		m := &got.Members[i]
		lines = append(lines, fmt.Sprintf("%s %s about %s %+g", m.Informant.Role, m.Informant.ID, m.Member, m.Change.Change))
	}
	if diff := cmp.Diff([]string{"caregiver father about child +5", "caregiver mother about child +5"}, lines); diff != "" {
		t.Error(diff)
	}
	if got.Total.Members != 2 || report.Counts.Members != 1 || !strings.Contains(strings.Join(analysis.Sentences(&report), " "), "Of 2 reports 2 improved") || report.Caveats.Has("members_in_several_groups") {
		t.Errorf("%+v, %v", got.Total, analysis.Sentences(&report))
	}
	raw, err := json.Marshal(report.Document())
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(raw), `"informant":{"kind":"member","id":"father","role":"caregiver"}`) {
		t.Error("the informant is not in the document")
	}
}

// TestLagsKeepInformantsApart: from meeting to meeting of the child, every informant
// is a chain of their own; what one says never comes before what another says.
func TestLagsKeepInformantsApart(t *testing.T) {
	t.Parallel()
	r := triad(t, 8)
	alliance := byMembers(allianceItem)
	for _, c := range []struct {
		rater instrument.RaterKind
		want  int
		lost  int
	}{{instrument.RaterMember, 15, 1}, {instrument.RaterTherapist, 16, 0}} {
		report, err := analysis.Lagged(t.Context(), r, analysis.Ask{Measure: alliance, Against: adherence(seenAdherence, c.rater), Draws: 9})
		if err != nil {
			t.Fatal(err)
		}
		got := resultOf[*analysis.LaggedResult](t, report)
		// Two chains of eight; the mother's has no value in the second meeting, so its
		// first step goes from the third: 7 + 5 pairs, and of the clinicians 7 + 7.
		pairs := 2*8 - 2 - 2*c.lost
		if report.Counts.Ratings != c.want || got.Pairs != pairs || report.Counts.Members != 1 || !report.Caveats.Has("informants_apart") {
			t.Errorf("%s: %d occasions, %d pairs, %d members", c.rater, report.Counts.Ratings, got.Pairs, report.Counts.Members)
		}
		lost := 0
		for _, x := range report.Counts.Excluded {
			if x.Reason == "attended_without_second_measure" {
				lost = x.Rows
			}
		}
		if lost != c.lost {
			t.Errorf("%s: %v", c.rater, report.Counts.Excluded)
		}
	}
	// Of the same informants twice a chain is one informant's, not each with each.
	both := adherence(seenAdherence, instrument.RaterMember)
	pre := both
	pre.Occasion = session.Pre
	post := both
	post.Occasion = session.Post
	for _, s := range r.sessions["fam"] {
		for _, by := range []string{"mother", "father"} {
			r.submit(t, s, form{instrument: seenAdherence, by: by, occasion: session.Pre, about: session.About{MemberID: "child"}, answers: []float64{50}})
		}
	}
	report, err := analysis.Lagged(t.Context(), r, analysis.Ask{Measure: pre, Against: post, Draws: 9})
	if err != nil {
		t.Fatal(err)
	}
	if report.Counts.Ratings != 15 {
		t.Errorf("%d occasions", report.Counts.Ratings)
	}
}

// TestEarlyAllianceTakesOneInformantEach: nobody counts twice, and nobody is a drop-out
// because one of several stopped.
func TestEarlyAllianceTakesOneInformantEach(t *testing.T) {
	t.Parallel()
	r := triad(t, 8)
	report, err := analysis.EarlyAlliance(t.Context(), r, analysis.Ask{Measure: byMembers(allianceItem), Against: adherence(seenAdherence, instrument.RaterMember), Draws: 9})
	if err != nil {
		t.Fatal(err)
	}
	taken := func(report *analysis.Report) bool {
		result, ok := report.Result.(*analysis.EarlyAllianceResult)
		if !ok {
			t.Fatalf("%T", report.Result)
		}
		return report.Counts.Ratings == 1 && report.Counts.Members == 1 && report.Caveats.Has("one_informant") && result.Measures[0].Dropped.Members == 0
	}
	if !taken(&report) {
		t.Errorf("%+v", report.Counts)
	}
	last := r.sessions["fam"][7]
	last.Outcomes = slices.DeleteFunc(slices.Clone(last.Outcomes), func(x session.OutcomeRating) bool { return x.Rater.ID == "father" })
	for _, s := range r.sessions["fam"][4:7] { // the father, who comes first, stops after four
		s.Outcomes = slices.DeleteFunc(slices.Clone(s.Outcomes), func(x session.OutcomeRating) bool { return x.Rater.ID == "father" })
	}
	if report, err = analysis.EarlyAlliance(t.Context(), r, analysis.Ask{Measure: byMembers(allianceItem), Against: adherence(seenAdherence, instrument.RaterMember), Draws: 9}); err != nil || !taken(&report) {
		t.Errorf("one of two stopped: %+v %v", report.Counts, err)
	}
	own, err := analysis.EarlyAlliance(t.Context(), r, analysis.Ask{Measure: byMembers(allianceItem), Against: adherence(ownAdherence, instrument.RaterMember), Draws: 9})
	if err != nil {
		t.Fatal(err)
	}
	if own.Counts.Ratings != 1 || own.Caveats.Has("one_informant") {
		t.Errorf("%+v", own.Counts)
	}
}

// TestWhatOthersSayOfAMemberIsNoGroups: no group value is made of it, by whoever.
func TestWhatOthersSayOfAMemberIsNoGroups(t *testing.T) {
	t.Parallel()
	r := triad(t, 4)
	for rater, reason := range map[instrument.RaterKind]multilevel.Reason{instrument.RaterMember: "members_about_others", instrument.RaterTherapist: "one_with_many"} {
		report, err := analysis.GroupLevel(t.Context(), r, analysis.Ask{Measure: adherence(seenAdherence, rater)})
		if err != nil {
			t.Fatal(err)
		}
		if v := report.Result.Verdict(); v.Answer != multilevel.Refused || v.Reason != reason {
			t.Errorf("%s: %+v", rater, v)
		}
	}
}

// TestAlarmsWatchMembersOwnWord: a caregiver's reports are no column beside the
// child's, and watching them by name is refused.
func TestAlarmsWatchMembersOwnWord(t *testing.T) {
	t.Parallel()
	r := triad(t, 8)
	report, err := analysis.Alarms(t.Context(), r, analysis.Ask{})
	if err != nil {
		t.Fatal(err)
	}
	// The child's alliance and the child's own word, eight weeks of each; nobody else
	// answers either.
	if report.Counts.Ratings != 16 {
		t.Errorf("%d ratings", report.Counts.Ratings)
	}
	_, err = analysis.Alarms(t.Context(), r, analysis.Ask{Measures: []analysis.Measure{adherence(seenAdherence, instrument.RaterMember)}})
	if err == nil || !strings.Contains(err.Error(), "/measures/0") {
		t.Errorf("error %v", err)
	}
}

// TestNumbersOfTheTriadDoNotDependOnTheOrder of sessions and ratings.
func TestNumbersOfTheTriadDoNotDependOnTheOrder(t *testing.T) {
	t.Parallel()
	ask := analysis.Ask{Measure: byMembers(allianceItem), Against: adherence(seenAdherence, instrument.RaterMember), Draws: 9}
	there, err := analysis.Lagged(t.Context(), triad(t, 8), ask)
	if err != nil {
		t.Fatal(err)
	}
	r := triad(t, 8)
	r.reverse()
	back, err := analysis.Lagged(t.Context(), r, ask)
	if err != nil {
		t.Fatal(err)
	}
	a, b := resultOf[*analysis.LaggedResult](t, there), resultOf[*analysis.LaggedResult](t, back)
	if a.Pairs != b.Pairs || there.Input.SHA256 == "" || !(math.Abs(float64(a.Occasions-b.Occasions)) < 1) || !slices.Equal(there.Counts.Excluded, back.Counts.Excluded) {
		t.Errorf("%d and %d pairs", a.Pairs, b.Pairs)
	}
}
