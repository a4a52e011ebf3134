package analysis_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"holon/internal/analysis"
	"holon/internal/fault"
	"holon/internal/instrument"
	"holon/internal/multilevel"
	"holon/internal/session"
)

// The one-item instruments of Holon that the tests use.
const (
	allianceItem = "holon-alliance-1"
	bondItem     = "holon-bond-1"
	cohesionItem = "holon-cohesion-1"
	presenceItem = "holon-presence-1"
	purposeItem  = "holon-purpose-1"
	standingItem = "holon-standing-1"
)

// measure names the rating of a one-item instrument.
func measure(id string, rater instrument.RaterKind) analysis.Measure {
	return analysis.Measure{Instrument: instrument.Ref{ID: id, Version: "1"}, Score: "rating", Rater: rater}
}

// byMembers is the measure as members answer it.
func byMembers(id string) analysis.Measure { return measure(id, instrument.RaterMember) }

// ask runs a question that must be answerable.
func ask(t *testing.T, r *records, q analysis.Ask) analysis.Report {
	t.Helper()
	report, err := analysis.GroupLevel(t.Context(), r, q)
	if err != nil {
		t.Fatal(err)
	}
	return report
}

// excluded returns a report's exclusions as "reason rows".
func excluded(r analysis.Report) []string {
	out := []string{}
	for _, x := range r.Counts.Excluded {
		out = append(out, fmt.Sprintf("%s %d", x.Reason, x.Rows))
	}
	return out
}

// threeGroups has three therapy groups of three who rated cohesion once, each
// in one session: 1 5 3, 2 4 3, 5 1 3.
func threeGroups(t *testing.T) *records {
	t.Helper()
	r := newRecords(t)
	for id, values := range map[string][]float64{"a": {1, 5, 3}, "b": {2, 4, 3}, "c": {5, 1, 3}} {
		g := r.group(t, id, session.KindGroup, people(id, 3)...)
		r.rate(t, r.meeting(t, g, 4), cohesionItem, session.About{}, values...)
	}
	return r
}

// TestCohesionWorkedByHand: the group means are all 3, so MSB is 0, MSW
// (8+2+8)/6 = 3 and ICC(1) (0-3)/(0+2*3) = -.5.
func TestCohesionWorkedByHand(t *testing.T) {
	t.Parallel()
	records := threeGroups(t)
	r := ask(t, records, analysis.Ask{Measure: byMembers(cohesionItem)})
	near(t, "MSB", r.GroupLevel().ANOVA.MSBetween, 0, 0)
	near(t, "MSW", r.GroupLevel().ANOVA.MSWithin, 3, 1e-12)
	near(t, "ICC(1)", r.GroupLevel().ICC1.Estimate, -0.5, 1e-12)
	want := analysis.Subject{
		Measure: analysis.Measure{Instrument: instrument.Ref{ID: cohesionItem, Version: "1"}, Score: "rating", Rater: instrument.RaterMember, Occasion: session.Post},
		Title:   "Cohesion of the group", Level: instrument.Cohesion, Referent: instrument.ReferentWe,
		Composition: multilevel.ReferentShift, RuleSet: "cohesion_members_we_items_1", Kinds: []session.GroupKind{session.KindGroup},
	}
	if diff := cmp.Diff(&want, r.Subject); diff != "" {
		t.Error(diff)
	}
	if r.Outcome != "holon-cohesion-1@1/rating" || r.GroupLevel().Estimand != multilevel.GroupPlusSession || !r.Caveats.Has("one_session_of_each_group") {
		t.Errorf("outcome %s, estimand %s", r.Outcome, r.GroupLevel().Estimand)
	}
	if c := r.Counts; c.Groups != 3 || c.Members != 9 || *c.Sessions != 3 || c.Ratings != 9 || r.Input.Rows != 9 {
		t.Errorf("counts %+v", c)
	}
	if !slices.Equal(records.asked, []instrument.Level{instrument.Cohesion}) {
		t.Errorf("levels read: %v", records.asked)
	}
}

// TestTherapistsOfOneMemberAreAveraged: member 1 rates 8 and 6 and has 7.
func TestTherapistsOfOneMemberAreAveraged(t *testing.T) {
	t.Parallel()
	r := newRecords(t)
	g := r.group(t, "a", session.KindFamily, people("a", 2)...)
	s := r.meeting(t, g, 1)
	r.rate(t, s, allianceItem, session.About{TherapistID: "t1"}, 8, 3)
	r.rate(t, s, allianceItem, session.About{TherapistID: "t2"}, 6)
	h := r.group(t, "b", session.KindFamily, people("b", 2)...)
	r.rate(t, r.meeting(t, h, 1), allianceItem, session.About{TherapistID: "t1"}, 9, 9)
	report := ask(t, r, analysis.Ask{Measure: byMembers(allianceItem)})
	near(t, "mean of all rows", report.GroupLevel().GrandMean, (7.0+3+9+9)/4, 1e-12)
	if report.Counts.Ratings != 4 || !report.Caveats.Has("mean_over_therapists") || report.Subject.Composition != multilevel.Additive {
		t.Errorf("%d rows, composition %s, caveats %v", report.Counts.Ratings, report.Subject.Composition, report.Caveats.List())
	}
}

// TestWhatIsLeftOutIsCounted has one absent member, one without a form, one
// who declined, and a therapist's report.
func TestWhatIsLeftOutIsCounted(t *testing.T) {
	t.Parallel()
	r := newRecords(t)
	for _, id := range []string{"a", "b"} {
		g := r.group(t, id, session.KindGroup, people(id, 5)...)
		s := r.meeting(t, g, 1, session.MemberID(id+"-m5"))
		r.rate(t, s, cohesionItem, session.About{}, 4, 7)
		r.submit(t, s, form{instrument: cohesionItem, by: id + "-m3"}, form{instrument: cohesionItem, rater: instrument.RaterTherapist, by: "t1", answers: []float64{9}})
	}
	report := ask(t, r, analysis.Ask{Measure: byMembers(cohesionItem)})
	want := []string{"absent 2", "missing_score_none_answered 2", "no_form 2", "other_rater_kind 2"}
	if got := excluded(report); !slices.Equal(got, want) || report.Counts.Ratings != 4 {
		t.Errorf("excluded %v, want %v; %d ratings", got, want, report.Counts.Ratings)
	}
}

// TestSelectionOfOneSession: members rate 1, 2, 3 in sessions 1, 2, 3, except
// that nobody has in session 1 of group b.
func TestSelectionOfOneSession(t *testing.T) {
	t.Parallel()
	r := newRecords(t)
	for _, id := range []string{"a", "b"} {
		g := r.group(t, id, session.KindGroup, people(id, 2)...)
		for number := 3; number >= 1; number-- { // the order of reading must not matter
			s := r.meeting(t, g, number)
			if id == "a" || number > 1 {
				r.rate(t, s, cohesionItem, session.About{}, float64(number), float64(number))
			}
		}
	}
	for name, c := range map[string]struct {
		choice  analysis.Selection
		mean    float64
		without bool
	}{
		"the first with ratings": {analysis.Selection{Place: analysis.First}, 1.5, false},
		"the last with ratings":  {analysis.Selection{Place: analysis.Last}, 3, false},
		"the second":             {analysis.Selection{Number: 2}, 2, false},
		"the first by number":    {analysis.Selection{Number: 1}, 1, true},
	} {
		report := ask(t, r, analysis.Ask{Measure: byMembers(cohesionItem), Session: &c.choice})
		near(t, name, report.GroupLevel().GrandMean, c.mean, 1e-12)
		if got := report.Caveats.Has("groups_without_ratings"); got != c.without {
			t.Errorf("%s: a group without ratings is said %v, want %v", name, got, c.without)
		}
	}
}

// TestAssessmentsAreNoEvening: members rated once at intake have a lasting
// group as their estimand, over several days as on one.
func TestAssessmentsAreNoEvening(t *testing.T) {
	t.Parallel()
	r := newRecords(t)
	for _, id := range []string{"a", "b"} {
		g := r.group(t, id, session.KindGroup, people(id, 4)...)
		for pair := range 2 {
			two := people(id, 4)[2*pair : 2*pair+2]
			s := r.open(t, g, session.Plan{
				Number: pair + 1, Kind: session.Assessment, Stage: new(session.Intake), HeldOn: fmt.Sprintf("2026-02-0%d", pair+1), Members: two,
			})
			for i, m := range two {
				r.submit(t, s, form{instrument: "gad-7", by: string(m), answers: []float64{1, 1, 1, 1, 1, 1, float64(i)}})
			}
		}
	}
	gad := analysis.Measure{Instrument: instrument.Ref{ID: "gad-7", Version: "1"}, Score: "total", Rater: instrument.RaterMember}
	report := ask(t, r, analysis.Ask{Measure: gad, Session: &analysis.Selection{Stage: session.Intake}})
	if report.GroupLevel().Estimand != multilevel.Group || report.Counts.Ratings != 8 || *report.Counts.Sessions != 4 {
		t.Errorf("estimand %s, counts %+v", report.GroupLevel().Estimand, report.Counts)
	}
	if report.GroupLevel().Answer == "refused" {
		t.Errorf("refused because %s", report.GroupLevel().Reason)
	}
	none := ask(t, r, analysis.Ask{Measure: gad, Session: &analysis.Selection{Stage: session.EndStage}})
	if none.GroupLevel().Reason != multilevel.NoData {
		t.Errorf("at the end: %s", none.GroupLevel().Reason)
	}
}

// TestOneAssessmentOfEachGroupIsNoEveningEither has all members of a group
// assessed on one day: no meeting is shared.
func TestOneAssessmentOfEachGroupIsNoEveningEither(t *testing.T) {
	t.Parallel()
	r := newRecords(t)
	for _, id := range []string{"a", "b"} {
		g := r.group(t, id, session.KindGroup, people(id, 2)...)
		s := r.open(t, g, session.Plan{Number: 1, Kind: session.Assessment, Stage: new(session.Intake), HeldOn: "2026-02-01"})
		r.rate(t, s, cohesionItem, session.About{}, 4, 6)
	}
	report := ask(t, r, analysis.Ask{Measure: byMembers(cohesionItem)})
	if report.GroupLevel().Estimand != multilevel.Group || report.Caveats.Has("one_session_of_each_group") {
		t.Errorf("estimand %s, %v", report.GroupLevel().Estimand, report.Caveats.List())
	}
}

// TestTurnover: two members of four leave between the sessions, two of three
// others came; of six ever there two stayed (turnover 2/3). With one leaving of
// four it is 1/4.
func TestTurnover(t *testing.T) {
	t.Parallel()
	build := func(leavers, joiners int) *records {
		r := newRecords(t)
		for _, id := range []string{"a", "b"} {
			all := people(id, 4+joiners)
			g := r.group(t, id, session.KindGroup, all[:4]...)
			for i := range leavers {
				if err := g.Leave(i+1, "2026-01-20", session.LeftCompleted); err != nil {
					t.Fatal(err)
				}
			}
			for _, m := range all[4:] {
				if _, err := g.Join(m, session.RoleMember, "2026-02-01"); err != nil {
					t.Fatal(err)
				}
			}
			r.rate(t, r.meeting(t, g, 1), cohesionItem, session.About{}, 4, 6)
			later := r.meeting(t, g, 8)
			r.submit(t, later, form{instrument: cohesionItem, by: string(later.Roster[len(later.Roster)-1].MemberID), answers: []float64{5}})
		}
		return r
	}
	report := ask(t, build(2, 2), analysis.Ask{Measure: byMembers(cohesionItem)})
	if report.GroupLevel().Reason != "turnover_beyond_limit" || !strings.Contains(report.Instead, "one session of each group") {
		t.Errorf("two of four left: %s because %s", report.GroupLevel().Answer, report.GroupLevel().Reason)
	}
	report = ask(t, build(1, 0), analysis.Ask{Measure: byMembers(cohesionItem)})
	if report.GroupLevel().Answer == "refused" || !report.Caveats.Has("open_group_turnover") || !report.Caveats.Has("different_sessions") {
		t.Errorf("one of four left: %s because %s, %v", report.GroupLevel().Answer, report.GroupLevel().Reason, report.Caveats.List())
	}
}

// TestSubsystemSessionsAreNoMeetingOfAll leaves them out by name, outcomes
// excepted.
func TestSubsystemSessionsAreNoMeetingOfAll(t *testing.T) {
	t.Parallel()
	r := newRecords(t)
	for _, id := range []string{"a", "b"} {
		g := r.group(t, id, session.KindFamily, people(id, 3)...)
		s := r.open(t, g, session.Plan{Number: 1, Kind: session.Subsystem, HeldOn: "2026-02-01", Members: people(id, 2)})
		r.rate(t, s, purposeItem, session.About{}, 2, 3)
		r.submit(t, s, form{instrument: "gad-7", by: id + "-m1", answers: []float64{1, 1, 1, 1, 1, 1, 1}})
		r.rate(t, r.meeting(t, g, 2), purposeItem, session.About{}, 7, 8, 9)
	}
	report := ask(t, r, analysis.Ask{Measure: byMembers(purposeItem)})
	if report.Counts.Ratings != 6 || !slices.Contains(excluded(report), "individual_or_subsystem_session 4") || report.Subject.Level != instrument.System {
		t.Errorf("%d ratings, excluded %v", report.Counts.Ratings, excluded(report))
	}
	gad := analysis.Measure{Instrument: instrument.Ref{ID: "gad-7", Version: "1"}, Score: "total", Rater: instrument.RaterMember}
	if report := ask(t, r, analysis.Ask{Measure: gad}); report.Counts.Ratings != 2 {
		t.Errorf("outcomes of a subsystem session: %d ratings", report.Counts.Ratings)
	}
}

// TestOrderMakesNoDifference asks twice, with groups and sessions the other
// way round: the bytes are the same.
func TestOrderMakesNoDifference(t *testing.T) {
	t.Parallel()
	r := threeGroups(t)
	write := func() []byte {
		t.Helper()
		reports, err := analysis.GroupLevelTable(t.Context(), r, analysis.Ask{})
		if err != nil {
			t.Fatal(err)
		}
		body, err := analysis.EncodeAll(reports)
		if err != nil {
			t.Fatal(err)
		}
		return body
	}
	want := write()
	slices.Reverse(r.groups)
	for _, list := range r.sessions {
		for _, s := range list {
			slices.Reverse(s.Cohesion)
			slices.Reverse(s.Roster)
		}
	}
	if got := write(); !bytes.Equal(got, want) {
		t.Errorf("another order gives other bytes:\n%s\n%s", got, want)
	}
}

func TestDamagedDocumentsAreLeftOutByName(t *testing.T) {
	t.Parallel()
	r := threeGroups(t)
	r.damage("b", "b-s9")
	r.leftOut = []string{"g-broken"}
	report := ask(t, r, analysis.Ask{Measure: byMembers(cohesionItem)})
	if !slices.Contains(excluded(report), "document_damaged 2") || report.Counts.Ratings != 9 {
		t.Errorf("excluded %v, %d ratings", excluded(report), report.Counts.Ratings)
	}
	found := false
	for _, c := range report.Caveats.List() {
		found = found || (c.Code == "document_damaged" && strings.Contains(c.Detail, "b-s9, g-broken"))
	}
	if !found {
		t.Errorf("the document is not named: %v", report.Caveats.List())
	}
	r.damaged["c"] = append(r.damaged["c"], fault.New(fault.Unavailable, "stopping", "Stopping."))
	if _, err := analysis.GroupLevel(t.Context(), r, analysis.Ask{Measure: byMembers(cohesionItem)}); !fault.Is(err, fault.Unavailable) {
		t.Errorf("a source that fails: %v", err)
	}
}

func TestPeopleInSeveralGroupsAreSaid(t *testing.T) {
	t.Parallel()
	r := newRecords(t)
	for _, id := range []string{"a", "b"} {
		g := r.group(t, id, session.KindGroup, "shared", session.MemberID(id+"-m2"))
		r.rate(t, r.meeting(t, g, 1), cohesionItem, session.About{}, 4, 6)
	}
	report := ask(t, r, analysis.Ask{Measure: byMembers(cohesionItem)})
	if !report.Caveats.Has("members_in_several_groups") || report.Counts.Members != 3 {
		t.Errorf("members %d, %v", report.Counts.Members, report.Caveats.List())
	}
	if got := analysis.Sentences(&report)[0]; !strings.HasSuffix(got, ": 4 ratings from 3 members in 2 groups.") {
		t.Errorf("it reads %q", got)
	}
}

// TestTableOfAllMeasures has one report per measure in a stable order, groups
// and families apart, and reads every group once.
func TestTableOfAllMeasures(t *testing.T) {
	t.Parallel()
	r := threeGroups(t)
	family := r.group(t, "z", session.KindFamily, people("z", 2)...)
	s := r.meeting(t, family, 4)
	r.rate(t, s, allianceItem, session.About{TherapistID: "t1"}, 5, 6)
	r.rate(t, s, purposeItem, session.About{}, 5, 6)
	r.submit(t, s, form{instrument: purposeItem, rater: instrument.RaterTherapist, by: "t1", answers: []float64{3}},
		form{instrument: purposeItem, rater: instrument.RaterObserver, by: "o1", answers: []float64{3}},
		form{instrument: purposeItem, by: "z-m1", occasion: session.Pre, answers: []float64{3}})
	other := r.sessions["a"][0]
	r.rate(t, other, allianceItem, session.About{TherapistID: "t1"}, 5, 6)
	r.submit(t, other, form{instrument: "gcq-s", by: "a-m1", answers: []float64{1, 2, 3, 4, 5, 6, 0, 1, 2, 3, 4, 5}})
	reports, err := analysis.GroupLevelTable(t.Context(), r, analysis.Ask{Session: &analysis.Selection{Number: 4}})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, x := range reports {
		got = append(got, fmt.Sprintf("%s %s %s %s", x.Outcome, x.Subject.Measure.Rater, x.Subject.Measure.Occasion, x.Subject.Kinds[0]))
	}
	want := []string{
		"gcq-s@1/avoiding member post group", "gcq-s@1/conflict member post group", "gcq-s@1/engaged member post group",
		"holon-alliance-1@1/rating member post group", "holon-alliance-1@1/rating member post family",
		"holon-cohesion-1@1/rating member post group", "holon-purpose-1@1/rating member post family",
		"holon-purpose-1@1/rating member pre family", "holon-purpose-1@1/rating observer post family", "holon-purpose-1@1/rating therapist post family",
	}
	if !slices.Equal(got, want) {
		t.Errorf("reports %v, want %v", got, want)
	}
	if r.reads != len(r.groups) {
		t.Errorf("sessions were read %d times in %d groups", r.reads, len(r.groups))
	}
	one := ask(t, r, analysis.Ask{Measure: byMembers(cohesionItem), Session: &analysis.Selection{Number: 4}})
	for _, x := range reports {
		if x.Outcome == one.Outcome && x.Input != one.Input {
			t.Errorf("the table has %+v, the single question %+v", x.Input, one.Input)
		}
	}
}
