package dyad_test

import (
	"fmt"
	"math"
	"testing"

	"holon/internal/dyad"
	"holon/internal/instrument"
	"holon/internal/session"
)

// evenings are four sessions of therapist t1 with m1 to m3: in the second m1 was
// excused, in the third t1 was away, the fourth is an assessment.
func evenings() []*session.Session {
	var out []*session.Session
	for n := 1; n <= 4; n++ {
		s := &session.Session{
			ID: session.SessionID(fmt.Sprintf("s%d", n)), GroupID: "g1", Number: n, Kind: session.Meeting, Status: session.StatusOpen,
			Therapists: []session.Presence{{TherapistID: "t1", Present: n != 3}},
			Roster:     []session.Seat{{MemberID: "m1"}, {MemberID: "m2"}, {MemberID: "m3"}},
		}
		for i, seat := range s.Roster {
			if n == 3 || n == 2 && i == 0 {
				continue
			}
			by := string(seat.MemberID)
			s.Alliances = append(s.Alliances,
				session.AllianceRating{Rating: rating("holon-alliance-1", instrument.RaterMember, by, float64(n+2*i)), TherapistID: "t1", MemberID: seat.MemberID},
				session.AllianceRating{Rating: rating("holon-alliance-1", instrument.RaterTherapist, "t1", float64(7)), TherapistID: "t1", MemberID: seat.MemberID})
		}
		out = append(out, s)
	}
	out[1].Roster[0].Attendance = session.Excused
	out[3].Kind = session.Assessment
	return out
}

// TestACourseKeepsItsGaps and leaves out guesses after seeing.
func TestACourseKeepsItsGaps(t *testing.T) {
	t.Parallel()
	sessions := evenings()
	for i := range sessions[0].Alliances {
		if x := &sessions[0].Alliances[i]; x.MemberID == "m2" && x.Rater.Kind == instrument.RaterTherapist {
			x.AfterSeeing = true
		}
	}
	unanswered := session.AllianceRating{Rating: rating("holon-alliance-1", instrument.RaterTherapist, "t1", 3), TherapistID: "t1", MemberID: "m9"}
	sessions[1].Alliances = append(sessions[1].Alliances, unanswered)
	guesses := scorer(t, "holon-alliance-1", instrument.RaterTherapist)
	courses, never := dyad.Courses(sessions, []session.Scorer{scorer(t, "holon-alliance-1", instrument.RaterMember)}, []*session.Scorer{&guesses})
	if len(courses) != 3 || never != 1 {
		t.Fatalf("%d courses, %d never answered", len(courses), never)
	}
	told := ""
	for _, p := range courses[0].Points {
		told += fmt.Sprintf("%d %s %g %g %g; ", p.Number, p.Gap, p.Answers[0], p.Others[0], p.Guesses[0])
	}
	// The others of m1 said 3 and 5 in the first session; in the second they did, too.
	if want := "1  1 4 7; 2 excused NaN 5 NaN; 3 therapist_absent NaN NaN NaN; "; told != want {
		t.Errorf("m1: %q, want %q", told, want)
	}
	second := courses[1].Points
	if p := second[0]; p.Answers[0] != 3 || !math.IsNaN(p.Guesses[0]) || !p.AfterSeeing {
		t.Errorf("m2 after seeing: %+v", p)
	}
	// In the second session only one other spoke: that is no mean of the others.
	if p := second[1]; p.Guesses[0] != 7 || p.AfterSeeing || !math.IsNaN(p.Others[0]) {
		t.Errorf("m2 with one other: %+v", p)
	}
	if !sessions[0].Alliances[3].AfterSeeing || len(sessions[0].Alliances) != 6 {
		t.Error("the sessions were changed")
	}
	alone, never := dyad.Courses(sessions, []session.Scorer{scorer(t, "holon-alliance-1", instrument.RaterMember)}, []*session.Scorer{nil})
	if len(alone) != 3 || never != 0 || !math.IsNaN(alone[0].Points[0].Guesses[0]) || alone[1].Points[0].AfterSeeing {
		t.Errorf("without a measure of guesses: %+v", alone)
	}
}
