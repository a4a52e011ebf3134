package analysis_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"holon/internal/analysis"
	"holon/internal/caveat"
	"holon/internal/fault"
	"holon/internal/instrument"
	"holon/internal/multilevel"
	"holon/internal/session"
)

// relate asks about two measures and must be answered.
func relate(t *testing.T, r *records, q analysis.Ask) (analysis.Report, *analysis.LevelsResult) {
	t.Helper()
	q.Draws = 20
	report, err := analysis.Levels(t.Context(), r, q)
	if err != nil {
		t.Fatal(err)
	}
	return report, resultOf[*analysis.LevelsResult](t, report)
}

// twoGroups has two groups of three over three meetings. Alliance is rated in
// the first two, cohesion in the last two, so the second is the last that they
// share; there group b's third member said nothing of cohesion, and group a's
// third nothing of alliance.
func twoGroups(t *testing.T) *records {
	t.Helper()
	r := newRecords(t)
	for id, values := range map[string][2][]float64{
		"a": {{1, 3}, {2, 6, 5}}, "b": {{5, 7, 8}, {8, 9}},
	} {
		g := r.group(t, id, session.KindGroup, people(id, 3)...)
		r.rate(t, r.meeting(t, g, 1), allianceItem, session.About{TherapistID: "t1"}, 0, 0, 0)
		s := r.meeting(t, g, 2)
		r.rate(t, s, allianceItem, session.About{TherapistID: "t1"}, values[0]...)
		r.rate(t, s, cohesionItem, session.About{}, values[1]...)
		r.rate(t, r.meeting(t, g, 3), cohesionItem, session.About{}, 9, 9, 9)
	}
	return r
}

// TestLevelsPairsMembersOfOneSession by hand: pairs (1,2), (3,6) in group a and
// (5,8), (7,9) in group b. Within groups the deviations are ∓1 and ∓2, ∓1 and
// ∓.5: the products add up to 4+1 = 5, the squares to 4 and 8.5.
func TestLevelsPairsMembersOfOneSession(t *testing.T) {
	t.Parallel()
	r := twoGroups(t)
	report, result := relate(t, r, analysis.Ask{Measure: byMembers(allianceItem), Against: byMembers(cohesionItem)})
	m := result.Relation.Moments
	near(t, "slope within", m.SlopeWithin.Estimate, 5.0/4, 1e-12)
	near(t, "within", m.RWithin.Estimate, 5/5.830951894845301, 1e-12)
	near(t, "mean square of alliance", m.WithinMS.XX, 4.0/2, 1e-12)
	want := []string{"first_no_form 1", "second_no_form 1", "without_first_measure 1", "without_second_measure 1"}
	if got := excluded(report); !slices.Equal(got, want) {
		t.Errorf("excluded %v, want %v", got, want)
	}
	if c := report.Counts; c.Groups != 2 || c.Members != 4 || *c.Sessions != 2 || c.Ratings != 8 || report.Input.Rows != 4 {
		t.Errorf("counts %+v, input %+v", c, report.Input)
	}
	if report.Outcome != "holon-alliance-1@1/rating, holon-cohesion-1@1/rating" || !report.Caveats.Has("last_common_session") {
		t.Errorf("%s, %v", report.Outcome, report.Caveats.List())
	}
	if result.Beyond == nil || result.Verdict().Estimand != analysis.BeyondDyads {
		t.Errorf("verdict %+v", result.Verdict())
	}
}

// TestLevelsOverSessions takes members' means over the sessions with both: a
// third meeting shifts alliance by 2 and cohesion by 4, which cancels nothing.
func TestLevelsOverSessions(t *testing.T) {
	t.Parallel()
	r := twoGroups(t)
	for _, g := range r.groups {
		s := r.meeting(t, g, 4)
		r.rate(t, s, allianceItem, session.About{TherapistID: "t1"}, 3, 5)
		r.rate(t, s, cohesionItem, session.About{}, 6, 7)
	}
	report, result := relate(t, r, analysis.Ask{Measure: byMembers(allianceItem), Against: byMembers(cohesionItem), MemberMeans: true})
	// Means: a (2,4), (4,6.5); b (4,7), (6,8). Within: deviations ∓1 and ∓1.25, ∓1 and ∓.5.
	near(t, "slope within", result.Relation.Moments.SlopeWithin.Estimate, (2*1.25+2*0.5)/4, 1e-12)
	if !report.Caveats.Has("means_over_sessions") || report.Caveats.Has("last_common_session") || report.Caveats.Has("one_session_of_each_group") {
		t.Errorf("caveats %v", report.Caveats.List())
	}
	if c := report.Counts; c.Members != 4 || *c.Sessions != 4 || report.Input.Rows != 4 {
		t.Errorf("counts %+v", c)
	}
	last, _ := relate(t, r, analysis.Ask{Measure: byMembers(allianceItem), Against: byMembers(cohesionItem)})
	first, _ := relate(t, r, analysis.Ask{Measure: byMembers(allianceItem), Against: byMembers(cohesionItem), Session: &analysis.Selection{Place: analysis.First}})
	second, _ := relate(t, r, analysis.Ask{Measure: byMembers(allianceItem), Against: byMembers(cohesionItem), Session: &analysis.Selection{Number: 2}})
	if last.Input == first.Input || first.Input != second.Input {
		t.Errorf("inputs: last %v, first %v, second %v", last.Input, first.Input, second.Input)
	}
}

// TestLevelsRefused goes through the reasons by name, for two measures and for
// the questions about one.
func TestLevelsRefused(t *testing.T) {
	t.Parallel()
	r := evenings(t)
	family := r.group(t, "z", session.KindFamily, people("z", 3)...)
	s := r.meeting(t, family, 1)
	r.rate(t, s, purposeItem, session.About{}, 5, 5, 6)
	r.rate(t, s, allianceItem, session.About{TherapistID: "t1"}, 5, 5, 6)
	groups := []session.GroupKind{session.KindGroup}
	therapists := measure(cohesionItem, instrument.RaterTherapist)
	for name, c := range map[string]struct {
		of     string
		ask    analysis.Ask
		answer multilevel.Answer
		reason multilevel.Reason
	}{
		"alliance as cohesion":      {"levels", analysis.Ask{Measure: byMembers(allianceItem), Against: byMembers(cohesionItem), As: instrument.Cohesion, Kinds: groups}, "refused", "not_cohesion"},
		"against bonds":             {"levels", analysis.Ask{Measure: byMembers(allianceItem), Against: byMembers(bondItem), Kinds: groups}, "refused", "social_relations"},
		"against the therapist":     {"levels", analysis.Ask{Measure: byMembers(allianceItem), Against: therapists, Kinds: groups}, "not_identifiable", "global_rating"},
		"groups against families":   {"levels", analysis.Ask{Measure: byMembers(cohesionItem), Against: byMembers(purposeItem), Session: &analysis.Selection{Number: 1}}, "refused", "mixed_group_kinds"},
		"groups with families":      {"levels", analysis.Ask{Measure: byMembers(allianceItem), Against: byMembers(cohesionItem), MemberMeans: true}, "refused", "mixed_group_kinds"},
		"nobody has the second":     {"levels", analysis.Ask{Measure: byMembers(cohesionItem), Against: byMembers(standingItem)}, "not_identifiable", "no_data"},
		"the table of both kinds":   {"level_table", analysis.Ask{}, "refused", "mixed_group_kinds"},
		"the table of nothing":      {"level_table", analysis.Ask{Session: &analysis.Selection{Number: 9}}, "not_identifiable", "no_data"},
		"agreement of I-items":      {"agreement", analysis.Ask{Measure: working(), Kinds: groups}, "refused", "i_items"},
		"agreement of pairs":        {"agreement", analysis.Ask{Measure: byMembers(allianceItem), Kinds: groups}, "refused", "not_about_the_whole"},
		"agreement of therapists":   {"agreement", analysis.Ask{Measure: therapists}, "not_identifiable", "global_rating"},
		"agreement as alliance":     {"agreement", analysis.Ask{Measure: climate(), As: instrument.Alliance}, "refused", "level_does_not_fit"},
		"agreement of nobody":       {"agreement", analysis.Ask{Measure: byMembers(purposeItem), Kinds: groups}, "not_identifiable", "no_data"},
		"members are no observers":  {"rater_reliability", analysis.Ask{Measure: climate()}, "refused", "not_observers"},
		"alliances by members":      {"rater_reliability", analysis.Ask{Measure: byMembers(allianceItem), Kinds: groups}, "refused", "not_observers"},
		"nobody observed":           {"rater_reliability", analysis.Ask{Measure: measure(cohesionItem, instrument.RaterObserver)}, "not_identifiable", "no_data"},
		"one item has no alpha":     {"level_reliability", analysis.Ask{Measure: byMembers(cohesionItem)}, "refused", "fewer_than_two_items"},
		"alpha of bonds":            {"level_reliability", analysis.Ask{Measure: byMembers(bondItem)}, "refused", "social_relations"},
		"alpha of a therapist's":    {"level_reliability", analysis.Ask{Measure: therapists}, "not_identifiable", "global_rating"},
		"alpha of both kinds mixed": {"level_reliability", analysis.Ask{Measure: byMembers(allianceItem)}, "refused", "mixed_group_kinds"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c.ask.Draws = 20
			report, err := questions(t)[c.of](&records{registry: r.registry, groups: r.groups, sessions: r.sessions}, c.ask)
			if err != nil {
				t.Fatal(err)
			}
			if v := report.Result.Verdict(); v.Answer != c.answer || v.Reason != c.reason {
				t.Errorf("%s because %s, want %s because %s", v.Answer, v.Reason, c.answer, c.reason)
			}
			if !report.Caveats.Has(string(c.reason)) {
				t.Errorf("no explanation: %v", report.Caveats.List())
			}
			for path, v := range numbers(t, &report) {
				described := strings.HasPrefix(path, "/matrices/") && c.reason == "fewer_than_two_items" // what one item holds
				if v != 0 && !described && path != "/items" && path != "/beyond/bound" {                 // nor how many items the score has, and the question's own bound
					t.Errorf("%s is %g, though nothing was computed", path, v)
				}
			}
		})
	}
}

// numbers returns the numbers of a result by their places.
func numbers(t *testing.T, r *analysis.Report) map[string]float64 {
	t.Helper()
	body, err := json.Marshal(r.Document().Result)
	if err != nil {
		t.Fatal(err)
	}
	var doc any
	if err := json.Unmarshal(body, &doc); err != nil {
		t.Fatal(err)
	}
	out := map[string]float64{}
	var walk func(v any, path string)
	walk = func(v any, path string) {
		switch x := v.(type) {
		case map[string]any:
			for key, y := range x {
				walk(y, path+"/"+key)
			}
		case []any:
			for _, y := range x {
				walk(y, path+"/0")
			}
		case float64:
			out[path] = x
		}
	}
	walk(doc, "")
	return out
}

// TestQuestionsOfTwoMeasuresThatMakeNoSense have a pointer each.
func TestQuestionsOfTwoMeasuresThatMakeNoSense(t *testing.T) {
	t.Parallel()
	r := twoGroups(t)
	_, err := analysis.Levels(t.Context(), r, analysis.Ask{
		Measure: byMembers(cohesionItem), Against: byMembers(cohesionItem), MemberMeans: true, Session: &analysis.Selection{Number: 1},
		Missing: "guess", Draws: -1, Seed: 1 << 60,
	})
	want := []string{"/missing not_one_of", "/draws out_of_range", "/seed out_of_range", "/member_means one_selection", "/against same_measure"}
	if got := faultsOf(t, err); !slices.Equal(got, want) {
		t.Errorf("faults %v, want %v", got, want)
	}
	other := byMembers(cohesionItem)
	other.Score = "warmth"
	_, err = analysis.Levels(t.Context(), r, analysis.Ask{Measure: byMembers(allianceItem), Against: other})
	if got := faultsOf(t, err); !slices.Equal(got, []string{"/against/score unknown_score"}) {
		t.Errorf("faults %v", got)
	}
}

// TestLevelTableHoldsEveryPair of the measures in the session that most were
// rated in, and agrees with the question about two.
func TestLevelTableHoldsEveryPair(t *testing.T) {
	t.Parallel()
	r := twoGroups(t)
	r.submit(t, r.sessions["a"][0], form{instrument: bondItem, by: "a-m1", about: session.About{MemberID: "a-m2"}, answers: []float64{7}})
	report, err := analysis.LevelTable(t.Context(), r, analysis.Ask{})
	if err != nil {
		t.Fatal(err)
	}
	table := resultOf[*analysis.LevelTableResult](t, report)
	if len(table.Measures) != 2 || len(table.Pairs) != 1 || report.Outcome != "2 measures" || report.Subject != nil {
		t.Fatalf("%d measures, %d pairs of %s", len(table.Measures), len(table.Pairs), report.Outcome)
	}
	pair := table.Pairs[0]
	_, two := relate(t, r, analysis.Ask{Measure: byMembers(allianceItem), Against: byMembers(cohesionItem)})
	near(t, "within", pair.Within.Estimate, *two.Relation.Moments.RWithin.Estimate, 0)
	near(t, "between", pair.BetweenMeans.Estimate, *two.Relation.Moments.RBetweenMeans.Estimate, 0)
	if pair.Rows != 4 || pair.Groups != 2 || table.Measures[0].Rows != 5 || table.Measures[1].Rows != 5 || pair.SharedItems != 0 {
		t.Errorf("pair %+v", pair)
	}
	if table.Measures[0].Subject.Composition != multilevel.Additive || table.Measures[1].Subject.Composition != multilevel.ReferentShift {
		t.Errorf("compositions %s, %s", table.Measures[0].Subject.Composition, table.Measures[1].Subject.Composition)
	}
	if !report.Caveats.Has("richest_session") || !report.Caveats.Has("correlations_of_several_levels") {
		t.Errorf("caveats %v", report.Caveats.List())
	}
}

// TestLevelTableNamesWhatItLeavesOut: bonds are not of members one by one, and
// a score with its own subscales shares items with them.
func TestLevelTableNamesWhatItLeavesOut(t *testing.T) {
	t.Parallel()
	r := evenings(t)
	s := r.sessions["g1"][2]
	r.submit(t, s, form{instrument: bondItem, by: "g1-m1", about: session.About{MemberID: "g1-m2"}, answers: []float64{7}})
	report, err := analysis.LevelTable(t.Context(), r, analysis.Ask{})
	if err != nil {
		t.Fatal(err)
	}
	table := resultOf[*analysis.LevelTableResult](t, report)
	var names []string
	for _, m := range table.Measures {
		names = append(names, m.Name)
	}
	want := []string{
		"gcq-s@1/avoiding post", "gcq-s@1/conflict post", "gcq-s@1/engaged post", "holon-alliance-1@1/rating post", "holon-cohesion-1@1/rating post",
		"wai-sr@1/bond post", "wai-sr@1/goal post", "wai-sr@1/task post", "wai-sr@1/total post",
	}
	if !slices.Equal(names, want) || len(table.Pairs) != 36 {
		t.Errorf("%d pairs of %v", len(table.Pairs), names)
	}
	sharing := map[string]int{}
	for _, p := range table.Pairs {
		if p.SharedItems > 0 {
			sharing[p.X+" "+p.Y] = p.SharedItems
		}
		if p.Caveats.Has("scores_share_items") != (p.SharedItems > 0) || p.Rows != 24 || p.Groups != 6 {
			t.Errorf("%s and %s: %+v", p.X, p.Y, p)
		}
	}
	if len(sharing) != 3 || sharing["wai-sr@1/bond post wai-sr@1/total post"] != 4 {
		t.Errorf("items shared %v", sharing)
	}
	left := false
	for _, c := range report.Caveats.List() {
		left = left || (c.Code == "measures_left_out" && c.Detail == "Not in the table, for they are not ratings of members one by one: holon-bond-1@1/rating post.")
	}
	if !left || r.reads != len(r.groups) {
		t.Errorf("%d reads, caveats %v", r.reads, report.Caveats.List())
	}
}

// TestOneGroupHasALineOfAgreement: members come nearer to each other by the same
// step in every meeting, at deviations 3, 2, 1 from their mean.
func TestOneGroupHasALineOfAgreement(t *testing.T) {
	t.Parallel()
	r := newRecords(t)
	g := r.group(t, "a", session.KindGroup, people("a", 2)...)
	for number, off := range map[int]float64{1: 3, 2: 2, 4: 0} {
		r.rate(t, r.meeting(t, g, number), cohesionItem, session.About{}, 5-off, 5+off)
	}
	report, err := analysis.Agreement(t.Context(), r, analysis.Ask{Measure: byMembers(cohesionItem), Draws: 50})
	if err != nil {
		t.Fatal(err)
	}
	result := resultOf[*analysis.AgreementResult](t, report)
	if len(result.Groups) != 1 || result.Line == nil || len(result.Line.Points) != 3 || !report.Caveats.Has("one_group") {
		t.Fatalf("line %+v, %v", result.Line, report.Caveats.List())
	}
	for i, want := range []float64{3, 2, 0} {
		at := result.Line.Points[i]
		near(t, "deviation", at.ADMean, want, 1e-12)
		near(t, "mean", at.Mean, 5, 1e-12)
		if at.Session != []int{1, 2, 4}[i] || at.Members != 2 || len(at.ByNull) < 2 {
			t.Errorf("point %+v", at)
		}
	}
	near(t, "trend", result.Line.Trend.Estimate, -1, 1e-12)
	near(t, "agreement of the last", result.Groups[0].ADMean, 0, 0)
	chosen, err := analysis.Agreement(t.Context(), r, analysis.Ask{Measure: byMembers(cohesionItem), Draws: 50, Session: &analysis.Selection{Number: 1}})
	if err != nil {
		t.Fatal(err)
	}
	if x := resultOf[*analysis.AgreementResult](t, chosen); x.Line != nil || chosen.Caveats.Has("last_session_with_ratings") {
		t.Errorf("a chosen session has a line: %+v", x.Line)
	}
}

// TestADirectConsensusShowsItsAgreement beside the test, where there is one
// session of each group; over several it says why not.
func TestADirectConsensusShowsItsAgreement(t *testing.T) {
	t.Parallel()
	r := evenings(t)
	q := analysis.Ask{Measure: working(), Composition: multilevel.DirectConsensus, Session: &analysis.Selection{Place: analysis.Last}, Draws: 100}
	report := ask(t, r, q)
	around := resultOf[*analysis.GroupLevelResult](t, report).Around
	if around.Agreement == nil || report.Caveats.Has("agreement_not_shown") || len(around.Agreement.Groups) != 6 || around.Agreement.Summary.StrangersMean == nil {
		t.Errorf("agreement %+v, %v", around.Agreement, report.Caveats.List())
	}
	q.Session = nil
	several := ask(t, r, q)
	if resultOf[*analysis.GroupLevelResult](t, several).Around.Agreement != nil || !several.Caveats.Has("agreement_not_shown") {
		t.Errorf("over several sessions: %v", several.Caveats.List())
	}
	q.Composition, q.Session = "", &analysis.Selection{Place: analysis.Last}
	plain := ask(t, r, q)
	if resultOf[*analysis.GroupLevelResult](t, plain).Around.Agreement != nil || plain.Input != report.Input {
		t.Error("agreement that nobody asked for, or other rows")
	}
}

// TestTwoTherapistsOfOneMember are averaged item by item, as a table has them,
// and the report says so.
func TestTwoTherapistsOfOneMember(t *testing.T) {
	t.Parallel()
	r := newRecords(t)
	lines := []string{"group,member," + strings.Join(header(t, r, working()), ",")}
	for k, id := range []string{"a", "b"} {
		g := r.group(t, id, session.KindGroup, people(id, 3)...)
		s := r.meeting(t, g, 1)
		for i := range 3 {
			one, two, means := make([]float64, 12), make([]float64, 12), make([]string, 12)
			for n := range one {
				one[n], two[n] = float64(1+(i+k+n*i)%5), float64(1+(i+n)%4)
				means[n] = fmt.Sprint((one[n] + two[n]) / 2)
				if i == 0 {
					means[n] = fmt.Sprint(one[n])
				}
			}
			by := fmt.Sprintf("%s-m%d", id, i+1)
			r.submit(t, s, form{instrument: "wai-sr", by: by, about: session.About{TherapistID: "t1"}, answers: one})
			if i > 0 {
				r.submit(t, s, form{instrument: "wai-sr", by: by, about: session.About{TherapistID: "t2"}, answers: two})
			}
			lines = append(lines, id+","+by+","+strings.Join(means, ","))
		}
	}
	report, err := analysis.LevelReliability(t.Context(), r, analysis.Ask{Measure: working(), Detail: analysis.Quick})
	if err != nil {
		t.Fatal(err)
	}
	same(t, report, typed(t, analysis.Plan{
		Analysis: analysis.LevelReliabilityName, Detail: analysis.Quick,
		Roles: analysis.Roles{Group: "group", Member: "member", Items: header(t, r, working())},
	}, lines))
	said := slices.ContainsFunc(report.Caveats.List(), func(c caveat.Caveat) bool {
		return c.Code == "mean_over_therapists" && strings.HasPrefix(c.Detail, "4 of the rows")
	})
	if report.Input.Rows != 6 || !said || report.Counts.Ratings != 72 {
		t.Errorf("%d rows, %v", report.Input.Rows, report.Caveats.List())
	}
}

// TestFamiliesAgreeAboutTheFamily, in their own words.
func TestFamiliesAgreeAboutTheFamily(t *testing.T) {
	t.Parallel()
	r := newRecords(t)
	for id, values := range map[string][]float64{"a": {2, 3, 4}, "b": {7, 8, 8}} {
		g := r.group(t, id, session.KindFamily, people(id, 3)...)
		r.rate(t, r.meeting(t, g, 1), purposeItem, session.About{}, values...)
	}
	report, err := analysis.Agreement(t.Context(), r, analysis.Ask{Measure: byMembers(purposeItem), Draws: 50})
	if err != nil {
		t.Fatal(err)
	}
	result := resultOf[*analysis.AgreementResult](t, report)
	// Family a: variance 1, and the uniform null of eleven options has (121-1)/12.
	near(t, "r_wg of family a", result.Groups[0].ByNull[0].RWGJ, 1-1/10.0, 1e-12)
	text := strings.Join(analysis.Sentences(&report), " ")
	if !strings.Contains(text, "2 families") || !strings.Contains(text, "account of the family") {
		t.Errorf("it reads %s", text)
	}
	alliance, err := analysis.Agreement(t.Context(), r, analysis.Ask{Measure: byMembers(allianceItem)})
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(alliance.Instead, "level system") {
		t.Errorf("families are told: %s", alliance.Instead)
	}
}

// TestWhoGivesUpIsTold by the fault of a cancelled analysis, and progress is
// heard before.
func TestWhoGivesUpIsTold(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]func(context.Context, analysis.Source, analysis.Ask) (analysis.Report, error){
		"agreement": analysis.Agreement, "levels": analysis.Levels, "level_reliability": analysis.LevelReliability, "level_table": analysis.LevelTable,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithCancel(t.Context())
			heard := 0
			_, err := c(ctx, evenings(t), analysis.Ask{Measure: climate(), Against: byMembers(allianceItem), Progress: func(string, int, int) {
				heard++
				cancel()
			}})
			if !fault.Is(err, fault.Unavailable) || !errors.Is(err, context.Canceled) || heard == 0 {
				t.Errorf("heard %d times, %v", heard, err)
			}
		})
	}
}
