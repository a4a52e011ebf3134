package analysis_test

import (
	"context"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"holon/internal/analysis"
	"holon/internal/finding"
	"holon/internal/instrument"
	"holon/internal/multilevel"
	"holon/internal/session"
	"holon/internal/slipping"
)

// signs asks who may be about to drop out.
func signs(t *testing.T, r *records, q analysis.Ask) (analysis.Report, *analysis.SlippingResult) {
	t.Helper()
	report, err := analysis.Slipping(t.Context(), r, q)
	if err != nil {
		t.Fatal(err)
	}
	return report, resultOf[*analysis.SlippingResult](t, report)
}

// allClosed has everybody present of whom nothing else was noted, and every session
// closed.
func allClosed(t *testing.T, r *records) *records {
	t.Helper()
	for _, list := range r.sessions {
		for _, s := range list {
			var marks []session.Mark
			for _, seat := range s.Roster {
				if seat.Attendance == "" {
					marks = append(marks, session.Mark{MemberID: seat.MemberID, Attendance: session.Present})
				}
			}
			if err := s.Attend(marks, nil); err != nil {
				t.Fatal(err)
			}
			if err := s.Close(nil); err != nil {
				t.Fatal(err)
			}
		}
	}
	return r
}

// listed writes every member's signs, with an asterisk for those that are so now.
func listed(got *analysis.SlippingResult) map[string]string {
	out := map[string]string{}
	for _, m := range got.Members {
		for _, s := range m.Signs {
			out[m.Member] += fmt.Sprint(" ", s.Rule, " ", s.Number, map[bool]string{true: "*"}[s.Now])
		}
	}
	return out
}

// TestSignsOfDroppingOutInRecordedSessions looks at the group of falls: one member
// dropped out after missing three sessions, one missed once and left a form blank.
func TestSignsOfDroppingOutInRecordedSessions(t *testing.T) {
	t.Parallel()
	report, got := signs(t, allClosed(t, falling(t)), analysis.Ask{})
	signed := listed(got)
	for member, want := range map[string]string{
		"g-m2": " blank_or_no_form 9 blank_or_no_form 10",
		"g-m3": " stable_low_alliance 8 stable_low_alliance 9 stable_low_alliance 10 stable_low_alliance 11 stable_low_alliance 12*",
		"g-m5": " falling_alliance 8 two_of_three_missed 11 two_of_three_missed 12",
		"g-m6": "",
	} {
		if signed[member] != want {
			t.Errorf("%s:%s, want%s", member, signed[member], want)
		}
	}
	if got.Left != 1 || got.Stayed != 6 || report.Counts.Members != 7 || *report.Counts.Sessions != 12 || !report.Caveats.Has("few_dropped_out") || !report.Caveats.Has("before_leaving_alone") {
		t.Errorf("%d left, %d stayed, counts %+v", got.Left, got.Stayed, report.Counts)
	}
	for _, rule := range got.Rules {
		// The three absences of the member who dropped out are the leaving.
		want := map[slipping.RuleID][2]analysis.SignRate{
			slipping.TwoOfThree:      {{Of: 6, Sessions: 66}, {Of: 1, Sessions: 8}},
			slipping.BlankForm:       {{Members: 1, Of: 6, Times: 2, Sessions: 71}, {Of: 1, Sessions: 9}},
			slipping.FallingAlliance: {{Of: 6, Sessions: 57}, {Members: 1, Of: 1, Times: 1, Sessions: 7}},
			slipping.RisingLateness:  {{Of: 6, Sessions: 41}, {Of: 1, Sessions: 4}},
		}
		if w, ok := want[rule.ID]; ok && (rule.Stayed != w[0] || rule.Left != w[1]) {
			t.Errorf("%s: %+v and %+v", rule.ID, rule.Stayed, rule.Left)
		}
	}
	if got.Signed != 3 || got.SignedStayed != 2 {
		t.Errorf("%d with a sign, of whom %d stayed", got.Signed, got.SignedStayed)
	}
	said := strings.Join(noCause(t, &report), "\n")
	if !strings.Contains(said, "Member g-m3, in session 12: three values of the alliance in the worst third") || strings.Contains(said, "Member g-m5, in session") {
		t.Errorf("who is gone is not slipping any more:\n%s", said)
	}
	if strings.Contains(said, "isolate") || !strings.Contains(said, "Of 3 members in whom any was there that tells something, 2 did not drop out.") {
		t.Error(said)
	}
}

// TestAnOpenSessionSaysNothingOfWhoHasNotHandedInAForm, and takes no sign away.
func TestAnOpenSessionSaysNothingOfWhoHasNotHandedInAForm(t *testing.T) {
	t.Parallel()
	r := allClosed(t, falling(t))
	s := r.meeting(t, r.groups[0], 13)
	r.rate(t, s, allianceItem, session.About{TherapistID: "t1"}, 8)
	_, got := signs(t, r, analysis.Ask{})
	signed := listed(got)
	if !strings.HasSuffix(signed["g-m3"], "stable_low_alliance 12*") || strings.Contains(fmt.Sprint(signed), "13") {
		t.Errorf("%v", signed)
	}
}

// TestWhoNeverHandsInAFormIsSilent, in closed sessions where others handed one in;
// an assessment is no meeting.
func TestWhoNeverHandsInAFormIsSilent(t *testing.T) {
	t.Parallel()
	r := newRecords(t)
	g := r.group(t, "g", session.KindGroup, people("g", 3)...)
	r.open(t, g, session.Plan{Number: 1, Kind: session.Assessment, Stage: new(session.Intake), HeldOn: "2026-01-02", Members: people("g", 3)})
	for number := 2; number <= 3; number++ {
		r.rate(t, r.meeting(t, g, number), allianceItem, session.About{TherapistID: "t1"}, 7, 6)
	}
	r.meeting(t, g, 4) // nobody was asked
	_, got := signs(t, allClosed(t, r), analysis.Ask{})
	if signed := listed(got); len(signed) != 1 || signed["g-m3"] != " blank_or_no_form 2 blank_or_no_form 3*" || got.Members[0].Sessions != 3 {
		t.Errorf("%v", signed)
	}
}

// directed are records in which the scores of the alliance have another better end.
type directed struct {
	*records

	direction instrument.Direction
}

// Definition returns the instrument with that end.
func (d *directed) Definition(ref instrument.Ref) (*instrument.Definition, bool) {
	def, ok := d.records.Definition(ref)
	if !ok {
		return def, ok
	}
	turned := *def
	turned.Scores = slices.Clone(def.Scores)
	for i := range turned.Scores {
		turned.Scores[i].Direction = d.direction
	}
	return &turned, true
}

// TestAScaleWhereMoreIsWorseIsTurnedRound: there the lowest answers are the best. Of
// a scale without a better end nothing is said.
func TestAScaleWhereMoreIsWorseIsTurnedRound(t *testing.T) {
	t.Parallel()
	r := newRecords(t)
	g := r.group(t, "g", session.KindGroup, people("g", 3)...)
	for number, values := range [][]float64{{0, 10, 2}, {0, 9, 4}, {0, 9, 8}, {0, 10, 8}} {
		r.rate(t, r.meeting(t, g, number+1), allianceItem, session.About{TherapistID: "t1"}, values...)
	}
	allClosed(t, r)
	for direction, want := range map[instrument.Direction]map[string]string{
		instrument.HigherWorse: {
			"g-m1": " always_the_highest 3 always_the_highest 4*", "g-m2": " stable_low_alliance 3 stable_low_alliance 4*", "g-m3": " falling_alliance 3",
		},
		instrument.HigherBetter: {"g-m1": " stable_low_alliance 3 stable_low_alliance 4*"},
		instrument.Neutral:      {},
	} {
		report, err := analysis.Slipping(t.Context(), &directed{r, direction}, analysis.Ask{})
		if err != nil {
			t.Fatal(err)
		}
		if signed := listed(resultOf[*analysis.SlippingResult](t, report)); !maps.Equal(signed, want) {
			t.Errorf("%s: %v, want %v", direction, signed, want)
		}
	}
}

// answeredRecords are records with findings.
type answeredRecords struct {
	*records

	findings []*finding.Finding
}

// Findings yields them, and one that cannot be read.
func (a *answeredRecords) Findings(context.Context, session.GroupID) iter.Seq2[*finding.Finding, error] {
	return func(yield func(*finding.Finding, error) bool) {
		for _, f := range a.findings {
			if !yield(f, nil) {
				return
			}
		}
		yield(nil, documentError{"f-9"})
	}
}

// TestWhatWasDoneAboutAnAbsenceStandsWithIt, and how often and how soon something was.
func TestWhatWasDoneAboutAnAbsenceStandsWithIt(t *testing.T) {
	t.Parallel()
	absence := func(number int, member session.MemberID, done ...finding.Action) *finding.Finding {
		f := &finding.Finding{Rule: finding.MissedSession, GroupID: "g", SessionID: session.SessionID(fmt.Sprintf("g-s%d", number)), Members: []session.MemberID{member}}
		f.Events = append(f.Events, finding.Event{Kind: finding.Raised, At: time.Unix(1, 0)})
		for _, a := range done {
			f.Events = append(f.Events, finding.Event{Kind: finding.WasActed, At: time.Unix(2, 0), Action: &a})
		}
		return f
	}
	withdrawn := absence(11, "g-m1")
	withdrawn.Events = append(withdrawn.Events, finding.Event{Kind: finding.Withdrawn, At: time.Unix(2, 0)})
	assessed := absence(11, "g-m1")
	assessed.SessionID = "an-assessment"
	src := &answeredRecords{allClosed(t, falling(t)), []*finding.Finding{
		// Session 11 was on the 19th of March, and session 8 on the 26th of February.
		absence(11, "g-m5", finding.Action{Code: finding.TalkedIndividually, On: "2026-03-29"}, finding.Action{Code: finding.Contacted, Contact: finding.ContactReached, On: "2026-03-21"}),
		absence(12, "g-m5"),
		absence(12, "g-m2", finding.Action{Code: finding.NothingWithReason, Reason: finding.ReasonAlreadyKnown, On: "2026-03-27"}),
		withdrawn, assessed,
		{Rule: finding.Noted, GroupID: "g", SessionID: "g-s8", Members: []session.MemberID{"g-m5"}, Events: []finding.Event{{Kind: finding.Raised}, {Kind: finding.WasActed, Action: &finding.Action{Code: finding.ExtraSession, On: "2026-03-26"}}}},
	}}
	report, err := analysis.Slipping(t.Context(), src, analysis.Ask{})
	if err != nil {
		t.Fatal(err)
	}
	got := resultOf[*analysis.SlippingResult](t, report)
	if a := got.Absences; a.Findings != 3 || a.Answered != 2 || a.Acted != 1 || *a.MedianDays != 2 || len(a.ByCode) != 3 || !slices.Contains(excluded(report), "document_damaged 1") {
		t.Errorf("%+v, excluded %v", a, excluded(report))
	}
	done := map[string]string{}
	for _, m := range got.Members {
		for _, s := range m.Signs {
			for _, d := range s.Done {
				done[fmt.Sprint(m.Member, " ", s.Rule, " ", s.Number)] += fmt.Sprint(" ", d.Code, " ", d.Days)
			}
		}
	}
	// What was done follows a sign for four weeks, by whatever finding it was noted.
	if want := map[string]string{
		"g-m5 falling_alliance 8":     " contacted 23 extra_session 28",
		"g-m5 two_of_three_missed 11": " contacted 2 extra_session 7 talked_individually 10",
		"g-m5 two_of_three_missed 12": " extra_session 0 talked_individually 3",
	}; !maps.Equal(done, want) {
		t.Errorf("%v", done)
	}
	if said := strings.Join(noCause(t, &report), "\n"); !strings.Contains(said, "3 absences that somebody was asked about: 2 answered, something done about 1, half of these within 2 days of the session.") {
		t.Error(said)
	}
	if _, plain := signs(t, falling(t), analysis.Ask{}); plain.Answering != nil || plain.Absences != nil {
		t.Error("nobody knows of findings here")
	}
}

// TestTheHighestThreeTimesTellsNothing is listed, and said to be no good sign.
func TestTheHighestThreeTimesTellsNothing(t *testing.T) {
	t.Parallel()
	r := newRecords(t)
	g := r.group(t, "g", session.KindGroup, people("g", 2)...)
	for number := 1; number <= 3; number++ {
		r.rate(t, r.meeting(t, g, number), allianceItem, session.About{TherapistID: "t1"}, 10, float64(4+number))
	}
	report, got := signs(t, r, analysis.Ask{Members: people("g", 1)})
	if len(got.Members) != 1 || len(got.Members[0].Signs) != 1 || got.Members[0].Signs[0].Rule != slipping.TopOfScale {
		t.Errorf("%+v", got.Members)
	}
	if said := strings.Join(noCause(t, &report), "\n"); !strings.Contains(said, "tell nothing, neither that the alliance is strong nor that it is not") {
		t.Error(said)
	}
}

// TestSlippingAsksOfAllianceByMembersAlone, in any order, and of nobody who was
// redacted.
func TestSlippingAsksOfAllianceByMembersAlone(t *testing.T) {
	t.Parallel()
	r := falling(t)
	if _, err := analysis.Slipping(t.Context(), r, analysis.Ask{Measures: []analysis.Measure{byMembers(cohesionItem)}}); err == nil {
		t.Error("a cohesion was taken")
	}
	_, named := signs(t, r, analysis.Ask{Measures: []analysis.Measure{byMembers(allianceItem)}})
	_, all := signs(t, r, analysis.Ask{})
	if len(named.Members) != 7 || !slices.EqualFunc(named.Members, all.Members, func(a, b analysis.MemberSigns) bool { return len(a.Signs) == len(b.Signs) }) {
		t.Error("the measure there is gives other signs when it is named")
	}
	sameInAnyOrder(t, r, func() analysis.Report {
		report, _ := signs(t, r, analysis.Ask{})
		return report
	})
	for _, list := range r.sessions {
		for _, s := range list {
			s.Redact(session.Redaction{Member: "g-m3", Decision: "x", About: true})
		}
	}
	report, got := signs(t, r, analysis.Ask{})
	if len(got.Members) != 6 || slices.ContainsFunc(got.Members, func(m analysis.MemberSigns) bool { return m.Member == "g-m3" }) || !slices.Contains(excluded(report), "redacted 12") {
		t.Errorf("%d members, excluded %v", len(got.Members), excluded(report))
	}
	if _, got := signs(t, newRecords(t), analysis.Ask{}); got.Verdict().Answer != multilevel.NotIdentifiable {
		t.Errorf("%+v", got.Verdict())
	}
}
