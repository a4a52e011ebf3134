package analysis_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"holon/internal/analysis"
	"holon/internal/caveat"
	"holon/internal/instrument"
	"holon/internal/session"
)

// climate is a scale of five we-items; working is one of twelve I-items.
func climate() analysis.Measure {
	return analysis.Measure{Instrument: instrument.Ref{ID: "gcq-s", Version: "1"}, Score: "engaged", Rater: instrument.RaterMember}
}

func working() analysis.Measure {
	return analysis.Measure{Instrument: instrument.Ref{ID: "wai-sr", Version: "1"}, Score: "total", Rater: instrument.RaterMember}
}

// evenings has six therapy groups of four over three meetings in which
// everybody answers about alliance, cohesion, the climate and the work together.
func evenings(t *testing.T) *records {
	t.Helper()
	r := newRecords(t)
	random := rand.New(rand.NewPCG(4, 7))
	for k := range 6 {
		id := fmt.Sprintf("g%d", k)
		g := r.group(t, id, session.KindGroup, people(id, 4)...)
		for number := 1; number <= 3; number++ {
			s := r.meeting(t, g, number)
			for _, seat := range s.Roster {
				by, base := string(seat.MemberID), float64(k)/2+random.Float64()*3
				items := func(n int, low, high float64) []float64 {
					out := make([]float64, n)
					for i := range out {
						out[i] = min(high, max(low, float64(int(base+random.Float64()*2))))
					}
					return out
				}
				r.submit(t, s,
					form{instrument: allianceItem, by: by, about: session.About{TherapistID: "t1"}, answers: items(1, 0, 10)},
					form{instrument: cohesionItem, by: by, answers: items(1, 0, 10)},
					form{instrument: "gcq-s", by: by, answers: items(12, 0, 6)},
					form{instrument: "wai-sr", by: by, about: session.About{TherapistID: "t1"}, answers: items(12, 1, 5)})
			}
		}
	}
	return r
}

// keyed returns a rating's answers to the items of a score as they count.
func keyed(t *testing.T, r *records, m analysis.Measure, x *session.Rating) []string {
	t.Helper()
	def, ok := r.registry.Lookup(m.Instrument)
	if !ok {
		t.Fatal("no such instrument")
	}
	rule, _ := def.ScoreRule(m.Score)
	var out []string
	for _, number := range rule.Items {
		item, _ := def.Item(number)
		v, ok := x.Value(number)
		if !ok {
			t.Fatalf("item %d has no answer", number)
		}
		if item.Reverse {
			v = item.Min + item.Max - v
		}
		out = append(out, fmt.Sprint(v))
	}
	return out
}

// header names the columns of a table of a score's items.
func header(t *testing.T, r *records, m analysis.Measure) []string {
	t.Helper()
	def, _ := r.registry.Lookup(m.Instrument)
	rule, _ := def.ScoreRule(m.Score)
	var out []string
	for _, number := range rule.Items {
		out = append(out, fmt.Sprint(number))
	}
	return out
}

// typed runs a plan on a table.
func typed(t *testing.T, plan analysis.Plan, lines []string) analysis.ReportDocument {
	t.Helper()
	plan.Data = "x.csv"
	reports, err := analysis.RunPlan(t.Context(), fstest.MapFS{"x.csv": {Data: []byte(strings.Join(lines, "\n") + "\n")}}, plan)
	if err != nil {
		t.Fatal(err)
	}
	return reports[0].Document()
}

// resultOf returns a report's result, which must be of this type.
func resultOf[T analysis.Result](t *testing.T, r analysis.Report) T {
	t.Helper()
	out, ok := r.Result.(T)
	if !ok {
		t.Fatalf("the result is a %T", r.Result)
	}
	return out
}

// same compares what was computed from records with what was from a table.
func same(t *testing.T, recorded analysis.Report, table analysis.ReportDocument) {
	t.Helper()
	if recorded.Data == nil || table.Input.DataVersion != nil {
		t.Errorf("the version of the data: of records %v, of the table %v", recorded.Data, table.Input.DataVersion)
	}
	recorded.Data = nil
	got := recorded.Document()
	if diff := cmp.Diff(table.Input, got.Input); diff != "" {
		t.Error(diff)
	}
	want, err := json.Marshal(table.Result)
	if err != nil {
		t.Fatal(err)
	}
	body, err := json.Marshal(got.Result)
	if err != nil {
		t.Fatal(err)
	}
	if string(body) != string(want) {
		t.Errorf("records give\n%s\nthe table\n%s", body, want)
	}
	if got.Counts.Groups != table.Counts.Groups && table.Counts.Groups != 0 {
		t.Errorf("%d groups, in the table %d", got.Counts.Groups, table.Counts.Groups)
	}
	if got.Answer == nil != (table.Answer == nil) || got.Reason != table.Reason {
		t.Errorf("answers %v because %s, in the table %v because %s", got.Answer, got.Reason, table.Answer, table.Reason)
	}
	codes := map[string]bool{}
	for _, c := range got.Caveats {
		codes[c.Code] = true
	}
	for _, c := range table.Caveats {
		if !codes[c.Code] {
			t.Errorf("the caveat %s is not said of records", c.Code)
		}
	}
}

// TestRecordsAndTableAgreeInAgreement types the forms of the last meetings into
// a table.
func TestRecordsAndTableAgreeInAgreement(t *testing.T) {
	t.Parallel()
	r := evenings(t)
	lines := []string{"group,session,member," + strings.Join(header(t, r, climate()), ",")}
	for _, g := range r.groups {
		s := r.sessions[g.ID][2]
		for i := range s.Cohesion {
			if x := &s.Cohesion[i].Rating; x.Instrument.ID == "gcq-s" {
				lines = append(lines, fmt.Sprintf("%s,%s,%s,%s", g.ID, s.ID, x.Rater.ID, strings.Join(keyed(t, r, climate(), x), ",")))
			}
		}
	}
	report, err := analysis.Agreement(t.Context(), r, analysis.Ask{Measure: climate(), Draws: 300})
	if err != nil {
		t.Fatal(err)
	}
	table := typed(t, analysis.Plan{
		Analysis: analysis.AgreementName, Low: new(0.0), High: new(6.0), Step: 1, Draws: 300,
		Roles: analysis.Roles{Group: "group", Session: "session", Member: "member", Items: header(t, r, climate())},
	}, lines)
	same(t, report, table)
	result := resultOf[*analysis.AgreementResult](t, report)
	if n := len(result.Groups); n != 6 || result.Line != nil || report.Counts.Members != 24 || *report.Counts.Sessions != 6 || report.Counts.Ratings != 120 {
		t.Errorf("%d groups, line %v, counts %+v", n, result.Line, report.Counts)
	}
	if !report.Caveats.Has("last_session_with_ratings") || result.Summary.StrangersMean == nil || result.Summary.ICC.ICC1.Estimate == nil {
		t.Errorf("agreement stands alone: %v", report.Caveats.List())
	}
}

// TestRecordsAndTableAgreeInLevels pairs alliance and cohesion of one member.
func TestRecordsAndTableAgreeInLevels(t *testing.T) {
	t.Parallel()
	r := evenings(t)
	lines := []string{"group,member," + titleOf(t, r, allianceItem) + "," + titleOf(t, r, cohesionItem)}
	for _, g := range r.groups {
		s := r.sessions[g.ID][2]
		for i := range s.Alliances {
			for k := range s.Cohesion {
				a, c := &s.Alliances[i].Rating, &s.Cohesion[k].Rating
				if a.Instrument.ID == allianceItem && c.Instrument.ID == cohesionItem && a.Rater == c.Rater {
					lines = append(lines, fmt.Sprintf("%s,%s,%g,%g", g.ID, a.Rater.ID, a.Answers[0].Value, c.Answers[0].Value))
				}
			}
		}
	}
	report, err := analysis.Levels(t.Context(), r, analysis.Ask{Measure: byMembers(allianceItem), Against: byMembers(cohesionItem), Draws: 60})
	if err != nil {
		t.Fatal(err)
	}
	result := resultOf[*analysis.LevelsResult](t, report)
	if result.Against == nil || result.Against.Composition != "referent_shift" || report.Subject.Composition != "additive" || result.Beyond == nil {
		t.Fatalf("composition %v, beyond %v", result.Against, result.Beyond)
	}
	if report.Counts.Ratings != 48 || *report.Counts.Sessions != 6 || !report.Caveats.Has("last_common_session") || !report.Caveats.Has("one_session_of_each_group") {
		t.Errorf("counts %+v, %v", report.Counts, report.Caveats.List())
	}
	result.Against = nil // a table knows nothing of it
	same(t, report, typed(t, analysis.Plan{
		Analysis: analysis.LevelsName, Draws: 60,
		Roles: analysis.Roles{Group: "group", Member: "member", Dyadic: titleOf(t, r, allianceItem), GroupMeasure: titleOf(t, r, cohesionItem)},
	}, lines))
}

// titleOf is the title of the rating of a one-item instrument.
func titleOf(t *testing.T, r *records, id string) string {
	t.Helper()
	def, _ := r.registry.Lookup(instrument.Ref{ID: id, Version: "1"})
	rule, ok := def.ScoreRule("rating")
	if !ok {
		t.Fatalf("no rating of %s", id)
	}
	return rule.Title
}

// TestRecordsAndTableAgreeInReliability types the twelve items of the work
// together, of the second meetings.
func TestRecordsAndTableAgreeInReliability(t *testing.T) {
	t.Parallel()
	r := evenings(t)
	lines := []string{"group,member," + strings.Join(header(t, r, working()), ",")}
	for _, g := range r.groups {
		s := r.sessions[g.ID][1]
		for i := range s.Alliances {
			if x := &s.Alliances[i].Rating; x.Instrument.ID == "wai-sr" {
				lines = append(lines, fmt.Sprintf("%s,%s,%s", g.ID, x.Rater.ID, strings.Join(keyed(t, r, working(), x), ",")))
			}
		}
	}
	report, err := analysis.LevelReliability(t.Context(), r, analysis.Ask{Measure: working(), Session: &analysis.Selection{Number: 2}, Draws: 60})
	if err != nil {
		t.Fatal(err)
	}
	same(t, report, typed(t, analysis.Plan{
		Analysis: analysis.LevelReliabilityName, Draws: 60, Roles: analysis.Roles{Group: "group", Member: "member", Items: header(t, r, working())},
	}, lines))
	if a := resultOf[*analysis.LevelReliabilityResult](t, report).Alpha; a.Items != 12 || a.Within.Estimate == nil || report.Subject.Composition != "additive" {
		t.Errorf("alpha %+v", a)
	}
}

// TestRecordsAndTableAgreeInObservers: two observers rate the group in each of
// six sessions.
func TestRecordsAndTableAgreeInObservers(t *testing.T) {
	t.Parallel()
	r := newRecords(t)
	lines := []string{"target,o1,o2"}
	for k, pair := range [][2]float64{{3, 4}, {5, 5}, {2, 4}, {8, 9}, {6, 6}, {1, 3}} {
		id := fmt.Sprintf("g%d", k%3)
		if k < 3 {
			r.group(t, id, session.KindGroup, people(id, 2)...)
		}
		s := r.meeting(t, r.groups[k%3], 1+k/3)
		for i, v := range pair {
			r.submit(t, s, form{instrument: cohesionItem, rater: instrument.RaterObserver, by: fmt.Sprintf("o%d", i+1), answers: []float64{v}})
		}
		lines = append(lines, fmt.Sprintf("%s %s,%g,%g", id, s.ID, pair[0], pair[1]))
	}
	report, err := analysis.RaterReliability(t.Context(), r, analysis.Ask{Measure: measure(cohesionItem, instrument.RaterObserver)})
	if err != nil {
		t.Fatal(err)
	}
	table := typed(t, analysis.Plan{Analysis: analysis.RaterReliabilityName, Roles: analysis.Roles{Target: "target", Raters: []string{"o1", "o2"}}}, lines)
	same(t, report, table)
	if c := report.Counts; c.Groups != 3 || c.Members != 0 || *c.Sessions != 6 || c.Ratings != 12 || !report.Caveats.Has("targets_not_independent") {
		t.Errorf("counts %+v, %v", c, report.Caveats.List())
	}
	// One observer misses one session.
	r.submit(t, r.meeting(t, r.groups[0], 3), form{instrument: cohesionItem, rater: instrument.RaterObserver, by: "o1", answers: []float64{4}})
	for missing, want := range map[analysis.Missing]string{"": "incomplete_targets", analysis.DropTargets: "descriptive"} {
		report, err := analysis.RaterReliability(t.Context(), r, analysis.Ask{Measure: measure(cohesionItem, instrument.RaterObserver), Missing: missing})
		if err != nil {
			t.Fatal(err)
		}
		if got := report.Document().Reason; got != want {
			t.Errorf("missing %q: %s, want %s", missing, got, want)
		}
	}
}

// TestEveryQuestionHasSentencesWithoutCodeWords looks at all four, answered and
// refused.
func TestEveryQuestionHasSentencesWithoutCodeWords(t *testing.T) {
	t.Parallel()
	r := evenings(t)
	for name, c := range questions(t) {
		for _, m := range []analysis.Measure{climate(), working(), byMembers(bondItem), byMembers(purposeItem), measure(cohesionItem, instrument.RaterObserver)} {
			report, err := c(r, analysis.Ask{Measure: m, Against: byMembers(cohesionItem), Draws: 20})
			if err != nil {
				t.Fatal(err)
			}
			said := analysis.Sentences(&report)
			if len(said) < 2 {
				t.Errorf("%s of %s says only %q", name, m.Instrument, said)
			}
			for _, sentence := range said {
				if strings.ContainsAny(sentence, "@_") || !strings.HasSuffix(sentence, ".") {
					t.Errorf("%s: %q", name, sentence)
				}
			}
		}
	}
}

// question is one of the functions that answer.
type question func(r *records, q analysis.Ask) (analysis.Report, error)

// questions are those of this file by name.
func questions(t *testing.T) map[string]question {
	t.Helper()
	return map[string]question{
		"agreement": func(r *records, q analysis.Ask) (analysis.Report, error) {
			return analysis.Agreement(t.Context(), r, q)
		},
		"rater_reliability": func(r *records, q analysis.Ask) (analysis.Report, error) {
			return analysis.RaterReliability(t.Context(), r, q)
		},
		"levels": func(r *records, q analysis.Ask) (analysis.Report, error) { return analysis.Levels(t.Context(), r, q) },
		"level_table": func(r *records, q analysis.Ask) (analysis.Report, error) {
			return analysis.LevelTable(t.Context(), r, q)
		},
		"level_reliability": func(r *records, q analysis.Ask) (analysis.Report, error) {
			return analysis.LevelReliability(t.Context(), r, q)
		},
	}
}

// TestOrderAndDamageInEveryQuestion: another order of documents gives the same
// bytes, and a damaged document is left out by name.
func TestOrderAndDamageInEveryQuestion(t *testing.T) {
	t.Parallel()
	for name, c := range questions(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := evenings(t)
			for _, list := range r.sessions {
				for i, s := range list {
					r.submit(t, s, form{instrument: cohesionItem, rater: instrument.RaterObserver, by: "o1", answers: []float64{float64(i + 1)}},
						form{instrument: cohesionItem, rater: instrument.RaterObserver, by: "o2", answers: []float64{float64(i + 2)}})
				}
			}
			r.damage("g3", "g3-s9")
			m := climate()
			if name == "rater_reliability" {
				m = measure(cohesionItem, instrument.RaterObserver)
			}
			sameInAnyOrder(t, r, func() analysis.Report {
				report, err := c(r, analysis.Ask{Measure: m, Against: byMembers(allianceItem), Draws: 40})
				if err != nil {
					t.Fatal(err)
				}
				if v := report.Result.Verdict(); v.Answer == "refused" || v.Answer == "not_identifiable" {
					t.Fatalf("%s because %s", v.Answer, v.Reason)
				}
				named := slices.ContainsFunc(report.Caveats.List(), func(x caveat.Caveat) bool { return x.Code == "document_damaged" && strings.Contains(x.Detail, "g3-s9") })
				if !slices.Contains(excluded(report), "document_damaged 1") || !named {
					t.Errorf("excluded %v, %v", excluded(report), report.Caveats.List())
				}
				return report
			})
		})
	}
}
