package importing_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"holon/internal/importing"
	"holon/internal/instrument"
	"holon/internal/session"
)

// wai is WAI-SR of a member with T1, all items but those left out.
func wai(number, day, member string, leftOut ...int) (rows []string) {
	for i := 1; i <= 12; i++ {
		left := false
		for _, n := range leftOut {
			left = left || n == i
		}
		if !left {
			rows = append(rows, "THU,"+number+","+day+",member,"+member+",T1,,wai-sr,1,post,"+string(itoa(i))+",3,,,,,")
		}
	}
	return rows
}

// itoa writes a small number.
func itoa(n int) []byte {
	if n < 10 {
		return []byte{byte('0' + n)}
	}
	return append(itoa(n/10), byte('0'+n%10))
}

func TestPartialLeavesOutWholeForms(t *testing.T) {
	t.Parallel()
	rows := wai("1", "2026-02-05", "A1")
	rows = append(rows, wai("1", "2026-02-05", "A2", 4)...)                              // an item may be missing
	rows = append(rows, wai("1", "2026-02-05", "A3", 12)...)                             //
	rows = append(rows, "THU,1,2026-02-05,member,A3,T1,,wai-sr,1,post,12,9,,,,,")        // out of range
	rows = append(rows, "THU,2,2025-01-01,member,A1,,,holon-cohesion-1,1,post,1,7,,,,,") // before the group
	rows = append(rows, "THU,3,2026-02-19,member,A1,,,holon-cohesion-1,1,post,1,7,,,,,") // right
	rows = append(rows, wai("4", "2026-02-26", "A1")...)                                 // whole
	rows = append(rows, wai("4", "2026-02-26", "A2", 5)...)                              // may be what the next row belongs to
	rows = append(rows, "THU,4,2026-02-26,member,A22,T1,,wai-sr,1,post,5,3,,,,,", "THU,,2026-03-05,member,A1,,,holon-cohesion-1,1,post,1,6,,,,,")
	text := long(rows...)

	c := open(t)
	c.people(t, 3)
	before := c.documents(t)
	if r, err := c.run(t, text, importing.Options{Kind: importing.Long}); err != nil || r.State != importing.Refused || !maps.Equal(before, c.documents(t)) {
		t.Fatalf("%v, %+v", err, r)
	}
	dry, err := c.run(t, text, importing.Options{Kind: importing.Long, Partial: true, DryRun: true})
	must(t, err)
	r, err := c.run(t, text, importing.Options{Kind: importing.Long, Partial: true})
	must(t, err)
	want := importing.Counts{Sessions: 4, Forms: 5}
	if r.State != importing.Stored || r.New != want || dry.New != want || len(r.LeftOut) != 4 || !cmp.Equal(r.LeftOut, dry.LeftOut) {
		t.Errorf("%+v", r)
	}
	held := c.sessionsOf(t, "THU")
	if len(held) != 4 || len(held[0].Alliances) != 2 || held[0].Alliances[1].FormMissing != 1 || len(held[1].Cohesion) != 1 || len(held[2].Alliances) != 1 || held[3].Number != 5 {
		t.Errorf("stored: %+v", held)
	}
}

// sessionsOf reads the sessions of a group by its code.
func (c *clinic) sessionsOf(tb testing.TB, code string) (list []*session.Session) {
	tb.Helper()
	in, err := c.Intake(tb.Context(), request())
	must(tb, err)
	g, ok := in.Group(code)
	if !ok {
		tb.Fatalf("no group %s", code)
	}
	heads, err := in.Sessions(tb.Context(), g.ID)
	must(tb, err)
	for _, h := range heads {
		s, err := in.Session(tb.Context(), h.ID)
		must(tb, err)
		list = append(list, s)
	}
	return list
}

func TestARowOfNoSessionRefusesAlsoAPartialImport(t *testing.T) {
	t.Parallel()
	c := open(t)
	c.people(t, 1)
	text := long("THU,1,2026-02-05,member,A1,,,holon-cohesion-1,1,post,1,7,,,,,", "THU,x,2026-02-05,member,A1,T1,,holon-alliance-1,1,post,1,7,,,,,")
	r, err := c.run(t, text, importing.Options{Kind: importing.Long, Partial: true})
	must(t, err)
	if r.State != importing.Refused || len(c.sessionsOf(t, "THU")) > 0 {
		t.Errorf("%+v", r)
	}
}

func TestATotalStaysATotal(t *testing.T) {
	t.Parallel()
	c := open(t)
	c.people(t, 1)
	c.take(t, long("THU,1,2026-02-05,member,A1,T1,,srs,3.0,post,,,,36,,,"), importing.Options{Kind: importing.Long})
	a := c.sessionsOf(t, "THU")[0].Alliances
	if len(a) != 1 || len(a[0].Answers) != 0 || a[0].ReportedTotal == nil || *a[0].ReportedTotal != 36 || a[0].Entered.Mode != session.Imported {
		t.Fatalf("%+v", a)
	}
	def, _ := c.Definition(instrument.Ref{ID: "srs", Version: "3.0"})
	for _, v := range def.ScoreLevel(instrument.Alliance, instrument.Answers{Value: a[0].Value, FormMissing: a[0].FormMissing, TotalOnly: true}) {
		if v.Value != nil {
			t.Errorf("a total alone was scored: %+v", v)
		}
	}
}

func TestStatesAreNoZeros(t *testing.T) {
	t.Parallel()
	c := open(t)
	c.people(t, 1)
	c.take(t, long(
		"THU,1,2026-02-05,member,A1,,,core-10,1,pre,1,0,,,,,",
		"THU,1,2026-02-05,member,A1,,,core-10,1,pre,2,,,,,,",
		"THU,1,2026-02-05,member,A1,,,core-10,1,pre,3,,declined,,,,",
		"THU,1,2026-02-05,member,A1,,,core-10,1,pre,4,,cannot_say,,,,",
		"THU,1,2026-02-05,member,A1,,,core-10,1,pre,5,,not_shown,,,,",
	), importing.Options{Kind: importing.Long})
	answers := c.sessionsOf(t, "THU")[0].Outcomes[0].Answers
	for i, want := range []session.State{session.Answered, session.NotAnswered, session.Declined, session.CannotSay, session.NotShown, session.NotAnswered} {
		if answers[i].State != want {
			t.Errorf("item %d: %s, want %s", i+1, answers[i].State, want)
		}
	}
}

func TestWhatIsStoredIsNeverOverwritten(t *testing.T) {
	t.Parallel()
	c := open(t)
	c.people(t, 2)
	first := long("THU,1,2026-02-05,member,A1,,,holon-cohesion-1,1,post,1,7,,,,present,")
	c.take(t, first, importing.Options{Kind: importing.Long})
	s := c.sessionsOf(t, "THU")[0]
	// The same file once more after a correction: the form is this import's own.
	_, err := c.Correct(t.Context(), request(), s.ID, session.Correction{
		Rating: s.Cohesion[0].ID, Version: 1, Why: session.CorrectTyping, Answers: []session.AnswerInput{{Item: 1, Value: new(8.0)}},
	})
	must(t, err)
	if r := c.take(t, first, importing.Options{Kind: importing.Long}); r.New.Forms != 0 || r.Already.Forms != 1 {
		t.Errorf("after a correction: %+v", r)
	}
	for name, x := range map[string]struct {
		row, rule string
	}{
		"another answer":     {"THU,1,2026-02-05,member,A1,,,holon-cohesion-1,1,post,1,9,,,,,", "form_differs"},
		"another attendance": {"THU,1,2026-02-05,member,A1,,,,,,,,,,,no_show,", "attendance_differs"},
		"another day":        {"THU,1,2026-02-06,member,A2,,,holon-cohesion-1,1,post,1,9,,,,,", "session_differs"},
	} {
		before := c.documents(t)
		r, err := c.run(t, long(x.row), importing.Options{Kind: importing.Long})
		must(t, err)
		if r.State != importing.Refused || len(r.Faults) != 1 || r.Faults[0].Rule != x.rule || !maps.Equal(before, c.documents(t)) {
			t.Errorf("%s: %+v", name, r)
		}
	}
	// What the session lacks is added, as the file of another day says it.
	r := c.take(t, long(
		"THU,,2026-02-05,member,A1,,,holon-cohesion-1,1,post,1,8,,,,present,",
		"THU,,2026-02-05,member,A2,,,holon-cohesion-1,1,post,1,9,,,,late,video",
	), importing.Options{Kind: importing.Long})
	s = c.sessionsOf(t, "THU")[0]
	if r.New.Forms != 1 || r.Already.Forms != 1 || r.Extended != 1 || len(s.Cohesion) != 2 || s.Roster[1].Attendance != session.Late || s.Status != session.StatusOpen {
		t.Errorf("%+v: %+v", r, s)
	}
}

func TestDuplicatesAreShown(t *testing.T) {
	t.Parallel()
	c := open(t)
	c.people(t, 1)
	row := "THU,1,2026-02-05,member,A1,,,holon-cohesion-1,1,post,1,7,,,,,"
	r := c.take(t, long(row, row, "THU,1,2026-02-05,member,A1,,,phq-9,1,pre,,,,14,,,", "THU,1,2026-02-05,member,A1,,,phq-9,1,pre,,,,14.0,,,"), importing.Options{Kind: importing.Long})
	if len(r.Notices) != 2 || r.Notices[0].Line != 3 || !cmp.Equal(r.Notices[0].Also, []int{2}) || r.Notices[1].Line != 5 || r.New.Forms != 2 {
		t.Errorf("%+v", r)
	}
}

func TestAnImportThatIsToldToStopGoesOn(t *testing.T) {
	t.Parallel()
	n := size{groups: 3, members: 4, sessions: 6, items: 10}
	whole, cut := open(t), open(t)
	n.roster(t, whole)
	n.roster(t, cut)
	text := n.file()
	whole.take(t, text, importing.Options{Kind: importing.Long})
	runs := 0
	for {
		ctx, cancel := context.WithCancel(t.Context())
		r, err := importing.Run(ctx, cut.Practice, request(), readerOf(text), int64(len(text)), importing.Options{Kind: importing.Long, Progress: func(stage string, done, _ int) {
			if stage == "storing sessions" && done == 2 {
				cancel()
			}
		}})
		cancel()
		runs++
		cut.now = cut.now.Add(time.Hour) // the next run comes later
		if err == nil {
			if !r.Resumed || r.Already.Sessions == 0 {
				t.Errorf("the last run does not say that it went on: %+v", r)
			}
			break
		}
		if !errors.Is(err, context.Canceled) {
			t.Fatal(err)
		}
	}
	if runs < 5 {
		t.Errorf("only %d runs: it was not cut off", runs)
	}
	for g := range n.groups {
		want, got := whole.sessionsOf(t, fmt.Sprintf("G%d", g)), cut.sessionsOf(t, fmt.Sprintf("G%d", g))
		for _, s := range slices.Concat(want, got) {
			s.Change.At = time.Time{} // when it was written; all else is the same
		}
		if diff := cmp.Diff(want, got); diff != "" || len(want) != n.sessions {
			t.Errorf("cut off and gone on, the result is another one: %s", diff)
		}
	}
}

func TestTwoFormsOfOnePlaceAreBothLeftOut(t *testing.T) {
	t.Parallel()
	c := open(t)
	c.people(t, 2)
	text := long(
		"THU,1,2026-02-05,member,A1,T1,,holon-alliance-1,1,post,1,7,,,,,",
		"THU,1,2026-02-05,member,A1,T1,A1,holon-alliance-1,1,post,1,8,,,,,", // the member named, too
		"THU,1,2026-02-05,member,A2,T1,,holon-alliance-1,1,post,1,9,,,,,",
		"THU,1,2026-02-05,therapist,T1,,A1,holon-alliance-1,1,post,1,5,,,,,",
		"THU,1,2026-02-05,therapist,T1,,A2,holon-alliance-1,1,post,1,5,,,,,",
	)
	r, err := c.run(t, text, importing.Options{Kind: importing.Long, Partial: true})
	must(t, err)
	if len(r.Faults) != 1 || r.Faults[0].Rule != "form_twice" || r.Faults[0].Line != 3 || !slices.Equal(r.Faults[0].Also, []int{2}) || r.New.Forms != 3 || len(r.LeftOut) != 2 {
		t.Errorf("%+v", r)
	}
	if held := c.sessionsOf(t, "THU")[0].Alliances; len(held) != 3 {
		t.Errorf("%+v", held)
	}
}

func TestNoValueOfTheFileIsRepeated(t *testing.T) {
	t.Parallel()
	c := open(t)
	c.people(t, 1)
	const secret = "Jane-Doe"
	for _, o := range []importing.Options{{Kind: importing.Long}, {Kind: importing.Long, Partial: true}} {
		for column := range 17 {
			cells := strings.Split("THU,1,2026-02-05,member,A1,,,holon-cohesion-1,1,post,1,7,,,,,", ",")
			cells[column] = secret
			r, err := c.run(t, long(strings.Join(cells, ",")), o)
			must(t, err)
			text, err := json.Marshal(r)
			must(t, err)
			if r.FaultCount() == 0 || strings.Contains(string(text), secret) {
				t.Errorf("column %d: %s", column+1, text)
			}
		}
	}
}
