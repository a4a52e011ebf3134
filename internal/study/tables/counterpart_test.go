package tables_test

import (
	"fmt"
	"testing"

	"holon/internal/instrument"
	"holon/internal/session"
	"holon/internal/study"
	"holon/internal/study/aggregate"
	"holon/internal/study/studytest"
)

// guessed adds what every member says of the therapist with one item, and what the therapist
// guesses of it.
func guessed(_ *session.Group, s *session.Session) {
	for i, seat := range s.Roster {
		for k, by := range []session.Rater{{Kind: instrument.RaterMember, ID: string(seat.MemberID)}, {Kind: instrument.RaterTherapist, ID: string(s.Therapists[0].TherapistID)}} {
			id := fmt.Sprintf("%s-%d-%d", s.ID, i, k)
			s.Alliances = append(s.Alliances, session.AllianceRating{
				Rating: session.Rating{
					ID: session.RatingID("g-" + id), FormID: session.FormID("h-" + id), Version: 1, Instrument: instrument.Ref{ID: "holon-alliance-1", Version: "1"}, Rater: by,
					Occasion: session.Post, FormItems: 1, Answers: []session.Answer{{Item: 1, State: session.Answered, Value: float64((3*i + 2*k + s.Number) % 10)}},
					Entered: session.Entry{By: "test", Mode: session.Device},
				},
				TherapistID: s.Therapists[0].TherapistID, MemberID: seat.MemberID,
			})
		}
	}
}

// TestTherapistsAnswersHaveRowsWhereTheStudyNamesThem: the numbers of both sides are there in
// any case.
func TestTherapistsAnswersHaveRowsWhereTheStudyNamesThem(t *testing.T) {
	t.Parallel()
	members := of("holon-alliance-1")
	therapists := members
	therapists.Rater = instrument.RaterTherapist
	for name, c := range map[string]struct {
		measures []session.Measure
		rows     bool
	}{"members' alone": {[]session.Measure{members}, false}, "both": {[]session.Measure{members, therapists}, true}} {
		drawn := studytest.Draw(t, studytest.Design{Groups: 12, Members: 4, Sessions: 2, Group: .3, Member: .3, Residual: .4, Seed: 12})
		drawn.Alter(guessed)
		in := released(t, drawn.Freeze(t, drawn.Study(t, c.measures...), everybody), study.Controlled, aggregate.Request{Analyses: []string{"one_with_many"}})
		numbers := false
		for _, r := range in.Records {
			numbers = numbers || (r.Statistic == "mean" && r.Of != nil && *r.Of == "therapists_rate" && r.Estimate != nil)
		}
		if !numbers {
			t.Errorf("%s: there is no number of the therapists' side", name)
		}
		files, _ := packed(t, in)
		rows := 0
		for _, row := range cellsOf(t, files["alliances.csv"]) {
			if row["rater_kind"] == "therapist" {
				rows++
			}
		}
		if want := map[bool]int{true: 12 * 4 * 2}[c.rows]; rows != want {
			t.Errorf("%s: %d rows of therapists, want %d", name, rows, want)
		}
	}
}
