package analysis_test

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"strings"
	"testing"
	"time"

	"holon/internal/analysis"
	"holon/internal/finding"
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

// TestSignsOfDroppingOutInRecordedSessions looks at the group of falls: one member
// dropped out after missing three sessions, one missed once and left a form blank.
func TestSignsOfDroppingOutInRecordedSessions(t *testing.T) {
	t.Parallel()
	r := falling(t)
	report, got := signs(t, r, analysis.Ask{})
	listed := map[string]string{}
	for _, m := range got.Members {
		for _, s := range m.Signs {
			listed[m.Member] += fmt.Sprint(" ", s.Rule, " ", s.Number)
			if s.Now != (s.Number == m.Last) {
				t.Errorf("%s in session %d of %d: now %v", s.Rule, s.Number, m.Last, s.Now)
			}
		}
	}
	for member, want := range map[string]string{
		"g-m2": " blank_or_no_form 9 blank_or_no_form 10",
		"g-m3": " stable_low_alliance 8 stable_low_alliance 9 stable_low_alliance 10 stable_low_alliance 11 stable_low_alliance 12",
		"g-m5": " falling_alliance 8 two_of_three_missed 11 two_of_three_missed 12",
		"g-m6": "",
	} {
		if listed[member] != want {
			t.Errorf("%s:%s, want%s", member, listed[member], want)
		}
	}
	if got.Left != 1 || got.Stayed != 6 || report.Counts.Members != 7 || *report.Counts.Sessions != 12 || !report.Caveats.Has("few_dropped_out") {
		t.Errorf("%d left, %d stayed, counts %+v", got.Left, got.Stayed, report.Counts)
	}
	for _, rule := range got.Rules {
		want := map[slipping.RuleID][2]analysis.SignRate{
			slipping.TwoOfThree: {{Of: 6, Sessions: 72}, {Members: 1, Of: 1, Times: 2, Sessions: 12}},
			slipping.BlankForm:  {{Members: 1, Of: 6, Times: 2, Sessions: 72}, {Of: 1, Sessions: 12}},
		}
		if w, ok := want[rule.ID]; ok && (rule.Stayed != w[0] || rule.Left != w[1]) {
			t.Errorf("%s: %+v and %+v", rule.ID, rule.Stayed, rule.Left)
		}
	}
	said := strings.Join(noCause(t, &report), "\n")
	if !strings.Contains(said, "Member g-m3, in session 12: three values of the alliance in the lowest third") || strings.Contains(said, "Member g-m5, in session") {
		t.Errorf("who is gone is not slipping any more:\n%s", said)
	}
	if strings.Contains(said, "isolate") {
		t.Error(said)
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
	src := &answeredRecords{falling(t), []*finding.Finding{
		// Session 11 was on the 19th of March.
		absence(11, "g-m5", finding.Action{Code: finding.TalkedIndividually, On: "2026-03-29"}, finding.Action{Code: finding.Contacted, Contact: finding.ContactReached, On: "2026-03-21"}),
		absence(12, "g-m5"),
		{Rule: finding.Noted, GroupID: "g", SessionID: "g-s12", Members: []session.MemberID{"g-m5"}},
	}}
	report, err := analysis.Slipping(t.Context(), src, analysis.Ask{})
	if err != nil {
		t.Fatal(err)
	}
	got := resultOf[*analysis.SlippingResult](t, report)
	if a := got.Answering; a.Findings != 2 || a.Answered != 1 || *a.MedianDays != 2 || len(a.ByCode) != 2 || !slices.Contains(excluded(report), "document_damaged 1") {
		t.Errorf("%+v, excluded %v", a, excluded(report))
	}
	for _, m := range got.Members {
		for _, s := range m.Signs {
			want := m.Member == "g-m5" && s.Rule == slipping.TwoOfThree && s.Number == 11
			if (len(s.Done) > 0) != want || want && (s.Done[0].Contact != finding.ContactReached || s.Done[0].Days != 2 || s.Done[1].Days != 10) {
				t.Errorf("%s, %s in session %d: %+v", m.Member, s.Rule, s.Number, s.Done)
			}
		}
	}
	if said := strings.Join(noCause(t, &report), "\n"); !strings.Contains(said, "Of 2 absences that somebody was asked about, something was done about 1, half of them within 2 days.") {
		t.Error(said)
	}
	if _, plain := signs(t, falling(t), analysis.Ask{}); plain.Answering != nil {
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
