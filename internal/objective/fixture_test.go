package objective_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"holon/internal/finding"
	"holon/internal/instrument"
	"holon/internal/objective"
	"holon/internal/session"
)

// recorded is a small course of a group as a fixture writes it, with what the
// rule is to answer at several moments.
type recorded struct {
	Objective json.RawMessage `json:"objective"`
	Group     struct {
		StartsOn string             `json:"starts_on"`
		EndedOn  string             `json:"ended_on"`
		Members  map[string][]stint `json:"members"`
		Goals    []aim              `json:"goals"`
	} `json:"group"`
	Sessions []evening `json:"sessions"`
	Deeds    []deed    `json:"deeds"`
	Moments  []moment  `json:"moments"`
}

// stint is one spell of a member.
type stint struct {
	Joined string `json:"joined"`
	Left   string `json:"left"`
	Why    string `json:"why"`
}

// aim is one goal.
type aim struct {
	ID    string `json:"id"`
	Owner string `json:"owner"`
	From  string `json:"from"`
}

// deed is something that was done, in the session of this number if in one.
type deed struct {
	Code    finding.ActionCode `json:"code"`
	Contact finding.Contact    `json:"contact"`
	Members []session.MemberID `json:"members"`
	Session int                `json:"session"`
	On      session.Date       `json:"on"`
}

// moment is a day with the answers that are wanted on it.
type moment struct {
	Today   session.Date                `json:"today"`
	Because string                      `json:"because"`
	Want    map[session.MemberID]wanted `json:"want"`
}

// wanted is an answer with its reason.
type wanted struct {
	Answer objective.Answer `json:"answer"`
	Reason objective.Reason `json:"reason"`
}

// word is what somebody said about a goal.
type word struct {
	By       string `json:"by"`
	Goal     string `json:"goal"`
	Endorsed *bool  `json:"endorsed"`
}

// evening is one session of a fixture. A form is known from the day it was
// entered, and a session's cancelling from the day it was noted.
type evening struct {
	Number int                           `json:"number"`
	HeldOn string                        `json:"held_on"`
	Roster map[string]session.Attendance `json:"roster"`
	Cancel session.CancelReason          `json:"cancel"`
	Noted  string                        `json:"noted"`
	Forms  []sheet                       `json:"forms"`
	Goals  []word                        `json:"goals"`
}

// sheet is one form: one value stands for all items.
type sheet struct {
	By         string       `json:"by"`
	Instrument string       `json:"instrument"`
	State      string       `json:"state"`
	Entered    string       `json:"entered"`
	Mode       session.Mode `json:"mode"`
	Values     []float64    `json:"values"`
	Missing    int          `json:"missing"`
}

// readRecorded reads a fixture.
func readRecorded(tb testingTB, name string) *recorded {
	tb.Helper()
	text, err := os.ReadFile(name)
	must(tb, err)
	var f recorded
	must(tb, json.Unmarshal(text, &f))
	return &f
}

// registry holds the instruments that come with Holon and one of a practice's
// own.
func registry(tb testingTB) *instrument.Registry {
	tb.Helper()
	r, err := instrument.Load(os.DirFS(filepath.Join("testdata", "instruments")))
	must(tb, err)
	return r
}

// testingTB is a test, a fuzz target or a drawn case of a property.
type testingTB interface {
	Helper()
	Fatal(args ...any)
	Fatalf(format string, args ...any)
}

// must ends a test whose preparation failed.
func must(tb testingTB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}

// courseOn records everything by the rules of new data, as it was known on a
// day.
func (f *recorded) courseOn(tb testingTB, today session.Date, r *instrument.Registry) *objective.Course {
	tb.Helper()
	c := &objective.Course{Group: f.group(tb, today), Today: today, Lookup: r.Lookup}
	for i := range f.Sessions {
		if x := &f.Sessions[i]; x.HeldOn <= string(today) || (x.Noted != "" && x.Noted <= string(today)) {
			c.Sessions = append(c.Sessions, f.session(tb, c.Group, x, today, r))
		}
	}
	for _, d := range f.Deeds {
		x := objective.Deed{Code: d.Code, Contact: d.Contact, Members: d.Members, On: d.On}
		if d.Session > 0 {
			x.Session = new(sessionID(d.Session))
		}
		c.Deeds = append(c.Deeds, x)
	}
	return c
}

// sessionID names a session by its number.
func sessionID(number int) session.SessionID { return session.SessionID("s-" + strconv.Itoa(number)) }

// group is the fixture's group as it was known on a day.
func (f *recorded) group(tb testingTB, today session.Date) *session.Group {
	tb.Helper()
	g, err := session.NewGroup("g-1", "G", session.KindGroup, session.Open, f.Group.StartsOn)
	must(tb, err)
	_, err = g.Assign("t-1", session.Lead, f.Group.StartsOn)
	must(tb, err)
	ids := make([]string, 0, len(f.Group.Members))
	for id := range f.Group.Members {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	for _, id := range ids {
		for _, s := range f.Group.Members[id] {
			switch {
			case s.Joined > string(today):
			case s.Left != "" && s.Left <= string(today):
				_, err = g.EnterSpell(session.MemberID(id), session.RoleMember, s.Joined, s.Left, session.LeaveReason(s.Why))
			default:
				_, err = g.Join(session.MemberID(id), session.RoleMember, s.Joined)
			}
			must(tb, err)
		}
	}
	for _, x := range f.Group.Goals {
		if x.From <= string(today) {
			must(tb, g.SetGoal(session.GoalInput{ID: session.GoalID(x.ID), Code: x.ID, Owner: session.MemberID(x.Owner), From: x.From}))
		}
	}
	if f.Group.EndedOn != "" && f.Group.EndedOn <= string(today) {
		must(tb, g.End(f.Group.EndedOn))
	}
	return g
}

// session is one of the fixture's sessions as it was known on a day.
func (f *recorded) session(tb testingTB, g *session.Group, x *evening, today session.Date, r *instrument.Registry) *session.Session {
	tb.Helper()
	var who []session.MemberID
	var marks []session.Mark
	for _, s := range g.MembersOn(session.Date(x.HeldOn)) {
		a, on := x.Roster[string(s.MemberID)]
		if !on {
			continue
		}
		who = append(who, s.MemberID)
		if a != "" {
			marks = append(marks, session.Mark{MemberID: s.MemberID, Attendance: a})
		}
	}
	s, err := session.NewSession(sessionID(x.Number), g, session.Plan{Number: x.Number, Kind: session.Meeting, HeldOn: x.HeldOn, Members: who})
	must(tb, err)
	if x.Cancel != "" {
		must(tb, s.Cancel(x.Cancel))
		return s
	}
	if len(marks) > 0 {
		must(tb, s.Attend(marks, nil))
	}
	for _, form := range x.Forms {
		if form.Entered == "" || form.Entered <= string(today) {
			must(tb, s.Submit([]session.FormInput{form.input(tb, s, r)}, session.Reference{Definition: r.Lookup}))
		}
	}
	for _, y := range x.Goals {
		must(tb, s.RateGoals(g, []session.GoalRatingInput{{
			Rater: session.Rater{Kind: instrument.RaterMember, ID: y.By}, GoalID: session.GoalID(y.Goal), Value: new(5.0), Endorsed: y.Endorsed,
			Entered: session.Entry{By: "p", At: dayTime(tb, x.HeldOn), Mode: session.Device},
		}}))
	}
	if len(marks) == len(who) {
		must(tb, s.Close(nil))
	}
	return s
}

// input is the form as it came.
func (x *sheet) input(tb testingTB, s *session.Session, r *instrument.Registry) session.FormInput {
	tb.Helper()
	id, version, _ := strings.Cut(x.Instrument, "@")
	ref := instrument.Ref{ID: id, Version: version}
	def, ok := r.Lookup(ref)
	if !ok {
		tb.Fatalf("no %s", x.Instrument)
	}
	in := session.FormInput{
		ID: session.FormID("f-" + x.By + "-" + id), Instrument: ref, Rater: session.Rater{Kind: instrument.RaterMember, ID: x.By},
		Occasion: session.Post, Entered: session.Entry{By: "p", At: dayTime(tb, string(s.HeldOn)), Mode: session.Device},
	}
	if x.Entered != "" {
		in.Entered.At, in.Entered.Mode = dayTime(tb, x.Entered), session.Paper
	}
	if slices.Contains(def.Levels(), instrument.Alliance) {
		in.About.TherapistID = "t-1"
	}
	for i, item := range def.Items {
		a := session.AnswerInput{Item: item.Number, State: x.State}
		if x.State == "" && i < len(def.Items)-x.Missing {
			a.Value = new(x.Values[min(i, len(x.Values)-1)])
		}
		in.Answers = append(in.Answers, a)
	}
	return in
}

// dayTime is an evening.
func dayTime(tb testingTB, day string) time.Time {
	tb.Helper()
	return dayTimeOf(day).Add(20 * time.Hour)
}

// dayTimeOf is a day's midnight.
func dayTimeOf(day string) time.Time {
	at, err := time.Parse(time.DateOnly, day)
	if err != nil {
		panic(err)
	}
	return at
}
