package analysis_test

import (
	"slices"
	"testing"

	"holon/internal/analysis"
	"holon/internal/session"
	"holon/internal/slipping"
)

// unguessed are records of a reader who has not guessed a member since a session,
// from which what was said of that member's alliance is left out.
type unguessed struct {
	*records

	member session.MemberID
	since  int
}

// Withheld tells so.
func (u *unguessed) Withheld(s *session.Session, m session.MemberID) bool {
	return m == u.member && s.Number >= u.since
}

// TestWhatIsWithheldIsNoSilence: a therapist who has not guessed yet is not told that
// the member handed in nothing.
func TestWhatIsWithheldIsNoSilence(t *testing.T) {
	t.Parallel()
	r := allClosed(t, falling(t))
	for _, s := range r.sessions["g"] {
		if s.Number >= 11 {
			s.Alliances = slices.DeleteFunc(s.Alliances, func(x session.AllianceRating) bool { return x.MemberID == "g-m6" })
		}
	}
	gaps := func(src analysis.Source) (out []session.Gap, signs int) {
		t.Helper()
		report, err := analysis.Series(t.Context(), src, analysis.Ask{Measure: byMembers(allianceItem), Members: []session.MemberID{"g-m6"}})
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range resultOf[*analysis.SeriesResult](t, report).Units[0].Points[10:] {
			out = append(out, p.Gap)
		}
		slips, err := analysis.Slipping(t.Context(), src, analysis.Ask{Members: []session.MemberID{"g-m6"}})
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range resultOf[*analysis.SlippingResult](t, slips).Members[0].Signs {
			if s.Rule == slipping.BlankForm {
				signs++
			}
		}
		return out, signs
	}
	if got, signs := gaps(r); !slices.Equal(got, []session.Gap{session.GapNoForm, session.GapNoForm}) || signs != 2 {
		t.Errorf("to anybody else: %q, %d signs", got, signs)
	}
	if got, signs := gaps(&unguessed{r, "g-m6", 11}); !slices.Equal(got, []session.Gap{session.GapWithheld, session.GapWithheld}) || signs != 0 {
		t.Errorf("before the guess: %q, %d signs", got, signs)
	}
}
