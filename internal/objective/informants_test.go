package objective_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"holon/internal/instrument"
	"holon/internal/objective"
	"holon/internal/session"
)

// TestAnOutcomeIsItsMembersWhoeverReports: what two caregivers and a clinician report
// about a child is the child's and not theirs, and what one of them saw does not stand
// for the others.
func TestAnOutcomeIsItsMembersWhoeverReports(t *testing.T) {
	t.Parallel()
	r := registry(t)
	g, err := session.NewGroup("g-1", "G", session.KindFamily, session.Open, "2026-02-01")
	must(t, err)
	_, err = g.Assign("t-1", session.Lead, "2026-02-01")
	must(t, err)
	for _, m := range []struct {
		id   session.MemberID
		role session.MemberRole
	}{{"child", session.RoleChild}, {"father", session.RoleCaregiver}, {"mother", session.RoleCaregiver}} {
		_, err = g.Join(m.id, m.role, "2026-02-01")
		must(t, err)
	}
	s, err := session.NewSession(sessionID(1), g, session.Plan{Number: 1, Kind: session.Meeting, HeldOn: "2026-02-05"})
	must(t, err)
	report := func(id, kind, by string, about session.MemberID, value float64) session.FormInput {
		return session.FormInput{
			ID: session.FormID("f-" + by + "-" + id), Instrument: instrument.Ref{ID: id, Version: "1"},
			Rater: session.Rater{Kind: instrument.RaterKind(kind), ID: by}, About: session.About{MemberID: about}, Occasion: session.Post,
			Answers: []session.AnswerInput{{Item: 1, Value: &value}}, Entered: session.Entry{By: "p", At: dayTime(t, "2026-02-05"), Mode: session.Device},
		}
	}
	must(t, s.Submit([]session.FormInput{
		report("holon-adherence-1", "member", "child", "", 95),
		report("holon-adherence-seen-1", "member", "father", "child", 90), report("holon-adherence-seen-1", "member", "mother", "child", 30),
		report("holon-adherence-seen-1", "therapist", "t-1", "child", 80),
	}, session.Reference{Definition: r.Lookup}))
	must(t, s.Attend([]session.Mark{
		{MemberID: "child", Attendance: session.Present}, {MemberID: "father", Attendance: session.Present}, {MemberID: "mother", Attendance: session.Present},
	}, nil))
	must(t, s.Close(nil))
	got := map[string]objective.Answer{}
	for _, m := range []struct{ id, rater string }{{"holon-adherence-1", "member"}, {"holon-adherence-seen-1", "member"}, {"holon-adherence-seen-1", "therapist"}} {
		text := rule("each_member", `{"sessions":"attended"}`, `{"score":{"instrument":{"id":"`+m.id+`","version":"1"},"score":"rating","rater":"`+m.rater+`","scale":"score","at_least":75,"out_of":100},"needed":{"at_least":1}}`)
		parsed, err := objective.Parse([]byte(text), r.Lookup)
		must(t, err)
		for _, x := range parsed.Evaluate(&objective.Course{Group: g, Sessions: []*session.Session{s}, Today: "2026-06-01", Lookup: r.Lookup}) {
			got[m.id+" by "+m.rater+": "+string(x.Member)] = x.Answer
		}
	}
	want := map[string]objective.Answer{
		"holon-adherence-1 by member: child":          objective.Met,
		"holon-adherence-1 by member: father":         objective.Open,
		"holon-adherence-1 by member: mother":         objective.Open,
		"holon-adherence-seen-1 by member: child":     objective.Open,
		"holon-adherence-seen-1 by member: father":    objective.Open,
		"holon-adherence-seen-1 by member: mother":    objective.Open,
		"holon-adherence-seen-1 by therapist: child":  objective.Met,
		"holon-adherence-seen-1 by therapist: father": objective.Open,
		"holon-adherence-seen-1 by therapist: mother": objective.Open,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
