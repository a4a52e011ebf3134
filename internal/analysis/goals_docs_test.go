package analysis_test

import (
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"holon/internal/analysis"
	"holon/internal/instrument"
	"holon/internal/session"
)

// wordsOf is a rating of a goal.
func wordsOf(kind instrument.RaterKind, by string, goal session.GoalID, value *float64, endorsed *bool) session.GoalRatingInput {
	return session.GoalRatingInput{
		Rater: session.Rater{Kind: kind, ID: by}, GoalID: goal, Value: value, Endorsed: endorsed,
		Entered: session.Entry{By: "p", At: time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC), Mode: session.Device},
	}
}

// goalsPage enters the family of the page.
func goalsPage(t *testing.T) *records {
	t.Helper()
	r := newRecords(t)
	raters := []string{"father", "mother", "daughter"}
	g := r.group(t, "g", session.KindFamily, "father", "mother", "daughter")
	for _, in := range []session.GoalInput{
		{ID: "grades", Code: "G-1", Owner: "father", From: "2026-01-01"},
		{ID: "safety", Code: "G-2", Owner: "mother", From: "2026-01-01"},
		{ID: "autonomy", Code: "G-3", Owner: "daughter", From: "2026-01-01"},
		{ID: "talk", Code: "G-4", From: "2026-01-01", Contains: []session.GoalID{"grades", "safety", "autonomy"}},
	} {
		if err := g.SetGoal(in); err != nil {
			t.Fatal(err)
		}
	}
	for _, cells := range pageRows(t, "goals.md", "| session | father: grades | mother: safety | daughter: autonomy | father: shared | mother: shared | daughter: shared | therapist: shared |") {
		number, err := strconv.Atoi(cells[0])
		if err != nil {
			t.Fatal(err)
		}
		var away []session.MemberID
		var said []session.GoalRatingInput
		for i, cell := range cells[1:] {
			word, stands, shared := strings.Cut(cell, " ")
			switch v, err := strconv.ParseFloat(word, 64); {
			case cell == "-" && i < 3:
				away = append(away, session.MemberID(raters[i]))
			case err != nil:
			case i < 3 && !shared:
				said = append(said, wordsOf(instrument.RaterMember, raters[i], []session.GoalID{"grades", "safety", "autonomy"}[i], &v, nil))
			case i < 6:
				said = append(said, wordsOf(instrument.RaterMember, raters[i-3], "talk", &v, new(stands == "yes")))
			default:
				said = append(said, wordsOf(instrument.RaterTherapist, "t1", "talk", &v, new(stands == "yes")))
			}
		}
		s := r.meeting(t, g, number, away...)
		if err := s.RateGoals(g, said); err != nil {
			t.Fatal(err)
		}
	}
	return allClosed(t, r)
}

// TestTheGoalsOnThePageAreThoseOfTheReport enters the page's family and asks.
func TestTheGoalsOnThePageAreThoseOfTheReport(t *testing.T) {
	t.Parallel()
	report, err := analysis.Goals(t.Context(), goalsPage(t), analysis.Ask{})
	if err != nil {
		t.Fatal(err)
	}
	samePage(t, "goals.md", &report, 25)
	want := []string{
		"Goals: 4 goals in 1 family; 28 ratings in 5 sessions.",
		"Goal G-1 of member father, by the member's own word: from 3 in session 1 to 3 in session 5, no change; at best 4 in session 3 (4 ratings).",
		"Goal G-2 of member mother, by the member's own word: from 2 in session 1 to 7 in session 5, 5 more; at best 7 in session 5 (5 ratings).",
		"Goal G-3 of member daughter, by the member's own word: from 1 in session 1 to 6 in session 5, 5 more; at best 6 in session 5 (5 ratings).",
		"Shared goal G-4, as member father sees it: from 4 in session 2 to 6 in session 5, 2 more; at best 6 in session 5 (3 ratings).",
		"Shared goal G-4, as member mother sees it: from 5 in session 2 to 7 in session 5, 2 more; at best 7 in session 5 (4 ratings).",
		"Shared goal G-4, as member daughter sees it: from 2 in session 2 to 7 in session 5, 5 more; at best 7 in session 5 (3 ratings).",
		"Shared goal G-4, as therapist t1 sees it: from 5 in session 2 to 7 in session 5, 2 more; at best 7 in session 5 (4 ratings).",
		"Shared goal G-4 in session 5: endorsed by 3 of 3; by 1 of 1 therapist who said.",
		"Shared goal G-4 in session 5: members are up to 1 apart (member father at 6 and member mother at 7; member father at 6 and member daughter at 7).",
		"Shared goal G-4 in session 5: the 3 own goals in it stand at 5.33 on average, by their owners' word.",
		"Each value is one person's own number from 0 to 10: no change is called reliable, and none stands for another's.",
	}
	if got := analysis.Sentences(&report); !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}
