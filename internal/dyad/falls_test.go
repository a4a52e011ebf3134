package dyad_test

import (
	"fmt"
	"testing"
	"time"

	"holon/internal/dyad"
	"holon/internal/instrument"
	"holon/internal/multilevel/rupture"
	"holon/internal/session"
)

// courseOf is one pair's sessions from the first on: 0 to 9 are values, e excused, n
// did not come, b a blank form, - none where others handed one in, ? nobody asked.
func courseOf(values string) *session.Series {
	s := &session.Series{Unit: session.Unit{TherapistID: "t1", MemberID: "m1"}}
	gaps := map[rune]session.Gap{'e': session.GapExcused, 'n': session.GapNoShow, 'b': session.GapBlank, '-': session.GapNoForm, '?': session.GapNotAsked}
	for i, c := range values {
		p := session.Point{Number: i + 1, Gap: gaps[c]}
		if p.Gap == session.GapNone {
			p.Value = float64(c - '0')
		}
		s.Points = append(s.Points, p)
	}
	return s
}

// word is what the member said of having been understood, by session.
func word(by map[int]float64) *session.Series {
	s := &session.Series{}
	for number := 1; number <= 40; number++ {
		if v, said := by[number]; said {
			s.Points = append(s.Points, session.Point{Number: number, Value: v})
		}
	}
	return s
}

// step enters a rupture of a session with steps in these sessions.
func step(number int, at ...int) dyad.Entered {
	e := dyad.Entered{Number: number, Rupture: session.Rupture{TherapistID: "t1", MemberID: "m1", Kind: session.RuptureWithdrawal}}
	for _, n := range at {
		e.Steps = append(e.Steps, session.RepairStep{Kind: session.RepairAcknowledged, Number: n})
	}
	return e
}

// TestWhatBecomesOfFalls goes through what decides, from both sides of each limit.
func TestWhatBecomesOfFalls(t *testing.T) {
	t.Parallel()
	scale := rupture.Scale{Within: 1, Between: 3}
	for name, x := range map[string]struct {
		course     string
		understood map[int]float64
		entered    []dyad.Entered
		left       bool
		want       string // state, first and last session, and what stands with each fall
	}{
		"not back yet":                           {course: "787833", want: "open 5-6"},
		"back":                                   {course: "7878338", want: "score_recovered 5-7"},
		"back by half a deviation":               {course: "88883" + "7", want: "open 5-6"},
		"five values, none back":                 {course: "7878333333", want: "open 5-10"},
		"six values, none back":                  {course: "78783333333", want: "unrepaired 5-11"},
		"back in the sixth":                      {course: "78783333338", want: "score_recovered 5-11"},
		"back in the seventh, which is too late": {course: "787833333338", want: "unrepaired 5-12"},
		"dropped out":                            {course: "787833", left: true, want: "ended_by_drop_out 5-6"},
		"dropped out after it was back":          {course: "78783388", left: true, want: "score_recovered 5-7"},
		"dropped out long after":                 {course: "78783333333", left: true, want: "unrepaired 5-11"},
		"dropped out in the second of two": {
			course: "78783338788" + "22", left: true, want: "score_recovered 5-8, ended_by_drop_out 12-13",
		},
		"understood, just so":                     {course: "787833", understood: map[int]float64{6: 7}, want: "repaired 5-6 understood 6"},
		"hardly understood":                       {course: "787833", understood: map[int]float64{6: 6.9}, want: "open 5-6"},
		"understood in the session of the onset":  {course: "787833", understood: map[int]float64{5: 9}, want: "open 5-6"},
		"understood after the next fall's onset":  {course: "787833878833", understood: map[int]float64{12: 9}, want: "score_recovered 5-7, repaired 11-12 understood 12"},
		"understood in the next fall's session":   {course: "787833878833", understood: map[int]float64{11: 9}, want: "repaired 5-7 understood 11, open 11-12"},
		"a step, not back":                        {course: "787833", entered: []dyad.Entered{step(5, 6)}, want: "open 5-6 entered 5"},
		"a step, back":                            {course: "7878338", entered: []dyad.Entered{step(5, 6)}, want: "repaired 5-7 entered 5"},
		"entered without a step":                  {course: "7878338", entered: []dyad.Entered{step(5)}, want: "score_recovered 5-7 entered 5"},
		"a step in a session that never was":      {course: "7878338", entered: []dyad.Entered{step(5, 8)}, want: "score_recovered 5-7 entered 5"},
		"entered before the fall":                 {course: "7878338", entered: []dyad.Entered{step(4, 6)}, want: "score_recovered 5-7"},
		"entered in the session of the return":    {course: "7878338", entered: []dyad.Entered{step(7, 7)}, want: "repaired 5-7 entered 7"},
		"entered after the return":                {course: "78783388", entered: []dyad.Entered{step(8, 8)}, want: "score_recovered 5-7"},
		"of two entries the one with a step":      {course: "7878338", entered: []dyad.Entered{step(5), step(6, 6)}, want: "repaired 5-7 entered 6"},
		"of two entries with steps the first":     {course: "7878338", entered: []dyad.Entered{step(5, 5), step(6, 6)}, want: "repaired 5-7 entered 5"},
		"entered between a lasting fall and next": {course: "78783333333" + "3" + "0", entered: []dyad.Entered{step(12, 12)}, want: "unrepaired 5-12 entered 12, open 13-13"},
		"entered with the next fall":              {course: "78783333333" + "3" + "0", entered: []dyad.Entered{step(13, 13)}, want: "unrepaired 5-12, open 13-13 entered 13"},
	} {
		got := ""
		for i, f := range dyad.FallsOf(courseOf(x.course), scale, word(x.understood), x.entered, x.left) {
			if i > 0 {
				got += ", "
			}
			got += fmt.Sprintf("%s %d-%d", f.State, f.From.Number, f.Until)
			if f.Understood != nil {
				got += fmt.Sprintf(" understood %d", f.Understood.Number)
			}
			if f.Entered != nil {
				got += fmt.Sprintf(" entered %d", f.Entered.Number)
			}
		}
		if got != x.want {
			t.Errorf("%s: %q, want %q", name, got, x.want)
		}
	}
}

// TestWithdrawalIsCountedFromTheOnsetToTheReturn, each kind by itself.
func TestWithdrawalIsCountedFromTheOnsetToTheReturn(t *testing.T) {
	t.Parallel()
	found := dyad.FallsOf(courseOf("7e787b3en?b--38e"), rupture.Scale{Within: 1, Between: 3}, nil, nil, false)
	if len(found) != 1 || found[0].Signs != (dyad.Withdrawal{Missed: 2, Blank: 1, NoForm: 2}) || found[0].From.Number != 7 || found[0].Back.Number != 15 {
		t.Errorf("%+v", found)
	}
}

// TestWhatWasRedactedOrCancelledIsNotEntered, and the rest comes by session.
func TestWhatWasRedactedOrCancelledIsNotEntered(t *testing.T) {
	t.Parallel()
	in := func(number int, status session.Status, redacted *session.Redacted) *session.Session {
		return &session.Session{Number: number, Status: status, HeldOn: "2026-01-08", Ruptures: []session.Rupture{{TherapistID: "t1", MemberID: "m1", Kind: session.RuptureConfrontation, Redacted: redacted}}}
	}
	got := dyad.EnteredOf([]*session.Session{
		in(4, session.StatusClosed, nil), in(1, session.StatusOpen, nil), in(2, session.StatusCancelled, nil),
		in(3, session.StatusClosed, &session.Redacted{Decision: "rd-1", At: time.Unix(1, 0)}),
	})[session.Unit{TherapistID: "t1", MemberID: "m1"}]
	if len(got) != 2 || got[0].Number != 1 || got[1].Number != 4 || got[1].HeldOn != "2026-01-08" {
		t.Errorf("%+v", got)
	}
	if m := dyad.UnderstoodMeasure(); m.Rater != instrument.RaterMember || m.Instrument.ID != dyad.Understood {
		t.Errorf("%+v", m)
	}
}
