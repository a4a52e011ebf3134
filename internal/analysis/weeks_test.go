package analysis_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"holon/internal/analysis"
	"holon/internal/multilevel"
	"holon/internal/session"
)

// weeks has therapy groups of five who rate cohesion and presence every week,
// after an intake at which presence was rated, and the first two groups one
// newcomer each from the fourth week on.
type weeks struct {
	groups, sessions          int
	group, member, meet, rest float64 // standard deviations
	intake                    float64 // of groups at intake
	seed                      uint64
}

// records draws them.
func (w weeks) records(t *testing.T) *records {
	t.Helper()
	rng := rand.New(rand.NewPCG(w.seed, 1))
	r := newRecords(t)
	rating := func(v float64) float64 { return math.Round(min(10, max(0, 5+1.5*v))) }
	for i := range w.groups {
		id := fmt.Sprintf("g%d", i)
		names := people(id, 6)
		g := r.group(t, id, session.KindGroup, names[:5]...)
		level := w.group * rng.NormFloat64()
		own := make([]float64, 6)
		for m := range own {
			own[m] = w.member * rng.NormFloat64()
		}
		if w.intake > 0 {
			s := r.open(t, g, session.Plan{Number: 1, Kind: session.Assessment, Stage: new(session.Intake), HeldOn: "2026-01-02"})
			before := w.intake * rng.NormFloat64()
			for m, name := range names[:5] {
				r.submit(t, s, form{instrument: presenceItem, by: string(name), answers: []float64{rating(before + own[m])}})
			}
		}
		for k := range w.sessions {
			if k == 3 && i < 2 {
				if _, err := g.Join(names[5], session.RoleMember, "2026-01-20"); err != nil {
					t.Fatal(err)
				}
			}
			s := r.meeting(t, g, k+2)
			weather := w.meet * rng.NormFloat64()
			for m, name := range names {
				if m == 5 && (k < 3 || i >= 2) {
					continue
				}
				for _, item := range []string{cohesionItem, presenceItem} {
					r.submit(t, s, form{instrument: item, by: string(name), answers: []float64{rating(level + own[m] + weather + w.rest*rng.NormFloat64())}})
				}
			}
		}
	}
	return r
}

// TestWeeksAreModelledAsMembersBySessions compares what recorded weeks come to
// with the same ratings in a table, and looks at what stands beside it.
func TestWeeksAreModelledAsMembersBySessions(t *testing.T) {
	t.Parallel()
	records := weeks{groups: 6, sessions: 6, group: 1.6, member: 0.8, meet: 0.5, rest: 0.7, intake: 0.1, seed: 3}.records(t)
	got := ask(t, records, analysis.Ask{Measure: byMembers(cohesionItem), Planned: []analysis.Measure{byMembers(cohesionItem)}})
	g := got.GroupLevel()
	if g.Structure != multilevel.MembersBySessions || g.Estimand != multilevel.Group || g.Answer != multilevel.Supported {
		t.Errorf("%s, %s: %s because %s", g.Structure, g.Estimand, g.Answer, g.Reason)
	}
	var table strings.Builder
	table.WriteString("group,session,member,y\n")
	for _, of := range records.groups {
		for _, s := range records.sessions[of.ID] {
			for _, x := range s.Cohesion {
				fmt.Fprintf(&table, "%s,%s,%s,%g\n", s.GroupID, s.ID, x.Rater.ID, x.Answers[0].Value)
			}
		}
	}
	reports, err := analysis.RunPlan(t.Context(), fstest.MapFS{"x.csv": {Data: []byte(table.String())}}, analysis.Plan{
		Data: "x.csv", Roles: analysis.Roles{Group: "group", Session: "session", Member: "member", Outcomes: []string{"y"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	if reports[0].Input != got.Input {
		t.Errorf("input %+v, in a table %+v", got.Input, reports[0].Input)
	}
	near(t, "group variance", g.REML.Variance.Group, *reports[0].GroupLevel().REML.Variance.Group, 1e-12)
	near(t, "session variance", g.REML.Variance.Session, *reports[0].GroupLevel().REML.Variance.Session, 1e-12)
	near(t, "p", g.Tests[0].P, *reports[0].GroupLevel().Tests[0].P, 0)
	around := got.Around()
	if around == nil || around.Course == nil {
		t.Fatal("nothing stands beside the result")
	}
	if !around.Multiplicity.Planned || around.Multiplicity.Tests != 1 || *around.Multiplicity.PHolm != *g.Tests[0].P || got.Caveats.Has("exploratory") {
		t.Errorf("multiplicity %+v", around.Multiplicity)
	}
	if around.Control.Answer != "" || !got.Caveats.Has("negative_control_missing") {
		t.Errorf("a control of what nobody rated at intake: %+v", around.Control)
	}
	c := around.Course
	if len(c.Turnover) != 6 || c.Turnover[0].Ever != 6 || c.Turnover[0].Steps[3].New != 1 || c.Newcomers.Joining != 2 {
		t.Errorf("turnover %+v, newcomers %+v", c.Turnover[0], c.Newcomers)
	}
	if c.Lines[0].Points[0].Session != 2 || c.Lines[0].Points[1].Change == nil || len(c.Influence) != 10 || c.Emergence.Sessions != 6 {
		t.Errorf("line %+v, %d members of influence", c.Lines[0].Points[0], len(c.Influence))
	}
}

// TestNegativeControl: groups that differed at intake are named; the same
// measure's intake is no part of the weeks.
func TestNegativeControl(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		intake   float64
		supports bool
	}{"put together alike": {0.01, false}, "put together by severity": {3, true}} {
		records := weeks{groups: 8, sessions: 3, group: 0.1, member: 0.5, meet: 0.3, rest: 0.5, intake: c.intake, seed: 7}.records(t)
		got := ask(t, records, analysis.Ask{Measure: byMembers(presenceItem), Detail: analysis.Quick})
		control := got.Around().Control
		if control.Members != 40 || control.Groups != 8 || (control.Answer == multilevel.Supported) != c.supports ||
			got.Caveats.Has("groups_differed_before_they_met") != c.supports || got.Caveats.Has("negative_control_missing") {
			t.Errorf("%s: %+v, %v", name, control, got.Caveats.List())
		}
		if !slices.Contains(excluded(got), "assessment_beside_meetings 40") {
			t.Errorf("%s: %v", name, excluded(got))
		}
		itself := ask(t, records, analysis.Ask{Measure: byMembers(presenceItem), Detail: analysis.Quick, Session: &analysis.Selection{Stage: session.Intake}})
		if around := itself.Around(); around.Control.Reason != "asked_of_intake_itself" || itself.GroupLevel().Estimand != multilevel.Group {
			t.Errorf("%s: %+v", name, around.Control)
		}
	}
}

// TestTherapistsShare is estimated where therapists lead different groups.
func TestTherapistsShare(t *testing.T) {
	t.Parallel()
	records := weeks{groups: 6, sessions: 3, group: 0.4, member: 0.5, meet: 0.3, rest: 0.5, seed: 9}.records(t)
	share := func() analysis.TherapistShare {
		got := ask(t, records, analysis.Ask{Measure: byMembers(cohesionItem), Detail: analysis.Quick})
		return got.Around().Therapists
	}
	if got := share(); got.Reason != "same_therapists_everywhere" || got.Therapists != 2 || got.Share != nil {
		t.Errorf("all groups led by the same two: %+v", got)
	}
	for i, g := range records.groups {
		for k := range g.TherapistSpells {
			g.TherapistSpells[k].TherapistID = session.TherapistID(fmt.Sprintf("t%d%d", i/2, k))
		}
	}
	if got := share(); got.Reason != "" || got.Therapists != 6 || got.Share == nil || got.Group == nil || got.P == nil {
		t.Errorf("three pairs of therapists, two groups each: %+v", got)
	}
	for i, g := range records.groups {
		for k := range g.TherapistSpells {
			g.TherapistSpells[k].TherapistID = session.TherapistID(fmt.Sprintf("t%d%d", i, k))
		}
	}
	if got := share(); got.Reason != "one_group_per_therapist" || got.Share != nil {
		t.Errorf("therapists of their own: %+v", got)
	}
}

// TestOneGroupIsToldWhatItCanShow leads with whether its members move together.
func TestOneGroupIsToldWhatItCanShow(t *testing.T) {
	t.Parallel()
	records := weeks{groups: 1, sessions: 12, group: 1, member: 0.5, meet: 1.2, rest: 0.4, seed: 2}.records(t)
	got := ask(t, records, analysis.Ask{Measure: byMembers(cohesionItem), Detail: analysis.Quick})
	g := got.GroupLevel()
	if g.Answer != multilevel.NotIdentifiable || g.Reason != multilevel.OneGroup || g.REML.Variance.Group != nil || g.REML.Variance.Session == nil {
		t.Errorf("%s because %s", g.Answer, g.Reason)
	}
	if g.Weather == nil || g.Weather.Answer != multilevel.Supported {
		t.Fatalf("weather %+v", g.Weather)
	}
	text := analysis.Sentences(&got)
	if !strings.HasPrefix(text[1], "Do members move together from week to week? Yes, beyond chance") {
		t.Error(text)
	}
}

// TestHolmOverATable adjusts the p of every measure for all of them.
func TestHolmOverATable(t *testing.T) {
	t.Parallel()
	records := weeks{groups: 5, sessions: 3, group: 0.5, member: 0.5, meet: 0.3, rest: 0.5, seed: 4}.records(t)
	reports, err := analysis.GroupLevelTable(t.Context(), records, analysis.Ask{Planned: []analysis.Measure{byMembers(presenceItem)}, Detail: analysis.Quick})
	if err != nil {
		t.Fatal(err)
	}
	var p, holm []float64
	for _, r := range reports {
		m := r.Around().Multiplicity
		if m.Tests != 2 || m.Planned != (r.Subject.Measure.Instrument.ID == presenceItem) || r.Around().Course != nil {
			t.Errorf("%s: %+v", r.Outcome, m)
		}
		p, holm = append(p, *r.GroupLevel().Tests[0].P), append(holm, *m.PHolm)
	}
	if len(p) != 2 {
		t.Fatalf("%d tests", len(p))
	}
	least, most := slices.Min(p), slices.Max(p)
	want := []float64{min(1, 2*least), max(min(1, 2*least), most)}
	slices.Sort(holm)
	if !slices.Equal(holm, want) {
		t.Errorf("adjusted %v, want %v", holm, want)
	}
}

// TestTurnoverLimitIsTheAskers lifts the refusal.
func TestTurnoverLimitIsTheAskers(t *testing.T) {
	t.Parallel()
	records := weeks{groups: 4, sessions: 4, group: 0.5, member: 0.5, meet: 0.3, rest: 0.5, seed: 4}.records(t)
	q := analysis.Ask{Measure: byMembers(cohesionItem), Detail: analysis.Quick, TurnoverLimit: 0.05}
	if got := ask(t, records, q); got.GroupLevel().Reason != "turnover_beyond_limit" || got.Around() != nil {
		t.Errorf("%s because %s", got.GroupLevel().Answer, got.GroupLevel().Reason)
	}
	q.TurnoverLimit = 1
	if got := ask(t, records, q); got.GroupLevel().Answer == multilevel.Refused || !got.Caveats.Has("open_group_turnover") {
		t.Errorf("%s because %s", got.GroupLevel().Answer, got.GroupLevel().Reason)
	}
	q.TurnoverLimit = 1.5
	if _, err := analysis.GroupLevel(t.Context(), records, q); !slices.Equal(faultsOf(t, err), []string{"/turnover_limit out_of_range"}) {
		t.Errorf("error %v", err)
	}
}
