package analysis_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"

	"holon/internal/analysis"
	"holon/internal/instrument"
	"holon/internal/session"
)

// goals asks about goals.
func goals(t *testing.T, r *records, q analysis.Ask) (analysis.Report, *analysis.GoalsResult) {
	t.Helper()
	report, err := analysis.Goals(t.Context(), r, q)
	if err != nil {
		t.Fatal(err)
	}
	return report, resultOf[*analysis.GoalsResult](t, report)
}

// TestGoalsReadNoRatingsOfLevels but those of the smallest, and count what was said.
func TestGoalsReadNoRatingsOfLevels(t *testing.T) {
	t.Parallel()
	r := goalsPage(t)
	report, result := goals(t, r, analysis.Ask{})
	if !slices.Equal(r.asked, []instrument.Level{instrument.Encounter}) {
		t.Errorf("read %v", r.asked)
	}
	if c := report.Counts; c.Groups != 1 || c.Members != 3 || *c.Sessions != 5 || c.Ratings != 28 || len(result.Courses) != 4 {
		t.Errorf("counts %+v", c)
	}
	for _, code := range []string{"single_ratings", "raters_apart", "consensus_not_formed", "contained_goals_are_additive"} {
		if !report.Caveats.Has(code) {
			t.Errorf("%s is not said", code)
		}
	}
	if doc := report.Document(); doc.Answer != nil || doc.Reason != "descriptive" {
		t.Errorf("%v because %s", doc.Answer, doc.Reason)
	}
	said := strings.Join(analysis.Sentences(&report), " ")
	for _, word := range []string{"significant", "reliably", "_"} {
		if strings.Contains(said, word) {
			t.Errorf("%q is said", word)
		}
	}
}

// TestTheLastWordOfASharedGoalSaysWhoIsMissing when it is not formed.
func TestTheLastWordOfASharedGoalSaysWhoIsMissing(t *testing.T) {
	t.Parallel()
	r := goalsPage(t)
	r.sessions["g"] = r.sessions["g"][:4]
	report, _ := goals(t, r, analysis.Ask{})
	said := analysis.Sentences(&report)
	for _, want := range []string{
		"Shared goal G-4 in session 4: whether all stand behind it is not formed, 2 of 3 said (member father was excused); by 1 of 1 therapist who said.",
		"Shared goal G-4 in session 4: a mean of the own goals in it is not formed, 2 of 3 were rated by their owners.",
	} {
		if !slices.Contains(said, want) {
			t.Errorf("%q is not among\n%s", want, strings.Join(said, "\n"))
		}
	}
	r.sessions["g"] = r.sessions["g"][:2]
	report, _ = goals(t, r, analysis.Ask{})
	if want := "Shared goal G-4 in session 2: endorsed by 2 of 3, not by member daughter; by 1 of 1 therapist who said."; !slices.Contains(analysis.Sentences(&report), want) {
		t.Errorf("%q is not said", want)
	}
}

// TestGoalsInAnyOrderAndWithDamage give the same bytes, and name what cannot be read.
func TestGoalsInAnyOrderAndWithDamage(t *testing.T) {
	t.Parallel()
	r := goalsPage(t)
	other := r.group(t, "h", session.KindGroup, people("h", 3)...)
	if err := other.SetGoal(session.GoalInput{ID: "x", Code: "X", From: "2026-01-01"}); err != nil {
		t.Fatal(err)
	}
	s := r.meeting(t, other, 1, "h-m3")
	if err := s.RateGoals(other, []session.GoalRatingInput{wordsOf(instrument.RaterMember, "h-m1", "x", new(3.0), new(true)), wordsOf(instrument.RaterTherapist, "t2", "x", nil, new(false))}); err != nil {
		t.Fatal(err)
	}
	r.damage("h", "h-s9")
	sameInAnyOrder(t, r, func() analysis.Report {
		for _, list := range r.sessions {
			for _, s := range list {
				slices.Reverse(s.Goals)
			}
		}
		report, result := goals(t, r, analysis.Ask{})
		if len(result.Courses) != 5 || !slices.Contains(excluded(report), "document_damaged 1") || analysis.Sentences(&report)[0] != "Goals: 5 goals in 1 group and 1 family; 30 ratings in 6 sessions." {
			t.Errorf("%v, %s", excluded(report), analysis.Sentences(&report)[0])
		}
		return report
	})
	one, result := goals(t, r, analysis.Ask{Kinds: []session.GroupKind{session.KindGroup}})
	if c := result.Courses[0].Points[0].Consensus; len(result.Courses) != 1 || c.Of != 2 || c.Said != 1 || c.TherapistsSaid != 1 || c.TherapistsEndorsed != 0 || one.Counts.Groups != 1 {
		t.Errorf("of the therapy group %+v", c)
	}
}

// TestWithoutAWordThereIsNothingToTell of goals that were set, and of groups without
// any.
func TestWithoutAWordThereIsNothingToTell(t *testing.T) {
	t.Parallel()
	r := newRecords(t)
	g := r.group(t, "g", session.KindFamily, "a", "b")
	r.meeting(t, g, 1)
	for _, code := range []string{"X", "Y"} {
		report, result := goals(t, r, analysis.Ask{})
		if result.Reason != "no_data" || !report.Caveats.Has("no_data") || len(analysis.Sentences(&report)) != 2 {
			t.Errorf("%v: %v", result.Reason, analysis.Sentences(&report))
		}
		if body, err := analysis.Encode(&report); err != nil || bytes.Contains(body, []byte("null]")) {
			t.Errorf("%s, %v", body, err)
		}
		if err := g.SetGoal(session.GoalInput{ID: session.GoalID("g-" + strings.ToLower(code)), Code: code, From: "2026-01-01"}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := analysis.Goals(t.Context(), r, analysis.Ask{Groups: []session.GroupID{"none"}}); err == nil {
		t.Error("a group that is not there is not missed")
	}
}

// TestAnErasedMembersWordsAreCountedAndGone from the report as from the records.
func TestAnErasedMembersWordsAreCountedAndGone(t *testing.T) {
	t.Parallel()
	r := goalsPage(t)
	x := session.Redaction{Member: "daughter", Decision: "rd-1", At: time.Unix(1, 0), About: true, Goals: []session.GoalID{"autonomy"}}
	r.groups[0].Redact(x)
	for _, s := range r.sessions["g"] {
		s.Redact(x)
	}
	report, result := goals(t, r, analysis.Ask{})
	if got := excluded(report); !slices.Equal(got, []string{"redacted 8"}) || report.Counts.Ratings != 20 {
		t.Errorf("excluded %v of %+v", got, report.Counts)
	}
	if c := result.Courses[2]; !c.Redacted || len(c.Lines) != 0 || !strings.HasPrefix(string(c.Goal.Code), "redacted-") {
		t.Errorf("%+v", c.Goal)
	}
	if p := result.Courses[3].Points[4]; p.Contained.Mean != nil || p.Consensus.Endorsed != nil {
		t.Error("something is formed without the erased member")
	}
}
