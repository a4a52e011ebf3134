package goal_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"holon/internal/goal"
	"holon/internal/instrument"
	"holon/internal/session"
)

// must fails the test on an error.
func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// household is a family of two caregivers and an adolescent with a therapist: each has
// an own goal, and a shared one contains all three.
func household(t *testing.T, kind session.GroupKind) *session.Group {
	t.Helper()
	g, err := session.NewGroup("g-1", "FAM", kind, session.Open, "2026-01-01")
	must(t, err)
	for _, m := range []session.MemberID{"mother", "father", "anna"} {
		role := session.RoleMember
		if kind == session.KindFamily {
			role = map[session.MemberID]session.MemberRole{"anna": session.RoleAdolescent}[m]
			if role == "" {
				role = session.RoleCaregiver
			}
		}
		_, err := g.Join(m, role, "2026-01-01")
		must(t, err)
	}
	_, err = g.Assign("t-1", session.Lead, "2026-01-01")
	must(t, err)
	must(t, g.SetGoal(session.GoalInput{ID: "grades", Code: "G-1", Owner: "father", From: "2026-01-01"}))
	must(t, g.SetGoal(session.GoalInput{ID: "safety", Code: "G-2", Owner: "mother", From: "2026-01-01"}))
	must(t, g.SetGoal(session.GoalInput{ID: "autonomy", Code: "G-3", Owner: "anna", From: "2026-01-20"}))
	must(t, g.SetGoal(session.GoalInput{ID: "talk", Code: "G-4", From: "2026-01-01", Contains: []session.GoalID{"grades", "safety", "autonomy"}}))
	return g
}

// evening is a closed session a week after the one before, with who is away.
func evening(t *testing.T, g *session.Group, number int, away map[session.MemberID]session.Attendance) *session.Session {
	t.Helper()
	day := time.Date(2026, 1, 1+7*number, 0, 0, 0, 0, time.UTC)
	s, err := session.NewSession(session.SessionID(fmt.Sprintf("s-%d", number)), g, session.Plan{Number: number, Kind: session.Meeting, HeldOn: day.Format(time.DateOnly)})
	must(t, err)
	for m, a := range away {
		must(t, s.Attend([]session.Mark{{MemberID: m, Attendance: a}}, nil))
	}
	return s
}

// closed closes a session without the rules that ask who came.
func closed(s *session.Session) *session.Session {
	s.Status = session.StatusClosed
	return s
}

// rate enters words such as "anna talk 3 no": who, of which goal, a value or -, and
// yes, no or -.
func rate(t *testing.T, g *session.Group, s *session.Session, words ...string) {
	t.Helper()
	var in []session.GoalRatingInput
	for _, w := range words {
		f := strings.Fields(w)
		x := session.GoalRatingInput{
			Rater: session.Rater{Kind: instrument.RaterMember, ID: f[0]}, GoalID: session.GoalID(f[1]),
			Entered: session.Entry{By: "p", At: time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC), Mode: session.Device},
		}
		if f[0] == "t-1" {
			x.Rater.Kind = instrument.RaterTherapist
		}
		if f[2] != "-" {
			var v float64
			if _, err := fmt.Sscan(f[2], &v); err != nil {
				t.Fatal(err)
			}
			x.Value = &v
		}
		if f[3] != "-" {
			x.Endorsed = new(f[3] == "yes")
		}
		in = append(in, x)
	}
	must(t, s.RateGoals(g, in))
}

// said writes what a point holds in the words of rate, silences in brackets.
func said(p *goal.Point) []string {
	var out []string
	for _, w := range p.Said {
		value, stands := "("+string(w.NoValue)+")", "("+string(w.NoEndorsement)+")"
		if w.Value != nil {
			value = fmt.Sprint(*w.Value)
		}
		if w.Endorsed != nil {
			stands = map[bool]string{true: "yes", false: "no"}[*w.Endorsed]
		}
		out = append(out, strings.Join([]string{w.Rater.ID, value, stands}, " "))
	}
	return out
}

// places writes what something rests on.
func places(list []goal.Place) []string {
	var out []string
	for _, p := range list {
		out = append(out, fmt.Sprintf("%s %s %s", p.SessionID, p.GoalID, p.Rater.ID))
	}
	return out
}

// wantAll compares lists.
func wantAll(t *testing.T, what string, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s:\ngot  %q\nwant %q", what, got, want)
	}
}

func TestSixSilencesAreSixFacts(t *testing.T) {
	t.Parallel()
	g := household(t, session.KindFamily)
	_, err := g.Join("gran", session.RoleGrandparent, "2026-01-01")
	must(t, err)
	_, err = g.Join("sam", session.RoleSibling, "2026-01-01")
	must(t, err)
	s := evening(t, g, 3, map[session.MemberID]session.Attendance{"father": session.Excused, "gran": session.NoShow})
	rate(t, g, s, "mother talk 6 yes", "anna talk - no", "mother safety 4 -")
	alone, err := session.NewSession("s-4", g, session.Plan{Number: 4, Kind: session.Individual, HeldOn: "2026-02-01", Members: []session.MemberID{"anna"}})
	must(t, err)
	courses, left := goal.CoursesOf(g, []*session.Session{closed(alone), s})
	talk := courses[3]
	open := said(&talk.Points[0])
	wantAll(t, "while the session is open", open, "mother 6 yes", "father (excused) (excused)", "anna (session_open) no", "gran (no_show) (no_show)", "sam (session_open) (session_open)", "t-1 (not_asked) (not_asked)")
	courses, _ = goal.CoursesOf(g, []*session.Session{closed(s), alone})
	talk = courses[3]
	wantAll(t, "once it is closed", said(&talk.Points[0]), "mother 6 yes", "father (excused) (excused)", "anna (not_said) no", "gran (no_show) (no_show)", "sam (not_said) (not_said)", "t-1 (not_asked) (not_asked)")
	wantAll(t, "seen alone", said(&talk.Points[1]), "mother (not_invited) (not_invited)", "father (not_invited) (not_invited)", "anna (not_asked) (not_asked)", "gran (not_invited) (not_invited)", "sam (not_invited) (not_invited)", "t-1 (not_asked) (not_asked)")
	wantAll(t, "an own goal of whom others were asked", said(&courses[2].Points[0]), "anna (not_said) (not_asked)")
	if left != (goal.Left{}) {
		t.Errorf("left out %+v", left)
	}
}

// TestConsensusIsFormedOfAllOrOfNobody by hand: of a family of three all must have
// said, in a therapy group those who came.
func TestConsensusIsFormedOfAllOrOfNobody(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		kind     session.GroupKind
		away     map[session.MemberID]session.Attendance
		words    []string
		endorsed int // -1: not formed
		said, of int
		reason   string
	}{
		"all say yes":                 {session.KindFamily, nil, []string{"mother talk - yes", "father talk - yes", "anna talk - yes"}, 3, 3, 3, ""},
		"one says no":                 {session.KindFamily, nil, []string{"mother talk 7 yes", "father talk 5 yes", "anna talk 2 no"}, 2, 3, 3, ""},
		"nobody stands behind it":     {session.KindFamily, nil, []string{"mother talk - no", "father talk - no", "anna talk - no"}, 0, 3, 3, ""},
		"one was there and said none": {session.KindFamily, nil, []string{"mother talk - yes", "father talk - yes", "anna talk 4 -"}, -1, 2, 3, "not_all_said"},
		"one was away":                {session.KindFamily, map[session.MemberID]session.Attendance{"father": session.Excused}, []string{"mother talk - yes", "anna talk - yes"}, -1, 2, 3, "not_all_said"},
		"one was away from a group":   {session.KindGroup, map[session.MemberID]session.Attendance{"father": session.Excused}, []string{"mother talk - yes", "anna talk - yes"}, 2, 2, 2, ""},
		"away, and sent word":         {session.KindGroup, map[session.MemberID]session.Attendance{"father": session.Excused}, []string{"mother talk - yes", "father talk - no", "anna talk - yes"}, 2, 3, 3, ""},
		"values alone":                {session.KindFamily, nil, []string{"mother talk 7 -", "father talk 5 -", "anna talk 2 -"}, -1, 0, 3, "not_asked"},
		"the therapist alone":         {session.KindGroup, nil, []string{"t-1 talk 7 yes"}, -1, 0, 3, "not_asked"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := household(t, c.kind)
			s := evening(t, g, 3, c.away)
			rate(t, g, s, c.words...)
			courses, _ := goal.CoursesOf(g, []*session.Session{closed(s)})
			got := courses[3].Points[0].Consensus
			endorsed := -1
			if got.Endorsed != nil {
				endorsed = *got.Endorsed
			}
			if endorsed != c.endorsed || got.Said != c.said || got.Of != c.of || string(got.Reason) != c.reason {
				t.Errorf("endorsed %d, said %d of %d, %q", endorsed, got.Said, got.Of, got.Reason)
			}
			if got.TherapistsOf != 1 || len(got.RestsOn) != c.of+1 {
				t.Errorf("rests on %v", places(got.RestsOn))
			}
			if courses[0].Points[0].Consensus != nil || courses[0].Points[0].Between != nil {
				t.Error("there is a consensus about a member's own goal")
			}
		})
	}
}

func TestTheGapNamesWhoIsFarthestApart(t *testing.T) {
	t.Parallel()
	g := household(t, session.KindFamily)
	for name, c := range map[string]struct {
		words []string
		want  string
		with  string
	}{
		"one pair":             {[]string{"mother talk 7 -", "father talk 5 -", "anna talk 2.5 -", "t-1 talk 6 -"}, "4.5 of 3: anna 2.5 < mother 7", "3.5 of 4: anna 2.5 < t-1 6"},
		"two pairs alike":      {[]string{"mother talk 8 -", "father talk 8 -", "anna talk 2 -"}, "6 of 3: anna 2 < mother 8, anna 2 < father 8", "too_few_values of 3"},
		"all the same":         {[]string{"mother talk 5 -", "father talk 5 -", "t-1 talk 5 -"}, "0 of 2", "0 of 3"},
		"one value":            {[]string{"mother talk 5 -", "t-1 talk 9 -"}, "too_few_values of 1", "4 of 2: mother 5 < t-1 9"},
		"the therapist's word": {[]string{"t-1 talk 9 yes"}, "too_few_values of 0", "too_few_values of 1"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := evening(t, g, 3, nil)
			rate(t, g, s, c.words...)
			courses, _ := goal.CoursesOf(g, []*session.Session{closed(s)})
			p := courses[3].Points[0]
			if got := gapWords(p.Between); got != c.want {
				t.Errorf("between members %s, want %s", got, c.want)
			}
			if got := gapWords(p.WithTherapist); got != c.with {
				t.Errorf("with the therapist %s, want %s", got, c.with)
			}
			if len(p.Between.RestsOn) != p.Between.Values || len(p.WithTherapist.RestsOn) != p.WithTherapist.Values {
				t.Error("a gap does not name the ratings it is of")
			}
		})
	}
}

// gapWords writes a gap.
func gapWords(g *goal.Gap) string {
	if g.Difference == nil {
		return fmt.Sprintf("%s of %d", g.Reason, g.Values)
	}
	var pairs []string
	for _, p := range g.Pairs {
		pairs = append(pairs, fmt.Sprintf("%s %v < %s %v", p.Lower.ID, p.LowerAt, p.Higher.ID, p.HigherAt))
	}
	out := fmt.Sprintf("%v of %d", *g.Difference, g.Values)
	if len(pairs) > 0 {
		out += ": " + strings.Join(pairs, ", ")
	}
	return out
}

// TestContainedGoalsAreFormedOfAllThatRun: autonomy begins with the third session, so
// that before it the other two are all there are.
func TestContainedGoalsAreFormedOfAllThatRun(t *testing.T) {
	t.Parallel()
	g := household(t, session.KindFamily)
	two, three, four := evening(t, g, 2, nil), evening(t, g, 3, nil), evening(t, g, 4, map[session.MemberID]session.Attendance{"anna": session.Excused})
	rate(t, g, two, "father grades 3 -", "mother safety 6 -")
	rate(t, g, three, "father grades 4 -", "mother safety 6 -", "anna autonomy 1 -", "mother talk 9 yes")
	rate(t, g, four, "father grades 5 -", "mother safety 7 -", "t-1 autonomy 8 -")
	courses, _ := goal.CoursesOf(g, []*session.Session{closed(four), closed(two), closed(three)})
	for i, want := range []struct {
		mean      float64
		rated, of int
		rests     []string
	}{
		{4.5, 2, 2, []string{"s-2 grades father", "s-2 safety mother"}},
		{11.0 / 3, 3, 3, []string{"s-3 grades father", "s-3 safety mother", "s-3 autonomy anna"}},
		{-1, 2, 3, []string{"s-4 grades father", "s-4 safety mother", "s-4 autonomy anna"}},
	} {
		got := courses[3].Points[i].Contained
		mean := -1.0
		if got.Mean != nil {
			mean = *got.Mean
		}
		if mean != want.mean || got.Rated != want.rated || got.Of != want.of || got.Composition != "additive" || (mean < 0) != (got.Reason == goal.NotAllRated) {
			t.Errorf("point %d: %v of %d of %d, %s", i, mean, got.Rated, got.Of, got.Reason)
		}
		wantAll(t, "rests on", places(got.RestsOn), want.rests...)
	}
	must(t, g.EndGoal("grades", "2026-01-02"))
	must(t, g.EndGoal("safety", "2026-01-02"))
	courses, _ = goal.CoursesOf(g, []*session.Session{closed(evening(t, g, 2, nil))})
	if got := courses[3].Points[0].Contained; got.Of != 0 || got.Reason != goal.NoneContained {
		t.Errorf("none was a goal that day: %+v", got)
	}
}

func TestAttainmentIsOfEachRaterByTwoRatings(t *testing.T) {
	t.Parallel()
	g := household(t, session.KindFamily)
	var sessions []*session.Session
	for n, words := range [][]string{
		{"father grades 3 yes", "t-1 grades 5 -", "mother grades - no"}, {"t-1 grades 4 -"}, {"father grades 8 -"}, {"father grades 6.5 -"},
	} {
		s := evening(t, g, n+1, nil)
		rate(t, g, s, words...)
		sessions = append(sessions, closed(s))
	}
	rate(t, g, sessions[1], "mother safety 4 -")
	courses, _ := goal.CoursesOf(g, sessions)
	var got []string
	for _, l := range courses[0].Lines {
		got = append(got, fmt.Sprintf("%s own %v, %d: %v to %v, best %v in %d, change %v, rests on %d", l.Rater.ID, l.Own, l.Ratings, l.First.Value, l.Last.Value, l.Best.Value, l.Best.Number, *l.Change, len(l.RestsOn)))
	}
	wantAll(t, "grades", got, "father own true, 3: 3 to 6.5, best 8 in 3, change 3.5, rests on 3", "t-1 own false, 2: 5 to 4, best 5 in 1, change -1, rests on 2")
	if l := courses[1].Lines; len(l) != 1 || l[0].Change != nil || l[0].Reason != goal.OneRating {
		t.Errorf("safety was rated once: %+v", l)
	}
	wantAll(t, "who else spoke of it", said(&courses[0].Points[0]), "father 3 yes", "mother (not_theirs) no", "t-1 5 (not_asked)")
}

func TestWhatWasErasedOrTakenBackIsNoSilence(t *testing.T) {
	t.Parallel()
	g := household(t, session.KindFamily)
	s := evening(t, g, 3, nil)
	rate(t, g, s, "father grades 4 -", "father talk 5 yes", "mother talk 6 yes", "anna talk 2 no", "t-1 grades 6 -")
	must(t, s.RateGoals(g, []session.GoalRatingInput{{
		Rater: session.Rater{Kind: instrument.RaterMember, ID: "mother"}, GoalID: "talk", Corrects: &session.GoalCorrection{Version: 1, Why: session.CorrectTyping},
		Entered: session.Entry{By: "p", At: time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC), Mode: session.Device},
	}}))
	x := session.Redaction{Member: "father", Decision: "rd-1", At: time.Unix(1, 0), About: true, Goals: []session.GoalID{"grades"}}
	g.Redact(x)
	s.Redact(x)
	other := evening(t, g, 4, nil)
	rate(t, g, other, "anna talk 3 no")
	cancelled := *other
	cancelled.ID, cancelled.Number, cancelled.Status = "s-5", 5, session.StatusCancelled
	courses, left := goal.CoursesOf(g, []*session.Session{closed(s), closed(other), &cancelled})
	wantAll(t, "the shared goal", said(&courses[3].Points[0]), "mother (taken_back) (taken_back)", "father (redacted) (redacted)", "anna 2 no", "t-1 (not_asked) (not_asked)")
	wantAll(t, "the erased member's own", said(&courses[0].Points[0]), "father (redacted) (redacted)", "t-1 (redacted) (redacted)")
	if c := courses[3].Points[0].Consensus; c.Endorsed != nil || c.Said != 1 || c.Of != 3 {
		t.Errorf("consensus %+v", c)
	}
	if !courses[0].Redacted || courses[3].Redacted || len(courses[0].Lines) != 0 || left != (goal.Left{Cancelled: 1, Redacted: 3, TakenBack: 1}) {
		t.Errorf("left out %+v", left)
	}
	if n := len(courses[3].Points); n != 2 {
		t.Errorf("%d points, the cancelled session among them", n)
	}
}

// TestACourseGoesByDaysAndNotByNumbers: a session that was entered late has a high
// number and an early day.
func TestACourseGoesByDaysAndNotByNumbers(t *testing.T) {
	t.Parallel()
	g := household(t, session.KindFamily)
	first, last := evening(t, g, 2, nil), evening(t, g, 3, nil)
	first.Number = 9
	rate(t, g, first, "mother safety 2 -")
	rate(t, g, last, "mother safety 7 -")
	courses, _ := goal.CoursesOf(g, []*session.Session{closed(last), closed(first)})
	if l := courses[1].Lines[0]; l.First.Number != 9 || l.First.Value != 2 || l.Last.Number != 3 || l.Last.Value != 7 || *l.Change != 5 {
		t.Errorf("%+v, change %v", l, *l.Change)
	}
}

// TestNobodyWaitsForWhoWasErasedOrHadLeft, with a spell that still runs, or with one
// that was found later to have ended.
func TestNobodyWaitsForWhoWasErasedOrHadLeft(t *testing.T) {
	t.Parallel()
	for name, gone := range map[string]func(t *testing.T, g *session.Group, s *session.Session){
		"erased": nil,
		"had left": func(t *testing.T, g *session.Group, _ *session.Session) {
			t.Helper()
			must(t, g.Leave(2, "2026-01-10", session.LeftOther))
		},
	} {
		for _, kind := range []session.GroupKind{session.KindFamily, session.KindGroup} {
			t.Run(name+" "+string(kind), func(t *testing.T) {
				t.Parallel()
				g := household(t, kind)
				if gone == nil {
					g.Redact(session.Redaction{Member: "father", Decision: "rd-1"})
				}
				s := evening(t, g, 3, nil)
				rate(t, g, s, "mother talk 6 yes", "anna talk 4 no", "mother safety 4 -", "anna autonomy 6 -")
				if gone != nil {
					gone(t, g, s)
				}
				courses, _ := goal.CoursesOf(g, []*session.Session{closed(s)})
				p := courses[3].Points[0]
				if c := p.Consensus; c.Endorsed == nil || *c.Endorsed != 1 || c.Of != 2 {
					t.Errorf("consensus %+v", c)
				}
				if c := p.Contained; c.Mean == nil || *c.Mean != 5 || c.Of != 2 {
					t.Errorf("contained %+v", c)
				}
			})
		}
	}
}
