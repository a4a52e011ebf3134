package objective_test

import (
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"

	"holon/internal/objective"
	"holon/internal/session"
)

// What the short courses below are written in: one letter for each session of
// ann, who is in the group from the first week on. Sessions are a week apart.
const (
	present  = 'p' // came, and gave no form
	unmarked = 'u'
	excused  = 'x'
	noShow   = 'n'
	call     = 'c' // the session was cancelled
	planned  = 'f' // of the future: entered already, and its day has not come
)

// course records a course of letters; a digit is a form of the practice's own
// question, A to E one from 1 to 5 of somebody whom nobody marked, and bea, where there is one, answers it as her letters say.
func course(letters ...string) *recorded {
	f := &recorded{}
	f.Group.StartsOn = "2026-01-31"
	f.Group.Members = map[string][]stint{}
	for i, name := range []string{"ann", "bea"}[:len(letters)] {
		f.Group.Members[name] = []stint{{Joined: "2026-01-31"}}
		for k, c := range letters[i] {
			if i == 0 {
				day := plus("2026-02-05", 7*k)
				f.Sessions = append(f.Sessions, evening{Number: k + 1, HeldOn: day, Roster: map[string]session.Attendance{}})
			}
			f.Sessions[k].take(name, c)
		}
	}
	return f
}

// take records one letter.
func (x *evening) take(name string, c rune) {
	came := map[rune]session.Attendance{unmarked: "", planned: "", call: "", excused: session.Excused, noShow: session.NoShow, present: session.Present}
	a, known := came[c]
	switch {
	case c >= 'A' && c <= 'E': // a form of somebody whom nobody marked
		x.Forms = append(x.Forms, sheet{By: name, Instrument: "understood@1", Values: []float64{float64(c-'A') + 1}})
	case !known:
		a = session.Present
		x.Forms = append(x.Forms, sheet{By: name, Instrument: "understood@1", Values: []float64{float64(c - '0')}})
	}
	x.Roster[name] = a
	switch c {
	case call:
		x.Cancel, x.Noted = session.CancelHoliday, x.HeldOn
	case planned:
		x.Noted = "2026-01-31"
	}
}

// plus is the day so many days later.
func plus(day string, days int) string {
	at := dayTimeOf(day)
	return at.AddDate(0, 0, days).Format("2006-01-02")
}

// understood is the condition that the practice's own question reaches 4 of 5.
const understood = `{"score":{"instrument":{"id":"understood","version":"1"},"score":"rating","rater":"member","scale":"score","at_least":4,"out_of":5},`

// withGoal gives the group a goal that it shares.
func withGoal(f *recorded) *recorded {
	f.Group.Goals = []aim{{ID: "g-1", From: "2026-01-31"}}
	return f
}

// answered notes that something was done in a session.
func answered(f *recorded, number int) *recorded {
	f.Deeds = append(f.Deeds, deed{Code: "adapted", Members: []session.MemberID{"ann"}, Session: number, On: session.Date(f.Sessions[number-1].HeldOn)})
	return f
}

func TestEdges(t *testing.T) {
	t.Parallel()
	member := func(over, conditions string) string { return rule("each_member", over, conditions) }
	group := func(over, conditions string) string { return rule("group", over, conditions) }
	const fall = `{"drop_addressed":{"instrument":{"id":"understood","version":"1"},"score":"rating","rater":"member","scale":"score","drop":2,"out_of":5,"codes":["adapted"]},"needed":{"every":true}}`
	twice, every, row := `"needed":{"at_least":2}}`, `"needed":{"every":true}}`, `"needed":{"at_least":2,"consecutive":true}}`
	for name, x := range map[string]struct {
		rule  string
		of    *recorded
		today string // empty: long after
		want  string // of the first subject
	}{
		"whether she came decides which are the first two": {member(`{"sessions":"attended","first":2}`, understood+twice), course("4u4"), "", "cannot_be_judged attendance_not_marked"},
		"whoever came to three, two of them good, has two": {member(`{"sessions":"attended","first":4}`, understood+twice), course("4u4"), "", "met reached"},
		"nobody marked her in any":                         {member(`{"sessions":"attended","first":2}`, understood+twice), course("uu"), "", "open still_possible"},
		"this evening is still to come":                    {member(`{"sessions":"attended","first":2}`, understood+every), course("4u"), "2026-02-12", "open still_possible"},
		"and tomorrow it was not marked":                   {member(`{"sessions":"attended","days":13}`, understood+every), course("4u"), "2026-02-13", "cannot_be_judged attendance_not_marked"},
		"a planned session is none yet":                    {member(`{"sessions":"scheduled","first":2}`, `{"attended":{},`+twice), course("4f"), "2026-02-06", "open still_possible"},
		"a cancelled one does not count":                   {member(`{"sessions":"attended","first":2}`, understood+twice), course("4c4"), "", "met reached"},
		"up to number 3, one is left":                      {member(`{"sessions":"attended","until_number":3}`, understood+twice), course("4c"), "", "open still_possible"},
		"up to number 3, none is left":                     {member(`{"sessions":"attended","until_number":3}`, understood+twice), course("4c1"), "", "not_met out_of_reach"},
		"up to number 2, and a later one was held":         {member(`{"sessions":"attended","until_number":2}`, understood+twice), course("4x4"), "", "not_met out_of_reach"},
		"an excused one counts as scheduled":               {member(`{"sessions":"scheduled","first":2}`, `{"attended":{},`+twice), course("4x4"), "", "not_met out_of_reach"},
		"unless it is left out":                            {member(`{"sessions":"scheduled","first":2,"excused":"left_out"}`, `{"attended":{},`+twice), course("4x4"), "", "met reached"},
		"but no absence without notice":                    {member(`{"sessions":"scheduled","first":2,"excused":"left_out"}`, `{"attended":{},`+twice), course("4n4"), "", "not_met out_of_reach"},
		"two in a row":                                     {member(`{"sessions":"attended","first":4}`, understood+row), course("4144"), "", "met reached"},
		"two, but not in a row":                            {member(`{"sessions":"attended","first":4}`, understood+row), course("4141"), "", "not_met out_of_reach"},
		"a missing form may have made the row":             {member(`{"sessions":"attended","first":4}`, understood+row), course("4p41"), "", "cannot_be_judged no_form"},
		"a missing form that could not have":               {member(`{"sessions":"attended","first":4}`, understood+row), course("1p11"), "", "not_met out_of_reach"},
		"a month that begins on its 31st":                  {member(`{"sessions":"attended","months":1}`, understood+twice), course("4p4"), "2026-02-27", "met reached"},
		"its last day is the 27th":                         {member(`{"sessions":"attended","months":1}`, understood+twice), course("41"), "2026-02-28", "not_met deadline_passed"},
		"and not over on the 27th":                         {member(`{"sessions":"attended","months":1}`, understood+twice), course("41"), "2026-02-27", "open still_possible"},
		"without an end there is always another":           {member(`{"sessions":"attended"}`, understood+`"needed":{"share":0.9}}`), course("111"), "", "open still_possible"},
		"all of them is lost with one":                     {member(`{"sessions":"attended"}`, understood+`"needed":{"share":1}}`), course("441"), "", "not_met out_of_reach"},
		"no session is nothing to judge":                   {member(`{"sessions":"attended","days":3}`, understood+every), course("4"), "", "cannot_be_judged no_occasion"},
		"less is better":                                   {member(`{"sessions":"attended","first":2}`, `{"score":{"instrument":{"id":"understood","version":"1"},"score":"rating","rater":"member","scale":"score","at_most":2,"out_of":5},`+every), course("21"), "", "met reached"},
		"everybody who came has to reach it":               {group(`{"sessions":"attended","first":1}`, understood+every), course("4", "5"), "", "met reached"},
		"one who came is silent":                           {group(`{"sessions":"attended","first":1}`, understood+every), course("4", "p"), "", "cannot_be_judged no_form"},
		"one who was away has nothing to say":              {group(`{"sessions":"attended","first":1}`, understood+every), course("4", "n"), "", "met reached"},
		"one who came does not reach it":                   {group(`{"sessions":"attended","first":1}`, understood+every), course("4", "1"), "", "not_met out_of_reach"},
		"nobody came, so the group did not meet":           {group(`{"sessions":"attended","first":2}`, understood+every), course("n4", "x4"), "", "open still_possible"},
		"a form of everybody who came":                     {group(`{"sessions":"attended","first":1}`, `{"form":{"instrument":{"id":"understood"},"rater":"member"},`+every), course("4", "p"), "", "not_met out_of_reach"},
		"whether she came decides from what it fell":       {member(`{"sessions":"attended","days":20}`, fall), course("5D3"), "", "cannot_be_judged attendance_not_marked"},
		"over two steps it fell by less than two falls":    {member(`{"sessions":"attended","days":20}`, fall), course("5p2"), "", "cannot_be_judged no_form"},
		"over two steps it fell by two falls":              {member(`{"sessions":"attended","days":20}`, fall), course("5p1"), "", "not_met out_of_reach"},
		"of which one was answered":                        {member(`{"sessions":"attended","days":20}`, fall), answered(course("5p1"), 2), "", "cannot_be_judged no_form"},
		"or the other":                                     {member(`{"sessions":"attended","days":20}`, fall), answered(course("5p1"), 3), "", "cannot_be_judged no_form"},
		"or both":                                          {member(`{"sessions":"attended","days":20}`, fall), answered(answered(course("5p1"), 3), 2), "", "met reached"},
		"it fell from the one before either way":           {member(`{"sessions":"attended","days":20}`, fall), course("5E3"), "", "not_met out_of_reach"},
		"whoever was away endorsed nothing":                {member(`{"sessions":"scheduled","first":2}`, `{"goals_endorsed":{"by":"member"},"needed":{"at_least":1}}`), withGoal(course("nx")), "", "not_met out_of_reach"},
		"whoever was not asked may have":                   {member(`{"sessions":"scheduled","first":2}`, `{"goals_endorsed":{"by":"member"},"needed":{"at_least":1}}`), withGoal(course("np")), "", "cannot_be_judged endorsement_not_rated"},
		"a therapist was not asked either":                 {member(`{"sessions":"attended","first":1}`, `{"goals_endorsed":{"by":"therapist"},"needed":{"at_least":1}}`), withGoal(course("p")), "", "cannot_be_judged endorsement_not_rated"},
		"without goals there is none to endorse":           {member(`{"sessions":"attended","first":1}`, `{"goals_endorsed":{"by":"both"},"needed":{"at_least":1}}`), course("p"), "", "not_met out_of_reach"},
		"every week without a session is none":             {group(`{"sessions":"attended","each":"week","weeks":3}`, `{"action":{"codes":["adapted"]},`+every), course("c"), "", "cannot_be_judged no_occasion"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := registry(t)
			parsed, err := objective.Parse([]byte(x.rule), r.Lookup)
			must(t, err)
			today := session.Date(x.today)
			if today == "" {
				today = "2026-06-30"
			}
			got := parsed.Evaluate(x.of.courseOn(t, today, r))[0]
			if said := string(got.Answer) + " " + string(got.Reason); said != x.want {
				t.Errorf("%s, want %s\n%s\n%+v\n%+v", said, x.want, got.Sentence, got.Used, got.LeftOut)
			}
		})
	}
}

func TestTheEndOfAGroupClosesWhatIsOpen(t *testing.T) {
	t.Parallel()
	r := registry(t)
	f := course("44", "41")
	f.Group.EndedOn = "2026-03-01"
	for name := range f.Group.Members {
		f.Group.Members[name] = []stint{{Joined: "2026-01-31", Left: "2026-03-01", Why: "completed"}}
	}
	for needed, want := range map[string][]string{
		`{"every":true}`: {"met reached", "not_met out_of_reach"},
		`{"at_least":3}`: {"not_met group_ended", "not_met group_ended"},
	} {
		parsed, err := objective.Parse([]byte(rule("each_member", `{"sessions":"attended"}`, understood+`"needed":`+needed+`}`)), r.Lookup)
		must(t, err)
		var got []string
		for _, x := range parsed.Evaluate(f.courseOn(t, "2026-03-02", r)) {
			got = append(got, string(x.Answer)+" "+string(x.Reason))
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", needed, diff)
		}
	}
}

func TestWhatIsLeftOutIsNamedWithItsReason(t *testing.T) {
	t.Parallel()
	r := registry(t)
	parsed, err := objective.Parse([]byte(rule("each_member", `{"sessions":"attended","first":2}`, understood+`"needed":{"every":true}}`)), r.Lookup)
	must(t, err)
	got := parsed.Evaluate(course("xn4c4f4").courseOn(t, "2026-03-06", r))[0]
	var out []string
	for _, l := range got.LeftOut {
		out = append(out, strconv.Itoa(l.Session.Number)+" "+string(l.Reason))
	}
	if diff := cmp.Diff([]string{"1 excused", "2 no_show", "4 cancelled", "6 not_held_yet"}, out); diff != "" || len(got.Used) != 2 {
		t.Errorf("%s\n%+v", diff, got.Used)
	}
}

func TestAFormCountsOnceItIsHandedInAndNobodyKnowsOfARedactedOne(t *testing.T) {
	t.Parallel()
	r := registry(t)
	parsed, err := objective.Parse([]byte(rule("each_member", `{"sessions":"attended","first":1}`, `{"form":{"instrument":{"id":"understood"},"rater":"member","grace_days":7},"needed":{"every":true}}`)), r.Lookup)
	must(t, err)
	for name, x := range map[string]struct {
		today  session.Date
		change func(*session.Rating)
		want   string
	}{
		"handed in":                {"2026-06-30", func(*session.Rating) {}, "met reached"},
		"its rater is still at it": {"2026-06-30", func(x *session.Rating) { x.Unfinished = true }, "not_met out_of_reach"},
		"and has a week for it":    {"2026-02-06", func(x *session.Rating) { x.Unfinished = true }, "open still_possible"},
		"redacted": {"2026-06-30", func(x *session.Rating) {
			x.Redacted, x.FormMissing = &session.Redacted{Decision: "rd-1"}, x.FormItems
		}, "cannot_be_judged not_scored"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			of := course("4").courseOn(t, x.today, r)
			for _, rating := range of.Sessions[0].All {
				x.change(rating)
			}
			got := parsed.Evaluate(of)[0]
			if said := string(got.Answer) + " " + string(got.Reason); said != x.want {
				t.Errorf("%s, want %s\n%s", said, x.want, got.Sentence)
			}
		})
	}
}
