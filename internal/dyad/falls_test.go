package dyad_test

import (
	"testing"
	"time"

	"holon/internal/dyad"
	"holon/internal/multilevel/rupture"
	"holon/internal/session"
)

// no is a session without a value.
const no = -1

// course is a pair's series, a value in every session from the first on.
func course(values ...float64) *session.Series {
	s := &session.Series{GroupID: "g1", Unit: session.Unit{TherapistID: "t1", MemberID: "m1"}}
	for i, v := range values {
		p := session.Point{Number: i + 1, Value: v}
		if v == no {
			p.Value, p.Gap = 0, session.GapNoShow
		}
		s.Points = append(s.Points, p)
	}
	return s
}

// word is the member's own later word, by the session in which it was said.
func word(value float64, number int) *session.Series {
	return &session.Series{Points: []session.Point{{Number: number, Value: value}}}
}

// entered is what the therapist entered of a session, with the sessions of its steps.
func entered(number int, steps ...int) []dyad.Entered {
	out := dyad.Entered{Number: number, Rupture: session.Rupture{TherapistID: "t1", MemberID: "m1", Kind: session.RuptureWithdrawal}}
	for _, n := range steps {
		out.Steps = append(out.Steps, session.RepairStep{Kind: session.RepairAcknowledged, Number: n})
	}
	return []dyad.Entered{out}
}

// TestWhatBecomesOfFalls: every course falls in session 5, some a second time in 9.
func TestWhatBecomesOfFalls(t *testing.T) {
	t.Parallel()
	const open, recovered, repaired, unrepaired, dropOut = dyad.FallOpen, dyad.FallScoreRecovered, dyad.FallRepaired, dyad.FallUnrepaired, dyad.FallDropOut
	back := course(7, 8, 7, 8, 3, 8, 7, 8)
	twice := course(7, 8, 7, 8, 3, 8, 7, 8, 3, 4)
	down := course(7, 8, 7, 8, 3, 4)
	lasting := course(7, 8, 7, 8, 3, 4, 3, 4, 3, 4, 3)
	lastingThenOne := course(7, 8, 7, 8, 3, 4, 3, 4, 3, 4, 3, 3, 0)
	for name, x := range map[string]struct {
		line    *session.Series
		word    *session.Series
		entered []dyad.Entered
		left    bool
		want    []dyad.FallState
	}{
		"not back":                        {down, nil, nil, false, []dyad.FallState{open}},
		"not back, with a step":           {down, nil, entered(5, 6), false, []dyad.FallState{open}},
		"not back, with a word":           {down, word(7, 6), nil, false, []dyad.FallState{open}},
		"five values down":                {course(7, 8, 7, 8, 3, 4, 3, 4, 3, 4), nil, nil, false, []dyad.FallState{open}},
		"back as the sixth":               {course(7, 8, 7, 8, 3, 4, 3, 4, 3, 4, 8), nil, nil, false, []dyad.FallState{recovered}},
		"back":                            {back, nil, nil, false, []dyad.FallState{recovered}},
		"back, then left":                 {back, nil, nil, true, []dyad.FallState{recovered}},
		"back, entered without a step":    {back, nil, entered(5), false, []dyad.FallState{recovered}},
		"back, with a step":               {back, nil, entered(5, 6), false, []dyad.FallState{repaired}},
		"back, with a step at the return": {back, nil, entered(6, 6), false, []dyad.FallState{repaired}},
		"a step after the return":         {back, nil, entered(7, 7), false, []dyad.FallState{recovered}},
		"entered a session before":        {back, nil, entered(4, 5), false, []dyad.FallState{repaired}},
		"entered two sessions before":     {back, nil, entered(3, 5), false, []dyad.FallState{recovered}},
		"a step later than the return":    {back, nil, entered(5, 7), false, []dyad.FallState{recovered}},
		"a step, and a word against it":   {back, word(6, 6), entered(5, 6), false, []dyad.FallState{recovered}},
		"a word that is taken back":       {back, &session.Series{Points: append(word(9, 6).Points, word(2, 7).Points...)}, entered(5, 6), false, []dyad.FallState{recovered}},
		"a word that comes at last":       {back, &session.Series{Points: append(word(2, 6).Points, word(9, 7).Points...)}, nil, false, []dyad.FallState{repaired}},
		"a step that is still to come":    {back, nil, entered(5, 20), false, []dyad.FallState{recovered}},
		"a step in no session held":       {&session.Series{Points: append(append([]session.Point(nil), back.Points[:6]...), back.Points[7])}, nil, entered(5, 7), false, []dyad.FallState{recovered}},
		"a word in the session of onset":  {back, word(10, 5), nil, false, []dyad.FallState{recovered}},
		"a word in the next":              {back, word(7, 6), nil, false, []dyad.FallState{repaired}},
		"a word that is too low":          {back, word(6, 6), nil, false, []dyad.FallState{recovered}},
		"a word that is withheld":         {back, &session.Series{Points: []session.Point{{Number: 6, Value: 10, Gap: session.GapWithheld}}}, nil, false, []dyad.FallState{recovered}},
		"two falls":                       {twice, nil, nil, true, []dyad.FallState{recovered, dropOut}},
		"a word on the day of the second": {twice, word(8, 9), nil, false, []dyad.FallState{repaired, open}},
		"a word after the second":         {twice, word(8, 10), nil, false, []dyad.FallState{recovered, open}},
		"lasting":                         {lasting, nil, nil, false, []dyad.FallState{unrepaired}},
		"lasting, then left":              {lasting, nil, nil, true, []dyad.FallState{unrepaired}},
		"lasting, with a step":            {lasting, nil, entered(5, 6), false, []dyad.FallState{unrepaired}},
		"left in it":                      {down, nil, entered(5, 6), true, []dyad.FallState{dropOut}},
		"left in the second":              {lastingThenOne, nil, nil, true, []dyad.FallState{unrepaired, dropOut}},
	} {
		got := dyad.FallsOf(x.line, rupture.Scale{Within: 1, Between: 2}, x.word, x.entered, x.left)
		if len(got) != len(x.want) {
			t.Errorf("%s: %d falls, want %d", name, len(got), len(x.want))
			continue
		}
		for i := range got {
			if got[i].State != x.want[i] {
				t.Errorf("%s: fall %d is %s, want %s", name, i+1, got[i].State, x.want[i])
			}
		}
	}
}

// TestWhatIsEnteredOnTheDayOfTheNextFallIsOfThat: a fall that did not come back ends
// in the session before the next one.
func TestWhatIsEnteredOnTheDayOfTheNextFallIsOfThat(t *testing.T) {
	t.Parallel()
	line := course(7, 8, 7, 8, 3, 4, 3, 4, 3, 4, 3, no, 0)
	for number, want := range map[int]int{5: 0, 12: 0, 13: 1} {
		got := dyad.FallsOf(line, rupture.Scale{Within: 1, Between: 2}, nil, entered(number), false)
		if len(got) != 2 || got[0].Until != 12 || got[1].Until != 13 {
			t.Fatalf("%+v", got)
		}
		for i := range got {
			if (got[i].Entered != nil) != (i == want) {
				t.Errorf("entered in session %d: of fall %d %+v", number, i+1, got[i].Entered)
			}
		}
	}
}

// TestSignsOfWithdrawalAreCountedInTheFall: from the onset to the return.
func TestSignsOfWithdrawalAreCountedInTheFall(t *testing.T) {
	t.Parallel()
	line := course(7, no, 7, 8, 7, 3, no, no, no, no, no, no, 8, no)
	for i, why := range map[int]session.Gap{6: session.GapExcused, 8: session.GapBlank, 9: session.GapNoForm, 10: session.GapWithheld, 11: session.GapTherapistAbsent} {
		line.Points[i].Gap = why
	}
	got := dyad.FallsOf(line, rupture.Scale{Within: 1, Between: 2}, nil, nil, false)
	if want := (dyad.Withdrawal{Missed: 2, Blank: 1, NoForm: 1}); len(got) != 1 || got[0].Signs != want || got[0].Back.Number != 13 {
		t.Errorf("%+v", got)
	}
}

// TestWhatIsErasedOrDidNotHappenIsNotEntered: no redacted entry, and none of a
// cancelled session.
func TestWhatIsErasedOrDidNotHappenIsNotEntered(t *testing.T) {
	t.Parallel()
	of := func(number int, member session.MemberID) *session.Session {
		return &session.Session{Number: number, Ruptures: []session.Rupture{{TherapistID: "t1", MemberID: member, Kind: session.RuptureConfrontation}}}
	}
	erased, cancelled := of(3, "m1"), of(4, "m1")
	erased.Ruptures[0].Redacted = &session.Redacted{Decision: "d1", At: time.Unix(1, 0)}
	cancelled.Status = session.StatusCancelled
	got := dyad.EnteredOf([]*session.Session{of(9, "m1"), erased, cancelled, of(2, "m1"), of(2, "m2")})
	list := got[session.Unit{TherapistID: "t1", MemberID: "m1"}]
	if len(got) != 2 || len(list) != 2 || list[0].Number != 2 || list[1].Number != 9 {
		t.Errorf("%+v", got)
	}
}
