package analysis_test

import (
	"math"
	"testing"
	"time"

	"holon/internal/analysis"
	"holon/internal/session"
)

// TestWhatIsMissingIsNoFall: an absence, a blank form, no form, redacted answers and a
// cancelled session are no values, and in particular not nought.
func TestWhatIsMissingIsNoFall(t *testing.T) {
	t.Parallel()
	r := newRecords(t)
	members := people("g", 5)
	g := r.group(t, "g", session.KindGroup, members...)
	for week := 1; week <= 10; week++ {
		var absent []session.MemberID
		if week == 5 {
			absent = members[:1]
		}
		s := r.meeting(t, g, week, absent...)
		for i, m := range members {
			f := form{instrument: allianceItem, by: string(m), about: session.About{TherapistID: "t1"}, answers: []float64{7 + float64((week+i)%2)}}
			switch {
			case week == 5 && i == 0 || week == 6 && i == 1:
				continue
			case week == 7 && i == 2:
				f.answers = nil
			case week == 9:
				f.answers = []float64{0}
			}
			r.submit(t, s, f)
		}
		switch week {
		case 8:
			s.Redact(session.Redaction{Member: members[3], Decision: "rd-1", At: time.Date(2026, 4, 1, 9, 0, 0, 0, time.UTC), About: true})
		case 9:
			s.Status = session.StatusCancelled
		}
	}
	report, got := alarms(t, r, analysis.Ask{Budget: 3})
	if report.Counts.Ratings != 9*5-4 || *report.Counts.Sessions != 9 || len(got.All) != 0 || got.Comparisons < 100 {
		t.Errorf("%d ratings in %d sessions, %d comparisons: %+v", report.Counts.Ratings, *report.Counts.Sessions, got.Comparisons, got.All)
	}
}

// TestEachTherapistHasALine: what a member says of one is not measured by what was
// said of the other, and both share the budget.
func TestEachTherapistHasALine(t *testing.T) {
	t.Parallel()
	r := newRecords(t)
	members := people("g", 4)
	g := r.group(t, "g", session.KindGroup, members...)
	for week := 1; week <= 10; week++ {
		s := r.meeting(t, g, week)
		for i, m := range members {
			for _, therapist := range []session.TherapistID{"t1", "t2"} {
				v := 6 + float64((week+i)%2)
				if therapist == "t2" && i == 0 && week == 10 {
					v = 2
				}
				r.submit(t, s, form{instrument: allianceItem, by: string(m), about: session.About{TherapistID: therapist}, answers: []float64{v}})
			}
		}
	}
	report, got := alarms(t, r, analysis.Ask{})
	if report.Counts.Ratings != 80 || report.Counts.Members != 4 || *got.P != 0.25/26 || len(got.All) == 0 {
		t.Errorf("%+v, P %v, %d alarms", report.Counts, *got.P, len(got.All))
	}
	for _, a := range got.All {
		if a.Therapist != "t2" || a.Member != "g-m1" || a.Number != 10 {
			t.Errorf("%+v", a)
		}
	}
}

// TestNothingIsExpectedBeyondTheEnds of a scale, whichever is the better: where the
// others do much better, who is best already is expected to stay so.
func TestNothingIsExpectedBeyondTheEnds(t *testing.T) {
	t.Parallel()
	r := newRecords(t)
	members := people("g", 4)
	g := r.group(t, "g", session.KindGroup, members...)
	for week := 1; week <= 12; week++ {
		s := r.meeting(t, g, week)
		for i, m := range members {
			little := float64((week + i) % 2)
			good, bad := 4+little, []float64{2, 2, 2, 2, 2, 1, little}
			switch {
			case i == 0 && week < 12:
				good, bad = 10, []float64{0, 0, 0, 0, 0, 0, little}
			case i == 0:
				good, bad = 6, []float64{2, 2, 2, 2, 0, 0, 0}
			case week == 12:
				good, bad = 8, []float64{0, 0, 0, 0, 0, 1, 2}
			}
			r.submit(t, s,
				form{instrument: allianceItem, by: string(m), about: session.About{TherapistID: "t1"}, answers: []float64{good}},
				form{instrument: "gad-7", by: string(m), answers: bad})
		}
	}
	_, got := alarms(t, r, analysis.Ask{Budget: 2})
	found := map[string]bool{}
	for _, a := range got.All {
		if a.Number != 12 || a.Member != "g-m1" || a.Rule == "low_level" {
			continue
		}
		end := 10.0
		if a.Instrument == "gad-7@1" {
			end = 0
		}
		if a.Expected != end {
			t.Errorf("%+v, expected at %g", a, end)
		}
		found[a.Instrument] = true
	}
	if len(found) != 2 {
		t.Errorf("%v: %+v", found, got.All)
	}
}

// TestACalendarWeekEndsOnSunday: groups on Monday and on the Sunday after share the
// budget of that week, on Sunday and on the Monday after they do not.
func TestACalendarWeekEndsOnSunday(t *testing.T) {
	t.Parallel()
	for first, want := range map[time.Weekday]float64{time.Monday: 0.25 / 26, time.Sunday: 0.25 / 13} {
		r := newRecords(t)
		for which, id := range []string{"a", "b"} {
			g := r.group(t, id, session.KindGroup, people(id, 4)...)
			for number := 1; number <= 4; number++ {
				// The 4th of January 2026 is a Sunday.
				day := time.Date(2026, 1, 4+int(first)+14*number, 0, 0, 0, 0, time.UTC)
				switch {
				case which == 1 && first == time.Monday:
					day = day.AddDate(0, 0, 6)
				case which == 1:
					day = day.AddDate(0, 0, 1)
				}
				s := r.open(t, g, session.Plan{Number: number, Kind: session.Meeting, HeldOn: day.Format(time.DateOnly)})
				r.rate(t, s, allianceItem, session.About{TherapistID: "t1"}, steady(number, 0), steady(number, 1), steady(number, 2), steady(number, 3))
			}
		}
		if _, got := alarms(t, r, analysis.Ask{}); *got.P != want {
			t.Errorf("from %s on P is %v, want %v", first, *got.P, want)
		}
	}
}

// TestTheFullerCaseloadCounts: of two therapists of one group the one who leads
// another as well; a third, who has one alone, bears no more for it.
func TestTheFullerCaseloadCounts(t *testing.T) {
	t.Parallel()
	r := newRecords(t)
	for _, id := range []string{"a", "b", "c"} {
		g := r.weekly(t, id, 4, 1, 4, steady)
		switch id {
		case "b":
			g.TherapistSpells = g.TherapistSpells[:1] // t1 alone
		case "c":
			g.TherapistSpells = g.TherapistSpells[1:]
			g.TherapistSpells[0].TherapistID = "t3"
		}
	}
	_, got := alarms(t, r, analysis.Ask{})
	each := float64(got.Comparisons) / 3
	if want := each * (2*0.25/26 + 0.25/13); *got.P != 0.25/26 || !(math.Abs(got.ByChance-want) < 1e-12) {
		t.Errorf("P %v, %v by chance in %d, want %v", *got.P, got.ByChance, got.Comparisons, want)
	}
}
